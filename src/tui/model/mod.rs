//! State of the terminal UI. Data only: `update` changes it, `view` draws it.

mod access;
mod borders;
mod calls;
mod endpoints;
mod field;
mod filter;
mod form;
mod gateway;
mod hit;
mod life;
mod manifest;
mod passphrase;
mod reach;
mod sheet;
mod state;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::{
    Activity, CallRequest, Check, Concern, Concerns, Context, EndpointId, Error, LoadedToken, Origin, PastCall, Plan,
    Planner, ProbePlan, ProbeResult, check,
};
use crate::diagnostic::Diagnostic;
use crate::scope::{MinimalSet, ScopeSet};
use crate::secret::Secret;
use crate::text::visible;
use crate::token::verify::Verdict;
use crate::token::{Json, Validity};
use crate::tui::keymap::{Action, Keymap};
use crate::vault::Record;

pub(super) use super::place::{ALL_PANES, Pane, SheetKind, Tab, is_narrow};
pub(super) use access::Access;
pub(super) use borders::{Border, Edge, Sizes};
pub(super) use calls::{CallRecord, Calling};
pub(super) use endpoints::{Endpoints, Entry, Row};
pub(super) use field::{Edit, TextField};
pub(super) use form::{Field, FieldKind, RequestForm};
pub(super) use gateway::GatewayTraffic;
pub(super) use hit::Hit;
pub(super) use life::LIFE;
pub(super) use manifest::ManifestFile;
pub(super) use passphrase::PassphraseForm;
pub(super) use reach::BlastRadius;
pub(super) use sheet::{ApprovalForm, Confirmation, ObtainForm, Sheet};
pub(super) use state::{Facts, RowState};

/// A list with a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListId {
    Tab(Tab),
    Sheet(SheetKind),
}

/// Cursor of a list, and the part of the list that the last frame showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) cursor: usize,
    /// Index of the first item drawn.
    pub(super) top: usize,
    /// Number of items drawn.
    pub(super) page: usize,
}

/// A token of this session.
#[derive(Clone, Debug)]
pub(super) struct SessionToken {
    pub(super) token: LoadedToken,
    /// Deviations of the token response from the standard.
    pub(super) findings: Vec<Diagnostic>,
    /// Verification verdict, once it was verified.
    pub(super) verification: Option<Verdict>,
    /// Its record, if it is stored in the vault.
    pub(super) record: Option<Record>,
}

impl SessionToken {
    /// Returns whether the token can be refreshed. A narrowed token is refreshed with the refresh token of the one it was
    /// narrowed from.
    pub(super) fn is_refreshable(&self) -> bool {
        let narrowed = self.record.as_ref().is_some_and(|record| record.narrowed_from.is_some());
        self.token.refresh_token.is_some() || narrowed
    }
}

/// Work under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// Number of the job. Events of other jobs are stale.
    pub(super) job: u64,
    /// What is done, such as `calling GET /orders`; untrusted.
    pub(super) name: String,
    pub(super) since: Timestamp,
    /// The job waits for the user, so there is no spinner.
    pub(super) waits_for_user: bool,
}

/// A probe: its calls and their results so far.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    pub(super) plan: ProbePlan,
    pub(super) tried: Vec<Option<Result<Box<ProbeResult>, Error>>>,
}

/// What `o` would request.
#[derive(Clone, Debug)]
pub(super) struct PlanPreview {
    pub(super) endpoints: Vec<EndpointId>,
    pub(super) plan: Result<Box<Plan>, Error>,
    /// The minimal set without a client's ceiling, where there is no plan.
    pub(super) minimal_set: Option<MinimalSet>,
}

impl PlanPreview {
    /// Plans a token. Takes a while with many endpoints.
    pub(super) fn compute(context: &Context, endpoints: Vec<EndpointId>) -> Self {
        let clients = Planner::new(context).clients(&endpoints);
        let client = clients.as_ref().ok().and_then(|clients| clients.first()).map(|client| client.name.clone());
        let plan = Planner::new(context).plan(&endpoints, client.as_deref(), None).map(Box::new);
        let minimal_set = if plan.is_err() { Planner::new(context).minimal_set(&endpoints, None).ok() } else { None };
        Self { endpoints, plan, minimal_set }
    }

    pub(super) fn minimal_set(&self) -> Option<&MinimalSet> {
        self.plan.as_ref().map(|plan| &plan.minimal_set).ok().or(self.minimal_set.as_ref())
    }
}

