//! Agent cards of A2A: requirements of the agent, and of each of its skills.
//!
//! `securityRequirements` is an array, any one of which is sufficient; the schemes of one are required together, and all
//! scopes of each (A2A 1.0, `AgentCard` and `AgentSkill`). Cards of 0.2 and 0.3 have the form of OpenAPI (`security`).

use super::documents::{DocumentNode, Documents};
use super::node::Node;
use super::security::Schemes;
use super::source::{Notes, Operation, Security, Source};
use crate::manifest::ListMeaning;

/// Members of a card, all of which it has.
const MEMBERS: &[&str] = &["name", "skills"];

/// Members of a card, at least one of which it has.
const SIGNS: &[&str] = &["securitySchemes", "supportedInterfaces", "protocolVersion", "defaultInputModes", "url"];

/// Whether a document is an agent card.
pub(super) fn is_card(root: &Node) -> bool {
    MEMBERS.iter().all(|name| root.get(name).is_some()) && SIGNS.iter().any(|name| root.get(name).is_some())
}

pub(super) fn read(documents: &mut Documents<'_>, root: &DocumentNode) -> Source {
    let mut notes = Notes::default();
    let mut schemes = Schemes::default();
    let card = &root.node;
    for (name, scheme) in card.get("securitySchemes").map(Node::members).unwrap_or_default() {
        schemes.define(name, &scheme_of(scheme));
    }
    let interfaces = card.get("supportedInterfaces").map(Node::items).unwrap_or_default();
    let url = interfaces.first().and_then(|one| one.text_of("url")).or_else(|| card.text_of("url"));
    let mut operations = Vec::new();
    let mut skipped = Vec::new();
    let places = std::iter::once(("POST".to_owned(), "/".to_owned(), card));
    let skills = card.get("skills").map(Node::items).unwrap_or_default().iter();
    let skills = skills.filter_map(|skill| Some(("SKILL".to_owned(), format!("/{}", skill.text_of("id")?), skill)));
    for (method, path, node) in places.chain(skills) {
        let name = format!("{method} {path}");
        let mut read = |node: &Node| -> Result<Security, String> {
            let found = schemes.requirement(documents, &root.with(&requirements(node)), &name, &mut notes)?;
            Ok(found.unwrap_or_default())
        };
        // a skill is used through the agent, so that the agent's requirement holds as well
        let own = read(node);
        let security = if method == "POST" { own } else { own.and_then(|own| Ok(own.and(&read(card)?))) };
        match security {
            Ok(security) => operations.push(Operation {
                method,
                path,
                server: None,
                summary: node.text_of("name").map(str::to_owned),
                prose: None,
                security,
                duplicate: false,
            }),
            Err(problem) => skipped.push((name, problem)),
        }
    }
    schemes.note_empty(&mut notes);
    let version = card.text_of("protocolVersion").or_else(|| interfaces.first()?.text_of("protocolVersion"));
    Source {
        format: format!("A2A agent card {}", version.unwrap_or("1.0")),
        title: card.text_of("name").map(str::to_owned),
        issuer: schemes.issuer,
        server: url.unwrap_or_default().to_owned(),
        catalogue: schemes.catalogue,
        operations,
        fixed: Some((ListMeaning::All, "an agent card requires all scopes of a list")),
        notes,
        skipped,
        ..Source::default()
    }
}

/// Returns a scheme in the form of OpenAPI: 1.0 names its kind by the only member, `oauth2SecurityScheme`.
fn scheme_of(scheme: &Node) -> Node {
    let kinds = [("oauth2SecurityScheme", "oauth2"), ("openIdConnectSecurityScheme", "openIdConnect")];
    let found = kinds.iter().find_map(|(name, kind)| Some((scheme.get(name)?, *kind)));
    let Some((inner, kind)) = found else { return scheme.clone() };
    let kind = ("type".into(), Node::Text(kind.into()));
    inner.members().iter().cloned().chain([kind]).collect()
}

/// Returns requirements in the form of OpenAPI.
fn requirements(node: &Node) -> Node {
    let Some(requirements) = node.get("securityRequirements") else {
        return node.get("security").cloned().unwrap_or_else(|| Node::List([].into()));
    };
    let list = |scopes: &Node| {
        scopes.get("list").cloned().unwrap_or_else(|| match scopes {
            Node::Map(_) => Node::List([].into()),
            other => other.clone(),
        })
    };
    let requirement = |requirement: &Node| -> Node {
        let schemes = requirement.get("schemes").unwrap_or(requirement).members().iter();
        schemes.map(|(name, scopes)| (name.clone(), list(scopes))).collect()
    };
    Node::List(requirements.items().iter().map(requirement).collect())
}
