//! Command line: one file per subcommand. Data is printed to stdout, everything else to stderr.

mod access;
mod approve;
mod arguments;
mod audit;
mod blocks;
mod browse;
mod call;
mod check;
mod complete;
mod completions;
mod decode;
mod demo;
mod diagnosis;
mod discover;
mod exec;
mod explain;
mod gateway;
mod help;
mod init;
mod interaction;
mod login;
mod man;
mod manifest;
mod mcp;
mod obtain;
mod open;
mod pointers;
mod policy;
mod print;
mod probe;
mod questions;
mod review;
mod sarif;
mod scopes;
mod screen;
mod sign;
mod token;
mod tokens;
mod trust;
mod why;
mod wrap;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgAction, CommandFactory as _, Parser, Subcommand};

use self::arguments::GivenToken;
use self::arguments::variable;
use self::print::Streams;
use crate::app::gateway::GatewayOptions;
use crate::app::{Context, Error, ErrorKind};
use crate::files::read_file;
use crate::secret::{Secret, masked_tokens};
use crate::text::visible_lines;

pub use self::completions::{SHELLS, Shell, completions};
pub use self::man::{ManPage, man_pages};
pub use self::screen::Opened;

/// Action for `main` after argument parsing.
#[derive(Debug)]
pub enum Outcome {
    /// Exit with this code.
    Exit(u8),
    /// Open the terminal UI.
    Screen(ScreenRequest),
    /// Start a gateway, or control one. The front ends are independent, so `main` does it.
    Gateway(Box<GatewayAction>),
}

/// What to do with a gateway.
#[derive(Debug)]
pub enum GatewayAction {
    /// Run a program with it.
    Run {
        /// Its context and options.
        start: GatewayStart,
        /// Program and its arguments.
        command: Vec<OsString>,
    },
    /// Keep it running.
    Serve {
        /// Its context and options.
        start: GatewayStart,
        /// File of the manifest.
        manifest: PathBuf,
        /// Addresses to listen on, each for an API, or for the only one.
        listen: Vec<(Option<String>, SocketAddr)>,
        /// Directory for a Unix socket of each API.
        sockets: Option<PathBuf>,
        /// Name.
        name: String,
    },
    /// Run a small program with it, on the servers of the demo.
    Demonstrate,
    /// Send a command to a running one.
    Control {
        /// Name.
        name: String,
        /// Command.
        command: GatewayControl,
    },
}

/// A command for a running gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayControl {
    /// Describe it.
    Status,
    /// Print the variables for callers.
    Env,
    /// Read the manifest again.
    Reload,
    /// Stop it.
    Stop,
}

/// Context and options of a gateway.
#[derive(Debug)]
pub struct GatewayStart {
    /// Manifest with its vault.
    pub context: Context,
    /// Options of the gateway.
    pub options: GatewayOptions,
    /// Origins whose web pages may call.
    pub origins: Vec<String>,
    /// Time limit between two frames of a body.
    pub idle: Duration,
}

/// Options of the terminal UI.
#[derive(Clone, Debug, Default)]
pub struct ScreenRequest {
    /// Manifest file; `None` means the nearest one.
    pub manifest: Option<PathBuf>,
    /// Whether to run the demo instead of opening a manifest.
    pub demo: bool,
    /// Token to show first.
    token: GivenToken,
    /// Theme name; `None` means the default.
    pub theme: Option<String>,
    /// Whether to draw borders and marks in ASCII.
    pub ascii: bool,
    /// Keys to feed first.
    pub keys: String,
    /// Whether output is styled.
    colors: print::Colors,
    /// Columns and rows of a frame to print before exiting.
    pub print: Option<(u16, u16)>,
}

/// Obtain, read and compare OAuth tokens, scope by scope
///
/// Without a command, opens the terminal UI on the nearest `tokscope.toml`. Paste a token anywhere to read it.
#[derive(Debug, Parser)]
#[command(name = "tokscope", version, max_term_width = 100, disable_help_flag = true, disable_version_flag = true)]
#[command(after_help = EXIT_CODES)]
struct Arguments {
    #[command(flatten)]
    screen: screen::Arguments,
    #[command(flatten)]
    global: GlobalArguments,
    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = GLOBAL)]
    version: Option<bool>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Heading of the global options.
