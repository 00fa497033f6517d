//! Workspaces: each is a bank of its own for programs.

use std::collections::BTreeSet;

use axum::response::Response;
use maud::html;
use serde_json::Value;

use crate::context::Context;
use crate::page::Page;
use crate::texts::{self, administrator};

pub(super) async fn show(context: Context) -> Response {
    let keys = match context.control("/sandbox/keys").await {
        Ok(keys) => keys,
        Err(failure) => return failure.of_page(&context),
    };
    let list = |of: &Value, name: &str| of.get(name).and_then(Value::as_array).cloned();
    let known: BTreeSet<String> = context.bank.workspaces().into_iter().collect();
    let keys = list(&keys, "keys").unwrap_or_default();
    let count = |workspace: &str| {
        let is_its = |key: &&Value| key.get("workspace").and_then(Value::as_str) == Some(workspace);
        keys.iter().filter(is_its).count()
    };
    let content = html! {
        h1 { (texts::WORKSPACES) }
        p { (administrator::WORKSPACES_ABOUT) }
        div .scroll tabindex="0" role="region" aria-label=(texts::WORKSPACES) {
            table {
                thead { tr { th scope="col" { (texts::WORKSPACE) } th scope="col" .number { (texts::API_KEYS) } th scope="col" { (administrator::WORKSPACES_SHOWN) } } }
                tbody {
                    @for workspace in &known {
                        tr {
                            th scope="row" { a href=(context.url(&format!("{workspace}/overview"))) { (workspace) } }
                            td .number { (count(workspace)) }
                            td { @if *workspace == context.workspace { (texts::YES) } @else { (texts::NO) } }
                        }
                    }
                }
            }
        }
        p { a href=(context.admin("keys")) { (texts::API_KEYS) } }
    };
    Page::new(texts::WORKSPACES, content).of(&context)
}
