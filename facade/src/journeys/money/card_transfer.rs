//! Transfers from and to cards of other banks.

use std::time::Duration;

use synctera_api::Error;
use synctera_api::runtime::{
    AccountId, CustomerId, ErrorCode, ExternalCardId, ExternalCardTransferId, NextAction,
    ThreeDsId, TransactionId,
};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::polling::{Poller, Polling};
use crate::types::{
    CreatedExternalCardTransfer, ExternalCardTransfer, ExternalCardTransferStatus,
    NewExternalCardPull, NewExternalCardPush, NewExternalCardReversal, NewExternalCardTransfer,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Pulls money from a card of another bank, or pushes money to one. With the feature
    /// `external_cards`.
    ///
    /// While the status is `UNKNOWN` or `PENDING`, the journey reads the transfer again, for as
    /// long as [`MoveByCard::polling`] says; it never sends it again. A declined transfer is an
    /// outcome, not an error.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{AddExternalCard, MoveByCard};
    ///
    /// # let card = AddExternalCard::new(customer, "Ada Byron", "token-from-the-browser");
    /// # let card = client.add_external_card(&card).await?.verified()?.id;
    /// let pull = MoveByCard::pull(checking, card, Money::usd(30_00));
    /// let moved = client.move_by_card(&pull).key("top-up-3").await?.succeeded()?;
    /// println!("{} is transaction {:?}", moved.id, moved.transaction_id);
    ///
    /// let push = MoveByCard::push(checking, card, Money::usd(10_00));
    /// client.move_by_card(&push).key("pay-out-8").await?.succeeded()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors, such as `INSUFFICIENT_FUNDS` for a push.
    pub fn move_by_card(&self, request: &MoveByCard) -> Run<'static, MoveByCard> {
        Run::new(self, request)
    }

    /// Reverses a pull, or a part of it: the money goes back to the card. With the feature
    /// `external_cards`.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{AddExternalCard, MoveByCard, ReverseCardPull};
    ///
    /// # let card = AddExternalCard::new(customer, "Ada Byron", "token-from-the-browser");
    /// # let card = client.add_external_card(&card).await?.verified()?.id;
    /// let pull = MoveByCard::pull(checking, card, Money::usd(30_00));
    /// let pull = client.move_by_card(&pull).key("top-up-3").await?.succeeded()?;
    /// let back = ReverseCardPull::new(pull.id, Money::usd(5_00));
    /// client.reverse_card_pull(&back).key("refund-3").await?.succeeded()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors, such as `BAD_REQUEST_BODY` for more than was pulled.
    pub fn reverse_card_pull(&self, request: &ReverseCardPull) -> Run<'static, ReverseCardPull> {
        Run::new(self, request)
    }
}

/// A request to transfer money from or to a card; see [`Synctera::move_by_card`].
#[derive(Clone, Debug)]
pub struct MoveByCard {
    account: AccountId,
    card: ExternalCardId,
    amount: Money,
    direction: Direction,
    polling: Polling,
}

#[derive(Clone, Copy, Debug)]
enum Direction {
    Pull { three_ds: Option<ThreeDsId> },
    Push { from: Option<CustomerId> },
}

/// How an open outcome is waited for, unless set.
const POLLING: Polling =
    Polling::new(Duration::from_millis(500), Duration::from_secs(10), Duration::from_secs(30));

/// A request to reverse a pull; see [`Synctera::reverse_card_pull`].
#[derive(Clone, Debug)]
pub struct ReverseCardPull {
    pull: ExternalCardTransferId,
    amount: Money,
    polling: Polling,
}

/// A transfer from or to a card, after the journey.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MovedByCard {
    /// The id of the transfer.
    pub id: ExternalCardTransferId,
    /// The status: `UNKNOWN` and `PENDING` are not final.
    pub status: ExternalCardTransferStatus,
    /// The platform's reason for a decline: `INSUFFICIENT_FUNDS`, `NETWORK_DECLINED`.
    pub reason: Option<String>,
    /// The network's details of a decline.
    pub network_decline_details: Option<String>,
    /// The transaction that moved the money.
    pub transaction_id: Option<TransactionId>,
}

impl MovedByCard {
    /// Whether the status is not final. Read the transfer later with `get_external_card_transfer`;
    /// do not send it again under another key.
    pub fn is_open(&self) -> bool {
        // A status that this version does not know is not final either.
        !matches!(
            self.status,
            ExternalCardTransferStatus::Succeeded
                | ExternalCardTransferStatus::Declined
                | ExternalCardTransferStatus::Canceled
        )
    }

    /// The transfer, if it moved its money.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused), with the status and the reason.
    pub fn succeeded(self) -> Result<Self, Error> {
        if self.status == ExternalCardTransferStatus::Succeeded {
            return Ok(self);
        }
        let mut message = format!("the card transfer {} is {}", self.id, self.status.as_str());
        if let Some(reason) = &self.reason {
            message.push_str(&format!(": {reason}"));
        }
        let error = Error::refused(MoveByCard::NAME, Some(ErrorCode::UnableToTransact), message);
        Err(error.with_next_action(match self.is_open() {
            true => NextAction::ReadResource,
            false => NextAction::CorrectAndContinue,
        }))
    }
}

impl MoveByCard {
    /// Pulls money from a card into an account of the same customer.
    pub fn pull(into: AccountId, from: ExternalCardId, amount: Money) -> Self {
        Self::new(into, from, amount, Direction::Pull { three_ds: None })
    }

