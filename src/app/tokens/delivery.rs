//! Sends refresh requests from a helper process, so that the grant survives the end of the process that requested it.
//!
//! The helper is the same executable. It gets everything through descriptors: the request on stdin, which is a
//! socket, and the journal (see `vault::journal`) with the lock of the record as stdout. It leaves the session,
//! ignores terminating signals, writes the intent, sends the request, writes the outcome and exits. It has access to
//! neither the vault nor its key. A killed terminal, shell or `tokscope` does not affect it, and the lock keeps other
//! processes from the refresh token meanwhile.
//!
//! A request that did not reach the helper completely is not sent. If no helper can be started, the same is done on a
//! thread of this process, which survives signals and a cancelled task, but not `kill -9`.

use std::ffi::OsString;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::app::environment::without;
use crate::app::{Error, ErrorKind};
use crate::net::{self, Carried, Carrier, Follow, Limits, NetError, Options, Protocol, Request, Response};
use crate::secret::Secret;
use crate::vault::{Intent, Journal, OutcomeKey, RecordLock, Vault, VaultError};

/// Argument that starts the helper.
const HELPER: &str = "finish-refresh";

/// Start and end marks of the data for the helper; a missing end means that the sender was killed.
const BEGIN: &[u8] = b"tokscope refresh 1";
const END: &[u8] = b"send it";

/// Maximum size of the data, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// Time limit and interval for attempts to write the outcome.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);
const WRITE_AGAIN: Duration = Duration::from_millis(50);

/// Response header fields that are stored.
const HEADERS: [&str; 4] = ["content-type", "date", "retry-after", "dpop-nonce"];

/// Outcome of a request.
#[derive(Clone)]
pub(in crate::app) struct DeliveryOutcome {
    /// Time of the outcome.
    pub(in crate::app) received: Timestamp,
    pub(in crate::app) result: Result<Response, NetError>,
}

impl DeliveryOutcome {
    /// Whether the server certainly did not process the request.
    pub(in crate::app) fn is_unsent(&self) -> bool {
        use NetError::{Broken, Certificate, NotPermitted, Setup, TimedOut, TooLarge, TooNear, Unreachable};
        match &self.result {
            Ok(response) => matches!(response.status.as_u16(), 429 | 503),
            Err(NotPermitted { .. } | TooNear { .. } | Setup | Certificate(_) | Unreachable { .. }) => true,
            Err(TimedOut { .. } | TooLarge { .. } | Broken { .. }) => false,
        }
    }
}

/// Sends a refresh through the journal, or returns an earlier outcome without sending.
pub(in crate::app) struct Courier {
    pub(in crate::app) vault: Arc<Vault>,
    pub(in crate::app) lock: Arc<RecordLock>,
    pub(in crate::app) launcher: Option<PathBuf>,
    /// Environment variables that the helper does not need.
    pub(in crate::app) hidden_variables: Vec<OsString>,
    /// Intent of the next request. Each request has its own outcome key.
    pub(in crate::app) intent: Box<dyn Fn() -> Result<Intent, VaultError> + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Outcome of an earlier request.
    recovered: Option<DeliveryOutcome>,
    last: Option<DeliveryOutcome>,
    failure: Option<Error>,
}

impl fmt::Debug for Courier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Courier").field("lock", &self.lock).finish_non_exhaustive()
    }
}

impl Courier {
    pub(in crate::app) fn new(
        (vault, lock): (Arc<Vault>, Arc<RecordLock>),
        (launcher, hidden_variables): (Option<PathBuf>, Vec<OsString>),
        intent: impl Fn() -> Result<Intent, VaultError> + Send + Sync + 'static,
        recovered: Option<DeliveryOutcome>,
    ) -> Self {
        let state = Mutex::new(State { recovered, ..State::default() });
        Self { vault, lock, launcher, hidden_variables, intent: Box::new(intent), state }
    }

    /// Outcome of the last request; `None` if nothing was sent.
    pub(in crate::app) fn last(&self) -> Option<DeliveryOutcome> {
        self.state().last.clone()
    }

