//! Starts the servers, each once, and plays the user.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{LazyLock, Mutex};

use tokscope::app::Context;

use crate::program;

pub(crate) static PROVIDER: LazyLock<Server> = LazyLock::new(|| Server::start("oidc-provider", &[]));
pub(crate) static PROVIDER_WITH_NONCES: LazyLock<Server> =
    LazyLock::new(|| Server::start("oidc-provider", &[("DPOP_NONCE", "1")]));
pub(crate) static DOT: LazyLock<Server> = LazyLock::new(|| Server::start("django-oauth-toolkit", &[]));
pub(crate) static IDPYOIDC: LazyLock<Server> = LazyLock::new(|| Server::start("idpyoidc", &[]));

/// Two of one kind would install and make keys at once.
static STARTING: Mutex<()> = Mutex::new(());

/// A browser takes half a gigabyte and a core: one at a time.
static BROWSER: Mutex<()> = Mutex::new(());

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

/// The script that stands for the user's browser.
pub(crate) fn browser_script() -> String {
    folder().join("browser/browser.sh").to_string_lossy().into_owned()
}

/// A server that runs until this process ends.
pub(crate) struct Server {
    /// The issuer.
    pub(crate) base: String,
    _child: Child,
}

impl Server {
    fn start(name: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_with(name, &[], environment)
    }

    /// Starts the server of a folder with more arguments than its port.
    pub(crate) fn start_with(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let _alone = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let port = free_port();
        // the shell ends the server when its standard input closes: with this process, however it ends
        let script = "\"$0\" \"$@\" </dev/null & server=$!; cat >/dev/null; kill $server";
        let mut child = Command::new("sh")
            .args(["-c", script, "./start.sh", &port.to_string()])
            .args(arguments)
            .current_dir(folder().join(name))
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ready ").map(str::to_owned))
            .unwrap_or_else(|| panic!("{name} ended before it was ready"));
        // what it prints later must not fill the pipe
        std::thread::spawn(move || lines.for_each(drop));
        wait_for(&base);
        Self { base, _child: child }
    }
}

/// One that is free, and the next one too: some servers listen on both.
pub(crate) fn free_port() -> u16 {
    (0..100)
        .find_map(|_| {
            let first = TcpListener::bind("127.0.0.1:0").ok()?;
            let port = first.local_addr().ok()?.port();
            TcpListener::bind(("127.0.0.1", port.checked_add(1)?)).ok()?;
            Some(port)
        })
        .expect("a free port")
}

fn wait_for(base: &str) {
    let host = base.trim_start_matches("http://").split('/').next().unwrap();
    for _ in 0..100 {
        if TcpStream::connect(host).is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{base} does not listen");
}

/// What the user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Signs in and consents.
    Allow,
    /// Signs in and refuses.
    Deny,
    /// Nothing.
    None,
}

/// Sends a real browser to an address, on a thread of its own. `code`: typed where a page asks for one.
pub(crate) fn browse(url: &str, browser: Browser, code: Option<String>) {
    if browser == Browser::None {
        return;
    }
    let mut command = Command::new(browser_script());
    command.arg(url).env("OAUTH_MODE", if browser == Browser::Deny { "deny" } else { "allow" });
    command.envs(code.map(|code| ("OAUTH_USER_CODE", code)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    std::thread::spawn(move || {
        let _alone = BROWSER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let done = command.output().expect("the browser starts");
        if !done.status.success() {
            eprintln!("the browser gave up: {}", String::from_utf8_lossy(&done.stderr));
        }
    });
}

/// Follows redirects by hand where a server has no page.
pub(crate) fn visit(url: &str) {
    let mut next = Some(url.to_owned());
    for _ in 0..3 {
        let Some(url) = next.take() else { return };
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        // our own listener is asked by this too: it answers when the grant is waited for
        if host.ends_with(":43117") {
            std::thread::spawn(move || stream.read_to_end(&mut Vec::new()));
        } else {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            let found = answer.lines().find_map(|line| line.strip_prefix("Location: "));
            next = found.map(|location| location.trim().to_owned());
        }
    }
}

/// Returns the body of the response to a GET.
pub(crate) fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.trim().to_owned()
}

/// A manifest with one API and one client named `c`.
pub(crate) fn manifest(issuer: &str, api: &str, audience: Option<&str>, client: &str, more: &str) -> String {
    let audience = audience.map(|audience| format!("audience = \"{audience}\"\n")).unwrap_or_default();
    format!(
        "[api.a]\nbase_url = \"{api}\"\nissuer = \"{issuer}\"\n{audience}[api.a.scopes]\n\"api:read\" = {{}}\n\
         \"api:write\" = {{}}\n\"api:unknown\" = {{}}\n\"openid\" = {{}}\n[api.a.endpoints]\n\"GET /read\" = \"api:read\"\n\
         \"PUT /both\" = [\"api:read\", \"api:write\"]\n\"GET /unknown\" = \"api:unknown\"\n\"GET /me\" = \"openid\"\n\
         \"GET /api/read\" = \"api:read\"\n\"GET /api/write\" = \"api:write\"\n\
         [client.c]\nissuer = \"{issuer}\"\nclient_id = \"{client}\"\n{more}\n"
    )
}

pub(crate) fn context(issuer: &str, api: &str, audience: Option<&str>, client: &str, more: &str) -> Context {
    let source = manifest(issuer, api, audience, client, more);
    Context::from_source("test", &source).unwrap_or_else(|problem| panic!("{:?} in {source}", problem.findings))
}

/// Runs the program in a folder with that manifest and the servers' keys, with nothing kept.
pub(crate) fn cli(manifest: &str, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Output {
    let certificate = folder().join("oidc-provider/certs/ca.crt").to_string_lossy().into_owned();
    let trusting = ["--trust-manifest", "--store", "memory", "--ca-file", &certificate];
    program(manifest, &[arguments, &trusting].concat(), environment, input)
}

/// The same with these arguments alone.
pub(crate) fn program(manifest: &str, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Output {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("tokscope.toml"), manifest).unwrap();
    let certificates = folder().join("oidc-provider/certs");
    for name in ["client.key.pem", "mtls.key", "mtls.crt"] {
        let copy = place.path().join(name);
        std::fs::copy(certificates.join(name), &copy).unwrap();
        // a private key that others can read is refused
        std::fs::set_permissions(copy, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let mut command = program::tokscope();
    command
        .args(arguments)
        .current_dir(place.path())
        .env("XDG_DATA_HOME", place.path())
        .env("XDG_STATE_HOME", place.path())
        .env_remove("CI")
        .envs(environment.iter().copied());
    program::output(&mut command, input)
}
