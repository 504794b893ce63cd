//! `HAProxy` 2.6 or later: a frontend whose rules find the requirement of the request, verify the token, and compare its scopes.

use std::fmt::Write as _;

use super::Keys;
use super::findings::unsupported;
use super::model::{Model, Rule};
use super::pattern::{PathForm, ambiguous, encoded_literals, path};
use super::text::{ACCESS_TOKEN_TYPES, ID_TOKEN_CLAIMS, Numbered, any_scope, authority, comment, head, identifier};
use crate::diagnostic::Diagnostic;

/// How many members of an array are read: `HAProxy` reads them by their index.
const MEMBERS: usize = 16;

/// Exports the configuration of an API.
pub(super) fn export(model: &Model) -> Result<String, Vec<Diagnostic>> {
    let Keys::File(keys) = &model.keys else {
        return Err(vec![unsupported(
            "HAProxy does not fetch keys",
            "name a file with the public key in PEM: `--keys FILE --alg ALG`",
        )]);
    };
    let numbered = Numbered::new(model);
    let name = identifier(model);
    let mut text = head(model, "HAProxy", "Load it with `haproxy -f`.");
    let _ = write!(
        text,
        "# Of an array, the first {MEMBERS} members are read.\n\ndefaults {name}\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    \
         timeout server 60s\n\nfrontend {name}\n    bind {}\n",
        model.listen
    );
    requests(model, &numbered, &mut text);
    token(model, &numbered, keys, &mut text);
    scopes(model, &numbered, &mut text);
    let tls = match model.upstream.scheme() {
        "https" => {
            let host = model.upstream.host_str().unwrap_or_default();
            format!(" ssl verify required ca-file @system-ca sni str({host}) verifyhost {host}")
        }
        _ => String::new(),
    };
    let _ = write!(
        text,
        "    default_backend {name}_upstream\n\nbackend {name}_upstream\n    server upstream {}{tls}\n",
        authority(&model.upstream)
    );
    Ok(text)
}

/// Quotes a word, as in a shell.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Quotes a word of a format, in which `%` begins a variable.
fn format_word(text: &str) -> String {
    word(&text.replace('%', "%%"))
}

/// Rules that find the requirement.
fn requests(model: &Model, numbered: &Numbered<'_>, text: &mut String) {
    let refused = format!("{}|{}", ambiguous(model), encoded_literals(model));
    let _ = write!(
        text,
        "\n    # paths that servers read differently\n    http-request deny status 403 if {{ path -m reg {} }}\n\n    \
         # requirement of an endpoint: the first match decides\n",
        word(&refused)
    );
    let case = if model.ignore_case { " -i" } else { "" };
    for rule in &model.rules {
        let _ = writeln!(
            text,
            "    {}\n    http-request set-var(txn.need) str(n{}) if !{{ var(txn.need) -m found }} {{ method {} }} {{ path{case} -m reg {} }}",
            comment(model, rule),
            numbered.need(rule),
            rule.methods.join(" "),
            word(&format!("^{}$", path(rule, PathForm::Raw)))
        );
    }
    text.push_str("    http-request deny status 403 if !{ var(txn.need) -m found }\n");
}

