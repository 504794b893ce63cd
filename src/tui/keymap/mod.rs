//! Key bindings, from which the footer, the help, the palette and the documentation are generated.

mod own;
mod table;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::place::{Pane, SheetKind};

pub(super) use own::parse;
use table::KEYMAP;
pub(super) use table::{Action, Binding, When};

/// The bindings: the default ones, with those of the user.
#[derive(Clone, Debug)]
pub(super) struct Keymap {
    bindings: Vec<Binding>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self { bindings: KEYMAP.to_vec() }
    }
}

impl Keymap {
    /// Returns the bindings that apply in a pane, or on a sheet, in order of precedence.
    pub(super) fn here(&self, pane: Pane, sheet: Option<SheetKind>) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(move |binding| binding.when.applies(pane, sheet))
    }

    /// Returns the key of an action, to name it in a sentence. In the panes, if it has one there.
    pub(super) fn key(&self, action: Action) -> &str {
        let bound = |binding: &&Binding| binding.action == action && !binding.keys.is_empty();
        let in_panes = self.bindings.iter().filter(bound).find(|binding| binding.when == When::Panes);
        let binding = in_panes.or_else(|| self.bindings.iter().find(bound));
        binding.and_then(|binding| binding.keys.split(' ').next()).unwrap_or("(no key)")
    }
}

impl Binding {
    /// Returns the name that the user's bindings refer to it by: the action, after the place if it is not for all panes.
    pub(super) fn name(&self) -> String {
        let action = hyphenated(&format!("{:?}", self.action));
        match self.when {
            When::Panes => action,
            When::Always => format!("everywhere.{action}"),
            When::Sheets => format!("sheets.{action}"),
            When::In(pane) => format!("{}.{action}", hyphenated(pane.name())),
            When::On(kinds) => {
                let kind = kinds.first().map(|kind| kind.name()).unwrap_or_default();
                format!("{}.{action}", hyphenated(kind))
            }
        }
    }
}

/// `NextPane` and `redirect URL` as `next-pane` and `redirect-url`.
fn hyphenated(name: &str) -> String {
    let mut text = String::new();
    let mut lower = false;
    for character in name.chars() {
        let begins = !character.is_alphanumeric() || (character.is_uppercase() && lower);
        if begins && !text.is_empty() && !text.ends_with('-') {
            text.push('-');
        }
        text.extend(character.to_lowercase().filter(|character| character.is_alphanumeric()));
        lower = character.is_lowercase();
    }
    text.trim_end_matches('-').to_owned()
}

impl When {
    fn applies(self, pane: Pane, sheet: Option<SheetKind>) -> bool {
        match self {
            Self::Always => true,
            Self::Panes => sheet.is_none(),
            Self::In(wanted) => sheet.is_none() && wanted == pane,
            Self::On(wanted) => sheet.is_some_and(|sheet| wanted.contains(&sheet)),
            Self::Sheets => sheet.is_some(),
        }
    }
}

/// Returns the actions that the palette lists, the best match first.
pub(super) fn palette<'a>(keymap: &'a Keymap, typed: &str) -> Vec<&'a Binding> {
    let is_listed = |binding: &&Binding| {
        let is_excluded = matches!(binding.action, Action::Confirm | Action::Back | Action::Palette);
        matches!(binding.when, When::Panes | When::In(_)) && !is_excluded
    };
    let pattern = Pattern::new(typed, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut found: Vec<(u32, &Binding)> = keymap
        .bindings
        .iter()
        .filter(is_listed)
        .filter_map(|binding| {
            let score = pattern.score(Utf32Str::new(binding.description, &mut Vec::new()), &mut matcher)?;
            Some((score, binding))
        })
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let mut bindings: Vec<&Binding> = Vec::new();
    for (_, binding) in found {
        // an action can be bound in several panes
        if !bindings.iter().any(|known| known.action == binding.action) {
            bindings.push(binding);
        }
    }
    bindings
}

/// Returns the lines of the help: headings and bindings. `typed`: letters that a binding has to match.
pub(super) fn help<'a>(keymap: &'a Keymap, pane: Pane, typed: &str) -> Vec<Result<&'a Binding, &'static str>> {
    let groups = [(When::In(pane), "in this pane"), (When::Panes, "in all panes"), (When::Always, "everywhere")];
    let typed = typed.to_lowercase();
    let matches = |binding: &&Binding| {
        let text = format!("{} {}", binding.keys, binding.description).to_lowercase();
        !binding.keys.is_empty() && typed.split_whitespace().all(|word| text.contains(word))
    };
    let mut lines = Vec::new();
    for (when, heading) in groups {
        let mut bindings = keymap.bindings.iter().filter(|binding| binding.when == when).filter(matches).peekable();
        if bindings.peek().is_some() {
            lines.push(Err(heading));
            lines.extend(bindings.map(Ok));
        }
    }
    lines
}

/// Returns the table of keys for the documentation.
#[cfg(test)]
pub(super) fn as_markdown() -> String {
    let mut table = String::from("| key | does | where | name |\n|---|---|---|---|\n");
    for binding in KEYMAP {
        let place = match binding.when {
            When::Panes => "panes".to_owned(),
            When::Sheets => "sheets".to_owned(),
            When::Always => "everywhere".to_owned(),
            When::In(pane) => format!("pane {}", pane.name()),
            When::On(sheets) => {
                let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name()).collect();
                format!("sheet {}", names.join(", "))
            }
        };
        let keys: Vec<String> =
            binding.keys.split(' ').filter(|key| !key.is_empty()).map(|key| format!("`{key}`")).collect();
        let name = binding.name();
        table.push_str(&format!("| {} | {} | {place} | `{name}` |\n", keys.join(" "), binding.description));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice_in_one_context() {
        for (index, binding) in KEYMAP.iter().enumerate() {
            for other in KEYMAP.iter().skip(index + 1).filter(|other| other.when == binding.when) {
                let twice = binding.chords.iter().find(|chord| other.chords.contains(chord));
                assert_eq!(twice, None, "{} and {}", binding.description, other.description);
            }
        }
    }

    #[test]
    fn the_documentation_contains_the_current_key_table() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screen.md");
        let readme = std::fs::read_to_string(&path).unwrap();
        let begin = readme.find("| key | does | where | name |").unwrap();
        let (before, rest) = readme.split_at(begin);
        let (table, after) = rest.split_at(rest.find("\n\n").unwrap() + 1);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, format!("{before}{}{after}", as_markdown())).unwrap();
            return;
        }
        assert_eq!(table, as_markdown(), "run UPDATE_DOCS=1 cargo test --lib keymap");
    }

    #[test]
    fn the_palette_finds_actions_by_part_of_their_description() {
        let keymap = Keymap::default();
        assert_eq!(palette(&keymap, "reveal").first().unwrap().action, Action::Reveal);
        assert!(palette(&keymap, "xyzxyz").is_empty());
    }
}
