//! Expressions of `DuckDB` 2 and `ClickHouse` 26.

use crate::text::is_deceptive;

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlDialect {
    /// `DuckDB` 2.
    DuckDb,
    /// `ClickHouse` 26, also chDB.
    ClickHouse,
}

/// Type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Texts,
    Number,
    Numbers,
    Flag,
}

/// Rows per `INSERT`.
const ROWS: usize = 1_000;

impl SqlDialect {
    /// Every database, by its name on the command line.
    pub const NAMES: [&'static str; 2] = ["duckdb", "clickhouse"];

    /// Parses a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "duckdb" => Some(Self::DuckDb),
            "clickhouse" => Some(Self::ClickHouse),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        self.pick("DuckDB", "ClickHouse")
    }

    /// Returns the first in `DuckDB`, the second in `ClickHouse`.
    pub(super) fn pick<T>(self, duckdb: T, clickhouse: T) -> T {
        match self {
            Self::DuckDb => duckdb,
            Self::ClickHouse => clickhouse,
        }
    }

    /// Returns a string literal. Control and deceptive characters are written as codes.
    pub(super) fn text(self, text: &str) -> String {
        let is_special = |character: char| character.is_control() || is_deceptive(character);
        match self {
            Self::DuckDb => {
                let mut parts = Vec::new();
                for run in text.split_inclusive(is_special) {
                    let last = run.chars().next_back().filter(|last| is_special(*last));
                    let plain = last.map_or(run, |last| run.strip_suffix(last).unwrap_or(run));
                    if !plain.is_empty() {
                        parts.push(format!("'{}'", plain.replace('\'', "''")));
                    }
                    parts.extend(last.map(|last| format!("chr({})", u32::from(last))));
                }
                match parts.as_slice() {
                    [] => "''".to_owned(),
                    [only] => only.clone(),
                    _ => format!("({})", parts.join(" || ")),
                }
            }
            Self::ClickHouse => {
                let mut literal = "'".to_owned();
                for character in text.chars() {
                    match character {
                        '\'' => literal.push_str("\\'"),
                        '\\' => literal.push_str("\\\\"),
                        special if is_special(special) => {
                            let mut bytes = [0; 4];
                            let bytes = special.encode_utf8(&mut bytes).bytes();
                            literal.extend(bytes.map(|byte| format!("\\x{byte:02x}")));
                        }
                        plain => literal.push(plain),
                    }
                }
                literal.push('\'');
                literal
            }
        }
    }

