//! What is odd about a manifest that can be used: what a reviewer would ask about.

use std::collections::HashMap;

use super::findings::{
    ACCEPTANCE_OPEN, ACCEPTANCE_UNKNOWN, ALTERNATIVE_SPARE, CEILING_MISSING, CEILING_UNKNOWN, ENDPOINT_AMBIGUOUS,
    ENDPOINT_CASE, ENDPOINT_OPEN, RISK_BELOW_IMPLIED, SCOPE_SPARE,
};
use super::template::Segment;
use super::{Api, Client, Endpoint, Manifest};
use crate::diagnostic::Diagnostic;
use crate::scope::{Acceptance, Scope, ScopeSet, is_identity_scope};

/// The most findings of ambiguity of one API, and the most pairs that are looked at for them: a manifest may be made
/// to have very many.
const MOST_AMBIGUOUS: usize = 100;
const MOST_PAIRS: usize = 5_000_000;
/// The most pairs of alternatives that are compared.
const MOST_ALTERNATIVES: usize = 1_000_000;

/// Everything that is odd, in the order of the file. What is wrong is said by [`super::parse`].
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
                "`{name}` is of {} risk and implies `{other}`, which is of {} risk",
                risk.as_str(),
                api.hierarchy.risk(other).as_str()
            );
            Diagnostic::new(&RISK_BELOW_IMPLIED, message)
                .at(declared.span.clone())
                .help("a scope is as risky as what it implies")
        }));
    }
}

fn requirements(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut pairs = MOST_ALTERNATIVES;
    for endpoint in &api.endpoints {
        let requirement = &endpoint.requirement;
        let safe = matches!(endpoint.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        if requirement.is_none() && !safe && !api.scopes.is_empty() {
            let message = format!("`{endpoint}` changes something and needs no scope");
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
            let spare = api.hierarchy.implied_by_another(alternative);
            if let Some(scope) = spare {
                let message =
                    format!("`{endpoint}` asks for `{scope}` beside a scope that implies it: `{alternative}`");
                findings.push(Diagnostic::new(&SCOPE_SPARE, message).at(endpoint.span.clone()));
                continue;
            }
            let reach = api.hierarchy.reach(alternative);
            let within = |less: &ScopeSet| less.iter().all(|scope| reach.grants(scope.as_str()));
            // pairs beyond the bound are left out, as of ambiguous templates
            let found = others().take(pairs).find(|(_, less)| within(less));
            pairs = pairs.saturating_sub(alternatives.len());
            if let Some((_, less)) = found {
                let message =
                    format!("`{endpoint}` accepts `{alternative}`, which implies `{less}`, and that is accepted, too");
                findings.push(Diagnostic::new(&ALTERNATIVE_SPARE, message).at(endpoint.span.clone()));
            }
        }
    }
}

/// Two templates that answer some request both, neither of which is more specific in every segment. The first literal
/// from the left decides here; a server may decide otherwise. Catch-alls are left out: they are made to overlap.
fn ambiguous(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut groups: HashMap<(&str, usize), Vec<&Endpoint>> = HashMap::new();
    for endpoint in &api.endpoints {
        let segments = endpoint.template.segments();
        if !segments.iter().any(Segment::has_rest) {
            groups.entry((&endpoint.method, segments.len())).or_default().push(endpoint);
        }
    }
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut pairs = MOST_PAIRS;
    for group in groups.values() {
        // of two that overlap one has a parameter where the other has none: only those with one are compared with all
        let open =
            |endpoint: &&&Endpoint| endpoint.template.segments().iter().any(|segment| segment.as_literal().is_none());
        for (position, one) in group.iter().enumerate().filter(|(_, endpoint)| open(endpoint)) {
            for (other_position, other) in group.iter().enumerate() {
                if pairs == 0 || found.len() >= MOST_AMBIGUOUS {
                    break;
                }
                pairs -= 1;
                let seen = other_position <= position && open(&other);
                if !seen && one.requirement != other.requirement && overlap(one, other) {
                    let (first, second) = if one.span.start < other.span.start { (one, other) } else { (other, one) };
                    let message =
                        format!("`{first}` and `{second}` both answer some paths, and need different scopes there");
                    found.push(
                        Diagnostic::new(&ENDPOINT_AMBIGUOUS, message).at(second.span.clone()).help(
                            "here the one with the first literal from the left is taken; see what the server does",
                        ),
                    );
                }
            }
        }
    }
    findings.append(&mut found);
}

/// Whether two templates of the same length answer some path both, and neither answers all that the other does.
fn overlap(one: &Endpoint, other: &Endpoint) -> bool {
    let segments = || one.template.segments().iter().zip(other.template.segments());
    segments().all(|(one, other)| one.meets(other))
        && !segments().all(|(one, other)| one.is_within(other))
        && !segments().all(|(one, other)| other.is_within(one))
}

/// Paths that differ only by case.
fn collisions(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut known: HashMap<String, &Endpoint> = HashMap::new();
    for endpoint in &api.endpoints {
        let folded = format!("{} {}", endpoint.method, endpoint.template.shape().to_lowercase());
        match known.get(&folded) {
            None => {
                known.insert(folded, endpoint);
            }
            Some(earlier) => {
                let message = format!("`{endpoint}` and `{earlier}` differ only by case");
                findings.push(Diagnostic::new(&ENDPOINT_CASE, message).at(endpoint.span.clone()));
            }
        }
    }
}

fn ceiling(manifest: &Manifest, client: &Client, findings: &mut Vec<Diagnostic>) {
    let Some(ceiling) = &client.may_request else {
        let message = format!("client `{}` may request anything", client.name);
        let finding = Diagnostic::new(&CEILING_MISSING, message).at(client.span.clone());
        findings.push(finding.help("name what it may ask for in `may_request`"));
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
            findings.push(finding.help("name what it accepts in `accept_granted`"));
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

/// The scopes of these that no API of the client's issuer declares.
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
    fn what_a_reviewer_would_ask_about() {
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
            ("\"POST /a\" = []\n\"GET /b\" = [\"read\", \"write\"]", "endpoint-open 8|scope-spare 9"),
            ("\"GET /a\" = { any_of = [\"read\", \"write\"] }", "alternative-spare 8"),
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
    fn what_a_client_accepts_beyond_its_request() {
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
    fn risks_and_ceilings() {
        let source = "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nr = { risk = \"high\" }\n\
                      w = { implies = [\"r\"] }\n[api.a.endpoints]\n\"GET /\" = \"w\"\n[client.c]\n\
                      issuer = \"https://l.test\"\nclient_id = \"c\"\nmay_request = [\"w\", \"openid\", \"x\"]\n\
                      [client.d]\nissuer = \"https://l.test\"\nclient_id = \"d\"\n";
        let manifest = parse(source).manifest.unwrap();
        let codes: Vec<&str> = super::lint(&manifest).iter().map(|finding| finding.code.name).collect();
        assert_eq!(codes, ["risk-below-implied", "ceiling-unknown", "ceiling-missing"]);
    }
}
