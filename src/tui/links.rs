//! Links in the terminal (OSC 8), so that a URL that is wrapped can be opened as a whole.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Modifier;

/// An area whose underlined cells are a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) area: Rect,
    /// The target, which [`is_safe`] has accepted.
    pub(super) url: String,
}

/// The links of the frame that is drawn.
pub(super) type Links = Rc<RefCell<Vec<Link>>>;

/// Returns whether a URL can be a link: http or https, and only printable ASCII, so that nothing of it ends the sequence.
pub(super) fn is_safe(url: &str) -> bool {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web && url.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The backend of ratatui, with links.
pub(super) struct LinkBackend<W: Write> {
    inner: CrosstermBackend<W>,
    links: Links,
}

impl<W: Write> LinkBackend<W> {
    pub(super) fn new(writer: W, links: Links) -> Self {
        Self { inner: CrosstermBackend::new(writer), links }
    }
}

/// Returns the place of the link that a cell belongs to.
fn link_of(links: &[Link], column: u16, row: u16, cell: &Cell) -> Option<usize> {
    let is_in = |link: &Link| link.area.contains(Position::new(column, row));
    links.iter().position(is_in).filter(|_| cell.modifier.contains(Modifier::UNDERLINED))
}

impl<W: Write> Backend for LinkBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let links = self.links.borrow();
        if links.is_empty() {
            return self.inner.draw(content);
        }
        let cells: Vec<(u16, u16, &Cell)> = content.collect();
        let link = |(column, row, cell): &(u16, u16, &Cell)| link_of(&links, *column, *row, cell);
        for run in cells.chunk_by(|one, other| link(one) == link(other)) {
            let found = run.first().and_then(link).and_then(|index| Some((index, links.get(index)?)));
            // the number joins the rows of a link
            if let Some((index, link)) = found {
                write!(self.inner, "\u{1b}]8;id={index};{}\u{1b}\\", link.url)?;
            }
            self.inner.draw(run.iter().copied())?;
            if found.is_some() {
                write!(self.inner, "\u{1b}]8;;\u{1b}\\")?;
            }
        }
        Ok(())
    }

    fn append_lines(&mut self, lines: u16) -> io::Result<()> {
        self.inner.append_lines(lines)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::style::Style;
    use ratatui::{TerminalOptions, Viewport};

    use super::*;

    #[test]
    fn only_underlined_cells_of_an_area_are_a_link() {
        let links: Links = Rc::new(RefCell::new(Vec::new()));
        let mut written = Vec::new();
        {
            let backend = LinkBackend::new(&mut written, Rc::clone(&links));
            let viewport = Viewport::Fixed(Rect::new(0, 0, 8, 2));
            let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
            terminal
                .draw(|frame| {
                    let link = Style::new().add_modifier(Modifier::UNDERLINED);
                    frame.buffer_mut().set_string(0, 0, "a link", link);
                    frame.buffer_mut().set_string(0, 1, "text", Style::new());
                    let url = "https://a.test/".to_owned();
                    links.borrow_mut().push(Link { area: Rect::new(2, 0, 4, 2), url });
                })
                .unwrap();
        }
        let text = String::from_utf8(written).unwrap();
        let (_, rest) = text.split_once("\u{1b}]8;id=0;https://a.test/\u{1b}\\").unwrap();
        let (linked, after) = rest.split_once("\u{1b}]8;;\u{1b}\\").unwrap();
        assert!(linked.contains("link") && !linked.contains("text"), "{text:?}");
        assert!(after.contains("text") && !after.contains("]8;id"), "{text:?}");
    }

    #[test]
    fn a_url_that_could_end_the_sequence_is_not_a_link() {
        assert!(is_safe("https://login.example.com/authorize?a=b%20c"));
        for url in ["javascript:x", "file:///etc/passwd", "https://a\u{1b}\\", "https://a b", "https://\u{e4}", "http:"]
        {
            assert!(!is_safe(url), "{url:?}");
        }
    }
}
