//! Kinds of tokens, such as access token, ID token or DPoP proof, detected from `typ`, claims and issuer.

use std::borrow::Cow;

use super::Json;

/// A kind of token.
#[derive(Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Name in kebab-case: `purpose` in `tokscope.decode/v1`.
    pub name: &'static str,
    /// Name for people, with its article.
    pub meaning: &'static str,
    /// Document that defines it.
    pub source: &'static str,
    /// Required claims.
    pub(super) required: &'static [&'static str],
    /// Forbidden claims.
    pub(super) forbidden: &'static [&'static str],
}

/// Kinds of tokens for which `exp` is optional, or that are long-lived by design.
const LONG_LIVED: &[&str] = &[
    "refresh-token",
    "logout-token",
    "dpop-proof",
    "security-event",
    "credential",
    "key-binding",
    "key-proof",
    "introspection-response",
    "client-attestation",
    "entity-statement",
    "acme-request",
    "request-object",
    "client-attestation-proof",
    "client-secret",
    "api-key",
    "status-list",
    "trust-mark",
    "key-set",
    "key-attestation",
    "call-identity",
    "presentation",
    "other",
];

/// Kinds of tokens that require an audience.
const WITH_AUDIENCE: &[&str] =
    &["access-token", "id-token", "client-assertion", "workload-identity", "identity-assertion-grant"];

/// Kinds of tokens other than access tokens that some APIs accept as such.
const BEARER: &[&str] = &["workload-identity", "proxy-identity", "api-key", "credential"];

impl Purpose {
    /// Returns whether `exp` is optional.
    pub(super) fn is_lasting(&self) -> bool {
        LONG_LIVED.contains(&self.name)
    }

    /// Returns whether an audience is required.
    pub(super) fn is_for_someone(&self) -> bool {
        WITH_AUDIENCE.contains(&self.name)
    }
}

/// What a kind was detected from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// An explicit type in the header (RFC 8725 §3.11).
    Typ,
    /// Claims that only this kind has, or the issuer.
    Claims,
    /// Claims that other kinds may have too.
    Guess,
}

/// The kind of a token, and how it was detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectedPurpose {
    /// Kind of the token.
    pub purpose: &'static Purpose,
    /// Evidence; untrusted, since it may quote the token.
    pub reason: String,
    /// Strength of the evidence.
    pub certainty: Certainty,
    /// An explicit type that is not a known one.
    unknown_type: Option<String>,
}

impl DetectedPurpose {
    /// Name for people, with its article; untrusted, since it may quote the token.
    #[must_use]
    pub fn meaning(&self) -> Cow<'static, str> {
        match &self.unknown_type {
            Some(name) => Cow::Owned(format!("a token of type `{name}`")),
            None => Cow::Borrowed(self.purpose.meaning),
        }
    }

    /// Returns whether an API must refuse the token as an access token, whatever its scopes are (RFC 8725 §3.11, RFC 9068
    /// §4). `is_for_this_api`: the audience of the token is the API, which outweighs a guess.
    #[must_use]
    pub fn is_refused_by_apis(&self, is_for_this_api: bool) -> bool {
        match self.certainty {
            _ if self.purpose.name == ACCESS_TOKEN.name => false,
            Certainty::Typ => true,
            _ if BEARER.contains(&self.purpose.name) => false,
            Certainty::Claims => true,
            Certainty::Guess => !is_for_this_api,
        }
    }
}

macro_rules! purposes {
    ($($constant:ident = $name:literal, $meaning:literal, $source:literal, $required:expr, $forbidden:expr;)*) => {
        $(pub(super) static $constant: Purpose = Purpose {
            name: $name, meaning: $meaning, source: $source, required: &$required, forbidden: &$forbidden,
        };)*
        /// All kinds of tokens.
        #[cfg(test)]
        static ALL: &[&Purpose] = &[$(&$constant),*];
    };
}

