//! Templates of AWS SAM and `CloudFormation`, which are read as an import reads them.

use super::path::PathMatch;
use super::tree::{Tree, Value};
use super::{Access, Precedence, Route, Running, Span};
use crate::manifest::import::{Options, import};

/// Whether a document is a template with resources of API Gateway.
pub(super) fn is_template(documents: &[Tree]) -> bool {
    let resources = documents.first().and_then(|root| root.get("Resources")).map(Tree::members).unwrap_or_default();
    let kinds = ["AWS::Serverless::", "AWS::ApiGateway::", "AWS::ApiGatewayV2::"];
    resources.iter().any(|resource| {
        resource.tree.text_of("Type").is_some_and(|kind| kinds.iter().any(|known| kind.starts_with(known)))
    })
}

/// Reads a template.
///
/// # Errors
/// If it can't be read.
pub(super) fn read(name: &str, text: &str, root: &Tree) -> Result<Running, String> {
    let mut no_files = |_: &str| Err("other files are not read".to_owned());
    let found = import(name, text.as_bytes(), &Options::default(), &mut no_files).map_err(|error| error.to_string())?;
    let mut running =
        Running { format: found.format.clone(), precedence: Precedence::MostSpecific, ..Running::default() };
    let place = |value: &str| found_text(root, value);
    for claim in ["scope", "scp"] {
        running.claims.push((claim.to_owned(), root.span.clone()));
    }
    running.issuers.extend(found.issuer.iter().map(|issuer| (issuer.clone(), place(issuer).unwrap_or_default())));
    running
        .audiences
        .extend(found.audience.iter().map(|audience| (audience.clone(), place(audience).unwrap_or_default())));
    for endpoint in found.apis.iter().flat_map(|api| &api.endpoints) {
        let path = endpoint.template.to_string();
        let alternatives: Vec<Vec<String>> = endpoint.alternatives.iter().map(crate::scope::ScopeSet::names).collect();
        let access = match alternatives.iter().any(Vec::is_empty) {
            true if endpoint.any_token => Access::Token,
            true => Access::Open,
            false => Access::Scopes(alternatives),
        };
        let span = place(&format!("{} {path}", endpoint.method))
            .or_else(|| place(&path))
            .or_else(|| place_of_end(root, &path));
        running.routes.push(Route {
            name: format!("{} {path}", endpoint.method),
            methods: Some(vec![endpoint.method.clone()]),
            path: PathMatch::template(&path),
            excluded: Vec::new(),
            access,
            span: span.unwrap_or_default(),
        });
    }
    running.unread.extend(found.skipped.iter().map(|(what, reason)| (format!("{what}: {reason}"), None)));
    Ok(running)
}

/// Returns the place of a string in the document.
fn found_text(root: &Tree, text: &str) -> Option<Span> {
    let mut found = None;
    root.visit(&mut |tree| {
        if found.is_none() && matches!(&tree.value, Value::Text(known) if &**known == text) {
            found = Some(tree.span.clone());
        }
    });
    found
}

/// Returns the place of the last part of a path, which a REST API names apart from the others.
fn place_of_end(root: &Tree, path: &str) -> Option<Span> {
    found_text(root, path.rsplit('/').next()?)
}
