//! Files for the platform to reconcile, by the legacy interface (feature `reconciliations`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use synctera_api::Error;
use synctera_api::runtime::{ReconciliationId, Sensitive};

use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::{Availability, Journey, Run, Sealed, Steps};
use crate::v0::types::{IngestionStatus, NewReconciliation, Reconciliation};

/// Time between two looks at a file, at first and at most.
const LOOKS_APART: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

impl Synctera {
    /// Uploads a file to be compared with the platform's books, by the legacy interface, where the
    /// programme has it. Which layout the file must have is agreed with the platform; what came of
    /// the comparison is seen in the console alone.
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
    ///     Ingestion::InProcess(_) => println!("ask again later"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a file without a name or contents;
    /// else what the platform says.
    pub fn upload_reconciliation<'a>(
        &'a self,
        file: &'a ReconciliationFile,
    ) -> Run<'a, ReconciliationFile> {
        Run::new(self, file)
    }

    /// Waits until the platform has read a file, and for this long at most: it looks at once, and
    /// then again after a second, two, four, up to half a minute.
    ///
    /// # Errors
    /// What looking met.
    pub async fn await_ingestion(
        &self,
        id: ReconciliationId,
        limit: Duration,
    ) -> Result<Ingestion, Error> {
        let (mut apart, most) = LOOKS_APART;
        let mut left = limit;
        loop {
            let file = self.legacy().get_reconciliation(id).await?.into_inner();
            match file.ingestion_status {
                IngestionStatus::Completed => return Ok(Ingestion::Completed(file)),
                IngestionStatus::Failed => return Ok(Ingestion::Failed(file)),
                _ if left.is_zero() => return Ok(Ingestion::InProcess(file)),
                _ => {}
            }
            let wait = apart.min(left);
            tokio::time::sleep(wait).await;
            left -= wait;
            apart = (apart * 2).min(most);
        }
    }
}

/// A file to be uploaded; see [`Synctera::upload_reconciliation`].
#[derive(Clone, Debug)]
pub struct ReconciliationFile {
    name: String,
    /// In the form in which it travels.
    contents: Sensitive<String>,
}

impl ReconciliationFile {
    /// A file of this name.
    pub fn new(name: impl Into<String>, contents: impl AsRef<[u8]>) -> Self {
        Self { name: name.into(), contents: Sensitive::new(URL_SAFE.encode(contents)) }
    }
}

/// How far the platform has come with a file.
#[derive(Clone, Debug)]
pub enum Ingestion {
    /// It has been read.
    Completed(Reconciliation),
    /// It cannot be read.
    Failed(Reconciliation),
    /// It is still being read.
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
