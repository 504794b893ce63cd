//! Stage 4: the cause of a call, decided by one ordered table.
//!
//! The first row that applies decides, in the order of [`Cause`]: transport, the token itself, then what the response
//! states. A row that passes on the statement of a response rule is reported under the name of that rule, any other row
//! under its own.

use super::model::Confidence::{self, Certain, Guess, Likely};
use super::situation::Situation;
use crate::manifest::Cause;

/// The decision of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) cause: Cause,
    pub(super) confidence: Confidence,
    /// The name of the rule that decided.
    pub(super) rule: String,
    /// The documentation of that rule.
    pub(super) source: Option<String>,
}

/// Whether a row is for responses that some response rule matches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Response {
    Explained,
    Unexplained,
    Any,
}

/// How a row concludes.
#[derive(Clone, Copy)]
enum Conclusion {
    Is(Cause, Confidence),
    /// This cause, with the certainty of the response but at least `Likely`.
    IsAtLeastLikely(Cause),
    /// The cause that the response states, with its certainty.
    Stated,
    /// The first of several causes that the response states.
    FirstStated,
    /// A stated transport failure.
    StatedTransport,
    /// What is wrong with the token by its own claims.
    TokenFault(Confidence),
    /// The mismatch of issuer or audience.
    Mismatch(Confidence),
}

/// One row. `status`: the statuses it is for, all when empty.
struct Row {
    name: &'static str,
    response: Response,
    status: &'static [u16],
    applies: fn(&Situation<'_, '_>) -> bool,
    conclusion: Conclusion,
    source: &'static str,
}

const fn row(
    name: &'static str,
    response: Response,
    status: &'static [u16],
    applies: fn(&Situation<'_, '_>) -> bool,
    conclusion: Conclusion,
    source: &'static str,
) -> Row {
    Row { name, response, status, applies, conclusion, source }
}

use Conclusion::{FirstStated, Is, IsAtLeastLikely, Mismatch, Stated, StatedTransport, TokenFault};
use Response::{Any, Explained, Unexplained};

