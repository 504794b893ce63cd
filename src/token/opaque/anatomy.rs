//! Readable parts of opaque tokens: checksums, identifiers, limits.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Maximum length of a fact in characters.
const MOST_TEXT: usize = 200;
/// Maximum number of facts from one token.
const MOST_FACTS: usize = 12;

/// Readable parts of a token.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Anatomy {
    /// Whether the checksum is right.
    pub(super) checksum: Option<bool>,
    /// Facts: name and value.
    pub(super) facts: Vec<(&'static str, String)>,
    /// A JWT inside.
    pub(super) inner: Option<String>,
}

/// Reads nothing: only the prefix is known.
pub(super) fn plain(_: &str) -> Anatomy {
    Anatomy::default()
}

/// GitHub since 2021, npm: 30 characters, then their CRC-32 in 6 characters of base62.
pub(super) fn base62_checksum(token: &str) -> Anatomy {
    let body = token.split_once('_').map_or("", |(_, body)| body);
    let checked = body.split_at_checked(30).filter(|_| body.len() == 36);
    Anatomy { checksum: checked.map(|(random, sum)| base62(crc32(random.as_bytes())) == sum), ..Anatomy::default() }
}

/// Placeholder of a gateway session: 64 hexadecimal digits, then their CRC-32 in 6 characters of base62.
pub(super) fn gateway_placeholder(token: &str) -> Anatomy {
    let body = token.rsplit_once('_').map_or("", |(_, body)| body);
    let checked = body.split_at_checked(64).filter(|(_, sum)| sum.len() == 6);
    let fits = checked.is_some_and(|(random, sum)| base62(crc32(random.as_bytes())) == sum);
    Anatomy { checksum: Some(fits), ..Anatomy::default() }
}

/// Returns the placeholder with these random bytes.
pub(super) fn placeholder(prefix: &str, random: &[u8; 32]) -> String {
    let digits = random.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let sum = base62(crc32(digits.as_bytes()));
    format!("{prefix}{digits}{sum}")
}

/// GitHub `ghs_`: since 2026 the app ID and a JWT that only GitHub can verify; a checksum before.
pub(super) fn github_installation(token: &str) -> Anatomy {
    match token.strip_prefix("ghs_").and_then(|body| body.split_once('_')) {
        Some((app, jwt)) if jwt.starts_with("eyJ") => {
            Anatomy { checksum: None, facts: vec![("app id", app.to_owned())], inner: Some(jwt.to_owned()) }
        }
        _ => base62_checksum(token),
    }
}

/// Routable tokens of GitLab: payload, a dot, length and CRC; since version 1 with `.version` before the last dot. The
/// payload begins with the IDs of cell, organization, user and so on, in base36.
pub(super) fn gitlab(token: &str) -> Anatomy {
    let Some((head, tail)) = token.rsplit_once('.') else { return Anatomy::default() };
    let Some((length, sum)) = tail.split_at_checked(2).filter(|(_, sum)| sum.len() == 7) else {
        return Anatomy::default();
    };
    let checked = token.len() - sum.len();
    let fits = token.get(..checked).is_some_and(|text| base36(crc32(text.as_bytes())) == sum);
    let payload = match head.rsplit_once('.') {
        Some((payload, version)) if version.len() == 2 => payload,
        _ => head,
    };
    let length = usize::from_str_radix(length, 36).unwrap_or_default();
    let start = payload.len().saturating_sub(length);
    let bytes = payload.get(start..).and_then(|payload| BASE64_URL.decode(payload).ok()).unwrap_or_default();
    // random bytes follow the routing part; the last byte is their count
    let random = bytes.last().map_or(0, |count| usize::from(*count) + 1);
    let routing = bytes.get(..bytes.len().saturating_sub(random)).unwrap_or_default();
    let routing = String::from_utf8_lossy(routing);
    let facts = routing.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let name = match key {
            "c" => "cell",
            "g" => "group id",
            "o" => "organization id",
            "p" => "project id",
            "t" => "runner type",
            "u" => "user id",
            _ => return None,
        };
        Some((name, u64::from_str_radix(value, 36).ok()?.to_string()))
    });
    Anatomy { checksum: Some(fits), facts: facts.take(MOST_FACTS).collect(), inner: None }
}