const GLOBAL: &str = "Global options";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = GLOBAL)]
#[group(skip)]
struct GlobalArguments {
    /// Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    #[arg(long, global = true, value_name = "FILE", env = variable("TOKSCOPE_MANIFEST"))]
    manifest: Option<PathBuf>,
    /// Additional CA certificates to trust, in PEM
    #[arg(long, global = true, value_name = "FILE", env = variable("TOKSCOPE_CA_FILE"))]
    ca_file: Option<PathBuf>,
    /// Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always
    /// or never
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: print::Colors,
    /// Print help; `-h` prints a summary
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
}

// a subcommand is built on demand: building all of them takes longer than decoding a token
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Decode a token, and optionally verify it
    Decode(decode::Arguments),
    /// Explain a finding, claim, header, algorithm, token type or error
    Explain(explain::Arguments),
    /// Explain a failed call from curl output, a HAR file or a log
    Why(why::Arguments),
    /// Find the least privileged scopes for a set of endpoints
    Scopes(scopes::Arguments),
    /// Compare a token's scopes with those an endpoint requires
    Check(check::Arguments),
    /// Create, check, compare and export the manifest
    Manifest(manifest::Arguments),
    /// Explain what the policy of the manifest decides
    Policy(policy::Arguments),
    /// Discover an API's authorization server and its capabilities
    ///
    /// Follows the challenge, the protected resource metadata and the authorization server metadata, reports what is
    /// missing or contradictory, and prints manifest entries to start from. No credentials are sent.
    Discover(discover::Arguments),
    /// Set up a manifest: for an API, an issuer or a provider
    ///
    /// Reads what the API and its authorization server publish, or an API description, and asks for the rest. Writes
    /// `tokscope.toml` in the working directory, or the file named with --manifest, offers to trust it, and to sign in.
    /// Without a terminal nothing is asked: what is not known is left out, and the next steps are printed.
    Init(init::Arguments),
    /// Obtain a token with exactly the scopes the endpoints need
    Login(login::Arguments),
    /// Print a valid token for the endpoints, stored or new
    Token(token::Arguments),
    /// Run a command with a valid token in its environment
    Exec(exec::Arguments),
    /// Manage stored tokens: list, show, refresh, revoke, forget, review
    Tokens(tokens::Arguments),
    /// Trust the issuers and origins that a manifest names
    Trust(trust::Arguments),
    /// Approve requests of others, and request approvals
    Approve(approve::Arguments),
    /// Call an endpoint, and name the missing scope if it fails
    Call(call::Arguments),
    /// Let a program call APIs without ever holding a token
    Gateway(gateway::Arguments),
    /// Test what a token can access, and what the API enforces
    Probe(probe::Arguments),
    /// Read, verify, sign and export the audit log
    Audit(audit::Arguments),
    /// Run a guided demo on a local authorization server and API
    ///
    /// Opens the terminal UI, or prints the demo as text if stdout is not a terminal. Nothing leaves this machine, and
    /// nothing is written to disk.
    Demo(demo::Arguments),
    /// Make a test token, for tests of an API
    ///
    /// The token is signed with a generated or given key, and marked as a test token.
    Sign(sign::Arguments),
    /// Serve read-only tools to coding agents, over stdio (MCP)
    Mcp(mcp::Arguments),
    /// Print shell completions
    Completions(completions::Arguments),
    /// Print a manual page
    Man(man::Arguments),
    /// Open a URL in the browser, without secrets in its environment
    #[command(hide = true)]
    Browse(browse::Arguments),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; allowed
  1  failed: input or output, network, or an unforeseen error
  2  usage: arguments or manifest are wrong, or a confirmation is missing
  3  not allowed: a scope is missing
  4  the token is unusable: malformed, expired, not verified, or of the wrong audience or kind
  5  the authorization server refused, or a login is needed but prompting is disabled
  6  findings at or above --fail-on
  7  the policy denies, or an approval is needed: nothing was done
  8  the audit log can't be written or does not verify: nothing was done";

/// Returns the clap command, for completions and manual pages.
pub(crate) fn command() -> clap::Command {
    Arguments::command()
}