/// Rules that verify the token. `HAProxy` verifies the signature only, so the claims have rules of their own.
fn token(model: &Model, numbered: &Numbered<'_>, keys: &str, text: &mut String) {
    let is_anonymous = |rules: &[&Rule]| rules.first().is_some_and(|rule| rule.access.anonymous);
    let anonymous = numbered
        .needs
        .iter()
        .enumerate()
        .filter(|(_, (_, rules))| is_anonymous(rules))
        .map(|(number, _)| format!(" n{number}"))
        .collect::<Vec<_>>()
        .concat();
    text.push_str("\n    # token: signature, expiry, issuer, audience, kind\n");
    if !anonymous.is_empty() {
        let _ = writeln!(
            text,
            "    http-request set-var(txn.open) bool(true) if {{ var(txn.need) -m str{anonymous} }} !{{ req.hdr(Authorization) -m found }}"
        );
    }
    let claim = |name: &str| format!("var(txn.token),jwt_payload_query('$.{name}')");
    let invalid =
        format!("http-request deny status 401 hdr WWW-Authenticate {}", word("Bearer error=\"invalid_token\""));
    let _ = write!(
        text,
        "    http-request set-var(txn.token) http_auth_bearer\n    \
         http-request deny status 401 hdr WWW-Authenticate Bearer if !{{ var(txn.open) -m bool }} !{{ req.hdr(Authorization) -m found }}\n    \
         {invalid} if !{{ var(txn.open) -m bool }} !{{ var(txn.token),jwt_verify({},{}) 1 }}\n    \
         http-request set-var(txn.now) date()\n    \
         http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')\n    \
         http-request set-var(txn.nbf) var(txn.token),jwt_payload_query('$.nbf','int')\n    \
         {invalid} if !{{ var(txn.open) -m bool }} !{{ var(txn.exp),sub(txn.now) -m int gt 0 }}\n    \
         {invalid} if {{ var(txn.nbf) -m found }} {{ var(txn.nbf),sub(txn.now) -m int gt 0 }}\n    \
         {invalid} if !{{ var(txn.open) -m bool }} !{{ {} -m str {} }}\n",
        model.algorithm,
        double_quoted(keys),
        claim("iss"),
        word(&model.issuer),
    );
    let audiences = std::iter::once("aud".to_owned()).chain((0..MEMBERS).map(|index| format!("aud[{index}]")));
    text.push_str("    acl audience ");
    let _ = writeln!(text, "{} -m str {}", claim("aud"), word(&model.audience));
    for name in audiences.skip(1) {
        let _ = writeln!(text, "    acl audience {} -m str {}", claim(&name), word(&model.audience));
    }
    let _ = writeln!(text, "    {invalid} if !{{ var(txn.open) -m bool }} !audience");
    let _ = writeln!(
        text,
        "    http-request set-var(txn.typ) var(txn.token),jwt_header_query('$.typ')\n    \
         {invalid} if {{ var(txn.typ) -m found }} !{{ var(txn.typ) -i -m reg {} }}",
        word(ACCESS_TOKEN_TYPES)
    );
    for name in ID_TOKEN_CLAIMS {
        let _ = writeln!(text, "    {invalid} if {{ {} -m found }}", claim(name));
    }
}

fn double_quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"))
}

/// Rules that compare the scopes.
fn scopes(model: &Model, numbered: &Numbered<'_>, text: &mut String) {
    let indices = || std::iter::once(String::new()).chain((0..MEMBERS).map(|index| format!("[{index}]")));
    let granted = model.claims.iter().flat_map(|claim| indices().map(move |index| format!("$.{claim}{index}")));
    let granted: Vec<String> = granted.map(|path| format!("%[var(txn.token),jwt_payload_query({path})]")).collect();
    let _ = writeln!(
        text,
        "\n    # granted scopes: a string, or the members of an array\n    http-request set-var-fmt(txn.scopes) {}",
        word(&granted.join(" "))
    );
    for (number, need) in numbered.scopes.iter().enumerate() {
        let _ = writeln!(
            text,
            "    acl s{number} var(txn.scopes) -m reg {}",
            word(&format!("(^| ){}( |$)", any_scope(need)))
        );
    }
    for (number, (access, rules)) in numbered.needs.iter().enumerate() {
        let (required, challenge) =
            rules.first().map_or(("", ""), |rule| (rule.required.as_str(), rule.challenge.as_str()));
        let _ = writeln!(text, "\n    # {required}");
        for alternative in &access.alternatives {
            let acls =
                alternative.iter().map(|need| format!(" s{}", numbered.scope(need))).collect::<Vec<_>>().concat();
            let _ = writeln!(
                text,
                "    http-request set-var(txn.ok) bool(true) if {{ var(txn.need) -m str n{number} }}{acls}"
            );
        }
        let _ = writeln!(
            text,
            "    http-request deny status 403 hdr WWW-Authenticate {} if {{ var(txn.need) -m str n{number} }} !{{ var(txn.open) -m bool }} !{{ var(txn.ok) -m bool }}",
            format_word(&format!("Bearer error=\"insufficient_scope\", scope=\"{challenge}\""))
        );
    }
    text.push_str("    http-request deny status 403 if !{ var(txn.open) -m bool } !{ var(txn.ok) -m bool }\n");
}
