//! Content of the sheets.

use std::collections::BTreeSet;

use super::endpoint::{left_out, name, others};
use crate::app::report::review_action;
use crate::app::{Caller, Concern, Error, ExcessQuestion, Origin, ProbeCredential, ProbePlan, Qr, is_safe};
use crate::diagnosis::StepUp;
use crate::scope::ScopeSet;
use crate::secret::masked_tokens;
use crate::text::{host_remark, visible};
use crate::token::{Validity, relative};
use crate::tui::available::refusal;
use crate::tui::item::{Item, Tone};
use crate::tui::keymap::{Action, Binding, help as found_help, palette as found};
use crate::tui::model::{
    Confirmation, Field, FieldKind, Model, ObtainForm, PassphraseForm, RequestForm, SessionToken, Sheet, TextField,
};
use crate::tui::task::SignInPrompt;
use crate::tui::theme::EMBEDDED;
use crate::usage;
use crate::vault::{Ask, Record};

/// Returns the items of a sheet.
pub(in crate::tui) fn sheet(model: &Model, sheet: &Sheet) -> Vec<Item> {
    let items = match sheet {
        Sheet::Help { typed } => help(model, typed.text()),
        Sheet::Themes { .. } => EMBEDDED.iter().map(|(name, _)| Item::plain(*name)).collect(),
        Sheet::Palette { typed } => palette(model, typed.text()),
        Sheet::Obtain(offered) => obtain(model, offered),
        Sheet::Approval(form) => super::approval::approval(&form.written, model.ascii),
        Sheet::Waiting(place) => waiting(model, place.as_deref()),
        Sheet::Paste { typed, .. } => paste(typed),
        Sheet::Passphrase { form, .. } => passphrase(form),
        Sheet::Copy(entries) => entries.iter().map(|entry| Item::plain(visible(&entry.name))).collect(),
        Sheet::Excess(question) => excess(model, question),
        Sheet::Granted { requested, granted, client, step_up } => {
            requested_and_granted(requested, granted, client, *step_up)
        }
        Sheet::Request(form) => request(model, form),
        Sheet::Confirm(confirmation) => confirm(model, confirmation),
        Sheet::Tokens => tokens(model),
        Sheet::Trust { lines, .. } => trust(lines),
        Sheet::Probe => super::probe::probe(model),
        Sheet::Diff(left, right) => super::diff::diff(model, *left, *right),
        Sheet::Failed { error, .. } => failed(error),
    };
    items.into_iter().flat_map(Item::in_parts).collect()
}

fn help(model: &Model, typed: &str) -> Vec<Item> {
    let line = |line: Result<&Binding, &'static str>| match line {
        Err(heading) => Item::heading(heading),
        Ok(binding) => bound(model, binding),
    };
    let items: Vec<Item> = found_help(&model.keymap, model.pane, typed).into_iter().map(line).collect();
    if items.is_empty() { vec![Item::muted("no such key")] } else { items }
}

/// A key with its action, and why the action is unavailable.
fn bound(model: &Model, binding: &Binding) -> Item {
    let keys = Item::new(Tone::Key, format!("{:<10} ", binding.keys)).indent(11);
    match refusal(model, binding.action) {
        None => keys.and(Tone::Plain, binding.description),
        Some(why) => keys.and(Tone::Muted, format!("{} ({why})", binding.description)),
    }
}

fn palette(model: &Model, typed: &str) -> Vec<Item> {
    let items: Vec<Item> = found(&model.keymap, typed).into_iter().map(|binding| bound(model, binding)).collect();
    if items.is_empty() { vec![Item::muted("no such action")] } else { items }
}

