//! Text in a path: escaped by the runtime, which knows what an address makes of it.
//!
//! The generator's `encode_path` leaves `\`, which URLs take for `/`, and lets `..` pass. Ids and
//! numbers hold nothing to be escaped, and are written as they are.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

/// The address of an operation, with the arguments in `texts` escaped by the runtime.
pub(super) fn escape(mut url: Expr, texts: &BTreeSet<Ident>, operation: &str) -> Expr {
    if let Expr::Macro(format) = &mut url
        && let Ok(mut arguments) =
            format.mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
    {
        for argument in &mut arguments {
            let Some(ident) = encoded(argument) else {
                continue;
            };
            *argument = if texts.contains(&ident) {
                let name = ident.to_string();
                let name = name.trim_end_matches('_');
                syn::parse_quote!(crate::runtime::segment(#operation, #name, #ident)?)
            } else {
                syn::parse_quote!(#ident)
            };
        }
        format.mac.tokens = quote::quote!(#arguments);
    }
    url
}

/// The argument in `encode_path(&argument.to_string())`.
fn encoded(expression: &Expr) -> Option<Ident> {
    let Expr::Call(call) = expression else {
        return None;
    };
    let (Expr::Path(function), Expr::Reference(text)) = (&*call.func, call.args.first()?) else {
        return None;
    };
    let Expr::MethodCall(to_string) = &*text.expr else {
        return None;
    };
    match &*to_string.receiver {
        Expr::Path(argument) if function.path.is_ident("encode_path") => {
            argument.path.get_ident().cloned()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, format_ident, quote};

    use super::*;

    #[test]
    fn texts_are_escaped_by_the_runtime_and_ids_are_not() {
        let url = syn::parse_quote! {
            format!("{}/x/{}/{}", self.baseurl, encode_path(&guid.to_string()), encode_path(&id.to_string()))
        };
        let escaped = escape(url, &[format_ident!("guid")].into(), "get_x");
        let expected = quote! {
            format!("{}/x/{}/{}", self.baseurl,
                crate::runtime::segment("get_x", "guid", guid)?, id)
        };
        assert_eq!(escaped.into_token_stream().to_string(), expected.to_string());
    }
}
