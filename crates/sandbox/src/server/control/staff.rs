//! What only the platform's staff can do: alerts, stop payments, statuses of accounts, bans.

use axum::Extension;
use axum::body::Bytes;
use serde::Deserialize;
use serde_json::json;
use synctera_api::v2::types::{AccountStatus, MonitoringAlertType};

use crate::domain::accounts::standing;
use crate::domain::ach::stops;
use crate::domain::{bans, monitoring};
use crate::server::control::response::{ControlResponse, Named, Shared, created, read};
use crate::server::response::as_json;
use crate::spec::stored_id;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedAlert {
    party_id: String,
    #[serde(rename = "type")]
    alert_type: MonitoringAlertType,
}

/// Raises a monitoring alert, as if a list named the party.
pub(super) async fn raise_alert(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let wanted: WantedAlert = read(&body, "party_id and type")?;
    let id = app.blocking(move |engine| {
        engine.act(|ctx| monitoring::raise(ctx, &wanted.party_id, &wanted.alert_type))
    });
    Ok(created(&json!({ "alert_id": id.await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedStop {
    account_id: String,
    originator_name: String,
}

/// Stops the debits of an originator on an account, as the bank's staff does.
pub(super) async fn stop_payment(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let wanted: WantedStop = read(&body, "account_id and originator_name")?;
    let stop = app.blocking(move |engine| {
        engine.act(|ctx| {
            stops::add(ctx, &wanted.account_id, &wanted.originator_name, None)?.document()
        })
    });
    Ok(created(&stop.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedStatus {
    account_id: String,
    status: AccountStatus,
    #[serde(default)]
    note: String,
}

/// Sets the status of an account.
pub(super) async fn set_account_status(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let wanted: WantedStatus = read(&body, "account_id, status, and a note if there is one")?;
    let account = app.blocking(move |engine| {
        engine.act(|ctx| {
            let WantedStatus { account_id, status, note } = &wanted;
            standing::set_by_staff(ctx, account_id, status, note)
        })
    });
    let account = account.await?;
    Ok(as_json(&json!({ "account_id": account.id, "status": account.status })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedBan {
    person_id: String,
}

/// Bans the identity of a person.
pub(super) async fn ban(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let wanted: WantedBan = read(&body, "person_id")?;
    let banned =
        app.blocking(move |engine| engine.act(|ctx| bans::add(ctx, &wanted.person_id))).await?;
    Ok(created(&json!({ "person_ids": banned })))
}

/// Lifts the ban on the identity of a person.
pub(super) async fn lift_ban(Extension(app): Shared, Named(id): Named) -> ControlResponse {
    let id = stored_id(id);
    let allowed = app.blocking(move |engine| engine.act(|ctx| bans::lift(ctx, &id))).await?;
    Ok(as_json(&json!({ "person_ids": allowed })))
}
