//! `tokscope demo`: the guided demo as text, or only its servers with `--serve`.

mod approval;
mod lifecycle;
mod program;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use jiff::Timestamp;

use crate::app::{
    CallRequest, Caller, Context, EndpointId, Error, ErrorKind, GrantOptions, GrantedToken, LoadedToken, PendingGrant,
    Plan, Planner, check, provide_manifest, provide_secret,
};
use crate::cli::call::diagnosis_lines;
use crate::cli::open::or_nothing;
use crate::cli::print::{Paint, Streams, json_object, json_option, json_text};
use crate::cli::{check, decode, scopes, wait_for};
use crate::demo::{self, Consent, Demo, DemoError};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::text::{shell_word, visible};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope demo
  tokscope demo --text
  tokscope demo --gateway
  tokscope demo --serve --write shop
  tokscope demo --serve --port 0 > tokscope.toml")]
pub(super) struct Arguments {
    /// Keep the servers running, and print a manifest to use them with
    #[arg(long)]
    serve: bool,
    /// With --serve, port of the authorization server; the API gets the next one, and 0 means any free ports [default:
    /// 8421, or free ports if it is in use]
    #[arg(long, value_name = "PORT", requires = "serve", value_parser = clap::value_parser!(u16).range(0..u16::MAX as i64))]
    port: Option<u16>,
    /// With --serve, write the manifest `tokscope.toml` and the secret of its client `ci` to this directory instead of
    /// printing them, and trust the manifest. Another manifest is never overwritten
    #[arg(long, value_name = "DIR", requires = "serve")]
    write: Option<PathBuf>,
    /// Print the demo as text, even on a terminal
    #[arg(long, conflicts_with = "serve")]
    text: bool,
    /// Run a small program behind a gateway, and print what was narrowed, denied and learned
    #[arg(long, conflicts_with_all = ["serve", "text"])]
    pub(super) gateway: bool,
    /// The small program of --gateway
    #[arg(long, hide = true, conflicts_with_all = ["serve", "text", "gateway"])]
    gateway_program: bool,
    /// With --serve, print JSON (tokscope.demo/v1)
    #[arg(long, requires = "serve")]
    json: bool,
    #[command(flatten)]
    pub(super) screen: crate::cli::screen::Arguments,
}

impl Arguments {
    /// Returns whether to run the demo in the TUI.
    pub(super) fn wants_screen(&self) -> bool {
        let prints = self.serve || self.text || self.gateway || self.gateway_program;
        !prints && io::stdin().is_terminal() && io::stdout().is_terminal()
    }
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    if arguments.gateway_program {
        program::run(streams)?;
    } else if arguments.serve {
        wait_for(serve(arguments, streams))?;
    } else {
        wait_for(guide(streams))?;
    }
    Ok(None)
}

/// Port of the authorization server with `--serve`; the API has the next one.
const PORT: u16 = 8421;

/// Name of the secret's file with `--write`.
const SECRET_FILE: &str = ".tokscope-demo-secret";

