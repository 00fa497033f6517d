//! How query parameters narrow a list.

/// How a query parameter narrows a list.
#[derive(Clone, Copy)]
pub(crate) enum By {
    /// Any of the values of a key of the kind, which may be called otherwise than the parameter.
    Key(&'static str),
    /// A text, case-insensitive, in which `*` stands for anything.
    Wildcard(&'static [&'static str]),
    /// At or after this text (dates and moments compare as texts).
    From(&'static str),
    /// At or before this text.
    To(&'static str),
    /// Before this moment.
    Before(&'static str),
    /// At least this number.
    AtLeast(&'static str),
    /// At most this number.
    AtMost(&'static str),
    /// Any of these values, where too many have each of them for a key to be of use.
    OneOf(&'static str),
    /// None of these values.
    Not(&'static str),
    /// The property, as a number or a boolean.
    Equals(&'static str),
    /// Read by the family itself, or without effect on what this sandbox holds.
    Elsewhere,
}
