//! `tokscope login` obtains a token with the minimal set of scopes, prints the reason for each, and stores the token.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::access::{confirm, launching};
use super::arguments::scope;
use super::obtain::Asking;
use super::open::{self, find_all, or_nothing};
use super::print::{Streams, json_findings, json_list, json_object, json_option, json_text};
use super::{scopes, wait_for};
use crate::app::{
    AcquiredToken, Acquisition, ApprovedPlanner, Context, EndpointId, Error, ErrorKind, Plan, Planner, PresetClient,
    StoragePolicy, Terms, TrustStore, add_client,
};
use crate::manifest::GrantType;
use crate::scope::{Scope, ScopeSet};
use crate::text::visible;
use crate::token::{Json, relative};
use crate::vault::StoreKind;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope login -e 'GET /orders' -e 'POST /orders'
  tokscope login -e 'GET /orders' --scope offline_access --client dev
  tokscope login -e 'GET /orders' -e 'POST /orders' --split
  tokscope login --store passphrase -e 'GET /orders'
  tokscope login --provider github --client-id ID --grant device_code --scope read:user
  tokscope login --issuer https://login.example.com --client-id dev --scope orders:read")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT")]
    endpoints: Vec<String>,
    /// Additional scope to request (repeatable)
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<Scope>,
    /// Obtain a token for each set of scopes, so that `gateway` and `token` can use the narrowest; after the first sign-in,
    /// the browser's session is used without a prompt
    #[arg(long, requires = "endpoints", conflicts_with_all = ["scopes", "json", "provider", "issuer"])]
    split: bool,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Provider to sign in at: with the manifest's client, or without a manifest with `--client-id`
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Issuer to sign in at, without a manifest
    #[arg(long, value_name = "URL", conflicts_with_all = ["provider", "endpoints"], requires = "client_id")]
    issuer: Option<String>,
    /// `client_id`, without a manifest
    #[arg(long, value_name = "ID", conflicts_with_all = ["endpoints", "client"])]
    client_id: Option<String>,
    /// Environment variable with the client's secret, without a manifest
    #[arg(long, value_name = "NAME", requires = "client_id")]
    secret_env: Option<String>,
    /// Value of one of the provider's variables, such as its tenant (repeatable)
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = super::arguments::pair, requires = "provider")]
    variables: Vec<(String, String)>,
    /// Print JSON (tokscope.login/v1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    asking: Asking,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let Opened { context, client, new } = context(arguments, manifest, streams)?;
    let endpoints = find_all(&context, &arguments.endpoints, arguments.api.as_deref())?;
    if arguments.split {
        return split(arguments, &context, client.as_deref(), &endpoints, streams);
    }
    let added: ScopeSet = arguments.scopes.iter().cloned().collect();
    let plan = ApprovedPlanner::new(&context).plan(&endpoints, client.as_deref(), None, &added)?;
    demand_scopes(&context, arguments, &plan)?;
    for line in reasons(&context, &plan, &added) {
        streams.say(line);
    }
    let terms = Terms { keeping: StoragePolicy::Required, ..arguments.asking.terms()? };
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = wait_for(async { Acquisition::new(&context, terms, &mut terminal).obtain(&plan).await })?;
    if arguments.json {
        streams.json(&document(&acquired, &plan));
    } else {
        report(&context, &acquired, streams);
        if let Some(new) = new {
            let grant = arguments.asking.grant().or_else(|| plan.grants.first().copied());
            offer(&new, grant, arguments, manifest, streams)?;
        }
    }
    Ok((!acquired.short().is_empty()).then_some(ErrorKind::NotAllowed))
}

/// Obtains a token for each set of scopes that the endpoints need.
fn split(
    arguments: &Arguments,
    context: &Context,
    client: Option<&str>,
    endpoints: &[EndpointId],
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let plans = Planner::new(context).split(endpoints, client)?;
    for plan in &plans {
        for line in reasons(context, plan, &ScopeSet::new()) {
            streams.say(line);
        }
    }
    let terms = Terms { keeping: StoragePolicy::Required, ..arguments.asking.terms()? };
    let mut terminal = arguments.asking.terminal(streams);
    let acquired = wait_for(async { Acquisition::new(context, terms, &mut terminal).obtain_each(&plans).await })?;
    for acquired in &acquired {
        report(context, acquired, streams);
    }
    let is_short = acquired.iter().any(|acquired| !acquired.short().is_empty());
    Ok(is_short.then_some(ErrorKind::NotAllowed))
}

/// Context of a login.
struct Opened {
    context: Context,
    /// Name of the client, if it is not the default one.
    client: Option<String>,
    /// The client, if it is not in a manifest.
    new: Option<PresetClient>,
}

