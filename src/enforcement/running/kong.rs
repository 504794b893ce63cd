//! Kong: a declarative configuration (decK), with the plugins `openid-connect`, `oauth2` and `jwt`.
//!
//! Entries of `scopes_required` are alternatives, and the words of one entry are all needed. A plugin of the route replaces that
//! of the service, and that the global one.

use super::path::PathMatch;
use super::tree::Tree;
use super::{Access, Precedence, Route, Running};

/// Whether a document is a declarative configuration.
pub(super) fn is_declarative(documents: &[Tree]) -> bool {
    documents.first().is_some_and(|root| root.get("_format_version").is_some())
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Kong".to_owned(), precedence: Precedence::MostSpecific, ..Running::default() };
    let Some(root) = documents.first() else { return running };
    let none = [];
    for service in root.items_of("services") {
        for route in service.items_of("routes") {
            read_route(root, service.items_of("plugins"), service.text_of("name"), route, &mut running);
        }
    }
    for route in root.items_of("routes") {
        let service = route.at(&["service", "name"]).or_else(|| route.get("service")).and_then(Tree::text);
        let plugins =
            root.items_of("services").iter().find(|known| service.is_some() && known.text_of("name") == service);
        read_route(
            root,
            plugins.map_or(&none[..], |service| service.items_of("plugins")),
            service,
            route,
            &mut running,
        );
    }
    running
}

/// Plugins that decide about tokens, in the order in which Kong runs them.
const PLUGINS: [&str; 3] = ["openid-connect", "oauth2", "jwt"];

fn authorizing<'t>(plugins: impl Iterator<Item = &'t Tree>) -> Option<&'t Tree> {
    let is_authorizing = |plugin: &&Tree| {
        plugin.text_of("name").is_some_and(|name| PLUGINS.contains(&name)) && !plugin.is_false("enabled")
    };
    plugins.filter(is_authorizing).last()
}

/// Returns the name that a plugin of the whole configuration is bound to.
fn bound<'t>(plugin: &'t Tree, to: &str) -> Option<&'t str> {
    let target = plugin.get(to)?;
    target.text().or_else(|| target.text_of("name"))
}

fn read_route(root: &Tree, of_service: &[Tree], service: Option<&str>, route: &Tree, running: &mut Running) {
    let name = route.text_of("name");
    let all = root.items_of("plugins");
    let is_global = |plugin: &&Tree| plugin.get("route").is_none() && plugin.get("service").is_none();
    let of_route = all.iter().filter(|plugin| name.is_some() && bound(plugin, "route") == name);
    let for_service = all.iter().filter(|plugin| service.is_some() && bound(plugin, "service") == service);
    let plugin = authorizing(route.items_of("plugins").iter().chain(of_route))
        .or_else(|| authorizing(of_service.iter().chain(for_service)))
        .or_else(|| authorizing(all.iter().filter(is_global)));
    let access = plugin.map_or(Access::Open, |plugin| access(plugin, running));
    let methods = Some(route.texts_of("methods")).filter(|methods| !methods.is_empty());
    let shown = methods.as_ref().map_or_else(|| "*".to_owned(), |methods| methods.join("|"));
    for path in route.items_of("paths") {
        let Some(text) = path.text() else { continue };
        let matched = match text.strip_prefix('~') {
            Some(pattern) => PathMatch::regex(&format!("^(?:{pattern})"), false),
            None => PathMatch::prefix(text),
        };
        running.routes.push(Route {
            name: format!("{shown} {text}"),
            methods: methods.clone(),
            path: matched,
            excluded: Vec::new(),
            access: access.clone(),
            span: path.span.clone(),
        });
    }
    if route.items_of("paths").is_empty() {
        running
            .unread
            .push((format!("route `{}` has no path", name.unwrap_or("without a name")), Some(route.span.clone())));
    }
}

fn access(plugin: &Tree, running: &mut Running) -> Access {
    let Some(config) = plugin.get("config") else { return Access::Token };
    match plugin.text_of("name") {
        Some("openid-connect") => {
            if let Some(issuer) = config.get("issuer") {
                // the plugin also takes the URL of the metadata
                let plain = issuer.text().map(|text| text.trim_end_matches("/.well-known/openid-configuration"));
                running.issuers.extend(plain.map(|text| (text.to_owned(), issuer.span.clone())));
            }
            match config.get("audience_required").map(Tree::texts).unwrap_or_default() {
                none if none.is_empty() => running.any_audience = Some(plugin.span.clone()),
                found => running.audiences.extend(found.into_iter().map(|text| (text, plugin.span.clone()))),
            }
            let required = config.texts_of("scopes_required");
            if required.is_empty() {
                return Access::Token;
            }
            let claim = config.texts_of("scopes_claim").join(".");
            let claim = if claim.is_empty() { "scope".to_owned() } else { claim };
            running.claims.push((claim, plugin.span.clone()));
            let words = |entry: &String| entry.split_whitespace().map(str::to_owned).collect();
            Access::Scopes(required.iter().map(words).collect())
        }
        Some("oauth2") if config.get("mandatory_scope").is_some_and(Tree::is_true) => {
            super::api_gateway::any_of(config.texts_of("scopes"))
        }
        _ => Access::Token,
    }
}
