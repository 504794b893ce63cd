//! Reviews in SQL, for logs that are in a database already: tables of the manifest, a view of the log, and one query per
//! question. The result equals that of a review with the same log as a file.
//!
//! | module | part |
//! |---|---|
//! | `dialect` | `DuckDB` and `ClickHouse` |
//! | `log` | the view of an access log |
//! | `tables` | the manifest as tables: match keys, scopes, implications, clients |
//! | `matching` | the endpoint of each request |
//! | `questions` | a query per question |

mod dialect;
mod log;
mod matching;
mod questions;
mod tables;

use std::collections::BTreeMap;

use crate::manifest::Manifest;
use crate::scope::ScopeSet;

pub use dialect::SqlDialect;
pub use questions::Question;

/// What a script is for.
#[derive(Clone, Debug)]
pub struct SqlScript<'m> {
    /// Database.
    pub dialect: SqlDialect,
    /// Manifest.
    pub manifest: &'m Manifest,
    /// Granted scopes, by client: see [`super::Observed::granted`].
    pub granted: BTreeMap<String, ScopeSet>,
    /// Files of the log. Without any, the script expects a file `access.log`.
    pub files: Vec<String>,
    /// Only this API.
    pub api: Option<&'m str>,
}

impl SqlScript<'_> {
    /// Returns the script. Its last statements answer the questions.
    #[must_use]
    pub fn text(&self, questions: &[Question]) -> String {
        let mut script = self.heading();
        script.push_str(&log::view(self));
        script.push_str(&tables::tables(self));
        script.push_str(&matching::matching(self));
        script.push_str(&questions::views(self));
        for question in questions {
            let (about, query) = question.query();
            script.push_str(&format!("\n-- {about}\n{query};\n"));
        }
        script
    }

    fn heading(&self) -> String {
        format!(
            "-- A review of a log of requests in {}: see docs/token-review.md.\n\
             -- To use a table that you have, replace the view tokscope_log by one over it. Its columns are time, method,\n\
             -- target (a path with its query, or a URL), status, client (client_id), login and scopes.\n\n",
            self.dialect.name()
        )
    }

    /// Returns the APIs with their positions in the manifest.
    fn apis(&self) -> impl Iterator<Item = (usize, &crate::manifest::Api)> {
        let apis = self.manifest.apis.iter().enumerate();
        apis.filter(|(_, api)| self.api.is_none_or(|name| api.name == name))
    }
}
