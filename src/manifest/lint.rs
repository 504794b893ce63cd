//! Lint of a valid manifest: what a reviewer would question.

use std::collections::HashMap;

use super::findings::{
    ACCEPTANCE_OPEN, ACCEPTANCE_UNKNOWN, ALTERNATIVE_REDUNDANT, CEILING_MISSING, CEILING_UNKNOWN, ENDPOINT_AMBIGUOUS,
    ENDPOINT_CASE, ENDPOINT_OPEN, RISK_BELOW_IMPLIED, SCOPE_REDUNDANT,
};
use super::template::Segment;
use super::{Api, Client, Endpoint, Manifest};
use crate::diagnostic::Diagnostic;
use crate::scope::{Acceptance, Scope, ScopeSet, is_identity_scope};

/// Limits on ambiguity findings per API and on the pairs compared for them: a manifest can be crafted to have very
/// many.
const MAX_AMBIGUOUS: usize = 100;
const MAX_PAIRS: usize = 5_000_000;
/// Maximum number of pairs of alternatives compared.
const MAX_ALTERNATIVES: usize = 1_000_000;

/// Returns the lint findings, in the order of the file. Errors are reported by [`super::parse`].
#[must_use]
pub fn lint(manifest: &Manifest) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    for api in &manifest.apis {
        scopes(api, &mut findings);
        requirements(api, &mut findings);
        ambiguous(api, &mut findings);
        collisions(api, &mut findings);
    }
    for client in &manifest.clients {
        ceiling(manifest, client, &mut findings);
        acceptance(manifest, client, &mut findings);
    }
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    findings
}

fn scopes(api: &Api, findings: &mut Vec<Diagnostic>) {
    for declared in api.scopes.iter().filter(|declared| !declared.implies.is_empty()) {
        let name = declared.scope.as_str();
        let risk = api.hierarchy.risk(name);
        let riskier = api.hierarchy.riskier_implied(name);
        findings.extend(riskier.map(|other| {
            let other = other.as_str();
            let message = format!(
                "`{name}` has {} risk but implies `{other}`, which has {} risk",
                risk.as_str(),
                api.hierarchy.risk(other).as_str()
            );
            Diagnostic::new(&RISK_BELOW_IMPLIED, message)
                .at(declared.span.clone())
                .help("a scope should have at least the risk of the scopes it implies")
        }));
    }
}

