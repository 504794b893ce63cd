//! Claims of sign-in services and access proxies.

use super::{Term, table};

pub(in crate::token) const SUPABASE: &[Term] = table! {
    "Supabase Auth: JWT claims reference" {
        "aud": "audience: `authenticated` or `anon`, the same for every API of the project",
        "role": "database role that requests run as: not scopes",
        "ref": "project that the API key belongs to",
        "aal": "authenticator assurance level: `aal2` after a second factor",
        "amr": "authentication methods that were used, with their times",
        "session_id": "session of the user",
        "is_anonymous": "whether the user has no permanent account",
        "app_metadata": "data about the user that only the server can change",
        "user_metadata": "data that the user can change: never use it for authorization",
        "email": "email address of the user",
        "phone": "phone number of the user",
    }
};

pub(in crate::token) const CLERK: &[Term] = table! {
    "Clerk: session tokens" {
        "azp": "origin of the frontend that requested the token",
        "sid": "session of the user",
        "sub": "subject: the user",
        "fva": "minutes since the first and the second factor were verified; -1 means never",
        "sts": "status of the session",
        "v": "version of the token format",
        "pla": "plan of the organization or user",
        "fea": "features of the plan",
        "o": "active organization",
        "o/id": "identifier of the organization",
        "o/slg": "name of the organization in URLs",
        "o/rol": "role of the user in the organization: not scopes",
        "o/per": "permissions of the user in the organization",
        "o/fpm": "which permissions belong to which feature",
        "org_role": "role of the user in the organization: not scopes",
        "org_permissions": "permissions of the user in the organization",
        "org_slug": "name of the organization in URLs",
    }
};

pub(in crate::token) const ADFS: &[Term] = table! {
    "AD FS: OpenID Connect and OAuth flows" {
        "iss": "issuer: the identifier of the federation service, which nobody fetches",
        "aud": "audience: the identifier of the Web API, or `urn:microsoft:userinfo`",
        "appid": "client that requested the token",
        "apptype": "`Public`, or `Confidential` for a client that authenticated itself",
        "authmethod": "authentication method that was used",
        "auth_time": "time of sign-in, in ISO 8601",
        "mfa_auth_time": "time of the second factor",
        "scp": "scopes, separated by spaces; `scope` in the standards",
        "upn": "user principal name: can change, not unique",
        "unique_name": "account name of the user",
        "ver": "version of the token format",
        "sid": "security identifier (SID) of the user, or session ID",
    }
};

pub(in crate::token) const TELEPORT: &[Term] = table! {
    "Teleport: JWT authentication with application access" {
        "iss": "issuer: the name of the Teleport cluster",
        "aud": "audience: the application",
        "sub": "subject: the Teleport user",
        "username": "Teleport user",
        "roles": "Teleport roles of the user: not scopes",
        "traits": "traits of the user",
    }
};

pub(in crate::token) const CLOUDFLARE_ACCESS: &[Term] = table! {
    "Cloudflare Access: application token" {
        "aud": "audience: the application's AUD tag",
        "type": "`app` for an application, `org` for the global session",
        "identity_nonce": "key to the user's identity at Cloudflare",
        "country": "country that the user signed in from",
        "custom": "custom claims of the identity provider",
        "common_name": "client ID of a service token",
    }
};

pub(in crate::token) const APPLE: &[Term] = table! {
    "Apple: Sign in with Apple; App Store Connect API" {
        "nonce_supported": "whether the platform supports `nonce`",
        "is_private_email": "whether the email address is a relay address of Apple",
        "real_user_status": "whether the user appears to be a real person",
        "transfer_sub": "subject at the developer team that the app is transferred to",
        "org_id": "organization of a managed Apple account",
        "bid": "bundle ID of the app",
    }
};

pub(in crate::token) const KINDE: &[Term] = table! {
    "Kinde: access tokens" {
        "azp": "authorized party: the client that requested the token",
        "gty": "grant type",
        "org_code": "organization that the user signed in to",
        "permissions": "permissions of the user in the organization",
        "feature_flags": "feature flags of the user",
        "scp": "scopes, as an array",
    }
};

pub(in crate::token) const WORKOS: &[Term] = table! {
    "WorkOS: AuthKit sessions" {
        "sub": "subject: the user",
        "sid": "session of the user",
        "org_id": "organization that the user signed in to",
        "role": "role of the user in the organization: not scopes",
        "permissions": "permissions of the role",
        "entitlements": "entitlements of the organization",
        "act": "support user who impersonates the user",
    }
};

pub(in crate::token) const DESCOPE: &[Term] = table! {
    "Descope: session tokens" {
        "drn": "`DS` for a session token, `DSR` for a refresh token",
        "dct": "tenant that the user works in",
        "tenants": "tenants of the user, with roles and permissions",
        "permissions": "permissions of the user",
        "roles": "roles of the user: not scopes",
        "rexp": "time at which the refresh token expires",
        "amr": "authentication methods that were used",
    }
};

pub(in crate::token) const STYTCH: &[Term] = table! {
    "Stytch: session JWTs" {
        "aud": "audience: the project",
        "https://stytch.com/session": "session of the user, with its authentication factors",
        "https://stytch.com/organization": "organization of the member",
    }
};

pub(in crate::token) const FUSIONAUTH: &[Term] = table! {
    "FusionAuth: JWT claims" {
        "aud": "audience: the application",
        "applicationId": "application that the user signed in to",
        "authenticationType": "how the user signed in",
        "roles": "roles of the user in the application: not scopes",
        "tid": "tenant of the user",
        "scope": "scopes that were granted",
    }
};

pub(in crate::token) const ZITADEL: &[Term] = table! {
    "ZITADEL: claims" {
        "aud": "audience: client IDs and project IDs",
        "urn:zitadel:iam:org:project:roles": "roles of the user in the project, per organization: not scopes",
        "urn:zitadel:iam:user:resourceowner:id": "organization of the user",
        "urn:zitadel:iam:user:resourceowner:name": "name of the user's organization",
        "urn:zitadel:iam:user:metadata": "metadata of the user",
    }
};
