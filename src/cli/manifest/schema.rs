//! `tokscope manifest schema`: the JSON Schema of `tokscope.toml`.

use crate::app::{Error, ErrorKind};
use crate::cli::print::Streams;
use crate::manifest::schema;

/// Print the JSON Schema of tokscope.toml, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  tokscope manifest schema > tokscope.schema.json")]
pub(super) struct Arguments {}

pub(super) fn run(Arguments {}: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    streams.verbatim(format_args!("{:#}", schema()));
    Ok(None)
}
