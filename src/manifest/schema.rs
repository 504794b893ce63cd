//! A JSON Schema of `tokscope.toml`, by which editors complete and check it.

use serde_json::{Map, Value, json};

use super::{AudienceParameter, ClientAuthentication, GrantType, Narrowing};
use super::{parse_api, parse_client};
use crate::scope::Risk;

/// The schema (JSON Schema draft 7, which editors for TOML read). Keys come from the tables that the parser reads by, so
/// none is missing; what a value has to be beyond its shape only the parser says.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "tokscope.toml",
        "description": "Which endpoint of which API needs which scopes, and who may ask for them",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "api": named("An API by its name", &object(parse_api::KEYS, api_key, &[])),
            "client": named("A client by its name", &object(parse_client::KEYS, client_key, &["issuer", "client_id"])),
        },
        "definitions": {
            "scope": {
                "description": "A scope (RFC 6749 §3.3)",
                "type": "string",
                "pattern": "^[!#-\\[\\]-~]+$"
            },
            "scopes": {
                "description": "A scope, or a list of scopes",
                "oneOf": [{ "$ref": "#/definitions/scope" }, { "type": "array", "items": { "$ref": "#/definitions/scope" } }]
            },
            "secret": {
                "description": "Where a secret is found: a manifest holds none itself",
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
                "properties": {
                    "env": { "description": "In an environment variable", "type": "string" },
                    "file": { "description": "In a file below the manifest's folder", "type": "string" },
                    "keyring": { "description": "In the operating system's keyring", "const": true }
                }
            }
        }
    })
}

fn named(description: &str, each: &Value) -> Value {
    json!({ "description": description, "type": "object", "additionalProperties": each })
}

/// A table of these keys and no others.
fn object(keys: &[&str], describe: fn(&str) -> Option<Value>, required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| ((*key).to_owned(), describe(key).unwrap_or_else(|| json!({})))).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

fn flag(description: &str) -> Value {
    json!({ "description": description, "type": "boolean" })
}

fn one_of<'a>(description: &str, names: impl Iterator<Item = &'a str>) -> Value {
    json!({ "description": description, "enum": names.collect::<Vec<_>>() })
}

fn scopes(description: &str) -> Value {
    json!({ "description": description, "allOf": [{ "$ref": "#/definitions/scopes" }] })
}

fn secret(description: &str) -> Value {
    json!({ "description": description, "allOf": [{ "$ref": "#/definitions/secret" }] })
}

/// A key of `[api.NAME]`.
fn api_key(key: &str) -> Option<Value> {
    let risks = Risk::DESCENDING.iter().rev().map(|risk| risk.as_str());
    Some(match key {
        "title" => text("The name for people"),
        "base_url" => json!({
            "description": "What the paths are relative to; tokens are sent there and nowhere else",
            "type": "string",
            "format": "uri"
        }),
        "servers" => json!({
            "description": "Where else the API answers, with {variables}: recorded requests are recognised by it",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        }),
        "ignore_case" => flag("Whether letters of a path that differ only by case are the same"),
        "issuer" => text("The issuer of its tokens (RFC 8414 §2)"),
        "audience" => text("What tokens for it have in `aud`"),
        "source" => text("The file of the API's own description"),
        "reading" => one_of("How a list of several scopes in the description is read", ["any", "all"].into_iter()),
        "prefer" => scopes("Where an endpoint accepts one of these, it is satisfied by it"),
        "avoid" => scopes("Taken only where nothing else will do"),
        "scopes" => json!({
            "description": "The scopes of the API",
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "description": text("What it allows, in words"),
                    "risk": one_of("How much harm it can do", risks),
                    "implies": scopes("What holding it is as good as; `*` stands for any run of characters")
                }
            }
        }),
        "endpoints" => json!({
            "description": "What each endpoint requires, by method and path template",
            "type": "object",
            "propertyNames": { "pattern": "^[A-Z][A-Z-]* \\S+( \\S+)?$" },
            "additionalProperties": {
                "oneOf": [
                    { "$ref": "#/definitions/scopes" },
                    {
                        "type": "object",
                        "additionalProperties": false,
                        "oneOf": [{ "required": ["any_of"] }, { "required": ["all_of"] }],
                        "properties": {
                            "any_of": {
                                "description": "The alternatives of which one is enough: a scope each, or a list of scopes that belong together",
                                "type": "array",
                                "minItems": 1,
                                "items": { "$ref": "#/definitions/scopes" }
                            },
                            "all_of": scopes("Every one of these is needed"),
                            "summary": text("What it does, in words")
                        }
                    }
                ]
            }
        }),
        "errors" => json!({
            "description": "Rules by which answers of the API are read",
            "type": "array",
            "items": { "type": "object" }
        }),
        _ => return None,
    })
}