purposes! {
    PROFILED_ACCESS_TOKEN = "access-token", "an access token (RFC 9068)", "RFC 9068 §2.2",
        ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"], [];
    ACCESS_TOKEN = "access-token", "an access token", "RFC 6749 §1.4", [], [];
    ID_TOKEN = "id-token", "an ID token", "OpenID Connect Core §2", ["iss", "sub", "aud", "exp", "iat"], [];
    REFRESH_TOKEN = "refresh-token", "a refresh token", "RFC 6749 §1.5", [], [];
    LOGOUT_TOKEN = "logout-token", "a logout token", "OpenID Connect Back-Channel Logout §2.4",
        ["iss", "aud", "iat", "jti", "events"], ["nonce"];
    DPOP_PROOF = "dpop-proof", "a DPoP proof", "RFC 9449 §4.2", ["jti", "htm", "htu", "iat"], [];
    CLIENT_ASSERTION = "client-assertion", "a client assertion", "RFC 7523 §3", ["iss", "sub", "aud", "exp"], [];
    AUTHORIZATION_GRANT = "authorization-grant", "an authorization grant assertion", "RFC 7523 §2.1",
        ["iss", "aud", "exp"], [];
    AUTHORIZATION_RESPONSE = "authorization-response", "an authorization response (JARM)", "JARM §2.1",
        ["iss", "aud", "exp"], [];
    REQUEST_OBJECT = "request-object", "a request object", "RFC 9101 §4", ["client_id"], ["request", "request_uri"];
    INTROSPECTION_RESPONSE = "introspection-response", "an introspection response", "RFC 9701 §5",
        ["iss", "aud", "iat", "token_introspection"], ["sub", "exp"];
    SECURITY_EVENT = "security-event", "a security event token", "RFC 8417 §2.2", ["iss", "iat", "jti", "events"], [];
    CREDENTIAL = "credential", "a verifiable credential", "SD-JWT VC §2", [], [];
    KEY_BINDING = "key-binding", "a key binding JWT", "RFC 9901 §4.3", ["iat", "aud", "nonce", "sd_hash"], [];
    KEY_PROOF = "key-proof", "a credential key proof", "OpenID4VCI §8.2.1.1", ["aud", "iat"], [];
    CLIENT_ATTESTATION = "client-attestation", "a client attestation", "OAuth 2.0 Attestation-Based Client Authentication §4",
        ["sub", "exp", "cnf"], [];
    CLIENT_ATTESTATION_PROOF = "client-attestation-proof", "a proof of possession for a client attestation",
        "OAuth 2.0 Attestation-Based Client Authentication §5", ["aud", "iat"], [];
    IDENTITY_ASSERTION_GRANT = "identity-assertion-grant", "an identity assertion authorization grant (ID-JAG)",
        "Identity Assertion JWT Authorization Grant §3", ["iss", "sub", "aud", "client_id", "jti", "exp", "iat"], [];
    TRANSACTION_TOKEN = "transaction-token", "a transaction token", "OAuth Transaction Tokens §5.2",
        ["iat", "aud", "exp", "txn", "sub"], [];
    STATUS_LIST = "status-list", "a status list token", "Token Status List §5.1", ["sub", "iat", "status_list"], [];
    TRUST_MARK = "trust-mark", "a trust mark", "OpenID Federation 1.0 §7", ["iss", "sub", "iat"], [];
    KEY_SET = "key-set", "a signed JWK Set", "OpenID Federation 1.0 §5.2.1", ["iss", "sub", "keys"], [];
    KEY_ATTESTATION = "key-attestation", "a key attestation", "OpenID4VCI Appendix D.1", ["iat", "attested_keys"], [];
    PRESENTATION = "presentation", "a verifiable presentation", "OpenID4VP Appendix B.1", [], [];
    CALL_IDENTITY = "call-identity", "a PASSporT (caller identity)", "RFC 8225 §3", ["iat", "orig", "dest"], [];
    CLIENT_SECRET = "client-secret", "a client secret in the form of a JWT (Sign in with Apple)",
        "Apple: creating a client secret", ["iss", "sub", "aud", "exp", "iat"], [];
    API_KEY = "api-key", "an API key in the form of a JWT", "Supabase: API keys", [], [];
    PROXY_IDENTITY = "proxy-identity", "a user identity signed by an access proxy",
        "Google Cloud: IAP signed headers; Cloudflare Access; Teleport", [], [];
    SELF_SIGNED = "access-token", "an access token signed by its client",
        "Google: service account authorization without OAuth; Apple: App Store Connect API", ["iss", "aud", "exp"], [];
    AAUTH_TOKEN = "access-token", "an AAuth auth token", "AAuth Protocol (individual draft)", [], [];
    AGENT_IDENTITY = "agent-identity", "an AAuth agent token", "AAuth Protocol (individual draft)", [], [];
    OTHER = "other", "a token of another type", "RFC 8725 §3.11", [], [];
    WORKLOAD_PROOF = "workload-proof", "a workload proof token", "WIMSE: workload-to-workload authentication §4",
        ["aud", "exp", "jti"], [];
    WORKLOAD_IDENTITY = "workload-identity", "a workload identity token", "RFC 7523 §1", ["iss", "sub", "aud", "exp"], [];
    JWT_SVID = "workload-identity", "a JWT-SVID workload identity token", "SPIFFE: JWT-SVID §3", ["sub", "aud", "exp"], [];
    ENTITY_STATEMENT = "entity-statement", "an entity statement", "OpenID Federation 1.0 §3", ["iss", "sub", "iat", "exp"], [];
    ACME_REQUEST = "acme-request", "an ACME request", "RFC 8555 §6.2", [], [];
}

