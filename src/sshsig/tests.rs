#![allow(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

const FIXTURES: &str = include_str!("fixtures.txt");
const NAMESPACE: &str = "tokscope-approval@v1";
const MESSAGE: &[u8] = b"approve 1\n";

/// Returns the line of a key and the armor of a signature.
fn fixture(name: &str) -> (&'static str, &'static str) {
    let section = FIXTURES.split("## ").find(|section| section.lines().next() == Some(name)).unwrap();
    section.split_once('\n').unwrap().1.split_once('\n').unwrap()
}

fn signature(armor: &str) -> Result<Signature, SignatureError> {
    Signature::from_block(&blocks(armor, SIGNATURE_LABEL).unwrap()[0])
}

#[test]
fn signatures_of_every_kind_of_key_are_verified() {
    for (name, kind) in [
        ("ed25519", KeyKind::Ed25519),
        ("ed25519-sha256", KeyKind::Ed25519),
        ("p256", KeyKind::P256),
        ("p384", KeyKind::P384),
        ("p521", KeyKind::P521),
        ("rsa", KeyKind::Rsa),
        ("sk-ed25519", KeyKind::SecurityEd25519),
        ("sk-ecdsa", KeyKind::SecurityP256),
    ] {
        let (line, armor) = fixture(name);
        let (key, owner) = PublicKey::parse(line).unwrap();
        let signature = signature(armor).unwrap();
        assert_eq!((signature.key(), key.kind()), (&key, kind), "{name}");
        assert!(owner.is_some() && line.starts_with(&key.to_string()), "{name}");
        assert_eq!(signature.verify(NAMESPACE, MESSAGE), Ok(()), "{name}");
        assert_eq!(signature.verify(NAMESPACE, b"approve 2\n"), Err(SignatureError::Mismatch), "{name}");
        assert_eq!(signature.verify(NAMESPACE, b"approve 1"), Err(SignatureError::Mismatch), "{name}");
        assert_eq!(signature.armor(), armor, "{name}: the strict form is what ssh-keygen writes");
    }
}

#[test]
fn each_unacceptable_signature_has_its_reason() {
    let (_, git) = fixture("git");
    let namespace = SignatureError::Namespace { found: "git".to_owned(), expected: NAMESPACE.to_owned() };
    assert_eq!(signature(git).unwrap().verify(NAMESPACE, MESSAGE), Err(namespace));
    let (_, untouched) = fixture("sk-untouched");
    assert_eq!(signature(untouched).unwrap().verify(NAMESPACE, MESSAGE), Err(SignatureError::Untouched));
    assert_eq!(signature(fixture("certificate").1), Err(SignatureError::Certificate));
    let (_, armor) = fixture("rsa");
    let bytes = blocks(armor, SIGNATURE_LABEL).unwrap()[0].base64().unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        let mut changed = bytes.clone();
        changed.splice(at..at + from.len(), to.iter().copied());
        Signature::parse(&changed).and_then(|signature| signature.verify(NAMESPACE, MESSAGE))
    };
    assert_eq!(replaced(b"rsa-sha2-512", b"rsa-sha2-999"), Err(SignatureError::Algorithm("rsa-sha2-999".to_owned())));
    assert_eq!(replaced(b"rsa-sha2-512", b"rsa-sha2-256"), Err(SignatureError::Mismatch));
    assert_eq!(replaced(b"sha512", b"sha384"), Err(SignatureError::Hash("sha384".to_owned())));
    assert_eq!(replaced(b"SSHSIG\0\0\0\x01", b"SSHSIG\0\0\0\x02"), Err(SignatureError::Version(2)));
    assert_eq!(Signature::parse(&bytes[..bytes.len() - 1]), Err(SignatureError::Damaged));
    assert_eq!(Signature::parse(b"SSHSIG"), Err(SignatureError::Damaged));
}

#[test]
fn keys_that_can_not_be_used_have_their_reason() {
    assert_eq!(PublicKey::parse(fixture("small").0), Err(KeyError::Size(1024)));
    for (line, error) in [
        ("", KeyError::Form),
        ("ssh-ed25519", KeyError::Form),
        ("namespaces=\"git\" ssh-ed25519 AAAA", KeyError::Prefix("ssh-ed25519")),
        ("ben@corp.test namespaces=\"git,file\" ssh-rsa AAAA ben", KeyError::Prefix("ssh-rsa")),
        ("cert-authority ssh-ed25519 AAAA", KeyError::Prefix("ssh-ed25519")),
        ("@revoked * ssh-ed25519 AAAA", KeyError::Prefix("ssh-ed25519")),
        ("# ben", KeyError::Form),
        ("ssh-dss AAAA", KeyError::Kind("ssh-dss".to_owned())),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", KeyError::Certificate("ssh-ed25519-cert-v01@openssh.com".to_owned())),
        ("ssh-ed25519 A*A", KeyError::Base64),
        ("ssh-ed25519 AAAA", KeyError::Damaged),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", KeyError::Private),
    ] {
        assert_eq!(PublicKey::parse(line).unwrap_err(), error, "{line}");
    }
    // the type before the key is the type in the key
    let (line, _) = fixture("ed25519");
    assert_eq!(PublicKey::parse(&line.replacen("ssh-ed25519", "ssh-rsa", 1)).unwrap_err(), KeyError::Damaged);
}

#[test]
fn fingerprints_are_those_of_ssh_keygen() {
    let (key, _) = PublicKey::parse(fixture("ed25519").0).unwrap();
    assert_eq!(key.fingerprint(), "SHA256:z+EC+w6JTisUm+MV8Ms1N2I657PAwarGZkEpV5Kt6IE");
}

