//! Requests of gateways, while their tab is shown.

use jiff::Timestamp;

use super::{Model, Pane, Tab};
use crate::app::Error;
use crate::app::gateway::Traffic;

/// Time between two looks at the audit log, in milliseconds.
const LOOK: i64 = 1_000;

/// What the Gateway tab shows.
#[derive(Debug, Default)]
pub(in crate::tui) struct GatewayTraffic {
    /// The requests, once they were read.
    pub(in crate::tui) traffic: Option<Result<Traffic, Error>>,
    /// When they were read last.
    pub(in crate::tui) read: Option<Timestamp>,
    /// They are being read.
    pub(in crate::tui) reading: bool,
}

impl Model {
    /// Returns whether the log has to be read for the Gateway tab.
    pub(in crate::tui) fn gateway_is_due(&self) -> bool {
        self.gateway_changes_in() == Some(0)
    }

    /// Returns the milliseconds until the next look at the log; `None` while the tab is not shown.
    pub(in crate::tui) fn gateway_changes_in(&self) -> Option<u64> {
        let is_shown = self.pane == Pane::Activity && self.tab(Pane::Activity) == Tab::Gateway;
        if !is_shown || self.gateway.reading {
            return None;
        }
        let Some(read) = self.gateway.read else { return Some(0) };
        let passed = self.now.as_millisecond().saturating_sub(read.as_millisecond());
        // a clock that goes back makes the next look due
        u64::try_from((LOOK - passed).clamp(0, LOOK)).ok()
    }
}
