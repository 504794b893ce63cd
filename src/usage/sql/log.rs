//! The view of an access log: common and combined format and variants of them, and JSON lines.

use super::SqlScript;
use super::dialect::{SqlDialect, view_statement};
use crate::manifest::requests::{CLIENTS, LINES, METHODS, SCOPES, STATUSES, TARGETS, TIMES};

/// A request line in quotes.
const REQUEST: &str = "\"([A-Z]{1,32} (?:/|[^\"]*://)[^\"]*)(?:\"|$)";
/// The status behind it.
const STATUS: &str = "\"[A-Z]{1,32} (?:/|[^\"]*://)[^\"]*\"\\s*([1-5][0-9][0-9])(?:\\s|$)";

/// Returns the first member that is present, as text.
fn member(dialect: SqlDialect, names: &[&str], scalar: bool) -> String {
    match dialect {
        SqlDialect::DuckDb => {
            let paths = names.iter().flat_map(|name| {
                let nested = name.contains('.').then(|| format!("$.\"{}\"", name.replace('.', "\".\"")));
                [format!("$.\"{name}\"")].into_iter().chain(nested)
            });
            let paths: Vec<String> = paths.map(|path| dialect.text(&path)).collect();
            let fits = if scalar { "NOT regexp_matches(x, '^[{\\[]')" } else { "NOT starts_with(x, '{')" };
            let values = format!("json_extract_string(json, [{}])", paths.join(", "));
            format!("list_filter({values}, lambda x: x IS NOT NULL AND x <> '' AND {fits})[1]")
        }
        SqlDialect::ClickHouse => {
            let keys = names.iter().flat_map(|name| {
                let literal = vec![*name];
                let nested = name.contains('.').then(|| name.split('.').collect());
                [literal].into_iter().chain(nested)
            });
            let value = |keys: Vec<&str>| {
                let keys = keys.iter().map(|key| dialect.text(key)).collect::<Vec<_>>().join(", ");
                format!("JSONExtractRaw(json, {keys})")
            };
            let values: Vec<String> = keys.map(value).collect();
            let fits = if scalar { "NOT match(x, '^[{\\\\[]')" } else { "NOT startsWith(x, '{')" };
            let first = format!("arrayFirst(x -> x NOT IN ('', 'null', '\"\"') AND {fits}, [{}])", values.join(", "));
            // a string is decoded, everything else stays as it is written
            format!(
                "(arrayMap(x -> if(startsWith(x, '\"'), JSONExtractString(concat('[', x, ']'), 1), x), [{first}])[1])"
            )
        }
    }
}

/// Returns the time of a string: common log format, RFC 3339, or a number.
fn time(dialect: SqlDialect, text: &str, numbers: bool) -> String {
    let zoned = dialect.text("^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].*([Zz]|[+-][0-9]{2}:?[0-9]{2})$");
    let seconds = |number: &str| {
        format!(
            "CASE WHEN {number} >= 1e17 THEN {number} / 1e3 WHEN {number} >= 1e14 THEN {number} \
             WHEN {number} >= 1e11 THEN {number} * 1e3 ELSE {number} * 1e6 END"
        )
    };
    match dialect {
        SqlDialect::DuckDb => {
            let number = format!(", CAST(round({}) AS BIGINT)", seconds(&format!("try_cast({text} AS DOUBLE)")));
            format!(
                "make_timestamp(coalesce(epoch_us(try_strptime({text}, '%d/%b/%Y:%H:%M:%S %z')), \
                 CASE WHEN regexp_matches({text}, {zoned}) THEN epoch_us(try_cast({text} AS TIMESTAMPTZ)) END{}))",
                if numbers { number.as_str() } else { "" }
            )
        }
        SqlDialect::ClickHouse => {
            let number = seconds(&format!("toFloat64OrNull({text})"));
            let number = format!(", fromUnixTimestamp64Micro(toInt64(round({number})), 'UTC')");
            format!(
                "coalesce(toDateTime64(parseDateTimeOrNull({text}, '%d/%b/%Y:%H:%i:%s %z', 'UTC'), 6, 'UTC'), \
                 if(match({text}, {zoned}), parseDateTime64BestEffortOrNull({text}, 6, 'UTC'), NULL){})",
                if numbers { number.as_str() } else { "" }
            )
        }
    }
}

fn files(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let default = ["access.log".to_owned()];
    let files = if script.files.is_empty() { default.as_slice() } else { script.files.as_slice() };
    match dialect {
        SqlDialect::DuckDb => {
            let files = dialect.texts(files.iter().map(String::as_str));
            format!(
                "SELECT trim(l, {}) AS line FROM read_csv({files}, columns = {{'l': 'VARCHAR'}}, header = false, \
                 auto_detect = false, delim = chr(0), quote = '', escape = '', strict_mode = false)",
                dialect.text(" \t\r")
            )
        }
        SqlDialect::ClickHouse => {
            let select = |file: &String| {
                format!("SELECT trim(line) AS line FROM file({}, LineAsString, 'line String')", dialect.text(file))
            };
            files.iter().map(select).collect::<Vec<_>>().join("\nUNION ALL\n")
        }
    }
}

