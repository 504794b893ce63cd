//! `tokscope policy test`: explains a decision, for any circumstances. Nothing is sent or recorded.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::json_ruling;
use crate::app::{Context, EndpointMatch, Error, ErrorKind, PolicyGate, PolicyRuling, Question, QuestionScopes};
use crate::cli::arguments::scope;
use crate::cli::open;
use crate::cli::print::{Paint, Streams, json_list, json_object, json_option, json_text, pad};
use crate::manifest::Effect;
use crate::policy::{Facts, Request, RuleTrace, trace};
use crate::scope::{Scope, ScopeSet};
use crate::text::visible;
use crate::token::Json;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Facts that are not given are those of this machine: TOKSCOPE_ENVIRONMENT, TOKSCOPE_CALLER, CI, the branch that is checked \
out, and the time. Nothing is sent or recorded.

Exit codes: 0 allowed, 2 no such endpoint or client, 7 denied, or an approval is needed.

Examples:
  tokscope policy test 'GET /orders/7' --client dev --at 2026-12-01T03:00Z
  tokscope policy test 'DELETE /orders/7' --client dev --env production --json
  tokscope policy test 'POST /orders' --client ci --ci true --branch main --scope orders:admin")]
pub(super) struct Arguments {
    /// Endpoint: a method and path, a URL, or a template of the manifest. Without a method, GET
    #[arg(value_name = "ENDPOINT")]
    endpoint: String,
    /// Path, if ENDPOINT is only a method
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Client in the manifest
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Time, such as `2026-12-01T03:00Z`; without an offset, in UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// Label of the environment
    #[arg(long = "env", visible_alias = "environment", value_name = "LABEL")]
    environment: Option<String>,
    /// Whether it runs in continuous integration
    #[arg(long, value_name = "true|false", value_parser = clap::builder::BoolValueParser::new())]
    ci: Option<bool>,
    /// Branch
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Program that uses the token
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    /// Whether a user is present
    #[arg(long, value_name = "true|false", value_parser = clap::builder::BoolValueParser::new())]
    interactive: Option<bool>,
    /// Seconds since the user signed in [default: not known]
    #[arg(long, value_name = "SECONDS")]
    sign_in_age: Option<u32>,
    /// Scope that is requested (repeatable) [default: the least privileged scopes that the endpoint needs]
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<Scope>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Print JSON (tokscope.policy-test/v1)
    #[arg(long)]
    json: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    let in_utc = |text: &str| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(local).ok()
    };
    text.parse().ok().or_else(|| in_utc(text)).ok_or_else(|| "write it like `2026-12-01T03:00Z`".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = open::context(manifest, streams)?;
    let endpoint = match &arguments.path {
        Some(path) => format!("{} {path}", arguments.endpoint),
        None => arguments.endpoint.clone(),
    };
    let found = context.find(&endpoint, arguments.api.as_deref())?;
    if let Some(client) = &arguments.client {
        context.client(client)?;
    }
    let context = context.with_circumstances(|known| {
        known.environment = arguments.environment.clone().or(known.environment.take());
        known.branch = arguments.branch.clone().or(known.branch.take());
        known.caller = arguments.caller.clone().or(known.caller.take());
        known.ci = arguments.ci.or(known.ci);
        known.interactive = arguments.interactive.or(known.interactive);
    });
    let now = arguments.at.unwrap_or_else(Timestamp::now);
    let scopes: ScopeSet = arguments.scopes.iter().cloned().collect();
    let question = Question {
        client: arguments.client.as_deref(),
        endpoints: &[found.id],
        scopes: match scopes.is_empty() {
            true => QuestionScopes::Needed(None),
            false => QuestionScopes::Exactly(&scopes),
        },
        signed_in: arguments.sign_in_age.and_then(|age| now.checked_sub(SignedDuration::from_secs(age.into())).ok()),
        ..Question::default()
    };
    let gate = PolicyGate::new(&context);
    let facts = gate.facts(&question, now);
    let ruling = gate.ruling_with(&question, facts.clone());
    let Some(ruling) = ruling else {
        match arguments.json {
            true => streams.json(&document(&context, &found, None, &facts, &[])),
            false => streams.line("allowed: the manifest has no policy"),
        }
        return Ok(None);
    };
    let traced = traced(&context, &ruling)?;
    match arguments.json {
        true => streams.json(&document(&context, &found, Some(&ruling), &facts, &traced)),
        false => report(&context, &ruling, &traced, streams),
    }
    Ok((!ruling.is_allowed()).then_some(ErrorKind::Policy))
}

/// Returns how each rule was evaluated for the part of the request that decided.
fn traced(context: &Context, ruling: &PolicyRuling) -> Result<Vec<RuleTrace>, Error> {
    let endpoint = ruling.endpoint.and_then(|id| context.endpoint(id));
    Ok(trace(context.require_manifest()?, &Request { endpoint, scopes: &ruling.scopes }, &ruling.facts))
}

