//! The codes of this room's findings.

crate::codes! {
    WITNESSES_AGREE = "witnesses-agree", Info, "manifest, token and server say the same", "README: Scopes, tokens, calls";
    WITNESSES_DISAGREE = "witnesses-disagree", Warning, "manifest, token and server contradict each other", "README: Scopes, tokens, calls";
    SCOPE_GUESSED = "scope-guessed", Info, "a scope was read out of a sentence that no rule knows", "README: Scopes, tokens, calls";
    SCOPE_GRANTED = "scope-already-granted", Warning, "the server asks for a scope that the token has", "RFC 6750 section 3.1";
    SCOPE_ALSO_MISSING = "scope-also-missing", Info, "beside the cause, the manifest requires a scope that the token lacks", "README: Scopes, tokens, calls";
    ANSWER_PARTIAL = "answer-partial", Warning, "the answer leaves out what another sign-in would show", "GitHub: X-GitHub-SSO";
}
