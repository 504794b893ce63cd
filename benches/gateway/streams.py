#!/usr/bin/env python3
"""Streams through the gateway: the delay of server-sent events, and memory while 1 GiB is passed on in each direction.

usage: benches/gateway/streams.py TOKSCOPE

The API runs in this process, so delays are differences of one clock; the same events are also read without the gateway.
"""

import http.client
import os
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

EVENTS, PAUSE, SIZE, CHUNK = 1_000, 0.002, 1 << 30, 1 << 18
MANIFEST = """[api.bench]
base_url = "{base}/v1"
issuer = "{base}"
[api.bench.scopes]
"a" = {{}}
[api.bench.endpoints]
"GET /events" = "a"
"GET /big" = "a"
"PUT /big" = "a"
[client.bench]
issuer = "{base}"
client_id = "bench"
grants = ["client_credentials"]
secret = {{ env = "BENCH_SECRET" }}
metadata = {{ token_endpoint = "{base}/token" }}
"""


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.connection.setsockopt(6, 1, 1)

    def reply(self, body, kind="application/json", status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def consume(self):
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            left -= len(self.rfile.read(min(left, CHUNK)))

    def do_POST(self):
        self.consume()
        self.reply(b'{"access_token":"bench-0123456789abcdef","token_type":"Bearer","expires_in":86400}')

    def do_PUT(self):
        self.consume()
        self.reply(b"{}")

    def do_GET(self):
        if self.path.endswith("/big"):
            self.send_response(200)
            self.send_header("Content-Length", str(SIZE))
            self.end_headers()
            chunk = b"x" * CHUNK
            for _ in range(SIZE // CHUNK):
                self.wfile.write(chunk)
            return
        if not self.path.endswith("/events"):
            return self.reply(b"{}", status=404)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(EVENTS):
            event = b"data: %d\n\n" % time.monotonic_ns()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
            time.sleep(PAUSE)
        self.wfile.write(b"0\r\n\r\n")


def connect(base, token):
    url = urlsplit(base)
    return http.client.HTTPConnection(url.hostname, url.port), url.path, {"Authorization": f"Bearer {token}"}


def delays(base, token):
    connection, path, headers = connect(base, token)
    connection.request("GET", f"{path}/events", headers=headers)
    response = connection.getresponse()
    found = []
    while line := response.readline():
        if line.startswith(b"data: "):
            found.append((time.monotonic_ns() - int(line[6:])) / 1e6)
    assert len(found) == EVENTS
    return found


def show(name, found):
    found = sorted(found)
    late = sum(delay > 20 for delay in found)
    print(f"{name:<12} {len(found)} events: p50 {statistics.median(found):.3f} ms, p99 {found[-len(found) // 100]:.3f} ms,"
          f" max {found[-1]:.3f} ms, over 20 ms: {late}")


def main():
    tokscope = os.path.realpath(sys.argv[1])
    socketserver.TCPServer.allow_reuse_address = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    direct = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "BENCH_SECRET": "secret", "TOKSCOPE_VAULT_PASSPHRASE": "bench"}
        for name in ("STATE", "CONFIG", "DATA", "CACHE"):
            environment[f"XDG_{name}_HOME"] = os.path.join(home, name)
        with open(os.path.join(home, "tokscope.toml"), "w") as file:
            file.write(MANIFEST.format(base=direct))
        run = lambda *arguments: subprocess.run([tokscope, *arguments], cwd=home, env=environment, capture_output=True, text=True)
        run("trust", "--yes")
        log = open(os.path.join(home, "gateway.log"), "w")
        gateway = subprocess.Popen([tokscope, "gateway", "serve", "--store", "memory"], cwd=home, env=environment, stderr=log)
        try:
            for _ in range(200):
                lines = run("gateway", "env").stdout.splitlines()
                if lines:
                    break
                time.sleep(0.05)
            variables = dict(line.removeprefix("export ").split("=", 1) for line in lines)
            base, token = variables["BENCH_BASE_URL"].strip("'"), variables["BENCH_TOKEN"].strip("'")
            show("direct", delays(f"{direct}/v1", token))
            show("gateway", delays(base, token))
            connection, path, headers = connect(base, token)
            began = time.monotonic()
            connection.request("GET", f"{path}/big", headers=headers)
            response, read = connection.getresponse(), 0
            while part := response.read(CHUNK):
                read += len(part)
            down = time.monotonic() - began
            began = time.monotonic()
            body = (b"x" * CHUNK for _ in range(SIZE // CHUNK))
            connection.request("PUT", f"{path}/big", body=body, headers={**headers, "Content-Length": str(SIZE)})
            status = connection.getresponse().status
            up = time.monotonic() - began
            with open(f"/proc/{gateway.pid}/status") as file:
                peak = next(line.split()[1] for line in file if line.startswith("VmHWM"))
            print(f"1 GiB down in {down:.1f} s ({read} bytes), up in {up:.1f} s (status {status}); peak memory {int(peak) / 1024:.1f} MiB")
        finally:
            gateway.terminate()
            gateway.wait()


main()