    pub(super) fn texts<'s>(self, items: impl IntoIterator<Item = &'s str>) -> String {
        format!("[{}]", items.into_iter().map(|item| self.text(item)).collect::<Vec<_>>().join(", "))
    }

    /// Creates a table with its rows.
    pub(super) fn table(self, name: &str, columns: &[(&str, Kind)], rows: &[Vec<String>]) -> String {
        let kind = |kind: Kind| match kind {
            Kind::Text => self.pick("VARCHAR", "String"),
            Kind::Texts => self.pick("VARCHAR[]", "Array(String)"),
            Kind::Number => self.pick("INTEGER", "Int32"),
            Kind::Numbers => self.pick("INTEGER[]", "Array(Int32)"),
            Kind::Flag => self.pick("BOOLEAN", "Bool"),
        };
        let columns = columns.iter().map(|(name, of)| format!("{name} {}", kind(*of))).collect::<Vec<_>>().join(", ");
        let engine = self.pick("", " ENGINE = MergeTree ORDER BY tuple()");
        let mut script = format!("DROP TABLE IF EXISTS {name};\nCREATE TABLE {name} ({columns}){engine};\n");
        for rows in rows.chunks(ROWS) {
            let rows = rows.iter().map(|row| format!("({})", row.join(", "))).collect::<Vec<_>>().join(",\n");
            script.push_str(&format!("INSERT INTO {name} VALUES\n{rows};\n"));
        }
        script.push('\n');
        script
    }

    /// Creates a table with the result of a query.
    pub(super) fn result(self, name: &str, query: &str) -> String {
        let engine = self.pick("", "ENGINE = MergeTree ORDER BY tuple() ");
        format!("DROP TABLE IF EXISTS {name};\nCREATE TABLE {name} {engine}AS\n{query};\n\n")
    }

    pub(super) fn starts(self, text: &str, with: &str) -> String {
        format!("{}({text}, {with})", self.pick("starts_with", "startsWith"))
    }

    /// Whether a regular expression (RE2) matches.
    pub(super) fn matches(self, text: &str, regex: &str) -> String {
        format!("{}({text}, {regex})", self.pick("regexp_matches", "match"))
    }

    /// Returns the first group of a regular expression; an empty string if it does not match.
    pub(super) fn extract(self, text: &str, regex: &str) -> String {
        let regex = self.text(regex);
        match self {
            Self::DuckDb => format!("regexp_extract({text}, {regex}, 1)"),
            Self::ClickHouse => format!("extract({text}, {regex})"),
        }
    }

    pub(super) fn split(self, text: &str, separator: &str) -> String {
        let separator = self.text(separator);
        match self {
            Self::DuckDb => format!("string_split({text}, {separator})"),
            Self::ClickHouse => format!("splitByChar({separator}, {text})"),
        }
    }

    /// Applies an expression of `x` to each item of a list.
    pub(super) fn map(self, list: &str, expression: &str) -> String {
        match self {
            Self::DuckDb => format!("list_transform({list}, lambda x: {expression})"),
            Self::ClickHouse => format!("arrayMap(x -> {expression}, {list})"),
        }
    }

    /// Percent-decodes; an encoding that is not UTF-8 is kept.
    pub(super) fn decoded(self, text: &str) -> String {
        match self {
            // url_decode fails if the result is not UTF-8 (DuckDB 2.0)
            Self::DuckDb => format!("coalesce(try(url_decode({text})), {text})"),
            Self::ClickHouse => {
                format!("if(isValidUTF8(decodeURLComponent({text})), decodeURLComponent({text}), {text})")
            }
        }
    }

    pub(super) fn lower(self, text: &str) -> String {
        format!("{}({text})", self.pick("lower", "lowerUTF8"))
    }

    pub(super) fn count_if(self, condition: &str) -> String {
        match self {
            Self::DuckDb => format!("count(*) FILTER (WHERE {condition})"),
            Self::ClickHouse => format!("countIf({condition})"),
        }
    }

    pub(super) fn max_if(self, value: &str, condition: &str) -> String {
        match self {
            Self::DuckDb => format!("max({value}) FILTER (WHERE {condition})"),
            Self::ClickHouse => format!("maxIf({value}, {condition})"),
        }
    }

    /// Returns the distinct values, sorted.
    pub(super) fn collected(self, value: &str) -> String {
        match self {
            Self::DuckDb => format!("list_sort(list_distinct(list({value})))"),
            Self::ClickHouse => format!("arraySort(groupUniqArray({value}))"),
        }
    }
}

/// Returns a statement that defines a view, which both engines understand.
pub(super) fn view_statement(name: &str, query: &str) -> String {
    format!("CREATE OR REPLACE VIEW {name} AS\n{query};\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_can_not_be_left() {
        for (text, duckdb, clickhouse) in [
            ("", "''", "''"),
            ("a'b", "'a''b'", "'a\\'b'"),
            ("a\\'b", "'a\\''b'", "'a\\\\\\'b'"),
            ("\u{1}", "chr(1)", "'\\x01'"),
            ("a\u{1}\u{202e}b", "('a' || chr(1) || chr(8238) || 'b')", "'a\\x01\\xe2\\x80\\xaeb'"),
            ("é", "'é'", "'é'"),
        ] {
            assert_eq!(SqlDialect::DuckDb.text(text), duckdb, "{text:?}");
            assert_eq!(SqlDialect::ClickHouse.text(text), clickhouse, "{text:?}");
        }
    }
}
