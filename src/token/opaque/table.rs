//! Published prefixes of opaque tokens, from the issuers' documentation, or from the rules of public secret scanners
//! where the issuer only shows examples.

use super::anatomy::{
    Anatomy, aws_key, base62_checksum, gateway_placeholder, github_installation, gitlab, grafana, macaroon, plain,
    salesforce, sentry, slack,
};

/// Prefix of the placeholders that `tokscope gateway` gives to programs in place of a token.
pub(super) const PLACEHOLDER: &str = "tokscope_gw_";

/// One prefix of opaque tokens.
#[derive(Debug)]
pub(in crate::token) struct Known {
    /// Case-sensitive beginning of such tokens.
    pub(in crate::token) prefix: &'static str,
    /// Minimum number of bytes after the prefix: anything shorter is something else.
    pub(in crate::token) least: usize,
    /// Issuer.
    pub(in crate::token) issuer: &'static str,
    /// Kind of token.
    pub(in crate::token) what: &'static str,
    /// How to find out what such a token grants access to.
    pub(in crate::token) learn: &'static str,
    /// Document that defines the prefix.
    pub(in crate::token) source: &'static str,
    /// Reads the checksum and the facts in the token itself.
    pub(super) anatomy: fn(&str) -> Anatomy,
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix
    }
}

macro_rules! known {
    ($($issuer:literal, $source:literal {
        $($prefix:literal $least:literal $what:literal, $anatomy:ident, $learn:expr;)*
    })*) => {
        &[$($(Known {
            prefix: $prefix, least: $least, issuer: $issuer, what: $what, learn: $learn, source: $source,
            anatomy: $anatomy,
        },)*)*]
    };
}

const GITHUB: &str = "call `GET https://api.github.com/user`, which returns the scopes in `X-OAuth-Scopes` and the expiry in `GitHub-Authentication-Token-Expiration`";
const GITHUB_PERMISSIONS: &str = "the token has permissions instead of scopes; `X-Accepted-GitHub-Permissions` in a response lists those that the endpoint requires";
const GITHUB_APP: &str = "call `GET https://api.github.com/installation/repositories` to list the repositories it can access; its permissions were in the response that created it";
const GITLAB: &str = "call `GET /api/v4/personal_access_tokens/self` with `PRIVATE-TOKEN` for its scopes and expiry";
const GITLAB_OTHER: &str = "see the settings of the project or group for its scopes";
const SLACK: &str =
    "call `POST https://slack.com/api/auth.test`, which returns workspace and user, and the scopes in `X-OAuth-Scopes`";
const GOOGLE: &str =
    "call `GET https://oauth2.googleapis.com/tokeninfo?access_token=…` for its scopes, client and expiry";
const EXCHANGE: &str = "exchange it for an access token at the token endpoint, and inspect that";
const DASHBOARD: &str = "see the issuer's website for what it grants access to";
const STRIPE: &str = "see the Stripe dashboard, which shows the permissions of a restricted key (`rk_`)";
const SECRET: &str = "it authenticates a client and grants no access by itself: never send it to an API";
const SHOPIFY: &str = "call `GET /admin/oauth/access_scopes.json` at the shop for its scopes";
const CLOUDFLARE: &str = "call `GET https://api.cloudflare.com/client/v4/user/tokens/verify` to test it";
const FLY: &str = "run `fly tokens debug` to read its caveats";
const VERCEL: &str = "call `GET https://api.vercel.com/v5/user/tokens/current` for its scopes and expiry";
const HUBSPOT: &str = "call `POST https://api.hubapi.com/oauth/v2/private-apps/get/access-token-info` for its scopes";
const VAULT: &str = "run `vault token lookup` for its policies and time to live";
const HUGGING_FACE: &str = "call `GET https://huggingface.co/api/whoami-v2` for the user and the permissions";
const NPM: &str = "run `npm token list` for its permissions, `npm whoami` for the user";
const PYPI: &str = "the caveats in the token limit the projects it can upload to and its lifetime";
const DIGITAL_OCEAN: &str =
    "call `GET https://api.digitalocean.com/v2/account` to test it; the control panel lists its scopes";
const META: &str = "call `GET https://graph.facebook.com/debug_token` for its app, scopes and expiry";
const AWS: &str = "run `aws sts get-access-key-info` for its account; it is not secret, unlike the secret access key that belongs to it";
const ORY: &str = "call `POST /oauth2/introspect` of the admin API for its scopes, client and expiry (RFC 7662)";

