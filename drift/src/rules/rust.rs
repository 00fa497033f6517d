//! What only the compiler notices: the wire is as it was.

super::rules! {
    /// A component has another name, or the generator names what was written in place otherwise.
    TYPE_RENAMED = "type-renamed", "a type of the same shape has another name", RUST;
}
