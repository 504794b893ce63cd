//! The decision endpoint behind Envoy, beside an empty hyper server behind the same Envoy: requests per second and latency.
//!
//! `cargo bench --bench authorize` needs Envoy: `ENVOY` names it, or `tests/engines/.venv/bin/envoy` is used (see `.ci/run`).
//! Both servers run in processes of their own, with one Envoy in front that sends each request to one of them by its path. The
//! rounds alternate, so that a slowdown of the machine affects both. Keys and token cache are warm, and Envoy responds itself
//! after the check. A line per server: requests per second, p50 and p99 in milliseconds, and the ratios.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench prints, and ends when it can't go on"
)]

use std::convert::Infallible;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokscope::app::{SigningSource, TestTokenRequest, sign_test_token};

/// Connections.
const CONNECTIONS: usize = 64;

/// Rounds, and the time of each server in one.
const ROUNDS: usize = 6;
const ROUND: Duration = Duration::from_secs(3);

const ISSUER: &str = "https://login.example.com";
const AUDIENCE: &str = "https://api.example.com";

/// Ends its process with it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves 200 without a body, as a process of its own. Prints its address.
fn empty_server() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = stream.set_nodelay(true);
            tokio::spawn(async move {
                let service = service_fn(|_: Request<hyper::body::Incoming>| async {
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
}

/// Starts a server that prints its address.
fn start(command: &mut Command) -> (Process, u16) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
    (Process(child), port.unwrap_or_else(|| panic!("no address: {line:?}")))
}

/// Manifest, keys and a token in a folder.
fn prepare(folder: &Path) -> String {
    let manifest = format!(
        "[api.orders]\nbase_url = \"https://api.example.com\"\nissuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\n\
         [api.orders.scopes]\n\"orders:read\" = {{}}\n[api.orders.endpoints]\n\"GET /orders/{{id}}\" = \"orders:read\"\n"
    );
    fs::write(folder.join("tokscope.toml"), manifest).unwrap();
    let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "scope": "orders:read profile", "sub": "alice" });
    let Value::Object(claims) = claims else { return String::new() };
    let header = Map::from_iter([("typ".to_owned(), json!("at+jwt"))]);
    let key = SigningSource::Generated { algorithm: "RS256".to_owned(), save: Some(folder.join("key.pem")) };
    let request = TestTokenRequest { claims, header, key };
    let made = sign_test_token(&request, jiff::Timestamp::now()).unwrap();
    fs::write(folder.join("jwks.json"), made.key_set.unwrap().to_string()).unwrap();
    made.token.expose().to_owned()
}

/// Configuration of Envoy with two listeners, each of which asks one server and then responds itself.
fn envoy(ports: [(u16, u16); 2]) -> Value {
    let kind = |name: &str| format!("type.googleapis.com/envoy.{name}");
    let name = |server: u16| format!("server-{server}");
    let cluster = |server: u16| {
        json!({ "name": name(server), "type": "STATIC", "connect_timeout": "1s", "load_assignment": {
            "cluster_name": name(server), "endpoints": [{ "lb_endpoints": [
                { "endpoint": { "address": { "socket_address": { "address": "127.0.0.1", "port_value": server } } } }] }] } })
    };
    let listener = |(port, server): (u16, u16)| {
        let filter = json!({
            "@type": kind("extensions.filters.http.ext_authz.v3.ExtAuthz"), "status_on_error": { "code": "ServiceUnavailable" },
            "http_service": {
                "server_uri": { "uri": format!("http://127.0.0.1:{server}"), "cluster": name(server), "timeout": "2s" },
                "authorization_response": { "allowed_upstream_headers": { "patterns": [{ "prefix": "x-tokscope-" }] } },
            },
        });
        let manager = json!({
            "@type": kind("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"), "stat_prefix": "x",
            "route_config": { "virtual_hosts": [{ "name": "v", "domains": ["*"], "routes": [
                { "match": { "prefix": "/" }, "direct_response": { "status": 200 } }] }] },
            "http_filters": [
                { "name": "envoy.filters.http.ext_authz", "typed_config": filter },
                { "name": "envoy.filters.http.router", "typed_config": { "@type": kind("extensions.filters.http.router.v3.Router") } },
            ],
        });
        json!({
            "name": name(server),
            "address": { "socket_address": { "address": "127.0.0.1", "port_value": port } },
            "filter_chains": [{ "filters": [{ "name": "envoy.filters.network.http_connection_manager", "typed_config": manager }] }],
        })
    };
    json!({ "static_resources": {
        "listeners": ports.map(listener),
        "clusters": ports.map(|(_, server)| cluster(server)),
    } })
}

