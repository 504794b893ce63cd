#![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::manifest::{self, Manifest};
use crate::scope::{Risk, ScopeSet};
use crate::sshsig::{PublicKey, Signature};

/// A key that signs like `ssh-keygen -Y sign`.
struct Key(Ed25519KeyPair);

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

impl Key {
    fn new() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
    }

    fn blob(&self) -> Vec<u8> {
        [string(b"ssh-ed25519"), string(self.0.public_key().as_ref())].concat()
    }

    fn public(&self) -> PublicKey {
        PublicKey::from_blob(&self.blob()).unwrap()
    }

    fn sign(&self, namespace: &str, text: &str) -> Signature {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, text.as_bytes());
        let head = [string(namespace.as_bytes()), string(b""), string(b"sha512")].concat();
        let signed = [&b"SSHSIG"[..], &head, &string(hash.as_ref())].concat();
        let inner = [string(b"ssh-ed25519"), string(self.0.sign(&signed).as_ref())].concat();
        let blob = [&b"SSHSIG\0\0\0\x01"[..], &string(&self.blob()), &head, &string(&inner)].concat();
        Signature::parse(&blob).unwrap()
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn request() -> Request {
    Request {
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        created: time("2026-12-01T08:59:30Z"),
        requester: "ana".to_owned(),
        host: Some("laptop".to_owned()),
        keys: Vec::new(),
        client: "dev".to_owned(),
        client_id: "tokscope-dev".to_owned(),
        issuer: "https://login.example.com".to_owned(),
        audiences: vec!["https://api.example.com".to_owned()],
        scopes: ScopeSet::parse("orders:delete orders:read").unwrap(),
        above: ScopeSet::parse("orders:delete").unwrap(),
        endpoints: vec![RequestedEndpoint {
            endpoint: "DELETE /orders/{id}".to_owned(),
            api: "orders".to_owned(),
            needs: ScopeSet::parse("orders:delete").unwrap(),
        }],
        reaches: 4,
        writes: 1,
        risk: Some(Risk::High),
        reason: Some("remove the test orders of last week, which nobody needs any more, as agreed with Ben".to_owned()),
        from: time("2026-12-01T09:00:00Z"),
        until: time("2026-12-01T11:00:00Z"),
        uses: Some(1),
        manifest: "ab".repeat(32),
        rules: vec![RequestRule::Ceiling],
        approvers: vec![vec!["leads".to_owned(), "security".to_owned()]],
    }
}

#[test]
fn a_request_is_read_as_it_was_written() {
    let request = request();
    let text = request.text();
    assert_eq!(parse(&text), Ok(request.clone()), "{text}");
    assert!(text.lines().count() <= 40, "{text}");
    let bare = Request {
        host: None,
        audiences: Vec::new(),
        scopes: ScopeSet::new(),
        above: ScopeSet::new(),
        endpoints: Vec::new(),
        reason: None,
        uses: None,
        risk: None,
        keys: vec!["SHA256:abc".to_owned(), "SHA256:def".to_owned()],
        rules: vec![RequestRule::Ceiling, RequestRule::Policy("line 40".to_owned())],
        requester: "\u{202e} ana\n".to_owned(),
        ..request
    };
    assert_eq!(parse(&bare.text()), Ok(bare));
}

