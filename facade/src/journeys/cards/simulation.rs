//! What a card network would send, as a small story; in the sandbox alone.

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
    /// A card in the hands of its holder: what it does at merchants and machines is played to the
    /// platform, which decides as it would for the real thing. Needs the feature
    /// `card_simulations`; refused for production.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// use synctera::Merchant;
    ///
    /// let card = client.simulate_card(card);
    /// let cafe = Merchant::new("cafe-1").name("Corner Cafe").category("5814");
    /// // Dinner, and a tip on top.
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

/// Where a card is used.
#[derive(Clone, Debug)]
pub struct Merchant {
    mid: String,
    acceptor: CardAcceptorModel,
}

impl Merchant {
    /// A merchant, by its id at the network: 1 to 50 characters.
    pub fn new(mid: impl Into<String>) -> Self {
        Self { mid: mid.into(), acceptor: CardAcceptorModel::default() }
    }

    /// Its name, for the statement.
    #[must_use]
    pub fn name(mut self, name: impl IntoOption<String>) -> Self {
        self.acceptor.name = name.into_option();
        self
    }

    /// Its category, such as `5814`, which spend controls look at.
    #[must_use]
    pub fn category(mut self, code: impl IntoOption<String>) -> Self {
        self.acceptor.mcc = code.into_option();
        self
    }

    /// Where it is.
    #[must_use]
    pub fn country(mut self, country: impl IntoOption<CountryCode>) -> Self {
        self.acceptor.country = country.into_option();
        self
    }

    /// It can take a part of an amount where the money is short.
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
    /// A merchant asks whether the card is good for an amount, which is held then.
    ///
    /// # Errors
    /// What the platform says to the simulation; a decline is none, see
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

    /// The holder pays with the PIN: decided and posted at once.
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

    /// The holder takes cash out of a machine.
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

    /// Somebody sends money to the card.
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

/// A transaction at a merchant, and what may follow it.
#[derive(Clone, Debug)]
pub struct CardTransaction<'a> {
    client: &'a Synctera,
    token: Uuid,
    approved: Money,
    declined: Option<String>,
}

impl CardTransaction<'_> {
    /// The network's name of it. The ledger has its own: list pending or posted transactions by
    /// the card to find it there.
    pub fn token(&self) -> Uuid {
        self.token
    }

    /// What was approved: the amount, a part where the merchant takes one, or nothing.
    pub fn approved(&self) -> Money {
        self.approved
    }

    /// Why it was declined, such as `INSUFFICIENT_FUNDS`; `None` when it was not.
    pub fn declined(&self) -> Option<&str> {
        self.declined.as_deref()
    }

    /// The merchant collects: what was authorized, a part of it, or more. That cannot be refused.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) when it was declined; `BAD_REQUEST_BODY` when nothing
    /// is held any more.
    pub async fn clear(&self, amount: Money) -> Result<&Self, Error> {
        self.clear_as(amount, false, false).await
    }

    /// The merchant collects although nothing is held any more, or ever was.
    ///
    /// # Errors
    /// What the platform says to the simulation.
    pub async fn force(&self, amount: Money) -> Result<&Self, Error> {
        self.clear_as(amount, true, false).await
    }

    /// The merchant gives money back.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) when it was declined.
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

    /// The merchant says what the amount is now, more or less than before.
    ///
    /// # Errors
    /// As [`clear`](CardTransaction::clear).
    pub async fn authorization_advice(&self, amount: Money) -> Result<&Self, Error> {
        self.must_be_approved("simulate_authorization_advice")?;
        let body = AuthorizationAdviceSimulation::new(amount.minor(), self.token);
        self.client.api().simulate_authorization_advice(&body).await?;
        Ok(self)
    }

    /// Takes an amount back: out of what is held, else out of what was collected.
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
