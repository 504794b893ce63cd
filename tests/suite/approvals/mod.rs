//! Approvals as their users see them: a requester and approvers, each with a home directory, a checkout and SSH keys.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

mod journey;
mod keys;
mod refusals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use serde_json::Value;

use crate::support::{self, Home, MockServer, demand, text};

const DELETE: [&str; 5] = ["token", "-e", "DELETE /orders/{id}", "--client", "machine"];

/// A requester with a server, and approvers with the same manifest.
struct Team {
    server: Arc<MockServer>,
    requester: Home,
    approvers: Vec<Home>,
}

/// Makes a key in a home, as the default key of its user. Returns the line of the public key.
fn key(home: &Home, owner: &str, kind: &[&str]) -> String {
    fs::create_dir_all(home.path().join(".ssh")).unwrap();
    let arguments = [&["-q", "-N", "", "-C", owner, "-f", ".ssh/id_key", "-t"], kind].concat();
    demand(&home.command("ssh-keygen", &arguments).output().unwrap(), 0);
    fs::read_to_string(home.path().join(".ssh/id_key.pub")).unwrap().trim().to_owned()
}

impl Team {
    /// Approvers named in `owners`; `group` formats the table of the group from their keys.
    fn new(owners: &[&str], group: impl FnOnce(&[String]) -> String) -> Self {
        Self::with_keys(owners, &["ed25519"], group)
    }

    fn with_keys(owners: &[&str], kind: &[&str], group: impl FnOnce(&[String]) -> String) -> Self {
        let server = support::server();
        let requester = Home::new(&server);
        key(&requester, "requester", &["ed25519"]);
        let approvers: Vec<Home> = owners.iter().map(|_| Home::new(&server)).collect();
        let keys: Vec<String> = approvers.iter().zip(owners).map(|(home, owner)| key(home, owner, kind)).collect();
        let team = Self { server, requester, approvers };
        let manifest = format!("{}{}", support::manifest(&team.server.origin, &team.server.origin), group(&keys));
        team.write_manifest(&manifest);
        team
    }

    /// Writes the manifest in every checkout, which the requester trusts.
    fn write_manifest(&self, manifest: &str) {
        for home in self.approvers.iter().chain([&self.requester]) {
            home.write("tokscope.toml", manifest);
        }
        demand(&self.requester.run(&["trust", "--yes"]), 0);
    }

    fn manifest(&self) -> String {
        fs::read_to_string(self.requester.path().join("tokscope.toml")).unwrap()
    }

    /// Makes a request with options. Returns its text.
    fn request(&self, options: &[&str]) -> String {
        let command = ["approve", "--request", "-e", "DELETE /orders/{id}", "--client", "machine"];
        demand(&self.requester.run(&[&command, options].concat()), 0)
    }

    /// The reply of an approver.
    fn reply(&self, approver: usize, request: &str, options: &[&str]) -> Output {
        let home = &self.approvers[approver];
        home.write("request.txt", request);
        home.run(&[&["approve", "request.txt", "--yes"], options].concat())
    }

    /// The signature of an approver.
    fn approve(&self, approver: usize, request: &str) -> String {
        demand(&self.reply(approver, request, &[]), 0)
    }

    fn add(&self, reply: &str) -> Output {
        self.requester.write("reply.txt", reply);
        self.requester.run(&["approve", "--add", "reply.txt"])
    }

    fn state(&self) -> Value {
        let listed = demand(&self.requester.run(&["approve", "--list", "--json"]), 0);
        serde_json::from_str::<Value>(&listed).unwrap()["requests"][0].clone()
    }

    fn stored(&self) -> PathBuf {
        self.requester.path().join("state/tokscope/approvals")
    }
}

/// A group with these keys.
fn leads(need: usize, keys: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
    format!("[approvers.leads]\nneed = {need}\nkeys = [{}]\n", keys.join(", "))
}

/// That a command needs an approval, for this reason, and that nothing was sent.
fn demand_refused(team: &Team, output: &Output, reason: &str, before: usize) {
    demand(output, 7);
    let shown = text(&output.stderr);
    assert!(shown.contains(reason), "expected `{reason}`\n{shown}");
    assert_eq!(team.server.requests(), before, "{reason}");
}

/// Copies the files of a directory.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
