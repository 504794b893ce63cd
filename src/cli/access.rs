//! Options and prompts of commands that send requests: the vault, trust in the manifest, confirmations.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::variable;
use super::open;
use super::print::Streams;
use super::wait_for;
use crate::app::{Context, Error, ErrorKind, LoadedToken, TokenStore, TrustStore, restoring_terminal};
use crate::files::{check_secret, data_folder, keep_from_children, read_secret};
use crate::secret::Secret;
use crate::text::visible;
use crate::vault::{Ask, Keyring, Keys, StoreKind, Vault};

/// Maximum size of a passphrase file, in bytes.
const MOST_BYTES: u64 = 4 << 10;

// Options for the vault and for prompts.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Access {
    /// Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory
    /// only [default: as the vault was created, otherwise keyring]
    #[arg(long, value_name = "STORE", env = variable("TOKSCOPE_STORE"), value_parser = ["keyring", "passphrase", "memory"])]
    store: Option<String>,
    /// File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    #[arg(long, value_name = "FILE", env = variable("TOKSCOPE_PASSPHRASE_FILE"))]
    passphrase_file: Option<PathBuf>,
    /// Trust the manifest's issuers and origins for this run only
    #[arg(long)]
    trust_manifest: bool,
    /// Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    #[arg(long, alias = "no-input")]
    no_interact: bool,
}

impl Access {
    /// Returns the options set by the environment, for the terminal UI.
    pub(super) fn of_the_environment() -> Self {
        let path = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            store: path("TOKSCOPE_STORE").and_then(|store| store.into_string().ok()),
            passphrase_file: path("TOKSCOPE_PASSPHRASE_FILE").map(PathBuf::from),
            ..Self::default()
        }
    }

    /// Whether the user may be asked to act, such as to sign in.
    pub(super) fn may_interact(&self) -> bool {
        !self.no_interact && !std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
    }

    /// Whether a prompt is possible on this terminal.
    pub(super) fn can_ask(&self) -> bool {
        self.may_interact() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether the user chose a store.
    pub(super) fn names_a_store(&self) -> bool {
        self.store.is_some()
    }

    /// Opens the context on the manifest, trusted by the user, with the vault.
    pub(super) fn context(&self, manifest: Option<&Path>, streams: &mut Streams) -> Result<Context, Error> {
        let path = open::require(manifest)?;
        let context = self.consent(open::read(&path, streams)?, &path, streams)?;
        let context = launching(context).with_vault(self.vault()?);
        Ok(match self.no_interact {
            true => context.with_circumstances(|known| known.interactive = Some(false)),
            false => context,
        })
    }

    /// Asks the user to trust an untrusted manifest, if a prompt is possible.
    pub(super) fn consent(&self, context: Context, path: &Path, streams: &mut Streams) -> Result<Context, Error> {
        if self.trust_manifest {
            return Ok(context.trusting());
        }
        if context.is_trusted()? {
            return Ok(context);
        }
        if !self.can_ask() {
            return Err(context.trust_refused(false)?);
        }
        let destinations = context.destinations()?;
        streams.say("this manifest is not trusted yet. It makes tokscope send tokens and logins to:");
        for line in &destinations.lines {
            streams.say(format_args!("  {}", visible(line)));
        }
        if !confirm("trust these destinations from now on? [y/N] ", streams)? {
            return Err(context.trust_refused(true)?);
        }
        TrustStore::of_the_user()?.accept(&destinations, &path.to_string_lossy(), jiff::Timestamp::now())?;
        Ok(context)
    }

    /// Returns the vault: with the chosen store, otherwise the one that the vault was created with, otherwise the
    /// keyring.
    pub(super) fn vault(&self) -> Result<Vault, Error> {
        self.vault_with(None)
    }

    /// The same, with a front end that asks for the passphrase when it is needed, unless it is in a file.
    pub(super) fn vault_with_prompt(&self, prompt: Keys) -> Result<Vault, Error> {
        self.vault_with(Some(prompt))
    }

    fn vault_with(&self, prompt: Option<Keys>) -> Result<Vault, Error> {
        let named = match self.store.as_deref() {
            None => None,
            Some(name) => Some(StoreKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
                Error::new(ErrorKind::Usage, format!("`{name}` is not a valid store"))
                    .hint("valid stores are keyring, passphrase and memory")
            })?),
        };
        // even if it is not read
        self.passphrase_file.iter().for_each(|path| keep_from_children(path));
        if named == Some(StoreKind::Memory) {
            return Ok(Vault::in_memory());
        }
        let folder = data_folder()?;
        let kind = match named {
            Some(kind) => kind,
            None => Vault::made_with(&folder)?.unwrap_or(StoreKind::Keyring),
        };
        let keys = match kind {
            StoreKind::Passphrase => {
                self.passphrase_file.iter().try_for_each(|path| check_secret(path))?;
                let (file, can_ask) = (self.passphrase_file.clone(), self.can_ask());
                let prompt = prompt.filter(|_| file.is_none());
                prompt
                    .unwrap_or_else(|| Keys::Passphrase(Arc::new(move |ask| passphrase(file.as_deref(), can_ask, ask))))
            }
            StoreKind::Keyring | StoreKind::Memory => Keys::Keyring(Keyring::of_the_system()),
        };
        Ok(Vault::in_folder(&folder, keys))
    }

    /// Adds what the vault knows about a given token, for commands that read and never prompt. Without a vault file the
    /// keyring is not opened.
    pub(super) fn recognized(token: LoadedToken) -> Result<LoadedToken, Error> {
        let environment = Self { no_interact: true, ..Self::of_the_environment() };
        let exists = || data_folder().ok().and_then(|folder| Vault::made_with(&folder).ok().flatten()).is_some();
        if token.granted.is_some() || token.decoded.claims().is_some() || !exists() {
            return Ok(token);
        }
        // the vault helps to read the token, and is not needed
        let Ok(vault) = environment.vault() else { return Ok(token) };
        let context = Context::without_manifest().with_vault(vault);
        wait_for(async { Ok(TokenStore::new(&context).recognize(token).await) })
    }

    /// Asks for confirmation; without a terminal it requires `yes`. `what`: a clause that describes the action
    /// and its consequence.
    pub(super) fn confirmed(&self, yes: bool, what: &str, streams: &mut Streams) -> Result<(), Error> {
        if yes {
            return Ok(());
        }
        if !self.can_ask() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{what}; a confirmation is needed, but no prompt is possible"),
            )
            .hint("confirm with `--yes`"));
        }
        match confirm(&format!("{}. Continue? [y/N] ", visible(what)), streams)? {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Failed, "cancelled")),
        }
    }
}