fn obtain(model: &Model, offered: &ObtainForm) -> Vec<Item> {
    let client = offered.clients.get(offered.client).map(String::as_str).unwrap_or_default();
    let mut items = vec![
        Item::heading("client  ")
            .and(Tone::Plain, visible(client))
            .and(Tone::Muted, place(offered.client, offered.clients.len())),
    ];
    let plan = match &offered.plan {
        Ok(plan) => plan,
        Err(error) => {
            items.extend(failed(error));
            return items;
        }
    };
    let grant = offered.grant().map(crate::manifest::GrantType::as_str).unwrap_or_default();
    items.push(
        Item::heading("grant   ").and(Tone::Plain, grant).and(Tone::Muted, place(offered.grant, plan.grants.len())),
    );
    items.push(
        Item::heading("requests exactly  ")
            .and(Tone::Plain, plan.scopes.to_string())
            .indent(2)
            .copies("the scopes to request", plan.scopes.to_string()),
    );
    items.extend(offered.sign_in.as_ref().map(|wanted| Item::new(Tone::Warning, sign_in(wanted))));
    items.extend(offered.stored.as_ref().map(|record| stored(model, record)));
    items.push(Item::default());
    for (scope, endpoints) in &plan.minimal_set.reasons.scopes {
        items.push(Item::new(Tone::Key, format!("  {scope}")).copies(scope.as_str(), scope.as_str()));
        items.extend(endpoints.iter().map(|endpoint| Item::muted(format!("    for {}", visible(endpoint)))));
    }
    let covered = &plan.minimal_set.scopes;
    let held = model.scopes();
    for scope in plan.scopes.iter().filter(|scope| !covered.contains(scope.as_str())) {
        let why = if held.contains(scope.as_str()) { "already granted" } else { "named by the server" };
        items.push(Item::new(Tone::Key, format!("  {scope}")).and(Tone::Muted, format!("  {why}")));
    }
    items.extend(plan.minimal_set.uncovered.iter().map(|left| left_out(&left.endpoint, &left.beyond)));
    if plan.minimal_set.unlocks > 0 {
        items.push(Item::muted(format!("  also grants access to {}", others(plan.minimal_set.unlocks))));
    }
    items
}

/// How the API requires the user to sign in (RFC 9470).
fn sign_in(wanted: &StepUp) -> String {
    let strength = wanted.acr_values.as_ref().map(|values| format!(" with acr_values {}", visible(values)));
    let age = wanted.max_age.map(|seconds| format!(", at most {seconds} s old"));
    format!("requires a new sign-in{}{}", strength.unwrap_or_default(), age.unwrap_or_default())
}

/// The stored token that covers the endpoints.
fn stored(model: &Model, record: &Record) -> Item {
    let ends = record.expires.map(|end| match end > model.now {
        true => format!(", expires {}", relative(end, model.now)),
        false => ", expired: it will be refreshed".to_owned(),
    });
    let scopes = if record.granted.is_empty() { "no scope".to_owned() } else { record.granted.to_string() };
    let description =
        format!("  uses the stored token instead: client {}, {scopes}{}", record.client, ends.unwrap_or_default());
    Item::new(Tone::Key, model.key(Action::UseStored)).and(Tone::Good, visible(&description)).indent(3)
}

/// The redirect URL, as typed so far.
fn paste(typed: &TextField) -> Vec<Item> {
    vec![
        Item::plain(
            "Sign in with any browser. Then paste the URL from its address bar, even if the page can't be reached:",
        ),
        Item::default(),
        with_cursor(Item::default(), typed, Tone::Key),
    ]
}

/// Appends a text with its cursor: `_` at the end, otherwise the character that it is on.
fn with_cursor(item: Item, field: &TextField, tone: Tone) -> Item {
    let (before, under, after) = field.parts();
    let item = item.and(tone, visible(before));
    match under {
        "" => item.and(tone, "_"),
        under => item.and(Tone::Cursor, visible(under)).and(tone, visible(after)),
    }
}

/// The passphrase of the vault, masked.
fn passphrase(form: &PassphraseForm) -> Vec<Item> {
    let line = |label: &str, field: &TextField, focused: bool| {
        let masked = "*".repeat(field.text().chars().count());
        let cursor = if focused { "_" } else { "" };
        Item::new(Tone::Key, format!("{label:<12} ")).and(Tone::Plain, format!("{masked}{cursor}")).indent(13)
    };
    let mut items = vec![Item::plain(match form.ask {
        Ask::Open => "The vault is protected with a passphrase.",
        Ask::Choose => "Choose a passphrase for the new vault: several unrelated words.",
    })];
    items.extend(form.rejected.as_ref().map(|reason| Item::new(Tone::Bad, visible(reason))));
    items.push(Item::default());
    items.push(line("passphrase", &form.first, !form.repeats));
    if form.ask == Ask::Choose {
        items.push(line("repeat it", &form.second, form.repeats));
    }
    items.push(Item::default());
    items.push(Item::muted("Without it, tokens are kept for this session only."));
    items
}

/// Returns `(1 of 2)` if there is a choice.
fn place(index: usize, of: usize) -> String {
    if of > 1 { format!("  ({} of {of})", index + 1) } else { String::new() }
}

