//! The neutral model of what an authorization server holds: scopes, and the ceilings of clients.

use crate::diagnostic::Diagnostic;
use crate::enforcement::findings::unsupported;
use crate::manifest::{Api, Client, GrantType, Manifest};
use crate::scope::is_identity_scope;

/// A scope of the API.
#[derive(Clone, Debug)]
pub(super) struct OfferedScope<'m> {
    pub(super) name: &'m str,
    /// Description for people: that of the manifest, or the name.
    pub(super) description: &'m str,
    /// Place in the manifest, such as `tokscope.toml:12`.
    pub(super) place: String,
}

/// A client and its ceiling.
#[derive(Clone, Debug)]
pub(super) struct ClientCeiling<'m> {
    pub(super) client: &'m Client,
    /// Scopes of the API that it may request.
    pub(super) scopes: Vec<&'m str>,
    /// Every scope that it may request, also of other APIs, without `openid`.
    pub(super) all: Vec<&'m str>,
    /// Place in the manifest.
    pub(super) place: String,
}

impl ClientCeiling<'_> {
    /// Returns whether it has a grant.
    pub(super) fn has(&self, grant: GrantType) -> bool {
        self.client.grants.contains(&grant)
    }

    /// Returns `grant_type` parameters of its grants, without that of refresh tokens.
    pub(super) fn grant_types(&self) -> Vec<&'static str> {
        let own = self.client.grants.iter().filter(|grant| **grant != GrantType::RefreshToken);
        own.map(|grant| grant.registered_name()).collect()
    }
}

/// What an authorization server holds for one API.
#[derive(Clone, Debug)]
pub(super) struct Registry<'m> {
    pub(super) api: &'m Api,
    pub(super) issuer: &'m str,
    /// `aud` of its tokens.
    pub(super) audience: &'m str,
    pub(super) scopes: Vec<OfferedScope<'m>>,
    pub(super) clients: Vec<ClientCeiling<'m>>,
    /// Name of the manifest.
    pub(super) manifest: String,
}

impl<'m> Registry<'m> {
    /// Collects the scopes of an API, and the clients that are registered with its issuer.
    ///
    /// # Errors
    /// If issuer, audience or a ceiling is missing.
    pub(super) fn new(manifest: &'m Manifest, api: &'m Api, source: &str, name: &str) -> Result<Self, Vec<Diagnostic>> {
        let breaks: Vec<usize> = memchr::memchr_iter(b'\n', source.as_bytes()).collect();
        let place = |start: usize| format!("{name}:{}", breaks.partition_point(|position| *position < start) + 1);
        let mut obstacles = Vec::new();
        let mut missing = |key: &str| {
            let message = format!("API `{}` has no {key}", api.name);
            obstacles.push(unsupported(message, format!("add `{key} = \"…\"` to `[api.{}]`", api.name)));
            ""
        };
        let issuer = api.issuer.as_ref().map_or_else(|| missing("issuer"), |issuer| issuer.as_str());
        let audience = api.audience.as_deref().unwrap_or_else(|| missing("audience"));
        let scopes: Vec<OfferedScope<'m>> = api
            .scopes
            .iter()
            .filter(|declared| !crate::scope::IDENTITY_SCOPES.contains(&declared.scope.as_str()))
            .map(|declared| OfferedScope {
                name: declared.scope.as_str(),
                description: declared.description.as_deref().unwrap_or_else(|| declared.scope.as_str()),
                place: place(declared.span.start),
            })
            .collect();
        let mut clients = Vec::new();
        for client in manifest.clients.iter().filter(|client| client.issuer.as_str() == issuer) {
            let Some(ceiling) = &client.may_request else {
                let message = format!("client `{}` has no ceiling, so it would get every scope or none", client.name);
                let hint = format!("add `may_request = [\"…\"]` to `[client.{}]`", client.name);
                obstacles.push(unsupported(message, hint).at(client.span.clone()));
                continue;
            };
            let requested = ceiling.iter().chain(client.always_request.iter()).map(crate::scope::Scope::as_str);
            let mut all: Vec<&str> = requested.filter(|scope| *scope != "openid").collect();
            all.sort_unstable();
            all.dedup();
            let own = |scope: &&str| api.hierarchy.declares(scope) && !is_identity_scope(scope, []);
            let scopes = ceiling.iter().map(crate::scope::Scope::as_str).filter(own).collect();
            clients.push(ClientCeiling { client, scopes, all, place: place(client.span.start) });
        }
        match obstacles.is_empty() {
            true => Ok(Self { api, issuer, audience, scopes, clients, manifest: name.to_owned() }),
            false => Err(obstacles),
        }
    }

    /// Returns the first lines of a file, as comments.
    pub(super) fn head(&self, format: &str, limits: &[&str]) -> String {
        let mut text = format!(
            "# Scopes of API `{}` and ceilings of its clients in {} for {format}, exported by `tokscope manifest export`.\n\
             # Do not edit: change the manifest and export again.\n",
            self.api.name, self.manifest
        );
        for limit in limits {
            text.push_str(&format!("# {limit}\n"));
        }
        text
    }
}

/// Returns a name as an identifier: letters, digits and `_`, not beginning with a digit.
pub(super) fn identifier(name: &str) -> String {
    let character =
        |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' };
    let plain: String = name.chars().map(character).collect();
    match plain.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => plain,
        _ => format!("s_{plain}"),
    }
}

/// Returns an identifier for each name; names with the same one are numbered.
pub(super) fn identifiers<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut unique = |name: &str| {
        let plain = identifier(name);
        let count = known.entry(plain.clone()).or_default();
        *count += 1;
        if *count == 1 { plain } else { format!("{plain}_{count}") }
    };
    names.into_iter().map(&mut unique).collect()
}
