//! Screens driven by keys through the real event loop, with a test backend in place of the terminal.

mod activity;
mod endpoints;
mod fixtures;
mod gateway;
mod journeys;
mod keys;
mod passphrase;
mod recorded;
mod requests;
mod screens;
mod silent;
mod tokens;

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use super::jobs::Jobs;
use super::model::Model;
use super::run::Screen;
use super::terminal::{Copied, Host};
use super::theme::{EMBEDDED, Look, Theme};
use super::{TuiError, frame, keys as key_text};
use crate::app::Context;
use crate::secret::Secret;

/// Host that records what was copied.
#[derive(Default)]
struct TestHost {
    copied: Vec<String>,
    stopped: usize,
    edited: Vec<Option<u64>>,
    links: Vec<super::links::Link>,
    edited_text: Vec<String>,
    /// What the editor saves; `None`: it fails.
    saved: Option<String>,
}

impl Host for TestHost {
    fn copy(&mut self, text: &Secret) -> io::Result<Copied> {
        self.copied.push(text.expose().to_owned());
        Ok(Copied::Desktop)
    }

    fn edit(&mut self, _: &std::path::Path, line: Option<u64>) -> io::Result<bool> {
        self.edited.push(line);
        Ok(true)
    }

    fn edit_text(&mut self, text: &str) -> io::Result<Option<String>> {
        self.edited_text.push(text.to_owned());
        Ok(self.saved.clone())
    }

    fn frame(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn links(&mut self, links: Vec<super::links::Link>) {
        self.links = links;
    }

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn ask_to_stop(&mut self) -> bool {
        false
    }

    fn stop(&mut self) -> io::Result<()> {
        self.stopped += 1;
        Ok(())
    }
}

/// A screen driven by keys.
struct Driven {
    model: Model,
    screen: Screen<TestBackend, TestHost>,
    local: tokio::task::LocalSet,
    runtime: tokio::runtime::Runtime,
}

impl Driven {
    fn new(context: Context, size: (u16, u16)) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self::on(context, false, size, fixtures::now, runtime)
    }

    fn on(
        context: Context,
        demo: bool,
        size: (u16, u16),
        clock: fn() -> Timestamp,
        runtime: tokio::runtime::Runtime,
    ) -> Self {
        let context = Arc::new(context);
        let (sender, messages) = unbounded_channel();
        let mono = EMBEDDED.iter().find(|(name, _)| *name == "mono").unwrap().1;
        let screen = Screen {
            terminal: Terminal::new(TestBackend::new(size.0, size.1)).unwrap(),
            host: TestHost::default(),
            look: Look::new(Theme::parse(mono).unwrap(), false),
            clock,
            jobs: Jobs::new(Arc::clone(&context), "tokscope.toml", false, sender),
            messages,
            questions: None,
            question: None,
            copied: None,
            busy: watch::channel(false).0,
        };
        Self { model: Model::new(context, demo, clock()), screen, local: tokio::task::LocalSet::new(), runtime }
    }

    /// Feeds keys, waits for their jobs, and returns the last frame.
    fn keys(&mut self, keys: &str) -> String {
        self.run(keys).unwrap();
        frame::text(self.screen.terminal.backend().buffer(), false)
    }

    fn run(&mut self, keys: &str) -> Result<(), TuiError> {
        let keys = key_text::stream(key_text::parse(keys).unwrap(), self.screen.busy.subscribe());
        let running = self.screen.run(&mut self.model, keys);
        self.local.block_on(&self.runtime, running)
    }

    /// Draws a frame of the model as it is.
    fn run_frame(&mut self) -> String {
        self.keys("")
    }

    /// Pastes arbitrary text.
    fn paste(&mut self, text: &str) -> String {
        assert!(!text.contains('>'));
        self.keys(&format!("<paste {text}>"))
    }

    fn copied(&mut self) -> Vec<String> {
        std::mem::take(&mut self.screen.host.copied)
    }
}

#[track_caller]
fn assert_shown(screen: &str, expected: &[&str]) {
    for text in expected {
        assert!(screen.contains(text), "`{text}` is not on:\n{screen}");
    }
}
