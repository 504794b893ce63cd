//! The tools of the MCP server. Each returns the JSON document of the command with the same purpose.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::{
    CaptureHints, Context, Error, ErrorKind, LoadedToken, OpenError, Planner, check, check_manifest,
    check_manifest_text, open_manifest, secret_variable,
};
use crate::cli::{check as check_command, decode, explain, manifest as manifest_command, open, scopes, why};
use crate::secret::masked_tokens;
use crate::text::{visible, visible_json};
use crate::token::{Json, Policy, without_secrets};

/// Maximum size of a result, in bytes: an agent's context is limited.
const MOST_RESULT: usize = 64 << 10;

/// Environment variable with the token for `check` and `diagnose`.
const VARIABLE: &str = "TOKSCOPE_TOKEN";

/// A tool.
struct Tool {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Arguments: name, JSON type, whether it is required, description.
    arguments: &'static [(&'static str, &'static str, bool, &'static str)],
    run: fn(&Call<'_>) -> Result<Json, Error>,
}

const TOKEN: &str =
    "Token, or text that contains one. If omitted, the token in the server's variable TOKSCOPE_TOKEN is used.";
const API: &str = "Name of the API, if several match";

const TOOLS: &[Tool] = &[
    Tool {
        name: "decode",
        title: "Decode a token",
        description: "Decode a token and report findings about it: kind, issuer, audience, scopes, expiry, claims. Decoding is \
            not verifying: nothing in the result is proven. Secrets in claims are masked.",
        arguments: &[("token", "string", false, TOKEN)],
        run: decode_token,
    },
    Tool {
        name: "explain",
        title: "Explain a name",
        description: "Explain a finding code, claim, header parameter, algorithm, token type or token prefix.",
        arguments: &[("name", "string", true, "Name, such as `alg-none`, `scp`, `ES256` or `ghp_`")],
        run: explain_name,
    },
    Tool {
        name: "check",
        title: "Compare granted and required scopes",
        description: "Compare the scopes of a token with those that an endpoint of the manifest requires. The verdict is \
            allowed, missing or unusable.",
        arguments: &[
            ("endpoint", "string", true, "Endpoint, such as `GET /orders/7`"),
            ("token", "string", false, TOKEN),
            ("api", "string", false, API),
        ],
        run: check_endpoint,
    },
    Tool {
        name: "minimal_scopes",
        title: "Find the minimal scopes",
        description: "Find the least privileged set of scopes for several endpoints of the manifest, with the reason for each.",
        arguments: &[
            ("endpoints", "array", true, "Endpoints, such as `GET /orders`"),
            ("client", "string", false, "Use only scopes that this client may request"),
            ("api", "string", false, API),
        ],
        run: minimal_scopes,
    },
    Tool {
        name: "diagnose",
        title: "Diagnose a failed call",
        description: "Explain why a call failed, from the output of `curl -i` or `curl -v`, a raw HTTP response, a HAR or an \
            error message: the cause, the missing scopes, and the evidence of the manifest, the token and the server.",
        arguments: &[
            ("response", "string", true, "Captured call, with headers and body"),
            ("status", "integer", false, "Status code, if the capture does not show it"),
            ("endpoint", "string", false, "Endpoint that was called, if the capture does not show it"),
            ("token", "string", false, TOKEN),
            ("api", "string", false, API),
        ],
        run: diagnose_call,
    },
    Tool {
        name: "lint_manifest",
        title: "Lint a manifest",
        description: "Report errors and suspicious entries of a tokscope.toml, with their positions.",
        arguments: &[("text", "string", false, "Content of a manifest. If omitted, the server's manifest is read.")],
        run: lint_manifest,
    },
];

/// Lists the tools, for `tools/list`.
pub(super) fn list() -> Vec<Value> {
    let one = |tool: &Tool| {
        let properties = tool.arguments.iter().map(|(name, kind, _, description)| {
            let mut schema = json!({ "type": kind, "description": description });
            if let (Value::Object(members), "array") = (&mut schema, *kind) {
                members.insert("items".to_owned(), json!({ "type": "string" }));
            }
            ((*name).to_owned(), schema)
        });
        let required: Vec<&str> =
            tool.arguments.iter().filter(|(_, _, required, _)| *required).map(|(name, ..)| *name).collect();
        json!({
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": {
                "type": "object",
                "properties": Value::Object(properties.collect()),
                "required": required,
                "additionalProperties": false,
            },
            "annotations": {
                "title": tool.title,
                "readOnlyHint": true,
                "destructiveHint": false,
                "idempotentHint": true,
                "openWorldHint": false,
            },
        })
    };
    TOOLS.iter().map(one).collect()
}

/// Calls a tool. Returns its result or its error as text; `None` if there is no such tool.
pub(super) fn call(name: &str, arguments: &Value, manifest: Option<&Path>) -> Option<Result<String, String>> {
    let tool = TOOLS.iter().find(|tool| tool.name == name)?;
    let call = Call { arguments, manifest };
    let done = call.demand_valid(tool).and_then(|()| (tool.run)(&call));
    Some(match done {
        Ok(document) => {
            let text = without_secrets(&document).pretty();
            Ok(bounded(visible_json(&text).into_owned()))
        }
        Err(error) => {
            let lines =
                std::iter::once(error.message.clone()).chain(error.hints.iter().map(|hint| format!("hint: {hint}")));
            let text: Vec<String> = lines.map(|line| visible(&masked_tokens(&line)).into_owned()).collect();
            Err(bounded(text.join("\n")))
        }
    })
}

