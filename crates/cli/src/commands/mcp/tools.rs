//! The tools that an assistant is offered. Their list is short: it is in each of its conversations.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

pub(super) const SEARCH: &str = "search_operations";
pub(super) const DESCRIBE: &str = "describe_operation";
pub(super) const CALL: &str = "call_operation";
pub(super) const JOURNEY: &str = "run_journey";
pub(super) const CLOCK: &str = "advance_clock";

/// All of them.
pub(super) fn all() -> Vec<Tool> {
    vec![
        tool(
            SEARCH,
            "Find operations and journeys by words",
            &[("query", "string")],
            &["query"],
            true,
        ),
        tool(
            DESCRIBE,
            "What an operation or a journey takes, with an example",
            &[("name", "string")],
            &["name"],
            true,
        ),
        tool(
            CALL,
            "Call an operation. parameters: of path and query. Amounts are in cents. The same idempotency_key does a write once",
            &[
                ("name", "string"),
                ("parameters", "object"),
                ("body", "object"),
                ("idempotency_key", "string"),
            ],
            &["name"],
            false,
        ),
        tool(
            JOURNEY,
            "Run journeys in order: {NAME: {JOURNEY: REQUEST}}. NAME is the key of the run; later entries may use \"$NAME\" for the id of what it made",
            &[("entries", "object")],
            &["entries"],
            false,
        ),
        tool(
            CLOCK,
            "Move the sandbox's clock on; what falls due is done",
            &[
                ("banking_days", "integer"),
                ("days", "integer"),
                ("hours", "integer"),
                ("minutes", "integer"),
            ],
            &[],
            false,
        ),
    ]
}

fn tool(
    name: &'static str,
    about: &'static str,
    members: &[(&str, &str)],
    required: &[&str],
    is_read: bool,
) -> Tool {
    let properties: Map<String, Value> =
        members.iter().map(|(name, kind)| ((*name).to_owned(), json!({ "type": kind }))).collect();
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    let tool = Tool::new(name, about, Arc::new(schema));
    if is_read { tool.annotate(ToolAnnotations::new().read_only(true)) } else { tool }
}
