//! `tokscope manifest fmt`: formats manifests.

use std::path::{Path, PathBuf};

use crate::app::{Error, ErrorKind, format_manifest, write_manifest};
use crate::cli::open::require;
use crate::cli::print::Streams;
use crate::text::visible;

/// Format the manifest, keeping comments
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest fmt
  tokscope manifest fmt --check")]
pub(super) struct Arguments {
    /// Manifest files [default: as for every command]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check only; exit with code 6 if the manifest is not formatted
    #[arg(long)]
    check: bool,
    /// Also sort endpoints by path and method, and scopes by name, each with its comment
    #[arg(long)]
    sort: bool,
    /// Print the formatted manifest instead of writing it
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let paths = match arguments.files.as_slice() {
        [] => vec![require(named)?],
        files => files.to_vec(),
    };
    let mut outcome = None;
    for path in &paths {
        outcome = one(arguments, path, streams)?.or(outcome);
    }
    Ok(outcome)
}

fn one(arguments: &Arguments, path: &Path, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let formatted = format_manifest(path, arguments.sort)?;
    if arguments.stdout {
        streams.raw(formatted.text.as_bytes());
        return Ok(None);
    }
    let name = path.display().to_string();
    let name = visible(&name);
    match (formatted.changed, arguments.check) {
        (false, _) => streams.say(format_args!("{name} is already formatted")),
        (true, true) => {
            streams.say(format_args!("{name} is not formatted; run `tokscope manifest fmt`"));
            return Ok(Some(ErrorKind::Findings));
        }
        (true, false) => {
            write_manifest(path, &formatted.text)?;
            streams.say(format_args!("formatted {name}"));
        }
    }
    Ok(None)
}