/// Cuts a result that is too long, and says so.
fn bounded(text: String) -> String {
    if text.len() <= MOST_RESULT {
        return text;
    }
    let mut end = MOST_RESULT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\n… cut after {end} of {} bytes", text.get(..end).unwrap_or_default(), text.len())
}

/// Arguments of a call, with the server's manifest.
struct Call<'c> {
    arguments: &'c Value,
    manifest: Option<&'c Path>,
}

impl Call<'_> {
    /// Checks the arguments against the tool's schema.
    fn demand_valid(&self, tool: &Tool) -> Result<(), Error> {
        let wrong = |reason: String| Error::new(ErrorKind::Usage, reason);
        let given = self.arguments.as_object().ok_or_else(|| wrong("the arguments must be an object".to_owned()))?;
        for (name, value) in given {
            let known = tool.arguments.iter().find(|(known, ..)| known == name);
            let (_, kind, ..) = known.ok_or_else(|| wrong(format!("the tool has no argument `{name}`")))?;
            let fits = match *kind {
                "array" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
                "integer" => value.is_u64(),
                _ => value.is_string(),
            };
            if !fits {
                let kind = if *kind == "array" { "array of strings" } else { kind };
                return Err(wrong(format!("`{name}` must be a JSON {kind}")));
            }
        }
        match tool.arguments.iter().find(|(name, _, required, _)| *required && !given.contains_key(*name)) {
            Some((name, ..)) => Err(wrong(format!("the argument `{name}` is missing"))),
            None => Ok(()),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name)?.as_str()
    }

    /// Opens the manifest; its errors are those of `lint_manifest`.
    fn context(&self) -> Result<Context, Error> {
        let path = open::require(self.manifest)?;
        open_manifest(&path).map_err(|error| match error {
            OpenError::Unreadable(error) => error,
            OpenError::Invalid(_) => Error::new(ErrorKind::Usage, "the manifest is not valid")
                .hint("the tool `lint_manifest` lists its errors"),
        })
    }

    /// Reads the given token, or the one in the environment.
    fn token(&self, now: Timestamp) -> Result<Option<LoadedToken>, Error> {
        match self.text("token") {
            Some(text) => LoadedToken::read_by(text, now, Policy::default()).map(Some),
            None => match secret_variable(VARIABLE).filter(|text| !text.is_empty()) {
                Some(text) => LoadedToken::read_by(&text, now, Policy::default()).map(Some),
                None => Ok(None),
            },
        }
    }

    fn require_token(&self, now: Timestamp) -> Result<LoadedToken, Error> {
        self.token(now)?.ok_or_else(|| {
            Error::new(ErrorKind::Usage, "no token given")
                .hint(format!("pass `token`, or set {VARIABLE} for the server"))
        })
    }
}

fn decode_token(call: &Call<'_>) -> Result<Json, Error> {
    let token = call.require_token(Timestamp::now())?;
    Ok(decode::document(&token, &decode::Verification::not_checked(&token.decoded)))
}

fn explain_name(call: &Call<'_>) -> Result<Json, Error> {
    explain::explained(call.text("name").unwrap_or_default())
}

fn check_endpoint(call: &Call<'_>) -> Result<Json, Error> {
    let (context, now) = (call.context()?, Timestamp::now());
    let endpoint = context.find(call.text("endpoint").unwrap_or_default(), call.text("api"))?.id;
    let token = call.require_token(now)?;
    let check = check(&context, &token, endpoint, now)
        .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
    let ruling = check.ruling(&context, &token, call.text("client"), now);
    Ok(check_command::document(&context, &check_command::Checked { check, ruling }))
}

fn minimal_scopes(call: &Call<'_>) -> Result<Json, Error> {
    let context = call.context()?;
    let client = call.text("client").map(|name| context.client(name)).transpose()?;
    let requests = call.arguments.get("endpoints").and_then(Value::as_array).into_iter().flatten();
    let requests: Vec<String> = requests.filter_map(Value::as_str).map(str::to_owned).collect();
    if requests.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no endpoints given"));
    }
    let endpoints = open::find_all(&context, &requests, call.text("api"))?;
    let ceiling = client.and_then(|client| client.may_request.as_ref());
    Ok(scopes::of_endpoints(&Planner::new(&context).minimal_set(&endpoints, ceiling)?))
}

fn diagnose_call(call: &Call<'_>) -> Result<Json, Error> {
    let context = match open::locate(call.manifest)? {
        Some(_) => call.context()?,
        None => Context::without_manifest(),
    };
    let api = call.text("api");
    let endpoint = call.text("endpoint").map(|request| context.find(request, api)).transpose()?.map(|found| found.id);
    let token = call.token(Timestamp::now())?;
    let status = call.arguments.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let hints = CaptureHints { endpoint, api, token: token.as_ref() };
    why::diagnosed(&context, call.text("response").unwrap_or_default().as_bytes(), status, &hints)
}

fn lint_manifest(call: &Call<'_>) -> Result<Json, Error> {
    let problem = match call.text("text") {
        Some(text) => check_manifest_text("text", text),
        None => check_manifest(&open::require(call.manifest)?)?,
    };
    Ok(manifest_command::lint_document(&problem))
}
