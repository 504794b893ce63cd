//! The endpoint of each request: by literals at their positions, then by regular expression, the most specific first.

use super::SqlScript;
use super::dialect::SqlDialect;
use crate::manifest::{Api, Server};

/// Paths with more segments match no catch-all.
const MOST_SEGMENTS: usize = 512;

/// Returns the statements that create `tokscope_requests`, `tokscope_paths` and `tokscope_routes`.
pub(super) fn matching(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let denied = "status IN (401, 403)";
    let requests = format!(
        "SELECT l.method AS method, l.target AS target, coalesce(nullif(c.name, ''), nullif(l.client, ''), \
         nullif(u.name, ''), '') AS client, l.scopes AS scopes,\n  count(*) AS calls, {} AS denied, {} AS succeeded, \
         {} AS succeeded_strictly,\n  max(l.time) AS last, {} AS last_use\nFROM tokscope_log AS l\n\
         LEFT JOIN tokscope_clients AS c ON c.id = l.client\nLEFT JOIN tokscope_clients AS u ON u.id = l.login\n\
         GROUP BY 1, 2, 3, 4",
        dialect.count_if(&format!("l.{denied}")),
        dialect.count_if("l.status < 400"),
        dialect.count_if("l.status >= 200 AND l.status < 400"),
        dialect.max_if("l.time", &format!("l.status IS NULL OR NOT l.{denied}")),
    );
    format!(
        "-- requests by method, target, client and scopes\n{}\
         -- paths relative to the API: attempt 1 as they are or below the base URL or a server, 2 behind the base's path\n{}\
         -- the endpoint of each method and target\n{}",
        dialect.result("tokscope_requests", &requests),
        dialect.result("tokscope_paths", &paths(script)),
        dialect.result("tokscope_routes", &routes(dialect)),
    )
}

/// Escapes text for a regular expression.
fn escaped(text: &str) -> String {
    let escape = |character: char| {
        let mark = if character.is_ascii_punctuation() { "\\" } else { "" };
        format!("{mark}{character}")
    };
    text.chars().map(escape).collect()
}

/// Returns the expression for a URL below the base URL. Its group is the path below it.
fn base_pattern(api: &Api) -> String {
    let url = &api.base_url;
    let default = if url.scheme() == "https" { 443 } else { 80 };
    let port = match url.port() {
        Some(port) => format!(":{port}"),
        None => format!("(?::{default})?"),
    };
    let host = escaped(url.host_str().unwrap_or_default());
    let path = escaped(url.path().trim_end_matches('/'));
    format!("(?s)^(?i:{}://(?:[^/?#@]*@)?{host}){port}{path}((?:[/?#].*)?)$", url.scheme())
}

/// The same for a server, whose variables are `{name}`.
fn server_pattern(server: &Server) -> String {
    let (scheme, after) = server.as_str().split_once("://").unwrap_or_default();
    let (authority, path) = after.split_once('/').unwrap_or((after, ""));
    let with_variables = |text: &str, any: &str| {
        let mut pattern = String::new();
        let mut rest = text;
        while let Some((before, inside)) = rest.split_once('{') {
            pattern.push_str(&escaped(before));
            pattern.push_str(any);
            rest = inside.split_once('}').map_or("", |(_, after)| after);
        }
        pattern + &escaped(rest)
    };
    let has_port = authority.rsplit_once(':').is_some();
    let default = if scheme == "https" { 443 } else { 80 };
    let port = if has_port { String::new() } else { format!("(?::{default})?") };
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { String::new() } else { format!("/{}", with_variables(path, "[^/?#]+")) };
    let authority = with_variables(authority, "[^/?#@]+?");
    format!("(?s)^(?i:{scheme}://(?:[^/?#@]*@)?{authority}){port}{path}((?:[/?#].*)?)$")
}

