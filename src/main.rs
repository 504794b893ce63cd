//! Arguments in, exit code out.

use std::io::Write as _;
use std::process::ExitCode;

use tokscope::cli::{self, Outcome, ScreenRequest};
use tokscope::tui::{self, TuiError};
use tokscope::workspace::Kind;

fn main() -> ExitCode {
    tokscope::workspace::keep_memory_private();
    match cli::run(std::env::args_os()) {
        Outcome::Exit(code) => ExitCode::from(code),
        Outcome::Screen(request) => screen(&request),
    }
}

fn screen(request: &ScreenRequest) -> ExitCode {
    let workspace = match request.demo {
        true => None,
        false => match cli::workspace_for_screen(request.manifest.as_deref()) {
            Ok(workspace) => Some(workspace),
            Err(code) => return ExitCode::from(code),
        },
    };
    let Err(error) = tui::run(workspace) else { return ExitCode::SUCCESS };
    let (kind, hint) = match &error {
        TuiError::NoTerminal if request.demo => (Kind::Usage, "`tokscope demo --text` tells the story as text"),
        TuiError::NoTerminal => (Kind::Usage, "`tokscope --help` lists the commands that need none"),
        TuiError::Terminal(_) | TuiError::Demo(_) => (Kind::Failed, "`tokscope --help` lists the commands"),
    };
    // with standard error gone there is nobody left to tell
    let _ = writeln!(std::io::stderr(), "error: {error}\n  hint: {hint}");
    ExitCode::from(kind.exit_code())
}
