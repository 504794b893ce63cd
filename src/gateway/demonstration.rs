//! `demo --gateway`: a small program runs behind a gateway, on the servers of the demo. Every line comes from the program,
//! from the audit log or from what was learned.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::LocalSet;

use super::RunRequest;
use crate::app::gateway::{GatewayOptions, Learning, Mode, requests};
use crate::app::{AuditReader, Context, Error, ErrorKind, ReadPosition, TemporaryLog};
use crate::demo::{self, Demo};
use crate::text::visible;
use crate::usage::{Certainty, Event, Filter, Outcome, Phase, Record};
use crate::vault::Vault;

/// Client of the demo's manifest that needs no user.
const CLIENT: &str = "ci";

/// An endpoint that is missing in the manifest of the second part, and the beginning of its line.
const MISSING: &str = "\"GET /customers/{id}\"";

/// Arguments of this program that make it the small program.
const PROGRAM: [&str; 2] = ["demo", "--gateway-program"];

/// Runs the demo. `own`: path of this program; `print`: prints a line.
///
/// # Errors
/// If the servers or the program can't be started.
pub fn demonstrate(own: &Path, print: impl Fn(&str) + 'static) -> Result<u8, Error> {
    let runtime = super::runtime()?;
    let done = LocalSet::new().block_on(&runtime, tell(own, Rc::new(print)));
    runtime.shutdown_background();
    done.map(|()| 0)
}

type Print = Rc<dyn Fn(&str)>;

async fn tell(own: &Path, print: Print) -> Result<(), Error> {
    let failed = |error: demo::DemoError| Error::new(ErrorKind::Failed, error.to_string());
    let demo = demo::start().await.map_err(failed)?;
    print("1. a program that knows a base URL and a placeholder, and no token");
    print("");
    let records = run(own, &demo, &demo.manifest, Mode::Enforce, &print).await?;
    print("");
    print("2. what the gateway did: the narrowest token for each request, and a refusal of what is not allowed");
    print("");
    records.iter().filter(|record| is_result(record)).for_each(|record| print(&line(record)));
    print("");
    print("3. the same program, observed, with a manifest that lacks `GET /customers/{id}`");
    print("");
    let lines = demo.manifest.lines().filter(|line| !line.starts_with(MISSING));
    let manifest = lines.flat_map(|line| [line, "\n"]).collect::<String>();
    let records = run(own, &demo, &manifest, Mode::Observe, &print).await?;
    print("");
    print("4. what was learned from it");
    print("");
    learned(&manifest, &records, &print)?;
    print("");
    print("`tokscope gateway run -- COMMAND` does this for a program of yours");
    Ok(())
}

/// Runs the program behind a gateway with this manifest, and returns what was recorded.
async fn run(own: &Path, demo: &Demo, manifest: &str, mode: Mode, print: &Print) -> Result<Vec<Record>, Error> {
    let log = TemporaryLog::create()?;
    let context = Context::from_source("demo", manifest)
        .map_err(|_| Error::new(ErrorKind::Failed, "the demo's manifest is not valid"))?
        .recording_in(Arc::clone(log.log()))
        .with_client_secret(CLIENT, demo.service_secret.clone())
        .with_vault(Vault::in_memory());
    let options = GatewayOptions {
        mode,
        client: Some(CLIENT.to_owned()),
        caller: Some("program".to_owned()),
        ..Default::default()
    };
    let mut command = vec![own.as_os_str().to_owned()];
    command.extend(PROGRAM.map(Into::into));
    let report = Rc::clone(print);
    let request = RunRequest { context, options, origins: Vec::new(), idle: Duration::from_mins(1), command };
    let code = super::child::serve(request, Rc::new(move |line| report(&format!("  {line}")))).await?;
    if code != 0 {
        return Err(Error::new(ErrorKind::Failed, "the program of the demo failed"));
    }
    let mut records = Vec::new();
    AuditReader::of(Arc::clone(log.log())).read(ReadPosition::default(), &Filter::default(), |logged| {
        records.push(logged.record.clone());
        true
    })?;
    Ok(records)
}

/// Whether a record is the end of a request: its outcome, or its refusal.
fn is_result(record: &Record) -> bool {
    record.event == Some(Event::GatewayRequest) && record.phase != Some(Phase::Intent)
}

/// Describes a request.
fn line(record: &Record) -> String {
    let endpoint = visible(record.endpoint.as_deref().unwrap_or_default()).into_owned();
    let list = |names: &Option<Vec<String>>| names.as_ref().map(|names| names.join(" ")).unwrap_or_default();
    if record.outcome == Some(Outcome::Denied) {
        return format!("  {endpoint:<22} denied, not sent   {}", record.cause.as_deref().unwrap_or_default());
    }
    let status = record.status.map(|status| status.to_string()).unwrap_or_default();
    let granted = match list(&record.granted) {
        granted if granted.is_empty() => "none".to_owned(),
        granted => granted,
    };
    let narrow = match list(&record.excess) {
        excess if excess.is_empty() => "the narrowest".to_owned(),
        excess => format!("not needed: {excess}"),
    };
    format!("  {endpoint:<22} {status}, scopes of the token: {granted} ({narrow})")
}

fn learned(manifest: &str, records: &[Record], print: &Print) -> Result<(), Error> {
    let context = Context::from_source("demo", manifest)
        .map_err(|_| Error::new(ErrorKind::Failed, "the demo's manifest is not valid"))?;
    let mut learning = Learning::new(&context, None, Vec::new(), Certainty::UpperBound)?;
    for record in records {
        learning.add_record(record);
    }
    let report = learning.finish()?;
    for api in &report.apis {
        let (seen, all) = (api.known.len(), api.known.len() + api.unseen.len());
        print(&format!("  {}, {seen} of {all} endpoints of the manifest seen", requests(api.requests)));
        for found in &api.new {
            let Some((required, certainty)) = found.requirement() else { continue };
            let required = required.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
            print(&format!("  new: {} {} = {required} ({certainty})", found.method, visible(&found.template)));
        }
        for found in &api.undetermined {
            print(&format!("  not learned: {} {}", found.method, visible(&found.template)));
        }
    }
    print(&format!("  minimal set for what was seen: {}", report.minimal_set.scopes));
    Ok(())
}
