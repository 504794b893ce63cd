//! Asks a front end for the passphrase of the vault, from the thread that opens the vault.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::secret::Secret;
use crate::vault::{Ask, Keys};

/// Questions, in the order in which they are asked.
pub type PassphraseQuestions = UnboundedReceiver<PassphraseQuestion>;

/// A question for the passphrase, which a thread waits for. Dropping it answers that there is none.
pub struct PassphraseQuestion {
    /// Purpose.
    pub ask: Ask,
    /// Why the previous passphrase was not accepted.
    pub rejected: Option<String>,
    reply: Sender<Result<Secret, String>>,
}

impl fmt::Debug for PassphraseQuestion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PassphraseQuestion").field("ask", &self.ask).finish_non_exhaustive()
    }
}

impl PassphraseQuestion {
    /// Answers with a passphrase, or with the reason why there is none.
    pub fn answer(self, answer: Result<Secret, String>) {
        // the thread waits until it is answered
        let _ = self.reply.send(answer);
    }
}

/// Returns keys that ask for the passphrase whenever the vault needs it, until one fits, and the questions to answer.
#[must_use]
pub fn passphrase_questions() -> (Keys, PassphraseQuestions) {
    let (sender, questions) = unbounded_channel();
    let ask = move |ask, rejected: Option<&crate::vault::VaultError>| {
        let (reply, answer) = channel();
        let rejected = rejected.map(ToString::to_string);
        let unanswered = || "no prompt is possible".to_owned();
        sender.send(PassphraseQuestion { ask, rejected, reply }).map_err(|_| unanswered())?;
        answer.recv().map_err(|_| unanswered())?
    };
    (Keys::Prompt(Arc::new(ask)), questions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Vault, VaultError};

    #[test]
    fn a_passphrase_is_asked_again_until_it_fits_or_the_user_gives_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault");
        let answered = |answers: &'static [&'static str]| {
            let (keys, mut questions) = passphrase_questions();
            let vault = Vault::in_folder(&path, keys);
            let thread = std::thread::spawn(move || vault.update(|_| ()).map(|()| vault.records().unwrap().len()));
            let mut asked = Vec::new();
            for answer in answers {
                let Some(question) = questions.blocking_recv() else { break };
                asked.push((question.ask, question.rejected.clone()));
                match *answer {
                    "" => drop(question),
                    answer => question.answer(Ok(Secret::new(answer))),
                }
            }
            (thread.join().unwrap(), asked)
        };
        let (created, asked) = answered(&["short", "password", "correct horse battery"]);
        assert_eq!(created, Ok(0));
        let rejected: Vec<Option<&str>> = asked.iter().map(|(_, rejected)| rejected.as_deref()).collect();
        assert!(asked.iter().all(|(ask, _)| *ask == Ask::Choose) && rejected[0].is_none());
        assert!(rejected[1].unwrap().contains("at least 8") && rejected[2].unwrap().contains("too easy"));
        let (opened, asked) = answered(&["a wrong one", "correct horse battery"]);
        assert_eq!(opened, Ok(0));
        let again = Some("the passphrase does not unlock the vault".to_owned());
        assert_eq!(asked, [(Ask::Open, None), (Ask::Open, again)]);
        let (given_up, _) = answered(&["a wrong one", ""]);
        assert!(matches!(given_up, Err(VaultError::NoPassphrase(_))), "{given_up:?}");
    }
}