/// A key of `[client.NAME]`.
fn client_key(key: &str) -> Option<Value> {
    Some(match key {
        "issuer" => text("Whose client it is (RFC 8414 §2)"),
        "client_id" => text("RFC 6749 §2.2"),
        "grants" => json!({
            "description": "The grants that it may use, the preferred one first",
            "type": "array",
            "items": { "enum": GrantType::ALL.iter().map(|grant| grant.as_str()).collect::<Vec<_>>() }
        }),
        "may_request" => scopes("A ceiling: nothing above it is ever requested"),
        "always_request" => scopes("Requested every time, though no endpoint needs it"),
        "accept_granted" => json!({
            "description": "Scopes that are accepted when the server grants more than was requested; `any`: all of them",
            "oneOf": [{ "const": "any" }, { "type": "array", "items": { "$ref": "#/definitions/scope" } }]
        }),
        "narrow" => {
            let named = Narrowing::NAMED.iter().map(|(name, _)| json!(name));
            json!({
                "description": "How a token that is broader than needed is narrowed; `false`: not at all",
                "enum": named.chain([json!(false)]).collect::<Vec<_>>()
            })
        }
        "max_lifetime" => json!({
            "description": "The longest lifetime that is acceptable for its tokens: `30m`, `8h`, `1h30m`",
            "type": "string",
            "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"
        }),
        "secret" => secret("Where its secret is found"),
        "authentication" => one_of(
            "How it proves who it is (RFC 7591 §2)",
            ClientAuthentication::ALL.iter().map(|method| method.as_str()),
        ),
        "key" => secret("Where its private key is found, as PEM"),
        "key_id" => text("`kid` of that key"),
        "certificate" => text("The file of its certificate, as PEM, below the manifest's folder (RFC 8705)"),
        "redirect_uri" => text("The redirect URI that is registered for it"),
        "audience_parameter" => one_of(
            "Which request parameter carries the audience",
            AudienceParameter::ALL.iter().map(|parameter| parameter.as_str()),
        ),
        "pushed" => flag("Push the authorization request (RFC 9126)"),
        "dpop" => flag("Bind tokens to a key (RFC 9449)"),
        "prompt" | "acr_values" => text("OpenID Connect Core §3.1.2.1"),
        "max_age" => json!({ "description": "OpenID Connect Core §3.1.2.1, in seconds" }),
        "authorization_details" => {
            json!({ "description": "RFC 9396 §2", "type": "array", "items": { "type": "object" } })
        }
        "assertion" => secret("Where a JWT is found that the grant `jwt_bearer` presents (RFC 7523 §2.1)"),
        "subject" => text("`sub` of a signed assertion"),
        "metadata" => {
            json!({ "description": "What the server's metadata does not say (RFC 8414 §2)", "type": "object" })
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_the_parser_reads_is_described() {
        for (keys, describe) in
            [(parse_api::KEYS, api_key as fn(&str) -> Option<Value>), (parse_client::KEYS, client_key)]
        {
            for key in keys {
                assert!(describe(key).is_some_and(|schema| schema["description"].is_string()), "{key}");
            }
        }
    }
}
