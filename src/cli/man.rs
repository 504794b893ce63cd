//! `tokscope man` prints manual pages in roff, one for each command.

use std::path::PathBuf;

use super::command;
use super::print::Streams;
use crate::app::{Error, ErrorKind};
use crate::files::{Audience, Existing, write_file};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope man | man -l -
  tokscope man manifest import | man -l -
  tokscope man --output man")]
pub(super) struct Arguments {
    /// Command to document, such as `decode` or `manifest import` [default: tokscope itself]
    #[arg(value_name = "COMMAND")]
    path: Vec<String>,
    /// Write the pages of all commands to this directory, which must exist
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    output: Option<PathBuf>,
}

/// A manual page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManPage {
    /// File name, such as `tokscope-manifest-import.1`.
    pub file: String,
    /// Page in roff.
    pub roff: Vec<u8>,
}

/// Renders every manual page: `tokscope` and one for each command.
///
/// # Errors
/// None in practice: the pages are written to memory.
pub fn man_pages() -> std::io::Result<Vec<ManPage>> {
    let mut whole = command();
    whole.build();
    let mut pages = Vec::new();
    add(&whole, "tokscope", &mut pages)?;
    Ok(pages)
}

/// Renders the pages of a command and its subcommands.
fn add(command: &clap::Command, name: &str, pages: &mut Vec<ManPage>) -> std::io::Result<()> {
    let mut roff = Vec::new();
    // clap sets the display name of each subcommand to its full name: `tokscope-manifest-import`
    clap_mangen::Man::new(command.clone()).render(&mut roff)?;
    pages.push(ManPage { file: format!("{name}.1"), roff });
    for below in visible(command) {
        add(below, &format!("{name}-{}", below.get_name()), pages)?;
    }
    Ok(())
}

fn visible(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let pages =
        man_pages().map_err(|error| Error::new(ErrorKind::Failed, format!("can't render the page: {error}")))?;
    if let Some(folder) = &arguments.output {
        for page in &pages {
            write_file(&folder.join(&page.file), &page.roff, Audience::Everyone, Existing::Replace)?;
        }
        return Ok(None);
    }
    let words: Vec<&str> = std::iter::once("tokscope").chain(arguments.path.iter().map(String::as_str)).collect();
    let file = format!("{}.1", words.join("-"));
    let page = pages.iter().find(|page| page.file == file).ok_or_else(|| {
        let message = format!("`{}` is not a tokscope command", arguments.path.join(" "));
        Error::new(ErrorKind::Usage, message).hint("`tokscope help` lists the commands")
    })?;
    streams.raw(&page.roff);
    Ok(None)
}
