//! Records of the vault: a token with its metadata.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{VaultError, WebOrigin};
use crate::scope::{AdditionReason, Additions, Scope, ScopeSet};
use crate::secret::Secret;

/// Minimum remaining lifetime of a usable token, so that it does not expire during the call.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// Tolerated backward clock shift; beyond it the remaining lifetime of a token is unknown.
const BACKWARDS: SignedDuration = SignedDuration::from_mins(5);

/// ID of a record: eight hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(String);

impl RecordId {
    /// Generates a random ID.
    ///
    /// # Errors
    /// If the system's random number generator fails.
    pub fn random() -> Result<Self, VaultError> {
        let mut bytes = [0; 4];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| VaultError::Crypto)?;
        Ok(Self(format!("{:08x}", u32::from_be_bytes(bytes))))
    }

    /// Parses an ID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 8 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(text.to_owned()))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// A stored token. `Debug` redacts secrets.
#[derive(Clone, Debug)]
pub struct Record {
    /// ID.
    pub id: RecordId,
    /// Issuer, as in the manifest.
    pub issuer: String,
    /// Name of the client in the manifest.
    pub client: String,
    /// `client_id`.
    pub client_id: String,
    /// Audiences of the token's APIs, sorted.
    pub audiences: Vec<String>,
    /// Origins that the token is bound to, sorted.
    pub origins: Vec<WebOrigin>,
    /// Requested scopes.
    pub asked: ScopeSet,
    /// Granted scopes.
    pub granted: ScopeSet,
    /// Scopes that were granted without being requested, each with the reason why it was accepted.
    pub added: Additions,
    /// Time of issue, by this machine's clock.
    pub created: Timestamp,
    /// Expiry; `None` if unknown.
    pub expires: Option<Timestamp>,
    /// Last use.
    pub last_used: Option<Timestamp>,
    /// `token_type` of the token response.
    pub token_type: String,
    /// Access token.
    pub access_token: Secret,
    /// Refresh token.
    pub refresh_token: Option<Secret>,
    /// ID token, of the client of an identity provider: it is exchanged for identity assertions.
    pub id_token: Option<Secret>,
    /// Private key that the token is bound to (RFC 9449).
    pub dpop_key: Option<Secret>,
    /// Token that this one was narrowed from, which holds the refresh token.
    pub narrowed_from: Option<RecordId>,
    /// The server granted the same scopes although fewer were requested.
    pub keeps_breadth: bool,
    /// Facts about the account that calls and a refresh need, by name.
    pub facts: BTreeMap<String, String>,
    /// The server reports the granted scopes nowhere: `granted` are the requested ones.
    pub unreported: bool,
    /// Approval under which it was obtained.
    pub approval: Option<ApprovalLink>,
    /// When the user signed in, for a grant with a sign-in.
    pub signed_in: Option<Timestamp>,
}

/// The approval of a stored token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalLink {
    /// Identifier of the request.
    pub id: String,
    /// End of the window, after which the token must not be used.
    #[serde(with = "seconds")]
    pub until: Timestamp,
}

/// A time as seconds since 1970.
mod seconds {
    use jiff::Timestamp;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.as_second())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::from_second(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Validity of a token by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Usable.
    Live,
    /// Expired, or expires within half a minute.
    Ended,
    /// The clock is earlier than the time of issue, so the remaining lifetime is unknown.
    ClockBehind,
}

impl Record {
    /// Returns the validity of the token now.
    #[must_use]
    pub fn life(&self, now: Timestamp) -> Life {
        if self.has_approval_ended(now) {
            return Life::Ended;
        }
        // differences of timestamps can't overflow, sums of them can
        if self.created.duration_since(now) > BACKWARDS {
            return Life::ClockBehind;
        }
        match self.expires {
            Some(end) if end.duration_since(now) <= MARGIN => Life::Ended,
            _ => Life::Live,
        }
    }

    /// Whether it was obtained under an approval whose window has ended. It must not be used or refreshed then.
    #[must_use]
    pub fn has_approval_ended(&self, now: Timestamp) -> bool {
        self.approval.as_ref().is_some_and(|link| link.until <= now)
    }

    /// Returns the end of a lifetime that starts now, saturating.
    #[must_use]
    pub fn end_of(now: Timestamp, lifetime: std::time::Duration) -> Timestamp {
        now.checked_add(lifetime).unwrap_or(Timestamp::MAX)
    }

