//! `docs/providers/`: a page for each preset, made from the table. To write them: `UPDATE_PROVIDERS=1 cargo test --test
//! suite providers::pages`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tokscope::app::PresetClient;
use tokscope::manifest::providers::{self, Provider};
use tokscope::manifest::{Client, Pkce, Place, RevocationReach};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/providers")
}

/// Compares a page with its file, or writes it.
fn check(name: &str, page: &str) {
    let path = folder().join(name);
    if std::env::var_os("UPDATE_PROVIDERS").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&path, page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/providers/{name} is stale: run with UPDATE_PROVIDERS=1");
}

/// Returns the client of a preset, with placeholders for variables without a default.
fn client(provider: &Provider) -> (PresetClient, Client) {
    let missing = provider.about.variables.iter().filter(|(_, variable)| variable.default.is_none());
    let preset = PresetClient {
        provider: Some(provider.name.to_owned()),
        variables: missing.map(|(name, _)| (name.clone(), name.to_uppercase())).collect(),
        ..PresetClient::default()
    };
    let secret = "secret = { env = \"S\" }";
    let variables: Vec<String> = preset.variables.iter().map(|(name, value)| format!("{name} = \"{value}\"")).collect();
    let variables = match variables.is_empty() {
        true => String::new(),
        false => format!("variables = {{ {} }}\n", variables.join(", ")),
    };
    let source = format!("[client.c]\nprovider = \"{}\"\nclient_id = \"C\"\n{secret}\n{variables}", provider.name);
    let parsed = tokscope::manifest::parse(&source);
    let client = parsed.manifest.unwrap_or_else(|| panic!("{source}: {:?}", parsed.findings)).clients.remove(0);
    (preset, client)
}

fn place(place: &Place) -> String {
    match place {
        Place::Response(pointer) => format!("the token response (`{pointer}`)"),
        Place::Redirect(name) => format!("the redirect (`{name}`)"),
        Place::Header(name) => format!("the header `{name}`"),
        Place::Lookup { url, .. } => format!("a request to `{url}`"),
        Place::Nowhere => "nowhere".to_owned(),
    }
}

/// What deviates from the RFCs, one line each.
fn particulars(client: &Client) -> Vec<String> {
    let dialect = &client.dialect;
    let mut lines = vec![format!("issuer: `{}`", client.issuer)];
    if !dialect.discovery {
        lines.push("endpoints are part of the preset; no metadata is fetched".to_owned());
    }
    for name in ["authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "revocation_endpoint"] {
        lines.extend(client.metadata.get(name).and_then(|url| url.as_str()).map(|url| format!("`{name}`: `{url}`")));
    }
    lines.extend(dialect.refresh_endpoint.as_ref().map(|url| format!("refreshes: `{url}`")));
    lines.push(match dialect.pkce {
        Some(Pkce::Required) => "PKCE is required".to_owned(),
        Some(Pkce::Supported) => "PKCE is supported".to_owned(),
        Some(Pkce::Ignored) => "PKCE is ignored".to_owned(),
        None => "PKCE as the metadata announces".to_owned(),
    });
    if dialect.scope_separator != ' ' {
        lines.push(format!("scopes are separated by `{}`", dialect.scope_separator));
    }
    if dialect.scope_parameter != "scope" {
        lines.push(format!("scopes are sent in `{}`", dialect.scope_parameter));
    }
    lines.extend(
        dialect.device_scope_parameter.as_ref().map(|name| format!("the device grant sends scopes in `{name}`")),
    );
    if dialect.scopes_by_app {
        lines.push("the app's registration decides about scopes; none are requested".to_owned());
    }
    if !dialect.granted_from.is_empty() {
        let places: Vec<String> = dialect.granted_from.iter().map(place).collect();
        lines.push(format!("granted scopes are reported in: {}", places.join(", ")));
    }
    for (kind, parameters) in [
        ("authorization", &dialect.authorization_parameters),
        ("token", &dialect.token_parameters),
        ("refresh", &dialect.refresh_parameters),
    ] {
        for (name, value) in parameters {
            lines.push(format!("the {kind} request has `{name}={value}`"));
        }
    }
    for (name, at) in &dialect.facts {
        lines.push(format!("`{name}` is stored with the token, from {}", place(at)));
    }
    if !dialect.api_domains.is_empty() {
        let domains: Vec<String> = dialect.api_domains.iter().map(|domain| format!("`{domain}`")).collect();
        lines.push(format!("the host of the API must belong to {}", domains.join(", ")));
    }
    for (name, value) in &dialect.api_headers {
        lines.push(format!("calls carry the header `{name}: {value}`"));
    }
    lines.extend(dialect.token_header.as_ref().map(|name| format!("calls carry the token in the header `{name}`")));
    if dialect.rotation.single_use {
        lines.push("each refresh replaces the refresh token".to_owned());
    }
    lines.push(match dialect.revocation {
        RevocationReach::Token => "a revocation ends the token".to_owned(),
        RevocationReach::Grant => "a revocation ends every token of the user for the client".to_owned(),
        RevocationReach::None => "tokens can't be revoked".to_owned(),
    });
    lines
}

