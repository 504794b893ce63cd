//! The life of a token: how much of it has passed, and how urgent that is.

use jiff::Timestamp;

use super::Model;
use crate::token::{Validity, lifetime};
use crate::tui::item::Tone;

/// Columns of the life line.
pub(in crate::tui) const LIFE: usize = 12;

/// Seconds before the expiry in which a refresh is offered.
const LAST: i64 = 60;

/// Seconds before the expiry from which on it is close, unless a fifth of the life is less.
const SOON: i64 = 300;

/// Life of the selected token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) struct Life {
    /// Columns of the life line that have passed, up to [`LIFE`].
    pub(in crate::tui) passed: Option<usize>,
    pub(in crate::tui) words: String,
    pub(in crate::tui) tone: Tone,
    /// It ends within a minute, and can be refreshed.
    pub(in crate::tui) offers_refresh: bool,
}

impl Model {
    /// Returns the life of the selected token; `None` if it can't be read.
    pub(in crate::tui) fn life(&self) -> Option<Life> {
        let token = self.token()?;
        let validity = token.validity(self.now)?;
        let span = token.decoded.claims().and_then(lifetime);
        let (tone, left) = urgency(&validity, span, self.now);
        let is_refreshable = self.session_token().is_some_and(super::SessionToken::is_refreshable);
        Some(Life {
            passed: span.map(|span| passed(span, self.now)),
            words: validity.words(self.now),
            tone,
            offers_refresh: is_refreshable && left.is_some_and(|left| left <= LAST),
        })
    }
}

/// Returns the tone of a validity, and the seconds that are left.
fn urgency(validity: &Validity, span: Option<(Timestamp, Timestamp)>, now: Timestamp) -> (Tone, Option<i64>) {
    match validity {
        Validity::Valid(Some(end)) => {
            let left = end.as_second() - now.as_second();
            let fifth = span.map_or(SOON, |(start, end)| (end.as_second() - start.as_second()) / 5);
            let tone = if left <= LAST {
                Tone::Bad
            } else if left <= fifth.min(SOON) {
                Tone::Warning
            } else {
                Tone::Good
            };
            (tone, Some(left))
        }
        Validity::Valid(None) | Validity::NotYet(_) => (Tone::Warning, None),
        Validity::Expired(_) | Validity::Malformed(_) => (Tone::Bad, None),
    }
}

/// Returns how many columns of the life line have passed: all of them only when it is over.
fn passed((start, end): (Timestamp, Timestamp), now: Timestamp) -> usize {
    let (whole, done) = (end.as_second() - start.as_second(), now.as_second() - start.as_second());
    if done >= whole {
        return LIFE;
    }
    let columns = i64::try_from(LIFE).unwrap_or_default();
    usize::try_from(done.max(0).saturating_mul(columns) / whole.max(1)).unwrap_or_default().min(LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_life_line_shows_how_much_has_passed_and_how_urgent_it_is() {
        let span = (at(1000), at(4600));
        for (now, columns, tone, left) in [
            (900, 0, Tone::Good, Some(3700)),
            (1000, 0, Tone::Good, Some(3600)),
            (2800, 6, Tone::Good, Some(1800)),
            (4400, 11, Tone::Warning, Some(200)),
            (4560, 11, Tone::Bad, Some(40)),
        ] {
            assert_eq!(passed(span, at(now)), columns, "{now}");
            let validity = Validity::Valid(Some(at(4600)));
            assert_eq!(urgency(&validity, Some(span), at(now)), (tone, left), "{now}");
        }
        assert_eq!(passed(span, at(4600)), LIFE);
        assert_eq!(urgency(&Validity::Expired(Some(at(4600))), Some(span), at(5000)).0, Tone::Bad);
        assert_eq!(urgency(&Validity::NotYet(None), None, at(0)).0, Tone::Warning);
    }
}
