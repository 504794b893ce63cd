//! Asks the terminal for the color of its background (OSC 11), to choose between the dark and the light theme.
//!
//! The reply comes as input. The event source does not know it and reports its characters as keys, so that it has to be
//! found among the events. The reply to a request for device attributes can't serve as the end mark: the event source keeps
//! it to itself. A time limit takes its place.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::input::Input;

/// The query.
pub(super) const QUERY: &str = "\u{1b}]11;?\u{1b}\\";

/// Time in which the reply must begin.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Silence that ends an incomplete reply, whose characters are keys then.
const QUIET: Duration = Duration::from_millis(100);

/// Maximum length of a reply.
const LONGEST: usize = 40;

/// Time until which a reply is awaited; `None`: it has come, or nothing was asked.
pub(super) type Awaited = Rc<Cell<Option<Instant>>>;

/// Finds the reply among the events. Pure: each event comes with its time.
#[derive(Debug, Default)]
struct Replies {
    /// Events that may be the beginning of the reply, the time of the last one, and their text without the introducer.
    held: Vec<Event>,
    last: Option<Instant>,
    text: String,
    introduced: bool,
}

impl Replies {
    /// Takes an event while a reply is awaited. Returns whether the background is light, once it is known.
    fn take(&mut self, event: Event, at: Instant, out: &mut VecDeque<Input>) -> Option<bool> {
        let Event::Key(key) = event else {
            out.push_back(Input::Event(event));
            return None;
        };
        let is_escape = key.code == KeyCode::Esc;
        if self.introduced && is_end(key, self.held.last()) {
            let light = is_light(&self.text);
            self.clear();
            return light;
        }
        let continues = match (self.introduced, key.code) {
            (false, KeyCode::Char(']')) if key.modifiers == KeyModifiers::ALT || !self.held.is_empty() => {
                self.introduced = true;
                true
            }
            // the escape character alone, if the rest comes later
            (false, KeyCode::Esc) => self.held.is_empty(),
            (true, KeyCode::Char(character)) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                self.text.push(character);
                is_beginning(&self.text)
            }
            (true, _) => is_escape,
            (false, _) => false,
        };
        self.held.push(event);
        self.last = Some(at);
        if !continues {
            self.release(out);
        }
        None
    }

    /// Passes on the held events, which are not a reply.
    fn release(&mut self, out: &mut VecDeque<Input>) {
        out.extend(self.held.drain(..).map(Input::Event));
        self.clear();
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns when the held events are no longer a reply.
    fn wakes(&self) -> Option<Instant> {
        self.last.map(|last| last + QUIET)
    }
}

/// Returns whether a key ends a reply: BEL, or ESC and a backslash.
fn is_end(key: KeyEvent, before: Option<&Event>) -> bool {
    let escaped = matches!(before, Some(Event::Key(before)) if before.code == KeyCode::Esc);
    match key.code {
        KeyCode::Char('g') => key.modifiers == KeyModifiers::CONTROL,
        KeyCode::Char('\\') => key.modifiers == KeyModifiers::ALT || escaped,
        _ => false,
    }
}

/// Returns whether a text can be the beginning of `11;rgb:1e1e/1e1e/1e1e`, or of the same with `rgba`.
fn is_beginning(text: &str) -> bool {
    let fits = |start: &str| match text.strip_prefix(start) {
        Some(rest) => rest.chars().all(|character| character.is_ascii_hexdigit() || character == '/'),
        None => start.starts_with(text),
    };
    text.len() <= LONGEST && (fits("11;rgb:") || fits("11;rgba:"))
}

/// Returns whether a color is light; `None` if it can't be read.
fn is_light(text: &str) -> Option<bool> {
    let (_, color) = text.split_once(':')?;
    let part = |text: &str| {
        let most = 16_u32.checked_pow(u32::try_from(text.len()).ok()?)?.checked_sub(1).filter(|most| *most > 0)?;
        Some(f64::from(u32::from_str_radix(text, 16).ok()?) / f64::from(most))
    };
    let parts: Option<Vec<f64>> = color.split('/').map(part).collect();
    match parts?.as_slice() {
        [red, green, blue, ..] => Some(0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5),
        _ => None,
    }
}

