//! `tokscope audit` reads, verifies, signs and exports the audit log.

mod export;
mod log;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};

pub(in crate::cli) use self::log::time;
use super::access::Access;
use super::print::{Streams, json_object, json_text};
use crate::app::{AuditReader, Error, ErrorKind};
use crate::token::Json;
use crate::vault::StoreKind;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The log is `tokscope/audit/` in the XDG state directory. What it holds, and how other programs read it, is described in \
docs/audit.md.

Examples:
  tokscope audit log --since 7d --scope orders:write
  tokscope audit log --event token.used --outcome failed --json
  tokscope audit verify")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List records, the latest last
    Log(log::Arguments),
    /// Verify that no record was changed, inserted or removed
    Verify(verify::Arguments),
    /// Pass records to other programs: OTLP, OCSF, JSON Lines
    Export(export::Arguments),
    /// Print a signed checkpoint, to be kept on another machine
    Checkpoint(Common),
    /// Continue a log that was damaged, shortened, replaced or removed
    ///
    /// Records what was found. Until then nothing is requested or sent.
    Accept(Accept),
    /// Remove old segments of the log
    ///
    /// Removes whole segments, and records that; the rest still verifies. The last segment is kept.
    Prune(Prune),
    /// Remove the pseudonyms of a user, so that no record can be assigned to them any more
    ///
    /// The records stay, and the log still verifies.
    Erase(Erase),
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    access: Access,
}

#[derive(Debug, clap::Args)]
struct Accept {
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    access: Access,
}

#[derive(Debug, clap::Args)]
struct Erase {
    /// Name of the user on this machine
    #[arg(value_name = "USER")]
    name: String,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    access: Access,
}

#[derive(Debug, clap::Args)]
struct Prune {
    /// Remove segments whose records are all older than this number of days
    #[arg(long, value_name = "DAYS")]
    older_than: u32,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    access: Access,
}

/// Returns a reader of the user's log. A vault in memory has no anchor.
fn reader(access: &Access) -> Result<AuditReader, Error> {
    let vault = access.vault()?;
    AuditReader::new(Some(vault).filter(|vault| vault.kind() != StoreKind::Memory))
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    match &arguments.command {
        Command::Log(arguments) => log::run(arguments, streams),
        Command::Verify(arguments) => verify::run(arguments, streams),
        Command::Export(arguments) => export::run(arguments, streams),
        Command::Checkpoint(common) => {
            let (checkpoint, key) = reader(&common.access)?.checkpoint()?;
            streams.raw(checkpoint.as_bytes());
            streams.say(format_args!("verifier key: {key}"));
            Ok(None)
        }
        Command::Accept(arguments) => {
            let reader = reader(&arguments.access)?;
            arguments.access.confirmed(
                arguments.yes,
                "records that were changed or lost can't be recovered; the log continues after them",
                streams,
            )?;
            match reader.accept()? {
                Some(cause) => streams.say(format_args!("accepted: {cause}; the log continues in a new segment")),
                None => streams.say("nothing to accept: the log is intact"),
            }
            Ok(None)
        }
        Command::Prune(arguments) => {
            let before = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(arguments.older_than));
            let what = format!("records before {before} can't be recovered once they are removed");
            arguments.access.confirmed(arguments.yes, &what, streams)?;
            let removed = reader(&arguments.access)?.prune(before)?;
            streams.say(format_args!("{removed} segments removed"));
            Ok(None)
        }
        Command::Erase(arguments) => {
            let what = format!("the pseudonyms of `{}` can't be recovered once they are removed", arguments.name);
            arguments.access.confirmed(arguments.yes, &what, streams)?;
            let removed = reader(&arguments.access)?.erase(&arguments.name)?;
            streams.say(format_args!("{removed} pseudonyms removed"));
            Ok(None)
        }
    }
}

/// Returns a document of this command.
fn document<const N: usize>(members: [(&str, Json); N]) -> Json {
    let Json::Object(mut all) = json_object([("schema", json_text("tokscope.audit/v1"))]) else { return Json::Null };
    if let Json::Object(members) = json_object(members) {
        all.extend(members);
    }
    Json::Object(all)
}

/// Reads the files of checkpoints.
fn read_checkpoints(paths: &[PathBuf]) -> Result<Vec<(String, String)>, Error> {
    paths
        .iter()
        .map(|path| {
            let name = path.display().to_string();
            let bytes = crate::app::read_input_file(path, 64 << 10)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok((name, text))
        })
        .collect()
}
