//! What `curl --trace-ascii` and `wget -S` write, as `curl -v` and `curl -i` would have written it.

/// How many bytes of a line `curl --trace-ascii` writes before it goes on in the next.
const WIDTH: usize = 0x40;

/// The same as marked lines, or as bare ones; `None` when it is neither.
pub(super) fn plain(text: &str) -> Option<String> {
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
    // where a line of full width goes on
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

/// The mark of what follows; `None`: it is of no interest.
fn section(heading: &str) -> Option<&'static str> {
    [("=> Send header", "> "), ("<= Recv header", "< "), ("<= Recv data", "")]
        .into_iter()
        .find_map(|(start, mark)| heading.starts_with(start).then_some(mark))
}

/// The header fields, two blanks before each; the note under them ends them. There is no body.
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
