//! `tokscope man`: the manual page, in roff.

use super::command;
use super::print::Streams;
use crate::workspace::{Error, Kind};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tokscope man | man -l -")]
pub(super) struct Arguments {}

/// The manual page, every subcommand included, in roff.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn man_page() -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut whole = command();
    whole.build();
    clap_mangen::Man::new(whole.clone()).render(&mut text)?;
    for subcommand in whole.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        section(subcommand, &format!("tokscope {}", subcommand.get_name()), &mut text)?;
    }
    Ok(text)
}

/// The synopsis, the description and the options of a subcommand and of those below it.
fn section(command: &clap::Command, path: &str, text: &mut Vec<u8>) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(text, ".SH \"{}\"", path.to_uppercase())?;
    let page = clap_mangen::Man::new(command.clone());
    page.render_synopsis_section(text)?;
    page.render_description_section(text)?;
    if command.get_arguments().next().is_some() {
        page.render_options_section(text)?;
    }
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help") {
        section(below, &format!("{path} {}", below.get_name()), text)?;
    }
    Ok(())
}

pub(super) fn run(_arguments: &Arguments, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    let page = man_page().map_err(|error| Error::new(Kind::Failed, format!("the page can't be written: {error}")))?;
    streams.raw(&page);
    Ok(None)
}
