//! An API description and the files that it refers to.

use std::collections::HashMap;
use std::rc::Rc;

use super::node::Node;
use super::parse::parse;

/// Reads a file next to the description, by its path relative to the description's directory, separated by `/` and
/// without `..`. The error is a message.
pub type Files<'f> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'f;

/// Maximum length of a chain of references.
const MAX_STEPS: usize = 32;

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
}

impl<'f> Documents<'f> {
    /// Creates the cache with the description itself, under its name.
    pub(super) fn new(name: &str, root: Node, files: &'f mut Files<'f>) -> (Self, DocumentNode) {
        let file: Rc<str> = name.into();
        let documents = Self { files, loaded: HashMap::from([(file.clone(), Ok(root.clone()))]) };
        (documents, DocumentNode { file, node: root })
    }

    /// Resolves the `$ref` of a value (JSON Reference, RFC 6901 pointers), over any number of steps.
    ///
    /// References to URLs, and to files outside the description's directory, are rejected.
    pub(super) fn resolve(&mut self, place: DocumentNode) -> Result<DocumentNode, String> {
        let mut place = place;
        for _ in 0..MAX_STEPS {
            let Some(reference) = place.node.text_of("$ref") else { return Ok(place) };
            let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
            let file = if file.is_empty() { place.file.clone() } else { join(&place.file, file)? };
            let root = self.load(&file)?;
            let node = evaluate_pointer(&root, pointer).ok_or_else(|| format!("`{reference}` not found"))?;
            place = DocumentNode { file, node: node.clone() };
        }
        Err("circular reference".to_owned())
    }

    fn load(&mut self, file: &Rc<str>) -> Result<Node, String> {
        if let Some(loaded) = self.loaded.get(file) {
            return loaded.clone();
        }
        if self.loaded.len() >= MAX_FILES {
            return Err(format!("the description has more than {MAX_FILES} files"));
        }
        let loaded = (self.files)(file)
            .and_then(|bytes| parse(&bytes).map_err(|error| format!("`{file}` can't be parsed: {error}")));
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

/// Evaluates a JSON pointer (RFC 6901 §4), percent-decoded (§6).
fn evaluate_pointer<'n>(root: &'n Node, pointer: &str) -> Option<&'n Node> {
    let pointer = crate::manifest::percent::decode(pointer);
    let mut node = root;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        node = match node {
            Node::List(items) => items.get(name.parse::<usize>().ok()?)?,
            node => node.get(&name)?,
        };
    }
    Some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

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
