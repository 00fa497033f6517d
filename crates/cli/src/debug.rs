//! `--debug`: a line for each attempt of a call. It has no key, no body, and no id of the path.

use synctera::Exchange;

use crate::output::note;

/// Prints an attempt.
pub(crate) fn attempt(exchange: &Exchange<'_>) {
    let operation = exchange.operation;
    let outcome = match (exchange.status(), exchange.outcome) {
        (Some(status), _) => status.to_string(),
        (None, Err(failure)) => format!("{:?}", failure.kind),
        (None, Ok(_)) => String::new(),
    };
    let id = exchange.outcome.ok().and_then(|response| response.request_id());
    let id = id.map(|id| format!(" request id {}", synctera_runtime::quoted(id, 100)));
    note(&format!(
        "{} {} {} attempt {}: {outcome} in {:?}{}",
        operation.id,
        operation.method,
        operation.path,
        exchange.attempt,
        exchange.took,
        id.unwrap_or_default()
    ));
}
