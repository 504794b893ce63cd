//! Programs that write API descriptions or enforce them, and what their lists of scopes mean.

use super::findings::{EMITTER, EMITTER_UNENFORCED};
use super::node::Node;
use super::source::Notes;
use crate::diagnostic::Code;
use crate::manifest::ListMeaning;

/// A program that is recognized by what it writes.
#[derive(Debug)]
pub(super) struct Emitter {
    /// Name of the program.
    pub(super) name: &'static str,
    /// Signs, any one of which is sufficient.
    signs: &'static [Sign],
    /// Meaning of its lists, if it always writes them in the same way.
    pub(super) meaning: Option<ListMeaning>,
    /// What to know about its lists, as part of a sentence, and the code of the finding.
    advice: (&'static Code, &'static str),
    /// Reference: where its behaviour is documented or was observed.
    pub(super) source: &'static str,
}

/// A sign of a program in a document.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// A value exists at this path.
    Exists(&'static [&'static str]),
    /// The string at this path starts with this text.
    Starts(&'static [&'static str], &'static str),
    /// A member of the root has a name that starts with this text.
    RootMember(&'static str),
    /// The first operation has a default response description and an identifier as this program makes them.
    FastApiOperation,
    /// The first server has this description.
    ServerDescription(&'static str),
}

/// Known programs: the first row that matches decides.
pub(super) static EMITTERS: &[Emitter] = &[
    Emitter {
        name: "FastAPI",
        signs: &[Sign::Exists(&["components", "schemas", "HTTPValidationError"]), Sign::FastApiOperation],
        meaning: Some(ListMeaning::All),
        advice: (&EMITTER, "it lists the scopes of the whole dependency chain, all of which are required"),
        source: "see the FastAPI documentation, OAuth2 scopes; observed with 0.165",
    },
    Emitter {
        name: "Google Cloud Endpoints",
        signs: &[
            Sign::RootMember("x-google-management"),
            Sign::RootMember("x-google-endpoints"),
            Sign::RootMember("x-google-api-management"),
        ],
        meaning: None,
        advice: (&EMITTER_UNENFORCED, "it ignores scopes, so they are only enforced if the API itself checks them"),
        source: "see ESPv2, OpenAPI feature limitations",
    },
    Emitter {
        name: "springdoc",
        signs: &[Sign::ServerDescription("Generated server url")],
        meaning: None,
        advice: (&EMITTER, "it lists what annotations say; the security filter chain may require something else"),
        source: "see springdoc-openapi, @SecurityRequirement",
    },
    Emitter {
        name: "NSwag",
        signs: &[Sign::Starts(&["x-generator"], "NSwag")],
        meaning: None,
        advice: (&EMITTER, "it may list the roles of `[Authorize(Roles = …)]` as scopes"),
        source: "see NSwag, AspNetCoreOperationSecurityScopeProcessor",
    },
];

/// Finds the program that wrote a document, and reports what to know about its lists.
pub(super) fn recognize(root: &Node, notes: &mut Notes) -> Option<&'static Emitter> {
    let emitter = EMITTERS.iter().find(|emitter| emitter.signs.iter().any(|sign| sign.matches(root)))?;
    let (code, advice) = emitter.advice;
    notes.add(code, format!("the description looks like one of {}: {advice}", emitter.name), Some(emitter.source));
    Some(emitter)
}

impl Sign {
    fn matches(self, root: &Node) -> bool {
        match self {
            Self::Exists(path) => at(root, path).is_some(),
            Self::Starts(path, start) => {
                at(root, path).and_then(Node::text).is_some_and(|text| text.starts_with(start))
            }
            Self::RootMember(start) => root.members().iter().any(|(name, _)| name.starts_with(start)),
            Self::FastApiOperation => operation(root).is_some_and(|(method, operation)| {
                let suffix = operation.text_of("operationId").is_some_and(|id| id.ends_with(&format!("_{method}")));
                let responses = operation.get("responses").map(Node::members).unwrap_or_default();
                suffix && responses.iter().any(|(_, one)| one.text_of("description") == Some("Successful Response"))
            }),
            Self::ServerDescription(text) => {
                let servers = root.get("servers").map(Node::items).unwrap_or_default();
                servers.first().and_then(|server| server.text_of("description")) == Some(text)
            }
        }
    }
}

fn at<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Node> {
    path.iter().try_fold(root, |node, name| node.get(name))
}

/// Returns the first operation, with its method in lower case.
fn operation(root: &Node) -> Option<(&str, &Node)> {
    let items = root.get("paths")?.members().iter().map(|(_, item)| item);
    let mut members = items.flat_map(Node::members).map(|(name, node)| (&**name, node));
    members.find(|(_, node)| node.get("responses").is_some())
}
