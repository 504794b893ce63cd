//! Tells a paste that the terminal does not bracket from keys that are pressed one by one.
//!
//! Such a paste (GNU screen, `paste-buffer` of tmux without `-p`, a console) arrives as key events. What gives it away is
//! that more keys can be read at once than anyone presses, so no clock decides about a single key: it acts as soon as
//! nothing more can be read. Keys that come together are held until that is known.
//!
//! - Three or more are a paste, which goes on until nothing has come for [`QUIET`]: a slow link delivers it in parts.
//! - Two act as keys, once [`FAST`] has passed without a third. Enter among them does nothing.
//! - A key that is held down, and movements by `h`, `j`, `k` and `l`, act as keys, however many there are.
//! - Keys that come one by one, each within [`FAST`] of the one before, are a paste from [`STREAK`] on.

use std::collections::VecDeque;
use std::io;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::{Instant, sleep_until};

use super::terminal::Input;

/// Nobody presses another key within this time.
const FAST: Duration = Duration::from_millis(10);

/// A paste has ended when nothing came for this time.
const QUIET: Duration = Duration::from_millis(150);

/// How many keys that come together are a paste.
const MANY: usize = 3;

/// How many keys that come one by one, too fast for fingers, are the beginning of a paste.
const STREAK: usize = 5;

/// More than a terminal repeats of a key that is held down while the screen is drawn.
const MOST_REPEATED: usize = 100;

/// What was read and not yet passed on. Pure: each event comes with its time.
#[derive(Debug, Default)]
pub(super) struct Bursts {
    /// Keys that came together.
    held: Vec<KeyEvent>,
    /// When the last of them came.
    last: Option<Instant>,
    /// They are a paste.
    open: bool,
    /// The last key that acted alone, and when it came.
    lone: Option<(KeyEvent, Instant)>,
    /// How many such keys came in fast succession.
    streak: usize,
    /// The character that acted just before the held keys came.
    before: Option<char>,
    /// A bracketed paste has just ended: what can be read together with it is still part of it.
    pasted: bool,
}

impl Bursts {
    /// Takes an event. What is certain now goes to `out`.
    pub(super) fn take(&mut self, event: Event, at: Instant, out: &mut VecDeque<Input>) {
        let key = match &event {
            Event::Key(key) if key.kind != KeyEventKind::Release => *key,
            Event::Resize(..) | Event::Key(_) => return out.push_back(Input::Event(event)),
            _ => return self.pass(event, out),
        };
        if is_text(key) {
            if self.is_over(at) {
                self.flush(out);
            }
            if self.held.is_empty() {
                let fast = self.lone.filter(|(_, lone)| at.duration_since(*lone) < FAST);
                self.before = fast.and_then(|(key, _)| character(key));
                self.streak = if fast.is_some() { self.streak } else { 0 };
            }
            self.held.push(key);
            self.last = Some(at);
            self.open = self.open
                || self.pasted
                || (self.held.len() >= MANY && !is_held_down(&self.held))
                || (self.streak >= STREAK && !self.repeats(key));
        } else if self.open && is_control(key) {
            // part of what was pasted, and nothing that belongs into a text
            self.last = Some(at);
        } else {
            self.pass(event, out);
        }
    }

    /// Nothing more can be read now.
    pub(super) fn pause(&mut self, at: Instant, out: &mut VecDeque<Input>) {
        self.pasted = false;
        match self.held.as_slice() {
            [] => {}
            [only] if !self.open => {
                self.lone = Some((*only, at));
                self.streak += 1;
                self.flush(out);
            }
            held if (!self.open && is_held_down(held)) || self.is_over(at) => self.flush(out),
            _ => {}
        }
    }

    /// When [`Bursts::pause`] has to be called again, though nothing comes.
    pub(super) fn wakes(&self) -> Option<Instant> {
        self.last.filter(|_| !self.held.is_empty()).map(|last| last + self.window())
    }

