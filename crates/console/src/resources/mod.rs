//! The resources that have pages, by what they are about.

mod accounts;
mod cards;
mod cases;
mod files;
mod money;
mod parties;

use crate::field::{Field, Shown, field, text};
use crate::resource::{Action, Filter, Group, Input, Related, Resource};

/// All of them, in the order of the navigation.
const FAMILIES: &[&[&Resource]] =
    &[parties::ALL, accounts::ALL, money::ALL, cards::ALL, cases::ALL, files::ALL];

/// The resource of a name in a path.
pub(crate) fn find(name: &str) -> Option<&'static Resource> {
    all().find(|resource| resource.name == name)
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Resource> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

const fn filter(
    name: &'static str,
    label: &'static str,
    values: &'static [&'static str],
) -> Filter {
    Filter { name, label, values }
}

const fn group(title: &'static str, fields: &'static [Field]) -> Group {
    Group { title, fields }
}

const fn related(title: &'static str, resource: &'static str, query: &'static str) -> Related {
    Related { title, resource, query }
}

const fn input(at: &'static str, label: &'static str, values: &'static [&'static str]) -> Input {
    Input { at, label, values, is_required: true }
}

const NOTE: &[Input] = &[input("/content", "Note", &[])];

/// Writes a note about a resource.
const fn note(fixed: &'static str) -> Action {
    Action {
        name: "note",
        label: "Add a note",
        method: "POST",
        path: "/v2/notes",
        fixed,
        inputs: NOTE,
        when: None,
        is_final: false,
    }
}

/// The moments that most resources have.
const MOMENTS: Group = group(
    "History",
    &[
        field("Created", "/creation_time /created", Shown::Moment),
        field("Updated", "/last_updated_time /updated", Shown::Moment),
        field("Id", "/id", Shown::Copied),
    ],
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::code;
    use crate::texts::PLATFORM_PAGES;

    #[test]
    fn each_resource_has_operations_and_a_place_in_the_navigation() {
        let mut names = BTreeSet::new();
        for resource in all() {
            assert!(names.insert(resource.name), "{} is there twice", resource.name);
            assert!(code::find("GET", resource.list).is_some(), "{}", resource.list);
            assert!(code::find("GET", &resource.target("x")).is_some(), "{}", resource.item);
            for related in resource.related {
                assert!(find(related.resource).is_some(), "{}", related.resource);
            }
            for action in resource.actions {
                let target = action.path.replace("{id}", "x");
                assert!(code::find(action.method, &target).is_some(), "{target}");
                serde_json::from_str::<serde_json::Value>(action.fixed).unwrap();
            }
        }
        for (path, _) in PLATFORM_PAGES {
            let is_page = find(path).is_some() || ["overview", "cases"].contains(path);
            assert!(is_page, "{path}");
        }
    }
}
