//! `tokscope explain`: explain a finding, claim, header parameter, algorithm, kind of token, error code, scope or token prefix.

use super::print::{Paint, Streams, json_object, json_option, json_text};
use crate::app::{Error, ErrorKind};
use crate::diagnostic::Code;
use crate::secret::masked_within;
use crate::text::nearest;
use crate::token::{self, Json};
use crate::{app, approval, diagnosis, enforcement, manifest, oauth, usage};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope explain alg-none      # a finding
  tokscope explain scp           # a claim, and its meaning per provider
  tokscope explain ES256         # an algorithm
  tokscope explain ghp_          # an opaque token's prefix
  tokscope explain invalid_grant # an error code")]
pub(super) struct Arguments {
    /// Finding code, claim, header parameter, algorithm, `typ` or token prefix; lists every finding if omitted
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Print JSON (tokscope.explain/v1)
    #[arg(long)]
    json: bool,
}

/// Codes of all modules.
const CODES: &[&[&Code]] = &[
    token::CODES,
    manifest::CODES,
    manifest::import::CODES,
    diagnosis::CODES,
    enforcement::CODES,
    enforcement::RUNNING_CODES,
    oauth::CODES,
    app::CODES,
    usage::CODES,
    approval::CODES,
];

fn codes() -> impl Iterator<Item = &'static Code> {
    CODES.iter().flat_map(|codes| codes.iter().copied())
}

/// A meaning of a name.
struct Meaning {
    kind: &'static str,
    /// Context in which it has this meaning, or the severity of a finding.
    context: String,
    words: String,
    more: &'static str,
    source: &'static str,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let meanings = match arguments.name.as_deref() {
        None => codes().map(|code| (code.name.to_owned(), finding(code))).collect(),
        Some(name) => about(name)?,
    };
    if arguments.json {
        streams.json(&document(arguments.name.as_deref(), &meanings));
    } else if arguments.name.is_some() {
        report(&meanings, streams);
    } else {
        list(&meanings, streams);
    }
    Ok(None)
}

fn about(name: &str) -> Result<Vec<(String, Meaning)>, Error> {
    let found = codes().find(|code| code.name.eq_ignore_ascii_case(name)).map(finding).into_iter();
    // accept a path as `--claim` does
    let entries = token::entries(name.strip_prefix('/').unwrap_or(name)).into_iter().map(|entry| Meaning {
        kind: entry.kind.as_str(),
        context: entry.context.to_owned(),
        words: entry.meaning,
        more: entry.details,
        source: entry.source,
    });
    let meanings: Vec<_> = found.chain(entries).map(|meaning| (name.to_owned(), meaning)).collect();
    if !meanings.is_empty() {
        return Ok(meanings);
    }
    let known = codes().map(|code| code.name).chain(token::names());
    let near: Vec<String> = nearest(name, known, 4).into_iter().map(|name| format!("`{name}`")).collect();
    let error = Error::new(ErrorKind::Usage, format!("unknown name `{}`", masked_within(name)));
    let error = if near.is_empty() { error } else { error.hint(format!("similar names: {}", near.join(", "))) };
    Err(match name.parse() {
        Ok(status @ 100..=599_u16) => error.hint(format!("`tokscope why --status {status}` explains a failed call")),
        _ => error.hint("run `tokscope explain` for a list of all findings"),
    })
}

fn finding(code: &'static Code) -> Meaning {
    Meaning {
        kind: "finding",
        context: code.severity.to_string(),
        words: code.summary.to_owned(),
        more: code.advice,
        source: code.source,
    }
}

/// Returns the document `tokscope.explain/v1` about a name.
pub(super) fn explained(name: &str) -> Result<Json, Error> {
    Ok(document(Some(name), &about(name)?))
}

/// Returns the document `tokscope.explain/v1`.
fn document(name: Option<&str>, meanings: &[(String, Meaning)]) -> Json {
    let text = |text: &str| json_option(Some(text).filter(|text| !text.is_empty()));
    let one = |(name, meaning): &(String, Meaning)| {
        json_object([
            ("name", json_text(name)),
            ("kind", json_text(meaning.kind)),
            ("context", text(&meaning.context)),
            ("words", json_text(&meaning.words)),
            ("more", text(meaning.more)),
            ("source", json_text(meaning.source)),
        ])
    };
    json_object([
        ("schema", json_text("tokscope.explain/v1")),
        ("name", json_option(name)),
        ("meanings", Json::Array(meanings.iter().map(one).collect())),
    ])
}

fn report(meanings: &[(String, Meaning)], streams: &mut Streams) {
    for (index, (name, meaning)) in meanings.iter().enumerate() {
        if index > 0 {
            streams.line("");
        }
        let context = match meaning.context.as_str() {
            "" => String::new(),
            context => format!(" ({context})"),
        };
        let heading = streams.paint(Paint::Bold, name);
        streams.line(format_args!("{heading}  {}{context}", meaning.kind));
        streams.line(format_args!("  {}", meaning.words));
        if !meaning.more.is_empty() {
            streams.line(format_args!("  {}", meaning.more));
        }
        let source = streams.paint(Paint::Dim, meaning.source);
        streams.line(format_args!("  {source}"));
    }
}

fn list(meanings: &[(String, Meaning)], streams: &mut Streams) {
    let cells = |(name, meaning): &(String, Meaning)| [name.clone(), meaning.context.clone(), meaning.words.clone()];
    let rows: Vec<_> = meanings.iter().map(|one| (Paint::Plain, cells(one))).collect();
    streams.table(["NAME", "CONTEXT", "MEANING"], &rows);
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn codes_are_unique_and_complete() {
        let mut names: Vec<&str> = codes().map(|code| code.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for code in codes() {
            assert!(
                code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit()),
                "{}",
                code.name
            );
            assert!(
                !code.summary.is_empty() && !code.summary.ends_with('.') && !code.source.is_empty(),
                "{}",
                code.name
            );
            assert!(code.advice.is_empty() || code.advice.ends_with('.'), "{}", code.name);
        }
    }

    #[test]
    fn codes_of_every_module_are_listed() {
        fn count(folder: &Path) -> usize {
            let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let declares =
                |path: &PathBuf| std::fs::read_to_string(path).is_ok_and(|text| text.contains("\ncrate::codes! {"));
            paths.map(|path| if path.is_dir() { count(&path) } else { usize::from(declares(&path)) }).sum()
        }
        assert_eq!(count(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), CODES.len());
    }
}
