//! The words of authorization servers that one runs oneself, and of business platforms.

use super::{Word, table};

pub(in crate::token) const KEYCLOAK: &[Word] = table! {
    "Keycloak: server administration" {
        "aud": "the clients that are meant to accept it; `account` is there for the user's own account page",
        "azp": "the client that it was issued to",
        "typ": "what kind of token this is: `Bearer` an access token, `ID`, `Refresh` or `Offline`",
        "realm_access": "roles in the realm, as Keycloak writes them",
        "realm_access/roles": "roles in the realm: not scopes; every client sees them",
        "resource_access": "roles per client, as Keycloak writes them",
        "resource_access/*/roles": "roles at this client only",
        "allowed-origins": "web origins from which the client may call",
        "session_state": "the session at Keycloak (older name of `sid`)",
        "sid": "the session at Keycloak",
        "acr": "how strongly the user signed in: `0` is a session that was kept, `1` a sign-in now",
        "scope": "the client scopes that were given: they decide which claims are here",
        "trusted-certs": "certificates that the client trusts",
        "not-before-policy": "tokens that are older than this are refused",
        "client_session": "the session of this client",
        "authorization": "permissions from Authorization Services (UMA)",
        "authorization/permissions": "what it may do with which resource (UMA)",
        "clientHost": "the host that the service account asked from",
        "clientAddress": "the address that the service account asked from",
        "clientId": "the client whose service account this is",
        "organization": "the organizations of the user",
    }
};

pub(in crate::token) const PING: &[Word] = table! {
    "PingOne: access token claims" {
        "env": "the environment at PingOne",
        "org": "the organization at PingOne",
        "p1.rid": "the resource that it is meant for",
        "p1.userId": "the user",
        "p1.appId": "the application that asked for it",
        "client_id": "the application that asked for it",
    }
    "PingFederate: access token management" {
        "pi.sri": "the session at PingFederate: revoking it revokes this token",
        "Username": "the user's name, as the token manager was set up",
    }
    "PingAM: OAuth 2.0 token reference" {
        "auditTrackingId": "ties the entries of the audit log together",
        "authGrantId": "the consent that it came from",
        "grant_type": "the grant that it came by",
        "realm": "the realm that issued it",
        "expires_in": "how many seconds it was valid for when it was issued",
        "tokenName": "what kind of token this is",
        "subname": "the user, by the last part of `sub`",
        "cts": "how the token is kept at the server",
    }
};

pub(in crate::token) const SALESFORCE: &[Word] = table! {
    "Salesforce: JWT-based access tokens" {
        "iss": "the Salesforce organization's own domain",
        "aud": "the API of the organization",
        "sub": "the user, as `uid:` and the identifier of the account",
        "sfi": "internal to Salesforce: ignore it",
        "mty": "the kind of tenant",
        "sfap_op": "what Salesforce has to do with it",
        "sfap_rh": "the hosts that it may be sent to",
        "scp": "what it may do, with spaces between",
        "client_id": "the connected app that asked for it",
        "tnk": "the tenant that it belongs to",
        "roles": "roles of the user",
        "organization_id": "the organization",
        "user_id": "the user",
        "custom_attributes": "attributes that the connected app adds",
    }
};

pub(in crate::token) const SPRING: &[Word] = table! {
    "Spring Authorization Server" {
        "authorities": "what it may do; `SCOPE_` is put before scopes, `ROLE_` before roles",
        "scope": "what it may do, as a list",
    }
};
