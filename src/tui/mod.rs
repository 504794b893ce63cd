//! The terminal UI: the model is data, `update` is pure, `view` draws, effects run as tasks and answer by message.
//! It draws only when something changed, and wakes up only when something happens.

mod bursts;
mod content;
mod jobs;
mod keymap;
mod keys;
mod message;
mod model;
mod run;
mod task;
mod terminal;
mod theme;
mod update;
mod view;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend, TestBackend};
use thiserror::Error;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use unicode_width::UnicodeWidthStr as _;

use self::jobs::Jobs;
use self::model::Model;
use self::run::Screen;
use self::terminal::{Host, Tty};
use self::theme::{EMBEDDED, Look, Theme};
use crate::demo;
use crate::files::read_file;
use crate::workspace::{HeldToken, Workspace};

/// Why the terminal UI could not run, or was ended.
#[derive(Debug, Error)]
pub enum TuiError {
    /// Standard input or output is no terminal.
    #[error("the terminal UI needs a terminal")]
    NoTerminal,
    /// A theme or keys that can't be used.
    #[error("{0}")]
    Usage(String),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// The demo's servers failed.
    #[error("{0}")]
    Demo(String),
    /// A signal ended it.
    #[error("ended by {0}")]
    Signal(&'static str),
}

/// How the terminal UI shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The name of a theme: `dark`, `light`, `mono`, or the user's own. `None`: `dark`, or `mono` without colours.
    pub theme: Option<String>,
    /// The folder with the user's own themes.
    pub themes: Option<PathBuf>,
    /// No colours (`NO_COLOR`): none is set, whatever the theme says.
    pub no_colours: bool,
    /// Borders and marks in ASCII alone.
    pub ascii: bool,
    /// Keys that are put in first.
    pub keys: String,
    /// Draw what is there after the keys as text of so many columns and rows to standard output, and end.
    pub print: Option<(u16, u16)>,
    /// Why there is no vault, and the way to one.
    pub vault_error: Option<crate::workspace::Error>,
    /// The manifest's file, as it is remembered with what was accepted of it; empty when there is none.
    pub manifest: String,
}

/// The most bytes of a theme that are read.
const LARGEST_THEME: u64 = 64 << 10;

impl Settings {
    fn look(&self) -> Result<Look, TuiError> {
        let name = self.theme.as_deref().unwrap_or(if self.no_colours { "mono" } else { "dark" });
        let source = self.source(name)?;
        let theme = Theme::parse(&source).map_err(|why| TuiError::Usage(format!("the theme `{name}`: {why}")))?;
        Ok(Look::new(if self.no_colours { theme.without_colours() } else { theme }, self.ascii))
    }

    /// The user's own theme of that name, or the one that comes with the program.
    fn source(&self, name: &str) -> Result<String, TuiError> {
        let is_plain = !name.is_empty() && name.chars().all(|each| each.is_ascii_alphanumeric() || "-_".contains(each));
        let path = self.themes.as_ref().filter(|_| is_plain).map(|folder| folder.join(format!("{name}.toml")));
        let unreadable = |why: String| TuiError::Usage(format!("the theme `{name}` can't be read: {why}"));
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            let mut bytes = read_file(path, LARGEST_THEME).map_err(|error| unreadable(error.to_string()))?;
            return String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| unreadable(error.to_string()));
        }
        EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, source)| (*source).to_owned()).ok_or_else(|| {
            let known = EMBEDDED.map(|(name, _)| name).join(", ");
            let own = path.map(|path| format!(", and there is no `{}`", path.display())).unwrap_or_default();
            TuiError::Usage(format!("there is no theme `{name}`: there are {known}{own}"))
        })
    }
}

/// Runs the terminal UI until it is left. `workspace`: `None` opens on servers of its own. `token`: what is looked at
/// first.
///
/// # Errors
/// See [`TuiError`].
pub fn run(workspace: Option<Workspace>, token: Option<HeldToken>, settings: &Settings) -> Result<(), TuiError> {
    // a token may have come by standard input; the keys come from the terminal then
    let reads_terminal = io::stdin().is_terminal() || token.is_some();
    let has_terminal = reads_terminal && io::stdout().is_terminal();
    if !has_terminal && settings.print.is_none() {
        return Err(TuiError::NoTerminal);
    }
    let look = settings.look()?;
    let keys = keys::parse(&settings.keys).map_err(TuiError::Usage)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let demo = match &workspace {
            Some(_) => None,
            None => Some(demo::start().await.map_err(|error| TuiError::Demo(error.to_string()))?),
        };
        let workspace = match (workspace, &demo) {
            (Some(workspace), _) => workspace,
            (None, Some(demo)) => Workspace::from_source("demo", &demo.manifest)
                .map_err(|_| TuiError::Demo("the demo's own manifest is wrong".to_owned()))?
                .with_client_secret("service", demo.service_secret.clone()),
            (None, None) => Workspace::without_manifest(),
        };
        let mut model = Model::new(Arc::new(workspace), demo.is_some(), Timestamp::now());
        if let Some(token) = token {
            model.add_token(token, Vec::new());
        }
        if let Some(error) = &settings.vault_error {
            model.toast = Some(format!("the vault stays closed, t says more: {error}"));
            model.vault_error = Some(error.clone());
        }
        let (busy, is_busy) = watch::channel(false);
        let keys = keys::stream(keys, is_busy);
        if let Some((width, height)) = settings.print {
            let terminal = Terminal::new(TestBackend::new(width, height)).map_err(io::Error::other)?;
            let mut screen = screen(terminal, PrintHost, look, &model, busy, (&settings.manifest, false));
            screen.run(&mut model, keys).await?;
            return print(&text_of(screen.terminal.backend()));
        }
        terminal::set_panic_hook();
        let tty = Tty::enter()?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        let inputs = keys.chain(bursts::gather(terminal::inputs()?));
        let opens_browser = !model.demo;
        screen(terminal, tty, look, &model, busy, (&settings.manifest, opens_browser)).run(&mut model, inputs).await
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
    let jobs = Jobs::new(Arc::clone(&model.workspace), manifest, opens_browser, sender);
    Screen { terminal, host, look, clock: Timestamp::now, jobs, messages, busy }
}

/// Instead of a terminal: nothing is copied and nothing is stopped.
struct PrintHost;

impl Host for PrintHost {
    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn ask_to_stop(&mut self) -> bool {
        false
    }

    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The frame as text, without what is blank at the ends of its lines.
fn text_of(backend: &TestBackend) -> String {
    let buffer = backend.buffer();
    let mut text = String::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        let mut line = String::new();
        let mut covered = 0;
        for cell in row {
            // a wide character covers the cells behind it
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = cell.symbol().width().max(1);
            }
            covered -= 1;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
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
