//! Strength check for new passphrases: those that are guessed first are refused (NIST SP 800-63B-4, 3.1.1.2: commonly
//! used, repetitive or sequential, or made of the name of the user or the service).

use super::VaultError;
use crate::secret::Secret;

/// Minimum number of characters.
const LEAST_CHARACTERS: usize = 8;

/// Minimum number of distinct characters.
const LEAST_DISTINCT: usize = 5;

/// Minimum number of adjacent pairs that are not part of a sequence.
const LEAST_STEPS: usize = 4;

/// Keyboard rows.
const ROWS: [&str; 4] = ["qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm"];

/// Common passwords, at the top of published lists.
const COMMON: [&str; 22] = [
    "password",
    "passwort",
    "changeme",
    "changeit",
    "letmein",
    "welcome",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "starwars",
    "trustno",
    "computer",
    "internet",
    "whatever",
    "administrator",
    "default",
    "secret",
    "tokscope",
    "vault",
];

/// Words that are refused as they are; decorated, they are as good as any other word.
const PLACEHOLDERS: [&str; 5] = ["passphrase", "pass phrase", "my password", "mypassword", "my passphrase"];

/// Checks a new passphrase. User names are read from the environment.
pub(super) fn demand_fit(passphrase: &Secret) -> Result<(), VaultError> {
    if passphrase.expose().chars().count() < LEAST_CHARACTERS {
        return Err(VaultError::PassphraseShort(LEAST_CHARACTERS));
    }
    let names: Vec<String> = ["USER", "LOGNAME"].iter().filter_map(|name| std::env::var(name).ok()).collect();
    weakness(passphrase.expose(), &names).map_or(Ok(()), |reason| Err(VaultError::PassphraseTrivial(reason)))
}

/// Returns why a passphrase is too easy to guess, as a predicate of `it`. `names`: the user's names. `None` if it is
/// not trivial, which does not make it strong.
fn weakness(passphrase: &str, names: &[String]) -> Option<&'static str> {
    let characters: Vec<char> = passphrase.to_lowercase().chars().collect();
    let mut distinct = characters.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < LEAST_DISTINCT {
        return Some("repeats too few characters");
    }
    let steps = characters.windows(2).filter(|pair| matches!(pair, [one, other] if !follows(*one, *other))).count();
    if steps < LEAST_STEPS {
        return Some("is little more than a sequence");
    }
    // `P@ssw0rd123!` is a decorated word
    let decoration = |character: char| !character.is_alphabetic();
    let spelled = |text: &str| -> String { text.chars().map(spelled).collect() };
    let trimmed = |text: &str| text.trim_matches(decoration).to_owned();
    let lower = passphrase.to_lowercase();
    let words = [trimmed(&lower), spelled(&trimmed(&lower)), trimmed(&spelled(&lower))];
    let is_word = |known: &str| {
        let twice = known.repeat(2);
        words.iter().any(|word| *word == known || *word == twice)
    };
    if COMMON.iter().any(|known| is_word(known)) || PLACEHOLDERS.contains(&lower.trim()) {
        return Some("is one of the most common");
    }
    if names.iter().any(|name| is_word(&name.to_lowercase())) {
        return Some("is your user name");
    }
    None
}

/// Whether a character follows another in a sequence: the same, the next or previous one, or its neighbor on a
/// keyboard.
fn follows(one: char, other: char) -> bool {
    let near = u32::from(one).abs_diff(u32::from(other)) <= 1;
    let place = |row: &str, character| row.chars().position(|known| known == character);
    near || ROWS.iter().any(|row| {
        let places = place(row, one).zip(place(row, other));
        places.is_some_and(|(one, other)| one.abs_diff(other) == 1)
    })
}

/// Returns the letter that a digit or symbol commonly replaces.
fn spelled(character: char) -> char {
    match character {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trivial_passphrases_are_recognized() {
        let names = ["margarethe".to_owned()];
        for (passphrase, reason) in [
            ("aaaaaaaaaaaa", "repeats"),
            ("abababababab", "repeats"),
            ("12121212", "repeats"),
            ("        ", "repeats"),
            ("12345678", "sequence"),
            ("9876543210", "sequence"),
            ("abcdefghijkl", "sequence"),
            ("qwertyuiop", "sequence"),
            ("poiuytrewq", "sequence"),
            ("qwerty123456", "sequence"),
            ("asdfghjkl1", "sequence"),
            ("aaaabbbbccccddddeeee", "sequence"),
            ("Password", "most common"),
            ("password123", "most common"),
            ("P@ssw0rd!", "most common"),
            ("passphrase", "most common"),
            ("Passphrase ", "most common"),
            ("123changeme", "most common"),
            ("secretsecret", "most common"),
            ("tokscope1!", "most common"),
            ("Margarethe", "user name"),
            ("margarethe2026", "user name"),
        ] {
            let found = weakness(passphrase, &names);
            assert!(found.is_some_and(|found| found.contains(reason)), "{passphrase}: {found:?}");
        }
    }

    #[test]
    fn other_passphrases_are_accepted() {
        for passphrase in [
            "passphrase1",
            "a unique passphrase",
            "correct horse battery",
            "another passphrase",
            "x9$Lm2#qRz",
            "margarethe likes trees",
            "a secret of two",
            "παράδειγμα",
        ] {
            assert_eq!(weakness(passphrase, &["margarethe".to_owned()]), None, "{passphrase}");
        }
    }
}
