//! Panes and their tabs.

/// Smallest window, in columns and rows, that shows all panes. A smaller one shows one pane at a time.
pub(in crate::tui) const ALL_PANES: (u16, u16) = (80, 20);

/// Returns whether a window is too small to show all panes.
pub(in crate::tui) fn is_narrow(width: u16, height: u16) -> bool {
    width < ALL_PANES.0 || height < ALL_PANES.1
}

/// The four panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum Pane {
    Endpoints,
    Token,
    Scopes,
    Call,
}

impl Pane {
    pub(in crate::tui) const ALL: [Self; 4] = [Self::Endpoints, Self::Token, Self::Scopes, Self::Call];

    pub(in crate::tui) fn name(self) -> &'static str {
        match self {
            Self::Endpoints => "Endpoints",
            Self::Token => "Token",
            Self::Scopes => "Scopes",
            Self::Call => "Call",
        }
    }

    pub(in crate::tui) fn tabs(self) -> &'static [Tab] {
        match self {
            Self::Endpoints => &[Tab::Endpoints],
            Self::Token => &[Tab::Summary, Tab::Claims, Tab::Header, Tab::Signature, Tab::Findings, Tab::Raw],
            Self::Scopes => &[Tab::Comparison, Tab::MinimalSet, Tab::Access, Tab::Matrix],
            Self::Call => &[Tab::Diagnosis, Tab::Response, Tab::Headers, Tab::History],
        }
    }
}

/// A tab of a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum Tab {
    Endpoints,
    Summary,
    Claims,
    Header,
    Signature,
    Findings,
    Raw,
    Comparison,
    MinimalSet,
    Access,
    Matrix,
    Diagnosis,
    Response,
    Headers,
    History,
}

impl Tab {
    pub(in crate::tui) fn name(self) -> &'static str {
        match self {
            Self::Endpoints => "Endpoints",
            Self::Summary => "Summary",
            Self::Claims => "Claims",
            Self::Header => "Header",
            Self::Signature => "Signature",
            Self::Findings => "Findings",
            Self::Raw => "Raw",
            Self::Comparison => "Comparison",
            Self::MinimalSet => "Minimal set",
            Self::Access => "Access",
            Self::Matrix => "Matrix",
            Self::Diagnosis => "Diagnosis",
            Self::Response => "Response",
            Self::Headers => "Headers",
            Self::History => "History",
        }
    }
}
