//! Options of the terminal UI, for `tokscope` without a command and for `tokscope demo`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use jiff::Timestamp;

use super::access::{Access, launching};
use super::arguments::{GivenToken, variable};
use super::print::{Colors, Streams};
use super::{ScreenRequest, open};
use crate::app::{
    Context, Error, LoadedToken, ManifestProblem, OpenError, PassphraseQuestions, open_manifest, passphrase_questions,
};

// Options of the terminal UI.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Terminal UI")]
#[group(skip)]
pub(super) struct Arguments {
    /// Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file
    /// `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal;
    /// mono with `NO_COLOR`]
    #[arg(long, value_name = "NAME", env = variable("TOKSCOPE_THEME"))]
    theme: Option<String>,
    /// Draw borders and marks in ASCII
    #[arg(long, env = variable("TOKSCOPE_ASCII"), value_parser = BoolishValueParser::new())]
    ascii: bool,
    #[command(flatten)]
    token: GivenToken,
    /// Feed these keys first, such as `j<enter><ctrl-p><wait>`
    #[arg(long, value_name = "KEYS", default_value = "", hide_default_value = true)]
    keys: String,
    /// Print one frame as text after the keys, and exit [default size: 120x36]
    #[arg(long, value_name = "COLUMNSxROWS", num_args = 0..=1, require_equals = true, default_missing_value = "120x36",
          value_parser = size)]
    print: Option<(u16, u16)>,
}

/// `120x36`
fn size(text: &str) -> Result<(u16, u16), String> {
    let read = |side: &str| side.parse().ok().filter(|cells| (1..=1000).contains(cells));
    let sides = text.split_once('x').and_then(|(columns, rows)| Some((read(columns)?, read(rows)?)));
    sides.ok_or_else(|| "must be columns and rows from 1 to 1000, such as 120x36".to_owned())
}

impl Arguments {
    /// Merges these options with those of `outer`, which apply where an option is not given here.
    pub(super) fn or(&self, outer: &Self) -> Self {
        Self {
            theme: self.theme.clone().or_else(|| outer.theme.clone()),
            ascii: self.ascii || outer.ascii,
            token: if self.token.is_named() { self.token.clone() } else { outer.token.clone() },
            keys: if self.keys.is_empty() { outer.keys.clone() } else { self.keys.clone() },
            print: self.print.or(outer.print),
        }
    }

    /// Returns whether to print a frame, which needs no terminal.
    pub(super) fn prints(&self) -> bool {
        self.print.is_some()
    }

    pub(super) fn request(self, manifest: Option<PathBuf>, colors: Colors, demo: bool) -> ScreenRequest {
        ScreenRequest {
            manifest,
            demo,
            token: self.token,
            theme: self.theme,
            ascii: self.ascii,
            keys: self.keys,
            colors,
            print: self.print,
        }
    }
}

/// Initial state of the terminal UI.
#[derive(Debug)]
pub struct Opened {
    /// The context. `None`: the demo creates its own.
    pub context: Option<Context>,
    /// Path of the manifest, if there is one.
    pub manifest: Option<PathBuf>,
    /// Errors of the manifest, which is not in use then.
    pub problem: Option<ManifestProblem>,
    /// Token to show first.
    pub token: Option<LoadedToken>,
    /// Questions for the passphrase of the vault, if a user has to enter it.
    pub questions: Option<PassphraseQuestions>,
    /// Why the vault is unavailable.
    pub vault_error: Option<Error>,
}

impl ScreenRequest {
    /// Returns whether a printed frame has colors, as other output has.
    #[must_use]
    pub fn print_colors(&self) -> bool {
        self.streams().paints_output()
    }

    /// Returns whether the terminal UI uses no colors.
    #[must_use]
    pub fn no_colors(&self) -> bool {
        match self.colors {
            Colors::Auto => std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            Colors::Always => false,
            Colors::Never => true,
        }
    }

    fn streams(&self) -> Streams {
        let mut streams = Streams::of_the_process();
        streams.set_colors(self.colors);
        streams
    }

    /// Opens the manifest, if there is one, the vault and the token.
    ///
    /// # Errors
    /// The exit code, after the error was printed: the manifest is not valid, or the token can't be read.
    pub fn open(&self) -> Result<Opened, u8> {
        let mut streams = self.streams();
        self.try_open().map_err(|error| {
            streams.error(&error);
            error.kind.exit_code()
        })
    }

    fn try_open(&self) -> Result<Opened, Error> {
        let token = match self.demo {
            true => self.token.read(Timestamp::now())?,
            false => self.token.read_or_variable(Timestamp::now())?,
        };
        if self.demo {
            return Ok(Opened {
                context: None,
                manifest: None,
                problem: None,
                token,
                questions: None,
                vault_error: None,
            });
        }
        let manifest = open::locate(self.manifest.as_deref())?;
        let (context, problem) = match manifest.as_deref().map(open_manifest) {
            None => (Context::without_manifest(), None),
            Some(Ok(context)) => (context, None),
            // the screen shows its errors, and reloads it when they are corrected
            Some(Err(OpenError::Invalid(problem))) => (Context::without_manifest(), Some(problem)),
            Some(Err(OpenError::Unreadable(error))) => return Err(error),
        };
        let context = launching(context).with_circumstances(|known| {
            known.front_end = "tui";
            known.interactive = Some(true);
        });
        let (keys, questions) = passphrase_questions();
        let (context, vault_error) = match Access::of_the_environment().vault_with_prompt(keys) {
            Ok(vault) => (context.with_vault(vault), None),
            // without a vault, tokens are kept for this session only
            Err(error) => (context, Some(error)),
        };
        Ok(Opened { context: Some(context), manifest, problem, token, questions: Some(questions), vault_error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_consists_of_columns_and_rows() {
        assert_eq!(size("80x24"), Ok((80, 24)));
        for wrong in ["", "80", "0x24", "80x1001", "axb", "80x24x3"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
