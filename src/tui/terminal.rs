//! The terminal: setup, restoration, events, signals and clipboard.

use std::cell::RefCell;
use std::future::ready;
use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event, EventStream,
    MouseEventKind,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use futures_util::{Stream, StreamExt as _, stream};

use super::background::{Awaited, QUERY, replies};
use super::input::Input;
use super::links::{Link, Links};
use crate::app::{ClipboardTarget, Context, copy_to_clipboard, edit_file, edit_text};
use crate::secret::Secret;

/// How far a copied text has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copied {
    /// It is in the clipboard of the desktop.
    Desktop,
    /// It is in a buffer of tmux, which was asked to pass it on.
    Tmux,
    /// The terminal was asked to put it into its clipboard, and does not say whether it did.
    Terminal,
}

/// Environment of the event loop.
pub(super) trait Host {
    /// Copies text to the clipboard. Returns how far it is known to have come.
    fn copy(&mut self, text: &Secret) -> io::Result<Copied>;
    /// Opens a file in the user's editor, and waits until it is closed. Returns whether it ended without an error.
    fn edit(&mut self, path: &Path, line: Option<u64>) -> io::Result<bool>;
    /// Opens a text in the user's editor, and waits until it is closed. Returns the saved text, or `None` if the editor ended
    /// with an error.
    fn edit_text(&mut self, text: &str) -> io::Result<Option<String>>;
    /// Marks the begin or end of a frame, which the terminal then shows at once.
    fn frame(&mut self, begin: bool) -> io::Result<()>;
    /// Takes the links of the frame that is drawn.
    fn links(&mut self, links: Vec<Link>);
    /// Lets the terminal report the mouse, or not.
    fn mouse(&mut self, on: bool) -> io::Result<()>;
    /// Requests [`Input::Stop`]. Returns false if nothing could resume the process.
    fn ask_to_stop(&mut self) -> bool;
    /// Restores the terminal, suspends the process, and sets the terminal up again on resume.
    fn stop(&mut self) -> io::Result<()>;
}

/// The terminal of the process. Dropping it restores the terminal.
pub(super) struct Tty {
    context: Arc<Context>,
    events: Events,
    /// The terminal reports the mouse.
    mouse: bool,
    links: Links,
    /// The reply about the background.
    awaited: Awaited,
}

/// Terminals that print what they do not know.
const SIMPLE: [&str; 2] = ["dumb", "linux"];

/// Returns whether the terminal ignores sequences that it does not know.
pub(super) fn is_capable() -> bool {
    std::env::var("TERM").is_ok_and(|term| !term.is_empty() && !SIMPLE.contains(&term.as_str()))
}

/// The terminal's events. Emptied while another program reads from the terminal.
pub(super) type Events = Rc<RefCell<Option<EventStream>>>;

impl Tty {
    pub(super) fn enter(context: Arc<Context>, events: Events, links: Links, awaited: Awaited) -> io::Result<Self> {
        // from here on a failure restores the terminal
        let tty = Self { context, events, mouse: false, links, awaited };
        tty.set_up()?;
        if tty.awaited.get().is_some() {
            io::stdout().write_all(QUERY.as_bytes())?;
            io::stdout().flush()?;
        }
        Ok(tty)
    }

    fn set_up(&self) -> io::Result<()> {
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        if self.mouse { execute!(io::stdout(), EnableMouseCapture) } else { Ok(()) }
    }

    /// Discards the reply about the background if it is still to come, so that no other program reads it.
    fn discard_reply(&self) {
        if self.awaited.take().is_some_and(|end| tokio::time::Instant::now() < end) {
            std::thread::sleep(REPLY);
            flush_input();
        }
    }

    /// Gives the terminal to another program, which reads the keys meanwhile.
    fn lent<T>(&mut self, program: impl FnOnce(&Context) -> io::Result<T>) -> io::Result<T> {
        self.events.borrow_mut().take();
        self.discard_reply();
        restore();
        let result = program(&self.context);
        self.set_up()?;
        *self.events.borrow_mut() = Some(EventStream::new());
        result
    }
}

/// Time for a reply to arrive before it is discarded.
const REPLY: std::time::Duration = std::time::Duration::from_millis(50);

