//! The resources that have pages, by what they are about.

mod accounts;
mod cards;
mod cases;
mod files;
mod first;
mod money;
mod parties;
mod parts;

use crate::resource::Resource;

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use synctera_api::command_line::operation;

    use super::*;
    use crate::texts::PLATFORM_PAGES;

    #[test]
    fn each_resource_has_operations_and_a_place_in_the_navigation() {
        let mut names = BTreeSet::new();
        for resource in all() {
            // The bank has accounts of its own from the start.
            assert_eq!(resource.first.is_empty(), resource.name == "internal_accounts");
            assert!(names.insert(resource.name), "{} is there twice", resource.name);
            assert!(operation("GET", resource.list).is_some(), "{}", resource.list);
            let is_read = operation("GET", &resource.target("x")).is_some();
            assert!(is_read || resource.item.is_empty(), "{}", resource.item);
            for related in resource.related {
                assert!(find(related.resource).is_some(), "{}", related.resource);
            }
            for action in resource.actions {
                let target = action.path.replace("{id}", "x");
                let is_staffs = target.starts_with("/sandbox/");
                assert!(is_staffs || operation(action.method, &target).is_some(), "{target}");
                serde_json::from_str::<serde_json::Value>(action.fixed).unwrap();
            }
        }
        for (path, _) in PLATFORM_PAGES {
            let is_page = find(path).is_some() || ["overview", "cases"].contains(path);
            assert!(is_page, "{path}");
        }
    }
}
