//! Dynamic completions: a shell asks the program for the endpoints, scopes and clients of the manifest and the IDs of stored
//! tokens while the user types. Nothing is sent, prompted for or decrypted.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use clap_complete::env::{Bash as ClapBash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use super::{command, open};
use crate::app::{Context, open_manifest};
use crate::files::data_folder;
use crate::manifest::{Api, providers};
use crate::text::{shell_word, visible};
use crate::vault::Vault;

/// Environment variable with the name of the shell that asks.
pub(super) const VARIABLE: &str = "TOKSCOPE_COMPLETE";

/// Environment variable with the word at the cursor as it is typed, with its opening quote.
const WORD: &str = "TOKSCOPE_COMPLETE_WORD";

/// Shells with dynamic completions.
const SHELLS: &[&dyn EnvCompleter] = &[&Bash, &Elvish, &Fish, &Powershell, &Zsh];

/// Answers a shell that asks for completions, as [`VARIABLE`] says. Returns whether one did.
pub(super) fn answer(words: &[OsString]) -> Result<bool, clap::Error> {
    if std::env::var_os(VARIABLE).is_none_or(|shell| shell.is_empty()) {
        return Ok(false);
    }
    let folder = std::env::current_dir().ok();
    let environment = CompleteEnv::with_factory(command_with_values).var(VARIABLE).shells(Shells(SHELLS));
    environment.try_complete(words.iter().cloned(), folder.as_deref())
}

/// Returns the script that makes a shell ask; `None` if the shell is not supported.
pub(super) fn registration(shell: &str) -> io::Result<Option<Vec<u8>>> {
    let Some(shell) = Shells(SHELLS).completer(shell) else { return Ok(None) };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "tokscope", "tokscope", "tokscope", &mut script)?;
    Ok(Some(script))
}

/// bash replaces the word at the cursor with the completion as it is, so words with spaces are quoted, unless the user has
/// typed a quote.
struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        ClapBash.name()
    }

    fn is(&self, name: &str) -> bool {
        ClapBash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut script = Vec::new();
        ClapBash.write_registration(var, name, bin, completer, &mut script)?;
        let script = String::from_utf8_lossy(&script);
        let (before, after) = script.split_once("_CLAP_IFS=").unwrap_or((&script, ""));
        write!(buf, "{before}{WORD}=\"${{COMP_WORDS[COMP_CWORD]}}\" \\\n        _CLAP_IFS={after}")
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let index = variable("_CLAP_COMPLETE_INDEX").parse().unwrap_or_default();
        let separator = variable("_CLAP_IFS");
        let separator = if separator.is_empty() { "\n" } else { &separator };
        let is_quoted = variable(WORD).starts_with(['\'', '"']);
        let candidates = complete(command, words, index, folder)?;
        let words = candidates.iter().map(|candidate| candidate.get_value().to_string_lossy());
        let words: Vec<_> = words
            .map(|word| match is_quoted || !word.contains([' ', '{', '*', '\'']) {
                true => word.into_owned(),
                false => shell_word(&word).into_owned(),
            })
            .collect();
        write!(buf, "{}", words.join(separator))
    }
}

/// Kind of the values of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    Endpoints,
    Paths,
    Scopes,
    Clients,
    Apis,
    Providers,
    TokenIds,
}

/// Returns the command with the values of its arguments. Subcommands are built first: they are built on demand.
fn command_with_values() -> Command {
    let mut whole = command();
    whole.build();
    with_values(whole)
}

fn with_values(command: Command) -> Command {
    let is_tokens = command.get_bin_name().is_some_and(|name| name.contains("tokens"));
    let command = command.mut_args(|argument| {
        let value = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
        match values_of(argument.get_id().as_str(), &value.unwrap_or_default(), is_tokens) {
            Some(values) => argument.add(ArgValueCompleter::new(move |typed: &OsStr| candidates(values, typed))),
            None => argument,
        }
    });
    command.mut_subcommands(with_values)
}

fn values_of(id: &str, value: &str, is_tokens: bool) -> Option<Values> {
    Some(match (id, value) {
        (_, "ENDPOINT") => Values::Endpoints,
        (_, "PATH|NAME") => Values::Paths,
        (_, "SCOPE") => Values::Scopes,
        ("client", "NAME") => Values::Clients,
        ("api", "NAME") => Values::Apis,
        ("provider", "NAME") => Values::Providers,
        ("id" | "ids", "ID") if is_tokens => Values::TokenIds,
        _ => return None,
    })
}

