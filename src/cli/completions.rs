//! `tokscope completions` prints shell completions.

use clap::ValueEnum;
use clap_complete::aot::{Shell as Common, generate};

use super::print::Streams;
use super::{command, complete};
use crate::app::{Error, ErrorKind};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(tokscope completions bash --dynamic)
  tokscope completions bash > ~/.local/share/bash-completion/completions/tokscope
  tokscope completions zsh > ~/.zfunc/_tokscope
  tokscope completions fish > ~/.config/fish/completions/tokscope.fish")]
pub(super) struct Arguments {
    /// Shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// Print a script that asks tokscope while you type: it also completes the endpoints, scopes and clients of the manifest
    /// and the IDs of stored tokens. Nothing is sent or decrypted. Load it at the start of the shell
    #[arg(long)]
    dynamic: bool,
}

/// A supported shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// bash
    Bash,
    /// elvish
    Elvish,
    /// fish
    Fish,
    /// nushell
    Nushell,
    /// PowerShell
    #[value(name = "powershell")]
    PowerShell,
    /// zsh
    Zsh,
}

/// Supported shells, with the file names under `completions/`.
pub const SHELLS: [(Shell, &str); 6] = [
    (Shell::Bash, "tokscope.bash"),
    (Shell::Elvish, "tokscope.elv"),
    (Shell::Fish, "tokscope.fish"),
    (Shell::Nushell, "tokscope.nu"),
    (Shell::PowerShell, "_tokscope.ps1"),
    (Shell::Zsh, "_tokscope"),
];

/// Renders the completions of a shell.
#[must_use]
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    let mut command = command();
    let name = "tokscope";
    match shell {
        Shell::Bash => generate(Common::Bash, &mut command, name, &mut text),
        Shell::Elvish => generate(Common::Elvish, &mut command, name, &mut text),
        Shell::Fish => generate(Common::Fish, &mut command, name, &mut text),
        Shell::PowerShell => generate(Common::PowerShell, &mut command, name, &mut text),
        Shell::Zsh => generate(Common::Zsh, &mut command, name, &mut text),
        Shell::Nushell => generate(clap_complete_nushell::Nushell, &mut command, name, &mut text),
    }
    text
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    if !arguments.dynamic {
        streams.raw(&completions(arguments.shell));
        return Ok(None);
    }
    let name = arguments.shell.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let script = complete::registration(&name)
        .map_err(|error| Error::new(ErrorKind::Failed, format!("the script can't be written: {error}")))?;
    let script = script.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("no dynamic completions for {name}"))
            .hint(format!("`tokscope completions {name}` prints completions of commands and options"))
    })?;
    streams.raw(&script);
    Ok(None)
}
