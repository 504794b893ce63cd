//! Captured responses, each with its cause. `TOKSCOPE_RESPONSES` is the folder with `provider-responses.jsonl` and
//! `resource-server-responses.jsonl`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests panic on failure")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::Value;
use tokscope::diagnosis::{Case, Cause, Confidence, Diagnosis, Request, Response, Sent, diagnose};
use tokscope::scope::ScopeSet;

/// The expected cause of each provider's response, and the confidence that the response alone allows.
const PROVIDERS: &[(&str, Cause, Confidence)] = &[
    ("MCP/RFC9728 (401 challenge)", Cause::TokenInvalid, Confidence::Likely),
    ("MCP/RFC6750 insufficient_scope", Cause::Scope, Confidence::Certain),
    ("RFC 9470 step-up (acr)", Cause::StepUp, Confidence::Certain),
    ("UMA 2.0 / Keycloak authz", Cause::TokenInvalid, Confidence::Certain),
    ("GitHub REST fine-grained (App / FG-PAT)", Cause::Scope, Confidence::Certain),
    ("GitHub REST classic PAT / OAuth", Cause::Scope, Confidence::Likely),
    ("GitHub SAML SSO", Cause::StepUp, Confidence::Certain),
    ("GitHub GraphQL classic", Cause::Scope, Confidence::Certain),
    ("GitLab REST", Cause::Scope, Confidence::Certain),
    ("Google (REST, current)", Cause::Scope, Confidence::Certain),
    ("Microsoft Graph directory", Cause::Unknown, Confidence::Guess),
    ("Microsoft Graph Teams workload", Cause::Scope, Confidence::Certain),
    ("Microsoft Graph bad token", Cause::TokenInvalid, Confidence::Certain),
    ("Microsoft claims challenge (CAE / auth context)", Cause::StepUp, Confidence::Certain),
    ("Microsoft.Identity.Web [RequiredScope]", Cause::Scope, Confidence::Likely),
    ("Slack Web API", Cause::Scope, Confidence::Certain),
    ("Atlassian gateway (Jira/Confluence 3LO)", Cause::Scope, Confidence::Likely),
    ("Bitbucket Cloud", Cause::Scope, Confidence::Certain),
    ("Auth0 Management API", Cause::Scope, Confidence::Certain),
    ("Spotify", Cause::Scope, Confidence::Likely),
    ("Zoom", Cause::Scope, Confidence::Certain),
    ("Salesforce", Cause::TokenInvalid, Confidence::Guess),
    ("Stripe restricted key", Cause::Scope, Confidence::Certain),
    ("Shopify REST", Cause::Scope, Confidence::Certain),
    ("Shopify GraphQL", Cause::Role, Confidence::Certain),
    ("Discord", Cause::TokenInvalid, Confidence::Guess),
    ("Discord bot access", Cause::Role, Confidence::Certain),
    ("Twitch (Kraken era)", Cause::Scope, Confidence::Likely),
    ("Twitch no token", Cause::TokenInvalid, Confidence::Likely),
    ("X / Twitter v2", Cause::Application, Confidence::Certain),
    ("X / Twitter v2 opaque", Cause::Unknown, Confidence::Guess),
    ("X / Twitter v2 enrolment", Cause::Application, Confidence::Certain),
    ("LinkedIn", Cause::Scope, Confidence::Guess),
    ("Facebook Graph", Cause::Scope, Confidence::Certain),
    ("Notion", Cause::Application, Confidence::Certain),
    ("Figma", Cause::Scope, Confidence::Certain),
    ("Asana", Cause::TokenInvalid, Confidence::Guess),
    ("DigitalOcean", Cause::Unknown, Confidence::Guess),
    ("Cloudflare", Cause::Scope, Confidence::Guess),
    ("Kubernetes RBAC", Cause::Role, Confidence::Certain),
    ("AWS API Gateway HTTP API JWT authorizer", Cause::Audience, Confidence::Certain),
    ("AWS API Gateway scope check", Cause::Unknown, Confidence::Guess),
    ("AWS AgentCore gateway (MCP)", Cause::Scope, Confidence::Certain),
    ("Azure API Management validate-jwt", Cause::TokenInvalid, Confidence::Likely),
    ("Apache APISIX openid-connect required_scopes", Cause::Unknown, Confidence::Guess),
    ("Istio / Envoy RBAC", Cause::Role, Confidence::Guess),
    ("Spring Security resource server", Cause::Scope, Confidence::Certain),
    ("FastAPI SecurityScopes pattern", Cause::Scope, Confidence::Certain),
    ("Dropbox token lacks scope", Cause::Scope, Confidence::Certain),
    ("Mastodon", Cause::Scope, Confidence::Likely),
    ("Box", Cause::Scope, Confidence::Certain),
    ("Zoho", Cause::Scope, Confidence::Certain),
    ("360Learning", Cause::Scope, Confidence::Certain),
    ("AngelList (legacy)", Cause::Scope, Confidence::Certain),
];

