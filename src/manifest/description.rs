//! `source = "openapi.yaml"`: an API whose endpoints and scopes come from its API description, so that they are not
//! written twice. Entries of the manifest take precedence.

use std::collections::HashSet;
use std::ops::Range;

use toml::de::DeTable;

use super::ListMeaning;
use super::endpoint::Endpoint;
use super::findings::{SOURCE_PARTIAL, SOURCE_UNREADABLE};
use super::import::{Files, Import, ImportedApi, Options, import_relative};
use super::model::DeclaredScope;
use super::toml_reader::TomlReader;
use crate::scope::{Pattern, Requirement};

/// An API description, and the position of its `source` key.
pub(super) struct SourceDescription {
    api: ImportedApi,
    span: Range<usize>,
}

impl SourceDescription {
    /// Reads the file named by `source`, relative to the manifest's directory. `None` if there is no `source`, or if it
    /// can't be read: that is reported.
    pub(super) fn read(
        reader: &mut TomlReader,
        table: &DeTable<'_>,
        reading: Option<ListMeaning>,
        files: &mut Files<'_>,
    ) -> Option<Self> {
        let (path, span) = reader.string(table, "source")?;
        let base_url = table.get("base_url").and_then(|url| url.get_ref().as_str()).map(str::to_owned);
        let options = Options { reading, base_url, ..Options::default() };
        let import = match import_relative(path, &options, files) {
            Ok(import) => import,
            Err(problem) => {
                reader.report(&SOURCE_UNREADABLE, span, problem);
                return None;
            }
        };
        let Import { apis, skipped, .. } = import;
        let elsewhere: usize = apis.iter().skip(1).map(|api| api.endpoints.len()).sum();
        if elsewhere + skipped.len() > 0 {
            let message =
                format!("{} operations of `{path}` were skipped, and {elsewhere} use another server", skipped.len());
            let help = "`tokscope manifest import` lists them, and imports the latter as APIs of their own";
            reader.report_with_help(&SOURCE_PARTIAL, span.clone(), message, help);
        }
        Some(Self { api: apis.into_iter().next()?, span })
    }

    /// Returns the base URL of the description.
    pub(super) fn base_url(&self) -> (&str, Range<usize>) {
        (&self.api.base_url, self.span.clone())
    }

    /// Adds the scopes that the manifest does not declare.
    pub(super) fn add_scopes(&self, scopes: &mut Vec<DeclaredScope>) {
        let known: HashSet<String> = scopes.iter().map(|declared| declared.scope.to_string()).collect();
        let new = self.api.scopes.iter().filter(|scope| !known.contains(scope.scope.as_str()));
        scopes.extend(new.map(|scope| DeclaredScope {
            scope: scope.scope.clone(),
            description: scope.description.clone(),
            risk: scope.risk,
            implies: scope.implies.iter().filter_map(|scope| Pattern::parse(scope.as_str()).ok()).collect(),
            span: self.span.clone(),
        }));
    }

    /// Adds the endpoints that are not in the manifest.
    pub(super) fn add_endpoints(&self, endpoints: &mut Vec<Endpoint>) {
        let shape = |endpoint: &Endpoint| format!("{} {}", endpoint.method, endpoint.template.shape());
        let known: HashSet<String> = endpoints.iter().map(shape).collect();
        let all = self.api.endpoints.iter().filter_map(|endpoint| {
            Some(Endpoint {
                method: endpoint.method.clone(),
                template: endpoint.template.clone(),
                requirement: Requirement::any_of(endpoint.alternatives.clone())?,
                optional: endpoint.optional,
                upgrade: false,
                summary: endpoint.summary.clone(),
                span: self.span.clone(),
            })
        });
        endpoints.extend(all.filter(|endpoint| !known.contains(&shape(endpoint))));
    }
}
