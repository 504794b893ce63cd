//! `tokscope demo`: without a terminal the whole story as text, with `--serve` the servers alone.

use std::io::{self, IsTerminal as _};

use jiff::Timestamp;

use super::call::diagnosis_lines;
use super::open::or_nothing;
use super::print::{Paint, Streams, json_object, json_text};
use super::{check, decode, scopes, wait_for};
use crate::demo::{self, Consent, Demo, DemoError};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::workspace::{CallRequest, EndpointId, Error, HeldToken, Kind, Obtained, Plan, Workspace};

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
    /// Whether the terminal UI can tell the story.
    pub(super) fn wants_screen(&self) -> bool {
        !self.serve && !self.text && io::stdin().is_terminal() && io::stdout().is_terminal()
    }
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    if arguments.serve {
        wait_for(serve(arguments.json, streams))?;
    } else {
        wait_for(story(streams))?;
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
        streams.say("the manifest is on standard output: save it as tokscope.toml. Ctrl-C ends the servers");
    }
    if !streams.finish() || streams.is_closed() {
        return Ok(());
    }
    crate::workspace::interrupt()
        .await
        .map_err(|error| Error::new(Kind::Failed, format!("no signal can be awaited: {error}")))
}

/// The public client of the demo's manifest.
const CLIENT: &str = "demo";

/// What the story is about.
const FIRST: &str = "GET /orders";
const SECOND: &str = "GET /customers/1";
const BEHIND: &str = "GET /reports/sales";

/// Tells the story by doing it: every line comes from a server's answer or from the workspace.
async fn story(streams: &mut Streams) -> Result<(), Error> {
    let demo = demo::start().await.map_err(failed)?;
    let workspace = Workspace::from_source("demo", &demo.manifest)
        .map_err(|_| Error::new(Kind::Failed, "the demo's own manifest is wrong"))?;
    let teller = Teller { demo: &demo, workspace: &workspace };
    let (first, second) = (teller.find(FIRST)?, teller.find(SECOND)?);

    chapter(1, "an authorization server and an orders API of our own, on loopback", streams);
    streams.line(format_args!("  authorization server  {}", demo.issuer));
    streams.line(format_args!("  orders API            {}", demo.api));

    chapter(2, &format!("the least scopes for `{FIRST}`"), streams);
    let plan = workspace.plan(&[first], Some(CLIENT), None)?;
    scopes::report(&plan.cover, streams);

    chapter(3, "a token with exactly those", streams);
    let obtained = teller.obtain(&plan, &Consent::Everything, streams).await?;

    chapter(4, "what the token says", streams);
    let verification = decode::Verification::not_checked(&obtained.token.decoded);
    decode::report(&obtained.token, &verification, Timestamp::now(), streams);

    chapter(5, "granted x required", streams);
    teller.check(first, &obtained.token, streams);
    teller.check(second, &obtained.token, streams);

    chapter(6, "the call that fails, and why", streams);
    teller.call(SECOND, Some(&obtained.token), streams).await?;

    chapter(7, "the step-up: what is missing, and what the token had", streams);
    let plan = workspace.plan(&[second], Some(CLIENT), Some(&obtained.token.scopes()))?;
    let obtained = teller.obtain(&plan, &Consent::Everything, streams).await?;
    teller.call(SECOND, Some(&obtained.token), streams).await?;

    chapter(8, "a manifest that is behind the server: the witnesses disagree", streams);
    teller.call(BEHIND, Some(&obtained.token), streams).await?;

    chapter(9, "a user who unticks a scope", streams);
    let only: ScopeSet = plan.scopes.iter().take(1).cloned().collect();
    teller.obtain(&plan, &Consent::Only(only), streams).await?;
    streams.line("");
    streams.line("the same with keys and a screen: `tokscope demo` in a terminal");
    Ok(())
}

fn chapter(number: u8, title: &str, streams: &mut Streams) {
    if number > 1 {
        streams.line("");
    }
    let title = streams.paint(Paint::Bold, format_args!("{number}. {title}"));
    streams.line(title);
}

struct Teller<'d> {
    demo: &'d Demo,
    workspace: &'d Workspace,
}

impl Teller<'_> {
    fn find(&self, request: &str) -> Result<EndpointId, Error> {
        Ok(self.workspace.find(request, None)?.id)
    }

    /// Obtains by the authorization code grant, with the demo's user in the place of a browser.
    async fn obtain(&self, plan: &Plan, consent: &Consent, streams: &mut Streams) -> Result<Obtained, Error> {
        let obtaining = self.workspace.begin(plan, GrantType::AuthorizationCode, false).await?;
        let url = obtaining.url.clone().ok_or_else(|| Error::new(Kind::Failed, "there is nowhere to sign in"))?;
        streams.line(format_args!("  client    {} at {}", plan.client, self.demo.issuer));
        streams.line(format_args!("  sign in   {}", visible(url.as_str())));
        let http = self.workspace.http()?;
        // the listener has to answer while the user clicks
        let (signed_in, obtained) = tokio::join!(demo::sign_in(http, &url, consent), obtaining.finish());
        signed_in.map_err(failed)?;
        let obtained = obtained?;
        streams.line(format_args!("  asked     {}", or_nothing(&obtained.asked)));
        streams.line(format_args!("  granted   {}", or_nothing(&obtained.granted)));
        if !obtained.short.is_empty() {
            streams.line(format_args!("  asked for and not granted: {}", obtained.short));
        }
        Ok(obtained)
    }

    fn check(&self, endpoint: EndpointId, token: &HeldToken, streams: &mut Streams) {
        if let Some(check) = self.workspace.check(token, endpoint, Timestamp::now()) {
            check::report(self.workspace, &check, &token.scopes(), streams);
        }
    }

    async fn call(&self, request: &str, token: Option<&HeldToken>, streams: &mut Streams) -> Result<(), Error> {
        let found = self.workspace.find(request, None)?;
        let called = self.workspace.call(&CallRequest::new(found.id, found.parameters), token).await?;
        for line in diagnosis_lines(&called) {
            streams.report(&line.prefixed("  "));
        }
        Ok(())
    }
}

fn failed(error: DemoError) -> Error {
    Error::new(Kind::Failed, error.to_string())
}
