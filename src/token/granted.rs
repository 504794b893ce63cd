//! Granted scopes of a token, and where each was read.

use std::collections::HashSet;
use std::fmt;

use super::Json;
use crate::scope::{Scope, ScopeSet};

/// Source of a granted scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeSource {
    /// Introspection response (RFC 7662 §2.2).
    Introspection,
    /// Token response that issued the token (RFC 6749 §5.1).
    TokenResponse,
    /// Claim, by its path, such as `scope` or `realm_access.roles`.
    Claim(String),
    /// Response header, such as `X-OAuth-Scopes`.
    Header(String),
}

impl fmt::Display for ScopeSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Introspection => formatter.write_str("introspection"),
            Self::TokenResponse => formatter.write_str("token response"),
            Self::Claim(path) => write!(formatter, "claim {path}"),
            Self::Header(name) => write!(formatter, "header {name}"),
        }
    }
}

/// A scope with its first source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedScope {
    /// Scope.
    pub scope: Scope,
    /// First source.
    pub place: ScopeSource,
}

/// Granted scopes of a token, without duplicates, in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted(pub Vec<GrantedScope>);

impl Granted {
    /// Returns the scopes without their sources.
    #[must_use]
    pub fn set(&self) -> ScopeSet {
        self.0.iter().map(|granted| granted.scope.clone()).collect()
    }

    /// Adds a scope unless it is present.
    pub fn add(&mut self, scope: Scope, place: ScopeSource) {
        if !self.0.iter().any(|granted| granted.scope == scope) {
            self.0.push(GrantedScope { scope, place });
        }
    }

    /// Adds scopes that are not present, in linear time.
    pub fn extend(&mut self, granted: impl IntoIterator<Item = GrantedScope>) {
        let mut known: HashSet<Scope> = self.0.iter().map(|granted| granted.scope.clone()).collect();
        self.0.extend(granted.into_iter().filter(|granted| known.insert(granted.scope.clone())));
    }
}

/// Claims with scopes.
pub(super) const CLAIMS: [&str; 4] = ["scope", "scp", "scopes", "permissions"];

/// Claims that show that the `roles` of a Microsoft Entra token may be permissions of an application.
pub(super) const OF_APPLICATIONS: [&str; 3] = ["idtyp", "appidacr", "azpacr"];

/// Claims that list permissions in a form of their own.
const PERMISSIONS: [&str; 10] = [
    "authorization_details",
    "entitlements",
    "permission",
    "privileges",
    "rights",
    "capabilities",
    "org_permissions",
    "grants",
    "policies",
    "access",
];

/// Claims about other parties and keys, whose members grant nothing to the subject.
const NOT_OF_THE_SUBJECT: [&str; 7] =
    ["act", "may_act", "cnf", "realm_access", "resource_access", "events", "token_introspection"];

/// How deep permissions are looked for in other claims.
const MOST_NESTED: usize = 3;

/// Last words of claims in a namespace that list permissions, such as `https://example.com/permissions`.
const PERMISSION_WORDS: [&str; 7] = ["permission", "scope", "role", "entitlement", "privilege", "grant", "access"];

/// Reads the granted scopes out of a claims set, in the order of `scope`, `scp`, `scopes`, `permissions`. In a token that
/// Microsoft Entra issued to an application, `roles` lists the granted permissions.
///
/// `None` if no such claim is present: the scopes are unknown, which is not the same as no scopes.
#[must_use]
pub fn granted(claims: &Json) -> Option<Granted> {
    let roles: &[&str] = if is_of_application(claims) { &["roles"] } else { &[] };
    let mut found: Option<Vec<GrantedScope>> = None;
    for claim in CLAIMS.iter().chain(roles) {
        if let Some(value) = claims.get(claim) {
            found.get_or_insert_default().extend(named_scopes(claim, scopes(value)));
        }
    }
    found.map(distinct)
}

/// Returns whether Microsoft Entra issued a token to an application, not to a user.
fn is_of_application(claims: &Json) -> bool {
    let text = |claim: &str| claims.get(claim).and_then(Json::as_str);
    match text("idtyp") {
        Some(kind) => kind == "app",
        None => {
            claims.get("scp").is_none()
                && ["appidacr", "azpacr"].iter().any(|claim| matches!(text(claim), Some("1" | "2")))
        }
    }
}

