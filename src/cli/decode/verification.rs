//! What was checked about a token, for both faces of the report.

use crate::cli::print::{json_object, json_text};
use crate::token::{Decoded, Json, Kind};

/// The outcome of a verification, ready to be printed.
pub(in crate::cli) struct Verification {
    /// The member `verification` of `tokscope.decode/v1`: `{status, checks}`.
    pub(super) document: Json,
    /// The lines of the section `signature`; they may hold text from outside, which the report escapes.
    pub(super) lines: Vec<String>,
}

impl Verification {
    /// None was asked for.
    pub(in crate::cli) fn not_checked(decoded: &Decoded) -> Self {
        let lines = match (decoded.kind, decoded.signature.len()) {
            (Kind::Jwe | Kind::Opaque, _) => Vec::new(),
            (Kind::Jws, 0) => vec!["none: anyone could have written this token".to_owned()],
            (Kind::Jws, length) => vec![format!("{length} bytes, not checked")],
        };
        let document = json_object([("status", json_text("not-checked")), ("checks", Json::Array(Vec::new()))]);
        Self { document, lines }
    }
}
