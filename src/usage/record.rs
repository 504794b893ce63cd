//! The members of a record.
//!
//! Readers such as `DuckDB` and `ClickHouse` infer types from the lines, so no member is ever null, each has one type, and
//! the first record of a segment holds an example of every member. A member that has no value is omitted.
//!
//! No member takes text from outside unless its entry in [`MEMBERS`] says so.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::text::visible_json;

/// Name and version of the format.
pub const SCHEMA: &str = "tokscope.audit/v1";

/// Maximum size of a line, in bytes.
pub const MOST_LINE: usize = 512 << 10;

/// Limits for strings, for lists, and for the strings of a list together, in bytes.
const MOST_STRING: usize = 512;
const MOST_ITEMS: usize = 512;
const MOST_LIST: usize = 8 << 10;

/// Declares an enum whose variants have a name in the log and a description.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal, $about:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $about] #[serde(rename = $text)] $(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value with its description.
            pub const ALL: &[(Self, &str)] = &[$((Self::$variant, $about),)+];

            /// Returns the name in the log.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Parses a name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().map(|(known, _)| *known).find(|known| known.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    };
}

named! {
    /// What a record is about. The catalogue is closed.
    Event {
        SegmentOpened = "log.segment", "First record of a segment; its members hold examples.";
        Repaired = "log.repaired", "An incomplete last line was removed; `count` is its length.";
        WriteRefused = "log.refused", "Something was not done because it could not be recorded; `cause` tells why.";
        Accepted = "log.accepted", "The user accepted a damaged, replaced or removed log; `cause` tells what was found.";
        Rekeyed = "log.rekeyed", "The key of the log was moved to the keyring.";
        Retention = "log.retention", "Old segments were removed; `count` is their number, `kept` the first that was kept.";
        Exported = "log.exported", "Records were exported; `count` is their number, `lost` what the receiver rejected.";
        Checkpoint = "log.checkpoint", "A signed checkpoint was issued.";
        ClockBack = "log.clock-back", "The clock was set back; `ms` is the difference.";
        TrustAccepted = "trust.accepted", "The destinations of a manifest were trusted.";
        TrustWithdrawn = "trust.withdrawn", "Trust in the destinations of a manifest was withdrawn.";
        ManifestChanged = "manifest.changed", "A manifest was written.";
        ClientRegistered = "client.registered", "A client was registered at an authorization server.";
        ClientUnregistered = "client.unregistered", "The registration of a client was deleted.";
        Grant = "token.granted", "A token was requested with a grant.";
        Refresh = "token.refreshed", "A token was refreshed.";
        Narrow = "token.narrowed", "A token with fewer scopes was requested with a refresh token.";
        Exchange = "token.exchanged", "A token was exchanged for one with fewer scopes.";
        Excess = "token.excess", "A token was granted more than requested; `outcome` tells whether that was accepted.";
        HandOut = "token.provided", "A token was passed on; `recipient` tells to what.";
        Use = "token.used", "A request was sent to an API.";
        Probe = "token.probed", "A request was sent to test what an API enforces.";
        Introspect = "token.introspected", "A token was introspected.";
        Revoke = "token.revoked", "A token was revoked at its authorization server.";
        Forget = "token.forgotten", "A token was removed from the vault.";
        Denied = "request.denied", "Something was denied before it began; `rule` and `cause` tell why.";
        ApprovalRequested = "approval.requested", "The approval of a second person was requested.";
        ApprovalGranted = "approval.granted", "An approver (`approver`) approved a request; `decision` is `approved` if no other approval is needed.";
        ApprovalRefused = "approval.refused", "An approver (`approver`) refused a request.";
        ApprovalUsed = "approval.used", "Something was done under an approval; `decision` is `emergency` if nobody had approved it yet.";
        ApprovalEmergency = "approval.emergency", "The requester went ahead before the approval; `reason` tells why.";
        ApprovalEnded = "approval.ended", "An approval was ended before the end of its window.";
        ApprovalExpired = "approval.expired", "The window of an approval ended: its token was revoked and removed.";
        GatewayStarted = "gateway.started", "The gateway was started.";
        GatewayStopped = "gateway.stopped", "The gateway was stopped.";
        GatewayRequest = "gateway.request", "A caller's request was forwarded or denied by the gateway.";
    }
}

