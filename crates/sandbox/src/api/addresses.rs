//! Addresses of persons and businesses, as resources of their own. The legal and the shipping
//! address of a party are the newest active ones of their types, and the other way round.

use serde_json::json;
use synctera_api::runtime::{BusinessId, CustomerId};
use synctera_api::v2::types;
use synctera_api::v2::types::AddressType;

use crate::domain::addresses::{ADDRESS, Address, retire, tidy};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::{PartyIds, PartyRecord};
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, convert, merge, one_of,
};

const ON_ONE: &[(&str, &Kind)] = &[("address_id", &ADDRESS)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_addresses", list),
    Served::new("create_address", create)
        .ruled(|ctx| Ok(one_of(&ctx.request.body, &["customer_id", "business_id"]))),
    Served::on("get_address", ON_ONE, get),
    Served::on("update_address", ON_ONE, update),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &ADDRESS,
        items: "addresses",
        filters: &[
            ("address_type", By::OneOf("/address_type")),
            ("business_id", By::Key("business")),
            ("customer_id", By::Key("customer")),
            ("country", By::Equals("/country_code")),
            ("is_active", By::Equals("/is_active")),
            ("is_registered_agent", By::Equals("/is_registered_agent")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::PartyAddressList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new: types::NewPartyAddress = ctx.body()?;
    let Some(party) = named(ctx, new.customer_id, new.business_id)? else {
        return Err(ApiError::Internal("a party that is there and not there".to_owned()));
    };
    let rest = json!({
        "id": ctx.new_id()?, "is_active": new.is_active.unwrap_or(true),
        "creation_date": ctx.now, "last_updated_time": ctx.now,
    });
    let mut address = Record::<Address>::new(complete(&new, rest)?, ());
    write_postal_code(&mut address);
    ctx.add(&address)?;
    mirror(ctx, party, &address)?;
    Reply::json(201, &address.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Address>("address_id")?.wire)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut address = ctx.find_in_url::<Address>("address_id")?;
    merge(&mut address.wire, &ctx.body::<types::PartyAddressPatch>()?)?;
    write_postal_code(&mut address);
    address.last_updated_time = ctx.now;
    ctx.save(&address)?;
    if let Some(party) = named(ctx, address.customer_id, address.business_id)? {
        mirror(ctx, party, &address)?;
    }
    Reply::json(200, &address.wire)
}

fn named(
    ctx: &Ctx<'_>,
    customer_id: Option<CustomerId>,
    business_id: Option<BusinessId>,
) -> Result<Option<PartyRecord>, ApiError> {
    PartyIds { customer_id, business_id, ..PartyIds::default() }.find(ctx, "")
}

fn write_postal_code(address: &mut types::PartyAddress) {
    tidy(&address.country_code, &mut address.postal_code);
}

/// An active legal or shipping address is the party's.
fn mirror(
    ctx: &Ctx<'_>,
    mut party: PartyRecord,
    address: &Record<Address>,
) -> Result<(), ApiError> {
    let id = party.id();
    let Some(address_type) = &address.address_type else {
        return Ok(());
    };
    let theirs = match (address_type, &mut party) {
        (AddressType::Legal, PartyRecord::Person(person)) => &mut person.legal_address,
        (AddressType::Legal, PartyRecord::Business(business)) => &mut business.legal_address,
        (AddressType::Shipping, PartyRecord::Person(person)) => &mut person.shipping_address,
        _ => return Ok(()),
    };
    if !ctx.settings.addresses_mirror_parties {
        return Ok(());
    }
    if address.is_active {
        *theirs = Some(convert(&address.wire)?);
        retire(ctx, id, address_type, Some(address.id))?;
    } else if theirs.as_ref().is_some_and(|known| known.id == Some(address.id.into())) {
        *theirs = None;
    }
    party.save(ctx)
}