/// Offers to write the client of a login into the manifest. Without a terminal its table is printed.
fn offer(
    new: &PresetClient,
    grant: Option<GrantType>,
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<(), Error> {
    let name = arguments.provider.as_deref().unwrap_or("dev");
    let table = new.table(name, grant.unwrap_or(GrantType::AuthorizationCode))?;
    let known = open::locate(manifest)?;
    let path = known.clone().unwrap_or_else(|| PathBuf::from("tokscope.toml"));
    let shown = visible(&path.display().to_string()).into_owned();
    streams.say(format_args!("to keep using this client, declare it in `{shown}`:"));
    table.trim_end().lines().for_each(|line| streams.say_verbatim(format_args!("  {}", visible(line))));
    if !arguments.asking.access.can_ask() || !confirm("add it now? [y/N] ", streams)? {
        return Ok(());
    }
    add_client(&path, name, &table)?;
    streams.say(format_args!("added to {shown}"));
    if known.is_none() {
        // the user has just named the server and the client
        let destinations = open::read(&path, streams)?.destinations()?;
        TrustStore::of_the_user()?.accept(&destinations, &path.to_string_lossy(), Timestamp::now())?;
    }
    Ok(())
}

/// Opens the manifest, or creates a context for a provider or issuer that is not in one.
fn context(arguments: &Arguments, manifest: Option<&Path>, streams: &mut Streams) -> Result<Opened, Error> {
    let named = arguments.asking.client.clone();
    if arguments.provider.is_none() && arguments.issuer.is_none() {
        let context = arguments.asking.access.context(manifest, streams)?;
        return Ok(Opened { context, client: named, new: None });
    }
    let client = PresetClient {
        provider: arguments.provider.clone(),
        issuer: arguments.issuer.clone(),
        client_id: arguments.client_id.clone(),
        secret_variable: arguments.secret_env.clone(),
        variables: arguments.variables.clone(),
        ..PresetClient::default()
    };
    client.preset()?;
    if arguments.client_id.is_none()
        && let Some(path) = open::locate(manifest)?
    {
        let known = open::read(&path, streams)?;
        let clients = known.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
        let own = clients.iter().find(|client| {
            client.provider == arguments.provider && named.as_ref().is_none_or(|name| client.name == *name)
        });
        if let Some(name) = own.map(|client| client.name.clone()) {
            let context = arguments.asking.access.context(manifest, streams)?;
            return Ok(Opened { context, client: Some(name), new: None });
        }
    }
    let context = launching(client.context()?).with_vault(arguments.asking.access.vault()?);
    Ok(Opened { context, client: None, new: Some(client) })
}

/// Requires endpoints or scopes, unless the server knows no scopes.
fn demand_scopes(context: &Context, arguments: &Arguments, plan: &Plan) -> Result<(), Error> {
    let client = context.client(&plan.client)?;
    if !arguments.endpoints.is_empty() || !arguments.scopes.is_empty() || client.dialect.scopes_by_app {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Usage, "no endpoint or scope to sign in for");
    let first = client.provider.as_deref().and_then(crate::manifest::providers::find);
    let first = first.map(|provider| provider.about.first_scopes.join(" --scope ")).filter(|first| !first.is_empty());
    Err(error.hint(match first {
        Some(first) => format!("request scopes, such as `--scope {first}`"),
        None => "use `--scope SCOPE`".to_owned(),
    }))
}

/// Prints why each scope is requested: for an endpoint, or because the user added it.
fn reasons(context: &Context, plan: &Plan, added: &ScopeSet) -> Vec<String> {
    let mut lines = scopes::reasons(&plan.minimal_set);
    let has_apis = context.manifest().is_some_and(|manifest| !manifest.apis.is_empty());
    if !has_apis {
        lines.extend(added.iter().map(|scope| format!("{scope}  requested with --scope")));
        return lines;
    }
    for scope in added.iter().filter(|scope| !plan.minimal_set.scopes.contains(scope.as_str())) {
        let why = match context.endpoints_requiring(scope.as_str()).as_slice() {
            [] => "no endpoint in the manifest needs it".to_owned(),
            [only] => format!("only `{only}` needs it, which was not selected"),
            [first, rest @ ..] => format!("only `{first}` and {} others need it, which were not selected", rest.len()),
        };
        lines.push(format!("{scope}  added with --scope: {}", crate::text::visible(&why)));
    }
    lines
}

/// Prints the obtained token: its ID, its scopes and its expiry.
pub(super) fn report(context: &Context, acquired: &AcquiredToken, streams: &mut Streams) {
    let until = match acquired.expires {
        Some(end) => format!("expires {}", relative(end, Timestamp::now())),
        None => "expiry not stated by the server".to_owned(),
    };
    let granted = match acquired.unreported {
        true => "granted scopes not reported by the server".to_owned(),
        false => or_nothing(&acquired.granted),
    };
    match (acquired.record.as_ref().map(|record| &record.id), context.vault().map(|vault| vault.kind())) {
        (Some(id), Some(StoreKind::Memory)) => {
            streams.line(format_args!("token {id}: {granted}; {until}; in memory only, discarded after this command"));
        }
        (Some(id), _) => streams.line(format_args!("token {id}: {granted}; {until}")),
        (None, _) => streams.line(format_args!("token not stored: {granted}; {until}")),
    }
}

/// `tokscope.login/v1`
fn document(acquired: &AcquiredToken, plan: &Plan) -> Json {
    json_object([
        ("schema", json_text("tokscope.login/v1")),
        ("id", json_option(acquired.record.as_ref().map(|record| &record.id))),
        ("client", json_text(&plan.client)),
        ("asked", json_list(&acquired.asked)),
        ("granted", if acquired.unreported { Json::Null } else { json_list(&acquired.granted) }),
        ("short", json_list(acquired.short())),
        ("beyond", json_list(&acquired.beyond)),
        ("reasons", scopes::json_reasons(&plan.minimal_set)),
        ("expires_at", json_option(acquired.expires)),
        ("findings", json_findings(&acquired.findings)),
    ])
}
