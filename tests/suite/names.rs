//! `use synctera::*` and `use synctera::types::*` in one file: no name is in both.

use std::collections::BTreeSet;
use std::path::Path;

use syn::{Item, UseTree, Visibility};
use synctera_codegen::surface::surface;

use crate::surface::V2;

/// The names that a `pub use` brings.
fn exported(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => exported(&path.tree, names),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(rename) => drop(names.insert(rename.rename.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| exported(tree, names)),
        UseTree::Glob(_) => panic!("the names of a glob cannot be seen here"),
    }
}

/// What is public at the root of the facade, whatever the features.
fn facade() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src/lib.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let mut names = BTreeSet::new();
    for item in syn::parse_file(&source).unwrap().items {
        match item {
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => {
                exported(&item.tree, &mut names);
            }
            Item::Mod(item) if matches!(item.vis, Visibility::Public(_)) => {
                names.insert(item.ident.to_string());
            }
            _ => {}
        }
    }
    names
}

/// The types that are generated for the current interface.
fn types() -> BTreeSet<String> {
    let texts = surface(&V2).unwrap();
    let declared = texts.values().flat_map(|text| text.lines());
    declared
        .filter_map(|line| {
            let (kind, name) = line.split_once(' ')?;
            ["struct", "union", "enum"].contains(&kind).then(|| name.to_owned())
        })
        .collect()
}

#[test]
fn no_name_is_both_the_facades_and_a_generated_types() {
    let (facade, types) = (facade(), types());
    assert!(facade.contains("OpenAccount") && facade.contains("types"), "{facade:?}");
    for name in ["Account", "Card", "AccountStatus", "ListAccountsQuery"] {
        assert!(types.contains(name), "{name}");
    }
    let shared: Vec<&String> = facade.intersection(&types).collect();
    assert!(shared.is_empty(), "{shared:?}");
}

/// Both globs in one place: a name that is in both is an error where it is used.
mod globs {
    #![allow(clippy::wildcard_imports, reason = "that they can be used together is the test")]

    use synctera::types::*;
    use synctera::*;

    #[test]
    fn both_can_be_imported_whole() {
        let address = Address::us("1 Market St", "San Francisco", "CA", "94105");
        let merchant = Merchant::new("shop-1");
        let party = Party::Person(PersonId::from(uuid::Uuid::nil()));
        assert!(!format!("{address:?}{merchant:?}{party:?}").is_empty());
        let _: fn(&webhooks::Event) -> bool = |event| event.event_type == EventType::CardCreated;
    }
}
