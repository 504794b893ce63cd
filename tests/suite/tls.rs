//! Untrusted servers receive nothing, and `--ca-file` trusts a private CA. The
//! certificates are generated for each run.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A certificate authority.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = parameters.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(parameters, key) }
    }

    fn server(&self, certificate: CertificateParams) -> Server {
        self.leading(certificate, None)
    }

    /// A server that names another one as its authorization server.
    fn leading(&self, certificate: CertificateParams, to: Option<String>) -> Server {
        let key = KeyPair::generate().unwrap();
        let signed = certificate.signed_by(&key, &self.issuer).unwrap();
        Server::start(signed.der().clone(), &key, to)
    }
}

fn certificate(host: &str) -> CertificateParams {
    CertificateParams::new(vec![host.to_owned()]).unwrap()
}

/// An authorization server with `https`.
struct Server {
    issuer: String,
    /// Requests that came through: a handshake that fails brings none.
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn start(certificate: CertificateDer<'static>, key: &KeyPair, leads_to: Option<String>) -> Self {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
        let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let requests = Arc::<AtomicUsize>::default();
        let server = Self { issuer: issuer.clone(), requests: Arc::clone(&requests) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream.unwrap());
                let mut request = Vec::new();
                let mut some = [0; 4096];
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut some) {
                        Ok(count) if count > 0 => request.extend_from_slice(&some[..count]),
                        _ => break,
                    }
                }
                let Some(line) = String::from_utf8_lossy(&request).lines().next().map(str::to_owned) else { continue };
                requests.fetch_add(1, Ordering::SeqCst);
                let body = match &leads_to {
                    Some(to) => format!(r#"{{"resource":"{issuer}","authorization_servers":["{to}"]}}"#),
                    None if line.starts_with("POST /token ") => {
                        r#"{"access_token":"t","token_type":"Bearer","scope":"read"}"#.to_owned()
                    }
                    None => format!(r#"{{"issuer":"{issuer}","token_endpoint":"{issuer}/token"}}"#),
                };
                let length = body.len();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n");
                let _ = stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        });
        server
    }

    /// Obtains a token from it, trusting these authorities as well.
    fn token(&self, authorities: Option<&str>) -> Output {
        let folder = tempfile::tempdir().unwrap();
        let manifest = format!(
            "[api.a]\nbase_url = \"{0}/api\"\nissuer = \"{0}\"\n[api.a.scopes]\nread = {{}}\n[api.a.endpoints]\n\
             \"GET /a\" = \"read\"\n[client.c]\nissuer = \"{0}\"\nclient_id = \"c\"\ngrants = [\"client_credentials\"]\n\
             secret = {{ env = \"CLIENT_SECRET\" }}\n",
            self.issuer
        );
        std::fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
        command.args(["token", "-e", "GET /a", "--trust-manifest", "--store", "memory"]);
        if let Some(pem) = authorities {
            std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
            command.args(["--ca-file", "ca.pem"]);
        }
        command
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("CLIENT_SECRET", "a secret that must not be seen")
            .env_remove("TOKSCOPE_CA_FILE")
            .env_remove("SSL_CERT_FILE")
            .stdin(Stdio::null());
        command.output().unwrap()
    }

    /// That it got nothing, and that the error says why.
    fn gets_nothing(&self, authorities: Option<&str>, why: &str) {
        let output = self.token(authorities);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{why}: {said}");
        assert!(said.to_lowercase().contains(why), "`{why}` is not in: {said}");
        assert_eq!(self.requests.load(Ordering::SeqCst), 0, "{why}");
    }
}

#[test]
fn a_private_ca_is_trusted_with_ca_file() {
    let authority = Authority::new("company");
    let server = authority.server(certificate("localhost"));
    server.gets_nothing(None, "unknownissuer");
    server.gets_nothing(None, "with `--ca-file`");
    let output = server.token(Some(&authority.pem));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "t\n", "{}", String::from_utf8_lossy(&output.stderr));
    assert!(server.requests.load(Ordering::SeqCst) >= 2, "metadata and token");
}

