//! Values of several keys: names, flags, durations.

use std::ops::Range;

use toml::de::DeTable;

use super::findings::VALUE_WRONG;
use super::toml_reader::TomlReader;

/// Returns the value with that name; another name is reported.
pub(super) fn one_of<T>(
    reader: &mut TomlReader,
    text: &str,
    span: Range<usize>,
    what: &str,
    known: impl Iterator<Item = (&'static str, T)>,
) -> Option<T> {
    let mut names = Vec::new();
    for (name, value) in known {
        if name == text {
            return Some(value);
        }
        names.push(name);
    }
    let help = format!("valid values: {}", names.join(", "));
    reader.report_with_help(&VALUE_WRONG, span, format!("`{text}` is not a valid {what}"), help);
    None
}

/// Reads a flag; false if it is absent.
pub(super) fn flag(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> bool {
    let Some(value) = table.get(key) else { return false };
    let flag = value.get_ref().as_bool();
    if flag.is_none() {
        reader.report(&VALUE_WRONG, value.span(), format!("`{key}` must be true or false"));
    }
    flag.unwrap_or_default()
}

/// Reads a duration, in seconds.
pub(super) fn seconds(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Option<u64> {
    let (text, span) = reader.string(table, key)?;
    let seconds = duration(text);
    if seconds.is_none() {
        let message = format!("`{text}` is not a valid duration");
        reader.report_with_help(&VALUE_WRONG, span, message, "write it like `30m`, `8h`, `7d` or `1h30m`");
    }
    seconds
}

/// Parses a duration to seconds: `90s`, `30m`, `8h`, `7d` or several of them, each unit once, the largest first.
pub(crate) fn duration(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut last = u64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(end)?;
        let mut characters = after.chars();
        let unit = match characters.next()? {
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        last = unit;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = characters.as_str();
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_parsed() {
        for (text, seconds) in [
            ("8h", Some(28_800)),
            ("30m", Some(1800)),
            ("1h30m", Some(5400)),
            ("7d", Some(604_800)),
            ("1s", Some(1)),
            ("", None),
            ("8", None),
            ("h", None),
            ("0h", None),
            ("1m1h", None),
            ("1h1h", None),
            ("-1h", None),
            ("99999999999999999999d", None),
            ("18446744073709551615d", None),
            ("8 h", None),
            ("8h\u{e9}", None),
        ] {
            assert_eq!(duration(text), seconds, "{text}");
        }
    }
}