fn page(provider: &Provider) -> String {
    let about = &provider.about;
    let (preset, client) = client(provider);
    let guide = preset.guide().unwrap_or_else(|error| panic!("{}: {error}", provider.name));
    let mut page = format!("# {}\n\n", about.title);
    writeln!(page, "Preset `{}`. This page is made from the table of presets.\n", provider.name).unwrap();
    writeln!(page, "## Register a client\n\nAt <{}>:\n", guide.register).unwrap();
    for (number, step) in guide.setup.iter().enumerate() {
        writeln!(page, "{}. {step}", number + 1).unwrap();
    }
    writeln!(page, "\nRedirect URI: `{}`\n", guide.redirect_uri).unwrap();
    if !about.variables.is_empty() {
        writeln!(page, "| variable | meaning | default |\n|---|---|---|").unwrap();
        for (name, variable) in &about.variables {
            let default =
                variable.default.as_deref().map_or_else(|| "required".to_owned(), |value| format!("`{value}`"));
            writeln!(page, "| `{name}` | {} | {default} |", variable.about).unwrap();
        }
        page.push('\n');
    }
    writeln!(page, "## Manifest and first login\n\n```toml\n{}\n```\n", guide.tables.trim_end()).unwrap();
    writeln!(page, "```sh\ntokscope trust\n{}", guide.login).unwrap();
    if let Some(call) = &guide.first_call {
        writeln!(page, "tokscope call '{call}' --client {}", provider.name).unwrap();
    }
    writeln!(page, "```\n\n## Usual mistakes\n\n| error | cause | fix |\n|---|---|---|").unwrap();
    for (code, explanation) in &client.dialect.errors {
        writeln!(page, "| `{code}` | {} | {} |", explanation.cause, explanation.fix).unwrap();
    }
    writeln!(page, "\n## What is special\n").unwrap();
    for line in about.notes.iter().cloned().chain(particulars(&client)) {
        writeln!(page, "- {line}").unwrap();
    }
    if !about.unconfirmed.is_empty() {
        writeln!(page, "\n## Not confirmed by a source\n").unwrap();
        about.unconfirmed.iter().for_each(|fact| writeln!(page, "- {fact}").unwrap());
    }
    writeln!(page, "\n## Sources\n").unwrap();
    for source in &about.sources {
        writeln!(page, "- <{source}>").unwrap();
    }
    page
}

#[test]
fn every_preset_has_a_current_page() {
    let mut index =
        "# Providers\n\n`tokscope init --provider NAME` describes what to register, and adds the client to the \
                     manifest.\n\n| preset | provider |\n|---|---|\n"
            .to_owned();
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    for provider in providers::all() {
        writeln!(index, "| [`{0}`]({0}.md) | {1} |", provider.name, provider.about.title).unwrap();
        pages.insert(format!("{}.md", provider.name), page(provider));
    }
    pages.insert("README.md".to_owned(), index);
    for (name, page) in &pages {
        check(name, page);
    }
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort_unstable();
    assert_eq!(files, pages.keys().cloned().collect::<Vec<_>>(), "a page without a preset");
}

#[test]
fn every_page_names_three_mistakes_and_the_redirect_uri() {
    for provider in providers::all() {
        let page = page(provider);
        let mistakes = page.split("## Usual mistakes").nth(1).unwrap().split("## ").next().unwrap();
        assert!(mistakes.lines().filter(|line| line.starts_with("| `")).count() >= 3, "{}", provider.name);
        assert!(!page.contains("Redirect URI: ``"), "{}", provider.name);
    }
}
