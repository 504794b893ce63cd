//! The codes of what an import finds.

crate::codes! {
    READING_GUESSED = "reading-guessed", Info, "how lists of scopes are read was guessed", "README: Import";
    READING_FIXED = "reading-fixed", Warning, "the format itself says how lists of scopes are read", "Google API discovery; Microsoft Graph permissions";
    LIST_READ_PART = "list-read-part", Warning, "a list pairs a scope with its own read-only part", "OpenAPI 3.1 §4.8.30";
    LIST_TWINS = "list-twins", Warning, "a list pairs scopes that are variants of each other", "OpenAPI 3.1 §4.8.30";
    LIST_CATALOGUE = "list-catalogue", Warning, "a list names every scope that there is", "OpenAPI 3.1 §4.8.30";
    LIST_LONG = "list-long", Warning, "a list names more than six scopes", "OpenAPI 3.1 §4.8.30";
    LIST_INHERITED = "list-inherited", Warning, "many operations inherit a list of several scopes", "OpenAPI 3.1 §4.8.1";
    SCOPE_DEPRECATED = "scope-deprecated", Warning, "a list names a deprecated scope beside others", "OpenAPI 3.1 §4.8.29";
    SCOPE_NOT_IN_CATALOGUE = "scope-not-in-catalogue", Warning, "a scope is used that no scheme declares", "OpenAPI 3.1 §4.8.29";
    SCOPE_PATTERN = "scope-pattern", Info, "a scope looks like a pattern", "RFC 6749 §3.3";
    SCOPE_MEANS_NONE = "scope-means-none", Info, "a scope stands for no scope", "OpenAPI 3.1 §4.8.30";
    SCHEME_UNDEFINED = "scheme-undefined", Warning, "a security scheme is named that is not defined", "OpenAPI 3.1 §4.8.30";
    SCHEME_EMPTY = "scheme-empty", Warning, "an OAuth scheme is used with empty lists only", "OpenAPI 3.1 §4.8.30";
    SCHEME_OTHER = "scheme-other", Info, "scopes stand on a scheme that is not OAuth", "OpenAPI 3.1 §4.8.30";
    SECURITY_OPTIONAL = "security-optional", Info, "an operation can be called without a token as well", "OpenAPI 3.1 §4.8.10";
    CREDENTIAL_OTHER = "credential-other", Info, "an operation needs a credential other than an OAuth token", "OpenAPI 3.1 §4.8.27";
    EXTENSION_UNUSED = "extension-unused", Info, "an extension says more than was taken over", "OpenAPI 3.1 §4.9";
    REFERENCE_BROKEN = "reference-broken", Warning, "a reference could not be followed", "OpenAPI 3.1 §4.8.23";
    KEY_TWICE = "key-twice", Warning, "a key occurs twice in one map", "RFC 8259 §4, YAML 1.2.2 §3.2.1.3";
    SERVER_MISSING = "server-missing", Warning, "the description names no server that can be called", "OpenAPI 3.1 §4.8.5";
    SERVER_CHOSEN = "server-chosen", Info, "the description names several servers, or variable ones", "OpenAPI 3.1 §4.8.5";
    SERVER_PLAIN = "server-plain", Warning, "a server is given without TLS", "RFC 6750 §5.3";
    TEMPLATE_ADAPTED = "template-adapted", Info, "a path template was adapted", "OpenAPI 3.1 §4.8.8";
    TEMPLATE_AMBIGUOUS = "template-ambiguous", Info, "two operations answer the same requests", "OpenAPI 3.1 §4.8.8.2";
    WEBHOOKS_LEFT = "webhooks-left", Info, "webhooks are calls of the API to its client", "OpenAPI 3.1 §4.8.1";
    OPERATION_SKIPPED = "operation-skipped", Warning, "an operation could not be imported", "README: Import";
    PERMISSION_UNRANKED = "permission-unranked", Info, "the source does not say which permission is the least", "Microsoft Graph permissions";
    PERMISSION_MORE = "permission-more", Warning, "more is required than the source says in data", "GitHub permissions for fine-grained tokens";
}
