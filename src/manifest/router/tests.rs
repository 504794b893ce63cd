use std::cmp::Reverse;

use proptest::prelude::*;

use crate::manifest::{Api, Template, parse};

/// Builds an API with these endpoints, none of which requires a scope.
fn api(keys: &str, endpoints: &[&str]) -> Api {
    let lines: Vec<String> = endpoints.iter().map(|endpoint| format!("{endpoint:?} = []\n")).collect();
    let source = format!("[api.a]\nbase_url = \"https://a.test/v1\"\n{keys}\n[api.a.endpoints]\n{}", lines.concat());
    let parsed = parse(&source);
    assert_eq!(parsed.findings, [], "{source}");
    parsed.manifest.unwrap().apis.remove(0)
}

#[test]
fn template_forms_of_published_apis_are_routed() {
    let api = api(
        "",
        &[
            "GET /v1/{+name}",
            "GET /v1/{+name}:getIamPolicy",
            "GET /v1/{+parent}/secrets",
            "GET /v1/projects/{project}/secrets",
            "GET /users/{id}",
            "GET /users/me",
            "GET /users(name='{name}')",
            "GET /users/{id}/photos/{size}.png",
            "GET /users/{id}/photos/{size}",
            "GET /a/{x}/c",
            "GET /a/b/d",
            "GET /{any}/b/e",
            "GET /sendMail",
            "GET /sendmail",
            "POST /files#upload",
            "POST /files#copy",
            "POST /orders",
            "POST /orders?action=close",
            "POST /orders?action=close&force",
            "POST /orders?id={id}",
            "GET /search{?q,page}",
            "GET /é/{id}",
        ],
    );
    for (method, path, endpoint, parameters) in [
        ("GET", "/v1/projects/p/topics/t", "GET /v1/{+name}", "name=projects/p/topics/t"),
        ("GET", "/v1/projects/p:getIamPolicy", "GET /v1/{+name}:getIamPolicy", "name=projects/p"),
        ("GET", "/v1/folders/f/secrets", "GET /v1/{+parent}/secrets", "parent=folders/f"),
        ("GET", "/v1/projects/p/secrets", "GET /v1/projects/{project}/secrets", "project=p"),
        ("GET", "/v1/x/:getIamPolicy", "GET /v1/{+name}:getIamPolicy", "name=x/"),
        ("GET", "/users/me", "GET /users/me", ""),
        ("GET", "/users/%6De", "GET /users/me", ""),
        ("GET", "/users/you", "GET /users/{id}", "id=you"),
        ("GET", "/users(name='x')", "GET /users(name='{name}')", "name=x"),
        ("GET", "/users/7/photos/48.png", "GET /users/{id}/photos/{size}.png", "id=7 size=48"),
        ("GET", "/users/7/photos/48.jpg", "GET /users/{id}/photos/{size}", "id=7 size=48.jpg"),
        // the literal is a dead end, and the search backtracks
        ("GET", "/a/b/c", "GET /a/{x}/c", "x=b"),
        ("GET", "/a/b/e", "GET /{any}/b/e", "any=a"),
        ("GET", "/sendmail", "GET /sendmail", ""),
        ("POST", "/files", "POST /files#upload", ""),
        ("POST", "/files#copy", "POST /files#copy", ""),
        ("POST", "/orders?page=1", "POST /orders", ""),
        ("POST", "/orders?page=1&action=close", "POST /orders?action=close", ""),
        ("POST", "/orders?force&action=close", "POST /orders?action=close&force", ""),
        ("POST", "/orders?id=a%20b", "POST /orders?id={id}", "id=a b"),
        ("GET", "/search?q=x", "GET /search{?q,page}", ""),
        ("HEAD", "/users/me", "GET /users/me", ""),
        ("GET", "/%C3%A9/1", "GET /é/{id}", "id=1"),
    ] {
        let route = api.route(method, path).unwrap_or_else(|| panic!("{method} {path}"));
        let bound: Vec<String> = route.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!((route.endpoint.to_string().as_str(), bound.join(" ").as_str()), (endpoint, parameters), "{path}");
    }
    for (method, path) in
        [("GET", "/SENDMAIL"), ("GET", "/users/"), ("GET", "/v1/"), ("PUT", "/users/me"), ("GET", "x")]
    {
        assert!(api.route(method, path).is_none(), "{method} {path}");
    }
}