    /// Reason why nothing was sent, unless it is a network error.
    pub(in crate::app) fn failure(&self) -> Option<Error> {
        self.state().failure.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Delegates the request, and blocks until its outcome.
    fn send(
        &self,
        request: &Request,
        limits: Limits,
        options: &Options,
        from: Option<&(Url, Follow)>,
    ) -> Result<DeliveryOutcome, Error> {
        self.vault.reserve(&self.lock)?;
        let intent = (self.intent)()?;
        let sealed = self.vault.seal_intent(&intent)?;
        let parcel = pack(&sealed, intent.key(), request, limits, options, from);
        if let Some(program) = &self.launcher {
            self.launch(program, &parcel);
        }
        if let Some(outcome) = self.outcome(&intent, &request.url)? {
            return Ok(outcome);
        }
        // no helper, or it ended before it sent anything
        let journal = self.lock.journal()?.ok_or_else(nowhere)?;
        deliver(&journal, unpack(&parcel).ok_or_else(nowhere)?, false)?;
        self.outcome(&intent, &request.url)?.ok_or_else(nowhere)
    }

    /// Returns the outcome in the journal; `None` if the request was not sent.
    fn outcome(&self, intent: &Intent, url: &Url) -> Result<Option<DeliveryOutcome>, Error> {
        let Some(unfinished) = self.vault.unfinished(&self.lock)? else { return Ok(None) };
        if unfinished.intent.is_none_or(|found| found.key() != intent.key()) {
            return Ok(None);
        }
        let known = unfinished.outcome.as_ref().and_then(|outcome| read_outcome(outcome));
        let ended = || NetError::Broken {
            url: url.origin().ascii_serialization(),
            reason: "the process that waited for it was terminated".to_owned(),
        };
        Ok(Some(known.unwrap_or_else(|| DeliveryOutcome { received: Timestamp::now(), result: Err(ended()) })))
    }

    /// Starts the helper and waits for its exit. The outcome is in the journal.
    fn launch(&self, program: &Path, parcel: &[u8]) {
        let run = || -> Option<()> {
            let (mut ours, theirs) = UnixStream::pair().ok()?;
            let mut command = without(program.as_os_str(), self.hidden_variables.iter().cloned());
            command.arg(HELPER).stdin(Stdio::from(OwnedFd::from(theirs)));
            command.stdout(Stdio::from(self.lock.journal().ok()??.into_descriptor().ok()?)).stderr(Stdio::null());
            let mut helper = command.spawn().ok()?;
            // closes our copy of the other end
            drop(command);
            let sent = ours.write_all(parcel).and_then(|()| ours.shutdown(Shutdown::Write));
            let _ = sent.and_then(|()| ours.read(&mut [0]));
            helper.wait().ok().map(|_| ())
        };
        let _ = run();
    }
}

fn nowhere() -> Error {
    Error::new(ErrorKind::Failed, "the refresh could not be sent")
}

impl Carrier for Arc<Courier> {
    fn carry<'c>(
        &'c self,
        request: Request,
        limits: Limits,
        options: &Options,
        from: Option<(Url, Follow)>,
    ) -> Carried<'c> {
        let (courier, options) = (Self::clone(self), options.clone());
        Box::pin(async move {
            let recovered = courier.state().recovered.take();
            let outcome = match recovered {
                Some(outcome) => Ok(outcome),
                None => {
                    // continues if this future is dropped
                    let sender = Self::clone(&courier);
                    let sent =
                        tokio::task::spawn_blocking(move || sender.send(&request, limits, &options, from.as_ref()))
                            .await;
                    sent.unwrap_or_else(|_| Err(nowhere()))
                }
            };
            match outcome {
                Ok(outcome) => {
                    courier.state().last = Some(outcome.clone());
                    outcome.result
                }
                Err(error) => {
                    courier.state().failure = Some(error);
                    Err(NetError::Setup)
                }
            }
        })
    }
}

/// Runs the helper (see the module documentation). Returns the exit code of the process; `None` if it was not started
/// as the helper.
#[must_use]
pub fn finish_refresh() -> Option<u8> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != HELPER || arguments.next().is_some() {
        return None;
    }
    let input = rustix::stdio::stdin().try_clone_to_owned().ok()?;
    let kind = rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(&input).ok()?.st_mode);
    if kind != rustix::fs::FileType::Socket {
        return None;
    }
    let journal = Journal::inherited(rustix::stdio::stdout().try_clone_to_owned().ok()?);
    // fails for a process group leader, which already has its own session
    let _ = rustix::process::setsid();
    let mut bytes = Zeroizing::new(Vec::new());
    let read = UnixStream::from(input).take(MOST_BYTES).read_to_end(&mut bytes);
    let parcel = read.ok().and_then(|_| unpack(&bytes));
    Some(parcel.and_then(|parcel| deliver(&journal, parcel, true).ok()).map_or(1, |()| 0))
}

