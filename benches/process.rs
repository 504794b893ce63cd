//! Whole processes, timed from outside: `tokscope decode` compared with an empty Rust program and with similar programs
//! in `PATH`. They run in turn, so that a slowdown of the machine affects all of them.
//!
//! `cargo bench --bench process`: a line per command with the minimum and the median of the wall time in milliseconds,
//! and the difference between its median and that of the empty program.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and ends when it can't go on")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Number of rounds; each runs every command once.
const ROUNDS: usize = 500;

/// An access token (RFC 9068) with eleven claims and an invalid signature.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY2\
9tIiwic3ViIjoiYWxpY2UiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlLmNvbSIsImV4cCI6NDEwMjQ0NDgwMCwiaWF0IjoxNzk1NTk2NDAwLCJzY29wZ\
SI6Im9yZGVyczpyZWFkIHByb2ZpbGUiLCJjbGllbnRfaWQiOiJkZXYiLCJqdGkiOiJhYmMifQ.c2lnbmF0dXJl";

/// A timed command.
struct Runner {
    name: String,
    program: String,
    arguments: Vec<String>,
    walls: Vec<Duration>,
}

impl Runner {
    fn new(name: &str, program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { name: name.to_owned(), program: program.to_owned(), arguments, walls: Vec::new() }
    }

    /// Whether the command can be run.
    fn starts(&self) -> bool {
        self.command().status().is_ok()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&mut self) {
        let mut command = self.command();
        let begin = Instant::now();
        command.status().unwrap();
        self.walls.push(begin.elapsed());
    }

    /// Returns minimum and median in milliseconds.
    fn figures(&mut self) -> (f64, f64) {
        self.walls.sort_unstable();
        let at = |index: usize| self.walls.get(index).map_or(0.0, |wall| wall.as_secs_f64() * 1e3);
        (at(0), at(self.walls.len() / 2))
    }
}

/// Compiles `fn main() {}` like a release build.
fn empty_program(folder: &Path) -> String {
    let source = folder.join("empty.rs");
    let binary = folder.join("empty");
    std::fs::write(&source, "fn main() {}").unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled =
        Command::new(compiler).args(["-O", "-C", "strip=symbols", "-o"]).arg(&binary).arg(&source).status().unwrap();
    assert!(compiled.success(), "the empty program does not compile");
    binary.to_string_lossy().into_owned()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let tokscope = env!("CARGO_BIN_EXE_tokscope");
    let mut runners = vec![
        Runner::new("empty Rust program", &empty_program(folder.path()), &[]),
        Runner::new("tokscope decode", tokscope, &["decode", TOKEN]),
        Runner::new("tokscope decode --json", tokscope, &["decode", "--json", TOKEN]),
        Runner::new("jwt-cli: jwt decode -j", "jwt", &["decode", "-j", TOKEN]),
        Runner::new("jwt-ui: jwtui -n -j", "jwtui", &["-n", "-j", TOKEN]),
        Runner::new("jwtinfo --full", "jwtinfo", &["--full", TOKEN]),
    ];
    runners.retain(Runner::starts);
    for _ in 0..ROUNDS {
        runners.iter_mut().for_each(Runner::run);
    }
    let mut floor = None;
    println!("{:<26} {:>8} {:>8} {:>8}   ({ROUNDS} runs each, wall, ms)", "", "min", "median", "above");
    for runner in &mut runners {
        let (least, median) = runner.figures();
        let above = median - *floor.get_or_insert(median);
        println!("{:<26} {least:>8.3} {median:>8.3} {above:>8.3}", runner.name);
    }
}
