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
    UNUSUAL_HOUR = "unusual-hour", Info, "a client made a call at an hour of the day at which it never did before", "OWASP API Security: monitoring", "The usual hours of a client are known after 20 calls on 5 days. Hours are UTC.";
    TOKEN_SUPERSEDED = "token-superseded", Warning, "a newer token of the client with fewer scopes is used instead of a stored token", "RFC 9700 section 2.3", "Once the narrower token was used, the broader one can be revoked.";
    APPROVAL_ENDED = "approval-ended", Warning, "a token is stored beyond the window of the approval that it was obtained with", "NIST SP 800-53 AC-2";
    APPROVAL_LAST_MINUTE = "approval-last-minute", Info, "an approval was used in the last minute of its window", "OWASP API Security: monitoring";
    EMERGENCY_UNAPPROVED = "emergency-unapproved", Error, "a request was used in an emergency, and nobody has approved it since", "NIST SP 800-53 AC-2(2)", "An emergency has to be approved within 24 hours. Until then every review exits with 6.";
    EMERGENCY_REFUSED = "emergency-refused", Warning, "an approver has refused a request that was used in an emergency", "NIST SP 800-53 AC-2(2)";
    CLIENT_SCOPE_UNUSED = "client-scope-unused", Info, "no request in the logs needed a scope that a client may request", "NIST SP 800-53 AC-6(7)";
    UNDER_ENFORCED = "under-enforced", Warning, "requests in the logs succeeded with scopes that do not satisfy the manifest", "OWASP API5:2023", "Either the API does not enforce the scope, or the manifest requires too much.";
}
