//! Opens the user's browser, for URLs that can do no harm.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use thiserror::Error;
use url::Url;

/// Why the browser was not opened.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BrowserError {
    /// The URL is of a kind that is never opened.
    #[error("the URL is not opened: {0}")]
    Refused(String),
    /// There is no browser, or it did not start.
    #[error("no browser could be opened")]
    Unavailable,
}

/// Whether a URL is fit to be opened: `https` (or `http` on a loopback address), no user information, no control
/// characters.
///
/// # Errors
/// See [`BrowserError::Refused`].
pub fn is_openable(url: &Url) -> Result<(), BrowserError> {
    crate::net::is_permitted(url).map_err(BrowserError::Refused)?;
    if url.as_str().chars().any(|character| character.is_control() || character.is_whitespace()) {
        return Err(BrowserError::Refused("it holds control characters".to_owned()));
    }
    Ok(())
}

/// The browsers that draw in the terminal.
const TEXT_BROWSERS: &[&str] = &["lynx", "links", "links2", "elinks", "w3m", "browsh", "chawan", "cha", "carbonyl"];

/// Whether one of the commands that `BROWSER` names (separated by colons) draws in the terminal.
#[must_use]
pub fn is_text_browser(commands: &str) -> bool {
    commands.split(':').any(|command| {
        let program = command.split_ascii_whitespace().next().and_then(|program| Path::new(program).file_stem());
        program.is_some_and(|program| TEXT_BROWSERS.iter().any(|known| program == *known))
    })
}

/// How long a launcher may take to say that it failed.
const PATIENCE: Duration = Duration::from_millis(500);

/// Opens the browser without waiting for it, on a thread of its own: a text browser stays in the foreground until the
/// user leaves it, and the listener must answer it meanwhile. Nothing of a graphical browser's output reaches our
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
        // nobody listens any more when it took longer than our patience
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
    fn what_is_never_opened() {
        for url in [
            "file:///etc/passwd",
            "file://host/share",
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "about:blank",
            "chrome://settings",
            "view-source:https://a.test",
            "blob:https://a.test/x",
            "ftp://a.test/",
            "sftp://a.test/",
            "smb://a.test/share",
            "ssh://a.test",
            "telnet://a.test",
            "ldap://a.test",
            "gopher://a.test",
            "mailto:a@a.test",
            "tel:123",
            "sms:123",
            "ms-msdt:/id",
            "ms-settings:x",
            "search-ms:query=x",
            "vscode://x",
            "slack://x",
            "zoommtg://x",
            "steam://run/1",
            "intent://x#Intent;end",
            "market://details",
            "itms-services://?action=x",
            "x-apple.systempreferences:x",
            "ws://a.test",
            "wss://a.test",
            "http://a.test/",
            "http://a.test:443/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://192.168.1.1/",
            "http://127.0.0.1.evil.test/",
            "http://localhost.evil.test/",
            "http://evil.test/?127.0.0.1",
            "http://evil.test#localhost",
            "http://[::2]/",
            "http://[fe80::1]/",
            "http://0.0.0.0/",
            "http://[::]/",
            "https://user@a.test/",
            "https://user:password@a.test/",
            "https://:password@a.test/",
            "https://a.test@evil.test/",
            "https://127.0.0.1:80@evil.test/",
            "http://localhost@evil.test/",
            "custom:opaque",
            "custom://host/path",
            "jar:https://a.test!/x",
            "ms-word:ofe|u|https://a.test",
            "callto:x",
            "magnet:?xt=x",
            "irc://a.test",
            "rtsp://a.test",
            "nfs://a.test",
            "dict://a.test",
            "unix:/run/x",
        ] {
            let parsed = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert!(is_openable(&parsed).is_err(), "{url}");
            assert_eq!(open(&parsed).map_err(|error| matches!(error, BrowserError::Refused(_))), Err(true), "{url}");
        }
        for url in ["https://a.test/x?y=1#z", "http://127.0.0.1:8080/", "http://[::1]:1/", "http://localhost:3000/x"] {
            assert_eq!(is_openable(&Url::parse(url).unwrap()), Ok(()), "{url}");
        }
        // what the parser itself takes away can do no harm: no option, no second argument
        let url = Url::parse("https://a.test/ --option\n\t`id`$(id);x").unwrap();
        assert_eq!(is_openable(&url), Ok(()));
        assert!(
            url.as_str().starts_with("https://a.test/%20--option") && !url.as_str().contains(['\n', '\t', ' ', '`'])
        );
    }

    #[test]
    fn browsers_that_draw_in_the_terminal() {
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
