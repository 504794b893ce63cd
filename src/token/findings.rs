//! The codes of this room's findings.

crate::codes! {
    // form
    TOKEN_TRUNCATED = "token-truncated", Error, "the token was cut off", "RFC 7515 §7.1",
        "Terminals, logs and chat programs cut long lines. What could be read is shown, but nothing can be verified: copy the token again, whole.";
    TOKEN_MALFORMED = "token-malformed", Error, "a part of the token can't be read", "RFC 7515 §5.2",
        "No verifier accepts it. Usually a character was lost or added on the way: copy the token again.";
    TOKEN_NOT_AS_GIVEN = "token-not-as-given", Warning, "the text is not exactly a token: something was left out to read it", "RFC 8725bis §3.14",
        "A strict reader refuses such a text, and a lenient one repairs it: two readers then disagree about whether there is a token. `decode --lines --verify` verifies only what is exactly a token. Copy it again without line breaks and hidden characters.";
    TOKEN_OPAQUE = "token-opaque", Info, "the token is a reference: only the authorization server can read it", "RFC 6749 §1.4",
        "That is no fault: many servers issue such tokens, because they can be revoked at once. Introspection (RFC 7662) or an endpoint of the issuer tells what it may do.";
    TOKEN_ENCRYPTED = "token-encrypted", Info, "only the recipient can read what the token carries", "RFC 7516 §3",
        "The header can be read by anyone, the claims only with the recipient's key.";
    CHECKSUM_WRONG = "checksum-wrong", Error, "the checksum of the token does not fit", "the issuer's description of its format",
        "Such tokens carry a checksum so that a typing mistake or a made-up token is noticed without asking the issuer. Copy it again.";
    BASE64_NOT_URL = "base64-not-url", Warning, "a part is written in standard base64 or with padding", "RFC 7515 §2",
        "Strict verifiers refuse it, lenient ones accept it. Whoever made the token used the wrong alphabet.";
    BASE64_NOT_CANONICAL = "base64-not-canonical", Warning, "a part has bits left over at the end of its base64url", "RFC 4648 §3.5",
        "Two different texts then have the same bytes: whoever keeps a list of refused tokens as texts can be fooled.";
    TOKEN_LARGE = "token-large", Warning, "the token is larger than many servers accept in a header", "nginx `large_client_header_buffers`, Apache `LimitRequestFieldSize`: 8 KB",
        "The call then ends in 400, 413 or 431 before the API has seen it. Usual causes are groups and roles: ask for fewer, or let the API look them up.";
    SIGNATURE_MISSING = "signature-missing", Error, "the header names an algorithm, but there is no signature", "RFC 7515 §5.2",
        "A verifier refuses it. Some tools cut the signature off before they show a token.";
    SIGNATURE_LENGTH = "signature-length", Warning, "the signature is not as long as its algorithm makes it", "RFC 7518 §3",
        "It can't be right. For ES256 and the like a common cause is a signature in DER, which JWS does not use.";
    SIGNATURE_ZERO = "signature-zero", Error, "the signature is nothing but zeros", "CVE-2022-21449",
        "Some verifiers accepted such ECDSA signatures under every key (`psychic signatures`). Nobody signs so by accident.";
    PAYLOAD_NO_CLAIMS = "payload-no-claims", Warning, "the payload is no claims set", "RFC 7519 §7.2",
        "It may be a sound JWS, but it is no JWT.";
    PAYLOAD_DETACHED = "payload-detached", Info, "the payload is not in the token", "RFC 7515 Appendix F",
        "The signature covers something that is sent beside it, such as a request body.";
    MEMBER_DUPLICATE = "member-duplicate", Warning, "a name occurs twice: readers differ in which one they take", "RFC 7519 §4",
        "If the gateway takes the first and the API the last, each decides about another user or another scope. A verifier should refuse it.";
    MEMBER_NOT_TEXT = "member-not-text", Warning, "a text holds an escape that stands for no character", "RFC 8259 §8.2",
        "Some readers refuse it, others put something else in its place: two values can become one.";
    TEXT_DECEPTIVE = "text-deceptive", Warning, "a text holds characters that can't be seen or that reorder the line", "CVE-2021-42574 (Trojan Source)",
        "Control, bidirectional and zero-width characters make one value look like another, or steer the terminal that shows it. They are shown here as escapes.";
    // header
    ALG_NONE = "alg-none", Error, "the token is not signed: anyone could have written it", "RFC 8725 §3.2",
        "A verifier must refuse it, in every spelling of `none`, unless it was told otherwise.";
    ALG_MISSING = "alg-missing", Error, "the header names no algorithm", "RFC 7515 §4.1.1";
    ALG_UNKNOWN = "alg-unknown", Warning, "the algorithm is not registered", "RFC 7518 §3.1",
        "Names are case-sensitive. No verifier accepts it unless it was made for it.";
    ALG_UNPROTECTED = "alg-unprotected", Warning, "the algorithm is not covered by the signature", "RFC 7515 §10.7";
    ALG_CONFUSION = "alg-confusion", Warning, "a shared secret where a key pair is expected", "RFC 8725 §2.1",
        "Whoever knows the issuer's public key can make such a token, and a verifier that takes the public key for an HMAC secret accepts it (CVE-2016-10555). A verifier must decide by the type of its key.";
    ALG_WEAK = "alg-weak", Warning, "the algorithm is no longer thought safe", "RFC 8725 §3.2";
    CRIT_UNKNOWN = "crit-unknown", Warning, "the header demands an extension that must be understood", "RFC 7515 §4.1.11",
        "A verifier that does not know it must refuse the token even if the signature is right; several libraries accept it.";
    CRIT_MALFORMED = "crit-malformed", Error, "the list of parameters that must be understood is not as it has to be", "RFC 7515 §4.1.11",
        "It has to be a list of names that is not empty, of parameters that are in the header and are not standard ones: a verifier must refuse the token.";
    PARAMETER_UNKNOWN = "parameter-unknown", Info, "the header has a parameter that is not registered", "RFC 7515 §4.2";
    KEY_EMBEDDED = "key-embedded", Warning, "the token brings its own key", "RFC 8725 §3.10",
        "A verifier that uses it accepts every token that anyone has signed with a key of their own (CVE-2018-0114). Only proofs of possession, such as DPoP, carry a key by design.";
    KEY_BY_URL = "key-by-url", Warning, "the token names a place to fetch its key from", "RFC 8725 §3.10",
        "A verifier that fetches it can be sent to any address, and accepts whoever owns that address. Keys come from the issuer that the verifier was set up with.";
    KEY_ID_SUSPICIOUS = "key-id-suspicious", Warning, "the name of the key looks like an attack", "RFC 8725 §3.10",
        "Verifiers that make a path, a URL or a query out of `kid` were led to a key of the attacker's choice, such as an empty file.";
    KEY_PRIVATE = "key-private", Error, "a private key is in the token", "RFC 9449 §4.2",
        "Whoever sees the token can sign in the owner's name from now on: replace the key.";
    ROUNDS_UNSOUND = "rounds-unsound", Warning, "the rounds of the key derivation are far too few or far too many", "RFC 7518 §4.8.1.2, RFC 8725bis §3.13",
        "Too few, and the password is guessed; too many, and the token is an attack on whoever opens it (CVE-2023-50967).";
    // time
    TOKEN_EXPIRED = "token-expired", Warning, "the time of the token is over", "RFC 7519 §4.1.4",
        "Every API refuses it with 401. Refresh it, or obtain a new one.";
    TOKEN_NOT_YET_VALID = "token-not-yet-valid", Warning, "the time of the token has not come", "RFC 7519 §4.1.5",
        "If it was issued just now, the clocks of issuer and verifier differ.";
    TOKEN_FROM_THE_FUTURE = "token-from-the-future", Warning, "the token says that it is issued later than now", "RFC 7519 §4.1.6",
        "The clocks of issuer and reader differ, or the token was made up.";
    TIME_MALFORMED = "time-malformed", Error, "a time is no number of seconds", "RFC 7519 §2",
        "Verifiers that skip a time they can't read accept such a token for ever (CVE-2026-25537). It has to be a JSON number, without quotes.";
    TIME_MILLISECONDS = "time-milliseconds", Warning, "a time looks like milliseconds, but the unit is seconds", "RFC 7519 §2",
        "Read as seconds it lies tens of thousands of years ahead: the token practically never expires. `Date.now()` of JavaScript has to be divided by 1000.";
    TIME_OUT_OF_RANGE = "time-out-of-range", Warning, "a time is beyond every calendar", "RFC 7519 §2",
        "Some readers stop with an error at such numbers, others take them for `never`.";
    TIME_CONTRADICTORY = "time-contradictory", Error, "the token was never valid: its times contradict each other", "RFC 7519 §4.1";
    NO_EXPIRY = "no-expiry", Warning, "the token never expires by itself", "RFC 9068 §2.2",
        "Whoever finds it in a log in ten years can use it. Access tokens and ID tokens must have `exp`.";
    LIFETIME_LONG = "token-long-lived", Warning, "the token is valid for long", "RFC 6750 §5.3",
        "Bearer tokens should live for an hour or less, for nothing stops whoever has got hold of one. `--max-lifetime` sets the limit.";
    // claims
    NO_AUDIENCE = "no-audience", Warning, "the token names no audience: every API of the issuer may accept it", "RFC 8725 §3.9",
        "An API that gets such a token can use it at the next one. The audience is asked for with `resource` (RFC 8707) or, at some servers, `audience`.";
    AUDIENCE_WILDCARD = "audience-wildcard", Warning, "the token is meant for everyone", "RFC 8725 §3.9";
    CLAIM_MALFORMED = "claim-malformed", Error, "a claim has another type than the standard gives it", "RFC 7519 §4.1",
        "Readers that skip what they can't read, or convert it, decide by something else than the issuer meant.";
    CLAIM_MISSING = "claim-missing", Warning, "the token lacks claims that tokens of its kind must have", "RFC 8725 §3.11",
        "A strict verifier refuses it.";
    CLAIM_FORBIDDEN = "claim-forbidden", Warning, "the token has a claim that tokens of its kind must not have", "RFC 8725 §3.12",
        "The rule keeps tokens of one kind from passing for another.";
    ISSUER_NOT_HTTPS = "issuer-not-https", Warning, "the issuer is not reached over TLS", "RFC 8414 §2",
        "Its keys are fetched over a connection that anyone in between can change.";
    ISSUER_NOT_ASCII = "issuer-not-ascii", Warning, "the host of the issuer has letters that look like others", "RFC 8725 §3.8; Unicode TR 36",
        "`а` of Cyrillic looks like `a`: compare the name in ASCII.";
    SCOPE_WILDCARD = "scope-wildcard", Warning, "a scope stands for all scopes", "RFC 9700 §2.3",
        "A token should be able to do what it was obtained for, and no more.";
    SCOPE_BROAD = "scope-broad", Warning, "a scope opens far more than one task needs", "RFC 9700 §2.3",
        "Ask for the narrow scopes instead; `tokscope scopes` works out which ones the endpoints need.";
    SCOPE_MALFORMED = "scope-separator", Warning, "the scopes are not written as the standard has it", "RFC 6749 §3.3",
        "Scopes have spaces between them; a reader that splits at spaces takes `a,b` for one scope.";
    SCOPE_REPEATED = "scope-repeated", Info, "a scope is there twice", "RFC 6749 §3.3";
    SCOPES_DIFFER = "scopes-differ", Warning, "two claims list different scopes", "RFC 8693 §4.2",
        "An API that reads one of them decides otherwise than one that reads the other.";
    SECRET_IN_CLAIMS = "secret-in-claims", Error, "a claim holds a secret", "RFC 7519 §12",
        "Claims are only encoded, not encrypted: whoever sees the token reads them, and tokens end up in logs. Replace the secret.";
    PERSONAL_DATA = "personal-data", Info, "the token carries personal data to every API that it is sent to", "RFC 9068 §6",
        "An API that needs such data can ask for it; a token is seen by gateways and logs as well.";
    ID_TOKEN_AS_ACCESS_TOKEN = "id-token-as-access-token", Warning, "an ID token was sent where an access token belongs", "OpenID Connect Core §2; RFC 9700 §2.3",
        "An ID token tells the client who signed in. It has no scopes, its audience is the client, and an API that accepts it lets in every token that this user ever gave any client. Send the `access_token` of the same response.";
    // selective disclosure
    DISCLOSURE_UNMATCHED = "disclosure-unmatched", Error, "a disclosure has no digest among the claims", "RFC 9901 §7.1",
        "Whoever signed the token did not vouch for it: the token must be refused.";
    DISCLOSURE_MALFORMED = "disclosure-malformed", Error, "a disclosure can't be read, or is not allowed where it stands", "RFC 9901 §7.1";
    DIGEST_REPEATED = "digest-repeated", Error, "a digest or a disclosure is there more than once", "RFC 9901 §7.1";
    DIGEST_ALGORITHM_UNKNOWN = "digest-algorithm-unknown", Warning, "the hash algorithm of the disclosures is not known", "RFC 9901 §4.1.1";
}
