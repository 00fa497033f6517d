//! The modules of a crate, read from its sources: what each defines, imports and names.
//!
//! What only tests see (`#[cfg(test)]`) is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree};

use super::indexes;
use crate::workspace::{self, Error};

/// A path as it stands in the source, by its segments.
pub(crate) type Names = Vec<String>;

/// The modules of a crate, by their paths from its root.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) modules: BTreeMap<Names, Module>,
}

/// A module: a file, or a part of one.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// The items that it defines, modules apart.
    pub(crate) items: BTreeSet<String>,
    pub(crate) uses: Vec<Use>,
    /// Paths of at least two segments outside of `use`.
    pub(crate) paths: BTreeSet<Names>,
    /// Every name outside of `use`.
    pub(crate) names: BTreeSet<String>,
    /// The literals by which something is indexed: `"name"` of `value["name"]`.
    pub(crate) indexes: Vec<String>,
}

/// One name that a `use` brings in.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) path: Names,
    /// Its name here; of a glob, `None`.
    pub(crate) name: Option<String>,
    /// Whether other modules see it.
    pub(crate) is_public: bool,
}

impl Sources {
    /// Reads a crate from its root file. Modules whose file is made by the build are left out.
    ///
    /// # Errors
    /// When a file cannot be read or is not Rust.
    pub(crate) fn read(root: &Path) -> Result<Self, Error> {
        let mut sources = Self::default();
        let folder = root.parent().unwrap_or(Path::new("")).to_path_buf();
        sources.add_file(root, &folder, Vec::new())?;
        Ok(sources)
    }

    /// `folder` is where the files of its modules are.
    fn add_file(&mut self, file: &Path, folder: &Path, path: Names) -> Result<(), Error> {
        let text = workspace::read(file)?;
        let parsed = syn::parse_file(&text).map_err(|e| format!("{}: {e}", file.display()))?;
        self.add_items(file, folder, path, parsed.items)
    }

    fn add_items(
        &mut self,
        file: &Path,
        folder: &Path,
        path: Names,
        items: Vec<Item>,
    ) -> Result<(), Error> {
        let mut module = Module { file: file.to_path_buf(), ..Module::default() };
        for item in items {
            if is_for_tests(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(inner) => {
                    let name = inner.ident.to_string();
                    let mut path = path.clone();
                    path.push(name.clone());
                    let inside = folder.join(&name);
                    match inner.content {
                        Some((_, items)) => self.add_items(file, &inside, path, items)?,
                        None => {
                            let mut files = named_file(&inner.attrs, folder);
                            files.push(inside.with_extension("rs"));
                            files.push(inside.join("mod.rs"));
                            if let Some(file) = files.iter().find(|file| file.is_file()) {
                                self.add_file(file, &inside, path)?;
                            }
                        }
                    }
                }
                Item::Use(import) => {
                    let is_public = !matches!(import.vis, syn::Visibility::Inherited);
                    leaves(&import.tree, &mut Vec::new(), is_public, &mut module.uses);
                }
                item => {
                    module.items.extend(name_of(&item));
                    let tokens = item.to_token_stream();
                    indexes::find(tokens.clone(), &mut module.indexes);
                    scan(tokens, &mut module);
                }
            }
        }
        self.modules.insert(path, module);
        Ok(())
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Macro(it) => &it.attrs,
        Item::Mod(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.path().is_ident("cfg")
            && it.parse_args::<syn::Path>().is_ok_and(|it| it.is_ident("test"))
    })
}

/// The file that `#[path = ".."]` names.
fn named_file(attributes: &[Attribute], folder: &Path) -> Vec<PathBuf> {
    let named = attributes.iter().filter(|it| it.path().is_ident("path"));
    let values = named.filter_map(|it| match &it.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    });
    values.map(|value| folder.join(value)).collect()
}

fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Macro(it) => it.ident.as_ref()?,
        Item::Static(it) => &it.ident,
        Item::Struct(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::Type(it) => &it.ident,
        Item::Union(it) => &it.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The names that a tree of `use` brings in.
fn leaves(tree: &UseTree, before: &mut Names, is_public: bool, uses: &mut Vec<Use>) {
    let mut add = |last: Option<String>, name: Option<String>| {
        let path = before.iter().cloned().chain(last.filter(|last| last != "self")).collect();
        uses.push(Use { path, name, is_public });
    };
    match tree {
        UseTree::Name(it) if it.ident == "self" => add(None, before.last().cloned()),
        UseTree::Name(it) => add(Some(it.ident.to_string()), Some(it.ident.to_string())),
        UseTree::Rename(it) => add(Some(it.ident.to_string()), Some(it.rename.to_string())),
        UseTree::Glob(_) => add(None, None),
        UseTree::Path(it) => {
            before.push(it.ident.to_string());
            leaves(&it.tree, before, is_public, uses);
            before.pop();
        }
        UseTree::Group(it) => {
            for tree in &it.items {
                leaves(tree, before, is_public, uses);
            }
        }
    }
}

/// Finds the paths and names in tokens, those inside of macros too.
fn scan(tokens: TokenStream, module: &mut Module) {
    let mut path: Names = Vec::new();
    // How many colons stand since the last name.
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                let name = name.to_string();
                if colons != 2 {
                    finish(&mut path, module);
                }
                module.names.insert(name.clone());
                path.push(name);
                colons = 0;
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
            TokenTree::Group(group) => {
                finish(&mut path, module);
                scan(group.stream(), module);
                colons = 0;
            }
            _ => {
                finish(&mut path, module);
                colons = 0;
            }
        }
    }
    finish(&mut path, module);
}

fn finish(path: &mut Names, module: &mut Module) {
    let path = std::mem::take(path);
    if path.len() > 1 {
        module.paths.insert(path);
    }
}
