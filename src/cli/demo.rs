//! `tokscope demo`: the guided demo as text, or only its servers with `--serve`.

use std::io::{self, IsTerminal as _};

use jiff::Timestamp;

use super::call::diagnosis_lines;
use super::open::or_nothing;
use super::print::{Paint, Streams, json_object, json_text};
use super::{check, decode, scopes, wait_for};
use crate::app::{
    CallRequest, Caller, Context, EndpointId, Error, ErrorKind, GrantOptions, GrantedToken, LoadedToken, PendingGrant,
    Plan, Planner, check,
};
use crate::demo::{self, Consent, Demo, DemoError};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::text::visible;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope demo
  tokscope demo --text
  tokscope demo --serve > tokscope.toml")]
pub(super) struct Arguments {
    /// Keep the servers running, and print a manifest to use them with
    #[arg(long)]
    serve: bool,
    /// Print the demo as text, even on a terminal
    #[arg(long, conflicts_with = "serve")]
    text: bool,
    /// With --serve, print JSON (tokscope.demo/v1)
    #[arg(long, requires = "serve")]
    json: bool,
    #[command(flatten)]
    pub(super) screen: super::screen::Arguments,
}

impl Arguments {
    /// Returns whether to run the demo in the TUI.
    pub(super) fn wants_screen(&self) -> bool {
        !self.serve && !self.text && io::stdin().is_terminal() && io::stdout().is_terminal()
    }
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    if arguments.serve {
        wait_for(serve(arguments.json, streams))?;
    } else {
        wait_for(guide(streams))?;
    }
    Ok(None)
}

async fn serve(json: bool, streams: &mut Streams) -> Result<(), Error> {
    let demo = demo::start().await.map_err(failed)?;
    if json {
        streams.json(&json_object([
            ("schema", json_text("tokscope.demo/v1")),
            ("issuer", json_text(&demo.issuer)),
            ("api", json_text(&demo.api)),
            ("manifest", json_text(&demo.manifest)),
            ("secret_env", json_text(demo::SECRET_VARIABLE)),
            ("secret", json_text(demo.service_secret.expose())),
            ("user", json_text(demo::USER)),
            ("password", json_text(demo::PASSWORD)),
        ]));
    } else {
        streams.raw(demo.manifest.as_bytes());
        streams.say(format_args!("authorization server  {}", demo.issuer));
        streams.say(format_args!("orders API            {}", demo.api));
        streams.say(format_args!("sign in as            {} with password {}", demo::USER, demo::PASSWORD));
        streams.say(format_args!("client `service`      {}={}", demo::SECRET_VARIABLE, demo.service_secret.expose()));
        streams.say("save the manifest, which is on stdout, as tokscope.toml; press Ctrl-C to stop the servers");
    }
    if !streams.finish() || streams.is_closed() {
        return Ok(());
    }
    crate::app::interrupt()
        .await
        .map_err(|error| Error::new(ErrorKind::Failed, format!("waiting for Ctrl-C failed: {error}")))
}

/// The public client in the manifest of the demo.
const CLIENT: &str = "demo";

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
            check::report(self.context, &check, &token.scopes(), streams);
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
    Error::new(ErrorKind::Failed, error.to_string())
}
