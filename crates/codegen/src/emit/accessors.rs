//! Accessors of unions: what the variants have in common can be read without a `match`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::unions::variant_names;
use crate::lower::types::Structs;
use crate::naming::{type_ident, type_name, value_ident};
use crate::passes::{Facts, Union};
use crate::syntax::{argument_of, is_patch, is_string, last_segment};

/// Types of the generator that are `Copy`, by the last name of their path.
const COPY: [&str; 9] =
    ["bool", "i32", "i64", "u32", "u64", "f64", "Uuid", "NaiveDate", "DateTime"];

/// The accessors of all unions.
pub(crate) struct Accessors<'a> {
    facts: &'a Facts,
    structs: &'a Structs,
    /// Union by the name of its type.
    unions: BTreeMap<String, &'a str>,
}

/// One accessor: the same property in some of the variants.
#[derive(Clone)]
struct Accessor {
    /// What the property holds, once an `Option` around it is taken off.
    ty: Type,
    doc: String,
    /// The variants that have the property, and how it is reached in each.
    arms: Vec<(syn::Ident, Reach)>,
}

/// How a property of a variant's body is reached.
#[derive(Clone)]
enum Reach {
    /// A field that is always there.
    Field,
    /// A field that may be absent.
    Option,
    /// The accessor of a union that the body holds in this field, which may be absent.
    Through { field: syn::Ident, is_option: bool },
}

impl<'a> Accessors<'a> {
    pub(crate) fn of(facts: &'a Facts, structs: &'a Structs) -> Self {
        let unions = facts.unions.keys().map(|name| (type_name(name), name.as_str())).collect();
        Self { facts, structs, unions }
    }

