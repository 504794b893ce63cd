"""Receives OTLP logs over HTTP, in JSON or in protobuf, and appends a JSON line per record to a file.

usage: sink.py FILE
"""

import gzip
import http.server
import json
import sys

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

out = open(sys.argv[1], "a", buffering=1)


def plain(value):
    """A value of the JSON encoding without its type."""
    if "arrayValue" in value:
        return [plain(one) for one in value["arrayValue"].get("values", [])]
    return next(iter(value.values()), None)


def of_message(value):
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [of_message(one) for one in value.array_value.values]
    return getattr(value, kind) if kind else None


def records(body, is_json):
    if is_json:
        for resource in json.loads(body)["resourceLogs"]:
            for scope in resource["scopeLogs"]:
                for record in scope["logRecords"]:
                    attributes = {one["key"]: plain(one["value"]) for one in record.get("attributes", [])}
                    yield {
                        "time": int(record.get("timeUnixNano", 0)),
                        "severity": record.get("severityNumber", 0),
                        "event": record.get("eventName", ""),
                        "body": plain(record.get("body", {})),
                        "attributes": attributes,
                    }
        return
    request = ExportLogsServiceRequest()
    request.ParseFromString(body)
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                yield {
                    "time": record.time_unix_nano,
                    "severity": record.severity_number,
                    "event": record.event_name,
                    "body": of_message(record.body),
                    "attributes": {one.key: of_message(one.value) for one in record.attributes},
                }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        length = self.headers.get("content-length")
        if length:
            return self.rfile.read(int(length))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_POST(self):
        body = self.body()
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        is_json = "json" in self.headers.get("content-type", "")
        for record in records(body, is_json):
            out.write(json.dumps(record) + "\n")
        answer = b"{}" if is_json else ExportLogsServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if is_json else "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"ready {server.server_port}", flush=True)
server.serve_forever()
