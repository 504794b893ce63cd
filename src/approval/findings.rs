//! Finding codes of approval requests.

crate::codes! {
    REQUEST_SYNTAX = "request-syntax", Error, "an approval request does not have the expected form", "docs/approvals.md";
    REQUEST_VALUE = "request-value", Error, "a value of an approval request is not valid", "docs/approvals.md";
    REQUEST_VERSION = "request-version", Error, "an approval request has an unknown version", "docs/approvals.md";
    REQUEST_CHANGED = "request-changed", Error, "an approval request was changed after it was written", "docs/approvals.md", "The last line of a request has eight words that are made from the lines before it. Chat programs change quotation marks, dashes and spaces: send the request as a file, or in a block of code.";
}
