//! Where an approval satisfies a rule.

use super::{PolicyRuling, Question};
use crate::app::{Context, Error};

/// Whether approvals satisfy every rule that asks for one: [`crate::policy::Decision::approvals`].
///
/// # Errors
/// If the approvals can't be read.
#[expect(clippy::unnecessary_wraps, reason = "reading approvals can fail")]
pub(super) fn is_approved(_: &Context, _: &Question<'_>, _: &PolicyRuling) -> Result<bool, Error> {
    Ok(false)
}