fn waiting(model: &Model, place: Option<&SignInPrompt>) -> Vec<Item> {
    let Some(place) = place else { return vec![Item::plain("Please wait.")] };
    let first = if place.code.is_some() {
        "Open this URL on any device and enter the code:"
    } else {
        "Open this URL to sign in and approve:"
    };
    let url = Item::default().links(visible(&place.url), &place.url).copies("the URL", place.url.clone());
    // white on black in any theme, so that a phone can scan it
    let qr = place.complete.as_deref().and_then(Qr::of).filter(|_| !model.ascii);
    // a code, or a small window, needs the rows of the blank lines
    let blank = || (qr.is_none() && !model.narrow).then(Item::default);
    let mut items = vec![Item::plain(first)];
    items.extend(blank());
    items.push(url);
    items.extend(remark(&place.url));
    if let Some(code) = &place.code {
        items.push(Item::heading("code  ").and(Tone::Good, visible(code)).copies("the code", code.clone()));
    }
    items.extend(blank());
    items.extend(place.notices.iter().map(|notice| Item::new(Tone::Warning, visible(notice))));
    if place.can_paste {
        let words = "  pastes the URL that the browser ends on, if it can't redirect to this machine (over SSH, say)";
        items.push(Item::new(Tone::Key, model.key(Action::PasteRedirect)).and(Tone::Plain, words).indent(3));
    }
    if model.demo {
        items.push(
            Item::new(Tone::Key, model.key(Action::Approve))
                .and(Tone::Plain, format!("  signs in as {} and approves, without a browser", crate::demo::USER)),
        );
    }
    items.extend(qr.iter().flat_map(Qr::lines).map(|line| Item::new(Tone::Code, line)));
    items
}

/// Warns about a URL that does not show its host plainly.
fn remark(url: &str) -> Option<Item> {
    host_remark(url).map(|remark| Item::new(Tone::Warning, format!("its host {}", visible(&remark))))
}

/// What was requested beside what was granted, before the token is kept.
fn excess(model: &Model, question: &ExcessQuestion) -> Vec<Item> {
    let mut items = vec![Item::new(Tone::Warning, question.message())];
    items.extend(requested_and_granted(&question.requested, &question.granted, &question.client, false));
    let otherwise = match question.refresh {
        true => "n  discards the new token and keeps the existing grant",
        false => "n  revokes the token",
    };
    items.push(Item::plain(format!("{}  keeps the token", model.key(Action::KeepExcess))));
    items.push(Item::plain(otherwise));
    items
}

/// Lists requested and granted scopes side by side. `differing`: only those that differ.
fn requested_and_granted(requested: &ScopeSet, granted: &ScopeSet, client: &str, differing: bool) -> Vec<Item> {
    let mut all = requested.union(granted);
    let same = requested.iter().filter(|scope| granted.contains(scope.as_str())).count();
    if differing {
        all = all
            .iter()
            .filter(|scope| !requested.contains(scope.as_str()) || !granted.contains(scope.as_str()))
            .cloned()
            .collect();
    }
    let width = all.iter().map(|scope| scope.as_str().len()).max().unwrap_or_default().max(6);
    let mut items = vec![
        Item::plain(format!("client {}", visible(client))),
        Item::heading(format!("  {:<width$}  requested  granted", "scope")),
    ];
    items.extend(all.iter().map(|scope| {
        let word = |set: &ScopeSet| if set.contains(scope.as_str()) { "yes" } else { "no" };
        let (tone, note) = match (requested.contains(scope.as_str()), granted.contains(scope.as_str())) {
            (true, true) => (Tone::Good, ""),
            (true, false) => (Tone::Bad, "requested but not granted"),
            _ => (Tone::Warning, "granted but not requested"),
        };
        Item::plain(format!("  {:<width$}  {:<9}  ", scope.as_str(), word(requested)))
            .and(tone, format!("{:<7}  ", word(granted)))
            .and(tone, note)
            .copies(scope.as_str(), scope.as_str())
    }));
    if differing && same > 0 {
        items.push(Item::muted(format!("  and {same} as requested")));
    }
    let (tone, verdict) = match requested == granted {
        true => (Tone::Good, "granted exactly the requested scopes"),
        false => (Tone::Warning, "the granted scopes differ from the requested scopes"),
    };
    items.push(Item::default());
    items.push(Item::new(tone, verdict));
    items
}

