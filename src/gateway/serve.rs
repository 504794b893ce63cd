//! `gateway serve`: a gateway that runs until it is stopped, with a control socket of its own.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::LocalSet;

use super::{Door, Listener, Report, Settings};
use crate::app::gateway::{Gateway, GatewayOptions, Placeholder, Reload, variables};
use crate::app::{Context, Error, ErrorKind};
use crate::files::{PrivateFolder, state_folder};
use crate::text::{shell_word, visible};

/// Time between two looks at the manifest's file.
const LOOK: Duration = Duration::from_secs(1);

/// Maximum length of a command on the control socket, in bytes.
const MOST_COMMAND: u64 = 64;

/// Maximum length of a reply, and time limit for it.
const MOST_REPLY: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// A gateway to keep running.
#[derive(Debug)]
pub struct ServeRequest {
    /// Manifest with its vault.
    pub context: Context,
    /// The file of the manifest, which is read again when it changes.
    pub manifest: PathBuf,
    /// Options of the gateway.
    pub options: GatewayOptions,
    /// Origins whose web pages may call.
    pub origins: Vec<String>,
    /// Time limit between two frames of a body.
    pub idle: Duration,
    /// Addresses to listen on, each for an API, or for the only one.
    pub listen: Vec<(Option<String>, SocketAddr)>,
    /// Directory for a Unix socket of each API.
    pub sockets: Option<PathBuf>,
    /// Name of the gateway, for the control socket.
    pub name: String,
}

/// A command for a running gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlCommand {
    /// Describe it.
    Status,
    /// Print the variables for callers.
    Env,
    /// Read the manifest again, and accept that it allows more.
    Reload,
    /// Stop it.
    Stop,
}

impl ControlCommand {
    const ALL: [Self; 4] = [Self::Status, Self::Env, Self::Reload, Self::Stop];

    fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Env => "env",
            Self::Reload => "reload",
            Self::Stop => "stop",
        }
    }
}

/// A running gateway: its listeners, and the state that its control socket changes.
struct Service {
    gateway: RefCell<Arc<Gateway>>,
    listeners: Vec<Rc<Listener>>,
    placeholder: Placeholder,
    manifest: PathBuf,
    started: Instant,
    report: Report,
    stop: Notify,
    /// A change of the manifest that was reported already.
    pending: RefCell<Option<String>>,
}

/// Serves until it is stopped. `report`: shows a line to the user.
///
/// # Errors
/// If it can't be started.
pub fn serve(request: ServeRequest, report: impl Fn(&str) + 'static) -> Result<u8, Error> {
    let runtime = super::runtime()?;
    let served = LocalSet::new().block_on(&runtime, run(request, Rc::new(report)));
    runtime.shutdown_background();
    served.map(|()| 0)
}

async fn run(request: ServeRequest, report: Report) -> Result<(), Error> {
    let ServeRequest { context, manifest, options, origins, idle, listen, sockets, name } = request;
    let gateway = Arc::new(Gateway::new(Arc::new(context), options)?);
    check_addresses(&gateway, &listen)?;
    let control = control_listener(&name).await?;
    let placeholder = Placeholder::generate()?;
    let settings = Settings { placeholder: placeholder.clone(), origins, idle, report: Rc::clone(&report) };
    gateway.started().await?;
    let mut listeners = Vec::new();
    for index in gateway.apis() {
        let Some(api) = gateway.api(index) else { continue };
        let own = listen.iter().find(|(name, _)| name.as_ref().is_none_or(|name| *name == api.name));
        let address = own.map_or_else(Listener::any_port, |(_, address)| *address);
        let (listener, socket) = Listener::bind(&gateway, index, address, &settings).await?;
        report(&format!("gateway: {} at {}", api.name, listener.base_url(Door::Tcp)));
        if !address.ip().is_loopback() {
            report("note: other machines can reach this address; only the placeholder keeps them out");
        }
        tokio::task::spawn_local(Rc::clone(&listener).serve(socket));
        if let Some(folder) = &sockets {
            let name = format!("{}.sock", api.name);
            let socket = unix_listener(folder, &name).await?;
            report(&format!("gateway: {} at {}", api.name, visible(&folder.join(&name).to_string_lossy())));
            tokio::task::spawn_local(Rc::clone(&listener).serve_unix(socket));
        }
        listeners.push(listener);
    }
    let service = Rc::new(Service {
        gateway: RefCell::new(gateway),
        listeners,
        placeholder,
        manifest,
        started: Instant::now(),
        report: Rc::clone(&report),
        stop: Notify::new(),
        pending: RefCell::default(),
    });
    tokio::task::spawn_local(Rc::clone(&service).control(control));
    service.wait(&name).await?;
    let gateway = service.gateway.borrow().clone();
    gateway.stopped().await;
    if let Some(folder) = control_folder().ok().and_then(|path| PrivateFolder::open(&path).ok().flatten()) {
        let _ = folder.remove(&socket_name(&name));
    }
    Ok(())
}

