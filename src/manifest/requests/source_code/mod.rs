//! Paths and URLs in source code, with the methods that they are requested with.
//!
//! A heuristic over the text alone: nothing is run, and a path that is assembled elsewhere is not found. A method that
//! can't be determined is reported as unknown.

mod lexer;
mod method;

use self::lexer::{Token, tokens};

pub use self::lexer::{Language, language};

/// Marks an interpolated value in a string.
const HOLE: char = '\u{1}';

/// Replaces an interpolated value, so that a path can be routed.
const VALUE: &str = "value";

/// Maximum length of a path or URL.
const MAX_LENGTH: usize = 2048;

/// Maximum number of parts of a string.
const MAX_PARTS: usize = 32;

/// A path or URL in source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Line, starting at 1.
    pub line: usize,
    /// Method, in upper case; `None` if it can't be determined.
    pub method: Option<&'static str>,
    /// Path with its query, or URL, with a value in place of each parameter.
    pub target: String,
    /// Whether the path has no leading slash. Such a string counts as a path only if it has a method and matches an
    /// endpoint.
    pub relative: bool,
}

/// Returns the paths and URLs of a source file, in order.
#[must_use]
pub fn mentions(text: &str, language: Language) -> Vec<Mention> {
    let tokens = tokens(text, language);
    let mut mentions = Vec::new();
    let mut at = 0;
    while let Some((token, line)) = tokens.get(at) {
        let start = at;
        at += 1;
        if let Token::Text(first) = token {
            let (whole, end) = joined(&tokens, first, at, language);
            at = end;
            if let Some((target, relative)) = target(&whole) {
                let method = method::method(&tokens, start, end);
                if method.is_some() || !relative {
                    mentions.push(Mention { line: *line, method, target, relative });
                }
            }
        }
    }
    mentions
}

