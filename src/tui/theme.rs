//! Themes and symbols. No other module of the terminal UI names a color.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use serde::Deserialize;

use super::item::Tone;

/// Built-in themes: name and source.
pub(super) const EMBEDDED: [(&str, &str); 7] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("contrast-dark", include_str!("../../themes/contrast-dark.toml")),
    ("contrast-light", include_str!("../../themes/contrast-light.toml")),
    ("colorblind-dark", include_str!("../../themes/colorblind-dark.toml")),
    ("colorblind-light", include_str!("../../themes/colorblind-light.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// Role of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    Title,
    Heading,
    Muted,
    Border,
    Focused,
    Key,
    Good,
    Bad,
    Warning,
    Matched,
    Selected,
    Header,
    Payload,
    Signature,
    Lit,
    String,
    Number,
    Literal,
    /// Methods that only read.
    Safe,
    /// Methods that change data.
    Write,
    /// Methods that delete data.
    Delete,
}

/// Styles by role. Omitted ones are the terminal's default.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Theme(BTreeMap<Role, StyleSpec>);

/// A style as in `bold red on black`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
struct StyleSpec(Style);

impl TryFrom<String> for StyleSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut style = Style::new();
        let mut background = false;
        for word in text.split_whitespace() {
            style = match word {
                "bold" => style.add_modifier(Modifier::BOLD),
                "dim" => style.add_modifier(Modifier::DIM),
                "italic" => style.add_modifier(Modifier::ITALIC),
                "underlined" => style.add_modifier(Modifier::UNDERLINED),
                "reversed" => style.add_modifier(Modifier::REVERSED),
                "on" => {
                    background = true;
                    continue;
                }
                name => {
                    let color: Color =
                        name.parse().map_err(|_| format!("`{name}` is not a valid color or modifier"))?;
                    if background { style.bg(color) } else { style.fg(color) }
                }
            };
            background = false;
        }
        Ok(Self(style))
    }
}

impl Theme {
    /// Parses a theme.
    ///
    /// # Errors
    /// If the TOML or a style is not valid.
    pub(super) fn parse(source: &str) -> Result<Self, String> {
        toml::from_str(source).map_err(|error| error.message().to_owned())
    }

    /// Removes all colors (`NO_COLOR`). What had a background is then in reverse video.
    pub(super) fn without_colors(mut self) -> Self {
        for StyleSpec(style) in self.0.values_mut() {
            let reversed = if style.bg.is_some() { Modifier::REVERSED } else { Modifier::empty() };
            *style = Style { fg: None, bg: None, underline_color: None, ..*style }.add_modifier(reversed);
        }
        self
    }

    fn has_colors(&self) -> bool {
        self.0.values().any(|StyleSpec(style)| style.fg.is_some() || style.bg.is_some())
    }

    /// Returns the style of a role.
    pub(super) fn style(&self, role: Role) -> Style {
        self.0.get(&role).map(|spec| spec.0).unwrap_or_default()
    }
}

/// Symbols of borders and marks, each one column wide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbols {
    pub(super) border: border::Set<'static>,
    pub(super) ellipsis: &'static str,
    /// Of a scroll bar.
    pub(super) thumb: &'static str,
    /// Of a life line: the part that has passed, and the part that is left.
    pub(super) line: (&'static str, &'static str),
    pub(super) spinner: &'static [&'static str],
}

/// ASCII symbols.
const ASCII: Symbols = Symbols {
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
    ellipsis: "~",
    thumb: "#",
    line: ("=", "-"),
    spinner: &["|", "/", "-", "\\"],
};

/// Line drawing characters, which every terminal font has.
const LINES: Symbols = Symbols {
    border: border::PLAIN,
    ellipsis: "…",
    thumb: "\u{2503}",
    line: ("\u{2501}", "\u{2500}"),
    spinner: &["|", "/", "-", "\\"],
};

/// Styles and symbols.
#[derive(Clone, Debug)]
pub(super) struct Look {
    theme: Theme,
    /// The theme of the start.
    first: Theme,
    pub(super) symbols: Symbols,
    pub(super) ascii: bool,
    /// Ignores the colors of every theme (`NO_COLOR`).
    pub(super) no_colors: bool,
}

