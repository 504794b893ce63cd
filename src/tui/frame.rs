//! A frame as text, for `--print`.

use ratatui::backend::IntoCrossterm as _;
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr as _;

/// Returns the frame, one line per row, without trailing blanks. `colors`: with colors and attributes, as ANSI escape
/// sequences; blanks at the end of a row are then kept.
pub(super) fn text(buffer: &Buffer, colors: bool) -> String {
    let mut text = String::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        let mut runs: Vec<(Style, String)> = Vec::new();
        let mut covered = 0;
        for cell in row {
            // a wide character covers the cells behind it
            if covered == 0 {
                match runs.last_mut() {
                    Some((style, run)) if *style == cell.style() => run.push_str(cell.symbol()),
                    _ => runs.push((cell.style(), cell.symbol().to_owned())),
                }
                covered = cell.symbol().width().max(1);
            }
            covered -= 1;
        }
        if colors {
            text.extend(runs.into_iter().map(|(style, run)| style.into_crossterm().apply(run).to_string()));
        } else {
            let line: String = runs.into_iter().map(|(_, run)| run).collect();
            text.push_str(line.trim_end());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn a_frame_is_text_with_or_without_colors() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 2));
        buffer.set_string(0, 0, "a", Style::new().fg(Color::Green).add_modifier(Modifier::BOLD));
        buffer.set_string(1, 0, "\u{6f22}b", Style::new());
        assert_eq!(text(&buffer, false), "a\u{6f22}b\n\n");
        crossterm::style::force_color_output(true);
        let colored = text(&buffer, true);
        assert!(colored.contains('\u{1b}') && colored.contains("\u{6f22}b"), "{colored:?}");
    }
}
