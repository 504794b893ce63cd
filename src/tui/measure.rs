//! Measures the screen, for benchmarks: the real event loop, with keys that wait for the frame of the key before.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::watch;

use super::input::Input;
use super::keys::{self, KeyInput};
use super::links::Link;
use super::model::Model;
use super::terminal::{Copied, Host};
use super::{Settings, TuiError, screen};
use crate::app::Context;
use crate::secret::Secret;

/// Processor time that a key takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyTime {
    /// From the key to the end of its frame, in the thread that draws.
    pub to_frame: Duration,
    /// Until the next key, in all threads: with the plan that is worked out beside the screen.
    pub in_all: Duration,
}

fn processor_time(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let part = |value: i64| u64::try_from(value).unwrap_or_default();
    Duration::new(part(time.tv_sec), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The times so far. The first is that of the first frame, before any key.
#[derive(Default)]
struct Times {
    done: Vec<KeyTime>,
    /// When the current key came, in this thread and in all.
    since: (Duration, Duration),
    is_drawn: bool,
}

impl Times {
    fn now() -> (Duration, Duration) {
        (processor_time(ClockId::ThreadCPUTime), processor_time(ClockId::ProcessCPUTime))
    }

    /// Notes the end of a frame.
    fn drawn(&mut self) {
        if !std::mem::replace(&mut self.is_drawn, true) {
            let to_frame = Self::now().0.saturating_sub(self.since.0);
            self.done.push(KeyTime { to_frame, in_all: Duration::ZERO });
        }
    }

    /// Notes that the next key comes, or that there is none.
    fn next(&mut self) {
        let now = Self::now();
        if let Some(last) = self.done.last_mut() {
            last.in_all = now.1.saturating_sub(self.since.1);
        }
        (self.since, self.is_drawn) = (now, false);
    }
}

/// Host that notes the end of each frame.
struct Stopwatch {
    times: Rc<RefCell<Times>>,
    frames: watch::Sender<u64>,
}

impl Host for Stopwatch {
    fn copy(&mut self, _: &Secret) -> io::Result<Copied> {
        Ok(Copied::Terminal)
    }

    fn edit(&mut self, _: &Path, _: Option<u64>) -> io::Result<bool> {
        Err(io::Error::other("no terminal"))
    }

    fn edit_text(&mut self, _: &str) -> io::Result<Option<String>> {
        Err(io::Error::other("no terminal"))
    }

    fn frame(&mut self, begin: bool) -> io::Result<()> {
        if !begin {
            self.times.borrow_mut().drawn();
            self.frames.send_modify(|count| *count += 1);
        }
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

/// Returns the keys, each after the frame and the jobs of the one before.
fn paced(
    keys: Vec<KeyInput>,
    times: Rc<RefCell<Times>>,
    frames: watch::Receiver<u64>,
    busy: watch::Receiver<bool>,
) -> impl Stream<Item = io::Result<Input>> {
    stream::unfold((keys.into_iter(), times, frames, busy), |(mut keys, times, mut frames, mut busy)| async move {
        frames.changed().await.ok()?;
        busy.wait_for(|busy| !busy).await.ok()?;
        times.borrow_mut().next();
        match keys.next()? {
            KeyInput::Event(event) => Some((Ok(Input::Event(event)), (keys, times, frames, busy))),
            _ => None,
        }
    })
}

/// Returns the processor time of the first frame, and of each key. Keys are written as for `--keys`, without `<wait>`.
///
/// # Errors
/// If the keys are not valid.
pub fn frame_times(context: Context, keys: &str, (width, height): (u16, u16)) -> Result<Vec<KeyTime>, TuiError> {
    let keys = keys::parse(keys).map_err(TuiError::Usage)?;
    let (look, _) = Settings::default().look()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let times = Rc::new(RefCell::new(Times { since: Times::now(), ..Times::default() }));
        let (frames, drawn) = watch::channel(0);
        let (busy, is_busy) = watch::channel(false);
        let mut model = Model::new(Arc::new(context), false, Timestamp::now());
        let terminal = Terminal::new(TestBackend::new(width, height)).map_err(io::Error::other)?;
        let host = Stopwatch { times: Rc::clone(&times), frames };
        let mut screen = screen(terminal, host, look, &model, busy, ("", false));
        screen.run(&mut model, paced(keys, Rc::clone(&times), drawn, is_busy)).await?;
        drop(screen);
        let times = std::mem::take(&mut times.borrow_mut().done);
        Ok(times)
    })
}
