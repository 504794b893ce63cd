//! Effects of keys.

use super::fixtures::{alice, context, large, now, token};
use super::{Driven, assert_shown};
use crate::app::{CallOutcome, CallRequest, Context};
use crate::diagnosis::{Case, Request, Response, Sent, diagnose};
use crate::net::Timing;
use crate::tui::item::Tone;
use crate::tui::model::CallRecord;
use crate::tui::terminal::Input;
use crate::tui::theme::{EMBEDDED, Look, Theme};
use crate::tui::{TuiError, frame};

#[test]
fn a_pasted_token_is_shown_escaped_and_masked() {
    let mut driven = Driven::new(context(), (120, 36));
    let hostile = token("{\"sub\":\"a\\u001b[31m\\u202e\",\"scope\":\"orders:read\",\"exp\":1763930040}");
    let screen = driven.paste(&format!("curl -H 'Authorization: Bearer {hostile}'"));
    assert_shown(&screen, &["a\\u{1b}[31m\\u{202e}", "orders:read", "expires in 54 min", "+  GET    /orders"]);
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}'));
    let raw = driven.keys("2lllll");
    assert_shown(&raw, &["eyJh… ("]);
    assert!(!raw.contains("eyJhbGci"));
    assert_shown(&driven.keys("v"), &["eyJhbGci"]);
}

#[test]
fn copying_names_what_was_copied() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    for (keys, copied, said) in [
        ("y", "GET /orders", "copied GET /orders"),
        ("2gjy", "alice (client dev)", "copied subject"),
        ("jjjjjjjy", "alice", "copied sub"),
        ("llllly", "", "nothing to copy"),
        ("jy", &alice(), "copied the token"),
        ("3y", "orders:read", "copied the required scopes"),
        (":copy token<enter>", &alice(), "copied the token"),
    ] {
        let screen = driven.keys(keys);
        assert_shown(&screen, &[said]);
        assert_eq!(driven.copied().concat(), copied, "{keys}");
    }
    assert_shown(&driven.keys("1Y"), &["GET /orders", "a curl command, with the token in $TOKEN", "the List tab"]);
    driven.keys("j<enter>");
    let curl = "curl -X GET https://api.example.com/v1/orders -H \"Authorization: Bearer $TOKEN\"";
    assert_eq!(driven.copied().concat(), curl);
    driven.keys("YG<enter>");
    assert_eq!(driven.copied().concat().lines().count(), 7);
    let header = format!("Authorization: Bearer {}", alice());
    assert_shown(&driven.keys("2Yjj"), &["the payload as JSON", "the header field with the token"]);
    driven.keys("<enter>");
    assert_eq!(driven.copied().concat(), header);
}

#[test]
fn the_filter_is_fuzzy_and_esc_clears_it() {
    let mut driven = Driven::new(context(), (120, 36));
    assert_shown(&driven.keys("/delline"), &["DELETE /orders/{id}/lines/{line}", "/delline_", " 1/1 of 7 "]);
    let screen = driven.keys("<enter>");
    assert!(!screen.contains("GET    /health"));
    assert_shown(&driven.keys("<esc>"), &["GET    /health", "/7 "]);
    assert_shown(&driven.keys("/xyzxyz"), &["no endpoint matches"]);
    assert_shown(&driven.keys("<ctrl-u>heal<ctrl-w>"), &["/7 "]);
    driven.paste(&alice());
    // in other panes it searches
    assert_shown(&driven.keys("2l/AUD"), &[">  aud", "jti", "/AUD_"]);
    assert_shown(&driven.keys("<enter>n"), &[">  aud"]);
    assert_shown(&driven.keys("/<ctrl-u>\"alice<enter>n"), &[">  sub"]);
    assert_shown(&driven.keys("/<ctrl-u>xyzxyz"), &["`xyzxyz` not found in this tab"]);
}