/// The decision table. The last row applies to everything.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    // no failure
    row("success", Unexplained, &[], |case| !case.facts.failed(), Is(Cause::None, Certain), "RFC 9110 section 15.3"),

    // transport
    row("too-many-requests", Any, &[429], |_| true, IsAtLeastLikely(Cause::Transport), "RFC 6585 section 4"),
    row("transport-error", Explained, &[], |case| case.first_stated() == Some(Cause::Transport), StatedTransport, ""),
    row("server-error", Explained, &[], |case| is_server_error(case) && case.certainty() < Certain, IsAtLeastLikely(Cause::Transport), "RFC 9110 section 15.6"),
    row("server-error", Unexplained, &[500], is_server_error, Is(Cause::Transport, Likely), "RFC 9110 section 15.6.1"),
    row("gateway-error", Unexplained, &[], is_server_error, Is(Cause::Transport, Certain), "RFC 9110 section 15.6"),

    // the request, as the capture shows it
    row("authorization-header", Any, REFUSED, |case| case.holds_no_token() && !case.is_login(), Is(Cause::TokenInvalid, Certain), "RFC 6750 section 2.1"),
    row("proof-missing", Explained, &[400, 401], |case| case.rejects_token() && case.token_fault().is_none() && lacks_proof(case), Is(Cause::Binding, Likely), "RFC 9449 section 7.1"),
    row("authorization-header", Any, REFUSED, |case| case.authorization_fault().is_some() && !case.accepted_token(), Is(Cause::TokenInvalid, Certain), "RFC 6750 section 2.1"),

    // the token itself
    row("token-claims", Explained, &[], |case| case.token_fault().is_some() && !case.accepted_token(), TokenFault(Certain), "RFC 7519 section 4.1"),
    row("token-claims", Unexplained, &[401], |case| case.token_fault().is_some(), TokenFault(Certain), "RFC 7519 section 4.1"),
    row("token-claims", Unexplained, &[], |case| case.token_fault().is_some(), TokenFault(Likely), "RFC 7519 section 4.1"),
    row("no-token", Explained, &[401, 403], |case| case.no_token() && !case.is_login() && case.first_stated() >= Some(Cause::TokenExpired), Is(Cause::TokenInvalid, Certain), "RFC 6750 section 3.1"),
    row("no-token", Unexplained, &[401], no_token, Is(Cause::TokenInvalid, Certain), "RFC 6750 section 3.1"),
    row("no-token", Unexplained, &[403], no_token, Is(Cause::TokenInvalid, Likely), "RFC 6750 section 3.1"),

    // the token contradicts what the response states
    row("token-mismatch", Explained, &[], |case| case.is_vague_about_scope() && case.lacks_scopes() != Some(true) && case.mismatch().is_some(), Mismatch(Likely), "RFC 9068 section 4"),
    row("token-mismatch", Explained, &[], |case| case.rejects_token() && case.mismatch().is_none() && case.has_foreign_audience(), Is(Cause::Audience, Likely), "RFC 9068 section 4"),
    row("named-scopes-missing", Explained, &[], |case| case.first_stated() == Some(Cause::TokenInvalid) && case.mismatch().is_none() && case.lacks_named() == Some(true), Is(Cause::Scope, Likely), "RFC 6750 section 3"),
    row("no-permissions", Explained, &[], |case| case.may_be(Cause::Scope) && case.has_no_permissions(), Is(Cause::Scope, Likely), "RFC 9068 section 2.2.3"),

    // the response states several causes: the comparison tells them apart
    row("scopes-missing", Explained, &[], |case| case.may_be(Cause::Scope) && case.lacks_scopes() == Some(true), Is(Cause::Scope, Likely), ""),
    row("scopes-sufficient", Explained, &[], |case| case.may_be(Cause::Role) && case.lacks_scopes() == Some(false), Is(Cause::Role, Likely), ""),
    row("scopes-sufficient", Explained, &[], |case| case.is_ambiguous() && case.first_stated() == Some(Cause::Scope) && case.lacks_scopes() == Some(false), Is(Cause::Unknown, Guess), ""),
    row("guessed-scope", Explained, &[], |case| case.is_ambiguous() && case.is_guess() && case.lacks_scopes().is_none(), Is(Cause::Scope, Guess), ""),
    // a rejected token from another issuer, or for another audience
    row("token-mismatch", Explained, &[], |case| case.first_stated() == Some(Cause::TokenInvalid) && case.mismatch().is_some(), Mismatch(Likely), "RFC 9068 section 4"),
    row("challenge", Explained, &[401], |case| case.first_stated() == Some(Cause::TokenInvalid) && case.is_bare_challenge() && case.is_ambiguous(), Is(Cause::TokenInvalid, Likely), "RFC 6750 section 3.1"),
    row("first-stated", Explained, &[], |case| case.is_ambiguous() || case.first_stated() == Some(Cause::Unknown), FirstStated, ""),
    // the response states one cause
    row("stated", Explained, &[], |_| true, Stated, ""),

    // no rule matches the response
    row("proof-missing", Unexplained, &[400, 401], lacks_proof, Is(Cause::Binding, Likely), "RFC 9449 section 7.1"),
    row("token-mismatch", Unexplained, &[401, 403], |case| case.mismatch().is_some(), Mismatch(Likely), "RFC 9068 section 4"),
    row("scopes-missing", Unexplained, &[401, 403], |case| case.lacks_scopes() == Some(true), Is(Cause::Scope, Likely), ""),
    row("challenge", Unexplained, &[401], |case| !case.facts.challenges.is_empty(), Is(Cause::TokenInvalid, Likely), "RFC 6750 section 3.1"),
    row("unauthorized", Unexplained, &[401], |_| true, Is(Cause::TokenInvalid, Guess), "RFC 9110 section 15.5.2"),
    // a server may answer 404 to hide what a token is not sufficient for
    row("hidden-resource", Unexplained, &[404], |case| case.has_token() && case.lacks_scopes() == Some(true), Is(Cause::Scope, Guess), "RFC 9110 section 15.5.4"),
    row("scopes-sufficient", Unexplained, &[403], |case| case.has_token() && case.lacks_scopes() == Some(false), Is(Cause::Role, Likely), ""),
    row("unexplained", Unexplained, &[], |_| true, Is(Cause::Unknown, Guess), ""),
];

/// Statuses with which a server refuses a request for its credentials; 0: not known.
const REFUSED: &[u16] = &[0, 400, 401, 403];

