//! Kinds of tokens, such as access token, ID token or DPoP proof, detected from `typ`, claims and issuer.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::Json;
use super::names::NameBits;

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
    "app-token",
    "registration-token",
    "session-cookie",
    "signed-data",
    "software-statement",
    "other",
];

/// Kinds of tokens that are accepted by the wrong recipient if they name no audience.
const WITH_AUDIENCE: &[&str] =
    &["access-token", "id-token", "client-assertion", "workload-identity", "identity-assertion-grant"];

/// Kinds of tokens other than access tokens that some APIs accept as such.
const BEARER: &[&str] =
    &["workload-identity", "proxy-identity", "api-key", "credential", "app-token", "session-cookie"];

impl Purpose {
    /// Returns whether `exp` is optional.
    pub(super) fn is_lasting(&self) -> bool {
        LONG_LIVED.contains(&self.name)
    }

    /// Returns whether a missing audience is a risk of its own: the profile requires one, or is not known.
    pub(super) fn is_for_someone(&self) -> bool {
        let is_required = self.required.is_empty() || self.required.contains(&"aud");
        is_required && WITH_AUDIENCE.contains(&self.name)
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
    AUTHENTICATION_REQUEST = "request-object", "a signed authentication request (CIBA)", "CIBA Core 1.0 §7.1.1",
        ["iss", "aud", "exp", "iat", "nbf", "jti"], [];
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
    TRUST_MARK_STATUS = "trust-mark", "a trust mark status response", "OpenID Federation 1.0 §8.4",
        ["iss", "iat", "trust_mark", "status"], [];
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
        "Google: service account authorization without OAuth; Apple: App Store Connect API", ["iss", "exp"], [];
    APP_TOKEN = "app-token", "a token signed by an app to identify itself",
        "GitHub: authenticating as a GitHub App; Apple: MusicKit and APNs; Snowflake: key-pair authentication; Twilio",
        [], [];
    REGISTRATION_TOKEN = "registration-token", "a client registration token", "RFC 7591 §3; RFC 7592 §2", [], [];
    SOFTWARE_STATEMENT = "software-statement", "a software statement or a client registration request",
        "RFC 7591 §2.3", [], [];
    ACTION_TOKEN = "action-token", "an action token (Keycloak)", "Keycloak: action token handlers", [], [];
    SESSION_COOKIE = "session-cookie", "a session cookie in the form of a JWT",
        "Firebase: manage session cookies; Keycloak", [], [];
    SIGNED_DATA = "signed-data", "signed data, which authorizes nobody",
        "Apple: App Store Server API, JWSTransaction; Google: Play Integrity verdicts", [], [];
    AAUTH_TOKEN = "access-token", "an AAuth auth token", "AAuth Protocol (individual draft)", [], [];
    AGENT_IDENTITY = "agent-identity", "an AAuth agent token", "AAuth Protocol (individual draft)", [], [];
    OTHER = "other", "a token of another type", "RFC 8725 §3.11", [], [];
    WORKLOAD_PROOF = "workload-proof", "a workload proof token", "WIMSE: workload-to-workload authentication §4",
        ["aud", "exp", "jti"], [];
    WIMSE_IDENTITY = "workload-identity", "a workload identity token (WIT)",
        "WIMSE: workload-to-workload authentication §3", ["sub", "exp", "cnf"], [];
    WORKLOAD_IDENTITY = "workload-identity", "a workload identity token", "RFC 7523 §1", ["iss", "sub", "aud", "exp"], [];
    JWT_SVID = "workload-identity", "a JWT-SVID workload identity token", "SPIFFE: JWT-SVID §3", ["sub", "aud", "exp"], [];
    ENTITY_STATEMENT = "entity-statement", "an entity statement", "OpenID Federation 1.0 §3", ["iss", "sub", "iat", "exp"], [];
    ACME_REQUEST = "acme-request", "an ACME request", "RFC 8555 §6.2", [], [];
}

/// A condition of a rule.
enum Is {
    /// The header has this parameter.
    Header(&'static str),
    /// The header has this parameter, a string with this beginning.
    HeaderBegins(&'static str, &'static str),
    /// The claim is present.
    Has(&'static str),
    /// The claim is a string with this end, or an array with one.
    Ends(&'static str, &'static str),
    /// The claim is a string that contains this one.
    Contains(&'static str, &'static str),
    /// The claim is a name or a number, not a URL.
    Name(&'static str),
    /// No claim but these is present.
    Only(&'static [&'static str]),
    /// None of these claims is present.
    Lacks(&'static [&'static str]),
    /// One of these claims is present.
    Any(&'static [&'static str]),
    /// The claim is one of these strings, or an array with one.
    Equal(&'static str, &'static [&'static str]),
    /// The claim is a string with this beginning, or an array with one.
    Begins(&'static str, &'static str),
    /// Both claims are the same string.
    Same(&'static str, &'static str),
}

struct Rule {
    purpose: &'static Purpose,
    all: &'static [Is],
}

const SCOPES: &[&str] = &["scope", "scp", "scopes", "permissions", "roles"];

/// Values of `typ` in action tokens of Keycloak: constants `TOKEN_TYPE` of the action token classes.
const KEYCLOAK_ACTIONS: &[&str] = &[
    "reset-credentials",
    "execute-actions",
    "verify-email",
    "update-email",
    "idp-verify-account-via-email",
    "external-app-notification",
    "invite-org",
    "org-invite",
];

/// Audiences of authorization servers that are not URLs of a token endpoint: Salesforce and DocuSign, JWT bearer flow.
const GRANT_AUDIENCES: &[&str] = &[
    "https://login.salesforce.com",
    "https://test.salesforce.com",
    "account.docusign.com",
    "account-d.docusign.com",
    "account-s.docusign.com",
];

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
    (&["trust-mark+jwt", "trust-mark-delegation+jwt"], &TRUST_MARK),
    (&["trust-mark-status-response+jwt"], &TRUST_MARK_STATUS),
    (&["jwk-set+jwt"], &KEY_SET),
    (&["wit+jwt"], &WIMSE_IDENTITY),
    (&["wpt+jwt"], &WORKLOAD_PROOF),
    (&["aa-auth+jwt"], &AAUTH_TOKEN),
    (&["aa-agent+jwt", "aa-person+jwt", "aa-resource+jwt"], &AGENT_IDENTITY),
    (&["passport"], &CALL_IDENTITY),
];

/// Rules about claims that only one kind has, in order: the first one whose conditions all hold decides.
const RULES: &[Rule] = &[
    Rule { purpose: &ACME_REQUEST, all: &[Is::Header("url"), Is::Header("nonce")] },
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("token_use", &["access", "access_token"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Equal("token_use", &["id", "id_token"])] },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("token_use", &["refresh", "refresh_token"])] },
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("typ", &["Bearer", "DPoP"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Equal("typ", &["ID"])] },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("typ", &["Refresh", "Offline"])] },
    Rule { purpose: &LOGOUT_TOKEN, all: &[Is::Equal("typ", &["Logout"])] },
    // Keycloak: `TokenUtil`, `DefaultActionTokenKey`
    Rule { purpose: &REGISTRATION_TOKEN, all: &[Is::Equal("typ", &["RegistrationAccessToken", "InitialAccessToken"])] },
    Rule { purpose: &SESSION_COOKIE, all: &[Is::Equal("typ", &["Serialized-ID"])] },
    Rule { purpose: &ACTION_TOKEN, all: &[Is::Equal("typ", KEYCLOAK_ACTIONS)] },
    Rule {
        purpose: &ACCESS_TOKEN,
        all: &[Is::Equal("token_type", &["access", "access_token", "Bearer", "bearer", "DPoP"])],
    },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("token_type", &["refresh", "refresh_token"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Equal("token_type", &["id", "id_token"])] },
    // Curity: `purpose`
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("purpose", &["access_token"])] },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("purpose", &["refresh_token"])] },
    Rule { purpose: &ID_TOKEN, all: &[Is::Equal("purpose", &["id"]), Is::Has("delegationId")] },
    // Flask-JWT-Extended: `type`
    Rule { purpose: &ACCESS_TOKEN, all: &[Is::Equal("type", &["access"]), Is::Has("fresh")] },
    Rule { purpose: &REFRESH_TOKEN, all: &[Is::Equal("type", &["refresh"]), Is::Has("fresh")] },
    Rule { purpose: &LOGOUT_TOKEN, all: &[Is::Has("events"), Is::Has("sid"), Is::Has("jti")] },
    Rule { purpose: &SECURITY_EVENT, all: &[Is::Has("events"), Is::Has("jti")] },
    Rule { purpose: &DPOP_PROOF, all: &[Is::Has("htm"), Is::Has("htu")] },
    Rule { purpose: &INTROSPECTION_RESPONSE, all: &[Is::Has("token_introspection")] },
    Rule { purpose: &REQUEST_OBJECT, all: &[Is::Has("response_type"), Is::Has("client_id")] },
    Rule {
        purpose: &AUTHENTICATION_REQUEST,
        all: &[
            Is::Any(&[
                "client_notification_token",
                "login_hint_token",
                "id_token_hint",
                "login_hint",
                "binding_message",
            ]),
            Is::Has("scope"),
            Is::Has("iss"),
        ],
    },
    Rule {
        purpose: &SOFTWARE_STATEMENT,
        all: &[Is::Any(&["redirect_uris", "software_statement", "software_redirect_uris"])],
    },
    Rule { purpose: &SOFTWARE_STATEMENT, all: &[Is::Has("software_id")] },
    Rule {
        purpose: &AUTHORIZATION_RESPONSE,
        all: &[Is::Any(&["code", "error"]), Is::Has("iss"), Is::Has("aud"), Is::Lacks(&["sub"])],
    },
    Rule { purpose: &CREDENTIAL, all: &[Is::Any(&["vct", "vc", "credentialSubject"])] },
    Rule { purpose: &PRESENTATION, all: &[Is::Has("vp")] },
    Rule { purpose: &PROXY_IDENTITY, all: &[Is::Header("signer"), Is::Header("client")] },
    Rule { purpose: &SIGNED_DATA, all: &[Is::Has("signedDate"), Is::Any(&["bundleId", "notificationType", "data"])] },
    Rule { purpose: &SIGNED_DATA, all: &[Is::Has("requestDetails"), Is::Has("appIntegrity")] },
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
    Rule { purpose: &API_KEY, all: &[Is::Equal("iss", &["supabase", "supabase-demo"]), Is::Has("role")] },
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
    // Firebase: a custom token is exchanged for an ID token
    Rule { purpose: &AUTHORIZATION_GRANT, all: &[Is::Begins("aud", "https://identitytoolkit.googleapis.com/")] },
    Rule { purpose: &SELF_SIGNED, all: &[Is::Ends("iss", ".gserviceaccount.com"), Is::Same("iss", "sub")] },
    Rule { purpose: &SESSION_COOKIE, all: &[Is::Begins("iss", "https://session.firebase.google.com/")] },
    // audiences that exchange the identity of a workload: Azure, AWS, Google Cloud
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Begins("aud", "api://AzureADTokenExchange")] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Equal("aud", &["sts.amazonaws.com", "sts.amazonaws.com.cn"])] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Begins("aud", "//iam.googleapis.com/")] },
    Rule { purpose: &WORKLOAD_IDENTITY, all: &[Is::Begins("aud", "https://iam.googleapis.com/")] },
    // apps that identify themselves: GitHub App, APNs and MusicKit, Kong; then Snowflake, Coinbase, Twilio, LiveKit,
    // Atlassian Connect, Web Push (RFC 8292 §2)
    Rule { purpose: &APP_TOKEN, all: &[Is::Name("iss"), Is::Only(&["iss", "iat", "exp", "nbf", "origin"])] },
    Rule { purpose: &APP_TOKEN, all: &[Is::Contains("iss", ".SHA256:"), Is::Has("sub")] },
    Rule { purpose: &APP_TOKEN, all: &[Is::Equal("iss", &["cdp", "coinbase-cloud"]), Is::Has("sub")] },
    Rule { purpose: &APP_TOKEN, all: &[Is::HeaderBegins("cty", "twilio-")] },
    Rule { purpose: &APP_TOKEN, all: &[Is::Has("video"), Is::Begins("iss", "API")] },
    Rule { purpose: &APP_TOKEN, all: &[Is::Has("qsh")] },
    Rule {
        purpose: &APP_TOKEN,
        all: &[Is::Begins("sub", "mailto:"), Is::Has("aud"), Is::Only(&["aud", "sub", "exp"])],
    },
    // assertions for an authorization server
    Rule {
        purpose: &CLIENT_ASSERTION,
        all: &[Is::Ends("aud", "/token"), Is::Same("iss", "sub"), Is::Lacks(&["scope"])],
    },
    Rule {
        purpose: &AUTHORIZATION_GRANT,
        all: &[Is::Ends("aud", "/token"), Is::Has("iss"), Is::Lacks(&["client_id", "azp", "nonce", "scp"])],
    },
    Rule {
        purpose: &AUTHORIZATION_GRANT,
        all: &[Is::Equal("aud", GRANT_AUDIENCES), Is::Has("iss"), Is::Lacks(&["client_id", "azp", "nonce", "scp"])],
    },
    Rule { purpose: &AUTHORIZATION_GRANT, all: &[Is::Begins("aud", "https://ims-na1.adobelogin.com/c/")] },
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
            // Docker registry
            "access",
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

