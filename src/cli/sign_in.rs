//! The part of a grant that a person has: the address or the code is shown, and what comes back is waited for.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use tokio::sync::oneshot;

use super::print::Streams;
use crate::manifest::GrantType;
use crate::secret::Secret;
use crate::text::{destination, host_remark, visible};
use crate::workspace::{BrowserUse, Error, HeldToken, Kind, Obtained, Obtaining, Qr, Start};

// How a person signs in, and what is exchanged. (A doc comment would become the text of the command's help.)
#[derive(Debug, clap::Args)]
pub(super) struct SignIn {
    /// Print the sign-in URL instead of opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    #[arg(long)]
    paste: bool,
    /// Authentication context that the API requires: `acr_values` (RFC 9470)
    #[arg(long, value_name = "VALUES")]
    acr_values: Option<String>,
    /// Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,
    /// Subject token for a token exchange: a file, or `-` for stdin
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
}

impl SignIn {
    /// How the grant is started.
    pub(super) fn start(&self, grant: GrantType) -> Result<Start, Error> {
        let browser = match (self.no_browser || self.paste, grant) {
            (false, GrantType::AuthorizationCode) => BrowserUse::Open,
            _ => BrowserUse::Show,
        };
        let subject = self.subject.as_ref().map(|path| -> Result<Secret, Error> {
            let text = match path.to_str() {
                Some("-") => super::arguments::read_input(true)?,
                _ => super::arguments::read_token_file(path)?,
            };
            Ok(HeldToken::read(&text, jiff::Timestamp::now())?.secret)
        });
        Ok(Start {
            paste: self.paste,
            subject: subject.transpose()?,
            acr_values: self.acr_values.clone(),
            max_age: self.max_age,
            ..Start::new(grant, browser)
        })
    }

    /// Shows what the person needs, and waits.
    pub(super) async fn finish(&self, obtaining: Obtaining, streams: &mut Streams) -> Result<Obtained, Error> {
        for notice in &obtaining.notices {
            streams.say(visible(notice));
        }
        if let Some(code) = &obtaining.device {
            streams.say(format_args!(
                "enter the code {} at {}",
                visible(&code.user_code),
                visible(&destination(code.verification_uri.as_str()))
            ));
            let whole = code.verification_uri_complete.as_ref();
            if let Some(qr) = whole.filter(|_| io::stderr().is_terminal()).and_then(|url| Qr::of(url.as_str())) {
                qr.lines().iter().for_each(|line| streams.say(line));
            }
            if let Some(url) = whole {
                streams.say(format_args!("or open {}", visible(&destination(url.as_str()))));
            }
            streams
                .say(format_args!("waiting, {} min at most; Ctrl-C cancels", code.expires_in.as_secs().div_ceil(60)));
        } else if let Some(url) = &obtaining.url {
            streams.say(format_args!("sign in at: {}", visible(url.as_str())));
            if let Some(remark) = host_remark(url.as_str()) {
                streams.say(format_args!("its host {}", visible(&remark)));
            }
            if let Some(Err(reason)) = &obtaining.browser {
                streams.say(format_args!("no browser was opened: {}", visible(reason)));
            }
            if self.paste && obtaining.can_paste() {
                streams.say(
                    "then paste the address that the browser shows, even where it says that the page can't be reached:",
                );
                return obtaining.finish_pasted(read_line()).await;
            }
            streams.say("waiting for the browser to come back; Ctrl-C cancels");
        }
        obtaining.finish().await
    }
}

/// One line of standard input, read on a thread of its own: nothing waits for it when the redirect comes first.
async fn read_line() -> Result<Secret, Error> {
    let (sender, line) = oneshot::channel();
    let read = move || {
        let mut line = zeroize::Zeroizing::new(String::new());
        let count = io::stdin().lock().read_line(&mut line);
        let _ = sender.send(count.ok().filter(|count| *count > 0).map(|_| Secret::new(line.as_str())));
    };
    let nothing = || Error::new(Kind::Refused, "nothing was pasted: standard input ended");
    std::thread::Builder::new().name("paste".to_owned()).spawn(read).map_err(|_| nothing())?;
    line.await.ok().flatten().ok_or_else(nothing)
}
