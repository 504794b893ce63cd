//! Lint of a valid manifest: what a reviewer would question.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::findings::{
    ACCEPTANCE_OPEN, ACCEPTANCE_UNKNOWN, ALTERNATIVE_REDUNDANT, APPROVERS_IMPLICIT, CEILING_MISSING, CEILING_UNKNOWN,
    ENDPOINT_AMBIGUOUS, ENDPOINT_CASE, ENDPOINT_OPEN, LINT_INCOMPLETE, RISK_BELOW_IMPLIED, SCOPE_REDUNDANT,
};
use super::template::Segment;
use super::{Api, Client, Endpoint, Issuer, Manifest};
use crate::diagnostic::Diagnostic;
use crate::scope::{Acceptance, Scope, ScopeSet};

/// Limits on ambiguity findings per API and on the pairs of endpoints compared for them. Reaching one is a finding.
const MAX_AMBIGUOUS: usize = 100;
const MAX_PAIRS: usize = 2_000_000;
/// Maximum number of pairs of alternatives compared per API. Reaching it is a finding.
const MAX_ALTERNATIVES: usize = 1_000_000;
/// Maximum number of scopes of an alternative shown.
const MAX_SHOWN: usize = 20;

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
    let declared = Declared::new(&manifest.apis);
    for client in &manifest.clients {
        ceiling(&declared, client, &mut findings);
        acceptance(&declared, client, &mut findings);
        implicit_approvers(manifest, client, &mut findings);
    }
    super::policy_lint::lint(manifest, &mut findings);
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
    let mut left_out: Vec<&Endpoint> = Vec::new();
    for endpoint in &api.endpoints {
        let requirement = &endpoint.requirement;
        let safe = matches!(endpoint.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        if requirement.is_none() && !safe && !api.scopes.is_empty() {
            let message = format!("`{endpoint}` changes state but requires no scope");
            findings.push(Diagnostic::new(&ENDPOINT_OPEN, message).at(endpoint.span.clone()));
        }
        let alternatives = requirement.alternatives();
        let implied = api.hierarchy.implied_alternatives(alternatives, &mut pairs);
        if implied.is_none() {
            left_out.push(endpoint);
        }
        for (alternative, implied) in alternatives.iter().zip(implied.unwrap_or(vec![None; alternatives.len()])) {
            if let Some(scope) = api.hierarchy.implied_by_another(alternative) {
                let message = format!(
                    "`{endpoint}` requires `{scope}` together with a scope that implies it: `{}`",
                    shortened(alternative)
                );
                findings.push(Diagnostic::new(&SCOPE_REDUNDANT, message).at(endpoint.span.clone()));
            } else if let Some(less) = implied.and_then(|position| alternatives.get(position)) {
                let message = format!(
                    "`{endpoint}` accepts `{}`, which implies `{}`, another accepted alternative",
                    shortened(alternative),
                    shortened(less)
                );
                findings.push(Diagnostic::new(&ALTERNATIVE_REDUNDANT, message).at(endpoint.span.clone()));
            }
        }
    }
    if let Some(first) = left_out.first() {
        let message = format!(
            "`{}` has too many alternatives to compare: after {MAX_ALTERNATIVES} comparisons the alternatives of `{first}` \
             and {} later endpoints were not checked",
            api.name,
            left_out.len() - 1
        );
        findings.push(Diagnostic::new(&LINT_INCOMPLETE, message).at(first.span.clone()));
    }
}

/// Returns the scopes of a set, as many as fit into a message.
fn shortened(set: &ScopeSet) -> String {
    let shown: Vec<&str> = set.iter().map(Scope::as_str).take(MAX_SHOWN).collect();
    let rest = set.len().saturating_sub(shown.len());
    if rest == 0 { shown.join(" ") } else { format!("{} … ({rest} more)", shown.join(" ")) }
}

