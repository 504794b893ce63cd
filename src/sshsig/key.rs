//! Public keys.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::wire::Wire;

/// Algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `ssh-ed25519`
    Ed25519,
    /// `ecdsa-sha2-nistp256`
    P256,
    /// `ecdsa-sha2-nistp384`
    P384,
    /// `ecdsa-sha2-nistp521`
    P521,
    /// `ssh-rsa`, which signs with SHA-2 (RFC 8332)
    Rsa,
    /// `sk-ssh-ed25519@openssh.com`: a security key
    SecurityEd25519,
    /// `sk-ecdsa-sha2-nistp256@openssh.com`: a security key
    SecurityP256,
}

impl KeyKind {
    /// Every algorithm with its name.
    pub const ALL: [(&'static str, Self); 7] = [
        ("ssh-ed25519", Self::Ed25519),
        ("ecdsa-sha2-nistp256", Self::P256),
        ("ecdsa-sha2-nistp384", Self::P384),
        ("ecdsa-sha2-nistp521", Self::P521),
        ("ssh-rsa", Self::Rsa),
        ("sk-ssh-ed25519@openssh.com", Self::SecurityEd25519),
        ("sk-ecdsa-sha2-nistp256@openssh.com", Self::SecurityP256),
    ];

    /// Returns the name of the algorithm.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Returns the name of the curve (RFC 5656 §10.1), and the size of a coordinate in bytes.
    pub(super) fn curve(self) -> Option<(&'static str, usize)> {
        match self {
            Self::P256 | Self::SecurityP256 => Some(("nistp256", 32)),
            Self::P384 => Some(("nistp384", 48)),
            Self::P521 => Some(("nistp521", 66)),
            Self::Ed25519 | Self::Rsa | Self::SecurityEd25519 => None,
        }
    }
}

/// Why a public key can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a line with an algorithm and a key.
    #[error("an SSH public key must begin with its type, such as `ssh-ed25519 AAAA…`")]
    Form,
    /// Something before the key, as in `authorized_keys` and `allowed_signers`.
    #[error("options and principals before a key are not supported: begin with `{0}`")]
    Prefix(&'static str),
    /// A private key.
    #[error("this is a private key; only public keys belong here")]
    Private,
    /// Another algorithm.
    #[error("keys of type `{0}` are not supported")]
    Kind(String),
    /// A certificate.
    #[error("`{0}` is a certificate; list the key itself")]
    Certificate(String),
    /// The key is not valid base64.
    #[error("the key is not valid base64")]
    Base64,
    /// The content does not have the form of the algorithm.
    #[error("the key is incomplete or damaged")]
    Damaged,
    /// An RSA key that is too small or too large.
    #[error("the RSA key has {0} bits; from 2048 to 8192 are supported")]
    Size(usize),
}

/// The numbers of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Material {
    /// Ed25519: 32 bytes.
    Point(Vec<u8>),
    /// ECDSA: an uncompressed point.
    Curve(Vec<u8>),
    Rsa {
        exponent: Vec<u8>,
        modulus: Vec<u8>,
    },
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    /// Encoded key (RFC 4253 §6.6), which identifies it.
    blob: Vec<u8>,
    pub(super) material: Material,
    /// Application of a security key.
    pub(super) application: Vec<u8>,
}

/// Returns the reason why an algorithm is not supported.
fn unsupported(name: &str) -> KeyError {
    let shown: String = name.chars().take(64).collect();
    if name.contains("-cert-v0") { KeyError::Certificate(shown) } else { KeyError::Kind(shown) }
}

impl PublicKey {
    /// Parses a line of a `.pub` file: type, base64, and a comment, which is returned too. Options of `authorized_keys` are
    /// not accepted.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(line: &str) -> Result<(Self, Option<String>), KeyError> {
        let line = line.trim();
        if line.contains("PRIVATE KEY") {
            return Err(KeyError::Private);
        }
        let (name, rest) = line.split_once([' ', '\t']).ok_or(KeyError::Form)?;
        let kind = |word: &str| KeyKind::ALL.iter().find(|(known, _)| *known == word).map(|(known, _)| *known);
        // the type stands before the key, which is never a type itself
        if let Some(later) = rest.split_whitespace().find_map(kind).filter(|_| kind(name).is_none()) {
            return Err(KeyError::Prefix(later));
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.@_".contains(&byte)) || name.is_empty() {
            return Err(KeyError::Form);
        }
        if !KeyKind::ALL.iter().any(|(known, _)| *known == name) {
            return Err(unsupported(name));
        }
        let rest = rest.trim_start();
        let (encoded, comment) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let blob =
            STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(encoded)).map_err(|_| KeyError::Base64)?;
        let key = Self::from_blob(&blob)?;
        if key.kind.as_str() != name {
            return Err(KeyError::Damaged);
        }
        let comment = comment.trim();
        Ok((key, (!comment.is_empty()).then(|| comment.to_owned())))
    }

    /// Parses an encoded key.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_blob(blob: &[u8]) -> Result<Self, KeyError> {
        let mut wire = Wire(blob);
        let name = wire.name().ok_or(KeyError::Damaged)?;
        let known = KeyKind::ALL.into_iter().find(|(known, _)| *known == name);
        let (_, kind) = known.ok_or_else(|| unsupported(name))?;
        let material = Self::material(kind, &mut wire)?;
        let application = match kind {
            KeyKind::SecurityEd25519 | KeyKind::SecurityP256 => wire.string().ok_or(KeyError::Damaged)?.to_vec(),
            _ => Vec::new(),
        };
        if !wire.is_empty() {
            return Err(KeyError::Damaged);
        }
        Ok(Self { kind, blob: blob.to_vec(), material, application })
    }

    fn material(kind: KeyKind, wire: &mut Wire<'_>) -> Result<Material, KeyError> {
        if let Some((curve, size)) = kind.curve() {
            let is_curve = wire.name() == Some(curve);
            let point = wire.string().ok_or(KeyError::Damaged)?;
            let is_point = point.first() == Some(&4) && point.len() == 2 * size + 1;
            return if is_curve && is_point { Ok(Material::Curve(point.to_vec())) } else { Err(KeyError::Damaged) };
        }
        if kind == KeyKind::Rsa {
            let exponent = wire.integer().ok_or(KeyError::Damaged)?;
            let modulus = wire.integer().ok_or(KeyError::Damaged)?;
            let zeros = modulus.first().map_or(0, |first| first.leading_zeros());
            let bits = modulus.len() * 8 - usize::try_from(zeros).unwrap_or_default();
            if !(2048..=8192).contains(&bits) {
                return Err(KeyError::Size(bits));
            }
            return Ok(Material::Rsa { exponent: exponent.to_vec(), modulus: modulus.to_vec() });
        }
        let point = wire.string().filter(|point| point.len() == 32).ok_or(KeyError::Damaged)?;
        Ok(Material::Point(point.to_vec()))
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Returns the encoded key.
    #[must_use]
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// Returns the fingerprint as `ssh-keygen -l` prints it: `SHA256:` and 43 characters.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(digest(&SHA256, &self.blob)))
    }
}

/// The line of a `.pub` file, without a comment.
impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind.as_str(), STANDARD.encode(&self.blob))
    }
}
