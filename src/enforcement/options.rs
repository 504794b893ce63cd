//! The options of an export, as they stand in the exported file.

use serde_json::Value;

use super::{Engine, ExportOptions, Keys};

/// Start of the line with the options of an export in text formats, after the start of a comment.
pub(super) const OPTIONS: &str = " Options: ";

/// Returns the options of an export as JSON.
pub(super) fn options(engine: Engine, api: &str, options: &ExportOptions) -> Value {
    let keys = options.keys.as_ref().and_then(|keys| match keys {
        Keys::File(path) => Some(path.clone()),
        Keys::Url(url) => Some(url.to_string()),
        Keys::Issuer => None,
    });
    let mut written = serde_json::json!({
        "engine": engine.as_str(),
        "api": api,
        "keys": keys,
        "algorithm": options.algorithm,
        "listen": options.listen,
        "upstream": options.upstream.as_ref().map(ToString::to_string),
        "claims": options.claims,
        "denied": options.denied,
        "without_policy": options.without_policy,
    });
    if let (Value::Object(members), Some(selector)) = (&mut written, &options.selector) {
        members.insert("selector".to_owned(), Value::from(selector.as_str()));
    }
    written
}
