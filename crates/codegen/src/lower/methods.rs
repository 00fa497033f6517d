//! Client methods: filters in a struct, lists joined by commas, and one short way to send.
//!
//! The generator's method builds a request, sends it and matches on every status. Ours builds it, and
//! returns it as a `runtime::Request`, which takes options of its own before it is sent. Forms and
//! bytes get their media types back here, too.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FnArg, ImplItem, ImplItemFn, Item, Pat, ReturnType, Stmt, Type};

use super::chain::Chain;
use super::paths;
use super::queries::{Parameter, Query, query_struct, query_type};
use super::types::Lists;
use crate::docs::Docs;
use crate::emit::checks::Checks;
use crate::emit::operations::Operation;
use crate::error::{Error, Result};
use crate::naming::{type_ident, value_ident};
use crate::passes::Body;
use crate::syntax::{argument_of, last_segment};

/// What the methods of one interface become.
#[derive(Default)]
pub(crate) struct Methods {
    /// `impl Client { ... }`, one block for each family.
    pub(crate) impls: TokenStream,
    /// The filter structs, for the `types` module.
    pub(crate) queries: TokenStream,
    /// A function that reads the body of any operation, for servers.
    pub(crate) decoder: TokenStream,
}

/// Lowers the methods in the generator's file.
pub(crate) fn lower(
    file: &syn::File,
    operations: &[Operation],
    docs: &Docs,
    checks: &Checks<'_>,
    lists: &Lists,
) -> Result<Methods> {
    let by_name: BTreeMap<&str, &Operation> =
        operations.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let mut families: BTreeMap<&str, TokenStream> = BTreeMap::new();
    let mut queries = TokenStream::new();
    let mut bodies = TokenStream::new();
    let places: BTreeMap<&str, usize> =
        by_name.keys().enumerate().map(|(place, name)| (*name, place)).collect();
    let mut left = by_name.clone();
    for method in methods_of(file) {
        let name = method.sig.ident.to_string();
        let Some(operation) = by_name.get(name.as_str()) else {
            continue;
        };
        left.remove(name.as_str());
        let place = places.get(name.as_str()).copied().unwrap_or_default();
        let lowered = Method::new(method, operation, place, docs)?;
        queries.extend(query_struct(operation, &lowered.queries, docs)?);
        queries.extend(lowered.paged(lists)?);
        bodies.extend(lowered.decoded());
        families.entry(&operation.family).or_default().extend(lowered.tokens(checks)?);
    }
    if let Some((name, operation)) = left.first_key_value() {
        return Err(Error::at(
            operation.key.place(),
            format!("the generator made no method {name} of it"),
        ));
    }
    let impls = families.iter().map(|(family, methods)| {
        let doc = format!(" Operations of the family `{family}`.");
        // docs.rs shows it beside each method.
        let badge = quote!(#[cfg_attr(docsrs, doc(cfg(feature = #family)))]);
        quote!(#[doc = #doc] #badge impl Client { #methods })
    });
    let decoder = quote! {
        /// Reads a JSON body as the type that the operation takes. An operation without a JSON
        /// body takes anything.
        ///
        /// # Errors
        /// When the body does not fit the type.
        #[cfg(feature = "server")]
        pub fn decode_request(
            operation: &str,
            body: &bytes::Bytes,
        ) -> Result<(), crate::runtime::error_path::DecodeError> {
            match operation {
                #bodies
                _ => Ok(()),
            }
        }
    };
    Ok(Methods { impls: quote!(#(#impls)*), queries, decoder })
}

fn methods_of(file: &syn::File) -> impl Iterator<Item = &ImplItemFn> {
    file.items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
            _ => None,
        })
}

struct Method<'a> {
    operation: &'a Operation,
    /// Its place in the table of operations.
    place: usize,
    doc: String,
    parameters: Vec<Parameter>,
    queries: Vec<Query>,
    url: Expr,
    request: Expr,
    answer: Type,
}

impl<'a> Method<'a> {
    fn new(
        method: &ImplItemFn,
        operation: &'a Operation,
        place: usize,
        docs: &Docs,
    ) -> Result<Self> {
        let unexpected = |what: &str| {
            Error::at(operation.key.place(), format!("the generator's method has no {what}"))
        };
        let url = bound_to(method, "url").ok_or_else(|| unexpected("address"))?;
        let mut request = bound_to(method, "request").ok_or_else(|| unexpected("request"))?;
        let answer = answer_type(&method.sig.output).ok_or_else(|| unexpected("answer"))?;
        let mut parameters: Vec<Parameter> = method
            .sig
            .inputs
            .iter()
            .filter_map(|argument| match argument {
                FnArg::Typed(typed) => match &*typed.pat {
                    Pat::Ident(pat) => Some(Parameter {
                        ident: pat.ident.clone(),
                        ty: without_lifetimes(&typed.ty),
                    }),
                    _ => None,
                },
                FnArg::Receiver(_) => None,
            })
            .collect();

        let mut chain = Chain { operation, queries: Vec::new(), sends_headers: false };
        chain.visit_expr_mut(&mut request);
        if !chain.sends_headers && !operation.facts.headers.is_empty() {
            return Err(unexpected("headers"));
        }
        let mut queries = Vec::new();
        for (name, ident) in chain.queries {
            let position = parameters
                .iter()
                .position(|parameter| parameter.ident == ident)
                .ok_or_else(|| unexpected(&format!("parameter {ident}")))?;
            let name = operation.facts.wire_queries.get(&name).cloned().unwrap_or(name);
            queries.push(Query { name, parameter: parameters.remove(position) });
        }
        let texts = parameters.iter().filter(|p| is_text(&p.ty)).map(|p| p.ident.clone()).collect();
        let url = paths::escape(url, &texts, &operation.id);
        Ok(Self {
            operation,
            place,
            doc: docs.operation_doc(operation),
            parameters,
            queries,
            url,
            request,
            answer,
        })
    }

    fn tokens(&self, checks: &Checks<'_>) -> Result<TokenStream> {
        let name = format_ident!("{}", self.operation.id);
        let (operation_id, place) = (&self.operation.id, self.place);
        let doc = &self.doc;
        let mut generics = TokenStream::new();
        let mut parameters = Vec::new();
        let mut check = TokenStream::new();
        for Parameter { ident, ty } in &self.parameters {
            let ty = match (&self.operation.facts.body, ident == "body") {
                (Body::Form(form), true) => {
                    let form = type_ident(form);
                    quote!(types::#form)
                }
                (Body::Bytes(_), true) => {
                    generics = quote!(<B: Into<reqwest::Body>>);
                    quote!(#ty)
                }
                _ => {
                    if ident == "body" && checks.covers(ty) {
                        check.extend(quote!(crate::runtime::check_body(body, #operation_id)?;));
                    }
                    by_value(ty)
                }
            };
            parameters.push(quote!(#ident: #ty));
        }
        let query_type = query_type(self.operation);
        let (url, request, answer) = (&self.url, &self.request, &self.answer);
        let mut address = quote!(#url);
        if !self.queries.is_empty() {
            if self.queries.iter().any(|q| self.operation.facts.query_limits.contains_key(&q.name))
            {
                check.extend(quote!(crate::runtime::check_body(query, #operation_id)?;));
            }
            parameters.push(quote!(query: &types::#query_type));
            address = quote!(query.append_to(#url));
        }
        let send = match last_segment(answer).as_deref() {
            Some("ByteStream") => quote!(bytes),
            None => quote!(empty),
            Some(_) => quote!(json),
        };
        let answer = match last_segment(answer).as_deref() {
            Some("ByteStream") => quote!(crate::runtime::ByteStream),
            _ => quote!(#answer),
        };
        Ok(quote! {
            #[doc = #doc]
            pub fn #name #generics (&self, #(#parameters),*)
                -> crate::runtime::Request<'_, #answer>
            {
                let route = self.route(&OPERATIONS[#place]);
                let build = || {
                    #check
                    let url = route.url(&self.baseurl, &#address)?;
                    Ok(#request)
                };
                let built = build();
                crate::runtime::Request::new(route, built, crate::runtime::send::#send)
            }
        })
    }
}

impl Method<'_> {
    /// How the body is read, when it is JSON: an arm of a match over the operations.
    fn decoded(&self) -> Option<TokenStream> {
        let body = self.parameters.iter().find(|parameter| parameter.ident == "body")?;
        let (Body::Json, Type::Reference(body)) = (&self.operation.facts.body, &body.ty) else {
            return None;
        };
        let (id, ty) = (&self.operation.id, &body.elem);
        Some(quote!(#id => crate::runtime::error_path::body::<#ty>(body).map(drop),))
    }

    /// How the operation's pages are walked, when it pages.
    fn paged(&self, lists: &Lists) -> Result<TokenStream> {
        let Some(items) = &self.operation.facts.page_items else {
            return Ok(TokenStream::new());
        };
        let unexpected = |what: &str| Error::at(self.operation.key.place(), what);
        if !self.queries.iter().any(|query| query.name == "page_token") {
            return Err(unexpected("its answer has a page token, its query has none"));
        }
        let field = value_ident(items);
        let page = last_segment(&self.answer).unwrap_or_default();
        let item = lists
            .get(&(page.clone(), field.to_string()))
            .ok_or_else(|| unexpected("the items of its page are no list"))?;
        let page = format_ident!("{page}");
        let operation_id = &self.operation.id;
        let method = format_ident!("{operation_id}");
        let query = query_type(self.operation);
        // What the path names comes first, as it does in the call.
        let named: Vec<_> =
            self.parameters.iter().map(|parameter| by_value(&parameter.ty)).collect();
        let places: Vec<_> = (0..named.len()).map(syn::Index::from).collect();
        let last = syn::Index::from(named.len());
        let (filters, own) = if named.is_empty() {
            (quote!(#query), quote!(self))
        } else {
            (quote!((#(#named,)* #query)), quote!(self.#last))
        };
        let given = if named.is_empty() { quote!(self) } else { quote!(&self.#last) };
        Ok(quote! {
            impl crate::runtime::Paged for #filters {
                const OPERATION: &'static str = #operation_id;
                type Client = super::Client;
                type Page = #page;
                type Item = #item;

                async fn fetch(
                    &self,
                    client: &super::Client,
                ) -> Result<crate::runtime::Response<#page>, crate::runtime::Error> {
                    client.#method(#(self.#places,)* #given).await
                }

                fn page_token(&self) -> Option<&str> {
                    #own.page_token.as_deref()
                }

                fn set_page_token(&mut self, token: Option<::std::string::String>) {
                    #own.page_token = token;
                }

                fn open(page: #page) -> (::std::vec::Vec<#item>, Option<::std::string::String>) {
                    (page.#field, page.next_page_token)
                }
            }
        })
    }
}

/// The expression that the generator binds to a name.
fn bound_to(method: &ImplItemFn, name: &str) -> Option<Expr> {
    method.block.stmts.iter().find_map(|statement| match statement {
        Stmt::Local(local) => match (&local.pat, &local.init) {
            (Pat::Ident(pat), Some(init)) if pat.ident == name => Some((*init.expr).clone()),
            _ => None,
        },
        _ => None,
    })
}

/// The `T` of `Result<ResponseValue<T>, _>`.
fn answer_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    argument_of(argument_of(ty, "Result")?, "ResponseValue").cloned()
}

fn without_lifetimes(ty: &Type) -> Type {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
            reference.lifetime = None;
            visit_mut::visit_type_reference_mut(self, reference);
        }
    }
    let mut ty = ty.clone();
    Strip.visit_type_mut(&mut ty);
    ty
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Reference(text) if last_segment(&text.elem).is_some_and(|name| name == "str"))
}

/// Ids are small; a reference to one is only noise at the call.
fn by_value(ty: &Type) -> TokenStream {
    if let Type::Reference(reference) = ty
        && last_segment(&reference.elem).is_some_and(|name| name == "Uuid" || name.ends_with("Id"))
    {
        let inner = &reference.elem;
        return quote!(#inner);
    }
    quote!(#ty)
}
