//! Codes of the findings about a manifest.

crate::codes! {
    MANIFEST_SYNTAX = "manifest-syntax", Error, "the manifest is not valid TOML", "https://toml.io/en/v1.1.0";
    KEY_UNKNOWN = "key-unknown", Error, "an unknown key in the manifest", "docs/manifest.md";
    KEY_MISSING = "key-missing", Error, "a required key is missing", "docs/manifest.md";
    VALUE_WRONG = "value-wrong", Error, "a value has the wrong type or is not one of the allowed values", "docs/manifest.md";
    URL_WRONG = "url-wrong", Error, "a URL is not valid or not allowed here", "RFC 8414 §2, RFC 9700 §2.6";
    HOST_NOT_ASCII = "host-not-ascii", Warning, "a host name contains characters that can be confused with others", "UTS #39";
    SCOPE_WRONG = "scope-wrong", Error, "a string is not a valid scope", "RFC 6749 §3.3";
    SCOPE_UNDECLARED = "scope-undeclared", Error, "a scope is used but not declared by the API", "docs/manifest.md";
    SCOPES_IMPLY_TOO_MUCH = "scopes-imply-too-much", Error, "the scopes of an API have too many implications", "docs/manifest.md",
        "Wildcards are compared with at most a million scopes in total, and there can be at most 2^28 pairs of an implying and an implied scope. List the implied scopes, or start patterns with the common prefix of their scopes.";
    SCOPE_CYCLE = "scope-cycle", Error, "a scope implies itself through other scopes", "docs/manifest.md";
    ENDPOINT_WRONG = "endpoint-wrong", Error, "an endpoint is not a valid method and path template", "RFC 9110 §9.1, RFC 6570";
    ENDPOINT_DUPLICATE = "endpoint-duplicate", Error, "two endpoints match the same requests", "docs/manifest.md";
    POLICY_NAME_UNKNOWN = "policy-name-unknown", Error, "a policy rule names a client or an API that the manifest does not have", "docs/policy.md";
    WINDOW_WRONG = "window-wrong", Error, "a time window of a policy rule is not valid, or no time is in it", "docs/policy.md";
    WINDOW_OVERLAP = "window-overlap", Error, "two time windows of a policy rule overlap", "docs/policy.md";
    SECRET_LITERAL = "secret-literal", Error, "the manifest contains a secret", "docs/manifest.md";
    SECRET_PATH = "secret-path", Error, "a secret's file is outside the manifest's directory", "docs/limits.md";
    SOURCE_UNREADABLE = "source-unreadable", Error, "an API description can't be read", "docs/manifest.md";
    SOURCE_PARTIAL = "source-partial", Info, "part of an API description was skipped", "docs/manifest.md";
    SCOPE_UNUSED = "scope-unused", Info, "no endpoint requires the scope", "docs/manifest.md";
    ENDPOINT_AMBIGUOUS = "endpoint-ambiguous", Warning, "two templates match the same paths, and neither is more specific", "OpenAPI 3.1.1 §4.8.8.2";
    ENDPOINT_CASE = "endpoint-case", Info, "two paths differ only in case", "RFC 3986 §6.2.2.1";
    ENDPOINT_OPEN = "endpoint-open", Warning, "an endpoint with an unsafe method requires no scope", "RFC 9110 §9.2.1";
    SCOPE_REDUNDANT = "scope-redundant", Info, "a scope is required together with one that implies it", "docs/manifest.md";
    ALTERNATIVE_REDUNDANT = "alternative-redundant", Info, "an alternative implies another alternative", "docs/manifest.md";
    LINT_INCOMPLETE = "lint-incomplete", Warning, "there is too much to compare, and some pairs were not checked", "docs/manifest.md",
        "Pairs of endpoints and of alternatives are compared up to a limit, so that a crafted manifest can't keep the linter busy. Split the API, or give alternatives fewer scopes that imply others.";
    RISK_BELOW_IMPLIED = "risk-below-implied", Warning, "a scope has a lower risk than one that it implies", "docs/manifest.md";
    KEY_WRONG = "key-wrong", Error, "a key is not a usable SSH public key", "docs/approvals.md";
    APPROVER_DUPLICATE = "approver-duplicate", Error, "a group of approvers lists a key twice", "docs/approvals.md";
    APPROVERS_UNKNOWN = "approvers-unknown", Error, "a group of approvers does not exist", "docs/approvals.md";
    APPROVERS_CYCLE = "approvers-cycle", Error, "a group of approvers contains itself", "docs/approvals.md";
    APPROVERS_IMPLICIT = "approvers-implicit", Warning, "every group can approve what a client or a policy rule needs an approval for", "docs/approvals.md";
    WINDOW_OVERLAP_ZONES = "window-overlap-zones", Info, "two time windows of a policy rule in different time zones overlap", "docs/policy.md";
    POLICY_UNAPPROVABLE = "policy-unapprovable", Error, "a policy rule asks for an approval that nobody can give", "docs/approvals.md";
    POLICY_UNMATCHABLE = "policy-unmatchable", Warning, "a policy rule, or part of it, can't match", "docs/policy.md";
    POLICY_SHADOWED = "policy-shadowed", Warning, "a policy rule never decides, since another one comes before it", "docs/policy.md";
    POLICY_UNCOVERED = "policy-uncovered", Warning, "the default denies, and no rule allows some endpoints", "docs/policy.md";
    POLICY_ALLOWS_ALL = "policy-allows-all", Warning, "the policy allows everything", "docs/policy.md";
    POLICY_NO_EFFECT = "policy-no-effect", Info, "a policy rule allows what the default allows", "docs/policy.md";
    POLICY_DEFAULT_IMPLIED = "policy-default-implied", Info, "the policy does not state its default", "docs/policy.md",
        "Without `policy_default`, what no rule matches is denied if a rule allows, and allowed otherwise.";
    CEILING_MISSING = "ceiling-missing", Info, "a client may request any scope", "RFC 9700 §2.3";
    CEILING_UNKNOWN = "ceiling-unknown", Warning, "a client may request a scope that no API of its issuer declares", "docs/manifest.md";
    ACCEPTANCE_OPEN = "acceptance-open", Warning, "a client accepts any scope that the server grants", "RFC 9700 §2.3";
    ACCEPTANCE_UNKNOWN = "acceptance-unknown", Warning, "a client accepts a scope that no API of its issuer declares", "docs/manifest.md";
    DRIFT_ENDPOINT_GONE = "drift-endpoint-gone", Warning, "an endpoint of the manifest is not in the API description", "docs/review.md";
    DRIFT_ENDPOINT_UNLISTED = "drift-endpoint-unlisted", Warning, "an endpoint is not in the manifest", "docs/review.md";
    DRIFT_ENDPOINT_UNSEEN = "drift-endpoint-unseen", Info, "an endpoint of the manifest was never requested", "docs/review.md";
    DRIFT_BASE_URL = "drift-base-url", Warning, "the API description has another server", "docs/review.md";
    DRIFT_SCOPE_GONE = "drift-scope-gone", Info, "a declared scope is not in the API description", "docs/review.md";
    DRIFT_ISSUER = "drift-issuer", Warning, "the API description has another issuer", "docs/review.md";
    DRIFT_REQUIREMENT = "drift-requirement", Warning, "the API description requires different scopes", "docs/review.md";
    DRIFT_SCOPE_UNLISTED = "drift-scope-unlisted", Info, "a scope of the API description is not declared in the manifest", "docs/review.md";
    DRIFT_SCOPE_NOT_OFFERED = "drift-scope-not-offered", Warning, "a required scope is not listed as supported by the authorization server", "RFC 8414 §2";
    DRIFT_SCOPE_NOT_NEEDED = "drift-scope-not-needed", Info, "the authorization server supports a scope that no endpoint requires", "RFC 8414 §2";
}
