//! What others than the integrator do: merchants, operators, readers of data.

use axum::Extension;
use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::application_decisions::ApplicationDecision;
use crate::domain::cards::three_ds;
use crate::domain::fdx;
use crate::registry;
use crate::server::control::response::{ControlResponse, Refused, Shared, created, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedAuthentication {
    card_id: String,
    amount: i64,
    #[serde(default = "answered")]
    is_answered: bool,
}

fn answered() -> bool {
    true
}

/// Has a merchant ask for the cardholder by 3-D Secure.
pub(super) async fn authenticate_cardholder(
    Extension(app): Shared,
    body: Bytes,
) -> ControlResponse {
    let wanted: WantedAuthentication = read(&body, "card_id, amount and is_answered")?;
    let WantedAuthentication { card_id, amount, is_answered } = wanted;
    let authentication = app.blocking(move |engine| {
        engine.act(|ctx| three_ds::authenticate(ctx, &card_id, amount, is_answered)?.document())
    });
    Ok(created(&authentication.await?))
}

/// Decides on an application, as an operator does in the console.
pub(super) async fn decide_application(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let decision: ApplicationDecision =
        read(&body, "application_id, decision and what goes with it")?;
    let decided =
        app.blocking(move |engine| engine.act(|ctx| registry::decide_application(ctx, &decision)));
    Ok(created(&decided.await?))
}

/// Does what a reader of data does in Plaid Core Exchange: gets tokens, renews or revokes them.
pub(super) async fn fdx_step(Extension(app): Shared, body: Bytes) -> ControlResponse {
    const ONE_OF: &str = "authorization_code, refresh_token or revoke";
    let members: Map<String, Value> = read(&body, ONE_OF)?;
    if members.len() != 1 {
        return Err(Refused::bad(format!("the body must have one of {ONE_OF}")));
    }
    let step: fdx::ReaderStep = read(&body, ONE_OF)?;
    let tokens = app.blocking(move |engine| engine.act(|ctx| fdx::step(ctx, &step))).await?;
    Ok(created(&json!({ "fdx_tokens": tokens })))
}