/// A condition of a rule.
enum Is {
    /// The header has this parameter.
    Header(&'static str),
    /// The claim is present.
    Has(&'static str),
    /// The claim is a string with this end.
    Ends(&'static str, &'static str),
    /// None of these claims is present.
    Lacks(&'static [&'static str]),
    /// One of these claims is present.
    Any(&'static [&'static str]),
    /// The claim is one of these strings.
    Equal(&'static str, &'static [&'static str]),
    /// The claim is a string with this beginning.
    Begins(&'static str, &'static str),
    /// Both claims are the same string.
    Same(&'static str, &'static str),
}

struct Rule {
    purpose: &'static Purpose,
    all: &'static [Is],
}

const SCOPES: &[&str] = &["scope", "scp", "scopes", "permissions", "roles"];

/// Explicit types.
const TYPES: &[(&[&str], &Purpose)] = &[
    (&["at+jwt"], &PROFILED_ACCESS_TOKEN),
    (&["dpop+jwt"], &DPOP_PROOF),
    (&["logout+jwt"], &LOGOUT_TOKEN),
    (&["kb+jwt"], &KEY_BINDING),
    (&["oauth-authz-req+jwt"], &REQUEST_OBJECT),
    (&["token-introspection+jwt"], &INTROSPECTION_RESPONSE),
    (&["client-authentication+jwt"], &CLIENT_ASSERTION),
    (&["authorization-grant+jwt"], &AUTHORIZATION_GRANT),
    (&["secevent+jwt"], &SECURITY_EVENT),
    (&["dc+sd-jwt", "vc+sd-jwt", "vc+jwt", "vc-ld+jwt"], &CREDENTIAL),
    (&["vp+jwt", "vp-ld+jwt", "vp+sd-jwt"], &PRESENTATION),
    (&["openid4vci-proof+jwt"], &KEY_PROOF),
    (&["key-attestation+jwt", "keyattestation+jwt"], &KEY_ATTESTATION),
    (&["oauth-client-attestation+jwt"], &CLIENT_ATTESTATION),
    (&["oauth-client-attestation-pop+jwt"], &CLIENT_ATTESTATION_PROOF),
    (&["oauth-id-jag+jwt"], &IDENTITY_ASSERTION_GRANT),
    (&["txntoken+jwt", "txn_token", "txn-token+jwt"], &TRANSACTION_TOKEN),
    (&["statuslist+jwt"], &STATUS_LIST),
    (&["entity-statement+jwt", "resolve-response+jwt", "explicit-registration-response+jwt"], &ENTITY_STATEMENT),
    (&["trust-mark+jwt", "trust-mark-delegation+jwt", "trust-mark-status-response+jwt"], &TRUST_MARK),
    (&["jwk-set+jwt"], &KEY_SET),
    (&["wit+jwt"], &WORKLOAD_IDENTITY),
    (&["wpt+jwt"], &WORKLOAD_PROOF),
    (&["aa-auth+jwt"], &AAUTH_TOKEN),
    (&["aa-agent+jwt", "aa-person+jwt", "aa-resource+jwt"], &AGENT_IDENTITY),
    (&["passport"], &CALL_IDENTITY),
];

/// Rules about claims that only one kind has, in order: the first one whose conditions all hold decides.
const RULES: &[Rule] = &[
    Rule { purpose: &ACME_REQUEST, all: &[Is::Header("url"), Is::Header("nonce")] },
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("token_use", &["access"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Equal("token_use", &["id"])] },
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("typ", &["Bearer", "DPoP"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Equal("typ", &["ID"])] },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("typ", &["Refresh", "Offline"])] },
    Rule { purpose: &LOGOUT_TOKEN, all: &[Is::Equal("typ", &["Logout"])] },
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("token_type", &["access", "Bearer", "bearer"])] },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("token_type", &["refresh"])] },
    Rule { purpose: &LOGOUT_TOKEN, all: &[Is::Has("events"), Is::Has("sid"), Is::Has("jti")] },
    Rule { purpose: &SECURITY_EVENT, all: &[Is::Has("events"), Is::Has("jti")] },
    Rule { purpose: &DPOP_PROOF, all: &[Is::Has("htm"), Is::Has("htu")] },
    Rule { purpose: &INTROSPECTION_RESPONSE, all: &[Is::Has("token_introspection")] },
    Rule { purpose: &REQUEST_OBJECT, all: &[Is::Has("response_type"), Is::Has("client_id")] },
    Rule {
        purpose: &AUTHORIZATION_RESPONSE,
        all: &[Is::Any(&["code", "error"]), Is::Has("iss"), Is::Has("aud"), Is::Lacks(&["sub"])],
    },
    Rule { purpose: &CREDENTIAL, all: &[Is::Any(&["vct", "vc", "credentialSubject"])] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Has("kubernetes.io")] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Has("repository"), Is::Has("workflow")] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Has("project_path"), Is::Has("job_id")] },
    Rule { purpose: &JWT_SVID, all: &[Is::Begins("sub", "spiffe://")] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Begins("sub", "system:serviceaccount:")] },
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("idtyp", &["app", "user"])] },
    // Entra: only access tokens have the client authentication method
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Any(&["appidacr", "azpacr"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Any(&["at_hash", "c_hash"])] },
    Rule { purpose: &CLIENT_SECRET, all: &[Is::Equal("aud", &["https://appleid.apple.com"]), Is::Lacks(SCOPES)] },
    Rule { purpose: &SELF_SIGNED, all: &[Is::Equal("aud", &["appstoreconnect-v1"])] },
    Rule { purpose: &API_KEY, all: &[Is::Equal("iss", &["supabase"]), Is::Has("role")] },
    Rule { purpose: &STATUS_LIST, all: &[Is::Has("status_list")] },
    Rule { purpose: &TRUST_MARK, all: &[Is::Has("trust_mark_type")] },
    Rule {
        purpose: &AUTHORIZATION_GRANT,
        all: &[Is::Begins("aud", "https://oauth2.googleapis.com/token"), Is::Ends("iss", ".gserviceaccount.com")],
    },
    Rule {
        purpose: &AUTHORIZATION_GRANT,
        all: &[Is::Has("scope"), Is::Begins("aud", "https://oauth2.googleapis.com/token")],
    },
    Rule { purpose: &SELF_SIGNED, all: &[Is::Ends("iss", ".gserviceaccount.com"), Is::Same("iss", "sub")] },
    Rule {
        purpose: &ID_TOKEN,
        all: &[
            Is::Has("nonce"),
            Is::Has("iss"),
            Is::Has("sub"),
            Is::Has("aud"),
            Is::Lacks(&["scope", "scp", "scopes", "permissions"]),
        ],
    },
];

