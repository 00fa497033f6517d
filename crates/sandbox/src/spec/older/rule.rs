//! The ways in which an older form differs from v2's.

use crate::spec::canonical_id;

/// A difference, and what is done about it. Names of members are dotted, as in errors.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "why something is left out is for readers")]
pub(super) enum Rule {
    /// A member has another name, in bodies and in answers.
    Renamed { older: &'static str, ours: &'static str },
    /// All members of a body but these are those of an object of v2's body.
    Nested { member: &'static str, beside: &'static [&'static str] },
    /// The members of an object of v2's answer stand beside the others.
    Flattened { member: &'static str },
    /// An answer has this member as well: the value that another one (by JSON pointer) has.
    Copied { older: &'static str, from: &'static str },
    /// An answer has this member as well, as a text.
    Constant { member: &'static str, value: &'static str },
    /// What a body means that leaves a member out, as JSON.
    Default { member: &'static str, value: &'static str },
    /// A value of a member of a body that has another name.
    Value { member: &'static str, older: &'static str, ours: &'static str },
    /// A member of a body that v2 does not have, since it can have one value only.
    Only { member: &'static str, value: &'static str },
    /// A query parameter has another name.
    Query { older: &'static str, ours: &'static str },
    /// A query parameter that chooses rows by a member (by JSON pointer), which v2 does not have.
    /// Pages keep their places: some have fewer rows.
    Filter { parameter: &'static str, member: &'static str, accepts: Accepts },
    /// A query parameter that v2 requires and the older documents do not.
    Optional { parameter: &'static str },
    /// What is not translated, and why: members, parameters (`?name`) and values (`member=value`).
    Without { names: &'static [&'static str], why: &'static str },
    /// All of its answer is made by a handler of its own.
    OwnAnswer,
}

/// The values of a parameter that v2 does not have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Accepts {
    /// Any text.
    Text,
    /// The id of a resource.
    Id,
    /// These values.
    OneOf(&'static [&'static str]),
}

impl Accepts {
    /// What is wrong with a value, if anything.
    pub(super) fn refuses(self, value: &str) -> Option<String> {
        match self {
            Self::Id if canonical_id(value).is_none() => Some("must be a valid uuid".to_owned()),
            Self::OneOf(values) if !values.contains(&value) => {
                Some(format!("must be one of {}", values.join(", ")))
            }
            _ => None,
        }
    }
}
