//! Cases: what the bank's staff looks into.
//!
//! The platform shows cases in its console alone; its API tells of them by `CASE.*` events. Of a case
//! the document has `case_id` and `case_reason`; the other members are this sandbox's.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const CASE: Kind =
    Kind { name: "case", id: "id", keys: &[("resource", "/related_resource_id")] };

/// Something that somebody looks into.
pub(crate) enum Case {}

impl Resource for Case {
    const KIND: &'static Kind = &CASE;
    type Wire = CaseRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CaseRecord {
    id: Uuid,
    tenant: String,
    /// A number, by which the console calls it.
    case_id: String,
    case_reason: CaseReason,
    status: CaseStatus,
    related_resource_type: String,
    related_resource_id: String,
    creation_time: DateTime<Utc>,
    last_updated_time: DateTime<Utc>,
}

/// Why a case was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CaseReason {
    VerificationReview,
    MonitoringAlert,
    Dispute,
    CardImageReview,
    SpendControlViolation,
    ApplicationReview,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CaseStatus {
    Open,
    Resolved,
}

/// The number before that of the first case.
const NUMBERS_BEGIN_AFTER: i64 = 1_000;

/// Opens a case about a resource, unless one for this reason is open.
pub(crate) fn open(
    ctx: &Ctx<'_>,
    reason: CaseReason,
    kind: &Kind,
    id: impl ToString,
) -> Result<(), ApiError> {
    let id = id.to_string();
    if open_one(ctx, reason, &id)?.is_none() {
        add(ctx, reason, kind, id)?;
    }
    Ok(())
}

/// Opens a case about a resource, beside those that are open.
pub(crate) fn add(
    ctx: &Ctx<'_>,
    reason: CaseReason,
    kind: &Kind,
    id: impl ToString,
) -> Result<(), ApiError> {
    let number = NUMBERS_BEGIN_AFTER.saturating_add(ctx.tx.next("cases")?);
    let case = CaseRecord {
        id: ctx.new_side_id()?,
        tenant: ctx.tenant.to_owned(),
        case_id: number.to_string(),
        case_reason: reason,
        status: CaseStatus::Open,
        related_resource_type: kind.name.to_uppercase().replace(' ', "_"),
        related_resource_id: id.to_string(),
        creation_time: ctx.now,
        last_updated_time: ctx.now,
    };
    ctx.add(&Record::<Case>::new(case, ()))
}

/// Resolves the open case about a resource, if there is one for this reason.
pub(crate) fn resolve(
    ctx: &Ctx<'_>,
    reason: CaseReason,
    id: impl ToString,
) -> Result<(), ApiError> {
    let Some(mut case) = open_one(ctx, reason, &id.to_string())? else {
        return Ok(());
    };
    case.status = CaseStatus::Resolved;
    case.last_updated_time = ctx.now;
    ctx.save(&case)
}

fn open_one(ctx: &Ctx<'_>, reason: CaseReason, id: &str) -> Result<Option<Record<Case>>, ApiError> {
    let cases = ctx.find_all::<Case>("resource", id)?;
    Ok(cases.into_iter().find(|case| case.case_reason == reason && case.status == CaseStatus::Open))
}
