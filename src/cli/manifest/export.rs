//! `tokscope manifest export`: configuration of an engine, or of an authorization server, that enforces the manifest.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::app::{
    Error, ErrorKind, ExportError, export_configuration, export_server_configuration, is_current, write_configuration,
};
use crate::cli::open::{context, explain, require};
use crate::cli::print::Streams;
use crate::enforcement::{Engine, ExportOptions, Keys, ServerFormat, TerraformProvider};
use crate::text::{readable_url, visible};

/// Export the configuration of an engine, or of an authorization server, that enforces the manifest
///
/// The engine verifies the token (signature, issuer, audience, expiry), compares its scopes with the endpoint's, and denies
/// whatever is not in the manifest. Implied scopes are expanded. If the engine can't express an endpoint, nothing is exported.
///
/// For an authorization server, the scopes of the API are exported, and for each client of its issuer the scopes that it may
/// request (`may_request`).
///
/// Keys for Envoy and nginx are a key set (JWKS). For `HAProxy`, a file is a public key in PEM; for Apache as well, written as
/// `KID#FILE`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tokscope manifest export envoy --keys https://login.example.com/jwks -o envoy.json
  tokscope manifest export nginx --api orders --keys jwks.json --upstream http://127.0.0.1:3000
  tokscope manifest export envoy --keys https://login.example.com/jwks --check envoy.json
  tokscope manifest export istio --selector app=orders -o orders.yaml
  tokscope manifest export terraform --provider keycloak -o scopes.tf")]
pub(super) struct Arguments {
    /// Engine, or authorization server
    #[arg(value_name = "FORMAT")]
    engine: EngineArgument,
    /// API to export, if the manifest has several
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Keys that verify tokens: a URL, or a file as the engine sees it
    #[arg(long, value_name = "FILE|URL")]
    keys: Option<String>,
    /// Signature algorithm, for engines that do not take it from the key: `HAProxy`
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = ALGORITHMS)]
    alg: String,
    /// Address that the engine listens on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// URL that the engine forwards to [default: the origin of the API's base URL]
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// Claim with scopes (repeatable) [default: that of the manifest, or scope and scp]
    #[arg(long = "claim", value_name = "NAME")]
    claims: Vec<String>,
    /// Deny this endpoint, because the engine can't express it (repeatable)
    #[arg(long, value_name = "ENDPOINT")]
    deny: Vec<String>,
    /// Export the scopes only, although the manifest has a policy
    #[arg(long)]
    without_policy: bool,
    /// Label of the workloads that an Istio policy is for, such as app=orders [default: all of the namespace]
    #[arg(long, value_name = "NAME=VALUE")]
    selector: Option<String>,
    /// Provider of Terraform
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<ProviderArgument>,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Check only; exit with code 6 if this file differs from the export
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    check: Option<PathBuf>,
}

