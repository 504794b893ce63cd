//! No grant is lost when a refresh is killed, ended by a signal or runs out of disk space, at a server that rotates
//! refresh tokens and takes each once.
//!
//! `TOKSCOPE_TEST_RUNS=200` sets the number of runs per kind; the default is small. A grant is lost when the next process
//! can't obtain a token without a sign-in.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]
#![allow(clippy::print_stderr, reason = "the table of a long run")]

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{self, Home, demand, manifest, text};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use jiff::{SignedDuration, Timestamp};
use rustix::fs::inotify;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokscope::scope::ScopeSet;
use tokscope::secret::Secret;
use tokscope::vault::{Record, RecordId, WebOrigin};
use url::Url;

const TOKEN: [&str; 6] = ["token", "-e", "GET /orders", "--client", "dev", "--no-interact"];

/// A server that rotates, and takes each refresh token once.
struct Rotating {
    origin: String,
    /// The refresh token that is in force.
    current: Mutex<String>,
    arrived: AtomicUsize,
    rotated: AtomicUsize,
    refused: AtomicUsize,
    /// Milliseconds before the refresh token is taken, and from then to the response.
    before: AtomicU64,
    after: AtomicU64,
    /// Any other than 200: what the token endpoint answers instead of taking the refresh token.
    status: AtomicU16,
    /// Responses wait until this is false.
    held: AtomicBool,
    /// The metadata is not available, either.
    without_metadata: AtomicBool,
    /// Another token endpoint in the metadata.
    endpoint: Mutex<Option<String>>,
    /// The first request is answered with a nonce for the DPoP proof.
    wants_nonce: AtomicBool,
}

impl Rotating {
    fn start() -> Arc<Self> {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let server = Arc::new(Self {
                    origin: format!("http://{}", listener.local_addr().unwrap()),
                    current: Mutex::new("refresh-0".to_owned()),
                    arrived: AtomicUsize::new(0),
                    rotated: AtomicUsize::new(0),
                    refused: AtomicUsize::new(0),
                    before: AtomicU64::new(0),
                    after: AtomicU64::new(0),
                    status: AtomicU16::new(200),
                    held: AtomicBool::new(false),
                    without_metadata: AtomicBool::new(false),
                    endpoint: Mutex::default(),
                    wants_nonce: AtomicBool::new(false),
                });
                let router = Router::new()
                    .route("/.well-known/oauth-authorization-server", get(metadata))
                    .route("/token", post(token))
                    .with_state(Arc::clone(&server));
                sender.send(server).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        receiver.recv().unwrap()
    }

    fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }

    async fn release(&self) {
        while self.held.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn rotated(&self) -> usize {
        self.rotated.load(Ordering::SeqCst)
    }

    fn delay(&self, before: u64, after: u64) {
        self.before.store(before, Ordering::SeqCst);
        self.after.store(after, Ordering::SeqCst);
    }
}

async fn metadata(State(server): State<Arc<Rotating>>) -> Response {
    if server.without_metadata.load(Ordering::SeqCst) {
        server.arrived.fetch_add(1, Ordering::SeqCst);
        server.release().await;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (origin, endpoint) = (&server.origin, server.endpoint.lock().unwrap().clone());
    Json(json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": endpoint.unwrap_or_else(|| format!("{origin}/token")),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
    }))
    .into_response()
}

async fn token(State(server): State<Arc<Rotating>>, Form(form): Form<HashMap<String, String>>) -> Response {
    server.arrived.fetch_add(1, Ordering::SeqCst);
    server.release().await;
    let status = StatusCode::from_u16(server.status.load(Ordering::SeqCst)).unwrap();
    if status != StatusCode::OK {
        return status.into_response();
    }
    if server.wants_nonce.swap(false, Ordering::SeqCst) {
        let error = Json(json!({ "error": "use_dpop_nonce" }));
        return (StatusCode::BAD_REQUEST, [("dpop-nonce", "nonce-1")], error).into_response();
    }
    let pause = |length: &AtomicU64| tokio::time::sleep(Duration::from_millis(length.load(Ordering::SeqCst)));
    // a client that hangs up does not stop the server
    let done = tokio::spawn(async move {
        pause(&server.before).await;
        let next = {
            let mut current = server.current.lock().unwrap();
            if form["refresh_token"] != *current {
                server.refused.fetch_add(1, Ordering::SeqCst);
                return Err((StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))));
            }
            let number = server.rotated.fetch_add(1, Ordering::SeqCst) + 1;
            *current = format!("refresh-{number}");
            current.clone()
        };
        pause(&server.after).await;
        // over at once, so that the next process refreshes again
        let access = next.replace("refresh", "access");
        Ok(Json(json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 1,
            "refresh_token": next,
            "scope": "orders:read",
        })))
    });
    done.await.unwrap().into_response()
}