#[test]
fn an_unsafe_method_asks_first_and_path_parameters_are_required() {
    let mut driven = Driven::new(context(), (80, 24));
    assert_shown(&driven.keys("jjc"), &["POST /orders may change data", "https://api.example.com/v1/orders"]);
    assert!(driven.keys("<esc>").contains("1 Endpoints"));
    assert_shown(&driven.keys("jjc7 q<enter>"), &["id         7 q", "line       _"]);
    assert_shown(&driven.keys("<enter>"), &["can't be empty"]);
    assert_shown(&driven.keys("<esc>c"), &["id         7 q", "line       _"]);
    let screen = driven.keys("x<enter>");
    assert_shown(&screen, &["may change data", "https://api.example.com/v1/orders/7%20q/lines/x"]);
    // the values are kept for the next call
    assert_shown(&driven.keys("<esc>c"), &["may change data", "/orders/7%20q/lines/x"]);
}

#[test]
fn a_request_is_edited_field_by_field() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.keys("jje");
    driven.keys("?a=1&b=2<tab>X-Trace: 7<tab>Accept:text/plain<tab><tab>{\"n\":1}");
    let screen = driven.keys("");
    assert_shown(
        &screen,
        &["query      ?a=1&b=2", "header     X-Trace: 7", "header     Accept:text/plain", "orders?a=1&b=2"],
    );
    driven.keys("<enter>");
    let id = driven.model.row().unwrap().id;
    let request = driven.model.forms.get(&id).unwrap().request();
    assert_eq!(request.query.as_deref(), Some("a=1&b=2"));
    let headers = [("X-Trace", "7"), ("Accept", "text/plain")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(request.headers, headers);
    assert_eq!(request.body.as_deref(), Some(&b"{\"n\":1}"[..]));
    let pasted = driven.keys("<esc>e<home><right><paste text that is not a token, >");
    assert_shown(&pasted, &["?text that is not a token,a=1&b=2"]);
    // the fields are a circle, and the body has lines
    assert_shown(
        &driven.keys("<backtab><ctrl-j>second line<up>x"),
        &["body       {\"n\":1}", "           second line"],
    );
    assert_shown(&driven.paste(&alice()), &["token alice"]);
}

#[test]
fn scopes_are_listed_by_risk_with_the_endpoints_that_they_reach() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    let screen = driven.keys("3lll");
    assert_shown(&screen, &["(of 7 shown; Enter lists them)", "critical  orders:admin    \u{2501}"]);
    // alone, and together with another scope
    assert_shown(&screen, &["4 + 1", "1 + 1", "orders:read     \u{2501}"]);
    assert_shown(&driven.keys("j<enter>"), &["/scope:orders:admin ", "1/1 of 7"]);
    assert_shown(&driven.keys("<esc><space>3"), &["(of 1 marked; Enter lists them)"]);
    // the count is of endpoints that are shown, however many there are
    let mut driven = Driven::new(large(11_000), (120, 36));
    assert_shown(&driven.keys("3lll"), &["(of 11000 shown", "/701 "]);
    assert_shown(&driven.keys("1/things499<enter>"), &["things499/{id}", "(of 11 shown"]);
}

#[test]
fn endpoints_are_grouped_by_path_and_long_paths_are_cut_in_the_middle() {
    let mut driven = Driven::new(large(1400), (80, 24));
    let screen = driven.keys("/things1399<enter>");
    assert_shown(&screen, &["things1399/{id}"]);
    assert_shown(&driven.keys("<esc>z"), &["grouped by path"]);
    assert_shown(&driven.keys("g"), &["\u{25b8} /area0  2", "a group of endpoints is selected"]);
    assert_shown(&driven.keys("c"), &["this is a group: l opens it"]);
    assert_shown(&driven.keys("l"), &["\u{25be} /area0  2", "/area0/things0/{id}", "/area0/things700/{id}"]);
    assert_shown(&driven.keys("jh"), &["\u{25b8} /area0  2"]);
    assert_shown(&driven.keys("zl"), &["press z to group the endpoints"]);
}

