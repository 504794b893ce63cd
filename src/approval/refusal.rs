//! The text with which an approver refuses a request.

use super::escape::{escape, unescape};
use super::request::Request;
use crate::sshsig::{blocks, is_rule, unquoted, unspaced};

/// Label of the block.
const LABEL: &str = "TOKSCOPE REFUSAL";

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// SHA-256 of the request's text.
    pub request: String,
    /// Why it is refused.
    pub reason: String,
}

impl Refusal {
    /// Creates the refusal of a request.
    #[must_use]
    pub fn of(request: &Request, reason: &str) -> Self {
        Self { request: request.digest(), reason: reason.to_owned() }
    }

    /// Returns the text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { request, reason } = self;
        format!("-----BEGIN {LABEL}-----\nrequest: {request}\nreason: {}\n-----END {LABEL}-----\n", escape(reason))
    }

    /// Reads the first refusal in a text; `None` without one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let found = blocks(text, LABEL).ok()?;
        let mut members: [Option<String>; 2] = [None, None];
        let mut current = None;
        for line in found.first()?.body.split(['\n', '\r']).map(unquoted).filter(|line| !is_rule(line)) {
            let keyed = [("request:", 0), ("reason:", 1)];
            let found = keyed.into_iter().find_map(|(key, index)| Some((index, line.strip_prefix(key)?)));
            match found {
                Some((index, value)) => {
                    *members.get_mut(index)? = Some(value.trim().to_owned());
                    current = Some(index);
                }
                // a mail program has broken the line
                None => {
                    let value = members.get_mut(current?)?.as_mut()?;
                    value.push(' ');
                    value.push_str(line);
                }
            }
        }
        let [request, reason] = members;
        Some(Self { request: request?, reason: unescape(&unspaced(&reason?))? })
    }
}
