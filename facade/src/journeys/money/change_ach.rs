//! Canceling an ACH transfer, and changing its availability.

use chrono::{DateTime, Utc};
use synctera_api::Error;
use synctera_api::runtime::AchId;

use crate::Synctera;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{CancellationStatus, OutgoingAch, OutgoingAchPatch, OutgoingAchStatus};

impl Synctera {
    /// Cancels an ACH transfer that was not sent with a file yet.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::SendAch;
    ///
    /// let rent = SendAch::push(checking, bank, Money::usd(60_00), customer);
    /// let rent = client.send_ach(&rent).key("rent-11").await?;
    /// let canceled = client.cancel_ach(rent.id).key("rent-11").await?;
    /// assert_eq!(canceled.status.as_str(), "CANCELED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` once the transfer was sent. A canceled transfer is
    /// returned unchanged.
    pub fn cancel_ach(&self, transfer: AchId) -> Run<'static, ChangeAch> {
        Run::of(self, ChangeAch::cancel(transfer))
    }

    /// Changes the time at which the money of an ACH pull becomes available. A time in the past
    /// makes it available immediately.
    /// passed frees it at once. The moment must be the same in each run under one key: store it.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::SendAch;
    ///
    /// let deposit = SendAch::pull(checking, proven, Money::usd(250_00), customer);
    /// let deposit = client.send_ach(&deposit).key("deposit-17").await?;
    /// // This customer is known for years.
    /// let available_at = "2026-11-24T18:00:00Z".parse()?; // Stored with the decision.
    /// client.move_ach_availability(deposit.id, available_at).key("deposit-17").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors, such as `INVALID_STATUS` when the money is available already.
    pub fn move_ach_availability(
        &self,
        transfer: AchId,
        to: DateTime<Utc>,
    ) -> Run<'static, ChangeAch> {
        Run::of(self, ChangeAch::move_availability(transfer, to))
    }
}

/// A request to change an ACH transfer; see [`Synctera::cancel_ach`] and
/// [`Synctera::move_ach_availability`].
#[derive(Clone, Copy, Debug)]
pub struct ChangeAch {
    transfer: AchId,
    change: Change,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Cancel,
    Availability(DateTime<Utc>),
}

impl ChangeAch {
    /// Cancels the transfer; see [`Synctera::cancel_ach`].
    pub fn cancel(transfer: AchId) -> Self {
        Self { transfer, change: Change::Cancel }
    }

    /// Changes the time at which the money of a pull becomes available; see
    /// [`Synctera::move_ach_availability`]. The time must be the same in each run under one key.
    pub fn move_availability(transfer: AchId, to: DateTime<Utc>) -> Self {
        Self { transfer, change: Change::Availability(to) }
    }
}

impl Sealed for ChangeAch {}

impl Journey for ChangeAch {
    type Outcome = OutgoingAch;

    const NAME: &'static str = "change_ach";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<OutgoingAch, Error> {
        let id = self.transfer;
        let (body, part) = match self.change {
            Change::Cancel => {
                let known = steps.api().get_outgoing_ach(id).await?.into_inner();
                if known.status == OutgoingAchStatus::Canceled {
                    return Ok(known);
                }
                let status = CancellationStatus::Canceled.into();
                (OutgoingAchPatch { status, ..OutgoingAchPatch::default() }, "cancel".to_owned())
            }
            Change::Availability(to) => {
                let funds_availability_time = to.into();
                let body =
                    OutgoingAchPatch { funds_availability_time, ..OutgoingAchPatch::default() };
                (body, format!("availability {to}"))
            }
        };
        steps
            .write(
                &part,
                |api| api.update_outgoing_ach(id, &body),
                |transfer| transfer.id.to_string(),
            )
            .await
    }
}
