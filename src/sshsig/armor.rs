//! Finds armored blocks, such as signatures, in text that a chat or mail program may have changed: line breaks, quoting,
//! indentation, other line widths, text around it, typographic dashes and spaces, quoted-printable padding.
//!
//! OpenSSH itself accepts only LF, and nothing before the block; the crate `ssh-key` 0.6.7 accepts only lines of exactly 70
//! columns, and nothing behind it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::text::is_deceptive;

/// Maximum size of a text with blocks, in bytes.
pub const MOST_INPUT: usize = 1 << 20;

/// Maximum number of blocks in a text.
const MOST_BLOCKS: usize = 100;

/// Base64 that may lack its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A block: the label of its markers, and the text between them, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Label, such as `SSH SIGNATURE`.
    pub label: String,
    /// Lines between the markers as they are in the text.
    pub body: String,
    /// Number of the line with the first marker, from 1.
    pub line: usize,
}

/// Why a text has no usable block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArmorError {
    /// No marker.
    #[error("no block `BEGIN {0}` found")]
    None(String),
    /// A block that does not end.
    #[error("the block `BEGIN {label}` in line {line} has no end")]
    Open {
        /// Label.
        label: String,
        /// Line of the marker.
        line: usize,
    },
    /// Too large.
    #[error("the text is larger than {MOST_INPUT} bytes or has more than {MOST_BLOCKS} blocks")]
    Large,
}

/// Whether a line has only dashes, which broken and escaped markers leave behind (RFC 4880 §7.1).
#[must_use]
pub fn is_rule(line: &str) -> bool {
    line.chars().all(is_dash)
}

fn is_dash(character: char) -> bool {
    // hyphen-minus, the dashes that chat programs make of several, and the minus sign
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Removes what mail programs put before a line: indentation and quotation marks.
#[must_use]
pub fn unquoted(line: &str) -> &str {
    let is_mark = |character: char| is_space(character) || character == '>' || character == '|';
    let mut line = line.trim_end_matches(is_space).trim_start_matches(is_mark);
    // a quotation mark that was copied from HTML
    while let Some(rest) = line.strip_prefix("&gt;") {
        line = rest.trim_start_matches(is_mark);
    }
    line
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || is_invisible(character)
}

/// Returns a value without what only mail and chat programs put there: invisible characters are removed, and any space is a
/// common one.
#[must_use]
pub fn unspaced(value: &str) -> String {
    let visible = value.chars().filter(|character| !is_invisible(*character));
    visible.map(|character| if character.is_whitespace() { ' ' } else { character }).collect()
}

fn is_invisible(character: char) -> bool {
    !character.is_control() && is_deceptive(character)
}

/// Returns the range of a marker such as `-----BEGIN SSH SIGNATURE-----` in a text behind a position.
fn marker(text: &str, from: usize, word: &str, label: &str) -> Option<(usize, usize)> {
    let mut search = from;
    loop {
        let start = search + text.get(search..)?.find(word)?;
        search = start + word.len();
        let Some(length) = label_length(text.get(search..)?, label) else { continue };
        let end = search + length;
        let before = text.get(from..start)?.trim_end_matches(is_dash);
        let after = text.get(end..)?;
        let behind = after.trim_start_matches(is_dash);
        if from + before.len() < start && behind.len() < after.len() {
            return Some((from + before.len(), text.len() - behind.len()));
        }
    }
}

/// Returns the length of a label behind the first word of a marker, with any spaces between the words.
fn label_length(text: &str, label: &str) -> Option<usize> {
    let mut rest = text;
    for word in label.split(' ') {
        let next = rest.trim_start_matches(is_space);
        rest = next.strip_prefix(word).filter(|_| next.len() < rest.len())?;
    }
    Some(text.len() - rest.len())
}

/// Returns every block with a label.
///
/// # Errors
/// See [`ArmorError`].
pub fn blocks(text: &str, label: &str) -> Result<Vec<Block>, ArmorError> {
    if text.len() > MOST_INPUT {
        return Err(ArmorError::Large);
    }
    let mut found = Vec::new();
    let mut position = 0;
    while let Some((begin, start)) = marker(text, position, "BEGIN", label) {
        let line = text.get(..begin).unwrap_or_default().matches('\n').count() + 1;
        let (end, behind) =
            marker(text, start, "END", label).ok_or_else(|| ArmorError::Open { label: label.to_owned(), line })?;
        let body = text.get(start..end).unwrap_or_default();
        if marker(body, 0, "BEGIN", label).is_some() {
            return Err(ArmorError::Open { label: label.to_owned(), line });
        }
        found.push(Block { label: label.to_owned(), body: body.to_owned(), line });
        if found.len() > MOST_BLOCKS {
            return Err(ArmorError::Large);
        }
        position = behind;
    }
    if found.is_empty() { Err(ArmorError::None(label.to_owned())) } else { Ok(found) }
}

impl Block {
    /// Decodes the body as base64; `None` if it is not valid.
    #[must_use]
    pub fn base64(&self) -> Option<Vec<u8>> {
        let mut digits = String::with_capacity(self.body.len());
        for line in self.body.split(['\n', '\r']).map(unquoted).filter(|line| !is_rule(line)) {
            digits.extend(line.chars().filter(|character| !character.is_whitespace() && !is_invisible(*character)));
        }
        // `=3D` is the quoted-printable form of `=`, and a single one ends a line that goes on (RFC 2045 §6.7)
        let digits = digits.replace("=3D", "").replace('=', "");
        BASE64.decode(digits).ok()
    }
}
