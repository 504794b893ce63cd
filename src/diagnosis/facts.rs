//! Stage 2: what a response states, and where.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::body::Body;
use super::challenge::{Challenge, parse_challenges};
use super::model::Response;
use super::scope_list::members;
use crate::manifest::{ErrorLocation as Place, Tier, normal_code, normal_text, percent_decoded};
use crate::scope::ScopeSet;
use crate::secret::masked_within;

/// Size limit, in bytes, for the body of a successful status. A success that reports a failure is short.
const MAX_SUCCESS_BODY: usize = 64 << 10;

/// Size limit, in bytes, for plain text with the status of a success.
const MAX_PLAIN: usize = 4 << 10;

/// Length limit, in bytes, for a quoted message.
const MAX_MESSAGE: usize = 300;

/// Limit for the fields of a GraphQL response that are named.
const MAX_FIELDS: usize = 8;

/// A string in a response, with its normal form (see [`normal_text`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact<'f> {
    pub(super) text: Cow<'f, str>,
    pub(super) lower: Cow<'f, str>,
}

impl<'f> Fact<'f> {
    pub(super) fn new(text: impl Into<Cow<'f, str>>) -> Self {
        let text = text.into();
        let lower = Cow::Owned(normal_text(&text));
        Self { text, lower }
    }

    fn borrowed(text: &'f str, lower: &'f str) -> Self {
        Self { text: Cow::Borrowed(text), lower: Cow::Borrowed(lower) }
    }
}

/// Everything that a response states. [`Facts::at`] finds the facts at a place.
pub(super) struct Facts<'r> {
    response: Response<'r>,
    pub(super) challenges: Vec<Challenge>,
    body: Body,
    /// Parameters of the URL that the response redirects to.
    redirect: Vec<(String, String)>,
    /// `grpc-status`, which comes with HTTP status 200.
    grpc_status: Option<u16>,
    /// Error codes in normal form.
    codes: BTreeSet<String>,
    /// Sentences: strings of several words.
    sentences: Vec<Fact<'static>>,
}

impl<'r> Facts<'r> {
    /// Collects the facts of a response.
    pub(super) fn read(response: &Response<'r>) -> Self {
        let mut facts = Self {
            response: *response,
            challenges: parse_challenges(fields(response, "www-authenticate")),
            body: body(response),
            redirect: fields(response, "location").next().map(parameters).unwrap_or_default(),
            grpc_status: fields(response, "grpc-status").find_map(|code| code.parse().ok()),
            codes: BTreeSet::new(),
            sentences: Vec::new(),
        };
        facts.collect_challenges();
        facts.collect_redirect();
        if facts.grpc_status.is_some() {
            let messages = fields(response, "grpc-message").map(|text| Fact::new(percent_decoded(text).to_string()));
            facts.sentences.extend(messages);
        }
        facts.collect_body();
        let numbered: Vec<String> = facts.sentences.iter().flat_map(|fact| numbered_codes(&fact.text)).collect();
        facts.codes.extend(numbered);
        facts
    }

    fn collect_challenges(&mut self) {
        for challenge in &self.challenges {
            self.codes.extend(challenge.parameter("error").map(normal_code));
            // some servers put the error where the scheme belongs
            if challenge.parameters.is_empty() && challenge.token68.is_none() && challenge.scheme.contains('_') {
                self.codes.insert(normal_code(&challenge.scheme));
            }
            let description = challenge.parameter("error_description");
            self.sentences.extend(description.map(|text| Fact::new(text.to_owned())));
        }
    }

    /// The error that an authorization server reports in a redirect (RFC 6749 section 4.1.2.1).
    fn collect_redirect(&mut self) {
        let named = |wanted: &'static str| {
            self.redirect.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        self.codes.extend(named("error").chain(named("error_subtype")).map(normal_code));
        if self.redirect_error().is_some() {
            self.sentences.extend(named("error_description").map(|text| Fact::new(text.to_owned())));
        }
    }

    /// The error code in a redirect.
    fn redirect_error(&self) -> Option<&str> {
        self.redirect.iter().find(|(name, _)| name == "error").map(|(_, value)| value.as_str())
    }

    fn collect_body(&mut self) {
        self.codes.extend(self.body.codes());
        let sentences = self.body.leaves.iter().filter(|leaf| leaf.text.contains(char::is_whitespace));
        for leaf in sentences {
            self.sentences.push(Fact { text: leaf.text.clone().into(), lower: leaf.lower.clone().into() });
            // a tool writes its name before the sentence
            let plain = if leaf.steps.is_empty() { without_prefix(&leaf.text) } else { None };
            self.sentences.extend(plain.map(|text| Fact::new(text.to_owned())));
        }
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.response.status
    }

    /// Whether the status is known.
    pub(super) fn has_status(&self) -> bool {
        self.response.status != 0
    }

    /// Whether the response is a failure, by its status, its body or a redirect. A response is only diagnosed without
    /// its status if it reports a failure.
    pub(super) fn failed(&self) -> bool {
        let by_status = self.response.status >= 400 || !self.has_status();
        by_status
            || self.body.failed
            || self.redirect_error().is_some()
            || self.grpc_status.is_some_and(|code| code != 0)
    }

