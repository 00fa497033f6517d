//! Where the service is, and who may use it.

super::rule::rules! {
    SERVER_REMOVED = "server-removed", "a server is gone", WIRE;
    SERVER_ADDED = "server-added", "there is another server", ADDITIVE;
    BASE_PATH_CHANGED = "base-path-changed", "the servers answer below another path", WIRE;
    SECURITY_ADDED = "security-added", "calls need credentials that they did not need", WIRE;
    SECURITY_REMOVED = "security-removed", "calls no longer need credentials", ADDITIVE;
    SECURITY_CHANGED = "security-changed", "calls need other credentials", WIRE;
    SECURITY_ALTERNATIVE_ADDED = "security-alternative-added", "other credentials do as well", ADDITIVE;
    SECURITY_ALTERNATIVE_REMOVED = "security-alternative-removed", "some credentials no longer do", WIRE;
    SCOPE_ADDED = "security-scope-added", "credentials need another permission", WIRE;
    SCOPE_REMOVED = "security-scope-removed", "credentials can do without a permission", ADDITIVE;
    SCHEME_CHANGED = "security-scheme-changed", "credentials are shown another way", WIRE;
    SCHEME_REMOVED = "security-scheme-removed", "a way to show credentials is no longer described", BEHAVIORAL;
    SCHEME_ADDED = "security-scheme-added", "another way to show credentials is described", ADDITIVE;
}
