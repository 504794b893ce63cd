//! Findings of probes.

crate::codes! {
    ENDPOINT_UNDER_ENFORCED = "endpoint-under-enforced", Error, "the server allows a request although the manifest requires more scopes", "OWASP API5:2023";
    ENDPOINT_OVER_ENFORCED = "endpoint-over-enforced", Warning, "the server requires other scopes than the manifest", "RFC 6750 section 3.1";
    ENDPOINT_HIDDEN = "endpoint-hidden", Info, "the server returns 404 if a scope is missing", "RFC 9110 section 15.5.4";
}
