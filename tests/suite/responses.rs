//! Captured responses, each with its cause. `TOKSCOPE_RESPONSES` is the folder with `provider-responses.jsonl` and
//! `resource-server-responses.jsonl`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests panic on failure")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::Value;
use tokscope::diagnosis::{Case, Cause, Confidence, Diagnosis, Request, Response, Sent, diagnose, read_captures};
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

/// What is expected of a response, and what was found.
struct Outcome {
    expected: (String, Vec<String>),
    found: (String, Vec<String>),
}

/// The responses and texts that the project holds, with their causes and scopes.
fn outcomes() -> Vec<Outcome> {
    const SHAPES: &str = include_str!("../../src/diagnosis/diagnose/shapes.txt");
    const PASTED: &str = include_str!("../../src/diagnosis/diagnose/pasted.txt");
    let named = |scopes: &str| -> Vec<String> {
        scopes.split(" | ").filter(|set| !set.is_empty()).map(str::to_owned).collect()
    };
    let outcome = |expected: (String, Vec<String>), text: &str| {
        let capture = read_captures(text.trim_end_matches('\n').as_bytes(), None).unwrap().remove(0);
        let found = diagnose(&Case {
            response: Response { status: capture.status, headers: &capture.headers, body: &capture.body },
            api: None,
            endpoint: None,
            request: capture.request(),
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        let missing = found.missing.iter().map(ToString::to_string).collect();
        Outcome { expected, found: (found.cause.as_str().to_owned(), missing) }
    };
    let shapes = SHAPES.split("\n=== ").skip(1).map(|shape| {
        let parts: Vec<&str> = shape.splitn(3, '\n').collect();
        let words: Vec<&str> = parts[1].splitn(3, ' ').collect();
        outcome((words[0].to_owned(), named(words.get(2).copied().unwrap_or_default())), parts[2])
    });
    let pasted = PASTED.split("\n=== ").skip(1).map(|pasted| {
        let parts: Vec<&str> = pasted.splitn(4, '\n').collect();
        let words: Vec<&str> = parts[2].splitn(3, ' ').collect();
        outcome((words[0].to_owned(), named(words.get(2).copied().unwrap_or_default())), parts[3])
    });
    let providers = std::env::var_os("TOKSCOPE_RESPONSES").map(|_| {
        let expected: BTreeMap<&str, Cause> = PROVIDERS.iter().map(|(name, cause, _)| (*name, *cause)).collect();
        let rows = rows("provider-responses.jsonl").into_iter().map(move |row| {
            let found = diagnosed(&row);
            let cause = expected[row["provider"].as_str().unwrap()].as_str().to_owned();
            let shown = |sets: &[ScopeSet]| {
                let sets = sets.iter().map(ToString::to_string);
                // `...` stands for omitted scopes
                sets.filter(|set| set != "...").collect::<Vec<_>>()
            };
            let found_scopes = shown(&found.missing);
            Outcome {
                expected: (cause, shown(&alternatives(&row))),
                found: (found.cause.as_str().to_owned(), found_scopes),
            }
        });
        rows.collect::<Vec<_>>()
    });
    shapes.chain(pasted).chain(providers.into_iter().flatten()).collect()
}

/// Prints precision and recall per cause, and of the named scopes. Run it with `TOKSCOPE_RESPONSES` for all responses.
#[test]
fn precision_and_recall_of_causes_and_scopes_are_complete() {
    let outcomes = outcomes();
    let mut counts: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    let (mut right, mut named, mut wanted) = (0_u32, 0_u32, 0_u32);
    for Outcome { expected, found } in &outcomes {
        let is_right = expected.0 == found.0;
        counts.entry(&expected.0).or_default()[0] += u32::from(is_right);
        counts.entry(&expected.0).or_default()[1] += 1;
        counts.entry(&found.0).or_default()[2] += 1;
        right += u32::try_from(found.1.iter().filter(|scope| expected.1.contains(scope)).count()).unwrap();
        named += u32::try_from(found.1.len()).unwrap();
        wanted += u32::try_from(expected.1.len()).unwrap();
    }
    let share = |part: u32, whole: u32| if whole == 0 { 1.0 } else { f64::from(part) / f64::from(whole) };
    // not captured by the test runner
    let mut out = std::io::stderr().lock();
    writeln!(out, "{} responses\n{:<20} {:>9} {:>7}", outcomes.len(), "cause", "precision", "recall").unwrap();
    for (cause, [right, expected, found]) in &counts {
        let (precision, recall) = (share(*right, *found), share(*right, *expected));
        writeln!(out, "{cause:<20} {precision:>9.3} {recall:>7.3}").unwrap();
        assert!(precision >= 0.95 && recall >= 0.95, "{cause}: {precision} {recall}");
    }
    let (precision, recall) = (share(right, named), share(right, wanted));
    writeln!(out, "{:<20} {precision:>9.3} {recall:>7.3}", "(scopes)").unwrap();
    assert!(precision >= 0.99 && recall >= 0.99, "scopes: {precision} {recall}");
}
