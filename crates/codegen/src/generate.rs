//! Normal form → Rust: runs the client generator and lowers its output.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;
use serde_json::{Value, json};
use syn::{ImplItem, Item};

use crate::docs::{self, Docs};
use crate::document::{Document, METHODS};
use crate::emit::accessors::Accessors;
use crate::emit::checks::Checks;
use crate::emit::{self, operations::Operation};
use crate::error::{Error, Result};
use crate::families::Families;
use crate::lower::{self, types::Structs};
use crate::naming;
use crate::passes::{self, Facts, Report, fields};
use crate::types::TypeRules;

/// What stands beside the documents in `spec/`.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// `types.toml`
    pub types: TypeRules,
    /// `families.toml`
    pub families: Families,
    /// `docs/`
    pub docs: Docs,
}

/// Which operations are generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Those of some families.
    Families(BTreeSet<String>),
}

impl Selection {
    fn has(&self, family: &str) -> bool {
        match self {
            Self::All => true,
            Self::Families(families) => families.contains(family),
        }
    }
}

/// A generated interface.
pub struct Generated {
    /// The module's source.
    pub code: String,
    /// Its operations.
    pub operations: Vec<Operation>,
    /// What the passes took out of the document.
    pub facts: Facts,
    /// How many places each pass touched.
    pub report: Report,
    /// Schemas and their properties, as documentation can name them.
    pub schemas: BTreeMap<String, BTreeSet<String>>,
}

/// Generates the module that the crate holds at `module` (such as `crate::v2`): the selected
/// operations and the types that they reach.
///
/// # Errors
/// When the document holds something that no pass makes sense of; the error names the place.
pub fn interface(
    pinned: &Document,
    companions: &Companions,
    module: &str,
    selection: &Selection,
) -> Result<Generated> {
    let mut document = pinned.clone();
    let (mut facts, report) = passes::normalize(&mut document, &companions.types)?;
    let mut operations = operations(&document, &facts, &companions.families)?;
    // Only now: what a type is called must not depend on which others there are.
    let (chosen, left): (Vec<_>, Vec<_>) =
        operations.into_iter().partition(|operation| selection.has(&operation.family));
    operations = chosen;
    for operation in &left {
        document.remove_operation(&operation.key);
    }
    document.drop_unreachable();
    facts.retain(|component| document.schema(component).is_some());
    let schemas = docs::documentable(&document, &facts);
    companions.docs.describe(&mut document);

    let spec = for_generator(&document)?;
    let tokens = Generator::new(&settings(&facts, module))
        .generate_tokens(&spec)
        .map_err(|e| Error::Generator(e.to_string()))?;
    let mut file = syn::parse2(tokens).map_err(|e| Error::Generator(e.to_string()))?;

    let lowered = lower::types::lower(lower::take_types(&mut file), &facts)?;
    let checks = Checks::of(&document, &facts);
    let methods =
        lower::methods::lower(&file, &operations, &companions.docs, &checks, &lowered.lists)?;
    let client = client_items(file);
    let emitted = emitted_types(&facts, &companions.docs, &lowered.structs);
    let types = &lowered.tokens;
    let checks = checks.tokens();
    let table = emit::operations::table(&operations);
    let (impls, queries, decoder) = (methods.impls, methods.queries, methods.decoder);
    let module = quote! {
        use progenitor_client::ClientInfo;

        /// What the calls send and receive.
        pub mod types {
            #types
            #queries
            #emitted
            #checks
        }
        #(#client)*
        #impls
        #decoder
        #table
        crate::runtime::client!();
    };
    let file = syn::parse2(module).map_err(|e| Error::Generator(e.to_string()))?;
    Ok(Generated { code: prettyplease::unparse(&file), operations, facts, report, schemas })
}

/// Generates what the client generator alone makes of a document: its default settings, none of our
/// types, and no more repairs than it needs so as not to panic. For comparisons only.
///
/// Without names, all operations; else those with these `operationId`s and the types they reach.
///
/// # Errors
/// As [`interface`].
pub fn naive(pinned: &Document, operations: &[&str]) -> Result<String> {
    let mut document = pinned.clone();
    for key in document.operations() {
        let id = document.operation_id(&key).unwrap_or_default();
        if !operations.is_empty() && !operations.contains(&id) {
            document.remove_operation(&key);
        }
    }
    if !operations.is_empty() {
        document.drop_unreachable();
    }
    passes::repair(&mut document)?;
    // All components: its parameters and answers may still be references.
    let mut root = document.root().clone();
    root["info"] = info(&document);
    let spec: OpenAPI =
        serde_json::from_value(root).map_err(|e| Error::Generator(e.to_string()))?;
    let tokens = Generator::new(&GenerationSettings::new())
        .generate_tokens(&spec)
        .map_err(|e| Error::Generator(e.to_string()))?;
    let file = syn::parse2(tokens).map_err(|e| Error::Generator(e.to_string()))?;
    Ok(prettyplease::unparse(&file))
}

