//! Properties of objects: there or not, needed or not, and which way they travel.

super::rule::rules! {
    REMOVED = "property-removed", "a property that could be absent is gone", WIRE_AND_RUST | RUST;
    REQUIRED_REMOVED = "required-property-removed", "a property that had to be there is gone", WIRE_AND_RUST | WIRE_AND_RUST;
    ADDED = "optional-property-added", "there is a new property that can be absent", ADDITIVE | ADDITIVE;
    REQUIRED_ADDED = "required-property-added", "there is a new property that has to be there", WIRE_AND_RUST | ADDITIVE;
    BECAME_REQUIRED = "property-became-required", "a property can no longer be absent", WIRE_AND_RUST | RUST;
    BECAME_OPTIONAL = "property-became-optional", "a property can be absent", RUST | WIRE_AND_RUST;
    BECAME_READ_ONLY = "property-became-read-only", "a property is no longer sent", WIRE_AND_RUST | ADDITIVE;
    NO_LONGER_READ_ONLY = "property-no-longer-read-only", "a property can be sent that was only read", ADDITIVE | ADDITIVE;
    /// As [`NO_LONGER_READ_ONLY`], where it has to be sent.
    NOW_SENT_AND_REQUIRED = "read-only-property-demanded", "a property has to be sent that was only read", WIRE_AND_RUST | ADDITIVE;
    BECAME_WRITE_ONLY = "property-became-write-only", "a property is no longer answered", ADDITIVE | RUST;
    /// As [`BECAME_WRITE_ONLY`], where readers relied on it.
    REQUIRED_WRITE_ONLY = "required-property-became-write-only", "a property that was always answered no longer is", ADDITIVE | WIRE_AND_RUST;
    NO_LONGER_WRITE_ONLY = "property-no-longer-write-only", "a property is answered that was only sent", ADDITIVE | ADDITIVE;
    DEPRECATED = "property-deprecated", "a property is on its way out", BEHAVIORAL;
    UNDEPRECATED = "property-undeprecated", "a property is no longer on its way out", ADDITIVE;
    CLOSED = "other-properties-forbidden", "properties beside the listed ones are refused", WIRE | ADDITIVE;
    OPENED = "other-properties-allowed", "properties beside the listed ones are taken", ADDITIVE | ADDITIVE;
    VALUES_TYPED = "other-properties-typed", "it is said what other properties hold, which makes the object a map", RUST;
    VALUES_UNTYPED = "other-properties-untyped", "it is no longer said what other properties hold", RUST;
}
