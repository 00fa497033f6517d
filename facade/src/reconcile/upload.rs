//! Files for the platform to reconcile, by the legacy interface (feature `reconciliations`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use synctera_api::Error;
use synctera_api::runtime::{ReconciliationId, Sensitive};
use uuid::Uuid;

use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::{Availability, Journey, Run, Sealed, Steps};
use crate::polling::{self, Await, Awaited, Polling};
use crate::v0::types::{IngestionStatus, NewReconciliation, Reconciliation};

impl Synctera {
    /// Uploads a file for the platform to compare with its ledger, by the legacy interface. The
    /// program must have the feature enabled, and its file layout is agreed with the platform. The
    /// result of the comparison is shown only in the platform's console.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use synctera::Synctera;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = synctera_sandbox::Sandbox::builder()
    /// #     .clock_held_at("2026-11-24T14:00:00Z".parse()?).start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// use synctera::reconcile::{Ingestion, ReconciliationFile};
    ///
    /// let file = ReconciliationFile::new("november.csv", "reference,amount\norder-9,1000\n");
    /// let file = client.upload_reconciliation(&file).key("november").await?;
    /// # sandbox.advance(chrono::TimeDelta::hours(1))?;
    /// match client.await_ingestion(file.id).await? {
    ///     Ingestion::Completed(_) => println!("read"),
    ///     Ingestion::Failed(_) => println!("the platform cannot read it"),
    ///     Ingestion::InProcess(_) => println!("not read yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a file without a name or content,
    /// before anything is sent; otherwise the platform's errors.
    pub fn upload_reconciliation(
        &self,
        file: &ReconciliationFile,
    ) -> Run<'static, ReconciliationFile> {
        Run::new(self, file)
    }

    /// Waits until the platform has read a file: polls it at growing intervals (from 1 to 30 seconds,
    /// for one hour, unless [`Await::polling`] is set).
    ///
    /// It ends with [`Ingestion::Completed`] or [`Ingestion::Failed`], or at the deadline with
    /// [`Ingestion::InProcess`].
    ///
    /// # Errors
    /// The errors of polling.
    pub fn await_ingestion(&self, id: ReconciliationId) -> Await<'static, AwaitIngestion> {
        Await::new(self, AwaitIngestion { id })
    }
}

/// A file whose ingestion is awaited; see [`Synctera::await_ingestion`].
#[derive(Clone, Copy, Debug)]
pub struct AwaitIngestion {
    id: ReconciliationId,
}

impl polling::sealed::Sealed for AwaitIngestion {}

impl Awaited for AwaitIngestion {
    type Outcome = Ingestion;

    const NAME: &'static str = "await_ingestion";

    const POLLING: Polling =
        Polling::new(Duration::from_secs(1), Duration::from_secs(30), Duration::from_secs(3600));

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    async fn poll_once(
        &self,
        client: &Synctera,
        is_last: bool,
    ) -> Result<Option<Ingestion>, Error> {
        let file = client.legacy().get_reconciliation(self.id).await?.into_inner();
        Ok(match file.ingestion_status {
            IngestionStatus::Completed => Some(Ingestion::Completed(file)),
            IngestionStatus::Failed => Some(Ingestion::Failed(file)),
            _ => is_last.then_some(Ingestion::InProcess(file)),
        })
    }
}

/// A file to upload; see [`Synctera::upload_reconciliation`].
#[derive(Clone, Debug)]
pub struct ReconciliationFile {
    name: String,
    /// In base64, as it is sent.
    contents: Sensitive<String>,
}

impl ReconciliationFile {
    /// A file of this name and content.
    pub fn new(name: impl Into<String>, contents: impl AsRef<[u8]>) -> Self {
        Self { name: name.into(), contents: Sensitive::new(URL_SAFE.encode(contents)) }
    }
}

/// The status of a file.
#[derive(Clone, Debug)]
pub enum Ingestion {
    /// The platform has read it.
    Completed(Reconciliation),
    /// The platform cannot read it.
    Failed(Reconciliation),
    /// The platform is still reading it.
    InProcess(Reconciliation),
}

impl Sealed for ReconciliationFile {}

impl Journey for ReconciliationFile {
    type Outcome = Reconciliation;

    const NAME: &'static str = "upload_reconciliation";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Reconciliation, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.name, "file_name");
        checks.given(!self.contents.expose().is_empty(), "byte_data");
        checks.finish()?;
        let body = NewReconciliation::new(self.contents.expose().clone(), self.name.clone());
        steps
            .write_legacy("", |api| api.create_reconciliation(&body), |file| file.id.to_string())
            .await
    }
}
