//! Checks of what is sent: one for each type that holds limits, or holds such a type.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::document::Document;
use crate::json;
use crate::naming::{type_ident, type_name, value_ident};
use crate::passes::{Facts, Rules};
use crate::references::visit_refs;

/// The types that are checked before they are sent, by component.
pub(crate) struct Checks<'a> {
    facts: &'a Facts,
    document: &'a Document,
    checked: BTreeSet<String>,
}

impl<'a> Checks<'a> {
    pub(crate) fn of(document: &'a Document, facts: &'a Facts) -> Self {
        let mut checked: BTreeSet<String> = facts.rules.keys().cloned().collect();
        checked.retain(|name| document.schema(name).is_some());
        // What holds a checked type is checked, until nothing is added any more.
        loop {
            let further: Vec<String> = facts
                .requests
                .iter()
                .filter(|name| !checked.contains(*name) && !facts.forms.contains_key(*name))
                .filter(|name| document.schema(name).is_some_and(|schema| holds(schema, &checked)))
                .cloned()
                .collect();
            if further.is_empty() {
                break;
            }
            checked.extend(further);
        }
        checked.retain(|name| !facts.forms.contains_key(name));
        Self { facts, document, checked }
    }

    /// Whether a type is, or holds, a checked one.
    pub(crate) fn covers(&self, ty: &syn::Type) -> bool {
        let names: BTreeSet<String> = self.checked.iter().map(|name| type_name(name)).collect();
        let text = quote!(#ty).to_string();
        text.split(|c: char| !c.is_alphanumeric()).any(|word| names.contains(word))
    }

    /// The implementations.
    pub(crate) fn tokens(&self) -> TokenStream {
        let impls = self.checked.iter().filter_map(|name| {
            let ident = type_ident(name);
            let body = match self.facts.unions.get(name) {
                Some(union) => self.union(&union.variants, &union.bare, name),
                None => self.structure(name)?,
            };
            Some(quote! {
                impl crate::runtime::Check for #ident {
                    // A limit is called like the property that has it.
                    #[allow(non_upper_case_globals)]
                    fn check(
                        &self,
                        _: &crate::runtime::Rules,
                        at: &crate::runtime::At<'_>,
                        violations: &mut crate::runtime::Violations,
                    ) {
                        #body
                    }
                }
            })
        });
        quote!(#(#impls)*)
    }

    fn structure(&self, name: &str) -> Option<TokenStream> {
        let rules = self.facts.rules.get(name);
        let mut body = TokenStream::new();
        let object = self.document.schema(name)?;
        for (property, schema) in json::properties(object) {
            let field = value_ident(property);
            let wire = self.facts.wire_name(name, property);
            // Two names are those of the function itself.
            let is_own = field == "at" || field == "violations";
            let limits_of = if is_own { format_ident!("its_{field}") } else { field.clone() };
            let own = rules.and_then(|rules| rules.get(property));
            // Items without limits have no check of their own.
            let counted = own.is_some_and(|own| own.items.is_none())
                && self.document.deref(schema)["type"] == "array"
                && !holds(schema, &self.checked);
            let check = if counted { quote!(Count::check_count) } else { quote!(Check::check) };
            let limits = match own {
                Some(own) => limits(own),
                None if holds(schema, &self.checked) => quote!(crate::runtime::Rules::NONE),
                None => continue,
            };
            let call = quote! {
                crate::runtime::#check(&self.#field, &#limits_of, &crate::runtime::At::Field(at, #wire), violations);
            };
            // An empty list that may be missing is not sent.
            let is_left_out = self.document.deref(schema)["type"] == "array"
                && !json::strings(object, "required").contains(&property.as_str())
                && !self.facts.patches.contains(name);
            let call = if is_left_out {
                quote!(if crate::runtime::Count::count(&self.#field) != Some(0) { #call })
            } else {
                call
            };
            body.extend(quote!(static #limits_of: crate::runtime::Rules = #limits; #call));
        }
        Some(body)
    }

    fn union(
        &self,
        variants: &BTreeMap<String, String>,
        bare: &BTreeSet<String>,
        name: &str,
    ) -> TokenStream {
        let arms = super::unions::variant_names(name, variants).into_iter().filter_map(
            |(component, variant)| {
                if bare.contains(&component) || !self.checked.contains(&component) {
                    return None;
                }
                let variant = format_ident!("{variant}");
                Some(quote! {
                    Self::#variant(body) => crate::runtime::Check::check(
                        body, &crate::runtime::Rules::NONE, at, violations,
                    ),
                })
            },
        );
        quote!(match self { #(#arms)* _ => {} })
    }
}

/// Whether a schema refers to one of some components.
fn holds(schema: &Value, components: &BTreeSet<String>) -> bool {
    let mut found = false;
    visit_refs(schema, &mut |reference| {
        found |= matches!(
            json::component_of(reference),
            Some(("schemas", name)) if components.contains(name)
        );
    });
    found
}

/// The limits, as the runtime has them.
pub(crate) fn limits(rules: &Rules) -> TokenStream {
    let mut set = TokenStream::new();
    let length = |value: &Option<u64>| {
        value
            .and_then(|value| usize::try_from(value).ok())
            .map(proc_macro2::Literal::usize_unsuffixed)
    };
    for (name, value) in [
        ("min_length", &rules.min_length),
        ("max_length", &rules.max_length),
        ("min_items", &rules.min_items),
        ("max_items", &rules.max_items),
    ] {
        let name = format_ident!("{name}");
        set.extend(length(value).map(|value| quote!(#name: #value,)));
    }
    for (name, value) in [("minimum", rules.minimum), ("maximum", rules.maximum)] {
        let name = format_ident!("{name}");
        let value = value.map(proc_macro2::Literal::f64_unsuffixed);
        set.extend(value.map(|value| quote!(#name: #value,)));
    }
    if let Some(pattern) = &rules.pattern {
        set.extend(quote! {
            pattern: Some({
                static PATTERN: crate::runtime::Pattern = crate::runtime::Pattern::new(#pattern);
                &PATTERN
            }),
        });
    }
    if let Some(items) = &rules.items {
        let items = limits(items);
        set.extend(quote! {
            items: Some({
                static ITEMS: crate::runtime::Rules = #items;
                &ITEMS
            }),
        });
    }
    quote!(crate::runtime::Rules { #set ..crate::runtime::Rules::NONE })
}
