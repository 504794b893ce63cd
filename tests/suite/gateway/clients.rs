//! Programs that run under a gateway: their exit, signals and proxies.

use std::process::Stdio;

use super::World;
use crate::support::{demand, text};

#[test]
fn curl_works_unchanged_and_with_a_proxy_in_the_environment() {
    let mut world = World::new();
    world.home.variables.insert("http_proxy", "http://127.0.0.1:1".to_owned());
    world.home.variables.insert("no_proxy", "corp.example".to_owned());
    let script = "echo $no_proxy; curl -sS -H \"Authorization: Bearer $ORDERS_TOKEN\" $ORDERS_BASE_URL/orders";
    let output = world.home.run(&["gateway", "run", "--", "sh", "-c", script]);
    assert_eq!(demand(&output, 0), "corp.example,127.0.0.1,localhost,::1\nok");
    assert_eq!(world.upstream.take().len(), 1);
}

#[test]
fn the_exit_code_and_signals_are_those_of_the_program() {
    let world = World::new();
    for (arguments, code) in [
        (&["sh", "-c", "exit 3"][..], 3),
        (&["sh", "-c", "kill -TERM $$"], 143),
        (&["/nonexistent/program"], 127),
        (&["/"], 126),
    ] {
        let mut all = vec!["gateway", "run", "--"];
        all.extend(arguments);
        let output = world.home.run(&all);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    }
    let script = "trap 'echo ended; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child =
        world.home.tokscope(&["gateway", "run", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert_eq!(line, "ready\n");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5), "the program decides how it ends");
}

#[test]
fn what_can_not_work_is_refused_before_the_program_starts() {
    let world = World::new();
    for (options, code, message) in
        [(&["--client", "nobody"][..], 2, "no client `nobody`"), (&["--api", "nothing"], 2, "no API `nothing`")]
    {
        let mut all = vec!["gateway", "run"];
        all.extend(options);
        all.extend(["--", "sh", "-c", "echo started"]);
        let output = world.home.run(&all);
        assert_eq!(output.status.code(), Some(code));
        assert!(text(&output.stderr).contains(message) && output.stdout.is_empty(), "{}", text(&output.stderr));
    }
    let manifest = std::fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap();
    world.home.write("tokscope.toml", &manifest.replace("/v1\"", "/v2\"").replace("127.0.0.1", "127.0.0.2"));
    let output = world.home.run(&["gateway", "run", "--", "sh", "-c", "echo started"]);
    assert!(output.status.code() == Some(5) && output.stdout.is_empty(), "untrusted: {}", text(&output.stderr));
}

#[test]
fn placeholders_are_recognized() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    let output = world.home.run(&["decode", &gateway.token]);
    let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(shown.contains("gateway placeholder"), "{shown}");
    let log = format!("a line\nwith {} in it\n", gateway.token);
    let output = crate::program::output(&mut world.home.tokscope(&["decode", "--scan"]), log);
    let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(shown.contains("gateway placeholder of tokscope"), "{shown}");
    gateway.end();
}
