//! Form for the passphrase of the vault.

use super::field::TextField;
use super::sheet::Sheet;
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
    /// Sheet to return to.
    pub(in crate::tui) behind: Option<Box<Sheet>>,
}

impl PassphraseForm {
    pub(in crate::tui) fn new(ask: Ask, rejected: Option<String>, behind: Option<Sheet>) -> Self {
        Self {
            ask,
            rejected,
            first: TextField::default(),
            second: TextField::default(),
            repeats: false,
            behind: behind.map(Box::new),
        }
    }

    pub(in crate::tui) fn field(&mut self) -> &mut TextField {
        if self.repeats { &mut self.second } else { &mut self.first }
    }
}