    /// Whether a rule of this tier reads the body. In a success that does not report a failure, only sentences of one provider
    /// mean anything.
    pub(super) fn is_readable(&self, tier: Tier) -> bool {
        self.failed() || !self.body.is_plain || tier <= Tier::Provider
    }

    /// Whether the status says nothing about the cause: SOAP sends every fault with 500.
    pub(super) fn hides_status(&self) -> bool {
        self.response.status == 500 && self.body.is_soap_fault()
    }

    /// Sentences in challenges and the body.
    pub(super) fn sentences(&self) -> &[Fact<'static>] {
        &self.sentences
    }

    /// Whether an error code, in normal form, is among those of the response.
    pub(super) fn has_code(&self, code: &str) -> bool {
        self.codes.contains(code)
    }

    /// Header fields in order, as name and value.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The facts at a place.
    pub(super) fn at(&self, place: &Place) -> Vec<Fact<'_>> {
        match place {
            Place::Code => self.codes.iter().map(|code| Fact::borrowed(code, code)).collect(),
            Place::Text => self.sentences.iter().map(|fact| Fact::borrowed(&fact.text, &fact.lower)).collect(),
            Place::Scheme => self.challenges.iter().map(|challenge| Fact::new(challenge.scheme.as_str())).collect(),
            Place::Header(name) => fields(&self.response, name).map(Fact::new).collect(),
            Place::Challenge { scheme, name } => self.parameters(scheme.as_deref(), name),
            Place::Redirect(name) => {
                let values = self.redirect.iter().filter(|(found, value)| found == name && !value.is_empty());
                values.map(|(_, value)| Fact::new(value.as_str())).collect()
            }
            Place::Body { .. } if !self.body.may_have(place) => Vec::new(),
            Place::Body { .. } => {
                let leaves = self.body.leaves.iter().filter(|leaf| place.is_member(&leaf.steps));
                leaves.map(|leaf| Fact::borrowed(&leaf.text, &leaf.lower)).collect()
            }
        }
    }

    /// Challenge parameters. A challenge with `insufficient_scope` takes precedence over the others.
    fn parameters(&self, scheme: Option<&str>, name: &str) -> Vec<Fact<'_>> {
        let insufficient = |challenge: &Challenge| challenge.parameter("error") == Some("insufficient_scope");
        let any = self.challenges.iter().any(insufficient);
        let relevant = self.challenges.iter().filter(|challenge| match scheme {
            Some(scheme) => challenge.is_scheme(scheme),
            None => !any || insufficient(challenge),
        });
        let values = relevant.filter_map(|challenge| challenge.parameter(name));
        values.filter(|value| !value.trim().is_empty()).map(Fact::new).collect()
    }

    /// The granted scopes in `X-OAuth-Scopes`, which several providers send.
    pub(super) fn granted_in_header(&self) -> Option<ScopeSet> {
        let granted: ScopeSet = fields(&self.response, "x-oauth-scopes").flat_map(members).collect();
        (!granted.is_empty()).then_some(granted)
    }

    /// The URL for single sign-on in GitHub's header: `required; url=…`.
    pub(super) fn sign_on_url(&self) -> Option<&'r str> {
        let field = fields(&self.response, "x-github-sso").find_map(|value| value.split_once("url="));
        field.map(|(_, url)| url.trim())
    }

    /// The error code in the challenge or the body, as it was sent.
    pub(super) fn error(&self) -> Option<Cow<'_, str>> {
        let in_challenge = self.challenges.iter().find_map(|challenge| challenge.parameter("error"));
        let in_challenge = in_challenge.or_else(|| self.redirect_error());
        let code = in_challenge.or_else(|| {
            let leaf = self.body.leaves.iter().find(|leaf| matches!(leaf.name(), "error" | "code" | "errorcode"));
            let alone = self.body.leaves.iter().find(|leaf| leaf.name().is_empty() && leaf.text.contains('_'));
            leaf.or(alone).map(|leaf| leaf.text.as_str()).filter(|text| !text.contains(char::is_whitespace))
        });
        code.map(masked_within)
    }

    /// The fields that the errors of a GraphQL response are about.
    pub(super) fn fields(&self) -> Vec<&str> {
        let is_path = |steps: &[String]| matches!(steps, [errors, path] if errors == "errors" && path == "path");
        let leaves = self.body.leaves.iter().filter(|leaf| is_path(&leaf.steps));
        leaves.take(MAX_FIELDS).map(|leaf| leaf.text.as_str()).collect()
    }

    /// The first sentence. Tokens in it are masked: a server may repeat the token that it rejects.
    pub(super) fn message(&self) -> Option<Cow<'_, str>> {
        const TELLING: &[&str] =
            &["scope", "permission", "token", "denied", "expired", "invalid", "audience", "issuer", "not "];
        let is_telling = |fact: &&Fact<'_>| TELLING.iter().any(|word| fact.lower.contains(word));
        let first = self.sentences.first()?;
        // of the lines of a log, one that tells the reason
        let fact = if self.has_status() { first } else { self.sentences.iter().find(is_telling).unwrap_or(first) };
        let shown = |text: &str| text.get(..text.floor_char_boundary(MAX_MESSAGE)).unwrap_or_default().to_owned();
        // league/oauth2-server and PostgREST name the culprit in a hint
        let hint = self.body.leaves.iter().find(|leaf| leaf.name() == "hint" && leaf.text != fact.text);
        let text = match hint {
            Some(hint) => format!("{} ({})", shown(&fact.text), shown(&hint.text)),
            None => shown(&fact.text),
        };
        Some(Cow::Owned(masked_within(&text).into_owned()))
    }
}