struct Bench {
    server: Arc<Rotating>,
    home: Home,
    data: PathBuf,
}

impl Bench {
    fn new() -> Self {
        Self::in_folder(None)
    }

    /// With the vault in another folder, such as a small disk.
    fn in_folder(data: Option<&Path>) -> Self {
        let server = Rotating::start();
        let mut home = Home::new(&support::server());
        let data = data.map_or_else(|| home.path().join("data"), Path::to_path_buf);
        home.variables.insert("XDG_DATA_HOME", data.to_string_lossy().into_owned());
        home.write("tokscope.toml", &manifest(&server.origin, &server.origin));
        demand(&home.run(&["trust", "--yes"]), 0);
        let bench = Self { server, home, data: data.join("tokscope") };
        bench.seed(SignedDuration::from_secs(-60));
        bench
    }

    fn vault(&self) -> tokscope::vault::Vault {
        let keys = tokscope::vault::Keys::Passphrase(Arc::new(|_| Ok(Secret::new("correct horse battery"))));
        tokscope::vault::Vault::in_folder(&self.data, keys)
    }

    /// One token with the refresh token that is in force.
    fn seed(&self, lives: SignedDuration) {
        let now = Timestamp::now();
        let scopes = ScopeSet::parse("orders:read").unwrap();
        let record = Record {
            id: RecordId::random().unwrap(),
            issuer: self.server.origin.clone(),
            client: "dev".to_owned(),
            client_id: "dev".to_owned(),
            audiences: Vec::new(),
            origins: vec![WebOrigin::of(&Url::parse(&self.server.origin).unwrap()).unwrap()],
            asked: scopes.clone(),
            granted: scopes,
            created: now,
            expires: Some(now + lives),
            last_used: None,
            token_type: "Bearer".to_owned(),
            access_token: Secret::new("access-seeded"),
            refresh_token: Some(Secret::new(self.server.current.lock().unwrap().clone())),
            dpop_key: None,
            id_token: None,
            narrowed_from: None,
            keeps_breadth: false,
            facts: std::collections::BTreeMap::new(),
            unreported: false,
            approval: None,
            signed_in: None,
            added: tokscope::scope::Additions::default(),
        };
        self.vault().update(|records| *records = vec![record]).unwrap();
    }

    fn stored(&self) -> String {
        self.vault().records().unwrap()[0].refresh_token.clone().unwrap().expose().to_owned()
    }

    fn begin(&self) -> Child {
        self.home.tokscope(&TOKEN).spawn().unwrap()
    }

    /// Whether a token can be obtained without a sign-in. A lost grant is replaced for the next run.
    fn keeps_grant(&self) -> bool {
        self.server.delay(0, 0);
        let output = self.home.run(&TOKEN);
        let kept = output.status.success();
        if !kept {
            eprintln!("lost: {}", text(&output.stderr));
            self.seed(SignedDuration::from_secs(-60));
        }
        kept
    }

    /// Waits for the next refresh at the server.
    fn wait_for_arrival(&self, before: usize) {
        let started = Instant::now();
        while self.server.arrived() == before {
            assert!(started.elapsed() < Duration::from_mins(1), "no refresh arrived");
            thread::sleep(Duration::from_micros(200));
        }
    }
}

fn signal(child: &Child, signal: Signal) {
    // it may have ended by itself
    let _ = kill_process(Pid::from_child(child), signal);
}