/// Rules about claims that other kinds may have too, in order, for a token that nothing else identifies.
const GUESSES: &[Rule] = &[
    Rule { purpose: &CLIENT_ASSERTION, all: &[Is::Same("iss", "sub"), Is::Has("aud"), Is::Lacks(SCOPES)] },
    Rule {
        purpose: &ACCESS_TOKEN,
        all: &[Is::Any(&[
            "scope",
            "scp",
            "scopes",
            "permissions",
            "client_id",
            "cid",
            "appid",
            "realm_access",
            "authorities",
        ])],
    },
    Rule {
        purpose: &ID_TOKEN,
        all: &[
            Is::Any(&["auth_time", "amr", "acr", "email", "preferred_username", "name"]),
            Is::Has("iss"),
            Is::Has("sub"),
            Is::Has("aud"),
            Is::Has("exp"),
            Is::Lacks(SCOPES),
        ],
    },
];

/// Detects the kind of a token: from its explicit type, then from its claims and its issuer. `has_all_claims`: none were
/// cut off. `of_issuer`: name of the issuing product, and the kind of its tokens. `None` if nothing identifies it.
pub(super) fn detect(
    header: Option<&Json>,
    claims: Option<&Json>,
    has_all_claims: bool,
    of_issuer: Option<(&str, &'static Purpose)>,
) -> Option<DetectedPurpose> {
    let found = |purpose, reason, certainty| DetectedPurpose { purpose, reason, certainty, unknown_type: None };
    if let Some(name) = header.and_then(typ) {
        let reason = format!("`typ` is `{name}`");
        if let Some(purpose) = of_typ(&name) {
            return Some(found(purpose, reason, Certainty::Typ));
        }
        if is_explicit(&name) {
            let detected = found(&OTHER, reason, Certainty::Typ);
            return Some(DetectedPurpose { unknown_type: Some(name), ..detected });
        }
    }
    let token = Facts { header, claims, has_all_claims };
    let by = |rules: &'static [Rule], certainty| {
        let rule = rules.iter().find(|rule| rule.all.iter().all(|condition| condition.holds(&token)))?;
        let reasons: Vec<String> = rule.all.iter().filter_map(|condition| condition.reason(&token)).collect();
        Some(found(rule.purpose, reasons.join(" and "), certainty))
    };
    let by_issuer =
        || of_issuer.map(|(name, purpose)| found(purpose, format!("its issuer is {name}"), Certainty::Claims));
    by(RULES, Certainty::Claims).or_else(by_issuer).or_else(|| by(GUESSES, Certainty::Guess))
}