    /// Pushes money from an account to a card.
    pub fn push(from: AccountId, to: ExternalCardId, amount: Money) -> Self {
        Self::new(from, to, amount, Direction::Push { from: None })
    }

    fn new(account: AccountId, card: ExternalCardId, amount: Money, direction: Direction) -> Self {
        Self { account, card, amount, direction, polling: POLLING }
    }

    /// The 3-D Secure authentication of a pull, for programs whose policy requires one. Has no
    /// effect on a push.
    #[must_use]
    pub fn three_ds(mut self, authentication: impl IntoOption<ThreeDsId>) -> Self {
        if let Direction::Pull { three_ds } = &mut self.direction {
            *three_ds = authentication.into_option();
        }
        self
    }

    /// The customer of the account who pays, if the card belongs to another customer. Has no effect
    /// on a pull.
    #[must_use]
    pub fn from_customer(mut self, customer: impl IntoOption<CustomerId>) -> Self {
        if let Direction::Push { from } = &mut self.direction {
            *from = customer.into_option();
        }
        self
    }

    /// How an outcome that is open is waited for: unless set after half a second first, then less
    /// and less often, up to every 10 seconds, for 30 seconds.
    #[must_use]
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.finish()
    }

    fn to_new(&self) -> NewExternalCardTransfer {
        let amount = self.amount.minor();
        match self.direction {
            Direction::Pull { three_ds } => NewExternalCardPull {
                three_ds_id: three_ds,
                ..NewExternalCardPull::new(amount, self.card, self.account)
            }
            .into(),
            Direction::Push { from } => NewExternalCardPush {
                originating_customer_id: from,
                ..NewExternalCardPush::new(amount, self.card, self.account)
            }
            .into(),
        }
    }
}

impl ReverseCardPull {
    /// Reverses this amount of a pull, at most what was not reversed yet.
    pub fn new(pull: ExternalCardTransferId, amount: Money) -> Self {
        Self { pull, amount, polling: POLLING }
    }

    /// How an open outcome is waited for; see [`MoveByCard::polling`].
    #[must_use]
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }
}

/// What there is to know of either kind of transfer.
macro_rules! moved {
    ($operation:expr, $transfer:expr) => {
        Ok(MovedByCard {
            id: $transfer.id.parse().map_err(|_| Error::incomplete_answer($operation, "id"))?,
            status: $transfer.status,
            reason: $transfer.reason,
            network_decline_details: $transfer.network_decline_details,
            transaction_id: $transfer.transaction_id,
        })
    };
}

fn created(transfer: CreatedExternalCardTransfer) -> Result<MovedByCard, Error> {
    const OPERATION: &str = "create_external_card_transfer";
    match transfer {
        CreatedExternalCardTransfer::Pull(transfer) => moved!(OPERATION, transfer),
        CreatedExternalCardTransfer::Push(transfer) => moved!(OPERATION, transfer),
        _ => Err(Error::incomplete_answer(OPERATION, "type")),
    }
}

fn read(operation: &str, transfer: ExternalCardTransfer) -> Result<MovedByCard, Error> {
    match transfer {
        ExternalCardTransfer::Pull(transfer) => moved!(operation, transfer),
        ExternalCardTransfer::Push(transfer) => moved!(operation, transfer),
        ExternalCardTransfer::WalletPull(transfer) => moved!(operation, transfer),
        _ => Err(Error::incomplete_answer(operation, "type")),
    }
}

/// The id of a transfer in the response.
fn id_of(transfer: &CreatedExternalCardTransfer) -> String {
    match transfer {
        CreatedExternalCardTransfer::Pull(transfer) => transfer.id.clone(),
        CreatedExternalCardTransfer::Push(transfer) => transfer.id.clone(),
        _ => String::new(),
    }
}

fn id_of_read(transfer: &ExternalCardTransfer) -> String {
    match transfer {
        ExternalCardTransfer::Pull(transfer) => transfer.id.clone(),
        ExternalCardTransfer::Push(transfer) => transfer.id.clone(),
        ExternalCardTransfer::WalletPull(transfer) => transfer.id.clone(),
        _ => String::new(),
    }
}

/// Polls a transfer until its outcome is known or the deadline passes.
async fn settled(
    client: &Synctera,
    mut moved: MovedByCard,
    polling: Polling,
) -> Result<MovedByCard, Error> {
    let mut poller = Poller::new(polling, client.clock());
    while moved.is_open() && !poller.is_over() {
        poller.wait().await;
        let transfer = client.api().get_external_card_transfer(moved.id).await?.into_inner();
        moved = read("get_external_card_transfer", transfer)?;
    }
    Ok(moved)
}

impl Sealed for MoveByCard {}

impl Journey for MoveByCard {
    type Outcome = MovedByCard;

    const NAME: &'static str = "move_by_card";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<MovedByCard, Error> {
        self.check()?;
        let body = self.to_new();
        let transfer =
            steps.write("", |api| api.create_external_card_transfer(&body), id_of).await?;
        settled(steps.client(), created(transfer)?, self.polling).await
    }
}

impl Sealed for ReverseCardPull {}

impl Journey for ReverseCardPull {
    type Outcome = MovedByCard;

    const NAME: &'static str = "reverse_card_pull";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<MovedByCard, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.finish()?;
        let body = NewExternalCardReversal::new(self.amount.minor(), self.amount.currency());
        let pull = self.pull;
        let transfer = steps
            .write("", |api| api.create_external_card_transfer_reversal(pull, &body), id_of_read)
            .await?;
        settled(
            steps.client(),
            read("create_external_card_transfer_reversal", transfer)?,
            self.polling,
        )
        .await
    }
}
