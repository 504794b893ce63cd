//! Products that issue tokens, detected from a token, since the same claim has different meanings.

use std::sync::LazyLock;

use super::Json;
use super::glossary::{
    ADFS, APPLE, AUTH0, AWS_STS, AZURE_DEVOPS, BITBUCKET, BUILDKITE, CIRCLECI, CLERK, CLOUDFLARE_ACCESS, CODEFRESH,
    COGNITO, DESCOPE, ENTRA, FLY, FUSIONAUTH, GITHUB_ACTIONS, GITLAB_CI, GOOGLE, HARNESS, KEYCLOAK, KINDE, KUBERNETES,
    NOMAD, OKTA, PING, PULUMI, SALESFORCE, SEMAPHORE, SPACELIFT, SPIFFE, SPRING, STYTCH, SUPABASE, TELEPORT, TERRAFORM,
    Term, VAULT, VERCEL, WORKOS, ZITADEL,
};
use super::names::NameBits;
use super::purpose::{ACCESS_TOKEN, ID_TOKEN, JWT_SVID, PROXY_IDENTITY, Purpose, WORKLOAD_IDENTITY};

/// A known product that issues tokens.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// Name in kebab-case: `provider` in `tokscope.decode/v1`.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    issuers: &'static [Issuer],
    /// Sets of claims: a complete one identifies the product, whatever the issuer. `name=beginning` requires a string that
    /// begins so, or an array with one.
    marks: &'static [&'static [&'static str]],
    /// Meanings of its claims.
    pub(super) claims: &'static [Term],
    /// The kind of its tokens, unless their type or their claims say otherwise.
    pub(super) purpose: Option<&'static Purpose>,
    /// Deviations from other providers.
    habits: &'static [Habit],
}

/// A documented way in which the tokens of a provider differ from those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// It never signs with a shared secret.
    KeyPair,
    /// Its access tokens have no `aud`.
    NoAudience,
    /// Its issuer is a name that nobody fetches, even if it looks like an `http` URL.
    IssuerIsName,
    /// `auth_time` is a string in ISO 8601.
    TextualAuthTime,
    /// Permissions granted to an application are in `roles`.
    RolesOfApplications,
    /// It signs access tokens for Microsoft Graph over a header with the hash of `nonce`.
    NonceInHeader,
}

impl Provider {
    pub(super) fn has(&self, habit: Habit) -> bool {
        self.habits.contains(&habit)
    }
}

