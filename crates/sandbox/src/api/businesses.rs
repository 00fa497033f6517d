//! Businesses: create, read, change.

use serde_json::{Value, json};
use synctera_api::runtime::BusinessId;
use synctera_api::v2::types;
use synctera_api::v2::types::{AddressType, VerificationStatus};

use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{BUSINESS, Business, PartyId, id_of};
use crate::domain::{addresses, classifications, parties};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, Served, complete, merge, text};
use crate::spec::FieldErrors;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_businesses", list),
    Served::new("create_business", create).ruled(|ctx| Ok(check(&ctx.request.body))),
    Served::on("get_business", &[("business_id", &BUSINESS)], get),
    Served::on("update_business", &[("business_id", &BUSINESS)], update)
        .ruled(|ctx| Ok(check(&ctx.request.body))),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let has_accounts = ctx.request.query.get("has_accounts").and_then(Value::as_bool);
    List {
        kind: &BUSINESS,
        items: "businesses",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("is_customer", By::Key("is_customer")),
            ("entity_name", By::Wildcard(&["/entity_name"])),
            ("phone_number", By::Wildcard(&["/phone_number"])),
            ("classifications", By::Elsewhere),
            ("has_accounts", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Business, _>(|ctx, business| {
            let business = view(ctx, business)?;
            let fits = has_accounts.is_none_or(|has| business.has_accounts == Some(has))
                && classifications::is_asked_for(ctx, &business.classifications);
            Ok(fits.then_some(business))
        }),
    }
    .reply::<types::BusinessList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new: types::NewBusiness = ctx.body()?;
    let id = BusinessId::from(ctx.new_id()?);
    let legal_address = new.legal_address.as_ref();
    let legal_address = legal_address
        .map(|sent| addresses::record(ctx, PartyId::Business(id), sent, AddressType::Legal))
        .transpose()?;
    let rest = json!({
        "id": id, "tenant": ctx.tenant, "creation_time": ctx.now, "last_updated_time": ctx.now,
        "verification_status": VerificationStatus::Unverified, "legal_address": legal_address,
    });
    let business = Record::new(complete(&new, rest)?, ());
    ctx.add(&business)?;
    Reply::json(201, &view(ctx, business)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx, ctx.find_in_url("business_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut business = ctx.find_in_url::<Business>("business_id")?;
    let changes: types::BusinessPatch = ctx.body()?;
    merge(&mut business.wire, &changes)?;
    if let Some(sent) = changes.legal_address.value() {
        let id = PartyId::Business(id_of(&business));
        business.legal_address = Some(addresses::replace(ctx, id, sent, AddressType::Legal)?);
    }
    business.last_updated_time = Some(ctx.now);
    ctx.save(&business)?;
    Reply::json(200, &view(ctx, business)?)
}

/// Rules of fields that the document does not state.
fn check(body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let ein = text(body, "ein");
    if !ein.is_empty() && !is_ein(ein) {
        errors.merge(FieldErrors::invalid("ein", "must be written as 12-3456789"));
    }
    let state = text(body, "formation_state");
    let is_code = state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase());
    if !state.is_empty() && !is_code {
        errors.merge(FieldErrors::invalid("formation_state", "must be two letters"));
    }
    errors
}

/// `12-3456789`; the KYB test values come without the dash.
fn is_ein(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits == 9 && (text.len() == 9 || (text.len() == 10 && text.as_bytes()[2] == b'-'))
}

/// How a business is shown.
pub(crate) fn view(ctx: &Ctx<'_>, business: Record<Business>) -> Result<types::Business, ApiError> {
    let mut shown = business.wire;
    shown.has_accounts = Some(parties::has_accounts(ctx, id_of(&shown))?);
    shown.classifications = classifications::of_business(ctx, &shown)?;
    Ok(shown)
}
