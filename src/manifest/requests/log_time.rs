//! Times in logs.

use jiff::Timestamp;
use jiff::fmt::strtime;

/// Parses a time in the common log format, such as `10/Oct/2026:13:55:36 +0000`, or of RFC 3339.
pub(super) fn parse_time(text: &str) -> Option<Timestamp> {
    match text.as_bytes().first()? {
        b'0'..=b'9' if text.contains('/') => strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?.to_timestamp().ok(),
        b'0'..=b'9' => text.parse().ok(),
        _ => None,
    }
}

/// Returns a time since 1970 in seconds, milliseconds, microseconds or nanoseconds: the unit is recognized by the size.
pub(super) fn epoch(number: f64) -> Option<Timestamp> {
    let unit = [1e11, 1e14, 1e17].into_iter().filter(|limit| number >= *limit).count();
    let scale = [1e6, 1e3, 1.0, 1e-3].get(unit)?;
    // microseconds are as precise as a double is
    let microseconds = (number * scale).round();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    let whole = (microseconds.is_finite() && microseconds.abs() < 9e18).then_some(microseconds as i64)?;
    Timestamp::from_microsecond(whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_a_number_is_recognized() {
        for (number, expected) in [
            (1_760_104_536.25, Some("2025-10-10T13:55:36.25Z")),
            (1_760_104_536_250.0, Some("2025-10-10T13:55:36.25Z")),
            (1_760_104_536_250_000.0, Some("2025-10-10T13:55:36.25Z")),
            (1_760_104_536_250_000_000.0, Some("2025-10-10T13:55:36.25Z")),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (1e300, None),
        ] {
            assert_eq!(epoch(number).map(|time| time.to_string()).as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn times_of_logs_are_parsed() {
        for (text, expected) in [
            ("10/Oct/2026:13:55:36 -0100", Some("2026-10-10T14:55:36Z")),
            ("2026-10-10T13:55:36.123456789Z", Some("2026-10-10T13:55:36.123456789Z")),
            ("10/Xyz/2026:13:55:36 +0000", None),
            ("2026-10-10", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }
}
