//! Content of the sheet about an approval.

use crate::app::{Qr, WrittenRequest, report};
use crate::text::visible;
use crate::tui::item::{Item, Tone};

/// Returns the request, what to send, and how to go on.
pub(super) fn approval(written: &WrittenRequest) -> Vec<Item> {
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
    if let Some(code) = Qr::of(&text) {
        items.push(Item::default());
        items.push(Item::muted("the request, for a phone:"));
        items.extend(code.lines().into_iter().map(Item::plain));
    }
    items
}
