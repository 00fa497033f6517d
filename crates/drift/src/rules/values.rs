//! Values that are listed, and values that are assumed.

super::rule::rules! {
    /// In answers the variant goes from our enum; the enum itself takes any value.
    ENUM_VALUE_REMOVED = "enum-value-removed", "a value is no longer listed", WIRE_AND_RUST | RUST;
    /// Our enums are open: an unknown value is read and written back.
    ENUM_VALUE_ADDED = "enum-value-added", "another value is listed", ADDITIVE | ADDITIVE;
    BECAME_ENUM = "became-enum", "only listed values are left of what was free", WIRE_AND_RUST | RUST;
    NO_LONGER_ENUM = "no-longer-enum", "values are no longer listed", RUST | RUST;
    DEFAULT_ADDED = "default-added", "what is absent has a default", BEHAVIORAL;
    DEFAULT_REMOVED = "default-removed", "what is absent has no default any more", BEHAVIORAL;
    DEFAULT_CHANGED = "default-changed", "what is absent has another default", BEHAVIORAL;
}