/// Folds the body of an armor at other columns.
fn folded(armor: &str, columns: usize, separator: &str) -> String {
    let lines: Vec<&str> = armor.lines().collect();
    let body: String = lines[1..lines.len() - 1].concat();
    let body: Vec<&str> = body.as_bytes().chunks(columns).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("{}{separator}{}{separator}{}", lines[0], body.join(separator), lines[lines.len() - 1])
}

#[test]
fn armor_is_read_as_chats_and_mails_mangle_it() {
    let (_, armor) = fixture("p521");
    for (what, text) in [
        ("as it is", armor.to_owned()),
        ("CRLF", armor.replace('\n', "\r\n")),
        ("CR", armor.replace('\n', "\r")),
        ("no final line break", armor.trim_end().to_owned()),
        ("indentation", armor.replace('\n', "\n    ")),
        ("tabs", format!("\t{}", armor.replace('\n', "\n\t"))),
        ("quoted", format!("> {}", armor.replace('\n', "\n> "))),
        ("quoted twice", format!(">> {}", armor.replace('\n', "\r\n>> "))),
        ("spaces behind lines", armor.replace('\n', "  \n")),
        ("no-break spaces in the markers", armor.replace(' ', "\u{a0}")),
        ("escaped dashes", format!("- {}", armor.replace("\n-", "\n- -"))),
        ("quoted in HTML", format!("&gt; {}", armor.trim_end().replace('\n', "\n&gt; &gt; "))),
        ("a marker over two lines", armor.replace("BEGIN SSH", "BEGIN\nSSH")),
        ("no-break spaces", armor.replace('\n', "\u{a0}\n\u{a0}")),
        ("blank lines between", armor.replace('\n', "\n\n")),
        ("text around", format!("Hi Ana,\napproved, see below - ok?\n\n{armor}\n-- \nBen\n")),
        ("text in the same line", format!("approved: {} thanks", armor.trim_end())),
        ("code fence", format!("```\n{armor}```\n")),
        ("64 columns", folded(armor, 64, "\n")),
        ("76 columns", folded(armor, 76, "\r\n")),
        ("one line", folded(armor, 4096, "\n")),
        ("everything in one line", folded(armor, 70, " ")),
        ("em dashes", armor.replace("-----", "\u{2014}\u{2014}-")),
        ("quoted-printable", armor.replace("==\n", "=3D=3D\n").replace("=\n", "=3D\n")),
        ("padding lost", armor.replace('=', "")),
        ("zero-width space", armor.replace('\n', "\u{200b}\n")),
        ("byte order mark", format!("\u{feff}{armor}")),
    ] {
        let read = signature(&text).unwrap_or_else(|error| panic!("{what}: {error}\n{text}"));
        assert_eq!(read.verify(NAMESPACE, MESSAGE), Ok(()), "{what}");
        assert_eq!(read.armor(), armor, "{what}");
    }
}

#[test]
fn damaged_armor_is_refused() {
    let (_, armor) = fixture("ed25519");
    assert_eq!(blocks("no signature", SIGNATURE_LABEL), Err(ArmorError::None("SSH SIGNATURE".to_owned())));
    assert_eq!(blocks("BEGIN SSH SIGNATURE", SIGNATURE_LABEL), Err(ArmorError::None("SSH SIGNATURE".to_owned())));
    let (start, _) = armor.split_once("-----END").unwrap();
    let open = |line| Err(ArmorError::Open { label: "SSH SIGNATURE".to_owned(), line });
    assert_eq!(blocks(&format!("x\n{start}"), SIGNATURE_LABEL), open(2));
    assert_eq!(blocks(&format!("{start}{armor}"), SIGNATURE_LABEL), open(1));
    assert_eq!(blocks(&armor.repeat(101), SIGNATURE_LABEL), Err(ArmorError::Large));
    assert_eq!(blocks(&" ".repeat(MOST_INPUT + 1), SIGNATURE_LABEL), Err(ArmorError::Large));
    assert_eq!(blocks(&armor.repeat(2), SIGNATURE_LABEL).unwrap().len(), 2);
    for damaged in [armor.replacen("U1NI", "U1N*", 1), armor.replacen("U1NI", "", 1), armor.replacen("U1NI", "X1NI", 1)]
    {
        assert_eq!(signature(&damaged), Err(SignatureError::Damaged), "{damaged}");
    }
}

proptest! {
    #[test]
    fn no_changed_byte_of_a_signature_verifies(at in 0_usize..1000, bit in 0_u8..8) {
        let bytes = blocks(fixture("ed25519").1, SIGNATURE_LABEL).unwrap()[0].base64().unwrap();
        let at = at % bytes.len();
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        let verified = Signature::parse(&changed).and_then(|signature| signature.verify(NAMESPACE, MESSAGE));
        prop_assert!(verified.is_err());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        let _ = Signature::parse(&bytes);
        let mut prefixed = b"SSHSIG\0\0\0\x01".to_vec();
        prefixed.extend(&bytes);
        let _ = Signature::parse(&prefixed);
        let _ = PublicKey::from_blob(&bytes);
        let _ = PublicKey::parse(&format!("ssh-ed25519 {}", STANDARD.encode(&bytes)));
        let _ = blocks(&format!("-----BEGIN SSH SIGNATURE-----{text}-----END SSH SIGNATURE-----"), SIGNATURE_LABEL);
    }
}
