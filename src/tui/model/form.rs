//! A request, edited before it is sent: path parameters, query, header fields and body.

use crate::manifest::Endpoint;
use crate::workspace::{CallRequest, EndpointId};

/// What a field of the form is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Part {
    /// A parameter of the path: it has to have a value.
    Path(String),
    /// The query, without the question mark.
    Query,
    /// A header field as `Name: value`. There is always an empty one left.
    Header,
    Body,
}

/// One field.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Field {
    pub(in crate::tui) part: Part,
    pub(in crate::tui) text: String,
}

/// The form of one endpoint. What was typed is remembered for the next call of it.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Form {
    pub(in crate::tui) endpoint: EndpointId,
    pub(in crate::tui) fields: Vec<Field>,
    /// The field that is typed in.
    pub(in crate::tui) at: usize,
}

impl Form {
    pub(in crate::tui) fn new(id: EndpointId, endpoint: &Endpoint) -> Self {
        let field = |part| Field { part, text: String::new() };
        let path = endpoint.template.parameters().into_iter().map(|name| field(Part::Path(name.to_owned())));
        let fields = path.chain([field(Part::Query), field(Part::Header), field(Part::Body)]).collect();
        Self { endpoint: id, fields, at: 0 }
    }

    /// The first path parameter that has no value.
    pub(in crate::tui) fn open(&self) -> Option<usize> {
        self.fields.iter().position(|field| matches!(field.part, Part::Path(_)) && field.text.is_empty())
    }

    /// The text that is typed in.
    pub(in crate::tui) fn field(&mut self) -> Option<&mut String> {
        self.fields.get_mut(self.at).map(|field| &mut field.text)
    }

    /// Makes room for one more header field, when the last one has a text.
    pub(in crate::tui) fn make_room(&mut self) {
        let last = self.fields.iter().rposition(|field| field.part == Part::Header);
        if let Some(last) = last.filter(|last| self.fields.get(*last).is_some_and(|field| !field.text.is_empty())) {
            self.fields.insert(last + 1, Field { part: Part::Header, text: String::new() });
        }
    }

    /// The request. A header field without a colon has an empty value.
    pub(in crate::tui) fn request(&self) -> CallRequest {
        let mut request = CallRequest::new(self.endpoint, Vec::new());
        for field in self.fields.iter().filter(|field| !field.text.is_empty()) {
            match &field.part {
                Part::Path(name) => request.parameters.push((name.clone(), field.text.clone())),
                Part::Query => request.query = Some(field.text.trim_start_matches('?').to_owned()),
                Part::Header => {
                    let (name, value) = field.text.split_once(':').unwrap_or((&field.text, ""));
                    request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                Part::Body => request.body = Some(field.text.clone().into_bytes()),
            }
        }
        request
    }
}
