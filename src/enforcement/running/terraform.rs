//! `terraform show -json` of a state or a plan: API Gateway, Auth0, Okta, Keycloak, Cognito.
//!
//! A plan has no values that are known only after it is applied, such as IDs, so what refers to them is listed as unread.

use std::collections::HashMap;

use super::path::PathMatch;
use super::tree::Tree;
use super::{Access, Ceiling, Precedence, Route, Running, ServerClient, ServerScope, Span};

/// A resource: its address, type and values.
struct Resource<'t> {
    address: &'t str,
    kind: &'t str,
    values: &'t Tree,
    span: Span,
}

fn module(root: &Tree) -> Option<&Tree> {
    let of = |name: &str| root.at(&[name, "root_module"]);
    root.get("format_version").and(of("planned_values").or_else(|| of("values")))
}

/// Whether a document is a state or a plan.
pub(super) fn is_state(documents: &[Tree]) -> bool {
    documents.first().and_then(module).is_some()
}

fn resources<'t>(module: &'t Tree, found: &mut Vec<Resource<'t>>, depth: usize) {
    for resource in module.items_of("resources") {
        let (Some(address), Some(kind), Some(values)) =
            (resource.get("address"), resource.text_of("type"), resource.get("values"))
        else {
            continue;
        };
        found.push(Resource { address: address.text().unwrap_or_default(), kind, values, span: address.span.clone() });
    }
    if depth < 40 {
        module.items_of("child_modules").iter().for_each(|child| resources(child, found, depth + 1));
    }
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running =
        Running { format: "Terraform".to_owned(), precedence: Precedence::MostSpecific, ..Running::default() };
    let mut found = Vec::new();
    if let Some(module) = documents.first().and_then(module) {
        resources(module, &mut found, 0);
    }
    let paths = resource_paths(&found);
    for resource in &found {
        match resource.kind {
            "aws_apigatewayv2_authorizer" => authorizer(resource, &mut running),
            "aws_apigatewayv2_route" => http_route(resource, &mut running),
            "aws_api_gateway_method" => rest_method(resource, &paths, &mut running),
            "auth0_resource_server_scopes"
            | "auth0_resource_server_scope"
            | "okta_auth_server_scope"
            | "keycloak_openid_client_scope"
            | "aws_cognito_resource_server" => scopes(resource, &mut running),
            "auth0_client_grant" => {
                let ceiling = match resource.values.get("allow_all_scopes").is_some_and(Tree::is_true) {
                    true => Ceiling::All,
                    false => Ceiling::Scopes(resource.values.texts_of("scopes")),
                };
                let audience = resource.values.text_of("audience").map(str::to_owned);
                client(resource, resource.values.text_of("client_id"), audience, ceiling, Vec::new(), &mut running);
            }
            "okta_auth_server_policy_rule" => okta_rule(resource, &found, &mut running),
            "aws_cognito_user_pool_client" => {
                let ceiling = Ceiling::Scopes(resource.values.texts_of("allowed_oauth_scopes"));
                let id = resource.values.text_of("id").or_else(|| resource.values.text_of("name"));
                client(resource, id, None, ceiling, Vec::new(), &mut running);
            }
            _ => {}
        }
    }
    keycloak_clients(&found, &mut running);
    running
}

fn unread(resource: &Resource<'_>, reason: &str, running: &mut Running) {
    running.unread.push((format!("`{}` {reason}", resource.address), Some(resource.span.clone())));
}

fn authorizer(resource: &Resource<'_>, running: &mut Running) {
    let configuration = resource.values.items_of("jwt_configuration").first();
    super::api_gateway::jwt_configuration(configuration, resource.values, running);
}

/// Returns what a route or method of API Gateway demands.
fn demand(resource: &Resource<'_>, kind: &str) -> Access {
    match resource.values.text_of(kind) {
        None | Some("NONE") => Access::Open,
        Some("JWT" | "COGNITO_USER_POOLS") => {
            super::api_gateway::any_of(resource.values.texts_of("authorization_scopes"))
        }
        Some(other) => Access::Unknown(format!("its authorization has the type `{other}`")),
    }
}

fn http_route(resource: &Resource<'_>, running: &mut Running) {
    let access = demand(resource, "authorization_type");
    let key = resource.values.text_of("route_key").unwrap_or_default();
    let Some((method, path)) = key.split_once(' ') else {
        if key == "$default" && access == Access::Open {
            running.default = super::Fallback::Allowed(Some(resource.span.clone()));
        }
        return;
    };
    route(resource, method, path, access, running);
}

