//! Structs: null reads as absent, what is sent has a constructor, and unused conversions go.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Field, Fields, Item, ItemStruct, Type};

use crate::emit::forms;
use crate::emit::objects::{object, renamed, serde_mentions};
use crate::error::{Error, Result};
use crate::naming;
use crate::passes::Facts;
use crate::syntax::{argument_of, is_option, is_patch, is_string, last_segment};

/// The items of each list: struct and field → type.
pub(crate) type Lists = BTreeMap<(String, String), Type>;

/// The fields of each struct, by the name of the struct.
pub(crate) type Structs = BTreeMap<String, Vec<StructField>>;

/// A field as it is in the end.
pub(crate) struct StructField {
    pub(crate) ident: syn::Ident,
    pub(crate) ty: Type,
    pub(crate) doc: String,
}

/// The generator's types, lowered.
#[derive(Default)]
pub(crate) struct Lowered {
    /// Most of the `types` module.
    pub(crate) tokens: TokenStream,
    pub(crate) lists: Lists,
    pub(crate) structs: Structs,
}

/// Lowers the generator's types.
pub(crate) fn lower(items: Vec<Item>, facts: &Facts) -> Result<Lowered> {
    let requests: BTreeSet<String> =
        facts.requests.iter().map(|name| naming::type_name(name)).collect();
    let patches: BTreeSet<String> =
        facts.patches.iter().map(|name| naming::type_name(name)).collect();
    // Type → fields.
    let clearable: BTreeMap<String, BTreeSet<String>> = facts
        .clearable
        .iter()
        .map(|(name, properties)| {
            let fields = properties.iter().map(|name| naming::value_ident(name).to_string());
            (naming::type_name(name), fields.collect())
        })
        .collect();
    // Type → field → name on the wire.
    let none = BTreeMap::new();
    let wire: BTreeMap<String, &BTreeMap<String, String>> =
        facts.wire_names.iter().map(|(name, wire)| (naming::type_name(name), wire)).collect();
    let mut lowered = Lowered::default();
    for item in items {
        let Item::Struct(mut item) = item else {
            // Conversions from references, builders' helpers and the like: no caller uses them.
            if let Item::Enum(item) = item {
                return Err(Error::at(
                    item.ident.to_string(),
                    "an enum that no pass took out of the document",
                ));
            }
            continue;
        };
        let name = item.ident.to_string();
        lowered.lists.extend(item.fields.iter().filter_map(|field| {
            let field_name = field.ident.as_ref()?.to_string();
            Some(((name.clone(), field_name), argument_of(&field.ty, "Vec")?.clone()))
        }));
        let form = facts.forms.iter().find(|(form, _)| naming::type_name(form) == name);
        let rest = match form {
            Some((component, form)) => forms::form(component, form, facts, &mut item),
            None => {
                lower_fields(&mut item);
                item.attrs.push(syn::parse_quote!(
                    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                ));
                if patches.contains(&name) {
                    tell_apart(&mut item, clearable.get(&name).unwrap_or(&BTreeSet::new()));
                }
                TokenStream::new()
            }
        };
        if !requests.contains(&name) {
            // The platform may add a property to an answer any day.
            item.attrs.push(syn::parse_quote!(#[non_exhaustive]));
        }
        lowered.structs.insert(name.clone(), fields(&item));
        let constructor = constructor(&item, requests.contains(&name));
        let rest = if form.is_some() {
            rest
        } else {
            object(&mut item, wire.get(&name).unwrap_or(&&none))
        };
        lowered.tokens.extend(quote!(#item #constructor #rest));
    }
    Ok(lowered)
}

fn fields(item: &ItemStruct) -> Vec<StructField> {
    let field = |field: &Field| {
        let docs = field.attrs.iter().filter_map(doc_line);
        let doc = docs.collect::<Vec<_>>().join("\n");
        Some(StructField { ident: field.ident.clone()?, ty: field.ty.clone(), doc })
    };
    item.fields.iter().filter_map(field).collect()
}

fn doc_line(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The generator insists on a `null` where one is allowed; we take a missing property for one.
fn lower_fields(item: &mut ItemStruct) {
    let Fields::Named(fields) = &mut item.fields else {
        return;
    };
    for field in &mut fields.named {
        if field.attrs.iter().any(|attribute| serde_mentions(attribute, "deserialize_with")) {
            let name = field.attrs.iter().find_map(renamed).map(|name| quote!(rename = #name,));
            field.attrs.retain(|attribute| !serde_mentions(attribute, "deserialize_with"));
            field.attrs.push(syn::parse_quote!(#[serde(#name default)]));
        }
    }
}

/// What a PATCH may leave out can be left or set, and some of it cleared.
fn tell_apart(item: &mut ItemStruct, clearable: &BTreeSet<String>) {
    let Fields::Named(fields) = &mut item.fields else {
        return;
    };
    for field in &mut fields.named {
        let Some(inner) = argument_of(&field.ty, "Option")
            .or_else(|| (!is_required(field)).then_some(&field.ty))
            .cloned()
        else {
            continue;
        };
        let is_clearable =
            field.ident.as_ref().is_some_and(|ident| clearable.contains(&ident.to_string()));
        if is_clearable {
            let doc = "Can be cleared: [`Clear`](crate::runtime::NullablePatch::Clear).";
            field.attrs.push(syn::parse_quote!(#[doc = ""]));
            field.attrs.push(syn::parse_quote!(#[doc = #doc]));
            field.ty = syn::parse_quote!(crate::runtime::NullablePatch<#inner>);
        } else {
            field.ty = syn::parse_quote!(crate::runtime::Patch<#inner>);
        }
        // Of the attributes of serde, only the name on the wire stays true.
        let name = field.attrs.iter().find_map(renamed).map(|name| quote!(rename = #name,));
        field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
        field.attrs.push(syn::parse_quote!(
            #[serde(#name default, skip_serializing_if = "is_leave")]
        ));
    }
}

/// `new(required ...)`, so that optional properties can be left to `..`. What is only read can be built
/// in tests alone, and its optional properties assigned.
fn constructor(item: &ItemStruct, is_sent: bool) -> Option<TokenStream> {
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        fields.named.iter().partition(|field| is_required(field));
    // Without required properties there is `Default`.
    if required.is_empty() {
        return None;
    }
    let name = &item.ident;
    let parameters = required.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        if is_string(ty) {
            quote!(#ident: impl Into<::std::string::String>)
        } else if is_code(ty) {
            quote!(#ident: impl Into<#ty>)
        } else {
            quote!(#ident: #ty)
        }
    });
    let given = required.iter().map(|field| {
        let ident = &field.ident;
        if is_string(&field.ty) || is_code(&field.ty) {
            quote!(#ident: #ident.into(),)
        } else {
            quote!(#ident,)
        }
    });
    let left = optional.iter().map(|field| {
        let ident = &field.ident;
        quote!(#ident: ::std::default::Default::default(),)
    });
    let what = name.to_string().to_snake_case();
    let (doc, only_in_tests) = if is_sent {
        (format!(" What `{what}` needs; set the rest with `..{name}::new(..)`."), None)
    } else {
        let doc = format!(" For tests: what `{what}` always has. Assign the rest.");
        (doc, Some(quote!(#[cfg(feature = "testing")])))
    };
    // More parameters than this read worse than a literal.
    let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    Some(quote! {
        #only_in_tests
        impl #name {
            #[doc = #doc]
            #many
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#given)* #(#left)* }
            }
        }
    })
}

/// Everything but options, lists and maps that may be missing.
fn is_required(field: &Field) -> bool {
    !is_option(&field.ty)
        && !is_patch(&field.ty)
        && !field.attrs.iter().any(|attribute| serde_mentions(attribute, "default"))
}

/// A code, which can be made from what is known to be one.
fn is_code(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment == "CurrencyCode" || segment == "CountryCode")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_read_has_a_constructor_for_tests_alone() {
        let item: ItemStruct = syn::parse_quote! {
            pub struct Lamp { pub watts: i64, pub name: String, pub note: Option<String> }
        };
        let sent = constructor(&item, true).unwrap().to_string();
        assert!(sent.starts_with("impl Lamp"), "{sent}");
        let read = constructor(&item, false).unwrap().to_string();
        assert!(read.starts_with("# [cfg (feature = \"testing\")] impl Lamp"), "{read}");
        for code in [sent, read] {
            let new = "pub fn new (watts : i64 , name : impl Into < :: std :: string :: String >)";
            assert!(code.contains(new), "{code}");
        }
    }
}