fn requirements(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut pairs = MAX_ALTERNATIVES;
    for endpoint in &api.endpoints {
        let requirement = &endpoint.requirement;
        let safe = matches!(endpoint.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        if requirement.is_none() && !safe && !api.scopes.is_empty() {
            let message = format!("`{endpoint}` changes state but requires no scope");
            findings.push(Diagnostic::new(&ENDPOINT_OPEN, message).at(endpoint.span.clone()));
        }
        let alternatives = requirement.alternatives();
        for (index, alternative) in alternatives.iter().enumerate() {
            let others = || alternatives.iter().enumerate().filter(|(other, _)| *other != index);
            // most scopes imply nothing
            let implying = |set: &ScopeSet| set.iter().any(|scope| !api.hierarchy.implies(scope.as_str()).is_empty());
            if !implying(alternative) {
                continue;
            }
            let redundant = api.hierarchy.implied_by_another(alternative);
            if let Some(scope) = redundant {
                let message =
                    format!("`{endpoint}` requires `{scope}` together with a scope that implies it: `{alternative}`");
                findings.push(Diagnostic::new(&SCOPE_REDUNDANT, message).at(endpoint.span.clone()));
                continue;
            }
            let reach = api.hierarchy.reach(alternative);
            let within = |less: &ScopeSet| less.iter().all(|scope| reach.grants(scope.as_str()));
            // pairs beyond the limit are skipped, as for ambiguous templates
            let found = others().take(pairs).find(|(_, less)| within(less));
            pairs = pairs.saturating_sub(alternatives.len());
            if let Some((_, less)) = found {
                let message = format!(
                    "`{endpoint}` accepts `{alternative}`, which implies `{less}`, another accepted alternative"
                );
                findings.push(Diagnostic::new(&ALTERNATIVE_REDUNDANT, message).at(endpoint.span.clone()));
            }
        }
    }
}

/// Reports pairs of templates that match a common request with neither more specific in every segment. tokscope prefers
/// the first literal from the left; a server may not. Templates with a catch-all are skipped: they are meant to
/// overlap.
fn ambiguous(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut groups: HashMap<(&str, usize), Vec<&Endpoint>> = HashMap::new();
    for endpoint in &api.endpoints {
        let segments = endpoint.template.segments();
        if !segments.iter().any(Segment::has_rest) {
            groups.entry((&endpoint.method, segments.len())).or_default().push(endpoint);
        }
    }
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut pairs = MAX_PAIRS;
    for group in groups.values() {
        // if two overlap, one has a parameter where the other has none, so only templates with one are compared with
        // the rest
        let open =
            |endpoint: &&&Endpoint| endpoint.template.segments().iter().any(|segment| segment.as_literal().is_none());
        for (position, one) in group.iter().enumerate().filter(|(_, endpoint)| open(endpoint)) {
            for (other_position, other) in group.iter().enumerate() {
                if pairs == 0 || found.len() >= MAX_AMBIGUOUS {
                    break;
                }
                pairs -= 1;
                let seen = other_position <= position && open(&other);
                if !seen && one.requirement != other.requirement && overlap(one, other) {
                    let (first, second) = if one.span.start < other.span.start { (one, other) } else { (other, one) };
                    let message =
                        format!("`{first}` and `{second}` match some of the same paths but require different scopes");
                    found.push(
                        Diagnostic::new(&ENDPOINT_AMBIGUOUS, message).at(second.span.clone()).help(
                            "tokscope prefers the template with the first literal from the left; check what the server does",
                        ),
                    );
                }
            }
        }
    }
    findings.append(&mut found);
}

/// Whether two templates of the same length match a common path, and neither matches every path of the other.
fn overlap(one: &Endpoint, other: &Endpoint) -> bool {
    let segments = || one.template.segments().iter().zip(other.template.segments());
    segments().all(|(one, other)| one.overlaps(other))
        && !segments().all(|(one, other)| one.is_within(other))
        && !segments().all(|(one, other)| other.is_within(one))
}

/// Reports paths that differ only in case.
fn collisions(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut known: HashMap<String, &Endpoint> = HashMap::new();
    for endpoint in &api.endpoints {
        let folded = format!("{} {}", endpoint.method, endpoint.template.shape().to_lowercase());
        match known.get(&folded) {
            None => {
                known.insert(folded, endpoint);
            }
            Some(earlier) => {
                let message = format!("`{endpoint}` and `{earlier}` differ only in case");
                findings.push(Diagnostic::new(&ENDPOINT_CASE, message).at(endpoint.span.clone()));
            }
        }
    }
}

fn ceiling(manifest: &Manifest, client: &Client, findings: &mut Vec<Diagnostic>) {
    let Some(ceiling) = &client.may_request else {
        let message = format!("client `{}` may request any scope", client.name);
        let finding = Diagnostic::new(&CEILING_MISSING, message).at(client.span.clone());
        findings.push(finding.help("list the scopes it may request in `may_request`"));
        return;
    };
    for scope in undeclared(manifest, client, ceiling) {
        let message = format!("client `{}` may request `{scope}`, which no API of its issuer declares", client.name);
        findings.push(Diagnostic::new(&CEILING_UNKNOWN, message).at(client.span.clone()));
    }
}

fn acceptance(manifest: &Manifest, client: &Client, findings: &mut Vec<Diagnostic>) {
    match &client.accept_granted {
        Acceptance::Any => {
            let message = format!("client `{}` accepts any scope that the server grants", client.name);
            let finding = Diagnostic::new(&ACCEPTANCE_OPEN, message).at(client.span.clone());
            findings.push(finding.help("list the scopes it accepts in `accept_granted`"));
        }
        Acceptance::Scopes(accepted) => {
            for scope in undeclared(manifest, client, accepted) {
                let name = &client.name;
                let message = format!("client `{name}` accepts `{scope}`, which no API of its issuer declares");
                findings.push(Diagnostic::new(&ACCEPTANCE_UNKNOWN, message).at(client.span.clone()));
            }
        }
    }
}

/// Returns the scopes that no API of the client's issuer declares.
fn undeclared<'s>(manifest: &Manifest, client: &Client, scopes: &'s ScopeSet) -> Vec<&'s Scope> {
    let apis = manifest.apis.iter();
    let apis: Vec<&Api> =
        apis.filter(|api| api.issuer.as_ref().is_none_or(|issuer| *issuer == client.issuer)).collect();
    let known = |scope: &str| is_identity_scope(scope) || apis.iter().any(|api| api.hierarchy.declares(scope));
    scopes.iter().filter(|scope| !known(scope.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use crate::manifest::parse;

    #[test]
    fn endpoints_are_linted() {
        for (endpoints, expected) in [
            ("\"GET /{a}/b\" = \"read\"\n\"GET /a/{b}\" = \"write\"", "endpoint-ambiguous 9"),
            ("\"GET /a/{b}\" = \"read\"\n\"GET /{a}/b\" = \"write\"", "endpoint-ambiguous 9"),
            ("\"GET /{a}/b\" = \"read\"\n\"GET /a/{b}\" = \"read\"", ""),
            ("\"GET /{a}/b\" = \"read\"\n\"GET /a/b\" = \"write\"", ""),
            ("\"GET /{a}:x\" = \"read\"\n\"GET /y{a}\" = \"write\"", "endpoint-ambiguous 9"),
            ("\"GET /{a}:x\" = \"read\"\n\"GET /{a}:y\" = \"write\"", ""),
            ("\"GET /{a}\" = \"read\"\n\"GET /y{a}\" = \"write\"", ""),
            ("\"GET /x/{+a}\" = \"read\"\n\"GET /{a}/y\" = \"write\"", ""),
            ("\"GET /a\" = \"read\"\n\"GET /A\" = \"write\"", "endpoint-case 9"),
            ("\"POST /a\" = []\n\"GET /b\" = [\"read\", \"write\"]", "endpoint-open 8|scope-redundant 9"),
            ("\"GET /a\" = { any_of = [\"read\", \"write\"] }", "alternative-redundant 8"),
        ] {
            let source = format!(
                "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nread = {{}}\n\
                 write = {{ risk = \"high\", implies = [\"read\"] }}\nadmin = {{ risk = \"high\", implies = [\"*\"] }}\n\
                 [api.a.endpoints]\n{endpoints}\n"
            );
            let parsed = parse(&source);
            let manifest = parsed.manifest.unwrap_or_else(|| panic!("{:?}", parsed.findings));
            let found: Vec<String> = super::lint(&manifest)
                .iter()
                .map(|finding| {
                    let (line, _) = crate::manifest::line_column(&source, finding.span.as_ref().unwrap().start);
                    format!("{} {line}", finding.code.name)
                })
                .collect();
            assert_eq!(found.join("|"), expected, "{endpoints}");
        }
    }

    #[test]
    fn accepted_scopes_are_linted() {
        for (accepted, expected) in
            [("[\"r\", \"openid\"]", ""), ("[\"x\"]", "acceptance-unknown"), ("\"any\"", "acceptance-open")]
        {
            let source = format!(
                "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nr = {{}}\n[api.a.endpoints]\n\"GET /\" = \"r\"\n\
                 [client.c]\nissuer = \"https://l.test\"\nclient_id = \"c\"\nmay_request = [\"r\"]\n\
                 accept_granted = {accepted}\n"
            );
            let manifest = parse(&source).manifest.unwrap();
            let codes: Vec<&str> = super::lint(&manifest).iter().map(|finding| finding.code.name).collect();
            assert_eq!(codes.join(" "), expected, "{accepted}");
        }
    }

    #[test]
    fn risks_and_ceilings_are_linted() {
        let source = "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nr = { risk = \"high\" }\n\
                      w = { implies = [\"r\"] }\n[api.a.endpoints]\n\"GET /\" = \"w\"\n[client.c]\n\
                      issuer = \"https://l.test\"\nclient_id = \"c\"\nmay_request = [\"w\", \"openid\", \"x\"]\n\
                      [client.d]\nissuer = \"https://l.test\"\nclient_id = \"d\"\n";
        let manifest = parse(source).manifest.unwrap();
        let codes: Vec<&str> = super::lint(&manifest).iter().map(|finding| finding.code.name).collect();
        assert_eq!(codes, ["risk-below-implied", "ceiling-unknown", "ceiling-missing"]);
    }
}