    /// The inherent methods of a union.
    pub(crate) fn tokens(&self, component: &str, union: &Union) -> TokenStream {
        let name = type_ident(component);
        let tag = self.tag(component, union);
        let accessors = self.accessors(component, &mut Vec::new());
        let methods = accessors.iter().map(|(name, accessor)| accessor.method(name));
        let long = format!("{component}_status");
        let short = accessors.get(&long).filter(|_| !accessors.contains_key("status"));
        let short = short.map(|accessor| accessor.alias("status", &long));
        quote! {
            impl #name {
                #tag
                #(#methods)*
                #short
            }
        }
    }

    /// The value of the tag: as the body has it, else the one that leads to the variant.
    fn tag(&self, component: &str, union: &Union) -> TokenStream {
        let field = value_ident(&union.tag);
        let arms = variant_names(component, &union.variants).into_iter().map(|(body, variant)| {
            let variant = format_ident!("{variant}");
            let mut values = union.variants.iter().filter(|(_, of)| **of == body);
            let value = values.next().map(|(value, _)| value);
            if union.bare.contains(&body) {
                return quote!(Self::#variant => Some(#value),);
            }
            let mut fields = self.structs.get(&type_name(&body)).into_iter().flatten();
            match fields.find(|own| own.ident == field) {
                Some(held) if argument_of(&held.ty, "Option").is_some() => {
                    quote!(Self::#variant(body) => body.#field.as_ref().map(|tag| tag.as_str()),)
                }
                Some(_) => quote!(Self::#variant(body) => Some(body.#field.as_str()),),
                None if values.next().is_none() => quote!(Self::#variant(_) => Some(#value),),
                None => quote!(Self::#variant(_) => None,),
            }
        });
        let doc = format!(" The value of `{}`, which says which variant this is.", union.tag);
        quote! {
            #[doc = #doc]
            pub fn tag(&self) -> Option<&str> {
                match self {
                    #(#arms)*
                    Self::Unknown(value) => value.tag(),
                }
            }
        }
    }

    /// Property → accessor: what the variants hold, and what the unions hold that stand in the same
    /// field of every variant.
    fn accessors(&self, component: &str, above: &mut Vec<String>) -> BTreeMap<String, Accessor> {
        let Some(union) = self.facts.unions.get(component) else {
            return BTreeMap::new();
        };
        let bodies: Vec<(syn::Ident, String)> = variant_names(component, &union.variants)
            .into_iter()
            .filter(|(body, _)| !union.bare.contains(body))
            .map(|(body, variant)| (format_ident!("{variant}"), type_name(&body)))
            .collect();
        let mut found = Found::default();
        let mut held: BTreeMap<syn::Ident, Vec<Held<'_>>> = BTreeMap::new();
        for (variant, body) in &bodies {
            for field in self.structs.get(body).into_iter().flatten() {
                let option = argument_of(&field.ty, "Option");
                let ty = option.unwrap_or(&field.ty);
                // A change is written, not read.
                if is_patch(ty) {
                    continue;
                }
                let is_option = option.is_some();
                if let Some(union) = last_segment(ty).and_then(|name| self.unions.get(&name)) {
                    let held = held.entry(field.ident.clone()).or_default();
                    held.push(Held { variant, union, is_option });
                }
                let reach = if is_option { Reach::Option } else { Reach::Field };
                found.note(field.ident.to_string(), ty, &field.doc, (variant, reach));
            }
        }
        let own: BTreeSet<String> = found.0.keys().cloned().collect();
        above.push(component.to_owned());
        for (field, held) in held {
            let unions: BTreeSet<&str> = held.iter().map(|held| held.union).collect();
            // One union for all variants is a property like any other.
            if held.len() < bodies.len() || unions.len() == 1 {
                continue;
            }
            for Held { variant, union, is_option } in held {
                if above.iter().any(|name| name == union) {
                    continue;
                }
                for (name, accessor) in self.accessors(union, above) {
                    if !own.contains(&name) {
                        let reach = Reach::Through { field: field.clone(), is_option };
                        found.note(name, &accessor.ty, &accessor.doc, (variant, reach));
                    }
                }
            }
        }
        above.pop();
        // What says which variant it is has an accessor of its own.
        let reserved = [value_ident(&union.tag).to_string(), "tag".to_owned()];
        let found = found.0.into_iter().filter(|(name, _)| !reserved.contains(name));
        found
            .filter_map(|(name, accessor)| Some((name, accessor?.complete(bodies.len()))))
            .collect()
    }
}

/// A union that a variant holds in a field.
struct Held<'a> {
    variant: &'a syn::Ident,
    union: &'a str,
    is_option: bool,
}

/// Property → accessor, or none where variants do not agree on the type.
#[derive(Default)]
struct Found(BTreeMap<String, Option<Accessor>>);

impl Found {
    /// Adds what a variant has.
    fn note(&mut self, name: String, ty: &Type, doc: &str, arm: (&syn::Ident, Reach)) {
        let (variant, reach) = (arm.0.clone(), arm.1);
        let accessor = self.0.entry(name).or_insert_with(|| {
            Some(Accessor { ty: ty.clone(), doc: doc.to_owned(), arms: Vec::new() })
        });
        let fits = |known: &&mut Accessor| {
            let is_second = known.arms.iter().any(|(other, _)| *other == variant);
            is_same(&known.ty, ty) && !is_second
        };
        match accessor.as_mut().filter(fits) {
            Some(known) => known.arms.push((variant, reach)),
            None => *accessor = None,
        }
    }
}

/// Whether two types are written alike: the generator writes paths in full.
fn is_same(one: &Type, other: &Type) -> bool {
    one.to_token_stream().to_string() == other.to_token_stream().to_string()
}

/// Whether values of a type are copied.
fn is_copy(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let is_runtime = path.path.segments.iter().any(|segment| segment.ident == "runtime");
    last_segment(ty).is_some_and(|name| match is_runtime {
        true => name.ends_with("Id") || name == "BasisPoints",
        false => COPY.contains(&name.as_str()),
    })
}

impl Accessor {
    /// With the variants that have the property in its documentation, unless all have.
    fn complete(mut self, variants: usize) -> Self {
        if self.arms.len() < variants {
            let names: Vec<String> =
                self.arms.iter().map(|(variant, _)| format!("`{variant}`")).collect();
            self.doc = format!("{}\n\nOnly {} can have it.", self.doc, names.join(" and "));
        }
        self
    }

    /// What the accessor gives, when there is something.
    fn given(&self) -> TokenStream {
        let ty = &self.ty;
        match argument_of(ty, "Vec") {
            Some(item) => quote!(&[#item]),
            None if is_string(ty) => quote!(&str),
            None if is_copy(ty) => quote!(#ty),
            None => quote!(&#ty),
        }
    }

    fn method(&self, name: &str) -> TokenStream {
        let (ident, given, doc) = (format_ident!("{name}"), self.given(), &self.doc);
        let arms = self.arms.iter().map(|(variant, reach)| {
            let value = match reach {
                Reach::Field if is_copy(&self.ty) => quote!(Some(body.#ident)),
                Reach::Field => quote!(Some(&body.#ident)),
                Reach::Option if is_copy(&self.ty) => quote!(body.#ident),
                Reach::Option if is_string(&self.ty) || argument_of(&self.ty, "Vec").is_some() => {
                    quote!(body.#ident.as_deref())
                }
                Reach::Option => quote!(body.#ident.as_ref()),
                Reach::Through { field, is_option: false } => quote!(body.#field.#ident()),
                Reach::Through { field, is_option: true } => {
                    quote!(body.#field.as_ref().and_then(|body| body.#ident()))
                }
            };
            quote!(Self::#variant(body) => #value,)
        });
        quote! {
            #[doc = #doc]
            pub fn #ident(&self) -> Option<#given> {
                match self {
                    #(#arms)*
                    _ => None,
                }
            }
        }
    }

    /// The same under a shorter name.
    fn alias(&self, short: &str, long: &str) -> TokenStream {
        let (short, given) = (format_ident!("{short}"), self.given());
        let doc = format!(" The same as [`{long}`](Self::{long}).");
        let long = format_ident!("{long}");
        quote! {
            #[doc = #doc]
            pub fn #short(&self) -> Option<#given> {
                self.#long()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::types::StructField;

    fn union(tag: &str, variants: &[(&str, &str)]) -> Union {
        let variants = variants.iter().map(|(value, of)| ((*value).to_owned(), (*of).to_owned()));
        Union { tag: tag.to_owned(), variants: variants.collect(), ..Union::default() }
    }

    fn fields(listed: &[(&str, &str)]) -> Vec<StructField> {
        let field = |(name, ty): &(&str, &str)| StructField {
            ident: format_ident!("{name}"),
            ty: syn::parse_str(ty).unwrap(),
            doc: format!("The {name}."),
        };
        listed.iter().map(field).collect()
    }

    /// Cards of two types, one of which comes in two forms.
    fn cards() -> (Facts, Structs) {
        let mut facts = Facts::default();
        let mut card = union("type", &[("DEBIT", "debit"), ("PREPAID", "debit"), ("GIFT", "gift")]);
        card.tag_in_union.insert("gift".to_owned());
        facts.unions.insert("card".to_owned(), card);
        let of_debit = [("PHYSICAL", "plastic"), ("VIRTUAL", "number"), ("NONE", "nothing")];
        let mut details = union("form", &of_debit);
        details.bare.insert("nothing".to_owned());
        facts.unions.insert("debit_details".to_owned(), details);
        facts.unions.insert("gift_details".to_owned(), union("form", &[("VIRTUAL", "number")]));
        let structs = [
            (
                "Debit",
                fields(&[("details", "DebitDetails"), ("type_", "CardType"), ("note", "i64")]),
            ),
            ("Gift", fields(&[("details", "Option<GiftDetails>"), ("note", "String")])),
            (
                "Plastic",
                fields(&[
                    ("id", "crate::runtime::CardId"),
                    ("last_four", "Option<String>"),
                    ("card_status", "CardStatus"),
                    ("images", "Vec<Image>"),
                ]),
            ),
            (
                "Number",
                fields(&[
                    ("id", "crate::runtime::CardId"),
                    ("last_four", "String"),
                    ("card_status", "CardStatus"),
                ]),
            ),
        ];
        (facts, structs.map(|(name, fields)| (name.to_owned(), fields)).into_iter().collect())
    }

    fn code(component: &str) -> String {
        let (facts, structs) = cards();
        let tokens = Accessors::of(&facts, &structs).tokens(component, &facts.unions[component]);
        prettyplease::unparse(&syn::parse2(tokens).unwrap())
    }

    fn method(code: &str, name: &str) -> Option<String> {
        let from = code.find(&format!("pub fn {name}("))?;
        let to = code[from..].find("\n    }")?;
        Some(code[from..from + to].split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_variants_have_in_common_is_read_by_its_type() {
        let code = code("debit_details");
        let body = |name, arms: &str, ty: &str| {
            assert_eq!(
                method(&code, name).unwrap(),
                format!(
                    "pub fn {name}(&self) -> Option<{ty}> {{ match self {{ {arms} _ => None, }}"
                )
            );
        };
        // Ids are copied, text is lent, and what one variant needs another may do without.
        let id = "Self::Virtual(body) => Some(body.id), Self::Physical(body) => Some(body.id),";
        body("id", id, "crate::runtime::CardId");
        let last_four = "Self::Virtual(body) => Some(&body.last_four), \
                         Self::Physical(body) => body.last_four.as_deref(),";
        body("last_four", last_four, "&str");
        body("images", "Self::Physical(body) => Some(&body.images),", "&[Image]");
        assert!(code.contains("Only `Physical` can have it."));
        assert!(!code.contains("fn status"), "it is not called debit_details_status");
    }

    #[test]
    fn unions_within_are_looked_through() {
        let code = code("card");
        let status = method(&code, "card_status").unwrap();
        assert!(status.contains("Self::Debit(body) => body.details.card_status(),"), "{status}");
        let within_option = "body.details.as_ref().and_then(|body| body.card_status())";
        assert!(status.contains(within_option), "{status}");
        let short = method(&code, "status").unwrap();
        assert_eq!(short, "pub fn status(&self) -> Option<&CardStatus> { self.card_status()");
        assert!(method(&code, "note").is_none(), "one is a number, the other a text");
        assert!(method(&code, "details").is_none(), "they are different unions");
    }

    #[test]
    fn the_tag_is_what_the_body_says_or_what_leads_to_it() {
        assert_eq!(
            method(&code("card"), "tag").unwrap(),
            "pub fn tag(&self) -> Option<&str> { match self { \
             Self::Debit(body) => Some(body.type_.as_str()), Self::Gift(_) => Some(\"GIFT\"), \
             Self::Unknown(value) => value.tag(), }"
        );
        let tag = method(&code("debit_details"), "tag").unwrap();
        assert!(tag.contains("Self::None => Some(\"NONE\"),"), "{tag}");
        assert!(method(&code("card"), "type_").is_none());
    }

    #[test]
    fn a_union_that_holds_itself_comes_to_an_end() {
        let mut facts = Facts::default();
        facts.unions.insert("a".to_owned(), union("t", &[("X", "x"), ("Y", "y")]));
        facts.unions.insert("b".to_owned(), union("t", &[("X", "x"), ("Y", "y")]));
        let structs = Structs::from([
            ("X".to_owned(), fields(&[("inner", "A"), ("id", "Uuid")])),
            ("Y".to_owned(), fields(&[("inner", "B"), ("id", "Uuid")])),
        ]);
        let tokens = Accessors::of(&facts, &structs).tokens("a", &facts.unions["a"]);
        assert!(tokens.to_string().contains("pub fn id"));
    }
}
