//! Values of HTTP header fields.

use std::time::{Duration, UNIX_EPOCH};

/// Parses an HTTP date in any of the three formats of RFC 9110 §5.6.7, and returns it in seconds since 1970.
#[must_use]
pub fn http_date(value: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(value.trim()).ok()?;
    i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Parses `Retry-After` (RFC 9110 §10.2.3), a number of seconds or a date, and returns the delay from `now` (seconds
/// since 1970). A date in the past means no delay.
#[must_use]
pub fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.parse().ok().map(Duration::from_secs);
    }
    let wait = http_date(value)?.saturating_sub(now);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_parsed_in_all_three_formats() {
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
        ] {
            assert_eq!(http_date(value), Some(784_111_777), "{value}");
        }
        for value in ["", "784111777", "Sun, 99 Foo 99999 99:99:99 GMT", "Sun, 06 Nov 1994 08:49:37 +0100"] {
            assert_eq!(http_date(value), None, "{value}");
        }
    }

    #[test]
    fn retry_after_accepts_seconds_and_dates() {
        let now = 784_111_777;
        for (value, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:51:07 GMT", Some(90)),
            ("Sunday, 06-Nov-94 08:51:07 GMT", Some(90)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-5", None),
            ("+5", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(value, now), expected.map(Duration::from_secs), "{value}");
        }
    }
}
