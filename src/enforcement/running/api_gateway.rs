//! OpenAPI documents that AWS API Gateway exports or imports: the scopes of a route are alternatives.

use super::path::PathMatch;
use super::tree::{Member, Tree};
use super::{Access, Fallback, Precedence, Route, Running};

const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

fn schemes(root: &Tree) -> &[Member] {
    let schemes = root.at(&["components", "securitySchemes"]).or_else(|| root.get("securityDefinitions"));
    schemes.map(Tree::members).unwrap_or_default()
}

/// Whether a document is an OpenAPI description with extensions of API Gateway.
pub(super) fn is_description(documents: &[Tree]) -> bool {
    let Some(root) = documents.first().filter(|root| root.get("openapi").or_else(|| root.get("swagger")).is_some())
    else {
        return false;
    };
    let mut is_gateway = schemes(root).iter().any(|scheme| scheme.tree.get(AUTHORIZER).is_some());
    root.visit(&mut |tree| is_gateway |= tree.get("x-amazon-apigateway-integration").is_some());
    is_gateway
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running =
        Running { format: "AWS API Gateway".to_owned(), precedence: Precedence::MostSpecific, ..Running::default() };
    let Some(root) = documents.first() else { return running };
    for scheme in schemes(root) {
        let Some(authorizer) = scheme.tree.get(AUTHORIZER) else { continue };
        jwt_configuration(authorizer.get("jwtConfiguration"), authorizer, &mut running);
    }
    for path in root.get("paths").map(Tree::members).unwrap_or_default() {
        for operation in path.tree.members() {
            let is_any = &*operation.name == ANY_METHOD;
            if !is_any && !METHODS.contains(&&*operation.name) {
                continue;
            }
            let method = if is_any { "*".to_owned() } else { operation.name.to_ascii_uppercase() };
            let access = access(root, &operation.tree);
            if &*path.name == "/$default" || &*path.name == "$default" {
                if access == Access::Open {
                    running.default = Fallback::Allowed(Some(operation.name_span.clone()));
                }
                continue;
            }
            running.routes.push(Route {
                name: format!("{method} {}", path.name),
                methods: (!is_any).then(|| vec![method]),
                path: PathMatch::template(&path.name),
                excluded: Vec::new(),
                access,
                span: operation.name_span.clone(),
            });
        }
    }
    running
}

/// Reads issuer, audience and claims of a JWT authorizer.
pub(super) fn jwt_configuration(configuration: Option<&Tree>, authorizer: &Tree, running: &mut Running) {
    let Some(configuration) = configuration else { return };
    for claim in ["scope", "scp"] {
        running.claims.push((claim.to_owned(), authorizer.span.clone()));
    }
    if let Some(issuer) = configuration.get("issuer").or_else(|| configuration.get("Issuer")) {
        running.issuers.extend(issuer.text().map(|text| (text.to_owned(), issuer.span.clone())));
    }
    let audience = configuration.get("audience").or_else(|| configuration.get("Audience"));
    let found = audience.map(Tree::texts).unwrap_or_default();
    if found.is_empty() {
        running.any_audience = Some(authorizer.span.clone());
    }
    let span = audience.map_or_else(|| authorizer.span.clone(), |audience| audience.span.clone());
    running.audiences.extend(found.into_iter().map(|text| (text, span.clone())));
}

/// Returns what a list of scopes demands.
pub(super) fn any_of(scopes: Vec<String>) -> Access {
    match scopes.is_empty() {
        true => Access::Token,
        false => Access::Scopes(scopes.into_iter().map(|scope| vec![scope]).collect()),
    }
}

fn access(root: &Tree, operation: &Tree) -> Access {
    let security = operation.get("security").or_else(|| root.get("security"));
    let mut scopes = Vec::new();
    let requirements = security.map(Tree::items).unwrap_or_default();
    if requirements.iter().all(|requirement| requirement.members().is_empty()) {
        return Access::Open;
    }
    for member in requirements.iter().flat_map(Tree::members) {
        let authorizer = schemes(root).iter().find(|scheme| scheme.name == member.name);
        let authorizer = authorizer.and_then(|scheme| scheme.tree.get(AUTHORIZER));
        let kind = authorizer.and_then(|authorizer| authorizer.text_of("type"));
        match kind {
            Some("jwt" | "cognito_user_pools") => match member.tree.texts() {
                listed if listed.is_empty() => return Access::Token,
                listed => scopes.extend(listed),
            },
            Some(other) => return Access::Unknown(format!("its authorizer has the type `{other}`")),
            None => return Access::Unknown(format!("`{}` has no authorizer", member.name)),
        }
    }
    any_of(scopes)
}
