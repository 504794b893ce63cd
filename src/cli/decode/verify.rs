//! Keys and expectations of `--verify`.

use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::Timestamp;

use crate::app::{
    Error, ErrorKind, PublishedKeys, keys_in_file, payload_in_file, secret_in_environment, secret_in_file,
    shared_secret,
};
use crate::cli::arguments::read_input;
use crate::cli::wait_for;
use crate::manifest::Issuer;
use crate::token::Decoded;
use crate::token::key::{Algorithm, KeySet};
use crate::token::verify::{Expected, Facts, Verdict, Verification, Verifier, Wording};

// Source of the keys: exactly one of these.
#[derive(Debug, clap::Args)]
#[group(id = "keys", multiple = false)]
struct Keys {
    /// Verify with the keys that this issuer publishes, and require it in `iss`
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Verify with a JWK Set
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<String>,
    /// Verify with a key file: JWK, public key (PEM or DER) or certificate
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Verify with a shared secret from a file; a trailing line break is ignored
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Verify with a shared secret from an environment variable
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// Verify with a shared secret from stdin; only `-` is accepted
    #[arg(long, value_name = "-", allow_hyphen_values = true)]
    secret: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Verification")]
pub(super) struct VerifyArguments {
    /// Verify the token with one of the key options; exit with code 4 unless it is verified
    #[arg(long, requires = "keys")]
    verify: bool,
    #[command(flatten)]
    keys: Keys,
    /// Require this audience in `aud` (repeatable: any one of them)
    #[arg(long, value_name = "AUDIENCE", requires = "keys")]
    audience: Vec<String>,
    /// Require exactly this issuer in `iss`
    #[arg(long, value_name = "ISSUER", requires = "keys", conflicts_with = "issuer")]
    expect_issuer: Option<String>,
    /// Require this type in `typ`, such as `at+jwt`
    #[arg(long, value_name = "TYPE", requires = "keys")]
    expect_type: Option<String>,
    /// Allow only these algorithms [default: those that the key type allows]
    #[arg(long, value_name = "ALG", value_delimiter = ',', requires = "keys")]
    algorithm: Vec<String>,
    /// Clock skew to tolerate, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, requires = "keys")]
    leeway: u32,
    /// Verify a detached signature over the bytes of a file (RFC 7515 Appendix F)
    #[arg(long, value_name = "FILE", requires = "keys", conflicts_with = "lines")]
    detached: Option<PathBuf>,
    /// Accept a payload that is not a JSON claims set, as in a JWS that is not a JWT (RFC 7515)
    #[arg(long, requires = "keys", conflicts_with_all = ["audience", "expect_issuer"])]
    any_payload: bool,
    /// Allow a shared secret that is shorter than the hash output (RFC 7518 §3.2)
    #[arg(long, requires = "keys")]
    allow_short_secret: bool,
}

impl VerifyArguments {
    /// Loads the keys, if verification was requested. `input_is_taken`: the token comes from stdin.
    pub(super) fn session(&self, input_is_taken: bool) -> Result<Option<Session>, Error> {
        let Some((keys, published)) = self.keys.load(input_is_taken)? else { return Ok(None) };
        let expected = Expected {
            issuer: self.keys.issuer.clone().or_else(|| self.expect_issuer.clone()),
            audiences: self.audience.clone(),
            kind: self.expect_type.clone(),
            algorithms: self.algorithm.iter().map(|name| algorithm(name)).collect::<Result<_, _>>()?,
            leeway: self.leeway,
            short_secret: self.allow_short_secret,
            any_payload: self.any_payload,
        };
        let detached = self.detached.as_deref().map(payload_in_file).transpose()?;
        Ok(Some(Session { verifier: Verifier { keys, expected }, published, newer: OnceLock::new(), detached }))
    }
}

impl Keys {
    /// Loads the keys, and the location from which published keys can be fetched again.
    fn load(&self, input_is_taken: bool) -> Result<Option<(KeySet, Option<PublishedKeys>)>, Error> {
        if let Some(text) = &self.issuer {
            let issuer = Issuer::parse(text)
                .map_err(|reason| Error::new(ErrorKind::Usage, format!("invalid issuer: {reason}")))?;
            return fetch(async { PublishedKeys::of(&issuer).await }).map(Some);
        }
        let keys = if let Some(place) = &self.jwks {
            if place.contains("://") {
                return fetch(async { PublishedKeys::at(place) }).map(Some);
            }
            keys_in_file(place.as_ref())?
        } else if let Some(path) = &self.key {
            keys_in_file(path)?
        } else if let Some(path) = &self.secret_file {
            secret_in_file(path)?
        } else if let Some(name) = &self.secret_env {
            secret_in_environment(name)?
        } else if let Some(word) = &self.secret {
            secret_on_input(word, input_is_taken)?
        } else {
            return Ok(None);
        };
        Ok(Some((keys, None)))
    }
}

fn fetch(
    published: impl Future<Output = Result<PublishedKeys, Error>>,
) -> Result<(KeySet, Option<PublishedKeys>), Error> {
    wait_for(async {
        let published = published.await?;
        let keys = published.fetch().await?;
        Ok((keys, Some(published)))
    })
}

/// Reads the secret from stdin. An error never repeats the value of `--secret`, which may be the secret itself.
fn secret_on_input(word: &str, input_is_taken: bool) -> Result<KeySet, Error> {
    if word != "-" {
        return Err(Error::new(
            ErrorKind::Usage,
            "a secret is not accepted as an argument, which other users of this machine can read",
        )
        .hint("pass it on stdin with `--secret -`, or with `--secret-file` or `--secret-env`"));
    }
    if input_is_taken {
        return Err(Error::new(ErrorKind::Usage, "the token and the secret can't both come from stdin")
            .hint("pass the token as an argument, or the secret with `--secret-file` or `--secret-env`"));
    }
    shared_secret(read_input(true)?.as_bytes(), "standard input".to_owned())
}

fn algorithm(name: &str) -> Result<Algorithm, Error> {
    Algorithm::named(name).ok_or_else(|| {
        let names: Vec<&str> = Algorithm::all().map(Algorithm::name).collect();
        Error::new(ErrorKind::Usage, format!("`{name}` is not a supported signature algorithm"))
            .hint(format!("supported: {}", names.join(", ")))
    })
}

/// A verifier for any number of tokens. Published keys are fetched again once, for the first token with an unknown key
/// ID.
pub(super) struct Session {
    verifier: Verifier,
    published: Option<PublishedKeys>,
    newer: OnceLock<Option<Verifier>>,
    /// Detached payload.
    detached: Option<Vec<u8>>,
}

impl Session {
    pub(super) fn verify(&self, decoded: &Decoded, token: &str, now: Timestamp) -> Verdict {
        let facts = Facts::of(decoded, token, self.detached.as_deref());
        let signatures = facts.iter().map(|facts| self.check(facts, Wording::All, now)).collect();
        Verdict::of(signatures, decoded, token, self.leeway(), now)
    }

    pub(super) fn check(&self, facts: &Facts<'_>, wording: Wording, now: Timestamp) -> Verification {
        let newest = self.newer.get().and_then(Option::as_ref).unwrap_or(&self.verifier);
        let verification = newest.check(facts, wording, now);
        if !verification.unknown_key || self.newer.get().is_some() {
            return verification;
        }
        let Some(published) = &self.published else { return verification };
        // if fetching fails, keep the current keys
        let newer = self.newer.get_or_init(|| {
            let keys = wait_for(published.fetch()).ok()?;
            Some(Verifier { keys, expected: self.verifier.expected.clone() })
        });
        newer.as_ref().map_or(verification, |newer| newer.check(facts, wording, now))
    }

    pub(super) fn leeway(&self) -> u32 {
        self.verifier.expected.leeway
    }
}
