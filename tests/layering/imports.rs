//! Reads the imports of the crate from its syntax trees: every spelling of `use`, and every path in code and macros.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

/// A path as it was written, made absolute: `["crate", "net", "Client"]` or `["std", "fs"]`.
pub(crate) type Segments = Vec<String>;

/// One source file.
#[derive(Debug)]
pub(crate) struct Module {
    /// `["crate", "token", "json"]`.
    pub(crate) path: Segments,
    /// What it names outside of its tests.
    pub(crate) names: BTreeSet<Segments>,
    /// The same without what it only re-exports.
    used: BTreeSet<Segments>,
    /// Its re-exports and imports: the local name, and what it stands for.
    aliases: BTreeMap<String, Segments>,
    /// The modules whose items it imports with `*`.
    globs: Vec<Segments>,
}

impl Module {
    /// Parses one file. `path`: of its module.
    pub(crate) fn parse(path: &[&str], source: &str) -> syn::Result<Self> {
        let path: Segments = path.iter().map(|&segment| segment.to_owned()).collect();
        let mut module =
            Self { path, names: BTreeSet::new(), used: BTreeSet::new(), aliases: BTreeMap::new(), globs: Vec::new() };
        let syntax = syn::parse_file(source)?;
        if !is_for_tests(&syntax.attrs) {
            let mut reader = Reader { inside: module.path.clone(), re_exports: false, module: &mut module };
            syntax.items.iter().for_each(|item| reader.visit_item(item));
        }
        Ok(module)
    }

    /// The module below `crate`; the crate's root has none.
    pub(crate) fn top(&self) -> Option<&str> {
        self.path.get(1).map(String::as_str)
    }
}

/// Walks one file; `inside` is the module that relative paths start from.
struct Reader<'m> {
    inside: Segments,
    re_exports: bool,
    module: &'m mut Module,
}

