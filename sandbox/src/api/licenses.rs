//! Licences of customers and businesses. Nobody checks them here: they stay unverified.

use serde_json::json;
use synctera_api::v0::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::model::{Ctx, Kind, Outcome, Reply, Served, exactly_one, text};
use crate::spec::FieldErrors;

const LICENSE: Kind = Kind {
    name: "license",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

const ON_ONE: &[(&str, &Kind)] = &[("license_id", &LICENSE)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_licenses", list),
    Served::new("create_license", create),
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

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut license = ctx.request.body.clone();
    exactly_one(&license, &["customer_id", "business_id"])?;
    parties::named(ctx, &license)?;
    let mut errors = FieldErrors::default();
    for property in ["license_number", "license_type"] {
        if text(&license, property).is_empty() {
            errors.merge(FieldErrors::missing(property));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
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

/// Another number is another licence: what was found of the old one falls away.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut license = ctx.url_resource(&LICENSE, "license_id")?;
    license["license_number"] = ctx.request.body["license_number"].clone();
    license["status"] = json!("UNVERIFIED");
    license["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&LICENSE, &license)?;
    Reply::ok::<types::License>(license)
}
