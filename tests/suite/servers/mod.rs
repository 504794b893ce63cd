//! Grants and extensions against authorization servers made by others, with a real browser at their pages.
//!
//! `.ci/run` installs the servers of `tests/servers/` and runs these by `--ignored`; a server that does not start fails
//! them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that fails shall panic, and say why"
)]

mod agent;
mod audit;
mod gateway;
mod harness;
mod mcp;
mod resource_servers;

use std::collections::BTreeSet;
use std::time::Duration;

use harness::{Browser, DOT, IDPYOIDC, PROVIDER, PROVIDER_WITH_NONCES, browse, cli, context, visit};
use tokscope::app::{
    CallRequest, Caller, Context, Error, ErrorKind, GrantOptions, GrantedToken, PendingGrant, Planner, Refresher,
    Revoker, discover, introspect,
};
use tokscope::manifest::GrantType;
use tokscope::oauth::{Revocation, TokenHint};
use tokscope::scope::ScopeSet;
use tokscope::secret::Secret;

const CODE: GrantType = GrantType::AuthorizationCode;

/// Obtains a token for an endpoint; a browser acts as the user.
async fn obtain(context: &Context, endpoint: &str, grant: GrantType, browser: Browser) -> Result<GrantedToken, Error> {
    obtain_by(context, endpoint, GrantOptions::new(grant, false), browser).await
}

async fn obtain_by(
    context: &Context,
    endpoint: &str,
    start: GrantOptions,
    browser: Browser,
) -> Result<GrantedToken, Error> {
    let found = context.find(endpoint, None).unwrap();
    let plan = Planner::new(context).plan(&[found.id], None, None).unwrap();
    let obtaining = PendingGrant::start(context, &plan, start).await?;
    if let Some(url) = &obtaining.url {
        browse(url.as_str(), browser, obtaining.device.as_ref().map(|code| code.user_code.clone()));
    }
    tokio::time::timeout(Duration::from_mins(4), obtaining.finish()).await.expect("the grant ends")
}

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

fn codes(obtained: &GrantedToken) -> BTreeSet<&'static str> {
    obtained.findings.iter().map(|finding| finding.code.name).collect()
}

/// oidc-provider, with one client and its lines, for the resource with JWT access tokens.
fn provider(client: &str, more: &str) -> Context {
    provider_for(client, "urn:api:jwt", more)
}

fn provider_for(client: &str, audience: &str, more: &str) -> Context {
    context(&PROVIDER.base, &PROVIDER.base, Some(audience), client, more)
}

fn dot(client: &str, more: &str) -> Context {
    let more = format!("audience_parameter = \"none\"\n{more}");
    context(&DOT.base, DOT.base.trim_end_matches("/o"), None, client, &more)
}

const DEVICE: &str = "grants = [\"device_code\"]";
const MACHINE: &str = "grants = [\"client_credentials\"]";
const REFRESHABLE: &str = "always_request = [\"openid\", \"offline_access\"]\nprompt = \"consent\"";

