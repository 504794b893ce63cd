//! Templates of AWS SAM and `CloudFormation`: routes of API Gateway and the scopes of their authorizers.
//!
//! An authorizer accepts any one of its scopes (API Gateway developer guide: JWT authorizers, Cognito authorizers).
//! `AuthorizationScopes` of a route take precedence over those of its authorizer; an empty list and the authorizer `NONE`
//! switch it off.

use std::collections::HashMap;

use super::findings::{METHOD_ANY, TEMPLATE_UNRESOLVED};
use super::node::Node;
use super::source::{Notes, Operation, Security, Source};
use crate::manifest::ListMeaning;

/// Methods of a route for any method.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Maximum depth of resources below an API.
const DEPTH: usize = 64;

/// Stands for the result of a function that can't be read.
const UNRESOLVED: &str = "${…}";

/// Types of resources that make a document such a template.
const TYPES: &[&str] = &["AWS::Serverless::", "AWS::ApiGateway::", "AWS::ApiGatewayV2::"];

/// Whether a document is a template with routes of API Gateway.
pub(super) fn is_template(root: &Node) -> bool {
    let resources = root.get("Resources").map(Node::members).unwrap_or_default();
    resources.iter().any(|(_, resource)| {
        resource.text_of("Type").is_some_and(|kind| TYPES.iter().any(|known| kind.starts_with(known)))
    })
}

/// An authorizer of SAM: its scopes.
type Authorizers = HashMap<String, Vec<String>>;

/// Default authorizer and authorizers of an API, or of all APIs (`Globals`).
#[derive(Clone, Default)]
struct Auth {
    default: Option<String>,
    scopes: Option<Vec<String>>,
    authorizers: Authorizers,
}

struct Template<'n> {
    root: &'n Node,
    resources: HashMap<String, &'n Node>,
    /// Defaults of the parameters.
    defaults: HashMap<String, String>,
    notes: Notes,
    operations: Vec<Operation>,
    skipped: Vec<(String, String)>,
    issuer: Option<String>,
    audience: Option<String>,
}

pub(super) fn read(root: &Node) -> Source {
    let members = |name: &str| root.get(name).map(Node::members).unwrap_or_default().iter();
    let default = |(name, parameter): &(std::rc::Rc<str>, Node)| {
        Some((name.to_string(), parameter.text_of("Default")?.to_owned()))
    };
    let mut template = Template {
        root,
        resources: members("Resources").map(|(name, resource)| (name.to_string(), resource)).collect(),
        defaults: members("Parameters").filter_map(default).collect(),
        notes: Notes::default(),
        operations: Vec::new(),
        skipped: Vec::new(),
        issuer: None,
        audience: None,
    };
    template.read();
    let serverless = root.get("Transform").is_some();
    Source {
        format: if serverless { "AWS SAM template" } else { "CloudFormation template" }.to_owned(),
        title: root.text_of("Description").map(str::to_owned),
        issuer: template.issuer,
        audience: template.audience,
        operations: template.operations,
        fixed: Some((ListMeaning::Any, "an authorizer of API Gateway accepts any of its scopes")),
        notes: template.notes,
        skipped: template.skipped,
        ..Source::default()
    }
}

