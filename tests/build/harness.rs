//! A dispatcher over the whole client, for tests that walk through every operation.
//!
//! Source of four functions: `call` takes an operation by its id and makes its arguments from a
//! plain `Input`; `list` does the same for the lists that come in pages, and reads them to their end;
//! `round_trip` reads a type by its name and writes it back; `accessors` reads a union and writes what
//! each of its accessors gives. What they use (`Input` and the
//! helpers beside it) is written by hand where the source is included.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ImplItem, ImplItemFn, Item, ItemStruct, Pat, ReturnType, Type};

use synctera_codegen::error::{Error, Result};
use synctera_codegen::generate::Generated;
use synctera_codegen::surface::{accessors, open_enum};
use synctera_codegen::syntax::{argument_of, is_option, last_segment};

/// The dispatcher of an interface whose client a crate can reach at `api` (`synctera::v2`).
///
/// # Errors
/// When the generated code is not what the generator writes today.
pub(crate) fn harness(generated: &Generated, api: &str) -> Result<String> {
    let broken = |e: syn::Error| Error::Generator(e.to_string());
    let file: syn::File = syn::parse_str(&generated.code).map_err(broken)?;
    let api: syn::Path = syn::parse_str(api).map_err(broken)?;
    let found = Found::of(&file);

    let mut functions = TokenStream::new();
    let mut calls = TokenStream::new();
    let mut lists = TokenStream::new();
    let mut trips = TokenStream::new();
    for operation in &generated.operations {
        let (id, name) = (&operation.id, format_ident!("{}", operation.id));
        let missing = |what| Error::at(operation.key.place(), what);
        let method = found.methods.get(id).ok_or_else(|| missing("no method was generated"))?;
        let answer = answer_of(method).ok_or_else(|| missing("its method gives no answer"))?;
        let arguments = Arguments::of(method, &found)?;
        functions.extend(function(name.clone(), &arguments, &answer));
        calls.extend(quote!(#id => #name(client, input),));
        if operation.facts.page_items.is_some() {
            let Arguments { made, idents, .. } = &arguments;
            let filters =
                if let [filters] = &idents[..] { quote!(#filters) } else { quote!((#(#idents),*)) };
            lists.extend(quote! {
                #id => Box::pin(async move { #made listed(client.list(#filters)).await }),
            });
        }
        if !matches!(last_segment(&answer).as_deref(), None | Some("ByteStream")) {
            trips.extend(quote!(#id => round::<#answer>(value),));
        }
    }
    for (name, ty) in found.types.iter().map(|name| (name, format_ident!("{name}"))) {
        trips.extend(quote!(#name => round::<types::#ty>(value),));
    }
    let mut unions = Vec::new();
    let mut accessors = TokenStream::new();
    for (name, methods) in &found.accessors {
        let ty = format_ident!("{name}");
        let keys = methods.iter().map(|method| key_of(method));
        accessors.extend(quote! {
            #name => read::<types::#ty>(value).and_then(|value| {
                Ok([#((#keys, written(&value.#methods())?)),*].into_iter().collect())
            }),
        });
        unions.push(name);
    }
    let harness = quote! {
        use std::collections::BTreeMap;

        use super::{Input, Outcome, Pending, answered, decoded as read, listed, round, unknown, written};
        use #api::{Client, types};

        /// Makes the arguments of an operation from an input, and calls it.
        pub fn call<'a>(client: &'a Client, operation: &str, input: &'a Input) -> Pending<'a> {
            match operation {
                #calls
                _ => unknown(operation),
            }
        }

        /// Makes the filters of a list that comes in pages from an input, and reads it to its end.
        pub fn list<'a>(
            client: &'a synctera::Synctera,
            operation: &str,
            input: &'a Input,
        ) -> Pending<'a> {
            match operation {
                #lists
                _ => unknown(operation),
            }
        }

        /// Reads a value as the type of that name, or as what the operation of that id answers,
        /// and writes it back.
        pub fn round_trip(name: &str, value: &serde_json::Value) -> Option<Outcome> {
            Some(match name {
                #trips
                _ => return None,
            })
        }

        /// The unions.
        pub const UNIONS: &[&str] = &[#(#unions),*];

        /// Reads a value as the union of that name; what each of its accessors gives, by name.
        pub fn accessors(
            union: &str,
            value: &serde_json::Value,
        ) -> Result<BTreeMap<&'static str, serde_json::Value>, String> {
            match union {
                #accessors
                _ => Err(format!("there is no union {union}")),
            }
        }

        #functions
    };
    Ok(prettyplease::unparse(&syn::parse2(harness).map_err(broken)?))
}

/// What of the generated code the dispatcher is made from.
#[derive(Default)]
struct Found<'a> {
    methods: BTreeMap<String, &'a ImplItemFn>,
    structs: BTreeMap<String, &'a ItemStruct>,
    /// Types that can be read and written.
    types: Vec<String>,
    /// The accessors of each union.
    accessors: BTreeMap<String, Vec<&'a syn::Ident>>,
}

impl<'a> Found<'a> {
    fn of(file: &'a syn::File) -> Self {
        let mut found = Self::default();
        for item in &file.items {
            match item {
                Item::Mod(module) => {
                    let items = module.content.iter().flat_map(|(_, items)| items);
                    items.for_each(|item| found.add_type(item));
                }
                Item::Impl(block) if block.trait_.is_none() => {
                    for item in &block.items {
                        if let ImplItem::Fn(method) = item {
                            found.methods.insert(method.sig.ident.to_string(), method);
                        }
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn add_type(&mut self, item: &'a Item) {
        match item {
            Item::Struct(item) => {
                self.structs.insert(item.ident.to_string(), item);
            }
            Item::Impl(block) if block.trait_.is_none() => {
                let methods: Vec<_> = accessors(block).map(|method| &method.sig.ident).collect();
                if let (Some(name), false) = (last_segment(&block.self_ty), methods.is_empty()) {
                    self.accessors.insert(name, methods);
                }
            }
            Item::Impl(block) => {
                let implemented =
                    block.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
                if implemented.is_some_and(|implemented| implemented.ident == "Deserialize") {
                    self.types.extend(last_segment(&block.self_ty));
                }
            }
            Item::Macro(item) => {
                self.types.extend(open_enum(&item.mac.tokens).map(|(name, _)| name));
            }
            _ => {}
        }
    }
}

/// The arguments of an operation, made one by one from an input.
struct Arguments {
    /// `let name = ...;` for each.
    made: TokenStream,
    idents: Vec<syn::Ident>,
    /// As the call takes them.
    given: Vec<TokenStream>,
}

impl Arguments {
    fn of(method: &ImplItemFn, found: &Found<'_>) -> Result<Self> {
        let mut arguments =
            Self { made: TokenStream::new(), idents: Vec::new(), given: Vec::new() };
        for argument in &method.sig.inputs {
            let FnArg::Typed(argument) = argument else {
                continue;
            };
            let Pat::Ident(ident) = &*argument.pat else {
                let name = method.sig.ident.to_string();
                return Err(Error::at(name, "an argument without a name"));
            };
            let (ident, key) = (&ident.ident, key_of(&ident.ident));
            let referred = match &*argument.ty {
                Type::Reference(reference) => Some(&*reference.elem),
                _ => None,
            };
            let (value, borrowed) = match (key.as_str(), referred, last_segment(&argument.ty)) {
                ("query", Some(ty), _) => (structure(ty, found, &format_ident!("query"))?, true),
                ("body", Some(_), _) => (quote!(input.body()?), true),
                ("body", None, Some(ty)) if ty == "B" => (quote!(input.bytes.clone()), false),
                ("body", None, _) => {
                    (structure(&argument.ty, found, &format_ident!("part"))?, false)
                }
                (_, Some(_), _) => (quote!(input.text(#key)?), false),
                (_, None, _) => (quote!(input.id(#key)?), false),
            };
            arguments.made.extend(quote!(let #ident = #value;));
            arguments.given.push(if borrowed { quote!(&#ident) } else { quote!(#ident) });
            arguments.idents.push(ident.clone());
        }
        Ok(arguments)
    }
}

/// The function of one operation: its arguments one by one, the call, the answer as JSON.
fn function(name: syn::Ident, arguments: &Arguments, answer: &Type) -> TokenStream {
    let Arguments { made, given, .. } = arguments;
    let call = quote!(input.sent(client.#name(#(#given),*)).await);
    let answered = match last_segment(answer).as_deref() {
        Some("ByteStream") => quote!(super::collected(#call).await),
        _ => quote!(answered(#call)),
    };
    quote! {
        fn #name<'a>(client: &'a Client, input: &'a Input) -> Pending<'a> {
            Box::pin(async move { #made #answered })
        }
    }
}

/// A literal of a query or form, field by field: one that is forgotten does not compile.
fn structure(ty: &Type, found: &Found<'_>, one: &syn::Ident) -> Result<TokenStream> {
    let name = last_segment(ty).unwrap_or_default();
    let Some(item) = found.structs.get(&name) else {
        return Err(Error::at(name, "no such type was generated"));
    };
    let many = format_ident!("{one}_list");
    let fields = item.fields.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let key = ident.as_ref().map(key_of).unwrap_or_default();
        let inner = argument_of(ty, "Option").unwrap_or(ty);
        let file = last_segment(inner).is_some_and(|segment| segment == "Upload");
        match (file, is_option(ty), argument_of(ty, "Vec").is_some()) {
            (true, true, _) => quote!(#ident: input.file_or_none(#key)),
            (true, false, _) => quote!(#ident: input.file(#key)?),
            (false, _, true) => quote!(#ident: input.#many(#key)?),
            (false, _, false) => quote!(#ident: input.#one(#key)?),
        }
    });
    let name = format_ident!("{name}");
    Ok(quote!(types::#name { #(#fields),* }))
}

/// What an argument or field is called on the wire: an underscore keeps it apart from keywords.
fn key_of(ident: &syn::Ident) -> String {
    ident.to_string().trim_end_matches('_').to_owned()
}

/// The `T` of `Request<T>`, as it is called where `types` is imported.
fn answer_of(method: &ImplItemFn) -> Option<Type> {
    let ReturnType::Type(_, ty) = &method.sig.output else {
        return None;
    };
    let mut answer = argument_of(ty, "Request")?.clone();
    FromTypes.visit_type_mut(&mut answer);
    Some(answer)
}

/// `crate::v2::types::X` becomes `types::X`.
struct FromTypes;

impl VisitMut for FromTypes {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if let Some(at) = path.segments.iter().position(|segment| segment.ident == "types") {
            path.segments = path.segments.iter().skip(at).cloned().collect();
            path.leading_colon = None;
        }
    }
}