/// Reads the roles out of a claims set: `roles`, `realm_access.roles`, `resource_access.*.roles`, `authorities`,
/// `cognito:groups`. Roles are not scopes; each API decides what a role allows.
#[must_use]
pub fn roles(claims: &Json) -> Granted {
    let mut found = Vec::new();
    let mut read = |path: &str, value: Option<&Json>| {
        found.extend(value.into_iter().flat_map(|value| named_scopes(path, scopes(value))));
    };
    read("roles", claims.get("roles").filter(|_| !is_of_application(claims)));
    read("realm_access.roles", claims.get("realm_access").and_then(|access| access.get("roles")));
    for (client, access) in claims.get("resource_access").map(Json::members).unwrap_or_default() {
        read(&format!("resource_access.{client}.roles"), access.get("roles"));
    }
    for claim in ["authorities", "cognito:groups"] {
        read(claim, claims.get(claim));
    }
    distinct(found)
}

/// Reads the permissions at these places: each the name of a claim, or a JSON pointer into the claims (RFC 6901). `None`
/// if none of them is present.
///
/// Read are a string, an array of strings, the members of an object (Zitadel), and the `scopes` and `actions` of the
/// objects in an array: `orders#view` of a UMA permission, `repository:shop/web:pull` of a Docker registry token.
#[must_use]
pub fn granted_at(claims: &Json, places: &[String]) -> Option<Granted> {
    let mut found: Option<Vec<GrantedScope>> = None;
    for place in places {
        if let Some(value) = claim_at(claims, place) {
            found.get_or_insert_default().extend(named_scopes(place, permissions(value)));
        }
    }
    found.map(distinct)
}

/// Returns the claims that may list permissions and that no standard defines as scopes, each as [`granted_at`] takes it:
/// namespaced claims of Auth0, `authorization` of Keycloak (UMA), `access` of Docker registries, roles of ZITADEL, and
/// permissions within other claims.
#[must_use]
pub fn permissions_elsewhere(claims: &Json) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in claims.members() {
        match name.as_str() {
            _ if is_empty(value) => {}
            "access" if value.items().iter().any(|item| item.get("actions").is_some()) => found.push(name.clone()),
            "access" => {}
            // scopes in a form that is not the standard one
            name if CLAIMS.contains(&name) => {
                let is_structured = matches!(value, Json::Object(_))
                    || value
                        .items()
                        .iter()
                        .any(|item| matches!(item, Json::Object(_)) && item.get("authority").is_none());
                found.extend(is_structured.then(|| name.to_owned()));
            }
            // the active organization of a Clerk session
            "o" if value.get("per").is_some() => found.push("/o/per".to_owned()),
            name if PERMISSIONS.contains(&name) || is_namespaced_permission(name) => found.push(name.to_owned()),
            name if NOT_OF_THE_SUBJECT.contains(&name) => {}
            name => nested(&format!("/{}", escaped(name)), value, MOST_NESTED, &mut found),
        }
    }
    found
}

/// Returns whether a claim of an organization's own, such as `https://example.com/permissions`, is named after permissions.
fn is_namespaced_permission(name: &str) -> bool {
    if !(name.contains("://") || name.starts_with("urn:")) {
        return false;
    }
    let last = name.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or_default().to_ascii_lowercase();
    PERMISSION_WORDS.iter().any(|word| last.contains(word))
}

/// Adds the JSON Pointers of the permissions in the members of a claim.
fn nested(pointer: &str, value: &Json, depth: usize, found: &mut Vec<String>) {
    for (name, member) in value.members() {
        let path = format!("{pointer}/{}", escaped(name));
        let lists = matches!(member, Json::String(_) | Json::Array(_));
        match name.as_str() {
            _ if is_empty(member) => {}
            name if lists && (CLAIMS.contains(&name) || PERMISSIONS.contains(&name)) => found.push(path),
            _ if depth > 1 => nested(&path, member, depth - 1, found),
            _ => {}
        }
    }
}

/// Returns a step of a JSON Pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Returns whether a value lists nothing.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
    }
}

/// Returns a claim by its name or, if there is none with this name, by JSON pointer (RFC 6901).
#[must_use]
pub fn claim_at<'j>(claims: &'j Json, name: &str) -> Option<&'j Json> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    name.strip_prefix('/')?.split('/').try_fold(claims, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match value {
            Json::Array(items) => items.get(step.parse::<usize>().ok()?),
            value => value.get(&step),
        }
    })
}

fn named_scopes(path: &str, scopes: Vec<Scope>) -> impl Iterator<Item = GrantedScope> + use<> {
    let place = ScopeSource::Claim(path.to_owned());
    scopes.into_iter().map(move |scope| GrantedScope { scope, place: place.clone() })
}

fn distinct(found: Vec<GrantedScope>) -> Granted {
    let mut granted = Granted::default();
    granted.extend(found);
    granted
}

