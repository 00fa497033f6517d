//! A line of Rust for every public item of a generated client.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Fields, FnArg, ImplItem, Item, ReturnType, Visibility};
use synctera_drift::Change;

use crate::workspace::Error;

/// A use of an item.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// A function, on one line.
    pub(super) text: String,
    /// What it is a use of: `create_lamp`, `Lamp.watts`, `Lamp {}`, `Color::Red`, `Lamp::new`.
    item: String,
    /// Every name in it.
    names: BTreeSet<String>,
}

impl Line {
    fn new(item: String, text: TokenStream) -> Self {
        let mut names = BTreeSet::new();
        named(text.clone(), &mut names);
        Self { text: text.to_string().replace('\n', " "), item, names }
    }

    /// Whether a change says that it touches this, or a type that stands here.
    pub(super) fn is_touched_by(&self, change: &Change) -> bool {
        let calls = || change.operations.iter().any(|operation| operation.id == self.item);
        // What changes the call itself changes its method.
        let of_call = change.location.component().is_none() && calls();
        of_call || change.items.iter().any(|item| self.is_of(item))
    }

    fn is_of(&self, item: &str) -> bool {
        match item.split_once('.') {
            // A field that comes, goes or is needed changes the constructor.
            Some((of, _)) => {
                self.item == item
                    || self.item == format!("{of}::new")
                    || is_filter(of) && self.names.contains(of)
            }
            None => self.item == item || self.names.contains(item),
        }
    }
}

/// A struct of filters that comes or goes is an argument more, or one less.
fn is_filter(of: &str) -> bool {
    of.ends_with("Query")
}

/// The uses of all items of a client.
pub(super) fn lines(code: &str) -> Result<Vec<Line>, Error> {
    let file: syn::File = syn::parse_str(code)?;
    let mut all = Vec::new();
    for item in &file.items {
        match item {
            Item::Mod(module) => {
                for item in module.content.iter().flat_map(|(_, items)| items) {
                    types(item, &mut all);
                }
            }
            Item::Impl(block) if block.trait_.is_none() => methods(block, &mut all),
            _ => {}
        }
    }
    Ok(numbered(all))
}

/// Functions must have names of their own.
fn numbered(lines: Vec<Line>) -> Vec<Line> {
    let number = |(index, mut line): (usize, Line)| {
        line.text = line.text.replacen("fn use_it", &format!("fn use_{index}"), 1);
        line
    };
    lines.into_iter().enumerate().map(number).collect()
}

fn methods(block: &syn::ItemImpl, all: &mut Vec<Line>) {
    for item in &block.items {
        let ImplItem::Fn(method) = item else {
            continue;
        };
        let (Visibility::Public(_), Some(answer)) = (&method.vis, answer(&method.sig.output))
        else {
            continue;
        };
        let name = &method.sig.ident;
        let (arguments, values) = arguments(&method.sig.inputs);
        let (generics, wanted) = (&method.sig.generics, &method.sig.generics.where_clause);
        let text = quote::quote! {
            pub async fn use_it #generics (client: &Client, #arguments)
                -> Result<runtime::Response<#answer>, runtime::Error> #wanted
            {
                client.#name(#values).await
            }
        };
        all.push(Line::new(name.to_string(), text));
    }
}

/// The `T` of a method that returns `Request<'_, T>`.
fn answer(output: &ReturnType) -> Option<&syn::Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let syn::Type::Path(path) = &**ty else {
        return None;
    };
    let segment = path.path.segments.last().filter(|segment| segment.ident == "Request")?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(answer) => Some(answer),
        _ => None,
    })
}