fn paths(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let mut branches = Vec::new();
    for (number, api) in script.apis() {
        let slash = dialect.starts("target", "'/'");
        branches.push(format!(
            "SELECT method, target, {number} AS api, 1 AS attempt, target AS rest FROM targets WHERE {slash}"
        ));
        let base = api.base_url.path().trim_end_matches('/');
        if !base.is_empty() {
            let starts = dialect.starts("target", &dialect.text(base));
            let from = base.len() + 1;
            branches.push(format!(
                "SELECT method, target, {number} AS api, 2 AS attempt, substring(target, {from}) AS rest FROM targets WHERE {starts}"
            ));
        }
        // of several that match, the first one counts
        let patterns = [base_pattern(api)].into_iter().chain(api.servers.iter().map(server_pattern));
        let patterns: Vec<String> = patterns.collect();
        let cases = patterns.iter().map(|pattern| {
            let is = dialect.matches("target", &dialect.text(pattern));
            format!("WHEN {is} THEN {}", dialect.extract("target", pattern))
        });
        let any = patterns.iter().map(|pattern| dialect.matches("target", &dialect.text(pattern)));
        branches.push(format!(
            "SELECT method, target, {number} AS api, 1 AS attempt, CASE {} ELSE '' END AS rest FROM targets WHERE {}",
            cases.collect::<Vec<_>>().join(" "),
            any.collect::<Vec<_>>().join(" OR "),
        ));
    }
    let has_terms = script.apis().flat_map(|(_, api)| api.match_keys()).any(|key| !key.query.is_empty());
    let segments = dialect.map(&dialect.split("substring(path, 2)", "/"), &dialect.decoded("x"));
    let inner = dialect.text("\u{1}");
    let replace = dialect.pick("replace", "replaceAll");
    let inside = dialect.map("segments", &format!("{replace}(x, '/', {inner})"));
    let joined = match dialect {
        SqlDialect::DuckDb => format!("array_to_string({inside}, '/')"),
        SqlDialect::ClickHouse => format!("arrayStringConcat({inside}, '/')"),
    };
    let empty = dialect.pick("len(list_filter(segments, lambda x: x = ''))", "countEqual(segments, '')");
    let terms = if has_terms { terms(dialect) } else { dialect.pick("[]::VARCHAR[]", "[]::Array(String)").to_owned() };
    format!(
        "WITH targets AS (SELECT DISTINCT method, target FROM tokscope_requests),\nrelative AS (\n{}\n),\nparts AS (\n  \
         SELECT method, target, api, attempt, {} AS path, {} AS query, {} AS fragment FROM relative\n),\nlists AS (\n  \
         SELECT method, target, api, attempt, query, fragment, {segments} AS segments FROM parts\n  \
         WHERE (path = '' OR {}) AND NOT {}\n)\n\
         SELECT method, target, api, attempt, fragment, segments, {} AS folded, {}(segments) AS number, {empty} AS empty_segments, \
         {joined} AS joined, {terms} AS terms\nFROM lists",
        branches.join("\nUNION ALL\n"),
        dialect.extract("rest", "^([^?#]*)"),
        dialect.extract("rest", "^[^?#]*\\?([^#]*)"),
        dialect.extract("rest", "(?s)#(.*)$"),
        dialect.starts("path", "'/'"),
        dialect.matches("path", &dialect.text("(^|/)(\\.|%2[eE]){1,2}(/|$)")),
        dialect.map("segments", &dialect.lower("x")),
        dialect.pick("len", "length"),
    )
}