/// Reads the rows of a file.
fn rows(file: &str) -> Vec<Value> {
    let folder = std::env::var_os("TOKSCOPE_RESPONSES").expect("TOKSCOPE_RESPONSES names the folder");
    let text = std::fs::read_to_string(PathBuf::from(folder).join(file)).expect("the folder holds the file");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn diagnosed(row: &Value) -> Diagnosis {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let headers: Vec<(String, String)> = match &row["headers"] {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        fields => fields.as_array().unwrap().iter().map(|field| (text(&field[0]), text(&field[1]))).collect(),
    };
    let body = match &row["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    diagnose(&Case {
        response: Response { status, headers: &headers, body: body.as_bytes() },
        api: None,
        endpoint: None,
        request: Request::default(),
        sent: Sent::Unknown,
        now: Timestamp::UNIX_EPOCH,
    })
}

/// Parses `["a | b"]`. Entries that are not scopes (Kubernetes verbs) are left out.
fn alternatives(row: &Value) -> Vec<ScopeSet> {
    let lists = row["missing_scopes"].as_array().unwrap().iter().map(|list| list.as_str().unwrap());
    lists.flat_map(|list| list.split('|')).filter_map(|set| ScopeSet::parse(set).ok()).collect()
}

#[test]
#[ignore = "needs the folder in TOKSCOPE_RESPONSES"]
fn provider_responses_have_the_expected_cause() {
    let expected: BTreeMap<&str, (Cause, Confidence)> =
        PROVIDERS.iter().map(|(name, cause, confidence)| (*name, (*cause, *confidence))).collect();
    let mut wrong = Vec::new();
    for row in rows("provider-responses.jsonl") {
        let name = row["provider"].as_str().unwrap();
        let found = diagnosed(&row);
        let Some((cause, confidence)) = expected.get(name) else {
            wrong.push(format!("{name}: no expectation"));
            continue;
        };
        // `...` stands for omitted scopes
        let mut missing = found.missing.clone();
        missing.retain(|set| set.to_string() != "...");
        let mut wanted = alternatives(&row);
        wanted.retain(|set| set.to_string() != "...");
        let all = wanted.iter().all(|set| missing.contains(set));
        let extra = missing.len() != wanted.len() && name != "Google (REST, current)";
        if (found.cause, found.confidence) != (*cause, *confidence) || !all || extra {
            wrong.push(format!(
                "{name}: {:?} {:?} {missing:?} by {:?}, expected {cause:?} {confidence:?} {wanted:?}",
                found.cause, found.confidence, found.rule
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs the folder in TOKSCOPE_RESPONSES"]
fn resource_server_responses_have_the_expected_cause() {
    let mut wrong = Vec::new();
    for row in rows("resource-server-responses.jsonl") {
        let (server, case) = (row["server"].as_str().unwrap(), row["case"].as_str().unwrap());
        let found = diagnosed(&row);
        let scope = row["request"].as_str().unwrap().contains("write");
        let cause = match case {
            // these responses do not distinguish the cases
            _ if server.ends_with("@protected_resource") => Cause::Unknown,
            _ if row["status"] == 200 => Cause::None,
            // these report every token as invalid
            _ if server == "oidc-provider userinfo" || server.ends_with("toolkit userinfo") => Cause::TokenInvalid,
            "missing scope" => Cause::Scope,
            "expired token" => Cause::TokenExpired,
            "wrong audience" => Cause::Audience,
            _ => Cause::TokenInvalid,
        };
        let missing: Vec<String> = found.missing.iter().map(ToString::to_string).collect();
        let wanted: &[&str] = if cause == Cause::Scope && scope { &["api:write"] } else { &[] };
        if found.cause != cause || missing != wanted {
            wrong.push(format!(
                "{server}, {case}: {:?} {missing:?} by {:?}, expected {cause:?}",
                found.cause, found.rule
            ));
        }
        if cause == Cause::Scope && found.confidence != Confidence::Certain {
            wrong.push(format!("{server}, {case}: {:?}", found.confidence));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
