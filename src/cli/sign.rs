//! `tokscope sign` makes a test token.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::arguments::pair;
use super::print::{Streams, json_object, json_text};
use crate::app::{Error, ErrorKind, SigningSource, TestTokenRequest, read_input_file, sign_test_token};
use crate::files::{Audience, Existing, write_file};
use crate::oauth::GENERATED;
use crate::scope::ScopeSet;
use crate::token::Json;

/// Maximum size of a file with claims, in bytes.
const MOST_BYTES: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The header parameter `tokscope_test` marks the token. It can't be removed, and `decode` reports it. APIs ignore it, but only \
accept the token if they trust the key that signed it: --jwks writes the public key.

Examples:
  tokscope sign --scope orders:read --audience https://api.example.com --jwks jwks.json
  tokscope sign --save-key test-key.pem --jwks jwks.json
  tokscope sign --key test-key.pem --claim roles='[\"admin\"]' --expires-in 5m
  tokscope sign --secret-env JWT_SECRET --typ JWT --claim tenant=acme")]
pub(super) struct Arguments {
    /// Scopes: the claim `scope`, separated by spaces (repeatable)
    #[arg(long = "scope", value_name = "SCOPES")]
    scopes: Vec<String>,
    /// Audience: the claim `aud` (repeatable)
    #[arg(long = "audience", value_name = "AUDIENCE")]
    audiences: Vec<String>,
    /// Issuer: the claim `iss` [default: `https://tokscope.invalid`]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Subject: the claim `sub` [default: test-user]
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
    /// Lifetime, such as `5m` or `2h` [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = super::decode::lifetime)]
    expires_in: Option<Duration>,
    /// Claim: JSON if it can be parsed as such, otherwise a string; `null` removes the claim (repeatable)
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    claims: Vec<(String, String)>,
    /// File with claims, a JSON object
    #[arg(long = "claims", value_name = "FILE")]
    claims_file: Option<PathBuf>,
    /// Header parameter, as for `--claim` (repeatable)
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = pair)]
    header: Vec<(String, String)>,
    /// Token type: the header parameter `typ` [default: at+jwt]
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,
    /// Private key that signs, in PEM: P-256, P-384, Ed25519 or RSA
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_file", "secret_env", "alg"])]
    key: Option<PathBuf>,
    /// File with the shared secret that signs with HS256
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_env", "alg"])]
    secret_file: Option<PathBuf>,
    /// Environment variable with the shared secret that signs with HS256
    #[arg(long, value_name = "NAME", conflicts_with = "alg")]
    secret_env: Option<String>,
    /// Algorithm of a generated key [default: ES256]
    #[arg(long = "algorithm", visible_alias = "alg", value_name = "ALG", value_parser = GENERATED)]
    alg: Option<String>,
    /// Write the generated private key to this file, in PEM; an existing file is never overwritten
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "secret_file", "secret_env"])]
    save_key: Option<PathBuf>,
    /// Write the public key set (JWKS) to this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_file", "secret_env"])]
    jwks: Option<PathBuf>,
    /// Print JSON with the token and the public key set (tokscope.sign/v1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let now = Timestamp::now();
    let request = TestTokenRequest { claims: claims(arguments, now)?, header: header(arguments), key: key(arguments) };
    let made = sign_test_token(&request, now)?;
    let key_set = made.key_set.as_ref().map(ToString::to_string);
    if let (Some(path), Some(key_set)) = (&arguments.jwks, &key_set) {
        write_file(path, format!("{key_set}\n").as_bytes(), Audience::Everyone, Existing::Replace)?;
    }
    if arguments.json {
        let key_set = key_set.as_deref().and_then(|text| Json::parse(text).ok()).unwrap_or(Json::Null);
        streams.json(&json_object([
            ("schema", json_text("tokscope.sign/v1")),
            ("token", json_text(made.token.expose())),
            ("jwks", key_set),
        ]));
    } else {
        streams.verbatim(made.token.expose());
        if let (None, Some(key_set)) = (&arguments.jwks, &key_set) {
            streams.say(format_args!("public key set, for the API that is tested: {key_set}"));
        }
    }
    Ok(None)
}

fn key(arguments: &Arguments) -> SigningSource {
    match (&arguments.key, &arguments.secret_file, &arguments.secret_env) {
        (Some(path), _, _) => SigningSource::File(path.clone()),
        (None, Some(path), _) => SigningSource::SecretFile(path.clone()),
        (None, None, Some(name)) => SigningSource::SecretVariable(name.clone()),
        (None, None, None) => SigningSource::Generated {
            algorithm: arguments.alg.clone().unwrap_or_else(|| "ES256".to_owned()),
            save: arguments.save_key.clone(),
        },
    }
}

/// Returns the claims: those of the file, then the named options, then `--claim`.
fn claims(arguments: &Arguments, now: Timestamp) -> Result<Map<String, Value>, Error> {
    let mut claims = match &arguments.claims_file {
        None => Map::new(),
        Some(path) => match serde_json::from_slice(&read_input_file(path, MOST_BYTES)?) {
            Ok(Value::Object(claims)) => claims,
            _ => {
                let message = format!("`{}` is not a JSON object of claims", path.display());
                return Err(Error::new(ErrorKind::Usage, message));
            }
        },
    };
    let mut set = |name: &str, value: Option<Value>| claims.extend(value.map(|value| (name.to_owned(), value)));
    if !arguments.scopes.is_empty() {
        let scopes = ScopeSet::parse(&arguments.scopes.join(" "))
            .map_err(|error| Error::new(ErrorKind::Usage, error.to_string()))?;
        set("scope", Some(scopes.to_string().into()));
    }
    set(
        "aud",
        match arguments.audiences.as_slice() {
            [] => None,
            [only] => Some(only.as_str().into()),
            several => Some(several.into()),
        },
    );
    set("iss", arguments.issuer.as_deref().map(Into::into));
    set("sub", arguments.subject.as_deref().map(Into::into));
    let seconds = |lifetime: Duration| i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    set("exp", arguments.expires_in.map(|lifetime| now.as_second().saturating_add(seconds(lifetime)).into()));
    claims.extend(arguments.claims.iter().map(|(name, text)| (name.clone(), value(text))));
    Ok(claims)
}

fn header(arguments: &Arguments) -> Map<String, Value> {
    let mut header = Map::new();
    header.extend(arguments.typ.as_deref().map(|typ| ("typ".to_owned(), typ.into())));
    header.extend(arguments.header.iter().map(|(name, text)| (name.clone(), value(text))));
    header
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