/// Returns whether a canonical `typ` names a kind of token, as `JWT` and `JOSE` do not (RFC 8725 §3.11).
fn is_explicit(typ: &str) -> bool {
    ["+jwt", "+sd-jwt"].iter().any(|suffix| typ.ends_with(suffix))
}

/// The parts of a token that the rules look at.
struct Facts<'t> {
    header: Option<&'t Json>,
    claims: Option<&'t Json>,
    has_all_claims: bool,
}

impl Facts<'_> {
    fn claim(&self, name: &str) -> Option<&Json> {
        self.claims?.get(name)
    }

    fn claim_str(&self, name: &str) -> Option<&str> {
        self.claim(name)?.as_str()
    }
}

/// Returns the `typ` of a header in canonical form (RFC 7515 §4.1.9): lower case, without `application/`.
pub(super) fn typ(header: &Json) -> Option<String> {
    let name = header.get("typ")?.as_str()?.to_ascii_lowercase();
    Some(name.strip_prefix("application/").map(str::to_owned).unwrap_or(name))
}

/// Returns every kind of token, with its `typ` values.
pub(super) fn named() -> impl Iterator<Item = (&'static [&'static str], &'static Purpose)> {
    let by_claims = RULES.iter().chain(GUESSES).map(|rule| (&[] as &[&str], rule.purpose));
    TYPES.iter().copied().chain(by_claims).chain([(&[] as &[&str], &PROXY_IDENTITY)])
}

