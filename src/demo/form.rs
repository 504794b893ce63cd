//! Reads the form of a demo page. Not an HTML parser: it relies on the pages' own markup, in which every attribute is quoted.

/// An HTML form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) action: String,
    /// The fields in order, including buttons.
    pub(super) fields: Vec<Field>,
}

/// A field or a button of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) value: String,
}

impl Form {
    /// Returns the first form of a page.
    pub(super) fn find(html: &str) -> Option<Self> {
        let (_, rest) = html.split_once("<form ")?;
        let (form, _) = rest.split_once("</form>")?;
        let action = attribute(form.split('>').next()?, "action")?;
        let fields = form.split('<').filter_map(|tag| {
            let attributes = tag.strip_prefix("input ").or_else(|| tag.strip_prefix("button "))?;
            let attributes = attributes.split('>').next()?;
            Some(Field {
                kind: attribute(attributes, "type")?,
                name: attribute(attributes, "name")?,
                value: attribute(attributes, "value").unwrap_or_default(),
            })
        });
        Some(Self { action, fields: fields.collect() })
    }

    /// Returns the text of the first paragraph, without markup.
    pub(super) fn first_paragraph(html: &str) -> Option<String> {
        let (_, rest) = html.split_once("<p")?;
        let (_, rest) = rest.split_once('>')?;
        let (paragraph, _) = rest.split_once("</p>")?;
        let mut text = String::new();
        for part in paragraph.split('<') {
            text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        }
        Some(unescape(&text))
    }
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let (_, rest) = attributes.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescape(value))
}

fn unescape(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (escaped, raw)| text.replace(escaped, raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_and_first_paragraph_of_a_page_are_read() {
        let html = "<p role=\"alert\"><b>No</b> &amp; no</p><form method=\"post\" action=\"/x\">\
                    <input type=\"hidden\" name=\"a\" value=\"&lt;&amp;lt;\"><label>\
                    <input type=\"checkbox\" name=\"scope\" value=\"s\" checked> S</label>\
                    <button type=\"submit\">Go</button></form>";
        let field = |kind: &str, name: &str, value: &str| Field {
            kind: kind.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let fields = vec![field("hidden", "a", "<&lt;"), field("checkbox", "scope", "s")];
        assert_eq!(Form::find(html), Some(Form { action: "/x".to_owned(), fields }));
        assert_eq!(Form::first_paragraph(html).as_deref(), Some("No & no"));
        assert_eq!(Form::find("<form action=\"/x\">"), None);
    }
}
