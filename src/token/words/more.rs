//! What `tokscope explain` adds to the line of a claim: the sentences that end the usual confusions.

const MORE: &[(&str, &str)] = &[
    (
        "iss",
        "A verifier compares it with the issuer that it was set up with, letter by letter, and takes the keys from that issuer's metadata: never from a place that the token itself names. `https://a.example` and `https://a.example/` are two issuers.",
    ),
    (
        "sub",
        "It identifies someone only together with `iss`: two issuers may use the same value. It need not be a person; with client credentials it is often the client.",
    ),
    (
        "aud",
        "It names the API, not the client that asked for the token (that is `azp` or `client_id`), except in an ID token, which is meant for the client. An API that finds another name here must answer 401, whatever the scopes are: a token for Microsoft Graph, say, is no use at one's own API. A list means that any of them may accept it.",
    ),
    (
        "azp",
        "It names the client that uses the token, not whom the token is meant for: that is `aud`. Where both are there, an API checks `aud`.",
    ),
    (
        "client_id",
        "It names the client that asked for the token. An API checks `aud`; Amazon Cognito, whose access tokens have no `aud`, is the exception.",
    ),
    (
        "exp",
        "In seconds since 1970, as every time in a JWT; a number with thirteen digits is in milliseconds and means a year beyond 50,000. Clocks differ: a verifier may allow a leeway of some seconds, and should say so.",
    ),
    (
        "nbf",
        "A verifier that finds it in the future refuses the token. A token that is refused right after it was issued is a sign of clocks that differ.",
    ),
    (
        "iat",
        "It says when the token was made and forbids nothing by itself. In a DPoP proof or a client assertion it has to be recent.",
    ),
    (
        "jti",
        "Access tokens may be used as often as one likes until they expire; assertions and proofs only once, and this is how a server notices the second time.",
    ),
    (
        "scope",
        "Texts with spaces between, case-sensitive. They limit what the client may do on the user's behalf: what the user may do is another matter (roles, permissions), and a call needs both. Other names for the same: `scp`, `scopes`, and in a way `permissions`.",
    ),
    (
        "scp",
        "Entra and Okta write `scp` for what the standards call `scope`: Entra a text with spaces between, Okta a list. In Entra tokens it is there only when a user signed in; a client that acts for itself has `roles` instead, and an API that checks only one of both answers 403 to the other kind of caller.",
    ),
    ("scopes", "No standard has this name: a verifier that looks for `scope` finds nothing here."),
    (
        "roles",
        "In an Entra token without `scp` these are application permissions: what the client may do by itself. With `scp`, they are app roles of the user. Elsewhere they are what the user is, and scopes are what the client may do: a call needs both.",
    ),
    (
        "permissions",
        "Auth0 puts here what the user's roles allow at this API, and in `scope` what the client asked for. With role-based access control on, an API checks `permissions`; a scope alone does not mean that the user may.",
    ),
    (
        "groups",
        "What a group may do is up to the API. Servers leave groups out when there are too many (Entra above 200), so that a missing group need not mean that the user isn't in it.",
    ),
    (
        "realm_access",
        "Roles of the realm, and no scopes: Keycloak puts what the client asked for in `scope`, and what the user is here and in `resource_access`. Frameworks that look for scopes find none of these roles unless told to.",
    ),
    ("resource_access", "Roles per client: an API takes only those under its own client ID."),
    (
        "authorities",
        "Spring Security makes these out of `scope` with `SCOPE_` before each; a rule that asks for a role looks for `ROLE_`.",
    ),
    (
        "acr",
        "An API that needs a stronger sign-in answers 401 with `insufficient_user_authentication` and the `acr_values` to ask for (RFC 9470): more scopes do not help there.",
    ),
    (
        "auth_time",
        "An API that needs a recent sign-in answers 401 with `max_age` (RFC 9470): a refreshed token keeps the old time, so the user has to sign in again.",
    ),
    (
        "cnf",
        "The token is bound to a key: an API refuses it without the proof, a DPoP header (`jkt`) or the TLS client certificate (`x5t#S256`). Sent as `Bearer`, such a token is answered with 401.",
    ),
    (
        "nonce",
        "In an ID token it is the value that the client sent, and which it has to find again; in a DPoP proof it is the value that the server demanded.",
    ),
    ("sid", "It names the session of the user; a logout token with the same value ends it."),
    (
        "act",
        "The subject stays the user; this names who acts for them. Only the outermost counts for access, the ones inside tell how it came about.",
    ),
    (
        "email",
        "Whoever gets an address later gets the account, if the address is the key: use `iss` and `sub`. And a text is no proof: look at `email_verified`.",
    ),
    (
        "kid",
        "A name, and no more: a verifier looks it up among the keys that it already has. It must never become a path, a URL or part of a query.",
    ),
    (
        "alg",
        "The token only claims it. A verifier decides by the type of its key which algorithms it accepts, and refuses any other: a public key is never an HMAC secret.",
    ),
    (
        "typ",
        "Tokens of one kind must not pass for another: an API that accepts only `at+jwt` can't be fooled with an ID token (RFC 8725 §3.11).",
    ),
    (
        "crit",
        "A verifier that does not know one of the names must refuse the token, even if the signature is right. Several libraries forget this.",
    ),
    ("none", "Nothing proves who wrote it. A verifier must refuse it, in every spelling."),
    (
        "HS256",
        "The same secret makes and checks the signature, so that every API that can check tokens could also forge them. It must have at least 256 random bits: a password is guessed offline from one token.",
    ),
    (
        "RS256",
        "The issuer signs with its private key; anyone can check with the public one. The key should have at least 2048 bits.",
    ),
    (
        "ES256",
        "Shorter keys and signatures than RSA: 64 bytes. A signature that is all zeros passed in some Java versions (CVE-2022-21449).",
    ),
];

/// More about a name, if there is more to say.
pub(in crate::token) fn more(name: &str) -> Option<&'static str> {
    MORE.iter().find(|(known, _)| *known == name).map(|(_, more)| *more)
}

#[cfg(test)]
mod tests {
    use super::super::{ALGORITHMS, CLAIMS, KEYCLOAK, PARAMETERS, find};
    use super::MORE;

    #[test]
    fn there_is_more_only_about_what_is_in_a_table() {
        for (name, _) in MORE {
            let known = [CLAIMS, PARAMETERS, ALGORITHMS, KEYCLOAK].iter().any(|table| find(table, name).is_some());
            assert!(known, "{name}");
        }
    }
}
