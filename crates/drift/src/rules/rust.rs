//! What only the compiler notices: the wire is as it was.

super::rule::rules! {
    /// A component has another name, or the generator names what was written in place otherwise.
    TYPE_RENAMED = "type-renamed", "a type has another name", RUST;
    /// Both names are there, or were: a place holds the one where it held the other.
    TYPE_EXCHANGED = "type-exchanged", "a type stands where another one stood", RUST;
    /// Only types that are sent have a constructor.
    TYPE_NOT_SENT = "type-not-sent", "a type is only read any more, so that nobody can build one", RUST;
    /// As far as no other change says what it went with.
    TYPE_REMOVED = "type-removed", "a type is gone", RUST;
}
