//! One type for the ids of each kind of resource.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::types::TypeRules;

/// Invocations of the runtime's `id_type!`, one for each id type of `spec/types.toml`.
pub(crate) fn id_types(rules: &TypeRules) -> TokenStream {
    let types = rules.id_types().map(|(name, what)| {
        let ident = format_ident!("{name}");
        let doc = format!(" Identifies {what}.");
        quote!(id_type! { #[doc = #doc] #ident })
    });
    quote!(#(#types)*)
}