fn is_server_error(case: &Situation<'_, '_>) -> bool {
    case.status() >= 500 && !case.facts.hides_status()
}

fn no_token(case: &Situation<'_, '_>) -> bool {
    case.no_token()
}

fn lacks_proof(case: &Situation<'_, '_>) -> bool {
    case.lacks_proof()
}

/// Decides on the cause of a call.
pub(super) fn decide(situation: &Situation<'_, '_>) -> Decision {
    let row = TABLE.iter().find(|row| row.is_for(situation));
    row.map_or_else(unexplained, |row| row.conclude(situation))
}

fn unexplained() -> Decision {
    named("unexplained", "", Cause::Unknown, Guess)
}

fn named(rule: &str, source: &str, cause: Cause, confidence: Confidence) -> Decision {
    Decision { cause, confidence, rule: rule.to_owned(), source: (!source.is_empty()).then(|| source.to_owned()) }
}

impl Row {
    fn is_for(&self, situation: &Situation<'_, '_>) -> bool {
        let explained = situation.reading.is_some();
        let response = match self.response {
            Explained => explained,
            Unexplained => !explained,
            Any => true,
        };
        let status = self.status.is_empty() || self.status.contains(&situation.status());
        response && status && (self.applies)(situation)
    }

    fn conclude(&self, situation: &Situation<'_, '_>) -> Decision {
        let own = |cause, confidence| named(self.name, self.source, cause, confidence);
        let certainty = situation.certainty();
        match self.conclusion {
            Is(cause, confidence) => own(cause, confidence),
            IsAtLeastLikely(cause) => own(cause, certainty.max(Likely)),
            TokenFault(confidence) => own(situation.token_fault().unwrap_or(Cause::TokenInvalid), confidence),
            Mismatch(confidence) => own(situation.mismatch().unwrap_or(Cause::TokenInvalid), confidence),
            Stated => self.stated(situation, certainty),
            FirstStated => self.stated(situation, Guess),
            StatedTransport => self.stated(situation, certainty.max(Likely)),
        }
    }

    /// Passes on the first cause that the response states, under the name of its rule.
    fn stated(&self, situation: &Situation<'_, '_>, confidence: Confidence) -> Decision {
        let Some(reading) = &situation.reading else { return unexplained() };
        let (rule, source) = (reading.rule.name.as_str(), reading.rule.source.as_deref());
        named(rule, source.unwrap_or(self.source), reading.cause(), confidence)
    }
}

/// The rows for documentation: name, responses, conclusion, source.
#[cfg(test)]
pub(super) fn rows() -> impl Iterator<Item = [String; 4]> {
    TABLE.iter().map(|row| {
        let response = match row.response {
            Explained => "a response that a rule reads",
            Unexplained => "a response that no rule reads",
            Any => "any response",
        };
        let statuses: Vec<String> = row.status.iter().filter(|status| **status != 0).map(ToString::to_string).collect();
        let with = if statuses.is_empty() { String::new() } else { format!(", status {}", statuses.join(", ")) };
        let conclusion = match row.conclusion {
            Is(cause, confidence) => format!("{}, {}", cause.as_str(), confidence.as_str()),
            IsAtLeastLikely(cause) => format!("{}, at least likely", cause.as_str()),
            Stated => "the cause of the response's rule".to_owned(),
            FirstStated => "the first cause of the response's rule, guess".to_owned(),
            StatedTransport => "transport, by the response's rule".to_owned(),
            TokenFault(confidence) => format!("what the claims show, {}", confidence.as_str()),
            Mismatch(confidence) => format!("issuer or audience, {}", confidence.as_str()),
        };
        [row.name.to_owned(), format!("{response}{with}"), conclusion, row.source.to_owned()]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_row_applies_to_every_unexplained_response_and_stated_to_every_other() {
        let is_default = |row: &&Row| row.status.is_empty() && matches!(row.name, "stated" | "unexplained");
        let names: Vec<&str> = TABLE.iter().filter(is_default).map(|row| row.name).collect();
        assert_eq!(names, ["stated", "unexplained"]);
        assert_eq!(TABLE.last().map(|row| row.name), Some("unexplained"));
    }

    #[test]
    fn rule_names_are_kebab_case() {
        let is_kebab = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(TABLE.iter().all(|row| is_kebab(row.name)));
    }
}
