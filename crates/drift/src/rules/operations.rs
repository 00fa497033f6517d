//! Operations: whether they are there, where, and what they are called.

super::rule::rules! {
    REMOVED = "operation-removed", "the operation is gone", WIRE_AND_RUST;
    ADDED = "operation-added", "there is a new operation", ADDITIVE;
    PATH_CHANGED = "operation-path-changed", "the operation answers at another path", WIRE;
    METHOD_CHANGED = "operation-method-changed", "the operation takes another HTTP method", WIRE;
    RENAMED = "operation-renamed", "the operation, and with it our method, has another name", RUST;
    DEPRECATED = "operation-deprecated", "the operation is on its way out", BEHAVIORAL;
    UNDEPRECATED = "operation-undeprecated", "the operation is no longer on its way out", ADDITIVE;
    /// The methods of a family are there with its feature only.
    FAMILY_CHANGED = "operation-family-changed", "the operation is in another family, which is a feature of the crate", RUST;
    KEY_LISTED = "idempotency-key-listed", "the operation now takes an idempotency key, so that its writes are tried again", ADDITIVE;
    KEY_DROPPED = "idempotency-key-dropped", "the operation takes no idempotency key any more, so that its writes are not tried again", BEHAVIORAL;
    KEY_DEMANDED = "idempotency-key-demanded", "the operation demands an idempotency key; the crate always sends one", ADDITIVE;
    KEY_NOT_DEMANDED = "idempotency-key-not-demanded", "the operation can do without an idempotency key", ADDITIVE;
    CALLBACK_REMOVED = "callback-removed", "the platform no longer calls us back", BEHAVIORAL;
    CALLBACK_ADDED = "callback-added", "the platform calls us back where it did not", ADDITIVE;
}
