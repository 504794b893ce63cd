//! Copies to the clipboard with the program of the platform.
//!
//! A clipboard library (`arboard`) was weighed: on Linux the process that copied has to stay alive and serve the selection,
//! so the text would be gone as soon as the terminal UI ends, and it adds an X11 and a Wayland client to the build. The
//! programs below stay in the background for that.

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::child::{hidden_variables, without};
use crate::manifest::Manifest;
use crate::secret::Secret;

/// Time limit for a program, which may wait for a display that does not respond.
const PATIENCE: Duration = Duration::from_secs(2);

/// Interval between looks at the program.
const INTERVAL: Duration = Duration::from_millis(5);

/// A program that copies standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ClipboardProgram {
    /// Program and arguments.
    command: &'static [&'static str],
    /// Where the text goes.
    target: ClipboardTarget,
}

/// Where copied text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipboardTarget {
    /// The clipboard of the desktop.
    Desktop,
    /// A buffer of tmux, which passes it on to the terminal if its `set-clipboard` allows that.
    Tmux,
}

const TMUX: ClipboardProgram =
    ClipboardProgram { command: &["tmux", "load-buffer", "-w", "-"], target: ClipboardTarget::Tmux };

/// Programs with the variable that shows that they can work; without one on macOS.
const DESKTOP: [(&str, ClipboardProgram); 4] = [
    ("", ClipboardProgram { command: &["pbcopy"], target: ClipboardTarget::Desktop }),
    ("WAYLAND_DISPLAY", ClipboardProgram { command: &["wl-copy"], target: ClipboardTarget::Desktop }),
    ("DISPLAY", ClipboardProgram { command: &["xclip", "-selection", "clipboard"], target: ClipboardTarget::Desktop }),
    ("DISPLAY", ClipboardProgram { command: &["xsel", "-i", "-b"], target: ClipboardTarget::Desktop }),
];

/// Returns the programs to try, in order. tmux drops OSC 52 by default (`set-clipboard external`), but takes a buffer from
/// its own client. In a remote shell only the terminal can reach the user's clipboard.
fn candidates(is_set: impl Fn(&str) -> bool, macos: bool) -> Vec<ClipboardProgram> {
    if is_set("TMUX") {
        return vec![TMUX];
    }
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return Vec::new();
    }
    let works = |variable: &str| if variable.is_empty() { macos } else { is_set(variable) };
    DESKTOP.into_iter().filter(|(variable, _)| works(variable)).map(|(_, program)| program).collect()
}

/// Copies a text with the first program that accepts it; `None` if there is none, so that the terminal has to do it.
#[must_use]
pub fn copy_to_clipboard(text: &Secret, manifest: Option<&Manifest>) -> Option<ClipboardTarget> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut programs = candidates(is_set, cfg!(target_os = "macos")).into_iter();
    programs.find(|program| run(program.command, text, manifest)).map(|program| program.target)
}

/// Runs a program with the text on its standard input. Returns whether it ended without an error in time.
fn run(command: &[&str], text: &Secret, manifest: Option<&Manifest>) -> bool {
    let Some((program, arguments)) = command.split_first() else { return false };
    let mut command = without(program.as_ref(), hidden_variables(manifest));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    let Some(mut input) = child.stdin.take() else { return false };
    let text = text.clone();
    // the program may read slowly, or not at all
    let writer = std::thread::spawn(move || input.write_all(text.expose().as_bytes()).is_ok());
    let ended = ends_well(&mut child);
    if !ended {
        // it may have ended meanwhile
        let _ = child.kill();
        let _ = child.wait();
    }
    ended && writer.join().unwrap_or_default()
}

fn ends_well(child: &mut Child) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(INTERVAL),
            Err(_) => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(set: &[&str], macos: bool) -> Vec<&'static str> {
        candidates(|name| set.contains(&name), macos).iter().map(|program| program.command[0]).collect()
    }

    #[test]
    fn the_environment_decides_which_program_copies() {
        for (set, macos, expected) in [
            (&["TMUX", "DISPLAY"][..], false, &["tmux"][..]),
            (&["TMUX", "SSH_TTY"], false, &["tmux"]),
            (&["WAYLAND_DISPLAY", "DISPLAY"], false, &["wl-copy", "xclip", "xsel"]),
            (&["DISPLAY"], false, &["xclip", "xsel"]),
            (&["DISPLAY", "SSH_CONNECTION"], false, &[]),
            (&[], false, &[]),
            (&[], true, &["pbcopy"]),
            (&["SSH_TTY"], true, &[]),
        ] {
            assert_eq!(programs(set, macos), expected, "{set:?}");
        }
    }

    #[test]
    fn a_program_gets_the_text_and_its_failure_is_noticed() {
        let text = Secret::new("copied text");
        assert!(run(&["grep", "-qx", "copied text"], &text, None));
        assert!(!run(&["grep", "-qx", "other text"], &text, None));
        assert!(!run(&["tokscope-test-no-such-program"], &text, None));
        assert!(!run(&["sleep", "30"], &text, None));
    }
}