#[test]
fn discovery_asks_before_it_contacts_local_addresses() {
    let authority = Authority::new("company");
    let inner = authority.server(certificate("localhost"));
    let outer = authority.leading(certificate("localhost"), Some(inner.issuer.clone()));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
    let discover = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
        command.args(["discover", &outer.issuer, "--ca-file", "ca.pem"]).args(arguments);
        command.current_dir(folder.path()).env("HOME", folder.path()).env_remove("SSL_CERT_FILE").stdin(Stdio::null());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = discover(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("not followed") && said.contains("loopback") && said.contains("--follow-private"), "{said}");
    assert_eq!(inner.requests.load(Ordering::SeqCst), 0);
    let (code, said) = discover(&["--follow-private"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(inner.requests.load(Ordering::SeqCst) > 0);
}

#[test]
fn an_untrusted_server_receives_nothing() {
    let (authority, other) = (Authority::new("company"), Authority::new("other"));
    let trusted = Some(authority.pem.as_str());
    other.server(certificate("localhost")).gets_nothing(trusted, "unknownissuer");
    authority.server(certificate("other.test")).gets_nothing(trusted, "not valid for name");
    authority.server(certificate("127.0.0.1")).gets_nothing(trusted, "not valid for name");
    let mut expired = certificate("localhost");
    (expired.not_before, expired.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    authority.server(expired).gets_nothing(trusted, "certificate expired");
    let mut early = certificate("localhost");
    (early.not_before, early.not_after) = (date_time_ymd(2190, 1, 1), date_time_ymd(2191, 1, 1));
    authority.server(early).gets_nothing(trusted, "not valid yet");
    let key = KeyPair::generate().unwrap();
    let own = certificate("localhost").self_signed(&key).unwrap();
    Server::start(own.der().clone(), &key, None).gets_nothing(trusted, "unknownissuer");
}

#[test]
fn a_self_signed_certificate_in_the_ca_file_works_unless_it_is_a_ca_certificate() {
    let own = |is_ca: IsCa| {
        let mut certificate = certificate("localhost");
        certificate.is_ca = is_ca;
        let key = KeyPair::generate().unwrap();
        let signed = certificate.self_signed(&key).unwrap();
        (Server::start(signed.der().clone(), &key, None), signed.pem())
    };
    let (server, pem) = own(IsCa::ExplicitNoCa);
    let output = server.token(Some(&pem));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let (server, pem) = own(IsCa::Ca(BasicConstraints::Unconstrained));
    let output = server.token(Some(&pem));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the server uses a CA certificate as its own") && !said.contains("--ca-file"), "{said}");
}

#[test]
fn requests_use_the_proxy_of_the_environment() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://user:needle@{}", proxy.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut some = [0; 4096];
        let count = stream.read(&mut some).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        String::from_utf8_lossy(&some[..count]).into_owned()
    });
    let output = Command::new(env!("CARGO_BIN_EXE_tokscope"))
        .args(["discover", "https://login.test"])
        .env("HTTPS_PROXY", address)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(asked.join().unwrap().starts_with("CONNECT login.test:443 HTTP/1.1"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.contains("needle")), (Some(1), false), "{said}");
    assert!(said.contains("from `HTTPS_PROXY` refuses the connection"), "{said}");
}

#[test]
fn proxies_with_an_unknown_scheme_are_refused_by_name() {
    let discover = |exceptions: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["discover", "https://login.test"])
            .env("HTTPS_PROXY", "socks://127.0.0.1:1")
            .env("NO_PROXY", exceptions)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = discover("");
    assert!(code == Some(1) && said.contains("`HTTPS_PROXY` has the scheme `socks`, which is not supported"), "{said}");
    let (_, said) = discover("login.test");
    assert!(!said.contains("not supported"), "{said}");
}

#[test]
fn certificate_checks_cannot_be_disabled() {
    let server = Authority::new("company").server(certificate("localhost"));
    for option in ["--insecure", "-k", "--no-verify", "--danger-accept-invalid-certs"] {
        let output = Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["discover", &server.issuer, option])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{option}");
    }
    assert_eq!(server.requests.load(Ordering::SeqCst), 0);
}
