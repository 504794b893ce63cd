//! Arguments in, exit code out.

#![deny(clippy::disallowed_methods)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use tokscope::app::{Error, ErrorKind};
use tokscope::cli::{self, GatewayAction, GatewayControl, GatewayStart, Outcome, ScreenRequest};
use tokscope::gateway::{ControlCommand, RunRequest, ServeRequest};
use tokscope::text::{visible, visible_lines};
use tokscope::tui::{self, Settings, TuiError};

fn main() -> ExitCode {
    tokscope::app::keep_memory_private();
    if let Some(code) = tokscope::app::finish_refresh() {
        return ExitCode::from(code);
    }
    match cli::run(std::env::args_os()) {
        Outcome::Exit(code) => ExitCode::from(code),
        Outcome::Screen(request) => screen(&request),
        Outcome::Gateway(request) => gateway(*request),
    }
}

fn gateway(action: GatewayAction) -> ExitCode {
    // nothing can be reported if stderr is closed
    let say = |line: &str| drop(writeln!(std::io::stderr(), "{}", visible(line)));
    let done = match action {
        GatewayAction::Run { start, command } => {
            let GatewayStart { context, options, origins, idle } = start;
            tokscope::gateway::run(RunRequest { context, options, origins, idle, command }, say)
        }
        GatewayAction::Serve { start, manifest, listen, sockets, name } => {
            let GatewayStart { context, options, origins, idle } = start;
            let request = ServeRequest { context, manifest, options, origins, idle, listen, sockets, name };
            tokscope::gateway::serve(request, say)
        }
        GatewayAction::Demonstrate => {
            // a closed pipe ends nothing: the program of the demo is short
            let print = |line: &str| drop(writeln!(std::io::stdout(), "{}", visible(line)));
            match std::env::current_exe() {
                Ok(own) => tokscope::gateway::demonstrate(&own, print),
                Err(error) => Err(Error::new(ErrorKind::Failed, format!("can't find this program: {error}"))),
            }
        }
        GatewayAction::Control { name, command } => {
            let command = match command {
                GatewayControl::Status => ControlCommand::Status,
                GatewayControl::Env => ControlCommand::Env,
                GatewayControl::Reload => ControlCommand::Reload,
                GatewayControl::Stop => ControlCommand::Stop,
            };
            tokscope::gateway::control(&name, command).map(|reply| {
                let written = std::io::stdout().write_all(visible_lines(&reply).as_bytes());
                u8::from(written.is_err())
            })
        }
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&format!("error: {}", error.message));
            error.hints.iter().for_each(|hint| say(&format!("  hint: {hint}")));
            ExitCode::from(error.kind.exit_code())
        }
    }
}

fn screen(request: &ScreenRequest) -> ExitCode {
    let opened = match request.open() {
        Ok(opened) => opened,
        Err(code) => return ExitCode::from(code),
    };
    let settings = Settings {
        theme: request.theme.clone(),
        themes: configuration_folder().map(|folder| folder.join("themes")),
        bindings: configuration_folder().map(|folder| folder.join("keys.toml")),
        no_colors: request.no_colors(),
        // a terminal that can't move the cursor or draw lines
        ascii: request.ascii || std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
        keys: request.keys.clone(),
        print: request.print,
        print_colors: request.print_colors(),
        vault_error: opened.vault_error,
        problem: opened.problem,
        manifest: opened.manifest.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    let Err(error) = tui::run(opened.context, opened.token, opened.questions, &settings) else {
        return ExitCode::SUCCESS;
    };
    let (kind, hint) = match &error {
        TuiError::NoTerminal if request.demo => (ErrorKind::Usage, "`tokscope demo --text` prints the demo as text"),
        TuiError::NoTerminal => (ErrorKind::Usage, "`--print` prints a frame; `tokscope decode` decodes a token"),
        TuiError::Usage(_) => (ErrorKind::Usage, "`tokscope --help` lists the options"),
        TuiError::Bindings(_) => (ErrorKind::Usage, "correct or remove the line: docs/screen.md lists names and keys"),
        TuiError::Terminal(_) | TuiError::Demo(_) => (ErrorKind::Failed, "`tokscope --help` lists the commands"),
        TuiError::Signal(_) => (ErrorKind::Failed, ""),
    };
    let hint = if hint.is_empty() { String::new() } else { format!("\n  hint: {hint}") };
    // nothing can be reported if stderr is closed
    let _ = writeln!(std::io::stderr(), "error: {}{hint}", visible(&error.to_string()));
    ExitCode::from(match &error {
        // as a shell reports a process that a signal ended
        TuiError::Signal("SIGHUP") => 128 + 1,
        TuiError::Signal("SIGINT") => 128 + 2,
        TuiError::Signal("SIGQUIT") => 128 + 3,
        TuiError::Signal("SIGTERM") => 128 + 15,
        _ => kind.exit_code(),
    })
}

/// Returns tokscope's configuration directory (XDG Base Directory Specification).
fn configuration_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(base.join("tokscope"))
}
