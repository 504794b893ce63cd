//! Names that authorization servers use for the same scope, and scopes that belong to no API.

use super::{Scope, ScopeSet};

/// Scopes of OpenID Connect (Core §5.4, §11): they are for the authorization server itself, not for an API.
pub const IDENTITY_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Names under which a server grants a scope that is requested under another name: as granted, as requested.
const ALIASES: &[(&str, &str)] = &[
    // Google grants `email` and `profile` under the URIs of its user information API
    ("https://www.googleapis.com/auth/userinfo.email", "email"),
    ("https://www.googleapis.com/auth/userinfo.profile", "profile"),
];

/// Resources whose scopes have a short name as well: Microsoft Graph in its clouds, by URI and by application ID.
const GRAPH: &[&str] = &[
    "https://graph.microsoft.com/",
    "https://graph.microsoft.us/",
    "https://dod-graph.microsoft.us/",
    "https://microsoftgraph.chinacloudapi.cn/",
    "00000003-0000-0000-c000-000000000000/",
];

/// The hosts of Microsoft's authorization servers.
const MICROSOFT: &[&str] =
    &["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

/// The one name of a scope that has several: `email` of `https://www.googleapis.com/auth/userinfo.email`, `User.Read` of
/// `https://graph.microsoft.com/User.Read`. Any other scope is its own.
#[must_use]
pub fn canonical(scope: &str) -> &str {
    if let Some((_, name)) = ALIASES.iter().find(|(granted, _)| *granted == scope) {
        return name;
    }
    GRAPH.iter().find_map(|resource| scope.strip_prefix(resource)).filter(|name| !name.is_empty()).unwrap_or(scope)
}

/// Whether a scope belongs to OpenID Connect, under any of its names.
#[must_use]
pub fn is_identity_scope(scope: &str) -> bool {
    IDENTITY_SCOPES.contains(&canonical(scope))
}

/// Whether a scope is one of Microsoft Graph, whose tokens carry every scope that was ever consented to, whatever is
/// requested. `host`: of the issuer, since only Microsoft's own server means Graph by a name without a resource.
#[must_use]
pub fn is_cumulative(scope: &str, host: Option<&str>) -> bool {
    let of_microsoft = host.is_some_and(|host| MICROSOFT.contains(&host));
    GRAPH.iter().any(|resource| scope.starts_with(resource)) || (of_microsoft && !scope.contains('/'))
}

/// Granted scopes under the names by which they were requested, where these are names of the same scope.
#[must_use]
pub fn as_requested(granted: &ScopeSet, requested: &ScopeSet) -> ScopeSet {
    let name = |scope: &Scope| {
        if requested.contains(scope.as_str()) {
            return scope.clone();
        }
        let same = requested.iter().find(|asked| canonical(asked.as_str()) == canonical(scope.as_str()));
        same.unwrap_or(scope).clone()
    };
    granted.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_granted_under_another_name_counts_as_the_requested_one() {
        const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
        const GRAPH: &str = "https://graph.microsoft.com/User.Read";
        const OTHER: &str = "https://graph.microsoft.com.example/User.Read";
        for (requested, granted, expected) in [
            ("email openid", "openid https://www.googleapis.com/auth/userinfo.email", "email openid"),
            ("email", "openid https://www.googleapis.com/auth/userinfo.email", "email openid"),
            (
                "email",
                "https://www.googleapis.com/auth/userinfo.profile",
                "https://www.googleapis.com/auth/userinfo.profile",
            ),
            (EMAIL, "email", EMAIL),
            ("User.Read", GRAPH, "User.Read"),
            (GRAPH, "User.Read", GRAPH),
            ("User.Read", "user.read", "user.read"),
            ("User.Read", OTHER, OTHER),
            ("a", "b", "b"),
        ] {
            let [requested, granted, expected] =
                [requested, granted, expected].map(|scopes| ScopeSet::parse(scopes).unwrap());
            assert_eq!(as_requested(&granted, &requested), expected);
        }
    }

    #[test]
    fn only_microsoft_means_graph_by_a_short_name() {
        for (scope, host, expected) in [
            ("https://graph.microsoft.com/Mail.Read", None, true),
            ("Mail.Read", Some("login.microsoftonline.com"), true),
            ("Mail.Read", Some("login.example.com"), false),
            ("Mail.Read", None, false),
            ("api://orders/Orders.Read", Some("login.microsoftonline.com"), false),
            ("https://graph.microsoft.com.example/Mail.Read", Some("login.example.com"), false),
        ] {
            assert_eq!(is_cumulative(scope, host), expected, "{scope} {host:?}");
        }
        assert!(is_identity_scope("https://www.googleapis.com/auth/userinfo.profile") && !is_identity_scope("orders"));
    }
}