#[test]
fn a_wide_pane_shows_required_scopes_and_risks() {
    let mut driven = Driven::new(context(), (200, 60));
    let screen = driven.keys("");
    assert_shown(&screen, &["GET    /orders                    orders:read", "2 ways", "none"]);
    assert_shown(&driven.keys("<enter>"), &["customers:read orders:write", "high", "medium"]);
}

#[test]
fn a_reload_keeps_the_selection_and_reports_verdicts_that_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokscope.toml");
    let write = |scope: &str| {
        let source = format!(
            "[api.a]\nbase_url = \"https://a.test\"\nissuer = \"https://a.test\"\n[api.a.scopes]\nread = {{}}\nwrite = {{}}\n\
             [api.a.endpoints]\n\"GET /a\" = \"read\"\n\"GET /b\" = \"{scope}\"\n\"GET /c\" = \"read\"\n"
        );
        std::fs::write(&path, source).unwrap();
    };
    write("read");
    let mut driven = Driven::new(crate::app::open_manifest(&path).unwrap(), (120, 36));
    driven.screen.jobs.set_manifest(&path.to_string_lossy());
    driven.model.file.path = path.to_string_lossy().into_owned();
    driven.paste(&token(r#"{"sub":"alice","iss":"https://a.test","scope":"read"}"#));
    assert_shown(&driven.keys("jj<space>k"), &["+  GET    /b"]);
    write("write");
    let screen = driven.keys("R<wait>");
    assert_shown(&screen, &["manifest reloaded: 1 verdict changed", ">!  GET    /b", "+x GET    /c"]);
    assert_shown(&driven.keys("1]"), &["changed by the last reload", "! GET /b  no longer allowed", "no findings"]);
    // errors leave the last valid state in use
    std::fs::write(&path, "[api.a]\nbase = 1\n").unwrap();
    let screen = driven.keys("R<wait>");
    assert_shown(&screen, &["valid state stays in use.", "error[", "line 2"]);
    assert_shown(&driven.keys("["), &["GET    /b"]);
    // the editor opens at the line of the endpoint
    driven.keys("E<wait>");
    assert_eq!(driven.screen.host.edited, [Some(9)]);
}

#[test]
fn an_unavailable_action_says_why() {
    let mut driven = Driven::new(Context::without_manifest(), (120, 36));
    for key in ["o", "c", "s", "<space>"] {
        assert_shown(&driven.keys(key), &["no manifest, so there are no endpoints"]);
    }
    assert_shown(&driven.keys("v"), &["no token yet"]);
    assert_shown(&driven.keys("t"), &["no token yet"]);
    assert_shown(
        &driven.keys(":obtain"),
        &["obtain a token for the marked endpoints, or the selected one (no manifest"],
    );
}

#[test]
fn a_key_without_an_action_says_so() {
    let mut driven = Driven::new(context(), (120, 36));
    assert_shown(&driven.keys("x"), &["x has no action here (press ? for the keys)"]);
    assert_shown(&driven.keys("<ctrl-x>"), &["Ctrl-x has no action here"]);
    assert_shown(&driven.keys("l"), &["press z to group the endpoints by path"]);
    assert_shown(&driven.keys("<esc>"), &["nothing to cancel (press q to quit)"]);
    driven.paste(&alice());
    assert_shown(&driven.keys("tx"), &["x has no action here (the keys are below)"]);
}

#[test]
fn the_obtain_sheet_shows_reasons_ceiling_and_choices() {
    let mut driven = Driven::new(context(), (120, 36));
    let screen = driven.keys("<space><space><space><space>o");
    assert_shown(
        &screen,
        &[
            "client  dev  (1 of 2)",
            "grant   authorization_code  (1 of 2)",
            "requests exactly  customers:read orders:write",
            "for POST /orders",
            "above the client's ceiling: DELETE /orders/{id}",
        ],
    );
    assert_shown(&driven.keys("g"), &["grant   client_credentials  (2 of 2)"]);
    let screen = driven.keys("c");
    assert_shown(&screen, &["client  wide  (2 of 2)", "orders:delete"]);
    assert!(!screen.contains("ceiling"));
    driven.keys("y");
    assert_eq!(driven.copied().concat(), "customers:read orders:delete orders:write");
}

#[test]
fn tokens_are_selected_and_forgotten() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    driven.paste(&token(r#"{"sub":"bob","scope":"orders:write","exp":1763926700}"#));
    assert_shown(&driven.keys(""), &["token bob", "expired 1 min ago"]);
    assert_shown(&driven.keys("t"), &["* bob", "  alice", "orders:read profile"]);
    assert_shown(&driven.keys("k<enter>"), &["token alice"]);
    assert_shown(&driven.keys("tr"), &["no refresh token"]);
    assert_shown(&driven.keys("d"), &["Remove this token from this session? It stays valid at the server."]);
    assert_shown(&driven.keys("<enter><esc>"), &["token bob"]);
    assert_shown(&driven.keys("td<enter>"), &["no token: paste one", "token forgotten; it stays valid"]);
}

#[test]
fn every_window_size_is_drawn() {
    for size in [(120, 36), (80, 24), (60, 16), (30, 8), (29, 8), (1, 1), (200, 60)] {
        let mut driven = Driven::new(context(), size);
        driven.paste(&alice());
        for keys in
            ["1", "2lllll", "3lll", "4lllll", "?", "<esc>:", "<esc>o", "<esc>t", "<esc>GGg<pgdn><pgup>", "<enter>"]
        {
            let screen = driven.keys(keys);
            assert_eq!(screen.lines().count(), usize::from(size.1));
        }
    }
    assert_shown(&Driven::new(context(), (40, 6)).keys(""), &["too small: at least 30x8"]);
    assert_shown(&Driven::new(context(), (60, 16)).keys(""), &["80x20: all"]);
}

#[test]
fn eleven_thousand_endpoints_are_filtered_and_marked() {
    let mut driven = Driven::new(large(11_000), (120, 36));
    driven.keys("/area499");
    let broad = driven.model.endpoints.shown.len();
    driven.keys("things10");
    assert!(broad > driven.model.endpoints.shown.len());
    assert_shown(&driven.keys("<ctrl-u>things10999<enter>"), &["/things10999/{id}", "area499:read"]);
}

#[test]
fn the_clock_wakes_the_screen_only_when_a_displayed_time_changes() {
    let mut driven = Driven::new(context(), (80, 24));
    assert_eq!(driven.model.changes_in(), None);
    for (seconds, milliseconds) in [(54 * 60, 1), (54 * 60 + 20, 20_001), (7500, 300_001), (42, 1), (-90, 30_000)] {
        let expires = now().as_second() + seconds;
        driven.paste(&token(&format!(r#"{{"exp":{expires}}}"#)));
        assert_eq!(driven.model.changes_in(), Some(milliseconds), "{seconds}");
    }
}

#[test]
fn signals_suspend_and_end_the_screen() {
    let mut driven = Driven::new(context(), (80, 24));
    assert_shown(&driven.keys("<ctrl-z>"), &["can't suspend"]);
    let inputs = [Ok(Input::Stop), Ok(Input::End("SIGTERM"))];
    let running = driven.screen.run(&mut driven.model, futures_util::stream::iter(inputs));
    let ended = driven.local.block_on(&driven.runtime, running);
    assert!(matches!(ended, Err(TuiError::Signal("SIGTERM"))));
    assert_eq!(driven.screen.host.stopped, 1);
    driven.keys("q");
    assert!(driven.model.quit);
}

#[test]
fn the_selection_is_visible_in_every_theme_and_mono_has_no_colors() {
    for (name, source) in EMBEDDED {
        let mut driven = Driven::new(context(), (120, 36));
        driven.screen.look = Look::new(Theme::parse(source).unwrap(), false);
        driven.paste(&alice());
        driven.keys("2l1");
        let buffer = driven.screen.terminal.backend().buffer();
        let default = ratatui::style::Color::Reset;
        let reversed = |cell: &&ratatui::buffer::Cell| {
            cell.modifier.contains(ratatui::style::Modifier::REVERSED) || cell.bg != default
        };
        assert!(buffer.content.iter().filter(reversed).count() > 5, "{name}");
        let colored = buffer.content.iter().any(|cell| cell.fg != default || cell.bg != default);
        assert_eq!(colored, name != "mono");
        assert_eq!(driven.screen.look.tone(Tone::Plain), ratatui::style::Style::new());
    }
}

#[test]
fn ascii_mode_draws_only_ascii() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.screen.look = Look::new(Theme::default(), true);
    for keys in ["", "2", "l", "3lll", "1z", "z]", "?", "<esc>T", "<esc>D", "<esc>:", "<esc>t", "<esc>o"] {
        driven.paste(&token("{\"sub\":\"\u{e4}\u{5b57}\",\"scope\":\"orders:read\",\"o\":{\"\u{df}\":[1]}}"));
        assert!(driven.keys(keys).is_ascii(), "{}", frame::text(driven.screen.terminal.backend().buffer(), false));
    }
}

#[test]
fn a_step_up_requests_the_sign_in_that_the_api_requires() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.keys("j");
    let endpoint = driven.model.row().unwrap().id;
    let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="phr", max_age="300""#;
    let headers = vec![("WWW-Authenticate".to_owned(), challenge.to_owned())];
    let diagnosis = diagnose(&Case {
        response: Response { status: 401, headers: &headers, body: b"" },
        api: None,
        endpoint: None,
        request: Request::default(),
        sent: Sent::Unknown,
        now: now(),
    });
    let outcome = CallOutcome {
        ruling: None,
        endpoint,
        method: "GET".to_owned(),
        url: url::Url::parse("https://api.example.com/v1/orders").unwrap(),
        version: "HTTP/1.1".to_owned(),
        status: 401,
        headers,
        body: Vec::new(),
        timing: Timing::default(),
        diagnosis,
    };
    driven.model.calls.push(CallRecord {
        request: CallRequest::new(endpoint, Vec::new()),
        method: "GET".to_owned(),
        url: String::new(),
        path: String::new(),
        at: now(),
        result: Ok(Box::new(outcome)),
        json: None,
    });
    assert_shown(&driven.keys("4"), &["s  step up with another sign-in and call again"]);
    let screen = driven.keys("s");
    assert_shown(&screen, &["requires a new sign-in with acr_values phr, at most 300 s old", "authorization_code"]);
}

/// Sends each text as a burst of key events, with a pause in between.
fn unbracketed(driven: &mut Driven, texts: &[&str]) -> String {
    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel::<std::io::Result<Input>>();
    let events = futures_util::stream::poll_fn(move |context| events.poll_recv(context));
    let typist = async {
        for text in texts {
            for character in text.chars() {
                let (code, modifiers) = match character {
                    '\r' => (KeyCode::Enter, KeyModifiers::NONE),
                    '\n' => (KeyCode::Char('j'), KeyModifiers::CONTROL),
                    other => (KeyCode::Char(other), KeyModifiers::NONE),
                };
                sender.send(Ok(Input::Event(Event::Key(KeyEvent::new(code, modifiers))))).unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        }
        drop(sender);
    };
    let running = driven.screen.run(&mut driven.model, crate::tui::bursts::gather(events));
    let both = async { tokio::join!(running, typist).0 };
    driven.local.block_on(&driven.runtime, both).unwrap();
    frame::text(driven.screen.terminal.backend().buffer(), false)
}

#[test]
fn an_unbracketed_paste_is_a_token_in_every_state() {
    for before in ["", "e", "/", ":", "o", "?", "jjc"] {
        let mut driven = Driven::new(context(), (120, 36));
        driven.keys(before);
        let screen = unbracketed(&mut driven, &[&format!("{}\r\n", alice())]);
        assert_shown(&screen, &["token alice", "token pasted (not verified)"]);
        assert!(driven.model.sheet.is_none() && driven.model.pending.is_none(), "{before}");
    }
}

#[test]
fn an_unbracketed_paste_confirms_nothing() {
    // a paste does not answer the confirmation
    for text in ["y\r", "yes\r", "\r\r", "some text\r", "\r\n"] {
        let mut driven = Driven::new(context(), (120, 36));
        assert_shown(&driven.keys("jjc"), &["POST /orders may change data"]);
        unbracketed(&mut driven, &[text]);
        assert!(driven.model.pending.is_none() && driven.model.calls.is_empty(), "{text:?}");
    }
    // in an input field it is text, and Enter must be pressed separately
    let mut driven = Driven::new(context(), (120, 36));
    driven.keys("jje");
    assert_shown(&unbracketed(&mut driven, &["state=open\r"]), &["query      state=open_"]);
    assert_shown(&unbracketed(&mut driven, &["\r"]), &["may change data"]);
}

#[test]
fn a_call_with_a_token_in_the_request_asks_first() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.keys(&format!("e?t={}<enter>", alice()));
    let screen = frame::text(driven.screen.terminal.backend().buffer(), false);
    assert_shown(&screen, &["Call GET /orders?", "the query contains a JWT", "Press Enter to send it anyway"]);
    assert!(!screen.contains(alice().get(..40).unwrap()) && driven.model.pending.is_none());
    assert!(driven.keys("<esc>").contains("1 Endpoints"));
}

#[test]
fn a_call_or_probe_with_a_token_of_another_issuer_asks_first() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&token(r#"{"iss":"https://other.example","aud":"https://api.example.com","sub":"bob"}"#));
    for keys in ["c", "p"] {
        assert_shown(
            &driven.keys(keys),
            &["the token was issued by `https://other.example`", "Press Enter to send it anyway"],
        );
        assert!(driven.model.pending.is_none());
        driven.keys("<esc>");
    }
}

#[test]
fn a_probe_asks_first() {
    let mut driven = Driven::new(context(), (120, 36));
    assert_shown(
        &driven.keys("p"),
        &["Send 3 calls to https://api.example.com?", "Press Enter to start, Esc to cancel."],
    );
    assert!(driven.model.pending.is_none());
    driven.keys("<esc>");
    assert!(driven.model.sheet.is_none() && driven.model.pending.is_none());
}

#[test]
fn two_keys_that_arrive_at_once_send_nothing() {
    for keys in ["c\r", "c\n", "p\r", "cc", "pp"] {
        let mut driven = Driven::new(context(), (120, 36));
        let screen = unbracketed(&mut driven, &[keys]);
        assert_shown(&screen, &["ignored several keys that arrived at once"]);
        assert!(driven.model.sheet.is_none() && driven.model.pending.is_none(), "{keys:?}");
        assert!(driven.model.calls.is_empty(), "{keys:?}");
    }
}

#[test]
fn a_connection_header_is_refused_in_the_request_sheet() {
    let mut driven = Driven::new(context(), (120, 36));
    let screen = driven.keys("e<tab>hOsT: other.example<enter>");
    assert_shown(&screen, &["the header `hOsT` can't be set", "hOsT: other.example"]);
    assert!(driven.model.pending.is_none());
}

#[test]
fn claims_are_a_tree_that_folds_and_copies() {
    let mut driven = Driven::new(context(), (120, 36));
    let groups: Vec<String> = (0..200).map(|number| format!("\"group-{number}\"")).collect();
    let claims =
        format!(r#"{{"iss":"i","realm_access":{{"roles":["a",""],"none":null}},"groups":[{}]}}"#, groups.join(","));
    driven.paste(&token(&claims));
    let screen = driven.keys("2l");
    assert_shown(&screen, &["\u{25be} realm_access  {2}", "\u{25be} roles  [2]", "1  \"\"", "none  null"]);
    assert_shown(&screen, &["\u{25b8} groups        [200]"]);
    assert_shown(&driven.keys("jjj<space>"), &["\u{25b8} roles  [2]"]);
    driven.keys("y");
    assert_eq!(driven.copied().concat(), "[\n  \"a\",\n  \"\"\n]");
    assert_shown(&driven.keys("Y"), &["the JSON pointer /realm_access/roles"]);
    driven.keys("j<enter>");
    assert_eq!(driven.copied().concat(), "/realm_access/roles");
    assert_shown(&driven.keys("G<space>"), &["group-1\"", "/205 "]);
    let all = driven.keys("z");
    assert!(!all.contains("group-1\""), "{all}");
    assert_shown(&driven.keys("3<space>"), &["Space has no action here"]);
}

#[test]
fn the_parts_of_a_token_are_masked_until_it_is_revealed_and_the_claim_under_the_cursor_is_lit() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.screen.look = Look::new(Theme::parse(EMBEDDED[0].1).unwrap(), false);
    driven.paste(&alice());
    let screen = driven.keys("2l/\"sub<esc>/sub<enter>");
    assert_shown(&screen, &["****", "header.payload.signature"]);
    assert!(!screen.contains("eyJ"), "{screen}");
    let screen = driven.keys("v");
    assert_shown(&screen, &["eyJhbGci"]);
    let lit = driven.screen.look.tone(Tone::Lit).bg.unwrap();
    let buffer = driven.screen.terminal.backend().buffer();
    let shown: String =
        buffer.content.iter().filter(|cell| cell.bg == lit).map(ratatui::buffer::Cell::symbol).collect();
    assert!(alice().contains(&shown) && (18..24).contains(&shown.len()), "{shown}");
}

#[test]
fn the_title_keeps_the_expiry_when_it_gets_narrow() {
    for size in [(200, 60), (120, 36), (80, 24), (60, 16), (32, 8)] {
        let mut driven = Driven::new(context(), size);
        let screen = driven.paste(&alice());
        assert_shown(&screen, &["expires in 54 min"]);
        let first = screen.lines().next().unwrap();
        assert_eq!(first.contains("issued \u{2501}\u{2500}"), size.0 >= 80, "{first}");
    }
    let mut driven = Driven::new(context(), (80, 24));
    driven.paste(&token(r#"{"sub":"bob","iat":1763926000,"exp":1763926830}"#));
    driven.model.tokens[0].token.refresh_token = Some(crate::secret::Secret::new("r"));
    assert_shown(&driven.keys(""), &["expires in 30 s r refreshes"]);
}

#[test]
fn two_tokens_are_compared() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    assert_shown(&driven.keys("D"), &["only one token here"]);
    driven.paste(&token(r#"{"sub":"bob","scope":"orders:write profile","aud":"https://api.example.com"}"#));
    let screen = driven.keys("D");
    assert_shown(&screen, &["- bob", "+ alice", "  + orders:read", "  - orders:write", "    profile"]);
    assert_shown(&screen, &["- sub        \"bob\"", "+ sub        \"alice\"", "1 the same"]);
    assert_shown(&driven.keys("<esc>tc"), &["this is the selected token"]);
    assert_shown(&driven.keys("kc"), &["two tokens compared"]);
}

#[test]
fn a_long_status_is_wrapped_and_does_not_hide_the_running_job() {
    let mut driven = Driven::new(context(), (60, 16));
    driven.model.toast = Some("a sentence that is much longer than the window is wide, and that ends here".to_owned());
    assert_shown(&driven.run_frame(), &["a sentence that is much", "that ends here"]);
}

#[test]
fn the_help_is_filtered_and_runs_the_key() {
    let mut driven = Driven::new(context(), (120, 36));
    let screen = driven.keys("?");
    assert_shown(&screen, &["keys in Endpoints", "in this pane", "in all panes", ">Space"]);
    let screen = driven.keys("comp token");
    assert_shown(&screen, &["comp token_", ">D ", "compare the token with another one (no token yet"]);
    assert!(!screen.contains("everywhere"), "{screen}");
    assert_shown(&driven.keys("<ctrl-u>mark all<enter>"), &["7 marked"]);
    assert!(driven.model.sheet.is_none());
    assert_shown(&driven.keys("?xyzxyz<enter>"), &["no such key", "move to a key to run its action"]);
}

#[test]
fn a_theme_is_previewed_and_the_previous_one_restored() {
    let mut driven = Driven::new(context(), (80, 24));
    driven.screen.look = driven.screen.look.with_theme("dark");
    let style = |driven: &Driven| driven.screen.look.tone(Tone::Bad);
    let before = style(&driven);
    assert_shown(&driven.keys("T"), &[">dark", "colorblind-light"]);
    driven.keys("j");
    assert_ne!(style(&driven), before);
    driven.keys("<esc>");
    assert_eq!(style(&driven), before);
    assert_shown(&driven.keys("Tj<enter>"), &["theme light for this session: set TOKSCOPE_THEME=light to keep it"]);
    assert_ne!(style(&driven), before);
}

#[test]
fn the_mouse_selects_and_scrolls_only_if_the_user_wants_it() {
    use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    assert_shown(&driven.keys("m"), &["the mouse selects and scrolls"]);
    let mut mouse = |kind, column, row| {
        let event = Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
        let running = driven.screen.run(&mut driven.model, futures_util::stream::iter([Ok(Input::Event(event))]));
        driven.local.block_on(&driven.runtime, running).unwrap();
        frame::text(driven.screen.terminal.backend().buffer(), false)
    };
    let screen = mouse(MouseEventKind::Down(MouseButton::Left), 10, 4);
    assert_shown(&screen, &[">!  POST   /orders", "POST /orders requires"]);
    let screen = mouse(MouseEventKind::Down(MouseButton::Left), 60, 4);
    assert_shown(&screen, &[">subject   alice"]);
    assert_shown(&mouse(MouseEventKind::ScrollDown, 10, 4), &[">+  GET    /customers/{id}".replace('+', "!").as_str()]);
    // below the last endpoint there is nothing to select
    assert_shown(&mouse(MouseEventKind::Down(MouseButton::Left), 10, 20), &[">!  GET    /customers/{id}"]);
    assert_shown(&driven.keys("m"), &["the mouse belongs to the terminal again"]);
}

#[test]
fn the_history_continues_with_the_calls_of_earlier_runs() {
    let mut driven = Driven::new(context(), (120, 36));
    let call = |time: &str, status, cause: Option<&str>| crate::app::PastCall {
        time: time.to_owned(),
        endpoint: "GET /orders\u{1b}".to_owned(),
        status,
        cause: cause.map(str::to_owned),
    };
    driven.model.past = Some(Ok(vec![
        // of this session, which the list has already
        call("2999-01-01T00:00:00Z", Some(200), None),
        call("2025-11-20T10:00:00.123Z", Some(403), Some("insufficient_scope")),
        call("2025-11-20T09:00:00Z", None, None),
    ]));
    let screen = driven.keys("4lll");
    assert_shown(
        &screen,
        &["earlier runs (from the audit log)", "2025-11-20T10:00:00  GET /orders\\u{1b}  403  insufficient_scope"],
    );
    assert_shown(&screen, &["not made"]);
    assert_shown(&driven.keys("j<enter>"), &["only calls of this session can be shown again"]);
    assert!(!screen.contains("2999"), "{screen}");
}