/// A rule, and the claims without which it can't hold.
struct IndexedRule {
    rule: &'static Rule,
    /// Claims that must all be present.
    required: NameBits,
    /// Claims of which one must be present; `None` for no such condition.
    any: Option<NameBits>,
}

/// All rules, in order.
struct RuleIndex {
    rules: Vec<IndexedRule>,
    guesses: Vec<IndexedRule>,
}

static INDEX: LazyLock<RuleIndex> = LazyLock::new(|| RuleIndex {
    rules: RULES.iter().map(IndexedRule::new).collect(),
    guesses: GUESSES.iter().map(IndexedRule::new).collect(),
});

impl IndexedRule {
    fn new(rule: &'static Rule) -> Self {
        let any = rule.all.iter().find_map(|condition| match condition {
            Is::Any(names) => Some(names.iter().map(|name| NameBits::of(name)).collect()),
            _ => None,
        });
        Self { rule, required: rule.all.iter().map(Is::required).collect(), any }
    }

    fn may_hold(&self, names: NameBits) -> bool {
        names.may_have_all(self.required) && self.any.is_none_or(|any| names.may_have_any(any))
    }
}

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
    let names = NameBits::of_members(claims);
    let by = |rules: &[IndexedRule], certainty| {
        let mut possible = rules.iter().filter(|rule| rule.may_hold(names)).map(|rule| rule.rule);
        let rule = possible.find(|rule| rule.all.iter().all(|condition| condition.holds(&token)))?;
        let reasons: Vec<String> = rule.all.iter().filter_map(|condition| condition.reason(&token)).collect();
        Some(found(rule.purpose, reasons.join(" and "), certainty))
    };
    let by_issuer =
        || of_issuer.map(|(name, purpose)| found(purpose, format!("its issuer is {name}"), Certainty::Claims));
    by(&INDEX.rules, Certainty::Claims).or_else(by_issuer).or_else(|| by(&INDEX.guesses, Certainty::Guess))
}

