use proptest::prelude::*;

use super::*;

fn shown(headers: &[&str]) -> String {
    let one = |challenge: &Challenge| {
        let parameters: Vec<String> =
            challenge.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}({}{})", challenge.scheme, challenge.token68.as_deref().unwrap_or_default(), parameters.join(";"))
    };
    parse_challenges(headers.iter().copied()).iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn challenges_of_the_grammar_are_parsed() {
    for (headers, expected) in [
        (&["Bearer"][..], "Bearer()"),
        (
            &[r#"Bearer realm="x", error="insufficient_scope", scope="a b""#],
            "Bearer(realm=x;error=insufficient_scope;scope=a b)",
        ),
        (&[r"Bearer error = insufficient_scope,scope=a"], "Bearer(error=insufficient_scope;scope=a)"),
        (&[r#"Basic realm="a, \"b\"", Bearer scope="c""#], "Basic(realm=a, \"b\") Bearer(scope=c)"),
        (&["Negotiate YII=, Bearer", "DPoP algs=\"ES256\""], "Negotiate(YII=) Bearer() DPoP(algs=ES256)"),
        (
            &[r#"UMA realm="e", as_uri="https://as.test", ticket="t-1""#],
            "UMA(realm=e;as_uri=https://as.test;ticket=t-1)",
        ),
        (
            &[r#"GNAP as_uri="https://as.test/tx", access="x""#, "Digest qop=auth"],
            "GNAP(as_uri=https://as.test/tx;access=x) Digest(qop=auth)",
        ),
        (&[r#"Bearer realm="", scope="""#], "Bearer(realm=;scope=)"),
        (
            &[r#"Bearer realm="api", DPoP algs="RS256 ES256", Negotiate"#],
            "Bearer(realm=api) DPoP(algs=RS256 ES256) Negotiate()",
        ),
        (&[""], ""),
    ] {
        assert_eq!(shown(headers), expected, "{headers:?}");
    }
}

#[test]
fn challenges_that_violate_the_grammar_are_parsed() {
    for (header, expected) in [
        // an unclosed quote, at the end and in the middle
        ("bearer SCOPE=\"x", "bearer(scope=x)"),
        (r#"Bearer error="e, scope="a b", realm="r""#, "Bearer(error=e;scope=a b;realm=r)"),
        (r#"Bearer error=e", scope=a""#, "Bearer(error=e;scope=a)"),
        // unescaped inner quotes
        (
            r#"Bearer error_description=""exp" claim check failed", scope="a""#,
            "Bearer(error_description=\"exp\" claim check failed;scope=a)",
        ),
        (
            r#"Bearer error_description="use "a", "b" or so", scope="c""#,
            "Bearer(error_description=use \"a\", \"b\" or so;scope=c)",
        ),
        // spaces instead of commas
        (
            r#"Bearer scope="" error="invalid_token" error_description="no valid audience""#,
            "Bearer(scope=;error=invalid_token;error_description=no valid audience)",
        ),
        (r#"Bearer realm="x" Basic realm="y""#, "Bearer(realm=x) Basic(realm=y)"),
        // no quotes, and single quotes
        ("Bearer scope=read write, error=x", "Bearer(scope=read write;error=x)"),
        ("Bearer realm=x Negotiate", "Bearer(realm=x) Negotiate()"),
        ("Bearer error='invalid_token', realm='it''s'", "Bearer(error=invalid_token;realm=it''s)"),
        // folded lines
        ("Bearer realm=\"x\",\r\n  scope=\"a\r\n b\"", "Bearer(realm=x;scope=a\r\n b)"),
        // no scheme, or an error in its place
        (r#"error="insufficient_scope", scope="a""#, "(error=insufficient_scope;scope=a)"),
        ("insufficient_scope", "insufficient_scope()"),
        (",, ,\u{e9} Bearer error=\"e\" ; scope=\"a\"", "Bearer(error=e;scope=a)"),
    ] {
        assert_eq!(shown(&[header]), expected, "{header:?}");
    }
}

#[test]
fn claims_are_decoded_from_any_base64_or_plain() {
    for (sent, expected) in [
        ("eyJhIjp7fX0=", Some(r#"{"a":{}}"#)),
        ("eyJhIjp7fX0", Some(r#"{"a":{}}"#)),
        ("eyJhIjoi8J-Uk_CflJM_fn4ifQ", Some("{\"a\":\"🔓🔓?~~\"}")),
        (r#"{\"a\":1}"#, Some(r#"{"a":1}"#)),
        ("bm8", None),
        ("%", None),
    ] {
        let header = format!("Bearer error=\"insufficient_claims\", claims=\"{sent}\"");
        let challenges = parse_challenges([header.as_str()]);
        assert_eq!(challenges.first().and_then(Challenge::claims).as_deref(), expected, "{sent}");
    }
}

proptest! {
    #[test]
    fn no_input_panics_and_output_is_not_longer(text in "[a-z=\"', ;\\\\é\r\n]{0,60}|\\PC{0,60}") {
        let challenges = parse_challenges([text.as_str()]);
        let read: usize = challenges
            .iter()
            .map(|challenge| {
                let parameters = challenge.parameters.iter().map(|(name, value)| name.len() + value.len());
                challenge.scheme.len() + challenge.token68.as_ref().map_or(0, String::len) + parameters.sum::<usize>()
            })
            .sum();
        prop_assert!(read <= text.len());
    }

    #[test]
    fn challenges_of_the_grammar_round_trip(
        sent in proptest::collection::vec(
            ("[A-Z][a-z]{2,8}", proptest::collection::vec(("[a-z_]{1,8}", "[ -~]{0,12}"), 1..4)),
            1..4,
        )
    ) {
        let quoted = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"");
        let header = sent
            .iter()
            .map(|(scheme, parameters)| {
                let parameters: Vec<String> =
                    parameters.iter().map(|(name, value)| format!("{name}=\"{}\"", quoted(value))).collect();
                format!("{scheme} {}", parameters.join(", "))
            })
            .collect::<Vec<_>>()
            .join(", ");
        let read: Vec<_> =
            parse_challenges([header.as_str()]).into_iter().map(|read| (read.scheme, read.parameters)).collect();
        prop_assert_eq!(read, sent, "{}", header);
    }
}