#[test]
fn a_request_is_read_as_chats_and_mails_mangle_it() {
    let request = request();
    let text = request.text();
    let wrapped: String = text
        .lines()
        .map(|line| match line.len() > 60 {
            // a mail program breaks lines at spaces
            true => {
                let at = line.get(..60).unwrap().rfind(' ').filter(|at| *at > 10);
                at.map_or(format!("{line}\n"), |at| format!("{}\n{}\n", &line[..at], &line[at + 1..]))
            }
            false => format!("{line}\n"),
        })
        .collect();
    assert_ne!(wrapped, text);
    for (what, mangled) in [
        ("CRLF", text.replace('\n', "\r\n")),
        ("CR", text.replace('\n', "\r")),
        ("quoted", format!("> {}", text.replace('\n', "\n> "))),
        ("indentation", text.replace('\n', "\n      ")),
        ("blank lines", text.replace('\n', "\n\n")),
        ("text around", format!("Hi: please approve\n\n{text}\n-- \nAna")),
        ("long lines broken", wrapped),
        ("no-break spaces", text.replace(' ', "\u{a0}")),
        ("invisible characters in values", text.replace("orders", "ord\u{200b}ers")),
        ("escaped dashes", format!("- {}", text.replace("\n-", "\n- -"))),
        ("quoted in HTML", format!("&gt; {}", text.trim_end().replace('\n', "\n&gt; "))),
        ("spaces at the end of lines", text.replace('\n', " \n")),
    ] {
        assert_eq!(parse(&mangled), Ok(request.clone()), "{what}\n{mangled}");
    }
}

#[test]
fn a_mangled_request_is_refused_with_line_and_reason() {
    let text = request().text();
    for (from, to, expected) in [
        ("version: 1", "version: 2", "request-version 2 version `2` of the request is not known"),
        ("version: 1\n", "", "request-syntax 2 expected `version`, found `id`"),
        ("id: 0123", "id: 012x", "request-value 3 `id` must be 32 hexadecimal digits"),
        ("id: 0123456789abcdef0123456789abcdef\n", "", "request-syntax 3 expected `id`, found `created`"),
        ("client: dev", "client: dev\nclient: prod", "request-syntax 8 `client` occurs twice"),
        ("rule: ceiling", "rule: ceiling\nrule: ceiling", "request-value 26 `ceiling` is listed twice"),
        ("rule: ceiling", "rule: roof", "request-value 25 `rule` must be `ceiling`, or `policy` and a rule"),
        ("client: dev", "clint: dev", "request-syntax 7 expected `client`, found `clint`"),
        ("risk: high", "risk: huge", "request-value 19 `risk` must be a risk, or `none`"),
        ("uses: 1", "uses: 0", "request-value 23 `uses` must be a number from 1, or `any`"),
        (
            "until: 2026-12-01T11:00:00Z",
            "until: 2026-12-01T09:00:00Z",
            "request-value 22 the window ends at 2026-12-01T09:00:00Z, before it begins at 2026-12-01T09:00:00Z",
        ),
        ("from: 2026-12-01T09:00:00Z", "from: today", "request-value 21 `from` must be a time in UTC"),
        ("above: orders:delete", "above: orders:admin", "request-value 13 `orders:admin` is above the ceiling, but"),
        ("scope: orders:read", "scope: orders:delete", "request-value 12 `orders:delete` is listed twice"),
        ("api: orders\n", "", "request-syntax 14 an endpoint must have one `api`"),
        ("rule: ceiling", "rule: none", "request-value 25 `rule` must be `ceiling`, or `policy` and a rule"),
        ("approvers: leads\nor: security\n", "", "request-syntax 26 expected `approvers`, found `check`"),
        ("reason: remove", "reason: \\remove", "request-value 20 the value of `reason` is not valid"),
        // values that are valid, but not those that were written
        ("uses: 1", "uses: 2", "request-changed 28 the text was changed after it was written"),
        ("orders:delete\nscope", "orders:admin\nscope", "request-value 13"),
        ("which nobody", "which  nobody", "request-changed 28"),
        ("requester: ana", "requester: an\u{430}", "request-changed 28"),
        (
            "-----END TOKSCOPE",
            "-----END",
            "request-syntax 1 the block `BEGIN TOKSCOPE APPROVAL REQUEST` in line 1 has no end",
        ),
        ("-----BEGIN TOKSCOPE", "-----BEGIN", "request-syntax 1 no block `BEGIN TOKSCOPE APPROVAL REQUEST` found"),
    ] {
        let mangled = text.replacen(from, to, 1);
        assert_ne!(mangled, text, "{from}");
        let findings = parse(&mangled).expect_err(&mangled);
        let finding = findings.first().unwrap();
        let (line, _) = manifest::line_column(&mangled, finding.span.as_ref().unwrap().start);
        let shown = format!("{} {line} {}", finding.code.name, finding.message);
        assert!(shown.starts_with(expected), "expected {expected}, found {shown}\n{mangled}");
    }
    let two = parse(&text.repeat(2)).unwrap_err();
    assert_eq!(two.first().unwrap().message, "the text has 2 requests");
}

