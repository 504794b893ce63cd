//! nginx with nginx-auth-jwt: maps from the request to a requirement and from the claims to the scopes, and one server.
//!
//! Maps use regular expressions only, because nginx compares strings without regard to case.

use std::fmt::Write as _;

use super::Keys;
use super::findings::unsupported;
use super::model::{Model, Rule};
use super::pattern::{PathForm, ambiguous, path, quote};
use super::text::{ACCESS_TOKEN_TYPES, ID_TOKEN_CLAIMS, Numbered, any_scope, authority, comment, head, identifier};
use crate::diagnostic::Diagnostic;

/// Exports the configuration of an API.
pub(super) fn export(model: &Model) -> Result<String, Vec<Diagnostic>> {
    let obstacles = obstacles(model);
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let numbered = Numbered::new(model);
    let name = identifier(model);
    let mut text = head(model, "nginx with nginx-auth-jwt", "Include it in the `http` block.");
    text.push_str("# `nbf` is not checked, and a token without `exp` is refused.\n");
    token(model, &name, &mut text);
    requests(model, &numbered, &name, &mut text);
    scopes(model, &numbered, &name, &mut text);
    server(model, &numbered, &name, &mut text);
    Ok(text)
}

fn obstacles(model: &Model) -> Vec<Diagnostic> {
    let scopes =
        model.rules.iter().flat_map(|rule| rule.access.alternatives.iter().flatten()).flat_map(|need| need.iter());
    let with_comma: std::collections::BTreeSet<&str> =
        scopes.map(crate::scope::Scope::as_str).filter(|scope| scope.contains(',')).collect();
    let message =
        |scope| format!("the scope `{scope}` has a comma, with which nginx separates the members of an array");
    with_comma
        .into_iter()
        .map(|scope| unsupported(message(scope), "deny its endpoints with `--deny ENDPOINT`"))
        .collect()
}

/// Maps with conditions on the token other than its scopes.
fn token(model: &Model, name: &str, text: &mut String) {
    let types = ACCESS_TOKEN_TYPES.trim_end_matches('$');
    let id_token = ID_TOKEN_CLAIMS.iter().map(|claim| format!("$jwt_claim_{claim}")).collect::<Vec<_>>().concat();
    let _ = write!(
        text,
        r#"
# issuer, audience and kind of the token
map $jwt_claim_iss ${name}_issuer {{ default 0; "~^{issuer}\z" 1; }}
map $jwt_claim_aud ${name}_audience {{ default 0; "~(^|,){audience}(,|\z)" 1; }}
map $jwt_header_typ ${name}_type {{ default 0; "" 1; "~*{types}\z" 1; }}
map "{id_token}" ${name}_access_token {{ default 0; "" 1; }}
"#,
        issuer = quote(&model.issuer),
        audience = quote(&model.audience),
    );
}

/// Maps from the request to its requirement.
fn requests(model: &Model, numbered: &Numbered<'_>, name: &str, text: &mut String) {
    let ambiguous = ambiguous(model).replace("(/|$)", r"(/|\?|\z)");
    let _ = write!(
        text,
        "\n# paths that servers read differently\nmap $request_uri ${name}_ambiguous {{ default 0; \"~^[^?#]*({ambiguous})\" 1; }}\n\n\
         # requirement of an endpoint: the first match decides\nmap \"${name}_ambiguous $request_method $uri\" ${name}_need {{\n    default \"\";\n"
    );
    let case = if model.ignore_case { "(?i)" } else { "" };
    for rule in &model.rules {
        let _ = writeln!(
            text,
            "    {}\n    \"~^0 ({}) {case}{}\\z\" n{};",
            comment(model, rule),
            rule.methods.join("|"),
            path(rule, PathForm::Decoded),
            numbered.need(rule)
        );
    }
    text.push_str("}\n");
}

/// Maps from the claims to scopes, and from these to the requirements.
fn scopes(model: &Model, numbered: &Numbered<'_>, name: &str, text: &mut String) {
    let claims: Vec<String> = model.claims.iter().map(|claim| format!("$jwt_claim_{claim}")).collect();
    let claims = claims.join(" ");
    text.push_str("\n# granted scopes: strings, and arrays whose members nginx joins with commas\n");
    for (number, need) in numbered.scopes.iter().enumerate() {
        let _ = writeln!(
            text,
            "map \"{claims}\" ${name}_s{number} {{ default 0; \"~(^|[ ,]){}([ ,]|\\z)\" 1; }}",
            any_scope(need)
        );
    }
    text.push_str("\n# requirements: any of the alternatives, each all of its scopes\n");
    for (number, (access, rules)) in numbered.needs.iter().enumerate() {
        let variable = |need| format!("${{{name}_s{}}}", numbered.scope(need));
        let alternatives: Vec<String> =
            access.alternatives.iter().map(|scopes| scopes.iter().map(variable).collect::<String>()).collect();
        let required = rules.first().map_or("", |rule| rule.required.as_str());
        let default = u8::from(access.alternatives.iter().any(Vec::is_empty));
        let _ = write!(text, "map \"{}\" ${name}_n{number} {{ default {default}; ", alternatives.join(":"));
        for (position, _) in access.alternatives.iter().enumerate().filter(|(_, scopes)| !scopes.is_empty()) {
            let _ = write!(text, "\"~^([01]*:){{{position}}}1+(:|\\z)\" 1; ");
        }
        let _ = writeln!(text, "}} # {required}");
    }
    let _ = writeln!(text, "\nmap ${name}_need ${name}_allowed {{\n    default 0;");
    for number in 0..numbered.needs.len() {
        let _ = writeln!(text, "    n{number} ${name}_n{number};");
    }
    let _ = writeln!(text, "}}\nmap ${name}_need ${name}_required {{\n    default \"\";");
    for (number, (_, rules)) in numbered.needs.iter().enumerate() {
        let _ = writeln!(text, "    n{number} \"{}\";", rules.first().map_or("", |rule| rule.challenge.as_str()));
    }
    text.push_str("}\n");
}

