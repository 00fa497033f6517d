//! SyncteraPay: payments over the program's own networks.

use chrono::NaiveDate;
use synctera_api::Error;
use synctera_api::runtime::{
    AccountId, CustomerId, ExternalAccountId, SyncteraPayTransferId, SyncteraPayVendorId,
};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    NewSyncteraPayTransfer, SyncteraPayDirection, SyncteraPayNetworkStatus, SyncteraPayStatus,
    SyncteraPaySubtype, SyncteraPayTransfer, SyncteraPayTransferDcSign, SyncteraPayTransferPatch,
    SyncteraPayTransferPatchStatus,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Holds money for a payment over a network of the program: a remittance, a bill payment, a
    /// card load. With the feature `synctera_pay`.
    ///
    /// The program makes the payment itself. It then confirms it with
    /// [`post_synctera_pay`](Self::post_synctera_pay), or cancels it with
    /// [`cancel_synctera_pay`](Self::cancel_synctera_pay). A posted payment that comes back is
    /// [returned](Self::return_synctera_pay).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::SendSyncteraPay;
    /// use synctera::types::SyncteraPaySubtype;
    ///
    /// let day = "2026-11-25".parse()?; // Stored with the order.
    /// let kind = SyncteraPaySubtype::OutgoingInternationalRemittance;
    /// let remittance =
    ///     SendSyncteraPay::new(checking, Money::usd(80_00), customer, kind, "REMITTER", day)
    ///         .reference_id("remittance-5");
    /// let sent = client.send_synctera_pay(&remittance).key("remittance-5").await?;
    /// let posted = client.post_synctera_pay(sent.id).key("remittance-5").await?;
    /// assert_eq!(posted.status.as_str(), "POSTED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors, such as `INSUFFICIENT_FUNDS`.
    pub fn send_synctera_pay(&self, request: &SendSyncteraPay) -> Run<'static, SendSyncteraPay> {
        Run::new(self, request)
    }

    /// Confirms that a transfer was paid: its money leaves the account. With the feature
    /// `synctera_pay`; see [`send_synctera_pay`](Self::send_synctera_pay).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # use synctera::SendSyncteraPay;
    /// # use synctera::types::SyncteraPaySubtype;
    /// # let day = "2026-11-25".parse()?;
    /// # let kind = SyncteraPaySubtype::OutgoingBillPayment;
    /// # let bill = SendSyncteraPay::new(checking, Money::usd(80_00), customer, kind, "BILLS", day);
    /// # let bill = bill.reference_id("bill-5");
    /// let sent = client.send_synctera_pay(&bill).key("bill-5").await?;
    /// // The biller was paid.
    /// client.post_synctera_pay(sent.id).key("bill-5").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `BAD_REQUEST_BODY` with the members that the program's configuration
    /// requires and the transfer lacks, `INVALID_STATUS` for a canceled transfer. A posted transfer
    /// is returned unchanged.
    pub fn post_synctera_pay(
        &self,
        transfer: SyncteraPayTransferId,
    ) -> Run<'static, EndSyncteraPay> {
        Run::of(self, EndSyncteraPay::post(transfer))
    }

    /// Cancels a transfer that was not paid: its money is released. With the feature
    /// `synctera_pay`; see [`send_synctera_pay`](Self::send_synctera_pay).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # use synctera::SendSyncteraPay;
    /// # use synctera::types::SyncteraPaySubtype;
    /// # let day = "2026-11-25".parse()?;
    /// # let kind = SyncteraPaySubtype::OutgoingBillPayment;
    /// # let bill = SendSyncteraPay::new(checking, Money::usd(80_00), customer, kind, "BILLS", day);
    /// # let bill = bill.reference_id("bill-5");
    /// let sent = client.send_synctera_pay(&bill).key("bill-5").await?;
    /// // The biller rejected the payment.
    /// client.cancel_synctera_pay(sent.id).key("bill-5").await?;
    /// assert_eq!(client.balances(checking).await?.available, Money::usd(1_000_00));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for a posted transfer. A canceled transfer is
    /// returned unchanged.
    pub fn cancel_synctera_pay(
        &self,
        transfer: SyncteraPayTransferId,
    ) -> Run<'static, EndSyncteraPay> {
        Run::of(self, EndSyncteraPay::cancel(transfer))
    }

    /// Returns a transfer that came back after it was posted: its money is credited to the account
    /// again. With the feature `synctera_pay`; see [`send_synctera_pay`](Self::send_synctera_pay).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # use synctera::SendSyncteraPay;
    /// # use synctera::types::SyncteraPaySubtype;
    /// # let day = "2026-11-25".parse()?;
    /// # let kind = SyncteraPaySubtype::OutgoingBillPayment;
    /// # let bill = SendSyncteraPay::new(checking, Money::usd(80_00), customer, kind, "BILLS", day);
    /// # let bill = bill.reference_id("bill-5");
    /// let sent = client.send_synctera_pay(&bill).key("bill-5").await?;
    /// client.post_synctera_pay(sent.id).key("bill-5").await?;
    /// // The biller sends it back.
    /// client.return_synctera_pay(sent.id).key("bill-5").await?;
    /// assert_eq!(client.balances(checking).await?.posted, Money::usd(1_000_00));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for a transfer that was not posted. Nothing changes
    /// for a transfer that was returned already.
    pub fn return_synctera_pay(
        &self,
        transfer: SyncteraPayTransferId,
    ) -> Run<'static, EndSyncteraPay> {
        Run::of(self, EndSyncteraPay::returned(transfer))
    }
}

