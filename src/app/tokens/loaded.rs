//! Loaded tokens.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::keys::decryption_key;
use crate::app::{Context, Error, ErrorKind};
use crate::diagnosis::TokenEvidence;
use crate::oauth::DpopKey;
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;
use crate::token::decrypt::decrypt;
use crate::token::{
    self, Decoded, Explanation, Granted, GrantedScope, InputError, Json, Policy, ScopeSource, Summary, TokenKind,
    Validity,
};
use crate::vault::{Record, RecordId, WebOrigin};

/// Origin of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user: argument, stdin, paste.
    Given,
    /// Obtained by a client of the manifest.
    Obtained {
        /// Name of the client in the manifest.
        client: String,
    },
}

/// A loaded token, decoded once.
#[derive(Clone, Debug)]
pub struct LoadedToken {
    /// Token.
    pub secret: Secret,
    /// Origin.
    pub origin: Origin,
    /// Decoded content.
    pub decoded: Decoded,
    /// Granted scopes; `None` if unknown.
    pub granted: Option<Granted>,
    /// Refresh token.
    pub refresh_token: Option<Secret>,
    /// Origins that it is bound to; `None` for a given token, where the user decides.
    pub origins: Option<Vec<WebOrigin>>,
    /// Requested audiences, which a refresh repeats (RFC 8707 §2.2).
    pub audiences: Vec<String>,
    /// Facts about the account that calls and a refresh need, by name.
    pub facts: BTreeMap<String, String>,
    /// Key that it is bound to (RFC 9449).
    pub dpop: Option<Arc<DpopKey>>,
    /// Its record in the vault, if it has one.
    pub record: Option<RecordId>,
    /// When the user signed in, if it was obtained with a sign-in.
    pub signed_in: Option<Timestamp>,
}

