//! The terminal as the person's side of an acquisition: shows, asks, and reads what is pasted.

use std::io::{self, BufRead as _, IsTerminal as _};

use tokio::sync::oneshot;

use super::access::confirm;
use super::print::Streams;
use crate::secret::Secret;
use crate::text::{destination, host_remark, visible};
use crate::workspace::{Error, ExcessQuestion, Interaction, Kind, Notice, Obtaining, Qr};

/// Standard error and, where a person may be asked, standard input.
pub(super) struct Terminal<'s> {
    pub(super) streams: &'s mut Streams,
    /// Whether a question can be asked.
    pub(super) can_ask: bool,
    /// Whether the redirect is pasted.
    pub(super) pastes: bool,
}

impl Terminal<'_> {
    fn show_browser(&mut self, pending: &Obtaining, url: &str) {
        self.streams.say(format_args!("sign in at: {}", visible(url)));
        if let Some(remark) = host_remark(url) {
            self.streams.say(format_args!("its host {}", visible(&remark)));
        }
        if let Some(Err(reason)) = &pending.browser {
            self.streams.say(format_args!("no browser was opened: {}", visible(reason)));
        }
        self.streams.say(match self.pastes && pending.can_paste() {
            true => "then paste the address that the browser shows, even where it says that the page can't be reached:",
            false => "waiting for the browser to come back; Ctrl-C cancels",
        });
    }
}

impl Interaction for Terminal<'_> {
    fn show_sign_in(&mut self, pending: &Obtaining) {
        for notice in &pending.notices {
            self.streams.say(visible(notice));
        }
        let Some(code) = &pending.device else {
            if let Some(url) = &pending.url {
                self.show_browser(pending, url.as_str());
            }
            return;
        };
        let place = destination(code.verification_uri.as_str());
        let (user_code, place) = (visible(&code.user_code), visible(&place));
        self.streams.say(format_args!("enter the code {user_code} at {place}"));
        let whole = code.verification_uri_complete.as_ref();
        if let Some(qr) = whole.filter(|_| io::stderr().is_terminal()).and_then(|url| Qr::of(url.as_str())) {
            qr.lines().iter().for_each(|line| self.streams.say(line));
        }
        if let Some(url) = whole {
            self.streams.say(format_args!("or open {}", visible(&destination(url.as_str()))));
        }
        let minutes = code.expires_in.as_secs().div_ceil(60);
        self.streams.say(format_args!("waiting, {minutes} min at most; Ctrl-C cancels"));
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        self.streams.say(visible(&notice.to_string()));
        let Notice::Granted(obtained) = notice else { return };
        if !obtained.short.is_empty() {
            self.streams.say(format_args!("requested and not granted: {}", obtained.short));
        }
        for finding in &obtained.findings {
            self.streams.finding(finding);
        }
    }

    async fn confirm_excess(&mut self, question: &ExcessQuestion) -> Result<bool, Error> {
        if !self.can_ask {
            return Ok(false);
        }
        self.streams.say(visible(&question.message()));
        confirm("keep the token? [y/N] ", self.streams)
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        if !self.pastes {
            return std::future::pending().await;
        }
        read_line().await
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
