//! Apache 2.4 with `mod_auth_openidc` as a resource server (`AuthType oauth20`): one `<If>` section per endpoint.
//!
//! The last section that applies decides, so the sections are in the reverse order of routing.

use std::fmt::Write as _;

use super::Keys;
use super::findings::unsupported;
use super::model::{Model, Rule};
use super::pattern::{PathForm, ambiguous, path, quote};
use super::text::{ID_TOKEN_CLAIMS, any_scope, comment, head};
use crate::diagnostic::Diagnostic;

/// Exports the configuration of an API.
pub(super) fn export(model: &Model) -> Result<String, Vec<Diagnostic>> {
    let obstacles: Vec<Diagnostic> = model.rules.iter().filter_map(|rule| obstacle(model, rule)).collect();
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let mut text = head(model, "Apache with mod_auth_openidc", "Include it in the server or in a virtual host.");
    text.push_str(
        "# A refusal is 401, also for a missing scope. `typ` and `nbf` are not checked, and `exp` only if the token has it; a token\n\
         # on a public endpoint is not examined.\n\n",
    );
    let keys = match &model.keys {
        Keys::File(path) => format!("OIDCOAuthVerifyCertFiles \"{path}\""),
        Keys::Url(url) => format!("OIDCOAuthVerifyJwksUri \"{url}\""),
        // the model of this engine names keys; without them, no token is accepted
        Keys::Issuer => String::new(),
    };
    let _ = write!(
        text,
        "{keys}\nOIDCOAuthRemoteUserClaim sub\nOIDCOAuthAcceptTokenAs header\nAllowEncodedSlashes NoDecode\nMergeSlashes Off\n\
         Listen {}\nProxyPass \"/\" \"{}/\" nocanon\n\n<Location \"/\">\n    AuthType oauth20\n    Require all denied\n</Location>\n",
        model.listen,
        origin(&model.upstream)
    );
    for rule in model.rules.iter().rev() {
        section(model, rule, &mut text);
    }
    let refused = ambiguous(model).replace("(/|$)", "(/|[?]|$)");
    let _ = write!(
        text,
        "\n# paths that servers read differently\n<If \"%{{THE_REQUEST}} =~ m#^[^ ]+ [^? ]*({})#\">\n    AuthType oauth20\n    Require all denied\n</If>\n",
        refused.replace("(/|[?]|$)", "(/|[?]| )")
    );
    Ok(text)
}

fn origin(url: &url::Url) -> String {
    url.origin().ascii_serialization()
}

/// An expression is quoted, and ends its pattern with `#`.
fn obstacle(model: &Model, rule: &Rule) -> Option<Diagnostic> {
    let pattern = path(rule, PathForm::Decoded);
    let scopes = rule.access.alternatives.iter().flatten().flat_map(|need| need.iter());
    let in_scope = scopes.map(crate::scope::Scope::as_str).find(|scope| scope.contains(['%', '$']));
    let hint = format!("deny it with `--deny '{}'`", rule.endpoint);
    if pattern.contains(['#', '%', '"']) {
        let message =
            format!("{}: `{}` has `#`, `%` or a quotation mark in its path", model.place(rule), rule.endpoint);
        return Some(unsupported(message, hint));
    }
    in_scope.map(|scope| {
        let message = format!("{}: `{}` needs `{scope}`, whose name has `%` or `$`", model.place(rule), rule.endpoint);
        unsupported(message, hint)
    })
}

fn section(model: &Model, rule: &Rule, text: &mut String) {
    let case = if model.ignore_case { "i" } else { "" };
    let _ = writeln!(
        text,
        "\n{}\n<If \"%{{REQUEST_METHOD}} =~ m#^({})$# && %{{REQUEST_URI}} =~ m#^{}$#{case}\">",
        comment(model, rule),
        rule.methods.join("|"),
        path(rule, PathForm::Decoded)
    );
    if rule.access.anonymous {
        text.push_str("    AuthType None\n    Require all granted\n</If>\n");
        return;
    }
    let _ = writeln!(text, "    AuthType oauth20\n    <RequireAll>");
    let claim = |text: &mut String, name: &str, pattern: &str, not: &str| {
        let _ = writeln!(text, "        Require {not}claim \"{name}~{pattern}\"");
    };
    claim(text, "iss", &format!("^{}$", quote(&model.issuer)), "");
    claim(text, "aud", &format!("^{}$", quote(&model.audience)), "");
    for name in ID_TOKEN_CLAIMS {
        claim(text, name, ".", "not ");
    }
    text.push_str("        <RequireAny>\n");
    if rule.access.alternatives.is_empty() {
        text.push_str("            Require all denied\n");
    }
    for alternative in &rule.access.alternatives {
        text.push_str("            <RequireAll>\n                Require valid-user\n");
        for need in alternative {
            text.push_str("                <RequireAny>\n");
            for name in &model.claims {
                let _ = writeln!(text, "                    Require claim \"{name}~(^| ){}( |$)\"", any_scope(need));
            }
            text.push_str("                </RequireAny>\n");
        }
        text.push_str("            </RequireAll>\n");
    }
    text.push_str("        </RequireAny>\n    </RequireAll>\n");
    let _ = writeln!(
        text,
        "    Header always set WWW-Authenticate 'Bearer error=\"insufficient_scope\", scope=\"{}\"' \"expr=%{{REQUEST_STATUS}} == 401 && -n %{{REMOTE_USER}}\"\n</If>",
        rule.challenge
    );
}