impl LoadedToken {
    /// Finds a token in text (see [`crate::token::detect`]) and decodes it.
    ///
    /// # Errors
    /// If the text has no token.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, Error> {
        Self::read_by(text, now, Policy::default())
    }

    /// The error for input that is too large.
    #[must_use]
    pub fn too_large(most: usize) -> Error {
        Error::new(ErrorKind::TokenUnusable, InputError::TooLarge(most).to_string())
            .hint("`decode --max-bytes` changes the limit")
            .hint("`decode --lines` and `decode --scan` accept input of any size")
    }

    /// Like [`Self::read`], with findings by this policy.
    ///
    /// # Errors
    /// If the text has no token.
    pub fn read_by(text: &str, now: Timestamp, policy: Policy) -> Result<Self, Error> {
        let input = token::detect_within(text, policy.max_bytes).map_err(|error| {
            if let InputError::TooLarge(most) = error {
                return Self::too_large(most);
            }
            let kind = if matches!(error, InputError::Empty) { ErrorKind::Usage } else { ErrorKind::TokenUnusable };
            Error::new(kind, error.to_string()).hint(match error {
                InputError::Several(_) => {
                    "`decode --lines` decodes one token per line, `decode --scan` finds all tokens"
                }
                InputError::Inactive => "obtain a new token",
                _ => "accepted are a bare token, `Bearer …`, a token response in JSON, or a `curl` command",
            })
        })?;
        // a scope that violates RFC 6749 §3.3 is dropped; the others are kept
        let delivered = input.scope.as_deref().map(|scope| {
            scope.split_ascii_whitespace().filter_map(|scope| Scope::parse(scope).ok()).collect::<ScopeSet>()
        });
        let mut decoded = token::decode_input(&input, now, policy);
        decoded.findings.extend(input.left_out.map(token::not_as_given));
        if input.sent {
            let misused = token::used_as_access_token(&decoded);
            decoded.findings.extend(misused);
        }
        Ok(Self::with(input.token, Origin::Given, delivered.as_ref(), decoded))
    }

    /// Decrypts this token with the key in a file: a JWK, or a private key in PEM.
    ///
    /// # Errors
    /// If the file has no key, or the key does not decrypt the token.
    pub fn decrypted(&self, key: &Path, now: Timestamp, policy: Policy) -> Result<Self, Error> {
        let key = decryption_key(key)?;
        let token = self.secret.expose();
        let plain = decrypt(token, &key)
            .map_err(|error| Error::new(ErrorKind::TokenUnusable, format!("the token can't be decrypted: {error}")))?;
        let decoded = token::decode_decrypted(token, &plain, now, policy);
        Ok(Self::with(self.secret.clone(), self.origin.clone(), None, decoded))
    }

    /// Decodes a token. `delivered`: scopes in the token response.
    #[must_use]
    pub fn new(secret: Secret, origin: Origin, delivered: Option<&ScopeSet>, now: Timestamp) -> Self {
        let decoded = token::decode(secret.expose(), now);
        Self::with(secret, origin, delivered, decoded)
    }

    fn with(secret: Secret, origin: Origin, delivered: Option<&ScopeSet>, decoded: Decoded) -> Self {
        let mut granted = delivered.map(|scopes| {
            let mut granted = Granted::default();
            let place = ScopeSource::TokenResponse;
            granted.extend(scopes.iter().map(|scope| GrantedScope { scope: scope.clone(), place: place.clone() }));
            granted
        });
        if let Some(claimed) = decoded.claims().and_then(token::granted) {
            // the members of a response are the server's statement
            let of_response = decoded.description.filter(|description| description.is_response());
            let sourced = claimed.0.into_iter().map(|granted| match of_response {
                Some(_) => GrantedScope { place: ScopeSource::Introspection, ..granted },
                None => granted,
            });
            granted.get_or_insert_default().extend(sourced);
        }
        Self {
            secret,
            origin,
            decoded,
            granted,
            refresh_token: None,
            origins: None,
            audiences: Vec::new(),
            facts: BTreeMap::new(),
            dpop: None,
            record: None,
            signed_in: None,
        }
    }

    /// Returns the validity period check; `None` if the token can't be read.
    #[must_use]
    pub fn validity(&self, now: Timestamp) -> Option<Validity> {
        let validity = token::validity(self.decoded.claims()?, now);
        // the expiry may have been truncated
        (self.decoded.has_all_claims() || validity != Validity::Valid(None)).then_some(validity)
    }

    /// Explains each claim.
    #[must_use]
    pub fn claims(&self, now: Timestamp) -> Vec<Explanation> {
        token::explain_claims(&self.decoded, now)
    }

    /// Explains each header parameter.
    #[must_use]
    pub fn header(&self) -> Vec<Explanation> {
        self.decoded.header.as_ref().map(token::explain_header).unwrap_or_default()
    }

    /// Returns the summary lines.
    #[must_use]
    pub fn summary(&self, now: Timestamp) -> Summary {
        token::summarize(&self.decoded, now)
    }

    /// Returns the granted scopes without their sources; empty if unknown.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        self.granted.as_ref().map(Granted::set).unwrap_or_default()
    }

    /// Returns the name of the client in the manifest that the token was obtained with; of a given token, the only client with
    /// the client ID in its claims, which are not verified.
    #[must_use]
    pub fn client<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        if let Origin::Obtained { client } = &self.origin {
            return Some(client);
        }
        let claims = self.decoded.claims()?;
        let names = ["client_id", "azp", "cid", "appid"];
        let id = names.into_iter().find_map(|name| claims.get(name).and_then(Json::as_str))?;
        let mut clients = context.manifest()?.clients.iter().filter(|client| client.client_id == id);
        let only = clients.next()?;
        clients.next().is_none().then_some(only.name.as_str())
    }

    /// Returns when the user signed in: as the token states (`auth_time`, OpenID Connect Core §2, RFC 9068 §2.2.1), otherwise
    /// as recorded here.
    #[must_use]
    pub fn sign_in_time(&self) -> Option<Timestamp> {
        let claimed = match self.decoded.claims().and_then(|claims| claims.get("auth_time")) {
            Some(Json::Number(seconds)) => seconds.parse().ok(),
            _ => None,
        };
        claimed.and_then(|seconds| Timestamp::from_second(seconds).ok()).or(self.signed_in)
    }

    /// Returns the roles in the token, which are not scopes.
    #[must_use]
    pub fn roles(&self) -> Granted {
        self.decoded.claims().map(token::roles).unwrap_or_default()
    }

    /// Returns the facts that a diagnosis uses.
    #[must_use]
    pub fn evidence(&self, now: Timestamp) -> TokenEvidence {
        TokenEvidence {
            granted: self.granted.as_ref().map(Granted::set),
            validity: self.validity(now),
            ..self.claimed()
        }
    }

    /// Returns the token's issuer and audiences, unverified.
    pub(in crate::app) fn claimed(&self) -> TokenEvidence {
        let claims = self.decoded.claims();
        // an encrypted token may have claims in its header (RFC 7519 §5.3)
        let header = self.decoded.header.as_ref().filter(|_| self.decoded.kind == TokenKind::Jwe);
        let get = |claim: &str| [claims, header].into_iter().flatten().find_map(|object| object.get(claim));
        let text = |claim: &str| get(claim).and_then(Json::as_str);
        let audience = match get("aud") {
            Some(Json::String(only)) => vec![only.clone()],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        TokenEvidence {
            granted: None,
            validity: None,
            audience,
            issuer: text("iss").map(str::to_owned),
            bound: claims.is_some_and(|claims| claims.get("cnf").is_some()),
        }
    }
}

impl LoadedToken {
    /// Returns whether the granted scopes are known.
    pub(in crate::app) fn is_readable(&self) -> bool {
        self.granted.is_some() || self.decoded.claims().is_some()
    }

    /// Returns a given token with the scopes in its record, unless the server did not report them.
    pub(super) fn recorded(mut self, record: &Record) -> Self {
        self.record = Some(record.id.clone());
        if !record.unreported {
            let granted = self.granted.get_or_insert_default();
            record.granted.iter().for_each(|scope| granted.add(scope.clone(), ScopeSource::TokenResponse));
        }
        self
    }

    /// Loads a stored token, bound to its origins.
    #[must_use]
    pub fn stored(record: &Record, now: Timestamp) -> Self {
        let origin = Origin::Obtained { client: record.client.clone() };
        let mut token = Self::new(record.access_token.clone(), origin, Some(&record.granted), now);
        token.refresh_token.clone_from(&record.refresh_token);
        token.record = Some(record.id.clone());
        token.signed_in = record.signed_in;
        token.origins = Some(record.origins.clone());
        token.audiences.clone_from(&record.audiences);
        token.facts.clone_from(&record.facts);
        // a key that can't be read is as good as none: the server says that a proof is missing
        token.dpop = record.dpop_key.clone().and_then(|key| DpopKey::restore(key).ok()).map(Arc::new);
        token
    }
}
