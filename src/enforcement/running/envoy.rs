//! Envoy: a bootstrap or the routes and filters of a connection manager, in JSON or YAML.
//!
//! A route's own RBAC replaces that of the listener. `list_match` compares whole members of a claim; a string match other than
//! an exact one also matches longer names.

use super::path::PathMatch;
use super::tree::Tree;
use super::{Access, Precedence, Route, Running, Span};

/// Most alternatives of one policy.
const MOST: usize = 256;

/// Whether a document has a connection manager with HTTP filters.
pub(super) fn is_bootstrap(documents: &[Tree]) -> bool {
    documents.iter().any(|document| !managers(document).is_empty())
}

fn managers(document: &Tree) -> Vec<&Tree> {
    let mut found = Vec::new();
    document.visit(&mut |tree| {
        if tree.get("http_filters").is_some() && tree.get("route_config").is_some() {
            found.push(tree);
        }
    });
    found
}

/// Returns the configuration of the filters of a kind, such as `rbac.v3.RBAC`.
fn filters<'t>(manager: &'t Tree, kind: &str) -> Vec<&'t Tree> {
    let configured = manager.items_of("http_filters").iter().filter_map(|filter| filter.get("typed_config"));
    configured.filter(|config| config.text_of("@type").is_some_and(|name| name.ends_with(kind))).collect()
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Envoy".to_owned(), ..Running::default() };
    let found: Vec<&Tree> = documents.iter().flat_map(managers).collect();
    if found.len() > 1 {
        let place = found.get(1).map(|manager| manager.span.clone());
        running.unread.push(("several listeners, of which the first is compared".to_owned(), place));
    }
    let Some(manager) = found.first() else { return running };
    let jwt = filters(manager, "jwt_authn.v3.JwtAuthentication").into_iter().next();
    if let Some(jwt) = jwt {
        providers(jwt, &mut running);
    }
    let rbac: Vec<&Tree> = filters(manager, "rbac.v3.RBAC").into_iter().filter(|config| is_allowing(config)).collect();
    let mut routes = Vec::new();
    for host in manager.get("route_config").map(|config| config.items_of("virtual_hosts")).unwrap_or_default() {
        host.items_of("routes").iter().for_each(|route| routes.push((PathMatch::any(), route)));
        if let Some(matcher) = host.get("matcher") {
            walk(matcher, &PathMatch::any(), &mut routes, 0);
        }
    }
    let own = |route: &Tree| per_route(route, "rbac.v3.RBACPerRoute").is_some();
    let is_mixed = rbac.iter().any(|config| !policies(config).is_empty()) && routes.iter().any(|(_, route)| own(route));
    if is_mixed {
        let what = "some routes have RBAC of their own and others that of the listener".to_owned();
        running.unread.push((what, Some(manager.span.clone())));
        return running;
    }
    match rbac.first().filter(|_| !routes.iter().any(|(_, route)| own(route))) {
        Some(config) => {
            running.precedence = Precedence::Any;
            let policies = policies(config);
            for policy in policies {
                listener_policy(jwt, policy, &mut running);
            }
        }
        None => routes.iter().for_each(|(path, route)| {
            let route = read_route(jwt, rbac.is_empty(), path, route, &mut running);
            running.routes.extend(route);
        }),
    }
    running
}

fn is_allowing(config: &Tree) -> bool {
    config.at(&["rules", "action"]).and_then(Tree::text).is_none_or(|action| action == "ALLOW")
}

fn policies(config: &Tree) -> Vec<&Tree> {
    let members = config.at(&["rules", "policies"]).map(Tree::members).unwrap_or_default();
    members.iter().map(|member| &member.tree).collect()
}

fn providers(jwt: &Tree, running: &mut Running) {
    for provider in jwt.get("providers").map(Tree::members).unwrap_or_default() {
        let provider = &provider.tree;
        if let Some(issuer) = provider.get("issuer") {
            running.issuers.extend(issuer.text().map(|text| (text.to_owned(), issuer.span.clone())));
        }
        let audiences = provider.items_of("audiences");
        if audiences.is_empty() {
            running.any_audience = Some(provider.span.clone());
        }
        for audience in audiences {
            running.audiences.extend(audience.text().map(|text| (text.to_owned(), audience.span.clone())));
        }
    }
}

