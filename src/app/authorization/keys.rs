//! The issuer's keys: fetched once, refreshed when they are old or a token names an unknown key.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::app::{Error, ErrorKind, PublishedKeys, keys_in_file};
use crate::manifest::Api;
use crate::token::key::KeySet;
use crate::token::verify::{Expected, Verifier};

/// Age after which keys are fetched again.
const FRESH: Duration = Duration::from_mins(5);

/// Age after which keys are no longer used.
const USABLE: Duration = Duration::from_hours(1);

/// Shortest time between two fetches because of an unknown key, which anyone can name in a token.
const APART: Duration = Duration::from_secs(10);

/// Where the keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The metadata of the API's issuer.
    Issuer,
    /// A URL.
    Url(String),
    /// A file.
    File(PathBuf),
}

#[derive(Debug)]
enum Source {
    Published(PublishedKeys),
    File(PathBuf),
}

/// Keys of an issuer.
#[derive(Debug)]
pub(super) struct IssuerKeys {
    source: Source,
    expected: Expected,
    loaded: RwLock<Loaded>,
    /// Held while keys are fetched: the time of the last attempt.
    fetching: Mutex<Instant>,
}

#[derive(Debug)]
struct Loaded {
    verifier: Arc<Verifier>,
    generation: u64,
    at: Instant,
}

impl IssuerKeys {
    /// Loads the keys for an API.
    ///
    /// # Errors
    /// If they can't be loaded.
    pub(super) async fn new(source: &KeySource, api: &Api) -> Result<Self, Error> {
        let source = match source {
            KeySource::File(path) => Source::File(path.clone()),
            KeySource::Url(url) => Source::Published(PublishedKeys::at(url)?),
            KeySource::Issuer => {
                let issuer = api.issuer.as_ref();
                let issuer = issuer.ok_or_else(|| Error::new(ErrorKind::Usage, "the API has no issuer"))?;
                Source::Published(PublishedKeys::of(issuer).await?)
            }
        };
        let expected = Expected {
            issuer: api.issuer.as_ref().map(ToString::to_string),
            audiences: api.audience.iter().cloned().collect(),
            ..Expected::default()
        };
        let keys = source.load().await?;
        let verifier = Arc::new(Verifier { keys, expected: expected.clone() });
        let loaded = RwLock::new(Loaded { verifier, generation: 0, at: Instant::now() });
        Ok(Self { source, expected, loaded, fetching: Mutex::new(Instant::now()) })
    }

    /// Returns the keys and their generation, fetched again if they are old.
    ///
    /// # Errors
    /// If they are too old and can't be fetched.
    pub(super) async fn verifier(&self) -> Result<(Arc<Verifier>, u64), String> {
        let (verifier, generation, age) = self.loaded();
        if age < FRESH {
            return Ok((verifier, generation));
        }
        match self.fetch(generation, Duration::from_secs(1)).await {
            Ok(newer) => Ok(newer),
            Err(_) if age < USABLE => Ok((verifier, generation)),
            Err(reason) => Err(reason),
        }
    }

    /// Returns keys that are newer than a generation, because a token names an unknown key.
    ///
    /// # Errors
    /// If they were fetched shortly before, or can't be fetched.
    pub(super) async fn newer(&self, generation: u64) -> Result<(Arc<Verifier>, u64), String> {
        self.fetch(generation, APART).await
    }

    fn loaded(&self) -> (Arc<Verifier>, u64, Duration) {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&loaded.verifier), loaded.generation, loaded.at.elapsed())
    }

    async fn fetch(&self, generation: u64, apart: Duration) -> Result<(Arc<Verifier>, u64), String> {
        let mut last = self.fetching.lock().await;
        let (verifier, number, _) = self.loaded();
        if number > generation {
            return Ok((verifier, number));
        }
        if last.elapsed() < apart {
            return Err("the keys were fetched shortly before".to_owned());
        }
        let loaded = self.source.load().await;
        *last = Instant::now();
        let verifier =
            Arc::new(Verifier { keys: loaded.map_err(|error| error.message)?, expected: self.expected.clone() });
        let newer = Loaded { verifier: Arc::clone(&verifier), generation: number + 1, at: Instant::now() };
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = newer;
        Ok((verifier, number + 1))
    }
}

impl Source {
    async fn load(&self) -> Result<KeySet, Error> {
        match self {
            Self::Published(published) => published.fetch().await,
            Self::File(path) => keys_in_file(path),
        }
    }
}
