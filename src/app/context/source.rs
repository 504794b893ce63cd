//! The manifest as it was written, with what is derived from it once: a large one has megabytes, and each record names its
//! digest and a line.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::usage::hash;

/// Source of a manifest. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Source(Arc<Derived>);

#[derive(Debug, Default)]
struct Derived {
    text: String,
    digest: OnceLock<String>,
    breaks: OnceLock<Vec<usize>>,
}

impl Source {
    pub(super) fn new(text: &str) -> Self {
        Self(Arc::new(Derived { text: text.to_owned(), ..Derived::default() }))
    }

    /// Returns the SHA-256.
    pub(super) fn digest(&self) -> &str {
        self.0.digest.get_or_init(|| hash(self.0.text.as_bytes()))
    }

    /// Returns the number of the line at a position in bytes, from 1.
    pub(super) fn line_at(&self, position: usize) -> u64 {
        let breaks = self.0.breaks.get_or_init(|| memchr::memchr_iter(b'\n', self.0.text.as_bytes()).collect());
        let before = breaks.partition_point(|line_break| *line_break < position);
        u64::try_from(before + 1).unwrap_or(u64::MAX)
    }
}

impl Deref for Source {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let source = Source::new("a\nb\n\nc");
        let lines: Vec<u64> = (0..7).map(|position| source.line_at(position)).collect();
        assert_eq!(lines, [1, 1, 2, 2, 3, 4, 4]);
        assert_eq!(source.digest(), hash(b"a\nb\n\nc"));
    }
}
