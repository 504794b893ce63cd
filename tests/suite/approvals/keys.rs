//! Every kind of key, with the real `ssh-keygen` on both sides.

use std::fs;
use std::process::Stdio;

use super::{Team, leads};
use crate::support::{Home, demand, text};

/// Verifies a signature with `ssh-keygen`.
fn verified_by_ssh_keygen(home: &Home, public_key: &str, request: &str, signature: &str) {
    let key: Vec<&str> = public_key.split(' ').take(2).collect();
    home.write("allowed_signers", &format!("ben namespaces=\"tokscope-approval@v1\" {}\n", key.join(" ")));
    home.write("request.txt", request);
    home.write("reply.txt", signature);
    let arguments =
        ["-Y", "verify", "-f", "allowed_signers", "-I", "ben", "-n", "tokscope-approval@v1", "-s", "reply.txt"];
    let file = fs::File::open(home.path().join("request.txt")).unwrap();
    demand(&home.command("ssh-keygen", &arguments).stdin(file).output().unwrap(), 0);
}

#[test]
fn keys_of_every_kind_approve_and_ssh_keygen_accepts_the_same_signature() {
    for kind in [
        &["ed25519"][..],
        &["ecdsa", "-b", "256"],
        &["ecdsa", "-b", "384"],
        &["ecdsa", "-b", "521"],
        &["rsa", "-b", "2048"],
    ] {
        let team = Team::with_keys(&["ben"], kind, |keys| leads(1, keys));
        let request = team.request(&[]);
        let reply = team.approve(0, &request);
        let ben = &team.approvers[0];
        let public_key = fs::read_to_string(ben.path().join(".ssh/id_key.pub")).unwrap();
        verified_by_ssh_keygen(ben, &public_key, &request, &reply);
        // the other way round: signed by ssh-keygen, with the other hash, and verified here
        let arguments = ["-Y", "sign", "-q", "-O", "hashalg=sha256", "-n", "tokscope-approval@v1", "-f", ".ssh/id_key"];
        let file = fs::File::open(ben.path().join("request.txt")).unwrap();
        let signed = demand(&ben.command("ssh-keygen", &arguments).stdin(file).output().unwrap(), 0);
        assert_ne!(signed, reply, "{kind:?}");
        demand(&team.add(&signed), 0);
        assert_eq!(team.state()["approvers"][0], "ben", "{kind:?}");
    }
}

/// An agent that ends with the test.
struct Agent {
    pid: String,
    socket: String,
}

impl Agent {
    fn start(home: &Home) -> Self {
        let started = demand(&home.command("ssh-agent", &["-s"]).output().unwrap(), 0);
        let value = |name: &str| {
            let line = started.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split(';').next().unwrap().to_owned()
        };
        Self { pid: value("SSH_AGENT_PID="), socket: value("SSH_AUTH_SOCK=") }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").arg(&self.pid).stderr(Stdio::null()).status();
    }
}

#[test]
fn a_key_that_only_the_agent_has_signs() {
    let mut team = Team::new(&["ben"], |keys| leads(1, keys));
    let request = team.request(&[]);
    let agent = Agent::start(&team.approvers[0]);
    let ben = &mut team.approvers[0];
    ben.variables.insert("SSH_AUTH_SOCK", agent.socket.clone());
    demand(&ben.command("ssh-add", &["-q", ".ssh/id_key"]).output().unwrap(), 0);
    // no private key on the disk, with and without the public one
    fs::remove_file(ben.path().join(".ssh/id_key")).unwrap();
    let first = team.approve(0, &request);
    fs::remove_file(team.approvers[0].path().join(".ssh/id_key.pub")).unwrap();
    let second = team.approve(0, &request);
    assert_eq!(first, second, "Ed25519 signatures are deterministic");
    demand(&team.add(&second), 0);
}

#[test]
fn an_approver_without_a_listed_key_gets_a_hint() {
    let team = Team::new(&["ben", "cem"], |keys| leads(1, &keys[..1]));
    let request = team.request(&[]);
    let output = team.reply(1, &request, &[]);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("none of your SSH keys can approve this request"));
    let output = team.reply(1, &request, &["--key", ".ssh/id_key"]);
    demand(&output, 7);
    assert!(text(&output.stderr).contains("can't approve this request"), "{}", text(&output.stderr));
    // an old signature beside the file is not taken for the new one
    team.approvers[0].write("request.txt.sig", "-----BEGIN SSH SIGNATURE-----\nold\n-----END SSH SIGNATURE-----\n");
    demand(&team.add(&team.approve(0, &request)), 0);
}
