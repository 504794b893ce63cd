//! `gateway serve`: listening, the control socket, changes of the manifest.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{Response, World};
use crate::support::{demand, text};

/// A gateway that serves, and the lines that it reports.
struct Served<'w> {
    world: &'w World,
    child: Child,
    reports: BufReader<std::process::ChildStderr>,
}

impl<'w> Served<'w> {
    fn start(world: &'w World, options: &[&str]) -> Self {
        let mut arguments = vec!["gateway", "serve"];
        arguments.extend(options);
        let mut child = world.home.tokscope(&arguments).spawn().unwrap();
        let reports = BufReader::new(child.stderr.take().unwrap());
        let mut served = Self { world, child, reports };
        served.wait_for("ready;");
        served
    }

    /// Reads reports until one of them has this text.
    fn wait_for(&mut self, wanted: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            assert!(self.reports.read_line(&mut line).unwrap() > 0, "no `{wanted}` in: {all}");
            if line.contains(wanted) {
                return line;
            }
            all.push_str(&line);
        }
    }

    /// The value of a variable for callers.
    fn variable(&self, name: &str) -> String {
        let printed = demand(&self.world.home.run(&["gateway", "env"]), 0);
        let start = format!("export {name}=");
        printed.lines().find_map(|line| line.strip_prefix(&start)).unwrap().to_owned()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&demand(&self.world.home.run(&["gateway", "status"]), 0)).unwrap()
    }

    fn get(&self, path: &str) -> Response {
        self.get_with(path, "Authorization: Bearer ")
    }

    /// Sends the placeholder after this start of a field.
    fn get_with(&self, path: &str, field: &str) -> Response {
        let (base, token) = (self.variable("ORDERS_BASE_URL"), self.variable("ORDERS_TOKEN"));
        let authority = base.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let mut stream = std::net::TcpStream::connect(authority).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\n{field}{token}\r\n\r\n").unwrap();
        Response::read(&mut stream)
    }

    fn stop(mut self) {
        demand(&self.world.home.run(&["gateway", "stop"]), 0);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_served_gateway_is_described_and_stopped_over_its_control_socket() {
    let world = World::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen = format!("orders=127.0.0.1:{port}");
    let served = Served::start(&world, &["--listen", &listen]);
    assert_eq!(served.variable("ORDERS_BASE_URL"), format!("http://127.0.0.1:{port}/v1"));
    assert_eq!(served.get("/v1/orders").status, 200);
    let status = served.status();
    assert_eq!((&status["schema"], &status["mode"]), (&"tokscope.gateway-status/v1".into(), &"enforce".into()));
    assert_eq!((&status["apis"][0]["api"], &status["apis"][0]["requests"]), (&"orders".into(), &1.into()));
    assert!(!status.to_string().contains("tokscope_gw_"), "{status}");
    let control = world.home.path().join("state/tokscope/gateway");
    assert_eq!(control.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    // a second one of the same name
    let second = world.home.run(&["gateway", "serve"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(text(&second.stderr).contains("already listens"), "{}", text(&second.stderr));
    served.stop();
    let output = world.home.run(&["gateway", "status"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no gateway `default` is running"), "{}", text(&output.stderr));
    let printed = demand(&world.home.run(&["audit", "log"]), 0);
    assert!(printed.contains("gateway.started") && printed.contains("gateway.stopped"), "{printed}");
}

#[test]
fn a_unix_socket_identifies_its_callers() {
    let world = World::new();
    let folder = world.home.path().join("sockets");
    let served = Served::start(&world, &["--sockets", folder.to_str().unwrap()]);
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let ask = |fields: &str| {
        let mut stream = UnixStream::connect(folder.join("orders.sock")).unwrap();
        write!(stream, "GET /v1/orders HTTP/1.1\r\n{fields}\r\n").unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(ask("Host: localhost\r\n"), "200");
    assert_eq!(ask("Host: localhost\r\nAuthorization: Bearer x\r\n"), "401");
    assert_eq!(ask("Host: elsewhere\r\n"), "421");
    assert_eq!(ask("Host: localhost\r\nOrigin: https://evil.example\r\n"), "403");
    served.stop();
    assert_eq!(world.upstream.take().len(), 1);
}

#[test]
fn a_changed_manifest_is_used_at_once_unless_it_allows_more() {
    let world = World::new();
    let mut served = Served::start(&world, &[]);
    assert_eq!(served.get("/v1/orders").status, 200);
    let path = world.home.path().join("tokscope.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    let narrower = before.replace("\"GET /orders\"         = \"orders:read\"\n", "");
    world.home.write("tokscope.toml", &narrower);
    served.wait_for("the changed manifest is in use");
    assert_eq!(served.get("/v1/orders").code(), "endpoint-unknown");
    world.home.write("tokscope.toml", &before);
    let line = served.wait_for("allows more");
    assert!(line.contains("endpoint-added") && line.contains("tokscope gateway reload"), "{line}");
    assert_eq!(served.get("/v1/orders").code(), "endpoint-unknown");
    assert!(served.status()["pending"].is_string());
    assert_eq!(demand(&world.home.run(&["gateway", "reload"]), 0), "the changed manifest is in use\n");
    assert_eq!(served.get("/v1/orders").status, 200);
    // other destinations need trust, whoever asks
    world.home.write("tokscope.toml", &before.replace("/v1\"", "/v2\""));
    let line = served.wait_for("not trusted");
    assert!(line.contains("not in use"), "{line}");
    assert!(demand(&world.home.run(&["gateway", "reload"]), 0).contains("not trusted"));
    assert_eq!(served.get("/v1/orders").status, 200);
    world.home.write("tokscope.toml", "[api.orders");
    served.wait_for("not valid");
    assert_eq!(served.get("/v1/orders").status, 200);
    served.stop();
}

#[test]
fn the_field_of_the_token_follows_a_changed_manifest() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    assert_eq!(served.get_with("/v1/orders", "X-Api-Token: ").code(), "placeholder-missing");
    world.manifest("token_header = \"X-Api-Token\"\n");
    demand(&world.home.run(&["gateway", "reload"]), 0);
    let response = served.get_with("/v1/orders", "X-Api-Token: ");
    assert_eq!(response.status, 200, "{}", response.text());
    served.stop();
    assert!(world.upstream.take()[0].field("x-api-token").is_some_and(|token| token.starts_with(&world.server.needle)));
}

#[test]
fn addresses_must_be_of_one_interface_and_of_an_api() {
    let world = World::new();
    for (listen, message) in [
        ("0.0.0.0:0", "is not one address"),
        ("nothing=127.0.0.1:0", "no API `nothing`"),
        ("localhost:80", "must be an IP address"),
    ] {
        let output = world.home.run(&["gateway", "serve", "--listen", listen]);
        assert_eq!(output.status.code(), Some(2), "{listen}");
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
}

#[test]
fn the_end_of_a_gateway_leaves_no_socket_behind() {
    let world = World::new();
    let mut child = world.home.tokscope(&["gateway", "serve"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut reports = BufReader::new(child.stderr.take().unwrap());
    while !line.contains("ready;") {
        line.clear();
        reports.read_line(&mut line).unwrap();
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!world.home.path().join("state/tokscope/gateway/default.sock").exists());
}
