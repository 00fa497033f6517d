//! Objects: how each struct is read and written.
//!
//! The serde derives would do. But they write five function bodies a struct to read it (by name, by
//! bytes, by number, as a map, as a list), of which JSON uses two, and those bodies were half of what
//! the compiler had to check; `cargo xtask bench compile` has the figures. What all structs share is in
//! `runtime::object`.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Fields, ItemStruct, LitStr, Meta};

use crate::syntax::{is_option, is_patch};

/// A property, as the attributes of serde describe it.
struct Property {
    /// Its name on the wire.
    name: String,
    field: syn::Ident,
    presence: Presence,
    /// Whether it is left out when there is nothing in it.
    may_be_left_out: bool,
}

/// What may stand for a value that is not there.
enum Presence {
    /// Nothing: it must be there.
    Required,
    /// Absence, or `null`.
    Optional,
    /// Absence, or `null`, for an empty list or map.
    Empty,
    /// Absence alone: `null` means something else.
    Patch,
}

/// Takes the serde derives from a struct, and gives the implementations that stand in for them.
pub(crate) fn object(item: &mut ItemStruct, wire: &BTreeMap<String, String>) -> TokenStream {
    let name = item.ident.clone();
    let Fields::Named(fields) = &mut item.fields else {
        return TokenStream::new();
    };
    let mut properties = Vec::new();
    for field in &mut fields.named {
        let Some(ident) = field.ident.clone() else {
            continue;
        };
        let serde: Vec<&Attribute> =
            field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")).collect();
        let mentions = |word| serde.iter().any(|attribute| serde_mentions(attribute, word));
        let renamed = serde.iter().find_map(|attribute| renamed(attribute));
        let presence = match () {
            () if is_option(&field.ty) => Presence::Optional,
            () if is_patch(&field.ty) => Presence::Patch,
            () if mentions("default") => Presence::Empty,
            () => Presence::Required,
        };
        let on_wire = |name: LitStr| match wire.get(&name.value()) {
            Some(wire) => LitStr::new(wire, name.span()),
            None => name,
        };
        let own = || LitStr::new(&ident.to_string(), ident.span());
        let is_odd = wire.contains_key(&ident.to_string());
        let renamed = renamed.or_else(|| is_odd.then(own)).map(on_wire);
        let property = Property {
            name: renamed.as_ref().map_or_else(|| ident.to_string(), LitStr::value),
            field: ident,
            presence,
            may_be_left_out: mentions("skip_serializing_if"),
        };
        let default = mentions("default").then(|| quote!(default,));
        field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
        let rename = renamed.map(|renamed| quote!(rename = #renamed,));
        if rename.is_some() || default.is_some() {
            field.attrs.push(
                syn::parse_quote!(#[cfg_attr(feature = "schemars", schemars(#rename #default))]),
            );
        }
        properties.push(property);
    }
    drop_derives(&mut item.attrs);
    item.attrs.push(syn::parse_quote!(#[cfg_attr(feature = "testing", derive(PartialEq))]));
    let (read, write) = (read(&name, &properties), write(&properties));
    quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::runtime::object::read(from)
            }
        }
        #read
        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                #write
            }
        }
    }
}

fn read(name: &syn::Ident, properties: &[Property]) -> TokenStream {
    let names = properties.iter().map(|property| &property.name);
    let mut locals = TokenStream::new();
    let mut arms = TokenStream::new();
    let mut given = TokenStream::new();
    for (index, property) in properties.iter().enumerate() {
        let (field, name) = (&property.field, &property.name);
        // Two names are those of the function itself.
        let own = field == "fields" || field == "field";
        let local = if own { format_ident!("its_{field}") } else { field.clone() };
        let empty = match property.presence {
            Presence::Required | Presence::Optional => quote!(None),
            Presence::Empty | Presence::Patch => quote!(::std::default::Default::default()),
        };
        let value = match property.presence {
            Presence::Required => quote!(Some(fields.value()?)),
            Presence::Optional | Presence::Patch => quote!(fields.value()?),
            Presence::Empty => quote!(fields.or_empty()?),
        };
        locals.extend(quote!(let mut #local = #empty;));
        arms.extend(quote!(#index => #local = #value,));
        given.extend(match property.presence {
            Presence::Required => quote!(#field: crate::runtime::object::given(#local, #name)?,),
            _ if own => quote!(#field: #local,),
            _ => quote!(#field,),
        });
    }
    quote! {
        impl crate::runtime::object::Object for #name {
            const FIELDS: &'static [&'static str] = &[#(#names),*];

            fn read<F: crate::runtime::object::Fields>(mut fields: F) -> Result<Self, F::Error> {
                #locals
                while let Some(field) = fields.next(Self::FIELDS)? {
                    match field {
                        #arms
                        _ => fields.skip()?,
                    }
                }
                Ok(Self { #given })
            }
        }
    }
}

fn write(properties: &[Property]) -> TokenStream {
    let entries = properties.iter().map(|property| {
        let (field, name) = (&property.field, &property.name);
        if property.may_be_left_out {
            quote!(object.optional(#name, &self.#field)?;)
        } else {
            quote!(object.value(#name, &self.#field)?;)
        }
    });
    quote! {
        let mut object = crate::runtime::object::Writer::new(to)?;
        #(#entries)*
        object.end()
    }
}

/// The serde derives, out of a struct's attributes.
fn drop_derives(attrs: &mut [Attribute]) {
    for attribute in attrs.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let mut kept: Vec<syn::Path> = Vec::new();
        // What is no path is left where it was: a derive holds nothing else.
        let _rest = attribute.parse_nested_meta(|meta| {
            let first = meta.path.segments.first().map(|segment| segment.ident.to_string());
            if first.as_deref() != Some("serde") {
                kept.push(meta.path);
            }
            Ok(())
        });
        *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
    }
}

/// The name on the wire that a `#[serde(...)]` attribute gives.
pub(crate) fn renamed(attribute: &Attribute) -> Option<LitStr> {
    let mut name = None;
    if attribute.path().is_ident("serde") {
        // What is not a name is looked past, whatever its form.
        let _rest = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<LitStr>());
            if let (true, Ok(value)) = (meta.path.is_ident("rename"), value) {
                name = Some(value);
            }
            Ok(())
        });
    }
    name
}

/// Whether a `#[serde(...)]` attribute holds a bare word.
pub(crate) fn serde_mentions(attribute: &Attribute, word: &str) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    list.path.is_ident("serde")
        && list.tokens.clone().into_iter().any(|token| token.to_string() == word)
}