async fn serve(arguments: &Arguments, streams: &mut Streams) -> Result<(), Error> {
    let demo = start(arguments, streams).await?;
    let provided = match &arguments.write {
        Some(folder) => Some(provide_manifest(folder, &demo.manifest, Timestamp::now())?),
        None => None,
    };
    let path = provided.as_ref().map(|provided| provided.path.to_string_lossy());
    if arguments.json {
        streams.json(&json_object([
            ("schema", json_text("tokscope.demo/v1")),
            ("issuer", json_text(&demo.issuer)),
            ("api", json_text(&demo.api)),
            ("manifest", json_text(&demo.manifest)),
            ("path", json_option(path.as_ref())),
            ("secret_env", json_text(demo::SECRET_VARIABLE)),
            ("secret", json_text(demo.service_secret.expose())),
            ("user", json_text(demo::USER)),
            ("password", json_text(demo::PASSWORD)),
        ]));
    } else {
        if provided.is_none() {
            streams.raw(demo.manifest.as_bytes());
        }
        streams.say(format_args!("authorization server  {}", demo.issuer));
        streams.say(format_args!("orders API            {}", demo.api));
        streams.say(format_args!("sign in as            {} with password {}", demo::USER, demo::PASSWORD));
        match (&provided, &path, &arguments.write) {
            (Some(provided), Some(path), Some(folder)) => {
                let state = if provided.written { "written, and trusted" } else { "unchanged, and trusted" };
                streams.say(format_args!("manifest              {} ({state})", visible(path)));
                let folder = folder.to_string_lossy();
                streams.say(format_args!(
                    "in another terminal, run `cd {}`, then `tokscope login -e 'GET /orders'`",
                    visible(&shell_word(&folder))
                ));
                streams.say("press Ctrl-C to stop the servers");
            }
            _ => {
                let (variable, secret) = (demo::SECRET_VARIABLE, demo.service_secret.expose());
                streams.say(format_args!("client `ci`           {variable}={secret}"));
                streams
                    .say("save the manifest, which is on stdout, as tokscope.toml; press Ctrl-C to stop the servers");
            }
        }
    }
    if !streams.finish() || streams.is_closed() {
        return Ok(());
    }
    crate::app::interrupt()
        .await
        .map_err(|error| Error::new(ErrorKind::Failed, format!("waiting for Ctrl-C failed: {error}")))
}

/// Starts the servers on the stable ports. Other ports are used instead only if nothing relies on them: without `--port`
/// and without a manifest in a file.
async fn start(arguments: &Arguments, streams: &mut Streams) -> Result<Demo, Error> {
    let mut options = demo::Options::default();
    match &arguments.write {
        Some(folder) => {
            options.service_secret = Some(provide_secret(folder, SECRET_FILE)?);
            options.secret_file = Some(SECRET_FILE.to_owned());
        }
        // the same secret as in an earlier run
        None => {
            options.service_secret =
                std::env::var(demo::SECRET_VARIABLE).ok().filter(|secret| !secret.is_empty()).map(Secret::new);
        }
    }
    options.ports = match arguments.port {
        Some(0) => None,
        Some(port) => Some((port, port.saturating_add(1))),
        None => Some((PORT, PORT + 1)),
    };
    match demo::start_with(options.clone()).await {
        Err(DemoError::PortInUse(port)) if arguments.port.is_none() && arguments.write.is_none() => {
            streams.say(format_args!("note: port {port} is in use, so free ports are used; `--port` selects one"));
            demo::start_with(demo::Options { ports: None, ..options }).await.map_err(failed)
        }
        started => started.map_err(failed),
    }
}

/// The public client in the manifest of the demo.
const CLIENT: &str = "dev";

/// An endpoint for which the first token is sufficient.
const ALLOWED: &str = "GET /orders";

/// An endpoint that needs a step-up.
const STEP_UP: &str = "GET /customers/1";

/// An endpoint that is out of date in the manifest.
const OUTDATED: &str = "GET /reports/sales";

