//! Encoding of the SSH protocol (RFC 4251 §5).

/// Reads a buffer from its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire<'b>(pub(super) &'b [u8]);

impl<'b> Wire<'b> {
    /// Reads a `uint32`.
    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// Reads a byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Reads a `string`.
    pub(super) fn string(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    /// Reads a `string` of ASCII.
    pub(super) fn name(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.string()?).ok().filter(|name| name.is_ascii())
    }

    /// Reads a positive `mpint` without leading zeros.
    pub(super) fn integer(&mut self) -> Option<&'b [u8]> {
        let bytes = self.string()?;
        if bytes.first().is_none_or(|first| *first >= 0x80) {
            return None;
        }
        let start = bytes.iter().position(|byte| *byte != 0)?;
        bytes.get(start..)
    }

    /// Whether everything was read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Appends a `string`.
pub(super) fn write_string(buffer: &mut Vec<u8>, string: &[u8]) {
    // a string of 4 GiB is never written: input is bounded
    buffer.extend(u32::try_from(string.len()).unwrap_or(u32::MAX).to_be_bytes());
    buffer.extend(string);
}
