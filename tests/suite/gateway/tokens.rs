//! Tokens: the narrowest for each endpoint, never in the hands of the program.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::World;
use crate::support::{Behavior, Home, demand};

#[test]
fn the_api_receives_the_narrowest_token_and_the_program_only_a_placeholder() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    assert!(gateway.token.starts_with("tokscope_gw_"), "{}", gateway.token);
    assert!(gateway.base_url.ends_with("/v1"), "{}", gateway.base_url);
    let has = |line: &str| gateway.environment.lines().any(|known| known == line);
    assert!(has("no_proxy=127.0.0.1,localhost,::1") && has("NO_PROXY=127.0.0.1,localhost,::1"));
    assert!(!gateway.environment.contains(&world.server.needle), "no secret is in the environment");
    let response = gateway.get("/v1/orders/%37?page=2");
    assert_eq!((response.status, response.text().as_str()), (200, "ok"));
    assert_eq!(gateway.request("POST", "/v1/orders", "Content-Type: text/plain\r\n", b"one").status, 200);
    assert_eq!(gateway.get("/v1/orders").status, 200);
    let received = world.upstream.take();
    let lines: Vec<String> = received.iter().map(|it| format!("{} {}", it.method, it.target)).collect();
    assert_eq!(lines, ["GET /v1/orders/7?page=2", "POST /v1/orders", "GET /v1/orders"]);
    assert_eq!(received[1].body, b"one");
    assert_eq!(received[0].bearer(), received[2].bearer(), "endpoints with the same scopes share a token");
    assert_ne!(received[0].bearer(), received[1].bearer());
    let requested: Vec<String> = world.server.token_requests().iter().map(|request| request["scope"].clone()).collect();
    assert_eq!(requested, ["orders:read", "orders:write"], "one token for each set of scopes");
    let reported = gateway.end();
    assert!(reported.contains("gateway: orders at http://127.0.0.1:"), "{reported}");
    assert!(!reported.contains(&world.server.needle) && !reported.contains("tokscope_gw_"), "{reported}");
    let records = world.records();
    let intents: Vec<&str> =
        records.iter().filter(|it| it["phase"] == "intent").map(|it| it["endpoint"].as_str().unwrap()).collect();
    assert_eq!(intents, ["GET /orders/{id}", "POST /orders", "GET /orders"]);
    let outcome = records.iter().find(|it| it["phase"] == "outcome" && it["method"] == "POST").unwrap();
    assert_eq!((&outcome["status"], &outcome["bytes"], &outcome["mode"]), (&200.into(), &2.into(), &"enforce".into()));
    assert_eq!((&outcome["used"][0], &outcome["caller"]), (&"orders:write".into(), &"sh".into()));
    assert_eq!(outcome["excess"], serde_json::Value::Null);
}

#[test]
fn requests_that_the_manifest_does_not_allow_are_answered_with_the_diagnosis() {
    let world = World::new();
    let gateway = world.gateway(&[]);
    let denied = gateway.request("DELETE", "/v1/orders/7", "", b"");
    assert_eq!((denied.status, denied.code()), (403, "scope-not-available"));
    let problem = denied.problem();
    assert_eq!(problem["endpoint"], "DELETE /orders/{id}");
    assert_eq!(problem["missing"], serde_json::json!([["orders:delete", "orders:read"]]));
    assert!(problem["evidence"]["manifest"]["says"].as_str().unwrap().contains("orders:delete"), "{problem}");
    assert_eq!(problem["exit"], 3);
    let unknown = gateway.get("/v1/order");
    assert_eq!((unknown.status, unknown.code()), (403, "endpoint-unknown"));
    assert!(unknown.problem()["next"].as_str().unwrap().contains("GET /orders"), "{}", unknown.text());
    assert_eq!(world.upstream.take().len(), 0, "nothing was sent");
    gateway.end();
    let denied: Vec<String> = world
        .records()
        .iter()
        .filter(|it| it["outcome"] == "denied")
        .map(|it| format!("{} {}", it["cause"].as_str().unwrap(), it["endpoint"].as_str().unwrap()))
        .collect();
    assert_eq!(denied, ["scope-not-available DELETE /orders/{id}", "endpoint-unknown GET /order"]);
}

