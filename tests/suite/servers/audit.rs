//! The audit log in programs made by others: an OTLP receiver (rotel), the OpenTelemetry collector, `DuckDB`, `ClickHouse`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Home, accepted, demand};

const TOKEN: [&str; 4] = ["token", "-e", "GET /orders", "--client=machine"];

/// How often something is looked for, every 100 ms.
const TRIES: usize = 200;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/audit")
}

fn python() -> Command {
    let mut command = Command::new(folder().join(".venv/bin/python"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Ends it with the signal that lets it deliver what it holds.
    fn end(mut self) {
        let ended = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(ended.success());
        self.0.wait().unwrap();
    }
}

fn program(name: &str) -> String {
    let output = python().arg(folder().join("programs.py")).arg(name).output().unwrap();
    assert!(output.status.success(), "install `tests/servers/audit/requirements.txt`, as `.ci/run` does");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn eventually<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    for _ in 0..TRIES {
        if let Some(found) = found() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}: not within {TRIES} tries");
}

/// Receives OTLP, and writes a JSON line per record to a file.
fn sink(file: &Path) -> (Running, u16) {
    let mut child = python().arg(folder().join("sink.py")).arg(file).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().strip_prefix("ready ").and_then(|port| port.parse().ok());
    (Running(child), port.unwrap_or_else(|| panic!("the sink says {line:?}")))
}

fn received(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// How often each record was received, by its identifier.
fn counts(file: &Path) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for record in received(file) {
        *counts.entry(record["attributes"]["log.record.uid"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// The identifiers of all records but the first of a segment.
fn uids(home: &Home) -> Vec<String> {
    let listed = demand(&home.run(&["audit", "log", "--json"]), 0);
    let uid = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        format!("{}/{}", record["log"].as_str().unwrap(), record["seq"])
    };
    listed.lines().map(uid).collect()
}

fn start_rotel(home: &Home, ports: (u16, u16), sink: u16) -> Running {
    let child = Command::new(program("rotel"))
        .arg("start")
        .args(["--otlp-http-endpoint", &format!("127.0.0.1:{}", ports.0)])
        .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{}", ports.1)])
        .args(["--exporter", "otlp", "--otlp-exporter-protocol", "http", "--batch-timeout", "50ms"])
        .args(["--otlp-exporter-endpoint", &format!("http://127.0.0.1:{sink}")])
        .arg("--pid-file")
        .arg(home.path().join("rotel.pid"))
        .env("ROTEL_TELEMETRY", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("rotel", || TcpStream::connect(("127.0.0.1", ports.0)).ok());
    Running(child)
}

#[test]
#[ignore = "needs programs of PyPI: see .ci/run"]
fn a_receiver_that_restarts_gets_every_record_once() {
    let (_server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let file = home.path().join("received");
    let (_sink, sink) = sink(&file);
    let ports = (super::harness::free_port(), super::harness::free_port());
    let url = format!("http://127.0.0.1:{}", ports.0);
    let export = ["audit", "export", "--otlp", url.as_str()];
    let first = start_rotel(&home, ports, sink);
    demand(&home.run(&export), 0);
    let before = uids(&home);
    first.end();
    // it is down: the export tries again until it is back
    for _ in 0..20 {
        demand(&home.run(&TOKEN), 0);
    }
    let waiting = home.tokscope(&export).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let second = start_rotel(&home, ports, sink);
    demand(&waiting.wait_with_output().unwrap(), 0);
    demand(&home.run(&export), 0);
    second.end();
    let third = start_rotel(&home, ports, sink);
    demand(&home.run(&export), 0);
    third.end();
    let all = uids(&home);
    // the last export is recorded after it
    let expected = &all[..all.len() - 1];
    assert!(expected.len() > before.len() + 40, "{} {}", expected.len(), before.len());
    let counts = eventually("the last record", || {
        let counts = counts(&file);
        (counts.len() >= expected.len()).then_some(counts)
    });
    assert_eq!(counts.keys().collect::<std::collections::BTreeSet<_>>(), expected.iter().collect());
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    let used = received(&file);
    let granted = used.iter().find(|record| record["event"] == "tokscope.token.granted").unwrap();
    assert_eq!(granted["attributes"]["tokscope.client"], "machine");
    assert_eq!(
        (&granted["severity"], &granted["attributes"]["tokscope.requested"]),
        (&9.into(), &json!(["orders:read"]))
    );
}

#[test]
#[ignore = "needs programs of PyPI: see .ci/run"]
fn the_collector_reads_the_file_of_the_log() {
    let (_server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let file = home.path().join("received");
    let (_sink, sink) = sink(&file);
    let log = home.path().join("state/tokscope/audit");
    home.write(
        "collector.yaml",
        &format!(
            r#"
receivers:
  filelog:
    include: [ "{}/*.jsonl" ]
    start_at: beginning
    poll_interval: 100ms
    operators:
      - type: json_parser
        timestamp: {{ parse_from: attributes.time, layout: '%Y-%m-%dT%H:%M:%S.%LZ' }}
exporters:
  otlphttp: {{ endpoint: "http://127.0.0.1:{sink}", encoding: json, sending_queue: {{ enabled: false }} }}
service:
  telemetry: {{ metrics: {{ level: none }}, logs: {{ level: warn }} }}
  pipelines: {{ logs: {{ receivers: [filelog], exporters: [otlphttp] }} }}
"#,
            log.display()
        ),
    );
    let collector = Command::new(program("collector"))
        .arg("--config")
        .arg(home.path().join("collector.yaml"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _collector = Running(collector);
    eventually("the first records", || (!received(&file).is_empty()).then_some(()));
    // while it reads
    for _ in 0..10 {
        demand(&home.run(&TOKEN), 0);
    }
    let lines: Vec<Value> = fs::read_to_string(log.join("000001.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let read = eventually("the last record", || Some(received(&file)).filter(|read| read.len() >= lines.len()));
    assert_eq!(read.len(), lines.len(), "no record is read twice or in parts");
    for (line, read) in lines.iter().zip(&read).skip(1) {
        assert_eq!((&read["attributes"]["event"], &read["attributes"]["mac"]), (&line["event"], &line["mac"]));
        let time: jiff::Timestamp = line["time"].as_str().unwrap().parse().unwrap();
        assert_eq!(i128::from(read["time"].as_i64().unwrap()), time.as_nanosecond());
    }
}

/// Runs SQL on the files of a directory, and returns the rows.
fn query(engine: &str, home: &Home, sql: &str) -> Vec<Value> {
    let mut child = python().arg(folder().join("query.py")).arg(engine).current_dir(home.path()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{engine} refuses\n{sql}");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The SQL of the documentation, in its order: uses in `DuckDB`, the chain in `DuckDB`, uses in `ClickHouse`.
fn documented() -> Vec<String> {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md")).unwrap();
    let blocks = docs.split("```sql\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
#[ignore = "needs programs of PyPI: see .ci/run"]
fn the_documented_queries_run_on_the_exported_file() {
    let (_server, home) = accepted();
    for _ in 0..3 {
        home.run(&["call", "GET /orders", "--client=machine"]);
    }
    demand(&home.run(&["exec", "-e", "GET /orders", "--client=machine", "--", "true"]), 0);
    let exported = demand(&home.run(&["audit", "export", "--jsonl"]), 0);
    home.write("audit.jsonl", &exported);
    let sql = documented();
    let [uses, chain, clickhouse] = sql.as_slice() else { panic!("{sql:#?}") };
    for (engine, sql) in [("duckdb", uses), ("clickhouse", clickhouse)] {
        let rows = query(engine, &home, sql);
        let row = rows.first().unwrap_or_else(|| panic!("{engine}: no row"));
        let count = row[2].as_u64().or_else(|| row[2].as_str()?.parse().ok());
        assert_eq!(
            (rows.len(), &row[0], &row[1], count),
            (1, &json!("machine"), &json!("orders:read"), Some(3)),
            "{engine}"
        );
    }
    assert_eq!(query("duckdb", &home, chain), [json!([0])]);
    // types are inferred from the first record, which has an example of every member
    let typed = "SELECT DISTINCT typeof(status), typeof(narrowed), typeof(excess) FROM read_json('audit.jsonl')";
    assert_eq!(query("duckdb", &home, typed), [json!(["BIGINT", "BOOLEAN", "VARCHAR[]"])]);
    home.write("audit.jsonl", &exported.replacen("\"outcome\":\"ok\"", "\"outcome\":\"no\"", 1));
    assert_eq!(query("duckdb", &home, chain), [json!([1])], "a changed line breaks the chain once");
}
