//! What the rows of all resources are made of.

pub(super) use crate::field::{Field, Shown, field, text};
pub(super) use crate::resource::{Action, Filter, Group, Input, Related, Resource};

pub(super) const fn filter(
    name: &'static str,
    label: &'static str,
    values: &'static [&'static str],
) -> Filter {
    Filter { name, label, values, of: "" }
}

pub(super) const fn group(title: &'static str, fields: &'static [Field]) -> Group {
    Group { title, fields }
}

pub(super) const fn related(
    title: &'static str,
    resource: &'static str,
    query: &'static str,
) -> Related {
    Related { title, resource, query }
}

pub(super) const fn input(
    at: &'static str,
    label: &'static str,
    values: &'static [&'static str],
) -> Input {
    Input { at, label, values, choices: "", example: "", is_required: true }
}

/// A text that an operator gives, with an example for the call that is shown.
pub(super) const fn written(at: &'static str, label: &'static str, example: &'static str) -> Input {
    Input { at, label, values: &[], choices: "", example, is_required: true }
}

/// One of what the resource has in a list: `at` has a pointer for each member of an item.
pub(super) const fn chosen(at: &'static str, label: &'static str, choices: &'static str) -> Input {
    Input { at, label, values: &[], choices, example: "", is_required: true }
}

/// The same, which may be left out.
pub(super) const fn optional(mut input: Input) -> Input {
    input.is_required = false;
    input
}

const NOTE: &[Input] = &[written("/content", "Note", "Called about a card")];

/// Writes a note about a resource.
pub(super) const fn note(fixed: &'static str) -> Action {
    Action {
        name: "note",
        label: "Add a note",
        done: "The note is added.",
        method: "POST",
        path: "/v2/notes",
        fixed,
        inputs: NOTE,
        when: &[],
        is_final: false,
    }
}

/// The moments that most resources have.
pub(super) const MOMENTS: Group = group(
    "History",
    &[
        field("Created", "/creation_time /created", Shown::Moment),
        field("Updated", "/last_updated_time /updated", Shown::Moment),
        field("Id", "/id", Shown::Copied),
    ],
);
