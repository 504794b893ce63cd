//! Envoy: a bootstrap in JSON with one listener. `jwt_authn` verifies the token, a route tree finds the endpoint, and each
//! route has its own RBAC; the listener's RBAC allows nothing.
//!
//! The name of a route is its endpoint with its place in the manifest, because JSON has no comments.

mod json;
mod tree;

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use self::json::Part;
use self::tree::{Node, tree};
use super::Keys;
use super::findings::unsupported;
use super::model::{Access, Model, Rule, ScopeNeed};
use super::pattern::{PathForm, encoded, is_path_character, path};
use super::text::ID_TOKEN_CLAIMS;
use crate::diagnostic::Diagnostic;

/// Prefix of the type URLs.
const TYPE: &str = "type.googleapis.com/envoy.";

/// Name of the filter whose dynamic metadata has the claims.
const JWT: &str = "envoy.filters.http.jwt_authn";

/// Name of the filter that RBAC per route configures.
const RBAC: &str = "envoy.filters.http.rbac";

/// JSON Pointer of the options of an export.
pub(super) const OPTIONS: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/\
                                  metadata/filter_metadata/tokscope";

/// Member of the virtual host that has the route tree.
const MATCHER: &str = "matcher";

/// Requirement of a route that allows every request.
pub(super) const OPEN: &str = "nothing";

/// Exports the configuration of an API.
pub(super) fn export(model: &Model) -> Result<String, Vec<Diagnostic>> {
    let listen = address(&model.listen).map_err(|problem| vec![problem])?;
    let mut clusters = vec![cluster("upstream", &model.upstream)];
    if let Keys::Url(url) = &model.keys {
        clusters.push(cluster("keys", url));
    }
    let listener = json!({
        "name": "tokscope",
        "address": listen,
        "filter_chains": [{ "filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": connection_manager(model),
        }] }],
    });
    // by default, Envoy 1.40 refuses regular expressions above a size that long paths exceed
    let sizes = json!({ "re2.max_program_size.error_level": 10_000 });
    let bootstrap = json!({
        "layered_runtime": { "layers": [{ "name": "tokscope", "static_layer": sizes }] },
        "static_resources": { "listeners": [listener], "clusters": clusters },
    });
    Ok(json::pretty(&bootstrap, MATCHER, &Routes::new(model).matcher()))
}

/// Builds an object.
fn object<const N: usize>(members: [(&str, Part); N]) -> Part {
    Part::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn typed(name: &str, members: Value) -> Value {
    let mut object = Map::from_iter([("@type".to_owned(), Value::String(format!("{TYPE}{name}")))]);
    if let Value::Object(members) = members {
        object.extend(members);
    }
    Value::Object(object)
}

fn connection_manager(model: &Model) -> Value {
    let denied =
        typed("extensions.filters.http.rbac.v3.RBAC", json!({ "rules": { "action": "ALLOW", "policies": {} } }));
    let router = typed("extensions.filters.http.router.v3.Router", json!({}));
    typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        json!({
            "stat_prefix": "tokscope",
            "normalize_path": true,
            "merge_slashes": true,
            "path_with_escaped_slashes_action": "REJECT_REQUEST",
            "local_reply_config": { "mappers": [missing_scope(), wrong_audience()] },
            "route_config": { "virtual_hosts": [{
                "name": format!("API {} in {}", model.api, model.manifest),
                "domains": ["*"],
                "metadata": { "filter_metadata": { "tokscope": model.options } },
                MATCHER: null,
            }] },
            "http_filters": [
                { "name": JWT, "typed_config": authentication(model) },
                { "name": "tokscope.token_kind", "typed_config": token_kind() },
                { "name": RBAC, "typed_config": denied },
                { "name": "envoy.filters.http.router", "typed_config": router },
            ],
        }),
    )
}

