//! What a front end does while a token is acquired.

use std::fmt;

use super::super::{Error, Obtained, Obtaining};
use super::excess::ExcessQuestion;
use crate::scope::{AdditionReason, Additions, Scope, ScopeSet};
use crate::secret::Secret;

/// The person in front of an acquisition. A front end shows and asks; what follows from it is decided here.
pub trait Interaction {
    /// Shows where a person signs in, or the code to enter there.
    fn show_sign_in(&mut self, pending: &Obtaining);

    /// Reports something that happened.
    fn notice(&mut self, notice: &Notice<'_>);

    /// Whether a token is kept although it can do more than was requested. Where nobody can be asked: no.
    ///
    /// # Errors
    /// When the answer can't be read. The token is not kept then.
    fn confirm_excess(&mut self, question: &ExcessQuestion) -> impl Future<Output = Result<bool, Error>>;

    /// The redirect that a person pastes. Never ends where nothing can be pasted.
    ///
    /// # Errors
    /// When nothing can be read any more.
    fn pasted_redirect(&mut self) -> impl Future<Output = Result<Secret, Error>>;
}

/// Something that happened during an acquisition. Displayed as one line, which holds text from outside.
#[derive(Clone, Debug)]
pub enum Notice<'a> {
    /// An endpoint that the client's ceiling leaves out.
    LeftOut {
        /// The endpoint.
        endpoint: &'a str,
        /// The name of the client.
        client: &'a str,
    },
    /// The scopes that are requested.
    Requesting(&'a ScopeSet),
    /// A token was obtained.
    Granted(&'a Obtained),
    /// Scopes that were not requested, and why the token is kept all the same.
    Added(&'a Additions),
    /// A stored token is handed out that can do more than is needed.
    Broader {
        /// What it can do beyond that.
        beyond: &'a ScopeSet,
        /// Why it was not narrowed.
        reason: &'a str,
    },
    /// Another process asks somebody to sign in.
    Waiting,
    /// The token can't be kept, and is used all the same.
    NotKept(&'a Error),
    /// A sentence about a stored token.
    Note(&'a str),
}

impl fmt::Display for Notice<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut { endpoint, client } => {
                write!(formatter, "left out: {endpoint} is above the ceiling of client `{client}`")
            }
            Self::Requesting(scopes) => write!(formatter, "requesting: {}", or_none(scopes)),
            Self::Granted(obtained) => write!(formatter, "granted:    {}", or_none(&obtained.granted)),
            Self::Added(additions) => formatter.write_str(&added(additions)),
            Self::Broader { beyond, reason } => {
                write!(formatter, "the token can do more than is needed: {beyond} ({reason})")
            }
            Self::Waiting => formatter.write_str("another process is asking for a sign-in; waiting for its token"),
            Self::NotKept(error) => write!(formatter, "the token is not kept: {}", error.message),
            Self::Note(note) => formatter.write_str(note),
        }
    }
}

fn or_none(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "no scope".to_owned() } else { scopes.to_string() }
}

/// The additions in one line, grouped by reason.
fn added(additions: &Additions) -> String {
    let of = |wanted: AdditionReason| {
        let scopes = additions.iter().filter(|(_, reason)| **reason == wanted).map(|(scope, _)| scope.clone());
        let scopes: ScopeSet = scopes.collect::<Vec<Scope>>().into_iter().collect();
        let words = match wanted {
            AdditionReason::OpenIdConnect => "OpenID Connect",
            AdditionReason::EarlierConsent => "consented to earlier",
            AdditionReason::Manifest => "accepted by the manifest",
            AdditionReason::Confirmed => "confirmed",
        };
        (!scopes.is_empty()).then(|| format!("{scopes} ({words})"))
    };
    let groups: Vec<String> = AdditionReason::ALL.into_iter().filter_map(of).collect();
    format!("granted without being requested: {}", groups.join(", "))
}
