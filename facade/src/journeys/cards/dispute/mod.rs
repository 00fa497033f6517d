//! Disputes of transactions, by customers and by holders of external cards.

mod act;
mod evidence;
mod open;

use crate::Synctera;
use crate::journeys::Run;

pub use act::ActOnDispute;
pub use evidence::AddEvidence;
pub use open::{OpenDispute, OpenedDispute};

impl Synctera {
    /// Opens a dispute of a posted transaction, and uploads the evidence. With the feature
    /// `disputes`.
    ///
    /// Use [`act_on_dispute`](Synctera::act_on_dispute) for the next steps: a provisional credit, a
    /// chargeback, or the return of an ACH debit. A customer reports a card transaction within 60
    /// days of its statement, and it is disputed within 120 days of its settlement; an ACH debit is
    /// disputed within 60 days of its settlement.
    ///
    /// The cardholder of an external card disputes a pull through the bank of the card. The account
    /// that received the money may then be debited, provisionally or finally, and the program can
    /// represent the transaction with evidence ([`ActOnDispute::represent`]).
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors: `BAD_REQUEST_BODY` for more than the posted amount, `DUPLICATE_RESOURCE`
    /// for a transaction with an open dispute.
    pub fn open_dispute(&self, request: &OpenDispute) -> Run<'static, OpenDispute> {
        Run::new(self, request)
    }

    /// Takes an action in a dispute. The dispute's `available_actions` lists the possible ones.
    /// With the feature `disputes`.
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
    /// // The customer has the money during the dispute.
    /// client.act_on_dispute(&ActOnDispute::provisional_credit(dispute)).await?;
    /// assert_eq!(client.balances(checking).await?.posted, Money::usd(1_000_00));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors: `INVALID_STATUS` for an action that is not available.
    pub fn act_on_dispute(&self, request: &ActOnDispute) -> Run<'static, ActOnDispute> {
        Run::new(self, request)
    }

    /// Uploads evidence: a file of at most 14 MB. With the feature `disputes`.
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an empty file or one of more than 14
    /// MB; otherwise the platform's errors: `INVALID_STATUS` for a closed dispute.
    pub fn add_evidence(&self, request: &AddEvidence) -> Run<'static, AddEvidence> {
        Run::new(self, request)
    }
}
