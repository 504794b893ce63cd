//! The terminal UI. The model is data, `update` is pure, `view` draws, and effects run as jobs that report by message.
//! Frames are drawn on change only, so that an idle UI never wakes up.

mod available;
mod background;
mod bursts;
mod changes;
mod chord;
mod content;
mod frame;
mod input;
mod item;
mod jobs;
mod keymap;
mod keys;
mod links;
#[cfg(unix)]
mod measure;
mod message;
mod model;
mod place;
mod run;
mod task;
mod terminal;
mod theme;
mod update;
mod view;

use std::cell::Cell;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use thiserror::Error;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::time::Instant;

use self::background::Awaited;
use self::input::Input;
use self::jobs::Jobs;
use self::keymap::Keymap;
use self::links::{Link, LinkBackend, Links};
use self::model::{ManifestFile, Model};
use self::run::Screen;
use self::terminal::{Copied, Host, Tty};
use self::theme::{EMBEDDED, Look, Theme};
use crate::app::{Context, LoadedToken, ManifestProblem, PassphraseQuestions, TemporaryLog};
use crate::demo;
use crate::files::read_file;
use crate::secret::Secret;

#[cfg(unix)]
pub use self::measure::{KeyTime, frame_times};

/// Error that ends the terminal UI.
#[derive(Debug, Error)]
pub enum TuiError {
    /// Standard input or output is not a terminal.
    #[error("the terminal UI needs a terminal")]
    NoTerminal,
    /// Invalid theme or `--keys`.
    #[error("{0}")]
    Usage(String),
    /// Invalid key bindings of the user.
    #[error("{0}")]
    Bindings(String),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// The demo servers failed.
    #[error("{0}")]
    Demo(String),
    /// A signal ended the program.
    #[error("ended by {0}")]
    Signal(&'static str),
}

/// Settings of the terminal UI.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Name of a built-in or user theme. `None`: `dark` or `light`, whichever suits the terminal's background, or `mono`
    /// without colors.
    pub theme: Option<String>,
    /// Folder with user themes.
    pub themes: Option<PathBuf>,
    /// File with the user's key bindings, which need not exist.
    pub bindings: Option<PathBuf>,
    /// Ignores the colors of the theme (`NO_COLOR`).
    pub no_colors: bool,
    /// Draws borders and marks in ASCII.
    pub ascii: bool,
    /// Keys to feed first.
    pub keys: String,
    /// Columns and rows of a frame to print as text after the keys, instead of running interactively.
    pub print: Option<(u16, u16)>,
    /// Prints that frame with colors and attributes, as ANSI escape sequences.
    pub print_colors: bool,
    /// Why the vault is unavailable.
    pub vault_error: Option<crate::app::Error>,
    /// Path of the manifest, recorded when it is trusted; empty if there is none.
    pub manifest: String,
    /// Errors of the manifest, which is not in use then.
    pub problem: Option<ManifestProblem>,
}

/// Maximum size of a theme, or of key bindings, in bytes.
const MAX_FILE_SIZE: u64 = 64 << 10;

impl Settings {
    /// Returns the look, and the name of its theme if it is a built-in one.
    fn look(&self) -> Result<(Look, Option<&'static str>), TuiError> {
        let name = self.theme.as_deref().unwrap_or(if self.no_colors { "mono" } else { "dark" });
        let (source, built_in) = self.source(name)?;
        let theme =
            Theme::parse(&source).map_err(|why| TuiError::Usage(format!("theme `{name}` is not valid: {why}")))?;
        let theme = if self.no_colors { theme.without_colors() } else { theme };
        let mut look = Look::new(theme, self.ascii);
        look.no_colors = self.no_colors;
        Ok((look, built_in))
    }

    /// Returns the key bindings, with those of the user.
    fn keymap(&self) -> Result<Keymap, TuiError> {
        let Some(path) = self.bindings.as_ref().filter(|path| path.exists()) else { return Ok(Keymap::default()) };
        let place = path.display();
        let unreadable = |why: String| TuiError::Usage(format!("can't read the key bindings in `{place}`: {why}"));
        let mut bytes = read_file(path, MAX_FILE_SIZE).map_err(|error| unreadable(error.to_string()))?;
        let source = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| unreadable(error.to_string()))?;
        keymap::parse(&source).map_err(|error| TuiError::Bindings(format!("{place}:{}: {}", error.line, error.message)))
    }

    /// Returns the source of a user theme or, if there is none of this name, of a built-in one, with its name.
    fn source(&self, name: &str) -> Result<(String, Option<&'static str>), TuiError> {
        let is_plain = !name.is_empty() && name.chars().all(|each| each.is_ascii_alphanumeric() || "-_".contains(each));
        let path = self.themes.as_ref().filter(|_| is_plain).map(|folder| folder.join(format!("{name}.toml")));
        let unreadable = |why: String| TuiError::Usage(format!("can't read theme `{name}`: {why}"));
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            let mut bytes = read_file(path, MAX_FILE_SIZE).map_err(|error| unreadable(error.to_string()))?;
            let source = String::from_utf8(std::mem::take(&mut *bytes));
            return source.map(|source| (source, None)).map_err(|error| unreadable(error.to_string()));
        }
        let built_in = EMBEDDED.iter().find(|(known, _)| *known == name);
        built_in.map(|(name, source)| ((*source).to_owned(), Some(*name))).ok_or_else(|| {
            let known = EMBEDDED.map(|(name, _)| name).join(", ");
            let own = path.map(|path| format!(", and `{}` does not exist", path.display())).unwrap_or_default();
            TuiError::Usage(format!("theme `{name}` not found: the built-in themes are {known}{own}"))
        })
    }
}