fn runs() -> usize {
    std::env::var("TOKSCOPE_TEST_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(10)
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u64::from_be_bytes(bytes) % below.max(1)
}

/// How runs ended.
#[derive(Debug, Default)]
struct Table {
    runs: usize,
    /// The process ended without a token.
    ended: usize,
    /// The server rotated the refresh token anyway.
    rotated: usize,
    lost: usize,
}

impl Table {
    fn note(&mut self, bench: &Bench, output: &Output, rotated: usize) {
        self.runs += 1;
        if !output.status.success() {
            self.ended += 1;
            self.rotated += usize::from(bench.server.rotated() > rotated);
        }
        self.lost += usize::from(!bench.keeps_grant());
    }

    fn show(&self, kind: &str) {
        let Self { runs, ended, rotated, lost } = self;
        eprintln!(
            "{kind}: runs {runs}, ended {ended}, of them after rotation {rotated}, kept {}, lost {lost}",
            runs - lost
        );
    }
}

/// Ends a refresh at random moments: half of them from the start of the process on, half while the request is at the
/// server.
fn end_at_random_moments(kind: Signal) -> Table {
    let bench = Bench::new();
    let started = Instant::now();
    assert!(bench.keeps_grant());
    let usual = u64::try_from(started.elapsed().as_micros()).unwrap();
    let mut table = Table::default();
    for run in 0..runs() {
        bench.server.delay(random(30), random(30));
        let (arrived, rotated) = (bench.server.arrived(), bench.server.rotated());
        let child = bench.begin();
        if run % 2 == 0 {
            thread::sleep(Duration::from_micros(random(usual)));
        } else {
            bench.wait_for_arrival(arrived);
            thread::sleep(Duration::from_micros(random(70_000)));
        }
        signal(&child, kind);
        let output = child.wait_with_output().unwrap();
        let ended = output.status.signal();
        assert!(output.status.success() || ended == Some(kind.as_raw()), "{output:?}");
        table.note(&bench, &output, rotated);
    }
    assert!(table.ended > table.runs / 4, "the signals came too late: {table:?}");
    table
}

#[test]
fn kills_at_random_moments_lose_no_grant() {
    let table = end_at_random_moments(Signal::KILL);
    table.show("SIGKILL");
    assert_eq!(table.lost, 0, "{table:?}");
}

#[test]
fn sigterm_at_random_moments_loses_no_grant() {
    let table = end_at_random_moments(Signal::TERM);
    table.show("SIGTERM");
    assert_eq!(table.lost, 0, "{table:?}");
}

/// A small disk, unmounted when dropped; `None` without the right to mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = ["-t", "tmpfs", "-o", "size=256k,mode=700", "none"];
        let mounted =
            Command::new("mount").args(options).arg(folder.path()).output().is_ok_and(|done| done.status.success());
        mounted.then_some(Self(folder))
    }

    /// Takes all the space there is.
    fn fill(&self) {
        let mut file = fs::File::options().create(true).append(true).open(self.0.path().join("full")).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        while file.write_all(&[1]).is_ok() {}
    }

    fn free(&self) {
        let _ = fs::remove_file(self.0.path().join("full"));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_disk_that_fills_up_at_random_moments_loses_no_grant() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: a tmpfs can't be mounted here");
        return;
    };
    let bench = Bench::in_folder(Some(disk.0.path()));
    let started = Instant::now();
    assert!(bench.keeps_grant());
    let usual = u64::try_from(started.elapsed().as_micros()).unwrap();
    let mut table = Table::default();
    for run in 0..runs() {
        bench.server.delay(random(30), random(30));
        let (arrived, rotated) = (bench.server.arrived(), bench.server.rotated());
        let child = bench.begin();
        if run % 2 == 0 {
            thread::sleep(Duration::from_micros(random(usual)));
        } else {
            bench.wait_for_arrival(arrived);
            thread::sleep(Duration::from_micros(random(70_000)));
        }
        disk.fill();
        let output = child.wait_with_output().unwrap();
        disk.free();
        table.note(&bench, &output, rotated);
    }
    table.show("full disk");
    assert!(table.ended > 0, "the disk was never full in time: {table:?}");
    assert_eq!(table.lost, 0, "{table:?}");
}

