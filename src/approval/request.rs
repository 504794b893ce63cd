//! The request, and its text.

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
    /// What asks for the approval.
    pub rule: RequestRule,
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
        match &self.rule {
            RequestRule::Ceiling => put("rule", "ceiling"),
            RequestRule::Policy(rule) => put("rule", &format!("policy {rule}")),
        }
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