impl<'n> Template<'n> {
    fn resources(&self) -> &'n [(std::rc::Rc<str>, Node)] {
        self.root.get("Resources").map(Node::members).unwrap_or_default()
    }

    fn read(&mut self) {
        let mut auths: HashMap<String, Auth> = HashMap::new();
        let global = |kind: &str| {
            let globals = self.root.get("Globals").and_then(|globals| globals.get(kind)?.get("Auth"));
            globals.cloned()
        };
        let globals = [("Api", global("Api")), ("HttpApi", global("HttpApi"))];
        let global: HashMap<&str, Auth> =
            globals.into_iter().filter_map(|(kind, auth)| Some((kind, self.auth(&auth?, None)))).collect();
        for (name, resource) in self.resources() {
            let properties = resource.get("Properties");
            let kind = match resource.text_of("Type") {
                Some("AWS::Serverless::Api") => "Api",
                Some("AWS::Serverless::HttpApi") => "HttpApi",
                Some("AWS::ApiGatewayV2::Authorizer") => {
                    if let Some(jwt) = properties.and_then(|properties| properties.get("JwtConfiguration")) {
                        self.jwt(jwt);
                    }
                    continue;
                }
                _ => continue,
            };
            let own = properties.and_then(|properties| properties.get("Auth"));
            let inherited = global.get(kind);
            let auth = own.map_or_else(|| inherited.cloned().unwrap_or_default(), |own| self.auth(own, inherited));
            auths.insert((**name).to_owned(), auth);
        }
        for (name, resource) in self.resources() {
            let Some(properties) = resource.get("Properties") else { continue };
            match resource.text_of("Type") {
                Some("AWS::Serverless::Function" | "AWS::Serverless::StateMachine") => {
                    for (_, event) in properties.get("Events").map(Node::members).unwrap_or_default() {
                        self.event(event, &auths, &global);
                    }
                }
                Some("AWS::ApiGatewayV2::Route") => self.route(properties),
                Some("AWS::ApiGateway::Method") => self.method(name, properties),
                _ => {}
            }
        }
    }

    /// Reads `Auth` of an API.
    fn auth(&mut self, auth: &Node, inherited: Option<&Auth>) -> Auth {
        let mut found = inherited.cloned().unwrap_or_default();
        for (name, authorizer) in auth.get("Authorizers").map(Node::members).unwrap_or_default() {
            if let Some(jwt) = authorizer.get("JwtConfiguration") {
                self.jwt(jwt);
            }
            found
                .authorizers
                .insert((**name).to_owned(), self.scopes(authorizer.get("AuthorizationScopes")).unwrap_or_default());
        }
        found.default = auth.text_of("DefaultAuthorizer").map(str::to_owned).or(found.default);
        found.scopes = self.scopes(auth.get("AuthorizationScopes")).or(found.scopes);
        found
    }

    fn jwt(&mut self, jwt: &Node) {
        let member = |names: [&str; 2]| names.iter().find_map(|name| jwt.get(name));
        let issuer = member(["issuer", "Issuer"]).and_then(|issuer| self.text(issuer));
        self.issuer = self.issuer.take().or(issuer.filter(|issuer| !issuer.contains("${")));
        let audience = member(["audience", "Audience"]).map(Node::words).unwrap_or_default();
        if let [only] = audience.as_slice() {
            self.audience.get_or_insert_with(|| only.clone());
        }
    }

    /// Returns the text of a value: itself, the default of a parameter (`Ref`), or a text with them (`Fn::Sub`).
    fn text(&self, node: &Node) -> Option<String> {
        let default = |name: &str| self.defaults.get(name).cloned();
        if let Some(text) = node.text() {
            return Some(text.to_owned());
        }
        if let Some(name) = node.text_of("Ref") {
            return Some(default(name).unwrap_or_else(|| format!("${{{name}}}")));
        }
        if let Some(joined) = node.get("Fn::Join").map(Node::items) {
            let [separator, parts] = joined else { return None };
            let parts: Option<Vec<String>> = parts.items().iter().map(|part| self.plain(part)).collect();
            return Some(parts?.join(separator.text()?));
        }
        let substituted = node.get("Fn::Sub")?;
        let written = substituted.text().or_else(|| substituted.items().first()?.text())?;
        let mut text = String::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            text.push_str(&default(name).unwrap_or_else(|| format!("${{{name}}}")));
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }

    /// Returns the text of a value that is not a join itself.
    fn plain(&self, node: &Node) -> Option<String> {
        if node.get("Fn::Join").is_some() { None } else { self.text(node) }
    }

    /// Returns the scopes of a list; `None` if there is none.
    fn scopes(&mut self, list: Option<&Node>) -> Option<Vec<String>> {
        let list = list?;
        let items = match list {
            Node::List(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let mut scopes = Vec::new();
        for item in &items {
            match self.text(item) {
                Some(text) => {
                    if text.contains("${") && text.is_ascii() {
                        let what = format!("scope `{text}` depends on a value that the template does not have");
                        self.notes.add(
                            &TEMPLATE_UNRESOLVED,
                            what,
                            Some("correct it in the manifest: later imports keep it"),
                        );
                    }
                    scopes.push(text);
                }
                // not a valid scope, so that the route is skipped
                None => scopes.push(UNRESOLVED.to_owned()),
            }
        }
        Some(scopes)
    }

    /// Reads an event of a function.
    fn event(&mut self, event: &Node, auths: &HashMap<String, Auth>, global: &HashMap<&str, Auth>) {
        let kind = match event.text_of("Type") {
            Some("Api") => "Api",
            Some("HttpApi") => "HttpApi",
            _ => return,
        };
        let empty = Node::Map([].into());
        let properties = event.get("Properties").unwrap_or(&empty);
        let api = ["RestApiId", "ApiId"].iter().find_map(|name| properties.get(name));
        let api = api.and_then(|api| api.text_of("Ref").or(api.text()));
        let auth = api.and_then(|api| auths.get(api)).or_else(|| global.get(kind)).cloned().unwrap_or_default();
        let own = properties.get("Auth");
        let named = own.and_then(|own| own.text_of("Authorizer")).map(str::to_owned).or(auth.default);
        let own = self.scopes(own.and_then(|own| own.get("AuthorizationScopes")));
        let scopes = match named.as_deref() {
            None | Some("NONE") => Vec::new(),
            Some(name) => own.or(auth.scopes).or_else(|| auth.authorizers.get(name).cloned()).unwrap_or_default(),
        };
        let is_open = matches!(named.as_deref(), None | Some("NONE"));
        let path = properties.text_of("Path").unwrap_or("/{proxy+}");
        self.add(properties.text_of("Method").unwrap_or("ANY"), path, scopes, is_open);
    }

    /// Reads a route of an HTTP API.
    fn route(&mut self, properties: &Node) {
        let Some(key) = properties.get("RouteKey").and_then(|key| self.text(key)) else { return };
        let Some((method, path)) = key.split_once(' ') else {
            self.skipped.push((key, "it is not a method and a path".to_owned()));
            return;
        };
        let open = properties.text_of("AuthorizationType").is_none_or(|kind| kind == "NONE");
        let scopes = self.scopes(properties.get("AuthorizationScopes")).filter(|_| !open).unwrap_or_default();
        self.add(method, path, scopes, open);
    }

    /// Reads a method of a REST API.
    fn method(&mut self, name: &str, properties: &Node) {
        let Some(path) = properties.get("ResourceId").and_then(|resource| self.path(resource)) else {
            self.skipped.push((name.to_owned(), "its path is not in the template".to_owned()));
            return;
        };
        let open = properties.text_of("AuthorizationType").is_none_or(|kind| kind == "NONE");
        let scopes = self.scopes(properties.get("AuthorizationScopes")).filter(|_| !open).unwrap_or_default();
        self.add(properties.text_of("HttpMethod").unwrap_or("ANY"), &path, scopes, open);
    }

    /// Returns the path of a resource of a REST API, from its parts.
    fn path(&self, resource: &Node) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        let mut at = resource.clone();
        for _ in 0..DEPTH {
            let attribute = at.get("Fn::GetAtt");
            let attribute = attribute.map(|node| node.text().map_or_else(|| node.words().join("."), str::to_owned));
            if attribute.is_some_and(|attribute| attribute.ends_with("RootResourceId")) {
                parts.reverse();
                return Some(format!("/{}", parts.join("/")));
            }
            let name = at.text_of("Ref")?;
            let found = self.resources.get(name)?;
            let properties = found.get("Properties")?;
            parts.push(properties.text_of("PathPart")?);
            at = properties.get("ParentId")?.clone();
        }
        None
    }

    /// Adds a route. `is_open`: whether it has no authorizer.
    fn add(&mut self, method: &str, path: &str, scopes: Vec<String>, is_open: bool) {
        let any = ["ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD", "*"].contains(&method.to_ascii_uppercase().as_str());
        let own = [method.to_ascii_uppercase()];
        let methods: Vec<String> =
            if any { METHODS.iter().map(|method| (*method).to_owned()).collect() } else { own.to_vec() };
        for (index, method) in methods.into_iter().enumerate() {
            if any {
                let what = "a route for any method is imported for each method";
                self.notes.of(&METHOD_ANY, what, &format!("{method} {path}"));
            }
            self.operations.push(Operation {
                method,
                path: path.to_owned(),
                server: None,
                summary: None,
                prose: None,
                security: Security {
                    any_token: !is_open,
                    ..Security::any_of(scopes.iter().map(|scope| vec![scope.clone()]).collect())
                },
                duplicate: index > 0,
            });
        }
    }
}
