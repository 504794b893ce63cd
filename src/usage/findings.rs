//! Finding codes of a review.

crate::codes! {
    SCOPE_UNUSED = "scope-never-needed", Warning, "no recorded call needed a granted scope", "NIST SP 800-53 AC-6(7)", "A scope counts as used only if an endpoint needed it, not because a token had it.";
    TOKEN_UNUSED = "token-unused", Warning, "no call with a stored token was recorded", "NIST SP 800-53 AC-6(7)";
    USE_UNKNOWN = "use-unknown", Info, "whether a scope or token is used can't be seen in the record", "docs/audit.md", "A token that was passed on to another program, or that was obtained before the record begins, may have been used without a record.";
    TOKEN_TOO_OLD = "token-too-old", Warning, "a stored token is older than the longest lifetime that its client allows", "RFC 9700 section 4.14";
    SCOPE_NOT_IN_MANIFEST = "scope-not-in-manifest", Warning, "a stored token has a scope that the manifest no longer declares or allows", "NIST SP 800-53 AC-2";
    TOKEN_DUPLICATE = "token-duplicate", Warning, "several stored tokens of a client have the same scopes", "RFC 9700 section 2.3";
    EXCESS_IN_EVERY_USE = "excess-in-every-use", Info, "every recorded call needed less than the token grants", "RFC 9700 section 2.3";
    SCOPE_FIRST_USED = "scope-first-used", Info, "a scope was used for the first time", "OWASP API Security: monitoring";
    DENIAL_BURST = "denial-burst", Warning, "many calls were denied within a minute", "OWASP API Security: monitoring";
    USED_AFTER_HAND_OUT = "used-after-hand-out", Info, "a token was used here after it was passed on to another program", "OWASP API Security: monitoring";
    CRITICAL_EXCESS = "critical-excess", Warning, "a call was made with a critical scope that it did not need", "RFC 9700 section 2.3";
}