/// Terms of the query, as in the match keys.
fn terms(dialect: SqlDialect) -> String {
    let pairs = dialect.split("query", "&");
    let inner = dialect.text("\u{1}");
    match dialect {
        SqlDialect::DuckDb => {
            let name = dialect.decoded("split_part(x, '=', 1)");
            let value = "CASE WHEN contains(x, '=') THEN substring(x, strpos(x, '=') + 1) ELSE '' END";
            let decoded = dialect.decoded(value);
            dialect.map(&pairs, &format!(
                "['=' || {name} || {inner} || {decoded}, '?' || {name}, CASE WHEN {value} <> '' THEN '+' || {name} ELSE '?' || {name} END]"
            ))
            .replacen("list_transform", "flatten(list_transform", 1)
                + ")"
        }
        SqlDialect::ClickHouse => {
            let name = dialect.decoded("splitByChar('=', x)[1]");
            let value = "if(position(x, '=') > 0, substring(x, position(x, '=') + 1), '')";
            let decoded = dialect.decoded(value);
            let each = dialect.map(&pairs, &format!(
                "[concat('=', {name}, {inner}, {decoded}), concat('?', {name}), concat(if({value} <> '', '+', '?'), {name})]"
            ));
            format!("arrayFlatten({each})")
        }
    }
}

fn routes(dialect: SqlDialect) -> String {
    let literals = match dialect {
        SqlDialect::DuckDb => {
            "list_select(CASE WHEN k.folded THEN p.folded ELSE p.segments END, k.positions)".to_owned()
        }
        SqlDialect::ClickHouse => "arrayMap(i -> if(k.folded, p.folded, p.segments)[i], k.positions)".to_owned(),
    };
    let probe = |more: &str| {
        format!(
            "  SELECT p.method AS method, p.target AS target, p.api AS api, p.attempt AS attempt, m.fallback AS fallback, \
             p.fragment AS fragment, p.empty_segments AS empty_segments, k.folded AS folded, p.joined AS joined, \
             p.terms AS terms, k.mask AS mask, {literals} AS literals\n  FROM tokscope_paths AS p\n  \
             JOIN tokscope_methods AS m ON m.method = p.method\n  JOIN tokscope_masks AS k ON k.api = p.api \
             AND k.method = m.uses{more}"
        )
    };
    let closed = probe(" AND k.segments = p.number\n  WHERE NOT k.open");
    let open = probe(&format!("\n  WHERE k.open AND p.number >= k.segments AND p.number <= {MOST_SEGMENTS}"));
    let has_all = dialect.pick("list_has_all", "hasAll");
    let joined = format!("CASE WHEN p.folded THEN {} ELSE p.joined END", dialect.lower("p.joined"));
    let regex = dialect.matches(&joined, "k.regex");
    let special = dialect.matches("t.target", "'[{?#]'");
    format!(
        "WITH probes AS (\n{closed}\n  UNION ALL\n{open}\n),\nmatched AS (\n  \
         SELECT p.method AS method, p.target AS target, p.api AS api, k.endpoint AS endpoint, p.attempt AS attempt, \
         p.fallback AS fallback, CASE WHEN p.fragment <> '' AND k.fragment = p.fragment THEN 0 ELSE 1 END AS other_fragment, \
         k.position AS position\n  FROM probes AS p\n  JOIN tokscope_keys AS k ON k.mask = p.mask AND k.literals = p.literals\n  \
         WHERE CASE WHEN k.regex = '' THEN p.empty_segments = k.empty_segments ELSE {regex} END AND {has_all}(p.terms, k.terms)\n  \
         UNION ALL\n  SELECT t.method, t.target, e.api, e.endpoint, 0, 0, 0, 0\n  \
         FROM (SELECT DISTINCT method, target FROM tokscope_requests) AS t\n  JOIN tokscope_endpoints AS e \
         ON e.method = t.method AND e.template = t.target\n  WHERE {special}\n),\nbest AS (\n  \
         SELECT method, target, endpoint, row_number() OVER (PARTITION BY method, target, api \
         ORDER BY attempt, fallback, other_fragment, position, endpoint) AS place FROM matched\n)\n\
         SELECT method, target, min(endpoint) AS endpoint FROM best WHERE place = 1 GROUP BY method, target HAVING count(*) = 1"
    )
}
