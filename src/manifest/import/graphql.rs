//! GraphQL schemas with `@requiresScopes`.
//!
//! The directive has a list of lists. Apollo Federation, Cosmo and Hive read it as an OR of ANDs; Grafbase, with the
//! same spelling, as an AND of ORs. The requirements of a field, of its type and of the type that it returns are all
//! required.

use std::collections::HashMap;

use super::findings::{ENGINE_UNKNOWN, EXTENSION_UNUSED};
use super::source::{MAX_ALTERNATIVES, Notes, Operation, ScopeList, Security, Source};
use super::{GraphqlEngine, source};
use crate::manifest::ListMeaning;

const DIRECTIVE: &str = "requiresScopes";

/// Whether a text is a GraphQL schema with scopes.
pub(super) fn is_schema(name: &str, text: &str) -> bool {
    let by_name =
        [".graphql", ".graphqls", ".gql"].iter().any(|extension| name.to_ascii_lowercase().ends_with(extension));
    by_name
        || (!text.trim_start().starts_with(['{', '[']) && text.contains("@requiresScopes") && text.contains("type "))
}

/// Lists of a directive: outer and inner.
type Lists = Vec<Vec<String>>;

#[derive(Default)]
struct Type {
    is_root: Option<&'static str>,
    required: Option<Lists>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    returns: String,
    required: Option<Lists>,
    line: Option<String>,
}

pub(super) fn read(text: &str, engine: Option<GraphqlEngine>) -> Source {
    let mut notes = Notes::default();
    let mut parser =
        SchemaParser { tokens: tokens(text), at: 0, types: HashMap::new(), order: Vec::new(), roots: HashMap::new() };
    parser.schema();
    let is_grafbase = text.contains("grafbase");
    let inverted = engine.map_or(is_grafbase, |engine| engine == GraphqlEngine::Grafbase);
    let alternatives = |lists: &Lists| -> Security {
        let lists: Vec<Vec<String>> = lists.iter().filter(|list| !list.is_empty()).cloned().collect();
        if !inverted || lists.is_empty() {
            return Security::any_of(lists);
        }
        let group = |list: Vec<String>| ScopeList {
            sets: list.iter().map(|scope| vec![scope.clone()]).collect(),
            scopes: list,
            habit: None,
        };
        Security { alternatives: vec![lists.into_iter().map(group).collect()], named: true, ..Security::default() }
    };
    let mut operations = Vec::new();
    let mut skipped = Vec::new();
    let mut is_ambiguous = false;
    for name in &parser.order {
        let Some(kind) = parser.types.get(name) else { continue };
        let root = kind.is_root.or_else(|| parser.roots.get(name).copied()).or(match name.as_str() {
            "Query" => Some("QUERY"),
            "Mutation" => Some("MUTATION"),
            "Subscription" => Some("SUBSCRIPTION"),
            _ => None,
        });
        for field in &kind.fields {
            let returned = parser.types.get(&field.returns).and_then(|kind| kind.required.as_ref());
            let parts: Vec<&Lists> =
                [field.required.as_ref(), kind.required.as_ref(), returned].into_iter().flatten().collect();
            if parts.is_empty() && root.is_none() {
                continue;
            }
            is_ambiguous |= parts.iter().any(|lists| lists.len() > 1 || lists.iter().any(|list| list.len() > 1));
            let security = parts.into_iter().map(alternatives).reduce(|one, other| one.and(&other)).unwrap_or_default();
            let method = root.unwrap_or("FIELD").to_owned();
            let path = format!("/{name}.{}", field.name);
            if security.alternatives.len() > MAX_ALTERNATIVES {
                skipped.push((format!("{method} {path}"), format!("it has more than {MAX_ALTERNATIVES} alternatives")));
                continue;
            }
            operations.push(Operation {
                method,
                path,
                server: None,
                summary: field.line.clone(),
                prose: None,
                security,
                duplicate: false,
            });
        }
    }
    if parser.tokens.windows(2).any(|pair| pair == [Token::Mark('@'), Token::Word("policy")]) {
        let what =
            "`@policy` is not a scope and is not imported: its fields also require what the router's policies decide";
        notes.add(&EXTENSION_UNUSED, what.to_owned(), None);
    }
    if engine.is_none() && is_ambiguous {
        let (read, other) = if inverted {
            ("Grafbase does (all of the outer list, any of each inner one)", "apollo")
        } else {
            (
                "Apollo, Cosmo and Hive do (any of the outer list, all of each inner one); Grafbase means the opposite",
                "grafbase",
            )
        };
        let what =
            format!("nested lists of `@{DIRECTIVE}` are read as {read}; use `--engine {other}` for the other meaning");
        notes.add(&ENGINE_UNKNOWN, what, None);
    }
    Source {
        format: "GraphQL schema".to_owned(),
        title: None,
        operations,
        fixed: Some((ListMeaning::All, "the engine defines what a list of `@requiresScopes` means")),
        notes,
        skipped,
        ..source::Source::default()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Text(&'t str),
    Mark(char),
}

/// Splits a schema into tokens (GraphQL, October 2021, §2.1). Comments, commas and white space are dropped.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let length = if first == '#' {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(inside) = rest.strip_prefix("\"\"\"") {
            let mut end = 0;
            let length = loop {
                match inside.get(end..).and_then(|rest| rest.find("\"\"\"")) {
                    Some(at) if inside.get(..end + at).is_some_and(|before| before.ends_with('\\')) => end += at + 3,
                    Some(at) => break end + at,
                    None => break inside.len(),
                }
            };
            tokens.push(Token::Text(inside.get(..length).unwrap_or_default()));
            (length + 6).min(rest.len())
        } else if let Some(inside) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = inside.find(|character| {
                let ends = (character == '"' && !escaped) || character == '\n';
                escaped = character == '\\' && !escaped;
                ends
            });
            let length = end.unwrap_or(inside.len());
            tokens.push(Token::Text(inside.get(..length).unwrap_or_default()));
            (length + 2).min(rest.len())
        } else if first.is_alphanumeric() || first == '_' {
            let is_end = |character: char| !(character.is_alphanumeric() || character == '_');
            let length = rest.find(is_end).unwrap_or(rest.len());
            tokens.push(Token::Word(rest.get(..length).unwrap_or_default()));
            length
        } else {
            if !first.is_whitespace() && first != ',' {
                tokens.push(Token::Mark(first));
            }
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

struct SchemaParser<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    types: HashMap<String, Type>,
    order: Vec<String>,
    roots: HashMap<String, &'static str>,
}