/// Sends requests on all connections for a time, and returns their latencies in seconds.
fn load(port: u16, token: &str, time: Duration) -> Vec<f64> {
    let request =
        format!("GET /orders/7 HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes();
    let end = Instant::now() + time;
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let one = || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut latencies = Vec::new();
            let mut buffer = [0; 4096];
            while Instant::now() < end {
                let begin = Instant::now();
                stream.write_all(&request).unwrap();
                let mut seen = 0;
                while !buffer[..seen].windows(4).any(|bytes| bytes == b"\r\n\r\n") {
                    let count = stream.read(&mut buffer[seen..]).unwrap();
                    assert!(count > 0, "the connection was closed");
                    seen += count;
                }
                latencies.push(begin.elapsed().as_secs_f64());
                let head = String::from_utf8_lossy(&buffer[..seen]);
                assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            }
            latencies
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(one)).collect();
        for thread in threads {
            all.extend(thread.join().unwrap());
        }
    });
    all
}

/// Requests per second, p50 and p99 in milliseconds.
fn figures(latencies: &mut [f64], seconds: f64) -> [f64; 3] {
    latencies.sort_by(f64::total_cmp);
    let at = |share: usize| latencies.get(latencies.len() * share / 100).copied().unwrap_or_default() * 1e3;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = latencies.len() as f64;
    [count / seconds, at(50), at(99)]
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn main() {
    if std::env::args().any(|argument| argument == "--empty-server") {
        return empty_server();
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/.venv/bin/envoy");
    let program = std::env::var_os("ENVOY").map_or(own, PathBuf::from);
    if !program.exists() {
        println!("not measured: Envoy is not installed; name it in ENVOY");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let token = prepare(folder.path());
    let state = folder.path().join("state");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
    command.args(["gateway", "authorize", "--adapter", "native", "--trust-manifest", "--keys", "jwks.json"]);
    command.args(["--listen", "127.0.0.1:0"]).current_dir(folder.path());
    command.env("XDG_STATE_HOME", &state).env("XDG_DATA_HOME", &state).env_remove("TOKSCOPE_MANIFEST");
    let (_tokscope, authorize) = start(&mut command);
    let (_empty, empty) = start(Command::new(std::env::current_exe().unwrap()).arg("--empty-server"));
    let ports = [(free_port(), empty), (free_port(), authorize)];
    fs::write(folder.path().join("envoy.json"), envoy(ports).to_string()).unwrap();
    let mut command = Command::new(program);
    command.args(["-c", "envoy.json", "--use-dynamic-base-id", "-l", "error", "--concurrency", "1"]);
    let child = command.current_dir(folder.path()).stdin(Stdio::null()).spawn().unwrap();
    let _engine = Process(child);
    for (port, _) in ports {
        let is_up = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(is_up, "Envoy does not listen");
        load(port, &token, Duration::from_millis(500));
    }
    let mut latencies = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for ((port, _), all) in ports.iter().zip(&mut latencies) {
            all.extend(load(*port, &token, ROUND));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few rounds")]
    let seconds = ROUND.as_secs_f64() * ROUNDS as f64;
    let [plain, own] = latencies.each_mut().map(|all| figures(all, seconds));
    for (name, [rate, p50, p99]) in [("empty hyper server", plain), ("gateway authorize", own)] {
        println!("{name:20} {rate:8.0} requests/s   p50 {p50:6.2} ms   p99 {p99:6.2} ms");
    }
    println!("requests/s: {:.0} % of the empty server; p99: {:.2} times", own[0] / plain[0] * 100.0, own[2] / plain[2]);
}
