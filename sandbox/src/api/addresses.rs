//! Addresses of persons and businesses, as resources of their own. The legal and the shipping
//! address of a party are the newest active ones of their types, and the other way round.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::addresses::{ADDRESS, retire, tidy};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::domain::parties::Party;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, one_of, patch, text};

const ON_ONE: &[(&str, &Kind)] = &[("address_id", &ADDRESS)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_addresses", list),
    Served::new("create_address", create)
        .ruled(|ctx| Ok(one_of(&ctx.request.body, &["customer_id", "business_id"]))),
    Served::on("get_address", ON_ONE, get),
    Served::on("update_address", ON_ONE, update),
];

/// What an address inside of a party has.
const INLINE: [&str; 10] = [
    "id",
    "address_line_1",
    "address_line_2",
    "address_type",
    "city",
    "country_code",
    "is_registered_agent",
    "nickname",
    "postal_code",
    "state",
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
    let mut address = ctx.request.body.clone();
    let Some((party, body)) = parties::named(ctx, &address)? else {
        return Err(ApiError::Internal("a party that is there and not there".to_owned()));
    };
    tidy(&mut address);
    address["id"] = json!(ctx.new_id()?);
    if address.get("is_active").is_none() {
        address["is_active"] = json!(true);
    }
    address["creation_date"] = json!(ctx.now_text());
    address["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&ADDRESS, &address)?;
    mirror(ctx, party, body, &address)?;
    Reply::created::<types::PartyAddress>(address)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::PartyAddress>(ctx.url_resource(&ADDRESS, "address_id")?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut address = ctx.url_resource(&ADDRESS, "address_id")?;
    patch(&mut address, &ctx.request.body);
    tidy(&mut address);
    address["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ADDRESS, &address)?;
    if let Some((party, body)) = parties::named(ctx, &address)? {
        mirror(ctx, party, body, &address)?;
    }
    Reply::ok::<types::PartyAddress>(address)
}

/// An active legal or shipping address is the party's.
fn mirror(ctx: &Ctx<'_>, party: Party, mut body: Value, address: &Value) -> Result<(), ApiError> {
    let field = match (text(address, "address_type"), party) {
        ("LEGAL", _) => "legal_address",
        ("SHIPPING", Party::Person) => "shipping_address",
        _ => return Ok(()),
    };
    if !ctx.settings.addresses_mirror_parties {
        return Ok(());
    }
    if address["is_active"] == false {
        if body[field]["id"] == address["id"]
            && let Some(map) = body.as_object_mut()
        {
            map.remove(field);
        }
    } else {
        let mut inline = address.clone();
        if let Some(map) = inline.as_object_mut() {
            map.retain(|name, _| INLINE.contains(&name.as_str()));
        }
        body[field] = inline;
        let id = text(&body, "id").to_owned();
        retire(ctx, party, &id, text(address, "address_type"), text(address, "id"))?;
    }
    body["last_updated_time"] = json!(ctx.now_text());
    ctx.update(party.kind(), &body)
}
