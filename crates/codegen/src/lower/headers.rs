//! Headers and cookies that must be there: arguments of a call, which are written into its request.

use std::collections::BTreeMap;

use quote::{format_ident, quote};
use syn::Expr;

use crate::passes::Header;

/// The request with the headers that are arguments; all cookies are one header.
pub(super) fn sent_with(mut request: Expr, headers: &BTreeMap<String, Header>) -> Expr {
    let mut cookies = Vec::new();
    for (argument, Header { name, is_cookie }) in headers {
        let argument = format_ident!("{argument}");
        if *is_cookie {
            cookies.push((name, argument));
        } else {
            request = syn::parse_quote!(#request.header(#name, #argument.to_string()));
        }
    }
    if !cookies.is_empty() {
        let form = vec!["{}={}"; cookies.len()].join("; ");
        let pairs = cookies.iter().map(|(name, argument)| quote!(#name, #argument));
        request = syn::parse_quote! {
            #request.header(::reqwest::header::COOKIE, ::std::format!(#form, #(#pairs),*))
        };
    }
    request
}
