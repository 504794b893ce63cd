//! The neutral model of what an engine enforces.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::findings::unsupported;
use super::{Engine, ExportOptions, KeySource, Keys};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Endpoint, Piece, Segment};
use crate::scope::{Scope, ScopeSet};
use crate::text::shell_word;

/// Claims with scopes, unless the manifest or the options name others.
const CLAIMS: [&str; 2] = ["scope", "scp"];

/// A scope that is needed, with the scopes that grant it: itself first, then those that imply it, in byte order.
pub type ScopeNeed = Rc<Vec<Scope>>;

/// An AND of needed scopes. The empty one is satisfied by any valid token.
pub type Alternative = Vec<ScopeNeed>;

/// Who may call an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Access {
    /// Whether a request without a token is allowed.
    pub anonymous: bool,
    /// An OR of ANDs for requests with a valid token; nothing at all is allowed without alternatives.
    pub alternatives: Vec<Alternative>,
}

/// An endpoint in the terms of an engine.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name of the endpoint in the manifest.
    pub endpoint: String,
    /// Line in the manifest, starting at 1.
    pub line: usize,
    /// Methods, in upper case: `GET` also answers `HEAD`.
    pub methods: Vec<String>,
    /// Segments of the path, including those of the base URL.
    pub segments: Vec<Segment>,
    /// Who may call it.
    pub access: Access,
    /// The requirement as in the manifest, for comments and challenges.
    pub required: String,
    /// Scopes of the first alternative, separated by spaces, for a challenge (RFC 6750 §3).
    pub challenge: String,
}

/// What an engine enforces for one API.
#[derive(Clone, Debug)]
pub struct Model {
    /// Engine that it is exported to.
    pub engine: Engine,
    /// Name of the API.
    pub api: String,
    /// Name of the manifest.
    pub manifest: String,
    /// Issuer of valid tokens.
    pub issuer: String,
    /// Audience of valid tokens.
    pub audience: String,
    /// Claims that list the granted scopes, as a string or an array.
    pub claims: Vec<String>,
    /// Whether paths are matched without regard to case.
    pub ignore_case: bool,
    /// Keys that verify tokens.
    pub keys: Keys,
    /// Signature algorithm, for engines that do not take it from the key.
    pub algorithm: String,
    /// Address that the engine listens on.
    pub listen: String,
    /// URL of the API.
    pub upstream: url::Url,
    /// Label of the workloads that an Istio policy is for: name and value.
    pub selector: Option<(String, String)>,
    /// Engine and options of the export, as JSON.
    pub options: serde_json::Value,
    /// The rules: the first that matches method and path decides, and without one the request is denied.
    pub rules: Vec<Rule>,
}

impl Model {
    /// Builds the model of an API.
    ///
    /// # Errors
    /// Everything that no engine can express.
    pub fn new(api: &Api, source: &str, engine: Engine, options: &ExportOptions) -> Result<Self, Vec<Diagnostic>> {
        let mut builder = Builder::new(api, source, engine, options);
        let rules = builder.rules();
        let (issuer, audience, keys) = builder.trust();
        let claims = builder.claims();
        let selector = builder.selector();
        builder.options();
        builder.unknown_denials();
        let upstream = options.upstream.clone().unwrap_or_else(|| api.base_url.clone());
        match (issuer, audience, keys) {
            (Some(issuer), Some(audience), Some(keys)) if builder.obstacles.is_empty() => Ok(Self {
                engine,
                api: api.name.clone(),
                manifest: options.manifest.clone(),
                issuer,
                audience,
                claims,
                ignore_case: api.ignore_case,
                keys,
                algorithm: options.algorithm.clone(),
                listen: options.listen.clone(),
                upstream,
                selector,
                options: super::options::options(engine, &api.name, options),
                rules,
            }),
            _ => Err(builder.obstacles),
        }
    }

