//! The manifest: its file, its findings, and what a reload changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Endpoints, ListId, Model, Position, RowState, Tab};
use crate::app::{Context, EndpointId, ManifestProblem};
use crate::text::visible;

/// State of the manifest's file.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct ManifestFile {
    /// Its path; empty if there is none.
    pub(in crate::tui) path: String,
    /// Its errors, if it is not valid. The last valid state stays in use.
    pub(in crate::tui) problem: Option<ManifestProblem>,
    /// Findings of the linter, once they are shown.
    pub(in crate::tui) lint: Option<ManifestProblem>,
    /// Verdicts that the last reload changed, escaped.
    pub(in crate::tui) changes: Vec<(RowState, String)>,
    /// It has changed, and is reloaded as soon as nothing is under way.
    pub(in crate::tui) changed: bool,
    /// It is being read.
    pub(in crate::tui) reloading: bool,
}

/// An endpoint in any state of the manifest.
type Name = (String, String, String);

fn name(context: &Context, id: EndpointId) -> Option<Name> {
    let (api, endpoint) = context.endpoint(id)?;
    Some((api.name.clone(), endpoint.method.clone(), endpoint.template.to_string()))
}

/// An endpoint that the manifest no longer has.
const GONE: EndpointId = EndpointId { api: usize::MAX, endpoint: usize::MAX };

impl Model {
    /// Replaces the manifest. Everything that refers to endpoints follows them by name. Notes the verdicts that changed.
    pub(in crate::tui) fn replace_context(&mut self, context: Arc<Context>) {
        let new: BTreeMap<Name, EndpointId> =
            context.endpoints().into_iter().filter_map(|id| Some((name(&context, id)?, id))).collect();
        let old = Arc::clone(&self.context);
        let moved = |id: EndpointId| name(&old, id).and_then(|name| new.get(&name).copied());
        let selected = self.row().map(|row| row.id).and_then(moved);
        let facts = self.facts();
        let before: BTreeMap<Name, RowState> = match self.token() {
            Some(_) => old.endpoints().into_iter().filter_map(|id| Some((name(&old, id)?, facts.state(id)))).collect(),
            None => BTreeMap::new(),
        };
        drop(facts);
        let marked: Vec<EndpointId> = self.endpoints.marked.iter().copied().filter_map(moved).collect();
        let forms = std::mem::take(&mut self.forms).into_iter();
        self.forms = forms.filter_map(|(id, form)| moved(id).map(|endpoint| (endpoint, form.of(endpoint)))).collect();
        for record in &mut self.calls {
            let endpoint = moved(record.request.endpoint).unwrap_or(GONE);
            record.request.endpoint = endpoint;
            if let Ok(called) = &mut record.result {
                called.endpoint = endpoint;
            }
        }
        self.probe = None;
        self.preview = None;
        self.context = context;
        let endpoints = Endpoints::new(&self.context);
        let old = std::mem::replace(&mut self.endpoints, Endpoints::new(&Context::without_manifest()));
        self.endpoints = endpoints.grouped_like(old);
        self.endpoints.marked.extend(marked);
        self.apply_filter(super::Pane::Endpoints);
        let cursor = selected.and_then(|id| self.endpoints.place_of(id)).unwrap_or_default();
        let list = ListId::Tab(Tab::Endpoints);
        self.set_position(list, Position { cursor, ..self.position(list) });
        self.compare_all();
        self.file.changes = self.changed_verdicts(&before, &new);
        self.file.problem = None;
        self.file.lint = None;
    }

    fn changed_verdicts(
        &self,
        before: &BTreeMap<Name, RowState>,
        now: &BTreeMap<Name, EndpointId>,
    ) -> Vec<(RowState, String)> {
        let facts = self.facts();
        let changed = before.iter().filter_map(|(name, old)| {
            let state = facts.state(*now.get(name)?);
            let (_, method, path) = name;
            (state != *old).then(|| (state, visible(&format!("{method} {path}")).into_owned()))
        });
        changed.collect()
    }
}
