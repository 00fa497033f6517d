//! Posting and releasing transfers that hold their money.

use synctera_api::Error;
use synctera_api::runtime::TransactionId;

use crate::Synctera;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    InternalTransfer, InternalTransferPatch, InternalTransferPatchStatus,
    InternalTransferResponseStatus,
};

impl Synctera {
    /// Posts a transfer that holds its money because of [`Transfer::hold`](crate::Transfer::hold).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::Transfer;
    ///
    /// let order = Transfer::new(checking, saving, Money::usd(40_00)).hold(None);
    /// let held = client.transfer(&order).key("order-9").await?;
    /// // The money is held on the account until
    /// let done = client.post_transfer(held.id).key("order-9").await?;
    /// assert_eq!(done.status.as_str(), "COMPLETE");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for a transfer that was released or has expired. A
    /// posted transfer is returned unchanged.
    pub fn post_transfer(&self, transfer: TransactionId) -> Run<'static, EndTransfer> {
        Run::of(self, EndTransfer::post(transfer))
    }

    /// Releases the money of a transfer that holds it.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::Transfer;
    ///
    /// let order = Transfer::new(checking, saving, Money::usd(40_00)).hold(None);
    /// let held = client.transfer(&order).key("order-9").await?;
    /// let released = client.release_transfer(held.id).key("order-9").await?;
    /// assert_eq!(released.status.as_str(), "CANCELED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for a transfer that was posted or has expired. A
    /// released transfer is returned unchanged.
    pub fn release_transfer(&self, transfer: TransactionId) -> Run<'static, EndTransfer> {
        Run::of(self, EndTransfer::release(transfer))
    }
}

/// A request to post or release a transfer that holds its money; see [`Synctera::post_transfer`]
/// and [`Synctera::release_transfer`].
#[derive(Clone, Copy, Debug)]
pub struct EndTransfer {
    transfer: TransactionId,
    posts: bool,
}

impl EndTransfer {
    /// Posts the transfer; see [`Synctera::post_transfer`].
    pub fn post(transfer: TransactionId) -> Self {
        Self { transfer, posts: true }
    }

    /// Releases the money of the transfer; see [`Synctera::release_transfer`].
    pub fn release(transfer: TransactionId) -> Self {
        Self { transfer, posts: false }
    }
}

impl Sealed for EndTransfer {}

impl Journey for EndTransfer {
    type Outcome = InternalTransfer;

    const NAME: &'static str = "end_transfer";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<InternalTransfer, Error> {
        let id = self.transfer;
        let (ended, wanted, part) = if self.posts {
            (
                InternalTransferResponseStatus::Complete,
                InternalTransferPatchStatus::Complete,
                "post",
            )
        } else {
            (
                InternalTransferResponseStatus::Canceled,
                InternalTransferPatchStatus::Canceled,
                "release",
            )
        };
        let known = steps.api().get_internal_transfer(id).await?.into_inner();
        if known.status == ended {
            return Ok(known);
        }
        let body = InternalTransferPatch { status: wanted.into() };
        steps
            .write(
                part,
                |api| api.update_internal_transfer(id, &body),
                |transfer| transfer.id.to_string(),
            )
            .await
    }
}