/// Writes the intent, sends the request, writes the outcome. `alone`: in a separate process.
fn deliver(journal: &Journal, parcel: Parcel, alone: bool) -> Result<(), Error> {
    let failed =
        |reason: &dyn fmt::Display| Error::new(ErrorKind::Failed, format!("the refresh was not sent: {reason}"));
    let mut client = net::Client::with(parcel.options).map_err(|error| failed(&error))?;
    if let Some((from, follow)) = &parcel.from {
        client = client.following(from, *follow);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.map_err(|error| failed(&error))?.block_on(async {
        let _ignored = alone.then(ignore_signals);
        journal.begin(&parcel.sealed)?;
        Ok::<_, Error>(client.send(parcel.request, parcel.limits).await)
    })?;
    let outcome = write_outcome(&result);
    // a response longer than the reserved space, or a file system without reservation, may have to wait for disk space
    let started = Instant::now();
    loop {
        match journal.finish(&parcel.sealed, &parcel.key, &outcome) {
            Err(_) if started.elapsed() < WRITE_PATIENCE => std::thread::sleep(WRITE_AGAIN),
            done => return Ok(done?),
        }
    }
}

/// Ignores these signals in the helper.
fn ignore_signals() -> Vec<tokio::signal::unix::Signal> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate(), SignalKind::quit()];
    kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect()
}

/// A request in the form that is passed to the helper.
struct Parcel {
    sealed: Vec<u8>,
    key: OutcomeKey,
    request: Request,
    limits: Limits,
    options: Options,
    /// Server that referred to the URL, and the rule for its references.
    from: Option<(Url, Follow)>,
}

/// Sequence of length-prefixed fields.
fn pack(
    sealed: &[u8],
    key: &OutcomeKey,
    request: &Request,
    limits: Limits,
    options: &Options,
    from: Option<&(Url, Follow)>,
) -> Zeroizing<Vec<u8>> {
    let millis = u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX).to_be_bytes();
    let most = u64::try_from(limits.body).unwrap_or(u64::MAX).to_be_bytes();
    let protocol = match options.protocol {
        Protocol::Any => b"0",
        Protocol::Http1 => b"1",
        Protocol::Http2 => b"2",
    };
    let mut fields: Vec<&[u8]> = vec![
        BEGIN,
        sealed,
        key.expose(),
        &millis,
        &most,
        options.authorities.as_deref().unwrap_or_default(),
        options.identity.as_ref().map_or(&[], |identity| identity.expose().as_bytes()),
        protocol,
        from.map_or(&[], |(url, _)| url.as_str().as_bytes()),
        match from {
            Some((_, Follow::Public)) => b"public",
            _ => b"not-nearer",
        },
        request.method.as_str().as_bytes(),
        request.url.as_str().as_bytes(),
        request.body.as_deref().unwrap_or_default(),
    ];
    for (name, value) in &request.headers {
        fields.extend([name.as_str().as_bytes(), value.as_bytes()]);
    }
    fields.push(END);
    // allocated once, so that growing leaves no copy behind
    let mut packed = Zeroizing::new(Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum()));
    for field in fields {
        packed.extend_from_slice(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        packed.extend_from_slice(field);
    }
    packed
}