/// Algorithms that `HAProxy` verifies.
const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"];

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineArgument {
    /// Envoy: a bootstrap in JSON
    Envoy,
    /// nginx with nginx-auth-jwt: maps and a server, for the `http` block
    Nginx,
    /// `HAProxy`: a frontend and a backend
    Haproxy,
    /// Apache with `mod_auth_openidc`
    Apache,
    /// Istio: `RequestAuthentication` and `AuthorizationPolicy`
    Istio,
    /// HTTP API of AWS API Gateway with a JWT authorizer: an OpenAPI document
    Aws,
    /// Cedar: a policy per endpoint, for an application that verifies the token and finds the endpoint
    Cedar,
    /// Keycloak: client scopes and ceilings of clients, in JSON of a realm
    Keycloak,
    /// Auth0: resource server and grants of clients, in YAML for the Deploy CLI
    Auth0,
    /// Okta: scopes and access policies of a custom authorization server, in JSON of its API
    Okta,
    /// Microsoft Entra ID: application objects, in JSON of Microsoft Graph
    Entra,
    /// Terraform: scopes and ceilings for the provider of --provider
    Terraform,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProviderArgument {
    Auth0,
    Okta,
    Keycloak,
    Cognito,
}

/// What a configuration is for.
enum Target {
    Engine(Engine),
    Server(ServerFormat),
}

impl Arguments {
    /// Returns what the configuration is for.
    ///
    /// # Errors
    /// If options do not fit it.
    fn target(&self) -> Result<Target, Error> {
        let target = match self.engine {
            EngineArgument::Envoy => Target::Engine(Engine::Envoy),
            EngineArgument::Nginx => Target::Engine(Engine::Nginx),
            EngineArgument::Haproxy => Target::Engine(Engine::Haproxy),
            EngineArgument::Apache => Target::Engine(Engine::Apache),
            EngineArgument::Istio => Target::Engine(Engine::Istio),
            EngineArgument::Aws => Target::Engine(Engine::Aws),
            EngineArgument::Cedar => Target::Engine(Engine::Cedar),
            EngineArgument::Keycloak => Target::Server(ServerFormat::Keycloak),
            EngineArgument::Auth0 => Target::Server(ServerFormat::Auth0),
            EngineArgument::Okta => Target::Server(ServerFormat::Okta),
            EngineArgument::Entra => Target::Server(ServerFormat::Entra),
            EngineArgument::Terraform => Target::Server(ServerFormat::Terraform(match self.provider {
                Some(ProviderArgument::Auth0) => TerraformProvider::Auth0,
                Some(ProviderArgument::Okta) => TerraformProvider::Okta,
                Some(ProviderArgument::Keycloak) => TerraformProvider::Keycloak,
                Some(ProviderArgument::Cognito) => TerraformProvider::Cognito,
                None => {
                    return Err(Error::new(ErrorKind::Usage, "the provider of Terraform is not named")
                        .hint("use `--provider auth0`, `okta`, `keycloak` or `cognito`"));
                }
            })),
        };
        let of_engines = [
            ("--keys", self.keys.is_some()),
            ("--upstream", self.upstream.is_some()),
            ("--claim", !self.claims.is_empty()),
            ("--deny", !self.deny.is_empty()),
            ("--selector", self.selector.is_some()),
        ];
        let unfit = match &target {
            Target::Server(_) => of_engines.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name),
            Target::Engine(_) => None,
        };
        let unfit = unfit.or_else(|| {
            let is_terraform = matches!(target, Target::Server(ServerFormat::Terraform(_)));
            (self.provider.is_some() && !is_terraform).then_some("--provider")
        });
        match unfit {
            Some(name) => {
                let format = target.name();
                Err(Error::new(ErrorKind::Usage, format!("`{name}` does not apply to an export for {format}")))
            }
            None => Ok(target),
        }
    }
}

impl Target {
    fn name(&self) -> &'static str {
        match self {
            Self::Engine(engine) => engine.as_str(),
            Self::Server(format) => format.as_str(),
        }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let path = require(named)?;
    let context = context(Some(&path), streams)?;
    let target = arguments.target()?;
    let api = arguments.api.as_deref();
    let text = match target {
        Target::Engine(engine) => export_configuration(&context, &path, engine, api, &options(arguments, &path)?),
        Target::Server(format) => export_server_configuration(&context, &path, format, api),
    };
    let text = text.map_err(|error| match error {
        ExportError::Failed(error) => error,
        ExportError::Unsupported(problem) => {
            let name = target.name();
            explain(&problem, streams);
            Error::new(ErrorKind::Usage, format!("the manifest can't be exported to {name}; nothing was written"))
        }
    })?;
    let shown = |path: &Path| visible(&path.display().to_string()).into_owned();
    match (&arguments.check, &arguments.output) {
        (Some(file), _) if is_current(file, &text)? => streams.say(format_args!("{} is up to date", shown(file))),
        (Some(file), _) => {
            streams.say(format_args!("{} differs from the export of {}", shown(file), shown(&path)));
            return Ok(Some(ErrorKind::Findings));
        }
        (None, Some(file)) => {
            write_configuration(file, &text)?;
            streams.say(format_args!("wrote {}", shown(file)));
        }
        (None, None) => streams.raw(text.as_bytes()),
    }
    Ok(None)
}

fn options(arguments: &Arguments, manifest: &Path) -> Result<ExportOptions, Error> {
    let url = |text: &str| {
        readable_url(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
            .ok_or_else(|| Error::new(ErrorKind::Usage, format!("`{text}` is not a valid http or https URL")))
    };
    let keys = arguments.keys.as_deref().map(|text| match text.contains("://") {
        true => url(text).map(Keys::Url),
        false => Ok(Keys::File(text.to_owned())),
    });
    let name = manifest.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(ExportOptions {
        manifest: name.unwrap_or_default(),
        keys: keys.transpose()?,
        algorithm: arguments.alg.clone(),
        listen: arguments.listen.clone(),
        upstream: arguments.upstream.as_deref().map(url).transpose()?,
        claims: arguments.claims.clone(),
        denied: arguments.deny.iter().cloned().collect(),
        without_policy: arguments.without_policy,
        selector: arguments.selector.clone(),
    })
}
