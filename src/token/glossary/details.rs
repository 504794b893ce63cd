//! Details that `tokscope explain` adds to a claim, header parameter or algorithm, against the usual confusions.

const DETAILS: &[(&str, &str)] = &[
    (
        "iss",
        "A verifier compares it character by character with the issuer it is configured for, and fetches the keys from that issuer's metadata, never from a URL in the token. `https://a.example` and `https://a.example/` are different issuers.",
    ),
    (
        "sub",
        "It is unique only together with `iss`: two issuers may use the same value. It isn't always a user; with the client credentials grant it is usually the client.",
    ),
    (
        "aud",
        "It names the API, not the client that requested the token (`azp` or `client_id`). In an ID token it is the client. An API that isn't named must respond with 401, whatever the scopes: a token for Microsoft Graph, for example, is not valid at any other API. With an array, each API in it may accept the token.",
    ),
    (
        "azp",
        "It names the client that uses the token, not the audience, which is `aud`. If both are present, an API checks `aud`.",
    ),
    (
        "client_id",
        "It names the client that requested the token. An API checks `aud` instead; access tokens of Amazon Cognito have no `aud`, so there `client_id` is checked.",
    ),
    (
        "exp",
        "The token must be rejected from this time on. Times in a JWT are seconds since 1970-01-01 UTC. A number with 13 digits is in milliseconds, and read as seconds it lies more than 50,000 years ahead. Verifiers may allow a few seconds or minutes of leeway for clock skew.",
    ),
    (
        "nbf",
        "A verifier rejects the token before this time. If a token is rejected right after it was issued, the clocks of issuer and verifier differ.",
    ),
    (
        "iat",
        "It tells the age of the token and doesn't restrict it by itself. In a DPoP proof or a client assertion it must be recent.",
    ),
    (
        "jti",
        "An access token can be used any number of times until it expires. A proof or a client assertion can be used only once, and the server detects a replay by this value.",
    ),
    (
        "scope",
        "Scopes are case-sensitive strings, separated by spaces. They limit what the client may do on the user's behalf; what the user may do is decided by roles or permissions, and a call needs both. Some servers use `scp`, `scopes` or `permissions` instead.",
    ),
    (
        "scp",
        "Entra and Okta use `scp` where the standards use `scope`: Entra as a string with spaces, Okta as an array. In Entra, only tokens with a signed-in user have it; a client without a user has `roles`. An API that checks only one of the two rejects the other kind of caller with 403.",
    ),
    ("scopes", "No standard defines it: a verifier that looks for `scope` finds nothing."),
    (
        "roles",
        "In an Entra token without `scp` these are application permissions of the client; with `scp` they are app roles of the user. At other providers they describe the user, while scopes describe the client, and a call needs both.",
    ),
    (
        "permissions",
        "Auth0 lists here what the user's roles allow at this API, and in `scope` what the client requested. With role-based access control enabled, an API checks `permissions`: a scope alone doesn't mean that the user is allowed.",
    ),
    (
        "groups",
        "Each API decides what a group allows. Servers omit groups when there are too many (Entra above 200), so a missing group doesn't mean that the user isn't a member.",
    ),
    (
        "realm_access",
        "These are roles, not scopes: Keycloak puts the requested scopes in `scope`, and the user's roles here and in `resource_access`. A framework that looks for scopes ignores these roles unless it is configured to read them.",
    ),
    ("resource_access", "These are roles per client: an API reads only those under its own client ID."),
    (
        "authorities",
        "Spring Security derives authorities from `scope` by adding `SCOPE_`. A rule that requires a role looks for `ROLE_`.",
    ),
    (
        "acr",
        "An API that requires stronger authentication responds with 401, `insufficient_user_authentication` and the required `acr_values` (RFC 9470). More scopes don't help.",
    ),
    (
        "auth_time",
        "An API that requires recent authentication responds with 401 and `max_age` (RFC 9470). Refreshing the token keeps the old time, so the user must sign in again.",
    ),
    (
        "cnf",
        "The token is bound to a key. An API rejects it without proof of possession: a DPoP proof (`jkt`) or the TLS client certificate (`x5t#S256`). Sent as a plain `Bearer` token, it is rejected with 401.",
    ),
    (
        "nonce",
        "In an ID token it is the value that the client sent in the authentication request and must compare. In a DPoP proof it is the value that the server provided.",
    ),
    ("sid", "It identifies the session of the user; a logout token with the same value ends it."),
    (
        "act",
        "The subject remains the user; `act` names the party that acts on their behalf. Nested actors are history: only the outermost one counts for access.",
    ),
    (
        "email",
        "Anyone who is assigned the address later would get the account if the address were its key: use `iss` and `sub`. Check `email_verified` too: the claim alone proves nothing.",
    ),
    (
        "kid",
        "A verifier looks it up among the keys it already has. It must never be used as a path, a URL or part of a query.",
    ),
    (
        "alg",
        "The header is untrusted. A verifier accepts only the algorithms that fit its key, so that a public key is never used as an HMAC secret (RFC 8725 §3.1).",
    ),
    (
        "typ",
        "Explicit typing keeps tokens of one kind from being accepted as another: an API that accepts only `at+jwt` can't be tricked with an ID token (RFC 8725 §3.11).",
    ),
    (
        "crit",
        "A verifier that doesn't understand one of these extensions must reject the token, even if the signature is valid. Several libraries ignore this rule.",
    ),
    ("none", "Anyone can create such a token. A verifier must reject it, in every spelling of `none`."),
    (
        "HS256",
        "The same secret creates and verifies the signature, so any API that can verify tokens can also forge them. It needs at least 256 random bits: a weak secret can be guessed offline from a single token.",
    ),
    (
        "RS256",
        "The issuer signs with its private key, and anyone can verify with the public key. The key must have at least 2048 bits (RFC 7518 §3.3).",
    ),
    (
        "ES256",
        "Keys and signatures are shorter than with RSA: a signature has 64 bytes. Some Java versions accepted a signature of all zeros (CVE-2022-21449).",
    ),
];

/// Returns the details about a name, if there are any.
pub(in crate::token) fn details(name: &str) -> Option<&'static str> {
    DETAILS.iter().find(|(known, _)| *known == name).map(|(_, details)| *details)
}

#[cfg(test)]
mod tests {
    use super::super::{ALGORITHMS, CLAIMS, KEYCLOAK, PARAMETERS, find};
    use super::DETAILS;

    #[test]
    fn details_are_only_about_names_in_a_table() {
        for (name, _) in DETAILS {
            let known = [CLAIMS, PARAMETERS, ALGORITHMS, KEYCLOAK].iter().any(|table| find(table, name).is_some());
            assert!(known, "{name}");
        }
    }
}