/// Returns the kind of a token that is not an access token, so that an API must not authorize requests with it (RFC 8725
/// §3.11); `None` for an access token or an unknown kind.
#[must_use]
pub fn not_for_access(named: Option<&DetectedPurpose>) -> Option<&DetectedPurpose> {
    named.filter(|named| named.purpose.name != ACCESS_TOKEN.name)
}

/// Returns the same for the `typ` of a header alone.
pub(super) fn not_for_access_by_typ(typ: Option<&str>) -> Option<&'static str> {
    let typ = typ?.to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    let purpose = of_typ(typ).or_else(|| is_explicit(typ).then_some(&OTHER))?;
    (purpose.name != ACCESS_TOKEN.name).then_some(purpose.name)
}

/// Returns the kind of token with this `typ`.
pub(super) fn of_typ(name: &str) -> Option<&'static Purpose> {
    TYPES.iter().find(|(names, _)| names.contains(&name)).map(|(_, purpose)| *purpose)
}

impl Is {
    fn holds(&self, token: &Facts<'_>) -> bool {
        match self {
            Self::Header(name) => token.header.is_some_and(|header| header.get(name).is_some()),
            Self::Has(name) => token.claim(name).is_some(),
            // a truncated token may have had the claim
            Self::Lacks(names) => {
                token.claims.is_some() && token.has_all_claims && names.iter().all(|name| token.claim(name).is_none())
            }
            Self::Any(names) => names.iter().any(|name| token.claim(name).is_some()),
            Self::Equal(name, values) => token.claim_str(name).is_some_and(|text| values.contains(&text)),
            Self::Begins(name, beginning) => token.claim_str(name).is_some_and(|text| text.starts_with(beginning)),
            Self::Ends(name, end) => token.claim_str(name).is_some_and(|text| text.ends_with(end)),
            Self::Same(one, other) => token.claim_str(one).is_some() && token.claim_str(one) == token.claim_str(other),
        }
    }

