//! What of a crate is public, as Rust without bodies: a file of source each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Fields, File, ImplItem, Item, Lit, Meta, MetaNameValue, TraitItem,
    UseTree, Visibility,
};

/// The source of the facade by file, such as `journeys/transfer`.
pub fn sources() -> BTreeMap<String, File> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src");
    let mut files = BTreeMap::new();
    read(&source, &source, &mut files);
    files
}

/// The public items by the file that holds them, such as `journeys/transfer`.
pub fn surface(source: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(source, source, &mut files);
    let exported = exported(&files);
    let shown = files.into_iter().filter_map(|(name, file)| {
        let items: Vec<Item> =
            file.items.into_iter().filter_map(|item| shown(item, &exported)).collect();
        let text = prettyplease::unparse(&File { shebang: None, attrs: Vec::new(), items });
        // A body that was taken out leaves its braces; after a `where` they have a line of their own.
        let without = |line: &str| match line.strip_suffix(" {}") {
            Some(kept) if !kept.trim().is_empty() => format!("{kept};\n"),
            _ if line.trim() == "{}" => String::new(),
            _ => format!("{line}\n"),
        };
        let text: String = text.lines().map(without).collect();
        (!text.is_empty()).then_some((name, text))
    });
    shown.collect()
}

fn read(folder: &Path, source: &Path, files: &mut BTreeMap<String, File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, source, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(source).unwrap().with_extension("");
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            files.insert(name.to_str().unwrap().to_owned(), file);
        }
    }
}

