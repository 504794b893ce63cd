//! What the screen knows. Data alone: `update` changes it, `view` draws it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::scope::ScopeSet;
use crate::text::visible;
use crate::token::Explained;
use crate::workspace::{CallRequest, Called, Check, EndpointId, HeldToken, Obtained, Outcome, Plan, Workspace};

/// What lies over the panes.
#[derive(Clone, Debug)]
pub(super) enum Sheet {
    Help,
    /// A plan that waits for Enter.
    Obtain {
        plan: Box<Plan>,
        call_after: bool,
    },
    /// A grant under way: the URL, once it is known.
    Waiting {
        url: Option<String>,
    },
    /// A path parameter of a call is typed in: the parameters that have no value yet, the first of which is asked for.
    Prompt {
        request: Box<CallRequest>,
        open: Vec<String>,
        text: String,
    },
    /// A call that changes something waits for Enter.
    Confirm {
        request: Box<CallRequest>,
    },
}

/// The state of an endpoint's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Allowed,
    Missing,
    Unknown,
}

impl Mark {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Allowed => "+",
            Self::Missing => "!",
            Self::Unknown => " ",
        }
    }
}

/// An endpoint's line.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: EndpointId,
    pub(super) name: String,
    pub(super) mark: Mark,
}

/// The whole state.
pub(super) struct Model {
    pub(super) workspace: Arc<Workspace>,
    pub(super) demo: bool,
    pub(super) pane: usize,
    pub(super) rows: Vec<Row>,
    /// Indices of rows that the filter lets through.
    pub(super) shown: Vec<usize>,
    pub(super) selected: usize,
    pub(super) marked: BTreeSet<EndpointId>,
    pub(super) filter: String,
    pub(super) filtering: bool,
    pub(super) token: Option<HeldToken>,
    pub(super) claims: Vec<Explained>,
    pub(super) check: Option<Check>,
    pub(super) called: Option<Called>,
    pub(super) obtained: Option<String>,
    pub(super) revealed: bool,
    pub(super) scroll: [u16; 4],
    pub(super) sheet: Option<Sheet>,
    pub(super) toast: Option<String>,
    pub(super) pending: bool,
    pub(super) quit: bool,
    /// Endpoints to call when the token has come.
    pub(super) call_after: bool,
}

impl Model {
    pub(super) fn new(workspace: Arc<Workspace>, demo: bool) -> Self {
        let rows: Vec<Row> = workspace
            .endpoints()
            .into_iter()
            .filter_map(|id| {
                let (_, endpoint) = workspace.endpoint(id)?;
                Some(Row { id, name: visible(&endpoint.to_string()).into_owned(), mark: Mark::Unknown })
            })
            .collect();
        let toast = rows
            .is_empty()
            .then(|| "no manifest here: paste a token to read it; `tokscope demo` shows the rest".to_owned());
        Self {
            shown: (0..rows.len()).collect(),
            rows,
            workspace,
            demo,
            pane: 0,
            selected: 0,
            marked: BTreeSet::new(),
            filter: String::new(),
            filtering: false,
            token: None,
            claims: Vec::new(),
            check: None,
            called: None,
            obtained: None,
            revealed: false,
            scroll: [0; 4],
            sheet: None,
            toast,
            pending: false,
            quit: false,
            call_after: false,
        }
    }

    pub(super) fn current(&self) -> Option<&Row> {
        self.rows.get(*self.shown.get(self.selected)?)
    }

    /// The marked endpoints, or the current one.
    pub(super) fn chosen(&self) -> Vec<EndpointId> {
        if self.marked.is_empty() {
            return self.current().map(|row| row.id).into_iter().collect();
        }
        self.marked.iter().copied().collect()
    }

    pub(super) fn held(&self) -> ScopeSet {
        self.token.as_ref().map(HeldToken::scopes).unwrap_or_default()
    }

    pub(super) fn take_token(&mut self, token: HeldToken, now: Timestamp) {
        self.claims = token.claims(now);
        for row in &mut self.rows {
            row.mark = match self.workspace.check(&token, row.id, now).map(|check| check.outcome) {
                Some(Outcome::Allowed) => Mark::Allowed,
                Some(Outcome::Missing | Outcome::Unusable(_)) => Mark::Missing,
                None => Mark::Unknown,
            };
        }
        self.token = Some(token);
        self.compare(now);
    }

    pub(super) fn take_obtained(&mut self, obtained: Obtained, now: Timestamp) {
        let mut line = format!("asked {}   granted {}", obtained.asked, obtained.granted);
        if !obtained.short.is_empty() {
            line.push_str(&format!("   not granted: {}", obtained.short));
        }
        self.obtained = Some(line);
        self.take_token(obtained.token, now);
    }

    /// Holds the token against the current endpoint.
    pub(super) fn compare(&mut self, now: Timestamp) {
        let current = self.current().map(|row| row.id);
        self.check = self.token.as_ref().zip(current).and_then(|(token, id)| self.workspace.check(token, id, now));
    }

    pub(super) fn refilter(&mut self) {
        let wanted: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let fits = |row: &Row| {
            let name = row.name.to_lowercase();
            wanted.iter().all(|word| name.contains(word))
        };
        self.shown = self.rows.iter().enumerate().filter(|(_, row)| fits(row)).map(|(index, _)| index).collect();
        self.selected = self.selected.min(self.shown.len().saturating_sub(1));
    }
}
