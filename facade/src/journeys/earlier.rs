//! Finds the resources that an earlier run made, for runs whose idempotency keys the platform no
//! longer stores.
//!
//! A [`Mark`] identifies a resource among similar ones, as long as it stays in the metadata.

use std::fmt;

use chrono::NaiveDate;
use synctera_api::runtime::{AccountId, BusinessId, Sensitive};
use synctera_api::{Error, v2};

use super::Party;
use super::cards::details::Details;
use super::run::Mark;
use crate::Items;
use crate::types::{
    Account, Business, Card, Disclosure, ExternalAccount, InternalTransfer, ListAccountsQuery,
    ListBusinessesQuery, ListCardsQuery, ListDisclosuresQuery, ListExternalAccountsQuery,
    ListMonitoringSubscriptionsQuery, ListPendingTransactionsQuery, ListPersonsQuery,
    ListPostedTransactionsQuery, ListRelationshipsQuery, ListVerificationsQuery,
    MonitoringSubscription, NewDisclosure, NewRelationship, Person, Relationship, Verification,
};

/// The most verifications of one party that are read.
const VERIFICATIONS_MAX: usize = 10_000;

/// A person, by date of birth, the end of the social security number, and the mark.
pub(super) async fn person(
    api: v2::Client,
    dob: Sensitive<NaiveDate>,
    ssn: Option<Sensitive<String>>,
    mark: Mark,
) -> Result<Option<Person>, Error> {
    let last_four = |ssn: &Sensitive<String>| {
        let text = ssn.expose();
        text.get(text.len().saturating_sub(4)..).map(|digits| Sensitive::new(digits.to_owned()))
    };
    let query = ListPersonsQuery {
        dob: Some(dob),
        ssn_last_4: ssn.as_ref().and_then(last_four),
        ..ListPersonsQuery::default()
    };
    Items::of(api, query).first_where(|person| mark.is_in(&person.metadata)).await
}

/// A business, by its mark. Names can change, so all businesses are read.
pub(super) async fn business(api: v2::Client, mark: Mark) -> Result<Option<Business>, Error> {
    let query = ListBusinessesQuery::default();
    Items::of(api, query).first_where(|business| mark.is_in(&business.metadata)).await
}

/// An account of a party.
pub(super) async fn account(
    api: v2::Client,
    holder: Party,
    mark: Mark,
) -> Result<Option<Account>, Error> {
    let query = ListAccountsQuery {
        customer_id: holder.customer_id().into_iter().collect(),
        business_id: holder.business_id().into_iter().collect(),
        ..ListAccountsQuery::default()
    };
    Items::of(api, query).first_where(|account| mark.is_in(&account.metadata)).await
}

/// A card of an account.
pub(super) async fn card(
    api: v2::Client,
    account: AccountId,
    mark: Mark,
) -> Result<Option<Card>, Error> {
    let query = ListCardsQuery { account_id: vec![account], ..ListCardsQuery::default() };
    let is_marked =
        |card: &Card| Details::of(card).is_some_and(|card| mark.is_among(card.metadata));
    Items::of(api, query).first_where(is_marked).await
}

/// An external account of a party.
pub(super) async fn external_account(
    api: v2::Client,
    holder: Party,
    mark: Mark,
) -> Result<Option<ExternalAccount>, Error> {
    let query = ListExternalAccountsQuery {
        customer_id: holder.customer_id().into_iter().collect(),
        business_id: holder.business_id().into_iter().collect(),
        ..ListExternalAccountsQuery::default()
    };
    Items::of(api, query).first_where(|account| mark.is_in(&account.metadata)).await
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
    let (person, business, owns): (_, BusinessId, bool) = match &wanted {
        NewRelationship::BeneficialOwnerOf(owner) => {
            (owner.from_person_id, owner.to_business_id, true)
        }
        NewRelationship::ManagingPersonOf(manager) => {
            (manager.from_person_id, manager.to_business_id, false)
        }
        _ => return Ok(None),
    };
    let query = ListRelationshipsQuery {
        from_person_id: vec![person],
        to_business_id: vec![business],
        ..ListRelationshipsQuery::default()
    };
    let is_same = |relationship: &Relationship| match relationship {
        Relationship::BeneficialOwnerOf(_) => owns,
        Relationship::ManagingPersonOf(_) => !owns,
        _ => false,
    };
    Items::of(api, query).first_where(is_same).await
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

/// A transfer, by the idempotency key that its transaction carries.
pub(super) async fn transfer(
    api: v2::Client,
    key: impl fmt::Display + Send,
) -> Result<Option<InternalTransfer>, Error> {
    let key = key.to_string();
    let posted = ListPostedTransactionsQuery {
        idempotency_key: vec![key.clone()],
        ..ListPostedTransactionsQuery::default()
    };
    let pending = ListPendingTransactionsQuery {
        idempotency_key: vec![key],
        ..ListPendingTransactionsQuery::default()
    };
    let posted = Items::of(api.clone(), posted).first_where(|_| true).await?;
    let id = match posted {
        Some(transaction) => Some(transaction.uuid),
        None => {
            let pending = Items::of(api.clone(), pending).first_where(|_| true).await?;
            pending.map(|transaction| transaction.uuid)
        }
    };
    match id {
        // It has been posted or held. An error in reading it must not make it move again.
        Some(id) => Ok(Some(api.get_internal_transfer(id).await?.into_inner())),
        None => Ok(None),
    }
}
