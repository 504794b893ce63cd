//! Claims of cloud identity providers.

use super::{Term, table};

pub(in crate::token) const ENTRA: &[Term] = table! {
    "Microsoft Entra: access token claims reference" {
        "aud": "audience: the API, by application ID URI (v1) or client ID (v2); `00000003-0000-0000-c000-000000000000` is Microsoft Graph",
        "iss": "issuer, per tenant: `sts.windows.net` in v1 tokens, `login.microsoftonline.com/…/v2.0` in v2 tokens",
        "idp": "identity provider that signed the user in, if not the issuing tenant",
        "aio": "internal to Entra",
        "rh": "internal to Entra",
        "uti": "unique identifier of the token, as in the sign-in logs",
        "azp": "authorized party: the client that uses the token (v2; `appid` in v1)",
        "appid": "client that uses the token (v1; `azp` in v2)",
        "azpacr": "client authentication: 0 public client, 1 client secret, 2 certificate (v2; `appidacr` in v1)",
        "appidacr": "client authentication: 0 public client, 1 client secret, 2 certificate (v1; `azpacr` in v2)",
        "app_displayname": "display name of the client",
        "scp": "scopes: delegated permissions of the client; only in tokens with a signed-in user",
        "roles": "without `scp`: application permissions; with `scp`: app roles of the user",
        "wids": "directory roles of the user, by role template ID",
        "groups": "groups of the user, by object ID; omitted when there are too many (see `_claim_names`)",
        "hasgroups": "the user has too many groups to list: query Microsoft Graph",
        "groups:src1": "the user has too many groups to list: query Microsoft Graph",
        "oid": "object ID of the user or service principal, the same for every client: use it as account key",
        "sub": "subject: the user or service principal, by an identifier that differs per client",
        "tid": "tenant that the user signed in to",
        "sid": "session ID at Entra",
        "ver": "version of the token format: 1.0 and 2.0 use different claim names",
        "unique_name": "display name of the user (v1): not unique, despite its name",
        "puid": "identifier of the user in older Microsoft services",
        "platf": "platform of the device",
        "deviceid": "device that the user signed in from",
        "signin_state": "state of the sign-in, such as a managed device or \"stay signed in\"",
        "xms_ssm": "whether continuous access evaluation applies",
        "xms_tcdt": "creation time of the tenant",
        "xms_tdbr": "data boundary of the tenant",
        "xms_mirid": "managed identity that the token was issued to",
        "xms_az_rid": "Azure resource that the managed identity is assigned to",
        "xms_st": "subject of the user as the client sees it in its ID token",
        "xms_ftd": "internal to Entra",
        "cc": "internal to Entra",
        "nonce": "internal to Entra: only Microsoft Graph can verify an access token with it",
    }
    "Microsoft Entra: optional claims reference" {
        "acct": "account status in the tenant: 0 member, 1 guest",
        "acrs": "authentication contexts that the sign-in satisfies (Conditional Access)",
        "idtyp": "`app`: no user is signed in, only `roles` apply",
        "in_corp": "whether the user signed in from the corporate network",
        "ipaddr": "IP address that the user signed in from",
        "onprem_sid": "on-premises security identifier of the user",
        "pwd_exp": "seconds after `iat` at which the user's password expires",
        "pwd_url": "URL for changing the password",
        "tenant_region_scope": "region of the tenant",
        "upn": "user principal name: can change, so don't use it as an account key",
        "verified_primary_email": "verified primary email addresses of the user",
        "xms_cc": "client capabilities: `cp1` means that the client can handle claims challenges",
    }
    "Microsoft Entra: token claims reference for agents" {
        "xms_sub_fct": "facets of the subject, such as user or agent: for logs, not for authorization",
        "xms_act_fct": "facets of the client that acts, such as agent: for logs, not for authorization",
        "xms_idrel": "relations of the subject and the client to the tenant",
        "xms_tnt_fct": "facets of the tenant: for logs, not for authorization",
        "xms_par_app_azp": "blueprint that the agent identity was created from: for logs, not for authorization",
    }
};

pub(in crate::token) const OKTA: &[Term] = table! {
    "Okta: tokens and claims" {
        "aud": "audience: the API, as configured; `https://…okta.com` alone is the Org server, whose access tokens only Okta can validate",
        "cid": "client that requested the token",
        "uid": "identifier of the user; absent when no user is signed in",
        "scp": "scopes, as an array; `scope` in the standards",
        "sub": "subject: the user's login name, or the client when no user is signed in",
        "ver": "version of the token format",
        "groups": "groups of the user, if the authorization server is configured to add them",
        "idp": "identity provider that signed the user in",
        "auth_time": "time of sign-in",
        "orig": "Okta organization behind a custom domain",
    }
};

pub(in crate::token) const AUTH0: &[Term] = table! {
    "Auth0: access token profiles" {
        "aud": "audience: the API identifier; `…/userinfo` is added for the scope `openid`",
        "azp": "authorized party: the client that requested the token",
        "gty": "grant type, such as `client-credentials`",
        "scope": "scopes that the client requested and was granted",
        "permissions": "permissions of the user at this API: with role-based access control, check these rather than `scope`",
        "sub": "subject: the user as `connection|identifier`, or `client@clients` when no user is signed in",
        "org_id": "organization that the user signed in to",
        "org_name": "name of the organization",
        "https://auth0.com/claims/mfa": "multi-factor authentication",
        "sid": "session ID at Auth0",
    }
};

pub(in crate::token) const COGNITO: &[Term] = table! {
    "Amazon Cognito: using tokens with user pools" {
        "token_use": "kind of token: an API must accept only `access`",
        "client_id": "app client that requested the token: access tokens have no `aud`, so check this instead",
        "aud": "audience: the app client (ID tokens only; access tokens have `client_id`)",
        "scope": "scopes; `aws.cognito.signin.user.admin` grants access to the user's own profile in Cognito",
        "username": "username in the user pool",
        "cognito:username": "username in the user pool",
        "cognito:groups": "groups of the user in the user pool",
        "cognito:roles": "IAM roles of the user's groups",
        "cognito:preferred_role": "IAM role of the group with the highest precedence",
        "origin_jti": "identifier shared by all tokens of one sign-in: revoking the refresh token revokes them",
        "event_id": "identifier of the sign-in",
        "device_key": "device that the user signed in from",
        "identities": "identity providers linked to the user",
        "version": "version of the token format",
    }
};

pub(in crate::token) const GOOGLE: &[Term] = table! {
    "Google Identity: OpenID Connect" {
        "azp": "authorized party: the client that requested the token; for a service account its numeric ID",
        "aud": "audience: the client, or the service that a service account calls",
        "hd": "Google Workspace domain of the user: check it to allow one organization only",
        "sub": "subject: the Google account, never reused: use it as account key",
        "email": "email address: can change, so don't use it as an account key",
        "google/compute_engine": "virtual machine that requested the token",
        "google/organization_number": "organization of the virtual machine",
    }
    "Firebase: verify ID tokens" {
        "firebase": "sign-in details from Firebase",
        "firebase/sign_in_provider": "provider that signed the user in",
        "firebase/identities": "identities linked to the user",
        "firebase/tenant": "tenant that the user signed in to",
        "user_id": "identifier of the user, the same as `sub`",
    }
};