// --- oidc-provider -----------------------------------------------------------------------------------------------------

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_discovery() {
    let found = discover(&PROVIDER.base, &mut |_, _| false).await.unwrap();
    assert_eq!(found.servers[0].issuer.as_str(), PROVIDER.base);
    let server = &found.servers[0];
    assert!(server.has_pkce() && server.iss_parameter_supported && server.revocation_endpoint.is_some());
    assert!(server.device_authorization_endpoint.is_some() && server.pushed_authorization_request_endpoint.is_some());
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_code_on_every_loopback_host() {
    for more in ["", "redirect_uri = \"http://localhost/callback\"", "redirect_uri = \"http://[::1]/callback\""] {
        let obtained = obtain(&provider("cli", more), "GET /read", CODE, Browser::Allow).await.unwrap();
        assert_eq!((&obtained.granted, &obtained.short), (&scopes("api:read"), &ScopeSet::new()), "{more}");
        assert_eq!(codes(&obtained), BTreeSet::new());
        assert!(obtained.token.decoded.claims().is_some());
    }
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_opaque_access_token() {
    let context = provider_for("cli", "urn:api:opaque", "");
    let obtained = obtain(&context, "GET /read", CODE, Browser::Allow).await.unwrap();
    assert_eq!(obtained.granted, scopes("api:read"));
    assert!(obtained.token.decoded.claims().is_none());
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_refused_consent() {
    let error = obtain(&provider("cli", ""), "GET /read", CODE, Browser::Deny).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("access_denied"), "{error}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_id_token_is_verified() {
    let context = provider("cli", &format!("{REFRESHABLE}\nmax_age = \"10m\""));
    let obtained = obtain(&context, "GET /read", CODE, Browser::Allow).await.unwrap();
    assert_eq!(codes(&obtained), BTreeSet::new(), "nonce, hash, signature and age are right");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_refresh_rotates_narrows_this_token_only_and_kills_the_family() {
    let context = provider("cli", REFRESHABLE);
    let first = obtain(&context, "PUT /both", CODE, Browser::Allow).await.unwrap();
    assert!(first.granted.contains("api:read") && first.granted.contains("api:write"), "{}", first.granted);
    let narrowed = Refresher::new(&context).refresh(&first.token, Some(&scopes("api:read"))).await.unwrap();
    assert_eq!(narrowed.granted, scopes("api:read"));
    assert_ne!(
        narrowed.token.refresh_token.as_ref().unwrap().expose(),
        first.token.refresh_token.as_ref().unwrap().expose()
    );
    // this token only: the next one is broad again
    let again = Refresher::new(&context).refresh(&narrowed.token, None).await.unwrap();
    assert!(again.granted.contains("api:write"), "{}", again.granted);
    let wider = Refresher::new(&context)
        .refresh(&again.token, Some(&scopes("api:read api:admin")))
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(wider.message.contains("invalid_scope"), "{wider}");
    let reused = Refresher::new(&context).refresh(&first.token, None).await.map(|_| ()).unwrap_err();
    assert!(reused.message.contains("invalid_grant"), "{reused}");
    let family = Refresher::new(&context).refresh(&again.token, None).await.map(|_| ()).unwrap_err();
    assert!(family.message.contains("invalid_grant"), "{family}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_device_code_allowed_and_refused() {
    let context = provider("cli", DEVICE);
    let obtained = obtain(&context, "GET /read", GrantType::DeviceCode, Browser::Allow).await.unwrap();
    assert_eq!(obtained.granted, scopes("api:read"));
    let refused = obtain(&context, "GET /read", GrantType::DeviceCode, Browser::Deny).await.map(|_| ()).unwrap_err();
    assert!(refused.message.contains("access_denied"), "{refused}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_device_code_expires() {
    let context = provider("cli-short", DEVICE);
    let error = obtain(&context, "GET /read", GrantType::DeviceCode, Browser::None).await.map(|_| ()).unwrap_err();
    assert!(error.message.contains("expired"), "{error}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_client_credentials_drop_an_unknown_scope() {
    let context = provider("m2m", MACHINE).with_client_secret("c", Secret::new("m2m-secret"));
    let obtained = obtain(&context, "GET /read", GrantType::ClientCredentials, Browser::None).await.unwrap();
    assert_eq!((obtained.granted.to_string().as_str(), obtained.short.is_empty()), ("api:read", true));
    // an unknown scope is dropped with a 200: the difference is reported
    let obtained = obtain(&context, "GET /unknown", GrantType::ClientCredentials, Browser::None).await.unwrap();
    assert_eq!(obtained.short, scopes("api:unknown"));
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_every_client_authentication() {
    for (client, secret, more) in [
        ("m2m", "m2m-secret", "authentication = \"client_secret_basic\""),
        ("m2m-post", "m2m-post-secret", "authentication = \"client_secret_post\""),
        ("m2m-sjwt", "m2m-sjwt-secret-0123456789-0123456789", "authentication = \"client_secret_jwt\""),
        ("m2m-pkjwt", "", "authentication = \"private_key_jwt\"\nkey = { file = \"client.key.pem\" }\nkey_id = \"c1\""),
        (
            "m2m-mtls",
            "",
            "authentication = \"self_signed_tls_client_auth\"\nkey = { file = \"mtls.key\" }\ncertificate = \"mtls.crt\"",
        ),
    ] {
        let secret_line = if secret.is_empty() { "" } else { "secret = { env = \"CLIENT_SECRET\" }\n" };
        let manifest = harness::manifest(
            &PROVIDER.base,
            &PROVIDER.base,
            Some("urn:api:jwt"),
            client,
            &format!("{MACHINE}\n{secret_line}{more}"),
        );
        let output = cli(&manifest, &["token", "-e", "GET /read", "--json"], &[("CLIENT_SECRET", secret)], "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{client}: {said}");
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["granted"], serde_json::json!(["api:read"]), "{client}");
    }
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_pushed_authorization_request() {
    let obtained = obtain(&provider("cli-par", "pushed = true"), "GET /read", CODE, Browser::Allow).await.unwrap();
    assert_eq!(obtained.granted, scopes("api:read"));
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_bound_tokens_with_and_without_nonces() {
    for server in [&*PROVIDER, &*PROVIDER_WITH_NONCES] {
        let more = format!("dpop = true\naudience_parameter = \"none\"\n{REFRESHABLE}");
        let context = context(&server.base, &server.base, None, "cli-dpop", &more);
        let obtained = obtain(&context, "GET /me", CODE, Browser::Allow).await.unwrap();
        assert_eq!((obtained.token_type.as_str(), codes(&obtained)), ("DPoP", BTreeSet::new()));
        // at an API: the proof names the token, and a nonce is fetched by being refused once
        let found = context.find("GET /me", None).unwrap();
        let call = CallRequest::new(found.id, Vec::new());
        assert_eq!(Caller::new(&context).call(&call, Some(&obtained.token)).await.unwrap().status, 200);
        // the refresh token is bound to the same key, and is used once
        let refreshed = Refresher::new(&context).refresh(&obtained.token, None).await.unwrap();
        assert_eq!(Caller::new(&context).call(&call, Some(&refreshed.token)).await.unwrap().status, 200);
        // the same token without its key is worth nothing
        let mut stolen = refreshed.token.clone();
        stolen.dpop = None;
        assert_eq!(Caller::new(&context).call(&call, Some(&stolen)).await.unwrap().status, 401);
    }
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn oidc_provider_introspection_and_revocation() {
    let context = provider_for("m2m", "urn:api:opaque", MACHINE).with_client_secret("c", Secret::new("m2m-secret"));
    let obtained = obtain(&context, "GET /read", GrantType::ClientCredentials, Browser::None).await.unwrap();
    let token = &obtained.token.secret;
    let known = introspect(&context, "c", token, TokenHint::AccessToken).await.unwrap();
    assert_eq!((known.active, known.scope.map(|scope| scope.to_string()).as_deref()), (true, Some("api:read")));
    assert!(known.expires_at.is_some());
    let revoked = Revoker::new(&context).revoke("c", token, TokenHint::AccessToken).await.unwrap();
    assert_eq!(revoked, Revocation::Confirmed);
    assert!(!introspect(&context, "c", token, TokenHint::AccessToken).await.unwrap().active);
    // a JWT can be neither introspected nor revoked here
    let context = provider("m2m", MACHINE).with_client_secret("c", Secret::new("m2m-secret"));
    let jwt = obtain(&context, "GET /read", GrantType::ClientCredentials, Browser::None).await.unwrap();
    let error =
        Revoker::new(&context).revoke("c", &jwt.token.secret, TokenHint::AccessToken).await.map(|_| ()).unwrap_err();
    assert!(error.message.contains("unsupported_token_type"), "{error}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn an_unknown_scope_is_dropped_at_the_page_or_refused_by_the_redirect() {
    let context = provider("cli", "always_request = [\"openid\"]");
    let obtained = obtain(&context, "GET /unknown", CODE, Browser::Allow).await.unwrap();
    assert_eq!(obtained.short, scopes("api:unknown"));
    // this one does not say who it is when it refuses
    let error = obtain(&dot("cli", ""), "GET /unknown", CODE, Browser::Allow).await.map(|_| ()).unwrap_err();
    assert_eq!((error.kind, error.message.contains("invalid_scope")), (ErrorKind::Refused, true), "{error}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn a_client_is_registered_used_and_removed() {
    for base in [&PROVIDER.base, &DOT.base] {
        let found = discover(base, &mut |_, _| false).await.unwrap();
        let (registered, _) = tokscope::app::register(&found).await.unwrap();
        assert!(!registered.client_id.is_empty());
        let (place, token) = registered.management.unwrap();
        tokscope::app::unregister(place.as_str(), &token).await.unwrap();
        let error = tokscope::app::unregister(place.as_str(), &token).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused, "{base}: {error}");
    }
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn the_program_opens_the_browser_and_prints_only_the_token() {
    let manifest = harness::manifest(&PROVIDER.base, &PROVIDER.base, Some("urn:api:jwt"), "cli", "");
    let browser = harness::browser_script();
    let output = cli(&manifest, &["token", "-e", "GET /read"], &[("BROWSER", browser.as_str())], "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let token = String::from_utf8(output.stdout).unwrap();
    assert_eq!((token.lines().count(), token.trim().split('.').count()), (1, 3));
    assert!(!said.contains(token.trim()) && said.contains("sign in at: "));
}

// --- django-oauth-toolkit ----------------------------------------------------------------------------------------------

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_discovery_merges_both_documents_and_follows_the_api() {
    let api = format!("{}/api/write9728", DOT.base.trim_end_matches("/o"));
    let found = discover(&api, &mut |_, _| false).await.unwrap();
    assert_eq!(found.resource.as_ref().unwrap().resource, format!("{}/api", DOT.base.trim_end_matches("/o")));
    let server = &found.servers[0];
    assert_eq!(server.issuer.as_str(), DOT.base);
    assert!(server.revocation_endpoint.is_some() && server.jwks_uri.is_some());
    assert!(found.findings.iter().any(|finding| finding.code.name == "endpoint-unannounced"), "{:?}", found.findings);
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_code_grants_access_to_the_api() {
    let context = dot("cli", "");
    let obtained = obtain(&context, "GET /api/read", CODE, Browser::Allow).await.unwrap();
    assert_eq!((&obtained.granted, codes(&obtained)), (&scopes("api:read"), BTreeSet::new()));
    let call = |endpoint: &str| CallRequest::new(context.find(endpoint, None).unwrap().id, Vec::new());
    assert_eq!(Caller::new(&context).call(&call("GET /api/read"), Some(&obtained.token)).await.unwrap().status, 200);
    assert_eq!(Caller::new(&context).call(&call("GET /api/write"), Some(&obtained.token)).await.unwrap().status, 403);
    let refused = obtain(&context, "GET /api/read", CODE, Browser::Deny).await.map(|_| ()).unwrap_err();
    assert!(refused.message.contains("access_denied"), "{refused}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_confidential_client_and_its_id_token() {
    let context = dot("conf", "always_request = [\"openid\"]").with_client_secret("c", Secret::new("conf-secret"));
    let obtained = obtain(&context, "GET /api/read", CODE, Browser::Allow).await.unwrap();
    assert_eq!((obtained.granted.contains("api:read"), codes(&obtained)), (true, BTreeSet::new()));
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_refresh_narrows_permanently() {
    let context = dot("cli", "");
    let first = obtain(&context, "PUT /both", CODE, Browser::Allow).await.unwrap();
    let narrowed = Refresher::new(&context).refresh(&first.token, Some(&scopes("api:read"))).await.unwrap();
    assert_eq!(narrowed.granted, scopes("api:read"));
    let again = Refresher::new(&context).refresh(&narrowed.token, None).await.unwrap();
    assert_eq!(again.granted, scopes("api:read"), "permanently");
    let wider = Refresher::new(&context)
        .refresh(&again.token, Some(&scopes("api:read api:admin")))
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(wider.message.contains("invalid_scope"), "{wider}");
    let reused = Refresher::new(&context).refresh(&first.token, None).await.map(|_| ()).unwrap_err();
    assert!(reused.message.contains("invalid_grant"), "{reused}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_device_code_with_an_endpoint_that_only_the_manifest_knows() {
    // neither of its documents names the endpoint
    let endpoint = format!("metadata = {{ device_authorization_endpoint = \"{}/device-authorization/\" }}", DOT.base);
    let context = dot("device", &format!("{DEVICE}\n{endpoint}"));
    let obtained = obtain(&context, "GET /api/read", GrantType::DeviceCode, Browser::Allow).await.unwrap();
    assert!(obtained.granted.contains("api:read"), "{}", obtained.granted);
    let refused =
        obtain(&context, "GET /api/read", GrantType::DeviceCode, Browser::Deny).await.map(|_| ()).unwrap_err();
    assert!(refused.message.contains("access_denied"), "{refused}");
    let error = obtain(&dot("device", DEVICE), "GET /api/read", GrantType::DeviceCode, Browser::None).await;
    assert!(error.map(|_| ()).unwrap_err().message.contains("no device authorization endpoint"));
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_client_credentials_and_a_scope_that_is_refused() {
    let context = dot("m2m", MACHINE).with_client_secret("c", Secret::new("m2m-secret"));
    let obtained = obtain(&context, "GET /api/read", GrantType::ClientCredentials, Browser::None).await.unwrap();
    assert_eq!(obtained.granted, scopes("api:read"));
    let error = obtain(&context, "GET /unknown", GrantType::ClientCredentials, Browser::None).await;
    assert!(error.map(|_| ()).unwrap_err().message.contains("invalid_scope"));
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn django_introspection_and_revocation() {
    let more = format!("{MACHINE}\nauthentication = \"client_secret_basic\"\nsecret = {{ env = \"UNUSED\" }}");
    let introspecting = dot("rs", &more).with_client_secret("c", Secret::new("rs-secret"));
    let owner = dot("m2m", MACHINE).with_client_secret("c", Secret::new("m2m-secret"));
    let obtained = obtain(&owner, "GET /api/read", GrantType::ClientCredentials, Browser::None).await.unwrap();
    let token = &obtained.token.secret;
    let known = introspect(&introspecting, "c", token, TokenHint::AccessToken).await.unwrap();
    assert_eq!((known.active, known.scope.map(|scope| scope.to_string()).as_deref()), (true, Some("api:read")));
    let revoked = Revoker::new(&owner).revoke("c", token, TokenHint::AccessToken).await.unwrap();
    assert_ne!(revoked, Revocation::StillActive);
    assert!(!introspect(&introspecting, "c", token, TokenHint::AccessToken).await.unwrap().active);
}

// --- idpyoidc ----------------------------------------------------------------------------------------------------------

fn idpyoidc(grants: &str, audience: Option<&str>) -> Context {
    let more = format!(
        "grants = [{grants}]\nredirect_uri = \"http://127.0.0.1:43117/callback\"\naudience_parameter = \"audience\""
    );
    context(&IDPYOIDC.base, &IDPYOIDC.base, audience, "conf", &more)
        .with_client_secret("c", Secret::new("conf-secret-0123456789-0123456789"))
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn idpyoidc_code_refresh_and_token_exchange() {
    let context = idpyoidc("\"authorization_code\", \"token_exchange\"", None);
    let broad = visited(&context, "PUT /both").await;
    assert!(broad.granted.contains("api:write"), "{}", broad.granted);
    // from a broad token to one for a single endpoint
    let start = GrantOptions {
        subject: Some(broad.token.secret.clone()),
        ..GrantOptions::new(GrantType::TokenExchange, false)
    };
    let narrow = obtain_by(&context, "GET /read", start, Browser::None).await.unwrap();
    assert_eq!(narrow.granted, scopes("api:read"));
    assert_ne!(narrow.token.secret.expose(), broad.token.secret.expose());
    let start =
        GrantOptions { subject: Some(Secret::new("no-token")), ..GrantOptions::new(GrantType::TokenExchange, false) };
    let error = obtain_by(&context, "GET /read", start, Browser::None).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused, "{error}");
    assert!(!error.message.contains("no-token"), "{error}");
}

/// The port of idpyoidc's registered redirect URI, which only one sign-in at a time can use.
static FIXED_PORT: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Signs in at a server without a page.
async fn visited(context: &Context, endpoint: &str) -> GrantedToken {
    let _port = FIXED_PORT.lock().await;
    let found = context.find(endpoint, None).unwrap();
    let plan = Planner::new(context).plan(&[found.id], None, None).unwrap();
    let obtaining = PendingGrant::start(context, &plan, GrantOptions::new(CODE, false)).await.unwrap();
    visit(obtaining.url.as_ref().unwrap().as_str());
    obtaining.finish().await.unwrap()
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn idpyoidc_refresh_keeps_its_refresh_token_and_narrows_this_token_only() {
    let more =
        format!("{REFRESHABLE}\nredirect_uri = \"http://127.0.0.1:43117/callback\"\naudience_parameter = \"none\"");
    let context = context(&IDPYOIDC.base, &IDPYOIDC.base, None, "conf", &more)
        .with_client_secret("c", Secret::new("conf-secret-0123456789-0123456789"));
    let first = visited(&context, "PUT /both").await;
    let narrowed = Refresher::new(&context).refresh(&first.token, Some(&scopes("api:read"))).await.unwrap();
    assert_eq!((&narrowed.granted, &narrowed.beyond), (&scopes("api:read"), &ScopeSet::new()));
    assert_ne!(narrowed.token.secret.expose(), first.token.secret.expose());
    // the answer has no refresh token: the one that there is stays good (RFC 6749 §6)
    let again = Refresher::new(&context).refresh(&narrowed.token, None).await.unwrap();
    assert!(again.granted.contains("api:write"), "{}", again.granted);
    let wider = Refresher::new(&context)
        .refresh(&again.token, Some(&scopes("api:read api:admin")))
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(wider.kind, ErrorKind::Refused, "{wider}");
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn idpyoidc_exchange_for_an_audience() {
    let broad = visited(&idpyoidc("\"authorization_code\"", None), "PUT /both").await;
    let audience = |token: &tokscope::app::LoadedToken| token.evidence(jiff::Timestamp::now()).audience;
    assert_eq!(audience(&broad.token), ["conf"]);
    let context = idpyoidc("\"token_exchange\"", Some("https://orders.test/api"));
    let start = GrantOptions {
        subject: Some(broad.token.secret.clone()),
        ..GrantOptions::new(GrantType::TokenExchange, false)
    };
    let narrow = obtain_by(&context, "GET /read", start, Browser::None).await.unwrap();
    assert_eq!(
        (audience(&narrow.token), narrow.granted),
        (vec!["https://orders.test/api".to_owned()], scopes("api:read"))
    );
}

#[tokio::test]
#[ignore = "needs the servers of .ci/run"]
async fn idpyoidc_grants_more_than_requested_which_is_reported() {
    let context =
        context(&IDPYOIDC.base, &IDPYOIDC.base, None, "m2m", &format!("{MACHINE}\naudience_parameter = \"none\""))
            .with_client_secret("c", Secret::new("m2m-secret-0123456789-0123456789"));
    let obtained = obtain(&context, "GET /read", GrantType::ClientCredentials, Browser::None).await.unwrap();
    assert!(!obtained.beyond.is_empty(), "{}", obtained.granted);
}