#[test]
fn refusals_of_the_api_carry_the_diagnosis_and_other_responses_are_unchanged() {
    let world = World::new();
    let challenge = "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"orders:admin\"\r\n";
    let response = |status: &str, more: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\n{more}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    world.upstream.answer("/v1/orders", &response("403 Forbidden", challenge, r#"{"message":"no"}"#));
    world.upstream.answer("/v1/orders/7", &response("404 Not Found", "X-Own: 1\r\n", r#"{"message":"no order"}"#));
    let gateway = world.gateway(&[]);
    let refused = gateway.get("/v1/orders");
    assert_eq!((refused.status, refused.code()), (403, "scope"));
    assert!(refused.field("www-authenticate").unwrap().contains("insufficient_scope"));
    let problem = refused.problem();
    assert_eq!(problem["missing"], serde_json::json!([["orders:admin"]]));
    assert!(problem["evidence"]["server"]["says"].is_string() && problem["evidence"]["token"]["says"].is_string());
    assert_eq!(problem["upstream"]["body"]["message"], "no");
    let unchanged = gateway.get("/v1/orders/7");
    assert_eq!((unchanged.status, unchanged.field("x-own")), (404, Some("1")));
    assert_eq!(unchanged.text(), r#"{"message":"no order"}"#);
    assert_eq!(world.upstream.take().len(), 2, "no scope is added by itself, and nothing is repeated");
    gateway.end();
}

#[test]
fn a_broad_stored_token_is_exchanged_and_otherwise_used_with_the_reason() {
    let broad = |world: &World| {
        let user = format!("[client.dev]\nissuer = \"{}\"\nclient_id = \"dev\"\n", world.server.origin);
        world.manifest(&format!("{user}grants = [\"authorization_code\"]\n"));
        let arguments = ["login", "--client", "dev", "--no-browser", "-e", "GET /orders", "-e", "POST /orders"];
        demand(&world.home.run_and_sign_in(&world.server, &arguments), 0);
    };
    let (exchanging, plain) = (World::new(), World::new());
    exchanging.server.behave(Behavior::new().token_exchange());
    for (world, narrowed) in [(&exchanging, true), (&plain, false)] {
        broad(world);
        let gateway = world.gateway(&["--client", "dev"]);
        assert_eq!(gateway.get("/v1/orders").status, 200);
        gateway.end();
        let outcome = world.records().into_iter().find(|it| it["phase"] == "outcome").unwrap();
        assert_eq!(outcome["narrowed"], narrowed, "{outcome}");
        let (granted, reason) = (outcome["granted"].as_array().unwrap(), &outcome["reason"]);
        match narrowed {
            true => assert!(granted.len() == 1 && reason.is_null(), "{outcome}"),
            false => assert!(granted.len() == 2 && reason == "narrowing it could cost the grant", "{outcome}"),
        }
    }
    // no client may sign a user in here
    let fresh = World::new();
    let user = format!("[client.dev]\nissuer = \"{}\"\nclient_id = \"dev\"\n", fresh.server.origin);
    fresh.manifest(&format!("{user}grants = [\"authorization_code\"]\n"));
    let gateway = fresh.gateway(&["--client", "dev"]);
    let refused = gateway.get("/v1/orders");
    assert_eq!((refused.status, refused.code()), (403, "login-needed"));
    assert_eq!(refused.problem()["command"], "tokscope login --endpoint 'GET /orders' --client dev");
    assert_eq!(gateway.get("/v1/health").status, 200, "an endpoint that needs no scope needs no token");
    assert_eq!(fresh.upstream.take()[0].field("authorization"), None);
    gateway.end();
}

/// Responds with 401 to the first token.
fn reject_old_tokens(world: &World, path: &str) -> Arc<AtomicUsize> {
    let rejected = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&rejected);
    let first = std::sync::Mutex::new(None::<String>);
    world.upstream.respond(path, move |request, stream| {
        let mut first = first.lock().unwrap();
        let bad = first.get_or_insert_with(|| request.bearer().to_owned());
        let response = match request.bearer() == bad {
            true => {
                count.fetch_add(1, Ordering::SeqCst);
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\nContent-Length: 0\r\n\r\n"
            }
            false => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        };
        drop(stream.write_all(response.as_bytes()));
    });
    rejected
}

#[test]
fn a_hundred_rejections_in_parallel_make_one_new_token() {
    let world = World::new();
    let rejected = reject_old_tokens(&world, "/v1/orders");
    let gateway = world.gateway(&[]);
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..100).map(|_| scope.spawn(|| gateway.get("/v1/orders").status)).collect();
        for call in calls {
            assert_eq!(call.join().unwrap(), 200);
        }
    });
    assert!(rejected.load(Ordering::SeqCst) >= 1);
    assert_eq!(world.server.token_requests().len(), 2, "the first token and the one in its place");
    gateway.end();
}

#[test]
fn a_request_with_another_token_is_recorded_before_it_is_sent() {
    let world = World::new();
    let intents = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (seen, audit) = (Arc::clone(&intents), world.home.path().join("state/tokscope/audit"));
    world.upstream.respond("/v1/orders", move |_, stream| {
        let segments = std::fs::read_dir(&audit).unwrap().filter_map(|entry| Some(entry.ok()?.path()));
        let segment = segments.into_iter().find(|path| path.extension().is_some_and(|it| it == "jsonl")).unwrap();
        let log = std::fs::read_to_string(segment).unwrap();
        let records = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let intents = records.filter(|it| it["event"] == "gateway.request" && it["phase"] == "intent").count();
        let mut seen = seen.lock().unwrap();
        seen.push(intents);
        let response = match seen.len() {
            1 => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\nContent-Length: 0\r\n\r\n",
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        };
        drop(stream.write_all(response.as_bytes()));
    });
    let gateway = world.gateway(&[]);
    assert_eq!(gateway.request("POST", "/v1/orders", "", b"x").status, 200);
    gateway.end();
    assert_eq!(*intents.lock().unwrap(), [1, 2], "intents in the log when the API receives a request");
    let outcomes: Vec<_> = world.records().into_iter().filter(|it| it["phase"] == "outcome").collect();
    let statuses: Vec<_> = outcomes.iter().map(|it| (it["status"].as_u64(), it["outcome"].as_str())).collect();
    assert_eq!(statuses, [(Some(401), Some("ok")), (Some(200), Some("ok"))]);
    assert_ne!(outcomes[0]["token"], outcomes[1]["token"], "each has the token that was sent");
}

#[test]
fn a_rejected_stored_token_is_refreshed_once() {
    let world = World::new();
    let user = format!("[client.dev]\nissuer = \"{}\"\nclient_id = \"dev\"\n", world.server.origin);
    world.manifest(&format!("{user}grants = [\"authorization_code\", \"refresh_token\"]\n"));
    let login = ["login", "--client", "dev", "--no-browser", "-e", "GET /orders"];
    demand(&world.home.run_and_sign_in(&world.server, &login), 0);
    reject_old_tokens(&world, "/v1/orders");
    reject_old_tokens(&world, "/v1/orders/7");
    let gateway = world.gateway(&["--client", "dev"]);
    std::thread::scope(|scope| {
        let gateway = &gateway;
        let calls: Vec<_> = (0..20).map(|_| scope.spawn(move || gateway.get("/v1/orders").status)).collect();
        for call in calls {
            assert_eq!(call.join().unwrap(), 200);
        }
    });
    assert_eq!(world.server.refreshes(), 1);
    gateway.end();
}

#[test]
fn only_small_bodies_are_sent_again() {
    let world = World::new();
    for (size, chunked, status, sent) in [
        (10, false, 200, 2),
        (64 << 10, false, 200, 2),
        ((64 << 10) + 1, false, 401, 1),
        (1_000, true, 200, 2),
        (70_000, true, 401, 1),
    ] {
        reject_old_tokens(&world, "/v1/orders");
        let gateway = world.gateway(&[]);
        let body = vec![b'x'; size];
        let response = match chunked {
            false => gateway.request("POST", "/v1/orders", "", &body),
            true => {
                let head = format!("POST /v1/orders HTTP/1.1\r\n{}Transfer-Encoding: chunked\r\n\r\n", gateway.own());
                let chunk = format!("{size:x}\r\n");
                gateway.raw(&[head.as_bytes(), chunk.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat())
            }
        };
        assert_eq!(response.status, status, "{size} {chunked}");
        let received = world.upstream.take();
        assert_eq!(received.len(), sent, "{size} {chunked}");
        assert!(received.iter().all(|it| it.body == body), "{size} {chunked}");
        gateway.end();
    }
}

#[test]
fn an_authorization_server_that_is_down_makes_a_request_wait_and_not_fail_open() {
    let world = World::new();
    world.server.behave(Behavior::new().token_response(503, "text/plain", "down"));
    let gateway = world.gateway(&[]);
    let response = gateway.get("/v1/orders");
    assert_eq!((response.status, response.code()), (503, "token-unavailable"));
    assert!(response.field("retry-after").is_some());
    assert_eq!(world.upstream.take().len(), 0);
    gateway.end();
}

/// A damage of the log: the file of its records, and what is done to it.
type Damage = fn(&std::path::Path);

#[test]
fn nothing_is_sent_if_it_can_not_be_recorded() {
    let removed: Damage = |segment| std::fs::remove_file(segment).unwrap();
    let replaced: Damage = |segment| {
        let copy = segment.with_extension("copy");
        std::fs::copy(segment, &copy).unwrap();
        std::fs::rename(copy, segment).unwrap();
    };
    let shortened: Damage = |segment| {
        let file = std::fs::OpenOptions::new().write(true).open(segment).unwrap();
        file.set_len(file.metadata().unwrap().len() - 10).unwrap();
    };
    let torn: Damage = |segment| {
        let mut file = std::fs::OpenOptions::new().append(true).open(segment).unwrap();
        file.write_all(b"{\"forged\":1}\n").unwrap();
    };
    let not_a_file: Damage = |segment| {
        std::fs::remove_file(segment).unwrap();
        std::fs::create_dir(segment).unwrap();
    };
    for (name, damage) in [
        ("removed", removed),
        ("replaced", replaced),
        ("shortened", shortened),
        ("forged", torn),
        ("not a file", not_a_file),
    ] {
        let world = World::new();
        let gateway = world.gateway(&[]);
        assert_eq!(gateway.get("/v1/orders").status, 200);
        // the first token for it is not part of the attack
        assert_eq!(gateway.request("POST", "/v1/orders", "", b"x").status, 200);
        world.upstream.take();
        let audit = world.home.path().join("state/tokscope/audit");
        let segment = std::fs::read_dir(&audit)
            .unwrap()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .unwrap();
        // the outcome of the last request is on the disk, and noted there, a moment later
        let is_noted = || {
            let note: serde_json::Value =
                serde_json::from_slice(std::fs::read(audit.join("lock")).unwrap().trim_ascii()).unwrap();
            note["length"] == std::fs::metadata(&segment).unwrap().len()
        };
        while !is_noted() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        damage(&segment);
        let unsafe_request = gateway.request("POST", "/v1/orders", "", b"x");
        assert_eq!((unsafe_request.status, unsafe_request.code()), (503, "audit-log"), "{name}");
        assert_eq!(world.upstream.take().len(), 0, "{name}");
        // a copy of the same content is continued, once its replacement was reported
        if name != "replaced" {
            let safe = gateway.get("/v1/orders");
            assert_eq!((safe.status, safe.code()), (503, "audit-log"), "{name}");
            assert_eq!(world.upstream.take().len(), 0, "{name}");
        }
        if ["replaced", "shortened"].contains(&name) {
            demand(&world.home.run(&["audit", "accept", "--yes"]), 0);
            let safe = gateway.get("/v1/orders");
            assert_eq!(safe.status, 200, "{name}: {}", safe.text());
        }
        gateway.end();
    }
}

#[test]
fn the_token_is_in_no_response_log_or_child() {
    let world = World::new();
    world.upstream.respond("/v1/orders", |request, stream| {
        let body = format!("{:?}", request.fields);
        let head = format!("HTTP/1.1 200 OK\r\nX-Echo: {}\r\nContent-Length: {}\r\n\r\n", request.bearer(), body.len());
        drop(stream.write_all(format!("{head}{body}").as_bytes()));
    });
    let gateway = world.gateway(&[]);
    let needle = world.server.needle.clone();
    let response = gateway.get("/v1/orders");
    assert_eq!(response.status, 200);
    let denied = gateway.request("DELETE", "/v1/orders/7", "", b"");
    for shown in [format!("{response:?}{}", response.text()), format!("{denied:?}{}", denied.text())] {
        assert!(!shown.contains(&needle), "{shown}");
    }
    assert!(!gateway.environment.contains(&needle) && !gateway.environment.contains("CLIENT_SECRET"), "the child");
    // arguments and environment of the program, as other programs of the user see them
    let children = std::process::Command::new("pgrep").args(["-P", &gateway.pid().to_string()]).output();
    if let Ok(children) = children {
        for child in String::from_utf8_lossy(&children.stdout).lines() {
            for file in ["cmdline", "environ"] {
                let bytes = std::fs::read(format!("/proc/{child}/{file}")).unwrap_or_default();
                assert!(!String::from_utf8_lossy(&bytes).contains(&needle), "{file}");
            }
        }
    }
    let placeholder = gateway.token.clone();
    let reported = gateway.end();
    assert!(!reported.contains(&needle) && !reported.contains(&placeholder), "{reported}");
    let audit = world.home.path().join("state/tokscope/audit");
    for entry in std::fs::read_dir(audit).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&needle) && !text.contains(&placeholder), "the log");
    }
}

