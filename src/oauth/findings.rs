//! The codes of this room's findings.

crate::codes! {
    TOKEN_TYPE_WRONG = "token-type-wrong", Warning, "the token type is neither `Bearer` nor `DPoP`", "RFC 6749 §5.1";
    TOKEN_NOT_BOUND = "token-not-bound", Warning, "a token bound to a key was asked for, and a bearer token came", "RFC 9449 §5";
    EXPIRES_IN_WRONG = "expires-in-wrong", Warning, "the lifetime is no number of seconds", "RFC 6749 §5.1";
    LIFETIME_LONG = "lifetime-long", Warning, "the token lives longer than the client accepts", "README: The manifest";
    AUTHORIZATION_DETAILS_DIFFER = "authorization-details-differ", Warning, "other authorization details were granted than asked for", "RFC 9396 §7";
    SCOPE_MALFORMED = "scope-malformed", Warning, "the granted scopes are not written as a list with spaces", "RFC 6749 §3.3";
    CONTENT_TYPE_WRONG = "content-type-wrong", Warning, "the answer is not labelled as JSON", "RFC 6749 §5.1";
    RESPONSE_FORM_ENCODED = "response-form-encoded", Warning, "the answer is form-encoded instead of JSON", "RFC 6749 §5.1";
    STATUS_WRONG = "status-wrong", Warning, "the status is not the one that belongs to the answer", "RFC 6749 §5.1, §5.2";
    CLOCK_SKEW = "clock-skew", Warning, "the clocks of this machine and of the server differ", "RFC 9110 §6.6.1";
    ID_TOKEN_WRONG = "id-token-wrong", Warning, "the ID token does not say what was asked for", "OpenID Connect Core §3.1.3.7";
    METADATA_ISSUER_DIFFERS = "metadata-issuer-differs", Warning, "one of the metadata documents names another issuer", "RFC 8414 §3.3";
    METADATA_CONTRADICTS = "metadata-contradicts", Warning, "the two metadata documents contradict each other", "RFC 8414 §2";
    PKCE_UNANNOUNCED = "pkce-unannounced", Warning, "the server does not announce PKCE with S256", "RFC 9700 §2.1.1";
    PKCE_PLAIN = "pkce-plain", Info, "the server accepts PKCE without a hash", "RFC 9700 §2.1.1";
    ISS_UNANNOUNCED = "iss-unannounced", Info, "the server does not say who it is in the redirect", "RFC 9207 §3";
    GRANT_DISCOURAGED = "grant-discouraged", Info, "the server offers a grant that must not be used any more", "RFC 9700 §2.1.2, §2.4";
    REVOCATION_UNANNOUNCED = "revocation-unannounced", Info, "the server names no revocation endpoint", "RFC 7009 §2";
    ENDPOINT_UNANNOUNCED = "endpoint-unannounced", Warning, "the server offers a grant and does not name the endpoint for it", "RFC 8414 §2";
    SCOPES_UNANNOUNCED = "scopes-unannounced", Info, "the server does not say which scopes it has", "RFC 8414 §2";
    RESOURCE_DIFFERS = "resource-differs", Error, "the metadata is about another resource than the one asked", "RFC 9728 §3.3";
    RESOURCE_UNANNOUNCED = "resource-unannounced", Info, "the API has no protected-resource metadata", "RFC 9728 §3";
    CHALLENGE_MISSING = "challenge-missing", Info, "the API does not say how it wants to be asked", "RFC 6750 §3";
    CHALLENGE_ODD = "challenge-odd", Warning, "the challenge is not written as the RFC has it", "RFC 6750 §3";
    ISSUER_SLASH = "issuer-slash", Warning, "the API names the issuer with another slash at its end than it has", "RFC 8414 §3.3";
    SCOPE_UNKNOWN_TO_ISSUER = "scope-unknown-to-issuer", Warning, "the API wants a scope that its issuer does not list", "RFC 9728 §2";
}
