//! Claims of self-hosted authorization servers and business platforms.

use super::{Term, table};

pub(in crate::token) const KEYCLOAK: &[Term] = table! {
    "Keycloak: server administration" {
        "aud": "audience: the clients that may accept the token; `account` is the account console",
        "azp": "authorized party: the client that requested the token",
        "typ": "kind of token: `Bearer` (access token), `ID`, `Refresh` or `Offline`",
        "realm_access": "roles of the user in the realm",
        "realm_access/roles": "realm roles of the user: not scopes",
        "resource_access": "roles of the user, per client",
        "resource_access/*/roles": "roles of the user at this client: not scopes",
        "allowed-origins": "web origins that may call with this token (CORS)",
        "session_state": "session ID at Keycloak (older name of `sid`)",
        "sid": "session ID at Keycloak",
        "acr": "authentication level: by default `1` is a fresh sign-in, `0` an existing session",
        "scope": "client scopes that were granted: they also decide which claims are included",
        "trusted-certs": "certificates that the client trusts",
        "not-before-policy": "tokens issued earlier are rejected",
        "client_session": "session of this client",
        "authorization": "permissions granted by Authorization Services (UMA)",
        "authorization/permissions": "resources and scopes granted by Authorization Services (UMA)",
        "clientHost": "host that the service account connected from",
        "clientAddress": "IP address that the service account connected from",
        "clientId": "client that the service account belongs to",
        "organization": "organizations of the user",
    }
};

pub(in crate::token) const PING: &[Term] = table! {
    "PingOne: access token claims" {
        "env": "PingOne environment",
        "org": "PingOne organization",
        "p1.rid": "resource that the token is for",
        "p1.userId": "identifier of the user",
        "p1.appId": "application that requested the token",
        "client_id": "application that requested the token",
    }
    "PingFederate: access token management" {
        "pi.sri": "session reference: revoking the session revokes the token",
        "Username": "username, as configured in the access token manager",
    }
    "PingAM: OAuth 2.0 token reference" {
        "auditTrackingId": "identifier that links audit log entries",
        "authGrantId": "identifier of the user's consent",
        "grant_type": "grant type",
        "realm": "realm that issued the token",
        "expires_in": "lifetime in seconds when the token was issued",
        "tokenName": "kind of token",
        "subname": "the last part of `sub`: the user's name",
        "cts": "how the server stores the token",
    }
};

pub(in crate::token) const SALESFORCE: &[Term] = table! {
    "Salesforce: JWT-based access tokens" {
        "iss": "issuer: the My Domain URL of the Salesforce org",
        "aud": "audience: the APIs of the Salesforce org",
        "sub": "subject: the user, as `uid:` and the user ID",
        "sfi": "internal to Salesforce",
        "mty": "kind of tenant",
        "sfap_op": "Salesforce features that the org is entitled to",
        "sfap_rh": "hosts that requests are routed to",
        "scp": "scopes, separated by spaces; `scope` in the standards",
        "client_id": "connected app that requested the token",
        "tnk": "tenant key of the Salesforce org",
        "roles": "roles of the user",
        "organization_id": "identifier of the Salesforce org",
        "user_id": "identifier of the user",
        "custom_attributes": "attributes configured in the connected app",
    }
};

pub(in crate::token) const SPRING: &[Term] = table! {
    "Spring Authorization Server" {
        "authorities": "authorities: scopes with the prefix `SCOPE_`, roles with `ROLE_`",
        "scope": "scopes, as an array",
    }
};
