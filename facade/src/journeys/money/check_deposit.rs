//! Depositing checks by images.

use synctera_api::Error;
use synctera_api::runtime::{AccountId, DocumentId, Upload};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps, recovery};
use crate::types::{CheckDeposit, DocumentType, NewCheckDeposit, NewDocument};
use crate::{Money, Synctera};

impl Synctera {
    /// Deposits a check: uploads the images of both sides, and creates the deposit. With the
    /// feature `check_deposits`.
    ///
    /// The status shows whether the images could be read: `SUBMITTED` went to the bank, `PENDING`
    /// waits for a review, `FAILED` needs new images. A check can still be `RETURNED` later. The
    /// money stays on hold for some banking days.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{DepositCheck, Upload};
    ///
    /// # let taken = b"\xff\xd8\xff front".to_vec();
    /// # let turned = b"\xff\xd8\xff back".to_vec();
    /// let front = Upload::new("front.jpg", "image/jpeg", taken);
    /// let back = Upload::new("back.jpg", "image/jpeg", turned);
    /// let check = DepositCheck::new(checking, customer, Money::usd(75_00), front, back);
    /// let deposit = client.deposit_check(&check).key("check-4711").await?;
    /// assert_eq!(deposit.status.as_str(), "SUBMITTED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// error of the step that failed.
    pub fn deposit_check(&self, request: &DepositCheck) -> Run<'static, DepositCheck> {
        Run::new(self, request)
    }
}

/// A request to deposit a check; see [`Synctera::deposit_check`].
#[derive(Clone, Debug)]
pub struct DepositCheck {
    account: AccountId,
    holder: Party,
    amount: Money,
    front: Upload,
    back: Upload,
}

impl DepositCheck {
    /// Deposits a check of this amount into an account, for one of its holders, by images of its
    /// front and back: JPEG, PNG or TIFF files of at most 32 MB. See [`Upload::from_path`].
    pub fn new(
        into: AccountId,
        by: impl Into<Party>,
        amount: Money,
        front: Upload,
        back: Upload,
    ) -> Self {
        Self { account: into, holder: by.into(), amount, front, back }
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        for (picture, field) in [(&self.front, "front"), (&self.back, "back")] {
            let fits = (1..=Upload::BYTES_MAX).contains(&picture.bytes().len());
            checks.ensure(fits, field, "must have 1 byte to 32 MB");
        }
        checks.ensure(self.front != self.back, "back", "must be another image than the front");
        checks.finish()
    }

    fn to_new(&self, front: DocumentId, back: DocumentId) -> NewCheckDeposit {
        let (person_id, business_id) = match self.holder {
            Party::Person(id) => (Some(id), None),
            Party::Business(id) => (None, Some(id)),
        };
        NewCheckDeposit {
            person_id,
            business_id,
            ..NewCheckDeposit::new(
                self.account,
                back,
                self.amount.minor(),
                self.amount.currency(),
                front,
            )
        }
    }
}

/// Uploads the image of one side.
async fn upload(steps: &mut Steps<'_>, side: &str, picture: &Upload) -> Result<DocumentId, Error> {
    let body = NewDocument {
        type_: Some(DocumentType::CheckImage),
        name: Some(format!("check {side}")),
        ..NewDocument::new(picture.clone())
    };
    let document = steps
        .write(
            side,
            |api| api.create_document(body.clone()),
            |document| document.id.map_or_else(String::new, |id| id.to_string()),
        )
        .await?;
    document.id.ok_or_else(|| Error::incomplete_answer("create_document", "id"))
}

impl Sealed for DepositCheck {}

impl Journey for DepositCheck {
    type Outcome = CheckDeposit;

    const NAME: &'static str = "deposit_check";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<CheckDeposit, Error> {
        self.check()?;
        let front = upload(steps, "front", &self.front).await?;
        let back = upload(steps, "back", &self.back).await?;
        let body = self.to_new(front, back);
        let deposit = steps
            .create(
                "",
                recovery::check_deposit,
                |api, marker| {
                    let mut body = body.clone();
                    marker.put(&mut body.metadata);
                    api.create_rdc_deposit(&body)
                },
                |deposit| deposit.id.to_string(),
            )
            .await?;
        let id = deposit.id;
        steps.current(deposit, |api| api.get_rdc_deposit(id)).await
    }
}