fn report(context: &Context, ruling: &PolicyRuling, traced: &[RuleTrace], streams: &mut Streams) {
    let (paint, effect) = match ruling.decision.effect {
        Effect::Allow => (Paint::Good, "allowed"),
        Effect::Approve => (Paint::Odd, "approval needed"),
        Effect::Deny => (Paint::Bad, "denied"),
    };
    let effect = streams.paint(paint, effect);
    streams.line(format_args!("{effect}  {}", visible(&ruling.subject)));
    let reason = ruling.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    streams.line(format_args!("  by {}{}", visible(&ruling.source()), visible(&reason)));
    let approvers: Vec<&str> = ruling.decision.approvers().collect();
    if !approvers.is_empty() {
        streams.line(format_args!("  approvers: {}", visible(&approvers.join(", "))));
    }
    streams.line("facts");
    for (name, value) in facts_of(ruling) {
        let value = value.unwrap_or_else(|| "not known".to_owned());
        streams.line(format_args!("  {}  {}", pad(name, 11), visible(&value)));
    }
    streams.line("rules");
    for rule in traced {
        let outcome = match rule.matches {
            Some(true) => "matches",
            Some(false) => "does not match",
            None => "not known",
        };
        let conditions = rule.conditions.iter().filter(|condition| condition.holds != Some(true)).map(|condition| {
            match condition.holds {
                None => format!("{} is not known", condition.key),
                Some(_) => format!("{} {}", condition.key, condition.values.join(" | ")),
            }
        });
        let why = conditions.collect::<Vec<_>>().join("; ");
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let number = rule.rule.number();
        let place = format!("{}:{}", context.name(), rule.rule.line);
        let effect = pad(rule.effect.as_str(), 7);
        streams.line(format_args!("  {number}  {}  {effect}  {outcome}{}", visible(&place), visible(&why)));
    }
}

/// Returns the facts with their names, for people.
fn facts_of(ruling: &PolicyRuling) -> Vec<(&'static str, Option<String>)> {
    let facts = &ruling.facts;
    let yes_or_no = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.to_owned());
    let scopes = if ruling.scopes.is_empty() { "none".to_owned() } else { ruling.scopes.to_string() };
    vec![
        ("client", facts.client.clone()),
        ("scopes", Some(scopes)),
        ("time", facts.time.map(|time| time.to_string())),
        ("environment", facts.environment.clone()),
        ("ci", yes_or_no(facts.ci)),
        ("branch", facts.branch.clone()),
        ("caller", facts.caller.clone()),
        ("interactive", yes_or_no(facts.interactive)),
        ("sign-in age", facts.sign_in_age.map(|age| format!("{age} s"))),
    ]
}

/// `tokscope.policy-test/v1`
fn document(
    context: &Context,
    found: &EndpointMatch,
    ruling: Option<&PolicyRuling>,
    facts: &Facts,
    traced: &[RuleTrace],
) -> Json {
    let flag = |flag: Option<bool>| flag.map_or(Json::Null, Json::Bool);
    let number = |number: u64| Json::Number(number.to_string());
    let endpoint = context.endpoint(found.id);
    let rules = traced.iter().map(|rule| {
        let conditions = rule.conditions.iter().map(|condition| {
            json_object([
                ("key", json_text(condition.key)),
                ("values", json_list(&condition.values)),
                ("holds", flag(condition.holds)),
            ])
        });
        json_object([
            ("rule", Json::Number(rule.rule.number().to_string())),
            ("line", number(rule.rule.line)),
            ("effect", json_text(rule.effect.as_str())),
            ("matches", flag(rule.matches)),
            ("unknown", json_option(rule.unknown)),
            ("conditions", Json::Array(conditions.collect())),
        ])
    });
    json_object([
        ("schema", json_text("tokscope.policy-test/v1")),
        ("endpoint", json_option(endpoint.map(|(_, endpoint)| endpoint))),
        ("api", json_option(endpoint.map(|(api, _)| &api.name))),
        ("policy", json_ruling(ruling)),
        (
            "facts",
            json_object([
                ("client", json_option(facts.client.as_ref())),
                ("scopes", ruling.map_or(Json::Null, |ruling| json_list(&ruling.scopes))),
                ("time", json_option(facts.time)),
                ("environment", json_option(facts.environment.as_ref())),
                ("ci", flag(facts.ci)),
                ("branch", json_option(facts.branch.as_ref())),
                ("caller", json_option(facts.caller.as_ref())),
                ("interactive", flag(facts.interactive)),
                ("sign_in_age", facts.sign_in_age.map_or(Json::Null, number)),
            ]),
        ),
        ("rules", Json::Array(rules.collect())),
    ])
}
