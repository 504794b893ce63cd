use jiff::Timestamp;

use super::super::Confidence::{Certain, Guess, Likely};
use super::super::{Request, Response, Sent, TokenEvidence};
use super::*;
use crate::manifest::{Manifest, parse};
use crate::token::Validity;

const MANIFEST: &str = r#"
[api.a]
base_url = "https://a.test"
issuer = "https://login.test"
audience = "api"
[api.a.scopes]
"w" = { risk = "high", implies = ["r"] }
"r" = {}
"c" = {}
"admin" = { risk = "critical", implies = ["w", "c"] }
[api.a.endpoints]
"GET /r" = "r"
"POST /w" = "w"
"POST /wc" = ["w", "c"]
"GET /any" = { any_of = ["admin", "c"] }
"GET /open" = []
[api.a.errors.shop-closed]
match = { "body:/shop" = "closed" }
cause = "role"
[api.a.errors.misnamed]
match = { "body:/needs" = "wrong" }
cause = "scope"
scopes = ["c"]
"#;

fn manifest() -> Manifest {
    parse(MANIFEST).manifest.unwrap()
}

fn set(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

fn token(granted: &str) -> TokenEvidence {
    TokenEvidence {
        granted: Some(set(granted)),
        validity: Some(Validity::Valid(None)),
        audience: vec!["api".to_owned()],
        issuer: Some("https://login.test".to_owned()),
        bound: false,
    }
}

fn headers(lines: &[&str]) -> Vec<(String, String)> {
    lines.iter().map(|line| line.split_once(": ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap()).collect()
}

fn lists(sets: &[ScopeSet]) -> String {
    sets.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
}

#[test]
fn evidence_of_manifest_token_and_server_is_combined() {
    let manifest = manifest();
    let api = manifest.api("a").unwrap();
    let insufficient = |scope: &str| format!(r#"WWW-Authenticate: Bearer error="insufficient_scope", scope="{scope}""#);
    let (w, x, wc, r) = (insufficient("w"), insufficient("x"), insufficient("w c"), insufficient("r"));
    // status, headers, body, endpoint, granted (`-`: no token), cause, missing, confidence, agree
    for (status, lines, body, path, granted, cause, missing, confidence, agree) in [
        (200, &[][..], "{}", "/r", "r", Cause::None, "", Certain, Some(true)),
        (200, &[], "{}", "/w", "r", Cause::None, "", Certain, Some(false)),
        (403, &[w.as_str()], "", "/w", "r", Cause::Scope, "w", Certain, Some(true)),
        (403, &[x.as_str()], "", "/r", "w", Cause::Scope, "x", Likely, Some(false)),
        (403, &[wc.as_str()], "", "/wc", "w", Cause::Scope, "c", Certain, Some(true)),
        (401, &[w.as_str()], "", "/w", "r", Cause::Scope, "w", Certain, Some(true)),
        (403, &[r.as_str()], "", "/r", "r", Cause::Scope, "r", Likely, Some(false)),
        (403, &[], "", "/w", "r", Cause::Scope, "w", Likely, None),
        (403, &[], "", "/any", "r", Cause::Scope, "c|admin", Likely, None),
        (403, &[], "", "/r", "r", Cause::Role, "", Likely, None),
        (403, &[], r#"{"message":"you have no permission"}"#, "/w", "r", Cause::Scope, "w", Certain, Some(true)),
        (403, &[], r#"{"message":"you have no permission"}"#, "/w", "w", Cause::Role, "", Likely, None),
        (403, &[], "Forbidden: needs c", "/any", "r", Cause::Scope, "c", Guess, Some(true)),
        (403, &[], r#"{"shop":"closed"}"#, "/r", "r", Cause::Role, "", Certain, None),
        (403, &[], r#"{"needs":"wrong"}"#, "/any", "r", Cause::Scope, "c", Certain, Some(true)),
        (404, &["X-Accepted-OAuth-Scopes: w"], "", "/w", "r", Cause::Scope, "w", Certain, Some(true)),
        (404, &[], "", "/w", "r", Cause::Scope, "w", Guess, None),
        (404, &[], "", "/r", "r", Cause::Unknown, "", Guess, None),
        (422, &[], "", "/w", "r", Cause::Unknown, "", Guess, None),
        (401, &["WWW-Authenticate: Bearer"], "", "/r", "-", Cause::TokenInvalid, "", Certain, None),
        (401, &[r#"WWW-Authenticate: Bearer scope="r""#], "", "/r", "-", Cause::TokenInvalid, "r", Certain, None),
        (
            401,
            &[r#"WWW-Authenticate: Bearer error="invalid_token""#],
            "",
            "/w",
            "r",
            Cause::TokenInvalid,
            "",
            Certain,
            None,
        ),
        (401, &[r#"WWW-Authenticate: DPoP error="use_dpop_nonce""#], "", "/r", "r", Cause::Binding, "", Certain, None),
        (429, &[w.as_str()], "", "/w", "r", Cause::Transport, "", Certain, None),
        (502, &[], "<html>", "/r", "r", Cause::Transport, "", Certain, None),
    ] {
        let endpoint = api.endpoints.iter().find(|endpoint| endpoint.template.as_str() == path);
        let token = (granted != "-").then(|| token(granted));
        let found = diagnose(&Case {
            response: Response { status, headers: &headers(lines), body: body.as_bytes() },
            api: Some(api),
            endpoint,
            request: Request::default(),
            sent: token.as_ref().map_or(Sent::Nothing, Sent::Token),
            now: Timestamp::UNIX_EPOCH,
        });
        let agreed = if found.cause == Cause::None || agree.is_some() { found.agree } else { agree };
        assert_eq!(
            (found.cause, lists(&found.missing).as_str(), found.confidence, agreed),
            (cause, missing, confidence, agree),
            "{status} {lines:?} {body} {path} {granted} {:?}",
            found.rule
        );
    }
}

#[test]
fn token_faults_come_before_missing_scopes() {
    let manifest = manifest();
    let api = manifest.api("a").unwrap();
    let expired = Validity::Expired(Some(Timestamp::UNIX_EPOCH));
    let malformed = Validity::Malformed("exp");
    let challenge = [r#"WWW-Authenticate: Bearer error="insufficient_scope", scope="w""#];
    let nonce = [r#"WWW-Authenticate: DPoP algs="ES256""#];
    for (validity, audience, issuer, bound, status, lines, cause) in [
        (expired.clone(), "api", "https://login.test", false, 403, &[][..], Cause::TokenExpired),
        (expired, "api", "https://login.test", false, 403, &challenge[..], Cause::TokenExpired),
        (malformed, "api", "https://login.test", false, 401, &[], Cause::TokenInvalid),
        (Validity::Valid(None), "other", "https://login.test", false, 401, &[], Cause::Audience),
        (Validity::Valid(None), "other", "https://login.test", false, 403, &challenge[..], Cause::Scope),
        (Validity::Valid(None), "api", "https://other.test", false, 401, &[], Cause::Issuer),
        (Validity::Valid(None), "api", "https://login.test", true, 401, &nonce[..], Cause::Binding),
        (Validity::Valid(None), "api", "https://login.test", false, 403, &[], Cause::Scope),
    ] {
        let token = TokenEvidence {
            granted: Some(ScopeSet::new()),
            validity: Some(validity),
            audience: vec![audience.to_owned()],
            issuer: Some(issuer.to_owned()),
            bound,
        };
        let found = diagnose(&Case {
            response: Response { status, headers: &headers(lines), body: b"" },
            api: Some(api),
            endpoint: api.endpoints.iter().find(|endpoint| endpoint.template.as_str() == "/w"),
            request: Request::default(),
            sent: Sent::Token(&token),
            now: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(found.cause, cause, "{audience} {issuer} {lines:?}");
    }
}

#[test]
fn next_step_is_a_command_with_the_other_endpoints_it_grants_access_to() {
    let manifest = manifest();
    let api = manifest.api("a").unwrap();
    let token = token("r");
    let case = |status, lines: &[&str], path: &str| {
        let found = diagnose(&Case {
            response: Response { status, headers: &headers(lines), body: b"" },
            api: Some(api),
            endpoint: api.endpoints.iter().find(|endpoint| endpoint.template.as_str() == path),
            request: Request::default(),
            sent: Sent::Token(&token),
            now: Timestamp::UNIX_EPOCH,
        });
        (found.command.unwrap_or_default(), found.opens, found.next)
    };
    let (command, opens, _) = case(403, &[], "/any");
    assert_eq!(command, "tokscope login --endpoint 'GET /any'");
    assert_eq!(opens, [vec![], vec!["POST /w".to_owned(), "POST /wc".to_owned()]]);
    let other = [r#"WWW-Authenticate: Bearer error="insufficient_scope", scope="x:y""#];
    assert_eq!(case(403, &other, "/w").0, "tokscope login --endpoint 'POST /w' --scope x:y");
    let stronger =
        [r#"WWW-Authenticate: Bearer error="insufficient_user_authentication", acr_values="mfa", max_age="5""#];
    let (command, _, next) = case(401, &stronger, "/w");
    assert_eq!(command, "tokscope login --endpoint 'POST /w' --acr-values mfa --max-age 5");
    assert_eq!(next, "sign in again with acr_values mfa, at most 5 s before the call");
    assert_eq!(case(429, &["Retry-After: 30"], "/w").2, "try again in 30 s");
}

/// Responses in the shapes that servers use, in our own words; without a manifest and without a token.
#[test]
fn causes_and_scopes_are_read_from_responses() {
    let challenge = |text: &str| format!("WWW-Authenticate: {text}");
    for (status, header, body, cause, missing) in [
        // a list in a known member
        (
            403,
            String::new(),
            r#"{"category":"MISSING_SCOPES","errors":[{"context":{"requiredScopes":["a.b","c.d"]}}]}"#,
            Cause::Scope,
            "a.b|c.d",
        ),
        (
            403,
            String::new(),
            r#"{"type":"urn:problem-type:x:missingScope","title":"Missing Scope","requiredScopes":["a:b"]}"#,
            Cause::Scope,
            "a:b",
        ),
        (
            401,
            String::new(),
            r#"{"errors":[{"resource":"AccessToken","field":"a:read_permission","code":"missing"}]}"#,
            Cause::Scope,
            "a:read",
        ),
        (
            200,
            String::new(),
            r#"{"ok":false,"error":"missing_scope","needed":"a:b,c:d","provided":"e"}"#,
            Cause::Scope,
            "a:b|c:d",
        ),
        (403, String::new(), r#"{"error":{"code":"missing_scopes","missingScopes":["x"]}}"#, Cause::Scope, "x"),
        (403, String::new(), r#"{"detail":"no","required_scopes":["a","b"]}"#, Cause::Scope, "a b"),
        // in a sentence
        (
            403,
            String::new(),
            r#"{"message":"token does not have at least one of required scope(s): [read:x]"}"#,
            Cause::Scope,
            "read:x",
        ),
        (
            403,
            String::new(),
            r#"{"message":"token does not have at least one of required scope(s), required=[write:x], token scope=read:x"}"#,
            Cause::Scope,
            "write:x",
        ),
        (
            400,
            String::new(),
            r#"{"errors":[{"message":"Invalid scope: `write` required","extensions":{"code":"FORBIDDEN"}}]}"#,
            Cause::Scope,
            "write",
        ),
        (
            401,
            String::new(),
            r#"{"error":"Unauthorized","message":"Missing scope: channel:read:x"}"#,
            Cause::Scope,
            "channel:read:x",
        ),
        (
            403,
            String::new(),
            r#"{"message":"OAuthForbidden: You are missing the following scopes - cms:read"}"#,
            Cause::Scope,
            "cms:read",
        ),
        (
            403,
            String::new(),
            r#"{"error":"Your access token does not have the \"upload\" scope"}"#,
            Cause::Scope,
            "upload",
        ),
        (
            400,
            String::new(),
            r#"{"error":{"message":"(#10) Requires pages_read permission to manage the object","code":10}}"#,
            Cause::Scope,
            "pages_read",
        ),
        (
            403,
            String::new(),
            "<error><message>This endpoint requires the a.b or c.d scope.</message></error>",
            Cause::Scope,
            "a.b|c.d",
        ),
        (403, String::new(), "the caller lacks the scope orders.write", Cause::Scope, "orders.write"),
        (403, String::new(), r#"{"error":"this wants permission files:write, dear"}"#, Cause::Scope, "files:write"),
        (
            200,
            String::new(),
            r#"{"errors":[{"message":"Field 'a' requires one of the following scopes: ['x:a', 'x:b'], but your token has only been granted the: ['y'] scopes. Field 'b' requires one of the following scopes: ['x:c'], but your token has only been granted the: ['y'] scopes."}]}"#,
            Cause::Scope,
            "x:a x:c|x:b x:c",
        ),
        // in a challenge
        (403, challenge("insufficient_scope"), "", Cause::Scope, ""),
        (
            403,
            challenge(r#"Bearer realm="x", scope="a b", error="insufficient_scope", resource="/v1/users""#),
            r#"{"errorCode":"E0000006"}"#,
            Cause::Scope,
            "a b",
        ),
        (
            403,
            challenge(r#"Bearer error="insufficient_scope" scope="shop/read" error_description="no""#),
            "",
            Cause::Scope,
            "shop/read",
        ),
        (403, challenge(r#"UMA error="insufficient_scope", ticket="t""#), "", Cause::Scope, ""),
        (403, challenge(r#"Bearer error="insufficient_scope", scope="a", Basic realm="b""#), "", Cause::Scope, "a"),
        // a scope is missing; the server does not say which
        (401, String::new(), r#"{"error":"Access token does not have the required scopes"}"#, Cause::Scope, ""),
        (
            401,
            String::new(),
            r#"{"error":{"code":"scope_not_authorized","message":"The user did not authorize it"}}"#,
            Cause::Scope,
            "",
        ),
        (403, String::new(), r#"{"message":"Missing required OAuth2 scope","code":50026}"#, Cause::Scope, ""),
        (403, String::new(), r#"{"message":"Resource not accessible by integration"}"#, Cause::Scope, ""),
        // the application, not the token
        (
            400,
            String::new(),
            "Your app (ID: 1) is not permitted to access this endpoint because it does not have the required scope 'files.read'. Ask its owner",
            Cause::Application,
            "files.read",
        ),
        (
            403,
            String::new(),
            r#"{"error":{"errors":[{"reason":"accessNotConfigured"}],"message":"API has not been used in project 1"}}"#,
            Cause::Application,
            "",
        ),
        // the user, not the token
        (
            403,
            String::new(),
            r#"{"error":{"code":"AuthorizationFailed","message":"The client 'x' does not have authorization to perform action 'A/b/read' over scope '/subscriptions/1'"}}"#,
            Cause::Role,
            "",
        ),
        (
            403,
            String::new(),
            r#"{"error":{"status":"PERMISSION_DENIED","message":"Permission 'storage.objects.get' denied on resource 'x' (or it may not exist)."}}"#,
            Cause::Role,
            "",
        ),
        (
            403,
            String::new(),
            "<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on resource: x</Message></Error>",
            Cause::Role,
            "",
        ),
        (200, String::new(), r#"{"ok":false,"error":"restricted_action"}"#, Cause::Role, ""),
        (403, String::new(), r#"{"error":"You must be an administrator"}"#, Cause::Role, ""),
        (
            403,
            String::new(),
            r#"{"code":"api_plan_restricted","message":"Active subscription needed."}"#,
            Cause::Role,
            "",
        ),
        // the way in which the user signed in
        (401, challenge(r#"Bearer error="insufficient_user_authentication", max_age=5"#), "", Cause::StepUp, ""),
        (403, challenge(r#"Bearer error="interaction_required""#), "", Cause::StepUp, ""),
        (200, "X-GitHub-SSO: partial-results; organizations=1,2".to_owned(), "[]", Cause::StepUp, ""),
        // the token
        (
            401,
            challenge(
                r#"Bearer error="invalid_token", error_description="The access token provided is expired, revoked, malformed, or invalid for other reasons""#,
            ),
            "",
            Cause::TokenInvalid,
            "",
        ),
        (401, String::new(), r#"{"message":"The incoming token has expired"}"#, Cause::TokenExpired, ""),
        (
            401,
            String::new(),
            r#"{"error":"invalid_token","error_description":"issuer is not trusted"}"#,
            Cause::Issuer,
            "",
        ),
        (401, String::new(), "Jwt is missing", Cause::TokenInvalid, ""),
        (401, challenge(r#"DPoP error="use_dpop_nonce""#), "", Cause::Binding, ""),
        (302, "Location: https://login.test/login?next=x".to_owned(), "", Cause::TokenInvalid, ""),
        // in front of the API
        (403, "X-RateLimit-Remaining: 0".to_owned(), r#"{"message":"API rate limit exceeded"}"#, Cause::Transport, ""),
        (403, String::new(), r#"{"error":{"errors":[{"reason":"userRateLimitExceeded"}]}}"#, Cause::Transport, ""),
        (403, "cf-mitigated: challenge".to_owned(), "<html>", Cause::Transport, ""),
        // no known cause
        (422, String::new(), r#"{"message":"the scope is required: a:b"}"#, Cause::Unknown, ""),
        (403, String::new(), r#"{"detail":"CSRF Failed: CSRF token missing."}"#, Cause::Unknown, ""),
        (
            403,
            String::new(),
            r#"{"type":"urn:problem-type:x:missingPermission","title":"Missing Permission"}"#,
            Cause::Unknown,
            "",
        ),
        (200, String::new(), r#"{"scope":"a b","error":null,"errors":[]}"#, Cause::None, ""),
        (200, String::new(), r#"{"message":"insufficient scope is a fine title"}"#, Cause::None, ""),
        (200, String::new(), r#"{"ok":false,"error":"channel_not_found"}"#, Cause::Unknown, ""),
        (404, String::new(), r#"{"message":"Not Found"}"#, Cause::Unknown, ""),
        (404, "X-Accepted-OAuth-Scopes: ".to_owned(), "", Cause::Unknown, ""),
        (
            422,
            String::new(),
            r#"{"message":"Validation Failed","errors":[{"field":"a.b","code":"missing_field"}]}"#,
            Cause::Unknown,
            "",
        ),
        (
            403,
            String::new(),
            r#"{"message":"You are not allowed to see b.example.com or 10.0.0.1"}"#,
            Cause::Unknown,
            "",
        ),
        (403, String::new(), "", Cause::Unknown, ""),
    ] {
        let lines = if header.is_empty() { Vec::new() } else { vec![header.as_str()] };
        let found = diagnose(&Case {
            response: Response { status, headers: &headers(&lines), body: body.as_bytes() },
            api: None,
            endpoint: None,
            request: Request::default(),
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(
            (found.cause, lists(&found.missing).as_str()),
            (cause, missing),
            "{status} {header} {body} by {:?}",
            found.rule
        );
    }
}

#[test]
fn an_implied_granted_scope_is_not_missing() {
    for (granted, cause) in [("repo, gist", Cause::Unknown), ("gist", Cause::Scope)] {
        let lines = [format!("X-OAuth-Scopes: {granted}"), "X-Accepted-OAuth-Scopes: public_repo, repo".to_owned()];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let found = diagnose(&Case {
            response: Response { status: 404, headers: &headers(&lines), body: b"{}" },
            api: None,
            endpoint: None,
            request: Request::default(),
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(found.cause, cause, "{granted}");
    }
}
