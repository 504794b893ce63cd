//! An API description and the files that it refers to.

use std::collections::HashMap;
use std::rc::Rc;

use super::node::Node;
use super::parse::{SyntaxError, parse_leniently};

/// Reads a file next to the description, by its path relative to the description's directory, separated by `/` and
/// without `..`. The error is a message.
pub type Files<'f> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'f;

/// Maximum length of a chain of references.
const MAX_STEPS: usize = 32;

/// Number of members up to which a map is searched from its end, because an index would take longer.
const FEW: usize = 16;

/// Maximum number of files of a description.
const MAX_FILES: usize = 10_000;

/// A value and its file, which its references are relative to.
#[derive(Clone, Debug)]
pub(super) struct DocumentNode {
    pub(super) file: Rc<str>,
    pub(super) node: Node,
}

impl DocumentNode {
    /// Returns a value of the same file.
    pub(super) fn with(&self, node: &Node) -> Self {
        Self { file: self.file.clone(), node: node.clone() }
    }
}

/// Cache of the files read so far.
pub(super) struct Documents<'f> {
    files: &'f mut Files<'f>,
    loaded: HashMap<Rc<str>, Result<Node, String>>,
    /// Errors in files that were tolerated.
    pub(super) tolerated: Vec<(Rc<str>, SyntaxError)>,
    /// The positions of the members of large maps. A map is identified by its address, which is valid as long as the
    /// file is in `loaded`.
    indexes: HashMap<*const [Member], HashMap<Rc<str>, usize>>,
}

/// A member of a map.
type Member = (Rc<str>, Node);

impl<'f> Documents<'f> {
    /// Creates the cache with the description itself, under its name.
    pub(super) fn new(name: &str, root: Node, files: &'f mut Files<'f>) -> (Self, DocumentNode) {
        let file: Rc<str> = name.into();
        let documents = Self {
            files,
            loaded: HashMap::from([(file.clone(), Ok(root.clone()))]),
            tolerated: Vec::new(),
            indexes: HashMap::new(),
        };
        (documents, DocumentNode { file, node: root })
    }

    /// Resolves the `$ref` of a value (JSON Reference, RFC 6901 pointers), over any number of steps.
    ///
    /// References to URLs, and to files outside the description's directory, are rejected.
    pub(super) fn resolve(&mut self, place: DocumentNode) -> Result<DocumentNode, String> {
        let mut place = place;
        let mut followed: Vec<(Rc<str>, String)> = Vec::new();
        while followed.len() < MAX_STEPS {
            let Some(reference) = place.node.text_of("$ref") else { return Ok(place) };
            if followed.iter().any(|(file, earlier)| *file == place.file && earlier == reference) {
                return Err("circular reference".to_owned());
            }
            followed.push((place.file.clone(), reference.to_owned()));
            let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
            let file = if file.is_empty() { place.file.clone() } else { join(&place.file, file)? };
            let root = self.load(&file)?;
            let node = self.evaluate_pointer(&root, pointer).ok_or_else(|| format!("`{reference}` not found"))?;
            place = DocumentNode { file, node };
        }
        if place.node.text_of("$ref").is_none() {
            return Ok(place);
        }
        Err(format!("more than {MAX_STEPS} references in a chain"))
    }

    /// Evaluates a JSON pointer (RFC 6901 §4), percent-decoded (§6).
    fn evaluate_pointer(&mut self, root: &Node, pointer: &str) -> Option<Node> {
        let pointer = crate::manifest::percent::decode(pointer);
        let mut node = root.clone();
        for token in pointer.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            node = match &node {
                Node::List(items) => items.get(name.parse::<usize>().ok()?)?.clone(),
                Node::Map(members) if members.len() > FEW => {
                    let index = self.indexes.entry(Rc::as_ptr(members));
                    // of duplicates the last counts, as in `Node::get`
                    let index =
                        index.or_insert_with(|| members.iter().map(|(name, _)| name.clone()).zip(0..).collect());
                    members.get(*index.get(name.as_str())?)?.1.clone()
                }
                node => node.get(&name)?.clone(),
            };
        }
        Some(node)
    }

    fn load(&mut self, file: &Rc<str>) -> Result<Node, String> {
        if let Some(loaded) = self.loaded.get(file) {
            return loaded.clone();
        }
        if self.loaded.len() >= MAX_FILES {
            return Err(format!("the description has more than {MAX_FILES} files"));
        }
        let loaded = (self.files)(file)
            .and_then(|bytes| parse_leniently(&bytes).map_err(|error| format!("`{file}` can't be parsed: {error}")));
        let loaded = loaded.map(|(node, tolerated)| {
            self.tolerated.extend(tolerated.map(|error| (file.clone(), error)));
            node
        });
        self.loaded.insert(file.clone(), loaded.clone());
        loaded
    }
}

