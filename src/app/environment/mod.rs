//! The environment of the process: child processes, signals, the browser.

mod actor;
mod browser;
mod child;
mod circumstances;
mod clipboard;
mod editor;
mod host;
mod process;

pub(in crate::app) use actor::Actor;
pub(in crate::app) use browser::open_browser;
pub(crate) use child::secret_variable;
pub(in crate::app) use child::{command, git, hidden_variables, without};
pub use circumstances::Circumstances;
pub use clipboard::{ClipboardTarget, copy_to_clipboard};
pub use editor::{edit_file, edit_text};
pub use host::HostEnvironment;
pub(in crate::app) use process::SignalHold;
pub use process::{defer_signals, interrupt, keep_memory_private, restoring_terminal};
