//! Addresses of parties.

use serde_json::json;
use synctera_api::runtime::{AddressId, CountryCode};
use synctera_api::v2::types::{AddressType, MailingAddress, MailingAddressInput, PartyAddress};

use crate::domain::parties::{Party, PartyId};
use crate::model::{ApiError, Ctx, Kind, Resource, complete, patch, to_json};

pub(crate) const ADDRESS: Kind = Kind {
    name: "address",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

/// An address of a party.
pub(crate) enum Address {}

impl Resource for Address {
    const KIND: &'static Kind = &ADDRESS;
    type Wire = PartyAddress;
    type Facts = ();
}

/// Records an address that came inside of a party that is new: what the party has of it.
pub(crate) fn record(
    ctx: &Ctx<'_>,
    party: PartyId,
    sent: &MailingAddressInput,
    address_type: AddressType,
) -> Result<MailingAddress, ApiError> {
    let rest = json!({ "id": ctx.new_id()?, "address_type": address_type });
    let mut inline: MailingAddress = complete(sent, rest)?;
    tidy(&inline.country_code, &mut inline.postal_code);
    let mut document = to_json(&inline)?;
    let own = json!({
        owner(party.party()): party.as_uuid(), "is_active": true,
        "creation_date": ctx.now, "last_updated_time": ctx.now,
    });
    patch(&mut document, own);
    ctx.insert(&ADDRESS, &document)?;
    Ok(inline)
}

/// Records an address that came inside of a party; one that it replaces is not active any more.
pub(crate) fn replace(
    ctx: &Ctx<'_>,
    party: PartyId,
    sent: &MailingAddressInput,
    address_type: AddressType,
) -> Result<MailingAddress, ApiError> {
    let inline = record(ctx, party, sent, address_type.clone())?;
    retire(ctx, party, &address_type, inline.id.map(AddressId::from))?;
    Ok(inline)
}

/// The property that names the party.
fn owner(party: Party) -> &'static str {
    match party {
        Party::Person => "customer_id",
        Party::Business => "business_id",
    }
}

/// Other addresses of the type are not active any more.
pub(crate) fn retire(
    ctx: &Ctx<'_>,
    party: PartyId,
    address_type: &AddressType,
    but: Option<AddressId>,
) -> Result<(), ApiError> {
    let key = match party.party() {
        Party::Person => "customer",
        Party::Business => "business",
    };
    for mut other in ctx.find_all::<Address>(key, party)? {
        let is_replaced = other.address_type.as_ref() == Some(address_type);
        if is_replaced && other.is_active && Some(other.id) != but {
            other.is_active = false;
            other.last_updated_time = ctx.now;
            ctx.save(&other)?;
        }
    }
    Ok(())
}

/// A Canadian postal code is written as `A1A 1A1`; nothing else of an address is put right.
pub(crate) fn tidy(country: &CountryCode, postal_code: &mut Option<String>) {
    let Some(given) = postal_code.as_deref().filter(|_| *country == "CA") else {
        return;
    };
    let packed: String = given.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if packed.len() == 6 && packed.is_ascii() {
        let (area, unit) = packed.split_at(3);
        *postal_code = Some(format!("{area} {unit}").to_uppercase());
    }
}