fn unpack(packed: &[u8]) -> Option<Parcel> {
    let mut fields: Vec<&[u8]> = Vec::new();
    let mut rest = packed;
    while let Some((length, after)) = rest.split_first_chunk::<8>() {
        let (field, after) = after.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
        fields.push(field);
        rest = after;
    }
    let [
        begin,
        sealed,
        key,
        millis,
        most,
        authorities,
        identity,
        protocol,
        from,
        follow,
        method,
        url,
        body,
        headers @ ..,
        end,
    ] = fields.as_slice()
    else {
        return None;
    };
    if *begin != BEGIN || *end != END || !rest.is_empty() {
        return None;
    }
    let number = |bytes: &[u8]| Some(u64::from_be_bytes(bytes.try_into().ok()?));
    let (pairs, []) = headers.as_chunks::<2>() else { return None };
    let headers = pairs.iter().map(|[name, value]| {
        let mut value = HeaderValue::from_bytes(value).ok()?;
        value.set_sensitive(true);
        Some((HeaderName::from_bytes(name).ok()?, value))
    });
    let text = |bytes: &[u8]| Some(std::str::from_utf8(bytes).ok()?.to_owned());
    Some(Parcel {
        sealed: sealed.to_vec(),
        key: OutcomeKey::from_bytes(key)?,
        request: Request {
            method: Method::from_bytes(method).ok()?,
            url: Url::parse(&text(url)?).ok()?,
            headers: headers.collect::<Option<HeaderMap>>()?,
            body: Some(body.to_vec()),
        },
        limits: Limits { deadline: Duration::from_millis(number(millis)?), body: usize::try_from(number(most)?).ok()? },
        options: Options {
            authorities: (!authorities.is_empty()).then(|| authorities.to_vec()),
            identity: (!identity.is_empty()).then(|| text(identity).map(Secret::new)).flatten(),
            protocol: match *protocol {
                b"1" => Protocol::Http1,
                b"2" => Protocol::Http2,
                _ => Protocol::Any,
            },
        },
        from: match (text(from)?.as_str(), *follow) {
            ("", _) => None,
            (from, b"public") => Some((Url::parse(from).ok()?, Follow::Public)),
            (from, _) => Some((Url::parse(from).ok()?, Follow::NotNearer)),
        },
    })
}

/// Serialized outcome: a line of JSON without secrets, then the body.
#[derive(Serialize, Deserialize)]
struct Head {
    received: i64,
    /// Fraction of the second.
    #[serde(default)]
    nanosecond: i32,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    failure: Option<Failure>,
}

#[derive(Serialize, Deserialize)]
struct Failure {
    kind: String,
    url: String,
    reason: String,
    number: u64,
}

fn write_outcome(result: &Result<Response, NetError>) -> Zeroizing<Vec<u8>> {
    let now = Timestamp::now();
    let (received, nanosecond) = (now.as_second(), now.subsec_nanosecond());
    let mut head = Head { received, nanosecond, status: None, headers: Vec::new(), failure: None };
    let mut body: &[u8] = &[];
    match result {
        Ok(response) => {
            head.status = Some(response.status.as_u16());
            let known = HEADERS.iter().filter_map(|name| Some((*name, response.headers.get(*name)?.to_str().ok()?)));
            head.headers = known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            body = &response.body;
        }
        Err(error) => head.failure = Some(Failure::of(error)),
    }
    let head = serde_json::to_vec(&head).unwrap_or_default();
    let mut written = Zeroizing::new(Vec::with_capacity(head.len() + 1 + body.len()));
    written.extend_from_slice(&head);
    written.push(b'\n');
    written.extend_from_slice(body);
    written
}

pub(in crate::app) fn read_outcome(bytes: &[u8]) -> Option<DeliveryOutcome> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, body) = bytes.split_at_checked(end)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let received = Timestamp::new(head.received, head.nanosecond).ok()?;
    let result = match (head.status, head.failure) {
        (Some(status), None) => {
            let header = |(name, value): (String, String)| {
                Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
            };
            Ok(Response {
                version: Version::HTTP_11,
                status: StatusCode::from_u16(status).ok()?,
                headers: head.headers.into_iter().map(header).collect::<Option<HeaderMap>>()?,
                body: Zeroizing::new(body.get(1..)?.to_vec()),
                timing: net::Timing::default(),
            })
        }
        (None, Some(failure)) => Err(failure.into_error()),
        _ => return None,
    };
    Some(DeliveryOutcome { received, result })
}

impl Failure {
    fn of(error: &NetError) -> Self {
        let failure = |kind: &str, url: &str, reason: &str, number: u64| Self {
            kind: kind.to_owned(),
            url: url.to_owned(),
            reason: reason.to_owned(),
            number,
        };
        match error {
            NetError::NotPermitted { url, reason } => failure("not-permitted", url, reason, 0),
            NetError::TooNear { url, reason } => failure("not-permitted", url, &reason.to_string(), 0),
            NetError::Setup | NetError::Certificate(_) => failure("setup", "", "", 0),
            NetError::Unreachable { url, reason } => failure("unreachable", url, reason, 0),
            NetError::TimedOut { url, after } => failure("timed-out", url, "", after.as_secs()),
            NetError::TooLarge { url, most } => failure("too-large", url, "", u64::try_from(*most).unwrap_or_default()),
            NetError::Broken { url, reason } => failure("broken", url, reason, 0),
        }
    }

