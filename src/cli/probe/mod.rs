//! `tokscope probe`: checks what a token grants access to, and whether the server enforces the manifest.

mod report;
mod state;

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use self::state::{Cell, State};
use super::access::Access;
use super::arguments::GivenToken;
use super::open::{context as open_context, find_all, require};
use super::print::Streams;
use super::sarif::sarif_of_file;
use super::wait_for;
use crate::app::{
    Concern, Concerns, Context, EndpointId, EngineMatrix, Error, ErrorKind, LoadedToken, ProbePlan, Prober,
    SigningSource, is_safe,
};
use crate::text::{readable_url, visible};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Calls each endpoint with a safe method (GET, HEAD, OPTIONS; others only if named with --endpoint) with the given token, \
without a token and, if --client can obtain them with client credentials, with tokens that lack one required scope each. \
An endpoint that succeeds without the scope is under-enforced. One that refuses although the manifest is satisfied is \
over-enforced, or the manifest is out of date.

With --engine, the proxy at that URL is tested instead: --sign-key signs tokens of every kind (fewer scopes, look-alikes, \
arrays, expired, another audience or issuer, an ID token), and each response must be what `check` says. The engine must accept \
the key for the API's issuer, so this is for a test deployment. The command `sign` creates a key and its key set.

Examples:
  tokscope probe --token - --client ci --param id=7 < token.txt
  tokscope probe --client ci --rate 2 --state probe.state --format junit > probe.xml
  tokscope probe --engine https://staging.example.com --sign-key key.pem --rate 50")]
pub(super) struct Arguments {
    #[command(flatten)]
    token: GivenToken,
    /// Client that obtains tokens lacking one required scope each
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Only this endpoint, whatever its method (repeatable)
    #[arg(long = "endpoint", short, value_name = "ENDPOINT")]
    endpoints: Vec<String>,
    /// Value of a path parameter, wherever it occurs
    #[arg(long = "param", short, value_name = "NAME=VALUE", value_parser = super::arguments::pair)]
    parameters: Vec<(String, String)>,
    /// Test the proxy at this URL with tokens of every kind, signed with --sign-key
    #[arg(long, value_name = "URL", requires = "sign_key", conflicts_with_all = ["token", "client"])]
    engine: Option<String>,
    /// Private key in PEM that the engine accepts for the API's issuer
    #[arg(long, value_name = "FILE", requires = "engine")]
    sign_key: Option<PathBuf>,
    /// API to use, if several match
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Maximum calls per second
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=100))]
    rate: u32,
    /// Maximum number of calls
    #[arg(long, value_name = "N", default_value = "500")]
    most: usize,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    /// File that records completed calls, so that the next run continues after them
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json", "junit", "sarif"])]
    format: String,
    /// Exit with code 6 if there is a finding of this severity or above
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = ["info", "warning", "error"])]
    fail_on: String,
    #[command(flatten)]
    access: Access,
}

pub(super) fn run(
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    if let (Some(engine), Some(key)) = (&arguments.engine, &arguments.sign_key) {
        return test_engine(engine, key, arguments, manifest, streams);
    }
    let context = arguments.access.context(manifest, streams)?;
    let token = arguments.token.read_or_variable(Timestamp::now())?;
    let endpoints = endpoints(&context, arguments)?;
    let mut plan =
        ProbePlan::new(&context, &endpoints, &arguments.parameters, token.is_some(), arguments.client.as_deref())?;
    plan = plan.permitted(&context, token.as_ref(), arguments.client.as_deref())?;
    if plan.trials.len() > arguments.most {
        let beyond = plan.trials.len() - arguments.most;
        plan.left_out.push(format!("{beyond} calls above the limit of {} (`--most`)", arguments.most));
        plan.trials.truncate(arguments.most);
    }
    let concerns = Concerns::new(&context).of_all(plan.requests(), token.as_ref(), &[]);
    if !concerns.is_empty() {
        let reasons: Vec<String> = concerns.iter().map(Concern::to_string).collect();
        let confirmed = arguments.access.confirmed(arguments.yes, &reasons.join("; "), streams);
        confirmed.map_err(|error| ProbePlan::declined(&context, &endpoints, error))?;
        plan = plan.confirmed();
    }
    let mut state = State::open(arguments.state.as_deref())?;
    let completed = wait_for(try_all(&context, &plan, token.as_ref(), arguments, &mut state, streams))?;
    for left in &plan.left_out {
        streams.say(format_args!("skipped: {}", visible(left)));
    }
    show(arguments, manifest, &state, &plan.left_out, completed, streams)
}

