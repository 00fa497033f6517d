//! What can still be changed about an ACH transfer.

use chrono::{DateTime, Utc};
use synctera_api::Error;
use synctera_api::runtime::AchId;

use crate::Synctera;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{CancellationStatus, OutgoingAch, OutgoingAchPatch, OutgoingAchStatus};

impl Synctera {
    /// Cancels an ACH transfer that has not left with a file.
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
    /// What the platform says: `INVALID_STATUS` once the transfer is on its way. One that is
    /// canceled already is answered as it is.
    pub fn cancel_ach(&self, transfer: AchId) -> Run<'static, ChangeAch> {
        Run::of(self, ChangeAch { transfer, change: Change::Cancel })
    }

    /// Moves the moment at which the money of an ACH pull is free to be spent; a moment that has
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
    /// What the platform says, such as `INVALID_STATUS` when nothing is held back any more.
    pub fn move_ach_availability(
        &self,
        transfer: AchId,
        to: DateTime<Utc>,
    ) -> Run<'static, ChangeAch> {
        Run::of(self, ChangeAch { transfer, change: Change::Availability(to) })
    }
}

/// Changes an ACH transfer; see [`Synctera::cancel_ach`] and [`Synctera::move_ach_availability`].
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
