//! What a command needs that sends something: the vault, the user's consent to the manifest, and whether it may ask.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::open;
use super::print::Streams;
use crate::files::{check_secret, data_folder, keep_from_children, read_secret};
use crate::secret::Secret;
use crate::text::visible;
use crate::vault::{Ask, Keyring, Keys, StoreKind, Vault};
use crate::workspace::{Error, Kind, TrustStore, Workspace};

/// The most bytes of a passphrase's file that are read.
const MOST_BYTES: u64 = 4 << 10;

// The vault, and who may be asked.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Access {
    /// Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory
    /// only [default: as the vault was created, otherwise keyring]
    #[arg(long, value_name = "STORE", env = "TOKSCOPE_STORE", value_parser = ["keyring", "passphrase", "memory"])]
    store: Option<String>,
    /// File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    #[arg(long, value_name = "FILE", env = "TOKSCOPE_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
    /// Trust the manifest's issuers and origins for this run only
    #[arg(long)]
    trust_manifest: bool,
    /// Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    #[arg(long, alias = "no-input")]
    no_interact: bool,
}

impl Access {
    /// What the environment alone says: for the terminal UI.
    pub(super) fn of_the_environment() -> Self {
        let path = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            store: path("TOKSCOPE_STORE").and_then(|store| store.into_string().ok()),
            passphrase_file: path("TOKSCOPE_PASSPHRASE_FILE").map(PathBuf::from),
            ..Self::default()
        }
    }

    /// Whether a person may have to do something, such as to sign in.
    pub(super) fn may_interact(&self) -> bool {
        !self.no_interact && !std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
    }

    /// Whether a question can be asked here and now.
    pub(super) fn can_ask(&self) -> bool {
        self.may_interact() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether the user said where tokens are to be kept.
    pub(super) fn names_a_store(&self) -> bool {
        self.store.is_some()
    }

    /// The workspace on the manifest, accepted by the user, with the vault.
    pub(super) fn workspace(&self, manifest: Option<&Path>, streams: &mut Streams) -> Result<Workspace, Error> {
        let path = open::require(manifest)?;
        let workspace = self.consent(open::read(&path, streams)?, &path, streams)?;
        Ok(launching(workspace).with_vault(self.vault()?))
    }

    /// Asks for what was not accepted yet, where somebody can be asked.
    pub(super) fn consent(&self, workspace: Workspace, path: &Path, streams: &mut Streams) -> Result<Workspace, Error> {
        if self.trust_manifest {
            return Ok(workspace.trusting());
        }
        if workspace.is_trusted()? {
            return Ok(workspace);
        }
        if !self.can_ask() {
            return workspace.demand_trust().map(|()| workspace);
        }
        let destinations = workspace.destinations()?;
        streams.say("this manifest was not accepted yet. It makes tokscope send tokens and logins to:");
        for line in &destinations.lines {
            streams.say(format_args!("  {}", visible(line)));
        }
        if !confirm("accept these, now and later? [y/N] ", streams)? {
            return Err(Error::new(Kind::Refused, "the manifest was not accepted"));
        }
        TrustStore::of_the_user()?.accept(&destinations, &path.to_string_lossy(), jiff::Timestamp::now())?;
        Ok(workspace)
    }

    /// The vault: the store that was named, else what the vault was made with, else the keyring.
    pub(super) fn vault(&self) -> Result<Vault, Error> {
        let named = match self.store.as_deref() {
            None => None,
            Some(name) => Some(StoreKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
                Error::new(Kind::Usage, format!("`{name}` is no store"))
                    .hint("known are keyring, passphrase and memory")
            })?),
        };
        // also where it is not read
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
                Keys::Passphrase(Arc::new(move |ask| passphrase(file.as_deref(), can_ask, ask)))
            }
            StoreKind::Keyring | StoreKind::Memory => Keys::Keyring(Keyring::of_the_system()),
        };
        Ok(Vault::in_folder(&folder, keys))
    }

    /// Asks before something is done that matters; without anybody to ask it needs `yes`. `what`: a sentence that says
    /// what comes of it.
    pub(super) fn confirmed(&self, yes: bool, what: &str, streams: &mut Streams) -> Result<(), Error> {
        if yes {
            return Ok(());
        }
        if !self.can_ask() {
            return Err(
                Error::new(Kind::Usage, format!("{what}, and nobody can be asked here")).hint("say so by `--yes`")
            );
        }
        match confirm(&format!("{}. Go on? [y/N] ", visible(what)), streams)? {
            true => Ok(()),
            false => Err(Error::new(Kind::Failed, "nothing was done")),
        }
    }
}

/// The workspace that starts its browser from this program, where that can be found.
pub(super) fn launching(workspace: Workspace) -> Workspace {
    match std::env::current_exe() {
        Ok(program) => workspace.with_launcher(program),
        Err(_) => workspace,
    }
}

/// Asks a question of a person at the terminal. Anything but yes is no.
pub(super) fn confirm(question: &str, streams: &mut Streams) -> Result<bool, Error> {
    streams.ask(question);
    let mut answer = String::new();
    let read = io::stdin().lock().take(100).read_line(&mut answer);
    read.map_err(|error| Error::unreadable("standard input", &error))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The vault's passphrase: the first line of a file, or typed without being shown; a new one twice.
fn passphrase(file: Option<&Path>, can_ask: bool, ask: Ask) -> Result<Secret, String> {
    if let Some(path) = file {
        let bytes = read_secret(path, MOST_BYTES).map_err(|error| error.to_string())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| format!("`{}` is not UTF-8 text", path.display()))?;
        return match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(Secret::new(line)),
            _ => Err(format!("`{}` has none in its first line", path.display())),
        };
    }
    if !can_ask {
        return Err("nobody can be asked here".to_owned());
    }
    let typed = |prompt: &str| {
        rpassword::prompt_password(prompt)
            .map(Secret::new)
            .map_err(|error| format!("the terminal can't be read: {error}"))
    };
    match ask {
        Ask::Open => typed("passphrase of the vault: "),
        Ask::Choose => {
            let first = typed("new passphrase of the vault: ")?;
            if typed("the same again: ")?.expose() != first.expose() {
                return Err("the two are not the same".to_owned());
            }
            Ok(first)
        }
    }
}