#[test]
fn observing_denies_nothing_and_records_what_is_not_in_the_manifest() {
    let world = World::new();
    let home: &Home = &world.home;
    demand(&home.run(&["token", "--client", "machine", "-e", "GET /orders", "-e", "POST /orders"]), 0);
    let gateway = world.gateway(&["--observe"]);
    assert_eq!(gateway.get("/v1/users/17/posts?a=1").status, 200);
    assert_eq!(gateway.get("/v1/users/../x").code(), "target-dot-segment", "what is unsafe is refused in any mode");
    let received = world.upstream.take();
    assert_eq!(received[0].target, "/v1/users/17/posts?a=1");
    assert!(!received[0].bearer().is_empty());
    gateway.end();
    let outcome = world.records().into_iter().find(|it| it["phase"] == "outcome").unwrap();
    assert_eq!(outcome["endpoint"], "GET /users/{id}/posts", "identifiers of the path are not recorded");
    assert_eq!((&outcome["decision"], &outcome["mode"]), (&"unknown".into(), &"observe".into()));
    assert_eq!(outcome["reason"], "the endpoint is not in the manifest");
}

#[test]
fn the_policy_decides_about_each_request() {
    let world = World::new();
    world.manifest(
        "[[policy]]\neffect = \"allow\"\n[[policy]]\neffect = \"deny\"\nmethods = \"write\"\nreason = \"read only\"\n",
    );
    let gateway = world.gateway(&[]);
    assert_eq!(gateway.get("/v1/orders").status, 200);
    let denied = gateway.request("POST", "/v1/orders", "", b"x");
    assert_eq!((denied.status, denied.code()), (403, "policy"));
    let problem = denied.problem();
    assert!(problem["detail"].as_str().unwrap().contains("read only"), "{problem}");
    assert!(problem["next"].as_str().unwrap().contains("decided by rule 2 ("), "{problem}");
    assert_eq!(problem["exit"], 7);
    gateway.end();
    assert_eq!(world.upstream.take().len(), 1);
}

