//! `tokscope audit log` lists records.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::app::report::approved_in_words;
use crate::app::{AuditReader, Error, ErrorKind, LoggedRecord, ReadPosition};
use crate::cli::print::{Paint, Streams, pad};
use crate::text::visible;
use crate::usage::{Filter, Outcome, Phase};

/// Interval at which new records are looked for.
const INTERVAL: Duration = Duration::from_millis(200);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Earliest time: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    /// Latest time, in the same forms
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
    /// Client in the manifest
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Endpoint, or a part of it
    #[arg(long, short, value_name = "ENDPOINT")]
    endpoint: Option<String>,
    /// Scope that was required, requested, granted or used
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Event such as token.used, or a group such as token (repeatable)
    #[arg(long, value_name = "EVENT", value_parser = event)]
    event: Vec<String>,
    /// Outcome: ok, denied, refused, failed or unknown (repeatable)
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    outcome: Vec<Outcome>,
    /// Beginning of the fingerprint or ID of a token
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Print the lines of the log as they are (JSON Lines)
    #[arg(long)]
    json: bool,
    /// Wait for new records
    #[arg(long, short)]
    follow: bool,
}

/// Parses a time, or a duration before now.
pub(in crate::cli) fn time(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("`{text}` is not a time; write 2026-11-29T10:00:00Z, 2026-11-29, 24h or 7d");
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(start) = format!("{text}T00:00:00Z").parse::<Timestamp>() {
        return Ok(start);
    }
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let count: i64 = text.strip_suffix(unit).and_then(|count| count.parse().ok()).ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let seconds = count.checked_mul(seconds).filter(|seconds| *seconds >= 0).ok_or_else(wrong)?;
    Timestamp::now().checked_sub(SignedDuration::from_secs(seconds)).map_err(|_| wrong())
}

fn event(text: &str) -> Result<String, String> {
    match Filter::knows_event(text) {
        true => Ok(text.to_owned()),
        false => Err("it is neither an event nor a group of events".to_owned()),
    }
}

fn outcome(text: &str) -> Result<Outcome, String> {
    let names = || Outcome::ALL.iter().map(|(outcome, _)| outcome.as_str()).collect::<Vec<_>>().join(", ");
    Outcome::parse(text).ok_or_else(|| format!("must be one of {}", names()))
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let text = |time: Timestamp| format!("{time:.9}");
    let filter = Filter {
        since: arguments.since.map(text),
        until: arguments.until.map(text),
        client: arguments.client.clone(),
        endpoint: arguments.endpoint.clone(),
        scope: arguments.scope.clone(),
        events: arguments.event.clone(),
        outcomes: arguments.outcome.clone(),
        token: arguments.token.clone(),
    };
    let reader = AuditReader::new(None)?;
    if !arguments.json {
        streams.headings(&format!("{:<19}  {:<18}  {:<7}  {:<8}  ABOUT", "TIME", "EVENT", "OUTCOME", "CLIENT"));
    }
    let mut position = ReadPosition::default();
    loop {
        position = reader.read(position, &filter, |logged| {
            match arguments.json {
                true => streams.verbatim(&logged.line),
                false => line(&logged, streams),
            }
            !streams.is_closed()
        })?;
        if !arguments.follow || !streams.finish() || streams.is_closed() {
            return Ok(None);
        }
        std::thread::sleep(INTERVAL);
    }
}

/// Prints a record in one line: time, event, outcome, client, what it is about, scopes.
fn line(logged: &LoggedRecord, streams: &mut Streams) {
    let record = &logged.record;
    let time: String = record.time.as_deref().unwrap_or_default().chars().take(19).collect();
    let event = record.event.map_or("", |event| event.as_str());
    let outcome = match (record.phase, record.outcome) {
        (_, Some(outcome)) => outcome.as_str(),
        (Some(Phase::Intent), None) => "intent",
        _ => "",
    };
    let paint = match record.outcome {
        Some(Outcome::Ok) => Paint::Good,
        Some(Outcome::Denied | Outcome::Refused | Outcome::Failed) => Paint::Bad,
        Some(Outcome::Unknown) => Paint::Odd,
        None => Paint::Dim,
    };
    let mut about: Vec<String> = Vec::new();
    about.extend(record.endpoint.clone());
    about.extend(record.endpoints.clone().map(|endpoints| endpoints.join(", ")));
    about.extend(record.status.map(|status| status.to_string()));
    about.extend(record.recipient.clone().map(|recipient| format!("to {recipient}")));
    about.extend(record.program.clone());
    about.extend(approved_in_words(record));
    about.extend(record.cause.clone().map(|cause| format!("({cause})")));
    let scopes =
        |name: &str, list: &Option<Vec<String>>| list.as_ref().map(|list| format!("{name} {}", list.join(" ")));
    let used = scopes("used", &record.used);
    about
        .extend(used.or_else(|| scopes("granted", &record.granted)).or_else(|| scopes("requested", &record.requested)));
    about.extend(record.token.as_ref().map(|token| format!("token {}", token.chars().take(8).collect::<String>())));
    about.extend(logged.person.as_ref().map(|person| format!("by {person}")));
    let outcome = streams.paint(paint, pad(outcome, 7));
    streams.line(format_args!(
        "{time}  {}  {outcome}  {}  {}",
        pad(event, 18),
        pad(&visible(record.client.as_deref().unwrap_or("-")), 8),
        visible(&about.join("  "))
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_absolute_or_relative() {
        for good in ["2026-11-29T10:00:00Z", "2026-11-29", "90m", "24h", "7d", "0s"] {
            assert!(time(good).is_ok(), "{good}");
        }
        for wrong in ["", "d", "-1d", "7w", "yesterday", "99999999999999999999d", "9223372036854775807d", "é"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