/// Arguments as they are declared, and as they are passed on.
fn arguments(
    inputs: &syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
) -> (TokenStream, TokenStream) {
    let (mut declared, mut passed) = (TokenStream::new(), TokenStream::new());
    for (index, input) in inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))).enumerate()
    {
        if let FnArg::Typed(argument) = input {
            let name = quote::format_ident!("a{index}");
            let ty = &argument.ty;
            declared.extend(quote::quote!(#name: #ty,));
            passed.extend(quote::quote!(#name,));
        }
    }
    (declared, passed)
}

fn types(item: &Item, all: &mut Vec<Line>) {
    match item {
        Item::Struct(item) => {
            let name = &item.ident;
            if let Fields::Named(fields) = &item.fields {
                for field in &fields.named {
                    let (Some(field_name), ty) = (&field.ident, &field.ty) else {
                        continue;
                    };
                    if matches!(field.vis, Visibility::Public(_)) {
                        let text = quote::quote! {
                            pub fn use_it(value: &types::#name) -> &#ty { &value.#field_name }
                        };
                        all.push(Line::new(format!("{name}.{field_name}"), text));
                    }
                }
                if !item.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive")) {
                    let text = quote::quote! {
                        pub fn use_it(value: types::#name) -> types::#name { types::#name { ..value } }
                    };
                    all.push(Line::new(format!("{name} {{}}"), text));
                }
            }
        }
        Item::Enum(item) => {
            let name = &item.ident;
            for variant in &item.variants {
                let label = &variant.ident;
                let pattern = match &variant.fields {
                    Fields::Unit => quote::quote!(types::#name::#label),
                    Fields::Unnamed(_) => quote::quote!(types::#name::#label(_)),
                    Fields::Named(_) => quote::quote!(types::#name::#label { .. }),
                };
                let text = quote::quote! {
                    pub fn use_it(value: &types::#name) -> bool { matches!(value, #pattern) }
                };
                all.push(Line::new(format!("{name}::{label}"), text));
            }
        }
        Item::Macro(item) => open_enum(item.mac.tokens.clone(), all),
        // Those with an attribute are there only with a feature.
        Item::Impl(block) if block.trait_.is_none() && block.attrs.is_empty() => {
            constructor(block, all);
        }
        _ => {}
    }
}

fn constructor(block: &syn::ItemImpl, all: &mut Vec<Line>) {
    let ty = &block.self_ty;
    for item in &block.items {
        if let ImplItem::Fn(function) = item
            && function.sig.ident == "new"
            && matches!(function.vis, Visibility::Public(_))
        {
            let (declared, passed) = arguments(&function.sig.inputs);
            let generics = &function.sig.generics;
            let text = quote::quote! {
                pub fn use_it #generics (#declared) -> types::#ty { types::#ty::new(#passed) }
            };
            all.push(Line::new(format!("{}::new", ty.to_token_stream()), text));
        }
    }
}

/// The variants of an `open_enum!`: the identifiers before each `=`.
fn open_enum(tokens: TokenStream, all: &mut Vec<Line>) {
    let mut name = None;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Group(group) => {
                let Some(name) = &name else {
                    continue;
                };
                let mut last = None;
                for token in group.stream() {
                    match token {
                        TokenTree::Ident(ident) => last = Some(ident),
                        TokenTree::Punct(mark) if mark.as_char() == '=' => {
                            if let Some(label) = last.take() {
                                let text = quote::quote! {
                                    pub fn use_it() -> types::#name { types::#name::#label }
                                };
                                all.push(Line::new(format!("{name}::{label}"), text));
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

fn named(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(names.insert(ident.to_string())),
            TokenTree::Group(group) => named(group.stream(), names),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_public_item_is_used() {
        let code = r#"
            pub mod types {
                pub struct Lamp { pub watts: Option<i64>, hidden: u8 }
                #[non_exhaustive] pub struct Shade { pub width: i64 }
                impl Lamp { pub fn new(watts: Option<i64>) -> Self { Self { watts, hidden: 0 } } }
                crate::runtime::open_enum! { #[doc = " a = b"] Color { #[doc = "x"] Red = "RED", } }
                pub enum Mount { Hook(Hook), Bare }
            }
            impl Client {
                pub fn get_lamp(&self, id: &LampId) -> Request<'_, types::Lamp> { todo!() }
                fn inner(&self) {}
            }
        "#;
        let found = lines(code).unwrap();
        let items: Vec<&str> = found.iter().map(|line| line.item.as_str()).collect();
        assert_eq!(
            items,
            [
                "Lamp.watts",
                "Lamp {}",
                "Shade.width",
                "Lamp::new",
                "Color::Red",
                "Mount::Hook",
                "Mount::Bare",
                "get_lamp"
            ]
        );
        assert!(found.iter().all(|line| !line.text.contains('\n')));
        assert!(found[7].text.contains("client . get_lamp (a0 ,)"), "{}", found[7].text);
    }
}
