//! The table of operations: what the transport and the tools must know about each.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::document::OperationKey;
use crate::passes::{Answer, Body, OperationFacts};

/// An operation as the table, the methods and the documentation see it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Name of the method: the operation id in snake case.
    pub id: String,
    /// Method and path.
    pub key: OperationKey,
    /// The family it belongs to.
    pub family: String,
    /// What the passes found out about it.
    pub facts: OperationFacts,
    /// The version of the document that describes it, when it is a legacy one.
    pub source: Option<String>,
    /// The current operation that does its work, when there is one.
    pub replaced_by: Option<String>,
}

/// `pub static OPERATIONS: [Operation; N]`, in the order of their ids, and a constant for each.
pub(crate) fn table(operations: &[Operation]) -> TokenStream {
    let mut operations: Vec<&Operation> = operations.iter().collect();
    operations.sort_by(|a, b| a.id.cmp(&b.id));
    let count = operations.len();
    let constants = operations.iter().enumerate().map(|(place, operation)| {
        let name = format_ident!("{}", operation.id.to_uppercase());
        let doc = format!(" `{} {}`", operation.key.method.to_uppercase(), operation.key.path);
        quote! {
            #[doc = #doc]
            pub const #name: &crate::runtime::Operation = &super::OPERATIONS[#place];
        }
    });
    let rows = operations.iter().map(|operation| {
        let Operation { id, key, family, facts, .. } = operation;
        let (method, path) = (key.method.to_uppercase(), &key.path);
        let listed = facts.lists_idempotency;
        let page_items = option(facts.page_items.as_deref());
        let body = match &facts.body {
            Body::Json => quote!(crate::runtime::BodyKind::Json),
            Body::Form(_) => quote!(crate::runtime::BodyKind::Form),
            Body::Bytes(_) => quote!(crate::runtime::BodyKind::Bytes),
        };
        let answer = match facts.answer {
            Answer::Nothing => quote!(crate::runtime::AnswerKind::Nothing),
            Answer::Json => quote!(crate::runtime::AnswerKind::Json),
            Answer::Bytes => quote!(crate::runtime::AnswerKind::Bytes),
        };
        quote! {
            crate::runtime::Operation::row(
                #id, #method, #path, #family, #listed, #page_items, #body, #answer,
            ),
        }
    });
    quote! {
        /// Every operation of this interface, in the order of their ids.
        pub static OPERATIONS: [crate::runtime::Operation; #count] = [#(#rows)*];

        /// Every operation of this interface by its name.
        pub mod operations {
            #(#constants)*
        }
    }
}

fn option(value: Option<&str>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}
