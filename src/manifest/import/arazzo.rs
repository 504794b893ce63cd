//! Arazzo: the operations that the steps of workflows call (Arazzo 1.0 and 1.1, Step Object).

use std::collections::HashMap;

use super::documents::{self, Files};
use super::node::Node;
use super::openapi::METHODS;
use super::parse::parse;
use crate::manifest::percent;

/// An operation that a workflow calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowCall {
    /// Workflow and step: `checkout/pay`. Untrusted text.
    pub step: String,
    /// Method, in upper case, and path template; otherwise why the operation is not known, as part of a sentence.
    pub operation: Result<(String, String), String>,
}

/// Maximum number of source descriptions that are read.
const MAX_SOURCES: usize = 100;

/// Operations of a source description by their `operationId`, or why it can't be read.
type Operations = Result<HashMap<String, (String, String)>, String>;

/// Reads the calls of an Arazzo description; `files` reads the descriptions next to it.
///
/// # Errors
/// Describes the error if the bytes are not an Arazzo description.
pub fn workflow_calls(bytes: &[u8], files: &mut Files<'_>) -> Result<Vec<WorkflowCall>, String> {
    let root = parse(bytes).map_err(|error| error.to_string())?;
    let version = root.text_of("arazzo").ok_or("it is not an Arazzo description: `arazzo` is missing")?;
    if !version.starts_with("1.") {
        return Err(format!("version `{version}` of Arazzo is not supported"));
    }
    let mut sources: Vec<(&str, Operations)> = Vec::new();
    for source in root.get("sourceDescriptions").map(Node::items).unwrap_or_default().iter().take(MAX_SOURCES) {
        let (Some(name), Some(url)) = (source.text_of("name"), source.text_of("url")) else { continue };
        sources.push((name, operations(url, files)));
    }
    let mut calls = Vec::new();
    for workflow in root.get("workflows").map(Node::items).unwrap_or_default() {
        let id = workflow.text_of("workflowId").unwrap_or_default();
        for step in workflow.get("steps").map(Node::items).unwrap_or_default() {
            let operation = if let Some(operation) = step.text_of("operationId") {
                by_id(operation, &sources)
            } else if let Some(path) = step.text_of("operationPath") {
                by_path(path)
            } else if step.get("workflowId").is_some() {
                continue;
            } else {
                Err("it calls no operation of an HTTP API".to_owned())
            };
            calls
                .push(WorkflowCall { step: format!("{id}/{}", step.text_of("stepId").unwrap_or_default()), operation });
        }
    }
    Ok(calls)
}

/// Reads the operations of an OpenAPI description.
fn operations(url: &str, files: &mut Files<'_>) -> Operations {
    let path = documents::join("", url.strip_prefix("./").unwrap_or(url))?;
    let root = parse(&files(&path)?).map_err(|error| format!("`{path}` can't be parsed: {error}"))?;
    let mut found = HashMap::new();
    for (path, item) in root.get("paths").map(Node::members).unwrap_or_default() {
        for (method, operation) in item.members() {
            let method = method.to_ascii_lowercase();
            if let Some(id) = operation.text_of("operationId").filter(|_| METHODS.contains(&method.as_str())) {
                found.insert(id.to_owned(), (method.to_ascii_uppercase(), (**path).to_owned()));
            }
        }
    }
    Ok(found)
}

/// Finds an operation by `operationId`, or by `$sourceDescriptions.NAME.operationId`.
fn by_id(id: &str, sources: &[(&str, Operations)]) -> Result<(String, String), String> {
    let qualified = id.strip_prefix("$sourceDescriptions.").and_then(|rest| rest.split_once('.'));
    let (name, plain) = qualified.map_or((None, id), |(name, plain)| (Some(name), plain));
    let mut problem = None;
    for (known, operations) in sources.iter().filter(|(known, _)| name.is_none_or(|name| name == *known)) {
        match operations {
            Ok(operations) => {
                if let Some(found) = operations.get(plain) {
                    return Ok(found.clone());
                }
            }
            Err(reason) => problem = Some(format!("source `{known}`: {reason}")),
        }
    }
    Err(problem.unwrap_or_else(|| format!("no source description has an operation `{plain}`")))
}

/// Reads `{$sourceDescriptions.NAME.url}#/paths/~1orders~1{id}/get`.
fn by_path(path: &str) -> Result<(String, String), String> {
    let pointer = path.split_once('#').map(|(_, pointer)| percent::decode(pointer));
    let pointer = pointer.as_deref().and_then(|pointer| pointer.strip_prefix("/paths/")).map(str::to_owned);
    let parts = pointer.as_deref().and_then(|pointer| pointer.rsplit_once('/'));
    let Some((path, method)) = parts else { return Err(format!("`{path}` is not the path of an operation")) };
    Ok((method.to_ascii_uppercase(), path.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_name_operations_by_identifier_or_path() {
        let arazzo = "arazzo: 1.0.1\nsourceDescriptions: [{name: shop, url: ./api.yaml, type: openapi}, {name: far, url: \
                      'https://a.test/x.yaml'}]\nworkflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list}\n  \
                      - {stepId: b, operationId: $sourceDescriptions.shop.make}\n  - {stepId: c, operationPath: \
                      '{$sourceDescriptions.shop.url}#/paths/~1orders~1{id}/get'}\n  - {stepId: d, operationId: gone}\n  \
                      - {stepId: e, workflowId: other}\n  - {stepId: f, operationId: $sourceDescriptions.shop.gone}\n";
        let mut files = |path: &str| match path {
            "api.yaml" => Ok(b"paths: {/orders: {get: {operationId: list}, post: {operationId: make}}}".to_vec()),
            _ => Err("not found".to_owned()),
        };
        let calls = workflow_calls(arazzo.as_bytes(), &mut files).unwrap();
        let shown: Vec<String> = calls
            .iter()
            .map(|call| match &call.operation {
                Ok((method, path)) => format!("{}: {method} {path}", call.step),
                Err(problem) => format!("{}: {problem}", call.step),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "w/a: GET /orders",
                "w/b: POST /orders",
                "w/c: GET /orders/{id}",
                "w/d: source `far`: `https://a.test/x.yaml` is a URL, and URLs are not fetched",
                "w/f: no source description has an operation `gone`",
            ]
        );
        assert!(workflow_calls(b"openapi: 3.0.0", &mut files).is_err());
        assert!(workflow_calls(b"arazzo: 2.0.0", &mut files).is_err());
    }
}
