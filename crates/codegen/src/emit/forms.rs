//! Multipart forms: a struct for the parts, and how they become one body.

use proc_macro2::TokenStream;
use quote::quote;

use crate::naming::{type_ident, value_ident};
use crate::passes::{Facts, Form};

/// Adds the file parts to a form's struct and gives it the way to become a body.
pub(crate) fn form(
    component: &str,
    form: &Form,
    facts: &Facts,
    item: &mut syn::ItemStruct,
) -> TokenStream {
    let name = type_ident(component);
    // Its parts are not JSON, and a form is only ever sent.
    item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
    item.attrs.push(syn::parse_quote!(#[derive(Clone, Debug)]));
    item.attrs.push(syn::parse_quote!(#[cfg_attr(feature = "testing", derive(PartialEq))]));
    let mut parts = TokenStream::new();
    if let syn::Fields::Named(fields) = &mut item.fields {
        for field in &mut fields.named {
            let Some(ident) = field.ident.clone() else {
                continue;
            };
            field.attrs.retain(|attribute| attribute.path().is_ident("doc"));
            let file = form.files.iter().find(|part| value_ident(part) == ident);
            let text = form.texts.iter().find(|part| value_ident(part) == ident);
            let wire = |part| facts.wire_name(component, part);
            match (file, text) {
                (Some(part), _) if form.required.contains(part) => {
                    field.ty = syn::parse_quote!(crate::runtime::Upload);
                    let part = wire(part);
                    parts.extend(quote!(form.file(#part, self.#ident)?;));
                }
                (Some(part), _) => {
                    field.ty = syn::parse_quote!(::std::option::Option<crate::runtime::Upload>);
                    let part = wire(part);
                    parts.extend(
                        quote!(if let Some(file) = self.#ident { form.file(#part, file)?; }),
                    );
                }
                (None, Some(part)) => {
                    let part = wire(part);
                    parts.extend(quote!(form.text(#part, &self.#ident)?;));
                }
                (None, None) => {}
            }
        }
    }
    quote! {
        impl #name {
            /// The parts as one `multipart/form-data` body.
            pub(crate) fn into_form(self) -> Result<crate::runtime::Form, crate::runtime::Error> {
                let mut form = crate::runtime::Form::new();
                #parts
                Ok(form)
            }
        }
    }
}
