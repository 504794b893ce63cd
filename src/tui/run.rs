//! Event loop: messages first, then input; a frame is drawn when something has changed and nothing waits.

use std::future::ready;
use std::io;
use std::path::Path;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use ratatui::backend::Backend;
use ratatui::{Frame, Terminal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use super::TuiError;
use super::input::Input;
use super::jobs::Jobs;
use super::message::{Effect, Message};
use super::model::{Model, Pane, Sheet, is_narrow};
use super::terminal::{Copied, Host};
use super::theme::Look;
use super::update::update;
use super::view::{Drawn, view};
use crate::app::{Error, PassphraseQuestion, PassphraseQuestions, Recipient, hand_out};
use crate::secret::Secret;

/// Toast after an editor that failed.
const EDITOR_FAILED: &str = "the editor ended with an error";

/// Interval of the spinner.
const TICK: Duration = Duration::from_millis(120);

/// The screen with its terminal and jobs. `B` and `H` are the terminal, or its replacement in tests.
pub(super) struct Screen<B: Backend, H> {
    pub(super) terminal: Terminal<B>,
    pub(super) host: H,
    pub(super) look: Look,
    pub(super) clock: fn() -> Timestamp,
    pub(super) jobs: Jobs,
    pub(super) messages: UnboundedReceiver<Message>,
    /// Questions for the passphrase of the vault, if a user enters it.
    pub(super) questions: Option<PassphraseQuestions>,
    /// The question that waits for an answer.
    pub(super) question: Option<PassphraseQuestion>,
    /// What was copied last, for the notation of keys.
    pub(super) copied: Option<Secret>,
    /// Whether a job is running that does not wait for the user.
    pub(super) busy: watch::Sender<bool>,
}

impl<B: Backend, H: Host> Screen<B, H> {
    /// Runs until the user quits or, if the input ends, until all jobs have ended.
    pub(super) async fn run(
        &mut self,
        model: &mut Model,
        inputs: impl Stream<Item = io::Result<Input>>,
    ) -> Result<(), TuiError> {
        let mut inputs = std::pin::pin!(inputs);
        let size = self.terminal.size().map_err(failed)?;
        model.narrow = is_narrow(size.width, size.height);
        model.ascii = self.look.ascii;
        if model.narrow && model.token().is_some() {
            model.pane = Pane::Token;
        }
        let mut changed = true;
        let mut ended = false;
        while !model.quit {
            let busy = model.preview_pending || model.file.reloading || model.gateway.reading || model.is_busy();
            self.busy.send_if_modified(|was| std::mem::replace(was, busy) != busy);
            if ended && !busy && !changed {
                break;
            }
            let turning = model.is_busy();
            let wake = if turning { Some(TICK) } else { model.changes_in().map(Duration::from_millis) };
            let message = tokio::select! {
                biased;
                Some(message) = self.messages.recv() => message,
                input = inputs.next(), if !ended => match input.transpose()? {
                    Some(Input::Event(event)) => Message::Terminal(event),
                    Some(Input::Burst { before, text }) => Message::Burst { before, text },
                    Some(Input::Changed) => Message::ManifestChanged,
                    Some(Input::Background { light }) => Message::Background { light },
                    Some(Input::PasteCopied) => {
                        let text = self.copied.as_ref().map(|copied| copied.expose().to_owned());
                        Message::Terminal(Event::Paste(text.unwrap_or_default()))
                    }
                    Some(Input::Stop) => {
                        self.host.stop()?;
                        self.repaint()?;
                        changed = true;
                        continue;
                    }
                    Some(Input::End(signal)) => return Err(TuiError::Signal(signal)),
                    None => {
                        ended = true;
                        continue;
                    }
                },
                question = asked(&mut self.questions), if self.question.is_none() => {
                    let question = self.question.insert(question);
                    Message::Passphrase { ask: question.ask, rejected: question.rejected.clone() }
                }
                () = ready(()), if changed => {
                    self.draw(model)?;
                    changed = false;
                    continue;
                }
                () = self.jobs.panicked() => continue,
                () = tokio::time::sleep(wake.unwrap_or_default()), if wake.is_some() => Message::Tick,
            };
            for effect in update(model, message, (self.clock)()) {
                self.perform(model, effect)?;
            }
            changed = true;
        }
        Ok(())
    }

    fn draw(&mut self, model: &mut Model) -> Result<(), TuiError> {
        let mut drawn = Drawn::default();
        self.host.frame(true)?;
        let host = &mut self.host;
        let draw = |frame: &mut Frame<'_>| {
            drawn = view(model, &self.look, frame);
            host.links(std::mem::take(&mut drawn.links));
        };
        self.terminal.draw(draw).map_err(failed)?;
        self.host.frame(false)?;
        for (list, position) in drawn.lists {
            model.set_position(list, position);
        }
        model.hits = drawn.hits;
        model.borders = drawn.borders;
        Ok(())
    }

    /// Redraws the whole screen in the next frame.
    fn repaint(&mut self) -> Result<(), TuiError> {
        let size = self.terminal.size().map_err(failed)?;
        self.terminal.resize(size.into()).map_err(failed)
    }

    fn perform(&mut self, model: &mut Model, effect: Effect) -> Result<(), TuiError> {
        match effect {
            Effect::Start { job, task } => self.jobs.start(job, *task, false),
            Effect::Accept { job, task } => self.jobs.start(job, *task, true),
            Effect::Preview(endpoints) => self.jobs.preview(endpoints),
            Effect::FollowGateway(traffic) => self.jobs.follow_gateway(traffic),
            Effect::Cancel => self.jobs.cancel(),
            Effect::Paste(text) => self.jobs.paste(text),
            Effect::Decide(keeps) => self.jobs.decide(keeps),
            Effect::Passphrase(passphrase) => {
                if let Some(question) = self.question.take() {
                    question.answer(passphrase.ok_or_else(|| "none was entered".to_owned()));
                }
            }
            Effect::Copy(copied) => match record_copied(model, copied.text.expose()) {
                Ok(()) => {
                    let name = copied.name;
                    self.copied = Some(copied.text.clone());
                    model.toast = Some(match self.host.copy(&copied.text)? {
                        Copied::Desktop => format!("copied {name}"),
                        Copied::Tmux => format!("copied {name} to tmux, and sent it to the terminal's clipboard"),
                        Copied::Terminal => format!("sent {name} to the terminal's clipboard"),
                    });
                }
                Err(error) => {
                    model.toast = None;
                    model.sheet = Some(Sheet::Failed { title: "can't copy the token", error });
                }
            },
            Effect::Reload => self.jobs.reload(),
            Effect::UseContext(context) => self.jobs.use_context(context),
            Effect::Edit { line } => {
                let edited = self.host.edit(Path::new(&model.file.path), line);
                self.repaint()?;
                model.toast = match edited {
                    Ok(true) => None,
                    Ok(false) => Some(EDITOR_FAILED.to_owned()),
                    Err(error) => Some(no_editor(&error)),
                };
                self.jobs.changed();
            }
            Effect::EditBody(body) => {
                let edited = self.host.edit_text(&body);
                self.repaint()?;
                model.toast = match edited {
                    Ok(Some(text)) => {
                        if let Some(Sheet::Request(form)) = &mut model.sheet {
                            form.set_body(&text);
                        }
                        None
                    }
                    Ok(None) => Some(format!("{EDITOR_FAILED}: the body is unchanged")),
                    Err(error) => Some(no_editor(&error)),
                };
            }
            Effect::Theme(name) => {
                self.look = name.map_or_else(|| self.look.with_first_theme(), |name| self.look.with_theme(name));
            }
            Effect::Mouse(on) => self.host.mouse(on)?,
            Effect::Redraw => self.repaint()?,
            Effect::Suspend => {
                if !self.host.ask_to_stop() {
                    model.toast = Some("can't suspend: no shell to return to".to_owned());
                }
            }
        }
        Ok(())
    }
}

/// Waits for the next question; forever if there are none.
async fn asked(questions: &mut Option<PassphraseQuestions>) -> PassphraseQuestion {
    if let Some(questions) = questions
        && let Some(question) = questions.recv().await
    {
        return question;
    }
    std::future::pending().await
}

/// Records each token of the session that a text holds, before it is copied.
fn record_copied(model: &Model, text: &str) -> Result<(), Error> {
    let copied = model.tokens.iter().map(|held| &held.token).filter(|token| text.contains(token.secret.expose()));
    copied.into_iter().try_for_each(|token| hand_out(&model.context, token, &[], &Recipient::Clipboard).map(drop))
}

fn no_editor(error: &io::Error) -> String {
    format!("can't edit: {error} (VISUAL or EDITOR names the editor)")
}

fn failed(error: impl std::fmt::Display) -> TuiError {
    TuiError::Terminal(io::Error::other(error.to_string()))
}