named! {
    /// Place of a record in an act. The records of one act have the same `act`.
    Phase {
        Intent = "intent", "Written before the act.";
        Outcome = "outcome", "Written after it.";
        Single = "event", "The only record of an act.";
    }
}

named! {
    /// Outcome of an act.
    Outcome {
        Ok = "ok", "It was done.";
        Denied = "denied", "tokscope did not do it.";
        Refused = "refused", "The server or the user refused.";
        Failed = "failed", "It failed.";
        Unknown = "unknown", "It was interrupted, and may have been done.";
    }
}

/// Type of a member in the published schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A string.
    Text,
    /// A UTC time with nine digits of a second (RFC 3339).
    Time,
    /// An integer from 0 to 2^53.
    Count,
    /// A number, written with a fraction.
    Number,
    /// True or false.
    Flag,
    /// An array of strings.
    List,
}

/// Declares the record with the table of its members.
macro_rules! record {
    ($($name:ident: $type:ty = $kind:ident, $about:literal;)+) => {
        /// A record. Members without a value are omitted.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Record {
            $(
                #[doc = $about]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )+
        }

        impl Record {
            /// Returns the record with the members of `other` that it does not have.
            #[must_use]
            pub fn or(self, other: &Self) -> Self {
                Self { $($name: self.$name.or_else(|| other.$name.clone()),)+ }
            }
        }

        /// Every member: name, type, description. `(text)` marks those that hold text from outside.
        pub const MEMBERS: &[(&str, Member, &str)] = &[$((stringify!($name), Member::$kind, $about),)+];
    };
}

record! {
    time: String = Time, "When the record was written, by this machine's clock.";
    event: Event = Text, "What it is about.";
    phase: Phase = Text, "`intent` before an act, `outcome` after it, `event` for the only record of an act.";
    seq: u64 = Count, "Number of the record in the log, from 0. This is the order of the records.";
    log: String = Text, "Identifier of the log.";
    segment: u64 = Count, "Number of the file.";
    prev: String = Text, "SHA-256 of the exact bytes of the previous line, without the line break.";
    schema: String = Text, "Name and version of the format; in the first record of a segment.";
    product: String = Text, "Program and version; in the first record of a segment.";
    key: String = Text, "Where the log's key is kept: `keyring` or `file`; in the first record of a segment.";
    anchor: String = Text, "Where the last record is anchored outside the log: `keyring`, `passphrase` or `none`; in the first record of a segment.";
    act: String = Text, "Joins the records of an act.";
    outcome: Outcome = Text, "Outcome of the act.";
    cause: String = Text, "Why it was not done: a kind of error, or an error code of OAuth.";
    actor: String = Text, "Pseudonym of the user of this machine.";
    uid: u64 = Count, "Numeric user ID.";
    pid: u64 = Count, "Process ID.";
    host: String = Text, "(text) Name of this machine.";
    terminal: String = Text, "`tty` if stdin is a terminal, `ci` if CI is set, otherwise `none`.";
    client: String = Text, "(text) Name of the client in the manifest.";
    client_id: String = Text, "(text) Client ID at the authorization server.";
    issuer: String = Text, "(text) Issuer, from the manifest.";
    api: String = Text, "(text) Name of the API in the manifest.";
    endpoint: String = Text, "(text) Method and path template of the endpoint, never a path.";
    endpoints: Vec<String> = List, "(text) Endpoints that a token is for.";
    method: String = Text, "(text) HTTP method.";
    destination: String = Text, "(text) Origin of the request.";
    required: Vec<String> = List, "(text) Alternatives that satisfy the endpoint, each a list of scopes with spaces.";
    requested: Vec<String> = List, "(text) Requested scopes.";
    granted: Vec<String> = List, "(text) Granted scopes.";
    used: Vec<String> = List, "(text) Granted scopes that the endpoint needed.";
    excess: Vec<String> = List, "(text) Granted scopes that were not needed.";
    token: String = Text, "Fingerprint of the token, under the key of this log.";
    token_id: String = Text, "Identifier of the token in the vault.";
    parent: String = Text, "Fingerprint of the token that it was made from.";
    token_kind: String = Text, "`access`, `refresh` or `id`.";
    grant: String = Text, "Grant type.";
    recipient: String = Text, "`stdout`, `exec` or `clipboard`.";
    program: String = Text, "(text) File name of the program that was started with the token.";
    expires: String = Time, "When the token expires.";
    decision: String = Text, "Comparison of granted and required scopes: `allowed`, `missing` or `unknown`; of a policy: `allow`, `deny` or `approve`; of an approval: `approved` or `emergency`.";
    rule: String = Text, "What decided: `manifest`, `origin`, `trust`, `confirmation`, `ceiling`, `token`, or `policy` with the number of the rule.";
    line: u64 = Count, "Line of the manifest that has the rule.";
    manifest: String = Text, "SHA-256 of the manifest.";
    approval: String = Text, "Identifier of the request for an approval.";
    approver: String = Text, "(text) Name of the approver in the manifest, or the fingerprint of their key.";
    reason: String = Text, "(text) Reason that a user has given, or why the token has more scopes than needed.";
    environment: String = Text, "(text) Environment that the policy was asked about, such as `production`.";
    caller: String = Text, "(text) File name of the program that the request came from.";
    status: u64 = Count, "HTTP status.";
    bytes: u64 = Count, "Size of the response body.";
    ms: f64 = Number, "Duration in milliseconds.";
    narrowed: bool = Flag, "Whether the token was narrowed from another.";
    mode: String = Text, "Mode of the gateway that sent the request: `enforce` or `observe`.";
    truncated: bool = Flag, "Whether a list or a string was cut to fit.";
    count: u64 = Count, "A number; see `event`.";
    lost: u64 = Count, "Records that a receiver rejected.";
    kept: u64 = Count, "First segment that was kept.";
    head: String = Text, "Hash of a record, hexadecimal.";
    expected: u64 = Count, "Number of the next record that was expected.";
}

