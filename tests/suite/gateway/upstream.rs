//! An API that reports what it received, byte for byte.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    /// In their order, names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the connection ended before the body.
    pub(crate) cut: bool,
}

impl Received {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn bearer(&self) -> &str {
        self.field("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

type Respond = dyn Fn(&Received, &mut TcpStream) + Send + Sync;

/// The API, with the requests that it received.
pub(crate) struct Upstream {
    pub(crate) origin: String,
    received: Mutex<Vec<Received>>,
    responses: Mutex<HashMap<String, Arc<Respond>>>,
}

impl Upstream {
    /// Serves until the process ends. Answers 200 unless told otherwise.
    pub(crate) fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Arc::new(Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            received: Mutex::default(),
            responses: Mutex::default(),
        });
        let served = Arc::clone(&upstream);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || served.connection(stream));
            }
        });
        upstream
    }

    /// Answers requests of this path like this from now on.
    pub(crate) fn respond(&self, path: &str, respond: impl Fn(&Received, &mut TcpStream) + Send + Sync + 'static) {
        self.responses.lock().unwrap().insert(path.to_owned(), Arc::new(respond));
    }

    /// Answers requests of this path with these bytes.
    pub(crate) fn answer(&self, path: &str, response: &str) {
        let response = response.to_owned();
        self.respond(path, move |_, stream| drop(stream.write_all(response.as_bytes())));
    }

    /// What was received since the last time.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    fn connection(&self, mut stream: TcpStream) {
        let mut buffer = Vec::new();
        while let Some(request) = read_request(&mut stream, &mut buffer) {
            self.received.lock().unwrap().push(request.clone());
            if request.cut {
                return;
            }
            let path = request.target.split('?').next().unwrap_or_default().to_owned();
            let respond = self.responses.lock().unwrap().get(&path).cloned();
            match respond {
                Some(respond) => respond(&request, &mut stream),
                None => drop(
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"),
                ),
            }
        }
    }
}

fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    let mut chunk = vec![0; 65536];
    match stream.read(&mut chunk) {
        Ok(count) if count > 0 => {
            buffer.extend_from_slice(&chunk[..count]);
            true
        }
        _ => false,
    }
}

fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Received> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if !fill(stream, buffer) {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end + 4);
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = Received { method, target, fields, body: Vec::new(), cut: false };
    if request.field("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        request.cut = !read_chunked(stream, buffer, &mut request);
    } else if let Some(length) = request.field("content-length").and_then(|value| value.parse::<usize>().ok()) {
        while buffer.len() < length && fill(stream, buffer) {}
        request.cut = buffer.len() < length;
        request.body = buffer.drain(..length.min(buffer.len())).collect();
    }
    Some(request)
}

fn read_line(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let end = loop {
        if let Some(at) = buffer.windows(2).position(|window| window == b"\r\n") {
            break at;
        }
        if !fill(stream, buffer) {
            return None;
        }
    };
    let line = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end + 2);
    Some(line)
}

/// Reads a chunked body with its trailers, which become fields. Returns whether it is complete.
fn read_chunked(stream: &mut TcpStream, buffer: &mut Vec<u8>, request: &mut Received) -> bool {
    loop {
        let Some(size) = read_line(stream, buffer) else { return false };
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else { return false };
        if size == 0 {
            loop {
                match read_line(stream, buffer) {
                    None => return false,
                    Some(line) if line.is_empty() => return true,
                    Some(line) => {
                        let (name, value) = line.split_once(':').unwrap();
                        request
                            .fields
                            .push((format!("trailer:{}", name.to_ascii_lowercase()), value.trim().to_owned()));
                    }
                }
            }
        }
        while buffer.len() < size + 2 {
            if !fill(stream, buffer) {
                return false;
            }
        }
        request.body.extend(buffer.drain(..size));
        buffer.drain(..2);
    }
}
