//! Searches a stream for a secret that may be split between chunks.

use bytes::{Bytes, BytesMut};
use memchr::memmem::Finder;
use zeroize::Zeroizing;

/// The secret was found where it must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found;

/// Searches for a secret. Bytes that may be the start of it are held back until the next chunk.
pub(super) struct StreamSearch {
    secret: Zeroizing<Vec<u8>>,
    finder: Finder<'static>,
    held: BytesMut,
}

impl StreamSearch {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self {
            secret: Zeroizing::new(secret.to_vec()),
            finder: Finder::new(secret).into_owned(),
            held: BytesMut::new(),
        }
    }

    /// Returns whether bytes are held back.
    pub(super) fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Returns what may be passed on, with the secret overwritten. The length of the stream stays the same.
    pub(super) fn mask(&mut self, chunk: Bytes) -> Bytes {
        let Some(mut bytes) = self.joined(&chunk) else { return chunk };
        let mut from = 0;
        while let Some(at) = bytes.get(from..).and_then(|rest| self.finder.find(rest)) {
            let end = from + at + self.secret.len();
            bytes.iter_mut().take(end).skip(from + at).for_each(|byte| *byte = b'*');
            from = end;
        }
        self.hold_back(bytes)
    }

    /// Returns what may be passed on.
    ///
    /// # Errors
    /// If the secret is in it.
    pub(super) fn refuse(&mut self, chunk: Bytes) -> Result<Bytes, Found> {
        let Some(bytes) = self.joined(&chunk) else { return Ok(chunk) };
        match self.finder.find(&bytes) {
            Some(_) => Err(Found),
            None => Ok(self.hold_back(bytes)),
        }
    }

    /// Returns the rest at the end of the stream.
    pub(super) fn finish(&mut self) -> Bytes {
        self.held.split().freeze()
    }

    /// Returns the held bytes with the chunk; `None` if the chunk can be passed on as it is.
    fn joined(&mut self, chunk: &Bytes) -> Option<BytesMut> {
        let is_clean = self.held.is_empty() && self.finder.find(chunk).is_none() && self.partial(chunk) == 0;
        if self.secret.is_empty() || is_clean {
            return None;
        }
        let mut bytes = self.held.split();
        bytes.extend_from_slice(chunk);
        Some(bytes)
    }

    fn hold_back(&mut self, mut bytes: BytesMut) -> Bytes {
        let kept = bytes.len() - self.partial(&bytes);
        self.held = bytes.split_off(kept);
        bytes.freeze()
    }

    /// Returns the length of the longest end that is a beginning of the secret, but not all of it.
    fn partial(&self, bytes: &[u8]) -> usize {
        let Some(first) = self.secret.first() else { return 0 };
        let start = bytes.len().saturating_sub(self.secret.len() - 1);
        let tail = bytes.get(start..).unwrap_or_default();
        let fits = |at: &usize| tail.get(*at..).is_some_and(|end| self.secret.starts_with(end));
        memchr::memchr_iter(*first, tail).find(fits).map_or(0, |at| tail.len() - at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    fn masked(chunks: &[&str]) -> (String, Vec<String>) {
        let mut search = StreamSearch::new(b"eyJtoken");
        let mut passed: Vec<String> = chunks
            .iter()
            .map(|chunk| String::from_utf8(search.mask(Bytes::copy_from_slice(chunk.as_bytes())).to_vec()).unwrap())
            .collect();
        passed.push(String::from_utf8(search.finish().to_vec()).unwrap());
        (passed.concat(), passed)
    }

    #[test]
    fn a_secret_is_masked_wherever_it_is_split() {
        let text = "a eyJtoken b eyJeyJtokeneyJtoken eyJtok";
        let expected = "a ******** b eyJ**************** eyJtok";
        for cut in 0..text.len() {
            for second in cut..text.len() {
                let (passed, _) = masked(&[&text[..cut], &text[cut..second], &text[second..]]);
                assert_eq!(passed, expected, "{cut} {second}");
            }
        }
    }

    #[test]
    fn only_a_possible_start_is_held_back() {
        assert_eq!(masked(&["data: 1\n\n", "see", "yes"]).1, ["data: 1\n\n", "se", "eyes", ""]);
        assert_eq!(masked(&["x eyJ", "x"]).1, ["x ", "eyJx", ""]);
    }

    #[test]
    fn a_secret_is_refused_wherever_it_is_split() {
        for cut in 0..10 {
            let mut search = StreamSearch::new(b"secret");
            let text = b"x=secret&y";
            let first = search.refuse(Bytes::copy_from_slice(&text[..cut]));
            let second = first.and_then(|_| search.refuse(Bytes::copy_from_slice(&text[cut..])));
            assert_eq!(second, Err(Found), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn a_stream_without_the_secret_is_unchanged(chunks in prop::collection::vec("[aab]{0,6}", 0..8)) {
            let mut search = StreamSearch::new(b"aabaaab");
            let whole = chunks.concat();
            prop_assume!(!whole.contains("aabaaab"));
            let mut passed = Vec::new();
            for chunk in &chunks {
                passed.extend(search.refuse(Bytes::copy_from_slice(chunk.as_bytes())).unwrap());
            }
            passed.extend(search.finish());
            prop_assert_eq!(passed, whole.into_bytes());
        }
    }
}
