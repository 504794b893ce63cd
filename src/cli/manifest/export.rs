//! `tokscope manifest export`: configuration of an engine that enforces the manifest.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::app::{Error, ErrorKind, ExportError, export_configuration, is_current, write_configuration};
use crate::cli::open::{context, explain, require};
use crate::cli::print::Streams;
use crate::enforcement::{Engine, ExportOptions, Keys};
use crate::text::{readable_url, visible};

/// Export the configuration of an engine that enforces the manifest
///
/// The engine verifies the token (signature, issuer, audience, expiry), compares its scopes with the endpoint's, and denies
/// whatever is not in the manifest. Implied scopes are expanded. If the engine can't express an endpoint, nothing is exported.
///
/// Keys for Envoy and nginx are a key set (JWKS). For `HAProxy`, a file is a public key in PEM; for Apache as well, written as
/// `KID#FILE`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest export envoy --keys https://login.example.com/jwks -o envoy.json
  tokscope manifest export nginx --api orders --keys jwks.json --upstream http://127.0.0.1:3000
  tokscope manifest export envoy --keys https://login.example.com/jwks --check envoy.json")]
pub(super) struct Arguments {
    /// Engine
    #[arg(value_name = "ENGINE")]
    engine: EngineArgument,
    /// API to export, if the manifest has several
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Keys that verify tokens: a URL, or a file as the engine sees it
    #[arg(long, value_name = "FILE|URL")]
    keys: Option<String>,
    /// Signature algorithm, for engines that do not take it from the key: `HAProxy`
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = ALGORITHMS)]
    alg: String,
    /// Address that the engine listens on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// URL that the engine forwards to [default: the origin of the API's base URL]
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// Claim with scopes (repeatable) [default: that of the manifest, or scope and scp]
    #[arg(long = "claim", value_name = "NAME")]
    claims: Vec<String>,
    /// Deny this endpoint, because the engine can't express it (repeatable)
    #[arg(long, value_name = "ENDPOINT")]
    deny: Vec<String>,
    /// Export the scopes only, although the manifest has a policy
    #[arg(long)]
    without_policy: bool,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Check only; exit with code 6 if this file differs from the export
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    check: Option<PathBuf>,
}

/// Algorithms that `HAProxy` verifies.
const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"];

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineArgument {
    /// Envoy: a bootstrap in JSON
    Envoy,
    /// nginx with nginx-auth-jwt: maps and a server, for the `http` block
    Nginx,
    /// `HAProxy`: a frontend and a backend
    Haproxy,
    /// Apache with `mod_auth_openidc`
    Apache,
}

impl EngineArgument {
    fn engine(self) -> Engine {
        match self {
            Self::Envoy => Engine::Envoy,
            Self::Nginx => Engine::Nginx,
            Self::Haproxy => Engine::Haproxy,
            Self::Apache => Engine::Apache,
        }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = require(named)?;
    let context = context(Some(&path), streams)?;
    let engine = arguments.engine.engine();
    let text = export_configuration(&context, &path, engine, arguments.api.as_deref(), &options(arguments, &path)?);
    let text = text.map_err(|error| match error {
        ExportError::Failed(error) => error,
        ExportError::Unsupported(problem) => {
            let name = engine.as_str();
            explain(&problem, streams);
            Error::new(ErrorKind::Usage, format!("the manifest can't be exported to {name}; nothing was written"))
        }
    })?;
    let shown = |path: &Path| visible(&path.display().to_string()).into_owned();
    match (&arguments.check, &arguments.output) {
        (Some(file), _) if is_current(file, &text)? => streams.say(format_args!("{} is up to date", shown(file))),
        (Some(file), _) => {
            streams.say(format_args!("{} differs from the export of {}", shown(file), shown(&path)));
            return Ok(Some(ErrorKind::Findings));
        }
        (None, Some(file)) => {
            write_configuration(file, &text)?;
            streams.say(format_args!("wrote {}", shown(file)));
        }
        (None, None) => streams.raw(text.as_bytes()),
    }
    Ok(None)
}

fn options(arguments: &Arguments, manifest: &Path) -> Result<ExportOptions, Error> {
    let url = |text: &str| {
        readable_url(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
            .ok_or_else(|| Error::new(ErrorKind::Usage, format!("`{text}` is not a valid http or https URL")))
    };
    let keys = arguments.keys.as_deref().map(|text| match text.contains("://") {
        true => url(text).map(Keys::Url),
        false => Ok(Keys::File(text.to_owned())),
    });
    let name = manifest.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(ExportOptions {
        manifest: name.unwrap_or_default(),
        keys: keys.transpose()?,
        algorithm: arguments.alg.clone(),
        listen: arguments.listen.clone(),
        upstream: arguments.upstream.as_deref().map(url).transpose()?,
        claims: arguments.claims.clone(),
        denied: arguments.deny.iter().cloned().collect(),
        without_policy: arguments.without_policy,
    })
}
