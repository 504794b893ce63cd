//! Codes of the findings about what runs.

crate::codes! {
    RUNNING_OPEN = "running-open", Error, "the engine lets requests without the required scope pass", "docs/enforcement.md";
    RUNNING_ANY_OF = "running-any-of", Error, "the engine accepts any of several scopes, and the manifest requires all of them", "docs/enforcement.md",
        "A list of scopes means one of them in some engines (API Gateway, KrakenD without `scopes_matcher`), and all of them in others.";
    RUNNING_WEAKER = "running-weaker", Error, "the engine accepts scopes that are not sufficient in the manifest", "docs/enforcement.md";
    RUNNING_STRICTER = "running-stricter", Warning, "the engine refuses scopes that are sufficient in the manifest", "docs/enforcement.md";
    RUNNING_MISSING = "running-missing", Warning, "the engine denies an endpoint of the manifest", "docs/enforcement.md";
    RUNNING_UNLISTED = "running-unlisted", Warning, "the engine has a route that is not in the manifest", "docs/enforcement.md";
    RUNNING_DEFAULT = "running-default", Error, "the engine lets requests pass that match no endpoint", "docs/enforcement.md",
        "A catch-all route, or a default that allows, opens every path that the manifest does not have.";
    RUNNING_CLAIM = "running-claim", Error, "the engine reads scopes from another claim than the tokens have", "docs/enforcement.md";
    RUNNING_TOKEN = "running-token", Error, "the engine accepts tokens of another issuer or audience", "docs/enforcement.md";
    RUNNING_UNREAD = "running-unread", Info, "a part of the configuration can't be read", "docs/enforcement.md";
    SERVER_SCOPE_MISSING = "server-scope-missing", Error, "a required scope does not exist at the authorization server", "docs/enforcement.md";
    SERVER_SCOPE_UNNEEDED = "server-scope-unneeded", Warning, "the authorization server has a scope that no endpoint requires", "docs/enforcement.md";
    SERVER_CLIENT_WIDER = "server-client-wider", Error, "a client may request more than the manifest allows", "docs/enforcement.md";
    SERVER_CLIENT_UNLISTED = "server-client-unlisted", Warning, "a client may request scopes of the API, and is not in the manifest", "docs/enforcement.md";
    SERVER_SCOPE_DEFAULT = "server-scope-default", Warning, "a client gets a scope whether or not it requests it", "docs/enforcement.md",
        "Such a scope can't be narrowed: every token has it. Make it optional.";
}