/// Returns the option for a name that is not the default.
fn option(name: &str) -> String {
    if name == "default" { String::new() } else { format!(" --name {}", shell_word(name)) }
}

fn check_addresses(gateway: &Gateway, listen: &[(Option<String>, SocketAddr)]) -> Result<(), Error> {
    let usage = |message: String| Error::new(ErrorKind::Usage, message);
    let names: Vec<&str> =
        gateway.apis().into_iter().filter_map(|index| Some(gateway.api(index)?.name.as_str())).collect();
    for (name, address) in listen {
        if address.ip().is_unspecified() {
            return Err(usage(format!("`{address}` is not one address: the host of a request could not be checked"))
                .hint("name the address of one interface"));
        }
        match name {
            Some(name) if !names.contains(&name.as_str()) => {
                return Err(usage(format!("no API `{name}` to listen for")));
            }
            None if names.len() > 1 => {
                return Err(usage(format!("`{address}` does not say for which API: there are {}", names.join(", ")))
                    .hint("write `--listen API=ADDRESS:PORT`"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn control_folder() -> Result<PathBuf, Error> {
    Ok(state_folder()?.join("gateway"))
}

fn socket_name(name: &str) -> String {
    format!("{name}.sock")
}

async fn control_listener(name: &str) -> Result<UnixListener, Error> {
    unix_listener(&control_folder()?, &socket_name(name)).await
}

/// Binds a socket in a private directory. A socket that nothing listens on is replaced.
async fn unix_listener(folder: &std::path::Path, name: &str) -> Result<UnixListener, Error> {
    let private = PrivateFolder::create(folder)?;
    let path = folder.join(name);
    let failed =
        |error: std::io::Error| Error::new(ErrorKind::Failed, format!("can't listen on `{}`: {error}", path.display()));
    if UnixStream::connect(&path).await.is_ok() {
        return Err(Error::new(ErrorKind::Usage, format!("a gateway already listens on `{}`", path.display()))
            .hint("stop it with `tokscope gateway stop`, or choose another `--name`"));
    }
    let _ = private.remove(name);
    UnixListener::bind(&path).map_err(failed)
}

impl Service {
    /// Waits until it is stopped, and follows the manifest meanwhile.
    async fn wait(&self, name: &str) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::new(ErrorKind::Failed, format!("can't wait for signals: {error}"));
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
        (self.report)(&format!("ready; `tokscope gateway env{}` prints the variables for callers", option(name)));
        let mut seen = self.state();
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = self.stop.notified() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
                _ = hangup.recv() => drop(self.reload(false)),
                _ = look.tick() => {
                    let now = self.state();
                    // trust may follow a change later
                    if now != seen || self.pending.borrow().is_some() {
                        seen = now;
                        let _ = self.reload(false);
                    }
                }
            }
        }
    }

    /// Returns the modification time of the manifest's file, and its size in bytes.
    fn state(&self) -> Option<(std::time::SystemTime, u64)> {
        let state = std::fs::metadata(&self.manifest).ok()?;
        Some((state.modified().ok()?, state.len()))
    }

    /// Reads the manifest again. `wider`: accept that it allows more.
    fn reload(&self, wider: bool) -> String {
        let current = self.gateway.borrow().clone();
        let message = match current.reloaded(&self.manifest, wider) {
            Ok(Reload::Unchanged) => {
                *self.pending.borrow_mut() = None;
                return "the manifest is unchanged".to_owned();
            }
            Ok(Reload::Changed(next)) => {
                let next = Arc::new(*next);
                self.listeners.iter().for_each(|listener| listener.follow(&next));
                *self.gateway.borrow_mut() = next;
                *self.pending.borrow_mut() = None;
                let message = "the changed manifest is in use".to_owned();
                (self.report)(&message);
                return message;
            }
            Ok(Reload::Wider(what)) => format!(
                "the changed manifest allows more ({what}), and is not in use: `tokscope gateway reload` accepts it"
            ),
            Err(error) => format!("the changed manifest is not in use: {error}"),
        };
        // once for each change
        if self.pending.borrow_mut().replace(message.clone()).as_ref() != Some(&message) {
            (self.report)(&message);
        }
        message
    }

    async fn control(self: Rc<Self>, socket: UnixListener) {
        loop {
            match socket.accept().await {
                Ok((stream, _)) if super::is_own_user(&stream) => {
                    tokio::task::spawn_local(Rc::clone(&self).answer(stream));
                }
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn answer(self: Rc<Self>, mut stream: UnixStream) {
        let mut line = String::new();
        let (reader, mut writer) = stream.split();
        let mut reader = BufReader::new(reader.take(MOST_COMMAND));
        let read = reader.read_line(&mut line);
        if !tokio::time::timeout(PATIENCE, read).await.is_ok_and(|read| read.is_ok()) {
            return;
        }
        let command = ControlCommand::ALL.into_iter().find(|command| command.as_str() == line.trim());
        let reply = match command {
            Some(ControlCommand::Status) => self.status(),
            Some(ControlCommand::Env) => self.environment(),
            Some(ControlCommand::Reload) => format!("{}\n", self.reload(true)),
            Some(ControlCommand::Stop) => "stopped\n".to_owned(),
            None => "unknown command\n".to_owned(),
        };
        let _ = writer.write_all(reply.as_bytes()).await;
        let _ = writer.shutdown().await;
        if command == Some(ControlCommand::Stop) {
            self.stop.notify_one();
        }
    }

    fn status(&self) -> String {
        let gateway = self.gateway.borrow().clone();
        let apis: Vec<_> = self.listeners.iter().map(|listener| listener.status()).collect();
        let document = json!({
            "schema": "tokscope.gateway-status/v1",
            "mode": gateway.mode().as_str(),
            "manifest": self.manifest.to_string_lossy(),
            "pid": std::process::id(),
            "seconds": self.started.elapsed().as_secs(),
            "apis": apis,
            "pending": *self.pending.borrow(),
        });
        format!("{document}\n")
    }

    /// The variables as lines for a shell.
    fn environment(&self) -> String {
        let gateway = self.gateway.borrow().clone();
        let mut lines = String::new();
        for listener in &self.listeners {
            let Some(names) = listener.api_of(&gateway).map(variables) else { continue };
            let token = self.placeholder.secret().expose();
            let values = names.base_url.iter().map(|name| (name, listener.base_url(Door::Tcp)));
            let tokens = names.token.iter().map(|name| (name, token.to_owned()));
            for (name, value) in values.chain(tokens) {
                lines.push_str(&format!("export {name}={}\n", shell_word(&value)));
            }
        }
        for name in ["no_proxy", "NO_PROXY"] {
            lines.push_str(&format!("export {name}=\"${{{name}:+${name},}}{}\"\n", super::child::LOOPBACK));
        }
        lines
    }
}

/// Sends a command to a running gateway, and returns its reply.
///
/// # Errors
/// If none of this name runs.
pub fn control(name: &str, command: ControlCommand) -> Result<String, Error> {
    let path = control_folder()?.join(socket_name(name));
    let none = || {
        Error::new(ErrorKind::Failed, format!("no gateway `{name}` is running"))
            .hint("start one with `tokscope gateway serve`")
    };
    let runtime = super::runtime()?;
    runtime.block_on(async {
        let mut stream = UnixStream::connect(&path).await.map_err(|_| none())?;
        if !super::is_own_user(&stream) {
            return Err(none());
        }
        let failed = |_| Error::new(ErrorKind::Failed, format!("the gateway `{name}` does not reply"));
        stream.write_all(format!("{}\n", command.as_str()).as_bytes()).await.map_err(failed)?;
        let mut reply = String::new();
        let read = async {
            let mut limited = (&mut stream).take(MOST_REPLY);
            limited.read_to_string(&mut reply).await
        };
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(_)) => Ok(reply),
            Ok(Err(error)) => Err(failed(error)),
            Err(_) => Err(Error::new(ErrorKind::Failed, format!("the gateway `{name}` does not reply"))),
        }
    })
}
