//! Form for the passphrase of the vault.

use super::field::TextField;
use crate::vault::Ask;

/// Form for a passphrase; a new one is entered twice.
#[derive(Clone, Debug)]
pub(in crate::tui) struct PassphraseForm {
    pub(in crate::tui) ask: Ask,
    /// Why the previous passphrase was not accepted.
    pub(in crate::tui) rejected: Option<String>,
    pub(in crate::tui) first: TextField,
    pub(in crate::tui) second: TextField,
    /// The second field has the focus.
    pub(in crate::tui) repeats: bool,
}

impl PassphraseForm {
    pub(in crate::tui) fn new(ask: Ask, rejected: Option<String>) -> Self {
        Self { ask, rejected, first: TextField::default(), second: TextField::default(), repeats: false }
    }

    pub(in crate::tui) fn field(&mut self) -> &mut TextField {
        if self.repeats { &mut self.second } else { &mut self.first }
    }
}
