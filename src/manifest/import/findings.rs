//! Codes of the findings of an import.

crate::codes! {
    READING_INFERRED = "reading-inferred", Info, "the meaning of lists of scopes was inferred", "README: Import";
    READING_FIXED = "reading-fixed", Warning, "the format defines the meaning of lists of scopes", "Google API discovery; Microsoft Graph permissions";
    LIST_UNCLEAR = "list-unclear", Info, "a list does not show whether all of its scopes are required", "OpenAPI 3.1 §4.8.30";
    LIST_PROSE = "list-prose", Info, "the text of an operation says how its list is meant", "docs/api-descriptions.md";
    LIST_FULL_ACCESS = "list-full-access", Info, "a list contains a scope for full access and others", "docs/api-descriptions.md";
    LIST_READER_DROPPED = "list-reader-dropped", Info, "a scope for reading is not sufficient for a method that writes", "RFC 9110 §9.2.1";
    EMITTER = "emitter", Info, "the program that wrote the description is known", "docs/api-descriptions.md";
    EMITTER_UNENFORCED = "emitter-unenforced", Warning, "the program that wrote the description does not enforce its scopes as written", "docs/api-descriptions.md";
    SCOPE_IN_PROSE = "scope-in-prose", Warning, "a scope is only named in a text for people", "OpenAPI 3.1 §4.8.10";
    SECURITY_MALFORMED = "security-malformed", Warning, "a security requirement does not have the form that the format defines", "OpenAPI 3.1 §4.8.30";
    SECURITY_MISPLACED = "security-misplaced", Warning, "`security` is at a place where the format does not define it", "OpenAPI 3.1 §4.8.9";
    METHOD_CASE = "method-case", Warning, "a method is not written in lower case", "OpenAPI 3.1 §4.8.9";
    METHOD_ANY = "method-any", Info, "one operation answers every method", "Amazon API Gateway: x-amazon-apigateway-any-method";
    FIELD_UNKNOWN = "field-unknown", Warning, "a path item has a field that the format does not define", "OpenAPI 3.1 §4.8.9";
    LIST_READ_PART = "list-read-part", Warning, "a list contains a scope and its read-only part", "OpenAPI 3.1 §4.8.30";
    LIST_PART = "list-part", Warning, "a list contains a scope and a part of it", "OpenAPI 3.1 §4.8.30";
    LIST_TWINS = "list-twins", Warning, "a list contains scopes that are variants of each other", "OpenAPI 3.1 §4.8.30";
    LIST_CATALOGUE = "list-catalogue", Warning, "a list contains every declared scope, so it says nothing", "OpenAPI 3.1 §4.8.30";
    LIST_LONG = "list-long", Warning, "a list contains more than six scopes", "OpenAPI 3.1 §4.8.30";
    LIST_INHERITED = "list-inherited", Warning, "many operations inherit a list of several scopes", "OpenAPI 3.1 §4.8.1";
    SCOPE_DEPRECATED = "scope-deprecated", Warning, "a list contains a deprecated scope and others", "OpenAPI 3.1 §4.8.29";
    SCOPE_NOT_IN_CATALOGUE = "scope-not-in-catalogue", Warning, "a scope is used that no security scheme declares", "OpenAPI 3.1 §4.8.29";
    SCOPE_PATTERN = "scope-pattern", Info, "a scope looks like a pattern", "RFC 6749 §3.3";
    SCOPE_MEANS_NONE = "scope-means-none", Info, "a scope means that no scope is required", "OpenAPI 3.1 §4.8.30";
    SCHEME_UNDEFINED = "scheme-undefined", Warning, "a security scheme is used but not defined", "OpenAPI 3.1 §4.8.30";
    SCHEME_DEPRECATED = "scheme-deprecated", Info, "a security scheme is deprecated", "OpenAPI 3.2 §4.27";
    SCHEME_EMPTY = "scheme-empty", Warning, "an OAuth scheme is used with empty lists only", "OpenAPI 3.1 §4.8.30";
    SCHEME_OTHER = "scheme-other", Info, "a security scheme other than OAuth has scopes", "OpenAPI 3.1 §4.8.30";
    SECURITY_OPTIONAL = "security-optional", Info, "an operation can be called without a token as well", "OpenAPI 3.1 §4.8.10";
    CREDENTIAL_OTHER = "credential-other", Info, "an operation requires a credential other than an OAuth token", "OpenAPI 3.1 §4.8.27";
    EXTENSION_UNUSED = "extension-unused", Info, "part of an extension was not imported", "OpenAPI 3.1 §4.9";
    REFERENCE_BROKEN = "reference-broken", Warning, "a reference could not be resolved", "OpenAPI 3.1 §4.8.23";
    KEY_DUPLICATE = "key-duplicate", Warning, "a key occurs twice in an object", "RFC 8259 §4, YAML 1.2.2 §3.2.1.3";
    SYNTAX_TOLERATED = "syntax-tolerated", Warning, "the YAML is not valid, but other parsers take it", "YAML 1.2.2 §6.6, §7.3, §7.4";
    SERVER_MISSING = "server-missing", Warning, "the API description has no server that can be called", "OpenAPI 3.1 §4.8.5";
    SERVER_CHOSEN = "server-chosen", Info, "the API description has several servers, or server variables", "OpenAPI 3.1 §4.8.5";
    SERVER_PLAIN = "server-plain", Warning, "a server URL does not use TLS", "RFC 6750 §5.3";
    TEMPLATE_ADAPTED = "template-adapted", Info, "a path template was adapted", "OpenAPI 3.1 §4.8.8";
    TEMPLATE_AMBIGUOUS = "template-ambiguous", Info, "two operations match the same requests", "OpenAPI 3.1 §4.8.8.2";
    WEBHOOKS_SKIPPED = "webhooks-skipped", Info, "webhooks are requests from the API to its client", "OpenAPI 3.1 §4.8.1";
    OPERATION_SKIPPED = "operation-skipped", Warning, "an operation could not be imported", "README: Import";
    PERMISSION_UNRANKED = "permission-unranked", Info, "the source does not identify a least privileged permission", "Microsoft Graph permissions";
    PERMISSION_INCOMPLETE = "permission-incomplete", Warning, "more permissions are required than the source lists", "GitHub permissions for fine-grained tokens";
}
