//! The request, and its text.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use super::escape::escape;
use super::words::words;
use crate::scope::{Risk, Scope, ScopeSet};

/// Label of the block.
pub const LABEL: &str = "TOKSCOPE APPROVAL REQUEST";

/// Version of the format.
pub(super) const VERSION: &str = "1";

/// Number of words in the last line.
const CHECK_WORDS: usize = 8;

/// An endpoint of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedEndpoint {
    /// Method and path template.
    pub endpoint: String,
    /// Name of its API in the manifest.
    pub api: String,
    /// Scopes that it needs.
    pub needs: ScopeSet,
}

/// What asks for the approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRule {
    /// Scopes above `may_request` of the client.
    Ceiling,
    /// A rule of the manifest's policy, as it is named in messages.
    Policy(String),
}

/// As in the text of a request: `ceiling`, or `policy line 12`.
impl fmt::Display for RequestRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ceiling => formatter.write_str("ceiling"),
            Self::Policy(rule) => write!(formatter, "policy {rule}"),
        }
    }
}

/// What uses an approval. Each is counted by itself, so that one use is enough to obtain a token and to call with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// A token with scopes above the ceiling is obtained.
    Token,
    /// A token is sent or passed on, which a rule of the policy wants approved.
    Act,
}

/// Number of uses of an approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Tokens that were obtained.
    pub tokens: u64,
    /// Times that a token was sent or passed on.
    pub acts: u64,
}

impl Uses {
    /// Returns the number of uses of a kind.
    #[must_use]
    pub fn of(self, kind: UseKind) -> u64 {
        match kind {
            UseKind::Token => self.tokens,
            UseKind::Act => self.acts,
        }
    }

    /// Counts another use.
    pub fn add(&mut self, kind: UseKind) {
        match kind {
            UseKind::Token => self.tokens += 1,
            UseKind::Act => self.acts += 1,
        }
    }

    /// Returns the larger number of each kind.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { tokens: self.tokens.max(other.tokens), acts: self.acts.max(other.acts) }
    }
}

/// A request for an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// 32 hexadecimal digits.
    pub id: String,
    /// When it was written.
    pub created: Timestamp,
    /// Name of the user.
    pub requester: String,
    /// Name of the machine.
    pub host: Option<String>,
    /// Fingerprints of the requester's own keys, which can't approve.
    pub keys: Vec<String>,
    /// Name of the client in the manifest.
    pub client: String,
    /// `client_id`.
    pub client_id: String,
    /// Issuer.
    pub issuer: String,
    /// Audiences of the APIs.
    pub audiences: Vec<String>,
    /// All scopes.
    pub scopes: ScopeSet,
    /// Those above the ceiling of the client.
    pub above: ScopeSet,
    /// Endpoints, with the reason for each.
    pub endpoints: Vec<RequestedEndpoint>,
    /// Number of endpoints that the scopes grant access to.
    pub reaches: u64,
    /// Number of those that change data.
    pub writes: u64,
    /// Highest risk of the scopes.
    pub risk: Option<Risk>,
    /// Reason of the requester.
    pub reason: Option<String>,
    /// Begin of the window.
    pub from: Timestamp,
    /// End of the window.
    pub until: Timestamp,
    /// Number of uses. `None`: any number within the window.
    pub uses: Option<u64>,
    /// SHA-256 of the manifest, hexadecimal.
    pub manifest: String,
    /// What asks for the approval, the ceiling first: at least one.
    pub rules: Vec<RequestRule>,
    /// Groups of approvers, for the reader: of each inner list one has to approve.
    pub approvers: Vec<Vec<String>>,
}

/// Formats a risk as in a manifest.
pub(super) fn risk(risk: Option<Risk>) -> &'static str {
    risk.map_or("none", Risk::as_str)
}

impl Request {
    /// Returns the text that is sent and signed: at most one value in a line, LF, no trailing spaces.
    #[must_use]
    pub fn text(&self) -> String {
        let body = self.body();
        let check = words(digest(&SHA256, body.as_bytes()).as_ref().get(..CHECK_WORDS).unwrap_or_default());
        format!("{body}check: {check}\n-----END {LABEL}-----\n")
    }

