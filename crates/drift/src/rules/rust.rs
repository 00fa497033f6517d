//! What only the compiler notices: the wire is as it was.

super::rule::rules! {
    /// A component has another name, or the generator names what was written in place otherwise.
    TYPE_RENAMED = "type-renamed", "a type has another name", RUST;
    /// Both names are there, or were: a place holds the one where it held the other.
    TYPE_EXCHANGED = "type-exchanged", "a type stands where another one stood", RUST;
    /// Only types that are sent have a constructor.
    TYPE_NOT_SENT = "type-not-sent", "a type is only read any more, so that nobody can build one", RUST;
    /// Its query lost the token of the page, or its answer that of the next one.
    LIST_NOT_PAGED = "list-not-paged", "a list is no longer walked page by page", RUST;
    /// Its query and its answer have a token.
    LIST_PAGED = "list-paged", "a list can be walked page by page", ADDITIVE;
    /// Arguments stand in the order of their names, which a renamed or a new one can change.
    ARGUMENTS_EXCHANGED = "arguments-exchanged", "calls of `new` compile, and give values to other fields", RUST;
    /// As far as no other change says what it came with.
    TYPE_ADDED = "type-added", "a type is new", ADDITIVE;
    /// As far as no other change says what it went with.
    TYPE_REMOVED = "type-removed", "a type is gone", RUST;
}
