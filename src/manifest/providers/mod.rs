//! Presets for authorization servers: what a client has to know about GitHub, Google and others, as data.
//!
//! `providers.toml` has a table for each provider. Its member `client` has the keys of `[client.NAME]`, which the client's
//! own keys override; the others describe what to register, and where.

mod overlay;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::dialect::{ClientKind, Dialect};
use super::parse_dialect;
use super::server::Server;
use super::toml_reader::TomlReader;
use crate::scope::Vocabulary;

pub(super) use overlay::{complete, complete_api};

/// The table of presets.
const TABLE: &str = include_str!("providers.toml");

/// A preset.
#[derive(Debug)]
pub struct Provider {
    /// Name in a manifest: `provider`.
    pub name: &'static str,
    /// What the table says about it, besides the keys of a client.
    pub about: About,
    /// The keys of its client, with variables.
    client: DeTable<'static>,
    /// Issuers by which it is recognized, with variables.
    issuers: Vec<Server>,
    /// Hosts of its APIs, with variables.
    hosts: Vec<Server>,
    /// Dialect with the default values of its variables.
    dialect: OnceLock<Dialect>,
}

/// What a user has to know about a provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Name for people.
    pub title: String,
    /// Where a client is registered.
    pub register: String,
    /// What to register, one step a line.
    pub setup: Vec<String>,
    /// Scopes of a first login.
    #[serde(default)]
    pub first_scopes: Vec<String>,
    /// APIs that its tokens are for.
    #[serde(default)]
    pub apis: Vec<ProviderApi>,
    /// Variables in the keys of its client, by name.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// Issuers by which it is recognized; without any, that of its client.
    #[serde(default)]
    recognized: Option<Vec<String>>,
    /// What else is worth knowing.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What none of the sources states.
    #[serde(default)]
    pub unconfirmed: Vec<String>,
    /// Pages and files that the facts come from.
    pub sources: Vec<String>,
}

/// An API of a provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderApi {
    /// Base URL, with variables.
    pub base_url: String,
    /// A request that shows who is signed in, if there is one.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Scopes that it requires.
    #[serde(default)]
    pub requires: Vec<String>,
}

/// A variable of a preset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// What it stands for.
    pub about: String,
    /// Value if none is given.
    #[serde(default)]
    pub default: Option<String>,
}

/// Returns every preset, in the order of the table. A test excludes that it is malformed.
#[must_use]
pub fn all() -> &'static [Provider] {
    static PROVIDERS: OnceLock<Vec<Provider>> = OnceLock::new();
    PROVIDERS.get_or_init(|| read(TABLE).unwrap_or_default())
}

/// Returns the preset with that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.name == name)
}

/// Returns the preset for an issuer.
#[must_use]
pub fn recognize(issuer: &str) -> Option<&'static Provider> {
    let url = url::Url::parse(issuer).ok()?;
    let path = url.path().trim_end_matches('/');
    let is_whole = |rest: Option<&str>| rest.is_some_and(|rest| rest.trim_end_matches('/').is_empty());
    all().iter().find(|provider| provider.issuers.iter().any(|known| is_whole(known.strip(&url, path))))
}

/// Returns the preset that an API belongs to, by its base URL.
#[must_use]
pub fn of_api(base_url: &url::Url) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.hosts.iter().any(|host| host.strip(base_url, "").is_some()))
}

/// Returns the names of scopes that hold at every authorization server.
pub fn universal_vocabulary() -> &'static Vocabulary {
    static UNIVERSAL: OnceLock<Vocabulary> = OnceLock::new();
    UNIVERSAL.get_or_init(|| {
        let mut universal = Vocabulary::default();
        for provider in all() {
            universal.add_universal(&provider.dialect().vocabulary);
        }
        universal
    })
}

