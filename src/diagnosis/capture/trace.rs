//! Converts the output of `curl --trace-ascii` and `wget -S` to that of `curl -v` and `curl -i`.

use super::{Capture, CaptureError, transcript};

/// Bytes per line of `curl --trace-ascii`.
const WIDTH: usize = 0x40;

/// Reads the exchanges of a trace; `None` when the input is not a trace.
pub(super) fn read(text: &str) -> Result<Option<Vec<Capture>>, CaptureError> {
    plain(text).map_or(Ok(None), |plain| Ok(Some(transcript::exchanges(&plain))))
}

/// Converts a trace to marked or plain lines.
fn plain(text: &str) -> Option<String> {
    let begins = |start: &str| text.lines().any(|line| line.starts_with(start));
    if begins("<= Recv header") {
        return Some(curl(text));
    }
    begins("  HTTP/").then(|| wget(text))
}

/// `<= Recv header, 24 bytes (0x18)`, then `0000: HTTP/1.1 403 Forbidden`.
fn curl(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut mark = None;
    // offset at which a line of full width continues
    let mut next = None;
    for line in text.lines() {
        if line.starts_with("=> ") || line.starts_with("<= ") || line.starts_with("== ") {
            (mark, next) = (section(line), None);
            continue;
        }
        let (Some(mark), Some((offset, content))) = (mark, line.split_once(':')) else { continue };
        let Ok(offset) = usize::from_str_radix(offset, 16) else { continue };
        let content = content.strip_prefix(' ').unwrap_or(content);
        if next == Some(offset) {
            plain.pop();
        } else {
            plain.push_str(mark);
        }
        plain.push_str(content);
        plain.push('\n');
        next = (content.len() == WIDTH).then(|| offset.saturating_add(WIDTH));
    }
    plain
}

/// Returns the mark of a section; `None` to skip it.
fn section(heading: &str) -> Option<&'static str> {
    [("=> Send header", "> "), ("<= Recv header", "< "), ("<= Recv data", "")]
        .into_iter()
        .find_map(|(start, mark)| heading.starts_with(start).then_some(mark))
}

/// Converts header fields, which are indented by two spaces and end with a note. There is no body.
fn wget(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut is_open = false;
    for line in text.lines() {
        match line.strip_prefix("  ") {
            Some(field) if is_open || field.starts_with("HTTP/") => {
                is_open = true;
                plain.push_str(field);
                plain.push('\n');
            }
            _ if std::mem::take(&mut is_open) => plain.push('\n'),
            _ => {}
        }
    }
    plain
}
