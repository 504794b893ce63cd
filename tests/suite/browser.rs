//! Opening of URLs, as the browser sees it: unsafe URLs are never opened.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails shall panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use url::Url;

/// A browser that records its arguments, one per line.
struct Browser {
    folder: tempfile::TempDir,
}

impl Browser {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("browser");
        fs::write(&script, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$0.seen.tmp\"; mv \"$0.seen.tmp\" \"$0.seen\"\n")
            .unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn seen(&self) -> PathBuf {
        self.folder.path().join("browser.seen")
    }

    /// What `tokscope` does when a login opens an address.
    fn open(&self, address: &str) -> Output {
        let _ = fs::remove_file(self.seen());
        Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["browse", "--", address])
            .env("BROWSER", self.folder.path().join("browser"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The arguments, once the browser has started.
    fn arguments(&self) -> Vec<String> {
        for _ in 0..1000 {
            if let Ok(seen) = fs::read_to_string(self.seen()) {
                return seen.lines().map(str::to_owned).collect();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("no browser was started")
    }
}

const NEVER: &[&str] = &[
    "file:///etc/passwd",
    "file://host/share",
    "FILE:///etc/passwd",
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
    "ms-word:ofe|u|https://a.test",
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
    "http://localhost./",
    "http://evil.test/?127.0.0.1",
    "http://evil.test#localhost",
    "http://[::2]/",
    "http://[fe80::1]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "https://user@a.test/",
    "https://user:password@a.test/",
    "https://:password@a.test/",
    "https://a.test@evil.test/",
    "https://127.0.0.1:80@evil.test/",
    "http://localhost@evil.test/",
    "custom:opaque",
    "custom://host/path",
    "jar:https://a.test!/x",
    "callto:x",
    "magnet:?xt=x",
    "irc://a.test",
    "rtsp://a.test",
    "nfs://a.test",
    "dict://a.test",
    "unix:/run/x",
    // no URLs at all
    "",
    "a.test",
    "//a.test/",
    "\\\\host\\share",
    "/etc/passwd",
    "--help",
    "-h",
    "https://",
    "https://a test/",
    "https://a.test\u{0}/",
];

#[test]
fn unsafe_urls_are_never_opened_in_a_browser() {
    let browser = Browser::new();
    for address in NEVER.iter().filter(|address| !address.contains('\0')) {
        let output = browser.open(address);
        assert!(!output.status.success() && output.stdout.is_empty(), "{address}: {output:?}");
        assert!(!browser.seen().exists(), "{address}");
    }
    // and the same where no process is between
    for address in NEVER {
        if let Ok(url) = Url::parse(address) {
            let refused = matches!(tokscope::oauth::open(&url), Err(tokscope::oauth::BrowserError::Refused(_)));
            assert!(refused, "{address}");
        }
    }
}

#[test]
fn a_url_is_one_argument_without_a_shell() {
    let browser = Browser::new();
    for (address, handed) in [
        ("https://a.test/x?y=1&z=2#f", "https://a.test/x?y=1&z=2#f"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ("http://[::1]:1/", "http://[::1]:1/"),
        ("http://localhost:3000/x", "http://localhost:3000/x"),
        ("https://a.test/$(touch${IFS}harm)", "https://a.test/$(touch$%7BIFS%7Dharm)"),
        ("https://a.test/;touch harm", "https://a.test/;touch%20harm"),
        ("https://a.test/'|touch harm|'", "https://a.test/'|touch%20harm|'"),
        ("https://a.test/`touch harm`", "https://a.test/%60touch%20harm%60"),
        ("https://a.test/?a=\"&touch harm&\"", "https://a.test/?a=%22&touch%20harm&%22"),
        ("https://a.test/%s%1 --option\n\t", "https://a.test/%s%1%20--option"),
    ] {
        let output = browser.open(address);
        assert!(output.status.success(), "{address}: {output:?}");
        assert_eq!(browser.arguments(), [handed], "{address}");
        assert!(!browser.folder.path().join("harm").exists(), "{address}");
    }
}