/// Returns the statement that creates `tokscope_log`.
pub(super) fn view(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let hash = dialect.starts("line", "'#'");
    let json = dialect.pick(
        "CASE WHEN starts_with(line, '{') AND json_valid(line) THEN line END",
        "if(startsWith(line, '{') AND isValidJSON(line), line, '')",
    );
    let is_json = dialect.starts("line", "'{'");
    let before = dialect.extract("line", "^([^\"]*)");
    let request_line = format!(
        "CASE WHEN {is_json} THEN {} ELSE {} END",
        member(dialect, LINES, true),
        dialect.extract("line", REQUEST)
    );
    let status = format!(
        "CASE WHEN {is_json} THEN {} ELSE coalesce(nullif({}, ''), {}) END",
        member(dialect, STATUSES, true),
        dialect.extract("line", STATUS),
        dialect.extract("before", "(?:^|\\s)([1-5][0-9][0-9])(?:\\s|$)"),
    );
    let bracket = dialect.extract("before", "\\[([^\\]]*)\\]");
    let word = dialect.extract("before", "^(?:\\S+\\s+){0,3}?([0-9]{4}-[0-9]{2}-[0-9]{2}T\\S+)");
    let login = dialect.extract("before", "^\\s*\\S+\\s+\\S+\\s+(\\S+).* \\[");
    let status_number = dialect.pick("try_cast(status AS INTEGER)", "toInt32OrNull(status)");
    let of_line = dialect.extract("request_line", "^([A-Z]{1,32}) ");
    let target_of_line = {
        let rest = dialect.extract("request_line", "(?s)^[A-Z]{1,32} (.*)$");
        let cut = dialect.extract("request_line", "(?s)^[A-Z]{1,32} (.*) HTTP/.*$");
        format!("coalesce(nullif({cut}, ''), {rest})")
    };
    let scopes = match dialect {
        SqlDialect::DuckDb => "array_to_string(list_sort(list_distinct(list_filter(CASE WHEN starts_with(scopes, '[') THEN \
             from_json(scopes, '[\"VARCHAR\"]') ELSE string_split(scopes, ' ') END, lambda x: x <> ''))), ' ')"
            .to_owned(),
        SqlDialect::ClickHouse => "if(has_scopes, arrayStringConcat(arraySort(arrayDistinct(arrayFilter(x -> x <> '', \
             if(startsWith(scopes, '['), JSONExtract(scopes, 'Array(String)'), splitByChar(' ', scopes))))), ' '), NULL)"
            .to_owned(),
    };
    let has_scopes = match dialect {
        SqlDialect::DuckDb => String::new(),
        SqlDialect::ClickHouse => {
            let present = SCOPES.iter().map(|name| {
                let keys: Vec<String> = name.split('.').map(|key| dialect.text(key)).collect();
                format!("JSONHas(json, {}) OR JSONHas(json, {})", dialect.text(name), keys.join(", "))
            });
            format!(",\n    {} AS has_scopes", present.collect::<Vec<_>>().join(" OR "))
        }
    };
    let scopes_member = match dialect {
        // an empty string is a value
        SqlDialect::DuckDb => member(dialect, SCOPES, false).replace("x <> '' AND ", ""),
        SqlDialect::ClickHouse => member(dialect, SCOPES, false),
    };
    let token = dialect.matches("method", &dialect.text("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$"));
    let target_is = format!("{} OR {}", dialect.starts("target", "'/'"), dialect.matches("target", "'://'"));
    let query = format!(
        "WITH lines AS (\n  SELECT line, {json} AS json, {before} AS before FROM (\n{files}\n  ) AS files \
         WHERE line <> '' AND NOT {hash}\n),\nmembers AS (\n  SELECT line, before,\n    {method} AS method,\n    \
         {target} AS target,\n    {request_line} AS request_line,\n    {status} AS status,\n    {member_time} AS member_time,\n    \
         {client} AS client,\n    {scopes_member} AS scopes{has_scopes},\n    \
         CASE WHEN {is_json} THEN '' ELSE {login} END AS login\n  FROM lines\n),\nrequests AS (\n  SELECT\n    \
         CASE WHEN method <> '' AND target <> '' THEN method ELSE {of_line} END AS method,\n    \
         CASE WHEN method <> '' AND target <> '' THEN target ELSE {target_of_line} END AS target,\n    \
         {status_number} AS status,\n    \
         CASE WHEN {is_json} THEN {json_time} WHEN {bracket} <> '' THEN {bracket_time} ELSE {word_time} END AS time,\n    \
         client, nullif(login, '-') AS login, {scopes} AS scopes\n  FROM members\n)\n\
         SELECT time, upper(method) AS method, target, status, client, login, scopes FROM requests\n\
         WHERE {token} AND ({target_is})",
        files = files(script),
        method = member(dialect, METHODS, true),
        target = member(dialect, TARGETS, true),
        client = member(dialect, CLIENTS, true),
        member_time = member(dialect, TIMES, true),
        json_time = time(dialect, "member_time", true),
        bracket_time = time(dialect, &bracket, false),
        word_time = time(dialect, &word, false),
    );
    view_statement("tokscope_log", &query)
}
