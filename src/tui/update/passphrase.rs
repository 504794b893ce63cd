//! The passphrase of the vault.

use super::Effect;
use crate::secret::Secret;
use crate::tui::model::{Model, PassphraseForm, Sheet};
use crate::vault::Ask;

/// Asks for the passphrase, above whatever is open. The job that needs it waits.
pub(super) fn ask(model: &mut Model, ask: Ask, rejected: Option<String>) {
    model.filtering = false;
    let behind = model.sheet.take().map(Box::new);
    model.sheet = Some(Sheet::Passphrase { form: Box::new(PassphraseForm::new(ask, rejected)), behind });
    set_waits(model, true);
}

/// Enter: answers, or goes on to the second field.
pub(super) fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Passphrase { form, .. }) = &mut model.sheet else { return Vec::new() };
    if form.field().is_empty() {
        model.toast = Some("the passphrase can't be empty".to_owned());
        return Vec::new();
    }
    if form.ask == Ask::Choose && !form.repeats {
        form.repeats = true;
        return Vec::new();
    }
    if form.ask == Ask::Choose && form.first.text() != form.second.text() {
        form.rejected = Some("the passphrases do not match".to_owned());
        form.first.set("");
        form.second.set("");
        form.repeats = false;
        return Vec::new();
    }
    let passphrase = Secret::new(form.first.text());
    answer(model, Some(passphrase))
}

/// Esc: there is no passphrase, so the vault stays locked.
pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    model.toast = Some("the vault stays locked".to_owned());
    answer(model, None)
}

fn answer(model: &mut Model, passphrase: Option<Secret>) -> Vec<Effect> {
    if let Some(Sheet::Passphrase { behind, .. }) = model.sheet.take() {
        model.sheet = behind.map(|behind| *behind);
    }
    set_waits(model, false);
    vec![Effect::Passphrase(passphrase)]
}

fn set_waits(model: &mut Model, waits: bool) {
    if let Some(pending) = &mut model.pending {
        pending.waits_for_user = waits;
    }
}
