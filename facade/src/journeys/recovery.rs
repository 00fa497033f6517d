//! Finds the resources that an earlier run made, for runs whose idempotency keys the platform no
//! longer stores.
//!
//! A [`ResumeMarker`] in its metadata distinguishes a resource from similar ones.

use chrono::NaiveDate;
use synctera_api::runtime::{AccountId, Sensitive, TransactionId};
use synctera_api::{Error, v2};

use super::Party;
use super::cards::details::Details;
use super::resume::ResumeMarker;
use crate::Items;
use crate::types::{
    Account, Business, Card, Disclosure, ExternalAccount, InternalTransfer, ListAccountsQuery,
    ListBusinessesQuery, ListCardsQuery, ListDisclosuresQuery, ListExternalAccountsQuery,
    ListMonitoringSubscriptionsQuery, ListPendingTransactionsQuery, ListPersonsQuery,
    ListPostedTransactionsQuery, ListRelationshipsQuery, ListVerificationsQuery,
    MonitoringSubscription, NewDisclosure, NewRelationship, PendingTransaction,
    PendingTransactionDataStatus, Person, Relationship, Verification,
};
#[cfg(feature = "check_deposits")]
use crate::types::{CheckDeposit, ListRdcDepositsQuery};
#[cfg(feature = "payment_schedules")]
use crate::types::{ListPaymentSchedulesQuery, PaymentSchedule};

/// The maximum number of verifications of one party that are read.
const VERIFICATIONS_MAX: usize = 10_000;

/// A person, by the initial date of birth and social security number, or among all persons.
pub(super) async fn person(
    api: v2::Client,
    identity: Option<(Sensitive<NaiveDate>, Option<Sensitive<String>>)>,
    marker: ResumeMarker,
) -> Result<Option<Person>, Error> {
    let last_four = |ssn: &Sensitive<String>| {
        let text = ssn.expose();
        text.get(text.len().saturating_sub(4)..).map(|digits| Sensitive::new(digits.to_owned()))
    };
    let (dob, ssn) = identity.map_or((None, None), |(dob, ssn)| (Some(dob), ssn));
    let query = ListPersonsQuery {
        dob,
        ssn_last_4: ssn.as_ref().and_then(last_four),
        ..ListPersonsQuery::default()
    };
    Items::of(api, query).first_where(|person| marker.is_in(&person.metadata)).await
}

/// A business, among all businesses, because names change.
pub(super) async fn business(
    api: v2::Client,
    marker: ResumeMarker,
) -> Result<Option<Business>, Error> {
    let query = ListBusinessesQuery::default();
    Items::of(api, query).first_where(|business| marker.is_in(&business.metadata)).await
}

/// An account of a party, or among all accounts.
pub(super) async fn account(
    api: v2::Client,
    holder: Option<Party>,
    marker: ResumeMarker,
) -> Result<Option<Account>, Error> {
    let query = ListAccountsQuery {
        customer_id: holder.and_then(Party::customer_id).into_iter().collect(),
        business_id: holder.and_then(Party::business_id).into_iter().collect(),
        ..ListAccountsQuery::default()
    };
    Items::of(api, query).first_where(|account| marker.is_in(&account.metadata)).await
}

/// A card of an account, or among all cards.
pub(super) async fn card(
    api: v2::Client,
    account: Option<AccountId>,
    marker: ResumeMarker,
) -> Result<Option<Card>, Error> {
    let query =
        ListCardsQuery { account_id: account.into_iter().collect(), ..ListCardsQuery::default() };
    let is_marked =
        |card: &Card| Details::of(card).is_some_and(|card| marker.is_among(card.metadata));
    Items::of(api, query).first_where(is_marked).await
}

/// An external account of a party, or among all external accounts.
pub(super) async fn external_account(
    api: v2::Client,
    holder: Option<Party>,
    marker: ResumeMarker,
) -> Result<Option<ExternalAccount>, Error> {
    let query = ListExternalAccountsQuery {
        customer_id: holder.and_then(Party::customer_id).into_iter().collect(),
        business_id: holder.and_then(Party::business_id).into_iter().collect(),
        ..ListExternalAccountsQuery::default()
    };
    Items::of(api, query).first_where(|account| marker.is_in(&account.metadata)).await
}

/// The disclosure of the same type, version and event.
pub(super) async fn disclosure(
    api: v2::Client,
    wanted: NewDisclosure,
) -> Result<Option<Disclosure>, Error> {
    let query = ListDisclosuresQuery {
        person_id: wanted.person_id.into_iter().collect(),
        business_id: wanted.business_id.into_iter().collect(),
        ..ListDisclosuresQuery::default()
    };
    let is_same = |disclosure: &Disclosure| {
        disclosure.type_ == wanted.type_
            && disclosure.version == wanted.version
            && disclosure.event_type == wanted.event_type
    };
    Items::of(api, query).first_where(is_same).await
}

