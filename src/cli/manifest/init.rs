//! `tokscope manifest init`: a first manifest, from a description or by questions.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::import::{ReadingArguments, report};
use crate::cli::print::Streams;
use crate::manifest::import::First;
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::workspace::{Error, ImportRequest, Kind, create_manifest, import_description};

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

pub(super) fn run(arguments: &Arguments, named: Option<&Path>, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    let path = named.unwrap_or(Path::new("tokscope.toml"));
    if path.exists() {
        let problem = format!("`{}` is there already, and is not written over", path.display());
        return Err(Error::new(Kind::Usage, problem).hint("`tokscope manifest import SOURCE --into FILE` adds to it"));
    }
    match &arguments.source {
        Some(source) if !arguments.refer => {
            let request = ImportRequest {
                source: source.clone(),
                api: arguments.api.clone(),
                into: Some(path.to_path_buf()),
                options: arguments.reading.options(),
                ..ImportRequest::default()
            };
            report(&import_description(&request)?, streams);
        }
        _ => create_manifest(path, &first(arguments, streams)?.manifest())?,
    }
    streams.say(format_args!("{} is written; `tokscope manifest show` shows it", visible(&path.display().to_string())));
    Ok(None)
}

/// What the arguments say, and for the rest what a person answers.
fn first(arguments: &Arguments, streams: &mut Streams) -> Result<First, Error> {
    let options = arguments.reading.options();
    let mut first = First {
        api: arguments.api.clone().unwrap_or_default(),
        base_url: options.base_url,
        source: arguments.source.as_ref().map(|source| source.to_string_lossy().into_owned()),
        issuer: arguments.issuer.clone(),
        client_id: arguments.client_id.clone(),
        ..First::default()
    };
    let complete = !first.api.is_empty() && (first.base_url.is_some() || first.source.is_some());
    if complete {
        return Ok(first);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(
            Kind::Usage,
            "a first manifest needs the API's name and base URL, and nobody can be asked here",
        )
        .hint("give --api NAME --base-url URL, or the file of a description"));
    }
    if first.api.is_empty() {
        first.api = ask(streams, "The API's name: ")?.ok_or_else(unanswered)?;
    }
    if first.base_url.is_none() && first.source.is_none() {
        first.base_url = Some(ask(streams, "Its base URL (https://…): ")?.ok_or_else(unanswered)?);
    }
    if first.issuer.is_none() {
        first.issuer = ask(streams, "The issuer of its tokens (https://…, empty: none): ")?;
    }
    if first.client_id.is_none() && first.issuer.is_some() {
        first.client_id = ask(streams, "The client_id of a client registered there (empty: none): ")?;
    }
    while let Some(line) = ask(streams, "An endpoint and its scopes, as in `GET /orders orders:read` (empty: done): ")?
    {
        let mut words = line.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            streams.say("write a method, a path and the scopes");
            continue;
        };
        match words.map(crate::scope::Scope::parse).collect::<Result<ScopeSet, _>>() {
            Ok(scopes) => first.endpoints.push((format!("{} {path}", method.to_ascii_uppercase()), scopes)),
            Err(error) => streams.say(visible(&error.to_string())),
        }
    }
    Ok(first)
}

fn unanswered() -> Error {
    Error::new(Kind::Usage, "without an answer there is no manifest")
}

/// A line that a person types; `None` when it is empty.
fn ask(streams: &mut Streams, question: &str) -> Result<Option<String>, Error> {
    streams.ask(question);
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Error::new(Kind::Failed, format!("no answer can be read: {error}")))?;
    Ok(Some(line.trim().to_owned()).filter(|line| !line.is_empty()))
}