    fn into_error(self) -> NetError {
        let Self { kind, url, reason, number } = self;
        match kind.as_str() {
            "not-permitted" => NetError::NotPermitted { url, reason },
            "setup" => NetError::Setup,
            "unreachable" => NetError::Unreachable { url, reason },
            "timed-out" => NetError::TimedOut { url, after: Duration::from_secs(number) },
            "too-large" => NetError::TooLarge { url, most: usize::try_from(number).unwrap_or_default() },
            _ => NetError::Broken { url, reason },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn parcel() -> Zeroizing<Vec<u8>> {
        let request = Request {
            method: Method::POST,
            url: Url::parse("https://login.example.com/token").unwrap(),
            headers: HeaderMap::from_iter([(http::header::ACCEPT, HeaderValue::from_static("application/json"))]),
            body: Some(b"grant_type=refresh_token".to_vec()),
        };
        let options = Options {
            authorities: Some(b"certificates".to_vec()),
            identity: Some(Secret::new("key")),
            protocol: Protocol::Http1,
        };
        let limits = Limits { deadline: Duration::from_secs(20), body: 1 << 20 };
        let from = (Url::parse("https://login.example.com").unwrap(), Follow::NotNearer);
        pack(b"sealed", &OutcomeKey::from_bytes(&[7; 32]).unwrap(), &request, limits, &options, Some(&from))
    }

    #[test]
    fn the_helper_refuses_an_incomplete_request() {
        let whole = parcel();
        let read = unpack(&whole).unwrap();
        assert_eq!((read.sealed.as_slice(), read.key.expose()), (&b"sealed"[..], &[7; 32][..]));
        assert_eq!(read.request.url.as_str(), "https://login.example.com/token");
        assert_eq!(read.request.headers["accept"], "application/json");
        assert_eq!(read.request.body.as_deref(), Some(&b"grant_type=refresh_token"[..]));
        assert_eq!((read.limits.deadline, read.limits.body), (Duration::from_secs(20), 1 << 20));
        assert_eq!(read.options.authorities.as_deref(), Some(&b"certificates"[..]));
        assert_eq!(read.from, Some((Url::parse("https://login.example.com").unwrap(), Follow::NotNearer)));
        assert_eq!(read.options.identity.as_ref().map(Secret::expose), Some("key"));
        assert_eq!(read.options.protocol, Protocol::Http1);
        for cut in 0..whole.len() {
            assert!(unpack(&whole[..cut]).is_none(), "{cut}");
        }
        assert!(unpack(&[&whole[..], b"x"].concat()).is_none());
    }

    #[test]
    fn outcomes_survive_a_round_trip() {
        let response = Response {
            version: Version::HTTP_2,
            status: StatusCode::BAD_REQUEST,
            headers: HeaderMap::from_iter([
                (http::header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (http::header::SET_COOKIE, HeaderValue::from_static("a=b")),
            ]),
            body: Zeroizing::new(b"{\n}".to_vec()),
            timing: net::Timing::default(),
        };
        let read = read_outcome(&write_outcome(&Ok(response))).unwrap().result.map_err(|error| error.to_string());
        let read = read.unwrap();
        assert_eq!((read.status, read.body.as_slice()), (StatusCode::BAD_REQUEST, &b"{\n}"[..]));
        assert_eq!(read.headers.len(), 1);
        let url = || "https://login.example.com/token".to_owned();
        for (error, unsent) in [
            (NetError::Unreachable { url: url(), reason: "refused".to_owned() }, true),
            (NetError::NotPermitted { url: url(), reason: "no".to_owned() }, true),
            (NetError::Setup, true),
            (NetError::TimedOut { url: url(), after: Duration::from_secs(20) }, false),
            (NetError::TooLarge { url: url(), most: 5 }, false),
            (NetError::Broken { url: url(), reason: "reset".to_owned() }, false),
        ] {
            let read = read_outcome(&write_outcome(&Err(error.clone()))).unwrap();
            assert_eq!(read.is_unsent(), unsent);
            assert_eq!(read.result.map(|_| ()).unwrap_err(), error);
        }
        assert!(read_outcome(b"").is_none() && read_outcome(b"{}\n").is_none());
    }
}
