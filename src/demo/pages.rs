//! The pages for people: plain HTML that works in any browser, without script, images or anything from elsewhere.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::catalog::{describe, risk};
use crate::scope::ScopeSet;
use crate::text;

/// The only user there is.
pub const USER: &str = "alice";
/// Her password. No secret: the login page says it.
pub const PASSWORD: &str = "wonderland";

const STYLE: &str = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
label{display:block;margin:.6rem 0}small{display:block;margin-left:1.6rem}code{font-size:1.05em}\
button{font:inherit;padding:.4rem 1rem;margin:1rem .6rem 0 0}";

/// The hash by which the policy admits [`STYLE`] and nothing else.
static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes())));

/// Text as it may stand in HTML, in an element or in a quoted attribute. Deceptive characters are made visible.
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

/// A whole page. Forms may only go to this server, and `goes_to`, if there is one, is where the answer to a form may
/// redirect to: some browsers apply `form-action` to the redirect as well.
fn page(status: StatusCode, title: &str, body: &str, goes_to: Option<&str>) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    );
    let target = goes_to.map(|origin| format!(" {origin}")).unwrap_or_default();
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
    // a hash and an origin of digits and dots: this can't fail
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Asks for user name and password.
pub(super) fn login(transaction: &str, client: &str, wrong: bool) -> Response {
    let mut body = String::new();
    if wrong {
        body.push_str("<p role=\"alert\"><strong>That was not right.</strong> Try again.</p>\n");
    }
    let _ = write!(
        body,
        "<p><strong>{client}</strong> asks you to sign in.</p>\n\
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

/// Asks which scopes to grant, all ticked to begin with.
pub(super) fn consent(
    transaction: &str,
    client: &str,
    scopes: &ScopeSet,
    user_code: Option<&str>,
    goes_to: Option<&str>,
) -> Response {
    let mut body = format!(
        "<p>You are <strong>{USER}</strong>. <strong>{}</strong> asks for your permission to:</p>\n",
        escape(client)
    );
    if let Some(code) = user_code {
        let _ = writeln!(body, "<p>The device must show the code <strong><code>{}</code></strong>.</p>", escape(code));
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
        "<p>Untick what you don't want to grant.</p>\n\
         <button type=\"submit\" name=\"decision\" value=\"allow\">Allow what is ticked</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Refuse</button>\n</form>\n",
    );
    page(StatusCode::OK, "Permission", &body, goes_to)
}

/// Asks for the code that a device shows (RFC 8628 §3.3).
pub(super) fn user_code(prefilled: &str, problem: Option<(StatusCode, &str)>) -> Response {
    let mut body = String::new();
    if let Some((_, words)) = problem {
        let _ = writeln!(body, "<p role=\"alert\"><strong>{}</strong></p>", escape(words));
    }
    let _ = write!(
        body,
        "<p>Enter the code that the device shows. Go on only if you started this yourself.</p>\n\
         <form method=\"post\" action=\"/device\">\n\
         <label>Code <input type=\"text\" name=\"user_code\" value=\"{}\" autocomplete=\"off\" required autofocus></label>\n\
         <button type=\"submit\">Go on</button>\n</form>\n",
        escape(prefilled)
    );
    page(problem.map_or(StatusCode::OK, |(status, _)| status), "Connect a device", &body, None)
}

/// Says that something was done.
pub(super) fn done(words: &str) -> Response {
    page(StatusCode::OK, "Done", &format!("<p>{}</p>\n", escape(words)), None)
}

/// Says what is wrong, to the person: there is nobody else to tell (RFC 6749 §4.1.2.1).
pub(super) fn error(words: &str) -> Response {
    page(StatusCode::BAD_REQUEST, "This does not work", &format!("<p>{}</p>\n", escape(words)), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_deceptive_characters_are_escaped() {
        assert_eq!(escape("<a href='x'>\"&\u{202e}"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\\u{202e}");
    }
}
