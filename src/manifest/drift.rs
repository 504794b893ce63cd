//! Drift between a manifest and the API that it describes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::diff::requirement;
use super::findings::{
    DRIFT_BASE_URL, DRIFT_ENDPOINT_GONE, DRIFT_ENDPOINT_UNLISTED, DRIFT_ENDPOINT_UNSEEN, DRIFT_ISSUER,
    DRIFT_REQUIREMENT, DRIFT_SCOPE_GONE, DRIFT_SCOPE_NOT_NEEDED, DRIFT_SCOPE_NOT_OFFERED, DRIFT_SCOPE_UNLISTED,
};
use super::import::{Import, ImportedEndpoint};
use super::{Api, DeclaredScope, Template};
use crate::diagnostic::Diagnostic;
use crate::scope::{IDENTITY_SCOPES, Requirement, ScopeSet};

fn key(method: &str, template: &Template) -> String {
    format!("{method} {}", template.shape())
}

/// Compares an API with its API description: missing and unknown endpoints, different requirements, undeclared scopes.
/// If the description has several servers, the endpoints of the one at the API's base URL are compared, otherwise those
/// of the first.
#[must_use]
pub fn from_description(api: &Api, description: &Import) -> Vec<Diagnostic> {
    let base = |text: &str| text.trim_end_matches('/').to_owned();
    let at_base = description.apis.iter().find(|described| base(&described.base_url) == base(api.base_url.as_str()));
    let Some(described) = at_base.or(description.apis.first()) else { return Vec::new() };
    let known: HashMap<String, &ImportedEndpoint> =
        described.endpoints.iter().map(|endpoint| (key(&endpoint.method, &endpoint.template), endpoint)).collect();
    let mut findings = Vec::new();
    if !description.fits(api.base_url.as_str()) {
        let message = format!(
            "the base URL is `{}` in the manifest, but `{}` in the API description",
            api.base_url, described.base_url
        );
        let help = "`tokscope manifest import` with `--update` and `--last` takes the new one";
        findings.push(Diagnostic::new(&DRIFT_BASE_URL, message).help(help));
    }
    if let (Some(own), Some(issuer)) = (&api.issuer, &description.issuer)
        && own.as_str().trim_end_matches('/') != issuer.trim_end_matches('/')
    {
        let message = format!("the issuer is `{own}` in the manifest, but `{issuer}` in the API description");
        findings.push(Diagnostic::new(&DRIFT_ISSUER, message));
    }
    let mut listed: HashSet<String> = HashSet::new();
    for endpoint in &api.endpoints {
        let key = key(&endpoint.method, &endpoint.template);
        match known.get(&key) {
            None => {
                let message = format!("`{endpoint}` is not in the API description");
                findings.push(Diagnostic::new(&DRIFT_ENDPOINT_GONE, message).at(endpoint.span.clone()));
            }
            Some(described) => {
                let described =
                    Requirement::any_of(described.alternatives.iter().cloned()).unwrap_or_else(Requirement::none);
                let changed = requirement(&described, &endpoint.requirement, &api.hierarchy);
                findings.extend(changed.filter(|kind| kind.name != "endpoint-reworded").map(|_| {
                    let message = format!(
                        "`{endpoint}` requires {} in the manifest, but {described} in the API description",
                        endpoint.requirement
                    );
                    Diagnostic::new(&DRIFT_REQUIREMENT, message).at(endpoint.span.clone())
                }));
            }
        }
        listed.insert(key);
    }
    for endpoint in &described.endpoints {
        if !listed.contains(&key(&endpoint.method, &endpoint.template)) {
            let message = format!("`{} {}` is not in the manifest", endpoint.method, endpoint.template);
            findings
                .push(Diagnostic::new(&DRIFT_ENDPOINT_UNLISTED, message).help("`tokscope manifest import` adds it"));
        }
    }
    let known: HashSet<&str> =
        description.apis.iter().flat_map(|api| &api.scopes).map(|scope| scope.scope.as_str()).collect();
    for declared in api.scopes.iter().filter(|declared| !known.is_empty() && !known.contains(declared.scope.as_str())) {
        let message = format!("scope `{}` is not in the API description", declared.scope);
        findings.push(Diagnostic::new(&DRIFT_SCOPE_GONE, message).at(declared.span.clone()));
    }
    for described in &described.scopes {
        if !api.hierarchy.declares(described.scope.as_str()) {
            let message = format!("scope `{}` is not declared in the manifest", described.scope);
            findings.push(Diagnostic::new(&DRIFT_SCOPE_UNLISTED, message));
        }
    }
    findings
}

