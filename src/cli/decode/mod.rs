//! `tokscope decode`: decode a token, and optionally verify it.

mod document;
mod lines;
mod output;
mod report;
mod scan;
mod verification;
mod verify;

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub(super) use self::document::document;
pub(super) use self::report::report;
pub(super) use self::verification::Verification;
use super::arguments::TokenArguments;
use super::print::Streams;
use crate::app::{Error, ErrorKind};
use crate::diagnostic::Severity;
use crate::text::visible;
use crate::token::lines::Options;
use crate::token::{Decoded, Json, Payload, Policy, claim_at};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The input may be a bare token, `Bearer …`, an `Authorization:` line, a quoted string, a token response in JSON, or a \
`curl` command, raw HTTP message, HAR, URL, cookie, or shell assignment that contains one.

Examples:
  tokscope decode eyJhbGciOi…
  pbpaste | tokscope decode --json
  tokscope decode --claim exp < token.txt
  tokscope decode --file session.har --fail-on warning
  tokscope decode --scan --fail-on-found --file build.log
  tokscope decode --verify --issuer https://login.example.com < token.txt")]
pub(super) struct Arguments {
    #[command(flatten)]
    token: TokenArguments,
    /// Print JSON (tokscope.decode/v1)
    #[arg(long, conflicts_with_all = ["claim", "header", "payload"])]
    json: bool,
    /// Print one claim: strings as they are, anything else as JSON. A JSON pointer such as `/realm_access/roles`
    /// selects a nested value (RFC 6901)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["header", "payload"])]
    claim: Option<String>,
    /// Print only the JOSE header, as JSON
    #[arg(long, conflicts_with = "payload")]
    header: bool,
    /// Print only the payload: claims as JSON, anything else unchanged
    #[arg(long)]
    payload: bool,
    /// Decode one token per line from stdin or --file, and print one JSON object per line in the same order
    #[arg(long, conflicts_with_all = ["token", "env", "claim", "header", "payload"])]
    lines: bool,
    /// With --lines, include findings for each token (much slower)
    #[arg(long, requires = "lines", conflicts_with_all = ["token", "env", "scan"])]
    findings: bool,
    /// Find every token in a text or log from stdin or --file, and print its line, column and type, masked
    #[arg(long, conflicts_with_all = ["token", "env", "claim", "header", "payload", "lines", "keys"])]
    scan: bool,
    /// With --scan, exit with code 6 if a token is found, such as to detect leaked tokens in CI
    #[arg(long, requires = "scan", conflicts_with_all = ["token", "env"])]
    fail_on_found: bool,
    /// Exit with code 6 if there is a finding of this severity or above
    #[arg(long, value_name = "SEVERITY", value_parser = severity, conflicts_with = "scan")]
    fail_on: Option<Severity>,
    /// Report tokens with a longer lifetime, such as `1h` or `30m` [default: 28h]
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    max_lifetime: Option<Duration>,
    /// Maximum input size in bytes [default: 1048576; 64 MiB for a JSON document]
    #[arg(long, value_name = "BYTES", conflicts_with = "scan")]
    max_bytes: Option<usize>,
    /// Decrypt an encrypted token with a key file: a JWK, or a private key in PEM
    #[arg(long, value_name = "FILE", conflicts_with_all = ["lines", "scan"])]
    decrypt: Option<PathBuf>,
    #[command(flatten)]
    verification: verify::VerifyArguments,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let now = Timestamp::now();
    let session = arguments.verification.session(arguments.token.is_standard_input())?;
    if arguments.scan {
        return scan::run(arguments.token.reader()?, arguments.json, arguments.fail_on_found, streams);
    }
    let usual = Policy::default();
    let policy = Policy {
        max_lifetime: arguments.max_lifetime.unwrap_or(usual.max_lifetime),
        max_bytes: arguments.max_bytes.unwrap_or(usual.max_bytes),
    };
    if arguments.lines {
        let findings = arguments.findings || arguments.fail_on.is_some();
        let options = Options { verify: None, policy, findings };
        return lines::run(arguments.token.reader()?, session.as_ref(), options, arguments.fail_on, streams);
    }
    let mut token = arguments.token.read(now, policy)?;
    if let Some(doubt) = arguments.token.doubt(&token) {
        streams.say(doubt);
    }
    if let Some(key) = &arguments.decrypt {
        token = token.decrypted(key, now, policy)?;
    }
    let decoded = &token.decoded;
    let verification = match &session {
        None => Verification::not_checked(decoded),
        Some(session) => Verification::of(decoded, token.secret.expose(), session, now),
    };
    let is_part = arguments.claim.is_some() || arguments.header || arguments.payload;
    if let (Some(refusal), true) = (&verification.refusal, is_part) {
        // a single value could not be marked as untrusted
        return Err(Error::new(ErrorKind::TokenUnusable, refusal).hint("the full report and `--json` show it anyway"));
    }
    if let Some(name) = &arguments.claim {
        let value = decoded.claims().and_then(|claims| claim_at(claims, name));
        let absent = match decoded.has_all_claims() {
            true => format!("the token has no claim `{name}`"),
            false => format!("the token is truncated, and has no claim `{name}` before the cut"),
        };
        part(value, &absent, decoded, streams)?;
    } else if arguments.header {
        part(decoded.header.as_ref(), "the token has no readable header", decoded, streams)?;
    } else if arguments.payload {
        payload(decoded, streams)?;
    } else if arguments.json {
        streams.json(&document(&token, &verification));
    } else {
        report(&token, &verification, now, streams);
    }
    if !decoded.whole || verification.refusal.is_some() {
        return Ok(Some(ErrorKind::TokenUnusable));
    }
    let found = |least| decoded.all_findings().any(|finding| finding.severity() >= least);
    Ok(arguments.fail_on.is_some_and(found).then_some(ErrorKind::Findings))
}

