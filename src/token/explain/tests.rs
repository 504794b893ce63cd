use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::token::decode;

fn now() -> Timestamp {
    Timestamp::from_second(1_763_926_800).unwrap()
}

fn decoded(claims: &str) -> Decoded {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
    decode(&format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)), now())
}

fn rows(claims: &str) -> Vec<String> {
    let rows = explain_claims(&decoded(claims), now()).into_iter();
    rows.map(|row| format!("{}|{}|{}|{}", row.name, row.value, row.meaning, row.source)).collect()
}

#[test]
fn claims_are_explained_in_token_order() {
    assert_eq!(
        rows(r#"{"zzz":[1],"exp":1763930040,"aud":["a","b"],"big":123456789012345678901234567890}"#),
        [
            "zzz|[1]||",
            "exp|2025-11-23 20:34:00 UTC|expiration time (in 54 min)|RFC 7519 §4.1.4",
            "aud|a b|audience: other APIs must reject this token|RFC 7519 §4.1.3",
            "big|123456789012345678901234567890||",
        ]
    );
}

#[test]
fn invalid_times_are_shown_as_written() {
    for (value, shown, remark) in [
        ("1763930040000", "1763930040000", "as milliseconds: 2025-11-23 20:34:00 UTC"),
        ("9223372036854775807", "9223372036854775807", "out of range"),
        ("\"soon\"", "\"soon\"", "not a number of seconds"),
    ] {
        let rows = rows(&format!(r#"{{"exp":{value}}}"#));
        assert_eq!(rows, [format!("exp|{shown}|expiration time ({remark})|RFC 7519 §4.1.4")]);
    }
}

#[test]
fn provider_and_kind_of_token_decide_the_meaning_of_a_claim() {
    let entra = rows(r#"{"iss":"https://login.microsoftonline.com/t/v2.0","scp":"User.Read","oid":"o"}"#);
    assert!(entra[1].contains("delegated permissions of the client"), "{}", entra[1]);
    let id = rows(r#"{"iss":"https://i","sub":"s","aud":"c","nonce":"n","exp":1763930040,"iat":1}"#);
    assert!(id[2].contains("APIs must reject an ID token"), "{}", id[2]);
}

#[test]
fn objects_with_known_members_become_one_row_per_member() {
    assert_eq!(
        rows(r#"{"iss":"https://k/realms/r","resource_access":{"orders":{"roles":["a","b"]}},"cnf":{"jkt":"x","y":1},"o":{"p":1}}"#)
            .into_iter()
            .map(|row| row.splitn(3, '|').take(2).collect::<Vec<_>>().join("|"))
            .collect::<Vec<_>>(),
        ["iss|https://k/realms/r", "resource_access/orders/roles|a b", "cnf/jkt|x", "cnf/y|1", "o|{\"p\":1}"]
    );
}

#[test]
fn summary_names_subject_and_scopes() {
    for (claims, subject, scopes) in [
        (r#"{"sub":"alice","azp":"web","scope":"a b"}"#, "alice (client web)", "a b"),
        (r#"{"sub":"web","client_id":"web"}"#, "web (the client itself)", "unknown: no claim lists scopes"),
        (
            r#"{"sub":"alice","cnf":{"jkt":"x"},"scope":""}"#,
            "alice; bound to a key",
            "none: the list of scopes is empty",
        ),
        (r#"{"iss":"i","sub":"alice","aud":"c","nonce":"n"}"#, "alice", "none: this is an ID token"),
        (r#"{"sub":"alice","scope":"a\u0000b"}"#, "alice", "unknown: the claims list no valid scope"),
        (r#"{"sub":"alice","scope":7,"roles":[]}"#, "alice", "unknown: the claims list no valid scope"),
        (r#"{"sub":"alice","realm_access":{"roles":[]}}"#, "alice", "unknown: no claim lists scopes"),
        (
            r#"{"sub":"alice","realm_access":{"roles":["a","b"]}}"#,
            "alice",
            "unknown: no claim lists scopes, only roles: a b",
        ),
    ] {
        let summary = summarize(&decoded(claims), now());
        assert_eq!((summary.subject.as_str(), summary.scopes.as_str()), (subject, scopes));
    }
    let opaque = summarize(&decode("xoxb-123456789012-987654321098-abcdefgh", now()), now());
    assert_eq!(opaque.issuer, "Slack: bot token");
    assert!(opaque.scopes.contains("auth.test"), "{opaque:?}");
}

#[test]
fn summary_of_a_truncated_token_claims_nothing_about_missing_claims() {
    let whole = decoded(r#"{"jti":"1","iss":"i","sub":"alice","aud":"c","scope":"a b","exp":1}"#);
    let cut = |claims: &str| {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        decode(&format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims)), now())
    };
    assert!(whole.has_all_claims());
    for (claims, issuer, subject, scopes) in [
        (r#"{"jti":"1","iss"#, TRUNCATED, TRUNCATED, TRUNCATED),
        (r#"{"scp":["a","b","c"#, TRUNCATED, TRUNCATED, "a b; possibly more: the token is truncated"),
        (r#"{"sub":"alice","iss":"i","sc"#, "i", "alice", TRUNCATED),
    ] {
        let decoded = cut(claims);
        let summary = summarize(&decoded, now());
        assert!(!decoded.has_all_claims(), "{claims}");
        assert_eq!((summary.audience.as_str(), summary.expires.as_str()), (TRUNCATED, TRUNCATED), "{claims}");
        assert_eq!((summary.issuer.as_str(), summary.subject.as_str()), (issuer, subject), "{claims}");
        assert_eq!(summary.scopes, scopes, "{claims}");
        let codes: Vec<&str> = decoded.findings.iter().map(|finding| finding.code.name).collect();
        assert_eq!(codes, ["token-truncated"], "{claims}");
    }
    // without its signature the claims are still complete
    let unsigned = cut(r#"{"sub":"alice"}"#);
    assert_eq!(summarize(&unsigned, now()).expires, "never: no `exp` claim");
    assert!(unsigned.findings.iter().any(|finding| finding.code.name == "no-expiry"));
}

#[test]
fn summary_fits_every_kind_of_token() {
    let token = |header: &str, claims: &str| {
        let decoded =
            decode(&format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)), now());
        summarize(&decoded, now()).rows().map(|(_, text)| text.to_owned()).join("|")
    };
    for (header, claims, lines) in [
        (
            r#"{"alg":"ES256","typ":"dpop+jwt"}"#,
            r#"{"htm":"POST","htu":"https://a/x","iat":1,"jti":"j"}"#,
            "the sender of the request|the holder of the key in the header|a single request: POST https://a/x|none: this \
             is a DPoP proof|not set: optional in a DPoP proof",
        ),
        (
            r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#,
            r#"{"iss":"https://i","vct":"x"}"#,
            "https://i|none|none: optional in a verifiable credential|none: this is a verifiable credential|not set: \
             optional in a verifiable credential",
        ),
        (r#"{"alg":"ES256"}"#, "", "unknown: the payload is detached|unknown|unknown|unknown|unknown"),
        (r#"{"alg":"ES256"}"#, "hello", "unknown: the payload is not a JWT claims set|unknown|unknown|unknown|unknown"),
    ] {
        assert_eq!(token(header, claims), lines, "{header} {claims}");
    }
    let inside = format!(
        "ghs_123_{}.{}.c2ln",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#),
        URL_SAFE_NO_PAD.encode(r#"{"exp":1763930040}"#)
    );
    assert_eq!(
        summarize(&decode(&inside, now()), now()).expires,
        "2025-11-23 20:34:00 UTC (in 54 min), from the token inside"
    );
}

#[test]
fn claims_of_assertions_and_key_bindings_have_their_own_meaning() {
    let meaning = |header: &str, claims: &str, name: &str| {
        let decoded =
            decode(&format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)), now());
        explain_claims(&decoded, now()).into_iter().find(|row| row.name == name).unwrap().meaning
    };
    let assertion = r#"{"iss":"c","sub":"c","aud":"https://i/token","exp":1,"jti":"1"}"#;
    assert_eq!(meaning(r#"{"alg":"RS256"}"#, assertion, "iss"), "issuer: the client that signed it");
    assert_eq!(
        meaning(r#"{"alg":"ES256","typ":"kb+jwt"}"#, r#"{"aud":"v"}"#, "aud"),
        "audience: the verifier that it is presented to"
    );
    let header = Json::parse(r#"{"alg":"dir","enc":"A256GCM","kid":"1"}"#).unwrap();
    assert_eq!(explain_header(&header)[2].meaning, "identifier of the recipient's key");
}

#[test]
fn times_out_of_range_are_not_shown_as_dates() {
    for (claims, expires) in [
        (r#"{"exp":-1e300}"#, "expired: `exp` is out of range"),
        (r#"{"exp":1e300}"#, "never: `exp` is out of range"),
        (r#"{"nbf":99999999999999}"#, "never valid: `nbf` is out of range"),
    ] {
        let decoded = decoded(claims);
        assert_eq!(summarize(&decoded, now()).expires, expires);
        assert!(decoded.findings.iter().all(|finding| !finding.message.contains("years")), "{:?}", decoded.findings);
    }
}

/// Microsoft documents `pwd_exp` as seconds after `iat`, so that it is not a date.
#[test]
fn password_expiry_of_entra_is_not_shown_as_a_date() {
    let rows = rows(r#"{"iss":"https://login.microsoftonline.com/t/v2.0","pwd_exp":1209600}"#);
    assert!(rows[1].starts_with("pwd_exp|1209600|seconds after `iat`"), "{}", rows[1]);
}

#[test]
fn names_are_explained_in_every_context() {
    let kinds = |name: &str| entries(name).iter().map(|entry| (entry.kind, entry.context)).collect::<Vec<_>>();
    assert_eq!(kinds("scp")[0], (EntryKind::Claim, ""));
    assert!(kinds("scp").contains(&(EntryKind::Claim, "Microsoft Entra")));
    assert!(kinds("nonce").contains(&(EntryKind::Parameter, "")));
    assert_eq!(kinds("rs256"), [(EntryKind::Algorithm, "")]);
    assert_eq!(kinds("at+jwt"), [(EntryKind::Purpose, "")]);
    assert_eq!(kinds("ghp_"), [(EntryKind::Prefix, "GitHub")]);
    assert_eq!(kinds("nothing of the kind"), []);
    for name in names() {
        assert!(!entries(name).is_empty(), "{name}");
    }
}
