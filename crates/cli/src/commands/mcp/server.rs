//! The server: which tool is called with what, and how its result is sent.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler};
use serde_json::{Map, Value};
use synctera_api::spec::masked;

use super::call::{self, Asked};
use super::place::Place;
use super::{clock, describe, journey, search, tools};
use crate::call::writing;
use crate::exit::Failure;

/// Stands for a value that is never shown.
const MASK: &str = "****";
/// Bytes of a result: a longer one would fill the memory of an assistant.
const RESULT_MAX: usize = 100_000;

/// A server for one place.
pub(super) struct Server {
    pub(super) place: Place,
}

impl Server {
    async fn result(&self, name: &str, mut given: Map<String, Value>) -> Result<Value, Failure> {
        match name {
            tools::SEARCH => Ok(search::find(&text(&mut given, "query")?)),
            tools::DESCRIBE => describe::describe(&text(&mut given, "name")?),
            tools::CALL => {
                let asked = Asked {
                    name: text(&mut given, "name")?,
                    parameters: object(&mut given, "parameters")?.unwrap_or_default(),
                    body: given.remove("body").filter(|body| !body.is_null()),
                    idempotency_key: given
                        .contains_key("idempotency_key")
                        .then(|| text(&mut given, "idempotency_key"))
                        .transpose()?,
                };
                let answered = call::call(&self.place, asked).await;
                // What is sent to the assistant says that it was done.
                writing::forget_done();
                answered.map(|answer| masked(&answer, MASK))
            }
            tools::JOURNEY => {
                let entries = object(&mut given, "entries")?;
                let entries = entries.ok_or_else(|| missing("entries"))?;
                journey::run(&self.place, entries).await
            }
            tools::CLOCK => clock::advance(&self.place.settings, given).await,
            _ => Err(Failure::usage("there is no such tool; next: see tools/list")),
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let place = if self.place.is_production() {
            "This is production: real customers and money. Only reading is allowed, but for what a person allowed."
        } else {
            "This is a sandbox: no real customers and no real money."
        };
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("synctera", env!("CARGO_PKG_VERSION")))
            .with_instructions(format!(
                "The Synctera banking platform. {place} Find an operation or a journey, describe it, then call \
                 or run it."
            ))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let given = request.arguments.unwrap_or_default();
        let result = match self.result(&request.name, given).await {
            Ok(value) => {
                let text = value.to_string();
                if text.len() <= RESULT_MAX {
                    CallToolResult::success(vec![ContentBlock::text(text)])
                } else {
                    CallToolResult::error(vec![ContentBlock::text(format!(
                        "the result has {} bytes, more than {RESULT_MAX}; it was done; next: read less, with \
                         limit or a filter",
                        text.len()
                    ))])
                }
            }
            Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.message)]),
        };
        Ok(result.into())
    }
}

fn missing(name: &str) -> Failure {
    Failure::usage(format!("{name} is missing; next: give it"))
}

fn text(given: &mut Map<String, Value>, name: &str) -> Result<String, Failure> {
    match given.remove(name) {
        Some(Value::String(text)) => Ok(text),
        None | Some(Value::Null) => Err(missing(name)),
        Some(_) => Err(Failure::usage(format!("{name} is not a text; next: correct it"))),
    }
}

fn object(
    given: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<Map<String, Value>>, Failure> {
    match given.remove(name) {
        Some(Value::Object(members)) => Ok(Some(members)),
        None | Some(Value::Null) => Ok(None),
        Some(_) => Err(Failure::usage(format!("{name} is not an object; next: correct it"))),
    }
}
