//! Checks of strings in claims: secrets, personal data, deceptive characters.

use crate::diagnostic::Diagnostic;
use crate::text::{is_deceptive, is_printable_ascii};
use crate::token::findings::{PERSONAL_DATA, SECRET_IN_CLAIMS, TEXT_DECEPTIVE};
use crate::token::names::NameBits;
use crate::token::{Decoded, Json, opaque};

/// Names of claims whose value is a secret.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secret_key",
    "client_secret",
    "api_key",
    "apikey",
    "private_key",
    "access_key",
    "secret_access_key",
    "access_token",
    "refresh_token",
    "credentials",
];

/// Claims with personal data beyond what identifies the caller to an API.
const PERSONAL: &[&str] = &[
    "birthdate",
    "date_of_birth",
    "dob",
    "phone_number",
    "address",
    "gender",
    "ssn",
    "social_security_number",
    "national_id",
    "personal_number",
    "tax_id",
    "passport_number",
    "iban",
    "credit_card",
    "card_number",
];

/// Beginning of the first line of a key in PEM.
const PEM: &str = "-----BEGIN ";

/// Kinds of tokens that contain personal data by design.
const ABOUT_A_PERSON: &[&str] = &["id-token", "credential", "introspection-response"];
/// Kinds of tokens that contain tokens by design.
const WITH_TOKENS: &[&str] = &["authorization-response", "introspection-response"];

pub(super) fn check(claims: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    let is = |names: &[&str]| decoded.purpose.as_ref().is_some_and(|named| names.contains(&named.purpose.name));
    let mut found = SuspectClaims::default();
    found.look("", claims);
    if !found.deceptive.is_empty() {
        let message = format!("{} invisible or bidirectional characters", contain(&found.deceptive));
        findings.push(Diagnostic::new(&TEXT_DECEPTIVE, message));
    }
    if !found.secret.is_empty() && !is(WITH_TOKENS) {
        let message =
            format!("{} what looks like a secret: anyone who sees the token can read it", contain(&found.secret));
        findings.push(Diagnostic::new(&SECRET_IN_CLAIMS, message));
    }
    let names = NameBits::of_members(Some(claims));
    let personal = PERSONAL.iter().copied().filter(|name| names.may_have_any(NameBits::of(name)));
    let personal: Vec<&str> = personal.filter(|name| claims.get(name).is_some()).collect();
    if !personal.is_empty() && !is(ABOUT_A_PERSON) {
        let message = format!("{} personal data, exposed to every API and log that sees the token", contain(&personal));
        findings.push(Diagnostic::new(&PERSONAL_DATA, message));
    }
}

fn contain(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(super::MOST_ALIKE).map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "contains" } else { "contain" };
    format!("{} {verb}", shown.join(", "))
}

/// Names of the claims with deceptive characters or secrets, without immediate repetitions.
#[derive(Default)]
struct SuspectClaims<'j> {
    deceptive: Vec<&'j str>,
    secret: Vec<&'j str>,
}

impl<'j> SuspectClaims<'j> {
    /// Inspects a value at every depth. `name` is that of the closest member.
    fn look(&mut self, name: &'j str, value: &'j Json) {
        match value {
            Json::String(text) => {
                if deceives(text) {
                    note(&mut self.deceptive, name);
                }
                let named = is_secret_name(name) && text.len() > 5;
                if named || is_secret(text) {
                    note(&mut self.secret, name);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.look(name, item)),
            Json::Object(members) => {
                // a private JWK (RFC 7517 §9.3)
                if value.get("kty").is_some() && (value.get("d").is_some() || value.get("k").is_some()) {
                    note(&mut self.secret, name);
                }
                for (name, value) in members {
                    if deceives(name) {
                        note(&mut self.deceptive, name);
                    }
                    self.look(name, value);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}

fn note<'j>(names: &mut Vec<&'j str>, name: &'j str) {
    if names.last() != Some(&name) {
        names.push(name);
    }
}

/// Returns whether a string has deceptive characters. Line breaks are allowed (postal addresses), and so are joiners and
/// variation selectors after a non-ASCII character (scripts, emoji).
fn deceives(text: &str) -> bool {
    if is_printable_ascii(text) {
        return false;
    }
    let mut before = ' ';
    text.chars().any(|character| {
        let ordinary = match character {
            '\n' | '\r' | '\t' => true,
            '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => !before.is_ascii(),
            _ => false,
        };
        before = character;
        is_deceptive(character) && !ordinary
    })
}

/// Returns whether a member has the name of a secret.
pub(in crate::token) fn is_secret_name(name: &str) -> bool {
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// Returns whether a string is a private key in PEM (RFC 7468 §10) or a token with a published prefix.
pub(in crate::token) fn is_secret(text: &str) -> bool {
    let key = text.len() > PEM.len() && text.contains(PEM) && text.contains("PRIVATE KEY-----");
    // short prefixes without a separator also begin ordinary strings, and publishable keys are not secret
    let telling = |known: &opaque::Known| known.prefix.len() > 3 && known.prefix.contains(['_', '-', '.']);
    key || opaque::detect(text).is_some_and(|known| telling(known) && !known.what.starts_with("publishable"))
}