fn severity(text: &str) -> Result<Severity, String> {
    let known = [Severity::Info, Severity::Warning, Severity::Error];
    known
        .into_iter()
        .find(|severity| severity.as_str() == text)
        .ok_or_else(|| "must be `info`, `warning` or `error`".to_owned())
}

/// Parses a duration, such as `1h`, `90 min` or `PT1H`.
pub(super) fn lifetime(text: &str) -> Result<Duration, String> {
    let duration: Option<SignedDuration> = text.parse().ok();
    let duration = duration.and_then(|duration| Duration::try_from(duration).ok());
    duration.ok_or_else(|| "must be a duration such as `30m`, `8h` or `1h30m`".to_owned())
}

fn part(value: Option<&Json>, absent: &str, decoded: &Decoded, streams: &mut Streams) -> Result<(), Error> {
    match value {
        Some(Json::String(text)) => streams.line(visible(text)),
        Some(value) => streams.json(value),
        None => return Err(missing(absent, decoded)),
    }
    Ok(())
}

fn payload(decoded: &Decoded, streams: &mut Streams) -> Result<(), Error> {
    match &decoded.payload {
        Payload::Claims(value) | Payload::Json(value) => streams.json(value),
        Payload::Text(text) => streams.body(text.as_bytes()),
        Payload::Bytes(bytes) => streams.body(bytes),
        Payload::Encrypted(_) => return Err(missing("the payload is encrypted", decoded)),
        Payload::Absent => return Err(missing("the token has no readable payload", decoded)),
    }
    Ok(())
}

/// Error for a missing part: the token is unusable if that is why the part is missing.
fn missing(absent: &str, decoded: &Decoded) -> Error {
    let kind = if decoded.claims().is_some() && decoded.whole { ErrorKind::Failed } else { ErrorKind::TokenUnusable };
    let error = Error::new(kind, absent);
    decoded.findings.iter().fold(error, |error, finding| error.hint(finding.message.clone()))
}
