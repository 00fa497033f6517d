//! Jobs that failed: set aside, and reported by the control API.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::DateTime;
use serde_json::json;

use crate::model::{ApiError, timestamp};
use crate::store::{Job, Tx};

/// The kind of failed jobs, in the workspace that each was for.
pub(super) const FAILED: &str = "failed job";

/// Runs a job. One that panics has failed like any other: its transaction is undone.
pub(super) fn catching(
    job: &Job,
    run: impl FnOnce() -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(ApiError::Internal(format!("the job {} panicked", job.kind))))
}

/// Records that a job failed, and why.
pub(super) fn set_aside(tx: &Tx<'_>, job: &Job, refusal: ApiError) -> Result<String, ApiError> {
    let id = format!("{}-{}", tx.next("failed jobs")?, job.seq);
    let why = refusal.into_problem(format!("job {id}")).detail;
    let body = json!({
        "job": job.kind, "workspace": job.tenant, "subject": job.subject,
        "due_at": DateTime::from_timestamp_millis(job.due_at).map(timestamp), "why": why,
    });
    tx.insert(&job.tenant, FAILED, &id, &body, &[])?;
    tracing::warn!(job = job.kind, subject = job.subject, why, "what was due failed");
    Ok(format!("{} of {}: {why}", job.kind, job.subject))
}
