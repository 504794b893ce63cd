//! JSON Schema of `tokscope.toml`, for completion and validation in editors.

use serde_json::{Map, Value, json};

use super::{AudienceParameter, ClientAuthentication, Effect, GrantType, Narrowing, READY_SETS};
use super::{
    ClientKind, Pkce, RevocationReach, RevocationRequest, TokenFormat, parse_api, parse_approvers, parse_client,
    parse_dialect, policy, providers,
};
use crate::scope::Risk;

/// Returns the schema (JSON Schema draft 7, which TOML editors support). Keys come from the tables that the parser
/// uses, so none is missing; constraints beyond the shape are checked only by the parser.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "tokscope.toml",
        "description": "APIs with the scopes that their endpoints require, and the clients that may request them",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "api": named("APIs, by name", &object(parse_api::KEYS, api_key, &[])),
            "client": named("OAuth clients, by name", &object(&client_keys(), client_key, &["client_id"])),
            "approvers": named("Groups of approvers, by name", &object(parse_approvers::KEYS, approvers_key, &[])),
            "policy": {
                "description": "Rules that decide whether a request is allowed: deny before approve before allow, then the default",
                "type": "array",
                "items": object(policy::KEYS, policy_key, &["effect"])
            },
            policy::DEFAULT_KEY: one_of(
                "Effect if no rule matches; without it: deny if a rule allows, otherwise allow",
                [Effect::Allow, Effect::Deny].iter().map(|effect| effect.as_str()),
            ),
        },
        "definitions": {
            "scope": {
                "description": "A scope (RFC 6749 §3.3)",
                "type": "string",
                "pattern": "^[!#-\\[\\]-~]+$"
            },
            "scopes": {
                "description": "A scope, or an array of scopes",
                "oneOf": [{ "$ref": "#/definitions/scope" }, { "type": "array", "items": { "$ref": "#/definitions/scope" } }]
            },
            "secret": {
                "description": "Reference to a secret: a manifest never contains the secret itself",
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
                "properties": {
                    "env": { "description": "Name of an environment variable", "type": "string" },
                    "file": { "description": "Path of a file inside the manifest's directory", "type": "string" },
                    "keyring": { "description": "Stored in the keyring of the operating system", "const": true }
                }
            }
        }
    })
}

/// Schema of a key of `[approvers.NAME]`.
fn approvers_key(key: &str) -> Option<Value> {
    let strings = json!({ "type": "array", "items": { "type": "string" } });
    Some(match key {
        "need" => json!({ "description": "Number of different approvers", "type": "integer", "minimum": 1 }),
        "keys" => json!({
            "description": "SSH public keys of the approvers, each with the name of its owner as the comment",
            "oneOf": [{ "type": "string" }, strings]
        }),
        "any_of" => json!({
            "description": "Alternatives: a group, or an array of groups that must all approve",
            "type": "array",
            "minItems": 1,
            "items": { "oneOf": [{ "type": "string" }, strings] }
        }),
        "reason" => flag("Whether a request must have a reason"),
        "emergency" => flag("Whether a requester may go ahead before the approval in an emergency"),
        "max_window" => json!({
            "description": "Longest window that may be approved: `30m`, `8h`, `30d`",
            "type": "string",
            "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"
        }),
        _ => return None,
    })
}

/// Every key of a client.
fn client_keys() -> Vec<&'static str> {
    parse_client::KEYS.iter().chain(parse_dialect::KEYS).copied().collect()
}

fn named(description: &str, each: &Value) -> Value {
    json!({ "description": description, "type": "object", "additionalProperties": each })
}

/// Schema of a table with exactly these keys.
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

fn texts(description: &str) -> Value {
    json!({
        "description": description,
        "oneOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": { "type": "string" } }]
    })
}