/// Verification of the token. Without one the request goes on, so that endpoints can be public.
fn authentication(model: &Model) -> Value {
    let keys = match &model.keys {
        Keys::File(path) => ("local_jwks", json!({ "filename": path })),
        // the model of this engine names keys; without them, Envoy refuses the configuration
        Keys::Issuer => ("local_jwks", json!({})),
        Keys::Url(url) => (
            "remote_jwks",
            json!({
                "http_uri": { "uri": url.as_str(), "cluster": "keys", "timeout": "5s" },
                "cache_duration": "300s",
                "async_fetch": { "failed_refetch_duration": "1s" },
            }),
        ),
    };
    let mut provider = json!({
        "issuer": model.issuer,
        "audiences": [model.audience],
        "require_expiration": true,
        "forward": true,
        "from_headers": [{ "name": "Authorization", "value_prefix": "Bearer " }],
        "payload_in_metadata": "claims",
        "header_in_metadata": "header",
        "normalize_payload_in_metadata": { "space_delimited_claims": model.claims },
    });
    if let Value::Object(members) = &mut provider {
        members.insert(keys.0.to_owned(), keys.1);
    }
    let optional =
        json!({ "requires_any": { "requirements": [{ "provider_name": "issuer" }, { "allow_missing": {} }] } });
    typed(
        "extensions.filters.http.jwt_authn.v3.JwtAuthentication",
        json!({
            "providers": { "issuer": provider },
            "requirement_map": { "token": { "provider_name": "issuer" }, "token_or_none": optional },
            "rules": [{ "match": { "prefix": "/" }, "requires": { "provider_name": "issuer" } }],
        }),
    )
}

/// Refuses tokens that are not access tokens (RFC 8725 §3.11, RFC 9068 §4).
fn token_kind() -> Value {
    let present = |name: &str| metadata(&["claims", name], &json!({ "present_match": true }));
    let typ = |value: Value| metadata(&["header", "typ"], &value);
    let access =
        json!({ "string_match": { "safe_regex": { "regex": "(?i)(application/)?((at\\+)?jwt|jose(\\+json)?)" } } });
    let other = json!({ "and_ids": { "ids": [typ(json!({ "present_match": true })), { "not_id": typ(access) }] } });
    let mut principals: Vec<Value> = ID_TOKEN_CLAIMS.map(present).to_vec();
    principals.push(other);
    let policy = json!({ "permissions": [{ "any": true }], "principals": principals });
    typed(
        "extensions.filters.http.rbac.v3.RBAC",
        json!({ "rules": { "action": "DENY", "policies": { "not-an-access-token": policy } } }),
    )
}

fn metadata(path: &[&str], value: &Value) -> Value {
    let path: Vec<Value> = path.iter().map(|key| json!({ "key": key })).collect();
    json!({ "metadata": { "filter": JWT, "path": path, "value": value } })
}

/// A condition of a response that Envoy itself makes.
fn reply(status: u16, detail: &str) -> Value {
    let status = json!({ "status_code_filter": {
        "comparison": { "op": "EQ", "value": { "default_value": status, "runtime_key": "tokscope.status" } },
    } });
    let detail = typed(
        "extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        json!({ "expression": format!("response.code_details.startsWith('{detail}')") }),
    );
    let detail =
        json!({ "extension_filter": { "name": "envoy.access_loggers.extension_filters.cel", "typed_config": detail } });
    json!({ "and_filter": { "filters": [status, detail] } })
}

