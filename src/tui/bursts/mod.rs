//! Detects pastes that arrive as key events, without bracketed paste.
//!
//! GNU screen, tmux `paste-buffer` without `-p` and consoles send such pastes. They are detected by the number of keys
//! that can be read at once, so that a single key is never delayed: it acts as soon as nothing more can be read. Keys that
//! arrive together are buffered until it is clear what they are.
//!
//! - Three or more are a paste. It ends when nothing has arrived for [`QUIET`], because slow links deliver it in parts.
//! - Two act as keys, once [`FAST`] has passed without a third, unless they are the same key or one is Enter: then they
//!   are a paste.
//! - A line end that arrives alone within [`TRAILING`] of a paste belongs to it.
//! - Repeated Tab, and any sequence of `h`, `j`, `k` and `l`, acts as keys, whatever its length.
//! - Keys that arrive one by one, each within [`FAST`] of the previous one, are a paste from the number [`STREAK`] on.

use std::collections::VecDeque;
use std::io;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::{Instant, sleep_until};

use super::input::Input;

/// Interval below which keys are not typed by hand.
const FAST: Duration = Duration::from_millis(10);

/// Silence that ends a paste.
const QUIET: Duration = Duration::from_millis(150);

/// Interval after a paste in which a line end belongs to it: a slow link may deliver the last one late.
const TRAILING: Duration = Duration::from_millis(500);

/// Minimum number of keys arriving together that are a paste.
const MANY: usize = 3;

/// Minimum number of fast single keys that are the beginning of a paste.
const STREAK: usize = 5;

/// Maximum number of repetitions of a held key while a frame is drawn.
const MOST_REPEATED: usize = 100;

/// Buffer of key events. Pure: each event comes with its time.
#[derive(Debug, Default)]
pub(super) struct Bursts {
    /// Keys that arrived together.
    buffered: Vec<KeyEvent>,
    /// Time of the last one.
    last: Option<Instant>,
    /// Whether they are a paste.
    open: bool,
    /// Last key that acted alone, with its time.
    lone: Option<(KeyEvent, Instant)>,
    /// Number of such keys in fast succession.
    streak: usize,
    /// Character that acted just before the buffered keys.
    before: Option<char>,
    /// Time of the last key of the last paste.
    paste: Option<Instant>,
    /// A bracketed paste has just ended: what can be read together with it still belongs to it.
    pasted: bool,
}

impl Bursts {
    /// Adds an event. Appends decided input to `out`.
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
            if self.buffered.is_empty() {
                let fast = self.lone.filter(|(_, lone)| at.duration_since(*lone) < FAST);
                self.before = fast.and_then(|(key, _)| character(key));
                self.streak = if fast.is_some() { self.streak } else { 0 };
            }
            self.buffered.push(key);
            self.last = Some(at);
            self.open = self.open
                || self.pasted
                || (is_line_end(key) && self.paste.is_some_and(|end| at.duration_since(end) < TRAILING))
                || (self.buffered.len() >= MANY && !is_held_down(&self.buffered))
                || (self.streak >= STREAK && !self.repeats(key));
        } else if self.open && is_control(key) {
            // a control character within the paste is dropped
            self.last = Some(at);
        } else {
            self.pass(event, out);
        }
    }

    /// Notes that nothing more can be read now.
    pub(super) fn pause(&mut self, at: Instant, out: &mut VecDeque<Input>) {
        self.pasted = false;
        match self.buffered.as_slice() {
            [] => {}
            [only] if !self.open => {
                self.lone = Some((*only, at));
                self.streak += 1;
                self.flush(out);
            }
            buffered if (!self.open && is_held_down(buffered)) || self.is_over(at) => self.flush(out),
            _ => {}
        }
    }

    /// Returns when [`Bursts::pause`] must be called again without new events.
    pub(super) fn wakes(&self) -> Option<Instant> {
        self.last.filter(|_| !self.buffered.is_empty()).map(|last| last + self.window())
    }

    /// Passes on the buffered keys.
    pub(super) fn flush(&mut self, out: &mut VecDeque<Input>) {
        let buffered = std::mem::take(&mut self.buffered);
        let before = self.before.take();
        let is_open = std::mem::take(&mut self.open);
        if is_open || confirms_or_repeats(&buffered) {
            (self.lone, self.streak, self.paste) = (None, 0, self.last);
            let text = buffered.iter().filter_map(|key| character(*key)).collect();
            return out.push_back(Input::Burst { before, text });
        }
        out.extend(buffered.into_iter().map(|key| Input::Event(Event::Key(key))));
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
        !self.buffered.is_empty() && self.last.is_some_and(|last| at.duration_since(last) >= self.window())
    }

    /// Returns whether a key repeats the previous one because it is held down.
    fn repeats(&self, key: KeyEvent) -> bool {
        self.lone.is_some_and(|(lone, _)| lone.code == key.code) && !is_line_end(key)
    }
}

/// Returns whether a key can be part of pasted text.
fn is_text(key: KeyEvent) -> bool {
    character(key).is_some()
}

/// Returns the character that a key stands for in pasted text. In raw mode a line feed arrives as Ctrl-J, and an escape
/// before a character as Alt.
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

/// Returns whether a key is a control character that pasted text can contain. Ctrl-C always acts.
fn is_control(key: KeyEvent) -> bool {
    match key.code {
        KeyCode::Char(character) => character != 'c',
        KeyCode::Backspace => true,
        _ => false,
    }
}

/// Returns whether all keys are movements, which a held key repeats.
fn is_held_down(keys: &[KeyEvent]) -> bool {
    let moves = |key: &KeyEvent| {
        matches!(key.code, KeyCode::Char('h' | 'j' | 'k' | 'l')) && !key.modifiers.contains(KeyModifiers::CONTROL)
    };
    keys.len() <= MOST_REPEATED && (keys.iter().all(|key| key.code == KeyCode::Tab) || keys.iter().all(moves))
}

/// Returns whether several keys that arrived together would confirm something or do it twice.
fn confirms_or_repeats(keys: &[KeyEvent]) -> bool {
    let first = keys.first().map(|key| key.code);
    keys.len() > 1
        && !is_held_down(keys)
        && (keys.iter().any(|key| is_line_end(*key)) || keys.iter().all(|key| Some(key.code) == first))
}

/// Combines the key events of each paste.
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