/// Returns the dialect of a server without a preset: the vocabulary and the errors of the provider that its issuer
/// belongs to.
pub(super) fn dialect_of(issuer: &str) -> Dialect {
    let known = recognize(issuer).map(Provider::dialect);
    let mut vocabulary = known.map(|known| known.vocabulary.clone()).unwrap_or_default();
    vocabulary.add_universal(universal_vocabulary());
    Dialect {
        title: known.and_then(|known| known.title.clone()),
        errors: known.map(|known| known.errors.clone()).unwrap_or_default(),
        rotation: known.map(|known| known.rotation.clone()).unwrap_or_default(),
        vocabulary,
        ..Dialect::default()
    }
}

/// Parses the table.
fn read(text: &'static str) -> Result<Vec<Provider>, String> {
    let document = DeTable::parse(text).map_err(|error| error.to_string())?;
    let mut providers = Vec::new();
    for (name, value) in document.into_inner() {
        let span = name.span();
        let std::borrow::Cow::Borrowed(name) = name.into_inner() else {
            return Err("a provider's name has an escape sequence".to_owned());
        };
        let DeValue::Table(mut row) = value.into_inner() else { return Err(format!("`{name}` is not a table")) };
        let Some(DeValue::Table(client)) = row.remove("client").map(Spanned::into_inner) else {
            return Err(format!("`{name}` has no table `client`"));
        };
        let about = toml::de::ValueDeserializer::from(Spanned::new(span.clone(), DeValue::Table(row)));
        let about = About::deserialize(about).map_err(|error| format!("`{name}`: {error}"))?;
        let issuer = client.get("issuer").and_then(|value| value.get_ref().as_str()).unwrap_or_default();
        let patterns = match &about.recognized {
            None => vec![issuer],
            Some(patterns) => patterns.iter().map(String::as_str).collect(),
        };
        let issuers = patterns.into_iter().map(Server::parse).collect::<Result<Vec<_>, _>>()?;
        let hosts = about.apis.iter().map(|api| {
            let (scheme, rest) = api.base_url.split_once("://").unwrap_or_default();
            Server::parse(&format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()))
        });
        let hosts = hosts.collect::<Result<Vec<_>, _>>()?;
        providers.push((span.start, Provider { hosts, name, about, client, issuers, dialect: OnceLock::new() }));
    }
    providers.sort_by_key(|(start, _)| *start);
    Ok(providers.into_iter().map(|(_, provider)| provider).collect())
}

impl Provider {
    /// Returns what the server does, with the default values of the variables.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        self.dialect.get_or_init(|| {
            let mut reader = TomlReader::default();
            let filled = overlay::filled(&self.client, &|name| self.default_of(name), &(0..0));
            let dialect = parse_dialect::dialect(&mut reader, &filled);
            Dialect { title: Some(self.about.title.clone()), ..dialect }
        })
    }

    /// Returns the keys of `[client.NAME]` of the preset.
    #[must_use]
    pub fn client_keys(&self) -> Vec<&str> {
        self.client.keys().map(|key| key.get_ref().as_ref()).collect()
    }

    /// Replaces the variables in a text with the given values, or else their defaults.
    #[must_use]
    pub fn fill(&self, text: &str, variables: &BTreeMap<String, String>) -> String {
        overlay::substituted(text, &|name| variables.get(name).cloned().or_else(|| self.default_of(name)))
    }

    /// Returns its token endpoint, if the preset states it.
    #[must_use]
    pub fn token_endpoint(&self) -> Option<String> {
        let DeValue::Table(metadata) = self.client.get("metadata")?.get_ref() else { return None };
        Some(self.fill(metadata.get("token_endpoint")?.get_ref().as_str()?, &BTreeMap::new()))
    }

    /// Returns the kind of its clients, if it has only one.
    #[must_use]
    pub fn client_kind(&self) -> Option<ClientKind> {
        let text = self.client.get("client_kind")?.get_ref().as_str()?;
        ClientKind::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Whether a grant of a confidential client needs no secret.
    #[must_use]
    pub fn works_without_secret(&self) -> bool {
        self.client.contains_key("secret_not_needed_for")
    }

    fn default_of(&self, name: &str) -> Option<String> {
        self.about.variables.get(name)?.default.clone()
    }
}

#[cfg(test)]
mod tests;