fn challenge(value: &str) -> Value {
    json!([{ "header": { "key": "WWW-Authenticate", "value": value }, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD" }])
}

/// The challenge of RFC 6750 §3 that names what the matched endpoint requires.
fn missing_scope() -> Value {
    let required = "%METADATA(ROUTE:tokscope:scope)%";
    json!({
        "filter": reply(403, "rbac_access_denied_matched_policy[none]"),
        "headers_to_add": challenge(&format!("Bearer error=\"insufficient_scope\", scope=\"{required}\"")),
        "body_format_override": {
            "json_format": { "status": 403, "error": "insufficient_scope", "scope": required },
            "content_type": "application/problem+json",
        },
    })
}

/// A token for another API or of another kind is an invalid token (RFC 6750 §3.1); Envoy responds 403 on its own.
fn wrong_audience() -> Value {
    json!({
        "filter": { "or_filter": { "filters": [
            reply(403, "jwt_authn_access_denied"),
            reply(403, "rbac_access_denied_matched_policy[not-an-access-token]"),
        ] } },
        "status_code": 401,
        "headers_to_add": challenge("Bearer error=\"invalid_token\""),
    })
}

/// The routes of a model, each written once: a rule stands in every leaf of the tree that its paths may reach.
struct Routes<'m> {
    model: &'m Model,
    lines: Vec<Rc<str>>,
    deny: Rc<str>,
}

/// Returns the regular expression of paths that the server may read differently: with an encoded character that stands
/// literally in a template, a parameter of a segment (`;`), or a character that has to be encoded.
fn ambiguous(model: &Model) -> Option<String> {
    let reserved = model.reserved_literals();
    let encodings = reserved.iter().filter(|character| character.is_ascii() && is_path_character(**character));
    let mut forms: BTreeSet<String> =
        encodings.filter_map(|character| u8::try_from(*character).ok()).map(encoded).collect();
    if !reserved.contains(&';') {
        forms.extend([";".to_owned(), encoded(b';')]);
    }
    if reserved.iter().any(|character| !is_path_character(*character)) {
        forms.insert("[^!-~]".to_owned());
    }
    (!forms.is_empty()).then(|| format!("[^?]*({}).*", forms.into_iter().collect::<Vec<_>>().join("|")))
}

fn path_input() -> Value {
    json!({ "name": "path", "typed_config": typed("type.matcher.v3.HttpRequestHeaderMatchInput", json!({ "header_name": ":path" })) })
}

fn predicate(pattern: &str) -> Part {
    Part::Value(
        json!({ "single_predicate": { "input": path_input(), "value_match": { "safe_regex": { "google_re2": {}, "regex": pattern } } } }),
    )
}

impl<'m> Routes<'m> {
    fn new(model: &'m Model) -> Self {
        let lines = model.rules.iter().map(|rule| route(model, rule).to_string().into()).collect();
        Self { model, lines, deny: deny().to_string().into() }
    }

    fn matcher(&self) -> Part {
        let tree = self.node(&tree(&self.model.rules, self.model.ignore_case));
        let Some(ambiguous) = ambiguous(self.model) else { return tree };
        let denied = object([("action", self.leaf(&[]))]);
        let denied = object([("predicate", predicate(&ambiguous)), ("on_match", denied)]);
        let tree = object([("matcher", tree)]);
        object([("matcher_list", matcher_list(vec![denied])), ("on_no_match", tree)])
    }

    fn on_match(&self, node: &Node) -> Part {
        match node {
            Node::Leaf(rules) => object([("action", self.leaf(rules))]),
            divided => object([("matcher", self.node(divided))]),
        }
    }

    fn node(&self, node: &Node) -> Part {
        match node {
            Node::Leaf(rules) => {
                let action = object([("action", self.leaf(rules))]);
                let all = object([("predicate", predicate(".*")), ("on_match", action)]);
                object([("matcher_list", matcher_list(vec![all]))])
            }
            Node::Prefixes(children, rest) => {
                let map = children.iter().map(|(prefix, child)| (prefix.clone(), self.on_match(child))).collect();
                let map = object([("map", Part::Object(map))]);
                let tree = object([("input", Part::Value(path_input())), ("prefix_match_map", map)]);
                object([("matcher_tree", tree), ("on_no_match", self.on_match(rest))])
            }
            Node::Patterns(children, rest) => {
                let child = |(pattern, child): &(String, Node)| {
                    object([("predicate", predicate(pattern)), ("on_match", self.on_match(child))])
                };
                let matchers = matcher_list(children.iter().map(child).collect());
                object([("matcher_list", matchers), ("on_no_match", self.on_match(rest))])
            }
        }
    }

    /// The routes of a leaf, and last one that denies.
    fn leaf(&self, rules: &[usize]) -> Part {
        let own = rules.iter().filter_map(|index| self.lines.get(*index));
        let routes = own.chain([&self.deny]).map(|line| Part::Line(Rc::clone(line))).collect();
        let kind = Part::Value(Value::String(format!("{TYPE}config.route.v3.RouteList")));
        let list = object([("@type", kind), ("routes", Part::Array(routes))]);
        object([("name", Part::Value(Value::String("routes".to_owned()))), ("typed_config", list)])
    }
}

fn matcher_list(matchers: Vec<Part>) -> Part {
    object([("matchers", Part::Array(matchers))])
}

/// Whatever matches no endpoint. The listener's RBAC denies it before it is reached.
fn deny() -> Value {
    json!({
        "name": "no endpoint",
        "match": { "prefix": "/" },
        "direct_response": { "status": 403 },
        "metadata": { "filter_metadata": { "tokscope": { "scope": "" } } },
    })
}

fn route(model: &Model, rule: &Rule) -> Value {
    let literal: Option<Vec<&str>> = rule.segments.iter().map(crate::manifest::Segment::as_literal).collect();
    let literal = literal
        .filter(|segments| !model.ignore_case && segments.iter().all(|text| text.chars().all(is_path_character)));
    let case = if model.ignore_case { "(?i)" } else { "" };
    let mut matched = match literal {
        Some(segments) => json!({ "path": format!("/{}", segments.join("/")) }),
        None => json!({ "safe_regex": { "regex": format!("{case}{}", path(rule, PathForm::Raw)) } }),
    };
    let method = match rule.methods.as_slice() {
        [only] => json!({ "exact": only }),
        several => json!({ "safe_regex": { "regex": several.join("|") } }),
    };
    if let Value::Object(members) = &mut matched {
        members.insert("headers".to_owned(), json!([{ "name": ":method", "string_match": method }]));
    }
    let requirement = if rule.access.anonymous { "token_or_none" } else { "token" };
    let per_route =
        typed("extensions.filters.http.jwt_authn.v3.PerRouteConfig", json!({ "requirement_name": requirement }));
    let policies =
        json!({ "required": { "permissions": [{ "any": true }], "principals": principals(model, &rule.access) } });
    let policies = if rule.access.alternatives.is_empty() { json!({}) } else { policies };
    let rbac = typed(
        "extensions.filters.http.rbac.v3.RBACPerRoute",
        json!({ "rbac": { "rules": { "action": "ALLOW", "policies": policies } } }),
    );
    let mut filters = Map::new();
    if rule.access.anonymous {
        filters.insert(JWT.to_owned(), per_route);
    }
    filters.insert(RBAC.to_owned(), rbac);
    json!({
        "name": format!("{} ({}): {}", rule.endpoint, model.place(rule), rule.required),
        "match": matched,
        "route": { "cluster": "upstream" },
        "metadata": { "filter_metadata": { "tokscope": { "scope": rule.challenge } } },
        "typed_per_filter_config": filters,
    })
}

/// Who may call an endpoint: one principal for each alternative.
fn principals(model: &Model, access: &Access) -> Vec<Value> {
    let all = |alternative: &Vec<ScopeNeed>| -> Value {
        let scopes: Vec<Value> = alternative.iter().map(|need| scope(model, need)).collect();
        match scopes.len() {
            0 => json!({ "any": true }),
            1 => scopes.into_iter().next().unwrap_or_default(),
            _ => json!({ "and_ids": { "ids": scopes } }),
        }
    };
    let mut principals: Vec<Value> = access.alternatives.iter().map(all).collect();
    if access.anonymous && !access.alternatives.iter().any(Vec::is_empty) {
        let token = metadata(&["claims", "iss"], &json!({ "present_match": true }));
        principals.push(json!({ "not_id": token }));
    }
    principals
}

/// Whether a claim lists a scope or one that implies it.
fn scope(model: &Model, need: &ScopeNeed) -> Value {
    let mut exact: Vec<Value> =
        need.iter().map(|scope| json!({ "string_match": { "exact": scope.as_str() } })).collect();
    let one = match exact.len() {
        1 => exact.pop().unwrap_or_default(),
        _ => json!({ "or_match": { "value_matchers": exact } }),
    };
    let value = json!({ "list_match": { "one_of": one } });
    let mut claims: Vec<Value> = model.claims.iter().map(|claim| metadata(&["claims", claim], &value)).collect();
    match claims.len() {
        1 => claims.pop().unwrap_or_default(),
        _ => json!({ "or_ids": { "ids": claims } }),
    }
}

/// Returns an address such as `127.0.0.1:8080`.
fn address(listen: &str) -> Result<Value, Diagnostic> {
    let parsed = listen.parse::<core::net::SocketAddr>().map_err(|_| {
        unsupported(
            format!("`{listen}` is not a valid address"),
            "use an IP address and a port, such as `--listen 0.0.0.0:8080`",
        )
    })?;
    Ok(json!({ "socket_address": { "address": parsed.ip().to_string(), "port_value": parsed.port() } }))
}

/// A cluster with one host; with TLS and a verified name for `https`.
fn cluster(name: &str, url: &url::Url) -> Value {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(443);
    let address = json!({ "socket_address": { "address": host, "port_value": port } });
    let mut cluster = json!({
        "name": name,
        "type": if host.parse::<core::net::IpAddr>().is_ok() { "STATIC" } else { "STRICT_DNS" },
        "connect_timeout": "5s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{ "lb_endpoints": [{ "endpoint": { "address": address } }] }],
        },
    });
    if let (Value::Object(members), "https") = (&mut cluster, url.scheme()) {
        let validation = json!({
            "trusted_ca": { "filename": "/etc/ssl/certs/ca-certificates.crt" },
            "match_typed_subject_alt_names": [{ "san_type": "DNS", "matcher": { "exact": host } }],
        });
        let tls = typed(
            "extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            json!({ "sni": host, "common_tls_context": { "validation_context": validation } }),
        );
        members.insert(
            "transport_socket".to_owned(),
            json!({ "name": "envoy.transport_sockets.tls", "typed_config": tls }),
        );
    }
    cluster
}

/// Describes what a route on one line requires: an OR of ANDs, [`OPEN`], or `a valid token`. `None` if it is not a route.
pub(super) fn requirement(line: &str) -> Option<String> {
    let route: Value = serde_json::from_str(line).ok()?;
    let filters = route.get("typed_per_filter_config");
    let rbac = filters.and_then(|filters| filters.get(RBAC));
    let Some(rules) = rbac.and_then(|rbac| rbac.pointer("/rbac/rules")) else {
        // without RBAC of its own, the listener's denies; an empty one allows
        return Some(if rbac.is_some() { OPEN } else { "more than any token has" }.to_owned());
    };
    let is_token_needed = filters.and_then(|filters| filters.get(JWT)).is_none();
    let policies = rules.get("policies").and_then(Value::as_object).into_iter().flatten();
    let principals = policies.filter_map(|(_, policy)| policy.get("principals")?.as_array()).flatten();
    let alternatives: Vec<String> = principals.map(principal).collect();
    Some(match (rules.get("action").and_then(Value::as_str), alternatives.as_slice()) {
        (Some("ALLOW") | None, []) => "more than any token has".to_owned(),
        (Some("ALLOW") | None, all) if all.iter().any(|one| one == "any") => {
            if is_token_needed { "a valid token" } else { OPEN }.to_owned()
        }
        (Some("ALLOW") | None, [only]) => only.clone(),
        (Some("ALLOW") | None, several) => format!("any of {}", several.join(" | ")),
        (Some(other), _) => format!("{other} of {}", alternatives.join(" | ")),
    })
}

/// Describes a principal.
fn principal(value: &Value) -> String {
    let list = |name: &str| value.pointer(&format!("/{name}/ids")).and_then(Value::as_array);
    if let Some(ids) = list("and_ids") {
        return ids.iter().map(principal).collect::<Vec<_>>().join(" and ");
    }
    if let Some(ids) = list("or_ids") {
        let mut names: Vec<String> = ids.iter().map(principal).collect();
        names.dedup();
        return names.join(" or ");
    }
    if value.get("any").is_some() {
        return "any".to_owned();
    }
    let one = value.pointer("/metadata/value/list_match/one_of");
    let exact = |value: &Value| value.pointer("/string_match/exact").and_then(Value::as_str).map(str::to_owned);
    let several = |value: &Value| -> Option<String> {
        let matchers = value.pointer("/or_match/value_matchers")?.as_array()?;
        Some(matchers.iter().filter_map(exact).collect::<Vec<_>>().join(" or "))
    };
    let known = one.and_then(|one| exact(one).or_else(|| several(one)));
    known.unwrap_or_else(|| value.to_string())
}
