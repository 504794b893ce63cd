//! The layers of the crate as a test: imports point downwards, pure modules reach for nothing outside, and no
//! modules depend on each other in a circle.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a failing test panics")]

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imports::{Crate, Module, Segments, circles};

/// Each top-level module with its layer. Modules of one layer do not use each other.
const LAYERS: &[(&str, u8)] = &[
    ("diagnostic", 0),
    ("header", 0),
    ("printed", 0),
    ("secret", 0),
    ("text", 0),
    ("scope", 1),
    ("sshsig", 1),
    ("token", 1),
    ("manifest", 2),
    ("approval", 3),
    ("diagnosis", 3),
    ("policy", 3),
    ("enforcement", 3),
    ("usage", 3),
    ("files", 4),
    ("net", 4),
    ("audit", 5),
    ("oauth", 5),
    ("vault", 5),
    ("app", 6),
    ("demo", 6),
    ("cli", 7),
    ("gateway", 7),
    ("tui", 7),
];

/// The layers up to this one are pure.
const PURE: u8 = 3;

/// Uses within one layer that are meant.
const EXCEPTIONS: &[(&str, &str)] = &[("token", "scope")];

/// What a pure module may not name: the network, files, the environment, processes, the clock, and printing.
const IMPURE: &[&[&str]] = &[
    &["axum"],
    &["crossterm"],
    &["jiff", "Timestamp", "now"],
    &["keyring"],
    &["ratatui"],
    &["reqwest"],
    &["rustix"],
    &["std", "env"],
    &["std", "fs"],
    &["std", "io"],
    &["std", "net"],
    &["std", "process"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["tokio"],
    &["webbrowser"],
    &["Timestamp", "now"],
    &["Instant", "now"],
    &["print!"],
    &["println!"],
    &["eprint!"],
    &["eprintln!"],
    &["dbg!"],
];

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// What one module must not use.
fn violations(module: &Module) -> Vec<String> {
    let Some(top) = module.top() else { return Vec::new() };
    let own = layer(top).unwrap_or_else(|| panic!("`{top}` has no layer"));
    let mut found = Vec::new();
    for named in &module.names {
        let shown = named.join("::");
        if let [first, other, ..] = named.as_slice()
            && first == "crate"
            && other != top
            && let Some(above) = layer(other)
            && above >= own
            && !EXCEPTIONS.contains(&(top, other.as_str()))
        {
            found.push(format!("{} uses {shown}", module.path.join("::")));
        }
        if own <= PURE
            && IMPURE.iter().any(|path| named.iter().map(String::as_str).take(path.len()).eq(path.iter().copied()))
        {
            found.push(format!("{} names {shown}", module.path.join("::")));
        }
    }
    found
}

fn read_crate() -> Crate {
    let read = Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(read.modules.len() > 100, "only {} modules were read", read.modules.len());
    read
}

#[test]
fn imports_point_downwards_and_pure_modules_stay_pure() {
    let found: Vec<String> = read_crate().modules.values().flat_map(violations).collect();
    assert_eq!(found, Vec::<String>::new());
}

/// For each module with children: which child uses which, each with everything below it.
fn families(
    uses: &BTreeMap<Segments, BTreeSet<Segments>>,
) -> BTreeMap<Segments, BTreeMap<Segments, BTreeSet<Segments>>> {
    let mut families: BTreeMap<Segments, BTreeMap<Segments, BTreeSet<Segments>>> = BTreeMap::new();
    for (user, used) in uses {
        for used in used {
            let common = user.iter().zip(used).take_while(|(a, b)| a == b).count();
            let children = families.entry(user[..common].to_vec()).or_default();
            children.entry(user[..=common].to_vec()).or_default().insert(used[..=common].to_vec());
        }
    }
    families
}

#[test]
fn modules_do_not_depend_on_each_other_in_a_circle() {
    let uses = read_crate().uses();
    let mut found = Vec::new();
    for children in families(&uses).values() {
        for circle in circles(children) {
            let is_in = |path: &Segments| circle.iter().find(|member| path.starts_with(member));
            let arrows = uses.iter().flat_map(|(user, used)| used.iter().map(move |used| (user, used)));
            let inside =
                arrows.filter(|(user, used)| is_in(user).is_some_and(|from| is_in(used).is_some_and(|to| from != to)));
            let inside = inside.map(|(user, used)| format!("\n  {} -> {}", user[1..].join("::"), used[1..].join("::")));
            found.push(format!("a circle of {}:{}", circle.len(), inside.collect::<String>()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_spelling_of_an_import_is_seen() {
    let uses_net = [
        "use crate::net::Client;",
        "use crate::{net, app};",
        "use crate::{scope::Scope, net::{self, Client}};",
        "use crate::net as n;",
        "use crate::net::*;",
        "use super::super::net::Client;",
        "pub use crate::net::Client;",
        "fn f() -> crate::net::Client { todo!() }",
        "fn f() { crate::net::get(); }",
        "fn f() { let _ = vec![crate::net::get()]; }",
        "mod inner { use crate::net::Client; }",
        "mod inner { use super::super::super::net::Client; }",
        "impl crate::net::Get for X {}",
    ];
    for source in uses_net {
        let module = Module::parse(&["crate", "manifest", "parse"], source).unwrap();
        let found = violations(&module);
        assert!(found.iter().any(|found| found.contains("crate::net")), "not seen: {source}: {found:?}");
    }
}

#[test]
fn every_impurity_is_seen_and_tests_are_left_out() {
    let judged = |source: &str| violations(&Module::parse(&["crate", "token", "time"], source).unwrap()).len();
    for source in [
        "fn f() { let now = jiff::Timestamp::now(); }",
        "use jiff::Timestamp; fn f() { let now = Timestamp::now(); }",
        "use std::{fs, path::Path};",
        "use std::io::Read as _;",
        "fn f() { println!(\"{}\", 1); }",
        "fn f() { assert!(std::env::var(\"A\").is_ok()); }",
        "use tokio::sync::Mutex;",
    ] {
        assert!(judged(source) > 0, "not seen: {source}");
    }
    for source in [
        "use crate::scope::Scope;",
        "use jiff::Timestamp; fn f(now: Timestamp) {}",
        "#[cfg(test)] mod tests { use crate::net::Client; use std::fs; }",
        "#[cfg(test)] use std::fs;",
        "// use crate::net::Client;",
    ] {
        assert_eq!(judged(source), 0, "wrongly seen: {source}");
    }
}

#[test]
fn circles_are_found_through_re_exports() {
    let parse = |path: &[&str], source: &str| Module::parse(path, source).unwrap();
    let modules = [
        parse(&["crate"], "mod a;"),
        parse(&["crate", "a"], "mod one; mod two; pub use one::One; pub use two::Two;"),
        parse(&["crate", "a", "one"], "use super::Two; pub struct One(Two);"),
        parse(&["crate", "a", "two"], "use crate::a; pub struct Two(a::One);"),
    ];
    let read = Crate { modules: modules.into_iter().map(|module| (module.path.clone(), module)).collect() };
    let found = families(&read.uses()).values().flat_map(circles).collect::<Vec<_>>();
    let names: Vec<Vec<String>> =
        found.iter().map(|circle| circle.iter().map(|path| path.join("::")).collect()).collect();
    assert_eq!(names, [["crate::a::one", "crate::a::two"]]);
}