#[test]
fn an_error_is_shown_with_line_caret_and_hint() {
    let text = request().text().replace("client: dev", "clint: dev");
    let findings = parse(&text).unwrap_err();
    let shown = manifest::render("request.txt", &text, findings.first().unwrap());
    assert!(shown.contains("request.txt:7:1") && shown.contains("^^^^^"), "{shown}");
    assert!(shown.contains("did you mean `client`?"), "{shown}");
}

struct Scene {
    keys: Vec<Key>,
    manifest: Manifest,
}

/// Groups: leads (2 of ana, ben, cem, where cem has two keys), security (dora), either.
fn scene() -> Scene {
    let keys: Vec<Key> = (0..6).map(|_| Key::new()).collect();
    let line = |index: usize, owner: &str| format!("\"{} {owner}\"", keys[index].public());
    let source = format!(
        "[approvers.leads]\nneed = 2\nkeys = [{}, {}, {}, {}]\n[approvers.security]\nkeys = [{}]\n\
         [approvers.either]\nany_of = [\"security\", \"leads\"]\n[approvers.both]\nany_of = [[\"security\", \"leads\"]]\n",
        line(0, "ana"),
        line(1, "ben"),
        line(2, "cem"),
        line(3, "cem"),
        line(4, "dora"),
    );
    let manifest = manifest::parse(&source).manifest.unwrap();
    Scene { keys, manifest }
}

fn required(groups: &[&[&str]]) -> Required {
    groups.iter().map(|groups| groups.iter().map(|group| (*group).to_owned()).collect()).collect()
}

#[test]
fn approvals_are_counted_by_groups_and_people() {
    let Scene { keys, manifest } = scene();
    let request = request();
    let text = request.text();
    for (groups, signers, missing) in [
        (required(&[&["leads"]]), &[0, 1][..], None),
        (required(&[&["leads"]]), &[1, 0, 1], None),
        (required(&[&["leads"]]), &[], Some("leads: 0 of 2")),
        (required(&[&["leads"]]), &[0], Some("leads: 1 of 2")),
        (required(&[&["leads"]]), &[0, 0], Some("leads: 1 of 2")),
        // two keys of one person
        (required(&[&["leads"]]), &[2, 3], Some("leads: 1 of 2")),
        (required(&[&["leads"]]), &[4, 0], Some("leads: 1 of 2")),
        (required(&[&["leads", "security"]]), &[4], None),
        (required(&[&["leads", "security"]]), &[0], Some("leads: 1 of 2 or security: 0 of 1")),
        (required(&[&["leads"], &["security"]]), &[0, 1], Some("security: 0 of 1")),
        (required(&[&["leads"], &["security"]]), &[0, 1, 4], None),
        (required(&[&["either"]]), &[4], None),
        (required(&[&["either"]]), &[1, 2], None),
        (required(&[&["either"]]), &[1], Some("security: 0 of 1 or leads: 1 of 2")),
        (required(&[&["both"]]), &[1, 2], Some("security: 0 of 1")),
        (required(&[&["both"]]), &[1, 2, 4], None),
        (required(&[&["nobody"]]), &[0, 1, 2, 4], Some("no group `nobody`")),
        (required(&[]), &[0, 1, 2, 4], Some("")),
    ] {
        let signatures: Vec<Signature> = signers.iter().map(|index| keys[*index].sign(NAMESPACE, &text)).collect();
        let judgment = judge(&request, &signatures, &manifest, &groups, &[]);
        assert_eq!(judgment.is_sufficient(), missing.is_none(), "{groups:?} {signers:?} {judgment:?}");
        let shown: Vec<String> = judgment.objections.iter().map(ToString::to_string).collect();
        if let Some(missing) = missing {
            assert!(shown.contains(&format!("too few approvals ({missing})")), "{groups:?} {signers:?} {shown:?}");
        }
    }
}

