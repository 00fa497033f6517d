//! Workspaces: each is a bank of its own for programs.

use std::collections::BTreeSet;

use axum::response::Response;
use maud::html;
use serde_json::Value;

use crate::context::Context;
use crate::format::plain;
use crate::page::Page;

pub(super) async fn show(context: Context) -> Response {
    let (state, keys) =
        match (context.control("/sandbox").await, context.control("/sandbox/keys").await) {
            (Ok(state), Ok(keys)) => (state, keys),
            (Err(failure), _) | (_, Err(failure)) => return failure.of_page(&context),
        };
    let list = |of: &Value, name: &str| of.get(name).and_then(Value::as_array).cloned();
    let known = list(&state, "workspaces").unwrap_or_default();
    let known: BTreeSet<String> = known.iter().map(plain).collect();
    let keys = list(&keys, "keys").unwrap_or_default();
    let count = |workspace: &str| {
        let is_its = |key: &&Value| key.get("workspace").and_then(Value::as_str) == Some(workspace);
        keys.iter().filter(is_its).count()
    };
    let content = html! {
        h1 { "Workspaces" }
        p { "Programs of one workspace see nothing of another. A key without a workspace opens a new one." }
        div .scroll tabindex="0" role="region" aria-label="Workspaces" {
            table {
                thead { tr { th scope="col" { "Workspace" } th scope="col" .number { "API keys" } th scope="col" { "Shown here" } } }
                tbody {
                    @for workspace in &known {
                        tr {
                            th scope="row" { a href=(context.url(&format!("{workspace}/overview"))) { (workspace) } }
                            td .number { (count(workspace)) }
                            td { @if *workspace == context.workspace { "yes" } @else { "no" } }
                        }
                    }
                }
            }
        }
        p { a href=(context.admin("keys")) { "API keys" } }
    };
    Page::new("Workspaces", content).of(&context)
}
