//! Obtains a token for `token` and `call`: says what is asked for, shows the URL, and compares what came back.

use super::open;
use super::print::Streams;
use crate::manifest::GrantType;
use crate::text::visible;
use crate::workspace::{EndpointId, Error, Kind, Obtained, Plan, Workspace};

/// Who asks, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Asking {
    /// The client that asks, where several could
    #[arg(long, value_name = "NAME")]
    pub(super) client: Option<String>,
    /// The grant [default: the first of the client's own]
    #[arg(long, value_name = "GRANT", value_parser = ["authorization_code", "client_credentials"])]
    pub(super) grant: Option<String>,
    /// Only show the URL to sign in at: open no browser
    #[arg(long)]
    pub(super) no_browser: bool,
    /// Never wait for a user: where a login is needed, end with exit code 5
    #[arg(long)]
    pub(super) no_input: bool,
}

/// Obtains a token for these endpoints.
pub(super) async fn obtain(
    workspace: &Workspace,
    endpoints: &[EndpointId],
    asking: &Asking,
    streams: &mut Streams,
) -> Result<Obtained, Error> {
    let plan = workspace.plan(endpoints, asking.client.as_deref(), None)?;
    for left in &plan.cover.uncovered {
        streams.say(format_args!(
            "left out: {} is above the ceiling of client `{}`",
            visible(&left.endpoint),
            plan.client
        ));
    }
    let grant = choose_grant(&plan, asking.grant.as_deref())?;
    if asking.no_input && grant == GrantType::AuthorizationCode {
        return Err(Error::new(Kind::Refused, format!("client `{}` needs a user to sign in", visible(&plan.client)))
            .hint("leave out `--no-input`, or name a client with `client_credentials` by `--client`"));
    }
    streams.say(format_args!("asking for: {}", open::or_nothing(&plan.scopes)));
    let obtaining = workspace.begin(&plan, grant, !asking.no_browser).await?;
    if let Some(url) = &obtaining.url {
        streams.say(format_args!("sign in at: {}", visible(url.as_str())));
        if let Some(Err(reason)) = &obtaining.browser {
            streams.say(format_args!("no browser was opened: {}", visible(reason)));
        }
        streams.say("waiting for the browser to come back; Ctrl-C cancels");
    }
    let obtained = obtaining.finish().await?;
    streams.say(format_args!("granted:    {}", open::or_nothing(&obtained.granted)));
    say_difference(&obtained, streams);
    Ok(obtained)
}

fn say_difference(obtained: &Obtained, streams: &mut Streams) {
    if !obtained.short.is_empty() {
        streams.say(format_args!("asked for and not granted: {}", obtained.short));
    }
    if !obtained.beyond.is_empty() {
        streams.say(format_args!("granted and not asked for: {}", obtained.beyond));
    }
    for finding in &obtained.findings {
        streams.finding(finding);
    }
}

fn choose_grant(plan: &Plan, named: Option<&str>) -> Result<GrantType, Error> {
    let found = match named {
        None => plan.grants.first(),
        Some(name) => plan.grants.iter().find(|grant| grant.as_str() == name),
    };
    found.copied().ok_or_else(|| {
        let grants: Vec<&str> = plan.grants.iter().map(|grant| grant.as_str()).collect();
        Error::new(
            Kind::Usage,
            format!("client `{}` may not use the grant `{}`", plan.client, named.unwrap_or_default()),
        )
        .hint(format!("it may use {}", grants.join(", ")))
    })
}
