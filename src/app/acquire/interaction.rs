//! Interaction of an acquisition with the user.

use std::fmt;

use super::PendingGrant;
use crate::app::{Error, ExcessQuestion, GrantedToken};
use crate::manifest::Client;
use crate::scope::{AdditionReason, Additions, Scope, ScopeSet};
use crate::secret::Secret;

/// User interaction of an acquisition. A front end shows and asks; the decisions are made here.
pub trait Interaction {
    /// Shows the sign-in URL or the device code.
    fn show_sign_in(&mut self, pending: &PendingGrant);

    /// Reports an event.
    fn notice(&mut self, notice: &Notice<'_>);

    /// Asks whether to keep a token that was granted more than requested. Without a prompt: no.
    ///
    /// # Errors
    /// If the user's reply can't be read. The token is not kept then.
    fn confirm_excess(&mut self, question: &ExcessQuestion) -> impl Future<Output = Result<bool, Error>>;

    /// Waits for a pasted redirect. Never completes if pasting is not possible. The future may be dropped and called for
    /// again: no input may be lost.
    ///
    /// # Errors
    /// If the input ends.
    fn pasted_redirect(&mut self) -> impl Future<Output = Result<Secret, Error>>;
}

/// An event during an acquisition. Displayed as one line, which may hold untrusted text.
#[derive(Clone, Debug)]
pub enum Notice<'a> {
    /// An endpoint above the client's ceiling.
    LeftOut {
        /// Endpoint.
        endpoint: &'a str,
        /// Name of the client.
        client: &'a str,
    },
    /// Requested scopes.
    Requesting(&'a ScopeSet),
    /// A token was obtained.
    Granted(&'a GrantedToken),
    /// Scopes that were granted without being requested, with the reason why they are accepted.
    Added(&'a Additions),
    /// A broader token than needed is used.
    Broader {
        /// Scopes beyond the need.
        beyond: &'a ScopeSet,
        /// Reason why it was not narrowed.
        reason: &'a str,
    },
    /// The user has to sign in at an identity provider first, with this client.
    IdentityProvider(&'a Client),
    /// Another process is asking the user to sign in.
    Waiting,
    /// The token can't be stored, but is used.
    NotKept(&'a Error),
    /// A note about a stored token.
    Note(&'a str),
    /// The usual causes of an error page in the browser, a line each.
    Advice(&'a [String]),
    /// The pasted text is not the redirect. Another one can be pasted.
    Rejected(&'a Error),
}

impl fmt::Display for Notice<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut { endpoint, client } => {
                write!(formatter, "omitted: {endpoint} is above the ceiling of client `{client}`")
            }
            Self::Requesting(scopes) => write!(formatter, "requesting: {}", or_none(scopes)),
            Self::Granted(obtained) if obtained.unreported => {
                formatter.write_str("granted:    not reported by the server")
            }
            Self::Granted(obtained) => write!(formatter, "granted:    {}", or_none(&obtained.granted)),
            Self::Added(additions) => formatter.write_str(&added(additions)),
            Self::Broader { beyond, reason } => {
                write!(formatter, "the token has more scopes than needed: {beyond} ({reason})")
            }
            Self::IdentityProvider(client) => {
                write!(formatter, "signing in at the identity provider {} first", client.issuer)
            }
            Self::Waiting => formatter.write_str("another process is asking for a sign-in; waiting for its token"),
            Self::NotKept(error) => write!(formatter, "the token is not stored: {}", error.message),
            Self::Note(note) => formatter.write_str(note),
            Self::Advice(lines) => formatter.write_str(&lines.join("\n")),
            Self::Rejected(error) => write!(formatter, "{}; paste the URL again", error.message),
        }
    }
}

fn or_none(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "no scope".to_owned() } else { scopes.to_string() }
}

/// Formats additional scopes in one line, grouped by reason.
fn added(additions: &Additions) -> String {
    let of = |wanted: AdditionReason| {
        let scopes = additions.iter().filter(|(_, reason)| **reason == wanted).map(|(scope, _)| scope.clone());
        let scopes: ScopeSet = scopes.collect::<Vec<Scope>>().into_iter().collect();
        let words = match wanted {
            AdditionReason::OpenIdConnect => "OpenID Connect",
            AdditionReason::Provider => "added by the authorization server",
            AdditionReason::EarlierConsent => "from earlier consent",
            AdditionReason::Manifest => "accepted by the manifest",
            AdditionReason::Confirmed => "confirmed",
        };
        (!scopes.is_empty()).then(|| format!("{scopes} ({words})"))
    };
    let groups: Vec<String> = AdditionReason::ALL.into_iter().filter_map(of).collect();
    format!("granted without being requested: {}", groups.join(", "))
}
