//! Addresses of parties.

use serde_json::{Value, json};

use crate::domain::parties::Party;
use crate::model::{ApiError, Ctx, Kind, text};

pub(crate) const ADDRESS: Kind = Kind {
    name: "address",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

/// Records an address that came inside of a party that is new.
pub(crate) fn record(
    ctx: &Ctx<'_>,
    party: Party,
    id: &str,
    inline: &mut Value,
    address_type: &str,
) -> Result<(), ApiError> {
    if !inline.is_object() {
        return Ok(());
    }
    tidy(inline);
    inline["id"] = json!(ctx.new_id()?);
    inline["address_type"] = json!(address_type);
    let mut address = inline.clone();
    address[owner(party)] = json!(id);
    address["is_active"] = json!(true);
    address["creation_date"] = json!(ctx.now_text());
    address["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&ADDRESS, &address)
}

/// Records an address that came inside of a party; one that it replaces is not active any more.
pub(crate) fn replace(
    ctx: &Ctx<'_>,
    party: Party,
    id: &str,
    inline: &mut Value,
    address_type: &str,
) -> Result<(), ApiError> {
    record(ctx, party, id, inline, address_type)?;
    if inline.is_object() {
        retire(ctx, party, id, address_type, text(inline, "id"))?;
    }
    Ok(())
}

/// The property that names the party.
pub(crate) fn owner(party: Party) -> &'static str {
    match party {
        Party::Person => "customer_id",
        Party::Business => "business_id",
    }
}

/// Other addresses of the type are not active any more.
pub(crate) fn retire(
    ctx: &Ctx<'_>,
    party: Party,
    id: &str,
    address_type: &str,
    but: &str,
) -> Result<(), ApiError> {
    let key = owner(party).trim_end_matches("_id");
    for mut other in ctx.all_with(&ADDRESS, key, id)? {
        if other["address_type"] == address_type
            && other["is_active"] == true
            && text(&other, "id") != but
        {
            other["is_active"] = json!(false);
            other["last_updated_time"] = json!(ctx.now_text());
            ctx.update(&ADDRESS, &other)?;
        }
    }
    Ok(())
}

/// A Canadian postal code is written as `A1A 1A1`; nothing else of an address is put right.
pub(crate) fn tidy(address: &mut Value) {
    if text(address, "country_code") != "CA" {
        return;
    }
    let packed: String =
        text(address, "postal_code").chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if packed.len() == 6 && packed.is_ascii() {
        let (area, unit) = packed.split_at(3);
        address["postal_code"] = json!(format!("{area} {unit}").to_uppercase());
    }
}
