//! Terminal implementation of the interaction of an acquisition: output, prompts and pasted input.

use std::io::{self, BufRead as _, IsTerminal as _};

use tokio::sync::oneshot;

use super::access::confirm;
use super::print::Streams;
use crate::app::{Error, ErrorKind, ExcessQuestion, Interaction, Notice, PendingGrant, Qr};
use crate::secret::Secret;
use crate::text::{destination, host_remark, visible};

/// Interaction on stderr and, if prompts are possible, stdin.
pub(super) struct Terminal<'s> {
    pub(super) streams: &'s mut Streams,
    /// Whether prompts are possible.
    pub(super) can_ask: bool,
    /// Whether the redirect is pasted.
    pub(super) pastes: bool,
    /// A line that is being read.
    pub(super) line: Option<oneshot::Receiver<Option<Secret>>>,
}

impl Terminal<'_> {
    fn show_browser(&mut self, pending: &PendingGrant, url: &str) {
        self.streams.say(format_args!("sign in at: {}", visible(url)));
        if let Some(remark) = host_remark(url) {
            self.streams.say(format_args!("note: the host {}", visible(&remark)));
        }
        if let Some(Err(reason)) = &pending.browser {
            self.streams.say(format_args!("could not open a browser: {}", visible(reason)));
        }
        self.streams.say(match self.pastes && pending.can_paste() {
            true => "then paste the URL that the browser shows, even if the page can't be reached:",
            false => "waiting for the browser (Ctrl-C cancels)",
        });
    }
}

impl Interaction for Terminal<'_> {
    fn show_sign_in(&mut self, pending: &PendingGrant) {
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
        self.streams.say(format_args!("waiting for up to {minutes} min (Ctrl-C cancels)"));
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        for line in notice.to_string().lines() {
            self.streams.say(visible(line));
        }
        if matches!(notice, Notice::Advice(_)) {
            self.streams.say("still waiting (Ctrl-C cancels)");
        }
        let Notice::Granted(obtained) = notice else { return };
        if !obtained.short.is_empty() {
            self.streams.say(format_args!("requested but not granted: {}", obtained.short));
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
        let nothing = || Error::new(ErrorKind::Refused, "nothing was pasted: end of stdin");
        let line = match &mut self.line {
            Some(line) => line,
            None => self.line.insert(read_line().ok_or_else(nothing)?),
        };
        let read = line.await;
        self.line = None;
        read.ok().flatten().ok_or_else(nothing)
    }
}

/// Reads a line of stdin on a separate thread, so that nothing waits for it if the redirect arrives first.
fn read_line() -> Option<oneshot::Receiver<Option<Secret>>> {
    let (sender, line) = oneshot::channel();
    let read = move || {
        let mut line = zeroize::Zeroizing::new(String::new());
        let count = io::stdin().lock().read_line(&mut line);
        let _ = sender.send(count.ok().filter(|count| *count > 0).map(|_| Secret::new(line.as_str())));
    };
    std::thread::Builder::new().name("paste".to_owned()).spawn(read).ok()?;
    Some(line)
}
