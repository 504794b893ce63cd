//! Exports for authorization servers: whole outputs, and what a server can't express.

use std::fs;
use std::process::Output;

const MANIFEST: &str = r#"[api.orders]
title = "Orders"
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com/realms/main"
audience = "api://6f1c8e9a-0b57-4d2e-9a3c-2f4b1d7c5e80"

[api.orders.scopes]
"orders/read" = { description = "Read orders" }
"orders/write" = { description = "Change ${orders}", implies = ["orders/read"] }
"orders/admin" = {}

[api.orders.endpoints]
"GET /orders" = "orders/read"
"POST /orders" = "orders/write"
"DELETE /orders/{id}" = "orders/admin"

[client.dev]
issuer = "https://login.example.com/realms/main"
client_id = "orders-dev"
grants = ["authorization_code", "refresh_token"]
may_request = ["orders/read", "orders/write", "billing/read"]
always_request = ["openid", "offline_access"]

[client.batch]
issuer = "https://login.example.com/realms/main"
client_id = "orders-batch"
grants = ["client_credentials"]
secret = { env = "BATCH_SECRET" }
may_request = ["orders/read"]

[client.other]
issuer = "https://elsewhere.example.com"
client_id = "other"
grants = ["client_credentials"]
"#;

const FORMATS: [&[&str]; 8] = [
    &["keycloak"],
    &["auth0"],
    &["okta"],
    &["entra"],
    &["terraform", "--provider", "auth0"],
    &["terraform", "--provider", "okta"],
    &["terraform", "--provider", "keycloak"],
    &["terraform", "--provider", "cognito"],
];

fn export(manifest: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
    let mut command = crate::program::tokscope();
    command.args(["manifest", "export"]).args(arguments).current_dir(folder.path()).env("NO_COLOR", "1");
    crate::program::output(&mut command, "")
}

#[test]
fn scopes_and_ceilings_are_exported_for_each_authorization_server() {
    for format in FORMATS {
        let output = export(MANIFEST, format);
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{format:?}: {shown}");
        let text = String::from_utf8(output.stdout).unwrap();
        // the ceiling of the other issuer's client is not this server's
        assert!(!text.contains("\"other\""), "{format:?}: {text}");
        let batch = text.split("orders-batch").nth(1).unwrap_or_default();
        assert!(!batch.contains("orders/write") && !batch.contains("orders/admin"), "{format:?}: {text}");
        insta::assert_snapshot!(format.join("-").replace("---", "-"), text);
    }
}

#[test]
fn an_export_for_an_authorization_server_can_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = crate::program::tokscope();
        command.args(["manifest", "export", "auth0"]).args(arguments).current_dir(folder.path());
        crate::program::output(&mut command, "").status.code()
    };
    fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
    assert_eq!(run(&["-o", "tenant.yaml"]), Some(0));
    assert_eq!(run(&["--check", "tenant.yaml"]), Some(0));
    let changed =
        MANIFEST.replace("may_request = [\"orders/read\"]", "may_request = [\"orders/read\", \"orders/admin\"]");
    fs::write(folder.path().join("tokscope.toml"), changed).unwrap();
    assert_eq!(run(&["--check", "tenant.yaml"]), Some(6));
}

#[test]
fn what_an_authorization_server_cannot_express_is_named() {
    let without = |line: &str| MANIFEST.replace(line, "");
    for (manifest, arguments, reason) in [
        (without("may_request = [\"orders/read\"]\n"), &["auth0"][..], "client `batch` has no ceiling"),
        (
            without("audience = \"api://6f1c8e9a-0b57-4d2e-9a3c-2f4b1d7c5e80\"\n"),
            &["okta"],
            "API `orders` has no audience",
        ),
        (MANIFEST.replace("/realms/main", ""), &["keycloak"], "is not that of a realm of Keycloak"),
        (MANIFEST.replace("api://6f1c", "https://6f1c"), &["entra"], "does not name an application"),
        (MANIFEST.replace("orders/", "orders:"), &["terraform", "--provider", "cognito"], "has no resource server"),
        (MANIFEST.to_owned(), &["terraform"], "the provider of Terraform is not named"),
        (MANIFEST.to_owned(), &["okta", "--provider", "okta"], "`--provider` does not apply to an export for okta"),
        (MANIFEST.to_owned(), &["okta", "--keys", "x"], "`--keys` does not apply to an export for okta"),
    ] {
        let output = export(&manifest, arguments);
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {shown}");
        assert!(shown.contains(reason), "{arguments:?}: {shown}");
        assert!(output.stdout.is_empty());
    }
}
