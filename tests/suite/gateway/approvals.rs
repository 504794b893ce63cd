//! Requests through the gateway that need an approval: the refusal says how to get it, and it counts at once.

use std::fs;

use serde_json::Value;

use super::World;
use crate::support::{Home, demand};

/// A world whose approver has an SSH key, in a checkout of the same manifest.
struct Reviewed {
    world: World,
    approver: Home,
}

impl Reviewed {
    /// `more`: lines at the end of the manifest, after the group `leads`.
    fn new(group: &str, more: &str) -> Self {
        let world = World::new();
        let approver = Home::new(&world.server);
        fs::create_dir_all(approver.path().join(".ssh")).unwrap();
        let arguments = ["-q", "-N", "", "-C", "ben", "-t", "ed25519", "-f", ".ssh/id_key"];
        demand(&approver.command("ssh-keygen", &arguments).output().unwrap(), 0);
        let key = fs::read_to_string(approver.path().join(".ssh/id_key.pub")).unwrap();
        world.manifest(&format!("[approvers.leads]\n{group}keys = [\"{}\"]\n{more}", key.trim()));
        approver.write("tokscope.toml", &fs::read_to_string(world.home.path().join("tokscope.toml")).unwrap());
        Self { world, approver }
    }

    /// Has a request approved that a command prints.
    fn approve(&self, command: &[&str]) {
        let request = demand(&self.world.home.run(command), 0);
        self.approver.write("request.txt", &request);
        let reply = demand(&self.approver.run(&["approve", "request.txt", "--yes"]), 0);
        self.world.home.write("reply.txt", &reply);
        demand(&self.world.home.run(&["approve", "--add", "reply.txt"]), 0);
    }

    fn id(&self) -> String {
        let listed = demand(&self.world.home.run(&["approve", "--list", "--json"]), 0);
        serde_json::from_str::<Value>(&listed).unwrap()["requests"][0]["id"].as_str().unwrap().to_owned()
    }

    fn states(&self) -> Vec<String> {
        let listed = demand(&self.world.home.run(&["approve", "--list", "--json"]), 0);
        let requests = serde_json::from_str::<Value>(&listed).unwrap()["requests"].clone();
        requests.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
    }
}

/// The words of the command that a problem names.
fn command(problem: &Value) -> Vec<String> {
    let command = problem["command"].as_str().unwrap_or_else(|| panic!("no command in {problem}"));
    // quoted words have no quotation marks inside
    let mut words = Vec::new();
    for (position, part) in command.split('\'').enumerate() {
        match position % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    assert_eq!(words.remove(0), "tokscope", "{command}");
    words
}

#[test]
fn a_refusal_by_a_rule_names_the_request_and_the_approval_counts_without_a_restart() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"POST /orders\"]\napprovers = \"leads\"\n\
        reason = \"orders cost money\"\n";
    let reviewed = Reviewed::new("", rule);
    let gateway = reviewed.world.gateway(&["--client", "machine"]);
    let post = || gateway.request("POST", "/v1/orders", "", b"{}");
    for _ in 0..2 {
        let refused = post();
        let problem = refused.problem();
        assert_eq!((refused.status, refused.code(), &problem["exit"]), (403, "policy", &7.into()));
        assert!(problem["detail"].as_str().unwrap().contains("orders cost money"), "{problem}");
        let next = problem["next"].as_str().unwrap();
        assert!(next.contains("send the request `") && next.contains("1 of ben (leads)"), "{next}");
        assert!(next.contains("decided by rule 1 ("), "{next}");
    }
    assert!(reviewed.world.upstream.take().is_empty(), "nothing was sent");
    assert_eq!(reviewed.states(), ["pending"], "one request for both");
    let words = command(&post().problem());
    assert_eq!(words[..2], ["approve", "--show"]);
    reviewed.approve(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(post().code(), "", "the response of the API");
    assert_eq!(reviewed.world.upstream.take().len(), 1);
    assert_eq!(reviewed.states(), ["used"]);
    assert_eq!(post().code(), "policy");
    assert!(reviewed.world.upstream.take().is_empty(), "the use was taken");
    // other endpoints need none
    assert_eq!(gateway.get("/v1/orders").code(), "");
    gateway.end();
}

#[test]
fn a_refusal_names_the_command_that_makes_the_request_if_a_reason_is_required() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"POST /orders\"]\napprovers = \"leads\"\n";
    let reviewed = Reviewed::new("reason = true\n", rule);
    let gateway = reviewed.world.gateway(&["--client", "machine"]);
    let post = || gateway.request("POST", "/v1/orders", "", b"{}");
    let problem = post().problem();
    let mut words = command(&problem);
    let expected = ["approve", "--request", "--client", "machine", "-e", "POST /orders", "--reason", "TEXT"];
    assert_eq!(words, expected, "{problem}");
    *words.last_mut().unwrap() = "stock up".to_owned();
    reviewed.approve(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(post().code(), "", "the response of the API");
    assert_eq!(reviewed.world.upstream.take().len(), 1);
    gateway.end();
}

#[test]
fn a_request_above_the_ceiling_is_sent_once_that_is_approved() {
    let reviewed = Reviewed::new("", "");
    let gateway = reviewed.world.gateway(&["--client", "machine"]);
    let delete = || gateway.request("DELETE", "/v1/orders/7", "", b"");
    let before = reviewed.world.server.requests();
    let refused = delete();
    let problem = refused.problem();
    assert_eq!((refused.status, refused.code()), (403, "policy"), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("orders:delete is above the ceiling"), "{problem}");
    assert_eq!(reviewed.world.server.requests(), before, "no token was requested");
    let words = command(&problem);
    reviewed.approve(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(delete().code(), "", "the response of the API");
    // the token is used until the end of the window
    assert_eq!(delete().code(), "");
    assert_eq!(reviewed.world.upstream.take().len(), 2);
    demand(&reviewed.world.home.run(&["approve", "--end", reviewed.id().as_str()]), 0);
    gateway.end();
}

#[test]
fn one_request_is_enough_for_the_ceiling_and_a_rule() {
    let rule = "[[policy]]\neffect = \"approve\"\nendpoints = [\"DELETE /orders/{id}\"]\napprovers = \"leads\"\n";
    let reviewed = Reviewed::new("", rule);
    let gateway = reviewed.world.gateway(&["--client", "machine"]);
    let delete = || gateway.request("DELETE", "/v1/orders/7", "", b"");
    let words = command(&delete().problem());
    assert_eq!(reviewed.states(), ["pending"]);
    reviewed.approve(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(delete().code(), "", "the response of the API");
    assert_eq!(delete().code(), "policy", "a rule counts each request");
    assert_eq!(reviewed.world.upstream.take().len(), 1);
    gateway.end();
}