/// The names that `pub use` takes out, and those that public modules hold.
fn exported(files: &BTreeMap<String, File>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let root = &files["lib"];
    let mut open = vec![("lib".to_owned(), root)];
    while let Some((at, file)) = open.pop() {
        for item in &file.items {
            match item {
                Item::Use(item) if is_public(&item.vis) => leaves(&item.tree, &mut names),
                Item::Mod(item) if is_public(&item.vis) && item.content.is_none() => {
                    let name = item.ident.to_string();
                    let below = if at == "lib" { name } else { format!("{at}/{name}") };
                    for file in [below.clone(), format!("{below}/mod")] {
                        if let Some(found) = files.get(&file) {
                            names.extend(found.items.iter().filter_map(name_of));
                            open.push((below.clone(), found));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    names
}

fn leaves(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Glob(_) => {}
    }
}

fn name_of(item: &Item) -> Option<String> {
    let (ident, vis) = match item {
        Item::Struct(item) => (&item.ident, &item.vis),
        Item::Enum(item) => (&item.ident, &item.vis),
        Item::Trait(item) => (&item.ident, &item.vis),
        Item::Type(item) => (&item.ident, &item.vis),
        Item::Const(item) => (&item.ident, &item.vis),
        Item::Fn(item) => (&item.sig.ident, &item.vis),
        _ => return None,
    };
    is_public(vis).then(|| ident.to_string())
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// An item as its user sees it.
fn shown(mut item: Item, exported: &BTreeSet<String>) -> Option<Item> {
    if !matches!(item, Item::Impl(_)) && !exported.contains(&name_of(&item)?) {
        return None;
    }
    match &mut item {
        Item::Struct(item) => {
            keep(&mut item.attrs);
            match &mut item.fields {
                Fields::Named(fields) => {
                    let public = fields.named.iter().filter(|field| is_public(&field.vis));
                    fields.named = public.cloned().collect();
                    fields.named.iter_mut().for_each(|field| field.attrs.clear());
                }
                Fields::Unnamed(fields) => {
                    let public = fields.unnamed.iter().filter(|field| is_public(&field.vis));
                    fields.unnamed = public.cloned().collect();
                }
                Fields::Unit => {}
            }
        }
        Item::Enum(item) => {
            keep(&mut item.attrs);
            for variant in &mut item.variants {
                variant.attrs.clear();
                variant.fields.iter_mut().for_each(|field| field.attrs.clear());
            }
        }
        Item::Trait(item) => {
            keep(&mut item.attrs);
            item.items.retain(|item| !matches!(item, TraitItem::Fn(f) if is_hidden(&f.attrs)));
            for item in &mut item.items {
                match item {
                    TraitItem::Fn(method) => {
                        keep(&mut method.attrs);
                        method.default = None;
                    }
                    TraitItem::Type(item) => item.attrs.clear(),
                    TraitItem::Const(item) => item.attrs.clear(),
                    _ => {}
                }
            }
        }
        Item::Fn(item) => {
            keep(&mut item.attrs);
            *item.block = syn::parse_quote!({});
        }
        Item::Type(item) => keep(&mut item.attrs),
        Item::Const(item) => keep(&mut item.attrs),
        Item::Impl(block) => {
            let of = match &*block.self_ty {
                syn::Type::Path(path) => path.path.segments.last()?.ident.to_string(),
                _ => return None,
            };
            if !exported.contains(&of) {
                return None;
            }
            keep(&mut block.attrs);
            if let Some((_, implemented, _)) = &block.trait_ {
                let name = implemented.segments.last()?.ident.to_string();
                block.items.clear();
                return (!["Journey", "Sealed"].contains(&name.as_str())).then_some(item);
            }
            block.items.retain_mut(|item| match item {
                ImplItem::Fn(method) => {
                    let is_shown = is_public(&method.vis) && !is_hidden(&method.attrs);
                    keep(&mut method.attrs);
                    method.block = syn::parse_quote!({});
                    is_shown
                }
                ImplItem::Const(item) => {
                    item.attrs.clear();
                    is_public(&item.vis)
                }
                _ => false,
            });
            if block.items.is_empty() {
                return None;
            }
        }
        _ => return None,
    }
    Some(item)
}

fn is_hidden(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        matches!(&attribute.meta, syn::Meta::List(list)
            if list.path.is_ident("doc") && list.tokens.to_string() == "hidden")
    })
}

/// Keeps what changes the meaning for a user.
fn keep(attrs: &mut Vec<Attribute>) {
    attrs.retain(|attribute| {
        let path = attribute.path();
        ["cfg", "derive", "non_exhaustive"].iter().any(|name| path.is_ident(name))
    });
}

/// The setters of one value that requests and what belongs to them have, as `Type::name`; and
/// whether each takes an option.
pub fn setters(source: &Path) -> BTreeMap<String, bool> {
    let mut files = BTreeMap::new();
    read(source, source, &mut files);
    files.retain(|name, _| {
        let is_run = ["journeys/run", "journeys/steps", "journeys/people/await_verification"];
        (name.starts_with("journeys/") || name == "address") && !is_run.contains(&name.as_str())
    });
    let mut setters = BTreeMap::new();
    for item in files.values().flat_map(|file| &file.items) {
        let Item::Impl(block) = item else { continue };
        let syn::Type::Path(of) = &*block.self_ty else { continue };
        let of = &of.path.segments.last().unwrap().ident;
        for item in &block.items {
            let ImplItem::Fn(method) = item else { continue };
            let inputs: Vec<_> = method.sig.inputs.iter().collect();
            let [syn::FnArg::Receiver(this), syn::FnArg::Typed(value)] = inputs.as_slice() else {
                continue;
            };
            let gives_itself = matches!(&method.sig.output, syn::ReturnType::Type(_, of)
                if matches!(&**of, syn::Type::Path(of) if of.path.is_ident("Self")));
            if is_public(&method.vis) && this.reference.is_none() && gives_itself {
                let takes_option = matches!(&*value.ty, syn::Type::ImplTrait(bounds)
                    if bounds.bounds.iter().any(|bound| matches!(bound, syn::TypeParamBound::Trait(of)
                        if of.path.segments.last().unwrap().ident == "IntoOption")));
                setters.insert(format!("{of}::{}", method.sig.ident), takes_option);
            }
        }
    }
    setters
}

/// The public functions that take a moment or a day, with their documentation, in the files whose
/// names begin so.
pub fn moments(below: &str) -> BTreeMap<String, String> {
    let files = sources();
    let mut moments = BTreeMap::new();
    let items = files.iter().filter(|(name, _)| name.starts_with(below));
    for item in items.flat_map(|(_, file)| &file.items) {
        let Item::Impl(block) = item else { continue };
        let syn::Type::Path(of) = &*block.self_ty else { continue };
        let of = &of.path.segments.last().unwrap().ident;
        for item in &block.items {
            let ImplItem::Fn(method) = item else { continue };
            let takes_moment = method.sig.inputs.iter().any(|input| {
                let input = input.to_token_stream().to_string();
                input.contains("DateTime") || input.contains("NaiveDate")
            });
            if is_public(&method.vis) && takes_moment {
                moments.insert(format!("{of}::{}", method.sig.ident), text_of(&method.attrs));
            }
        }
    }
    moments
}

/// The documentation among attributes.
fn text_of(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue {
            path,
            value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }),
            ..
        }) if path.is_ident("doc") => Some(text.value()),
        _ => None,
    });
    lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>().join(" ")
}