/// Schema of a key of `[[policy]]`.
fn policy_key(key: &str) -> Option<Value> {
    let risks = Risk::DESCENDING.iter().rev().map(|risk| risk.as_str());
    Some(match key {
        "effect" => one_of("Effect if the rule matches", Effect::ALL.iter().map(|effect| effect.as_str())),
        "clients" => texts("Names of clients; `*` stands for any characters"),
        "apis" => texts("Names of APIs; `*` stands for any characters"),
        "endpoints" => texts("Endpoints, such as `DELETE /orders/{id}`, `* /admin/*` or `*`"),
        "methods" => texts("`read` for safe methods, `write` for all others, or methods"),
        "scopes" => texts(
            "Scopes, with `*` for any characters. A rule that denies or asks for an approval matches if any requested scope is or implies one, a rule that allows only if all are listed",
        ),
        "risk" => one_of(
            "Risk of the requested scopes: a rule that denies or asks for an approval matches from this risk up, a rule that allows up to it",
            risks,
        ),
        "when" => {
            let mut when = object(policy::WHEN_KEYS, when_key, &[]);
            if let Some(members) = when.as_object_mut() {
                members.insert("description".to_owned(), Value::from("Circumstances; all of them must hold"));
            }
            when
        }
        "approvers" => text("Name of the list of approvers, for the effect `approve`"),
        "reason" => text("Reason, shown with the decision"),
        _ => return None,
    })
}

/// Schema of a key of `when`.
fn when_key(key: &str) -> Option<Value> {
    Some(match key {
        "environment" => texts("Labels of the environment, as the operator gives them; `*` stands for any characters"),
        "ci" => flag("Whether it runs in continuous integration"),
        "branch" => texts("Branches; `*` stands for any characters"),
        "hours" => texts("Time windows, such as `mon-fri 09:00-18:00 Europe/Berlin`"),
        "outside_hours" => texts("Time windows of which none contains the time"),
        "caller" => texts("Programs that use the token; `*` stands for any characters"),
        "interactive" => flag("Whether a user is present"),
        "max_sign_in_age" => text("The user signed in at most that long ago, such as `1h`"),
        "min_sign_in_age" => text("The user signed in at least that long ago, such as `8h`"),
        _ => return None,
    })
}

/// Schema of a key of `[api.NAME]`.
fn api_key(key: &str) -> Option<Value> {
    let risks = Risk::DESCENDING.iter().rev().map(|risk| risk.as_str());
    let sdks: Vec<&str> = READY_SETS.iter().map(|set| set.name).collect();
    Some(match key {
        "provider" => one_of(
            "Preset that completes the API: issuer, base URL and implications of scopes",
            providers::all().iter().map(|provider| provider.name),
        ),
        "variables" => json!({
            "description": "Values of the preset's variables, such as the tenant",
            "type": "object",
            "additionalProperties": { "type": "string" }
        }),
        "title" => text("Display name"),
        "base_url" => json!({
            "description": "Base URL of the endpoints; tokens are sent only there",
            "type": "string",
            "format": "uri"
        }),
        "servers" => json!({
            "description": "Other URLs of the API, with {variables}, used to match recorded requests; nothing is sent to them",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        }),
        "ignore_case" => flag("Whether paths are matched without regard to case"),
        "issuer" => text("Issuer of the API's tokens (RFC 8414 §2)"),
        "audience" => text("Expected audience of the API's tokens (`aud`)"),
        "scopes_claim" => json!({
            "description": "Claims with the granted scopes, instead of the usual ones: names or JSON pointers (RFC 6901)",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        }),
        "source" => text("Path of the API description, relative to the manifest's directory"),
        "reading" => one_of("Meaning of a list of several scopes in the API description", ["any", "all"].into_iter()),
        "prefer" => scopes("Scopes chosen wherever an endpoint accepts one of them"),
        "avoid" => scopes("Scopes chosen only if nothing else is sufficient"),
        "scopes" => json!({
            "description": "Scopes of the API",
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "description": text("What the scope allows"),
                    "risk": one_of("How much harm the scope can do", risks),
                    "implies": scopes("Scopes that it implies; `*` matches any run of characters")
                }
            }
        }),
        "endpoints" => json!({
            "description": "Scopes that each endpoint requires, by method and path template",
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
                                "description": "Alternatives, any one of which is sufficient: a scope, or an array of scopes that are required together",
                                "type": "array",
                                "minItems": 1,
                                "items": { "$ref": "#/definitions/scopes" }
                            },
                            "all_of": scopes("Scopes that are all required"),
                            "optional": {
                                "description": "Whether the call also works without a token",
                                "type": "boolean"
                            },
                            "summary": text("What the endpoint does"),
                            "upgrade": flag("Whether the gateway passes a WebSocket through")
                        }
                    }
                ]
            }
        }),
        "gateway" => json!({
            "description": "Environment variables for programs that call the API through `tokscope gateway`",
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "sdk": {
                    "description": "SDKs and tools whose variables are set",
                    "oneOf": [
                        { "enum": sdks.clone() },
                        { "type": "array", "items": { "enum": sdks } }
                    ]
                },
                "base_url_env": texts("Variables for the base URL of the gateway"),
                "token_env": texts("Variables for the placeholder in place of a token")
            }
        }),
        "errors" => json!({
            "description": "Rules that read the API's error responses",
            "type": "array",
            "items": { "type": "object" }
        }),
        _ => return None,
    })
}

