//! What kind of value stands in a place.

super::rule::rules! {
    CHANGED = "type-changed", "a value is of another type", WIRE_AND_RUST;
    WIDENED = "type-widened", "a whole number may be a fraction", RUST | WIRE_AND_RUST;
    NARROWED = "type-narrowed", "a number has to be whole", WIRE_AND_RUST | RUST;
    STATED = "type-stated", "a value that could be anything has a type", WIRE_AND_RUST | RUST;
    DROPPED = "type-dropped", "a value that had a type can be anything", RUST | WIRE_AND_RUST;
    BECAME_NULLABLE = "became-nullable", "a value can be null", ADDITIVE | WIRE_AND_RUST;
    /// The crate takes a property that is null for one that is absent.
    OPTIONAL_BECAME_NULLABLE = "optional-became-nullable", "a value that could be absent can be null too", ADDITIVE | ADDITIVE;
    NO_LONGER_NULLABLE = "no-longer-nullable", "a value can no longer be null", WIRE_AND_RUST | RUST;
    OPTIONAL_NO_LONGER_NULLABLE = "optional-no-longer-nullable", "a value that can be absent can no longer be null", WIRE | ADDITIVE;
    FORMAT_CHANGED = "format-changed", "a text holds another kind of value", WIRE_AND_RUST;
    FORMAT_ADDED = "format-added", "a text has to be a date, a moment or a UUID", WIRE_AND_RUST | RUST;
    FORMAT_REMOVED = "format-removed", "a text need not be a date, a moment or a UUID", RUST | WIRE_AND_RUST;
    /// All whole numbers are one Rust type, and so are all fractions.
    NUMBER_FORMAT_CHANGED = "number-format-changed", "a remark on the width of a number has changed", ADDITIVE;
    NUMBER_NARROWED = "number-narrowed", "a number has less room", BEHAVIORAL | ADDITIVE;
    /// The formats on which no Rust type depends: `uri` and the like.
    FORMAT_HINT_CHANGED = "format-hint-changed", "a remark on the form of a value has changed", BEHAVIORAL;
    ITEMS_STATED = "items-stated", "it is said what a list holds", WIRE_AND_RUST | RUST;
    ITEMS_DROPPED = "items-dropped", "it is no longer said what a list holds", RUST | WIRE_AND_RUST;
    EXCLUSION_CHANGED = "exclusion-changed", "what a value must not be has changed", BEHAVIORAL;
}
