//! Input of the event loop.

use crossterm::event::Event;

/// Input of the event loop.
#[derive(Debug)]
pub(super) enum Input {
    Event(Event),
    /// A paste that arrived as key events. `before`: the character just before it, which has already acted as a key.
    Burst {
        before: Option<char>,
        text: String,
    },
    /// The manifest's file has changed.
    Changed,
    /// The terminal has said what its background is like.
    Background {
        light: bool,
    },
    /// Paste what was copied last.
    PasteCopied,
    /// Suspend the process (SIGTSTP).
    Stop,
    /// End the process: the name of the signal.
    End(&'static str),
}
