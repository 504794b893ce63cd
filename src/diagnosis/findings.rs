//! The codes of this room's findings.

crate::codes! {
    WITNESSES_AGREE = "witnesses-agree", Info, "manifest, token and server say the same", "DESIGN: diagnosis";
    WITNESSES_DISAGREE = "witnesses-disagree", Warning, "manifest, token and server contradict each other", "DESIGN: diagnosis";
    SCOPE_GUESSED = "scope-guessed", Info, "a scope was read out of a sentence that no rule knows", "DESIGN: diagnosis";
    SCOPE_GRANTED = "scope-already-granted", Warning, "the server asks for a scope that the token has", "RFC 6750 section 3.1";
    SCOPE_ALSO_MISSING = "scope-also-missing", Info, "beside the cause, the manifest requires a scope that the token lacks", "DESIGN: diagnosis";
    ANSWER_PARTIAL = "answer-partial", Warning, "the answer leaves out what another sign-in would show", "GitHub: X-GitHub-SSO";
}
