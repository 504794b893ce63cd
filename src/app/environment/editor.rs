//! Starts the user's editor.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::child::{hidden_variables, without};
use crate::manifest::Manifest;

/// Editor if neither `VISUAL` nor `EDITOR` is set, as POSIX names it.
const DEFAULT: &str = "vi";

/// Opens a file in the editor that `VISUAL` or `EDITOR` names, at a line if one is given, and waits until it is closed.
/// Returns whether it ended without an error. The editor gets no variable that holds a secret.
///
/// # Errors
/// If the editor can't be started.
pub fn edit_file(path: &Path, line: Option<u64>, manifest: Option<&Manifest>) -> io::Result<bool> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = variable("VISUAL").or_else(|| variable("EDITOR")).unwrap_or_else(|| DEFAULT.to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or(DEFAULT);
    let mut command = without(program.as_ref(), hidden_variables(manifest));
    command.args(words).args(arguments(program, path, line));
    Ok(command.status()?.success())
}

/// Returns the arguments that open a file at a line. Most editors take `+LINE` before the file.
fn arguments(program: &str, path: &Path, line: Option<u64>) -> Vec<OsString> {
    let name = Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let place = |line: u64| {
        let mut place = path.as_os_str().to_owned();
        place.push(format!(":{line}"));
        place
    };
    match (name, line) {
        ("code" | "code-insiders" | "codium" | "cursor", Some(line)) => {
            vec!["--wait".into(), "--goto".into(), place(line)]
        }
        ("code" | "code-insiders" | "codium" | "cursor", None) => vec!["--wait".into(), path.into()],
        ("hx" | "helix" | "zed" | "subl", Some(line)) => vec![place(line)],
        (_, Some(line)) => vec![format!("+{line}").into(), path.into()],
        (_, None) => vec![path.into()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_gets_the_line_in_its_own_syntax() {
        for (program, line, expected) in [
            ("vi", Some(7), &["+7", "a b.toml"][..]),
            ("/usr/bin/nano", Some(7), &["+7", "a b.toml"]),
            ("emacsclient", None, &["a b.toml"]),
            ("code", Some(7), &["--wait", "--goto", "a b.toml:7"]),
            ("hx", Some(7), &["a b.toml:7"]),
        ] {
            assert_eq!(arguments(program, Path::new("a b.toml"), line), expected, "{program}");
        }
    }
}