/// Parses the arguments and runs the command.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let mut streams = Streams::of_the_process();
    let words: Vec<OsString> = arguments.into_iter().collect();
    match complete::answer(&words) {
        Ok(false) => {}
        Ok(true) => return Outcome::Exit(0),
        Err(error) => return Outcome::Exit(explain_usage(&error, &words, &mut streams)),
    }
    streams.set_colors(print::Colors::of(&words));
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) => return Outcome::Exit(explain_usage(&error, &words, &mut streams)),
    };
    if let Some(path) = &arguments.global.ca_file
        && let Err(error) = trust_authorities(path)
    {
        streams.error(&error);
        return Outcome::Exit(error.kind.exit_code());
    }
    let Some(command) = arguments.command else {
        return Outcome::Screen(arguments.screen.request(arguments.global.manifest, arguments.global.color, false));
    };
    let manifest = arguments.global.manifest.as_deref();
    let ended = match &command {
        Command::Demo(demo) => {
            let screen = demo.screen.or(&arguments.screen);
            if screen.prints() || demo.wants_screen() {
                return Outcome::Screen(screen.request(None, arguments.global.color, true));
            }
            if demo.gateway {
                streams.finish();
                return Outcome::Gateway(Box::new(GatewayAction::Demonstrate));
            }
            demo::run(demo, &mut streams)
        }
        Command::Decode(arguments) => decode::run(arguments, &mut streams),
        Command::Check(arguments) => check::run(arguments, manifest, &mut streams),
        Command::Scopes(arguments) => scopes::run(arguments, manifest, &mut streams),
        Command::Init(arguments) => init::run(arguments, manifest, &mut streams),
        Command::Login(arguments) => login::run(arguments, manifest, &mut streams),
        Command::Token(arguments) => token::run(arguments, manifest, &mut streams),
        Command::Exec(arguments) => exec::run(arguments, manifest, &mut streams),
        Command::Tokens(arguments) => tokens::run(arguments, manifest, &mut streams),
        Command::Trust(arguments) => trust::run(arguments, manifest, &mut streams),
        Command::Approve(arguments) => approve::run(arguments, manifest, &mut streams),
        Command::Call(arguments) => call::run(arguments, manifest, &mut streams),
        Command::Discover(arguments) => discover::run(arguments, &mut streams),
        Command::Probe(arguments) => probe::run(arguments, manifest, &mut streams),
        Command::Gateway(arguments) => match gateway::run(arguments, manifest, &mut streams) {
            Ok(gateway::Next::Act(action)) => {
                streams.finish();
                return Outcome::Gateway(action);
            }
            Ok(gateway::Next::Done(code)) => Ok(code),
            Err(error) => Err(error),
        },
        Command::Audit(arguments) => audit::run(arguments, &mut streams),
        Command::Why(arguments) => why::run(arguments, manifest, &mut streams),
        Command::Explain(arguments) => explain::run(arguments, &mut streams),
        Command::Policy(arguments) => policy::run(arguments, manifest, &mut streams),
        Command::Manifest(arguments) => manifest::run(arguments, manifest, &mut streams),
        Command::Browse(arguments) => browse::run(arguments),
        Command::Mcp(arguments) => mcp::run(arguments, manifest, &mut streams),
        Command::Sign(arguments) => sign::run(arguments, &mut streams),
        Command::Completions(arguments) => completions::run(arguments, &mut streams),
        Command::Man(arguments) => man::run(arguments, &mut streams),
    };
    let code = match ended {
        Ok(None) => 0,
        Ok(Some(kind)) => kind.exit_code(),
        Err(error) => {
            streams.error(&error);
            error.kind.exit_code()
        }
    };
    Outcome::Exit(if streams.finish() { code } else { ErrorKind::Failed.exit_code() })
}

/// Maximum size of a CA file in bytes; a complete system bundle has about 300 KB.
const MOST_CERTIFICATES: u64 = 16 << 20;

