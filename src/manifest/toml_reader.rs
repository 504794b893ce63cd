//! Reader of spanned TOML that reports invalid values.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::findings::{HOST_NOT_ASCII, KEY_MISSING, KEY_UNKNOWN, SCOPE_WRONG, URL_WRONG, VALUE_WRONG};
use crate::diagnostic::{Code, Diagnostic};
use crate::scope::{Scope, ScopeSet};
use crate::text::{international_host, nearest};

/// A value with its position.
pub(super) type Value<'s> = Spanned<DeValue<'s>>;

/// A member of a table: key, position of the key, value.
pub(super) struct Member<'t, 's> {
    pub(super) key: &'t str,
    pub(super) span: Range<usize>,
    pub(super) value: &'t Value<'s>,
}

/// Reads values and collects findings about them.
#[derive(Default)]
pub(super) struct TomlReader {
    pub(super) findings: Vec<Diagnostic>,
    /// Number of suggestions made so far. Each compares all known names.
    suggested: usize,
}

/// Maximum number of unknown names with a suggestion.
const MAX_SUGGESTED: usize = 20;

impl TomlReader {
    /// Suggests the known name nearest to an unknown one, for the first unknown names of a manifest.
    pub(super) fn suggestion<'a>(&mut self, unknown: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        if self.suggested == MAX_SUGGESTED {
            return None;
        }
        self.suggested += 1;
        nearest(unknown, names, 1).first().copied()
    }

    pub(super) fn report(&mut self, code: &'static Code, span: Range<usize>, message: impl Into<String>) {
        self.findings.push(Diagnostic::new(code, message).at(span));
    }

    pub(super) fn report_with_help(
        &mut self,
        code: &'static Code,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Diagnostic::new(code, message).at(span).help(help));
    }

    /// Parses a URL with `parse`. A host that is not plain ASCII is reported: it may look like another one.
    pub(super) fn url<T>(
        &mut self,
        (text, span): (&str, Range<usize>),
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if let Some(host) = international_host(text) {
            let message = format!("`{text}` has a non-ASCII host name: `{host}`");
            let help = "another host may look the same: check that this is the one you mean";
            self.report_with_help(&HOST_NOT_ASCII, span.clone(), message, help);
        }
        parse(text).map_err(|error| self.report(&URL_WRONG, span, error)).ok()
    }

    /// Reads a table.
    pub(super) fn table<'t, 's>(&mut self, value: &'t Value<'s>, what: &str) -> Option<&'t DeTable<'s>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let kind = value.get_ref().type_str();
            self.report(&VALUE_WRONG, value.span(), format!("{what} must be a table, found {kind}"));
        }
        table
    }

    /// Reports every key that is not in `known`.
    pub(super) fn reject_unknown_keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        if table.keys().all(|key| known.contains(&key.get_ref().as_ref())) {
            return;
        }
        for member in members(table).into_iter().filter(|member| !known.contains(&member.key)) {
            let message = format!("unknown key `{}`", member.key);
            match nearest(member.key, known.iter().copied(), 1).first() {
                Some(near) => {
                    self.report_with_help(&KEY_UNKNOWN, member.span, message, format!("did you mean `{near}`?"));
                }
                None => {
                    self.report_with_help(
                        &KEY_UNKNOWN,
                        member.span,
                        message,
                        format!("valid keys: {}", known.join(", ")),
                    );
                }
            }
        }
    }

    /// Reads the boolean of a key.
    pub(super) fn boolean(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.report(&VALUE_WRONG, value.span(), format!("`{key}` must be true or false"));
        }
        boolean
    }

    /// Reads the string of a key.
    pub(super) fn string<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<(&'t str, Range<usize>)> {
        let value = table.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            let kind = value.get_ref().type_str();
            self.report(&VALUE_WRONG, value.span(), format!("`{key}` must be a string, found {kind}"));
        }
        text.map(|text| (text, value.span()))
    }

    /// Reads the string of a required key; `span` is the position of the table.
    pub(super) fn required_string<'t>(
        &mut self,
        table: &'t DeTable<'_>,
        key: &str,
        span: &Range<usize>,
    ) -> Option<(&'t str, Range<usize>)> {
        if table.get(key).is_none() {
            self.report(&KEY_MISSING, span.clone(), format!("missing key `{key}`"));
        }
        self.string(table, key)
    }

    /// Reads an array of strings, each with its position; a single string counts as an array of one.
    pub(super) fn strings<'t>(&mut self, value: &'t Value<'_>, what: &str) -> Vec<(&'t str, Range<usize>)> {
        if let Some(text) = value.get_ref().as_str() {
            return vec![(text, value.span())];
        }
        let Some(items) = value.get_ref().as_array() else {
            let kind = value.get_ref().type_str();
            self.report(
                &VALUE_WRONG,
                value.span(),
                format!("{what} must be a string or an array of strings, found {kind}"),
            );
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text, item.span())),
                None => self.report(&VALUE_WRONG, item.span(), format!("{what} must contain only strings")),
            }
        }
        texts
    }

    /// Parses a scope.
    pub(super) fn scope(&mut self, text: &str, span: Range<usize>) -> Option<Scope> {
        match Scope::parse(text) {
            Ok(scope) => Some(scope),
            Err(error) => {
                self.report(&SCOPE_WRONG, span, error.to_string());
                None
            }
        }
    }

    /// Reads scopes.
    pub(super) fn scopes(&mut self, value: &Value<'_>, what: &str) -> ScopeSet {
        let mut set = ScopeSet::new();
        for (text, span) in self.strings(value, what) {
            set.extend(self.scope(text, span));
        }
        set
    }
}

/// Returns the members of a table in the order of the file.
pub(super) fn members<'t, 's>(table: &'t DeTable<'s>) -> Vec<Member<'t, 's>> {
    let mut members: Vec<Member<'t, 's>> =
        table.iter().map(|(key, value)| Member { key: key.get_ref().as_ref(), span: key.span(), value }).collect();
    members.sort_by_key(|member| member.span.start);
    members
}