/// State of the terminal UI.
pub(super) struct Model {
    pub(super) context: Arc<Context>,
    pub(super) keymap: Keymap,
    /// Runs on the demo servers, whose user approves with a key.
    pub(super) demo: bool,
    /// Time of the start, in the form of the audit log.
    pub(super) started: String,
    /// Time of the last message.
    pub(super) now: Timestamp,
    pub(super) pane: Pane,
    pub(super) zoomed: bool,
    /// Name of the built-in theme; `None`: the user's own.
    pub(super) theme: Option<&'static str>,
    /// The theme follows the terminal's background.
    pub(super) suits_background: bool,
    /// The terminal reports the mouse.
    pub(super) mouse: bool,
    /// What the last frame showed where, for the mouse.
    pub(super) hits: Vec<Hit>,
    /// Borders of the last frame.
    pub(super) borders: Vec<Border>,
    /// The border that is being dragged.
    pub(super) dragged: Option<Border>,
    /// Sizes of the panes.
    pub(super) sizes: Sizes,
    /// Draws only ASCII.
    pub(super) ascii: bool,
    /// The window only fits one pane.
    pub(super) narrow: bool,
    tabs: BTreeMap<Pane, Tab>,
    filters: BTreeMap<Pane, TextField>,
    /// The user is typing the filter of the focused pane.
    pub(super) filtering: bool,
    positions: BTreeMap<ListId, Position>,
    /// Nodes of JSON trees that the user has folded or unfolded.
    pub(super) folds: BTreeMap<String, bool>,
    pub(super) endpoints: Endpoints,
    pub(super) tokens: Vec<SessionToken>,
    /// Why the vault can't be read.
    pub(super) vault_error: Option<Error>,
    /// Index of the selected token.
    pub(super) current: Option<usize>,
    pub(super) revealed: bool,
    pub(super) check: Option<Check>,
    /// Decision of the policy about the selected endpoint.
    pub(super) ruling: Option<crate::app::PolicyRuling>,
    pub(super) preview: Option<PlanPreview>,
    pub(super) preview_pending: bool,
    pub(super) access: Option<Access>,
    pub(super) blast_radius: Option<BlastRadius>,
    /// Request forms, kept for the next call of each endpoint.
    pub(super) forms: BTreeMap<EndpointId, RequestForm>,
    /// Calls of this session, the latest last.
    pub(super) calls: Vec<CallRecord>,
    /// Call under way.
    pub(super) calling: Option<Calling>,
    /// Calls of earlier runs, the latest first, once they were read.
    pub(super) past: Option<Result<Vec<PastCall>, Error>>,
    /// Index of the selected call.
    pub(super) shown_call: usize,
    /// Grants and uses, once they were read.
    pub(super) activity: Option<Result<Activity, Error>>,
    /// Requests of gateways.
    pub(super) gateway: GatewayTraffic,
    /// Last probe of this session.
    pub(super) probe: Option<Probe>,
    pub(super) file: ManifestFile,
    pub(super) sheet: Option<Sheet>,
    pub(super) toast: Option<String>,
    pub(super) pending: Option<Pending>,
    /// What is obtained when an approval is found.
    pub(super) approval: Option<Box<ObtainForm>>,
    pub(super) jobs: u64,
    pub(super) ticks: usize,
    pub(super) quit: bool,
}

impl Model {
    pub(super) fn new(context: Arc<Context>, demo: bool, now: Timestamp) -> Self {
        Self {
            endpoints: Endpoints::new(&context),
            context,
            keymap: Keymap::default(),
            demo,
            started: now.to_string(),
            now,
            pane: Pane::Endpoints,
            zoomed: false,
            theme: None,
            suits_background: false,
            mouse: false,
            hits: Vec::new(),
            borders: Vec::new(),
            dragged: None,
            sizes: Sizes::default(),
            ascii: false,
            narrow: false,
            tabs: BTreeMap::new(),
            filters: BTreeMap::new(),
            filtering: false,
            positions: BTreeMap::new(),
            folds: BTreeMap::new(),
            tokens: Vec::new(),
            vault_error: None,
            current: None,
            revealed: false,
            check: None,
            ruling: None,
            preview: None,
            preview_pending: false,
            access: None,
            blast_radius: None,
            forms: BTreeMap::new(),
            calls: Vec::new(),
            calling: None,
            past: None,
            shown_call: 0,
            activity: None,
            gateway: GatewayTraffic::default(),
            probe: None,
            file: ManifestFile::default(),
            sheet: None,
            toast: None,
            pending: None,
            approval: None,
            jobs: 0,
            ticks: 0,
            quit: false,
        }
    }

    /// Returns the key of an action, to name it in a sentence.
    pub(super) fn key(&self, action: Action) -> &str {
        self.keymap.key(action)
    }

    /// Returns the sentence while the user has to decide about a token that grants more than was requested.
    pub(super) fn unanswered(&self) -> String {
        format!("answer first: {} keeps the token, n discards it", self.key(Action::KeepExcess))
    }

