//! Uploading evidence.

use synctera_api::Error;
use synctera_api::runtime::{DisputeId, Upload};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Steps};
use crate::types::{DisputeDocument, NewDisputeDocument};

/// The maximum size of a file, in bytes.
const BYTES_MAX: usize = 14 * 1024 * 1024;

/// Notes a file that the platform would refuse.
pub(super) fn check(checks: &mut Checks, field: &str, file: &Upload) {
    let fits = (1..=BYTES_MAX).contains(&file.bytes().len());
    checks.ensure(fits, field, "must have 1 byte to 14 MB");
}

/// Uploads a file; `part` names the step in the journey.
pub(super) async fn add(
    steps: &mut Steps<'_>,
    part: &str,
    dispute: DisputeId,
    file: Upload,
) -> Result<DisputeDocument, Error> {
    let body = NewDisputeDocument::new(file);
    steps
        .write(
            part,
            |api| api.add_dispute_document(dispute, body.clone()),
            |document| document.id.to_string(),
        )
        .await
}

/// A request to upload evidence; see [`Synctera::add_evidence`](crate::Synctera::add_evidence).
#[derive(Clone, Debug)]
pub struct AddEvidence {
    dispute: DisputeId,
    file: Upload,
}

impl AddEvidence {
    /// A file of at most 14 MB for a dispute; see [`Upload::from_path`].
    pub fn new(dispute: DisputeId, file: Upload) -> Self {
        Self { dispute, file }
    }
}

impl Sealed for AddEvidence {}

impl Journey for AddEvidence {
    type Outcome = DisputeDocument;

    const NAME: &'static str = "add_evidence";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DisputeDocument, Error> {
        let mut checks = Checks::of(Self::NAME);
        check(&mut checks, "file", &self.file);
        checks.finish()?;
        add(steps, "", self.dispute, self.file.clone()).await
    }
}
