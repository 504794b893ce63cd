//! The small program of `demo --gateway`: it calls the API at `ORDERS_BASE_URL` with what `ORDERS_TOKEN` holds.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::app::{Error, ErrorKind};
use crate::cli::print::Streams;

/// Requests with their bodies.
const REQUESTS: [(&str, &str, &str); 5] = [
    ("GET", "/orders", ""),
    ("POST", "/orders", "{\"item\":\"tea\",\"customer\":1}"),
    ("GET", "/customers/1", ""),
    ("DELETE", "/orders/1", ""),
    ("GET", "/admin", ""),
];

const PATIENCE: Duration = Duration::from_secs(30);

/// Sends the requests, and prints the status of each.
pub(super) fn run(streams: &mut Streams) -> Result<(), Error> {
    let variable = |name: &str| {
        std::env::var(name).map_err(|_| {
            Error::new(ErrorKind::Usage, format!("`{name}` is not set")).hint("`tokscope demo --gateway` runs this")
        })
    };
    let (base, token) = (variable("ORDERS_BASE_URL")?, variable("ORDERS_TOKEN")?);
    for (method, path, body) in REQUESTS {
        let status = send(&base, &token, method, path, body)
            .map_err(|error| Error::new(ErrorKind::Failed, format!("`{method} {path}` failed: {error}")))?;
        streams.line(format_args!("  the program: {method} {path} -> {status}"));
    }
    Ok(())
}

fn send(base: &str, token: &str, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    let (authority, prefix) = base.trim_start_matches("http://").split_once('/').unwrap_or((base, ""));
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "{method} /{prefix}{path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut response = String::new();
    stream.take(1 << 20).read_to_string(&mut response)?;
    Ok(response.split(' ').nth(1).unwrap_or("no response").to_owned())
}