    /// Returns the place of a rule in the manifest, such as `tokscope.toml:12`.
    #[must_use]
    pub fn place(&self, rule: &Rule) -> String {
        format!("{}:{}", self.manifest, rule.line)
    }

    /// Returns the characters of path literals that clients may also percent-encode, apart from letters, digits, `-`, `.`,
    /// `_` and `~` (RFC 3986 §2.3).
    #[must_use]
    pub fn reserved_literals(&self) -> BTreeSet<char> {
        let pieces = self.rules.iter().flat_map(|rule| &rule.segments).flat_map(Segment::pieces);
        let literals = pieces.filter_map(|piece| if let Piece::Literal(text) = piece { Some(text) } else { None });
        let unreserved = |character: &char| character.is_ascii_alphanumeric() || "-._~".contains(*character);
        literals.flat_map(|text| text.chars()).filter(|character| !unreserved(character)).collect()
    }
}

struct Builder<'a> {
    api: &'a Api,
    source: &'a str,
    engine: Engine,
    options: &'a ExportOptions,
    /// Scopes that grant a scope.
    granting: HashMap<Scope, ScopeNeed>,
    obstacles: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    fn new(api: &'a Api, source: &'a str, engine: Engine, options: &'a ExportOptions) -> Self {
        Self { api, source, engine, options, granting: HashMap::new(), obstacles: Vec::new() }
    }

    fn trust(&mut self) -> (Option<String>, Option<String>, Option<Keys>) {
        let name = &self.api.name;
        let mut missing = |message: String, hint: String| {
            self.obstacles.push(unsupported(message, hint));
        };
        if self.api.issuer.is_none() {
            missing(
                format!("API `{name}` has no issuer, so the engine would accept tokens of any issuer with these keys"),
                format!("add `issuer = \"https://…\"` to `[api.{name}]`"),
            );
        }
        if self.api.audience.is_none() {
            missing(
                format!("API `{name}` has no audience, so the engine would accept tokens for other APIs"),
                format!("add `audience = \"…\"` to `[api.{name}]`"),
            );
        }
        let keys = match (self.engine.key_source(), self.options.keys.clone()) {
            (KeySource::Named, None) => {
                missing(
                    "the keys that verify tokens are not named".to_owned(),
                    "use `--keys FILE` or `--keys URL`, such as the `jwks_uri` of the issuer's metadata".to_owned(),
                );
                None
            }
            (KeySource::Issuer, Some(_)) => {
                missing(format!("keys can't be named for {}", self.engine.as_str()), "remove `--keys`".to_owned());
                None
            }
            (KeySource::NamedOrIssuer, Some(Keys::File(path))) => {
                missing(
                    format!("{} does not read keys from the file `{path}`", self.engine.as_str()),
                    "name a URL with `--keys`, or remove it: the keys are then those of the issuer's metadata"
                        .to_owned(),
                );
                None
            }
            (_, named) => Some(named.unwrap_or(Keys::Issuer)),
        };
        let issuer = self.api.issuer.as_ref().map(ToString::to_string);
        (issuer, self.api.audience.clone(), keys)
    }

    /// Reads the label of `--selector`.
    fn selector(&mut self) -> Option<(String, String)> {
        let written = self.options.selector.as_deref()?;
        let is_plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        };
        if self.engine != Engine::Istio {
            self.obstacles.push(unsupported(
                format!("{} has no selector of workloads", self.engine.as_str()),
                "remove `--selector`",
            ));
            return None;
        }
        match written.split_once('=').filter(|(name, value)| is_plain(name) && is_plain(value)) {
            Some((name, value)) => Some((name.to_owned(), value.to_owned())),
            None => {
                self.obstacles.push(unsupported(
                    format!("`{written}` is not a valid label"),
                    "write name and value, such as `--selector app=orders`",
                ));
                None
            }
        }
    }

    /// Reports options that would need quoting in a configuration.
    fn options(&mut self) {
        let is_quotable =
            |text: &str| text.chars().any(|character| character.is_control() || "\"'\\`{};%$".contains(character));
        let keys = match &self.options.keys {
            Some(Keys::File(path)) => path.as_str(),
            Some(Keys::Url(url)) => url.as_str(),
            Some(Keys::Issuer) | None => "",
        };
        let values = [
            ("the issuer", self.api.issuer.as_ref().map_or("", |issuer| issuer.as_str())),
            ("the audience", self.api.audience.as_deref().unwrap_or_default()),
            ("`--keys`", keys),
        ];
        for (name, value) in values.into_iter().filter(|(_, value)| is_quotable(value)) {
            let message = format!("{name} has a character that configurations treat specially: `{value}`");
            self.obstacles.push(unsupported(message, "letters, digits and `-._~:/?&=+@,` can be exported"));
        }
        if self.options.listen.parse::<core::net::SocketAddr>().is_err() {
            self.obstacles.push(unsupported(
                format!("`{}` is not a valid address", self.options.listen),
                "use an IP address and a port, such as `--listen 0.0.0.0:8080`",
            ));
        }
    }

    fn claims(&mut self) -> Vec<String> {
        let claims: Vec<String> = match (self.options.claims.as_slice(), self.api.scopes_claim.as_slice()) {
            ([], []) => CLAIMS.map(str::to_owned).to_vec(),
            ([], own) => own.to_vec(),
            (named, _) => named.to_vec(),
        };
        // the characters that no engine's configuration treats specially
        let is_plain = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        for claim in claims.iter().filter(|claim| !is_plain(claim)) {
            self.obstacles.push(unsupported(
                format!("the engine can't read scopes from the claim `{claim}`"),
                "name claims of letters, digits, `_` and `-` with `--claim`",
            ));
        }
        claims
    }

    /// Reports endpoints to deny that are not in the manifest.
    fn unknown_denials(&mut self) {
        let known: BTreeSet<String> = self.api.endpoints.iter().map(ToString::to_string).collect();
        for denied in self.options.denied.difference(&known) {
            self.obstacles.push(unsupported(
                format!("`{denied}` is not an endpoint of API `{}`", self.api.name),
                "write it as in the manifest",
            ));
        }
    }

    /// Returns the rules in the order of routing; HEAD first, because GET answers it only without a HEAD endpoint.
    fn rules(&mut self) -> Vec<Rule> {
        let (api, source) = (self.api, self.source);
        let base: Vec<Segment> = base_segments(api);
        let breaks: Vec<usize> = memchr::memchr_iter(b'\n', source.as_bytes()).collect();
        let mut order = api.routing_order();
        let method = |index: &usize| api.endpoints.get(*index).map_or("", |endpoint| endpoint.method.as_str());
        order.sort_by_key(|index| method(index) != "HEAD");
        let mut seen: HashMap<(String, String), usize> = HashMap::new();
        let mut rules: Vec<Rule> = Vec::new();
        for endpoint in order.iter().filter_map(|index| api.endpoints.get(*index)) {
            let is_denied = self.options.denied.contains(&endpoint.to_string());
            if !is_denied {
                self.obstacles.extend(obstacle(endpoint));
            }
            let key = (endpoint.method.clone(), shape(endpoint));
            if let Some(earlier) = seen.get(&key).and_then(|index| rules.get(*index)) {
                let is_earlier_denied = self.options.denied.contains(&earlier.endpoint);
                if !(is_denied && is_earlier_denied) {
                    self.obstacles.push(shared(endpoint, &earlier.endpoint));
                }
                continue;
            }
            seen.insert(key, rules.len());
            let methods = match endpoint.method.as_str() {
                "GET" => vec!["GET".to_owned(), "HEAD".to_owned()],
                method => vec![method.to_owned()],
            };
            let access = match is_denied {
                true => Access { anonymous: false, alternatives: Vec::new() },
                false => self.access(endpoint),
            };
            rules.push(Rule {
                endpoint: endpoint.to_string(),
                line: breaks.partition_point(|position| *position < endpoint.span.start) + 1,
                methods,
                segments: base.iter().chain(endpoint.template.segments()).cloned().collect(),
                access,
                required: if is_denied { "denied".to_owned() } else { endpoint.requirement.to_string() },
                challenge: match is_denied {
                    true => String::new(),
                    false => endpoint.requirement.alternatives().first().map(ToString::to_string).unwrap_or_default(),
                },
            });
        }
        rules
    }

    fn access(&mut self, endpoint: &Endpoint) -> Access {
        let alternatives = endpoint.requirement.alternatives();
        let alternatives =
            alternatives.iter().map(|scopes| scopes.iter().map(|scope| self.need(scope)).collect()).collect();
        Access { anonymous: endpoint.optional || endpoint.requirement.is_none(), alternatives }
    }

    fn need(&mut self, scope: &Scope) -> ScopeNeed {
        if let Some(known) = self.granting.get(scope) {
            return Rc::clone(known);
        }
        let alone: ScopeSet = std::iter::once(scope.clone()).collect();
        let implying = self.api.hierarchy.granting(&alone);
        let others = implying.iter().filter(|other| *other != scope).cloned();
        let need: ScopeNeed = Rc::new(std::iter::once(scope.clone()).chain(others).collect());
        self.granting.insert(scope.clone(), Rc::clone(&need));
        need
    }
}

