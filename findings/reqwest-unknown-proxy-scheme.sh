#!/usr/bin/env bash
# reqwest 0.13.5 with hyper-util 0.1.21 (Rust): a proxy variable whose scheme is `socks`, without a version number.
# Seen: the variable is ignored without a word and the request goes to the server directly, even with the feature `socks`;
# curl takes the same value as a SOCKS proxy, and fails if there is none. With `socks5` reqwest fails, too.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"; kill "${server:-}" 2>/dev/null || true' EXIT; cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "proxied"
version = "0.0.0"
edition = "2024"
[dependencies]
hyper-util = "=0.1.21"
reqwest = { version = "=0.13.5", default-features = false, features = ["blocking", "socks", "system-proxy"] }
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let url = std::env::args().nth(1).expect("a URL");
    match reqwest::blocking::get(url) {
        Ok(response) => println!("status {}", response.status().as_u16()),
        Err(_) => println!("failed"),
    }
}
RUST
cargo build --quiet
python3 -c '
import http.server
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
print(server.server_port, flush=True)
server.serve_forever()' >port 2>/dev/null &
server=$!
until [ -s port ]; do sleep 0.1; done
url=http://127.0.0.1:$(cat port)/
seen=$(
    for scheme in socks socks5; do
        printf '%s: reqwest %s' "$scheme" "$(http_proxy=$scheme://127.0.0.1:1 target/debug/proxied "$url")"
        http_proxy=$scheme://127.0.0.1:1 curl -s -o /dev/null "$url" && echo ', curl 200' || echo ', curl failed'
    done
)
echo "$seen"
[ "$seen" = 'socks: reqwest status 200, curl failed
socks5: reqwest failed, curl failed' ] || { echo "the behaviour has changed" >&2; exit 1; }
