//! Limits: they decide about some values of a field, never about the shape of a call.
//!
//! A tighter limit on what is sent may refuse a call, but only one with such a value; so it is
//! behavioral in both directions. A wider limit is additive in what is sent. In what is read it is
//! behavioral the other way round: values arrive that did not.

super::rule::rules! {
    MAX_LENGTH_LOWERED = "max-length-lowered", "texts have to be shorter", BEHAVIORAL | ADDITIVE;
    MAX_LENGTH_RAISED = "max-length-raised", "texts can be longer", ADDITIVE | BEHAVIORAL;
    MAX_LENGTH_ADDED = "max-length-added", "texts have a greatest length", BEHAVIORAL | ADDITIVE;
    MAX_LENGTH_REMOVED = "max-length-removed", "texts have no greatest length any more", ADDITIVE | BEHAVIORAL;
    MIN_LENGTH_RAISED = "min-length-raised", "texts have to be longer", BEHAVIORAL | ADDITIVE;
    MIN_LENGTH_LOWERED = "min-length-lowered", "texts can be shorter", ADDITIVE | BEHAVIORAL;
    MIN_LENGTH_ADDED = "min-length-added", "texts have a least length", BEHAVIORAL | ADDITIVE;
    MIN_LENGTH_REMOVED = "min-length-removed", "texts have no least length any more", ADDITIVE | BEHAVIORAL;
    MAXIMUM_LOWERED = "maximum-lowered", "numbers have to be smaller", BEHAVIORAL | ADDITIVE;
    MAXIMUM_RAISED = "maximum-raised", "numbers can be greater", ADDITIVE | BEHAVIORAL;
    MAXIMUM_ADDED = "maximum-added", "numbers have a maximum", BEHAVIORAL | ADDITIVE;
    MAXIMUM_REMOVED = "maximum-removed", "numbers have no maximum any more", ADDITIVE | BEHAVIORAL;
    MINIMUM_RAISED = "minimum-raised", "numbers have to be greater", BEHAVIORAL | ADDITIVE;
    MINIMUM_LOWERED = "minimum-lowered", "numbers can be smaller", ADDITIVE | BEHAVIORAL;
    MINIMUM_ADDED = "minimum-added", "numbers have a minimum", BEHAVIORAL | ADDITIVE;
    MINIMUM_REMOVED = "minimum-removed", "numbers have no minimum any more", ADDITIVE | BEHAVIORAL;
    EXCLUSIVE_MAXIMUM_ADDED = "maximum-excluded", "the maximum itself is not allowed any more", BEHAVIORAL | ADDITIVE;
    EXCLUSIVE_MAXIMUM_REMOVED = "maximum-included", "the maximum itself is allowed", ADDITIVE | BEHAVIORAL;
    EXCLUSIVE_MINIMUM_ADDED = "minimum-excluded", "the minimum itself is not allowed any more", BEHAVIORAL | ADDITIVE;
    EXCLUSIVE_MINIMUM_REMOVED = "minimum-included", "the minimum itself is allowed", ADDITIVE | BEHAVIORAL;
    MULTIPLE_OF_ADDED = "multiple-of-added", "numbers have to be a multiple", BEHAVIORAL | ADDITIVE;
    MULTIPLE_OF_REMOVED = "multiple-of-removed", "numbers need not be a multiple any more", ADDITIVE | BEHAVIORAL;
    MULTIPLE_OF_CHANGED = "multiple-of-changed", "numbers have to be a multiple of something else", BEHAVIORAL;
    MAX_ITEMS_LOWERED = "max-items-lowered", "lists have to be shorter", BEHAVIORAL | ADDITIVE;
    MAX_ITEMS_RAISED = "max-items-raised", "lists can be longer", ADDITIVE | BEHAVIORAL;
    MAX_ITEMS_ADDED = "max-items-added", "lists have a greatest length", BEHAVIORAL | ADDITIVE;
    MAX_ITEMS_REMOVED = "max-items-removed", "lists have no greatest length any more", ADDITIVE | BEHAVIORAL;
    MIN_ITEMS_RAISED = "min-items-raised", "lists have to be longer", BEHAVIORAL | ADDITIVE;
    MIN_ITEMS_LOWERED = "min-items-lowered", "lists can be shorter", ADDITIVE | BEHAVIORAL;
    MIN_ITEMS_ADDED = "min-items-added", "lists have a least length", BEHAVIORAL | ADDITIVE;
    MIN_ITEMS_REMOVED = "min-items-removed", "lists have no least length any more", ADDITIVE | BEHAVIORAL;
    UNIQUE_ITEMS_ADDED = "unique-items-added", "lists must not repeat a value", BEHAVIORAL | ADDITIVE;
    UNIQUE_ITEMS_REMOVED = "unique-items-removed", "lists may repeat a value", ADDITIVE | BEHAVIORAL;
    MAX_PROPERTIES_LOWERED = "max-properties-lowered", "objects have to hold less", BEHAVIORAL | ADDITIVE;
    MAX_PROPERTIES_RAISED = "max-properties-raised", "objects can hold more", ADDITIVE | BEHAVIORAL;
    MAX_PROPERTIES_ADDED = "max-properties-added", "objects have a greatest number of properties", BEHAVIORAL | ADDITIVE;
    MAX_PROPERTIES_REMOVED = "max-properties-removed", "objects have no greatest number of properties any more", ADDITIVE | BEHAVIORAL;
    MIN_PROPERTIES_RAISED = "min-properties-raised", "objects have to hold more", BEHAVIORAL | ADDITIVE;
    MIN_PROPERTIES_LOWERED = "min-properties-lowered", "objects can hold less", ADDITIVE | BEHAVIORAL;
    MIN_PROPERTIES_ADDED = "min-properties-added", "objects have a least number of properties", BEHAVIORAL | ADDITIVE;
    MIN_PROPERTIES_REMOVED = "min-properties-removed", "objects have no least number of properties any more", ADDITIVE | BEHAVIORAL;
    PATTERN_ADDED = "pattern-added", "texts have to match a pattern", BEHAVIORAL | ADDITIVE;
    PATTERN_REMOVED = "pattern-removed", "texts need not match a pattern any more", ADDITIVE | BEHAVIORAL;
    PATTERN_CHANGED = "pattern-changed", "texts have to match another pattern", BEHAVIORAL;
}
