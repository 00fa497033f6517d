//! What a party is to the bank.

use chrono::{DateTime, Utc};
use synctera_api::v2::types::{Business, BusinessStatus, Classification, Person, PersonStatus};

use crate::domain::accounts::holders;
use crate::domain::parties::{PartyId, id_of};
use crate::model;
use crate::model::{ApiError, Ctx};

/// What decides about the class of a customer.
struct Customer {
    is_customer: bool,
    /// When it was verified first.
    since: Option<DateTime<Utc>>,
    /// Whether its status ends the relation to the bank.
    is_gone: bool,
}

/// What a person is to the bank, by what is on file.
pub(crate) fn of_person(ctx: &Ctx<'_>, person: &Person) -> Result<Vec<Classification>, ApiError> {
    let is_gone = matches!(
        person.status,
        PersonStatus::Inactive
            | PersonStatus::Dormant
            | PersonStatus::Deceased
            | PersonStatus::Escheat
            | PersonStatus::Denied
    );
    let (is_customer, since) = (person.is_customer, person.customer_active);
    classify(ctx, PartyId::Person(person.id), &Customer { is_customer, since, is_gone })
}

/// What a business is to the bank, by what is on file.
pub(crate) fn of_business(
    ctx: &Ctx<'_>,
    business: &Business,
) -> Result<Vec<Classification>, ApiError> {
    let is_gone = matches!(
        business.status,
        BusinessStatus::Inactive | BusinessStatus::Cancelled | BusinessStatus::Dissolved
    );
    let (is_customer, since) = (business.is_customer, business.customer_active);
    classify(ctx, PartyId::Business(id_of(business)), &Customer { is_customer, since, is_gone })
}

fn classify(
    ctx: &Ctx<'_>,
    id: PartyId,
    customer: &Customer,
) -> Result<Vec<Classification>, ApiError> {
    let mut classes = Vec::new();
    if customer.is_customer {
        classes.push(match customer.since {
            None => Classification::Prospect,
            Some(_) if customer.is_gone => Classification::InactiveBankCustomer,
            Some(_) => Classification::BankCustomer,
        });
    }
    if holders::is_authorized_user(ctx, &id.to_string())? {
        classes.push(Classification::AuthorizedUser);
    }
    Ok(classes)
}

/// Whether a party of these classes is of one of the classes that a list asks for.
pub(crate) fn is_asked_for(ctx: &Ctx<'_>, classes: &[Classification]) -> bool {
    let wanted = ctx.request.query.get("classifications").map_or(Vec::new(), model::texts);
    wanted.is_empty() || classes.iter().any(|class| wanted.contains(&class.as_str()))
}