/// Pattern of an issuer.
#[derive(Debug, PartialEq, Eq)]
enum Issuer {
    /// This host or a subdomain.
    Under(&'static str),
    /// A host with this beginning and this end.
    Host(&'static str, &'static str),
    /// A path with this part.
    Path(&'static str),
    /// A path with this end.
    PathEnd(&'static str),
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
        purpose: None,
        habits: &[Habit::KeyPair, Habit::RolesOfApplications, Habit::NonceInHeader],
    },
    Provider {
        name: "okta",
        title: "Okta",
        issuers: &[Issuer::Under("okta.com"), Issuer::Under("oktapreview.com"), Issuer::Under("okta-emea.com")],
        marks: &[&["cid", "scp", "ver"]],
        claims: OKTA,
        purpose: None,
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "auth0",
        title: "Auth0",
        issuers: &[Issuer::Under("auth0.com")],
        marks: &[&["gty", "azp"], &["permissions", "azp", "scope"]],
        claims: AUTH0,
        purpose: None,
        habits: &[],
    },
    Provider {
        name: "cognito",
        title: "Amazon Cognito",
        issuers: &[
            Issuer::Host("cognito-idp.", ".amazonaws.com"),
            Issuer::Host("cognito-idp.", ".amazonaws.com.cn"),
            Issuer::Host("cognito-idp-fips.", ".amazonaws.com"),
        ],
        marks: &[&["token_use", "origin_jti"]],
        claims: COGNITO,
        purpose: None,
        habits: &[Habit::KeyPair, Habit::NoAudience],
    },
    Provider {
        name: "google",
        title: "Google",
        issuers: &[
            Issuer::Under("accounts.google.com"),
            Issuer::Under("securetoken.google.com"),
            Issuer::Under("session.firebase.google.com"),
            Issuer::Whole("accounts.google.com"),
        ],
        marks: &[],
        claims: GOOGLE,
        purpose: Some(&ID_TOKEN),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "github-actions",
        title: "GitHub Actions",
        issuers: &[Issuer::Under("token.actions.githubusercontent.com")],
        marks: &[&["repository", "workflow_ref", "runner_environment"]],
        claims: GITHUB_ACTIONS,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "gitlab-ci",
        title: "GitLab CI",
        issuers: &[],
        marks: &[&["project_path", "pipeline_id", "job_id"]],
        claims: GITLAB_CI,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "kubernetes",
        title: "Kubernetes",
        issuers: &[
            Issuer::Whole("kubernetes/serviceaccount"),
            Issuer::Under("kubernetes.default.svc"),
            Issuer::Under("kubernetes.default.svc.cluster.local"),
            Issuer::Host("oidc.eks.", ".amazonaws.com"),
            Issuer::Host("oidc.eks.", ".amazonaws.com.cn"),
            Issuer::Host("oidc-eks.", ".api.aws"),
            Issuer::Under("container.googleapis.com"),
            Issuer::Host("", ".oic.prod-aks.azure.com"),
        ],
        marks: &[&["kubernetes.io"]],
        claims: KUBERNETES,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "keycloak",
        title: "Keycloak",
        issuers: &[Issuer::Path("/realms/")],
        marks: &[&["realm_access"], &["resource_access"]],
        claims: KEYCLOAK,
        purpose: None,
        habits: &[],
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
        purpose: None,
        habits: &[],
    },
    Provider {
        name: "salesforce",
        title: "Salesforce",
        issuers: &[Issuer::Under("salesforce.com")],
        marks: &[&["sfi", "mty"], &["sfap_op"]],
        claims: SALESFORCE,
        purpose: None,
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "spring",
        title: "Spring Authorization Server",
        issuers: &[],
        marks: &[&["authorities"]],
        claims: SPRING,
        purpose: None,
        habits: &[],
    },
    Provider {
        name: "circleci",
        title: "CircleCI",
        issuers: &[Issuer::Under("oidc.circleci.com")],
        marks: &[&["oidc.circleci.com/project-id"]],
        claims: CIRCLECI,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "buildkite",
        title: "Buildkite",
        issuers: &[Issuer::Under("agent.buildkite.com")],
        marks: &[&["organization_slug", "pipeline_slug", "build_number"]],
        claims: BUILDKITE,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "hcp-terraform",
        title: "HCP Terraform",
        issuers: &[Issuer::Under("app.terraform.io"), Issuer::Under("app.eu.terraform.io")],
        marks: &[&["terraform_workspace_id", "terraform_run_id"]],
        claims: TERRAFORM,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "bitbucket-pipelines",
        title: "Bitbucket Pipelines",
        issuers: &[Issuer::PathEnd("/pipelines-config/identity/oidc")],
        marks: &[&["pipelineUuid", "stepUuid"]],
        claims: BITBUCKET,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "azure-devops",
        title: "Azure DevOps",
        issuers: &[Issuer::Under("vstoken.dev.azure.com")],
        marks: &[&["sub=sc://", "aud=api://AzureADTokenExchange"]],
        claims: AZURE_DEVOPS,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "vercel",
        title: "Vercel",
        issuers: &[Issuer::Under("oidc.vercel.com")],
        marks: &[&["sub=owner:", "project_id", "owner_id"]],
        claims: VERCEL,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "fly",
        title: "Fly.io",
        issuers: &[Issuer::Under("oidc.fly.io")],
        marks: &[&["machine_id", "app_name", "org_name"]],
        claims: FLY,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "vault",
        title: "HashiCorp Vault",
        issuers: &[
            Issuer::PathEnd("/identity/oidc"),
            Issuer::PathEnd("/identity/oidc/plugins"),
            Issuer::Path("/identity/oidc/provider/"),
        ],
        marks: &[],
        claims: VAULT,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "spacelift",
        title: "Spacelift",
        issuers: &[Issuer::Under("spacelift.io")],
        marks: &[&["spaceId", "callerType", "runType"]],
        claims: SPACELIFT,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "aws-sts",
        title: "AWS STS",
        issuers: &[Issuer::Under("tokens.sts.global.api.aws")],
        marks: &[&["https://sts.amazonaws.com/"]],
        claims: AWS_STS,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "supabase",
        title: "Supabase",
        issuers: &[Issuer::Under("supabase.co"), Issuer::Whole("supabase"), Issuer::Whole("supabase-demo")],
        marks: &[&["app_metadata", "session_id", "aal"]],
        claims: SUPABASE,
        purpose: Some(&ACCESS_TOKEN),
        habits: &[],
    },
    Provider {
        name: "clerk",
        title: "Clerk",
        issuers: &[Issuer::Under("clerk.accounts.dev"), Issuer::Host("clerk.", "")],
        marks: &[&["sid=sess_", "sub=user_"]],
        claims: CLERK,
        purpose: Some(&ACCESS_TOKEN),
        habits: &[Habit::KeyPair, Habit::NoAudience],
    },
    Provider {
        name: "adfs",
        title: "AD FS",
        issuers: &[Issuer::PathEnd("/adfs/services/trust"), Issuer::PathEnd("/adfs")],
        marks: &[&["apptype", "appid", "authmethod"]],
        claims: ADFS,
        purpose: None,
        habits: &[Habit::KeyPair, Habit::IssuerIsName, Habit::TextualAuthTime],
    },
    Provider {
        name: "teleport",
        title: "Teleport",
        issuers: &[],
        marks: &[&["username", "roles", "traits"]],
        claims: TELEPORT,
        purpose: Some(&PROXY_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "cloudflare-access",
        title: "Cloudflare Access",
        issuers: &[Issuer::Under("cloudflareaccess.com")],
        marks: &[],
        claims: CLOUDFLARE_ACCESS,
        purpose: Some(&PROXY_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "google-iap",
        title: "Google Identity-Aware Proxy",
        issuers: &[Issuer::Whole("https://cloud.google.com/iap")],
        marks: &[],
        claims: GOOGLE,
        purpose: Some(&PROXY_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "apple",
        title: "Apple",
        issuers: &[Issuer::Under("appleid.apple.com")],
        marks: &[&["aud=https://appleid.apple.com"], &["aud=appstoreconnect-v1"]],
        claims: APPLE,
        purpose: None,
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "nomad",
        title: "HashiCorp Nomad",
        issuers: &[],
        marks: &[&["nomad_job_id", "nomad_namespace"]],
        claims: NOMAD,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "pulumi",
        title: "Pulumi Cloud",
        issuers: &[Issuer::Under("api.pulumi.com")],
        marks: &[&["sub=pulumi:"]],
        claims: PULUMI,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "semaphore",
        title: "Semaphore",
        issuers: &[Issuer::Under("semaphoreci.com")],
        marks: &[&["prj_id", "wf_id", "ppl_id"]],
        claims: SEMAPHORE,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "codefresh",
        title: "Codefresh",
        issuers: &[Issuer::Under("oidc.codefresh.io")],
        marks: &[],
        claims: CODEFRESH,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "harness",
        title: "Harness",
        issuers: &[Issuer::Path("/ng/api/oidc/account/")],
        marks: &[],
        claims: HARNESS,
        purpose: Some(&WORKLOAD_IDENTITY),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "kinde",
        title: "Kinde",
        issuers: &[Issuer::Under("kinde.com")],
        marks: &[&["org_code", "azp"]],
        claims: KINDE,
        purpose: None,
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "workos",
        title: "WorkOS",
        issuers: &[Issuer::Path("/user_management/"), Issuer::Under("authkit.app")],
        marks: &[&["sid=session_", "sub=user_"]],
        claims: WORKOS,
        purpose: Some(&ACCESS_TOKEN),
        habits: &[Habit::KeyPair, Habit::NoAudience],
    },
    Provider {
        name: "descope",
        title: "Descope",
        issuers: &[Issuer::Under("descope.com")],
        marks: &[&["drn=DS"], &["drn=DSR"]],
        claims: DESCOPE,
        purpose: Some(&ACCESS_TOKEN),
        habits: &[Habit::KeyPair, Habit::NoAudience],
    },
    Provider {
        name: "stytch",
        title: "Stytch",
        issuers: &[Issuer::Under("stytch.com")],
        marks: &[&["https://stytch.com/session"]],
        claims: STYTCH,
        purpose: Some(&ACCESS_TOKEN),
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "fusionauth",
        title: "FusionAuth",
        issuers: &[Issuer::Under("fusionauth.io")],
        marks: &[&["applicationId", "authenticationType"]],
        claims: FUSIONAUTH,
        purpose: Some(&ACCESS_TOKEN),
        habits: &[],
    },
    Provider {
        name: "zitadel",
        title: "ZITADEL",
        issuers: &[Issuer::Under("zitadel.cloud")],
        marks: &[&["urn:zitadel:iam:org:project:roles"], &["urn:zitadel:iam:user:resourceowner:id"]],
        claims: ZITADEL,
        purpose: None,
        habits: &[Habit::KeyPair],
    },
    Provider {
        name: "spiffe",
        title: "SPIFFE",
        issuers: &[],
        marks: &[&["sub=spiffe://"]],
        claims: SPIFFE,
        purpose: Some(&JWT_SVID),
        habits: &[Habit::KeyPair],
    },
];

/// A condition of a mark: a claim, and the beginning of its string, if that matters.
type Condition = (&'static str, Option<&'static str>);

/// A set of claims that identifies a product.
struct Mark {
    provider: &'static Provider,
    conditions: Vec<Condition>,
    /// The claims of all conditions.
    names: NameBits,
}

/// The marks of all products, in order.
static MARKS: LazyLock<Vec<Mark>> = LazyLock::new(|| {
    let condition = |text: &'static str| match text.split_once('=') {
        Some((claim, begin)) => (claim, Some(begin)),
        None => (text, None),
    };
    let mark = |(provider, mark): (&'static Provider, &'static [&'static str])| {
        let conditions: Vec<Condition> = mark.iter().copied().map(condition).collect();
        let names = conditions.iter().map(|(claim, _)| NameBits::of(claim)).collect();
        Mark { provider, conditions, names }
    };
    let marks = PROVIDERS.iter().flat_map(|provider| provider.marks.iter().map(move |mark| (provider, *mark)));
    marks.map(mark).collect()
});

/// Detects the product of the issuer from `iss`, or else from the other claims. Nothing is verified.
pub(super) fn detect(claims: &Json) -> Option<&'static Provider> {
    let names = NameBits::of_members(Some(claims));
    let holds = |(claim, begin): &Condition| {
        claims.get(claim).is_some_and(|value| {
            let mut strings = value.as_str().into_iter().chain(value.items().iter().filter_map(Json::as_str));
            begin.is_none_or(|begin| strings.any(|text| text.starts_with(begin)))
        })
    };
    let by_issuer = claims.get("iss").and_then(Json::as_str).and_then(of_issuer);
    by_issuer.or_else(|| {
        let mut possible = MARKS.iter().filter(|mark| names.may_have_all(mark.names));
        possible.find(|mark| mark.conditions.iter().all(holds)).map(|mark| mark.provider)
    })
}

/// Returns whether the product with this issuer has a habit.
pub(super) fn has_habit(issuer: Option<&str>, habit: Habit) -> bool {
    issuer.and_then(of_issuer).is_some_and(|provider| provider.has(habit))
}

/// Returns the first product with a pattern that an issuer matches.
fn of_issuer(issuer: &str) -> Option<&'static Provider> {
    let rest = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"));
    let Some(rest) = rest else {
        let is_name = |known: &Issuer| matches!(known, Issuer::Whole(whole) if *whole == issuer);
        return PROVIDERS.iter().find(|provider| provider.issuers.iter().any(is_name));
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let trimmed = path.trim_end_matches('/');
    let matches = |known: &Issuer| match known {
        Issuer::Under(domain) => {
            host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        }
        Issuer::Host(begin, end) => host.starts_with(begin) && host.ends_with(end),
        Issuer::Path(part) => path.contains(part),
        Issuer::PathEnd(end) => trimmed.ends_with(end),
        Issuer::Whole(whole) => *whole == issuer,
    };
    PROVIDERS.iter().find(|provider| provider.issuers.iter().any(matches))
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
            (r#"{"iss":"https://oidc.eks.eu-west-1.amazonaws.com/id/0123"}"#, "kubernetes"),
            (r#"{"iss":"https://vault.example.com/v1/ns/identity/oidc"}"#, "vault"),
            (r#"{"iss":"http://sts.example.org/adfs/services/trust"}"#, "adfs"),
            (r#"{"iss":"https://id.example.com","sub":"user_2","sid":"sess_2"}"#, "clerk"),
            (r#"{"iss":"https://id.example.com","sub":"user_2","sid":"2"}"#, ""),
            (r#"{"iss":"https://s3.eu-west-1.amazonaws.com/x"}"#, ""),
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
