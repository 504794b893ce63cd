//! Random identifiers.

use aws_lc_rs::rand;

use super::AuditError;
use crate::usage::hex;

/// Returns a random identifier of this many bytes, in hexadecimal.
pub(crate) fn random_id<const N: usize>() -> Result<String, AuditError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| AuditError::Crypto)?;
    Ok(hex(&bytes))
}