#[test]
fn signatures_that_do_not_count_have_their_reason() {
    let Scene { keys, manifest } = scene();
    let request = request();
    let (text, groups) = (request.text(), required(&[&["security"]]));
    let other = Request { uses: None, ..request.clone() };
    let self_signed = Request { keys: vec![keys[4].public().fingerprint()], ..request.clone() };
    let outsider = keys[5].public().fingerprint();
    let objection = |request: &Request, signature: Signature, own: &[String]| {
        let judgment = judge(request, &[signature], &manifest, &groups, own);
        assert!(!judgment.is_sufficient() && judgment.approvers.is_empty());
        judgment.objections.first().unwrap().to_string()
    };
    let dora = &keys[4];
    for (found, expected) in [
        (objection(&request, dora.sign("git", &text), &[]), "signature of dora: the signature was made for the namespace `git`, not for `tokscope-approval@v1`".to_owned()),
        (objection(&request, dora.sign(REFUSAL_NAMESPACE, &text), &[]), "signature of dora: the signature was made for the namespace `tokscope-refusal@v1`, not for `tokscope-approval@v1`".to_owned()),
        (objection(&request, dora.sign(NAMESPACE, &other.text()), &[]), "signature of dora: the signature does not match the text".to_owned()),
        (objection(&request, keys[5].sign(NAMESPACE, &text), &[]), format!("the key {outsider} is not an approver for this request")),
        // a lead, but leads are not asked
        (objection(&request, keys[0].sign(NAMESPACE, &text), &[]), format!("the key {} is not an approver for this request", keys[0].public().fingerprint())),
        (objection(&self_signed, dora.sign(NAMESPACE, &self_signed.text()), &[]), "dora made the request, and can't approve it".to_owned()),
        (objection(&request, dora.sign(NAMESPACE, &text), &[dora.public().fingerprint()]), "dora made the request, and can't approve it".to_owned()),
    ] {
        assert_eq!(found, expected);
    }
    // another key of the requester is barred too
    let cem = Request { keys: vec![keys[2].public().fingerprint()], ..request };
    let signatures = [keys[3].sign(NAMESPACE, &cem.text()), keys[0].sign(NAMESPACE, &cem.text())];
    let judgment = judge(&cem, &signatures, &manifest, &required(&[&["leads"]]), &[]);
    assert!(!judgment.is_sufficient());
    assert_eq!(judgment.objections.first().unwrap().to_string(), "cem made the request, and can't approve it");
    // a signature that does not count does not invalidate the others
    let signatures = [keys[5].sign(NAMESPACE, &text), dora.sign(NAMESPACE, &text)];
    assert!(judge(&self::request(), &signatures, &manifest, &groups, &[]).is_sufficient());
}

fn tokens(tokens: u64) -> Uses {
    Uses { tokens, acts: 0 }
}

