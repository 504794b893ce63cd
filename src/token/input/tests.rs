use proptest::prelude::*;

use super::*;

#[test]
fn a_token_is_found_in_whatever_was_pasted() {
    for text in [
        "eyJh.eyJz.c2ln",
        "  eyJh.eyJz.c2ln\r\n",
        "\"eyJh.eyJz.c2ln\"",
        "'eyJh.eyJz.c2ln',",
        "“eyJh.eyJz.c2ln”",
        "\u{feff}eyJh.\u{200b}eyJz.c2ln",
        "Bearer eyJh.eyJz.c2ln",
        "bEARER   eyJh.eyJz.c2ln",
        "DPoP eyJh.eyJz.c2ln",
        "Bearer Bearer eyJh.eyJz.c2ln",
        "Authorization: Bearer Bearer eyJh.eyJz.c2ln",
        "Bearer%20eyJh.eyJz.c2ln",
        "bearer%20eyJh%2EeyJz%2Ec2ln",
        "eyJh.eyJz.c2ln.",
        "Bearer eyJh.eyJz.c2ln.",
        "Bearer+eyJh.eyJz.c2ln",
        "Authorization=Bearer%20eyJh.eyJz.c2ln",
        "Bearer%2520eyJh%252EeyJz%252Ec2ln",
        "token:eyJh.eyJz.c2ln",
        "> eyJh.\n> eyJz.\n> c2ln",
        "eyJh.\\\neyJz.\\\nc2ln",
        "eyJh.e=\nyJz.c=\n2ln",
        "Authorization: Bearer eyJh.eyJz.c2ln",
        "authorization:bearer eyJh.eyJz.c2ln",
        "Authorization: eyJh.eyJz.c2ln",
        "Authorization: token eyJh.eyJz.c2ln",
        "SSWS eyJh.eyJz.c2ln",
        "GET / HTTP/1.1\nAuthorization: token eyJh.eyJz.c2ln\n\n",
        "\"Authorization: Bearer eyJh.eyJz.c2ln\"",
        "eyJh.\n  eyJz.\n  c2ln",
        "Bearer eyJh.\neyJz.c2ln",
        r#"{"token_type":"Bearer","access_token":"eyJh.eyJz.c2ln","expires_in":"60","scope":"a b"}"#,
        r#"{"id_token":"eyJh.eyJz.c2ln"}"#,
        "curl -H 'Authorization: Bearer eyJh.eyJz.c2ln' https://api.example.com/orders -d x",
        "curl --oauth2-bearer eyJh.eyJz.c2ln https://api.example.com/",
        "curl https://api.example.com/ \\\n  --header \"Authorization: Bearer eyJh.eyJz.c2ln\" \\\n  -X POST",
        "https://app.example.com/cb#access_token=eyJh.eyJz.c2ln&token_type=bearer",
        "https://api.example.com/x?a=1&access_token=eyJh.eyJz.c2ln",
        "https://app.example.com/cb#id_token=eyJh.eyJz.c2ln&state=x",
        "grant_type=x&assertion=eyJh.eyJz.c2ln&scope=y",
        "curl 'https://api.example.com/x?access_token=eyJh.eyJz.c2ln' -v",
        "GET /orders HTTP/1.1\r\nHost: api.example.com\r\nauthorization: Bearer eyJh.eyJz.c2ln\r\nAccept: */*\r\n\r\n",
        "GET /x?access_token=eyJh.eyJz.c2ln HTTP/1.1\r\nHost: a\r\n\r\n",
        "* Trying 127.0.0.1\n> GET /x HTTP/1.1\n> Host: a\n> Authorization: DPoP eyJh.eyJz.c2ln\n> \n< HTTP/1.1 200 OK\n",
        "HTTP/1.1 200 OK\ncontent-type: application/json\n\n{\"access_token\":\"eyJh.eyJz.c2ln\"}",
        "HTTP/1.1 200 OK\nSet-Cookie: a=b; Path=/\nSet-Cookie: session=eyJh.eyJz.c2ln; HttpOnly\n\n",
        "POST /token HTTP/1.1\nHost: a\n\ngrant_type=refresh_token&refresh_token=eyJh.eyJz.c2ln",
        "Cookie: theme=dark; id=eyJh.eyJz.c2ln; x=y",
        "export TOKEN=eyJh.eyJz.c2ln",
        "TOKEN='eyJh.eyJz.c2ln'",
        "# of the API\nURL=https://api.example.com\nAPI_TOKEN=\"eyJh.eyJz.c2ln\"\n",
        "$env:TOKEN = \"eyJh.eyJz.c2ln\"",
        "set TOKEN=eyJh.eyJz.c2ln",
        r#"{"accessToken":"eyJh.eyJz.c2ln","expiresOn":"2026"}"#,
        r#"{"AuthenticationResult":{"AccessToken":"eyJh.eyJz.c2ln","IdToken":"x"}}"#,
        r#"{"kind":"TokenRequest","status":{"token":"eyJh.eyJz.c2ln"}}"#,
        r#"{"ok":true,"authed_user":{"access_token":"eyJh.eyJz.c2ln"}}"#,
        r#"{"log":{"entries":[{"request":{"url":"https://a/","headers":[{"name":"Accept","value":"*/*"}]}},{"request":{"headers":[{"name":"authorization","value":"Bearer eyJh.eyJz.c2ln"}]}}]}}"#,
        r#"{"log":{"entries":[{"request":{"url":"https://a/?access_token=eyJh.eyJz.c2ln","headers":[]}}]}}"#,
        "https://app.example.com/cb?id_token=eyJh%2EeyJz%2Ec2ln",
        r#"{"log":{"entries":[{"request":{"url":"https://a/"},"response":{"content":{"text":"{\"access_token\":\"eyJh.eyJz.c2ln\"}"}}}]}}"#,
    ] {
        let found = detect(text).map(|input| input.token.expose().to_owned());
        assert_eq!(found.as_deref(), Ok("eyJh.eyJz.c2ln"), "{text}");
    }
    let response = detect(r#"{"access_token":"opaque","expires_in":60,"scope":"a b"}"#).unwrap();
    assert_eq!((response.scope.as_deref(), response.expires_in), (Some("a b"), Some(Duration::from_mins(1))));
}

#[test]
fn where_there_is_no_token_it_says_why() {
    for (text, error) in [
        ("", InputError::Empty),
        (" \n\u{feff}\"\" ", InputError::Empty),
        ("{}", InputError::NoTokenInJson),
        (r#"{"error":"invalid_grant"}"#, InputError::ErrorResponse("invalid_grant".to_owned())),
        ("{\"access_token\":", InputError::NotFound),
        ("there is no token here", InputError::NotFound),
        ("Bearer", InputError::NotFound),
        ("curl https://api.example.com/", InputError::NotFound),
        ("GET / HTTP/1.1\nHost: a\n\n", InputError::NotFound),
        ("A=1\nB=2\n", InputError::NotFound),
        (r#"{"log":{"entries":[]}}"#, InputError::NoTokenInJson),
        (r#"{"payload":1,"signature":"x"}"#, InputError::NoTokenInJson),
        ("Authorization: Basic dXNlcjpwYXNz", InputError::NotFound),
        ("https://app.example.com/cb?code=x&state=y", InputError::NotFound),
        ("$(id)", InputError::NotFound),
        ("[1]", InputError::NotFound),
        (r#"{"active":false}"#, InputError::Inactive),
        (r#"{"data":{"is_valid":false,"scopes":[]}}"#, InputError::Inactive),
        ("bad", InputError::Placeholder),
        ("undefined", InputError::Placeholder),
        ("access_token", InputError::Placeholder),
        ("your-access-token", InputError::Placeholder),
        ("your-jwt-goes-here", InputError::Placeholder),
        ("paste_token_here", InputError::Placeholder),
        ("xxxxxxxxxxxxxxxxxxxx", InputError::Placeholder),
        ("missing-file.txt", InputError::Placeholder),
        ("Bearer YOUR_JWT", InputError::Placeholder),
        ("Bearer undefined", InputError::Placeholder),
        ("Authorization: Bearer null", InputError::Placeholder),
        ("$ACCESS_TOKEN", InputError::Placeholder),
        ("Bearer YOUR_ACCESS_TOKEN", InputError::Placeholder),
        ("eyJh.eyJz.c2ln\neyJh.eyJz.c2ln", InputError::Several(2)),
        ("Bearer eyJh.eyJz.c2ln eyJh.eyJz.c2ln eyJh.eyJz.c2ln", InputError::Several(3)),
    ] {
        assert_eq!(detect(text).map(|_| ()), Err(error), "{text}");
    }
    assert_eq!(detect("\u{fffd}\u{fffd}k\u{fffd}").map(|_| ()), Err(InputError::NotFound));
    assert!(detect("eyJh\u{fffd}.eyJz.c2ln").is_ok());
}

#[test]
fn a_token_is_found_anywhere_in_a_text_unless_there_are_several() {
    let (jwt, github) = ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", format!("ghp_{}", "a".repeat(36)));
    for text in [
        format!("the token is {jwt}, please look at it"),
        format!("access_token: {jwt}\nexpires: 60\n"),
        format!("fetch('https://a', {{headers: {{Authorization: 'Bearer {jwt}'}}}})"),
        format!("wget --header=\"Authorization: Bearer {jwt}\" https://a"),
        format!("[\"{jwt}\"]"),
        format!("{{\"log\":{{\"entries\":[{{\"request\":{{\"postData\":{{\"text\":\"a={jwt}\"}}}}}}]}}}}"),
        format!("\u{fffd}\u{fffd}{jwt}"),
        format!("first {jwt} and once more {jwt}"),
    ] {
        assert_eq!(detect(&text).unwrap().token.expose(), jwt, "{text}");
    }
    assert_eq!(detect(&format!("a {github} here")).unwrap().token.expose(), github);
    let both = detect(&format!("a {github} here and a {jwt} there")).map(|_| ());
    assert_eq!(both, Err(InputError::Several(2)));
}

#[test]
fn of_several_tokens_none_is_read_and_none_is_repeated() {
    let one = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvbmUifQ.c2ln";
    let other = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvdGhlciJ9.c2ln";
    for text in [
        format!("{one}\n{other}"),
        format!("{one} {other}"),
        format!("Bearer {one}\r\nBearer {other}"),
        format!("{one}\t\n\n{other}\n"),
        format!("\u{feff}{one}\u{200b} \u{200b}{other}"),
        format!("a {one} and a {other}"),
    ] {
        let error = detect(&text).map(|_| ()).unwrap_err();
        assert_eq!(error, InputError::Several(2), "{text}");
        assert!(!error.to_string().contains("eyJ"), "{error}");
    }
    // what was read before leaves nothing behind
    assert_eq!(detect(one).unwrap().token.expose(), one);
    assert!(detect(&format!("{one}\n{other}")).is_err());
    assert_eq!(detect(other).unwrap().token.expose(), other);
}

#[test]
fn the_limit_is_named_and_can_be_moved() {
    let limit = |text: &str, most| detect_within(text, most).map(|_| ()).map_err(|error| error.to_string());
    let refused = |most: usize| Err(format!("the input has more than {most} bytes"));
    assert_eq!(limit(&"a".repeat(MOST_BYTES), MOST_BYTES), Ok(()));
    assert_eq!(limit(&"a".repeat(MOST_BYTES + 1), MOST_BYTES), refused(1_048_576));
    assert_eq!(limit(&"a".repeat(MOST_BYTES + 1), 2 * MOST_BYTES), Ok(()));
    assert_eq!(limit(&"a".repeat(11), 10), refused(10));
    // a document may be larger than the token in it
    let document = format!("{{\"comment\":\"{}\",\"access_token\":\"{}\"}}", "x".repeat(100), "a".repeat(11));
    assert_eq!(limit(&document, 11), Ok(()));
    assert_eq!(limit(&document, 10), refused(10));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(?s).{0,80}") {
        let _ = detect(&text);
    }
}

#[test]
fn it_says_whether_the_token_was_sent_to_an_api() {
    for (text, sent) in [
        ("Bearer eyJh.eyJz.c2ln", true),
        ("Authorization: Bearer eyJh.eyJz.c2ln", true),
        ("GET / HTTP/1.1\nAuthorization: Bearer eyJh.eyJz.c2ln\n\n", true),
        ("eyJh.eyJz.c2ln", false),
        (r#"{"access_token":"eyJh.eyJz.c2ln"}"#, false),
    ] {
        assert_eq!(detect(text).unwrap().sent, sent, "{text}");
    }
}

#[test]
fn a_token_in_json_serialization_is_the_whole_object() {
    for text in [
        r#"{"payload":"AA","protected":"AA","signature":"AA"}"#,
        r#"{"payload":"AA","signatures":[]}"#,
        r#"{"protected":"AA","ciphertext":"AA"}"#,
    ] {
        assert_eq!(detect(&format!(" {text}\n")).unwrap().token.expose(), text);
    }
}

#[test]
fn what_was_left_out_of_the_text_is_reported() {
    let hidden = |character| Some(LeftOut::Character(character));
    for (text, left_out) in [
        ("eyJh.eyJz.c2ln", None),
        (" \teyJh.eyJz.c2ln\r\n", None),
        ("Bearer eyJh.eyJz.c2ln", None),
        ("\"eyJh.eyJz.c2ln\",", None),
        ("https://a.test/#access_token=eyJh.eyJz.c2l%2Bn", None),
        (r#"{"access_token":"\u0065yJh.eyJz.c2ln"}"#, None),
        ("eyJh.ey\0Jz.c2ln", hidden('\0')),
        ("eyJh.ey\u{202e}Jz.c2ln", hidden('\u{202e}')),
        ("\u{feff}eyJh.eyJz.c2ln", hidden('\u{feff}')),
        ("eyJh.eyJz.c2ln\u{200b}\n", hidden('\u{200b}')),
        ("eyJh.eyJz.\n  c2ln", Some(LeftOut::WhiteSpace)),
        ("Authorization: Bearer eyJh.\r\n eyJz.c2ln", Some(LeftOut::WhiteSpace)),
        ("eyJh.eyJz.\u{2028}c2ln", hidden('\u{2028}')),
    ] {
        assert_eq!(detect(text).unwrap().left_out, left_out, "{text:?}");
    }
}

#[test]
fn a_token_response_with_a_repeated_member_is_refused() {
    for text in [
        r#"{"access_token":"eyJh.eyJz.c2ln","access_token":"eyJh.eyJz.eHh4"}"#,
        r#"{"access_token":"eyJh.eyJz.c2ln","scope":"r","scope":"r w"}"#,
        r#"{"id_token":"eyJh.eyJz.c2ln","id_token":"eyJh.eyJz.c2ln"}"#,
    ] {
        assert!(matches!(detect(text), Err(InputError::Repeated(_))), "{text}");
    }
}

#[test]
fn tokens_decoded_elsewhere_are_read() {
    let parts = |text: &str| {
        let input = detect(text).map_err(|error| format!("{text}: {error}")).unwrap();
        let described = input.described.unwrap();
        let header = described.header.map(|header| header.to_string()).unwrap_or_default();
        (described.description, header, described.claims.to_string())
    };
    let (header, claims) = (r#"{"alg":"RS256","x":{"y":"}.{"}}"#, r#"{"sub":"a","scp":"r"}"#);
    for text in [
        format!("{header}.{claims}"),
        format!("{header}.{claims}.[Signature]"),
        format!("{header} . \n{claims}\n.[Signature]"),
        format!("IDX10223: token: '{header}.{claims}'."),
        format!("a {{}} b {header}.{claims} {{}}"),
        format!(r#"{{"header":{header},"payload":{claims},"signature":"x"}}"#),
    ] {
        assert_eq!(parts(&text), (Description::Decoded, header.to_owned(), claims.to_owned()), "{text}");
    }
    for (text, description) in [
        (claims, Description::Claims),
        (r#"{"iss":"https://i","aud":"a"}"#, Description::Claims),
        (r#"{"active":true,"scope":"a b"}"#, Description::Introspection),
        (r#"{"azp":"c","scope":"a","exp":17,"access_type":"online"}"#, Description::TokenInfo),
        (r#"{"issued_to":"c","scope":"a","expires_in":17}"#, Description::TokenInfo),
    ] {
        assert_eq!(parts(text), (description, String::new(), text.to_owned()));
    }
    for (text, description, scopes) in [
        (r#"{"active":"true","scope":"a,b"}"#, Description::Introspection, r#""scope":"a b""#),
        (r#"{"data":{"active":true,"scope":"a"}}"#, Description::Introspection, r#""scope":"a""#),
        (
            r#"{"client_id":"c","login":"l","scopes":["channel:read"],"expires_in":55}"#,
            Description::TokenInfo,
            r#""scopes":["channel:read"]"#,
        ),
        (r#"{"application":{"id":"1"},"scopes":["identify"]}"#, Description::TokenInfo, r#""scopes":["identify"]"#),
        (r#"{"resource_owner_id":1,"scope":["api"]}"#, Description::TokenInfo, r#""scope":["api"]"#),
        (r#"the response is {"active":true,"scope":"a"}"#, Description::Introspection, r#""scope":"a""#),
    ] {
        let (found, _, claims) = parts(text);
        assert_eq!(found, description, "{text}");
        assert!(claims.contains(scopes), "{claims}");
    }
    let inactive = "HTTP/1.1 200 OK\n\n{\"active\":false}";
    assert_eq!(detect(inactive).map(|_| ()), Err(InputError::Inactive));
    let google = parts(r#"{"azp":"c","scope":"a","exp":"17","access_type":"online"}"#);
    assert!(google.2.contains(r#""exp":17"#), "{}", google.2);
    let facebook = parts(r#"{"data":{"app_id":"1","is_valid":true,"scopes":["email"]}}"#);
    assert_eq!((facebook.0, facebook.2.contains("email")), (Description::TokenInfo, true));
}

#[test]
fn tokens_decoded_elsewhere_are_found_in_a_text() {
    let (header, claims) = (r#"{"alg":"RS256","kid":"k"}"#, r#"{"iss":"https://i","sub":"a","scp":"r"}"#);
    for (text, has_header) in [
        (format!("HEADER:ALGORITHM & TOKEN TYPE\n{header}\nPAYLOAD:DATA\n{claims}\nVERIFY SIGNATURE\n"), true),
        (format!("{header}\n{claims}"), true),
        (format!("[{header},{claims}]"), true),
        (format!("This is my token:\n```json\n{claims}\n```\nWhat is wrong?"), false),
        (format!("{{\"payload\":{claims}}}"), false),
        (format!("{{\"protectedHeader\":{header},\"payload\":{claims}}}"), true),
        (format!("{{\"jwt\":{{\"header\":{header},\"payload\":{claims}}}}}"), true),
        ("{'iss': 'https://i', 'sub': 'a', 'scp': 'r'}".to_owned(), false),
        ("{\n  iss: 'https://i',\n  sub: 'a',\n  scp: 'r'\n}".to_owned(), false),
        ("\"iss\": \"https://i\",\n\"sub\": \"a\",\n\"scp\": \"r\",".to_owned(), false),
        (format!("{claims} and again {claims}"), false),
        ("eyJpc3MiOiJodHRwczovL2kiLCJzdWIiOiJhIiwic2NwIjoiciJ9".to_owned(), false),
        (".eyJpc3MiOiJodHRwczovL2kiLCJzdWIiOiJhIiwic2NwIjoiciJ9.".to_owned(), false),
    ] {
        let described = detect(&text).map_err(|error| format!("{text}: {error}")).unwrap().described.expect(&text);
        assert_eq!(
            (described.header.is_some(), described.claims.to_string()),
            (has_header, claims.to_owned()),
            "{text}"
        );
    }
    let other = claims.replace("\"a\"", "\"b\"");
    assert_eq!(detect(&format!("{claims} {other}")).map(|_| ()), Err(InputError::Several(2)));
}

#[test]
fn objects_that_are_not_claims_are_not_taken_for_a_token() {
    for text in [
        r#"curl https://as.example.com/token -d '{"client_id":"c","scope":"a"}'"#,
        r#"body {"grant_type":"client_credentials","aud":"x","scope":"a"}"#,
        r#"failed: {"error":"invalid_token","iss":"i","aud":"a"}"#,
        r#"a log {"level":"info","status":403,"sub":"a"}"#,
    ] {
        assert!(detect(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn braces_in_any_order_do_not_panic(text in "[{}.\"\\\\: a]{0,60}") {
        let _ = detect(&text);
    }
}
