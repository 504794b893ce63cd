//! `tokscope manifest schema`: the JSON Schema of `tokscope.toml`.

use crate::cli::print::Streams;
use crate::manifest::schema;
use crate::workspace::{Error, Kind};

/// Print the JSON Schema of tokscope.toml, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  tokscope manifest schema > tokscope.schema.json")]
pub(super) struct Arguments {}

pub(super) fn run(Arguments {}: &Arguments, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    streams.line(format_args!("{:#}", schema()));
    Ok(None)
}
