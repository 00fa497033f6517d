//! Licenses of customers and businesses. Nobody checks them here: they stay unverified.

use serde_json::json;
use synctera_api::v0::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, one_of, text};
use crate::spec::FieldErrors;

const LICENSE: Kind = Kind {
    name: "license",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

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
    Reply::created::<types::LicenseList>(json!({ "licenses": licenses }))
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
    let mut license = ctx.request.body.clone();
    parties::named(ctx, &license)?;
    license["id"] = json!(ctx.new_id()?);
    license["tenant"] = json!(ctx.tenant);
    license["status"] = json!("UNVERIFIED");
    license["creation_time"] = json!(ctx.now_text());
    license["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&LICENSE, &license)?;
    Reply::created::<types::License>(license)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::License>(ctx.url_resource(&LICENSE, "license_id")?)
}

/// Another number is another license: what was found of the old one falls away.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut license = ctx.url_resource(&LICENSE, "license_id")?;
    license["license_number"] = ctx.request.body["license_number"].clone();
    license["status"] = json!("UNVERIFIED");
    license["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&LICENSE, &license)?;
    Reply::ok::<types::License>(license)
}