    /// Passes on what is held.
    pub(super) fn flush(&mut self, out: &mut VecDeque<Input>) {
        let held = std::mem::take(&mut self.held);
        let before = self.before.take();
        if std::mem::take(&mut self.open) {
            (self.lone, self.streak) = (None, 0);
            let text = held.iter().filter_map(|key| character(*key)).collect();
            return out.push_back(Input::Burst { before, text });
        }
        let alone = held.len() < 2;
        let (acting, dropped): (Vec<_>, Vec<_>) = held.into_iter().partition(|key| alone || !is_line_end(*key));
        out.extend(acting.into_iter().map(|key| Input::Event(Event::Key(key))));
        if !dropped.is_empty() {
            out.push_back(Input::Burst { before: None, text: "\n".to_owned() });
        }
    }

    fn pass(&mut self, event: Event, out: &mut VecDeque<Input>) {
        self.flush(out);
        (self.lone, self.streak) = (None, 0);
        self.pasted = matches!(event, Event::Paste(_));
        out.push_back(Input::Event(event));
    }

    fn window(&self) -> Duration {
        if self.open { QUIET } else { FAST }
    }

    fn is_over(&self, at: Instant) -> bool {
        !self.held.is_empty() && self.last.is_some_and(|last| at.duration_since(last) >= self.window())
    }

    /// Whether a key is the one that acted before: it is held down, and the terminal repeats it fast.
    fn repeats(&self, key: KeyEvent) -> bool {
        self.lone.is_some_and(|(lone, _)| lone.code == key.code) && !is_line_end(key)
    }
}

/// Whether a key can be part of a pasted text.
fn is_text(key: KeyEvent) -> bool {
    character(key).is_some()
}

/// The character that a key stands for in a text. In raw mode a line feed arrives as Ctrl-J, and an escape before a
/// character as Alt.
fn character(key: KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char('j') if key.modifiers.contains(KeyModifiers::CONTROL) => Some('\n'),
        KeyCode::Char(_) if key.modifiers.contains(KeyModifiers::CONTROL) => None,
        KeyCode::Char(character) => Some(character),
        KeyCode::Enter => Some('\n'),
        KeyCode::Tab => Some('\t'),
        _ => None,
    }
}

fn is_line_end(key: KeyEvent) -> bool {
    character(key) == Some('\n')
}

/// A control character that a text may hold. Ctrl-C always acts.
fn is_control(key: KeyEvent) -> bool {
    match key.code {
        KeyCode::Char(character) => character != 'c',
        KeyCode::Backspace => true,
        _ => false,
    }
}

/// The same key again and again, or only movements.
fn is_held_down(keys: &[KeyEvent]) -> bool {
    let first = keys.first().map(|key| key.code);
    let moves = |key: &KeyEvent| matches!(key.code, KeyCode::Char('h' | 'j' | 'k' | 'l'));
    keys.len() <= MOST_REPEATED
        && !keys.iter().any(|key| is_line_end(*key))
        && (keys.iter().all(|key| Some(key.code) == first) || keys.iter().all(moves))
}

/// The same inputs, with every paste that came as keys put together.
pub(super) fn gather(
    mut inputs: impl Stream<Item = io::Result<Input>> + Unpin,
) -> impl Stream<Item = io::Result<Input>> {
    let mut bursts = Bursts::default();
    let mut out = VecDeque::new();
    let mut wake = None;
    let mut ended = false;
    stream::poll_fn(move |context| {
        loop {
            if let Some(input) = out.pop_front() {
                return Poll::Ready(Some(Ok(input)));
            }
            if ended {
                return Poll::Ready(None);
            }
            match inputs.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(Input::Event(event)))) => bursts.take(event, Instant::now(), &mut out),
                Poll::Ready(Some(Ok(input))) => {
                    bursts.flush(&mut out);
                    out.push_back(input);
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => {
                    bursts.pause(Instant::now(), &mut out);
                    bursts.flush(&mut out);
                    ended = true;
                }
                Poll::Pending => {
                    bursts.pause(Instant::now(), &mut out);
                    if !out.is_empty() {
                        continue;
                    }
                    let Some(at) = bursts.wakes() else { return Poll::Pending };
                    let sleep = wake.get_or_insert_with(|| Box::pin(sleep_until(at)));
                    if sleep.deadline() != at {
                        sleep.as_mut().reset(at);
                    }
                    match sleep.as_mut().poll(context) {
                        Poll::Ready(()) => wake = None,
                        Poll::Pending => return Poll::Pending,
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests;
