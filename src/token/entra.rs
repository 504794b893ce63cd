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

/// Domains of the issuers of external tenants: Azure AD B2C, and Microsoft Entra External ID (CIAM).
const EXTERNAL: [&str; 2] = [".b2clogin.com", ".ciamlogin.com"];

/// Resources of Microsoft by their application IDs, and the URIs by which they are requested (Microsoft: first-party
/// applications in sign-in reports).
const RESOURCES: &[(&str, &str)] = &[
    ("00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com"),
    ("00000002-0000-0000-c000-000000000000", "https://graph.windows.net"),
    ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "https://management.azure.com"),
    ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "https://management.core.windows.net"),
    ("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "https://vault.azure.net"),
    ("e406a681-f3d4-42a8-90b6-c2b029497af1", "https://storage.azure.com"),
];

/// Tenants of an authorization endpoint that no token names: whichever tenant the user signs in to issues the token.
const ANY_TENANT: [&str; 4] = ["common", "organizations", "consumers", "{tenantid}"];

/// Returns whether an issuer is Microsoft Entra, in a tenant for employees or an external one.
#[must_use]
pub fn is_entra(issuer: &str) -> bool {
    EntraIssuer::parse(issuer).is_some() || external_tenant(issuer).is_some()
}

/// Returns the host and the path of the issuer of an external tenant.
fn external_tenant(issuer: &str) -> Option<(&str, &str)> {
    let (host, path) = issuer.strip_prefix("https://")?.split_once('/')?;
    EXTERNAL.iter().any(|domain| host.ends_with(domain)).then_some((host, path.trim_end_matches('/')))
}

/// Returns whether two issuers differ only in the name of an external tenant in the host, as in the URL of its metadata.
#[must_use]
pub fn is_same_external_tenant(one: &str, other: &str) -> bool {
    let parsed = external_tenant(one).zip(external_tenant(other));
    parsed.is_some_and(|((_, one), (_, other))| one == other && one.split('/').next().is_some_and(is_guid))
}

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

/// Returns whether two audiences are the same application: its ID, the default App ID URI with this ID, which Microsoft
/// Entra gives to no other application, or the URI of a resource of Microsoft.
#[must_use]
pub fn is_same_application(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|audience| {
        let name = audience.strip_prefix("api://").unwrap_or(audience).trim_end_matches('/');
        RESOURCES.iter().find(|(_, uri)| *uri == name).map_or(name, |(id, _)| id)
    });
    let is_uri = one.starts_with("https://") && one == other;
    is_uri || (is_guid(one) && one.eq_ignore_ascii_case(other))
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
    // version 2.0 names the application by its ID, whatever its App ID URI is: `api://…`, or a URI in the tenant's domain
    let is_app_id_uri = resource.strip_prefix("api://").is_some_and(|application| !is_guid(application))
        || resource.strip_prefix("https://").and_then(|rest| rest.split('/').next()).is_some_and(is_tenant_domain);
    let has_other_name = is_api && is_guid(audience) && is_app_id_uri;
    (is_named || has_other_name).then_some(name)
}

/// Returns whether a host is the initial domain of a tenant.
fn is_tenant_domain(host: &str) -> bool {
    host.ends_with(".onmicrosoft.com")
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
    fn external_tenants_are_of_entra() {
        let name = format!("https://contoso.ciamlogin.com/{TENANT}/v2.0");
        let id = format!("https://{TENANT}.ciamlogin.com/{TENANT}/v2.0");
        assert!(is_entra(&name) && is_same_external_tenant(&name, &id));
        assert!(!is_same_external_tenant(&name, &format!("https://contoso.ciamlogin.com.evil.test/{TENANT}/v2.0")));
        assert!(!is_same_external_tenant(&name, "https://contoso.ciamlogin.com/other/v2.0"));
        let b2c = format!("https://contoso.b2clogin.com/{TENANT}/v2.0/");
        assert!(is_entra(&b2c) && EntraIssuer::parse(&b2c).is_none());
        let application = "66666666-7777-8888-9999-000000000000";
        let scope = "https://contoso.onmicrosoft.com/orders/read";
        assert_eq!([true, false].map(|is_api| short_scope(scope, application, is_api)), [Some("read"), None]);
    }

    #[test]
    fn resources_of_microsoft_have_an_id_and_a_uri() {
        let graph = "00000003-0000-0000-c000-000000000000";
        for (one, other, same) in [
            (graph, "https://graph.microsoft.com", true),
            ("https://graph.microsoft.com/", "https://graph.microsoft.com", true),
            (graph, "https://graph.windows.net", false),
            ("https://api.example.com/", "https://api.example.com", true),
            ("https://api.example.com/v1", "https://api.example.com", false),
        ] {
            assert_eq!(is_same_application(one, other), same, "{one} {other}");
        }
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
            ("https://graph.microsoft.com/Mail.Read", "00000003-0000-0000-c000-000000000000", Some("Mail.Read")),
            ("https://orders.example.com/read", id, None),
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