/// Collects the routes of a matcher in the order in which they are tried, each with the path that leads to it.
fn walk<'t>(matcher: &'t Tree, path: &PathMatch, routes: &mut Vec<(PathMatch, &'t Tree)>, depth: usize) {
    if depth > 40 {
        return;
    }
    let mut follow = |on_match: &'t Tree, path: PathMatch| {
        if let Some(matcher) = on_match.get("matcher") {
            walk(matcher, &path, routes, depth + 1);
        } else if let Some(action) = on_match.at(&["action", "typed_config"]) {
            match action.get("routes") {
                Some(list) => list.items().iter().for_each(|route| routes.push((path.clone(), route))),
                None => routes.push((path.clone(), action)),
            }
        }
    };
    for (kind, is_prefix) in [("exact_match_map", false), ("prefix_match_map", true)] {
        let map = matcher.at(&["matcher_tree", kind, "map"]).map(Tree::members).unwrap_or_default();
        let mut children: Vec<_> = map.iter().collect();
        children.sort_by_key(|member| std::cmp::Reverse(member.name.len()));
        for child in children {
            let own = if is_prefix { PathMatch::prefix(&child.name) } else { PathMatch::exact(&child.name) };
            follow(&child.tree, path.clone().and(own));
        }
    }
    for entry in matcher.at(&["matcher_list", "matchers"]).map(Tree::items).unwrap_or_default() {
        let value = entry.at(&["predicate", "single_predicate", "value_match"]);
        let own = value.map_or_else(PathMatch::any, string_match);
        if let Some(on_match) = entry.get("on_match") {
            follow(on_match, path.clone().and(own));
        }
    }
    if let Some(rest) = matcher.get("on_no_match") {
        follow(rest, path.clone());
    }
}

/// Returns the paths of a string matcher.
fn string_match(value: &Tree) -> PathMatch {
    if let Some(text) = value.text_of("exact") {
        return PathMatch::exact(text);
    }
    if let Some(text) = value.text_of("prefix") {
        return PathMatch::prefix(text);
    }
    if let Some(text) = value.text_of("suffix") {
        return PathMatch::suffix(text);
    }
    match value.at(&["safe_regex", "regex"]).and_then(Tree::text) {
        Some(pattern) => PathMatch::regex(pattern, true),
        None => PathMatch::any(),
    }
}

/// Returns the configuration of a filter for a route.
fn per_route<'t>(route: &'t Tree, kind: &str) -> Option<&'t Tree> {
    let members = route.get("typed_per_filter_config").map(Tree::members).unwrap_or_default();
    members
        .iter()
        .map(|member| &member.tree)
        .find(|config| config.text_of("@type").is_some_and(|name| name.ends_with(kind)))
}

/// Returns the methods that a list of header matchers allows; `None`: all.
fn methods(headers: &[Tree]) -> Option<Vec<String>> {
    let method = headers.iter().find(|header| header.text_of("name") == Some(":method"))?;
    let value = method.get("string_match").unwrap_or(method);
    let exact = value.text_of("exact").or_else(|| method.text_of("exact_match"));
    let pattern = value.at(&["safe_regex", "regex"]).and_then(Tree::text);
    exact.or(pattern).map(|text| text.trim_matches(['(', ')']).split('|').map(str::to_owned).collect())
}

fn read_route(
    jwt: Option<&Tree>,
    is_without_rbac: bool,
    prefix: &PathMatch,
    route: &Tree,
    running: &mut Running,
) -> Option<Route> {
    let matched = route.get("match")?;
    let own = if let Some(path) = matched.text_of("path") {
        PathMatch::exact(path)
    } else if let Some(start) = matched.text_of("prefix").or_else(|| matched.text_of("path_separated_prefix")) {
        PathMatch::prefix(start)
    } else if let Some(template) = matched.at(&["path_match_policy", "typed_config", "path_template"]) {
        PathMatch::template(template.text()?)
    } else {
        PathMatch::regex(matched.at(&["safe_regex", "regex"])?.text()?, true)
    };
    let methods = methods(matched.items_of("headers"));
    let name = route.text_of("name").map_or_else(
        || "a route".to_owned(),
        |name| name.split_once(" (").map_or(name, |(endpoint, _)| endpoint).to_owned(),
    );
    let is_forwarded = route.get("route").is_some();
    let access = match per_route(route, "rbac.v3.RBACPerRoute").map(|config| (config, config.at(&["rbac", "rules"]))) {
        _ if !is_forwarded => Access::Denied,
        None if is_without_rbac => token_or_open(jwt, route, matched),
        // the listener's RBAC allows nothing
        None => Access::Denied,
        Some((_, None)) => token_or_open(jwt, route, matched),
        Some((config, Some(_))) => {
            let rbac = config.get("rbac").unwrap_or(config);
            let alternatives: Vec<Atoms> = match is_allowing(rbac) {
                true => policies(rbac).into_iter().flat_map(principals).collect(),
                false => vec![vec![Atom::Unknown("it denies".to_owned())]],
            };
            access(alternatives, || token_or_open(jwt, route, matched), running)
        }
    };
    let path = prefix.clone().and(own);
    Some(Route { name, methods, path, excluded: Vec::new(), access, span: route.span.clone() })
}