/// Returns the events with the reply as [`Input::Background`].
pub(super) fn replies(
    events: impl Stream<Item = io::Result<Event>> + Unpin,
    awaited: Awaited,
) -> impl Stream<Item = io::Result<Input>> {
    let state = (events, awaited, Replies::default(), VecDeque::new());
    stream::unfold(state, |(mut events, awaited, mut replies, mut out)| async move {
        loop {
            if let Some(input) = out.pop_front() {
                return Some((Ok(input), (events, awaited, replies, out)));
            }
            let next = match replies.wakes() {
                None => events.next().await,
                Some(end) => match timeout_at(end, events.next()).await {
                    Ok(next) => next,
                    Err(_) => {
                        replies.release(&mut out);
                        continue;
                    }
                },
            };
            let event = match next? {
                Ok(event) => event,
                Err(error) => return Some((Err(error), (events, awaited, replies, out))),
            };
            let now = Instant::now();
            if replies.held.is_empty() && awaited.get().is_none_or(|end| now > end) {
                awaited.set(None);
                out.push_back(Input::Event(event));
            } else if let Some(light) = replies.take(event, now, &mut out) {
                awaited.set(None);
                out.push_back(Input::Background { light });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events that the source reports for these bytes.
    fn events(text: &str) -> Vec<Event> {
        let mut events = Vec::new();
        let mut alt = false;
        for character in text.chars() {
            let (code, modifiers) = match character {
                '\u{1b}' => {
                    alt = true;
                    continue;
                }
                '\u{7}' => (KeyCode::Char('g'), KeyModifiers::CONTROL),
                character if alt => (KeyCode::Char(character), KeyModifiers::ALT),
                character if character.is_uppercase() => (KeyCode::Char(character), KeyModifiers::SHIFT),
                character => (KeyCode::Char(character), KeyModifiers::NONE),
            };
            alt = false;
            events.push(Event::Key(KeyEvent::new(code, modifiers)));
        }
        events
    }

    /// Returns what the background is, and the events that were passed on.
    fn read(events: Vec<Event>) -> (Option<bool>, usize) {
        let (mut replies, mut out) = (Replies::default(), VecDeque::new());
        let now = Instant::now();
        let mut light = None;
        for event in events {
            light = replies.take(event, now, &mut out).or(light);
        }
        replies.release(&mut out);
        (light, out.len())
    }

    #[test]
    fn a_reply_is_found_and_not_passed_on_as_keys() {
        for (text, light) in [
            ("\u{1b}]11;rgb:fdfd/f6f6/e3e3\u{1b}\\", true),
            ("\u{1b}]11;rgb:FFFF/FFFF/FFFF\u{7}", true),
            ("\u{1b}]11;rgb:0000/2b2b/3636\u{7}", false),
            ("\u{1b}]11;rgb:1e/1e/1e\u{1b}\\", false),
            ("\u{1b}]11;rgba:f/f/f/8\u{7}", true),
        ] {
            assert_eq!(read(events(text)), (Some(light), 0), "{text:?}");
        }
    }

    #[test]
    fn the_parts_of_a_reply_can_arrive_apart() {
        let escape = || Event::Key(KeyEvent::from(KeyCode::Esc));
        let mut all = vec![escape()];
        all.extend(events("]11;rgb:0/0/0"));
        all.push(escape());
        all.extend(events("\\"));
        assert_eq!(read(all), (Some(false), 0));
    }

    #[test]
    fn keys_that_are_not_a_reply_are_passed_on() {
        for text in ["jj", "\u{1b}]", "\u{1b}]12;rgb:0/0/0\u{7}", "\u{1b}]11;x", "]11;rgb:0/0/0\u{7}", "\u{1b}x"] {
            let count = events(text).len();
            assert_eq!(read(events(text)), (None, count), "{text:?}");
        }
        let long = format!("\u{1b}]11;rgb:{}\u{7}", "0".repeat(100));
        assert_eq!(read(events(&long)).0, None);
        let escape = || Event::Key(KeyEvent::from(KeyCode::Esc));
        assert_eq!(read(vec![escape(), escape()]), (None, 2));
        assert_eq!(read(vec![Event::Resize(1, 1), escape()]), (None, 2));
    }

    #[test]
    fn an_unreadable_color_changes_nothing() {
        for text in ["11;rgb:", "11;rgb:0/0", "11;rgb:/0/0", "11;rgb:000000000/0/0"] {
            assert_eq!(is_light(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_reply_is_looked_for_only_while_it_is_awaited() {
        let reply = || stream::iter(events("\u{1b}]11;rgb:f/f/f\u{7}").into_iter().map(Ok));
        let awaited: Awaited = Rc::new(Cell::new(Some(Instant::now() + PATIENCE)));
        let found: Vec<_> = Box::pin(replies(reply(), Rc::clone(&awaited))).collect().await;
        assert!(matches!(found.as_slice(), [Ok(Input::Background { light: true })]), "{found:?}");
        assert!(awaited.get().is_none());
        let found: Vec<_> = Box::pin(replies(reply(), awaited)).collect().await;
        assert_eq!(found.len(), 14);
        // an incomplete one becomes keys after a while
        let part = stream::iter(events("\u{1b}]11;").into_iter().map(Ok)).chain(stream::pending());
        let awaited: Awaited = Rc::new(Cell::new(Some(Instant::now() + PATIENCE)));
        let found: Vec<_> = Box::pin(replies(part, awaited)).take(4).collect().await;
        assert_eq!(found.len(), 4);
    }
}