    /// Checks that the token can be stored and later written to a header, an environment variable or a line: RFC 6749
    /// §A.12 and §A.17 allow printable ASCII only, which excludes line breaks that would start another header.
    pub(super) fn check(&self) -> Result<(), VaultError> {
        let fits = |text: &str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
        let secrets = [Some(&self.access_token), self.refresh_token.as_ref(), self.id_token.as_ref()];
        if !secrets.into_iter().flatten().all(|secret| fits(secret.expose())) {
            return Err(VaultError::Unfit("it has characters that RFC 6749 §A.12 does not allow"));
        }
        let words = [&self.issuer, &self.client, &self.client_id, &self.token_type];
        if words.into_iter().chain(&self.audiences).any(|word| word.chars().any(char::is_control)) {
            return Err(VaultError::Unfit("its metadata has control characters"));
        }
        Ok(())
    }
}

/// Contents of a vault.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    pub(super) records: Vec<Record>,
    /// Narrowing observations, one per issuer and client.
    pub(super) narrowing: Vec<NarrowingObservation>,
}

/// Effect of a refresh that requests fewer scopes (RFC 6749 §6 leaves it open).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NarrowingEffect {
    /// The access token is narrower, and the grant is unchanged.
    Harmless,
    /// The grant is permanently reduced, or ends.
    CostsGrant,
    /// The access token is as broad as before.
    Ignored,
}

impl NarrowingEffect {
    const ALL: [(&'static str, Self); 3] =
        [("harmless", Self::Harmless), ("costs-grant", Self::CostsGrant), ("ignored", Self::Ignored)];

    /// Returns the name used in the vault and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, effect)| *effect == self).map_or("", |(name, _)| name)
    }
}

/// Observed effect of narrowing by refresh, for one client of one issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NarrowingObservation {
    /// Issuer, as in the manifest.
    pub issuer: String,
    /// `client_id`.
    pub client_id: String,
    /// Effect on the grant.
    pub effect: NarrowingEffect,
    /// Time of the observation.
    pub observed: Timestamp,
}

/// Serialized form of the contents.
#[derive(Serialize, Deserialize)]
struct Content<'c> {
    #[serde(borrow)]
    records: Vec<Written<'c>>,
    #[serde(default)]
    narrowing: Vec<WrittenObservation>,
}

/// Serialized form of an observation.
#[derive(Serialize, Deserialize)]
struct WrittenObservation {
    issuer: String,
    client_id: String,
    effect: String,
    observed: i64,
}

impl From<&NarrowingObservation> for WrittenObservation {
    fn from(observation: &NarrowingObservation) -> Self {
        Self {
            issuer: observation.issuer.clone(),
            client_id: observation.client_id.clone(),
            effect: observation.effect.as_str().to_owned(),
            observed: observation.observed.as_second(),
        }
    }
}

impl WrittenObservation {
    /// Converts the serialized form; `None` if a later version wrote an unknown effect.
    fn read(self) -> Option<NarrowingObservation> {
        let (_, effect) = NarrowingEffect::ALL.into_iter().find(|(name, _)| *name == self.effect)?;
        let observed = Timestamp::from_second(self.observed).ok()?;
        Some(NarrowingObservation { issuer: self.issuer, client_id: self.client_id, effect, observed })
    }
}

/// Serialized form of a record.
#[derive(Serialize, Deserialize)]
struct Written<'c> {
    #[serde(borrow)]
    id: Cow<'c, str>,
    #[serde(borrow)]
    issuer: Cow<'c, str>,
    #[serde(borrow)]
    client: Cow<'c, str>,
    #[serde(borrow)]
    client_id: Cow<'c, str>,
    audiences: Vec<String>,
    origins: Vec<String>,
    asked: Vec<String>,
    granted: Vec<String>,
    #[serde(default)]
    added: BTreeMap<String, String>,
    created: i64,
    expires: Option<i64>,
    last_used: Option<i64>,
    #[serde(borrow)]
    token_type: Cow<'c, str>,
    access_token: Sealed,
    refresh_token: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id_token: Option<Sealed>,
    dpop_key: Option<Sealed>,
    narrowed_from: Option<String>,
    keeps_breadth: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unreported: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approval: Option<ApprovalLink>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed_in: Option<i64>,
}

