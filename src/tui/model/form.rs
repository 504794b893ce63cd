//! Form for a request: path parameters, query, header fields and body.

use super::field::TextField;
use crate::app::{CallRequest, EndpointId};
use crate::manifest::Endpoint;

/// Kind of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum FieldKind {
    /// A path parameter, which is required.
    Path(String),
    /// The query, without the question mark.
    Query,
    /// A header field as `Name: value`. The last one is always empty.
    Header,
    /// The body, of several lines.
    Body,
}

/// A field.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Field {
    pub(in crate::tui) kind: FieldKind,
    pub(in crate::tui) text: TextField,
}

impl Field {
    fn new(kind: FieldKind) -> Self {
        let text = if kind == FieldKind::Body { TextField::multiline() } else { TextField::default() };
        Self { kind, text }
    }

    /// Returns the number of lines that the field takes.
    fn lines(&self) -> usize {
        self.text.text().matches('\n').count() + 1
    }
}

/// Form for a request to an endpoint. Its values are kept for the next call.
#[derive(Clone, Debug)]
pub(in crate::tui) struct RequestForm {
    pub(in crate::tui) endpoint: EndpointId,
    pub(in crate::tui) fields: Vec<Field>,
    /// Index of the focused field.
    pub(in crate::tui) focus: usize,
}

impl RequestForm {
    pub(in crate::tui) fn new(id: EndpointId, endpoint: &Endpoint) -> Self {
        let path = endpoint.template.parameters().into_iter().map(|name| FieldKind::Path(name.to_owned()));
        let kinds = path.chain([FieldKind::Query, FieldKind::Header, FieldKind::Body]);
        Self { endpoint: id, fields: kinds.map(Field::new).collect(), focus: 0 }
    }

    /// Returns the form for the same endpoint under another identifier.
    pub(in crate::tui) fn of(self, endpoint: EndpointId) -> Self {
        Self { endpoint, ..self }
    }

    /// Returns the body.
    pub(in crate::tui) fn body(&self) -> &str {
        let body = self.fields.iter().find(|field| field.kind == FieldKind::Body);
        body.map(|field| field.text.text()).unwrap_or_default()
    }

    /// Replaces the body, and focuses it.
    pub(in crate::tui) fn set_body(&mut self, text: &str) {
        if let Some(index) = self.fields.iter().position(|field| field.kind == FieldKind::Body)
            && let Some(field) = self.fields.get_mut(index)
        {
            field.text.set(text);
            self.focus = index;
        }
    }

    /// Returns the first path parameter without a value.
    pub(in crate::tui) fn first_missing(&self) -> Option<usize> {
        self.fields.iter().position(|field| matches!(field.kind, FieldKind::Path(_)) && field.text.is_empty())
    }

    /// Returns the focused field.
    pub(in crate::tui) fn field(&mut self) -> Option<&mut TextField> {
        self.fields.get_mut(self.focus).map(|field| &mut field.text)
    }

    /// Focuses the next or previous field; after the last one comes the first.
    pub(in crate::tui) fn move_focus(&mut self, down: bool) {
        let count = self.fields.len().max(1);
        self.focus = (self.focus + if down { 1 } else { count - 1 }) % count;
    }

    /// Returns the number of the line with the cursor, counted over all fields.
    pub(in crate::tui) fn cursor_line(&self) -> usize {
        let above: usize = self.fields.iter().take(self.focus).map(Field::lines).sum();
        above + self.fields.get(self.focus).map(|field| field.text.line()).unwrap_or_default()
    }

    /// Appends an empty header field if the last one has text.
    pub(in crate::tui) fn add_empty_header(&mut self) {
        let last = self.fields.iter().rposition(|field| field.kind == FieldKind::Header);
        if let Some(last) = last.filter(|last| self.fields.get(*last).is_some_and(|field| !field.text.is_empty())) {
            self.fields.insert(last + 1, Field::new(FieldKind::Header));
        }
    }

    /// Builds the request. A header field without a colon has an empty value.
    pub(in crate::tui) fn request(&self) -> CallRequest {
        let mut request = CallRequest::new(self.endpoint, Vec::new());
        for field in self.fields.iter().filter(|field| !field.text.is_empty()) {
            let text = field.text.text();
            match &field.kind {
                FieldKind::Path(name) => request.parameters.push((name.clone(), text.to_owned())),
                FieldKind::Query => request.query = Some(text.trim_start_matches('?').to_owned()),
                FieldKind::Header => {
                    let (name, value) = text.split_once(':').unwrap_or((text, ""));
                    request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                FieldKind::Body => request.body = Some(text.to_owned().into_bytes()),
            }
        }
        request
    }
}
