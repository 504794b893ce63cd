//! Time windows that recur every week, in a time zone: `mon-fri 09:00-18:00 Europe/Berlin`.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::text::nearest;

/// Minutes of a day.
pub(super) const DAY: u16 = 24 * 60;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A window of local time. The start belongs to it, the end does not.
///
/// A window whose end is not after its start crosses midnight and belongs to the day on which it starts. Local time decides
/// when clocks change: an hour that occurs twice is in the window both times, one that is skipped never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    text: String,
    /// Whether it starts on Monday, Tuesday and so on.
    days: [bool; 7],
    /// Minutes since midnight; `end` is at most [`DAY`].
    start: u16,
    end: u16,
    zone: TimeZone,
}

/// Error in a window, with a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WindowError {
    pub(super) message: String,
    pub(super) hint: String,
}

/// Returns the time zone with that name of the IANA database, which is part of the program, so that every machine decides
/// alike.
///
/// # Errors
/// Returns similar names.
pub fn zone(name: &str) -> Result<TimeZone, Vec<String>> {
    let database = TimeZoneDatabase::bundled();
    database.get(name).map_err(|_| {
        let names: Vec<String> = database.available().map(|known| known.to_string()).collect();
        nearest(name, names.iter().map(String::as_str), 3).into_iter().map(str::to_owned).collect()
    })
}

impl Window {
    /// Parses `[DAYS] HH:MM-HH:MM ZONE`. `DAYS`: `mon`, `mon-fri` or several of them with commas.
    pub(super) fn parse(text: &str) -> Result<Self, WindowError> {
        let wrong = |message: String, hint: &str| WindowError { message, hint: hint.to_owned() };
        let form = "write it like `09:00-18:00 Europe/Berlin` or `mon-fri 22:00-06:00 UTC`";
        let words: Vec<&str> = text.split_whitespace().collect();
        let (days, times, name) = match words.as_slice() {
            [times, name] if times.contains(':') => (None, *times, *name),
            [days, times, name] => (Some(*days), *times, *name),
            [.., times] if times.contains(':') => {
                let hint = "add a time zone, such as `Europe/Berlin` or `UTC`";
                return Err(wrong(format!("the time window `{text}` has no time zone"), hint));
            }
            _ => return Err(wrong(format!("`{text}` is not a valid time window"), form)),
        };
        let days = match days {
            None => [true; 7],
            Some(days) => parse_days(days).ok_or_else(|| {
                wrong(format!("`{days}` is not valid as days of the week"), "write `mon-fri` or `sat,sun`")
            })?,
        };
        let (start, end) = times
            .split_once('-')
            .and_then(|(start, end)| Some((minutes(start)?, minutes(end)?)))
            .ok_or_else(|| wrong(format!("`{times}` is not a valid range of times"), form))?;
        if start == end || start == DAY {
            let hint = "write `00:00-24:00` for the whole day";
            return Err(wrong(format!("the time window `{text}` is empty: no time is in `{times}`"), hint));
        }
        let zone = zone(name).map_err(|near| {
            let hint = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "use a name of the IANA time zone database, such as `Europe/Berlin` or `UTC`".to_owned(),
            };
            WindowError { message: format!("`{name}` is not a known time zone"), hint }
        })?;
        let name = zone.iana_name().unwrap_or(name);
        let written = days_text(days).map(|days| format!("{days} ")).unwrap_or_default();
        let text = format!("{written}{}-{} {name}", clock(start), clock(end));
        Ok(Self { text, days, start, end, zone })
    }

    /// Whether the window contains a time.
    #[must_use]
    pub fn contains(&self, time: Timestamp) -> bool {
        let local = self.zone.to_datetime(time);
        let today = day(local.date().weekday());
        let yesterday = (today + 6) % 7;
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let starts = |day: usize| self.days.get(day).copied().unwrap_or_default();
        match self.crosses_midnight() {
            false => starts(today) && (self.start..self.end).contains(&minute),
            true => (starts(today) && minute >= self.start) || (starts(yesterday) && minute < self.end),
        }
    }

    /// Returns start and end in minutes since midnight.
    pub(super) fn minutes(&self) -> (u16, u16) {
        (self.start, self.end)
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn crosses_midnight(&self) -> bool {
        self.end <= self.start
    }

    /// Whether two windows of the same zone share a local time.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.zone == other.zone
            && self.spans().any(|(start, end)| {
                other.spans().any(|(other_start, other_end)| start < other_end && other_start < end)
            })
    }

    /// Returns the minutes of the week that it contains, as ranges.
    fn spans(&self) -> impl Iterator<Item = (u16, u16)> {
        let days = (0_u16..).zip(self.days).filter(|(_, starts)| *starts).map(|(day, _)| day);
        days.flat_map(|day| {
            let midnight = day * DAY;
            match self.crosses_midnight() {
                false => [(midnight + self.start, midnight + self.end), (0, 0)],
                true => {
                    let next = (day + 1) % 7 * DAY;
                    [(midnight + self.start, midnight + DAY), (next, next + self.end)]
                }
            }
        })
        .filter(|(start, end)| start < end)
    }
}

