//! The user and the machine, as the audit log records them.

use std::io::IsTerminal as _;

/// Who runs this process, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Actor {
    /// Name of the user, from the system's user database; otherwise the number.
    pub(in crate::app) name: String,
    /// Number of the user.
    pub(in crate::app) uid: u32,
    /// Name of the machine; empty if unknown.
    pub(in crate::app) host: String,
    /// `tty`, `ci` or `none`.
    pub(in crate::app) terminal: &'static str,
}

impl Actor {
    pub(in crate::app) fn detect() -> Self {
        let uid = rustix::process::getuid().as_raw();
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let names = ["/proc/sys/kernel/hostname", "/etc/hostname"];
        let host = names.into_iter().find_map(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let is_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
        let terminal = match (is_ci, std::io::stdin().is_terminal()) {
            (true, _) => "ci",
            (false, true) => "tty",
            (false, false) => "none",
        };
        Self {
            name: name_of(uid, &users).unwrap_or_else(|| uid.to_string()),
            uid,
            host: host.trim().to_owned(),
            terminal,
        }
    }
}

/// Returns the name of a user from the lines of `/etc/passwd`.
fn name_of(uid: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_belongs_to_its_number() {
        let users = "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh\nbroken\n";
        assert_eq!(name_of(1000, users).as_deref(), Some("ana"));
        assert_eq!(name_of(0, users).as_deref(), Some("root"));
        assert_eq!(name_of(100, users), None);
    }
}
