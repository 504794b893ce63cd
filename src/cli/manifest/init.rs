//! `tokscope manifest init`: creates a manifest from an API description or interactively.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::import::{ReadingArguments, report};
use crate::app::{Error, ErrorKind, ImportRequest, check_manifest_text, create_manifest, import_description};
use crate::cli::print::Streams;
use crate::diagnostic::Severity;
use crate::manifest::import::NewManifest;
use crate::scope::ScopeSet;
use crate::text::visible;

/// Create a manifest from an API description, or interactively
///
/// Writes `tokscope.toml` in the working directory, or the file named with --manifest. An existing file is never
/// overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest init
  tokscope manifest init openapi.yaml --refer")]
pub(super) struct Arguments {
    /// API description, as for `manifest import`
    source: Option<PathBuf>,
    /// Refer to the description instead of copying it
    #[arg(long, requires = "source")]
    refer: bool,
    /// Name of the API [default: derived from its title, or prompted for]
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Issuer of the API's tokens
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// `client_id` of a client registered with that issuer
    #[arg(long, value_name = "ID", requires = "issuer")]
    client_id: Option<String>,
    #[command(flatten)]
    reading: ReadingArguments,
}

pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = named.unwrap_or(Path::new("tokscope.toml"));
    if path.exists() {
        let problem = format!("`{}` already exists", path.display());
        return Err(Error::new(ErrorKind::Usage, problem)
            .hint("run `tokscope manifest import SOURCE --into FILE` to add to it"));
    }
    match &arguments.source {
        Some(source) if !arguments.refer => {
            let request = ImportRequest {
                source: source.clone(),
                api: arguments.api.clone(),
                into: Some(path.to_path_buf()),
                options: arguments.reading.options(),
                overlays: arguments.reading.overlays(),
                ..ImportRequest::default()
            };
            report(&import_description(&request)?, streams);
        }
        _ => create_manifest(path, &new_manifest(arguments, streams)?.to_toml())?,
    }
    streams
        .say(format_args!("created {}; view it with `tokscope manifest show`", visible(&path.display().to_string())));
    Ok(None)
}

/// Takes the settings from the arguments, and prompts for missing ones.
fn new_manifest(arguments: &Arguments, streams: &mut Streams) -> Result<NewManifest, Error> {
    let options = arguments.reading.options();
    let mut new = NewManifest {
        api: arguments.api.clone().unwrap_or_default(),
        base_url: options.base_url,
        source: arguments.source.as_ref().map(|source| source.to_string_lossy().into_owned()),
        issuer: arguments.issuer.clone(),
        client_id: arguments.client_id.clone(),
        ..NewManifest::default()
    };
    let complete = !new.api.is_empty() && (new.base_url.is_some() || new.source.is_some());
    if complete {
        return Ok(new);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(
            ErrorKind::Usage,
            "the API's name and base URL are required, and stdin is not a terminal",
        )
        .hint("use `--api NAME --base-url URL`, or name an API description"));
    }
    if new.api.is_empty() {
        ask_for(streams, "API name: ", &mut new, |new, answer| {
            new.api = answer.ok_or_else(cancelled)?;
            Ok(())
        })?;
    }
    if new.base_url.is_none() && new.source.is_none() {
        ask_for(streams, "Base URL (https://…): ", &mut new, |new, answer| {
            new.base_url = Some(answer.ok_or_else(cancelled)?);
            Ok(())
        })?;
    }
    if new.issuer.is_none() {
        ask_for(streams, "Issuer of its tokens (https://…, empty for none): ", &mut new, |new, answer| {
            new.issuer = answer;
            Ok(())
        })?;
    }
    if new.client_id.is_none() && new.issuer.is_some() {
        ask_for(streams, "Client ID registered there (empty for none): ", &mut new, |new, answer| {
            new.client_id = answer;
            Ok(())
        })?;
    }
    while let Some(line) =
        ask(streams, "Endpoint and its scopes, such as `GET /orders orders:read` (empty to finish): ")?
    {
        let mut words = line.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            streams.say("enter a method, a path and the scopes");
            continue;
        };
        match words.map(crate::scope::Scope::parse).collect::<Result<ScopeSet, _>>() {
            Ok(scopes) => {
                let endpoint = format!("{} {path}", method.to_ascii_uppercase());
                let mut tried = new.clone();
                tried.endpoints.push((endpoint, scopes));
                match fault(&tried) {
                    Some(fault) => streams.say(visible(&fault)),
                    None => new = tried,
                }
            }
            Err(error) => streams.say(visible(&error.to_string())),
        }
    }
    Ok(new)
}

/// Prompts until the answer leaves the manifest valid, so that earlier answers are not lost.
fn ask_for(
    streams: &mut Streams,
    question: &str,
    new: &mut NewManifest,
    mut set: impl FnMut(&mut NewManifest, Option<String>) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let mut tried = new.clone();
        set(&mut tried, ask(streams, question)?)?;
        match fault(&tried) {
            Some(fault) => streams.say(visible(&fault)),
            None => {
                *new = tried;
                return Ok(());
            }
        }
    }
}

/// Returns why a manifest is not valid. A value that is prompted for later is not required yet.
fn fault(new: &NewManifest) -> Option<String> {
    let unknown = new.base_url.is_none().then(|| "https://api.example.com".to_owned());
    let text = NewManifest { base_url: new.base_url.clone().or(unknown), source: None, ..new.clone() }.to_toml();
    let findings = check_manifest_text("new", &text).findings;
    findings.into_iter().find(|finding| finding.severity() == Severity::Error).map(|finding| match finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message,
    })
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Usage, "cancelled: a value is required")
}

/// Prompts for a line; `None` if it is empty.
fn ask(streams: &mut Streams, question: &str) -> Result<Option<String>, Error> {
    streams.ask(question);
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Error::new(ErrorKind::Failed, format!("stdin can't be read: {error}")))?;
    Ok(Some(line.trim().to_owned()).filter(|line| !line.is_empty()))
}
