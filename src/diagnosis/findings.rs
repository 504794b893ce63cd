//! Finding codes of a diagnosis.

crate::codes! {
    WITNESSES_AGREE = "witnesses-agree", Info, "manifest, token and server agree", "docs/calls.md";
    WITNESSES_DISAGREE = "witnesses-disagree", Warning, "manifest, token and server contradict each other", "docs/calls.md";
    UNDER_ENFORCED = "call-under-enforced", Warning, "a call succeeded although the token lacks a scope that the manifest requires", "docs/calls.md";
    SCOPE_GUESSED = "scope-guessed", Info, "the scope was guessed from a sentence that matches no known pattern", "docs/calls.md";
    SCOPE_GRANTED = "scope-already-granted", Warning, "the server requires a scope that the token already has", "RFC 6750 section 3.1";
    SCOPE_ALSO_MISSING = "scope-also-missing", Info, "besides the cause, the token lacks a scope that the manifest requires", "docs/calls.md";
    ANSWER_PARTIAL = "answer-partial", Warning, "the response omits resources that need another sign-in", "GitHub: X-GitHub-SSO";
}
