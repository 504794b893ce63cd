//! Manifests from presets: what to register at a provider, and the tables of its API and client.

use std::path::Path;

use super::files::{parse_file, read_manifest};
use super::import::create_manifest;
use super::review::write_manifest;
use crate::app::tokens::is_of;
use crate::app::{Context, Error, ErrorKind, secret_variable};
use crate::diagnostic::Severity;
use crate::manifest::providers::{self, Provider};
use crate::manifest::{self, Client, ClientKind, GrantType, Parsed, RedirectUri};
use crate::scope::Vocabulary;
use crate::vault::Record;

/// Client that is not in a manifest.
#[derive(Clone, Debug, Default)]
pub struct PresetClient {
    /// Name of a preset.
    pub provider: Option<String>,
    /// Issuer, without a preset.
    pub issuer: Option<String>,
    /// `client_id`. `None`: from the environment variable of the provider.
    pub client_id: Option<String>,
    /// Name of the environment variable with its secret. `None`: that of the provider.
    pub secret_variable: Option<String>,
    /// Whether the secret is passed in another way.
    pub has_secret: bool,
    /// Values of the preset's variables.
    pub variables: Vec<(String, String)>,
}

/// What to register at a provider, and what to write in a manifest.
#[derive(Clone, Debug)]
pub struct PresetGuide {
    /// Preset.
    pub provider: &'static Provider,
    /// Name of the client and the API in the manifest.
    pub name: String,
    /// URL of the page where a client is registered.
    pub register: String,
    /// What to register.
    pub setup: Vec<String>,
    /// Redirect URI to register.
    pub redirect_uri: String,
    /// Tables for the manifest.
    pub tables: String,
    /// Command of a first login.
    pub login: String,
    /// Request that shows who is signed in.
    pub first_call: Option<String>,
}

/// Grants of a client that is not in a manifest.
const EVERY_GRANT: [GrantType; 3] = [GrantType::AuthorizationCode, GrantType::DeviceCode, GrantType::ClientCredentials];

/// Placeholder for a client identifier that is not known yet.
const CLIENT_ID: &str = "CLIENT_ID";