#[test]
fn tokens_and_acts_are_counted_by_themselves() {
    let by_policy = RequestRule::Policy("line 40".to_owned());
    let now = time("2026-12-01T10:00:00Z");
    for (rules, used, ends, complete) in [
        (vec![RequestRule::Ceiling], Uses { tokens: 1, acts: 0 }, true, 1),
        (vec![RequestRule::Ceiling], Uses { tokens: 0, acts: 1 }, false, 0),
        (vec![by_policy.clone()], Uses { tokens: 1, acts: 0 }, false, 0),
        (vec![by_policy.clone()], Uses { tokens: 0, acts: 1 }, true, 1),
        (vec![RequestRule::Ceiling, by_policy.clone()], Uses { tokens: 1, acts: 0 }, false, 0),
        (vec![RequestRule::Ceiling, by_policy], Uses { tokens: 1, acts: 1 }, true, 1),
    ] {
        let request = Request { rules, ..request() };
        let objections = check_now(&request, &State { used, ..State::default() }, &request.manifest, now);
        let expected = if ends { vec![Objection::Used(1)] } else { Vec::new() };
        assert_eq!(objections, expected, "{:?} {used:?}", request.rules);
        assert_eq!(request.complete_uses(used), complete, "{:?} {used:?}", request.rules);
    }
}

#[test]
fn an_approval_holds_within_its_window_uses_and_manifest() {
    let request = request();
    let state = State::default();
    let (manifest, inside) = (request.manifest.clone(), time("2026-12-01T10:00:00Z"));
    let shown = |state: &State, manifest: &str, now: Timestamp| {
        let objections = check_now(&request, state, manifest, now);
        objections.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(shown(&state, &manifest, inside), "");
    assert_eq!(shown(&state, &manifest, request.from), "");
    assert_eq!(shown(&state, &manifest, time("2026-12-01T08:59:59Z")), "the window begins at 2026-12-01T09:00:00Z");
    assert_eq!(shown(&state, &manifest, request.until), "the window ended at 2026-12-01T11:00:00Z");
    assert_eq!(shown(&state, &"cd".repeat(32), inside), "the manifest has changed since the request");
    assert_eq!(
        shown(&State { used: tokens(1), ..State::default() }, &manifest, inside),
        "it was approved for one use, which is taken"
    );
    assert_eq!(shown(&State { ended: true, ..State::default() }, &manifest, inside), "the approval was ended");
    let refused = State { refused: Some(("ben".to_owned(), "not today".to_owned())), ..State::default() };
    assert_eq!(shown(&refused, &manifest, inside), "refused by ben: not today");
    let often = Request { uses: None, ..request.clone() };
    assert_eq!(check_now(&often, &State { used: tokens(1000), ..State::default() }, &manifest, inside), []);
}

#[test]
fn a_refusal_is_bound_to_its_request() {
    let request = request();
    let refusal = Refusal::of(&request, "not on a Friday;\nask again on Monday");
    let text = refusal.text();
    assert_eq!(Refusal::read(&text), Some(refusal.clone()));
    let quoted =
        format!("> Hi\n> {}", text.replace('\n', "\r\n> ").replace("Friday", "\r\n> Friday").replace("a \r", "a\r"));
    assert_eq!(Refusal::read(&quoted), Some(refusal.clone()));
    assert_ne!(Refusal::of(&Request { uses: None, ..request }, "no").request, refusal.request);
    assert_eq!(Refusal::read("no"), None);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,400}", line in 0_usize..30, at in 0_usize..2000) {
        let _ = parse(&text);
        let good = request().text();
        let mut lines: Vec<&str> = good.lines().collect();
        lines.insert(line.min(lines.len()), &text);
        let _ = parse(&lines.join("\n"));
        let mut cut = good.clone();
        cut.truncate(at.min(good.len()));
        // a marker with fewer dashes is still one
        prop_assert!(parse(&cut).is_err() || parse(&cut) == Ok(request()));
        let _ = Refusal::read(&text);
    }

    #[test]
    fn no_changed_character_of_a_request_goes_unnoticed(at in 30_usize..1100, to in "[a-z0-9:]") {
        let request = request();
        let good = request.text();
        let end = good.find("-----END").unwrap();
        let at = at % end;
        prop_assume!(good.is_char_boundary(at) && good.is_char_boundary(at + 1) && at > 0);
        let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        if let Ok(read) = parse(&changed) {
            prop_assert_eq!(read, request);
        }
    }
}