#[test]
fn a_full_disk_sends_no_refresh_token() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: a tmpfs can't be mounted here");
        return;
    };
    let bench = Bench::in_folder(Some(disk.0.path()));
    disk.fill();
    let output = bench.home.run(&TOKEN);
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert!(text(&output.stderr).contains("No space left"), "{}", text(&output.stderr));
    assert_eq!(bench.server.arrived(), 0);
    disk.free();
    assert!(bench.keeps_grant());
}

#[test]
fn a_valid_token_is_usable_on_a_full_disk() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: a tmpfs can't be mounted here");
        return;
    };
    let bench = Bench::in_folder(Some(disk.0.path()));
    bench.seed(SignedDuration::from_hours(1));
    disk.fill();
    let output = bench.home.run(&TOKEN);
    assert_eq!(demand(&output, 0), "access-seeded\n");
    assert!(text(&output.stderr).contains("the last use of token"), "{}", text(&output.stderr));
    assert_eq!(bench.server.arrived(), 0);
}

#[test]
fn signals_wait_until_the_new_token_is_stored() {
    // a child ignores what this process ignores, such as SIGHUP under nohup(1)
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    let kinds = [Signal::INT, Signal::TERM, Signal::HUP].into_iter();
    let kinds: Vec<Signal> = kinds.filter(|kind| ignored & (1 << (kind.as_raw() - 1)) == 0).collect();
    assert!(kinds.contains(&Signal::TERM));
    for kind in kinds {
        let bench = Bench::new();
        bench.server.held.store(true, Ordering::SeqCst);
        let child = bench.begin();
        bench.wait_for_arrival(0);
        signal(&child, kind);
        bench.server.held.store(false, Ordering::SeqCst);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(kind.as_raw()), "{output:?}");
        assert!(output.stdout.is_empty());
        assert_eq!(bench.stored(), "refresh-1");
    }
}

#[test]
fn the_response_to_a_killed_process_is_used_by_the_next() {
    let bench = Bench::new();
    bench.server.delay(100, 100);
    let child = bench.begin();
    bench.wait_for_arrival(0);
    signal(&child, Signal::KILL);
    child.wait_with_output().unwrap();
    assert_eq!(bench.stored(), "refresh-0");
    // the helper still waits for the server, and this process for the helper
    demand(&bench.home.run(&TOKEN), 0);
    assert_eq!(bench.server.refused.load(Ordering::SeqCst), 0);
    assert_eq!(bench.stored(), *bench.server.current.lock().unwrap());
}

/// The processes that a process has started.
fn helpers_of(child: &Child) -> Vec<i32> {
    // by its threads, each of which may have started one
    let tasks = fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    let children = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default());
    children.collect::<String>().split_whitespace().map(|helper| helper.parse().unwrap()).collect()
}

/// Kills the process and its helper while the request is at the server.
fn kill_both(bench: &Bench) {
    let arrived = bench.server.arrived();
    let child = bench.begin();
    bench.wait_for_arrival(arrived);
    let helpers = helpers_of(&child);
    assert_eq!(helpers.len(), 1, "one helper sends the request");
    kill_process(Pid::from_raw(helpers[0]).unwrap(), Signal::KILL).unwrap();
    signal(&child, Signal::KILL);
    child.wait_with_output().unwrap();
}

#[test]
fn a_refresh_token_in_doubt_is_sent_again_only_with_a_notice() {
    let bench = Bench::new();
    // nobody is there any more when the server would take it
    bench.server.delay(60_000, 0);
    kill_both(&bench);
    bench.server.delay(0, 0);
    let output = bench.home.run(&TOKEN);
    demand(&output, 0);
    assert!(text(&output.stderr).contains("was interrupted"), "{}", text(&output.stderr));
    assert_eq!(bench.stored(), "refresh-1");
    let output = bench.home.run(&TOKEN);
    demand(&output, 0);
    assert!(!text(&output.stderr).contains("interrupted"), "{}", text(&output.stderr));
}

#[test]
fn a_used_refresh_token_is_reported_as_possibly_used() {
    let bench = Bench::new();
    bench.server.delay(0, 2_000);
    kill_both(&bench);
    let output = bench.home.run(&TOKEN);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("was interrupted"), "{}", text(&output.stderr));
    assert_eq!(bench.server.refused.load(Ordering::SeqCst), 1);
}