/// The numbered error codes in a sentence, in normal form: `AADSTS50105`, `IDX10214`.
fn numbered_codes(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|at: char| !at.is_ascii_alphanumeric());
    let is_numbered = |word: &&str| {
        let number = word.trim_start_matches(|at: char| at.is_ascii_uppercase());
        let letters = word.len() - number.len();
        (2..=8).contains(&letters)
            && (3..=8).contains(&number.len())
            && number.bytes().all(|digit| digit.is_ascii_digit())
    };
    words.filter(is_numbered).map(normal_code)
}

/// Limit for the prefixes of one line.
const MAX_PREFIXES: usize = 6;

/// The part of a line after what tools write before a message: their name, the type of the error, the status:
/// `gh: `, `POST https://…: `, `googleapi: Error 403: `. `None` when there is no such part.
fn without_prefix(line: &str) -> Option<&str> {
    let mut rest = line;
    for _ in 0..MAX_PREFIXES {
        let Some((before, after)) = rest.split_once(": ") else { break };
        let mut words = before.split_whitespace();
        let is_name = match (words.next(), words.next(), words.next()) {
            (Some(name), None, _) => name.parse::<u16>().is_ok() || !name.eq_ignore_ascii_case("scope"),
            (Some("Error" | "error" | "HTTP" | "Unexpected" | "Uncaught" | "code" | "[ERROR]"), Some(_), None) => true,
            (Some(method), Some(url), None) => {
                method.bytes().all(|at| at.is_ascii_uppercase()) || url.contains("://") || method.starts_with('(')
            }
            (Some("Error"), Some("response" | "message" | "code"), _) => true,
            _ => false,
        };
        if !is_name {
            break;
        }
        rest = after.trim_start();
    }
    // `403 Forbidden sentence`
    let plain = rest.split_once(' ').filter(|(number, _)| number.len() == 3 && number.parse::<u16>().is_ok());
    let rest = plain.map_or(rest, |(_, sentence)| sentence);
    (rest.len() < line.len() && rest.contains(char::is_whitespace)).then_some(rest)
}

/// The non-empty values of a header field, in order.
fn fields<'r>(response: &Response<'r>, name: &str) -> impl Iterator<Item = &'r str> {
    let fields = response.headers.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name));
    fields.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// Limit for the parameters of a redirect.
const MAX_PARAMETERS: usize = 64;

/// The parameters in the query and the fragment of a URL, decoded; names in lower case.
fn parameters(url: &str) -> Vec<(String, String)> {
    let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
    let query = before.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let pairs = [query, fragment].into_iter().flat_map(|part| part.split('&')).filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| percent_decoded(&text.replace('+', " ")).into_owned();
    pairs.take(MAX_PARAMETERS).map(|(name, value)| (name.to_ascii_lowercase(), decoded(value))).collect()
}

/// The body; empty for a success whose body does not report a failure, because that body is about something else.
fn body(response: &Response<'_>) -> Body {
    let is_success = response.status < 400 && response.status != 0;
    if is_success && response.body.len() > MAX_SUCCESS_BODY {
        return Body::default();
    }
    let mut body = Body::read(response.body);
    // plain text may be the message of a failure that only its provider sends with a success
    if is_success && !body.failed && (!body.is_plain || response.body.len() > MAX_PLAIN) {
        body.leaves.clear();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(body: &str) -> Facts<'_> {
        Facts::read(&Response { status: 400, headers: &[], body: body.as_bytes() })
    }

    #[test]
    fn numbered_codes_are_found_in_sentences_whatever_is_around_them() {
        let found = |text: &str| numbered_codes(text).collect::<Vec<_>>().join(" ");
        assert_eq!(found("(AADSTS50105) not assigned"), "aadsts50105");
        assert_eq!(found("code=AADSTS65001&x, [IDX10214]: KC-SERVICES0093"), "aadsts65001 idx10214 services0093");
        assert_eq!(found("HTTP 403 at 2026 A1234 x86 AB12 abc1234"), "");
    }

    #[test]
    fn a_hint_is_part_of_the_message() {
        let body =
            r#"{"error":"invalid_scope","error_description":"The scope is not valid","hint":"Check the `a:b` scope"}"#;
        assert_eq!(facts(body).message().as_deref(), Some("The scope is not valid (Check the `a:b` scope)"));
        assert_eq!(facts(r#"{"message":"JWT expired","hint":null}"#).message().as_deref(), Some("JWT expired"));
    }
}