/// Returns whether a canonical `typ` names a kind of token, as `JWT` and `JOSE` do not (RFC 8725 §3.11): a media type with
/// a structured syntax suffix, such as `+jwt` or `+cwt` (RFC 6838 §4.2.8).
fn is_explicit(typ: &str) -> bool {
    typ != "jose+json" && typ.split_once('+').is_some_and(|(name, suffix)| !name.is_empty() && !suffix.is_empty())
}

/// The parts of a token that the rules look at.
struct Facts<'t> {
    header: Option<&'t Json>,
    claims: Option<&'t Json>,
    has_all_claims: bool,
}

impl<'t> Facts<'t> {
    fn claim(&self, name: &str) -> Option<&'t Json> {
        self.claims?.get(name)
    }

    fn claim_str(&self, name: &str) -> Option<&'t str> {
        self.claim(name)?.as_str()
    }

    /// Returns the first string in a claim, a string or an array, that satisfies a condition.
    fn string_where(&self, name: &str, is: impl Fn(&str) -> bool) -> Option<&'t str> {
        let value = self.claim(name)?;
        value.as_str().into_iter().chain(value.items().iter().filter_map(Json::as_str)).find(|text| is(text))
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
    /// Returns the claims without which the condition can't hold.
    fn required(&self) -> NameBits {
        match self {
            Self::Has(name)
            | Self::Equal(name, _)
            | Self::Begins(name, _)
            | Self::Ends(name, _)
            | Self::Contains(name, _)
            | Self::Name(name) => NameBits::of(name),
            Self::Same(one, other) => [NameBits::of(one), NameBits::of(other)].into_iter().collect(),
            Self::Header(_) | Self::HeaderBegins(..) | Self::Any(_) | Self::Only(_) | Self::Lacks(_) => {
                NameBits::default()
            }
        }
    }

    fn holds(&self, token: &Facts<'_>) -> bool {
        let parameter = |name: &str| token.header?.get(name);
        let names = || token.claims.map(Json::members).unwrap_or_default().iter().map(|(name, _)| name.as_str());
        // a truncated token may have had more claims
        let is_whole = token.claims.is_some() && token.has_all_claims;
        match self {
            Self::Header(name) => parameter(name).is_some(),
            Self::HeaderBegins(name, beginning) => {
                parameter(name).and_then(Json::as_str).is_some_and(|text| text.starts_with(beginning))
            }
            Self::Has(name) => token.claim(name).is_some(),
            Self::Lacks(absent) => is_whole && absent.iter().all(|name| token.claim(name).is_none()),
            Self::Only(known) => is_whole && names().all(|name| known.contains(&name)),
            Self::Any(names) => names.iter().any(|name| token.claim(name).is_some()),
            Self::Equal(name, ..) | Self::Begins(name, _) | Self::Ends(name, _) => self.string(name, token).is_some(),
            Self::Contains(name, part) => token.claim_str(name).is_some_and(|text| text.contains(part)),
            Self::Name(name) => match token.claim(name) {
                Some(Json::String(text)) => !text.contains("://"),
                Some(Json::Number(_)) => true,
                _ => false,
            },
            Self::Same(one, other) => token.claim_str(one).is_some() && token.claim_str(one) == token.claim_str(other),
        }
    }

    /// Returns the string of a claim for which the condition holds.
    fn string<'t>(&self, name: &str, token: &Facts<'t>) -> Option<&'t str> {
        token.string_where(name, |text| match self {
            Self::Equal(_, values) => values.contains(&text),
            Self::Begins(_, beginning) => text.starts_with(beginning),
            Self::Ends(_, end) => text.ends_with(end),
            _ => false,
        })
    }

    /// Describes the condition; `None` for one that only excludes.
    fn reason(&self, token: &Facts<'_>) -> Option<String> {
        Some(match self {
            Self::Header(name) => format!("the header has `{name}`"),
            Self::HeaderBegins(name, beginning) => format!("`{name}` in the header begins with `{beginning}`"),
            Self::Has(name) => format!("it has `{name}`"),
            Self::Any(names) => format!("it has `{}`", names.iter().find(|name| token.claim(name).is_some())?),
            Self::Equal(name, _) => format!("`{name}` is `{}`", self.string(name, token).unwrap_or_default()),
            Self::Begins(name, beginning) => format!("`{name}` begins with `{beginning}`"),
            Self::Ends(name, end) => format!("`{name}` ends with `{end}`"),
            Self::Contains(name, part) => format!("`{name}` contains `{part}`"),
            Self::Name(name) => format!("`{name}` is not a URL"),
            Self::Only(_) => "it has no other claims".to_owned(),
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
            (r#"{"alg":"RS256","typ":"statuslist+cwt"}"#, r#"{"scope":"a"}"#, "other"),
            (r#"{"alg":"ES256","typ":"trust-mark-status-response+jwt"}"#, "{}", "trust-mark"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"123456","iat":1,"exp":2}"#, "app-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"https://as.example.com","iat":1,"exp":2}"#, ""),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"A.U.SHA256:x","sub":"A.U"}"#, "app-token"),
            (r#"{"alg":"HS256","cty":"twilio-fpa;v=1"}"#, r#"{"grants":{},"iss":"SK","sub":"AC"}"#, "app-token"),
            (r#"{"alg":"HS256"}"#, r#"{"iss":"k","sub":"u","qsh":"x"}"#, "app-token"),
            (
                r#"{"alg":"RS256"}"#,
                r#"{"iss":"c","sub":"u","aud":["https://as/token"],"scope":"a"}"#,
                "authorization-grant",
            ),
            (
                r#"{"alg":"RS256"}"#,
                r#"{"iss":"c","sub":"u","aud":"https://login.salesforce.com"}"#,
                "authorization-grant",
            ),
            (
                r#"{"alg":"RS256"}"#,
                r#"{"iss":"https://as","sub":"u","aud":"https://as/token","scope":"a","azp":"c"}"#,
                "access-token",
            ),
            (r#"{"alg":"HS512"}"#, r#"{"typ":"RegistrationAccessToken"}"#, "registration-token"),
            (
                r#"{"alg":"HS512"}"#,
                r#"{"typ":"reset-credentials","nonce":"n","iss":"i","sub":"s","aud":"a"}"#,
                "action-token",
            ),
            (r#"{"alg":"HS512"}"#, r#"{"typ":"Serialized-ID"}"#, "session-cookie"),
            (r#"{"alg":"ES256"}"#, r#"{"bundleId":"b","signedDate":1}"#, "signed-data"),
            (r#"{"alg":"PS256"}"#, r#"{"iss":"d","software_id":"1"}"#, "software-statement"),
            (r#"{"alg":"ES256"}"#, r#"{"iss":"c","scope":"openid","login_hint":"u"}"#, "request-object"),
            (r#"{"alg":"ES256"}"#, r#"{"iss":"did:example:1","vp":{}}"#, "presentation"),
            (r#"{"alg":"ES256","signer":"arn:aws:x","client":"c"}"#, r#"{"sub":"s"}"#, "proxy-identity"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","purpose":"refresh_token"}"#, "refresh-token"),
            (r#"{"alg":"HS256"}"#, r#"{"type":"refresh","fresh":false}"#, "refresh-token"),
            (r#"{"alg":"RS256"}"#, r#"{"iss":"i","sub":"s","aud":["sts.amazonaws.com"]}"#, "workload-identity"),
            (r#"{"alg":"RS256"}"#, r#"{"aud":"registry","access":[{"type":"repository"}]}"#, "access-token"),
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
