//! Files for the platform to reconcile, by the legacy interface (feature `reconciliations`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use synctera_api::Error;
use synctera_api::runtime::{ReconciliationId, Sensitive};

use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::{Journey, Run, Sealed, Steps};
use crate::v0::types::{IngestionStatus, NewReconciliation, Reconciliation};

/// The wait between two reads of a file's status: the first, and the longest.
const POLL_WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

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
    /// match client.await_ingestion(file.id, Duration::from_secs(60)).await? {
    ///     Ingestion::Completed(_) => println!("read"),
    ///     Ingestion::Failed(_) => println!("the platform cannot read it"),
    ///     Ingestion::InProcess(_) => println!("not read yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a file without a name or content, before
    /// anything is sent; and the platform's refusals.
    pub fn upload_reconciliation<'a>(
        &'a self,
        file: &'a ReconciliationFile,
    ) -> Run<'a, ReconciliationFile> {
        Run::new(self, file)
    }

    /// Waits until the platform has read a file, for this long at most. It reads the status at once,
    /// and then again after 1, 2, 4, ... seconds, at most 30.
    ///
    /// # Errors
    /// Those of reading the status.
    pub async fn await_ingestion(
        &self,
        id: ReconciliationId,
        limit: Duration,
    ) -> Result<Ingestion, Error> {
        let (mut wait, longest) = POLL_WAITS;
        let mut left = limit;
        loop {
            let file = self.legacy().get_reconciliation(id).await?.into_inner();
            match file.ingestion_status {
                IngestionStatus::Completed => return Ok(Ingestion::Completed(file)),
                IngestionStatus::Failed => return Ok(Ingestion::Failed(file)),
                _ if left.is_zero() => return Ok(Ingestion::InProcess(file)),
                _ => {}
            }
            let now = wait.min(left);
            tokio::time::sleep(now).await;
            left -= now;
            wait = (wait * 2).min(longest);
        }
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

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Reconciliation, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.name, "file_name");
        checks.given(!self.contents.expose().is_empty(), "byte_data");
        checks.finish()?;
        let body = NewReconciliation::new(self.contents.expose().clone(), self.name.clone());
        steps
            .write_legacy(
                "create_reconciliation",
                "",
                |api| async move { api.create_reconciliation(&body).await },
                |file| file.id.to_string(),
            )
            .await
    }
}