#[cfg(unix)]
fn flush_input() {
    use rustix::termios::{QueueSelector, tcflush};
    if let Some(keyboard) = keyboard() {
        let _ = tcflush(keyboard, QueueSelector::IFlush);
    }
}

#[cfg(not(unix))]
fn flush_input() {}

/// Restores the terminal. Idempotent.
fn restore() {
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.discard_reply();
        restore();
    }
}

impl Host for Tty {
    /// Uses the program of the platform, otherwise OSC 52, which also works over SSH.
    fn copy(&mut self, text: &Secret) -> io::Result<Copied> {
        match copy_to_clipboard(text, self.context.manifest()) {
            Some(ClipboardTarget::Desktop) => Ok(Copied::Desktop),
            Some(ClipboardTarget::Tmux) => Ok(Copied::Tmux),
            None => {
                let copy = crossterm::clipboard::CopyToClipboard::to_clipboard_from(text.expose());
                execute!(io::stdout(), copy).map(|()| Copied::Terminal)
            }
        }
    }

    fn frame(&mut self, begin: bool) -> io::Result<()> {
        match begin {
            true => queue!(io::stdout(), BeginSynchronizedUpdate),
            false => execute!(io::stdout(), EndSynchronizedUpdate),
        }
    }

    fn links(&mut self, links: Vec<Link>) {
        if is_capable() {
            *self.links.borrow_mut() = links;
        }
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        match on {
            true => execute!(io::stdout(), EnableMouseCapture),
            false => execute!(io::stdout(), DisableMouseCapture),
        }
    }

    fn edit(&mut self, path: &Path, line: Option<u64>) -> io::Result<bool> {
        self.lent(|context| edit_file(path, line, context.manifest()))
    }

    fn edit_text(&mut self, text: &str) -> io::Result<Option<String>> {
        self.lent(|context| edit_text(text, context.manifest()))
    }

    /// Signals the whole process group, as the terminal does on Ctrl-Z, so that a parent such as `cargo run` stops too.
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
        self.discard_reply();
        restore();
        kill_process(getpid(), Signal::STOP)?;
        self.set_up()
    }

    #[cfg(not(unix))]
    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns terminal events and signals. Needs a tokio runtime.
pub(super) fn inputs(events: Events, awaited: Awaited) -> io::Result<impl Stream<Item = io::Result<Input>> + Unpin> {
    *events.borrow_mut() = Some(EventStream::new());
    // a mouse that moves without a button changes nothing
    let events = unstuck(events).filter(|event| ready(!is_move(event)));
    Ok(stream::select(Box::pin(replies(events, awaited)), signals()?))
}

fn is_move(event: &io::Result<Event>) -> bool {
    matches!(event, Ok(Event::Mouse(event)) if event.kind == MouseEventKind::Moved)
}

/// Works around events that are delayed until the next key.
///
/// The event source reads 1024 bytes and then waits for the kernel to report more. In epoll's edge-triggered mode each
/// arrival is reported once, so the rest of a longer one stays unread. Setting the terminal attributes to their current
/// values makes the kernel report it again.
#[cfg(unix)]
fn unstuck(events: Events) -> impl Stream<Item = io::Result<Event>> + Unpin {
    use rustix::io::ioctl_fionread;
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let keyboard = keyboard();
    stream::poll_fn(move |context| {
        let next = match events.borrow_mut().as_mut() {
            Some(events) => events.poll_next_unpin(context),
            None => Poll::Pending,
        };
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
fn unstuck(events: Events) -> impl Stream<Item = io::Result<Event>> + Unpin {
    stream::poll_fn(move |context| match events.borrow_mut().as_mut() {
        Some(events) => events.poll_next_unpin(context),
        None => Poll::Pending,
    })
}

/// Returns what the event source reads: standard input or, if a token was read from there, the terminal.
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
        (SignalKind::quit(), Some("SIGQUIT")),
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

/// Makes a panic restore the terminal and print only its location: its message could contain a token.
pub(super) fn set_panic_hook() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        restore();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: internal error at {place}\n  hint: please report this as a bug");
    }));
}
