//! `tokscope init` from an API, an issuer or an API description: what they publish, then questions for the rest.

use std::path::Path;

use super::Arguments;
use crate::app::{
    Acquisition, ApprovedPlanner, Context, Discovery, Error, ErrorKind, ManifestDraft, StoragePolicy, Terms, discover,
    register,
};
use crate::cli::access::{confirm, launching};
use crate::cli::manifest::import_report;
use crate::cli::print::{Streams, json_object, json_option, json_text};
use crate::cli::questions::{ask, ask_until, in_manifest, reject, required};
use crate::cli::{discover as discovery, login, open};
use crate::manifest::import::{ApiKey, NEW_CLIENT, NewClient};
use crate::manifest::providers;
use crate::net::TooNear;
use crate::oauth::REDIRECT_URI;
use crate::scope::{Scope, ScopeSet};
use crate::text::{destination, shell_word, visible};

pub(super) async fn run(arguments: &Arguments, path: &Path, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let shown = path.display().to_string();
    if path.exists() {
        return Err(Error::new(ErrorKind::Usage, format!("`{shown}` already exists"))
            .hint(format!("`tokscope manifest import FILE --into {}` adds an API to it", shell_word(&shown)))
            .hint("`tokscope init --provider NAME --client-id ID` adds a known provider, `tokscope init --list` lists them"));
    }
    let asks = arguments.access.can_ask();
    let (draft, found) = Setup::source(arguments, asks, streams).await?;
    let mut setup = Setup { arguments, asks, draft, found, client: None };
    setup.api(streams)?;
    setup.issuer(streams).await?;
    setup.endpoints(streams)?;
    setup.client(streams).await?;
    if !setup.draft.has_api() && setup.client.is_none() {
        return Err(Error::new(ErrorKind::Usage, "nothing to write: neither an API nor a client is known")
            .hint("pass `--client-id ID`, or `--base-url URL` for an API"));
    }
    setup.draft.create(path)?;
    let text = setup.draft.text();
    if arguments.json {
        streams.json(&json_object([
            ("schema", json_text("tokscope.init/v1")),
            ("manifest", json_text(&text)),
            ("written", json_text(&shown)),
            ("login", json_option(setup.login_command())),
        ]));
        return Ok(None);
    }
    streams.say(format_args!("created {}:", visible(&shown)));
    text.trim_end().lines().for_each(|line| streams.verbatim(visible(line)));
    match setup.first_login(path, streams).await? {
        true => Ok(None),
        false => {
            setup.next_steps(streams);
            Ok(None)
        }
    }
}

/// A manifest that is being set up.
struct Setup<'a> {
    arguments: &'a Arguments,
    /// Whether questions are possible.
    asks: bool,
    draft: ManifestDraft,
    /// What is known about the authorization server.
    found: Option<Discovery>,
    client: Option<NewClient>,
}

