//! The wording of messages, documentation, comments and test names: phrases that must not come back.
//!
//! CONTRIBUTING.md ("Voice") has the rules. Each entry of [`PHRASES`] states the wording to use instead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// A phrase, exceptions that contain it, and the wording to use instead. `*` stands for any word.
const PHRASES: &[(&str, &[&str], &str)] = &[
    ("is no *", &["is no longer", "there is no"], "write \"is not a valid X\" or \"is not X\""),
    ("are no *", &["are no longer", "there are no"], "write \"are not X\""),
    ("what came of", &[], "name the thing: \"outcome of\", \"result of\""),
    ("what comes of", &[], "name the thing: \"outcome of\", \"result of\""),
    ("way out", &[], "write \"hint\""),
    ("ways out", &[], "write \"hints\""),
    ("for ever", &[], "write \"permanently\""),
    ("for good", &[], "write \"permanently\""),
    ("good no more", &[], "write \"no longer active\""),
    ("accepted no more", &[], "write \"no longer trusted\""),
    ("who asks", &[], "write \"client\" or \"client authentication\""),
    ("whom", &[], "write \"audience\", \"subject\" or \"user\""),
    ("is said", &[], "write \"is reported\""),
    ("are said", &[], "write \"are reported\""),
    ("is told", &[], "write \"is reported\" or \"is shown\""),
    ("are told", &[], "write \"are reported\" or \"are shown\""),
    ("shall", &["that fails shall panic"], "write \"must\" or \"should\""),
    ("this room", &[], "write \"this module\""),
    ("the room", &[], "write \"the module\""),
    ("a room", &[], "write \"a module\""),
    ("two faces", &[], "write \"front ends\""),
    ("both faces", &[], "write \"both front ends\""),
    ("each face", &[], "write \"each front end\""),
    ("floors", &[], "write \"layers\""),
    ("token of the vault", &[], "write \"stored token\" or \"token in the vault\""),
    ("tokens of the vault", &[], "write \"stored tokens\" or \"tokens in the vault\""),
    ("one of the vault", &[], "write \"a stored token\""),
    ("a person", &[], "write \"a user\" or \"the user\""),
    ("the person", &[], "write \"the user\""),
    ("a person's", &[], "write \"the user's\""),
    ("no person", &[], "write \"no user\""),
    ("stranger", &[], "write \"untrusted\""),
    ("strangers", &[], "write \"untrusted\""),
    ("stranger's", &[], "write \"untrusted\""),
    ("surroundings", &[], "write \"environment\""),
    ("hands out", &[], "write \"prints\", \"passes\" or \"provides\""),
    ("handed out", &[], "write \"used\", \"passed\" or \"provided\""),
    ("given back", &[], "write \"revoked\" or \"returned\""),
    ("gives back", &[], "write \"revokes\" or \"returns\""),
    ("asked for", &[], "write \"requested\""),
    ("asks for exactly", &[], "write \"requests exactly\""),
    ("bends", &[], "write \"violates\" or \"deviates from\""),
    ("time is over", &[], "write \"has expired\" or \"timed out\""),
    ("let through", &[], "write \"allowed\""),
    ("be believed", &[], "write \"is not valid\""),
    ("is believed", &[], "write \"is accepted\""),
    ("are believed", &[], "write \"are accepted\""),
    ("stays closed", &[], "write \"is locked\""),
    ("in hand", &[], "write \"loaded\""),
    ("taken back", &[], "write \"revoked\" or \"withdrawn\""),
    ("takes back", &[], "write \"revokes\" or \"withdraws\""),
    ("all the same", &[], "write \"anyway\""),
    ("for this time", &[], "write \"for this run only\""),
    ("nobody came", &[], "write \"timed out\""),
    ("nobody can be asked", &[], "write \"no prompt is possible\""),
    ("what is asked", &[], "name the thing"),
    ("learnt", &[], "write \"learned\""),
    ("recognise", &[], "spell it as the RFCs do: \"recognize\""),
    ("recognised", &[], "spell it as the RFCs do: \"recognized\""),
    ("licence", &[], "spell it \"license\""),
    ("licences", &[], "spell it \"licenses\""),
];

/// Parts of paths whose wording is being revised. Remove entries when that is done; none may be added.
const PENDING: &[&str] = &[];

/// Files and directories with prose.
const ROOTS: &[&str] =
    &["src", "tests", "benches", "fuzz/fuzz_targets", "build.rs", "README.md", "CHANGELOG.md", "SECURITY.md", "docs"];

