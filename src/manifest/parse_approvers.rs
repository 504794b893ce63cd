//! Parser of `[approvers.NAME]`, and of references to these groups.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use toml::de::DeTable;

use super::approvers::{ApproverKey, ApproverRule, Approvers};
use super::findings::{APPROVER_DUPLICATE, APPROVERS_CYCLE, APPROVERS_UNKNOWN, KEY_MISSING, KEY_WRONG, VALUE_WRONG};
use super::toml_reader::{TomlReader, Value};
use super::values::{flag, seconds};
use crate::diagnostic::Diagnostic;
use crate::sshsig::{KeyError, PublicKey};
use crate::text::is_deceptive;

/// Keys of a group.
pub(super) const KEYS: &[&str] = &["need", "keys", "any_of", "reason", "emergency", "max_window"];

/// Maximum number of keys of a group, and of groups in an alternative.
const MOST: usize = 100;

/// Parses a group. `None` if it has neither keys nor alternatives: that is reported.
pub(super) fn approvers(
    reader: &mut TomlReader,
    name: String,
    table: &DeTable<'_>,
    span: &Range<usize>,
) -> Option<Approvers> {
    reader.reject_unknown_keys(table, KEYS);
    let rule = match (table.get("keys"), table.get("any_of")) {
        (Some(keys), None) => keys_rule(reader, &name, table, keys)?,
        (None, Some(groups)) => {
            if let Some(need) = table.get("need") {
                let message = "`need` counts `keys`, so it can't be used with `any_of`";
                reader.report(&VALUE_WRONG, need.span(), message);
            }
            ApproverRule::AnyOf(alternatives(reader, groups)?)
        }
        (Some(_), Some(groups)) => {
            reader.report(&VALUE_WRONG, groups.span(), "`keys` and `any_of` can't be used together");
            return None;
        }
        (None, None) => {
            let message = format!("group `{name}` has no approvers");
            reader.report_with_help(&KEY_MISSING, span.clone(), message, "add `keys = [\"ssh-ed25519 AAAA… name\"]`");
            return None;
        }
    };
    let max_window = seconds(reader, table, "max_window");
    if let Some(value) = table.get("max_window").filter(|_| max_window.is_some_and(|most| most > Approvers::LONGEST)) {
        reader.report(&VALUE_WRONG, value.span(), "`max_window` must be at most 30 days (`30d`)");
    }
    Some(Approvers {
        name,
        rule,
        reason: flag(reader, table, "reason"),
        emergency: flag(reader, table, "emergency"),
        max_window,
        span: span.clone(),
    })
}

fn keys_rule(reader: &mut TomlReader, name: &str, table: &DeTable<'_>, value: &Value<'_>) -> Option<ApproverRule> {
    let mut keys: Vec<ApproverKey> = Vec::new();
    let mut seen = HashSet::new();
    let lines = reader.strings(value, "`keys`");
    if lines.len() > MOST {
        reader.report(&VALUE_WRONG, value.span(), format!("a group can have at most {MOST} keys"));
        return None;
    }
    let listed = lines.len();
    for (line, span) in lines {
        let parsed = PublicKey::parse(line);
        let (key, owner) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                let help = match error {
                    KeyError::Private => "replace it now: anyone who can read this file has it",
                    _ => "copy the line of the `.pub` file",
                };
                reader.report_with_help(&KEY_WRONG, span, error.to_string(), help);
                continue;
            }
        };
        if owner.as_deref().is_some_and(|owner| owner.chars().any(is_deceptive)) {
            reader.report(&KEY_WRONG, span, "the comment of the key has invisible characters");
            continue;
        }
        if owner.as_deref().is_some_and(mixes_alphabets) {
            let help = "another name could look the same and count as a second person";
            let message = "the comment of the key mixes letters of different alphabets in one word";
            reader.report_with_help(&KEY_WRONG, span, message, help);
            continue;
        }
        if !seen.insert(key.fingerprint()) {
            let message = format!("group `{name}` lists the key {} twice", key.fingerprint());
            reader.report(&APPROVER_DUPLICATE, span, message);
            continue;
        }
        keys.push(ApproverKey { key, owner });
    }
    let need = need(reader, table);
    let people: HashSet<String> = keys.iter().map(ApproverKey::identity).collect();
    if need > people.len() && keys.len() == listed {
        let message = format!("group `{name}` needs {need} approvers but has the keys of {}", people.len());
        let span = table.get("need").unwrap_or(value).span();
        let help = "keys with the same comment belong to one approver";
        reader.report_with_help(&VALUE_WRONG, span, message, help);
    }
    Some(ApproverRule::Keys { need, keys })
}

