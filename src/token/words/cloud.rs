//! The words of identity services.

use super::{Word, table};

pub(in crate::token) const ENTRA: &[Word] = table! {
    "Microsoft Entra: access token claims reference" {
        "aud": "the API that it is meant for, as application ID URI (v1) or client ID (v2); `00000003-0000-0000-c000-000000000000` is Microsoft Graph",
        "iss": "the tenant that issued it: `sts.windows.net` in v1 tokens, `login.microsoftonline.com/…/v2.0` in v2 tokens",
        "idp": "who signed the user in, where it is not the tenant that issued the token",
        "aio": "internal to Entra: ignore it",
        "rh": "internal to Entra: ignore it",
        "uti": "the identifier of this token, as the sign-in log has it",
        "azp": "the client that it was issued to (v2 tokens)",
        "appid": "the client that it was issued to (v1 tokens; `azp` in v2 tokens)",
        "azpacr": "how the client proved who it is: 0 not at all, 1 by a secret, 2 by a certificate (v2 tokens)",
        "appidacr": "how the client proved who it is: 0 not at all, 1 by a secret, 2 by a certificate (v1 tokens)",
        "app_displayname": "the name of the client, for people",
        "scp": "delegated permissions: what the client may do as the signed-in user; never there without a user",
        "roles": "application permissions, or app roles of the user: what the client may do by itself when there is no `scp`",
        "wids": "directory roles of the user, by the identifiers of their templates",
        "groups": "groups of the user, by their object IDs; left out when there are too many (see `_claim_names`)",
        "hasgroups": "the user has groups, but too many for the token: ask Microsoft Graph",
        "groups:src1": "the user has groups, but too many for the token: ask Microsoft Graph",
        "oid": "the user or service principal, the same for every client of the tenant: the key to store",
        "sub": "the user, or the client when it acts for itself, by an identifier that differs from client to client",
        "tid": "the tenant that the user signed in to",
        "sid": "the session at Entra",
        "ver": "the version of the token: 1.0 and 2.0 differ in the names of the claims",
        "upn": "the user's sign-in name: may change, so that it is no key for an account",
        "unique_name": "the user's name for people (v1 tokens): not unique, despite its name",
        "ipaddr": "the address that the user signed in from",
        "onprem_sid": "the user's identifier in the directory on premises",
        "puid": "the user's identifier in older Microsoft services",
        "platf": "the platform of the device",
        "deviceid": "the device that the user signed in from",
        "signin_state": "whether the user asked to stay signed in, and from what kind of device",
        "tenant_region_scope": "the region of the tenant",
        "acct": "whether the user is a member (0) or a guest (1) of the tenant",
        "acrs": "authentication contexts that the sign-in satisfies (Conditional Access)",
        "xms_cc": "what the client can do when it is challenged: `cp1` means that it understands claims challenges",
        "xms_ssm": "whether continuous access evaluation applies",
        "xms_tcdt": "when the tenant was created",
        "xms_tdbr": "where the data of the tenant may be kept",
        "xms_idrel": "how the subject belongs to the tenant",
        "xms_mirid": "the managed identity that the token was issued to",
        "xms_az_rid": "the Azure resource that the managed identity belongs to",
        "xms_st": "the subject of a token that was obtained on behalf of a user",
        "xms_ftd": "internal to Entra: ignore it",
        "xms_sub_fct": "internal to Entra: ignore it",
        "xms_act_fct": "internal to Entra: ignore it",
        "idtyp": "`app` when there is no user behind it: then only `roles` count",
        "pwd_exp": "when the password of the user expires",
        "pwd_url": "where the user changes the password",
        "in_corp": "whether the user signed in from the network of the organization",
        "verified_primary_email": "e-mail addresses of the user that were verified",
        "cc": "internal to Entra: ignore it",
        "nonce": "internal to Entra in access tokens for Microsoft Graph: they can't be verified by anyone else",
    }
};

pub(in crate::token) const OKTA: &[Word] = table! {
    "Okta: tokens and claims" {
        "aud": "the API that it is meant for, as the authorization server was set up; `https://…okta.com` alone is the Org server, whose tokens only Okta may read",
        "cid": "the client that it was issued to",
        "uid": "the user; not there when a client acts for itself",
        "scp": "what it may do, as a list: the same as `scope` elsewhere",
        "sub": "the user's sign-in name, or the client when there is no user",
        "ver": "the version of the token's format",
        "groups": "groups of the user, as the claim was set up at the authorization server",
        "idp": "the identity provider that the user signed in by",
        "auth_time": "when the user signed in",
        "orig": "the Okta organization, where a domain of its own is used",
    }
};

pub(in crate::token) const AUTH0: &[Word] = table! {
    "Auth0: access token profiles" {
        "aud": "the API by its identifier at Auth0; `…/userinfo` beside it comes from the scope `openid`",
        "azp": "the client that it was issued to",
        "gty": "the grant that it came by, such as `client-credentials`",
        "scope": "what the client asked for and was given",
        "permissions": "what the user's roles allow at this API: check these when role-based access control is on, for `scope` holds what the client asked for",
        "sub": "the user as `connection|identifier`, or `client@clients` when a client acts for itself",
        "org_id": "the Auth0 organization that the user signed in to",
        "org_name": "the name of that organization",
        "https://auth0.com/claims/mfa": "about the second factor",
        "sid": "the session at Auth0",
    }
};

pub(in crate::token) const COGNITO: &[Word] = table! {
    "Amazon Cognito: using tokens with user pools" {
        "token_use": "whether this is an access token or an ID token: an API accepts only `access`",
        "client_id": "the app client that asked for it: access tokens have no `aud`, so check this instead",
        "aud": "the app client (ID tokens only; access tokens have `client_id` instead)",
        "scope": "what it may do; `aws.cognito.signin.user.admin` opens the user's own profile at Cognito",
        "username": "the user's name in the pool",
        "cognito:username": "the user's name in the pool",
        "cognito:groups": "groups of the user in the pool",
        "cognito:roles": "IAM roles of the user's groups",
        "cognito:preferred_role": "the IAM role of the group with the highest precedence",
        "origin_jti": "the refresh token that it came from: revoking that one revokes this",
        "event_id": "the sign-in that it came from",
        "device_key": "the device that the user signed in from",
        "identities": "the identity provider that the user signed in by",
        "version": "the version of the token's format",
    }
};

pub(in crate::token) const GOOGLE: &[Word] = table! {
    "Google Identity: OpenID Connect" {
        "azp": "the client that asked for it; for a service account its numeric identifier",
        "aud": "the client that it was issued to, or the service that a service account may call with it",
        "hd": "the Google Workspace domain of the user: check it to let in one organization only",
        "sub": "the Google account, never reused: the key to store",
        "email": "e-mail address: may change, so that it is no key for an account",
        "google/compute_engine": "the virtual machine that asked for it",
        "google/organization_number": "the organization of that machine",
    }
    "Firebase: verify ID tokens" {
        "firebase": "how the user signed in to Firebase",
        "firebase/sign_in_provider": "by which provider the user signed in",
        "firebase/identities": "the identities of the user",
        "firebase/tenant": "the tenant that the user signed in to",
        "user_id": "the user: the same as `sub`",
    }
};
