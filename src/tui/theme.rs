//! How things look: the styles of a theme, and the symbols that borders and marks are drawn with. Nothing else in this
//! room names a colour.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use serde::Deserialize;

use super::content::Tone;

/// The themes that come with the program: name and source.
pub(super) const EMBEDDED: [(&str, &str); 3] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The styles by what they are for. One that is left out is the terminal's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Theme {
    title: Words,
    heading: Words,
    muted: Words,
    border: Words,
    focused: Words,
    key: Words,
    good: Words,
    bad: Words,
    warning: Words,
    matched: Words,
}

/// A style, written in words: `bold red on black`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
struct Words(Style);

impl TryFrom<String> for Words {
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
                    let colour: Color =
                        name.parse().map_err(|_| format!("`{name}` is no colour and no word for a style"))?;
                    if background { style.bg(colour) } else { style.fg(colour) }
                }
            };
            background = false;
        }
        Ok(Self(style))
    }
}

impl Theme {
    /// Reads a theme.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub(super) fn parse(source: &str) -> Result<Self, String> {
        toml::from_str(source).map_err(|error| error.message().to_owned())
    }

    /// The same with every colour taken out (`NO_COLOR`).
    pub(super) fn without_colours(mut self) -> Self {
        for words in [
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
            words.0 = Style { fg: None, bg: None, underline_color: None, ..words.0 };
        }
        self
    }
}

/// The symbols that borders and marks are drawn with, each one column wide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbols {
    pub(super) border: border::Set<'static>,
    pub(super) ellipsis: &'static str,
    pub(super) spinner: &'static [&'static str],
}

/// ASCII alone.
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

/// Styles and symbols together.
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

    /// The style of a piece of text.
    pub(super) fn tone(&self, tone: Tone) -> Style {
        let words = match tone {
            Tone::Plain => return Style::new(),
            Tone::Heading => self.theme.heading,
            Tone::Muted => self.theme.muted,
            Tone::Key => self.theme.key,
            Tone::Good => self.theme.good,
            Tone::Bad => self.theme.bad,
            Tone::Warning => self.theme.warning,
        };
        words.0
    }

    pub(super) fn title(&self) -> Style {
        self.theme.title.0
    }

    pub(super) fn border(&self, focused: bool) -> Style {
        if focused { self.theme.focused.0 } else { self.theme.border.0 }
    }

    /// The characters that a filter found.
    pub(super) fn matched(&self) -> Style {
        self.theme.matched.0
    }

    /// What the cursor is on: reverse video, which every theme has, so that it is seen without any colour.
    pub(super) fn selected() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_themes_can_be_read_and_mono_sets_no_colour() {
        for (name, source) in EMBEDDED {
            let theme = Theme::parse(source).unwrap();
            let coloured = format!("{theme:?}") != format!("{:?}", theme.clone().without_colours());
            assert_eq!(coloured, name != "mono", "{name}");
        }
    }

    #[test]
    fn a_style_is_words_and_a_wrong_word_is_named() {
        let words = Words::try_from("bold #102030 on 7".to_owned()).unwrap();
        let expected = Style::new().fg(Color::Rgb(16, 32, 48)).bg(Color::Indexed(7)).add_modifier(Modifier::BOLD);
        assert_eq!(words.0, expected);
        assert!(Theme::parse("good = \"gren\"").unwrap_err().contains("`gren`"));
        assert!(Theme::parse("god = \"green\"").unwrap_err().contains("god"));
    }
}
