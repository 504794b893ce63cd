//! `source = "openapi.yaml"`: an API whose endpoints and scopes stand in its own description, so that there is no second
//! truth. What the manifest itself says of an endpoint or a scope comes first.

use std::collections::HashSet;
use std::ops::Range;

use toml::de::DeTable;

use super::ListMeaning;
use super::endpoint::Endpoint;
use super::findings::{SOURCE_PART, SOURCE_UNREADABLE};
use super::import::{Files, Import, ImportedApi, Options, describe};
use super::model::DeclaredScope;
use super::reader::Reader;
use crate::scope::{Pattern, Requirement};

/// An API's description, and where the manifest names it.
pub(super) struct Described {
    api: ImportedApi,
    span: Range<usize>,
}

impl Described {
    /// Reads what `source` names, relative to the manifest's folder. `None` when nothing is named, or when it could not
    /// be read: that was noted.
    pub(super) fn read(
        reader: &mut Reader,
        table: &DeTable<'_>,
        reading: Option<ListMeaning>,
        files: &mut Files<'_>,
    ) -> Option<Self> {
        let (path, span) = reader.text(table, "source")?;
        let base_url = table.get("base_url").and_then(|url| url.get_ref().as_str()).map(str::to_owned);
        let options = Options { reading, base_url, ..Options::default() };
        let import = match describe(path, &options, files) {
            Ok(import) => import,
            Err(problem) => {
                reader.wrong(&SOURCE_UNREADABLE, span, problem);
                return None;
            }
        };
        let Import { apis, skipped, .. } = import;
        let elsewhere: usize = apis.iter().skip(1).map(|api| api.endpoints.len()).sum();
        if elsewhere + skipped.len() > 0 {
            let message = format!(
                "of `{path}` {} operations were left out, and {elsewhere} have a server of their own",
                skipped.len()
            );
            let help = "`tokscope manifest import` names them, and makes APIs of the latter";
            reader.wrong_with_help(&SOURCE_PART, span.clone(), message, help);
        }
        Some(Self { api: apis.into_iter().next()?, span })
    }

    /// What the description's paths are relative to.
    pub(super) fn base_url(&self) -> (&str, Range<usize>) {
        (&self.api.base_url, self.span.clone())
    }

    /// Adds the scopes that the manifest does not declare itself.
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

    /// Adds the endpoints that the manifest has no line for.
    pub(super) fn add_endpoints(&self, endpoints: &mut Vec<Endpoint>) {
        let shape = |endpoint: &Endpoint| format!("{} {}", endpoint.method, endpoint.template.shape());
        let known: HashSet<String> = endpoints.iter().map(shape).collect();
        let all = self.api.endpoints.iter().filter_map(|endpoint| {
            Some(Endpoint {
                method: endpoint.method.clone(),
                template: endpoint.template.clone(),
                requirement: Requirement::any_of(endpoint.alternatives.clone())?,
                summary: endpoint.summary.clone(),
                span: self.span.clone(),
            })
        });
        endpoints.extend(all.filter(|endpoint| !known.contains(&shape(endpoint))));
    }
}