/// The relationship of the same type between the same person and business.
pub(super) async fn relationship(
    api: v2::Client,
    wanted: NewRelationship,
) -> Result<Option<Relationship>, Error> {
    let mut query = ListRelationshipsQuery::default();
    let is_wanted: fn(&Relationship) -> bool = match &wanted {
        NewRelationship::BeneficialOwnerOf(owner) => {
            query.from_person_id = vec![owner.from_person_id];
            query.to_business_id = vec![owner.to_business_id];
            |relationship| matches!(relationship, Relationship::BeneficialOwnerOf(_))
        }
        NewRelationship::ManagingPersonOf(manager) => {
            query.from_person_id = vec![manager.from_person_id];
            query.to_business_id = vec![manager.to_business_id];
            |relationship| matches!(relationship, Relationship::ManagingPersonOf(_))
        }
        NewRelationship::OwnerOf(owner) => {
            query.from_business_id = vec![owner.from_business_id];
            query.to_business_id = vec![owner.to_business_id];
            |relationship| matches!(relationship, Relationship::OwnerOf(_))
        }
        _ => return Ok(None),
    };
    Items::of(api, query).first_where(is_wanted).await
}

/// The verifications of a party.
pub(super) async fn verifications(
    api: v2::Client,
    party: Party,
) -> Result<Vec<Verification>, Error> {
    let mut query = ListVerificationsQuery::default();
    match party {
        Party::Person(id) => query.person_id = vec![id],
        Party::Business(id) => query.business_id = vec![id],
    }
    let found = Items::of(api, query).collect_up_to(VERIFICATIONS_MAX + 1).await?;
    if found.len() > VERIFICATIONS_MAX {
        let reason = format!("the party has more than {VERIFICATIONS_MAX}");
        return Err(Error::unusable_answer("list_verifications", "verifications", &reason));
    }
    Ok(found)
}

/// The monitoring subscription of a party, which has at most one.
pub(super) async fn subscription(
    api: v2::Client,
    party: Party,
) -> Result<Option<MonitoringSubscription>, Error> {
    let mut query = ListMonitoringSubscriptionsQuery::default();
    match party {
        Party::Person(id) => query.person_id = vec![id],
        Party::Business(id) => query.business_id = vec![id],
    }
    Items::of(api, query).first_where(|_| true).await
}

/// A payment schedule, among all.
#[cfg(feature = "payment_schedules")]
pub(super) async fn payment_schedule(
    api: v2::Client,
    marker: ResumeMarker,
) -> Result<Option<PaymentSchedule>, Error> {
    let query = ListPaymentSchedulesQuery::default();
    Items::of(api, query).first_where(|schedule| marker.is_in(&schedule.metadata)).await
}

/// The deposit of a check, among all.
#[cfg(feature = "check_deposits")]
pub(super) async fn check_deposit(
    api: v2::Client,
    marker: ResumeMarker,
) -> Result<Option<CheckDeposit>, Error> {
    let query = ListRdcDepositsQuery::default();
    Items::of(api, query).first_where(|deposit| marker.is_in(&deposit.metadata)).await
}

/// A transfer, by the idempotency keys that it may have in the books.
pub(super) async fn transfer(
    api: v2::Client,
    marker: ResumeMarker,
) -> Result<Option<InternalTransfer>, Error> {
    match transaction(api.clone(), marker).await? {
        // It is in the books, so it must not be sent again, even if it cannot be decoded.
        Some(id) => Ok(Some(api.get_internal_transfer(id).await?.into_inner())),
        None => Ok(None),
    }
}

/// A transaction in the books, by the idempotency keys of the call that made it. One that was
/// declined moved nothing.
pub(super) async fn transaction(
    api: v2::Client,
    marker: ResumeMarker,
) -> Result<Option<TransactionId>, Error> {
    let keys: Vec<String> = marker.keys().iter().map(ToString::to_string).collect();
    let posted = ListPostedTransactionsQuery {
        idempotency_key: keys.clone(),
        ..ListPostedTransactionsQuery::default()
    };
    if let Some(posted) = Items::of(api.clone(), posted).first_where(|_| true).await? {
        return Ok(Some(posted.uuid));
    }
    let pending = ListPendingTransactionsQuery {
        idempotency_key: keys,
        ..ListPendingTransactionsQuery::default()
    };
    let has_acted = |transaction: &PendingTransaction| {
        transaction.data.status != PendingTransactionDataStatus::Declined
    };
    let pending = Items::of(api, pending).first_where(has_acted).await?;
    Ok(pending.map(|transaction| transaction.uuid))
}