impl<'c> From<&'c Record> for Written<'c> {
    fn from(record: &'c Record) -> Self {
        Self {
            id: Cow::Borrowed(record.id.as_str()),
            issuer: Cow::Borrowed(&record.issuer),
            client: Cow::Borrowed(&record.client),
            client_id: Cow::Borrowed(&record.client_id),
            audiences: record.audiences.clone(),
            origins: record.origins.iter().map(WebOrigin::to_string).collect(),
            asked: record.asked.iter().map(Scope::to_string).collect(),
            granted: record.granted.iter().map(Scope::to_string).collect(),
            added: record.added.iter().map(|(scope, reason)| (scope.to_string(), reason.to_string())).collect(),
            created: record.created.as_second(),
            expires: record.expires.map(Timestamp::as_second),
            last_used: record.last_used.map(Timestamp::as_second),
            token_type: Cow::Borrowed(&record.token_type),
            access_token: Sealed(record.access_token.clone()),
            refresh_token: record.refresh_token.clone().map(Sealed),
            id_token: record.id_token.clone().map(Sealed),
            dpop_key: record.dpop_key.clone().map(Sealed),
            narrowed_from: record.narrowed_from.as_ref().map(RecordId::to_string),
            keeps_breadth: record.keeps_breadth,
            facts: record.facts.clone(),
            unreported: record.unreported,
            approval: record.approval.clone(),
            signed_in: record.signed_in.map(Timestamp::as_second),
        }
    }
}

impl Written<'_> {
    fn read(self) -> Option<Record> {
        let time = |seconds: i64| Timestamp::from_second(seconds).ok();
        let scopes =
            |words: Vec<String>| words.iter().map(|word| Scope::parse(word).ok()).collect::<Option<ScopeSet>>();
        Some(Record {
            id: RecordId::parse(&self.id)?,
            issuer: self.issuer.into_owned(),
            client: self.client.into_owned(),
            client_id: self.client_id.into_owned(),
            audiences: self.audiences,
            origins: self.origins.iter().map(|origin| WebOrigin::parse(origin)).collect::<Option<_>>()?,
            asked: scopes(self.asked)?,
            granted: scopes(self.granted)?,
            added: self
                .added
                .iter()
                .map(|(scope, reason)| Some((Scope::parse(scope).ok()?, AdditionReason::parse(reason)?)))
                .collect::<Option<_>>()?,
            created: time(self.created)?,
            expires: self.expires.map(time).map_or(Some(None), |end| end.map(Some))?,
            last_used: self.last_used.and_then(time),
            token_type: self.token_type.into_owned(),
            access_token: self.access_token.0,
            refresh_token: self.refresh_token.map(|sealed| sealed.0),
            id_token: self.id_token.map(|sealed| sealed.0),
            dpop_key: self.dpop_key.map(|sealed| sealed.0),
            narrowed_from: self.narrowed_from.as_deref().and_then(RecordId::parse),
            keeps_breadth: self.keeps_breadth,
            facts: self.facts,
            unreported: self.unreported,
            approval: self.approval,
            signed_in: self.signed_in.and_then(time),
        })
    }
}

/// A secret in base64: JSON would escape some characters, and unescape them into a buffer that is not wiped.
struct Sealed(Secret);

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secret = self.0.expose().as_bytes();
        let mut text = Zeroizing::new(vec![0; secret.len().div_ceil(3) * 4]);
        let length = STANDARD_NO_PAD.encode_slice(secret, &mut text).map_err(S::Error::custom)?;
        let text = text.get(..length).and_then(|text| std::str::from_utf8(text).ok());
        serializer.serialize_str(text.ok_or_else(|| S::Error::custom("base64 is text"))?)
    }
}

impl<'c> Deserialize<'c> for Sealed {
    fn deserialize<D: Deserializer<'c>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let mut bytes = Zeroizing::new(vec![0; text.len()]);
        // the error must not repeat the value
        let wrong = || D::Error::custom("not a base64 secret");
        let length = STANDARD_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| wrong())?;
        let secret = bytes.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
        Ok(Self(Secret::new(secret.ok_or_else(wrong)?)))
    }
}

/// Serializes the contents to JSON in a buffer that is allocated once: growing would leave copies behind.
pub(super) fn write(contents: &Contents) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let content = Content {
        records: contents.records.iter().map(Written::from).collect(),
        narrowing: contents.narrowing.iter().map(WrittenObservation::from).collect(),
    };
    let mut length = Length(0);
    let refused = |_| VaultError::Damaged("its content can't be serialized");
    serde_json::to_writer(&mut length, &content).map_err(refused)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, &content).map_err(refused)?;
    Ok(bytes)
}

/// Parses the output of [`write()`].
pub(super) fn read(bytes: &[u8]) -> Result<Contents, VaultError> {
    let damaged = VaultError::Damaged("its content has an unknown format");
    let content: Content<'_> = serde_json::from_slice(bytes).map_err(|_| damaged.clone())?;
    Ok(Contents {
        records: content.records.into_iter().map(Written::read).collect::<Option<_>>().ok_or(damaged)?,
        narrowing: content.narrowing.into_iter().filter_map(WrittenObservation::read).collect(),
    })
}

/// Writer that counts bytes.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
