//! Files to reconcile (v0): taken in, and read a while later.
//!
//! Neither the layout of these files nor the result of comparing them is published: the console shows
//! it. Here a file can be read when it is text in UTF-8 with a head line, a line or more below it,
//! and the same number of columns in all of them; any other fails.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::v0::types::{self, IngestionStatus};

use crate::domain::listing::{List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served, build};
use crate::spec::FieldErrors;

const RECONCILIATION: Kind = Kind { name: "reconciliation", id: "id", keys: &[] };

/// A file that was taken in.
enum Reconciliation {}

impl Resource for Reconciliation {
    const KIND: &'static Kind = &RECONCILIATION;
    type Wire = types::Reconciliation;
    type Facts = ReconciliationFacts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct ReconciliationFacts {
    /// Whether the ingestion will succeed. The contents themselves are not kept.
    is_readable: bool,
}

/// The job that reads a file in.
pub(crate) const INGEST: &str = "reconciliation.ingest";

pub(crate) const SERVED: &[Served] = &[
    Served::new("create_reconciliation", create).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("get_reconciliation", &[("reconciliation_id", &RECONCILIATION)], get),
    Served::new("list_reconciliations", list),
];

/// The alphabet of URLs; whether there is padding is not said, and does not matter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is wrong with the body of a new one.
fn errors_of(body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if body.get("file_name").and_then(Value::as_str).is_some_and(|name| name.trim().is_empty()) {
        errors.merge(no_name());
    }
    let contents = body.get("byte_data").and_then(Value::as_str);
    if contents.is_some_and(|contents| BASE64.decode(contents).is_err()) {
        errors.merge(no_base64());
    }
    errors
}

fn no_name() -> FieldErrors {
    FieldErrors::invalid("file_name", "must not be empty")
}

fn no_base64() -> FieldErrors {
    FieldErrors::invalid("byte_data", "must be written in base64url")
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    // The document lets the whole body be left out.
    let asked: types::NewReconciliation = ctx.body::<Option<_>>()?.ok_or_else(no_name)?;
    let contents = BASE64.decode(&asked.byte_data).map_err(|_| no_base64())?;
    let id = ctx.new_id()?;
    let reconciliation = build(json!({
        "id": id, "file_name": asked.file_name, "ingestion_status": IngestionStatus::InProcess,
    }))?;
    let facts = ReconciliationFacts { is_readable: is_table(&contents) };
    let reconciliation = Record::<Reconciliation>::new(reconciliation, facts);
    ctx.add(&reconciliation)?;
    let due = ctx.now + Duration::minutes(ctx.settings.reconciliation_minutes.into());
    ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), INGEST, &id.to_string())?;
    Reply::json(201, &reconciliation.wire)
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
    Reply::json(200, &ctx.find_in_url::<Reconciliation>("reconciliation_id")?.wire)
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
    let Some(mut reconciliation) = ctx.find::<Reconciliation>(id)? else {
        return Ok(());
    };
    reconciliation.ingestion_status = if reconciliation.facts.is_readable {
        IngestionStatus::Completed
    } else {
        IngestionStatus::Failed
    };
    ctx.save(&reconciliation)
}
