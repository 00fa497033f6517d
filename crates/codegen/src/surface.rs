//! The public surface of a generated interface, as text that a reviewer can read.
//!
//! One text for each family of operations: the signatures, then the types that only this family
//! uses. Types that several families use are together under [`SHARED`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemStruct, ReturnType, Type,
};

use crate::error::{Error, Result};
use crate::generate::Generated;
use crate::syntax::argument_of;

/// The text of the types that several families use.
pub const SHARED: &str = "shared";

/// The surface by family.
///
/// # Errors
/// When the generated code cannot be parsed, which would be a defect of ours.
pub fn surface(generated: &Generated) -> Result<BTreeMap<String, String>> {
    let file: syn::File =
        syn::parse_str(&generated.code).map_err(|e| Error::Generator(e.to_string()))?;
    let mut types = Types::default();
    let mut signatures = BTreeMap::new();
    for item in &file.items {
        match item {
            Item::Mod(module) => {
                let items = module.content.iter().flat_map(|(_, items)| items);
                items.for_each(|item| types.add(item));
            }
            Item::Impl(block) if block.trait_.is_none() => {
                signatures.extend(methods(block));
            }
            _ => {}
        }
    }

    let mut families: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in &generated.operations {
        let Some(signature) = signatures.get(&operation.id) else {
            return Err(Error::at(operation.key.place(), "no method was generated for it"));
        };
        for name in types.reach(&signature.uses) {
            users.entry(name).or_default().insert(operation.family.clone());
        }
        let text = format!("{}\n    {}\n", signature.text, operation.key);
        families.entry(operation.family.clone()).or_default().push(text);
    }
    let mut texts: BTreeMap<String, String> = families
        .into_iter()
        .map(|(family, mut operations)| {
            operations.sort();
            (family, operations.join("\n"))
        })
        .collect();
    for (name, shape) in &types.shapes {
        let of = users.get(name).map(|families| families.iter().collect::<Vec<_>>());
        let family = match of.as_deref() {
            Some([family]) => family.as_str(),
            _ => SHARED,
        };
        let text = texts.entry(family.to_owned()).or_default();
        let space = if text.is_empty() { "" } else { "\n" };
        let _infallible = write!(text, "{space}{}", shape.text);
    }
    Ok(texts)
}

/// A piece of the surface, and the types that it names.
struct Piece {
    text: String,
    uses: BTreeSet<String>,
}

#[derive(Default)]
struct Types {
    shapes: BTreeMap<String, Piece>,
    /// Arguments of `new`, by type.
    constructors: BTreeMap<String, String>,
    /// The accessors of unions, by type.
    accessors: BTreeMap<String, Vec<String>>,
}

impl Types {
    fn add(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => self.insert(&item.ident.to_string(), structure(item)),
            Item::Enum(item) => self.insert(&item.ident.to_string(), union(item)),
            Item::Macro(item) => {
                if let Some((name, text)) = open_enum(&item.mac.tokens) {
                    self.insert(&name, Piece { text, uses: BTreeSet::new() });
                }
            }
            Item::Impl(block) => self.note_methods(block),
            _ => {}
        }
    }

    fn insert(&mut self, name: &str, piece: Piece) {
        self.shapes.insert(name.to_owned(), piece);
        self.place_constructor(name);
        self.place_accessors(name);
    }

    fn note_methods(&mut self, block: &ItemImpl) {
        // What is there in tests alone follows from the fields.
        if block.trait_.is_some() || !block.attrs.is_empty() {
            return;
        }
        let name = plain(&block.self_ty);
        let accessors = accessors(block).map(|method| method.sig.ident.to_string());
        self.accessors.entry(name.clone()).or_default().extend(accessors);
        self.place_accessors(&name);
        for item in &block.items {
            let ImplItem::Fn(method) = item else {
                continue;
            };
            if method.sig.ident == "new" {
                let names: Vec<String> = method
                    .sig
                    .inputs
                    .iter()
                    .filter_map(|input| match input {
                        FnArg::Typed(argument) => Some(argument.pat.to_token_stream().to_string()),
                        FnArg::Receiver(_) => None,
                    })
                    .collect();
                self.constructors.insert(name.clone(), names.join(", "));
                self.place_constructor(&name);
            }
        }
    }

    /// The constructor stands below the fields, whichever of the two was found first.
    fn place_constructor(&mut self, name: &str) {
        if let (Some(shape), Some(arguments)) =
            (self.shapes.get_mut(name), self.constructors.get(name))
        {
            let _infallible = writeln!(shape.text, "    new({arguments})");
        }
    }

    /// And so do the accessors below the variants.
    fn place_accessors(&mut self, name: &str) {
        if let (Some(shape), Some(names)) = (self.shapes.get_mut(name), self.accessors.get(name))
            && !names.is_empty()
        {
            let _infallible = writeln!(shape.text, "    accessors({})", names.join(", "));
        }
    }

    /// The types that can be got to from some, themselves included.
    fn reach(&self, from: &BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&String> = from.iter().collect();
        while let Some(name) = open.pop() {
            if let Some(shape) = self.shapes.get(name)
                && reached.insert(name.clone())
            {
                open.extend(&shape.uses);
            }
        }
        reached
    }
}