/// Schema of a key of `[client.NAME]`.
fn client_key(key: &str) -> Option<Value> {
    Some(match key {
        "issuer" => text("Issuer that the client is registered with (RFC 8414 §2)"),
        "client_id" => text("Client identifier (RFC 6749 §2.2)"),
        "grants" => json!({
            "description": "Grants that the client may use, in order of preference",
            "type": "array",
            "items": { "enum": GrantType::ALL.iter().map(|grant| grant.as_str()).collect::<Vec<_>>() }
        }),
        "approvers" => text("Group that can approve scopes above the ceiling"),
        "may_request" => scopes("Ceiling: scopes above it are never requested"),
        "always_request" => scopes("Scopes that are always requested, though no endpoint requires them"),
        "accept_granted" => json!({
            "description": "Scopes that are accepted if the server grants more than was requested; `any` for all",
            "oneOf": [{ "const": "any" }, { "type": "array", "items": { "$ref": "#/definitions/scope" } }]
        }),
        "narrow" => {
            let named = Narrowing::NAMED.iter().map(|(name, _)| json!(name));
            json!({
                "description": "Method for narrowing a token that is broader than needed; `false` to disable",
                "enum": named.chain([json!(false)]).collect::<Vec<_>>()
            })
        }
        "max_lifetime" => json!({
            "description": "Maximum acceptable lifetime of the client's tokens: `30m`, `8h`, `1h30m`",
            "type": "string",
            "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"
        }),
        "secret" => secret("Reference to the client secret"),
        "authentication" => one_of(
            "Client authentication method (RFC 7591 §2)",
            ClientAuthentication::ALL.iter().map(|method| method.as_str()),
        ),
        "key" => secret("Reference to the client's private key, in PEM"),
        "key_id" => text("`kid` header parameter of JWTs signed with that key"),
        "certificate" => text("Path of the client's certificate in PEM, inside the manifest's directory (RFC 8705)"),
        "redirect_uri" => text("Registered redirect URI"),
        "audience_parameter" => one_of(
            "Request parameter that carries the audience",
            AudienceParameter::ALL.iter().map(|parameter| parameter.as_str()),
        ),
        "pushed" => flag("Push the authorization request (RFC 9126)"),
        "dpop" => flag("Bind tokens to a key with DPoP (RFC 9449)"),
        "prompt" => text("`prompt` parameter of the authorization request (OpenID Connect Core §3.1.2.1)"),
        "acr_values" => text("`acr_values` parameter of the authorization request (OpenID Connect Core §3.1.2.1)"),
        "max_age" => {
            json!({ "description": "Maximum age of the user's authentication (OpenID Connect Core §3.1.2.1): `5m`" })
        }
        "authorization_details" => {
            json!({ "description": "`authorization_details` parameter of the authorization request (RFC 9396 §2)", "type": "array", "items": { "type": "object" } })
        }
        "assertion" => secret("Reference to the JWT for the grant `jwt_bearer` (RFC 7523 §2.1)"),
        "subject" => text("`sub` claim of a signed assertion"),
        "identity_provider" => text(
            "Client at the identity provider that vouches for the user, for the grant `jwt_bearer` \
             (draft-ietf-oauth-identity-assertion-authz-grant)",
        ),
        "metadata" => {
            json!({ "description": "Additions to the server's metadata (RFC 8414 §2)", "type": "object" })
        }
        _ => return dialect_key(key),
    })
}

