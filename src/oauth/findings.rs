//! Findings about authorization servers and APIs.

crate::codes! {
    TOKEN_TYPE_WRONG = "token-type-wrong", Warning, "the token type is neither `Bearer` nor `DPoP`", "RFC 6749 §5.1";
    TOKEN_NOT_BOUND = "token-not-bound", Warning, "a DPoP-bound token was requested, but a bearer token was issued", "RFC 9449 §5";
    EXPIRES_IN_WRONG = "expires-in-wrong", Warning, "`expires_in` is not a positive number of seconds", "RFC 6749 §5.1";
    LIFETIME_LONG = "lifetime-long", Warning, "the token's lifetime exceeds the client's `max_lifetime`", "docs/manifest.md";
    AUTHORIZATION_DETAILS_DIFFER = "authorization-details-differ", Warning, "the granted authorization details differ from the requested ones", "RFC 9396 §7";
    SCOPE_MALFORMED = "scope-malformed", Warning, "`scope` is not a space-delimited string", "RFC 6749 §3.3";
    CONTENT_TYPE_WRONG = "content-type-wrong", Warning, "the response does not have a JSON media type", "RFC 6749 §5.1";
    RESPONSE_FORM_ENCODED = "response-form-encoded", Warning, "the response is form-encoded instead of JSON", "RFC 6749 §5.1";
    STATUS_WRONG = "status-wrong", Warning, "the status is not the one that the RFC requires", "RFC 6749 §5.1, §5.2";
    CLOCK_SKEW = "clock-skew", Warning, "the clocks of this machine and of the server differ", "RFC 9110 §6.6.1";
    ID_TOKEN_WRONG = "id-token-wrong", Warning, "the ID token fails a check or was not verified", "OpenID Connect Core §3.1.3.7";
    METADATA_ISSUER_DIFFERS = "metadata-issuer-differs", Warning, "a metadata document names another issuer", "RFC 8414 §3.3";
    METADATA_OF_OTHER_PRODUCT = "metadata-of-other-product", Warning, "the metadata describes another product of the provider", "docs/providers";
    METADATA_CONTRADICTS = "metadata-contradicts", Warning, "the two metadata documents contradict each other", "RFC 8414 §2";
    PKCE_UNANNOUNCED = "pkce-unannounced", Warning, "the server does not announce PKCE with S256", "RFC 9700 §2.1.1";
    PKCE_PLAIN = "pkce-plain", Info, "the server accepts the PKCE method `plain`", "RFC 9700 §2.1.1";
    ISS_UNANNOUNCED = "iss-unannounced", Info, "the server does not send `iss` in the redirect", "RFC 9207 §3";
    GRANT_DISCOURAGED = "grant-discouraged", Info, "the server offers a deprecated grant", "RFC 9700 §2.1.2, §2.4";
    REVOCATION_UNANNOUNCED = "revocation-unannounced", Info, "the server lists no revocation endpoint", "RFC 7009 §2";
    ENDPOINT_UNANNOUNCED = "endpoint-unannounced", Warning, "the server offers a grant without listing its endpoint", "RFC 8414 §2";
    SCOPES_UNANNOUNCED = "scopes-unannounced", Info, "the server does not list its scopes", "RFC 8414 §2";
    LOOKUP_FAILED = "lookup-failed", Warning, "the granted scopes or a fact could not be looked up", "README: The manifest";
    RESOURCE_DIFFERS = "resource-differs", Error, "the metadata describes another resource", "RFC 9728 §3.3";
    RESOURCE_UNANNOUNCED = "resource-unannounced", Info, "the API has no protected-resource metadata", "RFC 9728 §3";
    CHALLENGE_MISSING = "challenge-missing", Info, "the API sends no `WWW-Authenticate` challenge", "RFC 6750 §3";
    CHALLENGE_ODD = "challenge-odd", Warning, "the challenge does not follow the RFC's syntax", "RFC 6750 §3";
    ISSUER_SLASH = "issuer-slash", Warning, "the API and the issuer disagree about a trailing slash", "RFC 8414 §3.3";
    SCOPE_UNKNOWN_TO_ISSUER = "scope-unknown-to-issuer", Warning, "the API requires a scope that its issuer does not list", "RFC 9728 §2";
}
