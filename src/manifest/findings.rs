//! The codes of this room's findings.

crate::codes! {
    MANIFEST_SYNTAX = "manifest-syntax", Error, "the manifest is no TOML", "https://toml.io/en/v1.1.0";
    KEY_UNKNOWN = "key-unknown", Error, "the manifest has no such key", "DESIGN: the manifest";
    KEY_MISSING = "key-missing", Error, "a key that must be there is missing", "DESIGN: the manifest";
    VALUE_WRONG = "value-wrong", Error, "a value is not of the kind that belongs there", "DESIGN: the manifest";
    URL_WRONG = "url-wrong", Error, "a URL can't be used here", "RFC 8414 §2, RFC 9700 §2.6";
    SCOPE_WRONG = "scope-wrong", Error, "a text is no scope", "RFC 6749 §3.3";
    SCOPE_UNDECLARED = "scope-undeclared", Error, "a scope is used that the API does not declare", "DESIGN: the manifest";
    SCOPE_CYCLE = "scope-cycle", Error, "a scope implies itself over others", "DESIGN: scopes";
    ENDPOINT_WRONG = "endpoint-wrong", Error, "an endpoint is no method and path template", "RFC 9110 §9.1, RFC 6570";
    ENDPOINT_DUPLICATE = "endpoint-duplicate", Error, "two endpoints answer the same requests", "DESIGN: the manifest";
    SECRET_LITERAL = "secret-literal", Error, "a manifest holds no secret", "DESIGN: the manifest";
    SECRET_PATH = "secret-path", Error, "a secret's file must stay inside the manifest's folder", "DESIGN: safety";
    SCOPE_UNUSED = "scope-unused", Info, "no endpoint needs the scope", "DESIGN: the manifest";
}
