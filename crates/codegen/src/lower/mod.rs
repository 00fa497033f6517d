//! The generator's syntax tree → ours: smaller, and right where the generator has no choice.

mod chain;
mod headers;
pub(crate) mod methods;
mod paths;
mod queries;
pub(crate) mod types;

use syn::{Item, ItemMod};

/// The items of the `types` module, taken out of the file.
pub(crate) fn take_types(file: &mut syn::File) -> Vec<Item> {
    let index = file.items.iter().position(|item| {
        matches!(item, Item::Mod(ItemMod { ident, content: Some(_), .. }) if ident == "types")
    });
    match index.map(|index| file.items.remove(index)) {
        Some(Item::Mod(ItemMod { content: Some((_, items)), .. })) => items,
        _ => Vec::new(),
    }
}
