//! Form for a request: path parameters, query, header fields and body.

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
    Body,
}

/// A field.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Field {
    pub(in crate::tui) kind: FieldKind,
    pub(in crate::tui) text: String,
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
        let field = |kind| Field { kind, text: String::new() };
        let path = endpoint.template.parameters().into_iter().map(|name| field(FieldKind::Path(name.to_owned())));
        let fields = path.chain([field(FieldKind::Query), field(FieldKind::Header), field(FieldKind::Body)]).collect();
        Self { endpoint: id, fields, focus: 0 }
    }

    /// Returns the first path parameter without a value.
    pub(in crate::tui) fn first_missing(&self) -> Option<usize> {
        self.fields.iter().position(|field| matches!(field.kind, FieldKind::Path(_)) && field.text.is_empty())
    }

    /// Returns the text of the focused field.
    pub(in crate::tui) fn field(&mut self) -> Option<&mut String> {
        self.fields.get_mut(self.focus).map(|field| &mut field.text)
    }

    /// Appends an empty header field if the last one has text.
    pub(in crate::tui) fn add_empty_header(&mut self) {
        let last = self.fields.iter().rposition(|field| field.kind == FieldKind::Header);
        if let Some(last) = last.filter(|last| self.fields.get(*last).is_some_and(|field| !field.text.is_empty())) {
            self.fields.insert(last + 1, Field { kind: FieldKind::Header, text: String::new() });
        }
    }

    /// Builds the request. A header field without a colon has an empty value.
    pub(in crate::tui) fn request(&self) -> CallRequest {
        let mut request = CallRequest::new(self.endpoint, Vec::new());
        for field in self.fields.iter().filter(|field| !field.text.is_empty()) {
            match &field.kind {
                FieldKind::Path(name) => request.parameters.push((name.clone(), field.text.clone())),
                FieldKind::Query => request.query = Some(field.text.trim_start_matches('?').to_owned()),
                FieldKind::Header => {
                    let (name, value) = field.text.split_once(':').unwrap_or((&field.text, ""));
                    request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                FieldKind::Body => request.body = Some(field.text.clone().into_bytes()),
            }
        }
        request
    }
}