/// Generates the id types that all interfaces share.
///
/// # Errors
/// Never for rules that were read by [`TypeRules::parse`].
pub fn id_types(rules: &TypeRules) -> Result<String> {
    let file =
        syn::parse2(emit::ids::id_types(rules)).map_err(|e| Error::Generator(e.to_string()))?;
    Ok(prettyplease::unparse(&file))
}

fn operations(document: &Document, facts: &Facts, families: &Families) -> Result<Vec<Operation>> {
    let mut operations = Vec::new();
    for key in document.operations() {
        let Some(operation) = document.operation(&key) else {
            continue;
        };
        let Some(id) = document.operation_id(&key) else {
            return Err(Error::at(key.place(), "it has no operationId"));
        };
        let text = |name: &str| operation.get(name).and_then(Value::as_str).map(str::to_owned);
        operations.push(Operation {
            id: naming::method_name(id),
            family: families.of(operation),
            facts: facts.operations.get(&key).cloned().unwrap_or_default(),
            source: text("x-synctera-source"),
            replaced_by: text("x-synctera-replaced-by"),
            key,
        });
    }
    Ok(operations)
}

/// Leaves what the generator reads: it gives up on forms that it does not know, wherever they are.
fn prune(root: &mut Value) {
    let Some(paths) = root["paths"].as_object_mut() else {
        return;
    };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        item.retain(|method, _| METHODS.contains(&method.as_str()));
        for operation in item.values_mut() {
            if let Some(operation) = operation.as_object_mut() {
                for key in ["callbacks", "externalDocs", "security", "servers"] {
                    operation.remove(key);
                }
            }
            let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
            for parameter in parameters.filter_map(Value::as_object_mut) {
                const READ: [&str; 5] = ["description", "in", "name", "required", "schema"];
                parameter.retain(|key, _| READ.contains(&key.as_str()));
            }
        }
    }
    fields::path_arguments(paths);
}

/// The normal form as the generator reads it.
fn for_generator(document: &Document) -> Result<OpenAPI> {
    let mut root = json!({
        "openapi": document.root()["openapi"],
        "info": info(document),
        "paths": document.root()["paths"],
        "components": {"schemas": document.root()["components"]["schemas"]},
    });
    prune(&mut root);
    serde_json::from_value(root).map_err(|e| Error::Generator(e.to_string()))
}

fn info(document: &Document) -> Value {
    json!({"title": "the Synctera API", "version": document.version()})
}

fn settings(facts: &Facts, module: &str) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        // Else it writes hooks of its own, which nothing of ours calls.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::runtime::Inner))
        .with_map_type("::std::collections::BTreeMap");
    let display = || [TypeImpl::Display].into_iter();
    for component in facts.enums.keys().chain(facts.unions.keys()) {
        let name = naming::type_name(component);
        settings.with_replacement(&name, format!("{module}::types::{name}"), display());
    }
    for (name, path) in &facts.natives {
        settings.with_replacement(name, path, display());
    }
    settings
}

fn emitted_types(facts: &Facts, docs: &Docs, structs: &Structs) -> TokenStream {
    let mut types = TokenStream::new();
    let accessors = Accessors::of(facts, structs);
    for (component, values) in &facts.enums {
        types.extend(emit::enums::open_enum(component, values, &docs.schema_doc(component)));
    }
    for (component, union) in &facts.unions {
        types.extend(emit::unions::tagged_union(component, union, &docs.schema_doc(component)));
        types.extend(accessors.tokens(component, union));
    }
    types
}

/// The client's struct, its constructor from parts, and what it tells of itself.
fn client_items(file: syn::File) -> Vec<Item> {
    file.items
        .into_iter()
        .filter_map(|item| match item {
            Item::Struct(_) => Some(item),
            Item::Impl(mut block) if block.trait_.is_none() => {
                // `new` builds an HTTP client of its own and panics when it cannot.
                block.items.retain(|item| match item {
                    ImplItem::Fn(method) => method.sig.ident == "new_with_client",
                    _ => false,
                });
                (!block.items.is_empty()).then_some(Item::Impl(block))
            }
            Item::Impl(_) => Some(item),
            // What is left holds the client to the generator's hooks, which ours does without.
            _ => None,
        })
        .collect()
}