/// Makes every connection also trust the CA certificates in a file.
fn trust_authorities(path: &Path) -> Result<(), Error> {
    let wrong = |reason: String| {
        Error::new(ErrorKind::Usage, format!("the certificates in `{}` are not usable: {reason}", path.display()))
    };
    let mut pem = read_file(path, MOST_CERTIFICATES).map_err(|error| Error::unreadable(path.display(), &error))?;
    crate::net::trust(std::mem::take(&mut *pem)).map_err(|error| wrong(error.to_string()))
}

/// Prints help and version to stdout, and errors to stderr. Clap repeats an unexpected argument, which may be a
/// token (masked) or contain escape sequences (made visible).
fn explain_usage(error: &clap::Error, words: &[OsString], streams: &mut Streams) -> u8 {
    if !error.use_stderr() {
        let rendered = error.render();
        if error.kind() == clap::error::ErrorKind::DisplayHelp {
            let long = !words.iter().any(|word| word == "-h");
            streams.styled(&help::render(command(), &rendered.to_string(), long));
        } else {
            streams.styled(&rendered);
        }
        return if streams.finish() { 0 } else { ErrorKind::Failed.exit_code() };
    }
    let said = words
        .iter()
        .filter_map(|word| word.to_str())
        .filter(|word| looks_secret(word))
        .fold(error.render().to_string(), |said, word| said.replace(word, &Secret::new(word).masked()));
    match pointers::pointer(error, words) {
        // clap's own tip is a similar word, such as `login` for `logout`
        Some(hint) => {
            streams.say(visible_lines(&masked_tokens(said.lines().next().unwrap_or_default())));
            streams.say(format_args!("  hint: {hint}"));
        }
        None => streams.say(visible_lines(&masked_tokens(said.trim_end()))),
    }
    ErrorKind::Usage.exit_code()
}

/// Whether a word could be a token: long, with only token characters (RFC 6750 §2.1), which excludes paths.
fn looks_secret(word: &str) -> bool {
    word.len() >= 24
        && !word.starts_with("--")
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+=".contains(&byte))
}

/// Starts the async runtime, which only commands that use the network have.
fn wait_for<T>(future: impl Future<Output = Result<T, crate::app::Error>>) -> Result<T, crate::app::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        crate::app::Error::new(ErrorKind::Failed, format!("can't start the async runtime: {error}"))
    })?;
    crate::app::defer_signals();
    let done = runtime.block_on(future);
    // an abandoned name lookup must not delay the exit
    runtime.shutdown_background();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subcommands are built on demand, so their descriptions have to be set before.
    #[test]
    fn descriptions_are_the_same_before_and_after_building() {
        let mut built = command();
        built.build();
        for early in command().get_subcommands() {
            let late = built.find_subcommand(early.get_name()).and_then(clap::Command::get_about);
            assert_eq!(late.map(ToString::to_string), early.get_about().map(ToString::to_string));
        }
    }

    #[test]
    fn the_command_list_has_a_summary_for_each() {
        let silent: Vec<String> = command()
            .get_subcommands()
            .filter(|command| command.get_about().is_none())
            .map(|command| command.get_name().to_owned())
            .collect();
        assert_eq!(silent, Vec::<String>::new());
    }

    fn examples(command: &clap::Command, found: &mut Vec<String>) {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in text.lines() {
            // the whole line, or the content of `$(…)` or `<(…)`
            let inside = line
                .split_once("$(")
                .or_else(|| line.split_once("<("))
                .and_then(|(_, rest)| rest.split_once(')'))
                .map(|(inside, _)| inside);
            let line = inside.unwrap_or(line);
            found.extend(line.split_once("tokscope ").map(|(_, rest)| format!("tokscope {rest}")));
        }
        command.get_subcommands().for_each(|command| examples(command, found));
    }

    #[test]
    fn examples_in_help_texts_parse() {
        let mut whole = command();
        whole.build();
        let mut found = Vec::new();
        examples(&whole, &mut found);
        assert!(found.len() > 10, "{found:?}");
        for example in found {
            let words = shell_words::split(&example).unwrap_or_else(|error| panic!("`{example}`: {error}"));
            let words = words.iter().take_while(|word| !["|", "<", ">", "#"].contains(&word.as_str()));
            if let Err(error) = Arguments::try_parse_from(words) {
                panic!("`{example}`: {error}");
            }
        }
    }
}
