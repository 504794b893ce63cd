//! Files are opened for writing in `src/files` alone, and processes are started in `src/app/environment/child.rs` alone. Clippy
//! denies every other place, by the list in `clippy.toml`; this test reads the sources by the same list, so that the rule
//! also holds where clippy is not run or was told to be silent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// The places that the rule leaves open.
const PLACES: [&str; 4] = ["files/mod.rs", "files/read.rs", "files/write.rs", "app/environment/child.rs"];

/// The functions that `clippy.toml` disallows, as the segments of their paths.
fn disallowed() -> Vec<Vec<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("clippy.toml")).unwrap();
    let list: toml::Table = text.parse().unwrap();
    let paths = list["disallowed-methods"].as_array().unwrap().iter();
    paths.map(|one| one["path"].as_str().unwrap().split("::").map(str::to_owned).collect()).collect()
}

/// Finds paths that lead to a disallowed function, whatever the imports call it. Tests are left out.
struct Finder<'a> {
    disallowed: &'a [Vec<String>],
    imported: HashMap<String, Vec<String>>,
    found: BTreeSet<String>,
}

impl Finder<'_> {
    fn import(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.imported.extend(before.last().map(|last| (last.clone(), before.to_vec())));
            }
            syn::UseTree::Name(name) => {
                self.imported.insert(name.ident.to_string(), with(&name.ident));
            }
            syn::UseTree::Rename(rename) if rename.ident == "self" => {
                self.imported.insert(rename.rename.to_string(), before.to_vec());
            }
            syn::UseTree::Rename(rename) => {
                self.imported.insert(rename.rename.to_string(), with(&rename.ident));
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(before, tree)),
            // what a glob brings in has the name of its last segment
            syn::UseTree::Glob(_) => {
                let below = self.disallowed.iter().filter(|path| path.starts_with(before));
                let names = below.filter_map(|path| path.get(before.len()));
                self.imported.extend(names.map(|name| (name.clone(), [before, std::slice::from_ref(name)].concat())));
            }
        }
    }

    fn look(&mut self, path: &syn::Path) {
        let written: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let whole = match self.imported.get(&written[0]) {
            Some(import) => [import, &written[1..]].concat(),
            None => written,
        };
        if self.disallowed.contains(&whole) {
            self.found.insert(whole.join("::"));
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        meta => meta.path().is_ident("test"),
    })
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&[], &item.tree);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.look(path);
        visit::visit_path(self, path);
    }
}

fn found(text: &str) -> BTreeSet<String> {
    let disallowed = disallowed();
    let mut finder = Finder { disallowed: &disallowed, imported: HashMap::new(), found: BTreeSet::new() };
    let file = syn::parse_file(text).unwrap();
    // an import may come after its use
    file.items.iter().for_each(|item| {
        if let syn::Item::Use(item) = item {
            finder.visit_item_use(item);
        }
    });
    finder.visit_file(&file);
    finder.found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn files_and_processes_are_created_in_one_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    let mut places = BTreeSet::new();
    for file in &files {
        let inside = file.strip_prefix(&root).unwrap().to_str().unwrap();
        // a module of tests in a file of its own
        if inside.ends_with("tests.rs") || inside.contains("tests/") {
            continue;
        }
        for path in found(&fs::read_to_string(file).unwrap()) {
            match PLACES.iter().find(|place| **place == inside) {
                Some(place) => _ = places.insert(*place),
                None => wrong.push(format!("{inside} uses {path}")),
            }
        }
    }
    assert!(files.len() > 100, "only {} files were read", files.len());
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(places, PLACES.into(), "places that need no exception any more");
}

#[test]
fn clippy_denies_the_same_outside_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, line) in [
        ("src/lib.rs", "#![cfg_attr(not(test), deny(clippy::disallowed_methods))]"),
        ("src/main.rs", "#![deny(clippy::disallowed_methods)]"),
    ] {
        assert!(fs::read_to_string(root.join(file)).unwrap().contains(line), "{file}");
    }
}

#[test]
fn the_test_finds_a_writer_under_every_name() {
    for (text, path) in [
        ("fn f() { std::fs::write(a, b); }", "std::fs::write"),
        ("use std::fs; fn f() { fs::write(a, b); }", "std::fs::write"),
        ("fn f() { let w = disk::write; } use std::fs as disk;", "std::fs::write"),
        ("use std::fs::write as put; fn f() { put(a, b); }", "std::fs::write"),
        ("use std::{fs::{self, File}}; fn f() { File::create(a); }", "std::fs::File::create"),
        ("use std::fs::*; fn f() { OpenOptions::new(); }", "std::fs::OpenOptions::new"),
        ("fn f() { use std::process::Command as C; C::new(a); }", "std::process::Command::new"),
        ("mod inner { fn f() { ::std::fs::rename(a, b); } }", "std::fs::rename"),
    ] {
        assert_eq!(found(text), [path.to_owned()].into(), "{text}");
    }
    for text in [
        "#[cfg(test)] mod tests { fn f() { std::fs::write(a, b); } }",
        "use std::fs::File; fn f() { File::open(a); }",
        "fn f() { streams.write(a); }",
    ] {
        assert_eq!(found(text), BTreeSet::new(), "{text}");
    }
}
