//! Keys, windows and looks that no pane has to itself.

use super::fixtures::{alice, context, token};
use super::{Driven, assert_shown};
use crate::app::Context;
use crate::tui::input::Input;
use crate::tui::item::Tone;
use crate::tui::keymap;
use crate::tui::model::Pane;
use crate::tui::theme::{EMBEDDED, Look, Theme};
use crate::tui::{TuiError, frame};

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
    assert_shown(&driven.keys("<ctrl-x>"), &["Ctrl-X has no action here"]);
    assert_shown(&driven.keys("l"), &["press z to group the endpoints by path"]);
    assert_shown(&driven.keys("<esc>"), &["nothing to cancel (press q to quit)"]);
    driven.paste(&alice());
    assert_shown(&driven.keys("tx"), &["x has no action here (the keys are below)"]);
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
    assert_shown(&Driven::new(context(), (60, 16)).keys(""), &["all: 80x20"]);
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
fn an_empty_list_says_why_enter_does_nothing() {
    let mut driven = Driven::new(context(), (120, 36));
    assert_shown(&driven.keys(":xyzxyz<enter>"), &["xyzxyz_", "no such action"]);
    let error = crate::app::Error::new(crate::app::ErrorKind::Failed, "the keyring is locked");
    driven.model.vault_error = Some(error);
    driven.model.sheet = None;
    assert_shown(&driven.keys("t<enter>"), &["the keyring is locked", "no token in this line"]);
    assert_shown(&driven.keys("R"), &["no token in this list"]);
}

#[test]
fn the_theme_of_the_user_is_restored() {
    let mut driven = Driven::new(context(), (80, 24));
    let own = driven.screen.look.tone(Tone::Bad);
    driven.keys("T");
    assert_ne!(driven.screen.look.tone(Tone::Bad), own);
    driven.keys("j<esc>");
    assert_eq!(driven.screen.look.tone(Tone::Bad), own);
}

#[test]
fn a_theme_is_previewed_and_the_previous_one_restored() {
    let mut driven = Driven::new(context(), (80, 24));
    driven.screen.look = driven.screen.look.with_theme("dark");
    driven.model.theme = Some("dark");
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
fn the_theme_follows_the_background_until_the_user_chooses_one() {
    let mut driven = Driven::new(context(), (80, 24));
    let reply = |driven: &mut Driven, light| {
        let inputs = futures_util::stream::iter([Ok(Input::Background { light })]);
        let running = driven.screen.run(&mut driven.model, inputs);
        driven.local.block_on(&driven.runtime, running).unwrap();
        driven.model.theme
    };
    driven.model.theme = Some("contrast-dark");
    assert_eq!(reply(&mut driven, true), Some("contrast-dark"));
    (driven.model.theme, driven.model.suits_background) = (Some("dark"), true);
    assert_eq!(reply(&mut driven, false), Some("dark"));
    assert_eq!(reply(&mut driven, true), Some("light"));
    assert_eq!(driven.screen.look.tone(Tone::Bad), driven.screen.look.with_theme("light").tone(Tone::Bad));
    driven.keys("Tj<enter>");
    assert_eq!(reply(&mut driven, true), Some("contrast-dark"));
}

#[test]
fn own_keys_replace_the_default_ones_everywhere_they_are_named() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.model.keymap = keymap::parse("obtain = \"<f2>\"\ncall = \"x\"\nhelp = \"<ctrl-g>\"\n").unwrap();
    assert_shown(&driven.keys(""), &["F2 obtain", "x call", "Or press F2 to obtain one", "press x to call"]);
    assert_shown(&driven.keys("c"), &["c has no action here (press Ctrl-G for the keys)"]);
    assert_shown(&driven.keys("jjx"), &["POST /orders may change data"]);
    assert_shown(&driven.keys("<esc><f2>"), &["requests exactly"]);
    assert_shown(&driven.keys("<esc><ctrl-g>call sel"), &[">x          call the selected endpoint"]);
}

#[test]
fn an_authorization_url_is_a_link() {
    use crate::tui::content::sheet;
    use crate::tui::model::Sheet;
    use crate::tui::task::SignInPrompt;
    let mut driven = Driven::new(context(), (60, 16));
    let url = format!("https://login.example.com/authorize?state={}", "x".repeat(100));
    let place = SignInPrompt { url: url.clone(), code: None, complete: None, notices: Vec::new(), can_paste: false };
    driven.model.sheet = Some(Sheet::Waiting(Some(Box::new(place.clone()))));
    driven.keys("");
    let links = std::mem::take(&mut driven.screen.host.links);
    assert!(links.len() > 2 && links.iter().all(|link| link.url == url && link.area.height == 1), "{links:?}");
    let place = SignInPrompt { url: "https://a\u{1b}]8;;".to_owned(), ..place };
    let items = sheet(&driven.model, &Sheet::Waiting(Some(Box::new(place))));
    assert!(items.iter().all(|item| item.link.is_none()));
}

#[test]
fn what_was_copied_can_be_pasted_by_the_notation_of_keys() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    assert_shown(&driven.keys(":copy the token<enter>td<enter>"), &["no token: paste one"]);
    assert_shown(&driven.keys("<paste>"), &["token alice"]);
}

#[test]
fn the_mouse_selects_and_scrolls_only_if_the_user_wants_it() {
    use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    assert_shown(&driven.keys("m"), &["the mouse selects, scrolls and drags borders"]);
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
fn borders_between_panes_are_dragged() {
    use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    driven.keys("m");
    let mut drag = |from: (u16, u16), to: (u16, u16)| {
        let left = MouseButton::Left;
        let steps =
            [(MouseEventKind::Down(left), from), (MouseEventKind::Drag(left), to), (MouseEventKind::Up(left), to)];
        let events = steps.map(|(kind, (column, row))| {
            Ok(Input::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })))
        });
        let running = driven.screen.run(&mut driven.model, futures_util::stream::iter(events));
        driven.local.block_on(&driven.runtime, running).unwrap();
        let area = |pane| driven.model.hits.iter().find(|hit| hit.pane == Some(pane)).unwrap().area;
        (area(Pane::Endpoints).width, area(Pane::Scopes).height, area(Pane::Call).height)
    };
    let (width, scopes, call) = drag((0, 0), (5, 5));
    assert_eq!(drag((width - 1, 10), (59, 12)), (60, scopes, call));
    let top = 34 - call;
    assert_eq!(drag((10, top), (10, top - 5)).2, call + 5);
    let (_, lower, call) = drag((0, 0), (5, 5));
    assert_eq!(drag((80, 34 - call - lower), (80, 34 - call - lower + 2)).1, lower - 2);
    // no pane vanishes
    assert_eq!(drag((59, 10), (119, 10)).0, 120 - 36);
    assert_eq!(drag((83, 10), (0, 10)).0, 20);
    // elsewhere there is nothing to drag
    assert_eq!(drag((50, 10), (70, 20)).0, 20);
    assert_shown(&driven.keys("="), &["the panes have their usual sizes"]);
    let endpoints = driven.model.hits.iter().find(|hit| hit.pane == Some(Pane::Endpoints)).unwrap();
    assert_ne!(endpoints.area.width, 20);
}