impl Look {
    pub(super) fn new(theme: Theme, ascii: bool) -> Self {
        Self { first: theme.clone(), theme, symbols: if ascii { ASCII } else { LINES }, ascii, no_colors: false }
    }

    /// Returns the same symbols with the theme of the start.
    pub(super) fn with_first_theme(&self) -> Self {
        Self { theme: self.first.clone(), ..self.clone() }
    }

    /// Returns the same symbols with a built-in theme; without colors if this one has none because of `NO_COLOR`.
    pub(super) fn with_theme(&self, name: &str) -> Self {
        let source = EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, source)| *source);
        let theme = source.and_then(|source| Theme::parse(source).ok()).unwrap_or_default();
        let theme = if self.no_colors { theme.without_colors() } else { theme };
        Self { theme, ..self.clone() }
    }

    /// Returns the style of a tone.
    pub(super) fn tone(&self, tone: Tone) -> Style {
        self.theme.style(match tone {
            Tone::Plain => return Style::new(),
            Tone::Code => return self.code(),
            Tone::Link => return self.theme.style(Role::Key).add_modifier(Modifier::UNDERLINED),
            Tone::Cursor => return Style::new().add_modifier(Modifier::REVERSED),
            Tone::Heading => Role::Heading,
            Tone::Muted => Role::Muted,
            Tone::Key => Role::Key,
            Tone::Good => Role::Good,
            Tone::Bad => Role::Bad,
            Tone::Warning => Role::Warning,
            Tone::Matched => Role::Matched,
            Tone::Header => Role::Header,
            Tone::Payload => Role::Payload,
            Tone::Signature => Role::Signature,
            Tone::Lit => Role::Lit,
            Tone::String => Role::String,
            Tone::Number => Role::Number,
            Tone::Literal => Role::Literal,
        })
    }

    /// Returns the style of a QR code: the colors of the program, since a scanner needs a light code on a dark ground.
    fn code(&self) -> Style {
        match self.theme.has_colors() {
            true => Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(16)),
            false => Style::new(),
        }
    }

    pub(super) fn title(&self) -> Style {
        self.theme.style(Role::Title)
    }

    pub(super) fn border(&self, focused: bool) -> Style {
        self.theme.style(if focused { Role::Focused } else { Role::Border })
    }

    /// Returns the style of an HTTP method.
    pub(super) fn method(&self, method: &str) -> Style {
        self.theme.style(match method {
            "GET" | "HEAD" | "OPTIONS" => Role::Safe,
            "DELETE" => Role::Delete,
            _ => Role::Write,
        })
    }

    /// Returns the style of the selected item, which keeps the colors of its text. Without one in the theme: reverse video.
    pub(super) fn selected(&self) -> Style {
        match self.theme.style(Role::Selected) {
            style if style == Style::new() => style.add_modifier(Modifier::REVERSED),
            style => style,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_themes_are_valid_and_mono_has_no_colors() {
        for (name, source) in EMBEDDED {
            let theme = Theme::parse(source).unwrap();
            let colored = format!("{theme:?}") != format!("{:?}", theme.clone().without_colors());
            assert_eq!(colored, name != "mono", "{name}");
        }
    }

    #[test]
    fn styles_are_parsed_and_unknown_words_are_reported() {
        let spec = StyleSpec::try_from("bold #102030 on 7".to_owned()).unwrap();
        let expected = Style::new().fg(Color::Rgb(16, 32, 48)).bg(Color::Indexed(7)).add_modifier(Modifier::BOLD);
        assert_eq!(spec.0, expected);
        assert!(StyleSpec::try_from("reversed".to_owned()).unwrap().0.add_modifier.contains(Modifier::REVERSED));
        assert!(Theme::parse("good = \"gren\"").unwrap_err().contains("`gren`"));
        assert!(Theme::parse("god = \"green\"").unwrap_err().contains("god"));
    }

    /// Backgrounds of xterm, VS Code, Tango and Solarized.
    const DARK: [u32; 4] = [0x00_0000, 0x1e_1e1e, 0x2e_3436, 0x00_2b36];
    const LIGHT: [u32; 4] = [0xff_ffff, 0xff_ffff, 0xee_eeec, 0xfd_f6e3];

    /// Returns red, green and blue. A palette changes the first 16 colors, so that no theme can rely on them.
    fn rgb(color: Color) -> [u8; 3] {
        match color {
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Indexed(index @ 232..) => [8 + 10 * (index - 232); 3],
            Color::Indexed(index @ 16..) => {
                let level = |step: u8| if step > 0 { 55 + 40 * step } else { 0 };
                [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(level)
            }
            other => panic!("{other} depends on the palette"),
        }
    }

    /// Contrast of two colors (WCAG 2.2).
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.040_45 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        let luminance =
            |[red, green, blue]: [u8; 3]| 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_has_enough_contrast_on_the_backgrounds_of_common_palettes() {
        for (name, source) in EMBEDDED.into_iter().filter(|(name, _)| *name != "mono") {
            let theme = Theme::parse(source).unwrap();
            let backgrounds = if name.ends_with("light") { LIGHT } else { DARK };
            let least = if name.starts_with("contrast") { 7.0 } else { 4.5 };
            let selected = theme.style(Role::Selected).bg.map(rgb);
            for (role, StyleSpec(style)) in &theme.0 {
                let Some(front) = style.fg.map(rgb) else { continue };
                let behind: Vec<[u8; 3]> = match style.bg {
                    Some(own) => vec![rgb(own)],
                    None => backgrounds.iter().map(|color| rgb(Color::from_u32(*color))).collect(),
                };
                // lines between panes are not text
                let least = if *role == Role::Border { 3.0 } else { least };
                for back in behind {
                    assert!(contrast(front, back) >= least, "{name}: {role:?} on {back:?}: {}", contrast(front, back));
                }
                // without a background of its own the selection is in reverse video
                if let Some(selected) = selected.filter(|_| style.bg.is_none() && *role != Role::Border) {
                    assert!(contrast(front, selected) >= 4.5, "{name}: {role:?}: {}", contrast(front, selected));
                }
            }
        }
    }

    /// Returns what an eye without one kind of cones sees (Vienot, Brettel and Mollon 1999), in linear light.
    fn seen([red, green, blue]: [u8; 3], without_green: bool) -> [f64; 3] {
        let linear = |part: u8| (f64::from(part) / 255.0).powf(2.2);
        let (red, green, blue) = (linear(red), linear(green), linear(blue));
        match without_green {
            true => [
                0.292_75 * red + 0.707_25 * green,
                0.292_75 * red + 0.707_25 * green,
                -0.022_34 * red + 0.022_34 * green + blue,
            ],
            false => [
                0.112_38 * red + 0.887_62 * green,
                0.112_38 * red + 0.887_62 * green,
                0.004_01 * red - 0.004_01 * green + blue,
            ],
        }
    }

    /// Distance of two colors in CIELAB.
    fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
        let lab = |[red, green, blue]: [f64; 3]| {
            let curve = |part: f64| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 };
            let x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
            let y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
            let z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
            [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
        };
        let (one, other) = (lab(one), lab(other));
        one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn good_bad_and_warning_differ_for_the_color_blind_too() {
        let roles = [Role::Good, Role::Bad, Role::Warning, Role::Safe, Role::Delete, Role::Write];
        let worst = |name: &str| {
            let source = EMBEDDED.iter().find(|(known, _)| *known == name).unwrap().1;
            let theme = Theme::parse(source).unwrap();
            let colors: Vec<[u8; 3]> = roles.iter().map(|role| rgb(theme.style(*role).fg.unwrap())).collect();
            // the results, and the methods
            let pairs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)];
            let all = [true, false].into_iter().flat_map(|without_green| {
                pairs.map(|(one, other)| distance(seen(colors[one], without_green), seen(colors[other], without_green)))
            });
            all.fold(f64::MAX, f64::min)
        };
        for (name, usual) in [("colorblind-dark", "dark"), ("colorblind-light", "light")] {
            assert!(worst(name) >= 20.0, "{name}: {}", worst(name));
            assert!(worst(name) > worst(usual), "{name}: {} {}", worst(name), worst(usual));
        }
    }
}
