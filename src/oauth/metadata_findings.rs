//! Findings about the metadata of an API and its authorization servers: missing or contradictory members.

use url::Url;

use super::findings::{
    CHALLENGE_MISSING, CHALLENGE_ODD, ENDPOINT_UNANNOUNCED, GRANT_DISCOURAGED, ISS_UNANNOUNCED, ISSUER_SLASH,
    METADATA_OF_OTHER_PRODUCT, PKCE_PLAIN, PKCE_UNANNOUNCED, RESOURCE_DIFFERS, RESOURCE_UNANNOUNCED,
    REVOCATION_UNANNOUNCED, SCOPE_UNKNOWN_TO_ISSUER, SCOPES_UNANNOUNCED,
};
use super::{Metadata, ProtectedResource, Unauthorized};
use crate::diagnostic::Diagnostic;
use crate::manifest::Issuer;

/// Returns all findings. `api`: `None` if the subject is an issuer.
#[must_use]
pub fn findings_of(
    servers: &[Metadata],
    resource: Option<&ProtectedResource>,
    api: Option<&Unauthorized>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let Some(api) = api {
        of_api(api, resource, &mut findings);
    }
    for server in servers {
        of_server(server, &mut findings);
        let Some(known) = &server.scopes_supported else { continue };
        for scope in resource.iter().flat_map(|resource| resource.scopes_supported.iter().flatten()) {
            if !known.contains(scope) {
                let message = format!("the API requires `{scope}`, which `{}` does not list", server.issuer);
                findings.push(Diagnostic::new(&SCOPE_UNKNOWN_TO_ISSUER, message));
            }
        }
    }
    findings
}

fn of_api(api: &Unauthorized, resource: Option<&ProtectedResource>, findings: &mut Vec<Diagnostic>) {
    if api.challenges.is_empty() {
        let message = format!("the API returns status {} without `WWW-Authenticate`", api.status);
        findings.push(Diagnostic::new(&CHALLENGE_MISSING, message));
    }
    let known = ["Bearer", "DPoP", "Basic", "Digest", "Negotiate"];
    for challenge in &api.challenges {
        if known.iter().any(|scheme| challenge.is_scheme(scheme) && challenge.scheme != *scheme) {
            let message = format!("the challenge has the unusual scheme `{}`", challenge.scheme);
            findings.push(Diagnostic::new(&CHALLENGE_ODD, message));
        }
    }
    if api.headers.iter().any(|header| header.matches('"').count() % 2 == 1) {
        findings.push(Diagnostic::new(&CHALLENGE_ODD, "the challenge has an unclosed quote"));
    }
    if resource.is_none() {
        findings.push(Diagnostic::new(&RESOURCE_UNANNOUNCED, "the API does not name its authorization server"));
    }
}

fn of_server(server: &Metadata, findings: &mut Vec<Diagnostic>) {
    let issuer = &server.issuer;
    let has_code = server.authorization_endpoint.is_some();
    if has_code && !server.has_pkce() {
        let message = format!("`{issuer}` does not announce PKCE with S256");
        let help = "if the server supports it, add `metadata = { code_challenge_methods_supported = [\"S256\"] }` to the client";
        findings.push(Diagnostic::new(&PKCE_UNANNOUNCED, message).help(help));
    }
    if server.code_challenge_methods_supported.iter().flatten().any(|method| method == "plain") {
        findings.push(Diagnostic::new(&PKCE_PLAIN, format!("`{issuer}` accepts PKCE with `plain`")));
    }
    if has_code && !server.iss_parameter_supported {
        findings.push(Diagnostic::new(&ISS_UNANNOUNCED, format!("`{issuer}` sends no `iss` in the redirect")));
    }
    for grant in server.grant_types_supported.iter().flatten() {
        if matches!(grant.as_str(), "implicit" | "password") {
            findings
                .push(Diagnostic::new(&GRANT_DISCOURAGED, format!("`{issuer}` offers the deprecated grant `{grant}`")));
        }
    }
    let offers_device = server.grant_types_supported.iter().flatten().any(|grant| grant.ends_with(":device_code"));
    if offers_device && server.device_authorization_endpoint.is_none() {
        let message = format!("`{issuer}` offers the device grant without listing its endpoint");
        let help = "add `metadata = { device_authorization_endpoint = \"…\" }` to the client";
        findings.push(Diagnostic::new(&ENDPOINT_UNANNOUNCED, message).help(help));
    }
    if server.revocation_endpoint.is_none() {
        findings.push(Diagnostic::new(&REVOCATION_UNANNOUNCED, format!("`{issuer}` lists no revocation endpoint")));
    }
    if server.scopes_supported.is_none() {
        findings.push(Diagnostic::new(&SCOPES_UNANNOUNCED, format!("`{issuer}` does not list its scopes")));
    }
}

/// The finding for metadata of another resource, which is not used.
#[must_use]
pub fn other_resource(resource: &ProtectedResource, url: &Url) -> Diagnostic {
    let shown: String = resource.resource.chars().take(200).collect();
    Diagnostic::new(&RESOURCE_DIFFERS, format!("`{}` describes `{shown}`, not `{url}`", resource.at))
}

/// The finding for metadata of another product than the API of a known provider.
#[must_use]
pub fn other_product(issuer: &Issuer, title: &str, name: &str) -> Diagnostic {
    let message = format!("the metadata of `{issuer}` describes another product than the API of {title}");
    Diagnostic::new(&METADATA_OF_OTHER_PRODUCT, message).help(format!(
        "use `provider = \"{name}\"` for the API, and this metadata for the other product, such as an MCP server"
    ))
}

/// The finding for an API and an issuer that disagree about a trailing slash.
#[must_use]
pub fn slashed_issuer(named: &str, issuer: &Issuer) -> Diagnostic {
    Diagnostic::new(&ISSUER_SLASH, format!("the API names the issuer `{named}`, but its metadata has `{issuer}`"))
        .help("issuers are compared character by character; use the one in the issuer's metadata")
}
