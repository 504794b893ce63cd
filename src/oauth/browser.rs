//! Opens safe URLs in the user's browser.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use thiserror::Error;
use url::Url;

/// Reason why the browser was not opened.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BrowserError {
    /// The URL is not safe to open.
    #[error("the URL is not safe to open: {0}")]
    Refused(String),
    /// No browser was found, or it failed to start.
    #[error("no browser could be opened")]
    Unavailable,
}

/// Checks that a URL is safe to open: `https` (or `http` on a loopback address), no user information, no control
/// characters.
///
/// # Errors
/// See [`BrowserError::Refused`].
pub fn is_openable(url: &Url) -> Result<(), BrowserError> {
    crate::net::is_permitted(url).map_err(BrowserError::Refused)?;
    if url.as_str().chars().any(|character| character.is_control() || character.is_whitespace()) {
        return Err(BrowserError::Refused("it has control characters".to_owned()));
    }
    Ok(())
}

/// Browsers that run in the terminal.
const TEXT_BROWSERS: &[&str] = &["lynx", "links", "links2", "elinks", "w3m", "browsh", "chawan", "cha", "carbonyl"];

/// Whether one of the colon-separated commands in `BROWSER` runs in the terminal.
#[must_use]
pub fn is_text_browser(commands: &str) -> bool {
    commands.split(':').any(|command| {
        let program = command.split_ascii_whitespace().next().and_then(|program| Path::new(program).file_stem());
        program.is_some_and(|program| TEXT_BROWSERS.iter().any(|known| program == *known))
    })
}

/// How long to wait for a launcher to report a failure.
const PATIENCE: Duration = Duration::from_millis(500);

/// Opens the browser on a separate thread, without waiting for it: a text browser stays in the foreground until the
/// user quits, and the listener has to serve it meanwhile. The output of a graphical browser does not reach our
/// streams.
///
/// # Errors
/// See [`BrowserError`].
pub fn open(url: &Url) -> Result<(), BrowserError> {
    is_openable(url)?;
    let mut options = webbrowser::BrowserOptions::new();
    options.with_suppress_output(true);
    let (sender, opened) = mpsc::channel();
    let url = url.to_string();
    let open = move || {
        // the receiver is gone if this took longer than `PATIENCE`
        let _ = sender.send(webbrowser::open_browser_with_options(webbrowser::Browser::Default, &url, &options));
    };
    std::thread::Builder::new().name("browser".to_owned()).spawn(open).map_err(|_| BrowserError::Unavailable)?;
    match opened.recv_timeout(PATIENCE) {
        Ok(Ok(())) | Err(mpsc::RecvTimeoutError::Timeout) => Ok(()),
        Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(BrowserError::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_browsers_are_recognized() {
        for (commands, text) in [
            ("w3m", true),
            ("/usr/bin/lynx -accept_all_cookies", true),
            ("firefox:links", true),
            ("firefox", false),
            ("/opt/w3m/firefox", false),
            ("", false),
        ] {
            assert_eq!(is_text_browser(commands), text, "{commands}");
        }
    }
}
