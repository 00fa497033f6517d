//! The chain of calls that builds a request.

use proc_macro2::Ident;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall};

use super::headers;
use crate::emit::operations::Operation;
use crate::passes::Body;

/// Takes queries out of the builder chain, and gives bodies their media types.
pub(super) struct Chain<'a> {
    pub(super) operation: &'a Operation,
    pub(super) queries: Vec<(String, Ident)>,
    /// Whether the generator wrote where headers are sent.
    pub(super) sends_headers: bool,
}

impl VisitMut for Chain<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        match expression {
            Expr::MethodCall(call) => {
                if let Some(replaced) = self.replace(call) {
                    *expression = replaced;
                }
            }
            // `.build()?` fails with the client library's error; name what was being built.
            Expr::Try(attempt) => {
                let built = &attempt.expr;
                let id = &self.operation.id;
                *expression =
                    syn::parse_quote!(#built.map_err(|e| crate::runtime::Error::build(#id, e))?);
            }
            _ => {}
        }
    }
}

impl Chain<'_> {
    /// What a call of the chain becomes; `None` leaves it as it is.
    fn replace(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        let before = &call.receiver;
        match (call.method.to_string().as_str(), &self.operation.facts.body) {
            // The HTTP client has no methods of these names.
            (method @ ("options" | "trace"), _) if call.args.len() == 1 => {
                let (method, url) =
                    (format_ident!("{}", method.to_uppercase()), call.args.first()?);
                Some(syn::parse_quote!(#before.request(::reqwest::Method::#method, #url)))
            }
            ("query", _) => {
                self.queries.push(query_of(call.args.first()?)?);
                Some((**before).clone())
            }
            ("headers", _) => {
                self.sends_headers = true;
                Some(headers::sent_with((**before).clone(), &self.operation.facts.headers))
            }
            ("header", Body::Form(_)) if names(call, "CONTENT_TYPE") => Some((**before).clone()),
            ("header", Body::Bytes(media_type)) if names(call, "CONTENT_TYPE") => Some(
                syn::parse_quote!(#before.header(::reqwest::header::CONTENT_TYPE, #media_type)),
            ),
            ("header", _) if names(call, "ACCEPT") => Some(
                syn::parse_quote!(#before.header(::reqwest::header::ACCEPT, "application/json")),
            ),
            ("body", Body::Form(_)) => {
                Some(syn::parse_quote!(body.into_form()?.attach_to(#before)))
            }
            _ => None,
        }
    }
}

fn names(call: &ExprMethodCall, header: &str) -> bool {
    call.args.first().is_some_and(|argument| match argument {
        Expr::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == header),
        _ => false,
    })
}

/// The name and parameter of `&progenitor_client::QueryParam::new("name", &parameter)`.
fn query_of(argument: &Expr) -> Option<(String, Ident)> {
    let Expr::Reference(reference) = argument else {
        return None;
    };
    let Expr::Call(call) = &*reference.expr else {
        return None;
    };
    let (Expr::Lit(name), Expr::Reference(value)) = (call.args.first()?, call.args.get(1)?) else {
        return None;
    };
    let (syn::Lit::Str(name), Expr::Path(value)) = (&name.lit, &*value.expr) else {
        return None;
    };
    Some((name.value(), value.path.get_ident()?.clone()))
}