#[test]
fn the_policy_denies_with_a_token_in_use_and_observing_records_it() {
    for (options, status) in [(&[][..], 403), (&["--observe"][..], 200)] {
        let world = World::new();
        world.manifest(
            "[[policy]]\neffect = \"allow\"\n[[policy]]\neffect = \"deny\"\nendpoints = \"GET /orders/{id}\"\n",
        );
        let gateway = world.gateway(options);
        assert_eq!(gateway.get("/v1/orders").status, 200);
        assert_eq!(gateway.get("/v1/orders/7").status, status, "the token of the first request is used");
        gateway.end();
        let records = world.records();
        let of = |name: &str| records.iter().find(|it| it["phase"] != "intent" && it["endpoint"] == name).unwrap();
        let allowed = of("GET /orders");
        assert_eq!((&allowed["decision"], &allowed["rule"]), (&"allowed".into(), &"policy 1".into()));
        let denied = of("GET /orders/{id}");
        match status {
            200 => assert_eq!(
                (&denied["decision"], &denied["rule"], &denied["outcome"]),
                (&"deny".into(), &"policy 2".into(), &"ok".into())
            ),
            _ => assert_eq!((&denied["cause"], &denied["outcome"]), (&"policy".into(), &"denied".into())),
        }
    }
}