/// Grafana: `glsa_`, 32 characters, `_`, then the CRC-32 of everything before in hexadecimal, lowest byte first.
pub(super) fn grafana(token: &str) -> Anatomy {
    let checked = token.rsplit_once('_').filter(|(_, sum)| sum.len() == 8);
    let sum = |text: &str| format!("{:08x}", crc32(text.as_bytes()).swap_bytes());
    Anatomy { checksum: checked.map(|(text, found)| sum(text) == found), ..Anatomy::default() }
}

/// Slack, such as `xoxb-TEAM-BOT-secret`: the IDs of workspace and user come first.
pub(super) fn slack(token: &str) -> Anatomy {
    let parts: Vec<&str> = token.split('-').collect();
    let is_number = |text: &&&str| text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let names = ["workspace number", "user number"];
    let numbers = parts.iter().skip(1).take_while(is_number);
    let facts = names.into_iter().zip(numbers).map(|(name, number)| (name, (*number).to_owned()));
    Anatomy { facts: facts.collect(), ..Anatomy::default() }
}

/// Salesforce `00D…!…`: the org ID comes before the exclamation mark.
pub(super) fn salesforce(token: &str) -> Anatomy {
    let organization = token.split_once('!').map(|(organization, _)| organization);
    let facts = organization.map(|organization| ("organization id", organization.to_owned()));
    Anatomy { facts: facts.into_iter().collect(), ..Anatomy::default() }
}

/// AWS `AKIA…`: the account ID follows the prefix, in base32, shifted by one bit.
pub(super) fn aws_key(token: &str) -> Anatomy {
    let digits = token.get(4..14).unwrap_or_default().bytes().map(|byte| match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    });
    let number = digits.take(10).try_fold(0_u64, |number, digit| Some(number << 5 | digit?));
    // ten characters have 50 bits: the account ID is 40 of the upper 48, below the top bit
    let account = number.map(|number| ((number >> 2) & 0x7fff_ffff_ff80) >> 7);
    let facts = account.map(|account| ("account", format!("{account:012}")));
    Anatomy { facts: facts.into_iter().collect(), ..Anatomy::default() }
}

/// Sentry `sntrys_`: base64 of a JSON object that names the server, `_`, then a secret.
pub(super) fn sentry(token: &str) -> Anatomy {
    let encoded = token.strip_prefix("sntrys_").and_then(|body| body.split_once('_')).map(|(encoded, _)| encoded);
    let text = encoded.and_then(|encoded| BASE64.decode(encoded).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    let claims = text.and_then(|text| crate::token::Json::parse(&text).ok());
    let fact = |name: &'static str| Some((name, short(claims.as_ref()?.get(name)?.as_str()?)));
    Anatomy { facts: ["url", "region_url", "org"].into_iter().filter_map(fact).collect(), ..Anatomy::default() }
}

/// Macaroons (libmacaroons version 2): location, identifier and caveats.
pub(super) fn macaroon(token: &str) -> Anatomy {
    let encoded = token.split_once('-').map_or("", |(_, encoded)| encoded);
    let bytes = BASE64_URL.decode(encoded).or_else(|_| BASE64.decode(encoded)).unwrap_or_default();
    let mut facts = Vec::new();
    if let Some((2, mut rest)) = bytes.split_first().map(|(version, rest)| (*version, rest)) {
        let mut caveat = false;
        while let Some((kind, content, after)) = packet(rest).filter(|_| facts.len() < MOST_FACTS) {
            let text = || short(&String::from_utf8_lossy(content));
            match kind {
                1 if !caveat => facts.push(("location", text())),
                2 if caveat => facts.push(("caveat", text())),
                2 => facts.push(("identifier", text())),
                // end of a section: caveats follow, and finally the signature
                0 => caveat = true,
                _ => {}
            }
            rest = after;
        }
    }
    Anatomy { facts, ..Anatomy::default() }
}

/// Splits off one field of a macaroon: type, content, rest. The end of a section has no content.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    if *kind == 0 {
        return Some((0, &[], rest));
    }
    let mut length = 0_usize;
    for (index, byte) in rest.iter().enumerate().take(4) {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let (content, after) = rest.get(index + 1..)?.split_at_checked(length)?;
            return Some((*kind, content, after));
        }
    }
    None
}

fn short(text: &str) -> String {
    text.chars().take(MOST_TEXT).collect()
}

/// Computes the CRC-32 of ISO 3309 (IEEE 802.3).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

