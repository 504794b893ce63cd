//! `gateway`: programs call an API through it, which reports what it received.

mod approvals;
mod attacks;
mod clients;
mod demo;
mod dpop;
mod learning;
mod mcp;
mod serving;
mod streams;
mod tokens;
mod upgrade;
pub(crate) mod upstream;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use self::upstream::Upstream;
use crate::support::{Home, MockServer, demand, server, text};

/// An authorization server, an API, and a home with a manifest of both.
pub(crate) struct World {
    pub(crate) server: Arc<MockServer>,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) home: Home,
}

impl World {
    pub(crate) fn new() -> Self {
        let (server, upstream) = (server(), Upstream::start());
        let home = Home::new(&server);
        let world = Self { server, upstream, home };
        world.manifest("");
        world
    }

    /// Writes and trusts the manifest, with these lines at its end.
    pub(crate) fn manifest(&self, more: &str) {
        let (issuer, api) = (&self.server.origin, &self.upstream.origin);
        let text = format!(
            r#"[api.orders]
base_url = "{api}/v1"
issuer   = "{issuer}"
[api.orders.scopes]
"orders:read"   = {{ risk = "low" }}
"orders:write"  = {{ risk = "high" }}
"orders:delete" = {{ risk = "critical" }}
[api.orders.endpoints]
"GET /orders"         = "orders:read"
"GET /orders/{{id}}"    = "orders:read"
"POST /orders"        = "orders:write"
"DELETE /orders/{{id}}" = ["orders:read", "orders:delete"]
"GET /files/{{+path}}"  = "orders:read"
"PUT /files/{{+path}}"  = "orders:write"
"GET /health"         = []
[client.machine]
issuer      = "{issuer}"
client_id   = "machine"
grants      = ["client_credentials"]
secret      = {{ env = "CLIENT_SECRET" }}
may_request = ["orders:read", "orders:write"]
{more}"#
        );
        self.home.write("tokscope.toml", &text);
        demand(&self.home.run(&["trust", "--yes"]), 0);
    }

    pub(crate) fn gateway(&self, options: &[&str]) -> Running {
        Running::start(&self.home, options)
    }

    /// The records of requests through the gateway.
    pub(crate) fn records(&self) -> Vec<Value> {
        let printed = demand(&self.home.run(&["audit", "log", "--json"]), 0);
        let lines = printed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|record| record["event"] == "gateway.request").collect()
    }
}

/// A gateway whose program waits for a line of input.
pub(crate) struct Running {
    child: Child,
    pub(crate) authority: String,
    pub(crate) base_url: String,
    pub(crate) token: String,
    /// The environment of the program.
    pub(crate) environment: String,
}

impl Running {
    pub(crate) fn start(home: &Home, options: &[&str]) -> Self {
        let mut arguments = vec!["gateway", "run"];
        arguments.extend(options);
        arguments.extend(["--", "sh", "-c", "env; echo; read line; exit 7"]);
        let mut child = home.tokscope(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut environment = String::new();
        while !environment.ends_with("\n\n") {
            if out.read_line(&mut environment).unwrap() == 0 {
                let output = child.wait_with_output().unwrap();
                panic!("the gateway ended: {}", text(&output.stderr));
            }
        }
        let variable = |name: &str| {
            let start = format!("{name}=");
            environment.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().to_owned()
        };
        let base_url = variable("ORDERS_BASE_URL");
        let token = variable("ORDERS_TOKEN");
        let authority = base_url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
        Self { child, authority, base_url, token, environment }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.authority).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// The fields that every request needs.
    pub(crate) fn own(&self) -> String {
        format!("Host: {}\r\nAuthorization: Bearer {}\r\n", self.authority, self.token)
    }

    /// Sends a request with the placeholder and these further lines, and reads the response.
    pub(crate) fn request(&self, method: &str, target: &str, more: &str, body: &[u8]) -> Response {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head = format!("{method} {target} HTTP/1.1\r\n{}{length}{more}\r\n", self.own());
        self.raw(&[head.as_bytes(), body].concat())
    }

    pub(crate) fn get(&self, target: &str) -> Response {
        self.request("GET", target, "", b"")
    }

    /// Sends these bytes, and reads the response.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Response {
        let mut stream = self.connect();
        // a request that is refused may not be read to its end
        let _ = stream.write_all(bytes);
        Response::read(&mut stream)
    }

    /// Ends the program, and returns what the gateway reported.
    pub(crate) fn end(mut self) -> String {
        self.child.stdin.take().unwrap().write_all(b"\n").unwrap();
        let output = self.child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(7), "the exit code is that of the program: {}", text(&output.stderr));
        text(&output.stderr)
    }
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn read(stream: &mut TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let (mut status, mut fields) = (100, Vec::new());
        while status == 100 {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{line:?}"));
            fields.clear();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim_end().split_once(':') else { break };
                fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let mut response = Self { status, fields, body: Vec::new() };
        if response.field("transfer-encoding").is_some() {
            loop {
                let mut size = String::new();
                if reader.read_line(&mut size).unwrap() == 0 {
                    break;
                }
                let size = usize::from_str_radix(size.trim(), 16).unwrap();
                let mut chunk = vec![0; size + 2];
                if size == 0 {
                    let mut trailer = String::new();
                    while reader.read_line(&mut trailer).unwrap() > 2 {
                        let (name, value) = trailer.trim_end().split_once(':').unwrap();
                        response.fields.push((format!("trailer:{name}"), value.trim().to_owned()));
                        trailer.clear();
                    }
                    break;
                }
                reader.read_exact(&mut chunk).unwrap();
                response.body.extend_from_slice(&chunk[..size]);
            }
        } else if let Some(length) = response.field("content-length").and_then(|value| value.parse().ok()) {
            response.body = vec![0; length];
            reader.read_exact(&mut response.body).unwrap();
        }
        response
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        text(&self.body)
    }

    /// The code of a response of the gateway itself; empty for one of the API.
    pub(crate) fn code(&self) -> &str {
        self.field("tokscope-code").unwrap_or_default()
    }

    /// The body of a JSON response that is not a problem document.
    pub(crate) fn problemless(&self) -> Value {
        assert_eq!(self.field("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn problem(&self) -> Value {
        assert_eq!(self.field("content-type"), Some("application/problem+json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }
}
