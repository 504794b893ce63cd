//! Names that Microsoft Entra uses for the same tenant, application and scope.
//!
//! An access token of version 1.0, the default for an API of one's own, names its tenant and its audience in another way
//! than one of version 2.0. Nothing here applies to other issuers.

/// Hosts of the issuers of version 2.0, and of those of version 1.0 in the same cloud.
const CLOUDS: &[(&str, &str)] = &[
    ("login.microsoftonline.com", "sts.windows.net"),
    ("login.microsoftonline.us", "sts.windows.net"),
    ("login.partner.microsoftonline.cn", "sts.chinacloudapi.cn"),
];

/// Tenants of an authorization endpoint that no token names: whichever tenant the user signs in to issues the token.
const ANY_TENANT: [&str; 4] = ["common", "organizations", "consumers", "{tenantid}"];

/// An issuer at Microsoft Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntraIssuer<'i> {
    /// Tenant: a GUID, or a name that no token has.
    pub tenant: &'i str,
    /// Version of its tokens.
    pub version: &'static str,
    host: &'i str,
}

impl<'i> EntraIssuer<'i> {
    /// Parses an issuer; `None` if it is not one of Microsoft Entra.
    #[must_use]
    pub fn parse(issuer: &'i str) -> Option<Self> {
        let (host, path) = issuer.strip_prefix("https://")?.split_once('/')?;
        let mut steps = path.trim_end_matches('/').split('/');
        let (tenant, version, rest) = (steps.next()?, steps.next(), steps.next());
        if tenant.is_empty() || rest.is_some() {
            return None;
        }
        let version = match version {
            Some("v2.0") if CLOUDS.iter().any(|(second, _)| *second == host) => "2.0",
            None if CLOUDS.iter().any(|(second, first)| [*second, *first].contains(&host)) => "1.0",
            _ => return None,
        };
        Some(Self { tenant, version, host })
    }

    /// Returns whether the issuer stands for any tenant, so that no token has it.
    #[must_use]
    pub fn is_any_tenant(&self) -> bool {
        ANY_TENANT.iter().any(|name| self.tenant.eq_ignore_ascii_case(name))
    }

    /// Returns whether both are the same tenant, in the same cloud.
    #[must_use]
    pub fn is_same_tenant(&self, other: &Self) -> bool {
        let has = |(second, first): &&(&str, &str), host: &str| [*second, *first].contains(&host);
        let cloud = CLOUDS.iter().find(|cloud| has(cloud, self.host) && has(cloud, other.host));
        cloud.is_some() && is_guid(self.tenant) && self.tenant.eq_ignore_ascii_case(other.tenant)
    }
}

/// Returns whether two audiences are the same application: its ID, or the default App ID URI with this ID, which Microsoft
/// Entra gives to no other application.
#[must_use]
pub fn is_same_application(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|audience| audience.strip_prefix("api://").unwrap_or(audience));
    is_guid(one) && one.eq_ignore_ascii_case(other)
}

/// Returns whether a string is a GUID (RFC 9562 §4), as Microsoft Entra writes tenants and applications.
fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Returns the name in `scp` of a scope that is requested as `api://app/name`. `audience`: that of the token. A scope of
/// another resource has none. `is_api`: the audience is known to be the API that the scope is declared for, so that an App
/// ID URI without the application's ID is one of its names.
#[must_use]
pub fn short_scope<'s>(scope: &'s str, audience: &str, is_api: bool) -> Option<&'s str> {
    let (resource, name) = scope.rsplit_once('/')?;
    if name.is_empty() {
        return None;
    }
    let is_named =
        resource.trim_end_matches('/') == audience.trim_end_matches('/') || is_same_application(resource, audience);
    // version 2.0 names the application by its ID, whatever its App ID URI is
    let has_other_name =
        is_api && is_guid(audience) && resource.strip_prefix("api://").is_some_and(|application| !is_guid(application));
    (is_named || has_other_name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn both_versions_of_a_tenant_are_the_same() {
        for (one, other, same) in [
            ("https://login.microsoftonline.com/T/v2.0", "https://sts.windows.net/T/", true),
            ("https://login.microsoftonline.us/T/v2.0", "https://sts.windows.net/T/", true),
            ("https://login.microsoftonline.com/T/v2.0", "https://sts.chinacloudapi.cn/T/", false),
            ("https://login.microsoftonline.com/T/v2.0", "https://sts.windows.net/U/", false),
            ("https://login.microsoftonline.com/common/v2.0", "https://sts.windows.net/common/", false),
        ] {
            let [one, other] = [one, other].map(|text| {
                text.replace("/T/", &format!("/{TENANT}/")).replace("/U/", "/11111111-2222-3333-4444-000000000000/")
            });
            let parsed = EntraIssuer::parse(&one).unwrap().is_same_tenant(&EntraIssuer::parse(&other).unwrap());
            assert_eq!(parsed, same, "{one} {other}");
        }
        for text in [
            "http://sts.windows.net/x/",
            "https://sts.windows.net/",
            "https://sts.windows.net.evil.test/x/",
            "https://login.microsoftonline.com/x/v3.0",
            "https://login.microsoftonline.com/x/y/v2.0",
        ] {
            assert_eq!(EntraIssuer::parse(text), None, "{text}");
        }
        assert!(EntraIssuer::parse("https://login.microsoftonline.com/Common/v2.0").unwrap().is_any_tenant());
    }

    #[test]
    fn scopes_of_the_audience_have_a_short_name() {
        let id = "66666666-7777-8888-9999-000000000000";
        for (scope, audience, short) in [
            ("api://orders/orders.read", id, Some("orders.read")),
            ("api://orders/orders.read", "api://orders", Some("orders.read")),
            ("https://graph.microsoft.com/Mail.Read", "https://graph.microsoft.com", Some("Mail.Read")),
            ("api://66666666-7777-8888-9999-000000000000/read", id, Some("read")),
            ("api://66666666-7777-8888-9999-111111111111/read", id, None),
            ("https://graph.microsoft.com/Mail.Read", id, None),
            ("api://orders/orders.read", "api://customers", None),
            ("orders.read", id, None),
            ("api://orders/", id, None),
        ] {
            assert_eq!(short_scope(scope, audience, true), short, "{scope} {audience}");
            let is_proven = short.filter(|_| !(scope.starts_with("api://orders/") && audience == id));
            assert_eq!(short_scope(scope, audience, false), is_proven, "{scope} {audience}");
        }
        assert!(
            is_same_application(id, &format!("api://{id}")) && !is_same_application("api://orders", "api://orders")
        );
    }
}
