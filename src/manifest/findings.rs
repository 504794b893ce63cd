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
    SCOPES_IMPLY_TOO_MUCH = "scopes-imply-too-much", Error, "the scopes of an API imply more than can be worked out", "README: The manifest",
        "Wildcards may be compared with a million scopes, all together, and there may be 2^28 pairs of an implying and an implied scope. List what is implied, or begin patterns with what their scopes have in common.";
    SCOPE_CYCLE = "scope-cycle", Error, "a scope implies itself over others", "README: The manifest";
    ENDPOINT_WRONG = "endpoint-wrong", Error, "an endpoint is no method and path template", "RFC 9110 §9.1, RFC 6570";
    ENDPOINT_DUPLICATE = "endpoint-duplicate", Error, "two endpoints answer the same requests", "README: The manifest";
    SECRET_LITERAL = "secret-literal", Error, "a manifest holds no secret", "README: The manifest";
    SECRET_PATH = "secret-path", Error, "a secret's file must stay inside the manifest's folder", "README: Safety";
    SOURCE_UNREADABLE = "source-unreadable", Error, "an API's description can't be read", "README: Import";
    SOURCE_PART = "source-part", Info, "a part of an API's description was left out", "README: Import";
    SCOPE_UNUSED = "scope-unused", Info, "no endpoint needs the scope", "README: The manifest";
    ENDPOINT_AMBIGUOUS = "endpoint-ambiguous", Warning, "two templates answer the same paths, and neither is the more specific", "OpenAPI 3.1.1 §4.8.8.2";
    ENDPOINT_CASE = "endpoint-case", Info, "two paths differ only by case", "RFC 3986 §6.2.2.1";
    ENDPOINT_OPEN = "endpoint-open", Warning, "an endpoint that changes something needs no scope", "RFC 9110 §9.2.1";
    SCOPE_SPARE = "scope-spare", Info, "a scope is asked for beside one that implies it", "README: The manifest";
    ALTERNATIVE_SPARE = "alternative-spare", Info, "an alternative implies another one", "README: The manifest";
    RISK_BELOW_IMPLIED = "risk-below-implied", Warning, "a scope counts as less of a risk than one that it implies", "README: The manifest";
    CEILING_MISSING = "ceiling-missing", Info, "a client may request anything", "RFC 9700 §2.3";
    CEILING_UNKNOWN = "ceiling-unknown", Warning, "a client may request a scope that no API of its issuer declares", "README: The manifest";
    ACCEPTANCE_OPEN = "acceptance-open", Warning, "a client accepts any scope that the server grants", "RFC 9700 §2.3";
    ACCEPTANCE_UNKNOWN = "acceptance-unknown", Warning, "a client accepts a scope that no API of its issuer declares", "README: The manifest";
    DRIFT_ENDPOINT_GONE = "drift-endpoint-gone", Warning, "a line without an endpoint in the description", "README: Review";
    DRIFT_ENDPOINT_UNLISTED = "drift-endpoint-unlisted", Warning, "an endpoint without a line", "README: Review";
    DRIFT_ENDPOINT_UNSEEN = "drift-endpoint-unseen", Info, "a line whose endpoint was never requested", "README: Review";
    DRIFT_REQUIREMENT = "drift-requirement", Warning, "the description requires something else", "README: Review";
    DRIFT_SCOPE_UNLISTED = "drift-scope-unlisted", Info, "a scope of the description that is not declared", "README: Review";
    DRIFT_SCOPE_NOT_OFFERED = "drift-scope-not-offered", Warning, "a scope is needed that the server does not offer", "RFC 8414 §2";
    DRIFT_SCOPE_NOT_NEEDED = "drift-scope-not-needed", Info, "a scope is offered that no endpoint needs", "RFC 8414 §2";
}
