//! The codes of this room's findings.

crate::codes! {
    ENDPOINT_UNDER_ENFORCED = "endpoint-under-enforced", Error, "the server answers although the manifest requires more", "OWASP API5:2023";
    ENDPOINT_OVER_ENFORCED = "endpoint-over-enforced", Warning, "the server asks for something else than the manifest requires", "RFC 6750 section 3.1";
    ENDPOINT_HIDDEN = "endpoint-hidden", Info, "the server says that there is nothing where a scope is missing", "RFC 9110 section 15.5.4";
}
