//! The codes of this room's findings.

crate::codes! {
    MANIFEST_SYNTAX = "manifest-syntax", Error, "the manifest is no TOML", "https://toml.io/en/v1.1.0";
    KEY_UNKNOWN = "key-unknown", Error, "the manifest has no such key", "README: The manifest";
    KEY_MISSING = "key-missing", Error, "a key that must be there is missing", "README: The manifest";
    VALUE_WRONG = "value-wrong", Error, "a value is not of the kind that belongs there", "README: The manifest";
    URL_WRONG = "url-wrong", Error, "a URL can't be used here", "RFC 8414 §2, RFC 9700 §2.6";
    HOST_NOT_ASCII = "host-not-ascii", Warning, "a host's name holds characters that may look like others", "UTS #39";
    SCOPE_WRONG = "scope-wrong", Error, "a text is no scope", "RFC 6749 §3.3";
    SCOPE_UNDECLARED = "scope-undeclared", Error, "a scope is used that the API does not declare", "README: The manifest";
    SCOPE_CYCLE = "scope-cycle", Error, "a scope implies itself over others", "README: The manifest";
    ENDPOINT_WRONG = "endpoint-wrong", Error, "an endpoint is no method and path template", "RFC 9110 §9.1, RFC 6570";
    ENDPOINT_DUPLICATE = "endpoint-duplicate", Error, "two endpoints answer the same requests", "README: The manifest";
    SECRET_LITERAL = "secret-literal", Error, "a manifest holds no secret", "README: The manifest";
    SECRET_PATH = "secret-path", Error, "a secret's file must stay inside the manifest's folder", "README: Safety";
    SCOPE_UNUSED = "scope-unused", Info, "no endpoint needs the scope", "README: The manifest";
}