    fn body(&self) -> String {
        let mut text = format!("-----BEGIN {LABEL}-----\n");
        let mut put = |key: &str, value: &str| {
            text.push_str(key);
            text.push(':');
            if !value.is_empty() {
                text.push(' ');
                text.push_str(&escape(value));
            }
            text.push('\n');
        };
        put("version", VERSION);
        put("id", &self.id);
        put("created", &self.created.to_string());
        put("requester", &self.requester);
        self.host.iter().for_each(|host| put("host", host));
        self.keys.iter().for_each(|key| put("key", key));
        put("client", &self.client);
        put("client-id", &self.client_id);
        put("issuer", &self.issuer);
        self.audiences.iter().for_each(|audience| put("audience", audience));
        self.scopes.iter().for_each(|scope| put("scope", scope.as_str()));
        self.above.iter().for_each(|scope| put("above", scope.as_str()));
        for endpoint in &self.endpoints {
            put("endpoint", &endpoint.endpoint);
            put("api", &endpoint.api);
            endpoint.needs.iter().for_each(|scope| put("needs", scope.as_str()));
        }
        put("reaches", &self.reaches.to_string());
        put("writes", &self.writes.to_string());
        put("risk", risk(self.risk));
        self.reason.iter().for_each(|reason| put("reason", reason));
        put("from", &self.from.to_string());
        put("until", &self.until.to_string());
        put("uses", &self.uses.map_or_else(|| "any".to_owned(), |uses| uses.to_string()));
        put("manifest", &self.manifest);
        self.rules.iter().for_each(|rule| put("rule", &rule.to_string()));
        for groups in &self.approvers {
            let mut groups = groups.iter();
            groups.by_ref().take(1).for_each(|group| put("approvers", group));
            groups.for_each(|group| put("or", group));
        }
        text
    }

    /// Returns the SHA-256 of the text, hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        let hash = digest(&SHA256, self.text().as_bytes());
        hash.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Returns the words of the last line, to compare over the telephone.
    #[must_use]
    pub fn words(&self) -> String {
        words(digest(&SHA256, self.body().as_bytes()).as_ref().get(..CHECK_WORDS).unwrap_or_default())
    }

    /// Returns the first digits of the id, which are enough to name it.
    #[must_use]
    pub fn short_id(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }

    /// Whether it is about scopes above the ceiling of the client.
    #[must_use]
    pub fn is_above_ceiling(&self) -> bool {
        self.rules.contains(&RequestRule::Ceiling)
    }

    /// Whether a rule of the policy asks for it.
    #[must_use]
    pub fn is_by_policy(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule, RequestRule::Policy(_)))
    }

    /// Returns the names of what asks for it: `ceiling, policy line 12`.
    #[must_use]
    pub fn rule_names(&self) -> String {
        self.rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// Returns what uses the approval.
    pub fn use_kinds(&self) -> impl Iterator<Item = UseKind> {
        let token = self.is_above_ceiling().then_some(UseKind::Token);
        token.into_iter().chain(self.is_by_policy().then_some(UseKind::Act))
    }

    /// Whether every use of a kind is taken.
    #[must_use]
    pub fn is_used_up(&self, used: Uses, kind: UseKind) -> bool {
        self.uses.is_some_and(|uses| used.of(kind) >= uses)
    }

    /// Returns the number of uses: of a request above the ceiling that a rule asks for, too, those that are complete.
    #[must_use]
    pub fn complete_uses(&self, used: Uses) -> u64 {
        self.use_kinds().map(|kind| used.of(kind)).min().unwrap_or_default()
    }

    /// Whether the approval of this request permits to request these scopes with a client.
    #[must_use]
    pub fn covers(&self, client: &str, client_id: &str, issuer: &str, scopes: &ScopeSet) -> bool {
        let has = |scope: &Scope| self.scopes.contains(scope.as_str());
        self.client == client && self.client_id == client_id && self.issuer == issuer && scopes.iter().all(has)
    }

    /// Whether the approval of this request permits a call of an endpoint.
    #[must_use]
    pub fn covers_endpoint(&self, api: &str, endpoint: &str) -> bool {
        self.endpoints.iter().any(|known| known.api == api && known.endpoint == endpoint)
    }
}