impl Setup<'_> {
    /// Reads the source, or asks for one until it can be read.
    async fn source(
        arguments: &Arguments,
        asks: bool,
        streams: &mut Streams,
    ) -> Result<(ManifestDraft, Option<Discovery>), Error> {
        if let Some(source) = &arguments.source {
            return read(arguments, source, asks, streams).await;
        }
        if let (Some(issuer), None) = (&arguments.issuer, &arguments.base_url) {
            return read(arguments, issuer, asks, streams).await;
        }
        if let Some(base_url) = &arguments.base_url {
            return read(arguments, base_url, asks, streams).await;
        }
        if !asks {
            return Err(Error::new(ErrorKind::Usage, "no API, issuer or API description is named")
                .hint("pass a URL or a file, as in `tokscope init https://api.example.com`")
                .hint("`tokscope init --list` lists the known providers"));
        }
        loop {
            let answer = ask(streams, "URL of the API or of its issuer, or a file with an API description: ")?;
            let Some(answer) = answer else {
                reject(streams, &required());
                continue;
            };
            match read(arguments, &answer, asks, streams).await {
                Ok(found) => return Ok(found),
                Err(error) => reject(streams, &error),
            }
        }
    }

    /// Completes the API: its base URL.
    fn api(&mut self, streams: &mut Streams) -> Result<(), Error> {
        if let (Some(base_url), true) = (&self.arguments.base_url, self.draft.has_api()) {
            self.draft.set(ApiKey::BaseUrl, base_url).map_err(in_manifest)?;
        }
        let by_issuer = self.found.as_ref().is_some_and(Discovery::is_issuer);
        if !self.draft.has_api() && !by_issuer {
            // the URL of an API that demands no token
            let url = self.found.as_ref().map(|found| found.url.as_str().trim_end_matches('/').to_owned());
            self.draft = ManifestDraft::of_api(self.arguments.api.as_deref().unwrap_or("main"));
            if let Some(url) = url {
                self.draft.set(ApiKey::BaseUrl, &url)?;
            }
        }
        if !self.asks || (self.draft.has_api() && !self.draft.lacks_base_url()) {
            return Ok(());
        }
        let (question, optional) = match self.draft.has_api() {
            true => ("base URL of the API (https://…): ", false),
            false => ("base URL of an API that accepts its tokens (https://…, empty for none): ", true),
        };
        let before = self.draft.clone();
        let name = self.arguments.api.clone();
        let issuer =
            self.found.as_ref().and_then(|found| found.servers.first()).map(|server| server.issuer.to_string());
        self.draft = ask_until(streams, question, |answer| {
            let Some(url) = answer else { return if optional { Ok(before.clone()) } else { Err(required()) } };
            let mut draft = before.clone().with_api(name.as_deref());
            draft.set(ApiKey::BaseUrl, &url)?;
            issuer.iter().filter(|_| optional).try_for_each(|issuer| draft.set(ApiKey::Issuer, issuer))?;
            Ok(draft)
        })?;
        Ok(())
    }

    /// Completes the issuer, and reads what it publishes.
    async fn issuer(&mut self, streams: &mut Streams) -> Result<(), Error> {
        let known = self.found.as_ref().is_some_and(|found| !found.servers.is_empty());
        let named = self.arguments.issuer.clone().or_else(|| self.draft.issuer().map(|issuer| issuer.to_string()));
        if let Some(issuer) = named {
            let by_user = self.arguments.issuer.is_some();
            if by_user && self.draft.has_api() {
                self.draft.set(ApiKey::Issuer, &issuer).map_err(in_manifest)?;
            }
            if !known || by_user {
                match self.server(&issuer, streams).await {
                    Ok(found) => self.found = Some(found),
                    Err(error) => streams.say(format_args!("note: {}", visible(&error.message))),
                }
            }
            return Ok(());
        }
        if known && self.draft.has_api() {
            let server = self.found.as_ref().and_then(|found| found.servers.first());
            let issuer = server.map(|server| server.issuer.to_string());
            return issuer.iter().try_for_each(|issuer| self.draft.set(ApiKey::Issuer, issuer));
        }
        if known || !self.asks {
            return Ok(());
        }
        loop {
            let Some(issuer) = ask(streams, "issuer of its tokens (https://…, empty if unknown): ")? else {
                return Ok(());
            };
            let mut draft = self.draft.clone();
            let outcome = match draft.set(ApiKey::Issuer, &issuer) {
                Ok(()) => self.server(&issuer, streams).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(found) => {
                    (self.draft, self.found) = (draft, Some(found));
                    return Ok(());
                }
                Err(error) => reject(streams, &error),
            }
        }
    }

    /// Reads the metadata of an issuer.
    async fn server(&self, issuer: &str, streams: &mut Streams) -> Result<Discovery, Error> {
        let found = look_up(self.arguments, issuer, self.asks, streams).await?;
        match found.servers.first() {
            Some(server) if server.issuer.as_str() == issuer => Ok(found),
            Some(server) => Err(Error::new(ErrorKind::Usage, format!("the issuer is `{}`", server.issuer))
                .hint("an issuer is compared exactly, with or without a trailing slash")),
            None => Err(Error::new(ErrorKind::Failed, format!("`{issuer}` publishes no metadata"))
                .hint(format!("`tokscope discover {}` shows what was tried", shell_word(issuer)))),
        }
    }

    /// Adds the given endpoints, or asks for some if none is known.
    fn endpoints(&mut self, streams: &mut Streams) -> Result<(), Error> {
        self.arguments
            .endpoints
            .iter()
            .try_for_each(|endpoint| self.draft.add_endpoint(endpoint))
            .map_err(in_manifest)?;
        if !self.asks || !self.draft.has_api() || !self.draft.endpoints().is_empty() {
            return Ok(());
        }
        let published = self.found.as_ref().map(Discovery::published_scopes).unwrap_or_default();
        if !published.is_empty() {
            let published: ScopeSet = published.into_iter().collect();
            streams.say(format_args!("published scopes: {published}"));
        }
        loop {
            let question = "endpoint and its scopes, such as `GET /orders orders:read` (empty to finish): ";
            let Some(line) = ask(streams, question)? else { return Ok(()) };
            if let Err(error) = self.draft.add_endpoint(&line) {
                reject(streams, &error);
            }
        }
    }

    /// Adds the client: the given one, a registered one, or the one that the user names.
    async fn client(&mut self, streams: &mut Streams) -> Result<(), Error> {
        let server = self.found.as_ref().filter(|found| !found.servers.is_empty());
        let Some(issuer) = server
            .and_then(|found| found.servers.first())
            .map(|server| server.issuer.to_string())
            .or_else(|| self.draft.issuer().map(|issuer| issuer.to_string()))
        else {
            return match &self.arguments.client_id {
                Some(_) => Err(Error::new(ErrorKind::Usage, "a client needs an issuer").hint("pass `--issuer URL`")),
                None => Ok(()),
            };
        };
        let new = |client_id: &str| {
            let client = server.map_or_else(
                || NewClient { client_id: client_id.to_owned(), ..NewClient::default() },
                |found| found.new_client(client_id),
            );
            let secret_variable = self.arguments.secret_env.clone();
            NewClient { issuer: Some(issuer.clone()), secret_variable, ..client }
        };
        let can_register = server.filter(|found| found.servers.iter().any(|one| one.registration_endpoint.is_some()));
        if let Some(client_id) = &self.arguments.client_id {
            let client = new(client_id);
            return self.keep(client);
        }
        if self.arguments.register {
            let client = registered(can_register, &new, streams).await?;
            return self.keep(client);
        }
        if !self.asks {
            return Ok(());
        }
        streams.say(format_args!(
            "a client must be registered at {} with the redirect URI {REDIRECT_URI}",
            visible(&destination(&issuer))
        ));
        if let Some(provider) = providers::recognize(&issuer) {
            streams.say(format_args!("`tokscope init --provider {}` describes how", provider.name));
        }
        let question = match can_register {
            Some(_) => "client ID (empty to register a client now): ",
            None => "client ID (empty to add the client later): ",
        };
        let client = loop {
            match (ask(streams, question)?, can_register) {
                (Some(client_id), _) => {
                    let client = NewClient { secret_variable: secret(self.arguments, streams)?, ..new(&client_id) };
                    let mut draft = self.draft.clone();
                    match draft.set_client(&client) {
                        Ok(()) => break client,
                        Err(error) => reject(streams, &error),
                    }
                }
                (None, Some(_)) => match registered(can_register, &new, streams).await {
                    Ok(client) => break client,
                    Err(error) => reject(streams, &error),
                },
                (None, None) => return Ok(()),
            }
        };
        self.keep(client)
    }

    fn keep(&mut self, client: NewClient) -> Result<(), Error> {
        self.draft.set_client(&client)?;
        self.client = Some(client);
        Ok(())
    }

    /// Offers to trust the manifest and to sign in. Returns whether a token was obtained.
    async fn first_login(&self, path: &Path, streams: &mut Streams) -> Result<bool, Error> {
        if !self.asks || self.client.is_none() {
            return Ok(false);
        }
        let context = match self.arguments.access.consent(open::read(path, streams)?, path, streams) {
            Ok(context) => context,
            // declined
            Err(error) if error.kind == ErrorKind::Refused => return Ok(false),
            Err(error) => return Err(error),
        };
        let Some((endpoint, scopes)) = self.first_request(streams)? else { return Ok(false) };
        let context = launching(context).with_vault(self.arguments.access.vault()?);
        self.sign_in(&context, endpoint.as_deref(), &scopes, streams).await?;
        Ok(true)
    }

    /// Asks what to sign in for: the first endpoint, or scopes.
    fn first_request(&self, streams: &mut Streams) -> Result<Option<(Option<String>, ScopeSet)>, Error> {
        if let Some(first) = self.draft.endpoints().into_iter().next() {
            let question = format!("sign in now, for `{}`? [y/N] ", visible(&first));
            return Ok(confirm(&question, streams)?.then(|| (Some(first), ScopeSet::new())));
        }
        let scopes =
            ask_until(streams, "scopes to sign in for, separated by spaces (empty to sign in later): ", |answer| {
                let words = answer.as_deref().unwrap_or_default().split_whitespace().map(Scope::parse);
                words.collect::<Result<ScopeSet, _>>().map_err(|error| Error::new(ErrorKind::Usage, error.to_string()))
            })?;
        Ok((!scopes.is_empty()).then_some((None, scopes)))
    }

    async fn sign_in(
        &self,
        context: &Context,
        endpoint: Option<&str>,
        scopes: &ScopeSet,
        streams: &mut Streams,
    ) -> Result<(), Error> {
        let endpoints = endpoint.iter().map(|endpoint| Ok(context.find(endpoint, None)?.id));
        let endpoints = endpoints.collect::<Result<Vec<_>, Error>>()?;
        let plan = ApprovedPlanner::new(context).plan(&endpoints, Some(NEW_CLIENT), None, scopes)?;
        let terms = Terms {
            client: Some(NEW_CLIENT.to_owned()),
            start: self.arguments.sign_in.start()?,
            may_sign_in: true,
            keeping: StoragePolicy::Required,
            ..Terms::without_sign_in()
        };
        let mut terminal = self.arguments.sign_in.terminal(self.asks, streams);
        let acquired = Box::pin(Acquisition::new(context, terms, &mut terminal).obtain(&plan)).await?;
        login::report(context, &acquired, streams);
        if let Some(endpoint) = endpoint {
            streams.say("next:");
            streams.say(format_args!("  tokscope call {}", visible(&shell_word(endpoint))));
        }
        Ok(())
    }

    /// Returns the command of a first login, if there is a client.
    fn login_command(&self) -> Option<String> {
        self.client.as_ref()?;
        Some(match self.draft.endpoints().first() {
            Some(endpoint) => format!("tokscope login -e {}", shell_word(endpoint)),
            None => "tokscope login --scope SCOPE".to_owned(),
        })
    }

    fn next_steps(&self, streams: &mut Streams) {
        streams.say("next:");
        if self.draft.has_api() && self.draft.endpoints().is_empty() {
            streams.say("  add the endpoints and their scopes to the manifest");
        }
        if self.draft.has_api() && self.draft.issuer().is_none() {
            streams.say("  add the `issuer` of the API's tokens to the manifest");
        }
        match self.login_command() {
            None => streams.say(format_args!(
                "  register a client with the redirect URI {REDIRECT_URI}, and add it to the manifest as [client.{NEW_CLIENT}]"
            )),
            Some(login) => {
                streams.say("  tokscope trust");
                streams.say(format_args!("  {}", visible(&login)));
            }
        }
    }
}