    pub(super) fn tab(&self, pane: Pane) -> Tab {
        let first = pane.tabs().first().copied().unwrap_or(Tab::Endpoints);
        self.tabs.get(&pane).copied().unwrap_or(first)
    }

    pub(super) fn show_tab(&mut self, pane: Pane, tab: Tab) {
        self.tabs.insert(pane, tab);
    }

    pub(super) fn filter(&self, pane: Pane) -> &str {
        self.filters.get(&pane).map(TextField::text).unwrap_or_default()
    }

    /// Returns the filter before its cursor, under it, and behind it.
    pub(super) fn filter_parts(&self, pane: Pane) -> (&str, &str, &str) {
        self.filters.get(&pane).map(TextField::parts).unwrap_or_default()
    }

    /// Returns the text field of a filter.
    pub(super) fn filter_field(&mut self, pane: Pane) -> &mut TextField {
        self.filters.entry(pane).or_default()
    }

    /// Applies the filter of a pane after it has changed.
    pub(super) fn apply_filter(&mut self, pane: Pane) {
        let text = self.filter(pane).to_owned();
        let list = ListId::Tab(if pane == Pane::Endpoints { Tab::Endpoints } else { self.tab(pane) });
        let mut cursor = 0;
        if pane == Pane::Endpoints {
            let row = self.row().map(|row| row.id);
            let token = self.current.and_then(|index| self.tokens.get(index)).map(|held| &held.token);
            self.endpoints.filter(&text, &Facts::new(&self.context, token, self.now));
            // an empty filter keeps the selected endpoint; otherwise the best match is selected
            cursor = row.filter(|_| text.is_empty()).and_then(|id| self.endpoints.place_of(id)).unwrap_or_default();
        }
        self.set_position(list, Position { cursor, top: 0, ..self.position(list) });
    }

    pub(super) fn position(&self, list: ListId) -> Position {
        self.positions.get(&list).copied().unwrap_or_default()
    }

    pub(super) fn set_position(&mut self, list: ListId, position: Position) {
        self.positions.insert(list, position);
    }

    /// Returns the list that the cursor keys move in.
    pub(super) fn focused_list(&self) -> ListId {
        match &self.sheet {
            Some(sheet) => ListId::Sheet(sheet.kind()),
            None => ListId::Tab(self.tab(self.pane)),
        }
    }

    /// Returns the row of the selected endpoint; `None` on a group.
    pub(super) fn row(&self) -> Option<&Row> {
        let cursor = self.position(ListId::Tab(Tab::Endpoints)).cursor;
        match self.endpoints.entries.get(cursor)? {
            Entry::Row(index) => self.endpoints.rows.get(*index),
            Entry::Group { .. } => None,
        }
    }

    /// Returns the marked endpoints, or the selected one.
    pub(super) fn chosen(&self) -> Vec<EndpointId> {
        if self.endpoints.marked.is_empty() {
            return self.row().map(|row| row.id).into_iter().collect();
        }
        self.endpoints.marked.iter().copied().collect()
    }

    pub(super) fn session_token(&self) -> Option<&SessionToken> {
        self.tokens.get(self.current?)
    }

    pub(super) fn token(&self) -> Option<&LoadedToken> {
        self.session_token().map(|held| &held.token)
    }

