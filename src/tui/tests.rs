use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::TestBackend;

use super::*;

const MANIFEST: &str = r#"[api.a]
base_url = "https://a.test"
issuer = "https://a.test"
[api.a.scopes]
"o:read" = {}
"o:write" = { risk = "high" }
[api.a.endpoints]
"GET /orders" = "o:read"
"POST /orders" = "o:write"
"GET /health" = []
"DELETE /orders/{id}/{part}" = "o:write"
[client.c]
issuer = "https://a.test"
client_id = "c"
"#;

// claims: scope o:read, sub with an escape sequence
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im86cmVhZCIsInN1YiI6ImFcdTAwMWJbMzFtIn0.";

fn now() -> Timestamp {
    Timestamp::from_second(1_763_926_800).unwrap()
}

fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys.split_whitespace() {
        let code = match key {
            "<enter>" => KeyCode::Enter,
            "<esc>" => KeyCode::Esc,
            "<tab>" => KeyCode::Tab,
            "<space>" => KeyCode::Char(' '),
            other => KeyCode::Char(other.chars().next().unwrap()),
        };
        let event = Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
        effects.extend(update(model, Message::Terminal(event), now()));
    }
    effects
}

fn model() -> Model {
    Model::new(Arc::new(Workspace::from_source("t", MANIFEST).unwrap()), false)
}

fn drawn(model: &Model, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view(model, false, frame)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn a_pasted_token_is_read_compared_and_masked() {
    let mut model = model();
    update(&mut model, Message::Terminal(Event::Paste(format!("Bearer {TOKEN}"))), now());
    press(&mut model, "j");
    let screen = drawn(&model, 120, 36);
    for shown in ["! missing: o:write", "+ GET /orders", ">", "a\\u{1b}[31m", "eyJh…"] {
        assert!(screen.contains(shown), "`{shown}` is not on: {screen}");
    }
    assert!(!screen.contains(TOKEN) && !screen.contains('\u{1b}'));
    press(&mut model, "v");
    assert!(drawn(&model, 200, 36).contains(TOKEN));
    update(&mut model, Message::Terminal(Event::Paste("there is no token".to_owned())), now());
    assert!(drawn(&model, 80, 24).contains("is no token"));
}

#[test]
fn the_filter_the_marks_and_the_sheet() {
    let mut model = model();
    press(&mut model, "/ p o s t <enter>");
    assert_eq!(model.shown, [1]);
    press(&mut model, "<space> <esc> o");
    let screen = drawn(&model, 120, 36);
    assert!(screen.contains("client c asks for exactly: o:write") && screen.contains("for POST /orders"), "{screen}");
    let effects = press(&mut model, "<enter>");
    assert!(matches!(effects.as_slice(), [Effect::Obtain(_)]));
    update(&mut model, Message::Url("https://a.test/authorize?x=1".to_owned()), now());
    assert!(drawn(&model, 80, 24).contains("https://a.test/authorize?x=1"));
    assert!(matches!(press(&mut model, "<esc>").as_slice(), [Effect::Cancel]));
    assert!(drawn(&model, 60, 16).contains("cancelled"));
}

#[test]
fn a_method_that_changes_something_asks_first() {
    let mut model = model();
    assert!(press(&mut model, "j c").is_empty());
    assert!(drawn(&model, 80, 24).contains("POST /orders may change something"));
    assert!(press(&mut model, "<esc>").is_empty());
    assert!(matches!(press(&mut model, "c <enter>").as_slice(), [Effect::Call(_)]));
    assert!(matches!(press(&mut model, "k c").as_slice(), [Effect::Call(_)]));
}

#[test]
fn every_size_is_drawn_and_a_small_one_says_what_is_needed() {
    let mut model = model();
    for (width, height) in [(120, 36), (80, 24), (60, 16), (1, 1), (29, 7), (30, 8)] {
        for keys in ["1", "2", "3", "4", "?", "<esc>"] {
            press(&mut model, keys);
            let _ = drawn(&model, width, height);
        }
    }
    assert!(drawn(&model, 40, 6).contains("too small"));
}

#[test]
fn path_parameters_are_asked_for_one_by_one_and_then_whether_to_call() {
    let mut model = model();
    press(&mut model, "G c 7 q <enter>");
    assert!(drawn(&model, 80, 24).contains("part = _"));
    assert!(press(&mut model, "x <enter>").is_empty());
    assert!(drawn(&model, 80, 24).contains("may change something"));
    let effects = press(&mut model, "<enter>");
    let [Effect::Call(request)] = effects.as_slice() else { panic!("no call") };
    let url = model.workspace.call_url(request).unwrap();
    assert_eq!(url.as_str(), "https://a.test/orders/7q/x");
    press(&mut model, "c <esc>");
    assert!(model.sheet.is_none());
}