/// Reads an API description, or follows a URL.
async fn read(
    arguments: &Arguments,
    source: &str,
    asks: bool,
    streams: &mut Streams,
) -> Result<(ManifestDraft, Option<Discovery>), Error> {
    if source.contains("://") {
        let found = look_up(arguments, source, asks, streams).await?;
        match found.servers.first() {
            Some(server) => {
                let issuer = destination(server.issuer.as_str());
                streams.say(format_args!("authorization server: {}", visible(&issuer)));
            }
            None => discovery::chain(&found, streams).into_iter().for_each(|line| streams.say(line)),
        }
        return Ok((ManifestDraft::of_discovery(&found, arguments.api.as_deref())?, Some(found)));
    }
    if !Path::new(source).exists() {
        let error = Error::new(ErrorKind::Usage, format!("`{source}` is neither a file nor a URL"));
        return Err(match providers::find(source) {
            Some(provider) => {
                error.hint(format!("`tokscope init --provider {}` sets up {}", provider.name, provider.about.title))
            }
            None => error.hint("include the scheme of a URL, as in `https://api.example.com`"),
        });
    }
    let base_url = arguments.base_url.as_deref();
    let (draft, imported) = ManifestDraft::of_description(Path::new(source), arguments.api.as_deref(), base_url)?;
    import_report(&imported, streams);
    Ok((draft, None))
}