#[test]
fn rules_about_the_sign_in_apply_to_stored_tokens() {
    let world = World::new();
    let client = format!("[client.dev]\nissuer = \"{}\"\nclient_id = \"dev\"\n", world.server.origin);
    world.manifest(&format!(
        "{client}grants = [\"authorization_code\"]\n[[policy]]\neffect = \"allow\"\nwhen = {{ max_sign_in_age = \"1h\" }}\n"
    ));
    let login = ["login", "--client", "dev", "--no-browser", "-e", "GET /orders"];
    demand(&world.home.run_and_sign_in(&world.server, &login), 0);
    let gateway = world.gateway(&["--client", "dev"]);
    let response = gateway.get("/v1/orders");
    assert_eq!(response.status, 200, "{}", response.text());
    gateway.end();
}

#[test]
fn a_login_for_each_set_of_scopes_gives_each_request_the_narrowest_token() {
    let world = World::new();
    let client = format!("[client.dev]\nissuer = \"{}\"\nclient_id = \"dev\"\n", world.server.origin);
    world.manifest(&format!("{client}grants = [\"authorization_code\"]\n"));
    let endpoints = ["-e", "GET /orders", "-e", "GET /orders/{id}", "-e", "POST /orders"];
    let login = [&["login", "--split", "--client", "dev", "--no-browser"][..], &endpoints].concat();
    let mut child = world.home.tokscope(&login).spawn().unwrap();
    let mut prompts = Vec::new();
    for line in std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap())) {
        let line = line.unwrap();
        if let Some(url) = line.strip_prefix("sign in at: ") {
            let url = url::Url::parse(url).unwrap();
            let of =
                |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
            prompts.push((of("scope").unwrap(), of("prompt")));
            crate::support::consent(&world.server, &url);
        }
    }
    assert!(child.wait().unwrap().success());
    let expected = [("orders:read".to_owned(), None), ("orders:write".to_owned(), Some("none".to_owned()))];
    assert_eq!(prompts, expected, "the second set is requested without a prompt");
    let gateway = world.gateway(&["--client", "dev"]);
    assert_eq!(gateway.get("/v1/orders").status, 200);
    assert_eq!(gateway.request("POST", "/v1/orders", "", b"x").status, 200);
    gateway.end();
    let granted: Vec<String> = world
        .records()
        .iter()
        .filter(|it| it["phase"] == "outcome")
        .map(|it| format!("{} {}", it["granted"], it["excess"]))
        .collect();
    assert_eq!(granted, ["[\"orders:read\"] null", "[\"orders:write\"] null"]);
}