/// Reads permissions in any of the forms of [`granted_at`].
fn permissions(value: &Json) -> Vec<Scope> {
    let parse = |name: &str| Scope::parse(name).ok();
    match value {
        Json::String(text) if text.contains(',') => text.split(',').filter_map(|name| parse(name.trim())).collect(),
        Json::Object(members) => {
            let is_granted = |value: &Json| *value != Json::Bool(false);
            members.iter().filter(|(_, value)| is_granted(value)).filter_map(|(name, _)| parse(name)).collect()
        }
        Json::Array(items) => items
            .iter()
            .flat_map(|item| match item {
                Json::Object(_) => of_object(item),
                item => scopes(&Json::Array(vec![item.clone()])),
            })
            .collect(),
        value => scopes(value),
    }
}

/// Reads a permission of an array: of UMA (`rsname`, `scopes`), of a Docker registry (`type`, `name`, `actions`), or an
/// authority of Spring.
fn of_object(item: &Json) -> Vec<Scope> {
    let text = |name: &str| item.get(name).and_then(Json::as_str);
    let list = |name: &str| item.get(name).map(scopes).unwrap_or_default();
    let joined = |prefix: String, scopes: Vec<Scope>| -> Vec<Scope> {
        scopes.iter().filter_map(|scope| Scope::parse(&format!("{prefix}{scope}")).ok()).collect()
    };
    match (text("rsname").or_else(|| text("rsid")), text("type"), text("name")) {
        (Some(resource), _, _) if item.get("scopes").is_some() => joined(format!("{resource}#"), list("scopes")),
        (Some(resource), _, _) => Scope::parse(resource).into_iter().collect(),
        (None, Some(kind), Some(name)) if item.get("actions").is_some() => {
            joined(format!("{kind}:{name}:"), list("actions"))
        }
        _ => match ["authority", "permission", "scope"].into_iter().find_map(text) {
            Some(name) => Scope::parse(name).into_iter().collect(),
            None => {
                let lists = [list("scopes"), list("actions"), list("permissions")].concat();
                let name = text("name").filter(|_| lists.is_empty()).and_then(|name| Scope::parse(name).ok());
                lists.into_iter().chain(name).collect()
            }
        },
    }
}

/// Returns whether the claims that [`granted`] reads are all empty, without even an invalid scope.
pub(super) fn is_empty_list(claims: &Json) -> bool {
    fn is_blank(value: &Json) -> bool {
        match value {
            Json::Null => true,
            Json::String(text) => text.trim().is_empty(),
            Json::Array(items) => items.iter().all(is_blank),
            Json::Object(members) => members.iter().all(|(_, value)| is_blank(value)),
            Json::Bool(_) | Json::Number(_) => false,
        }
    }
    CLAIMS.iter().filter_map(|claim| claims.get(claim)).all(is_blank)
}

