//! The description and the files that it refers to.

use std::collections::HashMap;
use std::rc::Rc;

use super::node::Node;
use super::parse::parse;

/// Reads a file beside the description, by its path relative to the description's folder, `/` between the names and
/// without `..`. The error is a sentence.
pub type Files<'f> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'f;

/// How many references may lead from one to the next.
const MOST_STEPS: usize = 32;

/// How many files a description may consist of.
const MOST_FILES: usize = 10_000;

/// A value with the file in which it stands, which its own references are relative to.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: Rc<str>,
    pub(super) node: Node,
}

impl Place {
    /// A value of the same file.
    pub(super) fn with(&self, node: &Node) -> Self {
        Self { file: self.file.clone(), node: node.clone() }
    }
}

/// Every file that was read so far.
pub(super) struct Documents<'f> {
    files: &'f mut Files<'f>,
    loaded: HashMap<Rc<str>, Result<Node, String>>,
}

impl<'f> Documents<'f> {
    /// With the description itself, under its name.
    pub(super) fn new(name: &str, root: Node, files: &'f mut Files<'f>) -> (Self, Place) {
        let file: Rc<str> = name.into();
        let documents = Self { files, loaded: HashMap::from([(file.clone(), Ok(root.clone()))]) };
        (documents, Place { file, node: root })
    }

    /// The value itself, or what its `$ref` leads to (JSON Reference, RFC 6901 pointers), over any number of steps.
    ///
    /// A reference never leads outside the folder of the description, nor to a URL.
    pub(super) fn resolve(&mut self, place: Place) -> Result<Place, String> {
        let mut place = place;
        for _ in 0..MOST_STEPS {
            let Some(reference) = place.node.text_of("$ref") else { return Ok(place) };
            let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
            let file = if file.is_empty() { place.file.clone() } else { join(&place.file, file)? };
            let root = self.load(&file)?;
            let node = point(&root, pointer).ok_or_else(|| format!("`{reference}` leads to nothing"))?;
            place = Place { file, node: node.clone() };
        }
        Err("a reference leads round in a circle".to_owned())
    }

    fn load(&mut self, file: &Rc<str>) -> Result<Node, String> {
        if let Some(loaded) = self.loaded.get(file) {
            return loaded.clone();
        }
        if self.loaded.len() >= MOST_FILES {
            return Err(format!("the description consists of more than {MOST_FILES} files"));
        }
        let loaded = (self.files)(file)
            .and_then(|bytes| parse(&bytes).map_err(|error| format!("`{file}` can't be parsed: {error}")));
        self.loaded.insert(file.clone(), loaded.clone());
        loaded
    }
}

/// The path of a reference that stands in the file `from`, seen from the description's folder.
pub(super) fn join(from: &str, reference: &str) -> Result<Rc<str>, String> {
    if reference.contains(':') || reference.starts_with("//") {
        return Err(format!("`{reference}` is a URL, and nothing is fetched"));
    }
    if reference.starts_with('/') || reference.contains(['\\', '\0']) {
        return Err(format!("`{reference}` leads outside the description's folder"));
    }
    let mut names: Vec<&str> = from.split('/').collect();
    names.pop();
    for name in reference.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop().ok_or_else(|| format!("`{reference}` leads outside the description's folder"))?;
            }
            name => names.push(name),
        }
    }
    Ok(names.join("/").into())
}

/// RFC 6901 §4, percent-decoded (§6).
fn point<'n>(root: &'n Node, pointer: &str) -> Option<&'n Node> {
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
    fn references_lead_within_the_folder_and_end() {
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
                _ => Err(format!("`{path}` is not there")),
            }
        };
        let (mut documents, root) = Documents::new("api.yaml", root, &mut files);
        let mut follow = |name: &str| {
            let place = root.with(root.node.get(name).unwrap());
            documents.resolve(place).map(|place| format!("{} {:?}", place.file, place.node.text_of("end")))
        };
        assert_eq!(follow("a").as_deref(), Ok("two.json Some(\"yes\")"));
        assert_eq!(follow("loop").unwrap_err(), "a reference leads round in a circle");
        assert_eq!(follow("spaced").as_deref(), Ok("api.yaml None"));
        for (reference, said) in [
            ("../up.yaml", "`../up.yaml` leads outside the description's folder"),
            ("sub/../../up.yaml", "`sub/../../up.yaml` leads outside the description's folder"),
            ("/etc/passwd", "`/etc/passwd` leads outside the description's folder"),
            ("..\\up.yaml", "`..\\up.yaml` leads outside the description's folder"),
            ("https://evil.test/x.yaml", "`https://evil.test/x.yaml` is a URL, and nothing is fetched"),
            ("//evil.test/x.yaml", "`//evil.test/x.yaml` is a URL, and nothing is fetched"),
            ("file:///etc/passwd", "`file:///etc/passwd` is a URL, and nothing is fetched"),
            ("gone.yaml", "`gone.yaml` is not there"),
            ("#/nowhere", "`#/nowhere` leads to nothing"),
        ] {
            let node = Node::Map([("$ref".into(), Node::Text(reference.into()))].into());
            assert_eq!(documents.resolve(root.with(&node)).map(|_| ()).unwrap_err(), said);
        }
        drop(documents);
        assert_eq!(asked, ["sub/one.yaml", "two.json", "gone.yaml"]);
    }
}
