//! Unions that read their tag first and then exactly one variant.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::naming::{type_ident, unique, variant_name};
use crate::passes::Union;

/// A union's enum with its two codecs.
pub(crate) fn tagged_union(component: &str, union: &Union, doc: &str) -> TokenStream {
    let name = type_ident(component);
    let tag = &union.tag;
    let by_variant = by_variant(&union.variants);
    let names = names_of(component, &by_variant);

    let mut variants = TokenStream::new();
    let mut reading = TokenStream::new();
    let mut writing = TokenStream::new();
    let mut froms = TokenStream::new();
    let mut schemas = TokenStream::new();
    for ((component, values), variant) in by_variant.iter().zip(&names) {
        let (variant, body) = (format_ident!("{variant}"), type_ident(component));
        let listed: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        let doc = format!(" Tag {}", listed.join(" or "));
        if union.bare.contains(*component) {
            variants.extend(quote!(#[doc = #doc] #variant,));
            schemas.extend(quote!(crate::runtime::schema::variant(#tag, &[#(#values),*], None),));
            reading.extend(quote!(#(#values)|* => value.bare().map(|()| Self::#variant),));
            let value = values.first();
            writing.extend(quote! {
                Self::#variant => crate::runtime::tagged::write_bare(#tag, #value, serializer),
            });
            continue;
        }
        variants.extend(quote!(#[doc = #doc] #variant(#body),));
        schemas.extend(quote! {
            crate::runtime::schema::variant(
                #tag, &[#(#values),*], Some(generator.subschema_for::<#body>()),
            ),
        });
        reading.extend(quote!(#(#values)|* => value.body().map(Self::#variant),));
        writing.extend(match values.as_slice() {
            [value] if union.tag_in_union.contains(*component) => quote! {
                Self::#variant(body) => crate::runtime::tagged::write(#tag, #value, body, serializer),
            },
            _ => quote!(Self::#variant(body) => body.serialize(serializer),),
        });
        froms.extend(quote! {
            impl From<#body> for #name {
                fn from(body: #body) -> Self {
                    Self::#variant(body)
                }
            }
        });
    }
    let doc = format!(
        " {doc}\n\n Its `{tag}` says which variant a value is. What variants have in common can be \
         read without a `match`; `None` is what a value does not have."
    );
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #[cfg_attr(feature = "testing", derive(PartialEq))]
        #[non_exhaustive]
        pub enum #name {
            #variants
            /// A tag that this version does not know; nothing of the value is lost.
            Unknown(crate::runtime::tagged::UnknownVariant),
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::runtime::tagged::read(deserializer)
            }
        }

        impl crate::runtime::tagged::Union for #name {
            const TAG: &'static str = #tag;

            fn read<'de, M: ::serde::de::MapAccess<'de>>(
                value: crate::runtime::tagged::Tagged<'de, M>,
            ) -> Result<Self, M::Error> {
                match value.tag() {
                    #reading
                    _ => value.unknown().map(Self::Unknown),
                }
            }
        }

        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #writing
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!(#name).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!(#name)).into()
            }

            #[allow(unused_variables)]
            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let variants = vec![#schemas];
                crate::runtime::schema::union(#tag, variants)
            }
        }

        #froms
    }
}

/// The variants of a union: component → name.
pub(crate) fn variant_names(
    component: &str,
    variants: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let by_variant = by_variant(variants);
    let names = names_of(component, &by_variant);
    by_variant.keys().map(|component| (*component).to_owned()).zip(names).collect()
}

/// Component → the tag values that lead to it.
fn by_variant(variants: &BTreeMap<String, String>) -> BTreeMap<&str, Vec<&str>> {
    let mut by_variant: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (value, variant) in variants {
        by_variant.entry(variant).or_default().push(value);
    }
    by_variant
}

fn names_of(component: &str, by_variant: &BTreeMap<&str, Vec<&str>>) -> Vec<String> {
    unique(by_variant.iter().map(|(variant, values)| variant_of(component, variant, values)))
}

/// A variant is named after its only tag value, else after what sets it apart from the union.
fn variant_of(union: &str, variant: &str, values: &[&str]) -> String {
    if let [value] = values {
        return variant_name(value);
    }
    let (union, words) = (words(union), words(variant));
    let same = |(a, b): &(&&str, &&str)| a == b;
    let before = union.iter().zip(&words).take_while(same).count();
    let (union, rest) = (&union[before..], &words[before..]);
    let after = union.iter().rev().zip(rest.iter().rev()).take_while(same).count();
    let apart = &rest[..rest.len() - after];
    variant_name(&if apart.is_empty() { variant.to_owned() } else { apart.join("_") })
}

fn words(name: &str) -> Vec<&str> {
    name.split('_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_named_after_what_sets_them_apart() {
        assert_eq!(variant_of("card", "credit_card", &["CREDIT"]), "Credit");
        assert_eq!(
            variant_of("card_response", "debit_card_response", &["DEBIT", "PREPAID"]),
            "Debit"
        );
        assert_eq!(
            variant_of("template_fields", "template_fields_depository", &["CHECKING", "SAVING"]),
            "Depository"
        );
        assert_eq!(variant_of("new_card", "new_debit_card", &["DEBIT", "PREPAID"]), "Debit");
        assert_eq!(variant_of("vendor_info", "json_blob", &["a", "b"]), "JsonBlob");
    }
}
