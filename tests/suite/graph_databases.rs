//! Reviews of Microsoft Graph's endpoints in real databases. `TOKSCOPE_SPECS` names the directory with its permission data.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test panics")]

use std::path::PathBuf;
use std::process::Command;

use tokscope::manifest::parse;

use crate::databases::Folder;

#[test]
#[ignore = "needs the databases of .ci/run, and the directory named by TOKSCOPE_SPECS"]
fn both_databases_match_every_endpoint_of_microsoft_graph() {
    let folder = PathBuf::from(std::env::var_os("TOKSCOPE_SPECS").unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
    command.args(["manifest", "import", "--api", "graph"]).arg(folder.join("msgraph-permissions.json"));
    let mut manifest = String::from_utf8(command.output().unwrap().stdout).unwrap();
    manifest.push_str(
        "\n[client.app]\nissuer = \"https://login.microsoftonline.com/common/v2.0\"\nclient_id = \"app-1\"\n\
         may_request = [\"User.Read\", \"Mail.Read\", \"Files.ReadWrite.All\", \"Directory.Read.All\"]\n",
    );
    let parsed = parse(&manifest).manifest.unwrap();
    let endpoints = &parsed.apis[0].endpoints;
    assert!(endpoints.len() > 10_000, "{}", endpoints.len());
    let mut log = String::new();
    for (index, endpoint) in endpoints.iter().enumerate() {
        let path = endpoint.template.fill(|name| Some(format!("{name}{}", index % 7))).unwrap();
        let path = if index % 11 == 0 { path.to_uppercase() } else { path };
        let base = ["/v1.0", ""][index % 2];
        let query = ["", "?$top=5"][index % 2];
        let (client, status) = (["app-1", "-", "app-1"][index % 3], [200, 403, 200, 204, 404][index % 5]);
        let more = if index % 13 == 0 { "/none" } else { "" };
        let time = format!("{:02}/Nov/2026:10:00:{:02} +0000", 1 + index % 28, index % 60);
        log.push_str(&format!(
            "10.0.0.1 - {client} [{time}] \"{} {base}{path}{more}{query} HTTP/1.1\" {status} 12\n",
            endpoint.method
        ));
    }
    assert!(Folder::new(&manifest, &log).compare() > 100);
}