/// Prints the results, and returns the exit code.
fn show(
    arguments: &Arguments,
    manifest: Option<&Path>,
    state: &State,
    left_out: &[String],
    completed: bool,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let findings = report::findings(&state.cells);
    match arguments.format.as_str() {
        "json" => streams.json(&report::document(&state.cells, &findings, left_out)),
        "junit" => streams.verbatim(report::junit(&state.cells)),
        "sarif" => streams.json(&sarif_of_file(&findings, &require(manifest)?.to_string_lossy())),
        _ => report::text(&state.cells, &findings, streams),
    }
    if !completed {
        return Err(Error::new(ErrorKind::Failed, "cancelled: the results above are incomplete")
            .hint("use `--state FILE` to continue with the next run"));
    }
    let worst = findings.iter().map(crate::diagnostic::Diagnostic::severity).max();
    Ok(worst
        .filter(|worst| worst.as_str() == arguments.fail_on || *worst >= report::severity(&arguments.fail_on))
        .map(|_| ErrorKind::Findings))
}

/// Runs the matrix against an engine.
fn test_engine(
    engine: &str,
    key: &Path,
    arguments: &Arguments,
    manifest: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let context = open_context(Some(&require(manifest)?), streams)?;
    let url = readable_url(engine).map_err(|reason| Error::new(ErrorKind::Usage, reason))?;
    let key = SigningSource::File(key.to_owned());
    let matrix = EngineMatrix::new(&context, url, key, &arguments.parameters, Timestamp::now());
    let (mut trials, mut left_out) = matrix.trials(&endpoints(&context, arguments)?)?;
    if trials.len() > arguments.most {
        left_out.push(format!(
            "{} calls above the limit of {} (`--most`)",
            trials.len() - arguments.most,
            arguments.most
        ));
        trials.truncate(arguments.most);
    }
    let mut state = State::open(arguments.state.as_deref())?;
    let completed = wait_for(async {
        let mut ticks = interval_at(Instant::now(), Duration::from_secs(1) / arguments.rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut cancel = std::pin::pin!(crate::app::interrupt());
        for trial in &trials {
            if state.has(&trial.name, &trial.with) {
                continue;
            }
            let step = async {
                ticks.tick().await;
                trial.send(&context).await
            };
            let result = tokio::select! {
                biased;
                _ = &mut cancel => return Ok(false),
                result = step => result,
            };
            let result = match result {
                Err(error) if error.kind == ErrorKind::AuditLog => return Err(error),
                result => result,
            };
            state.add(Cell::of(trial.name.clone(), trial.with.clone(), result))?;
        }
        Ok(true)
    })?;
    for left in &left_out {
        streams.say(format_args!("skipped: {}", visible(left)));
    }
    show(arguments, manifest, &state, &left_out, completed, streams)
}

/// Returns the named endpoints, or all with a safe method.
fn endpoints(context: &Context, arguments: &Arguments) -> Result<Vec<EndpointId>, Error> {
    if !arguments.endpoints.is_empty() {
        return find_all(context, &arguments.endpoints, arguments.api.as_deref());
    }
    context.require_api(arguments.api.as_deref())?;
    let wanted = |id: &EndpointId| {
        context.endpoint(*id).is_some_and(|(api, endpoint)| {
            is_safe(&endpoint.method) && arguments.api.as_ref().is_none_or(|name| *name == api.name)
        })
    };
    Ok(context.endpoints().into_iter().filter(wanted).collect())
}

/// Makes the remaining calls. Returns false if cancelled.
async fn try_all(
    context: &Context,
    plan: &ProbePlan,
    token: Option<&LoadedToken>,
    arguments: &Arguments,
    state: &mut State,
    streams: &mut Streams,
) -> Result<bool, Error> {
    let pause = Duration::from_secs(1) / arguments.rate;
    let mut ticks = interval_at(Instant::now(), pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut prober = Prober::new(context, token, arguments.client.as_deref());
    let mut cancel = std::pin::pin!(crate::app::interrupt());
    let shows_progress = io::stderr().is_terminal();
    for (index, trial) in plan.trials.iter().enumerate() {
        let Some((_, endpoint)) = context.endpoint(trial.request.endpoint) else { continue };
        let (name, with) = (endpoint.to_string(), trial.with.to_string());
        if state.has(&name, &with) {
            continue;
        }
        if shows_progress {
            streams.say(format_args!("{}/{} {} with {with}", index + 1, plan.trials.len(), visible(&name)));
        }
        let step = async {
            ticks.tick().await;
            prober.make(trial).await
        };
        let result = tokio::select! {
            biased;
            _ = &mut cancel => return Ok(false),
            result = step => result,
        };
        // without a record there is no call, so there is nothing to report
        let result = match result {
            Err(error) if error.kind == ErrorKind::AuditLog => return Err(error),
            result => result,
        };
        state.add(Cell::of(name, with, result))?;
    }
    Ok(true)
}
