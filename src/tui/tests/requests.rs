//! Calls and probes: the request form, confirmations, pastes that must not send anything, and the history.

use super::fixtures::{alice, context, now, token};
use super::{Driven, assert_shown};
use crate::app::{CallOutcome, CallRequest};
use crate::diagnosis::{Case, Request, Response, Sent, diagnose};
use crate::net::Timing;
use crate::tui::frame;
use crate::tui::input::Input;
use crate::tui::model::{CallRecord, Calling, Pending, Sheet};
use crate::tui::task::Task;

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
fn the_body_is_edited_in_the_editor() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.screen.host.saved = Some("{\n  \"n\": 2\n}".to_owned());
    let screen = driven.keys("jje<tab><tab>{<ctrl-o>");
    assert_eq!(driven.screen.host.edited_text, ["{"]);
    assert_shown(&screen, &["body       {", "             \"n\": 2", "           }_"]);
    // an editor that fails changes nothing
    driven.screen.host.saved = None;
    assert_shown(&driven.keys("<tab><ctrl-o>"), &["the body is unchanged", "             \"n\": 2"]);
    assert_shown(&driven.keys("<enter>"), &["may change data"]);
    let id = driven.model.row().unwrap().id;
    assert_eq!(driven.model.forms.get(&id).unwrap().request().body.as_deref(), Some(&b"{\n  \"n\": 2\n}"[..]));
}

#[test]
fn a_connection_header_is_refused_in_the_request_sheet() {
    let mut driven = Driven::new(context(), (120, 36));
    let screen = driven.keys("e<tab>hOsT: other.example<enter>");
    assert_shown(&screen, &["the header `hOsT` can't be set", "hOsT: other.example"]);
    assert!(driven.model.pending.is_none());
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

/// Puts a call under way that no job makes.
fn call_under_way(driven: &mut Driven) {
    let endpoint = driven.model.row().unwrap().id;
    driven.model.pending =
        Some(Pending { job: 99, name: "calling GET /orders".to_owned(), since: now(), waits_for_user: true });
    driven.model.calling = Some(Calling {
        request: CallRequest::new(endpoint, Vec::new()),
        method: "GET".to_owned(),
        url: "https://api.example.com/v1/orders".to_owned(),
        path: "/v1/orders".to_owned(),
        since: now(),
    });
}

#[test]
fn a_call_under_way_is_not_replaced_by_another_job() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    call_under_way(&mut driven);
    for keys in ["r", "s", "c"] {
        assert_shown(&driven.keys(keys), &["another job is running: Esc cancels it"]);
    }
    for keys in ["tr", "tR", "e<enter>"] {
        assert_shown(&driven.keys(keys), &["a call is under way"]);
        driven.keys("<esc>");
    }
    assert_eq!(driven.model.pending.as_ref().unwrap().job, 99);
    assert_shown(&driven.keys("<esc>"), &["GET /v1/orders: cancelled"]);
}

#[test]
fn a_call_that_waits_for_trust_ends_when_trust_is_declined() {
    let mut driven = Driven::new(context(), (120, 36));
    call_under_way(&mut driven);
    driven.model.pending = None;
    let task = Box::new(Task::PastCalls);
    driven.model.sheet = Some(Sheet::Trust { lines: vec!["https://api.example.com".to_owned()], task });
    assert_shown(&driven.keys(""), &["this manifest is not trusted yet"]);
    let screen = driven.keys("<esc>");
    assert_shown(&screen, &["not trusted: nothing was sent", "no calls yet"]);
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
