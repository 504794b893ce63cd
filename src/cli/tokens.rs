//! `tokscope tokens` manages stored tokens.

use std::path::Path;

use clap::Subcommand;
use jiff::Timestamp;

use super::access::Access;
use super::arguments::GivenToken;
use super::interaction::Terminal;
use super::open::{self, or_nothing};
use super::print::{Paint, Streams, json_list, json_object, json_option, json_text, pad};
use super::wait_for;
use crate::app::{
    self, Acquisition, Context, Error, ErrorKind, RevocationReport, Revoker, Terms, TokenStore, context_of_record,
    introspect_stored, learn_narrowing,
};
use crate::oauth::{Revocation, TokenHint};
use crate::text::visible;
use crate::token::{Json, relative};
use crate::vault::{Life, NarrowingEffect, Record, RecordId};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope tokens list
  tokscope tokens introspect 3f9a
  tokscope tokens revoke 3f9a
  tokscope tokens forget --all --yes")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List stored tokens: issuer, client, scopes, expiry, last use
    List(Common),
    /// Show everything about a stored token except the token itself
    Show(One),
    /// Ask the authorization server whether a token is active, and for its scopes
    Introspect(Introspect),
    /// Refresh a stored token now
    Refresh(Refresh),
    /// Revoke tokens at their authorization server, then forget them
    Revoke(Revoke),
    /// Delete stored tokens without revoking them
    Forget(Several),
    /// Compare granted with used scopes, and name what to narrow or revoke
    Review(super::review::Arguments),
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Print JSON (tokscope.tokens/v1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    access: Access,
}

