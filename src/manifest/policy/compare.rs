//! Comparison of time windows, also of different time zones.

use jiff::civil::{Date, DateTime, date};
use jiff::{Timestamp, ToSpan};

use super::window::{DAY, Window};

/// The days that are compared: every day of the week, and every change of a clock, at least twice.
const FIRST: Date = date(2026, 1, 1);
const DAYS: i64 = 2 * 365 + 8;

impl Window {
    /// Whether other windows contain every time of this one. The times of two years are compared, since time zones change
    /// their clocks on different days.
    #[must_use]
    pub fn is_within(&self, others: &[Self]) -> bool {
        if others.contains(self) {
            return true;
        }
        // where it leaves the others, it begins, another one ends, or a clock changes
        let edges = others.iter().chain([self]).flat_map(Self::edges);
        let is_covered = |time: Timestamp| others.iter().any(|other| other.contains(time));
        !others.is_empty() && edges.into_iter().all(|time| !self.contains(time) || is_covered(time))
    }

    /// Returns the first time in two years that two windows contain.
    #[must_use]
    pub fn first_common_time(&self, other: &Self) -> Option<Timestamp> {
        let edges = [self, other].into_iter().flat_map(Self::edges);
        edges.filter(|time| self.contains(*time) && other.contains(*time)).min()
    }

    /// Returns the times at which it can begin or end. Where an hour occurs twice, both times; where it is skipped, the times
    /// around it.
    fn edges(&self) -> Vec<Timestamp> {
        let mut edges = Vec::new();
        let (start, end) = self.minutes();
        let mut day = FIRST;
        for _ in 0..DAYS {
            for minutes in [start, end] {
                let Some(local) = local_time(day, minutes) else { continue };
                let time = self.zone().to_ambiguous_timestamp(local);
                edges.extend(time.earlier().ok().into_iter().chain(time.later().ok()));
            }
            day = day.tomorrow().unwrap_or(day);
        }
        let (Some(first), Some(last)) = (edges.iter().min().copied(), edges.iter().max().copied()) else {
            return edges;
        };
        let changes = self.zone().following(first).map(|change| change.timestamp());
        edges.extend(changes.take_while(|change| *change <= last));
        edges
    }
}

/// Returns the time of a day that is some minutes after its midnight.
fn local_time(day: Date, minutes: u16) -> Option<DateTime> {
    let (hour, minute) = (i8::try_from(minutes % DAY / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    let day = if minutes < DAY { day } else { day.checked_add(1.day()).ok()? };
    Some(day.at(hour, minute, 0, 0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn windows(text: &str) -> Vec<Window> {
        text.split(';').filter(|one| !one.is_empty()).map(|one| Window::parse(one.trim()).unwrap()).collect()
    }

    #[test]
    fn a_window_is_compared_with_others_in_any_zone() {
        for (one, others, within) in [
            ("09:00-12:00 UTC", "", false),
            ("09:00-12:00 UTC", "09:00-12:00 UTC", true),
            ("10:00-11:00 UTC", "09:00-12:00 UTC", true),
            ("09:00-12:01 UTC", "09:00-12:00 UTC", false),
            ("mon 10:00-11:00 UTC", "mon-fri 09:00-12:00 UTC", true),
            ("10:00-11:00 UTC", "mon-fri 09:00-12:00 UTC", false),
            ("09:00-15:00 UTC", "09:00-12:00 UTC; 12:00-18:00 UTC", true),
            ("09:00-15:00 UTC", "09:00-12:00 UTC; 12:01-18:00 UTC", false),
            ("23:00-01:00 UTC", "22:00-06:00 UTC", true),
            ("23:00-01:00 UTC", "sun-fri 22:00-06:00 UTC", false),
            ("00:00-24:00 UTC", "00:00-12:00 Europe/Berlin; 12:00-24:00 Europe/Berlin", true),
            // UTC+1 in winter, UTC+2 in summer
            ("10:00-11:00 Europe/Berlin", "08:00-10:00 UTC", true),
            ("10:00-11:00 Europe/Berlin", "09:00-10:00 UTC", false),
            ("10:00-11:00 Europe/Berlin", "08:00-09:00 UTC", false),
            ("09:00-10:00 Europe/Berlin", "09:00-10:00 Europe/Vienna", true),
            // New York and Berlin change their clocks on different days
            ("09:00-10:00 America/New_York", "15:00-16:00 Europe/Berlin", false),
            ("09:00-10:00 America/New_York", "14:00-16:00 Europe/Berlin", true),
            ("09:00-10:00 Asia/Kolkata", "03:30-04:30 UTC", true),
            ("09:00-10:00 Asia/Kolkata", "03:31-04:30 UTC", false),
            ("02:00-03:00 Europe/Berlin", "00:00-02:00 UTC", true),
        ] {
            let (one, others) = (Window::parse(one).unwrap(), windows(others));
            assert_eq!(one.is_within(&others), within, "{one} in {others:?}");
        }
    }

    #[test]
    fn the_first_time_in_two_windows_is_found() {
        for (one, other, expected) in [
            ("09:00-12:00 UTC", "12:00-18:00 UTC", None),
            ("09:00-18:00 UTC", "mon 17:00-24:00 UTC", Some("2026-01-05T17:00:00Z")),
            ("09:00-18:00 Europe/Berlin", "09:00-18:00 America/New_York", Some("2026-01-01T14:00:00Z")),
            ("09:00-12:00 Europe/Berlin", "09:00-12:00 America/Los_Angeles", None),
            // only in summer
            ("09:00-10:00 UTC", "11:00-12:00 Europe/Berlin", Some("2026-03-29T09:00:00Z")),
            ("00:30-01:00 UTC", "02:30-03:00 Europe/Berlin", Some("2026-03-30T00:30:00Z")),
        ] {
            let [one, other] = [one, other].map(|text| Window::parse(text).unwrap());
            let expected = expected.map(|time| time.parse::<Timestamp>().unwrap());
            assert_eq!(one.first_common_time(&other), expected, "{one}, {other}");
            assert_eq!(other.first_common_time(&one), expected, "{other}, {one}");
        }
    }
}