/// Compares an API with the scopes that its authorization server supports (`scopes_supported`, RFC 8414 §2): required
/// scopes that are not supported, and supported scopes that no endpoint requires.
#[must_use]
pub fn from_offered(api: &Api, offered: &ScopeSet) -> Vec<Diagnostic> {
    let needed: ScopeSet = api.endpoints.iter().flat_map(|endpoint| endpoint.requirement.scopes()).collect();
    let places: HashMap<&str, &DeclaredScope> =
        api.scopes.iter().map(|declared| (declared.scope.as_str(), declared)).collect();
    let place = |scope: &str| places.get(scope).copied();
    let missing = needed.iter().filter(|scope| !offered.contains(scope.as_str())).map(|scope| {
        let message =
            format!("`{scope}` is required, but the authorization server does not list it in `scopes_supported`");
        let finding = Diagnostic::new(&DRIFT_SCOPE_NOT_OFFERED, message);
        place(scope.as_str()).into_iter().fold(finding, |finding, declared| finding.at(declared.span.clone()))
    });
    let granting = api.hierarchy.granting(&needed);
    let not_needed = |scope: &&crate::scope::Scope| {
        let name = scope.as_str();
        !IDENTITY_SCOPES.contains(&name) && !needed.contains(name) && !granting.contains(name)
    };
    let unneeded = offered.iter().filter(not_needed).map(|scope| {
        let message = format!("the authorization server supports `{scope}`, but no endpoint requires it");
        Diagnostic::new(&DRIFT_SCOPE_NOT_NEEDED, message)
    });
    missing.chain(unneeded).collect()
}

/// Compares an API with recorded requests: requests that match no endpoint, and endpoints that were never requested.
/// `seen` holds positions of endpoints; `unmatched` the requests that match no endpoint, with their counts.
#[must_use]
pub fn from_requests(api: &Api, seen: &BTreeSet<usize>, unmatched: &BTreeMap<String, u64>) -> Vec<Diagnostic> {
    let origin = api.base_url.origin();
    let own = |request: &str| {
        let target = request.split_once(' ').map_or("", |(_, target)| target);
        target.starts_with('/') || url::Url::parse(target).is_ok_and(|url| url.origin() == origin)
    };
    let unlisted = unmatched.iter().filter(|(request, _)| own(request)).map(|(request, count)| {
        let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
        Diagnostic::new(&DRIFT_ENDPOINT_UNLISTED, format!("`{request}` is not in the manifest (requested {times})"))
    });
    let unseen = api.endpoints.iter().enumerate().filter(|(position, _)| !seen.contains(position));
    let unseen = unseen.map(|(_, endpoint)| {
        Diagnostic::new(&DRIFT_ENDPOINT_UNSEEN, format!("`{endpoint}` was never requested")).at(endpoint.span.clone())
    });
    unlisted.chain(unseen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::import::{Options, import};
    use crate::manifest::parse;

    fn api() -> Api {
        let source = "[api.a]\nbase_url = \"https://a.test/v1\"\n[api.a.scopes]\nread = {}\nwrite = { implies = [\"read\"] }\n\
                      [api.a.endpoints]\n\"GET /x/{id}\" = \"read\"\n\"PUT /x/{id}\" = \"write\"\n\"GET /old\" = []\n";
        parse(source).manifest.unwrap().apis.remove(0)
    }

    fn shown(findings: &[Diagnostic]) -> String {
        let mut lines: Vec<String> =
            findings.iter().map(|finding| format!("{}: {}", finding.code.name, finding.message)).collect();
        lines.sort();
        lines.join("|")
    }

    #[test]
    fn drift_from_an_api_description_is_reported() {
        let description = r#"{"openapi":"3.0.3","info":{"title":"a","version":"1"},"servers":[{"url":"https://a.test/v1"}],
            "components":{"securitySchemes":{"o":{"type":"oauth2","flows":{"implicit":{"authorizationUrl":"https://l.test",
            "scopes":{"read":"","write":"","extra":""}}}}}},"paths":{"/x/{name}":{
            "get":{"security":[{"o":["read"]}]},"put":{"security":[{"o":["read"]}]},"delete":{"security":[{"o":["extra"]}]}}}}"#;
        let read = import("a.json", description.as_bytes(), &Options::default(), &mut |_| Err(String::new())).unwrap();
        assert_eq!(
            shown(&from_description(&api(), &read)),
            "drift-endpoint-gone: `GET /old` is not in the API description|\
             drift-endpoint-unlisted: `DELETE /x/{name}` is not in the manifest|\
             drift-requirement: `PUT /x/{id}` requires write in the manifest, but read in the API description|\
             drift-scope-unlisted: scope `extra` is not declared in the manifest"
        );
    }

    #[test]
    fn drift_from_supported_scopes_and_recorded_requests_is_reported() {
        let offered = ScopeSet::parse("openid write more").unwrap();
        assert_eq!(
            shown(&from_offered(&api(), &offered)),
            "drift-scope-not-needed: the authorization server supports `more`, but no endpoint requires it|\
             drift-scope-not-offered: `read` is required, but the authorization server does not list it in `scopes_supported`"
        );
        let unmatched = BTreeMap::from([
            ("GET https://a.test/v1/y".to_owned(), 2),
            ("GET https://other.test/y".to_owned(), 1),
            ("GET /z".to_owned(), 1),
        ]);
        assert_eq!(
            shown(&from_requests(&api(), &BTreeSet::from([0, 2]), &unmatched)),
            "drift-endpoint-unlisted: `GET /z` is not in the manifest (requested once)|\
             drift-endpoint-unlisted: `GET https://a.test/v1/y` is not in the manifest (requested 2 times)|\
             drift-endpoint-unseen: `PUT /x/{id}` was never requested"
        );
    }
}
