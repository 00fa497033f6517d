//! Files to reconcile (v0): taken in, and read a while later.
//!
//! Nobody publishes the layout of these files, nor what comes of comparing them: the console shows
//! it. Here a file can be read when it is text in UTF-8 with a head line, a line or more below it,
//! and the same number of columns in all of them; any other fails.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::Duration;
use serde_json::json;
use synctera_api::v0::types;

use crate::domain::listing::{List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, text};
use crate::spec::FieldErrors;

const RECONCILIATION: Kind = Kind { name: "reconciliation", id: "id", keys: &[] };

/// The job that reads a file in.
pub(crate) const INGEST: &str = "reconciliation.ingest";

pub(crate) const SERVED: &[Served] = &[
    Served::new("create_reconciliation", create),
    Served::on("get_reconciliation", &[("reconciliation_id", &RECONCILIATION)], get),
    Served::new("list_reconciliations", list),
];

/// The alphabet of URLs; whether there is padding is not said, and does not matter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn create(ctx: &Ctx<'_>) -> Outcome {
    let Ok(contents) = BASE64.decode(text(&ctx.request.body, "byte_data")) else {
        return Err(FieldErrors::invalid("byte_data", "must be written in base64url").into());
    };
    if text(&ctx.request.body, "file_name").trim().is_empty() {
        return Err(FieldErrors::invalid("file_name", "must not be empty").into());
    }
    let id = ctx.new_id()?.to_string();
    let reconciliation = json!({
        "id": id, "file_name": ctx.request.body["file_name"], "ingestion_status": "IN_PROCESS",
        // Not shown.
        "is_readable": is_table(&contents),
    });
    ctx.insert(&RECONCILIATION, &reconciliation)?;
    let due = ctx.now + Duration::minutes(ctx.settings.reconciliation_minutes.into());
    ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), INGEST, &id)?;
    Reply::created::<types::Reconciliation>(reconciliation)
}

fn is_table(contents: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(contents) else {
        return false;
    };
    let mut columns = text.lines().map(|line| line.split(',').count());
    let head = columns.next();
    let mut rows = columns.peekable();
    rows.peek().is_some() && rows.all(|count| Some(count) == head)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Reconciliation>(ctx.url_resource(&RECONCILIATION, "reconciliation_id")?)
}

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &RECONCILIATION,
        items: "reconciliations",
        filters: &[],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::ReconciliationList>(ctx)
}

/// Reads a file in.
pub(crate) fn ingest(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut reconciliation) = ctx.get(&RECONCILIATION, id)? else {
        return Ok(());
    };
    let read = reconciliation["is_readable"] == true;
    reconciliation["ingestion_status"] = json!(if read { "COMPLETED" } else { "FAILED" });
    ctx.update(&RECONCILIATION, &reconciliation)
}