/// Whether a word has Latin letters and letters of another alphabet, some of which look alike.
fn mixes_alphabets(name: &str) -> bool {
    // Latin letters with any accents are below the Greek ones
    let is_latin = |letter: char| letter < '\u{370}';
    let words = name.split(|character: char| !character.is_alphabetic());
    words.into_iter().any(|word| word.chars().any(is_latin) && !word.chars().all(is_latin))
}

fn need(reader: &mut TomlReader, table: &DeTable<'_>) -> usize {
    let Some(value) = table.get("need") else { return 1 };
    let number = value.get_ref().as_integer();
    let number = number.and_then(|number| usize::from_str_radix(number.as_str(), number.radix()).ok());
    match number.filter(|number| (1..=MOST).contains(number)) {
        Some(number) => number,
        None => {
            reader.report(&VALUE_WRONG, value.span(), format!("`need` must be a number from 1 to {MOST}"));
            1
        }
    }
}

/// Reads an OR of ANDs of groups, in the form of a requirement.
fn alternatives(reader: &mut TomlReader, value: &Value<'_>) -> Option<Vec<Vec<String>>> {
    let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty() && items.len() <= MOST) else {
        let message = "`any_of` must be an array of groups, such as `[\"leads\", [\"security\", \"operations\"]]`";
        reader.report(&VALUE_WRONG, value.span(), message);
        return None;
    };
    let mut alternatives = Vec::new();
    for item in items {
        let names: Vec<String> =
            reader.strings(item, "an alternative of `any_of`").into_iter().map(|(name, _)| name.to_owned()).collect();
        if names.is_empty() || names.len() > MOST {
            reader.report(&VALUE_WRONG, item.span(), format!("an alternative must have from 1 to {MOST} groups"));
        }
        alternatives.push(names);
    }
    Some(alternatives)
}

/// Reports references to groups that don't exist, and groups that contain themselves. `references`: the names used
/// elsewhere, each with its position.
pub(super) fn check_references<'r>(
    reader: &mut TomlReader,
    groups: &'r [Approvers],
    references: impl IntoIterator<Item = (&'r str, Range<usize>)>,
) {
    let known: HashMap<&str, &Approvers> = groups.iter().map(|group| (group.name.as_str(), group)).collect();
    let inner = groups.iter().flat_map(|group| members(group).map(|name| (name, group.span.clone())));
    let unknown: Vec<(String, Range<usize>)> = inner
        .chain(references)
        .filter(|(name, _)| !known.contains_key(name))
        .map(|(name, span)| (name.to_owned(), span))
        .collect();
    for (name, span) in unknown {
        let message = format!("no group of approvers `{name}`");
        let near = reader.suggestion(&name, known.keys().copied());
        let help = near.map_or_else(|| format!("add `[approvers.{name}]`"), |near| format!("did you mean `{near}`?"));
        reader.report_with_help(&APPROVERS_UNKNOWN, span, message, help);
    }
    for group in groups {
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = members(group).collect();
        while let Some(name) = open.pop() {
            if name == group.name {
                let message = format!("group `{name}` contains itself");
                reader.findings.push(Diagnostic::new(&APPROVERS_CYCLE, message).at(group.span.clone()));
                break;
            }
            if seen.insert(name) {
                open.extend(known.get(name).into_iter().flat_map(|group| members(group)));
            }
        }
    }
}

