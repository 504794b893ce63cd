//! `tokscope exec` runs a command with a token in its environment.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use super::obtain::Asking;
use super::open::find_all;
use super::print::Streams;
use super::token::{VARIABLE, credentials, plain};
use super::wait_for;
use crate::app::report;
use crate::app::{Acquisition, Error, ErrorKind, Recipient, deny_hand_out, hand_out};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The command replaces tokscope, so its exit code and signals are its own; 126 means that it can't be run, and 127 that it \
was not found. Variables that hold the manifest's client \
secrets are removed from its environment.

Examples:
  tokscope exec -e 'GET /orders' -- ./report.sh
  tokscope exec -e 'GET /orders' --env API_TOKEN -- npm test")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", required = true)]
    endpoints: Vec<String>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Environment variable for the token
    #[arg(long, value_name = "NAME", default_value = VARIABLE, value_parser = variable)]
    env: String,
    /// Prefix the token with `Bearer `
    #[arg(long)]
    header: bool,
    #[command(flatten)]
    asking: Asking,
    /// Command and its arguments
    #[arg(value_name = "COMMAND", required = true, last = true)]
    command: Vec<OsString>,
}

/// Variables that the loader, shells or interpreters act on, by name or by prefix.
const ACTED_ON: [&str; 14] = [
    "PATH",
    "HOME",
    "SHELL",
    "IFS",
    "ENV",
    "BASH_ENV",
    "CDPATH",
    "PWD",
    "TMPDIR",
    "EDITOR",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "PERL5OPT",
    "RUBYOPT",
];
const ACTED_ON_PREFIXES: [&str; 3] = ["LD_", "DYLD_", "BASH_FUNC_"];

/// Parses a variable name (POSIX.1-2024, 8.1), which every shell accepts, and which nothing but the command reads.
fn variable(name: &str) -> Result<String, String> {
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    if !fits {
        return Err("must have letters, digits and `_` only, and not start with a digit".to_owned());
    }
    if ACTED_ON.contains(&name) || ACTED_ON_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Err("the system or an interpreter acts on this variable; choose another".to_owned());
    }
    Ok(name.to_owned())
}

/// Checks that the command exists, at its path or in `PATH`, and can be run.
pub(super) fn demand_program(program: &OsStr) -> Result<(), Error> {
    let runs = |path: &Path| path.metadata().is_ok_and(|state| state.is_file() && state.mode() & 0o111 != 0);
    let shown = program.to_string_lossy();
    let candidates: Vec<PathBuf> = match program.as_bytes().contains(&b'/') {
        true => vec![PathBuf::from(program)],
        false => std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .map(|folder| folder.join(program))
            .collect(),
    };
    if candidates.iter().any(|path| runs(path)) {
        return Ok(());
    }
    match candidates.iter().find_map(|path| path.metadata().ok()) {
        Some(state) if state.is_dir() => {
            Err(Error::new(ErrorKind::CommandNotExecutable, format!("command `{shown}` is a directory")))
        }
        Some(_) => Err(Error::new(ErrorKind::CommandNotExecutable, format!("command `{shown}` is not executable"))),
        None => Err(Error::new(ErrorKind::CommandNotFound, format!("command `{shown}` not found"))),
    }
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let [program, rest @ ..] = arguments.command.as_slice() else {
        return Err(Error::new(ErrorKind::Usage, "no command given"));
    };
    let name = Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
    let context = arguments.asking.access.context(manifest, streams)?;
    // the policy is asked about the program, before a token is requested for it
    let context = context.with_circumstances(|known| known.caller = known.caller.take().or_else(|| Some(name.clone())));
    let endpoints = find_all(&context, &arguments.endpoints, arguments.api.as_deref())?;
    // check before a token is obtained
    demand_program(program)?;
    let terms = arguments.asking.terms()?;
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = wait_for(async { Acquisition::new(&context, terms, &mut terminal).token(&endpoints).await })?;
    let recipient = Recipient::Program(name);
    let denied = |error| deny_hand_out(&context, &acquired.token, &endpoints, &recipient, error);
    if !acquired.short().is_empty() {
        let message = format!("the token lacks {}", acquired.short());
        return Err(denied(Error::new(ErrorKind::NotAllowed, message).by_rule("manifest", None)));
    }
    let mut command = context.command(program);
    command.args(rest);
    match arguments.header {
        true => command.env(&arguments.env, credentials(&acquired).map_err(denied)?.as_str()),
        false => command.env(&arguments.env, plain(&acquired).map_err(denied)?),
    };
    if let Some(ruling) = hand_out(&context, &acquired.token, &endpoints, &recipient)? {
        streams.say_report(&report::ruling(&ruling));
    }
    streams.finish();
    // returns only on failure
    let error = command.exec();
    Err(Error::new(ErrorKind::CommandNotExecutable, format!("can't run `{}`: {error}", program.to_string_lossy())))
}
