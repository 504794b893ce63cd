//! Arguments in, exit code out.

use std::io::Write as _;
use std::process::ExitCode;

use tokscope::cli::{self, Outcome};

fn main() -> ExitCode {
    tokscope::workspace::keep_memory_private();
    match cli::run(std::env::args_os()) {
        Outcome::Exit(code) => ExitCode::from(code),
        Outcome::Screen(request) => {
            let command = if request.demo { "tokscope demo --text" } else { "tokscope --help" };
            // with standard error gone there is nobody left to tell
            let _ = writeln!(std::io::stderr(), "error: the terminal UI is not built yet\n  hint: `{command}`");
            ExitCode::from(1)
        }
    }
}