/// Returns the groups that a group consists of.
fn members(group: &Approvers) -> impl Iterator<Item = &str> {
    let alternatives = match &group.rule {
        ApproverRule::AnyOf(alternatives) => alternatives.as_slice(),
        ApproverRule::Keys { .. } => &[],
    };
    alternatives.iter().flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use crate::manifest::{ApproverRule, parse};

    const ANA: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfH3mJjjnG2g2nWqzRk1Yc3xPsrU8LkqGmR1jYy9Y9Q ana";
    const BEN: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFz0Ff1xVJ4r7c0QO2bM0hJ8QK6cVnE1Ewq3u8a2mT5d ben";

    #[test]
    fn groups_are_validated() {
        for (text, expected) in [
            (format!("[approvers.leads]\nkeys = [\"{ANA}\", \"{BEN}\"]"), ""),
            (format!("[approvers.leads]\nneed = 2\nkeys = [\"{ANA}\", \"{BEN}\"]"), ""),
            (format!("[approvers.leads]\nneed = 3\nkeys = [\"{ANA}\", \"{BEN}\"]"), "value-wrong 2"),
            (
                format!("[approvers.leads]\nneed = 2\nkeys = [\"{ANA}\", \"{}\"]", BEN.replace("ben", "ana")),
                "value-wrong 2",
            ),
            (format!("[approvers.leads]\nneed = 0\nkeys = [\"{ANA}\"]"), "value-wrong 2"),
            (format!("[approvers.leads]\nneed = -1\nkeys = [\"{ANA}\"]"), "value-wrong 2"),
            (format!("[approvers.leads]\nkeys = [\"{ANA}\", \"{ANA}\"]"), "approver-duplicate 2"),
            // the second letter is Cyrillic
            (format!("[approvers.leads]\nkeys = [\"{}\"]", BEN.replace("ben", "b\u{435}n")), "key-wrong 2"),
            (format!("[approvers.leads]\nkeys = [\"{}\"]", BEN.replace("ben", "Ren\u{e9} \u{411}\u{435}\u{43d}")), ""),
            (format!("[approvers.leads]\nkeys = [\"ben {BEN}\"]"), "key-wrong 2"),
            ("[approvers.leads]\nkeys = []".to_owned(), "value-wrong 2"),
            ("[approvers.leads]\nneed = 1".to_owned(), "key-missing 1"),
            ("[approvers.leads]\nkeys = [\"AAAAC3Nz\"]".to_owned(), "key-wrong 2"),
            ("[approvers.leads]\nkeys = [\"ssh-dss AAAA x\"]".to_owned(), "key-wrong 2"),
            ("[approvers.leads]\nkeys = [\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 x\"]".to_owned(), "key-wrong 2"),
            ("[approvers.leads]\nkeys = [\"-----BEGIN OPENSSH PRIVATE KEY-----\"]".to_owned(), "key-wrong 2"),
            (format!("[approvers.leads]\nkey = \"{ANA}\""), "key-missing 1|key-unknown 2"),
            (
                format!("[approvers.a]\nkeys = [\"{ANA}\"]\n[approvers.b]\nany_of = [\"a\", [\"a\", \"c\"]]"),
                "approvers-unknown 3",
            ),
            (
                "[approvers.a]\nany_of = [\"b\"]\n[approvers.b]\nany_of = [\"a\"]".to_owned(),
                "approvers-cycle 1|approvers-cycle 3",
            ),
            ("[approvers.a]\nany_of = []".to_owned(), "value-wrong 2"),
            (format!("[approvers.a]\nneed = 1\nany_of = [\"b\"]\n[approvers.b]\nkeys = [\"{ANA}\"]"), "value-wrong 2"),
            (format!("[approvers.a]\nmax_window = \"31d\"\nkeys = [\"{ANA}\"]"), "value-wrong 2"),
            (
                format!(
                    "[client.c]\nissuer = \"https://l.test\"\nclient_id = \"c\"\napprovers = \"x\"\n[approvers.a]\nkeys = [\"{ANA}\"]"
                ),
                "approvers-unknown 4",
            ),
        ] {
            let parsed = parse(&text);
            let found: Vec<String> = parsed
                .findings
                .iter()
                .map(|finding| {
                    let (line, _) = crate::manifest::line_column(&text, finding.span.as_ref().unwrap().start);
                    format!("{} {line}", finding.code.name)
                })
                .collect();
            assert_eq!(found.join("|"), expected, "{text}\n{:?}", parsed.findings);
        }
    }

    #[test]
    fn a_group_has_keys_with_owners_or_alternatives() {
        let text = format!(
            "[approvers.leads]\nneed = 2\nemergency = true\nreason = true\nmax_window = \"8h\"\nkeys = [\"{ANA}\", \"{BEN}\"]\n\
             [approvers.all]\nany_of = [\"leads\", [\"leads\", \"ops\"]]\n[approvers.ops]\nkeys = \"{ANA}\"\n"
        );
        let manifest = parse(&text).manifest.unwrap();
        let leads = manifest.approvers("leads").unwrap();
        assert_eq!(leads.keys().iter().map(|key| key.owner.as_deref()).collect::<Vec<_>>(), [Some("ana"), Some("ben")]);
        assert!(leads.emergency && leads.reason && leads.longest_window() == 28_800);
        let ApproverRule::AnyOf(alternatives) = &manifest.approvers("all").unwrap().rule else { panic!() };
        assert_eq!(*alternatives, [vec!["leads".to_owned()], vec!["leads".to_owned(), "ops".to_owned()]]);
    }
}