impl<'t> SchemaParser<'t> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token<'t>> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn is(&self, mark: char) -> bool {
        self.peek() == Some(&Token::Mark(mark))
    }

    fn schema(&mut self) {
        while let Some(token) = self.next() {
            match token {
                Token::Word("type" | "interface") => self.kind(),
                Token::Word("scalar" | "enum" | "union" | "input") => {
                    let Some(Token::Word(name)) = self.next() else { continue };
                    let required = self.directives();
                    let kind = self.types.entry(name.to_owned()).or_default();
                    kind.required = kind.required.take().or(required);
                }
                Token::Word("schema") => self.roots(),
                Token::Mark('{') => {
                    self.at -= 1;
                    self.skip('{', '}');
                }
                _ => {}
            }
        }
    }

    /// Reads `schema { query: Root }`.
    fn roots(&mut self) {
        self.directives();
        if !self.is('{') {
            return;
        }
        while let Some(token) = self.next().filter(|token| *token != Token::Mark('}')) {
            let root = match token {
                Token::Word("query") => "QUERY",
                Token::Word("mutation") => "MUTATION",
                Token::Word("subscription") => "SUBSCRIPTION",
                _ => continue,
            };
            if self.is(':') {
                self.at += 1;
                if let Some(Token::Word(name)) = self.next() {
                    self.roots.insert(name.to_owned(), root);
                }
            }
        }
    }

    fn kind(&mut self) {
        let Some(Token::Word(name)) = self.next() else { return };
        // `implements A & B`
        while let Some(Token::Word(_) | Token::Mark('&')) = self.peek() {
            let is_definition =
                matches!(self.peek(), Some(Token::Word("type" | "interface" | "extend" | "scalar" | "enum")));
            if is_definition {
                break;
            }
            self.at += 1;
        }
        let required = self.directives();
        let mut fields = Vec::new();
        if self.is('{') {
            self.at += 1;
            let mut line = None;
            while let Some(token) = self.next().filter(|token| *token != Token::Mark('}')) {
                match token {
                    Token::Text(text) => line = text.trim().lines().next().map(str::to_owned),
                    Token::Word(field) => {
                        if self.is('(') {
                            self.skip('(', ')');
                        }
                        if !self.is(':') {
                            continue;
                        }
                        let mut returns = String::new();
                        while let Some(Token::Mark(':' | '[' | ']' | '!') | Token::Word(_)) = self.peek() {
                            if let Some(Token::Word(word)) = self.peek() {
                                if !returns.is_empty() {
                                    break;
                                }
                                (*word).clone_into(&mut returns);
                            }
                            self.at += 1;
                        }
                        let required = self.directives();
                        fields.push(Field { name: field.to_owned(), returns, required, line: line.take() });
                    }
                    Token::Mark(_) => {}
                }
            }
        }
        if !self.types.contains_key(name) {
            self.order.push(name.to_owned());
        }
        let kind = self.types.entry(name.to_owned()).or_default();
        kind.required = kind.required.take().or(required);
        kind.fields.extend(fields);
    }

    /// Reads directives, and returns the lists of the one for scopes.
    fn directives(&mut self) -> Option<Lists> {
        let mut found = None;
        while self.is('@') {
            self.at += 1;
            let mut name = None;
            // a name may have a prefix: `@federation__requiresScopes`
            if let Some(Token::Word(word)) = self.next() {
                name = Some(word);
            }
            let start = self.at;
            if self.is('(') {
                self.skip('(', ')');
            }
            if name.is_some_and(|name| name == DIRECTIVE || name.ends_with(&format!("__{DIRECTIVE}"))) {
                found = Some(lists(self.tokens.get(start..self.at).unwrap_or_default()));
            }
        }
        found
    }

    /// Skips a group with the groups of the same kind inside.
    fn skip(&mut self, open: char, close: char) {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token {
                Token::Mark(mark) if mark == open => depth += 1,
                Token::Mark(mark) if mark == close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}

/// Reads `(scopes: [["a", "b"], ["c"]])`; a list that is not nested has one alternative per item.
fn lists(tokens: &[Token<'_>]) -> Lists {
    let mut lists: Lists = Vec::new();
    let mut depth = 0_usize;
    for token in tokens {
        match token {
            Token::Mark('[') => {
                depth += 1;
                if depth == 2 {
                    lists.push(Vec::new());
                }
            }
            Token::Mark(']') => depth = depth.saturating_sub(1),
            Token::Text(scope) if depth == 2 => {
                lists.last_mut().into_iter().for_each(|list| list.push((*scope).to_owned()));
            }
            Token::Text(scope) => lists.push(vec![(*scope).to_owned()]),
            _ => {}
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::import::{Options, import};

    fn shown(schema: &str, engine: Option<GraphqlEngine>) -> (String, String) {
        let options = Options { engine, ..Options::default() };
        let import = import("schema.graphql", schema.as_bytes(), &options, &mut |_| Err(String::new())).unwrap();
        let line = |one: &crate::manifest::import::ImportedEndpoint| {
            let sets: Vec<String> = one.alternatives.iter().map(ToString::to_string).collect();
            format!("{one}: {}", sets.join(" | "))
        };
        let lines: Vec<String> = import.apis.iter().flat_map(|api| &api.endpoints).map(line).collect();
        let codes: Vec<&str> = import.findings.iter().map(|finding| finding.code.name).collect();
        (lines.join("; "), codes.join(" "))
    }

    #[test]
    fn nested_lists_mean_what_the_engine_defines() {
        let schema = r#"
            extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@requiresScopes"])
            # a comment with type X { }
            type Query { "Orders" orders(first: Int = 5): [Order!]! @requiresScopes(scopes: [["a", "b"], ["c"]]) health: Boolean }
            type Order implements Node & Other @key(fields: "id") { id: ID! total: Money @requiresScopes(scopes: [["d"]]) note: String }
            scalar Money @requiresScopes(scopes: [["e"]])
        "#;
        let (lines, codes) = shown(schema, None);
        assert_eq!(lines, "QUERY /Query.orders: a b | c; QUERY /Query.health: ; FIELD /Order.total: d e");
        assert!(codes.contains("engine-unknown"), "{codes}");
        let (lines, codes) = shown(schema, Some(GraphqlEngine::Grafbase));
        assert_eq!(lines, "QUERY /Query.orders: a c | b c; QUERY /Query.health: ; FIELD /Order.total: d e");
        assert!(!codes.contains("engine-unknown"), "{codes}");
    }

    #[test]
    fn requirements_of_types_and_renamed_roots_count() {
        let schema = r#"schema { mutation: Change } type Change { drop: Thing }
            type Thing @federation__requiresScopes(scopes: [["t"]]) { """a "quoted" \""" text""" name: String @deprecated(reason: "x \" y") }"#;
        assert_eq!(shown(schema, None).0, "MUTATION /Change.drop: t; FIELD /Thing.name: t");
        let policy = r#"type Query { orders: [String] @policy(policies: [["p"]]) me: String @authenticated }"#;
        let (lines, codes) = shown(policy, None);
        assert_eq!(lines, "QUERY /Query.orders: ; QUERY /Query.me: ");
        assert!(codes.contains("extension-unused"), "{codes}");
        // damaged schemas end
        for schema in
            ["type", "type A {", "type A { b(", "type A { b: [", "@", "type A @requiresScopes(", "\"\"\"", "schema {"]
        {
            shown(schema, None);
        }
    }
}