/// Reports pairs of templates that match a common request with neither more specific in every segment. tokscope prefers
/// the first literal from the left; a server may not. Templates with a catch-all are skipped: they are meant to
/// overlap.
fn ambiguous(api: &Api, findings: &mut Vec<Diagnostic>) {
    let mut groups: BTreeMap<(&str, usize), Vec<&Endpoint>> = BTreeMap::new();
    for endpoint in &api.endpoints {
        let segments = endpoint.template.segments();
        if !segments.iter().any(Segment::has_rest) {
            groups.entry((&endpoint.method, segments.len())).or_default().push(endpoint);
        }
    }
    let (mut found, mut pairs) = (0, 0);
    // if two overlap, one has a parameter where the other has none, so only templates with one are compared with the rest
    let open = |endpoint: &Endpoint| endpoint.template.segments().iter().any(|segment| segment.as_literal().is_none());
    for group in groups.values() {
        for (position, one) in group.iter().enumerate().filter(|(_, endpoint)| open(endpoint)) {
            for (other_position, other) in group.iter().enumerate() {
                if pairs == MAX_PAIRS || found == MAX_AMBIGUOUS {
                    let message = format!(
                        "`{}` has too many endpoints with parameters to compare: after {pairs} pairs and {found} findings \
                         `{one}` and others were left out",
                        api.name
                    );
                    findings.push(Diagnostic::new(&LINT_INCOMPLETE, message).at(one.span.clone()));
                    return;
                }
                pairs += 1;
                let seen = other_position <= position && open(other);
                if !seen && one.requirement != other.requirement && overlap(one, other) {
                    let (first, second) = if one.span.start < other.span.start { (one, other) } else { (other, one) };
                    let message =
                        format!("`{first}` and `{second}` match some of the same paths but require different scopes");
                    found += 1;
                    findings.push(
                        Diagnostic::new(&ENDPOINT_AMBIGUOUS, message).at(second.span.clone()).help(
                            "tokscope prefers the template with the first literal from the left; check what the server does",
                        ),
                    );
                }
            }
        }
    }
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

fn ceiling(declared: &Declared<'_>, client: &Client, findings: &mut Vec<Diagnostic>) {
    let Some(ceiling) = &client.may_request else {
        let message = format!("client `{}` may request any scope", client.name);
        let finding = Diagnostic::new(&CEILING_MISSING, message).at(client.span.clone());
        findings.push(finding.help("list the scopes it may request in `may_request`"));
        return;
    };
    for scope in declared.lacking(client, ceiling) {
        let message = format!("client `{}` may request `{scope}`, which no API of its issuer declares", client.name);
        findings.push(Diagnostic::new(&CEILING_UNKNOWN, message).at(client.span.clone()));
    }
}

fn acceptance(declared: &Declared<'_>, client: &Client, findings: &mut Vec<Diagnostic>) {
    match &client.accept_granted {
        Acceptance::Any => {
            let message = format!("client `{}` accepts any scope that the server grants", client.name);
            let finding = Diagnostic::new(&ACCEPTANCE_OPEN, message).at(client.span.clone());
            findings.push(finding.help("list the scopes it accepts in `accept_granted`"));
        }
        Acceptance::Scopes(accepted) => {
            for scope in declared.lacking(client, accepted) {
                let name = &client.name;
                let message = format!("client `{name}` accepts `{scope}`, which no API of its issuer declares");
                findings.push(Diagnostic::new(&ACCEPTANCE_UNKNOWN, message).at(client.span.clone()));
            }
        }
    }
}

fn implicit_approvers(manifest: &Manifest, client: &Client, findings: &mut Vec<Diagnostic>) {
    if client.may_request.is_none() || client.approvers.is_some() || manifest.approvers.len() < 2 {
        return;
    }
    let groups: Vec<&str> = manifest.approvers.iter().map(|group| group.name.as_str()).collect();
    let message =
        format!("each of {} can approve scopes above the ceiling of client `{}`", groups.join(", "), client.name);
    let finding = Diagnostic::new(&APPROVERS_IMPLICIT, message).at(client.span.clone());
    findings.push(finding.help("name the group in `approvers` of the client"));
}

/// The declared scopes, each with the issuers of the APIs that declare it; `None` for an API without an issuer.
struct Declared<'m>(HashMap<&'m str, HashSet<Option<&'m Issuer>>>);

impl<'m> Declared<'m> {
    fn new(apis: &'m [Api]) -> Self {
        let mut issuers: HashMap<&str, HashSet<Option<&Issuer>>> = HashMap::new();
        for api in apis {
            for scope in api.hierarchy.scopes() {
                issuers.entry(scope.as_str()).or_default().insert(api.issuer.as_ref());
            }
        }
        Self(issuers)
    }

    /// Returns the scopes of a set that no API of the client's issuer declares.
    fn lacking<'s>(&self, client: &Client, scopes: &'s ScopeSet) -> Vec<&'s Scope> {
        let is_declared = |scope: &str| {
            let issuers = self.0.get(scope);
            issuers.is_some_and(|issuers| issuers.contains(&None) || issuers.contains(&Some(&client.issuer)))
        };
        let is_identity = |scope: &str| client.dialect.vocabulary.is_identity_scope(scope);
        scopes.iter().filter(|scope| !is_identity(scope.as_str()) && !is_declared(scope.as_str())).collect()
    }
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
    fn scopes_count_as_declared_by_apis_of_the_issuer_and_by_apis_without_one() {
        for (api, client, expected) in [
            ("issuer = \"https://l.test\"\n", "https://l.test", ""),
            ("issuer = \"https://l.test\"\n", "https://other.test", "ceiling-unknown acceptance-unknown"),
            ("", "https://other.test", ""),
        ] {
            let source = format!(
                "[api.a]\nbase_url = \"https://a.test\"\n{api}[api.a.scopes]\nr = {{}}\n[api.a.endpoints]\n\"GET /\" = \"r\"\n\
                 [client.c]\nissuer = \"{client}\"\nclient_id = \"c\"\nmay_request = [\"r\"]\naccept_granted = [\"r\"]\n"
            );
            let manifest = parse(&source).manifest.unwrap();
            let codes: Vec<&str> = super::lint(&manifest).iter().map(|finding| finding.code.name).collect();
            assert_eq!(codes.join(" "), expected, "{source}");
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

    /// Returns the messages of `lint-incomplete`, and the number of other findings.
    fn incomplete(source: &str) -> (Vec<String>, usize) {
        let parsed = parse(source);
        let manifest = parsed.manifest.unwrap_or_else(|| panic!("{:?}", parsed.findings));
        let (incomplete, others): (Vec<_>, Vec<_>) =
            super::lint(&manifest).into_iter().partition(|finding| finding.code.name == "lint-incomplete");
        (incomplete.into_iter().map(|finding| finding.message).collect(), others.len())
    }

    #[test]
    fn pairs_of_endpoints_that_were_left_out_are_a_finding() {
        let endpoints = |count: usize| {
            let lines = (0..count)
                .map(|number| format!("\"GET /{{a}}/b{number}\" = \"r\"\n\"GET /c{number}/{{b}}\" = \"w\"\n"));
            format!(
                "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nr = {{}}\nw = {{}}\n[api.a.endpoints]\n{}",
                lines.collect::<String>()
            )
        };
        assert_eq!(incomplete(&endpoints(9)), (vec![], 81));
        let (messages, others) = incomplete(&endpoints(11));
        assert_eq!(others, 100);
        assert!(
            messages[0].starts_with("`a` has too many endpoints with parameters to compare: after "),
            "{messages:?}"
        );
        assert!(messages[0].ends_with(" and others were left out"), "{messages:?}");
        assert_eq!(messages.len(), 1);
    }

    #[test]
    fn alternatives_that_were_not_compared_are_a_finding() {
        let source = |count: usize| {
            let all = |item: fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>();
            let scopes =
                all(|number| format!("a{number} = {{ implies = [\"k*\"] }}\nk{number} = {{}}\nz{number} = {{}}"));
            let alternatives = all(|number| format!("\"a{number}\", [\"k{number}\", \"z{number}\"]"));
            format!(
                "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\n{}\n[api.a.endpoints]\n\
                 \"GET /\" = {{ any_of = [{}] }}\n\"GET /b\" = {{ any_of = [\"a1\", \"k1\"] }}\n",
                scopes.join("\n"),
                alternatives.join(", ")
            )
        };
        let found = |count| super::lint(&parse(&source(count)).manifest.unwrap());
        assert_eq!(incomplete(&source(20)), (vec![], 1));
        assert_eq!(found(20)[0].code.name, "alternative-redundant");
        let (messages, others) = incomplete(&source(1001));
        assert_eq!(
            messages,
            [
                "`a` has too many alternatives to compare: after 1000000 comparisons the alternatives of `GET /` and 1 later \
              endpoints were not checked"
            ]
        );
        assert_eq!(others, 0);
    }

    #[test]
    fn policies_are_questioned() {
        let base = "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nr = { risk = \"high\" }\n[api.a.endpoints]\n\
            \"GET /r\" = \"r\"\n\"POST /r\" = \"r\"\n\"DELETE /r\" = \"r\"\n[client.c]\nissuer = \"https://a.test\"\n\
            client_id = \"c\"\nmay_request = \"r\"\n";
        let (deny, approve, allow) = ("effect = \"deny\"", "effect = \"approve\"", "effect = \"allow\"");
        let rule = |effect: &str, rest: &str| format!("[[policy]]\n{effect}\n{rest}\n");
        for (default, rules, expected) in [
            ("", String::new(), ""),
            ("allow", rule(deny, "methods = \"DELETE\""), ""),
            ("deny", rule(allow, ""), "policy-allows-all: the policy allows everything"),
            ("allow", String::new(), "policy-allows-all: the policy allows everything"),
            ("allow", rule(allow, "methods = \"read\""), "policy-allows-all: the policy allows everything"),
            (
                "",
                rule(deny, "methods = \"write\""),
                "policy-default-implied: what no rule matches is allowed, since no rule allows",
            ),
            (
                "deny",
                rule(allow, "methods = \"read\""),
                "policy-uncovered: the default denies, and no rule allows `POST /r`, `DELETE /r`",
            ),
            ("deny", rule(allow, "methods = \"read\"") + &rule(approve, "methods = \"write\""), ""),
            (
                "allow",
                rule(allow, "methods = \"read\"") + &rule(deny, "methods = \"DELETE\""),
                "policy-no-effect: rule 1 has no effect: the default allows as well",
            ),
            (
                "allow",
                rule(deny, "endpoints = \"DELETE /x\""),
                "policy-unmatchable: rule 1 can't match: no endpoint is `DELETE /x`",
            ),
            (
                "allow",
                rule(deny, "endpoints = [\"DELETE /x\", \"GET /r\"]"),
                "policy-unmatchable: rule 1: no endpoint is `DELETE /x`",
            ),
            (
                "allow",
                rule(deny, "endpoints = \"GET /r\"\nmethods = \"write\""),
                "policy-unmatchable: rule 1 can't match: no endpoint satisfies `apis`, `endpoints` and `methods` together",
            ),
            (
                "allow",
                rule(deny, "scopes = \"x:*\""),
                "policy-unmatchable: rule 1 can't match: no API declares a scope `x:*`",
            ),
            (
                "allow",
                rule(deny, "risk = \"critical\""),
                "policy-unmatchable: rule 1 can't match: no scope has critical risk",
            ),
            (
                "allow",
                rule(deny, "when = { ci = true, interactive = true }"),
                "policy-unmatchable: rule 1 can't match: no user is present in continuous integration",
            ),
            (
                "allow",
                rule(deny, "methods = \"write\"") + &rule(deny, "methods = \"write\"\nclients = \"c\""),
                "policy-shadowed: rule 2 never decides: rule 1 (line 14) denies whenever it matches",
            ),
            (
                "deny",
                rule(approve, "methods = \"write\"\nwhen = { ci = true }") + &rule(deny, "") + &rule(allow, ""),
                "policy-shadowed: rule 1 never decides: rule 2 (line 18) denies whenever it matches|\
                 policy-shadowed: rule 3 never decides: rule 2 (line 18) denies whenever it matches",
            ),
            // the other way around, each decides where the other does not match
            ("allow", rule(deny, "clients = \"c\"\nmethods = \"POST\"") + &rule(deny, "methods = \"POST\""), ""),
            ("allow", rule(deny, "risk = \"high\"") + &rule(approve, "risk = \"medium\""), ""),
            (
                "allow",
                rule(deny, "when = { hours = \"09:00-18:00 UTC\" }")
                    + &rule(deny, "when = { hours = \"08:00-11:00 UTC\" }"),
                "",
            ),
            // part of the other window, also of one in another zone
            (
                "allow",
                rule(deny, "when = { hours = \"09:00-18:00 UTC\" }")
                    + &rule(deny, "when = { hours = \"10:00-11:00 UTC\" }"),
                "policy-shadowed: rule 2 never decides: rule 1 (line 14) denies whenever it matches",
            ),
            (
                "allow",
                rule(deny, "when = { hours = \"08:00-10:00 UTC\" }")
                    + &rule(deny, "when = { hours = \"10:00-11:00 Europe/Berlin\" }"),
                "policy-shadowed: rule 2 never decides: rule 1 (line 14) denies whenever it matches",
            ),
            (
                "allow",
                rule(deny, "when = { hours = \"09:00-10:00 UTC\" }")
                    + &rule(deny, "when = { hours = \"10:00-11:00 Europe/Berlin\" }"),
                "",
            ),
            (
                "allow",
                rule(deny, "when = { outside_hours = \"10:00-11:00 Europe/Berlin\" }")
                    + &rule(deny, "when = { outside_hours = \"08:00-10:00 UTC\" }"),
                "policy-shadowed: rule 2 never decides: rule 1 (line 14) denies whenever it matches",
            ),
            (
                "allow",
                rule(
                    deny,
                    "when = { hours = \"10:00-11:00 Europe/Berlin\", outside_hours = [\"08:00-09:00 UTC\", \"09:00-10:00 UTC\"] }",
                ),
                "policy-unmatchable: rule 1 can't match: `outside_hours` excludes every window of `hours`",
            ),
        ] {
            let default =
                if default.is_empty() { String::from("\n") } else { format!("policy_default = \"{default}\"\n") };
            let leads = "[approvers.leads]\nkeys = [\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfH3mJjjnG2g2nWqzRk1Yc3xPsrU8LkqGmR1jYy9Y9Q ana\"]\n";
            let source = format!("{default}{base}{rules}{leads}");
            let manifest = parse(&source).manifest.unwrap();
            let found: Vec<String> = super::lint(&manifest)
                .iter()
                .map(|finding| format!("{}: {}", finding.code.name, finding.message))
                .collect();
            assert_eq!(found.join("|"), expected, "{source}");
        }
    }

    #[test]
    fn a_rule_that_asks_for_an_approval_has_someone_who_can_give_it() {
        let key = "keys = [\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfH3mJjjnG2g2nWqzRk1Yc3xPsrU8LkqGmR1jYy9Y9Q ana\"]\n";
        let rule = "policy_default = \"allow\"\n[[policy]]\neffect = \"approve\"\n";
        let [leads, security] = ["leads", "security"].map(|name| format!("[approvers.{name}]\n{key}"));
        for (source, expected) in [
            (rule.to_owned(), "policy-unapprovable 2: rule 1 asks for an approval, but the manifest has no approvers"),
            (format!("{rule}{leads}"), ""),
            (
                format!("{rule}{leads}{security}"),
                "approvers-implicit 2: each of leads, security can approve what rule 1 asks for",
            ),
            (format!("{rule}approvers = \"leads\"\n{leads}{security}"), ""),
            (rule.replace("approve\"\n", "deny\"\n"), ""),
        ] {
            let manifest = parse(&source).manifest.unwrap();
            let line = |finding: &crate::diagnostic::Diagnostic| {
                crate::manifest::line_column(&source, finding.span.as_ref().unwrap().start).0
            };
            let found: Vec<String> = super::lint(&manifest)
                .iter()
                .map(|finding| format!("{} {}: {}", finding.code.name, line(finding), finding.message))
                .collect();
            assert_eq!(found.join("|"), expected, "{source}");
        }
    }
}
