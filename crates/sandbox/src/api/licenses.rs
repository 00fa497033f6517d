//! Licenses of customers and businesses. Nobody checks them here: they stay unverified.

use serde_json::json;
use synctera_api::v0::types;
use synctera_api::v0::types::LicenseStatus;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::PartyIds;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served, build, complete, one_of, text,
};
use crate::spec::FieldErrors;

const LICENSE: Kind = Kind {
    name: "license",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

/// A license of a customer or a business.
enum License {}

impl Resource for License {
    const KIND: &'static Kind = &LICENSE;
    type Wire = types::License;
    type Facts = ();
}

const ON_ONE: &[(&str, &Kind)] = &[("license_id", &LICENSE)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_licenses", list),
    Served::new("create_license", create).ruled(of_new_license),
    Served::on("get_license", ON_ONE, get),
    Served::on("update_license", ON_ONE, update),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &LICENSE,
        items: "licenses",
        filters: &[("business_id", By::Key("business")), ("customer_id", By::Key("customer"))],
        always: Vec::new(),
        view: &as_stored,
    };
    let (licenses, _) = list.page(ctx)?;
    // The document has this list answered with 201.
    Reply::json(201, &build::<types::LicenseList>(json!({ "licenses": licenses }))?)
}

/// What is wrong with the body of a new license.
fn of_new_license(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = one_of(&ctx.request.body, &["customer_id", "business_id"]);
    for property in ["license_number", "license_type"] {
        if text(&ctx.request.body, property).is_empty() {
            errors.merge(FieldErrors::missing(property));
        }
    }
    Ok(errors)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new: types::NewLicense = ctx.body()?;
    let (customer_id, business_id) = (new.customer_id, new.business_id);
    PartyIds { customer_id, business_id, ..PartyIds::default() }.find(ctx, "")?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": LicenseStatus::Unverified,
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let license = Record::<License>::new(complete(&new, rest)?, ());
    ctx.add(&license)?;
    Reply::json(201, &license.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<License>("license_id")?.wire)
}

/// Another number is another license: what was found of the old one falls away.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut license = ctx.find_in_url::<License>("license_id")?;
    license.license_number = ctx.body::<types::LicensePatch>()?.license_number;
    license.status = LicenseStatus::Unverified;
    license.last_updated_time = ctx.now;
    ctx.save(&license)?;
    Reply::json(200, &license.wire)
}
