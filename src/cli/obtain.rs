//! Finds a token in the vault, or obtains one and keeps it: for `login`, `token`, `exec` and `call`.

use jiff::Timestamp;

use super::access::{Access, confirm};
use super::open;
use super::print::Streams;
use super::sign_in::SignIn;
use crate::diagnostic::Diagnostic;
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::vault::RecordId;
use crate::workspace::{EndpointId, Error, HeldToken, Kind, Obtained, Plan, Reuse, Reused, Start, Workspace};

// Who asks, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Asking {
    /// Client to use, if the manifest has several
    #[arg(long, value_name = "NAME")]
    pub(super) client: Option<String>,
    /// Grant type [default: the first in the client's `grants`]
    #[arg(
        long,
        value_name = "GRANT",
        value_parser = ["authorization_code", "device_code", "client_credentials", "token_exchange", "jwt_bearer"]
    )]
    pub(super) grant: Option<String>,
    #[command(flatten)]
    pub(super) sign_in: SignIn,
    /// Accept a token that was granted more scopes than requested
    #[arg(long)]
    pub(super) accept_more: bool,
    #[command(flatten)]
    pub(super) access: Access,
}

/// A token, and where it came from.
#[derive(Debug)]
pub(super) struct Acquired {
    pub(super) token: HeldToken,
    /// Its identifier in the vault, when it was kept.
    pub(super) id: Option<RecordId>,
    /// How a stored one came to be usable; `None`: it was obtained just now.
    pub(super) reused: Option<Reuse>,
    pub(super) asked: ScopeSet,
    pub(super) granted: ScopeSet,
    pub(super) expires: Option<Timestamp>,
    pub(super) token_type: String,
    pub(super) findings: Vec<Diagnostic>,
}

impl Acquired {
    /// One of the vault.
    fn reused(reused: &Reused) -> Self {
        let record = &reused.record;
        Self {
            token: HeldToken::stored(record, Timestamp::now()),
            id: Some(record.id.clone()),
            reused: Some(reused.how),
            asked: record.asked.clone(),
            granted: record.granted.clone(),
            expires: record.expires,
            token_type: record.token_type.clone(),
            findings: Vec::new(),
        }
    }

    /// Asked for, not granted. A stored token was found because it covers the endpoints, whatever was once asked for.
    pub(super) fn short(&self) -> ScopeSet {
        if self.reused.is_some() { ScopeSet::new() } else { self.asked.difference(&self.granted) }
    }

    /// Granted, not asked for.
    pub(super) fn beyond(&self) -> ScopeSet {
        self.granted.difference(&self.asked)
    }
}

/// A token for these endpoints: the narrowest of the vault that covers them, or a new one.
pub(super) async fn obtain(
    workspace: &Workspace,
    endpoints: &[EndpointId],
    asking: &Asking,
    streams: &mut Streams,
) -> Result<Acquired, Error> {
    let searched = workspace.reuse(endpoints, asking.client.as_deref()).await;
    if let Ok(search) = &searched {
        for note in &search.notes {
            streams.say(visible(note));
        }
        if let Some(reused) = &search.found {
            return Ok(Acquired::reused(reused));
        }
    }
    let plan = workspace.plan(endpoints, asking.client.as_deref(), None)?;
    let grant = choose_grant(&plan, asking)?;
    let usable = match searched {
        Ok(_) => workspace.probe_vault().await,
        Err(error) => Err(error),
    };
    let keeps = match usable {
        Ok(()) => true,
        // a machine gets the next one as easily, so nothing is lost; a person's login would be
        Err(error) if !grant.needs_user() && !asking.access.names_a_store() => {
            streams.say(format_args!("the token is not kept: {}", visible(&error.message)));
            false
        }
        Err(error) => return Err(error),
    };
    // of several callers one opens a browser, and the others find its token
    let _alone = match grant.needs_user() && keeps {
        true => {
            let waits = || streams.say("another process asks somebody to sign in: waiting for what it obtains");
            let lock = workspace.sign_in_alone(waits).await?;
            if let Some(reused) = workspace.reuse(endpoints, asking.client.as_deref()).await?.found {
                return Ok(Acquired::reused(&reused));
            }
            lock
        }
        false => None,
    };
    obtain_new(workspace, &plan, asking.sign_in.start(grant)?, asking, keeps, streams).await
}

/// Obtains by a plan, says what came of it, and keeps it.
pub(super) async fn obtain_new(
    workspace: &Workspace,
    plan: &Plan,
    start: Start,
    asking: &Asking,
    keeps: bool,
    streams: &mut Streams,
) -> Result<Acquired, Error> {
    for left in &plan.cover.uncovered {
        let endpoint = visible(&left.endpoint);
        streams.say(format_args!("left out: {endpoint} is above the ceiling of client `{}`", plan.client));
    }
    streams.say(format_args!("asking for: {}", open::or_nothing(&plan.scopes)));
    let obtaining = workspace.start(plan, start).await?;
    let obtained = asking.sign_in.finish(obtaining, streams).await?;
    streams.say(format_args!("granted:    {}", open::or_nothing(&obtained.granted)));
    say_difference(&obtained, streams);
    if let Err(error) = accept_more(workspace, &obtained, asking, streams) {
        let said = if workspace.decline(&plan.client, &obtained.token).await { "it was" } else { "it could not be" };
        return Err(error.hint(format!("{said} given back to the server")));
    }
    let id = if keeps { workspace.keep(&obtained, plan).await? } else { None };
    Ok(Acquired {
        expires: obtained.ends(Timestamp::now()),
        token: obtained.token,
        id,
        reused: None,
        asked: obtained.asked,
        granted: obtained.granted,
        token_type: obtained.token_type,
        findings: obtained.findings,
    })
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

/// A token that can do more than was asked for is taken only by somebody who says so.
fn accept_more(
    workspace: &Workspace,
    obtained: &Obtained,
    asking: &Asking,
    streams: &mut Streams,
) -> Result<(), Error> {
    let excess = workspace.excess(obtained);
    if excess.is_empty() || asking.accept_more {
        return Ok(());
    }
    if asking.access.can_ask() && confirm("the token can do more than was asked for: keep it? [y/N] ", streams)? {
        return Ok(());
    }
    Err(Error::new(Kind::Refused, format!("the server granted more than was asked for: {excess}"))
        .hint("the token was not kept; `--accept-more` takes it"))
}

/// The grant that was named, or the first of the client's own; one that needs a person only where a person may be asked.
pub(super) fn choose_grant(plan: &Plan, asking: &Asking) -> Result<GrantType, Error> {
    let found = match asking.grant.as_deref() {
        None => plan.grants.first(),
        Some(name) => plan.grants.iter().find(|grant| grant.as_str() == name),
    };
    let grant = found.copied().ok_or_else(|| {
        let grants: Vec<&str> = plan.grants.iter().map(|grant| grant.as_str()).collect();
        let named = asking.grant.as_deref().unwrap_or_default();
        Error::new(Kind::Usage, format!("client `{}` may not use the grant `{named}`", plan.client))
            .hint(format!("it may use {}", grants.join(", ")))
    })?;
    if grant.needs_user() && !asking.access.may_interact() {
        return Err(Error::new(Kind::Refused, format!("client `{}` needs a person to sign in", plan.client))
            .hint("`tokscope login` where somebody can; its token is found again here")
            .hint("or name a client with `client_credentials` by `--client`"));
    }
    Ok(grant)
}