#[test]
fn a_refresh_token_in_doubt_is_not_sent_while_the_access_token_is_valid() {
    let bench = Bench::new();
    bench.server.delay(60_000, 0);
    kill_both(&bench);
    // the same grant, with an access token that lives
    bench
        .vault()
        .update(|records| records[0].expires = Some(Timestamp::now() + SignedDuration::from_hours(1)))
        .unwrap();
    let id = bench.vault().records().unwrap()[0].id.to_string();
    let arrived = bench.server.arrived();
    assert_eq!(demand(&bench.home.run(&TOKEN), 0).trim_end(), "access-seeded");
    let output = bench.home.run(&["tokens", "refresh", &id, "--no-interact"]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("was interrupted"), "{}", text(&output.stderr));
    assert_eq!(bench.server.arrived(), arrived);
}

#[test]
fn one_of_two_concurrent_refreshes_may_be_killed() {
    for _ in 0..runs().min(20) {
        let bench = Bench::new();
        bench.server.delay(20 + random(30), random(50));
        let (first, second) = (bench.begin(), bench.begin());
        bench.wait_for_arrival(0);
        thread::sleep(Duration::from_micros(random(80_000)));
        signal(&first, Signal::KILL);
        first.wait_with_output().unwrap();
        let output = second.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(bench.server.refused.load(Ordering::SeqCst), 0);
        assert!(bench.keeps_grant());
    }
}

#[test]
fn an_outage_does_not_put_the_refresh_token_in_doubt() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (status, endpoint) in [(503, None), (429, None), (200, Some(format!("http://{closed}/token")))] {
        let bench = Bench::new();
        bench.server.status.store(status, Ordering::SeqCst);
        bench.server.endpoint.lock().unwrap().clone_from(&endpoint);
        let output = bench.home.run(&TOKEN);
        assert!(!output.status.success() && output.stdout.is_empty(), "{status} {output:?}");
        bench.server.status.store(200, Ordering::SeqCst);
        *bench.server.endpoint.lock().unwrap() = None;
        let output = bench.home.run(&TOKEN);
        demand(&output, 0);
        assert!(!text(&output.stderr).contains("interrupted"), "{status} {}", text(&output.stderr));
    }
}

/// Starts processes one after another while the server holds the first one's refresh, and returns the outputs.
fn waiting(bench: &Bench, id: &str, commands: &[&[&str]]) -> Vec<Output> {
    bench.server.held.store(true, Ordering::SeqCst);
    let mut children = vec![bench.begin()];
    bench.wait_for_arrival(0);
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
    inotify::add_watch(&watch, bench.data.join(format!("{id}.lock")), inotify::WatchFlags::OPEN).unwrap();
    let mut buffer = [MaybeUninit::uninit(); 4096];
    for command in commands {
        let child = bench.home.tokscope(command).spawn().unwrap();
        // whoever opens the lock file now is this child, because the others are stopped
        inotify::Reader::new(&watch, &mut buffer).next().unwrap();
        signal(&child, Signal::STOP);
        let stat = format!("/proc/{}/stat", child.id());
        while !fs::read_to_string(&stat).unwrap().contains(") T ") {
            thread::sleep(Duration::from_millis(1));
        }
        // what it did before it stopped
        while rustix::io::ioctl_fionread(&watch).unwrap() > 0 {
            inotify::Reader::new(&watch, &mut buffer).next().unwrap();
        }
        children.push(child);
    }
    for child in &children {
        signal(child, Signal::CONT);
    }
    bench.server.held.store(false, Ordering::SeqCst);
    children.into_iter().map(|child| child.wait_with_output().unwrap()).collect()
}

