//! The journeys of the facade, and what it calls that only the sandbox has: read out of its source, so
//! that a test which must know all of them does.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{ExprMethodCall, File, GenericArgument, ImplItem, Item, ItemImpl, PathArguments};
use syn::{ReturnType, Type};

use crate::facade::sources;

/// A type that implements `Journey`.
#[derive(Debug, Default)]
pub struct JourneyType {
    /// The methods of the client that run it.
    pub methods: BTreeSet<String>,
    /// Its constructors that make a request for the sandbox only.
    pub sandbox_only: BTreeSet<String>,
}

/// All journeys by the name of their type.
pub fn journeys() -> BTreeMap<String, JourneyType> {
    let mut journeys: BTreeMap<String, JourneyType> = BTreeMap::new();
    let mut methods = Vec::new();
    for file in sources().values() {
        let mut of_file = Vec::new();
        for item in &file.items {
            match item {
                Item::Impl(block) if implements(block, "Journey") => {
                    let name = name_of(&block.self_ty).unwrap();
                    of_file.push((name, sandbox_arms(block)));
                }
                Item::Impl(block) if block.trait_.is_none() => methods.extend(runs_of(block)),
                Item::Macro(item)
                    if item.ident.is_none() && is_journey_macro(file, &item.mac.path) =>
                {
                    let (name, method) = names_in(item.mac.tokens.clone());
                    of_file.push((name.clone(), BTreeSet::new()));
                    methods.push((method, name));
                }
                _ => {}
            }
        }
        for (name, arms) in of_file {
            let sandbox_only = constructors(file, &name, &arms);
            let journey = JourneyType { sandbox_only, ..JourneyType::default() };
            journeys.insert(name, journey);
        }
    }
    for (method, name) in methods {
        let journey = journeys.get_mut(&name);
        let journey =
            journey.unwrap_or_else(|| panic!("{method} runs {name}, which is no journey"));
        journey.methods.insert(method);
    }
    journeys
}

/// A call of an operation in the facade's source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caller {
    /// The type whose method it is, or that of a journey.
    pub on: String,
    /// The method.
    pub method: String,
    /// The operation.
    pub operation: String,
}

/// Where the facade calls an operation of these names.
pub fn callers(operations: &BTreeSet<&str>) -> BTreeSet<Caller> {
    let mut found = BTreeSet::new();
    for mut file in sources().into_values() {
        for item in &mut file.items {
            let Item::Impl(block) = item else { continue };
            let Some(on) = name_of(&block.self_ty) else { continue };
            for item in &mut block.items {
                let ImplItem::Fn(function) = item else { continue };
                let method = function.sig.ident.to_string();
                let mut calls = Calls::default();
                calls.visit_block_mut(&mut function.block);
                let known = calls.0.into_iter().filter(|name| operations.contains(name.as_str()));
                found.extend(known.map(|operation| Caller {
                    on: on.clone(),
                    method: method.clone(),
                    operation,
                }));
            }
        }
    }
    found
}

/// The methods that hand out a value of this type, each with the type that it is a method of.
pub fn makers(of: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for file in sources().into_values() {
        for item in &file.items {
            let Item::Impl(block) = item else { continue };
            let Some(on) = name_of(&block.self_ty).filter(|on| on != of) else { continue };
            for item in &block.items {
                if let ImplItem::Fn(function) = item
                    && text(&function.sig.output).contains(of)
                {
                    found.insert((on.clone(), function.sig.ident.to_string()));
                }
            }
        }
    }
    found
}

/// The names of the methods that are called.
#[derive(Default)]
struct Calls(BTreeSet<String>);

impl VisitMut for Calls {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        self.0.insert(call.method.to_string());
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}

fn implements(block: &ItemImpl, name: &str) -> bool {
    block.trait_.as_ref().is_some_and(|(_, path, _)| path.segments.last().unwrap().ident == name)
}

fn name_of(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// The methods of a block that answer a `Run`, each with the journey that it runs.
fn runs_of(block: &ItemImpl) -> Vec<(String, String)> {
    let runs = block.items.iter().filter_map(|item| {
        let ImplItem::Fn(function) = item else { return None };
        let ReturnType::Type(_, answer) = &function.sig.output else { return None };
        let Type::Path(path) = &**answer else { return None };
        let last = path.path.segments.last()?;
        if last.ident != "Run" || name_of(&block.self_ty)? != "Synctera" {
            return None;
        }
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        let Some(GenericArgument::Type(journey)) = arguments.args.last() else { return None };
        // A method that runs any journey is the method of none.
        let name = name_of(journey)?;
        let is_any = function.sig.generics.type_params().any(|parameter| parameter.ident == name);
        (!is_any).then(|| (function.sig.ident.to_string(), name))
    });
    runs.collect()
}

/// Whether a macro of this file writes the `impl Journey` of a type that it is given.
fn is_journey_macro(file: &File, path: &syn::Path) -> bool {
    file.items.iter().any(|item| {
        let Item::Macro(item) = item else { return false };
        item.ident.as_ref().is_some_and(|name| path.is_ident(name))
            && item.mac.tokens.to_string().contains("impl Journey for $")
    })
}

/// What such a macro is given: the type comes first, the method last.
fn names_in(tokens: TokenStream) -> (String, String) {
    let names: Vec<String> = tokens
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    (names.first().unwrap().clone(), names.last().unwrap().clone())
}

/// The patterns, such as `Source::SandboxFunds`, for which a journey is available in the sandbox
/// only.
fn sandbox_arms(block: &ItemImpl) -> BTreeSet<String> {
    struct Arms(BTreeSet<String>);
    impl VisitMut for Arms {
        fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
            if text(&arm.body).contains("SandboxOnly") {
                struct Paths<'p>(&'p mut BTreeSet<String>);
                impl VisitMut for Paths<'_> {
                    fn visit_path_mut(&mut self, path: &mut syn::Path) {
                        let names = path.segments.iter().map(|segment| segment.ident.to_string());
                        self.0.insert(names.collect::<Vec<_>>().join("::"));
                    }
                }
                Paths(&mut self.0).visit_pat_mut(&mut arm.pat);
            }
        }
    }
    let mut arms = Arms(BTreeSet::new());
    for item in &block.items {
        if let ImplItem::Fn(function) = item
            && function.sig.ident == "availability"
        {
            let mut function = function.clone();
            arms.visit_impl_item_fn_mut(&mut function);
            assert!(
                !arms.0.is_empty() || !text(&function.block).contains("SandboxOnly"),
                "availability() is not a match over variants: teach this scan its form"
            );
        }
    }
    arms.0
}

/// The constructors of a type whose bodies name one of these.
fn constructors(file: &File, of: &str, arms: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in &file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || name_of(&block.self_ty).as_deref() != Some(of) {
            continue;
        }
        for item in &block.items {
            let ImplItem::Fn(function) = item else { continue };
            let body = text(&function.block);
            let makes = arms.iter().any(|arm| body.contains(arm));
            if makes && function.sig.receiver().is_none() {
                found.insert(function.sig.ident.to_string());
            }
        }
    }
    assert!(arms.is_empty() || !found.is_empty(), "{of} has no constructor of {arms:?}");
    found
}

/// Source without blanks.
fn text(source: &impl ToTokens) -> String {
    source.to_token_stream().to_string().replace(' ', "")
}