/// Reads scopes from a space-separated string, or from an array of such strings. Spring also encodes an authority as an
/// object.
fn scopes(value: &Json) -> Vec<Scope> {
    let split = |text: &str| text.split_ascii_whitespace().filter_map(|scope| Scope::parse(scope).ok()).collect();
    match value {
        Json::String(text) => split(text),
        Json::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str().or_else(|| item.get("authority")?.as_str()))
            .flat_map(split as fn(&str) -> Vec<Scope>)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_from_every_source_in_order() {
        for (claims, expected) in [
            (r#"{"sub":"x"}"#, None),
            (r#"{"scope":""}"#, Some("")),
            (r#"{"scp":["a","b c"],"scope":"b d"}"#, Some("b@scope d@scope a@scp c@scp")),
            (r#"{"permissions":["read:x"],"scope":"openid"}"#, Some("openid@scope read:x@permissions")),
            (r#"{"scope":7}"#, Some("")),
            (r#"{"roles":["r"],"realm_access":{"roles":["r"]},"authorities":["SCOPE_b"]}"#, None),
            (r#"{"idtyp":"app","roles":["Orders.Read"]}"#, Some("Orders.Read@roles")),
            (r#"{"azpacr":"1","roles":["Orders.Read"]}"#, Some("Orders.Read@roles")),
            (r#"{"azpacr":"1","scp":"a","roles":["Manager"]}"#, Some("a@scp")),
            (r#"{"idtyp":"user","azpacr":"1","roles":["Manager"]}"#, None),
        ] {
            let found = granted(&Json::parse(claims).unwrap()).map(|granted| {
                let one = |granted: &GrantedScope| {
                    format!("{}@{}", granted.scope, granted.place.to_string().trim_start_matches("claim "))
                };
                granted.0.iter().map(one).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{claims}");
        }
    }

    fn listed(granted: &Granted) -> String {
        granted.0.iter().map(|granted| format!("{}@{}", granted.scope, granted.place)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn roles_are_read_apart_from_scopes() {
        for (claims, expected) in [
            ("{}", ""),
            (
                r#"{"realm_access":{"roles":["r"]},"resource_access":{"app":{"roles":["q"]},"x":1},"cognito:groups":["g"]}"#,
                "r@claim realm_access.roles q@claim resource_access.app.roles g@claim cognito:groups",
            ),
            (
                r#"{"authorities":[{"authority":"ROLE_A"},"SCOPE_b"]}"#,
                "ROLE_A@claim authorities SCOPE_b@claim authorities",
            ),
            (r#"{"scope":"a","roles":["Manager"]}"#, "Manager@claim roles"),
            (r#"{"idtyp":"app","roles":["Orders.Read"]}"#, ""),
        ] {
            assert_eq!(listed(&roles(&Json::parse(claims).unwrap())), expected, "{claims}");
        }
    }

    #[test]
    fn permissions_are_read_where_the_manifest_says() {
        for (place, claims, expected) in [
            ("https://example.com/permissions", r#"{"https://example.com/permissions":["a","b"]}"#, Some("a b")),
            (
                "/authorization/permissions",
                r#"{"authorization":{"permissions":[{"rsname":"orders","scopes":["view","edit"]},{"rsname":"x"}]}}"#,
                Some("orders#view orders#edit x"),
            ),
            (
                "access",
                r#"{"access":[{"type":"repository","name":"shop/web","actions":["pull","push"]}]}"#,
                Some("repository:shop/web:pull repository:shop/web:push"),
            ),
            (
                "urn:zitadel:iam:org:project:roles",
                r#"{"urn:zitadel:iam:org:project:roles":{"admin":{"1":"a.test"},"reader":{}}}"#,
                Some("admin reader"),
            ),
            ("/o/per", r#"{"o":{"per":"read,manage"}}"#, Some("read manage")),
            ("roles", r#"{"roles":["a b"]}"#, Some("a b")),
            ("permissions", r#"{"permissions":[{"name":"a"},{"permission":"b"}]}"#, Some("a b")),
            ("/rights", r#"{"rights":{"a":true,"b":false}}"#, Some("a")),
            ("permissions", r#"{"scope":"a"}"#, None),
            ("/realm_access/roles", r#"{"realm_access":{"roles":[]}}"#, Some("")),
        ] {
            let found = granted_at(&Json::parse(claims).unwrap(), &[place.to_owned()]);
            assert_eq!(
                found.map(|granted| granted.set()),
                expected.map(|text| ScopeSet::parse(text).unwrap()),
                "{claims}"
            );
        }
    }

    #[test]
    fn permissions_in_other_claims_are_detected() {
        for (claims, expected) in [
            (r#"{"scope":"a","roles":["b"],"realm_access":{"roles":["c"]}}"#, ""),
            (
                r#"{"https://example.com/permissions":["a"],"https://example.com/email":"b"}"#,
                "https://example.com/permissions",
            ),
            (r#"{"https://example.com/roles":[]}"#, ""),
            (r#"{"urn:zitadel:iam:org:project:123:roles":{"admin":{}}}"#, "urn:zitadel:iam:org:project:123:roles"),
            (
                r#"{"authorization":{"permissions":[{"rsid":"x"}]},"access":[{"type":"repository","actions":["pull"]}]}"#,
                "/authorization/permissions access",
            ),
            (r#"{"access":"read","authorization":"x","entitlements":["a"]}"#, "entitlements"),
            (r#"{"authorization_details":[{"type":"payment"}],"o":{"per":"read"}}"#, "authorization_details /o/per"),
            (r#"{"app_metadata":{"permissions":["a"]},"user_metadata":{"theme":"x"}}"#, "/app_metadata/permissions"),
            (r#"{"tenants":{"t1":{"permissions":["a"],"roles":["b"]}}}"#, "/tenants/t1/permissions"),
            (r#"{"permissions":[{"name":"a"}],"scope":{"b":true}}"#, "permissions scope"),
            (
                r#"{"act":{"scope":"a"},"resource_access":{"c":{"permissions":["x"]}},"authorities":[{"authority":"a"}]}"#,
                "",
            ),
        ] {
            assert_eq!(permissions_elsewhere(&Json::parse(claims).unwrap()).join(" "), expected, "{claims}");
        }
    }

    #[test]
    fn claim_names_take_precedence_over_json_pointers() {
        let claims = Json::parse(r#"{"/a":1,"a":{"b/c":[true,"x"]},"https://example.com/role":"r"}"#).unwrap();
        for (name, found) in [
            ("/a", Some("1")),
            ("/a/b~1c/1", Some("\"x\"")),
            ("/a/b~1c/7", None),
            ("https://example.com/role", Some("\"r\"")),
            ("b", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(claim_at(&claims, name).map(ToString::to_string).as_deref(), found, "{name}");
        }
    }
}
