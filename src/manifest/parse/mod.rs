//! Parser from TOML to a [`Manifest`], with the position of every error.

use toml::de::DeTable;

use super::findings::MANIFEST_SYNTAX;
use super::import::Files;
use super::toml_reader::{TomlReader, members};
use super::{Manifest, Policy};
use super::{parse_api, parse_approvers, parse_client, policy};
use crate::diagnostic::{Diagnostic, Severity};

/// Result of parsing.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The manifest, unless there is a finding of severity error.
    pub manifest: Option<Manifest>,
    /// Findings, in the order of the file.
    pub findings: Vec<Diagnostic>,
}

/// Parses and validates a manifest that does not refer to an API description.
#[must_use]
pub fn parse(source: &str) -> Parsed {
    parse_with(source, &mut |path| {
        Err(format!("`{path}` can't be read: the manifest is not a file, so it has no directory"))
    })
}

/// Parses and validates a manifest. `files` reads the API descriptions that it refers to, by their path relative to the
/// manifest's directory.
pub fn parse_with(source: &str, files: &mut Files<'_>) -> Parsed {
    let document = match DeTable::parse(source) {
        Ok(document) => document,
        Err(error) => {
            let finding = Diagnostic::new(&MANIFEST_SYNTAX, error.message().trim());
            let finding = error.span().into_iter().fold(finding, Diagnostic::at);
            return Parsed { manifest: None, findings: vec![finding] };
        }
    };
    let mut reader = TomlReader::default();
    let mut manifest =
        Manifest { apis: Vec::new(), clients: Vec::new(), approvers: Vec::new(), policy: Policy::default() };
    let table = document.get_ref();
    reader.reject_unknown_keys(table, &["api", "client", "approvers", "policy", policy::DEFAULT_KEY]);
    let mut names = policy::Names::default();
    for (key, what) in [("api", "`api`"), ("client", "`client`"), ("approvers", "`approvers`")] {
        let Some(value) = table.get(key) else { continue };
        let Some(named) = reader.table(value, what) else { continue };
        for member in members(named) {
            let name = member.key.to_owned();
            let Some(table) = reader.table(member.value, &format!("`{key}.{name}`")) else { continue };
            names.add(key, member.key);
            match key {
                "api" => manifest.apis.extend(parse_api::api(&mut reader, name, table, &member.span, files)),
                "client" => manifest.clients.extend(parse_client::client(&mut reader, name, table, &member.span)),
                _ => manifest.approvers.extend(parse_approvers::approvers(&mut reader, name, table, &member.span)),
            }
        }
    }
    parse_approvers::check_references(&mut reader, &manifest.approvers, approver_references(table));
    if let Some(tables) = table.get("client").and_then(|value| value.get_ref().as_table()) {
        parse_client::check_identity_providers(&mut reader, tables, &manifest.clients);
    }
    let line = |offset: usize| {
        let before = source.as_bytes().get(..offset).unwrap_or_default();
        u64::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u64::MAX).saturating_add(1)
    };
    manifest.policy = policy::policy(&mut reader, table, &names, line);
    let mut findings = reader.findings;
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    let usable = findings.iter().all(|finding| finding.severity() < Severity::Error);
    Parsed { manifest: usable.then_some(manifest), findings }
}

/// Returns the groups of approvers that clients and rules name, each with its position.
fn approver_references<'t>(table: &'t DeTable<'_>) -> Vec<(&'t str, std::ops::Range<usize>)> {
    let clients = table.get("client").and_then(|clients| clients.get_ref().as_table());
    let rules = table.get("policy").and_then(|rules| rules.get_ref().as_array());
    let named = clients.into_iter().flat_map(|clients| clients.values()).chain(rules.into_iter().flatten());
    let named = named.filter_map(|value| value.get_ref().as_table()?.get("approvers"));
    named.filter_map(|value| Some((value.get_ref().as_str()?, value.span()))).collect()
}

#[cfg(test)]
mod tests;
