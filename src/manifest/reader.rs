//! Reads values out of spanned TOML, and notes what is wrong with them.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::findings::{HOST_NOT_ASCII, KEY_MISSING, KEY_UNKNOWN, SCOPE_WRONG, URL_WRONG, VALUE_WRONG};
use crate::diagnostic::{Code, Diagnostic};
use crate::scope::{Scope, ScopeSet};
use crate::text::{international_host, nearest};

/// A value with its place.
pub(super) type Value<'s> = Spanned<DeValue<'s>>;

/// A member of a table: its key, the key's place, its value.
pub(super) struct Member<'t, 's> {
    pub(super) key: &'t str,
    pub(super) span: Range<usize>,
    pub(super) value: &'t Value<'s>,
}

/// Collects findings while values are read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) findings: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn wrong(&mut self, code: &'static Code, span: Range<usize>, message: impl Into<String>) {
        self.findings.push(Diagnostic::new(code, message).at(span));
    }

    pub(super) fn wrong_with_help(
        &mut self,
        code: &'static Code,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Diagnostic::new(code, message).at(span).help(help));
    }

    /// The URL in a text, as `parse` reads it. A host that is not plain ASCII is noted: it may look like another.
    pub(super) fn url<T>(
        &mut self,
        (text, span): (&str, Range<usize>),
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if let Some(host) = international_host(text) {
            let message = format!("the host of `{text}` is not plain ASCII: it is `{host}`");
            let help = "another host may look the same: make sure that it is the one you mean";
            self.wrong_with_help(&HOST_NOT_ASCII, span.clone(), message, help);
        }
        parse(text).map_err(|error| self.wrong(&URL_WRONG, span, error)).ok()
    }

    /// The value as a table.
    pub(super) fn table<'t, 's>(&mut self, value: &'t Value<'s>, what: &str) -> Option<&'t DeTable<'s>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let kind = value.get_ref().type_str();
            self.wrong(&VALUE_WRONG, value.span(), format!("{what} is a table, not a {kind}"));
        }
        table
    }

    /// Notes every key that is not one of `known`.
    pub(super) fn only(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for member in members(table).into_iter().filter(|member| !known.contains(&member.key)) {
            let message = format!("there is no key `{}` here", member.key);
            match nearest(member.key, known.iter().copied(), 1).first() {
                Some(near) => {
                    self.wrong_with_help(&KEY_UNKNOWN, member.span, message, format!("did you mean `{near}`?"));
                }
                None => {
                    self.wrong_with_help(&KEY_UNKNOWN, member.span, message, format!("known are {}", known.join(", ")));
                }
            }
        }
    }

    /// A text under a key.
    pub(super) fn text<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<(&'t str, Range<usize>)> {
        let value = table.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            let kind = value.get_ref().type_str();
            self.wrong(&VALUE_WRONG, value.span(), format!("`{key}` is a text, not a {kind}"));
        }
        text.map(|text| (text, value.span()))
    }

    /// A text that must be there; `span` is the place of the table.
    pub(super) fn required<'t>(
        &mut self,
        table: &'t DeTable<'_>,
        key: &str,
        span: &Range<usize>,
    ) -> Option<(&'t str, Range<usize>)> {
        if table.get(key).is_none() {
            self.wrong(&KEY_MISSING, span.clone(), format!("`{key}` is missing here"));
        }
        self.text(table, key)
    }

    /// A list of texts, each with its place; a text alone is a list of one.
    pub(super) fn texts<'t>(&mut self, value: &'t Value<'_>, what: &str) -> Vec<(&'t str, Range<usize>)> {
        if let Some(text) = value.get_ref().as_str() {
            return vec![(text, value.span())];
        }
        let Some(items) = value.get_ref().as_array() else {
            let kind = value.get_ref().type_str();
            self.wrong(&VALUE_WRONG, value.span(), format!("{what} is a text or a list of texts, not a {kind}"));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text, item.span())),
                None => self.wrong(&VALUE_WRONG, item.span(), format!("{what} holds texts")),
            }
        }
        texts
    }

    /// A scope.
    pub(super) fn scope(&mut self, text: &str, span: Range<usize>) -> Option<Scope> {
        match Scope::parse(text) {
            Ok(scope) => Some(scope),
            Err(error) => {
                self.wrong(&SCOPE_WRONG, span, error.to_string());
                None
            }
        }
    }

    /// Scopes, each of which is looked at by `check`.
    pub(super) fn scopes(
        &mut self,
        value: &Value<'_>,
        what: &str,
        mut check: impl FnMut(&mut Self, &Scope, Range<usize>),
    ) -> ScopeSet {
        let mut set = ScopeSet::new();
        for (text, span) in self.texts(value, what) {
            if let Some(scope) = self.scope(text, span.clone()) {
                check(self, &scope, span);
                set.insert(scope);
            }
        }
        set
    }
}

/// The members of a table in the order of the file.
pub(super) fn members<'t, 's>(table: &'t DeTable<'s>) -> Vec<Member<'t, 's>> {
    let mut members: Vec<Member<'t, 's>> =
        table.iter().map(|(key, value)| Member { key: key.get_ref().as_ref(), span: key.span(), value }).collect();
    members.sort_by_key(|member| member.span.start);
    members
}
