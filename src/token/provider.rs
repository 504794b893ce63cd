//! Products of authorization servers, detected from a token, since the same claim has different meanings.

use super::Json;
use super::glossary::{
    AUTH0, COGNITO, ENTRA, GITHUB_ACTIONS, GITLAB_CI, GOOGLE, KEYCLOAK, KUBERNETES, OKTA, PING, SALESFORCE, SPIFFE,
    SPRING, Term,
};

/// A known authorization server product.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// Name in kebab-case: `provider` in `tokscope.decode/v1`.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    issuers: &'static [Issuer],
    /// Sets of claims: a complete one identifies the product, whatever the issuer.
    marks: &'static [&'static [&'static str]],
    /// Meanings of its claims.
    pub(super) claims: &'static [Term],
    /// Whether it never signs with a shared secret.
    pub(super) asymmetric: bool,
    /// Whether its access tokens have no `aud` by design.
    pub(super) without_audience: bool,
}

/// Pattern of an issuer.
#[derive(Debug, PartialEq, Eq)]
enum Issuer {
    /// This host or a subdomain.
    Under(&'static str),
    /// A path with this part.
    Path(&'static str),
    /// Exactly this string.
    Whole(&'static str),
}

/// Known products.
pub(super) static PROVIDERS: &[Provider] = &[
    Provider {
        name: "entra",
        title: "Microsoft Entra",
        issuers: &[
            Issuer::Under("login.microsoftonline.com"),
            Issuer::Under("sts.windows.net"),
            Issuer::Under("login.microsoftonline.us"),
            Issuer::Under("login.partner.microsoftonline.cn"),
            Issuer::Under("ciamlogin.com"),
            Issuer::Under("b2clogin.com"),
        ],
        marks: &[&["tid", "oid", "ver"], &["tid", "uti"]],
        claims: ENTRA,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "okta",
        title: "Okta",
        issuers: &[Issuer::Under("okta.com"), Issuer::Under("oktapreview.com"), Issuer::Under("okta-emea.com")],
        marks: &[&["cid", "scp", "ver"]],
        claims: OKTA,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "auth0",
        title: "Auth0",
        issuers: &[Issuer::Under("auth0.com")],
        marks: &[&["gty", "azp"], &["permissions", "azp", "scope"]],
        claims: AUTH0,
        asymmetric: false,
        without_audience: false,
    },
    Provider {
        name: "cognito",
        title: "Amazon Cognito",
        issuers: &[Issuer::Under("amazonaws.com"), Issuer::Under("amazonaws.com.cn")],
        marks: &[&["token_use", "origin_jti"]],
        claims: COGNITO,
        asymmetric: true,
        without_audience: true,
    },
    Provider {
        name: "google",
        title: "Google",
        issuers: &[
            Issuer::Under("accounts.google.com"),
            Issuer::Under("securetoken.google.com"),
            Issuer::Whole("accounts.google.com"),
        ],
        marks: &[],
        claims: GOOGLE,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "github-actions",
        title: "GitHub Actions",
        issuers: &[Issuer::Under("token.actions.githubusercontent.com")],
        marks: &[&["repository", "workflow_ref", "runner_environment"]],
        claims: GITHUB_ACTIONS,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "gitlab-ci",
        title: "GitLab CI",
        issuers: &[],
        marks: &[&["project_path", "pipeline_id", "job_id"]],
        claims: GITLAB_CI,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "kubernetes",
        title: "Kubernetes",
        issuers: &[Issuer::Whole("kubernetes/serviceaccount"), Issuer::Under("kubernetes.default.svc")],
        marks: &[&["kubernetes.io"]],
        claims: KUBERNETES,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "keycloak",
        title: "Keycloak",
        issuers: &[Issuer::Path("/realms/")],
        marks: &[&["realm_access"], &["resource_access"]],
        claims: KEYCLOAK,
        asymmetric: false,
        without_audience: false,
    },
    Provider {
        name: "ping",
        title: "Ping Identity",
        issuers: &[
            Issuer::Under("pingone.com"),
            Issuer::Under("pingone.eu"),
            Issuer::Under("pingone.ca"),
            Issuer::Under("pingone.asia"),
            Issuer::Under("forgeblocks.com"),
        ],
        marks: &[&["pi.sri"], &["p1.rid"], &["auditTrackingId", "authGrantId"]],
        claims: PING,
        asymmetric: false,
        without_audience: false,
    },
    Provider {
        name: "salesforce",
        title: "Salesforce",
        issuers: &[Issuer::Under("salesforce.com")],
        marks: &[&["sfi", "mty"], &["sfap_op"]],
        claims: SALESFORCE,
        asymmetric: true,
        without_audience: false,
    },
    Provider {
        name: "spring",
        title: "Spring Authorization Server",
        issuers: &[],
        marks: &[&["authorities"]],
        claims: SPRING,
        asymmetric: false,
        without_audience: false,
    },
    Provider {
        name: "spiffe",
        title: "SPIFFE",
        issuers: &[],
        marks: &[],
        claims: SPIFFE,
        asymmetric: true,
        without_audience: false,
    },
];

/// Detects the product of the issuer from `iss`, or else from the other claims. Nothing is verified.
pub(super) fn detect(claims: &Json) -> Option<&'static Provider> {
    let issuer = claims.get("iss").and_then(Json::as_str).unwrap_or_default();
    let by_issuer = |provider: &&Provider| provider.issuers.iter().any(|known| known.matches(issuer));
    let by_claims =
        |provider: &&Provider| provider.marks.iter().any(|mark| mark.iter().all(|claim| claims.get(claim).is_some()));
    let spiffe = claims.get("sub").and_then(Json::as_str).is_some_and(|subject| subject.starts_with("spiffe://"));
    PROVIDERS
        .iter()
        .find(by_issuer)
        .or_else(|| PROVIDERS.iter().find(by_claims))
        .or_else(|| PROVIDERS.iter().find(|provider| spiffe && provider.name == "spiffe"))
}

impl Issuer {
    fn matches(&self, issuer: &str) -> bool {
        let (host, path) = match issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://")) {
            Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
            None => return matches!(self, Self::Whole(whole) if *whole == issuer),
        };
        match self {
            Self::Under(domain) => {
                host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            Self::Path(part) => format!("/{path}").contains(part),
            Self::Whole(whole) => *whole == issuer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuer_takes_precedence_over_claims() {
        for (claims, name) in [
            (r#"{"iss":"https://login.microsoftonline.com/t/v2.0"}"#, "entra"),
            (r#"{"iss":"https://sts.windows.net/t/"}"#, "entra"),
            (r#"{"iss":"https://dev-1.okta.com/oauth2/default"}"#, "okta"),
            (r#"{"iss":"https://login.example.com/oauth2/x","cid":"c","scp":["a"],"ver":1}"#, "okta"),
            (r#"{"iss":"https://t.eu.auth0.com/"}"#, "auth0"),
            (r#"{"iss":"https://cognito-idp.eu-west-1.amazonaws.com/p"}"#, "cognito"),
            (r#"{"iss":"accounts.google.com"}"#, "google"),
            (r#"{"iss":"https://token.actions.githubusercontent.com"}"#, "github-actions"),
            (
                r#"{"iss":"https://gitlab.example.com","project_path":"a/b","pipeline_id":"1","job_id":"2"}"#,
                "gitlab-ci",
            ),
            (r#"{"iss":"kubernetes/serviceaccount"}"#, "kubernetes"),
            (r#"{"iss":"https://kc.example.com/realms/main"}"#, "keycloak"),
            (r#"{"iss":"https://auth.pingone.eu/x/as"}"#, "ping"),
            (r#"{"iss":"https://acme.my.salesforce.com"}"#, "salesforce"),
            (r#"{"authorities":["a"]}"#, "spring"),
            (r#"{"sub":"spiffe://example.org/web"}"#, "spiffe"),
            (r#"{"iss":"https://evilokta.com"}"#, ""),
            (r#"{"iss":"https://okta.com.evil.test/"}"#, ""),
            (r#"{"iss":"https:///realms/"}"#, "keycloak"),
            (r#"{"iss":"x"}"#, ""),
            ("{}", ""),
        ] {
            let found = detect(&Json::parse(claims).unwrap()).map(|provider| provider.name).unwrap_or_default();
            assert_eq!(found, name, "{claims}");
        }
    }
}
