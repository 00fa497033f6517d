//! Parameters in path, query, header and cookie.

super::rule::rules! {
    REMOVED = "parameter-removed", "a parameter is gone: what it asked for is not asked any more", WIRE_AND_RUST;
    REQUIRED_ADDED = "required-parameter-added", "there is a new parameter, without which calls are refused", WIRE_AND_RUST;
    OPTIONAL_ADDED = "optional-parameter-added", "there is a new parameter that can be left out", ADDITIVE;
    BECAME_REQUIRED = "parameter-became-required", "a parameter can no longer be left out", WIRE_AND_RUST;
    BECAME_OPTIONAL = "parameter-became-optional", "a parameter can be left out, which makes our argument an `Option`", RUST;
    MOVED = "parameter-moved", "a parameter travels elsewhere: in path, query, header or cookie", WIRE_AND_RUST;
    /// The URL has a value there, whatever its name; ours is an argument by position.
    PATH_RENAMED = "path-parameter-renamed", "a part of the path has another name", ADDITIVE;
    SERIALIZATION_CHANGED = "parameter-serialization-changed", "a parameter's values are written another way", WIRE;
    /// One value is written as a list of one is.
    BECAME_LIST = "parameter-became-list", "a parameter takes several values", RUST;
    BECAME_SINGLE = "parameter-became-single", "a parameter takes one value only", WIRE_AND_RUST;
    DEPRECATED = "parameter-deprecated", "a parameter is on its way out", BEHAVIORAL;
    UNDEPRECATED = "parameter-undeprecated", "a parameter is no longer on its way out", ADDITIVE;
    ALLOWS_EMPTY = "parameter-allows-empty", "a parameter may have an empty value", ADDITIVE;
    FORBIDS_EMPTY = "parameter-forbids-empty", "a parameter may no longer have an empty value", BEHAVIORAL;
}
