//! What a token says: its summary, claims and parts, and the list of tokens.

use super::fixtures::{alice, context, now, token};
use super::{Driven, assert_shown};
use crate::tui::item::Tone;
use crate::tui::theme::{EMBEDDED, Look, Theme};

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
