//! What the token says.

use unicode_width::UnicodeWidthStr as _;

use super::{Item, Tone};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::visible;
use crate::token::verify::{Outcome, Status, Verdict, Verification};
use crate::token::{Explanation, Payload, TokenKind};
use crate::tui::model::Model;

/// The most columns that a name or a value takes before it pushes what follows aside.
const WIDEST: (usize, usize) = (16, 36);

fn nothing() -> Vec<Item> {
    vec![
        Item::plain("There is no token yet."),
        Item::plain("Paste one anywhere: bare, as `Bearer …`, as a token response, in a `curl` command."),
        Item::plain("Or press o to obtain one for the endpoint under the cursor."),
    ]
}

/// The summary, then each claim with its meaning.
pub(super) fn claims(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing() };
    let summary = token.summary(model.now);
    let row = |(label, text): (&'static str, &str)| {
        let shown = visible(text).into_owned();
        Item::heading(format!("{label:<8} ")).and(Tone::Plain, shown).indent(9).copies(label, text.to_owned())
    };
    let mut items: Vec<Item> = summary.rows().map(row).into();
    let verified = model.session_token().and_then(|held| held.verification.as_ref()).map(Verdict::status);
    items.push(match verified {
        None | Some(Status::NotChecked) => Item::muted("decoded, not verified"),
        Some(Status::Verified) => Item::new(Tone::Good, "verified: see the tab Signature"),
        Some(Status::Failed) => Item::new(Tone::Bad, "verification failed: see the tab Signature"),
    });
    items.push(Item::default());
    items.extend(table(&token.claims(model.now)));
    match &token.decoded.payload {
        Payload::Claims(_) | Payload::Absent => {}
        Payload::Json(value) => {
            items.push(Item::plain(visible(&value.to_string())).copies("the payload", value.to_string()));
        }
        Payload::Text(text) => items.push(Item::plain(visible(text)).copies("the payload", text.clone())),
        Payload::Bytes(bytes) => {
            items.push(Item::plain(format!("a payload of {} bytes that are no text", bytes.len())));
        }
        Payload::Encrypted(length) => items.push(Item::plain(format!("{length} bytes, encrypted"))),
    }
    items
}

/// Each header parameter with its words.
pub(super) fn header(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing() };
    let rows = token.header();
    if rows.is_empty() { vec![Item::muted("it has no header that can be read")] } else { table(&rows) }
}

fn table(rows: &[Explanation]) -> Vec<Item> {
    let widest = |column: fn(&Explanation) -> &str, most: usize| {
        rows.iter().map(|row| visible(column(row)).width()).filter(|width| *width <= most).max().unwrap_or_default()
    };
    let (names, values) = (widest(|row| &row.name, WIDEST.0), widest(|row| &row.value, WIDEST.1));
    let padded = |text: &str, width: usize| {
        let shown = visible(text);
        format!("{shown}{}  ", " ".repeat(width.saturating_sub(shown.width())))
    };
    rows.iter()
        .map(|row| {
            Item::new(Tone::Key, padded(&row.name, names))
                .and(Tone::Plain, padded(&row.value, values))
                .and(Tone::Muted, visible(&row.meaning))
                .indent(names + 2)
                .copies(visible(&row.name), row.value.clone())
        })
        .collect()
}

/// The algorithm, the bytes, and that nothing was checked.
pub(super) fn signature(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing() };
    let decoded = &token.decoded;
    let algorithm = decoded.algorithm().unwrap_or("none is named");
    let mut items = vec![Item::heading("alg    ").and(Tone::Plain, visible(algorithm)).copies("alg", algorithm)];
    if matches!(decoded.kind, TokenKind::Jwe | TokenKind::Opaque) {
        items.push(Item::muted("a token of this form has no signature"));
        return items;
    }
    if decoded.signature.is_empty() && !decoded.whole {
        items.push(Item::muted("not known: the token was cut off before it, or it can't be read"));
        return items;
    }
    if decoded.signature.is_empty() {
        items.push(Item::new(Tone::Bad, "there is no signature: anyone could have written this token"));
        return items;
    }
    items.push(Item::heading("bytes  ").and(Tone::Plain, decoded.signature.len().to_string()));
    match model.session_token().and_then(|held| held.verification.as_ref()) {
        None => items.push(
            Item::new(Tone::Warning, "not checked: decoding is not verifying")
                .and(Tone::Muted, "   V verifies it by its issuer's keys"),
        ),
        Some(verdict) => items.extend(verdict.signatures.iter().flat_map(checks)),
    }
    items.push(Item::default());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let all = hex(&decoded.signature);
    items.extend(decoded.signature.chunks(16).map(|row| Item::plain(hex(row)).copies("the signature", all.clone())));
    items
}

/// What the verification of one signature came to, and each of its checks.
fn checks(verification: &Verification) -> Vec<Item> {
    let colour = match verification.status() {
        Status::Verified => Tone::Good,
        Status::Failed => Tone::Bad,
        Status::NotChecked => Tone::Warning,
    };
    let by = verification.key.as_ref().map(|key| format!("  by {} from {}", key.kind, visible(&key.source)));
    let mut items =
        vec![Item::new(colour, verification.status().as_str()).and(Tone::Muted, by.unwrap_or_default()).indent(2)];
    items.extend(verification.checks.iter().map(|check| {
        let colour = match check.outcome {
            Outcome::Ok => Tone::Good,
            Outcome::Failed => Tone::Bad,
            Outcome::NotChecked => Tone::Warning,
            Outcome::Absent => Tone::Muted,
        };
        Item::new(Tone::Key, format!("  {:<10} ", check.subject.as_str()))
            .and(colour, format!("{:<11} ", check.outcome.as_str()))
            .and(Tone::Plain, visible(&check.detail))
            .indent(13)
            .copies(check.subject.as_str(), check.detail.to_string())
    }));
    items
}

/// What is wrong or odd about the token, and about how it was delivered.
pub(super) fn findings(model: &Model) -> Vec<Item> {
    let Some(held) = model.session_token() else { return nothing() };
    let all: Vec<&Diagnostic> = held.token.decoded.findings.iter().chain(&held.findings).collect();
    if all.is_empty() {
        return vec![Item::muted("nothing is wrong or odd about this token")];
    }
    let mut items = Vec::new();
    for finding in all {
        let label = format!("{}[{}]: ", finding.severity(), finding.code.name);
        items.push(
            Item::new(severity(finding.severity()), label)
                .and(Tone::Plain, visible(&finding.message))
                .indent(2)
                .copies(finding.code.name, finding.message.clone()),
        );
        if let Some(help) = &finding.help {
            items.push(Item::muted(format!("  help: {}", visible(help))).indent(8));
        }
        items.push(Item::muted(format!("  {}", finding.code.source)));
    }
    items
}

fn severity(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Key,
        Severity::Warning => Tone::Warning,
        Severity::Error => Tone::Bad,
    }
}

/// The token as it is sent, masked until it is revealed.
pub(super) fn raw(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing() };
    let shown = if model.revealed { token.secret.expose().to_owned() } else { token.secret.masked() };
    let mut item = Item::plain(visible(&shown));
    item.copied = Some(super::ClipboardEntry { what: "the token".to_owned(), text: token.secret.clone() });
    let hint = if model.revealed { "v masks it" } else { "v reveals it; y copies it as it is" };
    vec![Item::muted(hint), item]
}