/// Returns the path of a reference in the file `from`, relative to the description's directory.
pub(super) fn join(from: &str, reference: &str) -> Result<Rc<str>, String> {
    if reference.contains(':') || reference.starts_with("//") {
        return Err(format!("`{reference}` is a URL, and URLs are not fetched"));
    }
    if reference.starts_with('/') || reference.contains(['\\', '\0']) {
        return Err(format!("`{reference}` is outside the description's directory"));
    }
    let mut names: Vec<&str> = from.split('/').collect();
    names.pop();
    for name in reference.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop().ok_or_else(|| format!("`{reference}` is outside the description's directory"))?;
            }
            name => names.push(name),
        }
    }
    Ok(names.join("/").into())
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn a_chain_of_references_is_followed_up_to_the_limit() {
        let chain: Vec<String> = (0..40).map(|number| format!("a{number}: {{$ref: '#/a{}'}}", number + 1)).collect();
        let chain = chain.join("\n");
        let root = parse(format!("{chain}\na40: {{end: 'yes'}}\n").as_bytes()).unwrap();
        let mut files = |_: &str| Err(String::new());
        let (mut documents, root) = Documents::new("api.yaml", root, &mut files);
        let mut follow = |name: &str| documents.resolve(root.with(root.node.get(name).unwrap()));
        assert_eq!(follow("a8").unwrap().node.text_of("end"), Some("yes"));
        assert_eq!(follow("a7").unwrap_err(), "more than 32 references in a chain");
    }

    #[test]
    fn the_last_of_duplicate_members_counts_in_maps_of_any_size() {
        for others in [0, 40] {
            let others = (0..others).map(|number| format!("\"o{number}\": 1,")).collect::<Vec<_>>().concat();
            let text = format!("{{{others} \"a\": {{\"end\": \"1\"}}, \"a\": {{\"end\": \"2\"}}}}");
            let mut files = |_: &str| Err(String::new());
            let (mut documents, root) = Documents::new("api.json", parse(text.as_bytes()).unwrap(), &mut files);
            let node = Node::Map([("$ref".into(), Node::Text("#/a".into()))].into());
            assert_eq!(documents.resolve(root.with(&node)).unwrap().node.text_of("end"), Some("2"));
        }
    }

    #[test]
    fn references_stay_in_the_directory_and_terminate() {
        let root = parse(
            b"a: {$ref: '#/list/1/x~1y'}\nlist: [0, {x/y: {$ref: 'sub/one.yaml#/p'}}]\nloop: {$ref: '#/loop'}\n\
              spaced: {$ref: '#/with%20space'}\nwith space: found\n",
        )
        .unwrap();
        let mut asked = Vec::new();
        let mut files = |path: &str| {
            asked.push(path.to_owned());
            match path {
                "sub/one.yaml" => Ok(b"p: {$ref: ../two.json}".to_vec()),
                "two.json" => Ok(b"{\"end\": \"yes\"}".to_vec()),
                _ => Err(format!("`{path}` does not exist")),
            }
        };
        let (mut documents, root) = Documents::new("api.yaml", root, &mut files);
        let mut follow = |name: &str| {
            let place = root.with(root.node.get(name).unwrap());
            documents.resolve(place).map(|place| format!("{} {:?}", place.file, place.node.text_of("end")))
        };
        assert_eq!(follow("a").as_deref(), Ok("two.json Some(\"yes\")"));
        assert_eq!(follow("loop").unwrap_err(), "circular reference");
        assert_eq!(follow("spaced").as_deref(), Ok("api.yaml None"));
        for (reference, expected) in [
            ("../up.yaml", "`../up.yaml` is outside the description's directory"),
            ("sub/../../up.yaml", "`sub/../../up.yaml` is outside the description's directory"),
            ("/etc/passwd", "`/etc/passwd` is outside the description's directory"),
            ("..\\up.yaml", "`..\\up.yaml` is outside the description's directory"),
            ("https://evil.test/x.yaml", "`https://evil.test/x.yaml` is a URL, and URLs are not fetched"),
            ("//evil.test/x.yaml", "`//evil.test/x.yaml` is a URL, and URLs are not fetched"),
            ("file:///etc/passwd", "`file:///etc/passwd` is a URL, and URLs are not fetched"),
            ("gone.yaml", "`gone.yaml` does not exist"),
            ("#/nowhere", "`#/nowhere` not found"),
        ] {
            let node = Node::Map([("$ref".into(), Node::Text(reference.into()))].into());
            assert_eq!(documents.resolve(root.with(&node)).map(|_| ()).unwrap_err(), expected);
        }
        drop(documents);
        assert_eq!(asked, ["sub/one.yaml", "two.json", "gone.yaml"]);
    }
}