#[derive(Debug, clap::Args)]
struct One {
    /// Token ID, or an unambiguous prefix
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Introspect {
    /// Token ID, or an unambiguous prefix
    #[arg(value_name = "ID", required_unless_present_any = GivenToken::NAMES, conflicts_with_all = GivenToken::NAMES)]
    id: Option<String>,
    #[command(flatten)]
    token: GivenToken,
    /// Client that asks; by default, the one that obtained the token
    #[arg(long, value_name = "NAME", required_unless_present = "id")]
    client: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Refresh {
    #[command(flatten)]
    one: One,
    /// Accept a token that was granted more scopes than the old one
    #[arg(long)]
    accept_more: bool,
    /// Environment variable with the client's secret, for a token that was obtained without a manifest
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Revoke {
    #[command(flatten)]
    several: Several,
    /// First test whether a refresh for fewer scopes costs the grant at this server, and remember it
    #[arg(long)]
    learn_narrowing: bool,
}

#[derive(Debug, clap::Args)]
struct Several {
    /// Token IDs, or unambiguous prefixes
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<String>,
    /// All stored tokens
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    match &arguments.command {
        Command::List(common) => {
            let tokens = wait_for(async { TokenStore::new(&vault(&common.access)?).list().await })?;
            if common.json {
                streams.json(&document(
                    "tokens",
                    Json::Array(tokens.iter().map(|token| one(token, Timestamp::now())).collect()),
                ));
            } else {
                list(&tokens, streams);
            }
        }
        Command::Show(arguments) => {
            let token =
                wait_for(async { TokenStore::new(&vault(&arguments.common.access)?).get(&arguments.id).await })?;
            show(&token, arguments.common.json, streams);
        }
        Command::Introspect(arguments) => introspect(arguments, manifest, streams)?,
        Command::Refresh(arguments) => {
            let Refresh { one: One { id, common }, accept_more, secret_env } = arguments;
            let context = context_of(&common.access, id, secret_env.as_deref(), manifest, streams)?;
            let terms = Terms { accept_more: *accept_more, ..Terms::without_sign_in() };
            let mut terminal = Terminal { streams, can_ask: common.access.can_ask(), pastes: false, line: None };
            let token = wait_for(async {
                let token = TokenStore::new(&context).get(id).await?;
                Acquisition::new(&context, terms, &mut terminal).refresh(&token).await
            })?;
            show(&token, common.json, streams);
        }
        Command::Revoke(arguments) => return revoke(arguments, manifest, streams),
        Command::Review(arguments) => return super::review::run(arguments, manifest, streams),
        Command::Forget(arguments) => forget(arguments, streams)?,
    }
    Ok(None)
}

/// Introspects a token (RFC 7662). A response is a success, whether or not the token is active.
fn introspect(arguments: &Introspect, manifest: Option<&Path>, streams: &mut Streams) -> Result<(), Error> {
    let access = &arguments.common.access;
    let context = match &arguments.id {
        Some(id) if arguments.client.is_none() => context_of(access, id, None, manifest, streams)?,
        _ => access.context(manifest, streams)?,
    };
    let given = arguments.token.read(Timestamp::now())?;
    let told = wait_for(async {
        match (&arguments.id, given) {
            (Some(id), _) => {
                let record = TokenStore::new(&context).get(id).await?;
                introspect_stored(&context, arguments.client.as_deref(), &record).await
            }
            (None, given) => {
                let token = given.ok_or_else(|| Error::new(ErrorKind::Usage, "no token given"))?;
                let client = arguments.client.as_deref();
                let client = client.ok_or_else(|| Error::new(ErrorKind::Usage, "no client given"))?;
                app::introspect(&context, client, &token.secret, TokenHint::AccessToken).await
            }
        }
    })?;
    let scopes = told.scope.as_ref();
    if arguments.common.json {
        let members = Json::parse(&told.members.to_string()).unwrap_or(Json::Null);
        let introspection = json_object([
            ("active", Json::Bool(told.active)),
            ("scopes", scopes.map_or(Json::Null, json_list)),
            ("response", members),
        ]);
        streams.json(&document("introspection", introspection));
        return Ok(());
    }
    let state = if told.active { "active" } else { "not active: expired, revoked or unknown to the server" };
    let scopes = match scopes {
        Some(scopes) => or_nothing(scopes),
        None => "not reported by the server".to_owned(),
    };
    let mut lines = vec![("state".to_owned(), state.to_owned())];
    if told.active {
        lines.push(("scopes".to_owned(), scopes));
        let others = told.members.as_object().into_iter().flatten();
        lines.extend(
            others
                .filter(|(name, _)| !["active", "scope"].contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))),
        );
    }
    for (name, value) in lines {
        let name = streams.paint(Paint::Bold, pad(&visible(&name), 10));
        streams.line(format_args!("{name}  {}", visible(&value)));
    }
    for finding in &told.findings {
        streams.finding(finding);
    }
    Ok(())
}

/// Opens the manifest that has the client of a token. A token that was obtained without a manifest needs none: the vault
/// knows its issuer and client.
fn context_of(
    access: &Access,
    id: &str,
    secret_env: Option<&str>,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Context, Error> {
    let known = vault(access)?;
    let record = wait_for(async { TokenStore::new(&known).get(id).await })?;
    if let Some(path) = open::locate(manifest)? {
        let declared = open::read(&path, streams)?;
        if context_of_record(&declared, &record, secret_env)?.is_none() {
            return access.context(manifest, streams);
        }
    }
    Ok(context_of_record(&known, &record, secret_env)?.unwrap_or(known))
}

/// Opens the vault without a manifest.
fn vault(access: &Access) -> Result<Context, Error> {
    Ok(Context::without_manifest().with_vault(access.vault()?))
}

fn forget(arguments: &Several, streams: &mut Streams) -> Result<(), Error> {
    let context = vault(&arguments.common.access)?;
    let chosen = wait_for(choose(&context, arguments))?;
    confirmed("deleting", "without revoking it leaves it active at its server", &chosen, arguments, streams)?;
    let ids: Vec<RecordId> = chosen.into_iter().map(|record| record.id).collect();
    let gone = wait_for(TokenStore::new(&context).forget(&ids))?;
    if arguments.common.json {
        streams.json(&document("forgotten", json_list(&gone)));
    } else {
        for id in &gone {
            streams.line(format_args!("{id}: forgotten"));
        }
    }
    Ok(())
}

/// Asks before an action that can't be undone.
fn confirmed(
    doing: &str,
    means: &str,
    chosen: &[Record],
    arguments: &Several,
    streams: &mut Streams,
) -> Result<(), Error> {
    let names: Vec<String> = chosen.iter().map(|record| record.id.to_string()).collect();
    let what = format!("{doing} {} {means}", names.join(", "));
    arguments.common.access.confirmed(arguments.yes || chosen.is_empty(), &what, streams)
}

fn revoke(arguments: &Revoke, manifest: Option<&Path>, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let (learns, arguments) = (arguments.learn_narrowing, &arguments.several);
    let access = &arguments.common.access;
    let context = match open::locate(manifest)? {
        Some(_) => access.context(manifest, streams)?,
        None => vault(access)?,
    };
    let chosen = wait_for(choose(&context, arguments))?;
    confirmed("revoking", "can't be undone", &chosen, arguments, streams)?;
    let (mut given, mut failed) = (Vec::new(), None);
    wait_for(async {
        for record in Revoker::roots(&chosen) {
            if learns {
                match learn_narrowing(&context, record).await {
                    Ok(learnt) => streams.say(effect_in_words(record, learnt)),
                    Err(error) => streams.say(format_args!("nothing learned: {}", visible(&error.message))),
                }
            }
            let own = context_of_record(&context, record, None)?;
            match Revoker::new(own.as_ref().unwrap_or(&context)).revoke_stored(record).await {
                Ok(one) => given.push(one),
                // continue with the others
                Err(error) => {
                    let message = format!("token `{}`: {}", record.id, error.message);
                    failed = Some(error.kind);
                    streams.error(&Error { message, ..error });
                }
            }
        }
        Ok(())
    })?;
    if arguments.common.json {
        streams.json(&document("revoked", Json::Array(given.iter().map(revocation_report).collect())));
    } else {
        for one in &given {
            streams.line(format_args!("{}: {}", one.id, in_words(one, Timestamp::now())));
        }
    }
    let kept = given.iter().any(|one| !one.forgotten).then_some(ErrorKind::Refused);
    Ok(failed.or(kept))
}

/// Describes what was learned with a grant before its revocation.
fn effect_in_words(record: &Record, learnt: Option<NarrowingEffect>) -> String {
    let effect = match learnt {
        Some(NarrowingEffect::Harmless) => {
            "a refresh for fewer scopes does not cost the grant; it will be used to narrow tokens"
        }
        Some(NarrowingEffect::CostsGrant) => "a refresh for fewer scopes costs the grant; it will not be used",
        Some(NarrowingEffect::Ignored) => "a refresh for fewer scopes does not narrow the token; it will not be used",
        None => "nothing learned: that requires a refresh token and at least two scopes",
    };
    format!("client `{}` at {}: {effect}", visible(&record.client), visible(&record.issuer))
}

/// Describes a revocation. Servers also report success for unknown tokens (RFC 7009 §2.2), hence the distinction.
fn in_words(one: &RevocationReport, now: Timestamp) -> String {
    let said = match one.revocation {
        Revocation::Confirmed => "revoked: the server reports that it is no longer active",
        Revocation::Accepted => "revocation accepted, but not confirmed: the server does not support introspection",
        Revocation::StillActive => {
            "not revoked: the server accepted the request, but reports that the token is still active; it stays in the vault"
        }
    };
    let said = if one.ends_grant {
        format!("{said}; every token of this client for the user has ended")
    } else {
        said.to_owned()
    };
    match one.works_until {
        Some(end) => {
            format!("{said}; an API that verifies tokens locally accepts it until it expires {}", relative(end, now))
        }
        None => said,
    }
}

fn revocation_report(one: &RevocationReport) -> Json {
    let result = match one.revocation {
        Revocation::Confirmed => "confirmed",
        Revocation::Accepted => "accepted",
        Revocation::StillActive => "still-active",
    };
    json_object([
        ("id", json_text(&one.id)),
        ("result", json_text(result)),
        ("works_until", json_option(one.works_until)),
        ("ends_grant", Json::Bool(one.ends_grant)),
        ("forgotten", Json::Bool(one.forgotten)),
    ])
}

async fn choose(context: &Context, arguments: &Several) -> Result<Vec<Record>, Error> {
    if arguments.all {
        return TokenStore::new(context).list().await;
    }
    let mut chosen = Vec::new();
    for id in &arguments.ids {
        chosen.push(TokenStore::new(context).get(id).await?);
    }
    Ok(chosen)
}

/// Prints a line per token.
fn list(tokens: &[Record], streams: &mut Streams) {
    if tokens.is_empty() {
        streams.say("no stored tokens");
        return;
    }
    let now = Timestamp::now();
    let rows: Vec<(Paint, [String; 6])> = tokens
        .iter()
        .map(|token| {
            let cells = [
                token.id.to_string(),
                token.client.clone(),
                token.issuer.clone(),
                or_nothing(&token.granted),
                ends(token, now),
                token.last_used.map_or_else(|| "never used".to_owned(), |used| format!("used {}", relative(used, now))),
            ];
            (if token.life(now) == Life::Live { Paint::Plain } else { Paint::Dim }, cells)
        })
        .collect();
    streams.table(["ID", "CLIENT", "ISSUER", "SCOPES", "VALIDITY", "LAST USE"], &rows);
}

/// Prints everything about a token except the token itself.
fn show(token: &Record, json: bool, streams: &mut Streams) {
    let now = Timestamp::now();
    if json {
        streams.json(&document("tokens", Json::Array(vec![one(token, now)])));
        return;
    }
    let origins: Vec<String> = token.origins.iter().map(ToString::to_string).collect();
    let added: Vec<String> = token.added.iter().map(|(scope, reason)| format!("{scope} ({reason})")).collect();
    let lines = [
        ("id", token.id.to_string()),
        ("issuer", token.issuer.clone()),
        ("client", format!("{} ({})", token.client, token.client_id)),
        ("audience", token.audiences.join(", ")),
        ("bound to", origins.join(", ")),
        ("asked", or_nothing(&token.asked)),
        (
            "granted",
            if token.unreported { "not reported by the server".to_owned() } else { or_nothing(&token.granted) },
        ),
        ("facts", facts(token)),
        ("added", added.join(", ")),
        ("obtained", token.created.to_string()),
        ("ends", ends(token, now)),
        ("last used", token.last_used.map_or_else(|| "never".to_owned(), |used| used.to_string())),
        ("refresh", refreshes(token)),
        ("token", token.access_token.masked()),
    ];
    for (name, value) in
        lines.into_iter().filter(|(name, value)| !["added", "facts"].contains(name) || !value.is_empty())
    {
        let name = streams.paint(Paint::Bold, pad(name, 9));
        streams.line(format_args!("{name}  {}", visible(&value)));
    }
}

/// The facts about the account that calls need.
fn facts(token: &Record) -> String {
    let facts: Vec<String> = token.facts.iter().map(|(name, fact)| format!("{name} = {fact}")).collect();
    facts.join(", ")
}

fn refreshes(token: &Record) -> String {
    match (&token.refresh_token, &token.narrowed_from) {
        (Some(_), _) => "with its own refresh token".to_owned(),
        (None, Some(origin)) => format!("with the refresh token of {origin}, from which it was narrowed"),
        (None, None) => "not possible: no refresh token".to_owned(),
    }
}

fn ends(token: &Record, now: Timestamp) -> String {
    match (token.life(now), token.expires) {
        (Life::ClockBehind, _) => format!("unknown: the clock is earlier than the time of issue, {}", token.created),
        (_, None) => "unknown: not stated by the server".to_owned(),
        (Life::Ended, Some(end)) if end <= now => format!("expired {}", relative(end, now)),
        (_, Some(end)) => format!("expires {}", relative(end, now)),
    }
}

/// `tokscope.tokens/v1`
fn document(name: &str, content: Json) -> Json {
    json_object([("schema", json_text("tokscope.tokens/v1")), (name, content)])
}

fn one(token: &Record, now: Timestamp) -> Json {
    let state = match token.life(now) {
        Life::Live => "live",
        Life::Ended => "ended",
        Life::ClockBehind => "clock-behind",
    };
    let added = token.added.iter();
    let added = added.map(|(scope, reason)| json_object([("scope", json_text(scope)), ("reason", json_text(reason))]));
    json_object([
        ("id", json_text(&token.id)),
        ("issuer", json_text(&token.issuer)),
        ("client", json_text(&token.client)),
        ("client_id", json_text(&token.client_id)),
        ("audiences", json_list(&token.audiences)),
        ("origins", json_list(&token.origins)),
        ("asked", json_list(&token.asked)),
        ("granted", json_list(&token.granted)),
        ("added", Json::Array(added.collect())),
        ("created", json_text(token.created)),
        ("expires", json_option(token.expires)),
        ("last_used", json_option(token.last_used)),
        ("state", json_text(state)),
        ("refreshable", Json::Bool(token.refresh_token.is_some() || token.narrowed_from.is_some())),
        ("narrowed_from", json_option(token.narrowed_from.as_ref())),
    ])
}