/// The words of a text in lower case, joined and enclosed by single spaces.
fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|character: char| !character.is_alphanumeric() && character != '\'') {
        let word = word.trim_matches('\'');
        if !word.is_empty() {
            words.push_str(&word.to_lowercase());
            words.push(' ');
        }
    }
    words
}

/// Whether words contain a phrase, with `*` for any word.
fn contains(words: &[&str], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words
        .windows(phrase.len())
        .any(|window| window.iter().zip(&phrase).all(|(word, part)| *part == "*" || word == part))
}

/// The phrases in a text, each with the wording to use instead.
fn faults(text: &str) -> Vec<(&'static str, &'static str)> {
    let words = words(text);
    let faulty = |(phrase, exceptions, _): &&(&str, &[&str], &str)| {
        // an exception is removed before the search, so that it does not hide another occurrence
        let mut rest = words.clone();
        for exception in *exceptions {
            rest = rest.replace(&format!(" {exception} "), " | ");
        }
        contains(&rest.split_whitespace().collect::<Vec<_>>(), phrase)
    };
    PHRASES.iter().filter(faulty).map(|(phrase, _, better)| (*phrase, *better)).collect()
}

/// String literals, doc comments and function names of Rust tokens. (Doc comments are attributes with a string.)
fn collect(tokens: TokenStream, found: &mut Vec<String>) {
    let mut is_name = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(ident) if is_name => found.push(ident.to_string().replace('_', " ")),
            TokenTree::Ident(ident) => {
                is_name = ident == "fn";
                continue;
            }
            TokenTree::Literal(literal) => {
                if let Ok(string) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(string.value());
                }
            }
            TokenTree::Punct(_) => {}
        }
        is_name = false;
    }
}

/// The comments of Rust source that are not doc comments.
fn comments(source: &str) -> impl Iterator<Item = String> {
    source.lines().filter_map(|line| {
        let (before, comment) = line.split_once("// ")?;
        let is_code = before.trim_end().is_empty() || before.ends_with(' ') && before.matches('"').count() % 2 == 0;
        is_code.then(|| comment.to_owned())
    })
}

/// The texts of a file.
fn texts(path: &Path) -> Vec<String> {
    let source = fs::read_to_string(path).unwrap();
    if path.extension().is_none_or(|extension| extension != "rs") {
        return source.lines().map(str::to_owned).collect();
    }
    let mut found = Vec::new();
    let tokens: TokenStream = source.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    collect(tokens, &mut found);
    found.extend(comments(&source));
    found
}

/// The files below a path, sorted.
fn files(path: &Path, found: &mut BTreeSet<PathBuf>) {
    if path.is_dir() {
        // packages that the tests with real servers install
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "node_modules" || name.starts_with('.') {
            return;
        }
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| ["rs", "md", "trycmd"].iter().any(|known| extension == *known)) {
        found.insert(path.to_owned());
    }
}

#[test]
fn wording_follows_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for path in ROOTS {
        files(&root.join(path), &mut found);
    }
    let mut report = String::new();
    for path in &found {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        if name.ends_with("voice.rs") || PENDING.iter().any(|part| name.contains(part)) {
            continue;
        }
        for text in texts(path) {
            for (phrase, better) in faults(&text) {
                let shown: String = text.trim().chars().take(100).collect();
                report.push_str(&format!("{name}: `{phrase}` in {shown:?}: {better}\n"));
            }
        }
    }
    assert!(report.is_empty(), "{} faults\n{report}", report.lines().count());
}

#[test]
fn phrases_are_found_in_strings_docs_comments_and_names() {
    let source = "//! What came of it.\n/// For ever.\nfn whom_it_may_concern() { f(\"is no number\"); // it shall\n}";
    let mut found = Vec::new();
    collect(source.parse().unwrap(), &mut found);
    found.extend(comments(source));
    let phrases: Vec<&str> = found.iter().flat_map(|text| faults(text)).map(|(phrase, _)| phrase).collect();
    assert_eq!(phrases, ["what came of", "for ever", "whom", "is no *", "shall"]);
    for fine in ["the token is no longer valid", "a personal token", "https://a.test//whomever", "marshall"] {
        assert!(faults(fine).is_empty(), "{fine}");
    }
    assert_eq!(faults("it is no longer active, and is no token").len(), 1);
}
