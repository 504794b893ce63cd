//! Random strings for codes, tokens and ids.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Returns a random string of `bytes` bytes before encoding (base64url without padding).
pub(super) fn random_string(bytes: usize) -> Result<String, String> {
    let mut buffer = vec![0; bytes];
    rand::fill(&mut buffer).map_err(|_| "no random numbers available")?;
    Ok(URL_SAFE_NO_PAD.encode(buffer))
}
