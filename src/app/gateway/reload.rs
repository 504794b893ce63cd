//! A changed manifest of a running gateway: used at once if it allows no more than before.

use std::path::Path;
use std::sync::Arc;

use super::{Gateway, GatewayOptions};
use crate::app::manifests::{OpenError, open_manifest};
use crate::app::{Context, Error, ErrorKind};
use crate::manifest::{Change, Direction, Manifest, diff};

/// Result of reading a manifest again.
#[derive(Debug)]
pub enum Reload {
    /// It has not changed.
    Unchanged,
    /// A gateway for the changed manifest.
    Changed(Box<Gateway>),
    /// It allows more than before: what does.
    Wider(String),
}

impl Gateway {
    /// Reads the manifest again. `wider`: accept that it allows more. Its destinations have to be trusted in any case.
    ///
    /// # Errors
    /// If it can't be read, has errors, or is not trusted.
    pub fn reloaded(&self, path: &Path, wider: bool) -> Result<Reload, Error> {
        let context = open_manifest(path).map_err(|error| match error {
            OpenError::Unreadable(error) => error,
            OpenError::Invalid(problem) => {
                let first = problem.findings.iter().max_by_key(|finding| finding.severity());
                let reason = first.map(|finding| finding.message.clone()).unwrap_or_default();
                Error::new(ErrorKind::Usage, format!("it is not valid: {reason}"))
            }
        })?;
        if context.source() == self.context.source() {
            return Ok(Reload::Unchanged);
        }
        let next = context.succeeding(&self.context)?;
        let (before, after) = (self.context.require_manifest()?, next.require_manifest()?);
        if let Some(what) = widening(before, after).filter(|_| !wider) {
            return Ok(Reload::Wider(what));
        }
        let options = GatewayOptions { ..self.options.clone() };
        let gateway = Self::new(Arc::new(next), options)?;
        Ok(Reload::Changed(Box::new(Self { pseudonym: self.pseudonym.clone(), started: self.started, ..gateway })))
    }
}

/// Returns the first change that lets a program do more.
fn widening(before: &Manifest, after: &Manifest) -> Option<String> {
    let is_wider =
        |change: &Change| change.kind.direction == Direction::Escalation || change.kind.name.ends_with("-added");
    let changes = diff(before, after);
    let first = changes.iter().find(|change| is_wider(change))?;
    Some(format!("{} {}", first.kind.name, first.subject))
}

impl Context {
    /// Returns the context of a changed manifest, with what belongs to the run from the earlier one. It is trusted if its
    /// destinations are those of the earlier one, or accepted by the user.
    pub(in crate::app) fn succeeding(self, earlier: &Self) -> Result<Self, Error> {
        let next = self.with_run_of(earlier)?;
        match next.destinations()? == earlier.destinations()? {
            true => Ok(next.trusting()),
            false => {
                next.demand_trust()?;
                Ok(next)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_that_allow_nothing_more_are_used_at_once() {
        let manifest = |lines: &str, ceiling: &str| {
            let text = format!(
                "[api.a]\nbase_url = \"https://a.test\"\nissuer = \"https://l.test\"\n[api.a.scopes]\nr = {{}}\nw = {{}}\n\
                 [api.a.endpoints]\n{lines}\n[client.c]\nissuer = \"https://l.test\"\nclient_id = \"c\"\n\
                 may_request = {ceiling}\n"
            );
            crate::manifest::parse(&text).manifest.unwrap()
        };
        let before = manifest("\"GET /a\" = \"r\"\n\"POST /a\" = \"w\"", "[\"r\", \"w\"]");
        for (lines, ceiling, is_wider) in [
            ("\"GET /a\" = \"r\"", "[\"r\", \"w\"]", false),
            ("\"GET /a\" = \"r\"\n\"POST /a\" = \"w\"", "[\"r\"]", false),
            ("\"GET /a\" = \"r\"\n\"POST /a\" = \"w\"\n\"GET /b\" = \"r\"", "[\"r\", \"w\"]", true),
            ("\"GET /a\" = []\n\"POST /a\" = \"w\"", "[\"r\", \"w\"]", true),
        ] {
            let after = manifest(lines, ceiling);
            assert_eq!(widening(&before, &after).is_some(), is_wider, "{lines} {ceiling}");
        }
        let narrow = manifest("\"GET /a\" = \"r\"", "[\"r\"]");
        assert!(widening(&narrow, &manifest("\"GET /a\" = \"r\"", "[\"r\", \"w\"]")).is_some());
    }
}
