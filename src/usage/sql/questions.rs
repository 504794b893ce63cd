//! A query per question.

use super::SqlScript;
use super::dialect::view_statement;

/// A question that a script answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Uses of each scope by each client.
    ScopeUse,
    /// Granted scopes that no request needed.
    UnusedScopes,
    /// Requests to each endpoint.
    EndpointUse,
    /// Endpoints without a request.
    UnseenEndpoints,
    /// Requests without an endpoint.
    UnlistedRequests,
    /// Requests that succeeded without a sufficient scope.
    UnderEnforced,
}

impl Question {
    /// Questions of a review.
    pub const REVIEW: &[Self] =
        &[Self::ScopeUse, Self::UnusedScopes, Self::EndpointUse, Self::UnlistedRequests, Self::UnderEnforced];

    /// Questions about drift.
    pub const DRIFT: &[Self] = &[Self::UnlistedRequests, Self::UnseenEndpoints, Self::UnderEnforced];

    /// Returns what it asks, and the query.
    pub(super) fn query(self) -> (&'static str, &'static str) {
        match self {
            Self::ScopeUse => (
                "uses of each scope, by client; a client without a name is not known",
                "SELECT client, scope, calls, last, endpoints FROM tokscope_scope_use ORDER BY client, scope",
            ),
            Self::UnusedScopes => (
                "granted scopes that no request needed; unknown if requests without a client needed them",
                "SELECT client, scope, state FROM tokscope_unused_scopes ORDER BY client, scope",
            ),
            Self::EndpointUse => (
                "requests to each endpoint, by client",
                "SELECT client, name, calls, denied, last FROM tokscope_endpoint_use ORDER BY client, name",
            ),
            Self::UnseenEndpoints => (
                "endpoints that were never requested",
                "SELECT e.name AS name FROM tokscope_endpoints AS e WHERE e.endpoint NOT IN \
                 (SELECT endpoint FROM tokscope_uses) ORDER BY name",
            ),
            Self::UnlistedRequests => (
                "requests that match no endpoint, or endpoints of several APIs: the path without its query",
                "SELECT method, path, calls, last FROM tokscope_unlisted ORDER BY calls DESC, method, path",
            ),
            Self::UnderEnforced => (
                "requests that succeeded without a sufficient scope: by the scopes in the log, or by the client's ceiling",
                "SELECT client, name, scopes, calls FROM tokscope_under_enforced ORDER BY client, name, scopes",
            ),
        }
    }
}

/// Returns the statements that create the views of the questions.
pub(super) fn views(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let mut text = "-- uses of each endpoint by each client\n".to_owned();
    text.push_str(&view_statement(
        "tokscope_uses",
        "SELECT q.client AS client, r.endpoint AS endpoint, sum(q.calls) AS calls, sum(q.denied) AS denied, \
         sum(q.succeeded) AS succeeded, max(q.last) AS last, max(q.last_use) AS last_use\n\
         FROM tokscope_requests AS q JOIN tokscope_routes AS r ON r.method = q.method AND r.target = q.target\n\
         GROUP BY q.client, r.endpoint",
    ));
    text.push_str(NEEDS_HEADING);
    text.push_str(&dialect.result("tokscope_needs", NEEDS));
    let endpoints = dialect.collected("e.name");
    text.push_str(&view_statement(
        "tokscope_scope_use",
        &format!(
            "SELECT u.client AS client, n.scope AS scope, sum(u.calls - u.denied) AS calls, max(u.last_use) AS last, \
             {endpoints} AS endpoints\nFROM tokscope_uses AS u\n\
             JOIN tokscope_needs AS n ON n.client = u.client AND n.endpoint = u.endpoint\n\
             JOIN tokscope_endpoints AS e ON e.endpoint = u.endpoint\nWHERE u.calls > u.denied\nGROUP BY u.client, n.scope"
        ),
    ));
    text.push_str(&view_statement("tokscope_unused_scopes", UNUSED));
    text.push_str(&view_statement(
        "tokscope_endpoint_use",
        "SELECT u.client AS client, e.name AS name, u.calls AS calls, u.denied AS denied, u.last AS last\n\
         FROM tokscope_uses AS u JOIN tokscope_endpoints AS e ON e.endpoint = u.endpoint",
    ));
    let path = dialect.extract("q.target", "^([^?#]*)");
    text.push_str(&view_statement(
        "tokscope_unlisted",
        &format!(
            "SELECT q.method AS method, {path} AS path, sum(q.calls) AS calls, max(q.last) AS last\n\
             FROM tokscope_requests AS q LEFT JOIN tokscope_routes AS r ON r.method = q.method AND r.target = q.target\n\
             WHERE r.target IS NULL OR r.target = ''\nGROUP BY 1, 2"
        ),
    ));
    text.push_str(&under_enforced(script));
    text
}