/// Formats a number as six digits of 0-9, A-Z, a-z.
fn base62(number: u32) -> String {
    digits(number, 6, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}

/// Formats a number as seven digits of 0-9, a-z.
fn base36(number: u32) -> String {
    digits(number, 7, b"0123456789abcdefghijklmnopqrstuvwxyz")
}

fn digits(mut number: u32, count: usize, alphabet: &[u8]) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    let mut text = vec![char::from(b'0'); count];
    for digit in text.iter_mut().rev() {
        let index = usize::try_from(number % base).unwrap_or_default();
        *digit = char::from(alphabet.get(index).copied().unwrap_or_default());
        number /= base;
    }
    text.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts(anatomy: &Anatomy) -> Vec<String> {
        anatomy.facts.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn checksums_are_verified() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        for (anatomy, token, fits) in [
            (base62_checksum as fn(&str) -> Anatomy, "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", Some(true)),
            (base62_checksum, "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", Some(true)),
            (base62_checksum, "ghp_0123456789abcdefghijABCDEFGHIJ3mpbCY", Some(false)),
            (base62_checksum, "ghp_short", None),
            // the example in GitLab's description of the format
            (gitlab, "bzoxd_Rb5_cHeWe1JH56wr2FCBA.0r1pum4t4", Some(true)),
            (gitlab, "glpat-bzoxCnU6MnMAAQIDBAUGBwgJCgsMDQ4PEA.01.0y0f1b977", Some(true)),
            (gitlab, "glpat-bzoxCnU6MnMAAQIDBAUGBwgJCgsMDQ4PEA.01.0y0f1b978", Some(false)),
            (gitlab, "glpat-abcdefghijklmnopqrst", None),
            (grafana, "glsa_AAAAAAAAAAAAAAAAbbbbbbbbbbbbbbbb_6141049e", Some(true)),
            (grafana, "glsa_AAAAAAAAAAAAAAAAbbbbbbbbbbbbbbbb_6141049f", Some(false)),
        ] {
            assert_eq!(anatomy(token).checksum, fits, "{token}");
        }
    }

    #[test]
    fn facts_are_read_from_the_token() {
        for (anatomy, expected) in [
            (gitlab("bzoxd_Rb5_cHeWe1JH56wr2FCBA.0r1pum4t4"), vec!["organization id=1"]),
            (gitlab("glpat-bzoxCnU6MnMAAQIDBAUGBwgJCgsMDQ4PEA.01.0y0f1b977"), vec!["organization id=1", "user id=100"]),
            (
                slack("xoxb-123456789012-987654321098-abc"),
                vec!["workspace number=123456789012", "user number=987654321098"],
            ),
            (slack("xoxb-abc"), vec![]),
            (salesforce("00D000000000001!AQ"), vec!["organization id=00D000000000001"]),
            (aws_key("ASIAQNZGKIQY56JQ7WML"), vec!["account=029608264753"]),
            (
                macaroon(
                    "pypi-AgEIcHlwaS5vcmcCJDBkOWI4ZmZhLTZjMTQtNGVhOC1iMmI5LTAwMDAwMDAwMDAwMAACEFsxLFsidG9rc2NvcGUiXV0AAhlbMCwxODkzNDU2MDAwLDE3MDAwMDAwMDBdAAAGIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB",
                ),
                vec![
                    "location=pypi.org",
                    "identifier=0d9b8ffa-6c14-4ea8-b2b9-000000000000",
                    "caveat=[1,[\"tokscope\"]]",
                    "caveat=[0,1893456000,1700000000]",
                ],
            ),
            (
                sentry("sntrys_eyJ1cmwiOiJodHRwczovL3NlbnRyeS5pbyIsIm9yZyI6ImFjbWUifQ==_x"),
                vec!["url=https://sentry.io", "org=acme"],
            ),
        ] {
            assert_eq!(facts(&anatomy), expected);
        }
        let installation = github_installation("ghs_12345_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln");
        assert_eq!(facts(&installation), ["app id=12345"]);
        assert_eq!(
            (installation.checksum, installation.inner.as_deref()),
            (None, Some("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"))
        );
    }

    proptest! {
        #[test]
        fn arbitrary_input_does_not_panic(text in "\\PC{0,80}") {
            for known in super::super::TABLE {
                let _ = (known.anatomy)(&format!("{}{text}", known.prefix));
            }
        }
    }
}