/// In a canonical form: days as a list, the zone as the database spells it.
impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

/// Parses `HH:MM`, from `00:00` to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| match text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<u16>().ok(),
        false => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(total)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn parse_days(text: &str) -> Option<[bool; 7]> {
    let position = |name: &str| DAYS.iter().position(|day| *day == name);
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut current, last) = (position(first)?, position(last)?);
        loop {
            *days.get_mut(current)? = true;
            if current == last {
                break;
            }
            current = (current + 1) % 7;
        }
    }
    Some(days)
}

/// Returns the days as a list; `None` for every day.
fn days_text(days: [bool; 7]) -> Option<String> {
    let names = DAYS.iter().zip(days).filter(|(_, starts)| *starts).map(|(name, _)| *name);
    (!days.iter().all(|starts| *starts)).then(|| names.collect::<Vec<_>>().join(","))
}

fn day(weekday: Weekday) -> usize {
    usize::from(weekday.to_monday_zero_offset().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(window: &str, time: &str) -> bool {
        Window::parse(window).unwrap().contains(time.parse().unwrap())
    }

    #[test]
    fn windows_follow_local_time() {
        for (window, time, inside) in [
            ("09:00-18:00 UTC", "2026-12-01T08:59:59.999Z", false),
            ("09:00-18:00 UTC", "2026-12-01T09:00:00Z", true),
            ("09:00-18:00 UTC", "2026-12-01T17:59:59.999Z", true),
            ("09:00-18:00 UTC", "2026-12-01T18:00:00Z", false),
            // UTC+1 in winter, UTC+2 in summer
            ("09:00-18:00 Europe/Berlin", "2026-12-01T08:00:00Z", true),
            ("09:00-18:00 Europe/Berlin", "2026-12-01T07:30:00Z", false),
            ("09:00-18:00 Europe/Berlin", "2026-07-01T07:30:00Z", true),
            ("09:00-18:00 Europe/Berlin", "2026-07-01T16:30:00Z", false),
            // offsets that are not whole hours
            ("09:00-18:00 Asia/Kathmandu", "2026-12-01T03:14:59Z", false),
            ("09:00-18:00 Asia/Kathmandu", "2026-12-01T03:15:00Z", true),
            ("00:00-24:00 UTC", "2026-12-01T00:00:00Z", true),
            ("00:00-24:00 UTC", "2026-12-01T23:59:59Z", true),
        ] {
            assert_eq!(contains(window, time), inside, "{window} {time}");
        }
    }

    #[test]
    fn windows_across_midnight_belong_to_the_day_on_which_they_start() {
        // 2026-12-04 is a Friday
        for (window, time, inside) in [
            ("22:00-06:00 UTC", "2026-12-01T21:59:00Z", false),
            ("22:00-06:00 UTC", "2026-12-01T22:00:00Z", true),
            ("22:00-06:00 UTC", "2026-12-02T05:59:00Z", true),
            ("22:00-06:00 UTC", "2026-12-02T06:00:00Z", false),
            ("22:00-00:00 UTC", "2026-12-01T23:59:00Z", true),
            ("22:00-00:00 UTC", "2026-12-02T00:00:00Z", false),
            ("fri 22:00-06:00 UTC", "2026-12-04T21:59:00Z", false),
            ("fri 22:00-06:00 UTC", "2026-12-04T22:00:00Z", true),
            ("fri 22:00-06:00 UTC", "2026-12-05T05:59:00Z", true),
            ("fri 22:00-06:00 UTC", "2026-12-05T22:00:00Z", false),
            ("fri 22:00-06:00 UTC", "2026-12-04T05:00:00Z", false),
            ("sun 22:00-06:00 UTC", "2026-12-07T05:00:00Z", true),
            ("mon-fri 09:00-18:00 UTC", "2026-12-05T12:00:00Z", false),
            ("sat-mon 09:00-18:00 UTC", "2026-12-07T12:00:00Z", true),
            ("sat-mon 09:00-18:00 UTC", "2026-12-08T12:00:00Z", false),
            // Friday in UTC is Saturday in Tokyo
            ("sat 00:00-24:00 Asia/Tokyo", "2026-12-04T16:00:00Z", true),
            ("fri 00:00-24:00 Asia/Tokyo", "2026-12-04T16:00:00Z", false),
        ] {
            assert_eq!(contains(window, time), inside, "{window} {time}");
        }
    }

    #[test]
    fn local_time_decides_when_clocks_change() {
        for (window, time, inside) in [
            // Berlin 2026-03-29: 02:00 becomes 03:00, so 02:30 does not occur
            ("02:00-03:00 Europe/Berlin", "2026-03-29T00:59:59Z", false),
            ("02:00-03:00 Europe/Berlin", "2026-03-29T01:00:00Z", false),
            ("02:00-03:00 Europe/Berlin", "2026-03-28T01:30:00Z", true),
            ("01:00-04:00 Europe/Berlin", "2026-03-29T01:30:00Z", true),
            ("01:00-04:00 Europe/Berlin", "2026-03-29T02:00:00Z", false),
            // Berlin 2026-10-25: 03:00 becomes 02:00, so 02:30 occurs twice
            ("02:00-03:00 Europe/Berlin", "2026-10-25T00:30:00Z", true),
            ("02:00-03:00 Europe/Berlin", "2026-10-25T01:30:00Z", true),
            ("02:00-03:00 Europe/Berlin", "2026-10-25T02:00:00Z", false),
            ("22:00-06:00 Europe/Berlin", "2026-10-25T04:59:59Z", true),
            ("22:00-06:00 Europe/Berlin", "2026-10-25T05:00:00Z", false),
            // New York changes its clock three weeks before Berlin
            ("09:00-18:00 America/New_York", "2026-03-08T13:00:00Z", true),
            ("09:00-18:00 America/New_York", "2026-03-07T13:00:00Z", false),
            // Samoa had no 2011-12-30, which was a Friday
            ("fri 00:00-24:00 Pacific/Apia", "2011-12-30T12:00:00Z", false),
            // Lord Howe changes its clock by half an hour
            ("02:00-02:30 Australia/Lord_Howe", "2026-10-03T15:30:00Z", false),
        ] {
            assert_eq!(contains(window, time), inside, "{window} {time}");
        }
    }

    #[test]
    fn invalid_windows_are_rejected_with_a_hint() {
        for (text, message, hint) in [
            ("", "`` is not a valid time window", "write it like"),
            ("09:00-18:00", "the time window `09:00-18:00` has no time zone", "add a time zone"),
            ("mon 09:00-18:00", "the time window `mon 09:00-18:00` has no time zone", "add a time zone"),
            ("09:00 UTC", "`09:00` is not a valid range of times", "write it like"),
            ("9:00-18:00 UTC", "`9:00-18:00` is not a valid range of times", "write it like"),
            ("09:60-18:00 UTC", "`09:60-18:00` is not a valid range of times", "write it like"),
            ("09:00-24:01 UTC", "`09:00-24:01` is not a valid range of times", "write it like"),
            ("25:00-26:00 UTC", "`25:00-26:00` is not a valid range of times", "write it like"),
            ("09:00-09:00 UTC", "the time window `09:00-09:00 UTC` is empty: no time is in `09:00-09:00`", "whole day"),
            ("24:00-06:00 UTC", "the time window `24:00-06:00 UTC` is empty: no time is in `24:00-06:00`", "whole day"),
            ("mo-fr 09:00-18:00 UTC", "`mo-fr` is not valid as days of the week", "mon-fri"),
            ("mon, 09:00-18:00 UTC", "`mon,` is not valid as days of the week", "mon-fri"),
            ("09:00-18:00 Europe/Berlim", "`Europe/Berlim` is not a known time zone", "did you mean `Europe/Berlin`?"),
            ("09:00-18:00 +02:00", "`+02:00` is not a known time zone", ""),
            ("09:00-18:00 é:é-18:00 UTC", "`09:00-18:00` is not valid as days of the week", ""),
        ] {
            let error = Window::parse(text).unwrap_err();
            assert_eq!(error.message, message, "{text}");
            assert!(error.hint.contains(hint), "{text}: {}", error.hint);
        }
    }

    #[test]
    fn overlaps_are_found_across_midnight_and_the_end_of_the_week() {
        for (one, other, overlaps) in [
            ("09:00-12:00 UTC", "12:00-18:00 UTC", false),
            ("09:00-12:01 UTC", "12:00-18:00 UTC", true),
            ("mon 09:00-12:00 UTC", "tue 09:00-12:00 UTC", false),
            ("22:00-06:00 UTC", "05:00-07:00 UTC", true),
            ("22:00-06:00 UTC", "06:00-22:00 UTC", false),
            ("sun 22:00-06:00 UTC", "mon 05:00-07:00 UTC", true),
            ("sun 22:00-06:00 UTC", "tue 05:00-07:00 UTC", false),
            ("fri 18:00-09:00 UTC", "sat,sun 00:00-24:00 UTC", true),
            ("09:00-12:00 UTC", "09:00-12:00 Europe/Berlin", false),
        ] {
            let windows = [one, other].map(|text| Window::parse(text).unwrap());
            assert_eq!(windows[0].overlaps(&windows[1]), overlaps, "{one} {other}");
            assert_eq!(windows[1].overlaps(&windows[0]), overlaps, "{other} {one}");
        }
    }

    #[test]
    fn windows_with_the_same_meaning_are_shown_alike() {
        let shown = |text: &str| Window::parse(text).unwrap().to_string();
        assert_eq!(shown("mon-wed  9:00-18:00 UTC".replace(" 9", " 09").as_str()), "mon,tue,wed 09:00-18:00 UTC");
        assert_eq!(shown("wed,mon,tue 09:00-18:00 utc"), "mon,tue,wed 09:00-18:00 UTC");
        assert_eq!(shown("mon-sun 09:00-18:00 europe/berlin"), "09:00-18:00 Europe/Berlin");
    }
}