impl Reader<'_> {
    /// Makes `self` and `super` absolute. A local name stays as it is.
    fn absolute(&self, written: Segments) -> Segments {
        let mut rest = written.as_slice();
        let mut base = self.inside.clone();
        match rest.first().map(String::as_str) {
            Some("self") => rest = &rest[1..],
            Some("super") => {}
            _ => return written,
        }
        while rest.first().is_some_and(|first| first == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend_from_slice(rest);
        base
    }

    fn name(&mut self, written: Segments) -> Segments {
        let absolute = self.absolute(written);
        self.module.names.insert(absolute.clone());
        if !self.re_exports {
            self.module.used.insert(absolute.clone());
        }
        absolute
    }

    fn use_tree(&mut self, before: &Segments, tree: &UseTree) {
        let with = |name: &dyn ToString| [before.as_slice(), &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.use_tree(&with(&path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(before, tree)),
            UseTree::Glob(_) => {
                let named = self.name(before.clone());
                self.module.globs.push(named);
            }
            UseTree::Name(name) if name.ident == "self" => self.import(before.clone(), before.last().cloned()),
            UseTree::Name(name) => self.import(with(&name.ident), Some(name.ident.to_string())),
            UseTree::Rename(rename) if rename.ident == "self" => {
                self.import(before.clone(), Some(rename.rename.to_string()));
            }
            UseTree::Rename(rename) => self.import(with(&rename.ident), Some(rename.rename.to_string())),
        }
    }

    fn import(&mut self, written: Segments, local: Option<String>) {
        let named = self.name(written);
        if let Some(local) = local {
            self.module.aliases.insert(local, named);
        }
    }

    /// Macros are not parsed, but a path in one is still `a :: b`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let mut colons = 0;
        for tree in tokens {
            match tree {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) if colons == 2 || path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    self.finish(&mut path);
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Punct(punct) if punct.as_char() == '!' => {}
                        TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                    }
                }
            }
        }
        self.finish(&mut path);
    }

    fn finish(&mut self, path: &mut Segments) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.name(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.inside.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.re_exports = !matches!(item.vis, syn::Visibility::Inherited);
        self.use_tree(&Segments::new(), &item.tree);
        self.re_exports = false;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let written: Segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if written.len() > 1 {
            self.name(written);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        let name: Segments = invocation.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.module.names.insert(vec![format!("{}!", name.join("::"))]);
        self.visit_path(&invocation.path);
        self.tokens(invocation.tokens.clone());
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

/// Every module of a crate, by its path.
pub(crate) struct Crate {
    pub(crate) modules: BTreeMap<Segments, Module>,
}

impl Crate {
    /// Reads every file below `src`, except those that hold tests alone.
    pub(crate) fn read(src: &Path) -> Self {
        let mut modules = BTreeMap::new();
        for file in sources(src) {
            let inside = file.strip_prefix(src).unwrap();
            let path = module_path(inside);
            if path.iter().any(|segment| *segment == "tests" || *segment == "main") {
                continue;
            }
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let source = fs::read_to_string(&file).unwrap();
            let module = Module::parse(&path, &source).unwrap_or_else(|error| panic!("{}: {error}", inside.display()));
            modules.insert(module.path.clone(), module);
        }
        Self { modules }
    }

    /// The module that defines the item that a path names, through re-exports and aliases. `None`: it is outside the
    /// crate, or is a module itself.
    fn definer(&self, from: &Module, named: &Segments) -> Option<Segments> {
        self.follow(from, named, 0)
    }

    fn follow(&self, from: &Module, named: &Segments, depth: usize) -> Option<Segments> {
        if depth > 16 {
            return None;
        }
        let first = named.first()?;
        if first != "crate" {
            let child = [from.path.as_slice(), std::slice::from_ref(first)].concat();
            let known = from.aliases.get(first).or_else(|| self.modules.get(&child).map(|child| &child.path))?;
            let whole = [known.as_slice(), &named[1..]].concat();
            return if whole == *named { None } else { self.follow(from, &whole, depth + 1) };
        }
        let mut at: Segments = vec!["crate".to_owned()];
        for (index, segment) in named.iter().enumerate().skip(1) {
            let child = [at.as_slice(), std::slice::from_ref(segment)].concat();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let module = self.modules.get(&at)?;
            if let Some(known) = module.aliases.get(segment) {
                let whole = [known.as_slice(), &named[index + 1..]].concat();
                let found = if whole == *named { None } else { self.follow(module, &whole, depth + 1) };
                return found.or(Some(at));
            }
            let through = module.globs.iter().find_map(|glob| {
                let whole = [glob.as_slice(), &named[index..]].concat();
                let found = self.follow(module, &whole, depth + 1)?;
                self.modules
                    .get(&found)
                    .filter(|found| found.path != *glob || glob != &at)
                    .map(|found| found.path.clone())
            });
            return through.or(Some(at));
        }
        None
    }

    /// Which modules use which, without those of which one contains the other.
    pub(crate) fn uses(&self) -> BTreeMap<Segments, BTreeSet<Segments>> {
        let of = |module: &Module| {
            let used = module.used.iter().filter_map(|named| self.definer(module, named));
            // between a module and its own descendants both directions are normal
            used.filter(|used| !used.starts_with(&module.path) && !module.path.starts_with(used)).collect()
        };
        self.modules.values().map(|module| (module.path.clone(), of(module))).collect()
    }
}

/// The groups of nodes that reach each other, each sorted; nodes alone are left out.
pub(crate) fn circles<T: Ord + Clone>(uses: &BTreeMap<T, BTreeSet<T>>) -> BTreeSet<BTreeSet<T>> {
    let reach = |start: &T| {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![start.clone()];
        while let Some(node) = ahead.pop() {
            for next in uses.get(&node).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    ahead.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&T, BTreeSet<T>> = uses.keys().map(|node| (node, reach(node))).collect();
    let of = |node: &T| {
        let there = reached.get(node).into_iter().flatten();
        let back = there.filter(|other| reached.get(other).is_some_and(|reached| reached.contains(node)));
        back.cloned().collect::<BTreeSet<T>>()
    };
    uses.keys().map(of).filter(|circle| circle.len() > 1).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn module_path(inside: &Path) -> Segments {
    let plain = inside.with_extension("");
    let parts = plain.iter().map(|part| part.to_string_lossy().into_owned());
    let mut path: Segments = std::iter::once("crate".to_owned()).chain(parts).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib") {
        path.pop();
    }
    path
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