#[test]
fn case_is_ignored_only_if_enabled_and_an_exact_path_wins() {
    let endpoints = ["GET /users/{id}/sendMail", "GET /users/{id}/sendmail", "GET /Reports/{+path}"];
    let api = api("ignore_case = true", &endpoints);
    for (path, endpoint) in [
        ("/users/A/sendmail", "GET /users/{id}/sendmail"),
        ("/users/A/sendMail", "GET /users/{id}/sendMail"),
        ("/USERS/A/SENDMAIL", "GET /users/{id}/sendMail"),
        ("/reports/x/y", "GET /Reports/{+path}"),
    ] {
        assert_eq!(api.route("GET", path).unwrap().endpoint.to_string(), endpoint);
    }
}

/// Reference implementation: tries every template against every split of the path, and returns the most specific match.
fn reference(templates: &[&str], path: &str) -> Option<usize> {
    let fits = |template: &str| fits(template.as_bytes(), path.as_bytes());
    let literal = |text: &str| text.split(['{', '}']).step_by(2).map(str::len).sum::<usize>();
    let key = |index: &usize| {
        let mut key = Vec::new();
        let mut rest = templates[*index].trim_start_matches('/');
        loop {
            let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
            if segment.contains("{+") {
                let fixed: usize = rest.split('/').map(literal).sum();
                key.push((2, Reverse(fixed), Reverse(rest.split('/').count()), String::new()));
                return (key, *index);
            }
            key.push(match segment.contains('{') {
                false => (0, Reverse(0), Reverse(0), String::new()),
                true => (1, Reverse(literal(segment)), Reverse(0), shape(segment)),
            });
            if after.is_empty() {
                return (key, *index);
            }
            rest = after;
        }
    };
    (0..templates.len()).filter(|index| fits(templates[*index])).min_by_key(key)
}

fn shape(segment: &str) -> String {
    let mut inside = false;
    segment
        .chars()
        .filter(|character| {
            match character {
                '{' => inside = true,
                '}' => inside = false,
                _ => return !inside,
            }
            true
        })
        .collect()
}

/// A parameter matches one or more bytes other than a slash, a catch-all one or more bytes.
fn fits(template: &[u8], path: &[u8]) -> bool {
    match template {
        [] => path.is_empty(),
        [b'{', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte == b'}').unwrap();
            let several = rest[0] == b'+';
            (1..=path.len())
                .take_while(|count| several || !path[..*count].contains(&b'/'))
                .any(|count| fits(&rest[end + 1..], &path[count..]))
        }
        [byte, rest @ ..] => path.first() == Some(byte) && fits(rest, &path[1..]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_index_agrees_with_the_reference_implementation(
        templates in prop::collection::vec("(/([ab]{1,2}|\\{[xy]\\}|\\{[xy]\\}:[ab]|a\\{[xy]\\}|\\{\\+[xy]\\}|\\{\\+[xy]\\}:[ab])){1,4}", 1..8),
        paths in prop::collection::vec("(/[ab:]{1,3}){1,5}", 8),
    ) {
        let mut seen = std::collections::HashSet::new();
        let templates: Vec<&str> = templates
            .iter()
            .map(String::as_str)
            .filter(|text| Template::parse(text).is_ok_and(|template| seen.insert(template.shape())))
            .collect();
        let lines: Vec<String> = templates.iter().map(|template| format!("GET {template}")).collect();
        let api = api("", &lines.iter().map(String::as_str).collect::<Vec<_>>());
        for path in &paths {
            let expected = reference(&templates, path).map(|index| templates[index]);
            let route = api.route("GET", path);
            let found = route.as_ref().map(|route| route.endpoint.template.as_str());
            prop_assert_eq!(found, expected, "{} in {:?}", path, templates);
            if let Some(route) = route {
                let filled = route.endpoint.template.fill(|name| {
                    route.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
                });
                prop_assert_eq!(filled.as_deref(), Ok(path.as_str()));
            }
        }
    }
}
