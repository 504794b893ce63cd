//! Pointers from commands that do not exist to those that do what was meant.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::looks_secret;
use crate::text::nearest;
use crate::token;

/// Words that users try, with the right command.
const POINTERS: &[(&[&str], &str)] = &[
    (
        &["logout", "signout", "sign-out"],
        "`tokscope tokens revoke` revokes a stored token at its server; `tokens forget` deletes it",
    ),
    (&["revoke"], "`tokscope tokens revoke` revokes a stored token at its server"),
    (&["refresh"], "`tokscope tokens refresh` refreshes a stored token"),
    (&["forget"], "`tokscope tokens forget` deletes a stored token"),
    (&["list", "ls"], "`tokscope tokens list` lists the stored tokens, `tokscope manifest show` the endpoints"),
    (&["signin", "sign-in", "auth", "authorize"], "`tokscope login` obtains a token"),
    (&["lint", "validate"], "`tokscope manifest lint` checks the manifest"),
    (&["import"], "`tokscope manifest import` imports an API description"),
    (&["export"], "`tokscope manifest --help` lists what can be done with a manifest"),
    (&["fmt", "format"], "`tokscope manifest fmt` formats the manifest"),
    (&["diff"], "`tokscope manifest diff` shows the effect of a change of the manifest"),
    (&["drift"], "`tokscope manifest drift` compares the manifest with its sources"),
    (&["show"], "`tokscope manifest show` lists the endpoints, `tokscope tokens show` shows a stored token"),
    (&["verify"], "`tokscope decode --verify` verifies a token"),
    (&["encode", "create", "mint", "generate"], "`tokscope sign` makes a test token"),
    (&["inspect", "parse", "read"], "`tokscope decode` decodes a token"),
    (&["diagnose", "debug"], "`tokscope why` explains a failed call"),
    (&["request", "curl", "get", "post"], "`tokscope call 'GET /path'` calls an endpoint"),
    (&["run"], "`tokscope exec` runs a command with a token in its environment"),
    (&["serve"], "`tokscope demo --serve` serves the demo"),
    (&["completion"], "`tokscope completions` prints shell completions"),
    (&["version"], "`tokscope --version` prints the version"),
];

/// HTTP methods, which an endpoint begins with.
pub(super) const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Returns a hint for an unknown command: the right one, or `decode` for a token. For an unexpected path after a method, which
/// the shell has separated from it, a hint to quote the endpoint.
pub(super) fn pointer(error: &clap::Error, words: &[OsString]) -> Option<&'static str> {
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(argument))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        let follows_method = words.windows(2).any(|pair| {
            matches!(pair, [method, path] if path == argument.as_str() && METHODS.iter().any(|known| method == known))
        });
        return follows_method.then_some("quote the endpoint: `-e 'GET /orders'`");
    }
    let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
    else {
        return None;
    };
    // of the program, not of a command: `tokscope manifest lnt`
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    if !usage.contains("tokscope [OPTIONS]") {
        return None;
    }
    let named = |word: &str| {
        let known = POINTERS.iter().find(|(words, _)| words.iter().any(|known| word.eq_ignore_ascii_case(known)));
        known.map(|(_, hint)| *hint)
    };
    // `logot` is nearer to `logout` than to `login`
    let meant = || {
        let commands = super::help::GROUPS.iter().flat_map(|(_, names)| *names);
        let words = POINTERS.iter().flat_map(|(words, _)| *words);
        nearest(word, commands.chain(words).copied(), 1).first().and_then(|near| named(near))
    };
    named(word).or_else(meant).or_else(|| {
        let token = looks_secret(word) || token::detect(word).is_ok();
        token.then_some("`tokscope decode` decodes a token: pass it on stdin")
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Arguments;

    fn hint(words: &[&str]) -> Option<&'static str> {
        let words: Vec<OsString> = std::iter::once(&"tokscope").chain(words).map(OsString::from).collect();
        let error = Arguments::try_parse_from(&words).map(|_| ()).unwrap_err();
        pointer(&error, &words)
    }

    #[test]
    fn unknown_commands_point_to_existing_ones() {
        for (words, hint_of_words) in POINTERS {
            for word in *words {
                assert_eq!(hint(&[word]), Some(*hint_of_words), "{word}");
            }
        }
        assert!(hint(&["eyJhbGciOiJub25lIn0.e30."]).unwrap().contains("`tokscope decode`"));
        assert!(hint(&["logot"]).unwrap().contains("`tokscope tokens revoke`"));
        assert!(hint(&["exec", "-e", "GET", "/orders", "--", "ls"]).unwrap().contains("quote the endpoint"));
        // clap's own tip names a similar command
        assert_eq!(hint(&["loginn"]), None);
        assert_eq!(hint(&["sign", "/orders"]), None);
        assert_eq!(hint(&["xyzzy"]), None);
        assert_eq!(hint(&["manifest", "logout"]), None);
    }

    #[test]
    fn the_commands_in_pointers_exist() {
        for (_, hint) in POINTERS {
            let commands = hint.split('`').skip(1).step_by(2).filter_map(|part| part.strip_prefix("tokscope "));
            for command in commands.filter(|command| !command.starts_with('-')) {
                let mut found = crate::cli::command();
                found.build();
                for word in command.split(' ').take_while(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())) {
                    found = found.find_subcommand(word).unwrap_or_else(|| panic!("`{command}`")).clone();
                }
            }
        }
    }
}