impl PresetClient {
    /// Returns the preset.
    ///
    /// # Errors
    /// If no preset has that name, with the nearest one as a hint.
    pub fn preset(&self) -> Result<Option<&'static Provider>, Error> {
        let Some(name) = &self.provider else { return Ok(None) };
        let found = providers::find(name);
        found.map(Some).ok_or_else(|| {
            let names = providers::all().iter().map(|provider| provider.name);
            let near = crate::text::nearest(name, names, 1).first().copied();
            let error = Error::new(ErrorKind::Usage, format!("`{name}` is not a known provider"));
            let error = near.into_iter().fold(error, |error, near| error.hint(format!("did you mean `{near}`?")));
            error.hint("`tokscope init --list` lists the providers; use `--issuer` for another server")
        })
    }

    /// Returns what to register, and the tables for a manifest.
    ///
    /// # Errors
    /// If there is no such preset, or a variable has no valid value.
    pub fn guide(&self) -> Result<PresetGuide, Error> {
        let provider = self.preset()?.ok_or_else(|| Error::new(ErrorKind::Usage, "no provider is named"))?;
        let client_id = self.client_id.clone().unwrap_or_else(|| CLIENT_ID.to_owned());
        let tables = self.tables(&client_id, provider.name)?;
        let client = client_of(&manifest::parse(&tables))?;
        let values = self.variables.iter().cloned().collect();
        let first_call = provider.about.apis.first().and_then(|api| api.endpoint.clone());
        let login = provider
            .about
            .first_scopes
            .iter()
            .fold(format!("tokscope login --client {}", provider.name), |command, scope| {
                format!("{command} --scope {scope}")
            });
        Ok(PresetGuide {
            provider,
            name: provider.name.to_owned(),
            register: provider.fill(&provider.about.register, &values),
            setup: provider.about.setup.iter().map(|step| provider.fill(step, &values)).collect(),
            redirect_uri: client.redirect_uri.as_ref().map(registered).unwrap_or_default(),
            login,
            first_call,
            tables,
        })
    }

    /// Returns the table of the client for a manifest, with the grant that it was used with.
    ///
    /// # Errors
    /// See [`Self::guide`].
    pub fn table(&self, name: &str, grant: GrantType) -> Result<String, Error> {
        let client_id = self.client_id.clone().unwrap_or_else(|| CLIENT_ID.to_owned());
        let tables = self.tables(&client_id, name)?;
        let (every, used) = (quoted_grants(&EVERY_GRANT), quoted_grants(&[grant]));
        Ok(tables.replace(&every, &used))
    }

    /// Describes the client of a stored token: a preset without required variables is recognized by its issuer.
    fn of_record(record: &Record, secret_variable: Option<&str>) -> Self {
        let own = Self {
            issuer: Some(record.issuer.clone()),
            client_id: Some(record.client_id.clone()),
            secret_variable: secret_variable.map(str::to_owned),
            ..Self::default()
        };
        let preset = providers::recognize(&record.issuer).map(|provider| Self {
            provider: Some(provider.name.to_owned()),
            issuer: None,
            ..own.clone()
        });
        let is_its = |client: &Self| {
            let tables = client.tables(&record.client_id, "client").ok()?;
            Some(client_of(&manifest::parse(&tables)).ok()?.issuer.as_str() == record.issuer)
        };
        preset.filter(|preset| is_its(preset) == Some(true)).unwrap_or(own)
    }

    /// Creates a context with this client, which the user has named and therefore trusts.
    ///
    /// # Errors
    /// If there is no such preset, or something that it requires is missing.
    pub fn context(&self) -> Result<Context, Error> {
        let preset = self.preset()?;
        let name = preset.map_or("client", |preset| preset.name);
        let client_id = match (&self.client_id, preset) {
            (Some(id), _) => id.clone(),
            (None, Some(preset)) => {
                std::env::var(variable(preset.name, "CLIENT_ID")).ok().filter(|id| !id.is_empty()).ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("no client ID for {}", preset.about.title))
                        .hint(format!("use `--client-id ID`, or set {}", variable(preset.name, "CLIENT_ID")))
                        .hint(format!("`tokscope init --provider {}` describes what to register", preset.name))
                })?
            }
            (None, None) => {
                return Err(Error::new(ErrorKind::Usage, "`--issuer` requires `--client-id`"));
            }
        };
        let source = self.tables(&client_id, name)?;
        Context::from_source("command line", &source).map_err(|problem| invalid(&problem.findings))
    }

    /// Returns the tables of the API and of the client.
    fn tables(&self, client_id: &str, name: &str) -> Result<String, Error> {
        let mut text = String::new();
        let mut client = String::new();
        if let Some(preset) = self.preset()? {
            let variables: Vec<String> =
                self.variables.iter().map(|(name, value)| format!("{} = {}", key(name), quoted(value))).collect();
            let variables = match variables.is_empty() {
                true => String::new(),
                false => format!("variables = {{ {} }}\n", variables.join(", ")),
            };
            text.push_str(&api_tables(preset, name, &variables));
            client.push_str(&format!("provider = {}\n{variables}", quoted(preset.name)));
        } else if let Some(issuer) = &self.issuer {
            client.push_str(&format!("issuer = {}\n", quoted(issuer)));
            client.push_str(&quoted_grants(&EVERY_GRANT));
        }
        text.push_str(&format!("[client.{name}]\n{client}client_id = {}\n", quoted(client_id)));
        let secret = self.secret_variable.clone().or_else(|| {
            let preset = self.preset().ok().flatten()?;
            let own = variable(preset.name, "CLIENT_SECRET");
            // a device grant may do without it
            let needs = preset.client_kind() == Some(ClientKind::Confidential);
            let wanted = self.has_secret || secret_variable(&own).is_some() || !preset.works_without_secret();
            (needs && wanted).then_some(own)
        });
        let secret = secret.or_else(|| self.has_secret.then(|| "CLIENT_SECRET".to_owned()));
        text.extend(secret.map(|secret| format!("secret = {{ env = {} }}\n", quoted(&secret))));
        Ok(text)
    }
}

fn quoted_grants(grants: &[GrantType]) -> String {
    let grants: Vec<String> = grants.iter().map(|grant| quoted(grant.as_str())).collect();
    format!("grants = [{}]\n", grants.join(", "))
}