/// Returns the context, set up to start browsers through this executable.
pub(super) fn launching(context: Context) -> Context {
    match std::env::current_exe() {
        Ok(program) => context.with_launcher(program),
        Err(_) => context,
    }
}

/// Asks a yes-or-no question at the terminal. Anything but yes means no.
pub(super) fn confirm(question: &str, streams: &mut Streams) -> Result<bool, Error> {
    streams.ask(question);
    let mut answer = String::new();
    let read = io::stdin().lock().take(100).read_line(&mut answer);
    read.map_err(|error| Error::unreadable("stdin", &error))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Reads the vault's passphrase: the first line of a file, or typed without echo; a new one is typed twice.
fn passphrase(file: Option<&Path>, can_ask: bool, ask: Ask) -> Result<Secret, String> {
    if let Some(path) = file {
        let bytes = read_secret(path, MOST_BYTES).map_err(|error| error.to_string())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| format!("`{}` is not valid UTF-8", path.display()))?;
        return match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(Secret::new(line)),
            _ => Err(format!("the first line of `{}` is empty", path.display())),
        };
    }
    if !can_ask {
        return Err("no prompt is possible".to_owned());
    }
    let typed = |prompt: &str| {
        // on Ctrl-C the library raises the signal before it restores the terminal
        restoring_terminal(|| rpassword::prompt_password(prompt))
            .map(Secret::new)
            .map_err(|error| format!("the terminal can't be read: {error}"))
    };
    match ask {
        Ask::Open => typed("vault passphrase: "),
        Ask::Choose => {
            let first = typed("new vault passphrase: ")?;
            if typed("repeat the passphrase: ")?.expose() != first.expose() {
                return Err("the passphrases do not match".to_owned());
            }
            Ok(first)
        }
    }
}
