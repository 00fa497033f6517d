//! What only the compiler notices: the wire is as it was.

super::rules! {
    /// A component has another name, or the generator names what was written in place otherwise.
    TYPE_RENAMED = "type-renamed", "a type has another name", RUST;
    /// Both names are there, or were: a place holds the one where it held the other.
    TYPE_EXCHANGED = "type-exchanged", "a type stands where another one stood", RUST;
}
