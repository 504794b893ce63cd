//! The terminal: entered, left and put back, however the screen ends; its events and the signals; its clipboard.

use std::io::{self, Write as _};
use std::panic::PanicHookInfo;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, Event, EventStream};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use futures_util::{Stream, StreamExt as _, stream};

/// What comes in.
#[derive(Debug)]
pub(super) enum Input {
    Event(Event),
    /// A paste that came as keys. `before`: the character just before it, which has acted as a key already.
    Burst {
        before: Option<char>,
        text: String,
    },
    /// The process shall stop until it is continued (SIGTSTP).
    Stop,
    /// The process shall end: the signal's name.
    End(&'static str),
}

/// What the loop needs of the world around the screen.
pub(super) trait Host {
    /// Puts a text on the clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Asks for [`Input::Stop`]; false when nobody could continue the process.
    fn ask_to_stop(&mut self) -> bool;
    /// Puts the terminal back, stops the process, and enters again when it is continued.
    fn stop(&mut self) -> io::Result<()>;
}

/// The terminal of the process. Dropping it puts the terminal back.
pub(super) struct Tty(());

impl Tty {
    pub(super) fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        // from here on a failure puts the terminal back
        let tty = Self(());
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        Ok(tty)
    }
}

/// Puts the terminal back. Doing so twice does no harm.
fn restore() {
    let _ = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

impl Drop for Tty {
    fn drop(&mut self) {
        restore();
    }
}

impl Host for Tty {
    /// OSC 52: the terminal's own clipboard, over SSH too.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))
    }

    /// As the terminal itself does on Ctrl-Z: to the whole group, so that a parent such as `cargo run` stops too.
    #[cfg(unix)]
    fn ask_to_stop(&mut self) -> bool {
        use rustix::process::{Signal, getpgrp, getppid, getsid, kill_current_process_group};
        // the leader of a session has no shell above it that could continue it
        let parent = getppid().and_then(|parent| getsid(Some(parent)).ok());
        let continuable = parent.is_some() && parent == getsid(None).ok() && Some(getpgrp()) != parent;
        continuable && kill_current_process_group(Signal::TSTP).is_ok()
    }

    #[cfg(not(unix))]
    fn ask_to_stop(&mut self) -> bool {
        false
    }

    #[cfg(unix)]
    fn stop(&mut self) -> io::Result<()> {
        use rustix::process::{Signal, getpid, kill_process};
        restore();
        kill_process(getpid(), Signal::STOP)?;
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
    }

    #[cfg(not(unix))]
    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal's events and the process's signals. Needs a tokio runtime.
pub(super) fn inputs() -> io::Result<impl Stream<Item = io::Result<Input>> + Unpin> {
    let events = unstuck(EventStream::new()).map(|event| event.map(Input::Event));
    Ok(stream::select(events, signals()?))
}

/// The same events, without any that wait until the next key is pressed.
///
/// The event source reads 1024 bytes and then waits for the kernel to report more. It is told of every arrival once
/// (epoll's edge-triggered mode), so what had arrived in one piece and was longer stays unread. Setting the terminal's
/// attributes, to what they are, makes the kernel report it again.
#[cfg(unix)]
fn unstuck(mut events: EventStream) -> impl Stream<Item = io::Result<Event>> + Unpin {
    use rustix::io::ioctl_fionread;
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let keyboard = keyboard();
    stream::poll_fn(move |context| {
        let next = events.poll_next_unpin(context);
        if let Some(keyboard) = keyboard.as_ref().filter(|_| next.is_pending())
            && ioctl_fionread(keyboard).is_ok_and(|unread| unread > 0)
            && let Ok(attributes) = tcgetattr(keyboard)
        {
            let _ = tcsetattr(keyboard, OptionalActions::Now, &attributes);
        }
        next
    })
}

#[cfg(not(unix))]
fn unstuck(events: EventStream) -> EventStream {
    events
}

/// Where the event source reads keys from: standard input, or the terminal when a token came by standard input.
#[cfg(unix)]
fn keyboard() -> Option<std::os::fd::OwnedFd> {
    use std::os::fd::AsFd as _;
    let input = io::stdin();
    match io::IsTerminal::is_terminal(&input) {
        true => input.as_fd().try_clone_to_owned().ok(),
        false => std::fs::File::open("/dev/tty").ok().map(Into::into),
    }
}

#[cfg(unix)]
fn signals() -> io::Result<impl Stream<Item = io::Result<Input>> + Unpin> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
    let kinds = [
        (stop, None),
        (SignalKind::terminate(), Some("SIGTERM")),
        (SignalKind::hangup(), Some("SIGHUP")),
        (SignalKind::interrupt(), Some("SIGINT")),
    ];
    let mut all = Vec::new();
    for (kind, ends) in kinds {
        let arrivals =
            stream::unfold(signal(kind)?, |mut signal| async move { signal.recv().await.map(|()| ((), signal)) });
        all.push(Box::pin(arrivals.map(move |()| Ok(ends.map_or(Input::Stop, Input::End)))));
    }
    Ok(stream::select_all(all))
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Stream<Item = io::Result<Input>> + Unpin> {
    Ok(stream::pending())
}

/// From now on a panic puts the terminal back first, and says where it was and nothing else: its message could hold
/// a token.
pub(super) fn set_panic_hook() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        restore();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: tokscope has a defect at {place}\n  hint: please report that place");
    }));
}
