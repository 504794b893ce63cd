//! Generates the manifest of the demo for the ports of this run.

use std::fmt::Write as _;

use super::catalogue::{ENDPOINTS, EndpointEntry, SCOPES};

/// Environment variable in the manifest for the secret of the client `ci`.
pub const SECRET_VARIABLE: &str = "TOKSCOPE_DEMO_SECRET";

/// Returns the manifest. `issuer` and `api` are generated URLs, which need no escaping. `secret_file`: file of the secret,
/// instead of the environment variable; a plain file name.
pub(super) fn write(issuer: &str, api: &str, secret_file: Option<&str>) -> String {
    let secret = match secret_file {
        Some(name) => format!("{{ file = \"{name}\" }}"),
        None => format!("{{ env = \"{SECRET_VARIABLE}\" }}"),
    };
    let mut text = format!(
        "# required scopes, one line per endpoint\n\n\
         [api.orders]\n\
         title    = \"Orders (demo)\"\n\
         base_url = \"{api}\"\n\
         issuer   = \"{issuer}\"\n\
         audience = \"{api}\"\n\n\
         [api.orders.scopes]\n"
    );
    let width = SCOPES.iter().map(|entry| entry.name.len()).max().unwrap_or_default() + 2;
    for entry in SCOPES {
        let name = format!("\"{}\"", entry.name);
        let _ = write!(
            text,
            "{name:width$} = {{ description = \"{}\", risk = \"{}\"",
            entry.description,
            entry.risk.as_str()
        );
        if !entry.implies.is_empty() {
            let _ = write!(text, ", implies = {}", list(entry.implies));
        }
        text.push_str(" }\n");
    }
    text.push_str("\n[api.orders.endpoints]\n");
    let name = |method: &str, template: &str| format!("\"{method} {template}\"");
    let width = ENDPOINTS.iter().map(|entry| name(entry.method, entry.template).len()).max().unwrap_or_default();
    for entry in ENDPOINTS {
        if entry.outdated.is_some() {
            text.push_str("# out of date on purpose: the API now requires another scope\n");
        }
        let name = name(entry.method, entry.template);
        let _ = writeln!(text, "{name:width$} = {}", line(entry));
    }
    let ceiling: Vec<&str> = SCOPES.iter().map(|entry| entry.name).filter(|name| *name != "orders:admin").collect();
    let _ = write!(
        text,
        "\n[client.dev]\n\
         issuer       = \"{issuer}\"\n\
         client_id    = \"dev\"\n\
         grants       = [\"authorization_code\", \"device_code\", \"refresh_token\"]\n\
         may_request  = {}\n\
         max_lifetime = \"8h\"\n\n\
         [client.ci]\n\
         issuer       = \"{issuer}\"\n\
         client_id    = \"ci\"\n\
         grants       = [\"client_credentials\"]\n\
         may_request  = [\"orders:read\", \"orders:write\", \"customers:read\", \"reports:read\"]\n\
         max_lifetime = \"8h\"\n\
         secret       = {secret}\n",
        list(&ceiling)
    );
    text
}

/// Returns the value of an endpoint, in the shortest form.
fn line(entry: &EndpointEntry) -> String {
    match (entry.outdated, entry.required) {
        (None, []) => "[]".to_owned(),
        (None, [[only]]) => format!("\"{only}\""),
        (None, [together]) => list(together),
        (outdated, required) => {
            let alternatives = outdated.unwrap_or(required).iter().map(|scopes| match scopes {
                [only] => format!("\"{only}\""),
                together => list(together),
            });
            let any_of = alternatives.collect::<Vec<_>>().join(", ");
            format!("{{ any_of = [{any_of}], summary = \"{}\" }}", entry.summary)
        }
    }
}

fn list(items: &[&str]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn manifest_has_every_kind_of_requirement_and_no_secret() {
        let text = write("http://127.0.0.1:1", "http://127.0.0.1:2/v1", None);
        let manifest: Value = toml::from_str(&text).unwrap();
        let api = &manifest["api"]["orders"];
        assert_eq!(api["base_url"], "http://127.0.0.1:2/v1");
        assert_eq!(api["endpoints"].as_object().unwrap().len(), ENDPOINTS.len());
        for (endpoint, required) in [
            ("GET /health", json!([])),
            ("GET /orders", json!("orders:read")),
            ("POST /orders", json!(["orders:write", "customers:read"])),
        ] {
            assert_eq!(api["endpoints"][endpoint], required, "{endpoint}");
        }
        let any_of = &api["endpoints"]["DELETE /orders/{id}"]["any_of"];
        assert_eq!(*any_of, json!(["orders:admin", ["orders:write", "orders:delete"]]));
        assert_eq!(api["scopes"]["orders:admin"]["implies"], json!(["orders:*"]));
        let ceiling = manifest["client"]["dev"]["may_request"].as_array().unwrap();
        assert!(ceiling.contains(&json!("orders:delete")) && !ceiling.contains(&json!("orders:admin")));
        assert_eq!(manifest["client"]["ci"]["secret"], json!({ "env": SECRET_VARIABLE }));
        let text = write("http://127.0.0.1:1", "http://127.0.0.1:2/v1", Some("secret"));
        let manifest: Value = toml::from_str(&text).unwrap();
        assert_eq!(manifest["client"]["ci"]["secret"], json!({ "file": "secret" }));
    }
}
