//! Which new passphrases are refused: those that a guesser tries first (NIST SP 800-63B-4, 3.1.1.2: commonly used,
//! repetitive or sequential, or made of the name of the user or the service).

use super::VaultError;
use crate::secret::Secret;

/// The fewest characters.
const LEAST_CHARACTERS: usize = 8;

/// The fewest characters that differ from each other.
const LEAST_DISTINCT: usize = 5;

/// The fewest pairs of neighbours of which the second does not follow from the first.
const LEAST_STEPS: usize = 4;

/// Neighbours on keyboards.
const ROWS: [&str; 4] = ["qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm"];

/// Words that are whole passwords, at the head of every published list.
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

/// Checks a new passphrase. The user's names are those that the environment states.
pub(super) fn demand_fit(passphrase: &Secret) -> Result<(), VaultError> {
    if passphrase.expose().chars().count() < LEAST_CHARACTERS {
        return Err(VaultError::PassphraseShort(LEAST_CHARACTERS));
    }
    let names: Vec<String> = ["USER", "LOGNAME"].iter().filter_map(|name| std::env::var(name).ok()).collect();
    weakness(passphrase.expose(), &names).map_or(Ok(()), |reason| Err(VaultError::PassphraseTrivial(reason)))
}

/// Why a passphrase is too easy to guess, to be read after `the passphrase`. `names`: those of the user. `None`: it is
/// long enough and not trivial, which does not make it good.
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
    // `P@ssw0rd123!` is the word with decoration
    let decoration = |character: char| !character.is_alphabetic();
    let spelled = |text: &str| -> String { text.chars().map(spelled).collect() };
    let trimmed = |text: &str| text.trim_matches(decoration).to_owned();
    let lower = passphrase.to_lowercase();
    let words = [trimmed(&lower), spelled(&trimmed(&lower)), trimmed(&spelled(&lower))];
    let is_word = |known: &str| {
        let twice = known.repeat(2);
        words.iter().any(|word| *word == known || *word == twice)
    };
    if COMMON.iter().any(|known| is_word(known)) {
        return Some("is one of the most used");
    }
    if names.iter().any(|name| is_word(&name.to_lowercase())) {
        return Some("is your user name");
    }
    None
}

/// Whether a character is what comes after another: the same, the next or previous one, or its neighbour on a keyboard.
fn follows(one: char, other: char) -> bool {
    let near = u32::from(one).abs_diff(u32::from(other)) <= 1;
    let place = |row: &str, character| row.chars().position(|known| known == character);
    near || ROWS.iter().any(|row| {
        let places = place(row, one).zip(place(row, other));
        places.is_some_and(|(one, other)| one.abs_diff(other) == 1)
    })
}

/// The letter that a digit or sign stands for in the usual substitutions.
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
            ("Password", "most used"),
            ("password123", "most used"),
            ("P@ssw0rd!", "most used"),
            ("123changeme", "most used"),
            ("secretsecret", "most used"),
            ("tokscope1!", "most used"),
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
            "a passphrase of its own",
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