/// The fields of the request form, and the request that results.
fn request(model: &Model, form: &RequestForm) -> Vec<Item> {
    let lines = |(index, field): (usize, &Field)| {
        let label = match &field.kind {
            FieldKind::Path(name) => visible(name).into_owned(),
            FieldKind::Query => "query".to_owned(),
            FieldKind::Header => "header".to_owned(),
            FieldKind::Body => "body".to_owned(),
        };
        let hint = match (&field.kind, field.text.is_empty()) {
            (FieldKind::Path(_), true) => "  required",
            (FieldKind::Query, true) => "  name=value&name=value",
            (FieldKind::Header, true) => "  Name: value",
            (FieldKind::Body, true) => "  JSON or any text",
            _ => "",
        };
        let focused = (index == form.focus).then(|| field.text.line());
        let (before, under, after) = field.text.parts();
        let text = field.text.text();
        let column = before.rsplit('\n').next().unwrap_or_default();
        text.split('\n')
            .enumerate()
            .map(|(number, line)| {
                let label = if number == 0 { label.as_str() } else { "" };
                let item = Item::new(Tone::Key, format!("{label:<10} ")).indent(11).copies(label, text);
                let item = match (focused == Some(number), under) {
                    (false, _) => item.and(Tone::Plain, visible(line)),
                    (true, "" | "\n") => item.and(Tone::Plain, visible(line)).and(Tone::Plain, "_"),
                    (true, under) => item
                        .and(Tone::Plain, visible(column))
                        .and(Tone::Cursor, visible(under))
                        .and(Tone::Plain, visible(after.split('\n').next().unwrap_or_default())),
                };
                item.and(Tone::Muted, hint)
            })
            .collect::<Vec<Item>>()
    };
    let mut items: Vec<Item> = form.fields.iter().enumerate().flat_map(lines).collect();
    items.push(Item::heading(name(model, form.endpoint)));
    let url = Caller::new(&model.context).url(&form.request()).map(|url| url.to_string());
    let remark = url.as_ref().ok().and_then(|url| remark(url));
    items.push(Item::muted(visible(&url.unwrap_or_else(|error| error.message))));
    items.extend(remark);
    items
}

fn confirm(model: &Model, confirmation: &Confirmation) -> Vec<Item> {
    match confirmation {
        Confirmation::Call(request) => {
            let url = Caller::new(&model.context).url(request).map(|url| url.to_string()).unwrap_or_default();
            let endpoint = model.context.endpoint(request.endpoint);
            let changes = endpoint.is_some_and(|(_, endpoint)| !is_safe(&endpoint.method));
            let name = name(model, request.endpoint);
            let heading = if changes { format!("{name} may change data. Send it?") } else { format!("Call {name}?") };
            // tokens in the URL are not shown to onlookers
            let shown = masked_tokens(&url);
            let mut items = vec![Item::heading(heading), Item::plain(visible(&shown)).copies("the URL", url.clone())];
            items.extend(remark(&url));
            items.extend(concern_lines(&model.concerns(std::slice::from_ref(request))));
            items
        }
        Confirmation::Probe { plan, origins, concerns } => {
            let mut items = vec![
                Item::heading(format!("Send {} to {}?", calls(plan.trials.len()), visible(&origins.join(", ")))),
                Item::plain(
                    "Each endpoint is called with and without a token, to compare the server with the manifest.",
                ),
            ];
            let narrower = narrower(plan);
            if narrower > 0 {
                items.push(Item::plain(format!(
                    "Before that, up to {narrower} tokens that lack a scope are requested from the authorization server."
                )));
            }
            items.extend(plan.left_out.iter().map(|left| Item::muted(format!("skipped: {}", visible(left))).indent(2)));
            match concerns.as_slice() {
                _ if plan.trials.is_empty() => {
                    items = vec![Item::heading("Nothing can be called.")];
                    items.extend(plan.left_out.iter().map(|left| Item::muted(visible(left)).indent(2)));
                }
                [] => items.push(Item::plain("Press Enter to start, Esc to cancel.")),
                concerns => items.extend(concern_lines(concerns)),
            }
            items
        }
        Confirmation::Amend(manifest) => {
            let mut items =
                vec![Item::heading(format!("Write these lines to the manifest? They {}.", visible(&manifest.about)))];
            items.extend(manifest.lines.iter().map(|line| Item::plain(visible(line)).indent(2)));
            items.push(Item::plain("Press Enter to write, Esc to cancel."));
            items
        }
        Confirmation::Review(action) => {
            let after = match **action {
                usage::Action::Narrow { .. } | usage::Action::Replace { .. } => {
                    "The token is revoked only after a call with the new one succeeded."
                }
                _ => "This can't be undone.",
            };
            vec![
                Item::heading(format!("{}?", visible(&review_action(action)))),
                Item::plain(after),
                Item::plain("Press Enter to continue, Esc to cancel."),
            ]
        }
        Confirmation::Quit(lost) => {
            let tokens = if *lost == 1 { "1 token was".to_owned() } else { format!("{lost} tokens were") };
            vec![
                Item::heading("Quit?"),
                Item::plain(format!("{tokens} obtained in this session and not stored: quitting loses them.")),
                Item::plain("Press Enter to quit, Esc to stay."),
            ]
        }
        Confirmation::Revoke(index) => {
            let question = "Revoke this token at its server and forget it? This can't be undone.";
            let mut items = vec![Item::heading(question)];
            items.extend(model.tokens.get(*index).map(|held| token(model, *index, held)));
            items
        }
        Confirmation::Forget(index) => {
            let held = model.tokens.get(*index);
            let is_stored = held.is_some_and(|held| held.record.is_some());
            let place = if is_stored { "the vault" } else { "this session" };
            let mut items =
                vec![Item::heading(format!("Remove this token from {place}? It stays valid at the server."))];
            items.extend(held.map(|held| token(model, *index, held)));
            items
        }
    }
}