#[test]
fn waiting_processes_share_the_failure_of_a_refresh() {
    for (status, code, message) in [
        (503, 1, "the token endpoint is not available (status 503)"),
        (504, 1, "the token endpoint is not available (status 504)"),
        (400, 5, "an unusable response (status 400)"),
        // the metadata can't be fetched
        (0, 1, "(status 503)"),
    ] {
        let bench = Bench::new();
        let id = bench.vault().records().unwrap()[0].id.to_string();
        bench.server.status.store(status, Ordering::SeqCst);
        bench.server.without_metadata.store(status == 0, Ordering::SeqCst);
        let call = ["call", "GET /orders", "--client", "dev", "--no-interact"];
        let refresh = ["tokens", "refresh", &id, "--no-interact"];
        let outputs = waiting(&bench, &id, &[&TOKEN, &call, &refresh]);
        for (index, output) in outputs.iter().enumerate() {
            demand(output, code);
            let errors = text(&output.stderr);
            assert!(errors.contains(message), "{status} {errors}");
            assert_eq!(errors.contains("another process failed to refresh this token"), index > 0, "{errors}");
        }
        assert_eq!(bench.server.arrived(), 1, "{status}");
        // a process that starts later tries again
        demand(&bench.home.run(&TOKEN), code);
        assert_eq!(bench.server.arrived(), 2, "{status}");
        bench.server.status.store(200, Ordering::SeqCst);
        bench.server.without_metadata.store(false, Ordering::SeqCst);
        assert!(bench.keeps_grant());
    }
}

#[test]
fn a_gateway_error_puts_the_refresh_token_in_doubt() {
    let bench = Bench::new();
    bench.server.status.store(504, Ordering::SeqCst);
    assert!(!bench.home.run(&TOKEN).status.success());
    bench.server.status.store(200, Ordering::SeqCst);
    let output = bench.home.run(&TOKEN);
    demand(&output, 0);
    assert!(text(&output.stderr).contains("was interrupted"), "{}", text(&output.stderr));
}

#[test]
fn a_required_nonce_is_sent_with_the_same_refresh_token() {
    let bench = Bench::new();
    let bound = manifest(&bench.server.origin, &bench.server.origin);
    bench.home.write("tokscope.toml", &bound.replacen("[client.dev]\n", "[client.dev]\ndpop = true\n", 1));
    bench.server.wants_nonce.store(true, Ordering::SeqCst);
    demand(&bench.home.run(&TOKEN), 0);
    assert_eq!((bench.server.arrived(), bench.server.rotated()), (2, 1));
    assert_eq!(bench.stored(), "refresh-1");
}

/// As after an update of the program while it runs: the helper can't be started.
#[test]
fn without_a_helper_the_process_sends_the_refresh_itself() {
    let bench = Bench::new();
    bench.server.delay(200, 200);
    let program = bench.home.path().join("removed");
    fs::copy(env!("CARGO_BIN_EXE_tokscope"), &program).unwrap();
    let child = bench.home.command(program.to_str().unwrap(), &TOKEN).spawn().unwrap();
    fs::remove_file(&program).unwrap();
    bench.wait_for_arrival(0);
    signal(&child, Signal::TERM);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(Signal::TERM.as_raw()), "{output:?}");
    assert_eq!(bench.stored(), "refresh-1");
}

#[test]
fn the_helper_started_by_hand_is_an_unknown_command() {
    let bench = Bench::new();
    let output = bench.home.run(&["finish-refresh"]);
    demand(&output, 2);
}

#[test]
fn no_secret_is_in_the_journal_or_in_the_arguments_of_the_helper() {
    let bench = Bench::new();
    bench.server.delay(2_000, 0);
    let child = bench.begin();
    bench.wait_for_arrival(0);
    let helpers = helpers_of(&child);
    assert_eq!(helpers.len(), 1);
    let arguments = fs::read(format!("/proc/{}/cmdline", helpers[0])).unwrap();
    assert!(arguments.ends_with(b"\0finish-refresh\0"), "{arguments:?}");
    signal(&child, Signal::KILL);
    child.wait_with_output().unwrap();
    let id = bench.vault().records().unwrap()[0].id.to_string();
    let journal = bench.data.join(format!("{id}.lock"));
    let started = Instant::now();
    loop {
        let content = fs::read(&journal).unwrap();
        assert!(content.starts_with(b"tokscope-refresh\n"));
        assert!(!content.windows(8).any(|window| window == b"refresh-" || window == b"access-1"));
        if content.windows(17).any(|window| window == b"tokscope-outcome\n") {
            break;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "the helper has not finished");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(bench.keeps_grant());
    assert_eq!(fs::metadata(&journal).unwrap().len(), 0);
}