/// Members by their type, for the generated schema and for tables of columns.
pub const KINDS: usize = MEMBERS.len();

/// Cuts a string at a character boundary.
fn cut(text: &mut String, most: usize) -> bool {
    if text.len() <= most {
        return false;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.truncate(end);
    true
}

fn cut_list(list: &mut Vec<String>, most_items: usize, most_bytes: usize) -> bool {
    let mut bytes = 0;
    let fits = |item: &String| {
        bytes += item.len();
        bytes <= most_bytes
    };
    let kept = list.iter().take(most_items).take_while({
        let mut fits = fits;
        move |item| fits(item)
    });
    let kept = kept.count();
    let shortened = kept < list.len();
    list.truncate(kept);
    shortened
}

impl Event {
    /// Whether the event is the use of a token at an API.
    #[must_use]
    pub fn is_use(self) -> bool {
        matches!(self, Self::Use | Self::GatewayRequest)
    }
}

impl Record {
    /// Creates a record of an event.
    #[must_use]
    pub fn new(event: Event) -> Self {
        Self { event: Some(event), ..Self::default() }
    }

    /// Creates the first record of a segment, with an example of every member.
    #[must_use]
    pub fn example() -> Self {
        let text = || Some("example".to_owned());
        let list = || Some(vec!["example".to_owned()]);
        let time = || Some("2026-01-01T00:00:00.000000000Z".to_owned());
        let hash = || Some("0".repeat(64));
        Self {
            time: time(),
            event: Some(Event::SegmentOpened),
            phase: Some(Phase::Single),
            seq: Some(0),
            log: text(),
            segment: Some(0),
            prev: hash(),
            schema: Some(SCHEMA.to_owned()),
            product: text(),
            key: text(),
            anchor: text(),
            act: text(),
            outcome: Some(Outcome::Ok),
            cause: text(),
            actor: text(),
            uid: Some(0),
            pid: Some(0),
            host: text(),
            terminal: text(),
            client: text(),
            client_id: text(),
            issuer: text(),
            api: text(),
            endpoint: text(),
            endpoints: list(),
            method: text(),
            destination: text(),
            required: list(),
            requested: list(),
            granted: list(),
            used: list(),
            excess: list(),
            token: text(),
            token_id: text(),
            parent: text(),
            token_kind: text(),
            grant: text(),
            recipient: text(),
            program: text(),
            expires: time(),
            decision: text(),
            rule: text(),
            line: Some(0),
            manifest: hash(),
            approval: text(),
            approver: text(),
            reason: text(),
            environment: text(),
            caller: text(),
            status: Some(0),
            bytes: Some(0),
            ms: Some(0.5),
            narrowed: Some(false),
            mode: text(),
            truncated: Some(false),
            count: Some(0),
            lost: Some(0),
            kept: Some(0),
            head: hash(),
            expected: Some(0),
        }
    }

    /// Cuts strings and lists that are too long, and marks the record then. An empty list has no value.
    fn limit(&mut self) {
        let mut cuts = false;
        let strings = [
            &mut self.cause,
            &mut self.host,
            &mut self.client,
            &mut self.client_id,
            &mut self.issuer,
            &mut self.api,
            &mut self.endpoint,
            &mut self.method,
            &mut self.destination,
            &mut self.program,
            &mut self.rule,
            &mut self.approval,
            &mut self.approver,
            &mut self.reason,
            &mut self.environment,
            &mut self.caller,
        ];
        for text in strings.into_iter().flatten() {
            cuts |= cut(text, MOST_STRING);
        }
        let lists = [
            &mut self.endpoints,
            &mut self.required,
            &mut self.requested,
            &mut self.granted,
            &mut self.used,
            &mut self.excess,
        ];
        for list in lists {
            if let Some(items) = list {
                for item in items.iter_mut() {
                    cuts |= cut(item, MOST_STRING * 2);
                }
                cuts |= cut_list(items, MOST_ITEMS, MOST_LIST);
            }
            *list = list.take().filter(|items| !items.is_empty());
        }
        if cuts {
            self.truncated = Some(true);
        }
    }

    /// Returns the record as JSON in one line, with control and deceptive characters escaped.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.clone().into_json()
    }

    /// Like [`Self::to_json`], without a copy.
    #[must_use]
    pub fn into_json(mut self) -> String {
        self.limit();
        // strings, numbers and lists of strings can always be written
        let json = serde_json::to_string(&self).unwrap_or_default();
        match visible_json(&json) {
            Cow::Borrowed(_) => json,
            Cow::Owned(escaped) => escaped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_every_member_with_its_type() {
        let example = serde_json::to_value(Record::example()).unwrap();
        let members = example.as_object().unwrap();
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        let listed: Vec<&str> = MEMBERS.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(names, listed, "members are on the list, in the order of the list");
        for (name, kind, _) in MEMBERS {
            let value = &members[*name];
            let fits = match kind {
                Member::Text | Member::Time => value.is_string(),
                Member::Count => value.is_u64(),
                Member::Number => value.is_f64(),
                Member::Flag => value.is_boolean(),
                Member::List => value.as_array().is_some_and(|items| items.iter().all(serde_json::Value::is_string)),
            };
            assert!(fits, "{name}: {value}");
        }
    }

    #[test]
    fn no_two_members_differ_only_in_case() {
        let mut names: Vec<String> = MEMBERS.iter().map(|(name, _, _)| name.to_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS);
    }

    #[test]
    fn members_without_a_value_are_omitted() {
        let record = Record { granted: Some(Vec::new()), status: Some(200), ms: Some(3.0), ..Record::new(Event::Use) };
        assert_eq!(record.into_json(), r#"{"event":"token.used","status":200,"ms":3.0}"#);
    }

    #[test]
    fn a_record_fits_its_limit_and_says_that_it_was_cut() {
        let long = "\u{202e}".repeat(4_000);
        let many = vec!["\u{7}".repeat(600); 5_000];
        let record = Record {
            client: Some(long.clone()),
            endpoint: Some(long),
            endpoints: Some(many.clone()),
            required: Some(many.clone()),
            requested: Some(many.clone()),
            granted: Some(many.clone()),
            used: Some(many.clone()),
            excess: Some(many),
            ..Record::new(Event::Use)
        };
        let line = record.into_json();
        assert!(line.len() < MOST_LINE, "{}", line.len());
        assert!(line.is_ascii() && !line.contains('\u{7}'));
        assert!(line.contains(r#""truncated":true"#));
    }

    #[test]
    fn unknown_and_repeated_members_are_rejected() {
        for line in [r#"{"event":"token.used","access_token":"x"}"#, r#"{"seq":1,"seq":2}"#, r#"{"event":"other"}"#] {
            assert!(serde_json::from_str::<Record>(line).is_err(), "{line}");
        }
    }
}