/// A request to send a SyncteraPay transfer; see [`Synctera::send_synctera_pay`].
#[derive(Clone, Debug)]
pub struct SendSyncteraPay {
    from: AccountId,
    amount: Money,
    customer: CustomerId,
    subtype: SyncteraPaySubtype,
    network: String,
    effective_date: NaiveDate,
    reference_id: Option<String>,
    vendor: Option<SyncteraPayVendorId>,
    final_external_account: Option<ExternalAccountId>,
}

impl SendSyncteraPay {
    /// Pays out of an account, on behalf of a customer of the account: the kind of payment, the
    /// name of the network as configured for the program, and the effective date.
    /// The day must be the same in each run under one key: store it.
    pub fn new(
        from: AccountId,
        amount: Money,
        customer: impl Into<CustomerId>,
        subtype: SyncteraPaySubtype,
        network: impl Into<String>,
        effective_date: NaiveDate,
    ) -> Self {
        Self {
            from,
            amount,
            customer: customer.into(),
            subtype,
            network: network.into(),
            effective_date,
            reference_id: None,
            vendor: None,
            final_external_account: None,
        }
    }

    /// Your own reference. Some vendors accept each reference only once.
    #[must_use]
    pub fn reference_id(mut self, id: impl IntoOption<String>) -> Self {
        self.reference_id = id.into_option();
        self
    }

    /// The vendor that makes the payment.
    #[must_use]
    pub fn vendor(mut self, vendor: impl IntoOption<SyncteraPayVendorId>) -> Self {
        self.vendor = vendor.into_option();
        self
    }

    /// The account that receives the money in the end.
    #[must_use]
    pub fn final_external_account(mut self, account: impl IntoOption<ExternalAccountId>) -> Self {
        self.final_external_account = account.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.amount(self.amount);
        checks.text(&self.network, "synctera_pay_network");
        checks.optional_text(self.reference_id.as_deref(), "reference_id");
        checks.finish()
    }

    fn to_new(&self) -> NewSyncteraPayTransfer {
        NewSyncteraPayTransfer {
            reference_id: self.reference_id.clone(),
            synctera_pay_vendor_id: self.vendor,
            final_external_account_id: self.final_external_account,
            ..NewSyncteraPayTransfer::new(
                self.from,
                self.amount.minor(),
                self.amount.currency(),
                self.customer,
                SyncteraPayTransferDcSign::Credit,
                SyncteraPayDirection::Outgoing,
                self.effective_date,
                self.subtype.clone(),
                self.network.clone(),
            )
        }
    }
}

impl Sealed for SendSyncteraPay {}

impl Journey for SendSyncteraPay {
    type Outcome = SyncteraPayTransfer;

    const NAME: &'static str = "send_synctera_pay";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<SyncteraPayTransfer, Error> {
        self.check()?;
        let body = self.to_new();
        let sent = steps
            .write_booked(
                "",
                |api| api.create_synctera_pay_transfer(&body),
                |transfer| transfer.id.to_string(),
            )
            .await?;
        let id = sent.id;
        steps.current(sent, |api| api.get_synctera_pay_transfer(id)).await
    }
}

/// A request to post, cancel or return a SyncteraPay transfer; see
/// [`Synctera::send_synctera_pay`].
#[derive(Clone, Copy, Debug)]
pub struct EndSyncteraPay {
    transfer: SyncteraPayTransferId,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Post,
    Cancel,
    Return,
}

impl EndSyncteraPay {
    /// Confirms that the transfer was paid; see [`Synctera::post_synctera_pay`].
    pub fn post(transfer: SyncteraPayTransferId) -> Self {
        Self { transfer, end: End::Post }
    }

    /// Cancels the transfer; see [`Synctera::cancel_synctera_pay`].
    pub fn cancel(transfer: SyncteraPayTransferId) -> Self {
        Self { transfer, end: End::Cancel }
    }

    /// Returns the transfer, which came back after it was posted; see
    /// [`Synctera::return_synctera_pay`].
    pub fn returned(transfer: SyncteraPayTransferId) -> Self {
        Self { transfer, end: End::Return }
    }

    /// Whether the transfer has the requested state already.
    fn is_done(&self, transfer: &SyncteraPayTransfer) -> bool {
        match self.end {
            End::Post => transfer.status == SyncteraPayStatus::Posted,
            End::Cancel => transfer.status == SyncteraPayStatus::Cancelled,
            End::Return => transfer.network_status == Some(SyncteraPayNetworkStatus::Returned),
        }
    }
}

impl Sealed for EndSyncteraPay {}

impl Journey for EndSyncteraPay {
    type Outcome = SyncteraPayTransfer;

    const NAME: &'static str = "end_synctera_pay";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<SyncteraPayTransfer, Error> {
        let id = self.transfer;
        let known = steps.api().get_synctera_pay_transfer(id).await?.into_inner();
        if self.is_done(&known) {
            return Ok(known);
        }
        let id_of = |transfer: &SyncteraPayTransfer| transfer.id.to_string();
        let (status, part) = match self.end {
            End::Return => {
                return steps.add("", |api| api.return_synctera_pay_transfer(id), id_of).await;
            }
            End::Post => (SyncteraPayTransferPatchStatus::Posted, "post"),
            End::Cancel => (SyncteraPayTransferPatchStatus::Cancelled, "cancel"),
        };
        let body = SyncteraPayTransferPatch {
            status: status.into(),
            ..SyncteraPayTransferPatch::default()
        };
        steps.write(part, |api| api.update_synctera_pay_transfer(id, &body), id_of).await
    }
}
