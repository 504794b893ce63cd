//! `gateway run`: a gateway for the life of a program.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use super::{Door, Listener, Report, Settings};
use crate::app::gateway::{Gateway, GatewayOptions, Placeholder, variables};
use crate::app::{Context, Error, ErrorKind};

/// Names that a client must not send to a proxy.
pub(super) const LOOPBACK: &str = "127.0.0.1,localhost,::1";

/// A program to run, with a gateway in front of its APIs.
#[derive(Debug)]
pub struct RunRequest {
    /// Manifest with its vault.
    pub context: Context,
    /// Options of the gateway.
    pub options: GatewayOptions,
    /// Origins whose web pages may call.
    pub origins: Vec<String>,
    /// Time limit between two frames of a body.
    pub idle: Duration,
    /// Program and its arguments.
    pub command: Vec<OsString>,
}

/// Runs a program with a gateway, and returns its exit code. `report`: shows a line to the user.
///
/// # Errors
/// If the gateway or the program can't be started.
pub fn run(request: RunRequest, report: impl Fn(&str) + 'static) -> Result<u8, Error> {
    let runtime = super::runtime()?;
    let code = LocalSet::new().block_on(&runtime, serve(request, Rc::new(report)));
    // an abandoned name lookup must not delay the exit
    runtime.shutdown_background();
    code
}

pub(super) async fn serve(request: RunRequest, report: Report) -> Result<u8, Error> {
    let RunRequest { context, mut options, origins, idle, command } = request;
    let [program, arguments @ ..] = command.as_slice() else {
        return Err(Error::new(ErrorKind::Usage, "no command given"));
    };
    let name = Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
    options.caller.get_or_insert(name);
    let gateway = Arc::new(Gateway::new(Arc::new(context), options)?);
    let placeholder = Placeholder::generate()?;
    let settings = Settings { placeholder, origins, idle, report: Rc::clone(&report) };
    let mut environment: BTreeMap<String, OsString> = BTreeMap::new();
    let mut listeners = Vec::new();
    for index in gateway.apis() {
        let Some(api) = gateway.api(index) else { continue };
        let (listener, socket) = Listener::bind(&gateway, index, Listener::any_port(), &settings).await?;
        let names = variables(api);
        report(&format!(
            "gateway: {} at {} ({}, {})",
            api.name,
            listener.base_url(Door::Tcp),
            names.base_url.join(" "),
            names.token.join(" ")
        ));
        environment.extend(names.base_url.into_iter().map(|name| (name, listener.base_url(Door::Tcp).into())));
        let token = settings.placeholder.secret();
        environment.extend(names.token.into_iter().map(|name| (name, token.expose().into())));
        tokio::task::spawn_local(Rc::clone(&listener).serve(socket));
        listeners.push(listener);
    }
    gateway.started().await?;
    for name in ["no_proxy", "NO_PROXY"] {
        environment.insert(name.to_owned(), without_proxy(std::env::var_os(name).as_deref()));
    }
    let mut command = gateway.context().command(program);
    command.args(arguments).envs(environment);
    // a signal that comes right after the start is passed on, too
    let signals = Signals::new()?;
    let child = command.spawn().map_err(|error| not_started(program, &error))?;
    let status = supervise(child, signals).await?;
    gateway.stopped().await;
    Ok(exit_code(status))
}

/// Returns the value of `no_proxy` with the loopback names.
fn without_proxy(current: Option<&OsStr>) -> OsString {
    let mut value = current.unwrap_or_default().to_owned();
    if !value.is_empty() {
        value.push(",");
    }
    value.push(LOOPBACK);
    value
}

fn not_started(program: &OsStr, error: &std::io::Error) -> Error {
    let shown = program.to_string_lossy();
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::new(ErrorKind::CommandNotFound, format!("command `{shown}` not found")),
        _ => Error::new(ErrorKind::CommandNotExecutable, format!("can't run `{shown}`: {error}")),
    }
}

/// Signals that would end this process.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Self, Error> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            quit: signal(SignalKind::quit()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            hangup: signal(SignalKind::hangup()).map_err(failed)?,
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Failed, format!("can't wait for the command: {error}"))
}

/// Waits for a program. Signals that would end this process are passed on to it; those of the terminal reach it anyway.
async fn supervise(mut child: Child, mut signals: Signals) -> Result<ExitStatus, Error> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let pass_on = |signal: Signal| {
        if let Some(pid) = pid {
            // it may have ended already
            let _ = kill_process(pid, signal);
        }
    };
    let mut ended = tokio::task::spawn_blocking(move || child.wait());
    loop {
        tokio::select! {
            status = &mut ended => {
                let status = status.map_err(|_| Error::new(ErrorKind::Failed, "can't wait for the command"))?;
                return status.map_err(failed);
            }
            _ = signals.interrupt.recv() => {}
            _ = signals.quit.recv() => {}
            _ = signals.terminate.recv() => pass_on(Signal::TERM),
            _ = signals.hangup.recv() => pass_on(Signal::HUP),
        }
    }
}

/// Returns the exit code of a program as shells report it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| Some(128 + status.signal()?)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_added_to_the_exceptions_of_a_proxy() {
        assert_eq!(without_proxy(None), LOOPBACK);
        assert_eq!(without_proxy(Some("".as_ref())), LOOPBACK);
        assert_eq!(without_proxy(Some("corp.example".as_ref())), "corp.example,127.0.0.1,localhost,::1");
    }

    #[test]
    fn signals_become_exit_codes_as_in_shells() {
        for (raw, code) in [(0, 0), (3 << 8, 3), (15, 143), (9, 137)] {
            assert_eq!(exit_code(ExitStatus::from_raw(raw)), code, "{raw}");
        }
    }
}
