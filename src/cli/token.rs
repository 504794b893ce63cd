//! `tokscope token` prints a valid token for the endpoints, and nothing else.

use std::path::Path;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::obtain::Asking;
use super::open::find_all;
use super::print::{Streams, json_findings, json_list, json_object, json_option, json_text};
use super::wait_for;
use crate::app::report;
use crate::app::{AcquiredToken, Acquisition, Error, ErrorKind, Recipient, TokenSource, deny_hand_out, hand_out};
use crate::text::shell_word;
use crate::token::Json;

/// Default environment variable for a token.
pub(super) const VARIABLE: &str = "TOKSCOPE_ACCESS_TOKEN";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints the narrowest stored token that covers the endpoints, refreshed if it has expired, and narrowed where that does not \
cost the grant. If there is none, a new token is obtained and stored.

Examples:
  tokscope token -e 'GET /orders' --header | curl -H @- https://api.example.com/v1/orders
  tokscope token -e 'GET /orders' --json")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT", required = true)]
    endpoints: Vec<String>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Output format: the token alone (raw), the value of the Authorization header (credentials), the whole header line
    /// (header), a shell assignment (env), or json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Raw)]
    format: Format,
    /// Same as --format header
    #[arg(long, conflicts_with_all = ["format", "json"])]
    header: bool,
    /// Same as --format json (tokscope.token/v1)
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    asking: Asking,
}

/// Output format of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Raw,
    Credentials,
    Header,
    Env,
    Json,
}

impl Arguments {
    fn format(&self) -> Format {
        match (self.header, self.json) {
            (true, _) => Format::Header,
            (_, true) => Format::Json,
            (false, false) => self.format,
        }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = arguments.asking.access.context(manifest, streams)?;
    let endpoints = find_all(&context, &arguments.endpoints, arguments.api.as_deref())?;
    let terms = arguments.asking.terms()?;
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = wait_for(async { Acquisition::new(&context, terms, &mut terminal).token(&endpoints).await })?;
    let denied = |error| deny_hand_out(&context, &acquired.token, &endpoints, &Recipient::Stdout, error);
    let token = plain(&acquired).map_err(denied)?;
    if let Some(ruling) = hand_out(&context, &acquired.token, &endpoints, &Recipient::Stdout)? {
        streams.say_report(&report::ruling(&ruling));
    }
    let line = match arguments.format() {
        Format::Raw => Some(format!("{token}\n")),
        Format::Credentials => Some(format!("{}\n", *credentials(&acquired)?)),
        Format::Header => Some(format!("Authorization: {}\n", *credentials(&acquired)?)),
        Format::Env => Some(format!("{VARIABLE}={}\n", shell_word(token))),
        Format::Json => None,
    };
    match line.map(Zeroizing::new) {
        Some(line) => streams.raw(line.as_bytes()),
        None => streams.json(&document(&acquired)),
    }
    // a token without the required scopes is not a success
    Ok((!acquired.short().is_empty()).then_some(ErrorKind::NotAllowed))
}

/// Returns the token if it is safe in a line: printable ASCII without spaces (RFC 6750 §2.1).
pub(super) fn plain(acquired: &AcquiredToken) -> Result<&str, Error> {
    let token = acquired.token.secret.expose();
    if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(token);
    }
    Err(Error::new(
        ErrorKind::TokenUnusable,
        "the token has characters that are not allowed in a header (RFC 6750 §2.1)",
    )
    .by_rule("token", None))
}

/// Returns the credentials (RFC 9110 §11.4): scheme and token.
pub(super) fn credentials(acquired: &AcquiredToken) -> Result<Zeroizing<String>, Error> {
    // a token type is case-insensitive (RFC 6749 §5.1); print the registered spelling
    let scheme = if acquired.token_type.eq_ignore_ascii_case("dpop") { "DPoP" } else { "Bearer" };
    Ok(Zeroizing::new(format!("{scheme} {}", plain(acquired)?)))
}

/// `tokscope.token/v1`
fn document(acquired: &AcquiredToken) -> Json {
    let expires_in = acquired.expires.map(|end| end.duration_since(Timestamp::now()).as_secs().max(0));
    json_object([
        ("schema", json_text("tokscope.token/v1")),
        ("access_token", json_text(acquired.token.secret.expose())),
        ("token_type", json_text(&acquired.token_type)),
        ("expires_in", expires_in.map_or(Json::Null, |seconds| Json::Number(seconds.to_string()))),
        ("expires_at", json_option(acquired.expires)),
        ("id", json_option(acquired.record.as_ref().map(|record| &record.id))),
        ("reused", Json::Bool(acquired.source != TokenSource::Obtained)),
        ("asked", json_list(&acquired.asked)),
        ("granted", json_list(&acquired.granted)),
        ("short", json_list(acquired.short())),
        ("beyond", json_list(&acquired.beyond)),
        ("findings", json_findings(&acquired.findings)),
    ])
}
