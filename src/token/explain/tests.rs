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
    rows.map(|row| format!("{}|{}|{}|{}", row.name, row.value, row.words, row.source)).collect()
}

#[test]
fn claims_in_their_order_with_words_and_times() {
    assert_eq!(
        rows(r#"{"zzz":[1],"exp":1763930040,"aud":["a","b"],"big":123456789012345678901234567890}"#),
        [
            "zzz|[1]||",
            "exp|2025-11-23 20:34:00 UTC|the time from which on it must be refused: expires in 54 min|RFC 7519 §4.1.4",
            "aud|a b|whom it is meant for: anyone else must refuse it|RFC 7519 §4.1.3",
            "big|123456789012345678901234567890||",
        ]
    );
}

#[test]
fn odd_times_are_shown_as_they_are_and_named() {
    for (value, shown, remark) in [
        ("1763930040000", "1763930040000", "in milliseconds it would be 2025-11-23 20:34:00 UTC"),
        ("9223372036854775807", "9223372036854775807", "out of range"),
        ("\"soon\"", "\"soon\"", "no number of seconds"),
    ] {
        let rows = rows(&format!(r#"{{"exp":{value}}}"#));
        assert_eq!(rows, [format!("exp|{shown}|the time from which on it must be refused: {remark}|RFC 7519 §4.1.4")]);
    }
}

#[test]
fn the_words_are_those_of_the_provider_and_of_the_kind_of_token() {
    let entra = rows(r#"{"iss":"https://login.microsoftonline.com/t/v2.0","scp":"User.Read","oid":"o"}"#);
    assert!(entra[1].contains("delegated permissions"), "{}", entra[1]);
    let id = rows(r#"{"iss":"https://i","sub":"s","aud":"c","nonce":"n","exp":1763930040,"iat":1}"#);
    assert!(id[2].contains("never for an API"), "{}", id[2]);
}

#[test]
fn objects_with_known_members_are_opened() {
    assert_eq!(
        rows(r#"{"iss":"https://k/realms/r","resource_access":{"orders":{"roles":["a","b"]}},"cnf":{"jkt":"x","y":1},"o":{"p":1}}"#)
            .into_iter()
            .map(|row| row.splitn(3, '|').take(2).collect::<Vec<_>>().join("|"))
            .collect::<Vec<_>>(),
        ["iss|https://k/realms/r", "resource_access/orders/roles|a b", "cnf/jkt|x", "cnf/y|1", "o|{\"p\":1}"]
    );
}

#[test]
fn four_lines() {
    for (claims, whom, what) in [
        (r#"{"sub":"alice","azp":"web","scope":"a b"}"#, "alice, by client web", "a b"),
        (r#"{"sub":"web","client_id":"web"}"#, "client web itself", "not known: it names no scopes"),
        (
            r#"{"sub":"alice","cnf":{"jkt":"x"},"scope":""}"#,
            "alice; only with the key that it is bound to",
            "nothing: its list of scopes is empty",
        ),
        (r#"{"iss":"i","sub":"alice","aud":"c","nonce":"n"}"#, "alice", "no scopes: it is an ID token"),
        (r#"{"sub":"alice","scope":"a\u0000b"}"#, "alice", "not known: what it names as scopes are none"),
        (r#"{"sub":"alice","scope":7,"roles":[]}"#, "alice", "not known: what it names as scopes are none"),
        (r#"{"sub":"alice","realm_access":{"roles":[]}}"#, "alice", "nothing: its list of scopes is empty"),
    ] {
        let summary = summarise(&decoded(claims), now());
        assert_eq!((summary.whom.as_str(), summary.what.as_str()), (whom, what));
    }
    let opaque = summarise(&decode("xoxb-123456789012-987654321098-abcdefgh", now()), now());
    assert!(opaque.whom.contains("bot token") && opaque.issuer == "Slack" && opaque.what.contains("auth.test"));
}

#[test]
fn nothing_is_said_of_what_stood_behind_a_cut() {
    let whole = decoded(r#"{"jti":"1","iss":"i","sub":"alice","aud":"c","scope":"a b","exp":1}"#);
    let cut = |claims: &str| {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        decode(&format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims)), now())
    };
    assert!(whole.has_all_claims());
    for (claims, whom, issuer, what) in [
        (r#"{"jti":"1","iss"#, "a subject that was cut off", "an issuer that was cut off", CUT),
        (r#"{"scp":["a","b","c"#, "a subject that was cut off", "an issuer", "a b; what stood behind the cut"),
        (r#"{"sub":"alice","iss":"i","sc"#, "alice", "i, for an audience that was cut off", CUT),
    ] {
        let decoded = cut(claims);
        let summary = summarise(&decoded, now());
        assert!(!decoded.has_all_claims(), "{claims}");
        assert_eq!(summary.until, CUT, "{claims}");
        assert_eq!(summary.whom, whom, "{claims}");
        assert!(summary.issuer.starts_with(issuer) && summary.what.starts_with(what), "{summary:?}");
        let codes: Vec<&str> = decoded.findings.iter().map(|finding| finding.code.name).collect();
        assert_eq!(codes, ["token-truncated"], "{claims}");
    }
    // without its signature the claims are still whole, and what they lack they lack
    let unsigned = cut(r#"{"sub":"alice"}"#);
    assert_eq!(summarise(&unsigned, now()).until, "for ever: it has no `exp`");
    assert!(unsigned.findings.iter().any(|finding| finding.code.name == "no-expiry"));
}

#[test]
fn the_lines_are_true_of_every_kind_of_token() {
    let token = |header: &str, claims: &str| {
        let decoded =
            decode(&format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)), now());
        let Summary { whom, issuer, what, until } = summarise(&decoded, now());
        [whom, issuer, what, until].join("|")
    };
    for (header, claims, lines) in [
        (
            r#"{"alg":"ES256","typ":"dpop+jwt"}"#,
            r#"{"htm":"POST","htu":"https://a/x","iat":1,"jti":"j"}"#,
            "the holder of the key in its header|its sender, for one request: POST https://a/x|no scopes: it is a DPoP \
             proof|not said: it has no `exp`, and a DPoP proof needs none",
        ),
        (
            r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#,
            r#"{"iss":"https://i","vct":"x"}"#,
            "no subject|https://i, for an audience that such a token need not name|no scopes: it is a verifiable \
             credential|not said: it has no `exp`, and a verifiable credential needs none",
        ),
        (r#"{"alg":"ES256"}"#, "", &["not known: the payload is kept beside the token"; 4].join("|")),
        (r#"{"alg":"ES256"}"#, "hello", &["not known: the payload is no claims set"; 4].join("|")),
    ] {
        assert_eq!(token(header, claims), lines, "{header} {claims}");
    }
    let inside = format!(
        "ghs_123_{}.{}.c2ln",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#),
        URL_SAFE_NO_PAD.encode(r#"{"exp":1763930040}"#)
    );
    assert_eq!(
        summarise(&decode(&inside, now()), now()).until,
        "2025-11-23 20:34:00 UTC, in 54 min (by the token inside)"
    );
    let words = |header: &str, claims: &str, name: &str| {
        let decoded =
            decode(&format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)), now());
        explain_claims(&decoded, now()).into_iter().find(|row| row.name == name).unwrap().words
    };
    let assertion = r#"{"iss":"c","sub":"c","aud":"https://i/token","exp":1,"jti":"1"}"#;
    assert_eq!(words(r#"{"alg":"RS256"}"#, assertion, "iss"), "the client that signed it");
    assert_eq!(words(r#"{"alg":"ES256","typ":"kb+jwt"}"#, r#"{"aud":"v"}"#, "aud"), "the verifier that it is shown to");
    let header = Json::parse(r#"{"alg":"dir","enc":"A256GCM","kid":"1"}"#).unwrap();
    assert_eq!(explain_header(&header)[2].words, "which of the recipient's keys");
}

#[test]
fn a_time_out_of_range_is_no_date() {
    for (claims, until) in [
        (r#"{"exp":-1e300}"#, "expired: its `exp` is out of range, before every calendar"),
        (r#"{"exp":1e300}"#, "for ever: its `exp` is out of range, beyond every calendar"),
        (r#"{"nbf":99999999999999}"#, "never valid: its `nbf` is out of range, beyond every calendar"),
    ] {
        let decoded = decoded(claims);
        assert_eq!(summarise(&decoded, now()).until, until);
        assert!(decoded.findings.iter().all(|finding| !finding.message.contains("years")), "{:?}", decoded.findings);
    }
}

#[test]
fn a_name_is_explained_wherever_it_has_a_meaning() {
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