/// Returns a context with the client of a stored token, for a token that was obtained without a manifest; `None` if the
/// context's manifest has the client. `secret_variable`: the environment variable with the client's secret.
///
/// # Errors
/// If the client is not valid.
pub fn context_of_record(
    context: &Context,
    record: &Record,
    secret_variable: Option<&str>,
) -> Result<Option<Context>, Error> {
    let clients = context.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
    // a client of that name is the token's, even if its issuer has changed: then it must be trusted again
    if clients.iter().any(|client| is_of(record, client) || client.name == record.client) {
        return Ok(None);
    }
    let own = PresetClient::of_record(record, secret_variable).context()?;
    Ok(Some(own.with_vault_of(context)))
}

/// Returns the tables of the first API of a preset.
fn api_tables(preset: &Provider, name: &str, variables: &str) -> String {
    let Some(api) = preset.about.apis.first() else { return String::new() };
    let mut text = format!("[api.{name}]\nprovider = {}\n{variables}\n", quoted(preset.name));
    let vocabulary: &Vocabulary = &preset.dialect().vocabulary;
    let declared: Vec<&String> = api.requires.iter().filter(|scope| !vocabulary.is_identity_scope(scope)).collect();
    let required: Vec<String> = declared.iter().map(|scope| quoted(scope)).collect();
    if !declared.is_empty() {
        text.push_str(&format!("[api.{name}.scopes]\n"));
        text.extend(required.iter().map(|scope| format!("{scope} = {{}}\n")));
        text.push('\n');
    }
    if let Some(endpoint) = &api.endpoint {
        text.push_str(&format!("[api.{name}.endpoints]\n{} = [{}]\n\n", quoted(endpoint), required.join(", ")));
    }
    text
}

/// Returns the only client of a manifest.
fn client_of(parsed: &Parsed) -> Result<Client, Error> {
    let client = parsed.manifest.as_ref().and_then(|manifest| manifest.clients.first());
    client.cloned().ok_or_else(|| invalid(&parsed.findings))
}

fn invalid(findings: &[crate::diagnostic::Diagnostic]) -> Error {
    let first = findings.iter().find(|finding| finding.severity() == Severity::Error);
    let error = Error::new(ErrorKind::Usage, first.map_or("the client is not valid", |finding| &finding.message));
    first.and_then(|finding| finding.help.clone()).into_iter().fold(error, Error::hint)
}

/// Adds the tables of a guide to a manifest, or creates it.
///
/// # Errors
/// If the manifest has a client or an API of that name, would not be valid, or can't be written.
pub fn add_preset(path: &Path, guide: &PresetGuide) -> Result<(), Error> {
    add_client(path, &guide.name, &guide.tables)
}

/// Adds the tables of a client to a manifest, or creates it.
///
/// # Errors
/// See [`add_preset`].
pub fn add_client(path: &Path, name: &str, tables: &str) -> Result<(), Error> {
    if !path.exists() {
        return create_manifest(path, tables);
    }
    let source = read_manifest(path)?;
    if let Some(known) = parse_file(path, &source).manifest
        && (known.client(name).is_some() || known.api(name).is_some())
    {
        let message = format!("`{}` already has a client or an API `{name}`", path.display());
        return Err(Error::new(ErrorKind::Usage, message).hint("remove it first, or edit it"));
    }
    let text = format!("{}\n\n{tables}", source.trim_end());
    // a formatted manifest stays formatted; another one keeps its form
    let is_formatted = manifest::format(&source, false).is_ok_and(|formatted| formatted == source);
    let text = if is_formatted { manifest::format(&text, false).unwrap_or(text) } else { text };
    let wrong = parse_file(path, &text).findings.into_iter().find(|finding| finding.severity() == Severity::Error);
    match wrong {
        Some(finding) => Err(invalid(&[finding])),
        None => write_manifest(path, &text),
    }
}

/// Returns the environment variable of a provider for a purpose: `GITHUB_CLIENT_ID`.
fn variable(provider: &str, purpose: &str) -> String {
    format!("{}_{purpose}", provider.to_ascii_uppercase().replace('-', "_"))
}

/// Returns a redirect URI as it is registered: `http://localhost` without the slash that a URL parser adds.
fn registered(uri: &RedirectUri) -> String {
    let text = uri.url().as_str();
    if uri.path().is_empty() { text.trim_end_matches('/').to_owned() } else { text.to_owned() }
}

/// Quotes a string for TOML: a JSON string is a valid basic string, except for one character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { name.to_owned() } else { quoted(name) }
}
