//! The terminal UI: the model is data, `update` is pure, `view` draws, effects run as tasks and answer by message.
//! It draws only when something changed, and wakes up only when something happens.

mod keymap;
mod model;
mod update;
mod view;

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, EventStream};
use crossterm::execute;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use self::model::Model;
use self::update::{Effect, Message, update};
use self::view::view;
use crate::demo::{self, Consent};
use crate::manifest::GrantType;
use crate::workspace::{Error as WorkspaceError, Kind, Plan, Workspace};

/// Why the terminal UI could not run.
#[derive(Debug, Error)]
pub enum TuiError {
    /// Standard input or output is no terminal.
    #[error("the terminal UI needs a terminal")]
    NoTerminal,
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// The demo's servers failed.
    #[error("{0}")]
    Demo(String),
}

/// Puts the terminal back, however the screen ends.
struct Guard;

impl Guard {
    fn enter() -> io::Result<Self> {
        crossterm::terminal::enable_raw_mode()?;
        let guard = Self;
        execute!(
            io::stdout(),
            crossterm::terminal::EnterAlternateScreen,
            EnableBracketedPaste,
            crossterm::cursor::Hide
        )?;
        Ok(guard)
    }
}

fn restore() {
    let _ = execute!(
        io::stdout(),
        DisableBracketedPaste,
        crossterm::terminal::LeaveAlternateScreen,
        crossterm::cursor::Show
    );
    let _ = crossterm::terminal::disable_raw_mode();
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Runs the terminal UI until it is left. `workspace`: `None` opens on servers of its own.
///
/// # Errors
/// See [`TuiError`].
pub fn run(workspace: Option<Workspace>) -> Result<(), TuiError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(TuiError::NoTerminal);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let running = match &workspace {
            Some(_) => None,
            None => Some(demo::start().await.map_err(|error| TuiError::Demo(error.to_string()))?),
        };
        let is_demo = running.is_some();
        let workspace = match (workspace, &running) {
            (Some(workspace), _) => workspace,
            (None, Some(demo)) => Workspace::from_source("demo", &demo.manifest)
                .map_err(|_| TuiError::Demo("the demo's own manifest is wrong".to_owned()))?
                .with_client_secret("service", demo.service_secret.clone()),
            (None, None) => Workspace::without_manifest(),
        };
        let ended = screen(Arc::new(workspace), is_demo).await;
        drop(running);
        ended
    })
}

async fn screen(workspace: Arc<Workspace>, is_demo: bool) -> Result<(), TuiError> {
    let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        before(panic);
    }));
    let guard = Guard::enter()?;
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let mut model = Model::new(Arc::clone(&workspace), is_demo);
    let mut events = EventStream::new();
    let (sender, mut messages) = unbounded_channel();
    let mut task: Option<JoinHandle<()>> = None;
    while !model.quit {
        terminal.draw(|frame| view(&model, colours, frame))?;
        let message = tokio::select! {
            biased;
            Some(message) = messages.recv() => message,
            event = events.next() => match event {
                Some(event) => Message::Terminal(event?),
                // the terminal is gone
                None => break,
            },
        };
        for effect in update(&mut model, message, Timestamp::now()) {
            match effect {
                Effect::Cancel => task.take().into_iter().for_each(|task| task.abort()),
                Effect::Copy(text) => copy(&text)?,
                Effect::Suspend => {
                    restore();
                    #[cfg(unix)]
                    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP);
                    std::mem::forget(Guard::enter()?);
                    terminal.resize(terminal.size()?.into())?;
                }
                Effect::Approve(url) => approve(Arc::clone(&workspace), url, &sender),
                Effect::Obtain(plan) => task = Some(obtain(Arc::clone(&workspace), plan, !is_demo, sender.clone())),
                Effect::Call(request) => {
                    let (workspace, sender, token) = (Arc::clone(&workspace), sender.clone(), model.token.clone());
                    task = Some(tokio::task::spawn_local(async move {
                        let called = workspace.call(&request, token.as_ref()).await.map(Box::new);
                        // when nobody listens any more, the screen was left
                        let _ = sender.send(Message::Called(called));
                    }));
                }
            }
        }
    }
    drop(guard);
    Ok(())
}

/// OSC 52: the terminal's own clipboard, over SSH too.
fn copy(text: &str) -> io::Result<()> {
    execute!(io::stdout(), crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))?;
    io::stdout().flush()
}

fn obtain(
    workspace: Arc<Workspace>,
    plan: Box<Plan>,
    open_browser: bool,
    sender: UnboundedSender<Message>,
) -> JoinHandle<()> {
    tokio::task::spawn_local(async move {
        let grant = plan.grants.first().copied().unwrap_or(GrantType::AuthorizationCode);
        let obtained = async {
            let obtaining = workspace.begin(&plan, grant, open_browser).await?;
            if let Some(url) = &obtaining.url {
                let _ = sender.send(Message::Url(url.to_string()));
            }
            obtaining.finish().await
        };
        let obtained = obtained.await.map(Box::new);
        let _ = sender.send(Message::Obtained(obtained));
    })
}

fn approve(workspace: Arc<Workspace>, url: String, sender: &UnboundedSender<Message>) {
    let sender = sender.clone();
    tokio::task::spawn_local(async move {
        let failed = |message: String| WorkspaceError::new(Kind::Failed, message);
        let signed_in = async {
            let url = url::Url::parse(&url).map_err(|error| failed(error.to_string()))?;
            let http = workspace.http()?;
            demo::sign_in(http, &url, &Consent::Everything).await.map_err(|error| failed(error.to_string()))
        };
        if let Err(error) = signed_in.await {
            let _ = sender.send(Message::Obtained(Err(error)));
        }
    });
}

#[cfg(test)]
mod tests;
