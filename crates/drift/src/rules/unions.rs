//! Values of which there are several kinds.

super::rule::rules! {
    /// In answers the variant goes from our enum, which takes any tag.
    VARIANT_REMOVED = "union-variant-removed", "a kind of value is gone", WIRE_AND_RUST | RUST;
    /// Our unions are open: an unknown tag is read and written back.
    VARIANT_ADDED = "union-variant-added", "there is another kind of value", ADDITIVE | ADDITIVE;
    /// Kinds without a tag are merged into one object, in which a reader may miss what it relied on.
    UNTAGGED_ADDED = "untagged-variant-added", "there is another kind of value, and no tag distinguishes it", ADDITIVE | BEHAVIORAL;
    UNTAGGED_REMOVED = "untagged-variant-removed", "a kind of value is gone that no tag distinguished", WIRE_AND_RUST | RUST;
    TAG_CHANGED = "union-tag-changed", "another property distinguishes the kinds of value", WIRE_AND_RUST;
    TAG_ADDED = "union-tag-added", "a property distinguishes the kinds of value, so that they become an enum", RUST;
    TAG_REMOVED = "union-tag-removed", "no property distinguishes the kinds of value any more", RUST | WIRE_AND_RUST;
    BECAME_UNION = "became-union", "a value can be of several kinds", RUST | WIRE_AND_RUST;
    NO_LONGER_UNION = "no-longer-union", "a value is of one kind only", WIRE_AND_RUST | RUST;
    /// Whether one kind has to fit or at least one.
    STRICTNESS_CHANGED = "union-strictness-changed", "whether exactly one kind has to fit has changed", BEHAVIORAL;
}