    /// Describes the condition; `None` for one that only excludes.
    fn reason(&self, token: &Facts<'_>) -> Option<String> {
        Some(match self {
            Self::Header(name) => format!("the header has `{name}`"),
            Self::Has(name) => format!("it has `{name}`"),
            Self::Any(names) => format!("it has `{}`", names.iter().find(|name| token.claim(name).is_some())?),
            Self::Equal(name, _) => format!("`{name}` is `{}`", token.claim_str(name).unwrap_or_default()),
            Self::Begins(name, beginning) => format!("`{name}` begins with `{beginning}`"),
            Self::Ends(name, end) => format!("`{name}` ends with `{end}`"),
            Self::Same(one, other) => format!("`{one}` equals `{other}`"),
            Self::Lacks(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::token::decode;

    #[test]
    fn every_kind_of_token_is_detected() {
        let mut seen: Vec<&str> = Vec::new();
        for (header, claims, name) in [
            (r#"{"alg":"RS256","typ":"at+jwt"}"#, "{}", "access-token"),
            (r#"{"alg":"RS256","typ":"application/AT+JWT"}"#, "{}", "access-token"),
            (
                r#"{"alg":"ES256","typ":"dpop+jwt"}"#,
                r#"{"htm":"GET","htu":"https://a","jti":"1","iat":1}"#,
                "dpop-proof",
            ),
            (r#"{"alg":"ES256"}"#, r#"{"htm":"GET","htu":"https://a"}"#, "dpop-proof"),
            (r#"{"alg":"RS256","typ":"logout+jwt"}"#, "{}", "logout-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","aud":"c","jti":"1","sid":"s","events":{}}"#, "logout-token"),
            (r#"{"alg":"RS256","typ":"secevent+jwt"}"#, "{}", "security-event"),
            (r#"{"alg":"RS256","typ":"kb+jwt"}"#, "{}", "key-binding"),
            (r#"{"alg":"RS256","typ":"oauth-authz-req+jwt"}"#, "{}", "request-object"),
            (r#"{"alg":"none"}"#, r#"{"response_type":"code","client_id":"c"}"#, "request-object"),
            (r#"{"alg":"RS256","typ":"token-introspection+jwt"}"#, "{}", "introspection-response"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","aud":"c","code":"x","state":"s","exp":1}"#, "authorization-response"),
            (
                r#"{"alg":"RS256"}"#,
                r#"{"iss":"c","sub":"c","aud":"https://as/token","exp":1,"jti":"1"}"#,
                "client-assertion",
            ),
            (
                r#"{"alg":"RS256"}"#,
                r#"{"iss":"a@b.iam","scope":"x","aud":"https://oauth2.googleapis.com/token"}"#,
                "authorization-grant",
            ),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","aud":"c","exp":1,"iat":1,"nonce":"n"}"#, "id-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","aud":"c","exp":1,"iat":1,"email":"e"}"#, "id-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","aud":"c","exp":1,"at_hash":"n"}"#, "id-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","aud":"a","scope":"x"}"#, "access-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","token_use":"id"}"#, "id-token"),
            (r#"{"alg":"HS512"}"#, r#"{"iss":"i","sub":"s","typ":"Refresh","scope":"x"}"#, "refresh-token"),
            (r#"{"alg":"RS256"}"#, r#"{"sub":"spiffe://example.org/web","aud":["db"],"exp":1}"#, "workload-identity"),
            (r#"{"alg":"RS256"}"#, r#"{"sub":"system:serviceaccount:d:s"}"#, "workload-identity"),
            (r#"{"alg":"RS256"}"#, r#"{"sub":"o","aud":"a","azpacr":"1","roles":["x"]}"#, "access-token"),
            (r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#, r#"{"vct":"x"}"#, "credential"),
            (r#"{"alg":"ES256","typ":"openid4vci-proof+jwt"}"#, "{}", "key-proof"),
            (r#"{"alg":"ES256","typ":"oauth-client-attestation+jwt"}"#, "{}", "client-attestation"),
            (r#"{"alg":"ES256","typ":"entity-statement+jwt"}"#, "{}", "entity-statement"),
            (r#"{"alg":"ES256","url":"https://ca/x","nonce":"n","kid":"https://ca/1"}"#, "{}", "acme-request"),
            (r#"{"alg":"RS256","typ":"authorization-grant+jwt"}"#, "{}", "authorization-grant"),
            (r#"{"alg":"RS256","typ":"TXNTOKEN+JWT"}"#, "{}", "transaction-token"),
            (r#"{"alg":"RS256","typ":"oauth-id-jag+jwt"}"#, r#"{"scope":"a"}"#, "identity-assertion-grant"),
            (r#"{"alg":"RS256","typ":"statuslist+jwt"}"#, "{}", "status-list"),
            (r#"{"alg":"RS256"}"#, r#"{"sub":"s","iat":1,"status_list":{}}"#, "status-list"),
            (r#"{"alg":"RS256","typ":"trust-mark+jwt"}"#, "{}", "trust-mark"),
            (r#"{"alg":"RS256","typ":"jwk-set+jwt"}"#, "{}", "key-set"),
            (r#"{"alg":"RS256","typ":"key-attestation+jwt"}"#, "{}", "key-attestation"),
            (r#"{"alg":"RS256","typ":"oauth-client-attestation-pop+jwt"}"#, "{}", "client-attestation-proof"),
            (r#"{"alg":"RS256","typ":"vp+jwt"}"#, "{}", "presentation"),
            (r#"{"alg":"ES256","typ":"passport"}"#, "{}", "call-identity"),
            (r#"{"alg":"ES256","typ":"wpt+jwt"}"#, "{}", "workload-proof"),
            (r#"{"alg":"ES256","typ":"aa-agent+jwt"}"#, "{}", "agent-identity"),
            (r#"{"alg":"ES256","typ":"aa-auth+jwt"}"#, "{}", "access-token"),
            (r#"{"alg":"ES256"}"#, r#"{"iss":"T","sub":"c","aud":"https://appleid.apple.com"}"#, "client-secret"),
            (r#"{"alg":"HS256"}"#, r#"{"iss":"supabase","role":"anon"}"#, "api-key"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"https://cloud.google.com/iap"}"#, "proxy-identity"),
            (r#"{"alg":"RS256","typ":"acme-grant+jwt"}"#, r#"{"scope":"a"}"#, "other"),
            (r#"{"alg":"RS256","typ":"application/acme+jwt"}"#, r#"{"nonce":"a"}"#, "other"),
            (r#"{"alg":"RS256","typ":"JOSE+JSON"}"#, r#"{"scope":"a"}"#, "access-token"),
            (r#"{"alg":"RS256"}"#, r#"{"hello":"world"}"#, ""),
        ] {
            let token = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            let decoded = decode(&token, jiff::Timestamp::UNIX_EPOCH);
            let found = decoded.purpose.map(|named| named.purpose.name).unwrap_or_default();
            assert_eq!(found, name, "{header} {claims}");
            seen.push(found);
        }
        let missed: Vec<&str> = ALL.iter().map(|purpose| purpose.name).filter(|name| !seen.contains(name)).collect();
        assert_eq!(missed, Vec::<&str>::new());
    }

    #[test]
    fn detected_kind_comes_with_its_evidence() {
        let token = format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#),
            URL_SAFE_NO_PAD.encode(r#"{"htm":"GET","htu":"x"}"#)
        );
        let decoded = decode(&token, jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(decoded.purpose.unwrap().reason, "it has `htm` and it has `htu`");
        let token = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"acme+jwt"}"#));
        let purpose = decode(&token, jiff::Timestamp::UNIX_EPOCH).purpose.unwrap();
        assert_eq!(
            (purpose.meaning().as_ref(), purpose.reason.as_str()),
            ("a token of type `acme+jwt`", "`typ` is `acme+jwt`")
        );
    }

    #[test]
    fn only_access_tokens_are_accepted_by_apis() {
        // refused by an API that is not the audience, and by one that is
        for (header, claims, refused) in [
            (r#"{"alg":"RS256"}"#, r#"{"scope":"a"}"#, [false, false]),
            (r#"{"alg":"RS256"}"#, r#"{"hello":"world"}"#, [false, false]),
            (r#"{"alg":"RS256","typ":"at+jwt"}"#, "{}", [false, false]),
            (r#"{"alg":"RS256","typ":"dpop+jwt"}"#, r#"{"scope":"a"}"#, [true, true]),
            (r#"{"alg":"RS256","typ":"acme+jwt"}"#, r#"{"scope":"a"}"#, [true, true]),
            (r#"{"alg":"RS256","typ":"wit+jwt"}"#, "{}", [true, true]),
            (r#"{"alg":"RS256"}"#, r#"{"at_hash":"a"}"#, [true, true]),
            (r#"{"alg":"RS256"}"#, r#"{"typ":"Refresh"}"#, [true, true]),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","aud":"a","exp":1,"email":"e"}"#, [true, false]),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"i","aud":"a"}"#, [true, false]),
            (r#"{"alg":"RS256"}"#, r#"{"sub":"system:serviceaccount:d:s"}"#, [false, false]),
            (r#"{"alg":"HS256"}"#, r#"{"iss":"supabase","role":"anon"}"#, [false, false]),
        ] {
            let token = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            let purpose = decode(&token, jiff::Timestamp::UNIX_EPOCH).purpose;
            let is_refused =
                |is_for_this_api| purpose.as_ref().is_some_and(|purpose| purpose.is_refused_by_apis(is_for_this_api));
            assert_eq!([false, true].map(is_refused), refused, "{header} {claims}");
        }
    }
}