const NEEDS_HEADING: &str = "\
-- the scopes that an endpoint needs of what a client was granted. If it is satisfied: of its first satisfied alternative, the
-- granted scopes that are in it, that it implies, or that imply a scope of it which is not granted (the least risky one). If
-- the granted scopes are not known: the least privileged alternative.
";

const NEEDS: &str = "\
WITH known AS (SELECT DISTINCT client FROM tokscope_grants),
pairs AS (
  SELECT u.client AS client, u.endpoint AS endpoint, e.api AS api FROM tokscope_uses AS u
  JOIN tokscope_endpoints AS e ON e.endpoint = u.endpoint JOIN known AS k ON k.client = u.client
  UNION DISTINCT
  SELECT k.client AS client, u.endpoint AS endpoint, e.api AS api FROM tokscope_uses AS u
  JOIN tokscope_endpoints AS e ON e.endpoint = u.endpoint CROSS JOIN known AS k WHERE u.client = ''
),
reach AS (
  SELECT g.client AS client, i.api AS api, g.scope AS held, i.implied AS implied, s.risk AS risk FROM tokscope_grants AS g
  JOIN tokscope_implies AS i ON i.scope = g.scope JOIN tokscope_scopes AS s ON s.api = i.api AND s.scope = g.scope
),
reached AS (SELECT DISTINCT client, api, implied FROM reach),
missing AS (
  SELECT p.client AS client, p.endpoint AS endpoint, q.alternative AS alternative,
    sum(CASE WHEN coalesce(r.implied, '') = '' THEN 1 ELSE 0 END) AS missing
  FROM pairs AS p JOIN tokscope_requirements AS q ON q.endpoint = p.endpoint
  LEFT JOIN reached AS r ON r.client = p.client AND r.api = p.api AND r.implied = q.scope
  GROUP BY p.client, p.endpoint, q.alternative
),
chosen AS (
  SELECT p.client AS client, p.endpoint AS endpoint, p.api AS api, min(a.alternative) AS alternative
  FROM pairs AS p JOIN tokscope_alternatives AS a ON a.endpoint = p.endpoint
  LEFT JOIN missing AS m ON m.client = p.client AND m.endpoint = p.endpoint AND m.alternative = a.alternative
  WHERE a.size = 0 OR m.missing = 0
  GROUP BY p.client, p.endpoint, p.api
),
wanted AS (
  SELECT c.client AS client, c.endpoint AS endpoint, c.api AS api, q.scope AS scope FROM chosen AS c
  JOIN tokscope_requirements AS q ON q.endpoint = c.endpoint AND q.alternative = c.alternative
),
lacking AS (
  SELECT w.client AS client, w.endpoint AS endpoint, w.api AS api, w.scope AS scope FROM wanted AS w
  LEFT JOIN tokscope_grants AS g ON g.client = w.client AND g.scope = w.scope WHERE coalesce(g.scope, '') = ''
),
supporting AS (
  SELECT l.client AS client, l.endpoint AS endpoint, r.held AS scope,
    row_number() OVER (PARTITION BY l.client, l.endpoint, l.scope ORDER BY r.risk, r.held) AS place
  FROM lacking AS l JOIN reach AS r ON r.client = l.client AND r.api = l.api AND r.implied = l.scope
)
SELECT w.client AS client, w.endpoint AS endpoint, g.scope AS scope FROM wanted AS w
  JOIN tokscope_implies AS i ON i.api = w.api AND i.scope = w.scope
  JOIN tokscope_grants AS g ON g.client = w.client AND g.scope = i.implied
UNION DISTINCT
SELECT client, endpoint, scope FROM supporting WHERE place = 1
UNION DISTINCT
SELECT u.client AS client, u.endpoint AS endpoint, q.scope AS scope FROM tokscope_uses AS u
  JOIN tokscope_alternatives AS a ON a.endpoint = u.endpoint
  JOIN tokscope_requirements AS q ON q.endpoint = a.endpoint AND q.alternative = a.alternative
  WHERE a.least AND u.client NOT IN (SELECT client FROM tokscope_grants)";

const UNUSED: &str = "\
SELECT g.client AS client, g.scope AS scope,
  CASE WHEN max(CASE WHEN coalesce(n.scope, '') <> '' THEN 1 ELSE 0 END) = 1 THEN 'unknown' ELSE 'unused' END AS state
FROM tokscope_grants AS g
LEFT JOIN tokscope_scope_use AS s ON s.client = g.client AND s.scope = g.scope
LEFT JOIN (
  SELECT n.client AS client, n.scope AS scope FROM tokscope_needs AS n
  JOIN tokscope_uses AS u ON u.endpoint = n.endpoint AND u.client = '' WHERE u.calls > u.denied
) AS n ON n.client = g.client AND n.scope = g.scope
WHERE coalesce(s.scope, '') = '' AND g.client IN (SELECT client FROM tokscope_uses)
GROUP BY g.client, g.scope";