/// A condition on a token.
#[derive(Clone, Debug)]
enum Atom {
    /// A claim has a member.
    Scope {
        claim: String,
        value: String,
        span: Span,
    },
    /// There is a valid token.
    Token,
    /// There is none.
    Anonymous,
    Unknown(String),
}

/// An AND of conditions; the empty one holds for every request.
type Atoms = Vec<Atom>;

/// Returns the alternatives of a policy.
fn principals(policy: &Tree) -> Vec<Atoms> {
    policy.items_of("principals").iter().flat_map(principal).take(MOST).collect()
}

fn principal(tree: &Tree) -> Vec<Atoms> {
    if tree.get("any").is_some() {
        return vec![Vec::new()];
    }
    if let Some(ids) = tree.at(&["or_ids", "ids"]) {
        return ids.items().iter().flat_map(principal).take(MOST).collect();
    }
    if let Some(ids) = tree.at(&["and_ids", "ids"]) {
        let mut all: Vec<Atoms> = vec![Vec::new()];
        for id in ids.items() {
            let own = principal(id);
            let with =
                |start: &Atoms| own.iter().map(|atoms| [start.clone(), atoms.clone()].concat()).collect::<Vec<_>>();
            all = all.iter().flat_map(with).take(MOST).collect();
        }
        return all;
    }
    if let Some(inner) = tree.get("not_id") {
        let is_token = matches!(principal(inner).as_slice(), [only] if matches!(only.as_slice(), [Atom::Token]));
        let unknown = Atom::Unknown("it has a negated principal".to_owned());
        return vec![vec![if is_token { Atom::Anonymous } else { unknown }]];
    }
    let Some(metadata) = tree.get("metadata") else {
        return vec![vec![Atom::Unknown("it depends on more than the token".to_owned())]];
    };
    let claim = metadata.items_of("path").last().and_then(|part| part.text_of("key")).unwrap_or_default().to_owned();
    let Some(value) = metadata.get("value") else {
        return vec![vec![Atom::Unknown(format!("it has no value for `{claim}`"))]];
    };
    if value.get("present_match").is_some() || claim == "iss" || claim == "aud" || claim == "sub" {
        return vec![vec![Atom::Token]];
    }
    let one = value.at(&["list_match", "one_of"]).unwrap_or(value);
    let several = one.at(&["or_match", "value_matchers"]).map(Tree::items);
    let matchers = several.unwrap_or(std::slice::from_ref(one));
    matchers.iter().map(|matcher| vec![value_atom(&claim, matcher, metadata)]).collect()
}

/// A condition on the value of a claim. Matches other than exact ones are shown with `*`.
fn value_atom(claim: &str, matcher: &Tree, metadata: &Tree) -> Atom {
    let text = matcher.get("string_match").unwrap_or(matcher);
    let value = if let Some(exact) = text.text_of("exact") {
        exact.to_owned()
    } else if let Some(part) = text.text_of("contains") {
        format!("*{part}*")
    } else if let Some(start) = text.text_of("prefix") {
        format!("{start}*")
    } else if let Some(end) = text.text_of("suffix") {
        format!("*{end}")
    } else {
        return Atom::Unknown(format!("it compares `{claim}` in a way that is not read"));
    };
    Atom::Scope { claim: claim.to_owned(), value, span: metadata.span.clone() }
}

/// Summarizes alternatives. `any`: what an alternative without a condition means.
fn access(alternatives: Vec<Atoms>, any: impl Fn() -> Access, running: &mut Running) -> Access {
    let mut scopes = Vec::new();
    let mut is_anonymous = false;
    let mut widest = None;
    for atoms in alternatives {
        let mut set = Vec::new();
        for atom in &atoms {
            match atom {
                Atom::Scope { claim, value, span } => {
                    running.claims.push((claim.clone(), span.clone()));
                    set.push(value.clone());
                }
                Atom::Anonymous => is_anonymous = true,
                Atom::Token => {}
                Atom::Unknown(reason) => return Access::Unknown(reason.clone()),
            }
        }
        match atoms.as_slice() {
            [] => widest = Some(any()),
            [Atom::Anonymous] => {}
            _ if set.is_empty() => widest = widest.or(Some(Access::Token)),
            _ => scopes.push(set),
        }
    }
    match widest {
        _ if is_anonymous => Access::Open,
        Some(widest) => widest,
        None if scopes.is_empty() => Access::Denied,
        None => Access::Scopes(scopes),
    }
}

