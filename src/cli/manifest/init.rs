//! `tokscope manifest init`: creates a manifest from an API description or interactively.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use super::import::{ReadingArguments, report};
use crate::app::{Error, ErrorKind, ImportRequest, ManifestDraft, import_description};
use crate::cli::print::Streams;
use crate::cli::questions::{ask, ask_until, in_manifest, reject, required};
use crate::manifest::GrantType;
use crate::manifest::import::{ApiKey, NewClient};
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
        _ => draft(arguments, streams)?.create(path)?,
    }
    streams
        .say(format_args!("created {}; view it with `tokscope manifest show`", visible(&path.display().to_string())));
    Ok(None)
}

/// Takes the settings from the arguments, and asks for missing ones.
fn draft(arguments: &Arguments, streams: &mut Streams) -> Result<ManifestDraft, Error> {
    let base_url = arguments.reading.options().base_url;
    let source = arguments.source.as_ref().map(|source| source.to_string_lossy());
    let is_complete = arguments.api.is_some() && (base_url.is_some() || source.is_some());
    if !is_complete && !std::io::stdin().is_terminal() {
        return Err(Error::new(
            ErrorKind::Usage,
            "the API's name and base URL are required, and stdin is not a terminal",
        )
        .hint("use `--api NAME --base-url URL`, or name an API description"));
    }
    let mut draft = match &arguments.api {
        Some(name) => ManifestDraft::of_api(name),
        None => {
            let name = ask_until(streams, "API name: ", |answer| answer.ok_or_else(required))?;
            ManifestDraft::of_api(&name)
        }
    };
    for (key, text) in [(ApiKey::Source, source.as_deref()), (ApiKey::BaseUrl, base_url.as_deref())] {
        text.map(|text| draft.set(key, text)).transpose().map_err(in_manifest)?;
    }
    if draft.lacks_base_url() && source.is_none() {
        ask_until(streams, "base URL (https://…): ", |answer| {
            draft.set(ApiKey::BaseUrl, &answer.ok_or_else(required)?)
        })?;
    }
    let issuer = match &arguments.issuer {
        Some(issuer) => {
            draft.set(ApiKey::Issuer, issuer).map_err(in_manifest)?;
            Some(issuer.clone())
        }
        None if is_complete => None,
        None => ask_until(streams, "issuer of its tokens (https://…, empty for none): ", |answer| {
            answer.iter().try_for_each(|issuer| draft.set(ApiKey::Issuer, issuer))?;
            Ok(answer)
        })?,
    };
    let client = |client_id: String| NewClient {
        issuer: issuer.clone(),
        client_id,
        grants: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        ..NewClient::default()
    };
    if let Some(client_id) = &arguments.client_id {
        draft.set_client(&client(client_id.clone())).map_err(in_manifest)?;
    } else if !is_complete && issuer.is_some() {
        ask_until(streams, "client ID registered there (empty for none): ", |answer| {
            answer.into_iter().try_for_each(|client_id| draft.set_client(&client(client_id)))
        })?;
    }
    if is_complete {
        return Ok(draft);
    }
    loop {
        let question = "endpoint and its scopes, such as `GET /orders orders:read` (empty to finish): ";
        let Some(line) = ask(streams, question)? else { break };
        if let Err(error) = draft.add_endpoint(&line) {
            reject(streams, &error);
        }
    }
    Ok(draft)
}