/// Successful requests whose scopes satisfy no alternative.
fn under_enforced(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let listed = match dialect {
        super::SqlDialect::DuckDb => {
            "SELECT DISTINCT q.scopes AS scopes, unnest(string_split(q.scopes, ' ')) AS scope \
             FROM tokscope_requests AS q WHERE q.scopes IS NOT NULL"
        }
        super::SqlDialect::ClickHouse => {
            "SELECT DISTINCT assumeNotNull(q.scopes) AS scopes, \
             arrayJoin(splitByChar(' ', assumeNotNull(q.scopes))) AS scope FROM tokscope_requests AS q WHERE q.scopes IS NOT NULL"
        }
    };
    let query = format!(
        "WITH listed AS ({listed}),\nlogged AS (\n  SELECT q.client AS client, coalesce(q.scopes, '') AS scopes, \
         r.endpoint AS endpoint, sum(q.succeeded_strictly) AS calls FROM tokscope_requests AS q\n  \
         JOIN tokscope_routes AS r ON r.method = q.method AND r.target = q.target WHERE q.scopes IS NOT NULL\n  \
         GROUP BY 1, 2, 3\n),\nby_scopes AS (\n  SELECT l.client AS client, l.scopes AS scopes, l.endpoint AS endpoint, \
         l.calls AS calls, q.alternative AS alternative, q.scope AS wanted, e.api AS api, e.name AS name\n  FROM logged AS l \
         JOIN tokscope_endpoints AS e ON e.endpoint = l.endpoint\n  \
         JOIN tokscope_requirements AS q ON q.endpoint = l.endpoint WHERE l.calls > 0 AND NOT e.optional\n),\nreached AS (\n  \
         SELECT DISTINCT s.scopes AS scopes, i.api AS api, i.implied AS implied FROM listed AS s \
         JOIN tokscope_implies AS i ON i.scope = s.scope\n  UNION DISTINCT\n  \
         SELECT DISTINCT s.scopes AS scopes, e.api AS api, s.scope AS implied FROM listed AS s CROSS JOIN \
         (SELECT DISTINCT api FROM tokscope_endpoints) AS e\n),\nfree AS (SELECT endpoint FROM tokscope_alternatives WHERE size = 0),\n\
         first_lacks AS (\n  SELECT b.client AS client, b.scopes AS scopes, b.endpoint AS endpoint, b.name AS name, b.calls AS calls, \
         b.alternative AS alternative,\n    sum(CASE WHEN coalesce(r.implied, '') = '' THEN 1 ELSE 0 END) AS missing\n  \
         FROM by_scopes AS b LEFT JOIN reached AS r ON r.scopes = b.scopes AND r.api = b.api AND r.implied = b.wanted\n  \
         GROUP BY 1, 2, 3, 4, 5, 6\n),\nceiling_reach AS (\n  SELECT DISTINCT c.client AS client, i.api AS api, i.implied AS implied \
         FROM tokscope_ceilings AS c JOIN tokscope_implies AS i ON i.scope = c.scope\n),\nby_ceiling AS (\n  \
         SELECT u.client AS client, u.endpoint AS endpoint, e.name AS name, e.api AS api, u.succeeded AS calls, \
         q.alternative AS alternative, q.scope AS wanted FROM tokscope_uses AS u\n  \
         JOIN tokscope_endpoints AS e ON e.endpoint = u.endpoint JOIN tokscope_requirements AS q ON q.endpoint = u.endpoint\n  \
         WHERE u.succeeded > 0 AND NOT e.optional AND u.client IN (SELECT client FROM tokscope_ceilings)\n),\nsecond_lacks AS (\n  \
         SELECT b.client AS client, b.endpoint AS endpoint, b.name AS name, b.calls AS calls, b.alternative AS alternative,\n    \
         sum(CASE WHEN coalesce(r.implied, '') = '' THEN 1 ELSE 0 END) AS missing\n  \
         FROM by_ceiling AS b LEFT JOIN ceiling_reach AS r ON r.client = b.client AND r.api = b.api AND r.implied = b.wanted\n  \
         GROUP BY 1, 2, 3, 4, 5\n)\n\
         SELECT client, name, scopes, calls FROM first_lacks WHERE endpoint NOT IN (SELECT endpoint FROM free)\n\
         GROUP BY client, name, scopes, calls HAVING min(missing) > 0\nUNION ALL\n\
         SELECT client, name, '-' AS scopes, calls FROM second_lacks WHERE endpoint NOT IN (SELECT endpoint FROM free)\n\
         GROUP BY client, name, calls HAVING min(missing) > 0"
    );
    view_statement("tokscope_under_enforced", &query)
}
