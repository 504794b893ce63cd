//! Codes of the findings about tokens.

crate::codes! {
    // form
    TOKEN_TRUNCATED = "token-truncated", Error, "the token is truncated", "RFC 7515 §7.1",
        "Terminals, logs and chat programs cut long lines. The readable part is shown, but nothing can be verified: copy the whole token again.";
    TOKEN_MALFORMED = "token-malformed", Error, "a part of the token can't be read", "RFC 7515 §5.2",
        "Verifiers reject it. A character was probably lost or added in copying: copy the token again.";
    TOKEN_NOT_AS_GIVEN = "token-not-as-given", Warning, "the input is not exactly a token: something was removed to read it", "RFC 8725bis §3.14",
        "Strict parsers reject such input and lenient ones repair it, so two parsers disagree about whether there is a token. `decode --lines --verify` verifies only exact tokens. Copy the token again without line breaks and hidden characters.";
    TOKEN_DESCRIBED = "token-described", Info, "the input describes a token, and is not the token itself", "RFC 7662 §2.2",
        "Decoders, logs and introspection endpoints show the claims of a token without its signature. They can be compared with a manifest, but not verified, and not sent to an API.";
    TOKEN_OPAQUE = "token-opaque", Info, "the token is opaque: only the authorization server can read it", "RFC 6749 §1.4",
        "This is not a fault: many servers issue opaque tokens because they can be revoked at once. Introspection (RFC 7662) or an endpoint of the issuer returns the scopes.";
    TOKEN_ENCRYPTED = "token-encrypted", Info, "the token is encrypted: only the recipient can read its claims", "RFC 7516 §3",
        "Anyone can read the header; the claims need the recipient's key.";
    CHECKSUM_WRONG = "checksum-wrong", Error, "the checksum of the token is wrong", "the issuer's description of its format",
        "Such tokens carry a checksum so that a typo or a made-up token is detected without asking the issuer. Copy the token again.";
    BASE64_NOT_URL = "base64-not-url", Warning, "a part is encoded as standard base64 or with padding", "RFC 7515 §2",
        "Strict verifiers reject it, lenient ones accept it. The issuer must use base64url without padding.";
    BASE64_NOT_CANONICAL = "base64-not-canonical", Warning, "the unused bits at the end of a part's base64url are not zero", "RFC 4648 §3.5",
        "Two different strings then decode to the same bytes: a denylist of token strings can be bypassed.";
    TOKEN_LARGE = "token-large", Warning, "the token is larger than many servers accept in a header", "nginx `large_client_header_buffers`, Apache `LimitRequestFieldSize`: 8 KB",
        "The call fails with 400, 413 or 431 before it reaches the API. Usual causes are groups and roles: request fewer, or have the API look them up.";
    SIGNATURE_MISSING = "signature-missing", Error, "the header names an algorithm, but the signature is empty", "RFC 7515 §5.2",
        "Verifiers reject it. Some tools remove the signature before they show a token.";
    SIGNATURE_LENGTH = "signature-length", Warning, "the signature has the wrong length for its algorithm", "RFC 7518 §3",
        "It can't be valid. With ES256 and similar algorithms a common cause is a DER-encoded signature, which JWS does not use.";
    SIGNATURE_ZERO = "signature-zero", Error, "the signature consists of zeros", "CVE-2022-21449",
        "Some verifiers accepted such ECDSA signatures under every key (\"psychic signatures\"). A real signature is never all zeros.";
    PAYLOAD_NO_CLAIMS = "payload-no-claims", Warning, "the payload is not a JWT claims set", "RFC 7519 §7.2",
        "It may be a valid JWS, but it is not a JWT.";
    PAYLOAD_DETACHED = "payload-detached", Info, "the payload is detached from the token", "RFC 7515 Appendix F",
        "The signature covers content that is sent separately, such as a request body.";
    MEMBER_DUPLICATE = "member-duplicate", Warning, "a name occurs twice: parsers differ in which value they use", "RFC 7519 §4",
        "If a gateway uses the first value and the API the last, they decide about different users or scopes. A verifier should reject the token.";
    MEMBER_NOT_TEXT = "member-not-text", Warning, "a string contains an escape that is not a valid character", "RFC 8259 §8.2",
        "Some parsers reject it, others replace it, so that two different values can become equal.";
    TEXT_DECEPTIVE = "text-deceptive", Warning, "a string contains invisible or bidirectional characters", "CVE-2021-42574 (Trojan Source)",
        "Control, bidirectional and zero-width characters make one value look like another, or control the terminal that shows it. They are shown here as escapes.";
    // header
    ALG_NONE = "alg-none", Error, "the token is unsigned: anyone could have created it", "RFC 8725 §3.2",
        "A verifier must reject it, in every spelling of `none`, unless it is explicitly configured to accept unsigned tokens.";
    ALG_MISSING = "alg-missing", Error, "the header has no `alg`", "RFC 7515 §4.1.1";
    ALG_UNKNOWN = "alg-unknown", Warning, "the algorithm is not registered", "RFC 7518 §3.1",
        "Names are case-sensitive. Only a verifier with special support accepts it.";
    ALG_UNPROTECTED = "alg-unprotected", Warning, "the algorithm is not protected by the signature", "RFC 7515 §10.7";
    ALG_CONFUSION = "alg-confusion", Warning, "the token uses a shared secret where a key pair is expected", "RFC 8725 §2.1",
        "Anyone who knows the issuer's public key can create such a token, and a verifier that uses the public key as an HMAC secret accepts it (CVE-2016-10555). A verifier must choose the algorithm by the type of its key.";
    ALG_WEAK = "alg-weak", Warning, "the algorithm is no longer considered secure", "RFC 8725 §3.2";
    CRIT_UNKNOWN = "crit-unknown", Warning, "the header requires an extension that verifiers must understand", "RFC 7515 §4.1.11",
        "A verifier that doesn't understand it must reject the token, even if the signature is valid; several libraries accept it.";
    CRIT_MALFORMED = "crit-malformed", Error, "`crit` in the header is malformed", "RFC 7515 §4.1.11",
        "It must be a non-empty array of names of header parameters that are present and not defined by the standard itself. A verifier must reject the token.";
    PARAMETER_UNKNOWN = "parameter-unknown", Info, "a header parameter is not registered", "RFC 7515 §4.2";
    KEY_EMBEDDED = "key-embedded", Warning, "the token contains its own verification key", "RFC 8725 §3.10",
        "A verifier that uses it accepts a token signed with anyone's key (CVE-2018-0114). Only proofs of possession, such as DPoP proofs, contain a key by design.";
    KEY_BY_URL = "key-by-url", Warning, "the header contains a URL for the verification key", "RFC 8725 §3.10",
        "A verifier that fetches it can be directed to any address, and accepts the key of whoever controls that address. Keys must come from the configured issuer.";
    KEY_ID_SUSPICIOUS = "key-id-suspicious", Warning, "the key ID looks like an injection attack", "RFC 8725 §3.10",
        "Verifiers that use `kid` as a path, a URL or part of a query were tricked into using a key chosen by the attacker, such as an empty file.";
    SECRET_WELL_KNOWN = "secret-well-known", Error, "the token is signed with a published secret", "RFC 7518 §3.2",
        "The secret is in documentation, a tutorial or a default configuration, so anyone can make a valid token. Replace it by at least 32 random bytes wherever tokens are verified.";
    TEST_TOKEN = "test-token", Warning, "the token was made for tests", "`tokscope sign`",
        "`tokscope sign` marks its tokens with the header parameter `tokscope_test`, which the signature covers. An API that accepts one trusts a test key: remove that key before the API is used by others.";
    KEY_PRIVATE = "key-private", Error, "the token contains a private key", "RFC 9449 §4.2",
        "Anyone who sees the token can now sign as its owner: replace the key.";
    ROUNDS_UNSOUND = "rounds-unsound", Warning, "the iteration count of the key derivation is far too low or too high", "RFC 7518 §4.8.1.2, RFC 8725bis §3.13",
        "With too few iterations the password can be guessed; with too many the token is a denial-of-service attack on the recipient (CVE-2023-50967).";
    // time
    TOKEN_EXPIRED = "token-expired", Warning, "the token has expired", "RFC 7519 §4.1.4",
        "APIs reject it with 401. Refresh it, or obtain a new one.";
    TOKEN_NOT_YET_VALID = "token-not-yet-valid", Warning, "the token is not valid yet", "RFC 7519 §4.1.5",
        "If it was just issued, the clocks of issuer and verifier differ.";
    TOKEN_FROM_THE_FUTURE = "token-from-the-future", Warning, "the token was issued in the future", "RFC 7519 §4.1.6",
        "The clocks of issuer and reader differ, or the token was made up.";
    TIME_MALFORMED = "time-malformed", Error, "a time is not a number of seconds", "RFC 7519 §2",
        "A verifier that skips a time it can't read accepts the token permanently (CVE-2026-25537). It must be a JSON number, without quotes.";
    TIME_MILLISECONDS = "time-milliseconds", Warning, "a time looks like milliseconds, but the unit is seconds", "RFC 7519 §2",
        "Read as seconds it lies tens of thousands of years ahead, so the token practically never expires. In JavaScript, divide `Date.now()` by 1000.";
    TIME_OUT_OF_RANGE = "time-out-of-range", Warning, "a time is out of range", "RFC 7519 §2",
        "Some parsers fail on such numbers, others read them as \"never\".";
    TIME_CONTRADICTORY = "time-contradictory", Error, "the token expires before it becomes valid", "RFC 7519 §4.1";
    NO_EXPIRY = "no-expiry", Warning, "the token never expires", "RFC 9068 §2.2",
        "Anyone who finds it in a log in ten years can use it. Access tokens (RFC 9068) and ID tokens must have `exp`.";
    LIFETIME_LONG = "token-long-lived", Warning, "the token has a long lifetime", "RFC 6750 §5.3",
        "Bearer tokens should expire within an hour, because anyone who obtains one can use it. Set the limit with `--max-lifetime`.";
    // claims
    NO_AUDIENCE = "no-audience", Warning, "the token has no audience: any API of the issuer may accept it", "RFC 8725 §3.9",
        "An API that receives such a token can use it at another API. Request an audience with `resource` (RFC 8707) or, at some servers, with `audience`.";
    AUDIENCE_WILDCARD = "audience-wildcard", Warning, "the audience is a wildcard", "RFC 8725 §3.9";
    CLAIM_MALFORMED = "claim-malformed", Error, "a claim has the wrong type", "RFC 7519 §4.1",
        "Parsers that skip or convert what they can't read decide on another value than the issuer intended.";
    CLAIM_MISSING = "claim-missing", Warning, "the token lacks claims that are required for its kind", "RFC 8725 §3.11",
        "Strict verifiers reject it.";
    CLAIM_FORBIDDEN = "claim-forbidden", Warning, "the token has a claim that is forbidden for its kind", "RFC 8725 §3.12",
        "The rule keeps tokens of one kind from being accepted as another.";
    ISSUER_NOT_HTTPS = "issuer-not-https", Warning, "the issuer is not an `https` URL", "RFC 8414 §2",
        "Its keys are fetched over a connection that an attacker on the network can modify.";
    ISSUER_NOT_ASCII = "issuer-not-ascii", Warning, "the host of the issuer contains letters that look like others", "RFC 8725 §3.8; Unicode TR 36",
        "The Cyrillic `а` looks like the Latin `a`: compare the name in its ASCII form.";
    SCOPE_WILDCARD = "scope-wildcard", Warning, "a scope is a wildcard", "RFC 9700 §2.3",
        "A token should grant only what its task needs.";
    SCOPE_BROAD = "scope-broad", Warning, "a scope grants far more than a single task needs", "RFC 9700 §2.3",
        "Request narrower scopes; `tokscope scopes` computes what the endpoints need.";
    SCOPE_MALFORMED = "scope-separator", Warning, "the scopes are not in the standard format", "RFC 6749 §3.3",
        "Scopes are separated by spaces; a parser that splits at spaces reads `a,b` as one scope.";
    SCOPE_REPEATED = "scope-repeated", Info, "a scope is listed twice", "RFC 6749 §3.3";
    SCOPES_DIFFER = "scopes-differ", Warning, "two claims list different scopes", "RFC 8693 §4.2",
        "APIs that read different claims make different decisions.";
    APP_WITHOUT_ROLES = "app-without-roles", Info, "an application token of Microsoft Entra has no `roles`", "Microsoft identity platform: access token claims reference",
        "Permissions of an application are in `roles`, not in `scp`. Without them Microsoft Graph and most other APIs refuse the token: an administrator must grant application permissions, and a new token must be requested for `…/.default`.";
    SECRET_IN_CLAIMS = "secret-in-claims", Error, "a claim contains a secret", "RFC 7519 §12",
        "Claims are encoded, not encrypted: anyone who sees the token can read them, and tokens end up in logs. Replace the secret.";
    PERSONAL_DATA = "personal-data", Info, "the token exposes personal data to every API that receives it", "RFC 9068 §6",
        "An API that needs such data can fetch it; gateways and logs see the token too.";
    ID_TOKEN_AS_ACCESS_TOKEN = "id-token-as-access-token", Warning, "an ID token was sent as an access token", "OpenID Connect Core §2; RFC 9700 §2.3",
        "An ID token tells the client who signed in. It has no scopes, and its audience is the client: an API that accepts it also accepts the ID tokens that the user gave to other clients. Send the `access_token` of the same response.";
    // selective disclosure
    DISCLOSURE_UNMATCHED = "disclosure-unmatched", Error, "a disclosure matches no digest in the claims", "RFC 9901 §7.1",
        "The issuer's signature doesn't cover it: the token must be rejected.";
    DISCLOSURE_MALFORMED = "disclosure-malformed", Error, "a disclosure can't be read, or is not allowed in its position", "RFC 9901 §7.1";
    DIGEST_REPEATED = "digest-repeated", Error, "a digest or a disclosure occurs more than once", "RFC 9901 §7.1";
    DIGEST_ALGORITHM_UNKNOWN = "digest-algorithm-unknown", Warning, "the hash algorithm of the disclosures is unknown", "RFC 9901 §4.1.1";
}
