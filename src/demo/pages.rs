//! HTML pages for the user: plain HTML without scripts, images or external resources.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::catalogue::{describe, risk};
use crate::scope::ScopeSet;
use crate::text;

/// The name of the only user.
pub const USER: &str = "alice";
/// The user's password. Not a secret: the login page shows it.
pub const PASSWORD: &str = "wonderland";

const STYLE: &str = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
label{display:block;margin:.6rem 0}small{display:block;margin-left:1.6rem}code{font-size:1.05em}\
button{font:inherit;padding:.4rem 1rem;margin:1rem .6rem 0 0}";

/// Hash of [`STYLE`] for the content security policy.
static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes())));

/// Escapes text for an HTML element or a quoted attribute, including deceptive characters.
fn escape(raw: &str) -> String {
    let visible: Cow<'_, str> = text::visible(raw);
    let mut escaped = String::with_capacity(visible.len());
    for character in visible.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Builds a page. Forms may only be submitted to this server. `form_target`: the origin that a form may redirect to, because
/// some browsers apply `form-action` to the redirect as well.
fn page(status: StatusCode, title: &str, body: &str, form_target: Option<&str>) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    );
    let target = form_target.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'{target}; base-uri 'none'; frame-ancestors 'none'",
        *STYLE_HASH
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    let constant: [(HeaderName, &'static str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in constant {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // a hash and an IP address: this can't fail
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Shows the login form. `wrong`: the last password was wrong.
pub(super) fn login(transaction: &str, client: &str, wrong: bool) -> Response {
    let mut body = String::new();
    if wrong {
        body.push_str("<p role=\"alert\"><strong>Wrong user name or password.</strong> Try again.</p>\n");
    }
    let _ = write!(
        body,
        "<p>Sign in to continue to <strong>{client}</strong>.</p>\n\
         <p>This is a demo on your own machine: the user is <code>{USER}</code>, the password \
         <code>{PASSWORD}</code>.</p>\n\
         <form method=\"post\" action=\"/login\">\n\
         <input type=\"hidden\" name=\"transaction\" value=\"{}\">\n\
         <label>User <input type=\"text\" name=\"user\" value=\"{USER}\" autocomplete=\"username\" required></label>\n\
         <label>Password <input type=\"password\" name=\"password\" value=\"\" autocomplete=\"current-password\" \
         required autofocus></label>\n\
         <button type=\"submit\">Sign in</button>\n</form>\n",
        escape(transaction),
        client = escape(client),
    );
    let status = if wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    page(status, "Sign in", &body, None)
}

/// Shows the consent form, with every scope selected.
pub(super) fn consent(
    transaction: &str,
    client: &str,
    scopes: &ScopeSet,
    user_code: Option<&str>,
    form_target: Option<&str>,
) -> Response {
    let mut body = format!(
        "<p>You are signed in as <strong>{USER}</strong>. <strong>{}</strong> requests permission to:</p>\n",
        escape(client)
    );
    if let Some(code) = user_code {
        let _ = writeln!(
            body,
            "<p>Check that the device shows the code <strong><code>{}</code></strong>.</p>",
            escape(code)
        );
    }
    let _ = writeln!(
        body,
        "<form method=\"post\" action=\"/consent\">\n<input type=\"hidden\" name=\"transaction\" value=\"{}\">",
        escape(transaction)
    );
    for scope in scopes {
        let name = escape(scope.as_str());
        let _ = writeln!(
            body,
            "<label><input type=\"checkbox\" name=\"scope\" value=\"{name}\" checked> {} \
             <small><code>{name}</code>, risk {}</small></label>",
            escape(describe(scope.as_str())),
            risk(scope.as_str()).as_str(),
        );
    }
    body.push_str(
        "<p>Clear what you don't want to grant.</p>\n\
         <button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button>\n</form>\n",
    );
    page(StatusCode::OK, "Grant access", &body, form_target)
}

/// Shows the form for a user code (RFC 8628 section 3.3).
pub(super) fn user_code(prefilled: &str, problem: Option<(StatusCode, &str)>) -> Response {
    let mut body = String::new();
    if let Some((_, message)) = problem {
        let _ = writeln!(body, "<p role=\"alert\"><strong>{}</strong></p>", escape(message));
    }
    let _ = write!(
        body,
        "<p>Enter the code that the device shows. Continue only if you started this yourself.</p>\n\
         <form method=\"post\" action=\"/device\">\n\
         <label>Code <input type=\"text\" name=\"user_code\" value=\"{}\" autocomplete=\"off\" required autofocus></label>\n\
         <button type=\"submit\">Continue</button>\n</form>\n",
        escape(prefilled)
    );
    page(problem.map_or(StatusCode::OK, |(status, _)| status), "Connect a device", &body, None)
}

/// Shows a confirmation.
pub(super) fn done(message: &str) -> Response {
    page(StatusCode::OK, "Done", &format!("<p>{}</p>\n", escape(message)), None)
}

/// Shows an error to the user, if it must not be sent to the client (RFC 6749 section 4.1.2.1).
pub(super) fn error(message: &str) -> Response {
    page(StatusCode::BAD_REQUEST, "Error", &format!("<p>{}</p>\n", escape(message)), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_deceptive_characters_are_escaped() {
        assert_eq!(escape("<a href='x'>\"&\u{202e}"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\\u{202e}");
    }
}