/// Discovers the authorization server of a URL. The user is asked before a server of another origin nearby is followed.
async fn look_up(arguments: &Arguments, url: &str, asks: bool, streams: &mut Streams) -> Result<Discovery, Error> {
    let mut consent = |url: &url::Url, reason: &TooNear| {
        if arguments.follow_private || !asks {
            return arguments.follow_private;
        }
        discovery::follows(url, reason, streams)
    };
    discover(url, &mut consent).await
}

/// Asks for the environment variable with the client's secret.
fn secret(arguments: &Arguments, streams: &mut Streams) -> Result<Option<String>, Error> {
    if arguments.secret_env.is_some() {
        return Ok(arguments.secret_env.clone());
    }
    ask_until(streams, "environment variable with its secret (empty for a public client): ", |answer| {
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match answer {
            Some(name) if !is_name(&name) || name.starts_with(|first: char| first.is_ascii_digit()) => {
                // not repeated: it may be the secret itself
                Err(Error::new(ErrorKind::Usage, "the answer is not the name of an environment variable")
                    .hint("the secret itself is never written to a manifest"))
            }
            name => Ok(name),
        }
    })
}

/// Registers a client at the first authorization server.
async fn registered(
    found: Option<&Discovery>,
    new: &impl Fn(&str) -> NewClient,
    streams: &mut Streams,
) -> Result<NewClient, Error> {
    let found = found.ok_or_else(|| {
        Error::new(ErrorKind::Refused, "the authorization server registers no clients by itself")
            .hint("register one with its administrator, and pass `--client-id ID`")
    })?;
    let (registration, _port) = register(found).await?;
    streams.say(format_args!("registered client {}", visible(&registration.client_id)));
    if registration.secret.is_some() {
        streams.say("note: the server issued a secret, which is not stored; the client is used as a public client");
    }
    Ok(NewClient { redirect_uri: Some(registration.redirect_uri), ..new(&registration.client_id) })
}
