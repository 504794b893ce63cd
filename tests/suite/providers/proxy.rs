//! A proxy that answers in place of every `https` server, so that presets are tested with their real URLs.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use url::form_urlencoded;

/// A request that arrived, without its query.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) method: String,
    pub(super) url: String,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Received {
    /// Returns the parameters of a form or of a JSON object.
    pub(super) fn parameters(&self) -> BTreeMap<String, String> {
        match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&self.body) {
            Ok(object) => object
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect(),
            Err(_) => form_urlencoded::parse(self.body.as_bytes()).into_owned().collect(),
        }
    }
}

/// A response: status, content type, body, further header fields.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(body: &str) -> Self {
        Self { status: 200, content_type: "application/json".to_owned(), body: body.to_owned() }
    }

    pub(super) fn missing() -> Self {
        Self { status: 404, content_type: "text/plain".to_owned(), body: "not found".to_owned() }
    }
}

type Respond = dyn Fn(&Received) -> Answer + Send + Sync;

/// The proxy. It runs until the process ends.
pub(super) struct Proxy {
    pub(super) address: String,
    /// Certificate of its authority, in PEM.
    pub(super) authority: String,
    received: Arc<Mutex<Vec<Received>>>,
    respond: Arc<Mutex<Box<Respond>>>,
}

impl Proxy {
    pub(super) fn start() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "tokscope tests");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = parameters.self_signed(&key).unwrap().pem();
        let issuer = Arc::new(Issuer::new(parameters, key));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let respond: Arc<Mutex<Box<Respond>>> = Arc::new(Mutex::new(Box::new(|_| Answer::missing())));
        let proxy = Self { address, authority, received: Arc::clone(&received), respond: Arc::clone(&respond) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (issuer, received, respond) = (Arc::clone(&issuer), Arc::clone(&received), Arc::clone(&respond));
                std::thread::spawn(move || {
                    let _ = serve(stream.unwrap(), &issuer, &received, &respond);
                });
            }
        });
        proxy
    }

    pub(super) fn answer(&self, respond: impl Fn(&Received) -> Answer + Send + Sync + 'static) {
        *self.respond.lock().unwrap() = Box::new(respond);
    }

    /// Returns the requests since the last time.
    pub(super) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    issuer: &Issuer<'static, KeyPair>,
    received: &Mutex<Vec<Received>>,
    respond: &Mutex<Box<Respond>>,
) -> std::io::Result<()> {
    let head = head(&mut stream)?;
    let host = head.split_whitespace().nth(1).and_then(|target| target.strip_suffix(":443")).unwrap_or_default();
    stream.write_all(b"HTTP/1.1 200 connected\r\n\r\n")?;
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
    let request = read(&mut stream, host)?;
    received.lock().unwrap().push(request.clone());
    let answer = respond.lock().unwrap()(&request);
    write!(
        stream,
        "HTTP/1.1 {} Answer\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        answer.status,
        answer.content_type,
        answer.body.len(),
        answer.body
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Reads up to the empty line.
fn head(stream: &mut impl std::io::Read) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn read(stream: &mut impl std::io::Read, host: &str) -> std::io::Result<Received> {
    let head = head(stream)?;
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let path = target.split('?').next().unwrap_or_default();
    Ok(Received {
        method,
        url: format!("https://{host}{path}"),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
