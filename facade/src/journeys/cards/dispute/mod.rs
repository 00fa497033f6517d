//! Transactions that a customer, or the holder of an external card, does not accept.

mod act;
mod evidence;
mod open;

use crate::Synctera;
use crate::journeys::Run;

pub use act::ActOnDispute;
pub use evidence::AddEvidence;
pub use open::{OpenDispute, OpenedDispute};

impl Synctera {
    /// Opens a dispute of a posted transaction, and hands in the evidence. Needs the feature
    /// `disputes`.
    ///
    /// What follows is [`act_on_dispute`](Synctera::act_on_dispute): credit for the time being, a
    /// chargeback, or the return of an ACH debit. A transaction can be disputed for 60 days.
    ///
    /// A pull from an external card is disputed by its cardholder, through the bank of the card:
    /// there the account that was paid may be debited, for the time being or for good, and what
    /// speaks for it is represented ([`ActOnDispute::represent`]).
    ///
    /// ```
    #[doc = include_str!("../../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// # let shop = synctera::Merchant::new("shop-1");
    /// # client.simulate_card(card).pay(Money::usd(46_00), &shop).await?;
    /// # use synctera::types::ListPostedTransactionsQuery;
    /// # let paid = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    /// # let transaction = client.list(paid).try_next().await?.ok_or("nothing was paid")?.uuid;
    /// use synctera::{ActOnDispute, OpenDispute};
    /// use synctera::types::CardDisputeReasonCodes;
    ///
    /// let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    /// let reported = "2026-11-24T14:00:00Z".parse()?; // Stored when the customer called.
    /// let request = OpenDispute::card(transaction, Money::usd(46_00), reported, reason)
    ///     .memo("The parcel never came");
    /// let dispute = client.open_dispute(&request).key("case-7").await?;
    /// client.act_on_dispute(&ActOnDispute::provisional_credit(dispute.id)).key("case-7").await?;
    /// client.act_on_dispute(&ActOnDispute::chargeback(dispute.id)).key("case-7-chargeback").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// `BAD_REQUEST_BODY` for more than was posted, `DUPLICATE_RESOURCE` for a transaction with an
    /// open dispute.
    pub fn open_dispute(&self, request: &OpenDispute) -> Run<'static, OpenDispute> {
        Run::new(self, request)
    }

    /// Takes the next step in a dispute. What can be done now is in its `available_actions`.
    ///
    /// ```
    #[doc = include_str!("../../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// # let shop = synctera::Merchant::new("shop-1");
    /// # client.simulate_card(card).pay(Money::usd(46_00), &shop).await?;
    /// # use synctera::types::ListPostedTransactionsQuery;
    /// # let paid = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    /// # let transaction = client.list(paid).try_next().await?.ok_or("nothing was paid")?.uuid;
    /// # let reason = synctera::types::CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    /// # let reported = sandbox.now();
    /// # let claim = synctera::OpenDispute::card(transaction, Money::usd(46_00), reported, reason);
    /// # let dispute = client.open_dispute(&claim).await?.id;
    /// use synctera::ActOnDispute;
    ///
    /// // The customer has the money while the dispute goes on.
    /// client.act_on_dispute(&ActOnDispute::provisional_credit(dispute)).await?;
    /// assert_eq!(client.balances(checking).await?.posted, Money::usd(1_000_00));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `INVALID_STATUS` for what cannot follow now.
    pub fn act_on_dispute(&self, request: &ActOnDispute) -> Run<'static, ActOnDispute> {
        Run::new(self, request)
    }

    /// Hands in evidence: a file of at most 14 MB.
    ///
    /// ```
    #[doc = include_str!("../../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// # let shop = synctera::Merchant::new("shop-1");
    /// # client.simulate_card(card).pay(Money::usd(46_00), &shop).await?;
    /// # use synctera::types::ListPostedTransactionsQuery;
    /// # let paid = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    /// # let transaction = client.list(paid).try_next().await?.ok_or("nothing was paid")?.uuid;
    /// # let reason = synctera::types::CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    /// # let reported = sandbox.now();
    /// # let claim = synctera::OpenDispute::card(transaction, Money::usd(46_00), reported, reason);
    /// # let dispute = client.open_dispute(&claim).await?.id;
    /// # let pdf = b"%PDF-1.4".to_vec();
    /// use synctera::{AddEvidence, Upload};
    ///
    /// let letter = Upload::new("letter.pdf", "application/pdf", pdf);
    /// client.add_evidence(&AddEvidence::new(dispute, letter)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `INVALID_STATUS` for a dispute that is closed.
    pub fn add_evidence(&self, request: &AddEvidence) -> Run<'static, AddEvidence> {
        Run::new(self, request)
    }
}
