//! Handing in what speaks for a side.

use synctera_api::Error;
use synctera_api::runtime::{DisputeId, Upload};

use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Steps};
use crate::types::{DisputeDocument, NewDisputeDocument};

/// Hands a file in, as this part of a journey.
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

/// Asks for evidence to be taken; see [`Synctera::add_evidence`](crate::Synctera::add_evidence).
#[derive(Clone, Debug)]
pub struct AddEvidence {
    dispute: DisputeId,
    file: Upload,
}

impl AddEvidence {
    /// A file for a dispute.
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
        add(steps, "", self.dispute, self.file.clone()).await
    }
}