/// Returns the values that begin with what was typed, each with a description.
fn candidates(values: Values, typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let typed = typed.trim_start_matches(['\'', '"']);
    let mut seen = std::collections::HashSet::new();
    let found = named(values).into_iter().filter(|(value, _)| value.starts_with(typed) && seen.insert(value.clone()));
    // a name that could steer the terminal is not offered
    let safe = found.filter(|(value, _)| *visible(value) == **value);
    safe.map(|(value, about)| {
        CompletionCandidate::new(value).help(about.map(|about| visible(&about).into_owned().into()))
    })
    .collect()
}

fn named(values: Values) -> Vec<(String, Option<String>)> {
    match values {
        Values::Providers => {
            providers::all().iter().map(|known| (known.name.to_owned(), Some(known.about.title.clone()))).collect()
        }
        Values::TokenIds => {
            let ids = data_folder().map(|folder| Vault::listed_ids(&folder)).unwrap_or_default();
            ids.iter().map(|id| (id.to_string(), None)).collect()
        }
        _ => context().map(|context| of_manifest(values, &context)).unwrap_or_default(),
    }
}

/// Candidates with their descriptions.
type Candidates = Vec<(String, Option<String>)>;

fn of_manifest(values: Values, context: &Context) -> Candidates {
    let Some(manifest) = context.manifest() else { return Vec::new() };
    let of_apis = |of: &dyn Fn(&Api) -> Candidates| manifest.apis.iter().flat_map(of).collect();
    match values {
        Values::Endpoints => of_apis(&|api| {
            let endpoints = api.endpoints.iter();
            endpoints.map(|endpoint| (endpoint.to_string(), Some(endpoint.requirement.to_string()))).collect()
        }),
        Values::Paths => of_apis(&|api| {
            let path = |text: String| text.split_once(' ').map(|(_, path)| path.to_owned());
            api.endpoints.iter().filter_map(|endpoint| Some((path(endpoint.to_string())?, None))).collect()
        }),
        Values::Scopes => of_apis(&|api| {
            api.scopes.iter().map(|declared| (declared.scope.to_string(), declared.description.clone())).collect()
        }),
        Values::Apis => of_apis(&|api| vec![(api.name.clone(), api.title.clone())]),
        Values::Clients => {
            let clients = manifest.clients.iter();
            clients.map(|client| (client.name.clone(), Some(client.issuer.to_string()))).collect()
        }
        Values::Providers | Values::TokenIds => Vec::new(),
    }
}

/// Opens the manifest that the command line names, or the nearest one. An invalid one has no values.
fn context() -> Option<Context> {
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    let mut given = None;
    while let Some(word) = words.next() {
        if word == "--manifest" {
            given = words.next();
        } else if let Some(path) = word.to_str().and_then(|word| word.strip_prefix("--manifest=")) {
            given = Some(path.into());
        }
    }
    let given = given.or_else(|| std::env::var_os("TOKSCOPE_MANIFEST")).filter(|path| !path.is_empty());
    let path = open::locate(given.map(PathBuf::from).as_deref()).ok()??;
    open_manifest(&path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_with_known_values_offers_them() {
        let whole = command_with_values();
        let mut offered = std::collections::BTreeMap::<String, usize>::new();
        let mut commands = vec![&whole];
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands());
            let is_tokens = command.get_bin_name().is_some_and(|name| name.contains("tokens"));
            for argument in command.get_arguments() {
                let value = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
                let values = values_of(argument.get_id().as_str(), &value.unwrap_or_default(), is_tokens);
                assert_eq!(argument.get::<ArgValueCompleter>().is_some(), values.is_some(), "{argument:?}");
                if let Some(values) = values {
                    *offered.entry(format!("{values:?}")).or_default() += 1;
                }
            }
        }
        let kinds: Vec<&str> = offered.keys().map(String::as_str).collect();
        assert_eq!(kinds, ["Apis", "Clients", "Endpoints", "Paths", "Providers", "Scopes", "TokenIds"]);
        assert!(offered["Endpoints"] > 6 && offered["TokenIds"] > 3, "{offered:?}");
    }
}
