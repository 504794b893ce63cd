//! Detection of the environment, as far as it decides whether a browser can reach the loopback listener.

use std::path::Path;

/// Environment facts that affect the use of a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostEnvironment {
    /// A remote shell.
    pub ssh: bool,
    /// The Windows Subsystem for Linux.
    pub wsl: bool,
    /// A container.
    pub container: bool,
    /// A graphical desktop.
    pub display: bool,
    /// `BROWSER` names a text browser.
    pub text_browser: bool,
    /// `BROWSER` names a browser.
    pub browser: bool,
}

impl HostEnvironment {
    /// Detects the environment of this process.
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

    /// Whether a browser is expected to open in a window.
    #[must_use]
    pub fn has_window(self) -> bool {
        !self.text_browser && (self.display || self.wsl || self.browser)
    }

    /// Returns advice for an environment in which the redirect may not arrive.
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
            return Some("running in WSL: if the redirect from the browser on Windows does not arrive, use `--paste`");
        }
        (!self.display && !self.browser)
            .then_some("no display: open the URL on another machine and use `--paste`, or set BROWSER")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_follows_the_environment() {
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
            let found = HostEnvironment::of(variable, release, marked, false);
            let said = found.advice();
            assert_eq!(said.is_some(), advice.is_some(), "{variables:?} {said:?}");
            assert!(said.is_none_or(|said| said.contains(advice.unwrap_or("?"))), "{variables:?} {said:?}");
        }
        let text = |browser: &'static str| {
            HostEnvironment::of(move |name| (name == "BROWSER").then(|| browser.to_owned()), "", false, false)
        };
        assert!(!text("w3m").has_window() && text("firefox").has_window());
        assert!(!HostEnvironment::default().has_window());
    }
}
