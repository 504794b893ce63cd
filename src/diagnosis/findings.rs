//! The codes of this room's findings.

crate::codes! {
    WITNESSES_DISAGREE = "witnesses-disagree", Warning, "manifest, token and server contradict each other", "DESIGN: diagnosis";
}
