//! Starts the user's editor.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::child::{hidden_variables, without};
use crate::audit::random_id;
use crate::files::PrivateFolder;
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

/// Maximum size of an edited text in bytes.
const MAX_TEXT: usize = 16 << 20;

/// Opens a text in the editor and returns it as it was saved; `None` if the editor ended with an error. The text may hold
/// secrets: it is in a file that only the user can read, in a folder that is removed afterwards.
///
/// # Errors
/// If the editor can't be started, or the text is not UTF-8 or longer than 16 MiB.
pub fn edit_text(text: &str, manifest: Option<&Manifest>) -> io::Result<Option<String>> {
    let path = std::env::temp_dir().join(format!("tokscope-{}", random_id::<16>().map_err(io::Error::other)?));
    let folder = PrivateFolder::create(&path).map_err(io::Error::other)?;
    let scratch = Scratch { path, folder };
    // editors highlight by the file's name
    let name = if text.trim_start().starts_with(['{', '[']) { "body.json" } else { "body.txt" };
    scratch.folder.replace(name, text.as_bytes()).map_err(io::Error::other)?;
    if !edit_file(&scratch.path.join(name), None, manifest)? {
        return Ok(None);
    }
    let saved = scratch.folder.read(name, MAX_TEXT).map_err(io::Error::other)?.unwrap_or_default();
    let mut saved = String::from_utf8(saved.to_vec()).map_err(|_| io::Error::other("the text is not UTF-8"))?;
    // editors end the last line
    if saved.ends_with('\n') && !text.ends_with('\n') {
        saved.pop();
    }
    Ok(Some(saved))
}

/// A private folder that is removed with what an editor leaves in it.
struct Scratch {
    path: PathBuf,
    folder: PrivateFolder,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for name in self.folder.names().unwrap_or_default() {
            let _ = self.folder.remove(&name);
        }
        let _ = std::fs::remove_dir(&self.path);
    }
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
