//! Arguments in, exit code out.

use std::process::ExitCode;

use tokscope::cli::{self, Outcome};

fn main() -> ExitCode {
    tokscope::workspace::keep_memory_private();
    match cli::run(std::env::args_os()) {
        Outcome::Exit(code) => ExitCode::from(code),
        Outcome::Screen(_request) => ExitCode::from(1),
    }
}
