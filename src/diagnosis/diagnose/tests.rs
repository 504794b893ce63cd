use super::*;
use crate::scope::{Pattern, Risk, Scope};

fn set(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

#[test]
fn causes_and_what_is_missing() {
    let mut hierarchy = Hierarchy::new();
    hierarchy.declare(Scope::parse("w").unwrap(), Risk::High, vec![Pattern::parse("r").unwrap()]);
    let challenge = |text: &str| vec![("WWW-Authenticate".to_owned(), text.to_owned())];
    let insufficient = |scope: &str| challenge(&format!(r#"Bearer error="insufficient_scope", scope="{scope}""#));
    // status, headers, body, required, granted (`-`: no token), cause, missing, agree
    for (status, headers, body, required, granted, cause, missing, agree) in [
        (200, vec![], "{}", "r", "r", Cause::None, "", Some(true)),
        (200, vec![], "{}", "w", "r", Cause::None, "", Some(false)),
        (403, insufficient("w"), "", "w", "r", Cause::Scope, "w", Some(true)),
        (403, insufficient("x"), "", "r", "w", Cause::Scope, "x", Some(false)),
        (403, insufficient("w c"), "", "w c", "w", Cause::Scope, "c", Some(true)),
        (401, insufficient("w"), "", "w", "r", Cause::Scope, "w", Some(true)),
        (403, vec![], "", "w", "r", Cause::Scope, "w", None),
        (403, vec![], "", "r", "r", Cause::Role, "", None),
        (
            404,
            vec![("X-Accepted-OAuth-Scopes".to_owned(), "w".to_owned())],
            "",
            "w",
            "r",
            Cause::Scope,
            "w",
            Some(true),
        ),
        (
            200,
            vec![],
            r#"{"ok":false,"error":"missing_scope","needed":"w,c","provided":"r"}"#,
            "w c",
            "r",
            Cause::Scope,
            "c w",
            Some(true),
        ),
        (
            200,
            vec![],
            r#"{"errors":[{"type":"INSUFFICIENT_SCOPE","message":"no"}]}"#,
            "w",
            "r",
            Cause::Scope,
            "w",
            Some(true),
        ),
        (401, challenge("Bearer"), "", "r", "-", Cause::TokenInvalid, "", None),
        (401, challenge(r#"Bearer error="invalid_token""#), "", "r", "r", Cause::TokenInvalid, "", None),
        (401, challenge(r#"DPoP error="use_dpop_nonce""#), "", "r", "r", Cause::Binding, "", None),
        (
            401,
            challenge(r#"Bearer error="insufficient_user_authentication", acr_values="mfa""#),
            "",
            "r",
            "r",
            Cause::StepUp,
            "",
            None,
        ),
        (429, insufficient("w"), "", "w", "r", Cause::Transport, "", None),
        (502, vec![], "<html>", "r", "r", Cause::Transport, "", None),
        (404, vec![], "", "r", "r", Cause::Unknown, "", None),
    ] {
        let required = Requirement::all_of(set(required));
        let token = (granted != "-").then(|| TokenEvidence {
            granted: Some(set(granted)),
            validity: Some(Validity::Valid(None)),
            audience: Vec::new(),
            issuer: None,
        });
        let found = diagnose(&Case {
            answer: Answer { status, headers: &headers, body: body.as_bytes() },
            required: Some(&required),
            hierarchy: &hierarchy,
            token: token.as_ref(),
            expected_audience: None,
            expected_issuer: None,
            now: Timestamp::UNIX_EPOCH,
        });
        let lists: Vec<String> = found.missing.iter().map(ToString::to_string).collect();
        let agreed = if agree.is_some() || cause == Cause::Scope { found.agree } else { agree };
        assert_eq!(
            (found.cause, lists.join("|").as_str(), agreed),
            (cause, missing, agree),
            "{status} {headers:?} {body}"
        );
    }
}

#[test]
fn the_token_itself_is_looked_at_before_its_scopes() {
    let hierarchy = Hierarchy::new();
    let required = Requirement::all_of(set("w"));
    for (validity, audience, issuer, status, cause) in [
        (Validity::Expired(Timestamp::UNIX_EPOCH), "api", "iss", 403, Cause::TokenExpired),
        (Validity::Malformed("exp"), "api", "iss", 401, Cause::TokenInvalid),
        (Validity::Valid(None), "other", "iss", 401, Cause::Audience),
        (Validity::Valid(None), "api", "iss", 403, Cause::Scope),
    ] {
        let token = TokenEvidence {
            granted: Some(ScopeSet::new()),
            validity: Some(validity),
            audience: vec![audience.to_owned()],
            issuer: Some(issuer.to_owned()),
        };
        let found = diagnose(&Case {
            answer: Answer { status, headers: &[], body: b"" },
            required: Some(&required),
            hierarchy: &hierarchy,
            token: Some(&token),
            expected_audience: Some("api"),
            expected_issuer: Some("iss"),
            now: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(found.cause, cause, "{audience} {issuer}");
    }
}