/// Runs the guided demo. Every line comes from a response or from the application layer.
async fn guide(streams: &mut Streams) -> Result<(), Error> {
    let demo = demo::start().await.map_err(failed)?;
    let context = Context::from_source("demo", &demo.manifest)
        .map_err(|_| Error::new(ErrorKind::Failed, "the demo's manifest is not valid"))?;
    let guide = Guide { demo: &demo, context: &context };
    let (first, second) = (guide.find(ALLOWED)?, guide.find(STEP_UP)?);

    chapter(1, "a local authorization server and orders API", streams);
    streams.line(format_args!("  authorization server  {}", demo.issuer));
    streams.line(format_args!("  orders API            {}", demo.api));

    chapter(2, &format!("minimal scopes for `{ALLOWED}`"), streams);
    let plan = Planner::new(&context).plan(&[first], Some(CLIENT), None)?;
    scopes::report(&plan.minimal_set, streams);

    chapter(3, "a token with exactly these scopes", streams);
    let obtained = guide.obtain(&plan, &Consent::Everything, streams).await?;

    chapter(4, "the decoded token", streams);
    let verification = decode::Verification::not_checked(&obtained.token.decoded);
    decode::report(&obtained.token, &verification, Timestamp::now(), streams);

    chapter(5, "granted and required scopes", streams);
    guide.check(first, &obtained.token, streams);
    guide.check(second, &obtained.token, streams);

    chapter(6, "a call that fails, with its diagnosis", streams);
    guide.call(STEP_UP, Some(&obtained.token), streams).await?;

    chapter(7, "a step-up with the missing scopes", streams);
    let plan = Planner::new(&context).plan(&[second], Some(CLIENT), Some(&obtained.token.scopes()))?;
    let obtained = guide.obtain(&plan, &Consent::Everything, streams).await?;
    guide.call(STEP_UP, Some(&obtained.token), streams).await?;

    chapter(8, "an outdated manifest: the sources disagree", streams);
    guide.call(OUTDATED, Some(&obtained.token), streams).await?;

    chapter(9, "a user who deselects a scope", streams);
    let only: ScopeSet = plan.scopes.iter().take(1).cloned().collect();
    guide.obtain(&plan, &Consent::Only(only), streams).await?;

    chapter(10, "an approval by a second person", streams);
    approval::chapter(&demo, streams).await?;

    chapter(11, "use, review, narrow, revoke", streams);
    lifecycle::tell(&demo, CLIENT, streams).await?;
    streams.line("");
    streams.line("run `tokscope demo` in a terminal for the interactive demo");
    Ok(())
}

fn chapter(number: u8, title: &str, streams: &mut Streams) {
    if number > 1 {
        streams.line("");
    }
    let title = streams.paint(Paint::Bold, format_args!("{number}. {title}"));
    streams.line(title);
}

struct Guide<'d> {
    demo: &'d Demo,
    context: &'d Context,
}

impl Guide<'_> {
    fn find(&self, request: &str) -> Result<EndpointId, Error> {
        Ok(self.context.find(request, None)?.id)
    }

    /// Obtains a token with the authorization code grant, with the demo's user instead of a browser.
    async fn obtain(&self, plan: &Plan, consent: &Consent, streams: &mut Streams) -> Result<GrantedToken, Error> {
        let obtaining =
            PendingGrant::start(self.context, plan, GrantOptions::new(GrantType::AuthorizationCode, false)).await?;
        let url = obtaining.url.clone().ok_or_else(|| Error::new(ErrorKind::Failed, "no URL to sign in at"))?;
        streams.line(format_args!("  client    {} at {}", plan.client, self.demo.issuer));
        streams.line(format_args!("  sign in   {}", visible(url.as_str())));
        let http = self.context.http()?;
        // the listener must run while the user signs in
        let (signed_in, obtained) = tokio::join!(demo::sign_in(http, &url, consent), obtaining.finish());
        signed_in.map_err(failed)?;
        let obtained = obtained?;
        streams.line(format_args!("  requested {}", or_nothing(&obtained.asked)));
        streams.line(format_args!("  granted   {}", or_nothing(&obtained.granted)));
        if !obtained.short.is_empty() {
            streams.line(format_args!("  requested but not granted: {}", obtained.short));
        }
        Ok(obtained)
    }

    fn check(&self, endpoint: EndpointId, token: &LoadedToken, streams: &mut Streams) {
        if let Some(check) = check(self.context, token, endpoint, Timestamp::now()) {
            check::report(self.context, &check::Checked { check, ruling: None }, streams);
        }
    }

    async fn call(&self, request: &str, token: Option<&LoadedToken>, streams: &mut Streams) -> Result<(), Error> {
        let found = self.context.find(request, None)?;
        let called = Caller::new(self.context).call(&CallRequest::new(found.id, found.parameters), token).await?;
        for line in diagnosis_lines(&called) {
            streams.report(&line.prefixed("  "));
        }
        Ok(())
    }
}

fn failed(error: DemoError) -> Error {
    let failure = Error::new(ErrorKind::Failed, error.to_string());
    match error {
        DemoError::PortInUse(_) => failure.hint("stop the other program, or select a port with `--port`"),
        DemoError::Start(_) | DemoError::User(_) => failure,
    }
}