/// Joins a string with what is concatenated to it, `"/orders/" + id + "/items"`, and returns the position after it.
fn joined(tokens: &[(Token<'_>, usize)], first: &str, mut at: usize, language: Language) -> (String, usize) {
    let mut whole = first.to_owned();
    let token = |at: usize| tokens.get(at).map(|(token, _)| token);
    let joins = |at: usize| match token(at) {
        Some(Token::Mark('+')) => true,
        Some(Token::Mark('.')) => language.dot_joins,
        _ => false,
    };
    let after_ends = |mut at: usize| {
        while token(at) == Some(&Token::End) {
            at += 1;
        }
        at
    };
    for _ in 0..MAX_PARTS {
        let operator = after_ends(at);
        if !joins(operator) {
            break;
        }
        let part = after_ends(operator + 1);
        let mut depth = 0_usize;
        let mut end = part;
        while end < part + MAX_PARTS {
            match token(end) {
                Some(Token::Mark('(' | '[' | '{')) => depth += 1,
                Some(Token::Mark(')' | ']' | '}' | ',' | ';') | Token::End) | None if depth == 0 => break,
                Some(Token::Mark(')' | ']' | '}')) => depth -= 1,
                None => break,
                _ if depth == 0 && joins(end) => break,
                _ => {}
            }
            end += 1;
        }
        match token(part) {
            Some(Token::Text(text)) if end == part + 1 => whole.push_str(text),
            _ => whole.push(HOLE),
        }
        at = end;
    }
    (whole, at)
}

/// Returns the path or URL to route, and whether it is relative; `None` if the string is neither.
fn target(text: &str) -> Option<(String, bool)> {
    let url = |character: char| character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%?#[]<>".contains(character);
    if text.len() > MAX_LENGTH || !text.chars().all(|character| url(character) || character == HOLE) {
        return None;
    }
    let (origin, path) = match text.split_once("://") {
        Some(("http" | "https", after)) => {
            let (authority, path) = after.split_at_checked(after.find('/')?)?;
            // an interpolated host may be any, and so may be that of the base URL
            let origin = (!authority.contains(HOLE)).then(|| text.split_at_checked(text.len() - path.len()));
            (origin.flatten().map_or("", |(origin, _)| origin), path)
        }
        Some((base, _)) if !base.is_empty() => return None,
        // an interpolated prefix is the base URL
        _ => ("", text.trim_start_matches(HOLE)),
    };
    let relative = !path.starts_with('/');
    let bare = path.split(['?', '#']).next().unwrap_or_default();
    let fixed = |segment: &str| segment.chars().any(char::is_alphanumeric) && !is_parameter(segment);
    if path.starts_with("//") || (relative && text.starts_with(HOLE)) || !bare.split('/').any(fixed) {
        return None;
    }
    // a single word is most often the key of something
    if relative && !bare.contains('/') {
        return None;
    }
    let filled = |segment: &str| {
        if is_parameter(segment) { VALUE.to_owned() } else { segment.replace(HOLE, VALUE) }
    };
    let (path, query) = path.split_at_checked(bare.len())?;
    let path: Vec<String> = path.split('/').map(filled).collect();
    let slash = if relative { "/" } else { "" };
    Some((format!("{origin}{slash}{}{}", path.join("/"), query.replace(HOLE, VALUE)), relative))
}

/// `:id`, `<id>`, `<int:id>`
fn is_parameter(segment: &str) -> bool {
    segment.strip_prefix(':').is_some_and(|name| !name.is_empty())
        || (segment.starts_with('<') && segment.ends_with('>'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(extension: &str, source: &str) -> String {
        let mentions = mentions(source, language(extension).unwrap());
        let shown: Vec<String> = mentions
            .iter()
            .map(|mention| format!("{} {} {}", mention.line, mention.method.unwrap_or("?"), mention.target))
            .collect();
        shown.join("|")
    }

    #[test]
    fn requests_in_many_languages_are_found() {
        for (extension, source, expected) in [
            ("js", "fetch(`${BASE}/orders/${id}`, {method: 'put', body})", "1 PUT /orders/value"),
            ("js", "fetch('/orders')", "1 GET /orders"),
            ("js", "fetch('/orders', {method})", "1 ? /orders"),
            ("js", "fetch('/orders', {method: verb, body})", "1 ? /orders"),
            ("ts", "await api.post<Order>('/orders', {\n a: 'GET it' })", "1 POST /orders"),
            ("ts", "axios({ method: 'delete', url: '/orders/' + id })", "1 DELETE /orders/value"),
            ("ts", "$.ajax({url: \"/orders\", type: \"POST\"})", "1 POST /orders"),
            ("ts", "describe('it', () => { use('/orders') })", "1 ? /orders"),
            ("js", "http.get('orders/' + id + '/items')", "1 GET /orders/value/items"),
            ("js", "map.get('orders-7'); cache.get('a b')", ""),
            ("js", "const url = '/orders';\nclient.request('PATCH', url)", "1 ? /orders"),
            ("js", "router.delete('/orders/:id', f)", "1 DELETE /orders/value"),
            ("py", "requests.post(f'{base}/orders?x={x}', json=o)", "1 POST /orders?x=value"),
            ("py", "session.request(\n  'PATCH',\n  '/orders/%s' % id)", "3 PATCH /orders/value"),
            ("py", "@app.route('/orders/<int:id>', methods=['PUT'])", "1 PUT /orders/value"),
            ("go", "http.NewRequest(http.MethodPost, base+\"/orders/\"+id, nil)", "1 POST /orders/value"),
            ("go", "client.Get(fmt.Sprintf(\"%s/orders/%d\", base, id))", "1 GET /orders/value"),
            ("rs", "client.get(format!(\"{base}/orders/{id}\")).send()", "1 GET /orders/value"),
            ("rs", "Request::builder().method(\"POST\").uri(\"/orders\")", "1 POST /orders"),
            ("rs", "client.request(Method::PUT, \"https://a.test/v1/orders\")", "1 PUT https://a.test/v1/orders"),
            ("java", "restTemplate.getForObject(base + \"/orders/{id}\", Order.class, 7)", "1 GET /orders/value"),
            ("java", "new Request.Builder()\n .url(host + \"/orders\")\n .post(body)", "2 POST /orders"),
            ("java", "@DeleteMapping(\"/orders/{id}\")", "1 DELETE /orders/value"),
            ("cs", "await http.PostAsJsonAsync($\"/orders/{id}\", o)", "1 POST /orders/value"),
            ("cs", "new HttpRequestMessage(HttpMethod.Put, \"/orders\")", "1 PUT /orders"),
            ("php", "$http->request('GET', $base . '/orders/' . $id)", "1 GET /orders/value"),
            ("kt", "client.get(\"https://$host/orders/$id\")", "1 GET /orders/value"),
            ("rb", "Net::HTTP.get(URI(\"#{base}/orders\"))", "1 GET /orders"),
            ("sh", "curl -X PUT \\\n  \"$BASE/orders/$ID\"", "2 PUT /orders/value"),
            (
                "sh",
                "curl -d @x https://a.test/orders; curl https://a.test/y",
                "1 POST https://a.test/orders|1 GET https://a.test/y",
            ),
            ("sh", "curl -sS -XDELETE $BASE/orders/7", "1 DELETE /orders/7"),
            ("js", "// fetch('/no')\nimport x from './y'; const re = '//z', p = '/', q = '/' + id;", ""),
            ("js", "getOrdersPath('/orders')", "1 ? /orders"),
        ] {
            assert_eq!(found(extension, source), expected, "{source}");
        }
    }

    proptest! {
        #[test]
        fn scanning_never_panics(source in "(get|POST|curl|method|[(){}\\[\\];:,.+=<>'\"/\n $-]){0,60}") {
            for extension in ["js", "rs", "py", "sh", "php"] {
                let _ = mentions(&source, language(extension).unwrap());
            }
        }
    }
}
