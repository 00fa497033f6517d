//! String enums that keep the values they do not know.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::naming::{type_ident, unique, variant_name};

/// One enum as an invocation of the runtime's `open_enum!`.
pub(crate) fn open_enum(component: &str, values: &[String], doc: &str) -> TokenStream {
    let name = type_ident(component);
    let variants = unique(values.iter().map(|value| variant_name(value)));
    let variants = variants.iter().zip(values).map(|(variant, value)| {
        let variant = format_ident!("{variant}");
        let doc = format!(" `{value}`");
        quote!(#[doc = #doc] #variant = #value,)
    });
    let doc = format!(" {doc}");
    quote! {
        crate::runtime::open_enum! {
            #[doc = #doc]
            #name { #(#variants)* }
        }
    }
}