/// Returns the segments of the base URL's path.
fn base_segments(api: &Api) -> Vec<Segment> {
    let path = crate::manifest::Template::parse(api.base_url.path());
    let segments = path.map(|template| template.segments().to_vec()).unwrap_or_default();
    segments.into_iter().filter(|segment| segment.as_literal() != Some("")).collect()
}

/// Returns the path of an endpoint without parameter names, query and fragment.
fn shape(endpoint: &Endpoint) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => text.replace('{', "{{"),
        Piece::Parameter(_) => "{}".to_owned(),
        Piece::Rest(_) => "{+}".to_owned(),
    };
    let segment = |segment: &Segment| segment.pieces().iter().map(piece).collect::<String>();
    endpoint.template.segments().iter().map(segment).collect::<Vec<_>>().join("/")
}

/// Returns why no engine can express an endpoint.
fn obstacle(endpoint: &Endpoint) -> Option<Diagnostic> {
    let because = |message: String, hint: String| Some(unsupported(message, hint).at(endpoint.span.clone()));
    if endpoint.mcp().is_some() {
        return because(
            format!("`{endpoint}` is called in the body of a request, which the engine does not read"),
            format!("deny it with `--deny {}`", quoted(endpoint)),
        );
    }
    if endpoint.template.query_terms() > 0 {
        return because(
            format!("`{endpoint}` depends on the query, which the engine can't compare as the manifest does"),
            format!("deny it with `--deny {}`", quoted(endpoint)),
        );
    }
    let unsafe_character = |character: char| character.is_control() || "\"\\".contains(character);
    let mut pieces = endpoint.template.segments().iter().flat_map(Segment::pieces);
    if pieces.any(|piece| matches!(piece, Piece::Literal(text) if text.contains(unsafe_character))) {
        return because(
            format!("`{endpoint}` has a quotation mark, backslash or control character in its path"),
            format!("deny it with `--deny {}`", quoted(endpoint)),
        );
    }
    None
}

/// Returns an endpoint as a word of a shell.
fn quoted(endpoint: &Endpoint) -> String {
    shell_word(&endpoint.to_string()).into_owned()
}

/// An endpoint that an engine can't tell from an earlier one.
fn shared(endpoint: &Endpoint, earlier: &str) -> Diagnostic {
    unsupported(
        format!(
            "`{endpoint}` and `{earlier}` differ in their query or fragment only, which the engine does not compare"
        ),
        format!("deny both with `--deny {} --deny {}`", quoted(endpoint), shell_word(earlier)),
    )
    .at(endpoint.span.clone())
}
