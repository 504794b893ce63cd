//! `tokscope gateway authorize`: a decision endpoint for a proxy.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::ValueEnum;
use tokio::net::TcpListener;

use super::server::{Adapter, serve};
use crate::app::authorization::{Authorizer, AuthorizerOptions, KeySource};
use crate::app::{Error, ErrorKind, interrupt};
use crate::cli::open::{read, require};
use crate::cli::print::Streams;
use crate::cli::wait_for;
use crate::text::visible;

/// Time between two looks at the manifest's file.
const RELOAD: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A proxy asks before it forwards a request. Responses: 200 with the identity in X-Tokscope-Subject, -Issuer, -Client and \
-Scopes; 401 or 403 with a challenge that names the required scope; 503 if nothing can be decided. Whatever goes wrong, the \
request is denied.

Examples:
  tokscope gateway authorize --adapter forwarded
  tokscope gateway authorize --adapter native --path-prefix /authorize --api orders")]
pub(super) struct Arguments {
    /// How the proxy passes on the client's method and target
    #[arg(long, value_name = "ADAPTER")]
    adapter: AdapterArgument,
    /// Prefix of the target with `--adapter native`, as in the proxy's configuration
    #[arg(long, value_name = "PATH", default_value = "")]
    path_prefix: String,
    /// Address to listen on; port 0 means any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9191")]
    listen: SocketAddr,
    /// API whose requests are decided about, if the manifest has several
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Keys that verify tokens: a URL or a file [default: those of the API's issuer]
    #[arg(long, value_name = "FILE|URL")]
    keys: Option<String>,
    /// Label of the environment, for policies, such as `production`
    #[arg(long, value_name = "LABEL")]
    environment: Option<String>,
    /// Trust the manifest's issuers and origins for this run only
    #[arg(long)]
    trust_manifest: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AdapterArgument {
    /// Method and target are in X-Forwarded-Method and X-Forwarded-Uri: Traefik, Caddy, nginx
    Forwarded,
    /// Method and target are those of the request itself, below a prefix: Envoy `ext_authz`
    Native,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let adapter = match (arguments.adapter, arguments.path_prefix.as_str()) {
        (AdapterArgument::Native, prefix) => Adapter::Native { prefix: prefix.trim_end_matches('/').to_owned() },
        (AdapterArgument::Forwarded, "") => Adapter::Forwarded,
        (AdapterArgument::Forwarded, _) => {
            return Err(Error::new(ErrorKind::Usage, "`--path-prefix` is for `--adapter native` only"));
        }
    };
    let path = require(manifest)?;
    let context = read(&path, streams)?;
    let context = if arguments.trust_manifest { context.trusting() } else { context };
    let keys = match &arguments.keys {
        None => KeySource::Issuer,
        Some(text) if text.contains("://") => KeySource::Url(text.clone()),
        Some(text) => KeySource::File(PathBuf::from(text)),
    };
    let options = AuthorizerOptions {
        manifest: path,
        api: arguments.api.clone(),
        keys,
        environment: arguments.environment.clone(),
        trusted: arguments.trust_manifest,
    };
    wait_for(async {
        let authorizer = Arc::new(Authorizer::new(context, options).await?);
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Failed, format!("can't listen on `{}`: {error}", arguments.listen))
        };
        let listener = TcpListener::bind(arguments.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        streams.verbatim(format_args!("http://{address}"));
        streams.flush();
        tokio::select! {
            () = serve(listener, Arc::clone(&authorizer), adapter) => {}
            () = watch(&authorizer, streams) => {}
            _ = interrupt() => {}
        }
        Ok(None)
    })
}

/// Reads the manifest again whenever its file changes. Never returns.
async fn watch(authorizer: &Arc<Authorizer>, streams: &mut Streams) {
    let modified = || std::fs::metadata(authorizer.manifest()).and_then(|file| file.modified()).ok();
    let mut known: Option<SystemTime> = modified();
    loop {
        tokio::time::sleep(RELOAD).await;
        let now = modified();
        if now == known || now.is_none() {
            continue;
        }
        known = now;
        let reloading = Arc::clone(authorizer);
        let done = tokio::task::spawn_blocking(move || reloading.reload()).await;
        let name = authorizer.manifest().display().to_string();
        match done {
            Ok(Ok(())) => streams.say(format_args!("read {} again", visible(&name))),
            Ok(Err(error)) => {
                streams.error(&error);
                streams.say(format_args!("the previous content of {} stays in force", visible(&name)));
            }
            Err(_) => streams.say("the manifest could not be read again"),
        }
    }
}
