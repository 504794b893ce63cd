use std::collections::BTreeSet;

use super::*;
use crate::manifest::{Client, Manifest, parse};

/// The manifest of a client with every variable set.
fn manifest(provider: &Provider) -> Manifest {
    let variables: Vec<String> =
        provider.about.variables.keys().map(|name| format!("{name} = \"{}\"", sample(name))).collect();
    let variables = match variables.is_empty() {
        true => String::new(),
        false => format!("variables = {{ {} }}\n", variables.join(", ")),
    };
    let source = format!(
        "[client.a]\nprovider = \"{}\"\nclient_id = \"id\"\nsecret = {{ env = \"S\" }}\n{variables}",
        provider.name
    );
    let parsed = parse(&source);
    assert!(parsed.findings.is_empty(), "{}: {:#?}", provider.name, parsed.findings);
    parsed.manifest.unwrap()
}

fn sample(variable: &str) -> &'static str {
    match variable {
        "region" => "eu-west-1",
        "host" | "domain" => "login.example.com",
        _ => "example",
    }
}

fn client(provider: &Provider) -> Client {
    manifest(provider).clients.into_iter().next().unwrap()
}

#[test]
fn the_table_is_valid() {
    let providers = read(TABLE).unwrap();
    assert!(!providers.is_empty());
    for provider in all() {
        let name = provider.name;
        let client = client(provider);
        assert!(client.dialect.discovery || client.metadata.is_empty() || client.provider.is_some(), "{name}");
        assert!(
            client.dialect.discovery || client.metadata.contains_key("token_endpoint"),
            "{name}: without discovery, the endpoints have to be known"
        );
        assert!(client.dialect.errors.len() >= 3, "{name}: the three usual mistakes");
        for (code, explanation) in &client.dialect.errors {
            assert!(!explanation.cause.is_empty() && !explanation.fix.is_empty(), "{name}: {code}");
        }
        assert!(provider.about.setup.len() >= 2 && !provider.about.sources.is_empty(), "{name}");
        assert!(url::Url::parse(&provider.fill(&provider.about.register, &BTreeMap::new())).is_ok(), "{name}");
        assert!(client.redirect_uri.is_some(), "{name}: the redirect URI to register");
        let nowhere = format!("{:?}{:?}", client.metadata, client.dialect);
        assert!(!nowhere.contains("{tenant}") && !nowhere.contains("{host}"), "{name}: a variable is left");
    }
    let names: BTreeSet<&str> = all().iter().map(|provider| provider.name).collect();
    assert_eq!(names.len(), all().len());
}

#[test]
fn own_keys_override_those_of_the_preset() {
    let source = "[client.a]\nprovider = \"github\"\nclient_id = \"id\"\nissuer = \"https://ghe.example.com/login/oauth\"\n\
                  metadata = { token_endpoint = \"https://ghe.example.com/token\" }\n\
                  errors = { other = { cause = \"c\", fix = \"f\" } }\ncumulative_scopes = []\n";
    let client = parse(source).manifest.unwrap().clients.remove(0);
    assert_eq!(client.issuer.as_str(), "https://ghe.example.com/login/oauth");
    assert_eq!(client.metadata["token_endpoint"], "https://ghe.example.com/token");
    assert_eq!(client.metadata["authorization_endpoint"], "https://github.com/login/oauth/authorize");
    assert!(!client.dialect.vocabulary.is_cumulative("repo"));
    assert!(client.dialect.explain("other", None).is_some());
    assert!(client.dialect.explain("device_flow_disabled", None).is_some());
    // without a secret, only the device grant is left
    assert_eq!(client.grants, [crate::manifest::GrantType::DeviceCode]);
}

#[test]
fn wrong_presets_and_variables_are_reported() {
    for (keys, message) in [
        ("provider = \"githup\"", "`githup` is not a known provider"),
        ("provider = \"google\"", "Google requires `secret`"),
        ("provider = \"entra\"\nvariables = { tenent = \"a\" }", "unknown key `tenent`"),
        ("provider = \"entra\"\nvariables = { tenant = \"a/b\" }", "`a/b` is not a valid value"),
        ("provider = \"entra\"\nvariables = { tenant = \"evil.test#\" }", "`evil.test#` is not a valid value"),
        ("issuer = \"https://a.test\"\nvariables = { tenant = \"a\" }", "`variables` requires `provider`"),
        (
            "issuer = \"https://a.test\"\ntoken_parameters = { client_secret = \"a\" }",
            "must not contain `client_secret`",
        ),
        ("issuer = \"https://a.test\"\nauthorization_parameters = { State = \"a\" }", "must not contain `State`"),
        ("issuer = \"https://a.test\"\nscope_parameter = \"code\"", "`code` is not a valid name"),
        ("issuer = \"https://a.test\"\ntoken_header = \"Host\"", "`Host` is not a valid header field"),
        ("issuer = \"https://a.test\"\napi_headers = { Authorization = \"a\" }", "must not contain `Authorization`"),
        ("issuer = \"https://a.test\"\napi_domains = [\"https://a.test\"]", "`https://a.test` is not a valid domain"),
        ("issuer = \"https://a.test\"\napi_domains = [\".a.test\"]", "`.a.test` is not a valid domain"),
        ("issuer = \"https://a.test\"\napi_domains = [\"127.0.0.1\"]", "`127.0.0.1` is not a valid domain"),
        ("issuer = \"https://a.test\"\nscope_separator = \"x\"", "`x` is not a valid separator"),
        ("issuer = \"https://a.test\"\npkce = \"sometimes\"", "`sometimes` is not a valid value of `pkce`"),
        ("issuer = \"https://a.test\"\ntoken_at = \"authed_user\"", "not a valid JSON Pointer"),
    ] {
        let parsed = parse(&format!("[client.a]\nclient_id = \"id\"\n{keys}\n"));
        let messages: Vec<&str> = parsed.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(messages.iter().any(|found| found.contains(message)), "{keys}: {messages:?}");
    }
}

#[test]
fn issuers_are_recognized() {
    for (issuer, name) in [
        ("https://accounts.google.com", Some("google")),
        ("https://login.microsoftonline.com/common/v2.0", Some("entra")),
        ("https://login.microsoftonline.com/contoso.example/v2.0/", Some("entra")),
        ("https://login.microsoftonline.com.evil.test/common/v2.0", None),
        ("https://github.com/login/oauth", Some("github")),
        ("https://github.com/other", None),
        ("https://www.strava.com", Some("strava")),
        ("https://login.example.com", None),
        ("not a URL", None),
    ] {
        assert_eq!(recognize(issuer).map(|provider| provider.name), name, "{issuer}");
    }
}
