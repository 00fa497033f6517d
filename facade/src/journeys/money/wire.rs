//! Outgoing wires.

use synctera_api::Error;
use synctera_api::runtime::{AccountId, CustomerId, ExternalAccountId, WireId};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{BarcodeCurrency, Cancellation, CancellationStatus, NewWire, Wire, WireStatus};
use crate::{Currency, IntoOption, Money, Synctera};

/// The maximum lengths of the messages, in characters.
const RECIPIENT_MESSAGE_MAX: usize = 140;
const BANK_MESSAGE_MAX: usize = 210;

impl Synctera {
    /// Sends a wire. With the feature `wires`.
    ///
    /// The money is held immediately. The program or the bank approves the wire, which is then
    /// `COMPLETED` and final, or declines it. The external account needs a routing number for
    /// wires: see [`BankAccount::wires`](crate::BankAccount::wires).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::SendWire;
    ///
    /// let closing = SendWire::new(checking, bank, Money::usd(500_00), customer, "Invoice 2201");
    /// let wire = client.send_wire(&closing).key("invoice-2201").await?;
    /// println!("{} is {}", wire.id, wire.status.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent, such as for
    /// another currency than US dollars; otherwise the platform's errors, such as
    /// `INSUFFICIENT_FUNDS`.
    pub fn send_wire(&self, request: &SendWire) -> Run<'static, SendWire> {
        Run::new(self, request)
    }

    /// Cancels a wire that is not approved yet. With the feature `wires`.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::SendWire;
    ///
    /// let closing = SendWire::new(checking, bank, Money::usd(500_00), customer, "Invoice 2201");
    /// let wire = client.send_wire(&closing).key("invoice-2201").await?;
    /// let canceled = client.cancel_wire(wire.id).key("invoice-2201").await?;
    /// assert_eq!(canceled.status.as_str(), "CANCELED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for a wire that was completed or declined. A
    /// canceled wire is returned unchanged.
    pub fn cancel_wire(&self, wire: WireId) -> Run<'static, CancelWire> {
        Run::of(self, CancelWire::new(wire))
    }
}

/// A request to send a wire; see [`Synctera::send_wire`].
#[derive(Clone, Debug)]
pub struct SendWire {
    from: AccountId,
    to: ExternalAccountId,
    amount: Money,
    customer: CustomerId,
    recipient_message: String,
    bank_message: Option<String>,
}

impl SendWire {
    /// Pays out of an account to an account at another bank, on behalf of a customer of the
    /// account, with a message to the recipient of at most 140 characters.
    pub fn new(
        from: AccountId,
        to: ExternalAccountId,
        amount: Money,
        customer: impl Into<CustomerId>,
        recipient_message: impl Into<String>,
    ) -> Self {
        Self {
            from,
            to,
            amount,
            customer: customer.into(),
            recipient_message: recipient_message.into(),
            bank_message: None,
        }
    }

    /// A message of at most 210 characters to the receiving bank.
    #[must_use]
    pub fn bank_message(mut self, message: impl IntoOption<String>) -> Self {
        self.bank_message = message.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.ensure(self.amount.currency() == Currency::USD, "currency", "must be USD");
        checks.text(&self.recipient_message, "recipient_message");
        checks.ensure(
            self.recipient_message.chars().count() <= RECIPIENT_MESSAGE_MAX,
            "recipient_message",
            "must have at most 140 characters",
        );
        let message = self.bank_message.as_deref();
        checks.optional_text(message, "bank_message");
        checks.ensure(
            message.is_none_or(|message| message.chars().count() <= BANK_MESSAGE_MAX),
            "bank_message",
            "must have at most 210 characters",
        );
        checks.finish()
    }

    fn to_new(&self) -> NewWire {
        NewWire {
            bank_message: self.bank_message.clone(),
            ..NewWire::new(
                self.amount.minor(),
                BarcodeCurrency::Usd,
                self.customer,
                self.from,
                self.to,
                self.recipient_message.clone(),
            )
        }
    }
}

impl Sealed for SendWire {}

impl Journey for SendWire {
    type Outcome = Wire;

    const NAME: &'static str = "send_wire";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Wire, Error> {
        self.check()?;
        let body = self.to_new();
        let sent = steps
            .write_booked("", |api| api.create_wire(&body), |wire| wire.id.to_string())
            .await?;
        let id = sent.id;
        steps.current(sent, |api| api.get_wire(id)).await
    }
}

/// A request to cancel a wire; see [`Synctera::cancel_wire`].
#[derive(Clone, Copy, Debug)]
pub struct CancelWire {
    wire: WireId,
}

impl CancelWire {
    /// Cancels this wire.
    pub fn new(wire: WireId) -> Self {
        Self { wire }
    }
}

impl Sealed for CancelWire {}

impl Journey for CancelWire {
    type Outcome = Wire;

    const NAME: &'static str = "cancel_wire";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Wire, Error> {
        let id = self.wire;
        let known = steps.api().get_wire(id).await?.into_inner();
        if known.status == WireStatus::Canceled {
            return Ok(known);
        }
        let body = Cancellation::new(CancellationStatus::Canceled);
        steps.write("", |api| api.cancel_wire(id, &body), |wire| wire.id.to_string()).await
    }
}
