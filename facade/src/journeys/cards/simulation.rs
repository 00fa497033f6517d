//! Simulating card transactions, in the sandbox only.

use serde_json::{Map, Value};
use synctera_api::Error;
use synctera_api::runtime::{CardId, CountryCode, NextAction};
use uuid::Uuid;

use crate::types::{
    AuthorizationAdviceSimulation, AuthorizationSimulation, CardAcceptorModel, ClearingSimulation,
    FinancialSimulation, OriginalCreditSimulation, OriginalCreditSimulationType,
    ReversalSimulation, WithdrawalSimulation,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Simulates transactions of a card at merchants and ATMs. The platform processes them as it
    /// does real ones. With the feature `card_simulations`. A client for production refuses
    /// simulations before anything is sent.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// use synctera::Merchant;
    ///
    /// let card = client.simulate_card(card);
    /// let cafe = Merchant::new("cafe-1").name("Corner Cafe").category("5814");
    /// // Dinner, cleared with a tip.
    /// let dinner = card.authorize(Money::usd(40_00), &cafe).await?;
    /// dinner.clear(Money::usd(46_00)).await?;
    /// dinner.refund(Money::usd(46_00)).await?;
    ///
    /// let room = card.authorize(Money::usd(900_00), &cafe).await?;
    /// match room.declined() {
    ///     Some(reason) => println!("declined: {reason}"),
    ///     None => room.reverse(Money::usd(900_00)).await?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn simulate_card(&self, card: CardId) -> SimulatedCard<'_> {
        SimulatedCard { client: self, card }
    }
}

/// The merchant or ATM at which a card is used.
#[derive(Clone, Debug)]
pub struct Merchant {
    mid: String,
    acceptor: CardAcceptorModel,
}

impl Merchant {
    /// A merchant by its id at the network: 1 to 50 characters.
    pub fn new(mid: impl Into<String>) -> Self {
        Self { mid: mid.into(), acceptor: CardAcceptorModel::default() }
    }

    /// The merchant's name, which the statement shows.
    #[must_use]
    pub fn name(mut self, name: impl IntoOption<String>) -> Self {
        self.acceptor.name = name.into_option();
        self
    }

    /// The merchant category code, such as `5814`, which spend controls check.
    #[must_use]
    pub fn category(mut self, code: impl IntoOption<String>) -> Self {
        self.acceptor.mcc = code.into_option();
        self
    }

    /// The merchant's country.
    #[must_use]
    pub fn country(mut self, country: impl IntoOption<CountryCode>) -> Self {
        self.acceptor.country = country.into_option();
        self
    }

    /// The merchant accepts the approval of a part of the amount.
    #[must_use]
    pub fn allows_partial_approval(mut self) -> Self {
        self.acceptor.partial_approval_capable = Some(true);
        self
    }
}

/// A card whose use is simulated; see [`Synctera::simulate_card`].
#[derive(Clone, Debug)]
pub struct SimulatedCard<'a> {
    client: &'a Synctera,
    card: CardId,
}

impl<'a> SimulatedCard<'a> {
    /// A merchant authorizes an amount. If it is approved, the amount is held.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) in production; otherwise the platform's errors, for
    /// the simulation itself. A decline is not an error: see
    /// [`declined`](CardTransaction::declined).
    pub async fn authorize(
        &self,
        amount: Money,
        merchant: &Merchant,
    ) -> Result<CardTransaction<'a>, Error> {
        let body = AuthorizationSimulation {
            card_acceptor: Some(merchant.acceptor.clone()),
            ..AuthorizationSimulation::new(amount.minor(), self.card, merchant.mid.clone())
        };
        let answer = self.client.api().simulate_authorization(&body).await?.into_inner();
        self.transaction("simulate_authorization", amount, &answer)
    }

    /// The cardholder pays with the PIN: the amount is authorized and posted in one step.
    ///
    /// # Errors
    /// As [`authorize`](SimulatedCard::authorize).
    pub async fn pay(
        &self,
        amount: Money,
        merchant: &Merchant,
    ) -> Result<CardTransaction<'a>, Error> {
        let (acceptor, mid) = (merchant.acceptor.clone(), merchant.mid.clone());
        let body = FinancialSimulation::new(amount.minor(), acceptor, self.card, mid);
        let answer = self.client.api().simulate_financial(&body).await?.into_inner();
        self.transaction("simulate_financial", amount, &answer)
    }

    /// The cardholder withdraws cash at an ATM.
    ///
    /// # Errors
    /// As [`authorize`](SimulatedCard::authorize).
    pub async fn withdraw(
        &self,
        amount: Money,
        machine: &Merchant,
    ) -> Result<CardTransaction<'a>, Error> {
        let body = WithdrawalSimulation {
            card_acceptor: Some(machine.acceptor.clone()),
            ..WithdrawalSimulation::new(amount.minor(), self.card, machine.mid.clone())
        };
        let answer = self.client.api().simulate_withdrawal(&body).await?.into_inner();
        self.transaction("simulate_withdrawal", amount, &answer)
    }

    /// A sender pushes money to the card: an original credit transaction.
    ///
    /// # Errors
    /// As [`authorize`](SimulatedCard::authorize).
    pub async fn receive(
        &self,
        amount: Money,
        kind: OriginalCreditSimulationType,
        sender: &Merchant,
    ) -> Result<CardTransaction<'a>, Error> {
        let body = OriginalCreditSimulation {
            card_acceptor: Some(sender.acceptor.clone()),
            ..OriginalCreditSimulation::new(amount.minor(), self.card, sender.mid.clone(), kind)
        };
        let answer = self.client.api().simulate_original_credit(&body).await?.into_inner();
        self.transaction("simulate_original_credit", amount, &answer)
    }

    fn transaction(
        &self,
        operation: &str,
        asked: Money,
        answer: &Map<String, Value>,
    ) -> Result<CardTransaction<'a>, Error> {
        let transaction = answer.get("transaction").unwrap_or(&Value::Null);
        let text = |name: &str| transaction.get(name).and_then(Value::as_str);
        let token = text("token")
            .and_then(|token| Uuid::parse_str(token).ok())
            .ok_or_else(|| Error::incomplete_answer(operation, "transaction.token"))?;
        let amount = transaction.get("amount").and_then(Value::as_i64).unwrap_or(asked.minor());
        let memo = transaction.pointer("/response/memo").and_then(Value::as_str);
        let declined = (text("state") == Some("DECLINED"))
            .then(|| memo.unwrap_or("NETWORK_DECLINED").to_owned());
        Ok(CardTransaction {
            client: self.client,
            token,
            approved: Money::new(amount, asked.currency()),
            declined,
        })
    }
}