fn calls(count: usize) -> String {
    if count == 1 { "1 call".to_owned() } else { format!("{count} calls") }
}

/// Counts the tokens that a probe requests: one per set of scopes.
fn narrower(plan: &ProbePlan) -> usize {
    let sets = plan.trials.iter().filter(|trial| matches!(trial.with, ProbeCredential::Lacking(_)));
    sets.map(|trial| trial.scopes.to_string()).collect::<BTreeSet<String>>().len()
}

/// Concerns about sending the token.
fn concern_lines(concerns: &[Concern]) -> Vec<Item> {
    let lines = concerns.iter().map(|concern| Item::new(Tone::Warning, visible(&concern.to_string())));
    let last = (!concerns.is_empty()).then(|| Item::plain("Press Enter to send it anyway, Esc to cancel."));
    lines.chain(last).collect()
}

fn tokens(model: &Model) -> Vec<Item> {
    let mut items: Vec<Item> = model.tokens.iter().enumerate().map(|(index, held)| token(model, index, held)).collect();
    items.extend(model.vault_error.iter().flat_map(failed));
    if items.is_empty() {
        items.push(Item::muted("no tokens"));
    }
    items
}

fn trust(lines: &[String]) -> Vec<Item> {
    let mut items = vec![Item::plain("This manifest makes tokscope send tokens and credentials to:"), Item::default()];
    items.extend(lines.iter().map(|line| Item::new(Tone::Key, format!("  {}", visible(line))).indent(4)));
    items.push(Item::default());
    items.push(Item::plain("Trust it from now on? You are asked again when these change."));
    items
}

fn token(model: &Model, index: usize, held: &SessionToken) -> Item {
    let shown = if model.current == Some(index) { "* " } else { "  " };
    let origin = match (&held.token.origin, &held.record) {
        (Origin::Given, _) => "pasted".to_owned(),
        (Origin::Obtained { client }, None) => format!("client {}", visible(client)),
        (Origin::Obtained { client }, Some(_)) => format!("client {}, stored", visible(client)),
    };
    let (expiry, colour) = match held.token.validity(model.now) {
        None => ("unreadable".to_owned(), Tone::Muted),
        Some(validity) => {
            let tone = match validity {
                Validity::Expired(_) | Validity::Malformed(_) => Tone::Bad,
                Validity::NotYet(_) | Validity::Valid(None) => Tone::Warning,
                Validity::Valid(Some(_)) => Tone::Good,
            };
            (validity.words(model.now), tone)
        }
    };
    let scopes = held.token.scopes();
    let scopes = if scopes.is_empty() { "no scope".to_owned() } else { scopes.to_string() };
    let mut item = Item::plain(shown)
        .and(Tone::Heading, format!("{:<12} ", Model::name_of(&held.token, "~")))
        .and(Tone::Plain, format!("{origin:<18} "))
        .and(colour, format!("{expiry:<20} "))
        .and(Tone::Muted, visible(&scopes))
        .indent(4);
    item.copied =
        Some(crate::tui::item::ClipboardEntry { name: "the token".to_owned(), text: held.token.secret.clone() });
    item
}

pub(super) fn failed(error: &Error) -> Vec<Item> {
    let mut items = vec![Item::new(Tone::Bad, visible(&error.message)).copies("the error", error.message.clone())];
    items.extend(error.hints.iter().map(|hint| {
        Item::new(Tone::Key, "hint: ").and(Tone::Plain, visible(hint)).indent(6).copies("the hint", hint.clone())
    }));
    items
}
