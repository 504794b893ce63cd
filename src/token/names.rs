//! Quick test of which claims a token may have, so that a table of rules is not compared with every claim.

use super::Json;

/// The names of some members: one bit for a hash of each. A missing bit proves that a name is absent; a set bit proves
/// nothing, since names can share a bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NameBits(u128);

impl NameBits {
    /// Returns the bit of one name.
    pub(super) fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let at = |index: usize| usize::from(bytes.get(index).copied().unwrap_or_default());
        let length = bytes.len();
        let hash = (at(0) * 31) ^ (at(length / 2) * 7) ^ at(length.wrapping_sub(1)) ^ ((length & 127) * 37);
        Self(1 << (hash & 127))
    }

    /// Returns the bits of the members of an object; none for other values.
    pub(super) fn of_members(value: Option<&Json>) -> Self {
        value.map(Json::members).unwrap_or_default().iter().map(|(name, _)| Self::of(name)).collect()
    }

    /// Returns whether all of these names may be present.
    pub(super) fn may_have_all(self, names: Self) -> bool {
        self.0 & names.0 == names.0
    }

    /// Returns whether one of these names may be present.
    pub(super) fn may_have_any(self, names: Self) -> bool {
        self.0 & names.0 != 0
    }
}

impl FromIterator<Self> for NameBits {
    fn from_iter<I: IntoIterator<Item = Self>>(names: I) -> Self {
        Self(names.into_iter().fold(0, |all, name| all | name.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn present_names_are_never_excluded() {
        let claims = Json::parse(r#"{"iss":1,"sub":2,"aud":3,"":4,"a":5,"https://example.com/rôles":6}"#).unwrap();
        let bits = NameBits::of_members(Some(&claims));
        for (name, _) in claims.members() {
            assert!(bits.may_have_all(NameBits::of(name)) && bits.may_have_any(NameBits::of(name)), "{name}");
        }
        assert!(bits.may_have_all(NameBits::default()) && !bits.may_have_any(NameBits::default()));
        let other = ["scope", "scp", "client_id", "nonce"].map(NameBits::of);
        assert!(other.iter().any(|name| !bits.may_have_any(*name)));
        assert_eq!(NameBits::of_members(None), NameBits::default());
    }
}