/// The accessors of a type.
pub fn accessors(block: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => {
            let of_value = matches!(method.sig.inputs.first(), Some(FnArg::Receiver(_)));
            let is_sync = method.sig.asyncness.is_none();
            let is_public = matches!(method.vis, syn::Visibility::Public(_));
            (of_value && is_sync && is_public).then_some(method)
        }
        _ => None,
    })
}

/// The methods of the client: name → signature.
fn methods(block: &ItemImpl) -> BTreeMap<String, Piece> {
    let mut methods = BTreeMap::new();
    for item in &block.items {
        let ImplItem::Fn(method) = item else {
            continue;
        };
        let ReturnType::Type(_, answer) = &method.sig.output else {
            continue;
        };
        // The methods that call an operation; `Request<T>` of each: `T` is what distinguishes them.
        let Some(answer) = argument_of(answer, "Request") else {
            continue;
        };
        let mut uses = BTreeSet::new();
        let mut arguments = Vec::new();
        for input in &method.sig.inputs {
            if let FnArg::Typed(argument) = input {
                mentioned(argument.ty.to_token_stream(), &mut uses);
                let name = argument.pat.to_token_stream();
                arguments.push(format!("{name}: {}", plain(&argument.ty)));
            }
        }
        mentioned(answer.to_token_stream(), &mut uses);
        let answer = plain(answer);
        let name = method.sig.ident.to_string();
        let text = format!("{name}({}) -> {answer}", arguments.join(", "));
        methods.insert(name, Piece { text, uses });
    }
    methods
}

fn structure(item: &ItemStruct) -> Piece {
    let mut piece = Piece { text: format!("struct {}\n", item.ident), uses: BTreeSet::new() };
    for field in &item.fields {
        mentioned(field.ty.to_token_stream(), &mut piece.uses);
        let name = field.ident.as_ref().map_or_else(String::new, ToString::to_string);
        let _infallible = writeln!(piece.text, "    {name}: {}", plain(&field.ty));
    }
    piece
}

fn union(item: &ItemEnum) -> Piece {
    let mut piece = Piece { text: format!("union {}\n", item.ident), uses: BTreeSet::new() };
    for variant in &item.variants {
        let held: Vec<String> = variant
            .fields
            .iter()
            .map(|field| {
                mentioned(field.ty.to_token_stream(), &mut piece.uses);
                plain(&field.ty)
            })
            .collect();
        // The tags of a variant are in its documentation, and of it nothing else is shown.
        let tags = doc(&variant.attrs);
        let tags = if tags.trim_start().starts_with("Tag ") { tags } else { String::new() };
        let _infallible = writeln!(piece.text, "    {}({}){tags}", variant.ident, held.join(", "));
    }
    piece
}

fn doc(attributes: &[Attribute]) -> String {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// Name and text of an `open_enum!`.
pub fn open_enum(tokens: &TokenStream) -> Option<(String, String)> {
    let mut name = None;
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => name = Some(ident.to_string()),
            TokenTree::Group(group) if name.is_some() => {
                let name = name?;
                let mut text = format!("enum {name}\n");
                for token in group.stream() {
                    // Between the documentation and the `=`, only the values are literals.
                    if let TokenTree::Literal(value) = token {
                        let _infallible = writeln!(text, "    {value}");
                    }
                }
                return Some((name, text));
            }
            _ => {}
        }
    }
    None
}

/// A type without the paths that say where it lives.
fn plain(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    let mut plain = String::new();
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else if c == ':' {
            word.clear();
        } else {
            plain.push_str(&word);
            word.clear();
            plain.push(c);
            if c == ',' {
                plain.push(' ');
            }
        }
    }
    (plain + &word).replace(", >", ">")
}

fn mentioned(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            TokenTree::Group(group) => mentioned(group.stream(), names),
            _ => {}
        }
    }
}
