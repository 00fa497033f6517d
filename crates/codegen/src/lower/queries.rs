//! Filters: one struct for each operation that has some, and how they become a query string.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use crate::docs::Docs;
use crate::emit::checks::limits;
use crate::emit::operations::Operation;
use crate::error::{Error, Result};
use crate::naming::type_ident;
use crate::syntax::{argument_of, last_segment};

/// A parameter of the generator's method.
pub(super) struct Parameter {
    pub(super) ident: Ident,
    pub(super) ty: Type,
}

/// A query parameter: its name on the wire, and the generator's parameter that holds it.
pub(super) struct Query {
    pub(super) name: String,
    pub(super) parameter: Parameter,
}

/// The type of an operation's filters.
pub(super) fn query_type(operation: &Operation) -> Ident {
    type_ident(&format!("{}_query", operation.id))
}

/// The struct that holds the filters, so that a call names only those it uses.
pub(super) fn query_struct(
    operation: &Operation,
    queries: &[Query],
    docs: &Docs,
) -> Result<TokenStream> {
    if queries.is_empty() {
        return Ok(TokenStream::new());
    }
    let name = query_type(operation);
    let mut fields = TokenStream::new();
    let mut appending = TokenStream::new();
    let mut required = Vec::new();
    let mut optional = Vec::new();
    for Query { name, parameter: Parameter { ident, ty } } in queries {
        let owned = Owned::of(ty)
            .ok_or_else(|| Error::at(operation.key.place(), format!("cannot own query {name}")))?;
        let ty = &owned.ty;
        let doc = format!(" {}", docs.parameter_doc(name));
        fields.extend(quote!(#[doc = #doc] pub #ident: #ty,));
        let joined = operation.facts.comma_separated.contains(name);
        appending.extend(match (owned.kind, joined) {
            (Kind::One, _) => quote!(pairs.one(#name, &self.#ident);),
            (Kind::Maybe, _) => quote!(pairs.maybe(#name, self.#ident.as_ref());),
            (Kind::Many, true) => quote!(pairs.joined(#name, &self.#ident);),
            (Kind::Many, false) => quote!(pairs.repeated(#name, &self.#ident);),
        });
        if owned.kind == Kind::One || (owned.kind == Kind::Many && !is_optional(queries, ident)) {
            required.push((ident.clone(), ty.clone()));
        } else {
            optional.push(ident.clone());
        }
    }
    let derive = if required.is_empty() {
        quote!(#[derive(Clone, Debug, Default)])
    } else {
        quote!(#[derive(Clone, Debug)])
    };
    let constructor = (!required.is_empty()).then(|| {
        let parameters = required.iter().map(|(ident, ty)| quote!(#ident: #ty));
        let given = required.iter().map(|(ident, _)| ident);
        quote! {
            impl #name {
                /// What the query needs; set the rest with `..Self::new(..)`.
                pub fn new(#(#parameters),*) -> Self {
                    Self { #(#given,)* #(#optional: ::std::default::Default::default(),)* }
                }
            }
        }
    });
    let checks = checks(&name, operation, queries);
    let doc = format!(" Filters and paging of `{}`.", operation.id);
    Ok(quote! {
        #[doc = #doc]
        #derive
        #[cfg_attr(feature = "testing", derive(PartialEq))]
        pub struct #name { #fields }
        #constructor
        #checks
        impl #name {
            pub(crate) fn append_to(&self, url: ::std::string::String) -> ::std::string::String {
                let mut pairs = crate::runtime::Pairs::new();
                #appending
                pairs.append_to(url)
            }
        }
    })
}

/// The limits of the document on the filters.
fn checks(name: &Ident, operation: &Operation, queries: &[Query]) -> TokenStream {
    let limited =
        queries.iter().filter_map(|Query { name, parameter: Parameter { ident, ty } }| {
            let rules = operation.facts.query_limits.get(name)?;
            let is_list = Owned::of(ty).is_some_and(|owned| owned.kind == Kind::Many);
            // Items without limits have no check of their own.
            let check = if is_list && rules.items.is_none() {
                quote!(Count::check_count)
            } else {
                quote!(Check::check)
            };
            let limits = limits(rules);
            let call = quote! {
                static LIMITS: crate::runtime::Rules = #limits;
                crate::runtime::#check(
                    &self.#ident, &LIMITS, &crate::runtime::At::Field(at, #name), violations,
                );
            };
            // An empty list that may be missing is not sent.
            let may_be_empty = is_list && is_optional(queries, ident);
            Some(if may_be_empty {
                quote!(if !self.#ident.is_empty() { #call })
            } else {
                quote!({ #call })
            })
        });
    let limited: Vec<_> = limited.collect();
    if limited.is_empty() {
        return TokenStream::new();
    }
    quote! {
        impl crate::runtime::Check for #name {
            fn check(
                &self,
                _: &crate::runtime::Rules,
                at: &crate::runtime::At<'_>,
                violations: &mut crate::runtime::Violations,
            ) {
                #(#limited)*
            }
        }
    }
}

fn is_optional(queries: &[Query], ident: &Ident) -> bool {
    queries
        .iter()
        .find(|query| query.parameter.ident == *ident)
        .is_some_and(|query| argument_of(&query.parameter.ty, "Option").is_some())
}

/// How often a query parameter can occur.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    One,
    Maybe,
    Many,
}

/// A borrowed parameter type turned into a field's.
struct Owned {
    ty: TokenStream,
    kind: Kind,
}

impl Owned {
    fn of(ty: &Type) -> Option<Self> {
        if let Some(inner) = argument_of(ty, "Option") {
            let inner = Self::of(inner)?;
            return Some(match inner.kind {
                // An empty list is no filter.
                Kind::Many => inner,
                _ => {
                    let ty = inner.ty;
                    Self { ty: quote!(::std::option::Option<#ty>), kind: Kind::Maybe }
                }
            });
        }
        match ty {
            Type::Reference(reference) => Self::of(&reference.elem),
            Type::Path(path) if last_segment(ty)? == "str" => {
                debug_assert!(path.qself.is_none());
                Some(Self { ty: quote!(::std::string::String), kind: Kind::One })
            }
            Type::Path(_) if argument_of(ty, "Vec").is_some() => {
                Some(Self { ty: quote!(#ty), kind: Kind::Many })
            }
            Type::Path(_) => Some(Self { ty: quote!(#ty), kind: Kind::One }),
            _ => None,
        }
    }
}