/// Runs the terminal UI until the user quits. `context`: `None` starts the demo servers. `token`: token to show first.
/// `questions`: for the passphrase of the vault, if the user enters it.
///
/// # Errors
/// See [`TuiError`].
pub fn run(
    context: Option<Context>,
    token: Option<LoadedToken>,
    questions: Option<PassphraseQuestions>,
    settings: &Settings,
) -> Result<(), TuiError> {
    // with a token from standard input, keys are read from the terminal
    let reads_terminal = io::stdin().is_terminal() || token.is_some();
    let has_terminal = reads_terminal && io::stdout().is_terminal();
    if !has_terminal && settings.print.is_none() {
        return Err(TuiError::NoTerminal);
    }
    let (look, theme) = settings.look()?;
    let keymap = settings.keymap()?;
    let keys = keys::parse(&settings.keys).map_err(TuiError::Usage)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let demo = match &context {
            Some(_) => None,
            None => Some(demo::start().await.map_err(|error| TuiError::Demo(error.to_string()))?),
        };
        // the demo's record ends with it
        let record = match &demo {
            Some(_) => Some(TemporaryLog::create().map_err(|error| TuiError::Demo(error.to_string()))?),
            None => None,
        };
        let context = match (context, &demo) {
            (Some(context), _) => context,
            (None, Some(demo)) => Context::from_source("demo", &demo.manifest)
                .map_err(|_| TuiError::Demo("the demo manifest is not valid".to_owned()))?
                .with_client_secret("ci", demo.service_secret.clone()),
            (None, None) => Context::without_manifest(),
        };
        let context = match &record {
            Some(record) => context.recording_in(Arc::clone(record.log())),
            None => context,
        };
        let mut model = Model::new(Arc::new(context), demo.is_some(), Timestamp::now());
        model.theme = theme;
        model.keymap = keymap;
        model.suits_background = settings.theme.is_none() && !settings.no_colors;
        model.file = ManifestFile {
            path: settings.manifest.clone(),
            problem: settings.problem.clone(),
            ..ManifestFile::default()
        };
        if let Some(token) = token {
            model.add_token(token, Vec::new());
        }
        if let Some(error) = &settings.vault_error {
            model.toast = Some(format!("the vault is locked (press t for details): {error}"));
            model.vault_error = Some(error.clone());
        }
        let (busy, is_busy) = watch::channel(false);
        let keys = keys::stream(keys, is_busy);
        if let Some((width, height)) = settings.print {
            let terminal = Terminal::new(TestBackend::new(width, height)).map_err(io::Error::other)?;
            let mut screen = screen(terminal, PrintHost, look, &model, busy, (&settings.manifest, false));
            screen.questions = questions;
            screen.run(&mut model, keys).await?;
            return print(&frame::text(screen.terminal.backend().buffer(), settings.print_colors));
        }
        terminal::set_panic_hook();
        let events = terminal::Events::default();
        let asks = model.suits_background && terminal::is_capable();
        let awaited: Awaited = Rc::new(Cell::new(asks.then(|| Instant::now() + background::PATIENCE)));
        let links = Links::default();
        let tty = Tty::enter(Arc::clone(&model.context), events.clone(), links.clone(), awaited.clone())?;
        let terminal = Terminal::new(LinkBackend::new(io::stdout(), links))?;
        let inputs = keys.chain(bursts::gather(terminal::inputs(events, awaited)?));
        let changes = changes::changes(Path::new(&settings.manifest)).map(|()| Ok(Input::Changed));
        let inputs = stream::select(inputs, Box::pin(changes));
        let opens_browser = !model.demo;
        let mut screen = screen(terminal, tty, look, &model, busy, (&settings.manifest, opens_browser));
        screen.questions = questions;
        screen.run(&mut model, inputs).await
    })
}

fn screen<B: Backend, H: Host>(
    terminal: Terminal<B>,
    host: H,
    look: Look,
    model: &Model,
    busy: watch::Sender<bool>,
    (manifest, opens_browser): (&str, bool),
) -> Screen<B, H> {
    let (sender, messages) = unbounded_channel();
    let jobs = Jobs::new(Arc::clone(&model.context), manifest, opens_browser, sender);
    Screen {
        terminal,
        host,
        look,
        clock: Timestamp::now,
        jobs,
        messages,
        questions: None,
        question: None,
        copied: None,
        busy,
    }
}

/// Host without a terminal, for printing a frame.
struct PrintHost;

impl Host for PrintHost {
    fn copy(&mut self, _: &Secret) -> io::Result<Copied> {
        Ok(Copied::Terminal)
    }

    fn edit(&mut self, _: &Path, _: Option<u64>) -> io::Result<bool> {
        Err(io::Error::other("no terminal"))
    }

    fn edit_text(&mut self, _: &str) -> io::Result<Option<String>> {
        Err(io::Error::other("no terminal"))
    }

    fn frame(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn links(&mut self, _: Vec<Link>) {}

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn ask_to_stop(&mut self) -> bool {
        false
    }

    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn print(text: &str) -> Result<(), TuiError> {
    use std::io::Write as _;
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
