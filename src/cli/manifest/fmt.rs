//! `tokscope manifest fmt`: the manifest in one form.

use std::path::Path;

use crate::cli::open::require;
use crate::cli::print::Streams;
use crate::text::visible;
use crate::workspace::{Error, Kind, Workspace};

/// Write the manifest in one form: spaces, blank lines, requirements as short as they can be. Comments stay
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write nothing, and end with exit code 6 when the form is another one
    #[arg(long)]
    check: bool,
    /// Also sort: endpoints by path and method, scopes by name, each with the comment above it
    #[arg(long)]
    sort: bool,
    /// Print the text, and leave the file as it is
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
}

pub(super) fn run(arguments: &Arguments, named: Option<&Path>, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    let path = require(named)?;
    let formed = Workspace::format_file(&path, arguments.sort)?;
    if arguments.stdout {
        streams.raw(formed.text.as_bytes());
        return Ok(None);
    }
    let name = path.display().to_string();
    let name = visible(&name);
    match (formed.changed, arguments.check) {
        (false, _) => streams.say(format_args!("{name}: has the form already")),
        (true, true) => {
            streams.say(format_args!("{name}: `tokscope manifest fmt` would change it"));
            return Ok(Some(Kind::Findings));
        }
        (true, false) => {
            Workspace::write_manifest(&path, &formed.text)?;
            streams.say(format_args!("{name}: written"));
        }
    }
    Ok(None)
}
