//! Kinds of tokens, such as access token, ID token or DPoP proof, detected from `typ` and claims.

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
];

/// Kinds of tokens that require an audience.
const WITH_AUDIENCE: &[&str] = &["access-token", "id-token", "client-assertion", "workload-identity"];

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

/// The kind of a token, and how it was detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectedPurpose {
    /// Kind of the token.
    pub purpose: &'static Purpose,
    /// Evidence; untrusted, since it may quote the token.
    pub reason: String,
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
    WORKLOAD_IDENTITY = "workload-identity", "a workload identity token", "RFC 7523 §1", ["iss", "sub", "aud", "exp"], [];
    JWT_SVID = "workload-identity", "a JWT-SVID workload identity token", "SPIFFE: JWT-SVID §3", ["sub", "aud", "exp"], [];
    ENTITY_STATEMENT = "entity-statement", "an entity statement", "OpenID Federation 1.0 §3", ["iss", "sub", "iat", "exp"], [];
    ACME_REQUEST = "acme-request", "an ACME request", "RFC 8555 §6.2", [], [];
}

/// A condition of a rule.
enum Is {
    /// `typ` is one of these media types, with or without `application/`, in any case.
    Typ(&'static [&'static str]),
    /// The header has this parameter.
    Header(&'static str),
    /// The claim is present.
    Has(&'static str),
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

/// Rules in order: the first one whose conditions all hold decides.
const RULES: &[Rule] = &[
    Rule { purpose: &PROFILED_ACCESS_TOKEN, all: &[Is::Typ(&["at+jwt"])] },
    Rule { purpose: &DPOP_PROOF, all: &[Is::Typ(&["dpop+jwt"])] },
    Rule { purpose: &LOGOUT_TOKEN, all: &[Is::Typ(&["logout+jwt"])] },
    Rule { purpose: &KEY_BINDING, all: &[Is::Typ(&["kb+jwt"])] },
    Rule { purpose: &REQUEST_OBJECT, all: &[Is::Typ(&["oauth-authz-req+jwt"])] },
    Rule { purpose: &INTROSPECTION_RESPONSE, all: &[Is::Typ(&["token-introspection+jwt"])] },
    Rule { purpose: &CLIENT_ASSERTION, all: &[Is::Typ(&["client-authentication+jwt"])] },
    Rule { purpose: &SECURITY_EVENT, all: &[Is::Typ(&["secevent+jwt"])] },
    Rule { purpose: &CREDENTIAL, all: &[Is::Typ(&["dc+sd-jwt", "vc+sd-jwt", "vc+jwt", "vc-ld+jwt"])] },
    Rule { purpose: &KEY_PROOF, all: &[Is::Typ(&["openid4vci-proof+jwt"])] },
    Rule { purpose: &CLIENT_ATTESTATION, all: &[Is::Typ(&["oauth-client-attestation+jwt"])] },
    Rule { purpose: &ENTITY_STATEMENT, all: &[Is::Typ(&["entity-statement+jwt"])] },
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
    Rule { purpose: &CLIENT_ASSERTION, all: &[Is::Same("iss", "sub"), Is::Has("aud"), Is::Lacks(SCOPES)] },
    Rule {
        purpose: &AUTHORIZATION_GRANT,
        all: &[Is::Has("scope"), Is::Begins("aud", "https://oauth2.googleapis.com/token")],
    },
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

/// Detects the kind of a token from its header and claims. `has_all_claims`: none were cut off. `None` if nothing
/// identifies it.
pub(super) fn detect(header: Option<&Json>, claims: Option<&Json>, has_all_claims: bool) -> Option<DetectedPurpose> {
    let token = Facts { header, claims, has_all_claims };
    let rule = RULES.iter().find(|rule| rule.all.iter().all(|condition| condition.holds(&token)))?;
    let reasons: Vec<String> = rule.all.iter().filter_map(|condition| condition.reason(&token)).collect();
    Some(DetectedPurpose { purpose: rule.purpose, reason: reasons.join(" and ") })
}

/// The parts of a token that the rules look at.
struct Facts<'t> {
    header: Option<&'t Json>,
    claims: Option<&'t Json>,
    has_all_claims: bool,
}

impl Facts<'_> {
    fn typ(&self) -> Option<String> {
        self.header.and_then(typ)
    }

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
    RULES.iter().map(|rule| match rule.all {
        [Is::Typ(names)] => (*names, rule.purpose),
        _ => (&[] as &[&str], rule.purpose),
    })
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
    let purpose = of_typ(typ.strip_prefix("application/").unwrap_or(&typ))?;
    (purpose.name != ACCESS_TOKEN.name).then_some(purpose.name)
}

/// Returns the kind of token with this `typ`.
pub(super) fn of_typ(name: &str) -> Option<&'static Purpose> {
    named().find(|(names, _)| names.contains(&name)).map(|(_, purpose)| purpose)
}

impl Is {
    fn holds(&self, token: &Facts<'_>) -> bool {
        match self {
            Self::Typ(names) => token.typ().is_some_and(|typ| names.contains(&typ.as_str())),
            Self::Header(name) => token.header.is_some_and(|header| header.get(name).is_some()),
            Self::Has(name) => token.claim(name).is_some(),
            // a truncated token may have had the claim
            Self::Lacks(names) => {
                token.claims.is_some() && token.has_all_claims && names.iter().all(|name| token.claim(name).is_none())
            }
            Self::Any(names) => names.iter().any(|name| token.claim(name).is_some()),
            Self::Equal(name, values) => token.claim_str(name).is_some_and(|text| values.contains(&text)),
            Self::Begins(name, beginning) => token.claim_str(name).is_some_and(|text| text.starts_with(beginning)),
            Self::Same(one, other) => token.claim_str(one).is_some() && token.claim_str(one) == token.claim_str(other),
        }
    }

    /// Describes the condition; `None` for one that only excludes.
    fn reason(&self, token: &Facts<'_>) -> Option<String> {
        Some(match self {
            Self::Typ(_) => format!("`typ` is `{}`", token.typ()?),
            Self::Header(name) => format!("the header has `{name}`"),
            Self::Has(name) => format!("it has `{name}`"),
            Self::Any(names) => format!("it has `{}`", names.iter().find(|name| token.claim(name).is_some())?),
            Self::Equal(name, _) => format!("`{name}` is `{}`", token.claim_str(name).unwrap_or_default()),
            Self::Begins(name, beginning) => format!("`{name}` begins with `{beginning}`"),
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
    }
}