/// The types that are requests of journeys.
pub fn journeys(source: &Path) -> BTreeSet<String> {
    let mut files = BTreeMap::new();
    read(source, source, &mut files);
    let mut found = BTreeSet::new();
    for item in files.values().flat_map(|file| &file.items) {
        match item {
            Item::Impl(block) if is_of_journey(block) => {
                let syn::Type::Path(of) = &*block.self_ty else { continue };
                found.insert(of.path.segments.last().unwrap().ident.to_string());
            }
            Item::Macro(call) if call.ident.is_none() => {
                let declares = files.values().flat_map(|file| &file.items).any(|item| {
                    matches!(item, Item::Macro(rule)
                        if rule.ident.as_ref().is_some_and(|name| call.mac.path.is_ident(name))
                            && rule.mac.tokens.to_string().contains("impl Journey for $"))
                });
                // Attributes are punctuation and groups: the first name is the request's.
                let name = call.mac.tokens.clone().into_iter().find_map(|token| match token {
                    TokenTree::Ident(name) => Some(name.to_string()),
                    _ => None,
                });
                found.extend(name.filter(|_| declares));
            }
            _ => {}
        }
    }
    found
}

fn is_of_journey(block: &syn::ItemImpl) -> bool {
    let of = block.trait_.as_ref().and_then(|(_, of, _)| of.segments.last());
    of.is_some_and(|segment| segment.ident == "Journey")
}

/// The constructors and setters of requests and of what belongs to them, as `Type::name`.
pub fn builders(source: &Path) -> BTreeSet<String> {
    let mut files = BTreeMap::new();
    read(source, source, &mut files);
    files.retain(|name, _| {
        (name.starts_with("journeys/") || name == "reconcile/upload")
            && !["journeys/run", "journeys/cards/simulation"].contains(&name.as_str())
    });
    let mut found = BTreeSet::new();
    for item in files.values().flat_map(|file| &file.items) {
        let Item::Impl(block) = item else { continue };
        let syn::Type::Path(of) = &*block.self_ty else { continue };
        for item in block.items.iter().filter(|_| block.trait_.is_none()) {
            let ImplItem::Fn(method) = item else { continue };
            let gives_itself = matches!(&method.sig.output, syn::ReturnType::Type(_, of)
                if matches!(&**of, syn::Type::Path(of) if of.path.is_ident("Self")));
            if is_public(&method.vis) && gives_itself {
                let of = &of.path.segments.last().unwrap().ident;
                found.insert(format!("{of}::{}", method.sig.ident));
            }
        }
    }
    found
}

/// The constructors of requests, by type.
pub fn constructors(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = BTreeMap::new();
    read(source, source, &mut files);
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for item in files.values().flat_map(|file| &file.items) {
        let Item::Impl(block) = item else { continue };
        let syn::Type::Path(of) = &*block.self_ty else { continue };
        for item in block.items.iter().filter(|_| block.trait_.is_none()) {
            let ImplItem::Fn(method) = item else { continue };
            let gives_itself = matches!(&method.sig.output, syn::ReturnType::Type(_, of)
                if matches!(&**of, syn::Type::Path(of) if of.path.is_ident("Self")));
            if is_public(&method.vis) && gives_itself && method.sig.receiver().is_none() {
                let of = of.path.segments.last().unwrap().ident.to_string();
                found.entry(of).or_default().insert(method.sig.ident.to_string());
            }
        }
    }
    found
}

/// By request, or `*` for all together: the names that its reader calls, with their types.
pub fn read_from_files(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let folder = source.join("journeys/request_files");
    let mut files = BTreeMap::new();
    read(&folder, &folder, &mut files);
    let mut called = BTreeMap::new();
    for item in files.values().flat_map(|file| &file.items) {
        let text = quote::quote!(#item).to_string();
        let names = text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned);
        let names: BTreeSet<String> = names.collect();
        called.entry("*".to_owned()).or_insert_with(BTreeSet::new).extend(names.clone());
        let Item::Impl(block) = item else { continue };
        let request = block.items.iter().find_map(|item| match item {
            ImplItem::Type(of) if of.ident == "Request" => match &of.ty {
                syn::Type::Path(path) => path.path.get_ident(),
                _ => None,
            },
            _ => None,
        });
        if let Some(request) = request {
            called.insert(request.to_string(), names);
        }
    }
    called
}
