//! Where this program runs, as far as that decides whether a browser comes back to it.

use std::path::Path;

/// What stands between this program and a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// A shell on another machine.
    pub ssh: bool,
    /// The Windows Subsystem for Linux.
    pub wsl: bool,
    /// A container.
    pub container: bool,
    /// A desktop that windows can be opened on.
    pub display: bool,
    /// `BROWSER` names a browser that draws in the terminal.
    pub text_browser: bool,
    /// `BROWSER` names a browser.
    pub browser: bool,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn detect() -> Self {
        let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self::of(
            |name| std::env::var(name).ok().filter(|value| !value.is_empty()),
            &release,
            Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists(),
            cfg!(any(windows, target_os = "macos")),
        )
    }

    fn of(variable: impl Fn(&str) -> Option<String>, release: &str, marked: bool, windowed: bool) -> Self {
        let any = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
        let browser = variable("BROWSER");
        Self {
            ssh: any(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]),
            wsl: any(&["WSL_DISTRO_NAME", "WSL_INTEROP"]) || release.to_ascii_lowercase().contains("microsoft"),
            container: marked || any(&["container", "KUBERNETES_SERVICE_HOST", "CODESPACES"]),
            display: windowed || any(&["DISPLAY", "WAYLAND_DISPLAY"]),
            text_browser: browser.as_deref().is_some_and(crate::oauth::is_text_browser),
            browser: browser.is_some(),
        }
    }

    /// Whether a browser can be expected to open in a window of its own.
    #[must_use]
    pub fn has_window(self) -> bool {
        !self.text_browser && (self.display || self.wsl || self.browser)
    }

    /// What the user should know before waiting for a browser to come back, and what to do instead.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        if self.ssh {
            return Some(
                "this is a shell on another machine, which a browser on yours can't come back to: \
                 use `--paste`, or a client with the grant `device_code`",
            );
        }
        if self.container && !self.browser {
            return Some(
                "this is a container, which a browser outside can't come back to unless the port is published: \
                 use `--paste`, or a client with the grant `device_code`",
            );
        }
        if self.wsl {
            return Some("this is WSL: if the browser on Windows doesn't come back, use `--paste`");
        }
        (!self.display && !self.browser)
            .then_some("there is no display here: open the address elsewhere and use `--paste`, or set BROWSER")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_here_and_a_browser() {
        for (variables, release, marked, advice) in [
            (&[("DISPLAY", ":0")][..], "6.1", false, None),
            (&[("DISPLAY", ":0"), ("SSH_TTY", "/dev/pts/1")], "6.1", false, Some("another machine")),
            (&[("SSH_CONNECTION", "")], "6.1", false, Some("no display")),
            (&[], "5.15.90.1-microsoft-standard-WSL2", false, Some("WSL")),
            (&[("WSL_DISTRO_NAME", "Debian")], "", false, Some("WSL")),
            (&[], "6.1", true, Some("container")),
            (&[("container", "podman")], "6.1", false, Some("container")),
            (&[("BROWSER", "firefox")], "6.1", true, None),
            (&[], "6.1", false, Some("no display")),
            (&[("BROWSER", "w3m")], "6.1", false, None),
        ] {
            let variable = |name: &str| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
                    .filter(|v| !v.is_empty())
            };
            let found = Surroundings::of(variable, release, marked, false);
            let said = found.advice();
            assert_eq!(said.is_some(), advice.is_some(), "{variables:?} {said:?}");
            assert!(said.is_none_or(|said| said.contains(advice.unwrap_or("?"))), "{variables:?} {said:?}");
        }
        let text = |browser: &'static str| {
            Surroundings::of(move |name| (name == "BROWSER").then(|| browser.to_owned()), "", false, false)
        };
        assert!(!text("w3m").has_window() && text("firefox").has_window());
        assert!(!Surroundings::default().has_window());
    }
}