/// The server, with the challenges of RFC 6750 §3.
fn server(model: &Model, numbered: &Numbered<'_>, name: &str, text: &mut String) {
    let is_anonymous = |rules: &Vec<&Rule>| rules.first().is_some_and(|rule| rule.access.anonymous);
    let anonymous: Vec<String> = numbered
        .needs
        .iter()
        .enumerate()
        .filter(|(_, (_, rules))| is_anonymous(rules))
        .map(|(number, _)| format!("n{number}"))
        .collect();
    let anonymous = match anonymous.is_empty() {
        true => String::new(),
        false => format!(" \"~^({}) \\z\" 1;", anonymous.join("|")),
    };
    let (scheme, tls) = upstream_tls(model);
    let (keys, keys_location) = keys(model, name);
    let authority = authority(&model.upstream);
    let forward = format!("proxy_set_header Host $http_host;\n        proxy_pass {scheme}://{name};{tls}");
    let _ = write!(
        text,
        r#"
# endpoints without a token
map "${name}_need $http_authorization" ${name}_anonymous {{ default 0;{anonymous} }}
# nginx-auth-jwt has no challenge without a token, and names the wrong error for a missing scope: so the subrequest below
# refuses, after the variable is set
map $http_authorization ${name}_challenge {{ default ""; "" Bearer; }}
map ${name}_allowed ${name}_evaluated {{ default 1; }}

upstream {name} {{ server {authority}; }}

server {{
    listen {listen};
    {keys}
    location / {{
        if (${name}_anonymous) {{ return 470; }}
        error_page 470 = @{name}_anonymous;
        error_page 401 = @{name}_401;
        error_page 403 = @{name}_403;
        auth_jwt tokscope;
        auth_jwt_phase preaccess;
        auth_jwt_require ${name}_issuer ${name}_audience ${name}_type ${name}_access_token ${name}_evaluated error=401;
        auth_request /_{name}_scopes;
        {forward}
    }}
    location = /_{name}_scopes {{
        internal;
        if (${name}_allowed) {{ return 204; }}
        return 403;
    }}
    location @{name}_anonymous {{
        {forward}
    }}
    location @{name}_401 {{
        add_header WWW-Authenticate ${name}_challenge always;
        return 401;
    }}
    location @{name}_403 {{
        default_type application/problem+json;
        add_header WWW-Authenticate 'Bearer error="insufficient_scope", scope="${name}_required"' always;
        return 403 '{{"status":403,"error":"insufficient_scope","scope":"${name}_required"}}';
    }}{keys_location}
}}
"#,
        listen = model.listen,
    );
}

fn upstream_tls(model: &Model) -> (&'static str, String) {
    match model.upstream.scheme() {
        "https" => ("https", tls(model.upstream.host_str().unwrap_or_default())),
        _ => ("http", String::new()),
    }
}

fn tls(host: &str) -> String {
    format!(
        "\n        proxy_ssl_server_name on;\n        proxy_ssl_name {host};\n        proxy_ssl_verify on;\n        \
         proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;"
    )
}

fn keys(model: &Model, name: &str) -> (String, String) {
    match &model.keys {
        Keys::File(path) => (format!("auth_jwt_key_file \"{path}\";"), String::new()),
        // the model of this engine names keys; without them, nginx refuses the configuration
        Keys::Issuer => (String::new(), String::new()),
        Keys::Url(url) => {
            let tls = if url.scheme() == "https" { tls(url.host_str().unwrap_or_default()) } else { String::new() };
            let location = format!(
                "\n    location = /_{name}_keys {{\n        internal;\n        proxy_method GET;\n        proxy_pass_request_body off;\n        \
                 proxy_pass_request_headers off;\n        proxy_pass \"{url}\";{tls}\n    }}"
            );
            (format!("auth_jwt_key_request /_{name}_keys;"), location)
        }
    }
}