    /// Returns whether a job works that does not wait for the user.
    pub(super) fn is_busy(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| !pending.waits_for_user)
    }

    /// Returns the number of tokens that are lost when the program ends: obtained, and not stored.
    pub(super) fn unstored(&self) -> usize {
        let is_lost = |held: &&SessionToken| held.record.is_none() && held.token.origin != Origin::Given;
        if self.demo { 0 } else { self.tokens.iter().filter(is_lost).count() }
    }

    /// Returns the concerns, each once, that the user must confirm before these requests are sent with the selected token.
    pub(super) fn concerns(&self, requests: &[CallRequest]) -> Vec<Concern> {
        let held = self.tokens.iter().map(|held| &held.token);
        let secrets: Vec<&Secret> =
            held.flat_map(|token| [Some(&token.secret), token.refresh_token.as_ref()]).flatten().collect();
        let mut found = Vec::new();
        for concern in
            requests.iter().flat_map(|request| Concerns::new(&self.context).of(request, self.token(), &secrets))
        {
            if !found.contains(&concern) {
                found.push(concern);
            }
        }
        found
    }

    pub(super) fn scopes(&self) -> ScopeSet {
        self.token().map(LoadedToken::scopes).unwrap_or_default()
    }

    pub(super) fn call(&self) -> Option<&CallRecord> {
        self.calls.get(self.shown_call)
    }

    /// Adds a token to the session, unless it is there already, and selects it.
    pub(super) fn add_token(&mut self, token: LoadedToken, findings: Vec<Diagnostic>) {
        let known = self.tokens.iter().position(|held| held.token.secret.expose() == token.secret.expose());
        let index = known.unwrap_or(self.tokens.len());
        if known.is_none() {
            self.tokens.push(SessionToken { token, findings, verification: None, record: None });
        }
        self.select_token(index);
    }

    /// Adds stored tokens to the list, and updates those that are there already.
    pub(super) fn add_stored(&mut self, records: Vec<Record>) {
        for record in records {
            let same = |held: &&mut SessionToken| {
                held.record.as_ref().is_some_and(|known| known.id == record.id)
                    || held.token.secret.expose() == record.access_token.expose()
            };
            let token = LoadedToken::stored(&record, self.now);
            match self.tokens.iter_mut().find(same) {
                Some(held) => {
                    let findings = std::mem::take(&mut held.findings);
                    *held = SessionToken { token, findings, verification: None, record: Some(record) };
                }
                None => {
                    self.tokens.push(SessionToken {
                        token,
                        findings: Vec::new(),
                        verification: None,
                        record: Some(record),
                    });
                }
            }
        }
    }

    /// Removes a token. If it was selected, selects its neighbour.
    pub(super) fn remove_token(&mut self, index: usize) {
        self.tokens.remove(index);
        let next = match self.current {
            Some(current) if current == index => index.checked_sub(1).or((!self.tokens.is_empty()).then_some(0)),
            Some(current) if current > index => Some(current - 1),
            current => current,
        };
        self.select_token(next.unwrap_or(usize::MAX));
    }

    /// Selects a token, and updates everything that depends on it.
    pub(super) fn select_token(&mut self, index: usize) {
        self.current = (index < self.tokens.len()).then_some(index);
        self.revealed = false;
        for tab in Pane::Token.tabs() {
            self.positions.remove(&ListId::Tab(*tab));
        }
        self.compare_all();
    }

    /// Returns the index of the token under the cursor of the list. If it is on another line, says so.
    pub(super) fn token_under_cursor(&mut self) -> Option<usize> {
        let cursor = self.position(ListId::Sheet(SheetKind::Tokens)).cursor;
        let index = (cursor < self.tokens.len()).then_some(cursor);
        if index.is_none() {
            self.toast = Some("no token in this line".to_owned());
        }
        index
    }

    /// Updates what depends on the token, and on the time.
    pub(super) fn compare_all(&mut self) {
        self.access = None;
        self.blast_radius = None;
        self.compare_current();
    }

    /// Compares the token with the selected endpoint.
    pub(super) fn compare_current(&mut self) {
        let current = self.row().map(|row| row.id);
        let token = self.token();
        let check = token.zip(current).and_then(|(token, id)| check(&self.context, token, id, self.now));
        let now = self.now;
        let ruling = check.as_ref().zip(token).and_then(|(check, token)| check.ruling(&self.context, token, None, now));
        self.check = check;
        self.ruling = ruling;
    }

    /// Returns the milliseconds until a displayed time changes; `None`: never.
    pub(super) fn changes_in(&self) -> Option<u64> {
        [self.validity_changes_in(), self.gateway_changes_in()].into_iter().flatten().min()
    }

    fn validity_changes_in(&self) -> Option<u64> {
        let at = match self.token()?.validity(self.now)? {
            Validity::Valid(until) => until?,
            Validity::Expired(at) | Validity::NotYet(at) => at?,
            Validity::Malformed(_) => return None,
        };
        let milliseconds = at.as_millisecond().checked_sub(self.now.as_millisecond())?;
        let seconds = milliseconds.unsigned_abs() / 1000;
        let unit = [86_400_000, 3_600_000, 60_000].into_iter().find(|unit| seconds * 1000 >= *unit).unwrap_or(1000);
        let over = milliseconds.unsigned_abs() % unit;
        // a time ahead counts down to the whole unit, a time past counts up to the next
        Some(if milliseconds > 0 { over + 1 } else { unit - over })
    }

    /// Returns a short name for a token, escaped: its user or client, or the masked token.
    pub(super) fn name_of(token: &LoadedToken, ellipsis: &str) -> String {
        let claims = token.decoded.claims();
        let text = |claim: &str| claims?.get(claim).and_then(Json::as_str).filter(|text| !text.is_empty());
        let name = ["preferred_username", "email", "sub", "client_id", "azp"].into_iter().find_map(text);
        name.map_or_else(
            || token.secret.masked().replace('…', ellipsis),
            |name| {
                let short: String = name.chars().take(24).collect();
                let dots = if name.chars().count() > 24 { ellipsis } else { "" };
                format!("{}{dots}", visible(&short))
            },
        )
    }
}