/// All known prefixes.
pub(in crate::token) static TABLE: &[Known] = known! {
    "GitHub", "GitHub Docs: token formats; github.blog 2021-04-05 and 2026-04-24" {
        "ghp_" 36 "personal access token (classic)", base62_checksum, GITHUB;
        "gho_" 36 "OAuth access token", base62_checksum, GITHUB;
        "ghu_" 36 "user access token of a GitHub App", base62_checksum, GITHUB_PERMISSIONS;
        "ghs_" 36 "installation access token of a GitHub App", github_installation, GITHUB_APP;
        "ghr_" 36 "refresh token of a GitHub App", base62_checksum, EXCHANGE;
        "github_pat_" 60 "personal access token (fine-grained)", plain, GITHUB_PERMISSIONS;
    }
    "GitLab", "GitLab Docs: token overview; GitLab handbook: routable tokens" {
        "glpat-" 20 "personal, project or group access token", gitlab, GITLAB;
        "gloas-" 32 "OAuth application secret", plain, SECRET;
        "gldt-" 20 "deploy token", gitlab, GITLAB_OTHER;
        "glrt-" 20 "runner authentication token", gitlab, GITLAB_OTHER;
        "glrtr-" 20 "runner registration token", gitlab, GITLAB_OTHER;
        "glcbt-" 20 "CI job token", gitlab, "it is valid while its job runs, with the permissions of the user who started it";
        "glptt-" 20 "pipeline trigger token", gitlab, GITLAB_OTHER;
        "glft-" 20 "feed token", plain, GITLAB_OTHER;
        "glimt-" 20 "incoming mail token", plain, GITLAB_OTHER;
        "glagent-" 40 "agent token for Kubernetes", plain, GITLAB_OTHER;
        "glsoat-" 20 "SCIM token", plain, GITLAB_OTHER;
        "glwt-" 20 "workspace token", plain, GITLAB_OTHER;
        "glffct-" 20 "feature flag client token", plain, GITLAB_OTHER;
    }
    "Slack", "Slack API: token types" {
        "xoxb-" 10 "bot token", slack, SLACK;
        "xoxp-" 10 "user token", slack, SLACK;
        "xoxa-" 10 "workspace token (legacy)", slack, SLACK;
        "xoxr-" 10 "refresh token (legacy)", slack, EXCHANGE;
        "xoxs-" 10 "session token (legacy)", slack, SLACK;
        "xoxc-" 10 "session token of the web client", slack, SLACK;
        "xoxe.xoxb-" 10 "bot token with expiry", plain, SLACK;
        "xoxe.xoxp-" 10 "user token with expiry", plain, SLACK;
        "xoxe-" 10 "refresh token", plain, EXCHANGE;
        "xapp-" 10 "app-level token", plain, SLACK;
    }
    "Google", "Google Identity: token types" {
        "ya29." 20 "OAuth access token", plain, GOOGLE;
        "1//0" 20 "OAuth refresh token", plain, EXCHANGE;
        "4/0" 30 "authorization code", plain, EXCHANGE;
        "AIza" 35 "API key", plain, "it identifies a project, not a user; see the Google Cloud console for the APIs it can call";
        "AQ." 40 "API key bound to a service account (Gemini, Vertex AI)", plain, "see the Google Cloud console for the APIs it can call";
        "GOCSPX-" 28 "OAuth client secret", plain, SECRET;
    }
    "Amazon Web Services", "AWS IAM: identifiers" {
        "AKIA" 16 "access key ID", aws_key, AWS;
        "ASIA" 16 "access key ID of temporary credentials", aws_key, AWS;
    }
    "Microsoft", "Microsoft identity platform: token formats" {
        "EwA" 300 "access token of a Microsoft account", plain, "only the API in its audience can read it";
        "EwB" 300 "access token of a Microsoft account", plain, "only the API in its audience can read it";
    }
    "npm", "github.blog 2021-09-23" {
        "npm_" 36 "access token", base62_checksum, NPM;
    }
    "PyPI", "PyPI: API tokens; libmacaroons version 2" {
        "pypi-" 60 "API token (macaroon)", macaroon, PYPI;
    }
    "RubyGems", "RubyGems: API key format" {
        "rubygems_" 48 "API key", plain, DASHBOARD;
    }
    "crates.io", "crates.io: token format" {
        "cio" 32 "API token", plain, "see https://crates.io/settings/tokens for its scopes and crates";
        "cio_tp_" 32 "temporary token of trusted publishing", plain, "it is valid for 30 minutes, for the crates of its trusted publisher configuration";
    }
    "Docker Hub", "Docker Docs: access tokens" {
        "dckr_pat_" 27 "personal access token", plain, DASHBOARD;
        "dckr_oat_" 32 "organization access token", plain, DASHBOARD;
    }
    "Stripe", "Stripe Docs: API keys" {
        "sk_live_" 16 "secret key", plain, STRIPE;
        "sk_test_" 16 "secret test key", plain, STRIPE;
        "rk_live_" 16 "restricted key", plain, STRIPE;
        "rk_test_" 16 "restricted test key", plain, STRIPE;
        "sk_org_live_" 16 "organization key (requires `Stripe-Context`)", plain, STRIPE;
        "sk_org_test_" 16 "organization test key (requires `Stripe-Context`)", plain, STRIPE;
        "rk_org_live_" 16 "restricted organization key (requires `Stripe-Context`)", plain, STRIPE;
        "rk_org_test_" 16 "restricted organization test key (requires `Stripe-Context`)", plain, STRIPE;
        "pk_live_" 16 "publishable key (not secret)", plain, STRIPE;
        "pk_test_" 16 "publishable test key (not secret)", plain, STRIPE;
        "whsec_" 24 "webhook signing secret", plain, SECRET;
    }
    "Atlassian", "Atlassian support: API tokens; Bitbucket Cloud: access tokens" {
        "ATATT3x" 100 "API token", plain, "call `GET /rest/api/3/myself` for the user: at the site without scopes, at `https://api.atlassian.com/ex/jira/{cloudId}` with scopes";
        "ATSTT3x" 100 "service account API token or OAuth secret", plain, DASHBOARD;
        "ATCTT3x" 100 "access token of a repository, project or workspace (Bitbucket)", plain, DASHBOARD;
        "ATBB" 24 "app password (Bitbucket)", plain, "none is accepted since 2026-06-09: create an API token with scopes instead";
        "ATOA" 40 "OAuth client secret", plain, SECRET;
    }
    "Salesforce", "Salesforce: session IDs" {
        "00D" 60 "session ID or access token", salesforce, "call `GET /services/oauth2/userinfo` for the user and the org";
    }
    "Shopify", "Shopify: access tokens" {
        "shpat_" 32 "Admin API access token", plain, SHOPIFY;
        "shpca_" 32 "access token of a custom app", plain, SHOPIFY;
        "shppa_" 32 "access token of a private app", plain, SHOPIFY;
        "shpua_" 32 "user access token", plain, SHOPIFY;
        "shpss_" 32 "client secret", plain, SECRET;
    }
    "HashiCorp Vault", "Vault: tokens" {
        "hvs." 24 "service token", plain, VAULT;
        "hvb." 100 "batch token", plain, VAULT;
        "hvr." 24 "recovery token", plain, VAULT;
    }
    "Grafana", "Grafana: service account tokens" {
        "glsa_" 41 "service account token", grafana, "call `GET /api/access-control/user/permissions` at the instance for its permissions";
        "glc_" 32 "Cloud access policy token", plain, DASHBOARD;
    }
    "Sentry", "Sentry: organization tokens" {
        "sntrys_" 40 "organization token", sentry, DASHBOARD;
        "sntryu_" 64 "user token", plain, DASHBOARD;
    }
    "DigitalOcean", "DigitalOcean API: token formats" {
        "dop_v1_" 64 "personal access token", plain, DIGITAL_OCEAN;
        "doo_v1_" 64 "OAuth access token", plain, DIGITAL_OCEAN;
        "dor_v1_" 64 "OAuth refresh token", plain, EXCHANGE;
    }
    "Hugging Face", "Hugging Face Hub: user access tokens" {
        "hf_" 34 "user access token", plain, HUGGING_FACE;
        "api_org_" 34 "organization token", plain, HUGGING_FACE;
    }
    "OpenAI", "OpenAI: API keys" {
        "sk-proj-" 40 "API key of a project", plain, DASHBOARD;
        "sk-svcacct-" 40 "API key of a service account", plain, DASHBOARD;
        "sk-admin-" 40 "admin key", plain, DASHBOARD;
        "sk-None-" 40 "API key of a user (legacy)", plain, DASHBOARD;
    }
    "Anthropic", "Anthropic: API keys" {
        "sk-ant-api03-" 80 "API key", plain, DASHBOARD;
        "sk-ant-admin01-" 80 "admin key", plain, DASHBOARD;
        "sk-ant-oat01-" 40 "OAuth access token", plain, DASHBOARD;
        "sk-ant-ort01-" 40 "OAuth refresh token", plain, EXCHANGE;
        "sk-ant-sid01-" 40 "session key of the web client", plain, DASHBOARD;
    }
    "Meta", "Meta for Developers: access tokens" {
        "EAA" 80 "Graph API access token", plain, META;
    }
    "Square", "Square: access tokens" {
        "sq0atp-" 22 "access token", plain, "call `POST https://connect.squareup.com/oauth2/token/status` for its scopes and expiry";
        "sq0csp-" 43 "application secret", plain, SECRET;
        "EAAAE" 59 "access token", plain, "call `POST https://connect.squareup.com/oauth2/token/status` for its scopes and expiry";
    }
    "SendGrid", "SendGrid: API keys" {
        "SG." 60 "API key", plain, "call `GET https://api.sendgrid.com/v3/scopes` for its scopes";
    }
    "Postman", "Postman: API keys" {
        "PMAK-" 50 "API key", plain, "call `GET https://api.getpostman.com/me` for the user";
    }
    "Figma", "Figma: personal access tokens" {
        "figd_" 40 "personal access token", plain, "call `GET https://api.figma.com/v1/me` with `X-Figma-Token` for the user";
        "figu_" 40 "OAuth access token", plain, "call `GET https://api.figma.com/v1/me` with `Authorization: Bearer` for the user";
    }
    "Linear", "Linear: API keys" {
        "lin_api_" 40 "API key", plain, DASHBOARD;
        "lin_oauth_" 40 "OAuth access token", plain, DASHBOARD;
    }
    "Notion", "Notion: integration tokens" {
        "ntn_" 40 "integration token", plain, "call `GET https://api.notion.com/v1/users/me` for the integration and its workspace";
        "secret_" 43 "integration token (before 2024)", plain, "call `GET https://api.notion.com/v1/users/me` for the integration and its workspace";
    }
    "Airtable", "Airtable: personal access tokens" {
        "pat" 79 "personal access token", plain, "call `GET https://api.airtable.com/v0/meta/whoami` for the user and the scopes";
    }
    "Databricks", "Databricks: personal access tokens" {
        "dapi" 32 "personal access token", plain, DASHBOARD;
    }
    "PlanetScale", "PlanetScale: service tokens" {
        "pscale_tkn_" 32 "service token", plain, DASHBOARD;
        "pscale_oauth_" 32 "OAuth access token", plain, DASHBOARD;
        "pscale_pw_" 32 "database password", plain, DASHBOARD;
    }
    "Supabase", "Supabase: access tokens" {
        "sbp_" 40 "personal access token", plain, DASHBOARD;
        "sb_secret_" 20 "secret key of a project", plain, DASHBOARD;
        "sb_publishable_" 20 "publishable key of a project (not secret)", plain, DASHBOARD;
    }
    "Netlify", "Netlify: personal access tokens" {
        "nfp_" 36 "personal access token", plain, DASHBOARD;
    }
    "Heroku", "Heroku: API keys" {
        "HRKU-" 36 "API key", plain, "call `GET https://api.heroku.com/oauth/authorizations` for its scopes";
    }
    "Pulumi", "Pulumi: access tokens" {
        "pul-" 40 "access token", plain, "run `pulumi whoami --verbose` for the user and the organizations";
    }
    "Doppler", "Doppler: token formats" {
        "dp.pt." 40 "personal token", plain, "call `GET https://api.doppler.com/v3/me` for the workplace and the kind of token";
        "dp.sa." 40 "service account token", plain, "call `GET https://api.doppler.com/v3/me` for the workplace and the kind of token";
        "dp.ct." 40 "CLI token", plain, "call `GET https://api.doppler.com/v3/me` for the workplace and the kind of token";
        "dp.said." 40 "service account identity token", plain, "call `GET https://api.doppler.com/v3/me` for the workplace and the kind of token";
        "dp.scim." 40 "SCIM token", plain, DASHBOARD;
        "dp.audit." 40 "audit token", plain, DASHBOARD;
        "dp.st." 40 "service token", plain, "call `GET https://api.doppler.com/v3/me` for the workplace and the kind of token";
    }
    "Tailscale", "Tailscale: key prefixes" {
        "tskey-auth-" 20 "auth key", plain, DASHBOARD;
        "tskey-api-" 20 "API access token", plain, DASHBOARD;
        "tskey-client-" 20 "OAuth client secret", plain, SECRET;
    }
    "New Relic", "New Relic: API keys" {
        "NRAK-" 27 "user key", plain, DASHBOARD;
    }
    "PostHog", "PostHog: API keys" {
        "phx_" 40 "personal API key", plain, DASHBOARD;
        "phs_" 40 "feature flags secure API key", plain, DASHBOARD;
        "pha_" 40 "OAuth access token", plain, DASHBOARD;
        "phr_" 40 "OAuth refresh token", plain, EXCHANGE;
        "phc_" 40 "publishable project key (not secret)", plain, DASHBOARD;
    }
    "Buildkite", "Buildkite: managing API access tokens" {
        "bkaa_" 40 "agent access token", plain, DASHBOARD;
        "bkua_" 40 "API access token", plain, "call `GET https://api.buildkite.com/v2/access-token` for its scopes";
    }
    "CircleCI", "CircleCI: API tokens" {
        "CCIPAT_" 40 "personal API token", plain, "call `GET https://circleci.com/api/v2/me` for the user";
    }
    "1Password", "1Password: service accounts" {
        "ops_" 100 "service account token", plain, "run `op service-account ratelimit` to test it; 1Password.com lists its vaults";
    }
    "Dropbox", "Dropbox: OAuth guide" {
        "sl." 60 "short-lived access token", plain, "call `POST https://api.dropboxapi.com/2/check/user` to test it";
    }
    "Ory", "Ory Hydra: token prefixes" {
        "ory_at_" 40 "access token", plain, ORY;
        "ory_rt_" 40 "refresh token", plain, ORY;
        "ory_ac_" 40 "authorization code", plain, EXCHANGE;
    }
    "PASETO", "PASETO: version 4" {
        "v4.public." 80 "signed token, readable but not a JWT", plain, "read it with a PASETO library";
        "v4.local." 80 "encrypted token", plain, "only a holder of the key can read it";
    }
    "Groq", "Groq: API keys" {
        "gsk_" 48 "API key", plain, DASHBOARD;
    }
    "OpenRouter", "OpenRouter: API keys" {
        "sk-or-v1-" 48 "API key", plain, "call `GET https://openrouter.ai/api/v1/key` for its limits";
    }
    "xAI", "xAI: API keys" {
        "xai-" 64 "API key", plain, "call `GET https://api.x.ai/v1/api-key` for its permissions";
        "xai-token-" 64 "management key", plain, DASHBOARD;
    }
    "Perplexity", "Perplexity: API keys" {
        "pplx-" 40 "API key", plain, DASHBOARD;
    }
    "Replicate", "Replicate: API tokens" {
        "r8_" 36 "API token", plain, "call `GET https://api.replicate.com/v1/account` for the account";
    }
    "Tavily", "Tavily: API keys" {
        "tvly-" 20 "API key", plain, DASHBOARD;
    }
    "Fireworks AI", "public secret scanners" {
        "fw_" 22 "API key", plain, DASHBOARD;
    }
    "NVIDIA", "NVIDIA API catalog; public secret scanners" {
        "nvapi-" 60 "API key", plain, DASHBOARD;
    }
    "LangChain", "LangSmith: API keys" {
        "lsv2_pt_" 32 "personal access token of LangSmith", plain, DASHBOARD;
        "lsv2_sk_" 32 "service key of LangSmith", plain, DASHBOARD;
    }
    "Langfuse", "Langfuse: API authentication" {
        "sk-lf-" 36 "secret key of a project", plain, DASHBOARD;
        "pk-lf-" 36 "publishable key of a project (not secret)", plain, DASHBOARD;
    }
    "Firecrawl", "Firecrawl: API keys" {
        "fc-" 32 "API key", plain, DASHBOARD;
    }
    "Cerebras", "Cerebras Inference: API keys" {
        "csk-" 40 "API key", plain, DASHBOARD;
    }
    "Pinecone", "Pinecone: API keys" {
        "pcsk_" 40 "API key", plain, DASHBOARD;
    }
    "Weights & Biases", "W&B: API keys" {
        "wandb_v1_" 40 "API key", plain, DASHBOARD;
    }
    "Sourcegraph", "Sourcegraph: access token formats" {
        "sgp_" 40 "access token", plain, "call the GraphQL API with `currentUser` for the user";
        "sgd_" 40 "access token of Sourcegraph.com", plain, DASHBOARD;
    }
    "Cloudflare", "Cloudflare: API token formats" {
        "cfut_" 40 "API token of a user", plain, CLOUDFLARE;
        "cfat_" 40 "API token of an account", plain, "call `GET https://api.cloudflare.com/client/v4/accounts/{id}/tokens/verify` to test it";
        "cfk_" 40 "global API key", plain, "it has all permissions of the user";
        "v1.0-" 140 "Origin CA key", plain, DASHBOARD;
    }
    "Fly.io", "Fly.io: access tokens (macaroons)" {
        "fm1r_" 60 "access token (macaroon)", plain, FLY;
        "fm2_" 60 "access token (macaroon)", plain, FLY;
        "fo1_" 40 "access token", plain, FLY;
    }
    "Resend", "Resend: API keys" {
        "re_" 24 "API key", plain, DASHBOARD;
    }
    "Vercel", "Vercel: token formats" {
        "vcp_" 24 "personal access token", plain, VERCEL;
        "vci_" 24 "integration access token", plain, VERCEL;
        "vca_" 24 "app access token", plain, VERCEL;
        "vcr_" 24 "app refresh token", plain, EXCHANGE;
        "vck_" 24 "AI Gateway API key", plain, DASHBOARD;
    }
    "Render", "Render: API keys" {
        "rnd_" 28 "API key", plain, DASHBOARD;
    }
    "Neon", "Neon: API keys" {
        "napi_" 40 "API key", plain, "call `GET https://console.neon.tech/api/v2/users/me` for the user";
    }
    "Mapbox", "Mapbox: access tokens" {
        "sk.eyJ" 40 "secret access token", plain, "call `GET https://api.mapbox.com/tokens/v2?access_token=…` for its kind";
        "pk.eyJ" 40 "public access token (not secret)", plain, "call `GET https://api.mapbox.com/tokens/v2?access_token=…` for its kind";
    }
    "HubSpot", "HubSpot: private apps" {
        "pat-na1-" 36 "access token of a private app", plain, HUBSPOT;
        "pat-eu1-" 36 "access token of a private app", plain, HUBSPOT;
    }
    "Brevo", "Brevo: API keys" {
        "xkeysib-" 60 "API key", plain, DASHBOARD;
    }
    "Razorpay", "Razorpay: API keys" {
        "rzp_live_" 14 "key ID (not secret)", plain, DASHBOARD;
        "rzp_test_" 14 "test key ID (not secret)", plain, DASHBOARD;
    }
    "Discord", "public secret scanners" {
        "mfa." 80 "user token", plain, "call `GET https://discord.com/api/v10/users/@me` for the user";
    }
    "tokscope", "docs/gateway.md" {
        "tokscope_gw_" 70 "gateway placeholder", gateway_placeholder, "it grants access only through the gateway that issued it, and only while that runs: no API accepts it";
    }
    "Telnyx", "Telnyx: API keys" {
        "KEY0" 50 "API key", plain, DASHBOARD;
    }
    "Infracost", "Infracost: API keys" {
        "ico-" 32 "API key", plain, DASHBOARD;
    }
    "ngrok", "ngrok: credentials" {
        "ngrok_api_" 40 "API key", plain, DASHBOARD;
    }
    "Prefect", "Prefect: API keys" {
        "pnu_" 36 "API key of a user", plain, DASHBOARD;
        "pnb_" 36 "API key of a service account", plain, DASHBOARD;
    }
    "Duffel", "public secret scanners" {
        "duffel_live_" 40 "access token", plain, DASHBOARD;
        "duffel_test_" 40 "test access token", plain, DASHBOARD;
    }
    "EasyPost", "EasyPost: API keys" {
        "EZAK" 54 "API key", plain, DASHBOARD;
        "EZTK" 54 "test API key", plain, DASHBOARD;
    }
    "Shippo", "Shippo: API tokens" {
        "shippo_live_" 40 "API token", plain, DASHBOARD;
        "shippo_test_" 40 "test API token", plain, DASHBOARD;
    }
    "Clojars", "Clojars: deploy tokens" {
        "CLOJARS_" 60 "deploy token", plain, DASHBOARD;
    }
};
