//! From an event to the ACH transfer that was returned.

use chrono::Days;
use synctera_api::Error;
use synctera_api::runtime::{AccountId, NextAction};

use super::{Event, EventError, EventResource};
use crate::types::{
    IncomingAch, ListIncomingAchQuery, ListOutgoingAchQuery, PostedTransaction, TransactionLine,
};
use crate::{AchReturn, Synctera};

const OPERATION: &str = "ach_return";

/// The maximum number of entries of an account that are searched.
const ENTRIES_MAX: usize = 10_000;
/// The maximum difference between the settlement dates of an entry and of its transaction.
const SETTLEMENT_WINDOW: Days = Days::new(7);

impl Synctera {
    /// The returned ACH transfer that an event is about: which transfer, and the code of the
    /// return. `None` when the event is about anything else. With the feature `webhooks`.
    ///
    /// The platform has no event for a return. It posts a transaction that reverses the transfer
    /// (`TRANSACTION.POSTED.CREATED`), or announces an entry before its settlement date
    /// (`ACH.INCOMING.FUTURE_DATED`). The announced entry contains the transfer and the code. For a
    /// transaction, this reads the incoming entries of the account that settle within seven days of
    /// it, with one or more requests.
    ///
    /// ```
    #[doc = include_str!("../journeys/example.txt")]
    /// use synctera::types::EventFilter;
    /// use synctera::webhooks::EventRouter;
    ///
    /// let router = EventRouter::new().on(EventFilter::TransactionPostedCreated, move |event| {
    ///     let client = client.clone();
    ///     async move {
    ///         if let Some(returned) = client.ach_return(&event).await? {
    ///             let reason = returned.code.reason().unwrap_or("unknown reason");
    ///             println!("{} was returned: {} ({reason})", returned.transfer_id, returned.code);
    ///         }
    ///         Ok(())
    ///     }
    /// });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when the event's resource cannot be read;
    /// [`Refused`](crate::ErrorKind::Refused) when the account has more than 10,000 entries in that
    /// time; otherwise the platform's errors.
    pub async fn ach_return(&self, event: &Event) -> Result<Option<AchReturn>, Error> {
        let entry = match read(event)? {
            Some(EventResource::IncomingAch(entry)) => Some(*entry),
            Some(EventResource::PostedTransaction(transaction)) if is_ach(&transaction) => {
                self.entry_of(&transaction).await?
            }
            _ => None,
        };
        let Some(entry) = entry.filter(|entry| entry.return_data.is_some()) else {
            return Ok(None);
        };
        if entry.outgoing_ach_id.is_some() {
            return Ok(AchReturn::from_entry(entry));
        }
        let query = ListOutgoingAchQuery {
            incoming_ach_id: Some(entry.id),
            ..ListOutgoingAchQuery::default()
        };
        let transfer = self.list(query).try_next().await?;
        Ok(transfer.and_then(|transfer| AchReturn::of_transfer(transfer.id, entry)))
    }

    /// The incoming entry of a transaction.
    async fn entry_of(
        &self,
        transaction: &PostedTransaction,
    ) -> Result<Option<IncomingAch>, Error> {
        let account = self.account_of(transaction).await?;
        let day =
            transaction.settlement_date.unwrap_or_else(|| transaction.effective_date.date_naive());
        let query = ListIncomingAchQuery {
            account_id: account.into_iter().collect(),
            settlement_date_from: day.checked_sub_days(SETTLEMENT_WINDOW),
            settlement_date_to: day.checked_add_days(SETTLEMENT_WINDOW),
            ..ListIncomingAchQuery::default()
        };
        let mut entries = self.list(query);
        for _ in 0..ENTRIES_MAX {
            match entries.try_next().await? {
                Some(entry) if entry.external_id == Some(transaction.uuid.as_uuid()) => {
                    return Ok(Some(entry));
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
        let message = format!("the entry is not among the first {ENTRIES_MAX} of the account");
        Err(Error::refused(OPERATION, None, message).with_next_action(NextAction::DoNotRepeat))
    }

    /// The customer's account of a return. When the money of the return is in suspense, only the
    /// reversed transaction contains it.
    async fn account_of(
        &self,
        transaction: &PostedTransaction,
    ) -> Result<Option<AccountId>, Error> {
        match (customer_account(&transaction.data.lines), transaction.data.original_trx) {
            (None, Some(original)) => {
                let original = self.api().get_posted_transaction(original).await?;
                Ok(customer_account(&original.data.lines))
            }
            (account, _) => Ok(account),
        }
    }
}

/// The resource of an event that may be a return.
fn read(event: &Event) -> Result<Option<EventResource>, Error> {
    let groups = ["ACH.INCOMING.", "TRANSACTION.POSTED."];
    if !groups.iter().any(|group| event.event_type.as_str().starts_with(group)) {
        return Ok(None);
    }
    let unreadable =
        |error: EventError| Error::unusable_answer(OPERATION, error.path(), error.reason());
    event.resource().map(Some).map_err(unreadable)
}

fn is_ach(transaction: &PostedTransaction) -> bool {
    transaction.type_.as_str().eq_ignore_ascii_case("ach")
}

fn customer_account(lines: &[TransactionLine]) -> Option<AccountId> {
    let line = lines.iter().find(|line| !line.is_gl_acc && !line.is_offset)?;
    line.account_id.id().map(|id| AccountId::from(id.as_uuid()))
}
