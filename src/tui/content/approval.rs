//! Content of the sheet about an approval.

use crate::app::{Qr, WrittenRequest, report};
use crate::text::visible;
use crate::tui::item::{Item, Tone};

/// Returns the request, what to send, and how to go on. `ascii`: without a QR code.
pub(super) fn approval(written: &WrittenRequest, ascii: bool) -> Vec<Item> {
    let text = written.request.text();
    let mut items = vec![
        Item::heading("An approval is needed. ")
            .and(Tone::Plain, format!("Send the request to {}.", visible(&written.people)))
            .copies("the request", text.clone()),
    ];
    items.extend(written.path.as_ref().map(|path| {
        let path = path.to_string_lossy();
        Item::new(Tone::Key, "file       ")
            .and(Tone::Plain, visible(&path))
            .copies("the request", text.clone())
            .indent(11)
    }));
    items.push(
        Item::new(Tone::Key, "they run   ")
            .and(Tone::Plain, "tokscope approve FILE")
            .and(Tone::Muted, "  in their checkout, and send you the output")
            .indent(11),
    );
    items.push(Item::new(Tone::Key, "then       ").and(Tone::Plain, "paste the reply here").indent(11));
    items.extend(written.waits.as_ref().map(|waits| Item::new(Tone::Warning, format!("waiting: {}", visible(waits)))));
    items.push(Item::default());
    items.extend(report::approval(&written.request, &[]).into_iter().map(Item::from));
    if let Some(code) = Qr::of(&text).filter(|_| !ascii) {
        items.push(Item::default());
        items.push(Item::muted("the request, for a phone:"));
        // black on white in any theme, so that a phone can scan it
        items.extend(code.lines().into_iter().map(|line| Item::new(Tone::Code, line)));
    }
    items
}