fn route(resource: &Resource<'_>, method: &str, path: &str, access: Access, running: &mut Running) {
    running.routes.push(Route {
        name: format!("{method} {path}"),
        methods: (method != "ANY").then(|| vec![method.to_owned()]),
        path: PathMatch::template(path),
        excluded: Vec::new(),
        access,
        span: resource.span.clone(),
    });
}

/// Returns the paths of the resources of REST APIs by their IDs.
fn resource_paths<'t>(found: &[Resource<'t>]) -> HashMap<&'t str, &'t str> {
    let of = |resource: &Resource<'t>| match resource.kind {
        "aws_api_gateway_resource" => Some((resource.values.text_of("id")?, resource.values.text_of("path")?)),
        "aws_api_gateway_rest_api" => Some((resource.values.text_of("root_resource_id")?, "/")),
        _ => None,
    };
    found.iter().filter_map(of).collect()
}

fn rest_method(resource: &Resource<'_>, paths: &HashMap<&str, &str>, running: &mut Running) {
    let id = resource.values.text_of("resource_id");
    let Some(path) = id.and_then(|id| paths.get(id)) else {
        return unread(resource, "is a method of an unknown path", running);
    };
    let method = resource.values.text_of("http_method").unwrap_or("ANY");
    route(resource, method, path, demand(resource, "authorization"), running);
}

fn scopes(resource: &Resource<'_>, running: &mut Running) {
    let values = resource.values;
    let audience = values.text_of("resource_server_identifier").map(str::to_owned);
    let prefix = values.text_of("identifier").map(|identifier| format!("{identifier}/")).unwrap_or_default();
    let names: Vec<String> = match resource.kind {
        "auth0_resource_server_scopes" => texts(values.items_of("scopes"), "name"),
        "auth0_resource_server_scope" => values.texts_of("scope"),
        "aws_cognito_resource_server" => {
            texts(values.items_of("scope"), "scope_name").iter().map(|name| format!("{prefix}{name}")).collect()
        }
        _ => values.texts_of("name"),
    };
    let is_default = resource.kind == "okta_auth_server_scope" && values.get("default").is_some_and(Tree::is_true);
    let known = running.scopes.get_or_insert_with(Vec::new);
    known.extend(names.into_iter().map(|name| ServerScope {
        name,
        audience: audience.clone(),
        is_default,
        span: resource.span.clone(),
    }));
}

fn texts(items: &[Tree], name: &str) -> Vec<String> {
    items.iter().filter_map(|item| item.text_of(name)).map(str::to_owned).collect()
}

fn client(
    resource: &Resource<'_>,
    id: Option<&str>,
    audience: Option<String>,
    ceiling: Ceiling,
    defaults: Vec<String>,
    running: &mut Running,
) {
    let Some(id) = id else {
        return unread(resource, "is for a client that is not known before it is applied", running);
    };
    let name = resource.values.text_of("name").map(str::to_owned);
    let span = resource.span.clone();
    running.clients.push(ServerClient { id: id.to_owned(), name, audience, ceiling, defaults, span });
}

fn okta_rule(resource: &Resource<'_>, found: &[Resource<'_>], running: &mut Running) {
    let policy = resource.values.text_of("policy_id").and_then(|id| {
        found.iter().find(|other| other.kind == "okta_auth_server_policy" && other.values.text_of("id") == Some(id))
    });
    let Some(policy) = policy else { return unread(resource, "is a rule of an unknown policy", running) };
    let scopes = resource.values.texts_of("scope_whitelist");
    let ceiling = match scopes.iter().any(|scope| scope == "*") {
        true => Ceiling::All,
        false => Ceiling::Scopes(scopes),
    };
    for id in policy.values.texts_of("client_whitelist") {
        client(resource, Some(&id), None, ceiling.clone(), Vec::new(), running);
    }
}

/// The default and optional scopes of a client are two resources, which name it by its internal ID.
fn keycloak_clients(found: &[Resource<'_>], running: &mut Running) {
    let of = |kind: &str, id: &str, member: &str| -> Vec<String> {
        let own = found.iter().filter(|other| other.kind == kind && other.values.text_of("client_id") == Some(id));
        own.flat_map(|other| other.values.texts_of(member)).collect()
    };
    for resource in found.iter().filter(|resource| resource.kind == "keycloak_openid_client") {
        let Some(internal) = resource.values.text_of("id") else {
            unread(resource, "has no ID before it is applied", running);
            continue;
        };
        let defaults = of("keycloak_openid_client_default_scopes", internal, "default_scopes");
        let optional = of("keycloak_openid_client_optional_scopes", internal, "optional_scopes");
        let ceiling = Ceiling::Scopes(defaults.iter().chain(&optional).cloned().collect());
        client(resource, resource.values.text_of("client_id"), None, ceiling, defaults, running);
    }
}