/// Returns whether a requirement is met without a token.
fn is_optional(requirement: &Tree) -> bool {
    let mut found = false;
    requirement.visit(&mut |tree| {
        found |= tree.get("allow_missing").is_some() || tree.get("allow_missing_or_failed").is_some();
    });
    found || requirement.members().is_empty()
}

/// Returns what `jwt_authn` demands of a route.
fn token_or_open(jwt: Option<&Tree>, route: &Tree, matched: &Tree) -> Access {
    let Some(jwt) = jwt else { return Access::Open };
    let requirement = match per_route(route, "jwt_authn.v3.PerRouteConfig") {
        Some(config) => match config.text_of("requirement_name") {
            Some(name) => jwt.at(&["requirement_map", name]),
            None => None,
        },
        None => {
            let sample = matched.text_of("path").or_else(|| matched.text_of("prefix")).unwrap_or("/");
            jwt.items_of("rules").iter().find(|rule| rule_matches(rule, sample)).and_then(|rule| rule.get("requires"))
        }
    };
    match requirement {
        Some(requirement) if !is_optional(requirement) => Access::Token,
        _ => Access::Open,
    }
}

fn rule_matches(rule: &Tree, path: &str) -> bool {
    let Some(matched) = rule.get("match") else { return false };
    let exact = matched.text_of("path").is_some_and(|exact| exact == path);
    let prefix = matched.text_of("prefix").is_some_and(|prefix| path.starts_with(prefix));
    let pattern = matched.at(&["safe_regex", "regex"]).and_then(Tree::text);
    exact || prefix || pattern.is_some_and(|pattern| PathMatch::regex(pattern, true).matches(path))
}

/// Adds the routes of a policy of the listener.
fn listener_policy(jwt: Option<&Tree>, policy: &Tree, running: &mut Running) {
    let demand = access(
        principals(policy),
        || {
            let rules = jwt.map(|jwt| jwt.items_of("rules")).unwrap_or_default();
            let requires = |rule: &Tree| rule.get("requires").is_some_and(|requirement| !is_optional(requirement));
            if rules.iter().any(requires) { Access::Token } else { Access::Open }
        },
        running,
    );
    for permission in policy.items_of("permissions") {
        for (methods, path, shown) in permissions(permission) {
            let known = methods.as_ref().map_or_else(|| "*".to_owned(), |methods| methods.join("|"));
            running.routes.push(Route {
                name: format!("{known} {shown}"),
                methods,
                path,
                excluded: Vec::new(),
                access: demand.clone(),
                span: permission.span.clone(),
            });
        }
    }
}

type Permission = (Option<Vec<String>>, PathMatch, String);

fn permissions(tree: &Tree) -> Vec<Permission> {
    if tree.get("any").is_some() {
        return vec![(None, PathMatch::any(), "*".to_owned())];
    }
    if let Some(rules) = tree.at(&["or_rules", "rules"]) {
        return rules.items().iter().flat_map(permissions).take(MOST).collect();
    }
    if let Some(rules) = tree.at(&["and_rules", "rules"]) {
        let mut all: Vec<Permission> = vec![(None, PathMatch::any(), "*".to_owned())];
        for rule in rules.items() {
            let own = permissions(rule);
            let with = |(methods, path, shown): &Permission| {
                let one = |(more, other, name): &Permission| {
                    let methods = methods.clone().or_else(|| more.clone());
                    let name = if shown == "*" { name.clone() } else { shown.clone() };
                    (methods, path.clone().and(other.clone()), name)
                };
                own.iter().map(one).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(with).take(MOST).collect();
        }
        return all;
    }
    if let Some(header) = tree.get("header") {
        let is_method = header.text_of("name") == Some(":method");
        if is_method {
            return vec![(methods(std::slice::from_ref(header)), PathMatch::any(), "*".to_owned())];
        }
        let value = header.get("string_match").unwrap_or(header);
        return vec![(None, string_match(value), "*".to_owned())];
    }
    if let Some(path) = tree.at(&["url_path", "path"]) {
        let names = ["exact", "prefix", "suffix"];
        let shown = names.into_iter().find_map(|name| path.text_of(name)).unwrap_or("*").to_owned();
        return vec![(None, string_match(path), shown)];
    }
    if let Some(template) = tree.at(&["uri_template", "typed_config", "path_template"]).and_then(Tree::text) {
        return vec![(None, PathMatch::template(&template.replace("=**", "+").replace("=*", "")), template.to_owned())];
    }
    Vec::new()
}
