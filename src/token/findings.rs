//! The codes of this room's findings.

crate::codes! {
    TOKEN_TRUNCATED = "token-truncated", Error, "the token was cut off", "RFC 7515 §7.1";
    TOKEN_MALFORMED = "token-malformed", Error, "a part of the token can't be read", "RFC 7515 §5.2";
    TOKEN_OPAQUE = "token-opaque", Info, "the token is a reference: only the authorization server can read it", "RFC 6749 §1.4";
    TOKEN_ENCRYPTED = "token-encrypted", Info, "only the recipient can read what the token carries", "RFC 7516 §3";
    BASE64_NOT_URL = "base64-not-url", Warning, "a part is written in standard base64 or with padding", "RFC 7515 §2";
    ALG_NONE = "alg-none", Warning, "the token is not signed: anyone could have written it", "RFC 8725 §3.2";
    ALG_MISSING = "alg-missing", Error, "the header names no algorithm", "RFC 7515 §4.1.1";
    ALG_UNKNOWN = "alg-unknown", Warning, "the algorithm is not registered", "RFC 7518 §3.1";
    SIGNATURE_MISSING = "signature-missing", Error, "the header names an algorithm, but there is no signature", "RFC 7515 §5.2";
    CRIT_UNKNOWN = "crit-unknown", Warning, "the header demands an extension that must be understood", "RFC 7515 §4.1.11";
    PARAMETER_UNKNOWN = "parameter-unknown", Info, "the header has a parameter that is not registered", "RFC 7515 §4.2";
    MEMBER_DUPLICATE = "member-duplicate", Warning, "a name occurs twice: readers differ in which one they take", "RFC 7519 §4";
    PAYLOAD_NO_CLAIMS = "payload-no-claims", Warning, "the payload is no claims set", "RFC 7519 §7.2";
    TOKEN_EXPIRED = "token-expired", Warning, "the time of the token is over", "RFC 7519 §4.1.4";
    TOKEN_NOT_YET_VALID = "token-not-yet-valid", Warning, "the time of the token has not come", "RFC 7519 §4.1.5";
    TOKEN_FROM_THE_FUTURE = "token-from-the-future", Warning, "the token says that it is issued later than now", "RFC 7519 §4.1.6";
    TIME_MALFORMED = "time-malformed", Error, "a time is no number of seconds", "RFC 7519 §2";
    TIME_MILLISECONDS = "time-milliseconds", Warning, "a time looks like milliseconds, but the unit is seconds", "RFC 7519 §2";
    TIME_OUT_OF_RANGE = "time-out-of-range", Warning, "a time is beyond every calendar", "RFC 7519 §2";
    NO_EXPIRY = "no-expiry", Info, "the token never expires by itself", "RFC 9068 §2.2";
}
