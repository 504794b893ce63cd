//! Themes and symbols. No other module of the terminal UI names a color.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use serde::Deserialize;

use super::content::Tone;

/// Built-in themes: name and source.
pub(super) const EMBEDDED: [(&str, &str); 3] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// Styles by role. Omitted ones are the terminal's default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Theme {
    title: StyleSpec,
    heading: StyleSpec,
    muted: StyleSpec,
    border: StyleSpec,
    focused: StyleSpec,
    key: StyleSpec,
    good: StyleSpec,
    bad: StyleSpec,
    warning: StyleSpec,
    matched: StyleSpec,
}

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

    /// Removes all colors (`NO_COLOR`).
    pub(super) fn without_colors(mut self) -> Self {
        for spec in [
            &mut self.title,
            &mut self.heading,
            &mut self.muted,
            &mut self.border,
            &mut self.focused,
            &mut self.key,
            &mut self.good,
            &mut self.bad,
            &mut self.warning,
            &mut self.matched,
        ] {
            spec.0 = Style { fg: None, bg: None, underline_color: None, ..spec.0 };
        }
        self
    }
}

/// Symbols of borders and marks, each one column wide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbols {
    pub(super) border: border::Set<'static>,
    pub(super) ellipsis: &'static str,
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
    spinner: &["|", "/", "-", "\\"],
};

/// Line drawing characters, which every terminal font has.
const LINES: Symbols = Symbols { border: border::PLAIN, ellipsis: "…", spinner: &["|", "/", "-", "\\"] };

/// Styles and symbols.
#[derive(Clone, Debug)]
pub(super) struct Look {
    theme: Theme,
    pub(super) symbols: Symbols,
    pub(super) ascii: bool,
}

impl Look {
    pub(super) fn new(theme: Theme, ascii: bool) -> Self {
        Self { theme, symbols: if ascii { ASCII } else { LINES }, ascii }
    }

    /// Returns the style of a tone.
    pub(super) fn tone(&self, tone: Tone) -> Style {
        let spec = match tone {
            Tone::Plain => return Style::new(),
            Tone::Cursor => return Self::selected(),
            Tone::Heading => self.theme.heading,
            Tone::Muted => self.theme.muted,
            Tone::Key => self.theme.key,
            Tone::Good => self.theme.good,
            Tone::Bad => self.theme.bad,
            Tone::Warning => self.theme.warning,
        };
        spec.0
    }

    pub(super) fn title(&self) -> Style {
        self.theme.title.0
    }

    pub(super) fn border(&self, focused: bool) -> Style {
        if focused { self.theme.focused.0 } else { self.theme.border.0 }
    }

    /// Returns the style of characters that match a filter.
    pub(super) fn matched(&self) -> Style {
        self.theme.matched.0
    }

    /// Returns the style of the selected item: reverse video, which is visible without colors.
    pub(super) fn selected() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
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
        assert!(Theme::parse("good = \"gren\"").unwrap_err().contains("`gren`"));
        assert!(Theme::parse("god = \"green\"").unwrap_err().contains("god"));
    }
}
