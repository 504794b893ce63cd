use super::target::position;
use super::{bearer, cache};
use crate::app::LoadedToken;
use crate::manifest::parse;

#[test]
fn targets_that_servers_read_differently_are_refused() {
    let source = "[api.a]\nbase_url = \"https://a.test/v1\"\n[api.a.endpoints]\n\"GET /orders\" = []\n\"GET /orders/{id}\" = []\n\
                  \"GET /orders/{id}:cancel\" = []\n\"GET /orders/mine\" = []\n\"GET /files/{+path}\" = []\n\"GET /search?q={q}\" = []\n";
    let api = parse(source).manifest.unwrap().apis.remove(0);
    for (target, endpoint) in [
        ("/v1/orders", Some("GET /orders")),
        ("/v1/orders?x=/../y", Some("GET /orders")),
        ("/v1/orders/7", Some("GET /orders/{id}")),
        ("/v1/orders/mine", Some("GET /orders/mine")),
        ("/v1/orders/%7e", Some("GET /orders/{id}")),
        ("/v1/orders/7:cancel", Some("GET /orders/{id}:cancel")),
        ("/v1/orders/7%3Acancel", Some("GET /orders/{id}:cancel")),
        ("/v1/files/a/b.txt", Some("GET /files/{+path}")),
        ("/v1/search?q=1", Some("GET /search?q={q}")),
        ("/v1/search", None),
        // the base path is needed
        ("/orders", None),
        ("/v1orders", None),
        ("/v1/orders/", None),
        ("/v1//orders", None),
        ("/v1/x/../orders", None),
        ("/v1/x/%2e%2E/orders", None),
        ("/v1/x/..;a=1/orders", None),
        ("/v1/orders/a%2Fb", None),
        ("/v1/orders/a%5cb", None),
        ("/v1/orders/a%00", None),
        ("/v1/orders/a%zz", None),
        ("/v1/orders/7;v=1", None),
        ("/v1/orders/7%3bv=1", None),
        ("/v1/orders/MINE", None),
        ("/v1/orders/min%45", None),
        ("/v1/orders/7%253Acancel", None),
        ("/v1/orders#x", None),
        ("/v1/orders/ü", None),
        ("https://a.test/v1/orders", None),
        ("*", None),
        ("", None),
    ] {
        let found = position(&api, "GET", target).ok().map(|index| api.endpoints[index].to_string());
        assert_eq!(found.as_deref(), endpoint, "{target}");
    }
}

#[test]
fn credentials_are_one_bearer_token() {
    for (fields, token) in [
        (&[][..], Ok(None)),
        (&["Bearer abc.d-e_f=="], Ok(Some("abc.d-e_f=="))),
        (&["bearer  a"], Ok(Some("a"))),
        (&["DPoP a"], Err(())),
        (&["Basic a"], Err(())),
        (&["Bearer"], Err(())),
        (&["Bearer a b"], Err(())),
        (&["Bearer a", "Bearer a"], Err(())),
        (&["Bearer a,Bearer b"], Err(())),
    ] {
        assert_eq!(bearer(fields).map_err(|_| ()), token, "{fields:?}");
    }
}

#[test]
fn verified_tokens_are_kept_up_to_a_limit_and_for_one_generation_of_keys() {
    let tokens = cache::VerifiedTokens::default();
    let now = jiff::Timestamp::UNIX_EPOCH;
    for number in 0..10_000 {
        let text = format!("opaque-token-{number}");
        let loaded = LoadedToken::new(crate::secret::Secret::new(text.clone()), crate::app::Origin::Given, None, now);
        tokens.insert(&text, cache::VerifiedToken::new(loaded, 1));
    }
    assert!(tokens.len() <= 4096, "{}", tokens.len());
    assert!(tokens.get("opaque-token-9999", 1).is_some());
    assert!(tokens.get("opaque-token-9999", 2).is_none());
    assert!(tokens.get("opaque-token-0", 1).is_none());
}