/// A simulated transaction, and the messages that can follow it.
#[derive(Clone, Debug)]
pub struct CardTransaction<'a> {
    client: &'a Synctera,
    token: Uuid,
    approved: Money,
    declined: Option<String>,
}

impl CardTransaction<'_> {
    /// The network's id of the transaction. It is not the id in the ledger: list pending or posted
    /// transactions by the card to find that.
    pub fn token(&self) -> Uuid {
        self.token
    }

    /// The approved amount: all, a part if the merchant allows it, or 0.
    pub fn approved(&self) -> Money {
        self.approved
    }

    /// The reason of a decline, such as `INSUFFICIENT_FUNDS`; `None` if the transaction was
    /// approved.
    pub fn declined(&self) -> Option<&str> {
        self.declined.as_deref()
    }

    /// Clears an amount, which may be less or more than the authorized one. The platform cannot
    /// decline it.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) if the transaction was declined; otherwise the
    /// platform's errors: `BAD_REQUEST_BODY` when no amount is held.
    pub async fn clear(&self, amount: Money) -> Result<&Self, Error> {
        self.clear_as(amount, false, false).await
    }

    /// Clears an amount without an authorization (a forced posting).
    ///
    /// # Errors
    /// The platform's errors for the simulation itself.
    pub async fn force(&self, amount: Money) -> Result<&Self, Error> {
        self.clear_as(amount, true, false).await
    }

    /// The merchant refunds an amount.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) if the transaction was declined; otherwise the
    /// platform's errors.
    pub async fn refund(&self, amount: Money) -> Result<&Self, Error> {
        self.clear_as(amount, false, true).await
    }

    async fn clear_as(&self, amount: Money, force: bool, refund: bool) -> Result<&Self, Error> {
        if !force {
            self.must_be_approved("simulate_clearing")?;
        }
        let body = ClearingSimulation {
            force_post: force.then_some(true),
            is_refund: refund.then_some(true),
            ..ClearingSimulation::new(amount.minor(), self.token)
        };
        self.client.api().simulate_clearing(&body).await?;
        Ok(self)
    }

    /// The merchant changes the authorized amount.
    ///
    /// # Errors
    /// As [`clear`](CardTransaction::clear).
    pub async fn authorization_advice(&self, amount: Money) -> Result<&Self, Error> {
        self.must_be_approved("simulate_authorization_advice")?;
        let body = AuthorizationAdviceSimulation::new(amount.minor(), self.token);
        self.client.api().simulate_authorization_advice(&body).await?;
        Ok(self)
    }

    /// Reverses an amount: of the hold, or, if none is left, of the cleared amount.
    ///
    /// # Errors
    /// As [`clear`](CardTransaction::clear).
    pub async fn reverse(&self, amount: Money) -> Result<(), Error> {
        self.must_be_approved("simulate_reversal")?;
        let body = ReversalSimulation::new(amount.minor(), self.token);
        self.client.api().simulate_reversal(&body).await?;
        Ok(())
    }

    fn must_be_approved(&self, operation: &str) -> Result<(), Error> {
        match &self.declined {
            None => Ok(()),
            Some(reason) => {
                let why = format!("the transaction was declined: {reason}");
                let error = Error::refused(operation, None, why);
                Err(error.with_next_action(NextAction::DoNotRepeat))
            }
        }
    }
}
