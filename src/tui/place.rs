//! Places: panes with their tabs, and sheets, as tables.

/// Smallest window, in columns and rows, that shows all panes. A smaller one shows one pane at a time.
pub(in crate::tui) const ALL_PANES: (u16, u16) = (80, 20);

/// Returns whether a window is too small to show all panes.
pub(in crate::tui) fn is_narrow(width: u16, height: u16) -> bool {
    width < ALL_PANES.0 || height < ALL_PANES.1
}

/// The panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum Pane {
    Endpoints,
    Token,
    Scopes,
    Call,
    Activity,
}

/// A row of the table of panes.
pub(in crate::tui) struct PaneSpec {
    pub(in crate::tui) pane: Pane,
    pub(in crate::tui) name: &'static str,
    pub(in crate::tui) tabs: &'static [Tab],
    /// The pane always fills the window. The others share it.
    pub(in crate::tui) alone: bool,
}

const ENDPOINTS: PaneSpec =
    PaneSpec { pane: Pane::Endpoints, name: "Endpoints", tabs: &[Tab::Endpoints, Tab::Lint], alone: false };
const TOKEN: PaneSpec = PaneSpec {
    pane: Pane::Token,
    name: "Token",
    tabs: &[Tab::Summary, Tab::Claims, Tab::Header, Tab::Signature, Tab::Findings, Tab::Raw],
    alone: false,
};
const SCOPES: PaneSpec = PaneSpec {
    pane: Pane::Scopes,
    name: "Scopes",
    tabs: &[Tab::Comparison, Tab::MinimalSet, Tab::Access, Tab::BlastRadius],
    alone: false,
};
const CALL: PaneSpec = PaneSpec {
    pane: Pane::Call,
    name: "Call",
    tabs: &[Tab::Diagnosis, Tab::Response, Tab::Headers, Tab::History, Tab::Probe],
    alone: false,
};
const ACTIVITY: PaneSpec =
    PaneSpec { pane: Pane::Activity, name: "Activity", tabs: &[Tab::Timeline, Tab::Use, Tab::Gateway], alone: true };

impl Pane {
    /// All panes, in the order of their number keys.
    pub(in crate::tui) const ALL: &'static [PaneSpec] = &[ENDPOINTS, TOKEN, SCOPES, CALL, ACTIVITY];

    /// Returns the row of the table.
    pub(in crate::tui) fn spec(self) -> &'static PaneSpec {
        Self::ALL.iter().find(|spec| spec.pane == self).unwrap_or(&ENDPOINTS)
    }

    /// Returns the number of the key that shows this pane.
    pub(in crate::tui) fn number(self) -> usize {
        Self::ALL.iter().position(|spec| spec.pane == self).unwrap_or_default() + 1
    }

    pub(in crate::tui) fn name(self) -> &'static str {
        self.spec().name
    }

    pub(in crate::tui) fn tabs(self) -> &'static [Tab] {
        self.spec().tabs
    }
}

/// A tab of a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum Tab {
    Endpoints,
    Lint,
    Summary,
    Claims,
    Header,
    Signature,
    Findings,
    Raw,
    Comparison,
    MinimalSet,
    Access,
    BlastRadius,
    Diagnosis,
    Response,
    Headers,
    History,
    Probe,
    Timeline,
    Use,
    Gateway,
}

impl Tab {
    pub(in crate::tui) fn name(self) -> &'static str {
        match self {
            Self::Endpoints => "List",
            Self::Lint => "Lint",
            Self::Summary => "Summary",
            Self::Claims => "Claims",
            Self::Header => "Header",
            Self::Signature => "Signature",
            Self::Findings => "Findings",
            Self::Raw => "Raw",
            Self::Comparison => "Comparison",
            Self::MinimalSet => "Minimal set",
            Self::Access => "Access",
            Self::BlastRadius => "Blast radius",
            Self::Diagnosis => "Diagnosis",
            Self::Response => "Response",
            Self::Headers => "Headers",
            Self::History => "History",
            Self::Probe => "Probe",
            Self::Timeline => "Timeline",
            Self::Use => "Use",
            Self::Gateway => "Gateway",
        }
    }
}

/// Kinds of sheets. Key bindings depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum SheetKind {
    Help,
    Themes,
    Palette,
    Obtain,
    Approval,
    Waiting,
    Paste,
    Passphrase,
    Copy,
    Excess,
    Granted,
    Request,
    Confirm,
    Tokens,
    Trust,
    Probe,
    Diff,
    Failed,
}

impl SheetKind {
    /// Returns the name in the documentation of keys, and in the bindings of the user.
    pub(in crate::tui) fn name(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Themes => "themes",
            Self::Palette => "palette",
            Self::Obtain => "obtain",
            Self::Approval => "approval",
            Self::Waiting => "sign-in",
            Self::Paste => "redirect URL",
            Self::Passphrase => "passphrase",
            Self::Copy => "copy",
            Self::Excess => "excess scopes",
            Self::Granted => "granted scopes",
            Self::Request => "request",
            Self::Confirm => "confirmation",
            Self::Tokens => "tokens",
            Self::Trust => "trust",
            Self::Probe => "probe",
            Self::Diff => "comparison of tokens",
            Self::Failed => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pane_has_one_row_a_number_key_and_tabs() {
        for (number, spec) in (1..).zip(Pane::ALL) {
            assert_eq!((spec.pane.number(), spec.pane.name()), (number, spec.name));
            assert!(!spec.tabs.is_empty() && number < 10);
        }
    }
}
