//! A URL as a QR code (ISO/IEC 18004), as data that each front end draws.

use qrcodegen::{QrCode, QrCodeEcc};

/// Width of the quiet zone (ISO/IEC 18004 requires four modules; two are sufficient for phones).
const QUIET: i32 = 2;

/// Modules with the quiet zone, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    rows: Vec<Vec<bool>>,
}

impl Qr {
    /// Encodes a string; `None` if it is too long.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
        let side = -QUIET..code.size() + QUIET;
        // outside the code every module is light
        Some(Self { rows: side.clone().map(|y| side.clone().map(|x| code.get_module(x, y)).collect()).collect() })
    }

    /// Returns the rows; `true` is dark.
    #[must_use]
    pub fn rows(&self) -> &[Vec<bool>] {
        &self.rows
    }

    /// Renders lines of half blocks, two rows each, light on a dark terminal: half as wide as with
    /// full blocks.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let line = |pair: &[Vec<bool>]| {
            let upper = pair.first().map(Vec::as_slice).unwrap_or_default();
            let lower = pair.get(1).map(Vec::as_slice).unwrap_or_default();
            let both =
                upper.iter().enumerate().map(|(column, dark)| (*dark, lower.get(column).copied().unwrap_or(true)));
            both.map(|module| match module {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            })
            .collect()
        };
        self.rows.chunks(2).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_with_quiet_zone_and_finder_patterns() {
        let code = Qr::of("https://login.example.com/device?user_code=WDJB-MJHT").unwrap();
        let side = code.rows().len();
        assert!(code.rows().iter().all(|row| row.len() == side));
        let dark = |x: usize, y: usize| code.rows()[y][x];
        for at in 0..side {
            assert!(!dark(at, 0) && !dark(at, 1) && !dark(0, at) && !dark(1, at));
        }
        // a finder pattern: a ring of dark modules, seven wide, in three corners
        let far = side - 2 - 7;
        for (left, top) in [(2, 2), (far, 2), (2, far)] {
            for step in 0..7 {
                assert!(dark(left + step, top) && dark(left + step, top + 6) && dark(left, top + step));
            }
            assert!(!dark(left + 1, top + 1) && dark(left + 3, top + 3));
        }
        let lines = code.lines();
        assert_eq!(lines.len(), side.div_ceil(2));
        assert!(lines.iter().all(|line| line.chars().count() == side) && lines[0].chars().all(|block| block == '█'));
        assert_eq!(Qr::of(&"x".repeat(5000)), None);
    }
}