/// Schema of a key of `[client.NAME]` that describes how the authorization server deviates from the RFCs.
fn dialect_key(key: &str) -> Option<Value> {
    let strings = |description: &str| json!({ "description": description, "type": "object", "additionalProperties": { "type": "string" } });
    let lists = |description: &str| json!({ "description": description, "type": "object", "additionalProperties": { "$ref": "#/definitions/scopes" } });
    Some(match key {
        "provider" => one_of(
            "Preset that completes the client; its own keys take precedence",
            providers::all().iter().map(|provider| provider.name),
        ),
        "variables" => strings("Values of the preset's variables, such as the tenant"),
        "client_kind" => one_of("Kind of the client (RFC 6749 §2.1)", ClientKind::ALL.iter().map(|kind| kind.as_str())),
        "secret_not_needed_for" => json!({
            "description": "Grants that a confidential client can use without its secret",
            "type": "array",
            "items": { "enum": GrantType::ALL.iter().map(|grant| grant.as_str()).collect::<Vec<_>>() }
        }),
        "discovery" => flag("Whether the server's metadata is fetched; `false` uses only `metadata`"),
        "pkce" => one_of("Support of PKCE (RFC 7636)", Pkce::ALL.iter().map(|pkce| pkce.as_str())),
        "scope_separator" => one_of("Character between the scopes of a request", [" ", ",", "+", ";", "|"].into_iter()),
        "scope_parameter" => text("Request parameter that carries the scopes"),
        "device_scope_parameter" => text("Parameter of the device authorization request that carries the scopes"),
        "optional_scopes" => scopes("Scopes that are requested with the parameter `optional_scope`"),
        "scopes_by_app" => flag("Whether the scopes are set in the server's configuration of the client"),
        "granted_from" => json!({
            "description": "Places of the granted scopes, the best first: response:POINTER, redirect:NAME, header:NAME, get:URL POINTER, none",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        }),
        "scope_aliases" => strings("Names of scopes as granted, with the names by which they are requested"),
        "scope_implies" => lists("Scopes that a scope covers, and that the server therefore omits"),
        "always_granted" => scopes("Scopes that the server grants without a request; `*` matches any characters"),
        "cumulative_scopes" => scopes("Scopes that the server grants again once they were granted"),
        "token_at" => text("JSON Pointer to the object of the token response that holds the token (RFC 6901)"),
        "token_format" => one_of("Format of the token request", TokenFormat::ALL.iter().map(|format| format.as_str())),
        "authorization_parameters" => strings("Additional parameters of the authorization request"),
        "token_parameters" => strings("Additional parameters of the token request"),
        "refresh_parameters" => strings("Additional parameters of a refresh"),
        "refresh_endpoint" => text("Endpoint for refreshes, if it is not the token endpoint"),
        "refresh_sends_redirect_uri" => flag("Whether a refresh repeats the redirect URI"),
        "revocation" => one_of("What a revocation ends", RevocationReach::ALL.iter().map(|reach| reach.as_str())),
        "revocation_request" => {
            one_of("Form of a revocation request", RevocationRequest::ALL.iter().map(|form| form.as_str()))
        }
        "id_token_issuer" => text("Issuer of the ID tokens, in which `*` matches any characters"),
        "facts" => strings("Facts that calls need, by name, each with its place as in `granted_from`"),
        "api_from" => text("Fact that holds the base URL of the API"),
        "api_domains" => json!({
            "description": "Domains that this base URL may belong to, with their subdomains",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        }),
        "token_header" => text("Header field that carries the token to the API, if it is not `Authorization`"),
        "api_headers" => strings("Additional header fields of calls"),
        "rotation" => json!({
            "description": "Life of the server's refresh tokens",
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "single_use": flag("Whether each refresh replaces the refresh token"),
                "grace": text("How long a replaced refresh token is still accepted"),
                "idle": text("Lifetime without use"),
                "absolute": text("Maximum lifetime")
            }
        }),
        "errors" => json!({
            "description": "Explanations of the server's error codes",
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "cause": text("What caused the error"), "fix": text("What to do") }
            }
        }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_description() {
        for (keys, describe) in [
            (parse_api::KEYS.to_vec(), api_key as fn(&str) -> Option<Value>),
            (client_keys(), client_key),
            (parse_approvers::KEYS.to_vec(), approvers_key),
            (policy::KEYS.to_vec(), policy_key),
            (policy::WHEN_KEYS.to_vec(), when_key),
        ] {
            for key in keys {
                assert!(describe(key).is_some_and(|schema| schema["description"].is_string()), "{key}");
            }
        }
    }
}
