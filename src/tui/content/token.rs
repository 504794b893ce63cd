//! Content of the token pane.

use super::tree::Tree;
use crate::app::report;
use crate::diagnostic::Diagnostic;
use crate::text::visible;
use crate::token::verify::{CheckResult, Status, Verdict, Verification};
use crate::token::{Explanation, Payload, TokenKind};
use crate::tui::item::{Item, Tone};
use crate::tui::keymap::Action;
use crate::tui::model::Model;

/// Maximum widths of the columns for names and values.
const WIDEST: report::Columns = report::Columns { name: 16, value: 36 };

fn nothing(model: &Model) -> Vec<Item> {
    vec![
        Item::plain("No token yet."),
        Item::plain("Paste one: a bare token, `Bearer …`, a token response, or a `curl` command."),
        Item::plain(format!("Or press {} to obtain one for the selected endpoint.", model.key(Action::Obtain))),
    ]
}

/// The summary and whether the token is verified, followed by the claims.
pub(super) fn summary(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing(model) };
    let mut items: Vec<Item> = report::summary(&token.summary(model.now)).into_iter().map(Item::from).collect();
    let verified = model.session_token().and_then(|held| held.verification.as_ref()).map(Verdict::status);
    items.push(match verified {
        None | Some(Status::NotChecked) => Item::muted("decoded, not verified"),
        Some(Status::Verified) => Item::new(Tone::Good, "verified (see the Signature tab)"),
        Some(Status::Failed) => Item::new(Tone::Bad, "not valid (see the Signature tab)"),
    });
    items.push(Item::default());
    match token.decoded.claims() {
        Some(_) => items.extend(report::explanations(&token.claims(model.now), WIDEST).into_iter().map(Item::from)),
        None => items.extend(payload(model, &token.decoded.payload)),
    }
    items
}

/// The claims as a tree with their meanings, or the payload if it does not consist of claims.
pub(super) fn claims(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing(model) };
    if let Some(claims) = token.decoded.claims() {
        return tree(model, "claims", &token.claims(model.now)).items(claims);
    }
    payload(model, &token.decoded.payload)
}

fn tree<'a>(model: &'a Model, name: &'static str, explained: &'a [Explanation]) -> Tree<'a> {
    Tree { name, folds: &model.folds, explained, ascii: model.ascii }
}

fn payload(model: &Model, payload: &Payload) -> Vec<Item> {
    vec![match payload {
        Payload::Claims(_) | Payload::Absent => return Vec::new(),
        Payload::Json(value) => return tree(model, "payload", &[]).items(value),
        Payload::Text(text) => Item::plain(visible(text)).copies("the payload", text.clone()),
        Payload::Bytes(bytes) => Item::plain(format!("{} bytes of binary data", bytes.len())),
        Payload::Encrypted(length) => Item::plain(format!("{length} bytes, encrypted")),
    }]
}

/// Each header parameter with its meaning.
pub(super) fn header(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing(model) };
    match &token.decoded.header {
        Some(header) => tree(model, "header", &token.header()).items(header),
        None => vec![Item::muted("no readable header")],
    }
}

/// The signature: algorithm, verification report, bytes.
pub(super) fn signature(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing(model) };
    let decoded = &token.decoded;
    let algorithm = decoded.algorithm().unwrap_or("not given");
    let mut items = vec![Item::heading("alg    ").and(Tone::Plain, visible(algorithm)).copies("alg", algorithm)];
    if matches!(decoded.kind, TokenKind::Jwe | TokenKind::Opaque) {
        items.push(Item::muted("tokens of this format have no signature"));
        return items;
    }
    if decoded.signature.is_empty() && !decoded.whole {
        items.push(Item::muted("unknown: the token is truncated or the signature is not readable"));
        return items;
    }
    if decoded.signature.is_empty() {
        items.push(Item::new(Tone::Bad, "no signature: anyone could have created this token"));
        return items;
    }
    items.push(Item::heading("bytes  ").and(Tone::Plain, decoded.signature.len().to_string()));
    match model.session_token().and_then(|held| held.verification.as_ref()) {
        None => {
            items.push(Item::new(Tone::Warning, "not verified").and(
                Tone::Muted,
                format!("   press {} to verify it with its issuer's keys", model.key(Action::Verify)),
            ));
        }
        Some(verdict) => items.extend(verdict.signatures.iter().flat_map(checks)),
    }
    items.push(Item::default());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let all = hex(&decoded.signature);
    items.extend(decoded.signature.chunks(16).map(|row| Item::plain(hex(row)).copies("the signature", all.clone())));
    items
}

/// The verification report of a signature.
fn checks(verification: &Verification) -> Vec<Item> {
    let colour = match verification.status() {
        Status::Verified => Tone::Good,
        Status::Failed => Tone::Bad,
        Status::NotChecked => Tone::Warning,
    };
    let by = verification.key.as_ref().map(|key| format!("  with {} from {}", key.kind, visible(&key.source)));
    let mut items =
        vec![Item::new(colour, verification.status().as_str()).and(Tone::Muted, by.unwrap_or_default()).indent(2)];
    items.extend(verification.checks.iter().map(|check| {
        let colour = match check.outcome {
            CheckResult::Ok => Tone::Good,
            CheckResult::Failed => Tone::Bad,
            CheckResult::NotChecked => Tone::Warning,
            CheckResult::Absent => Tone::Muted,
        };
        Item::new(Tone::Key, format!("  {:<10} ", check.subject.as_str()))
            .and(colour, format!("{:<11} ", check.outcome.as_str()))
            .and(Tone::Plain, visible(&check.detail))
            .indent(13)
            .copies(check.subject.as_str(), check.detail.to_string())
    }));
    items
}

/// Findings about the token and about the response that delivered it.
pub(super) fn findings(model: &Model) -> Vec<Item> {
    let Some(held) = model.session_token() else { return nothing(model) };
    let all: Vec<&Diagnostic> = held.token.decoded.findings.iter().chain(&held.findings).collect();
    if all.is_empty() {
        return vec![Item::muted("no findings")];
    }
    let mut items = Vec::new();
    for finding in all {
        items.extend(report::finding(finding).into_iter().map(Item::from));
        items.push(Item::muted(format!("  {}", finding.code.source)));
    }
    items
}

/// The token as sent, masked until it is revealed.
pub(super) fn raw(model: &Model) -> Vec<Item> {
    let Some(token) = model.token() else { return nothing(model) };
    let shown = if model.revealed { token.secret.expose().to_owned() } else { token.secret.masked() };
    let mut item = Item::plain(visible(&shown));
    item.copied = Some(crate::tui::item::ClipboardEntry { name: "the token".to_owned(), text: token.secret.clone() });
    let (reveal, copy) = (model.key(Action::Reveal), model.key(Action::Copy));
    let hint = match model.revealed {
        true => format!("press {reveal} to mask it"),
        false => format!("press {reveal} to reveal it; {copy} copies the whole token"),
    };
    vec![Item::muted(hint), item]
}
