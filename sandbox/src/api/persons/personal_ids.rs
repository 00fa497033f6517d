//! Personal ids: passports, insurance and license numbers of persons, and the public keys under
//! which they may be revealed. Numbers go in whole and come out as their last four.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::jwe::PublicKey;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::PERSON;
use crate::domain::personal_ids::{
    PERSONAL_ID, add, errors_of, implied_country, masked, with_country,
};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, patch, text};
use crate::spec::FieldErrors;

const CONFIGURATION: Kind = Kind { name: "personal id configuration", id: "id", keys: &[] };
const ON_ONE: &[(&str, &Kind)] = &[("personal_id_id", &PERSONAL_ID)];
const ON_CONFIGURATION: &[(&str, &Kind)] = &[("id", &CONFIGURATION)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("create_personal_id", create)
        .ruled(|ctx| Ok(errors_of(&with_country(ctx.request.body.clone()), ""))),
    Served::on("update_personal_id", ON_ONE, update),
    Served::on("delete_personal_id", ON_ONE, delete),
    Served::on("reveal_personal_id", ON_ONE, reveal),
    Served::new("list_personal_id_configurations", list_configurations),
    Served::new("create_personal_id_configuration", create_configuration),
    Served::on("get_personal_id_configuration", ON_CONFIGURATION, get_configuration),
    Served::on("delete_personal_id_configuration", ON_CONFIGURATION, delete_configuration),
];

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = text(&ctx.request.body, "customer_id");
    ctx.referred(&PERSON, person, ErrorCode::CustomerNotFound, "customer_id")?;
    let entry = add(ctx, person, ctx.request.body.clone(), "")?;
    Reply::created::<types::PersonalId>(masked(entry))
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut entry = ctx.url_resource(&PERSONAL_ID, "personal_id_id")?;
    let mut errors = FieldErrors::default();
    if ctx.request.body["id_type"] != entry["id_type"] {
        errors.merge(FieldErrors::immutable("id_type"));
    }
    let country = ctx.request.body.get("country_code");
    if implied_country(text(&entry, "id_type")).is_some()
        && country.is_some_and(|country| *country != entry["country_code"])
    {
        errors.merge(FieldErrors::immutable("country_code"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    patch(&mut entry, &ctx.request.body);
    let errors = errors_of(&entry, "");
    if !errors.is_empty() {
        return Err(errors.into());
    }
    ctx.update(&PERSONAL_ID, &entry)?;
    // The platform answers this with 201.
    Reply::created::<types::PersonalId>(masked(entry))
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("personal_id_id");
    Reply::ok::<types::DeleteResponse>(ctx.delete(&PERSONAL_ID, id, "PERSONAL_ID")?)
}

/// The whole number, for the eyes of who has the private key of a configuration: the one that is
/// asked for, or the oldest.
fn reveal(ctx: &Ctx<'_>) -> Outcome {
    let entry = ctx.url_resource(&PERSONAL_ID, "personal_id_id")?;
    let field = "personal_id_configuration_id";
    let configuration = match ctx.request.query.get(field).and_then(Value::as_str) {
        Some(id) => ctx.referred(&CONFIGURATION, id, ErrorCode::BadQueryParameter, field)?,
        None => {
            let oldest = ctx.tx.scan(ctx.tenant, CONFIGURATION.name, &[], 0, 1)?.into_iter().next();
            oldest.map(|stored| stored.body).ok_or_else(|| {
                let detail = "there is no configuration with a key to reveal it under";
                ApiError::rule(ErrorCode::Forbidden, detail)
            })?
        }
    };
    let Some(key) = PublicKey::read(text(&configuration, "public_encryption_key")) else {
        let detail = "the key of the configuration is no public key on P-256, as JWK or PEM";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    };
    let plain = json!({ "id_type": entry["id_type"], "identifier": entry["identifier"] });
    let ciphertext = key.encrypt(plain.to_string().as_bytes());
    let ciphertext =
        ciphertext.ok_or_else(|| ApiError::Internal("nothing was encrypted".to_owned()))?;
    Reply::ok::<types::PersonalIdRevealResponse>(json!({ "ciphertext": ciphertext }))
}

fn list_configurations(ctx: &Ctx<'_>) -> Outcome {
    // The workspace's name is the bank's number and the partner's.
    let (bank, partner) = ctx.tenant.split_once('_').unwrap_or_default();
    let names = |parameter: &str, part: &str| {
        ctx.request.query.get(parameter).is_none_or(|wanted| wanted.as_i64() == part.parse().ok())
    };
    let is_here = names("bank_id", bank) && names("partner_id", partner);
    List {
        kind: &CONFIGURATION,
        items: "personal_id_configurations",
        filters: &[("bank_id", By::Elsewhere), ("partner_id", By::Elsewhere)],
        always: Vec::new(),
        view: &|ctx, body| if is_here { as_stored(ctx, body) } else { Ok(None) },
    }
    .reply::<types::PersonalIdConfigurationList>(ctx)
}

fn create_configuration(ctx: &Ctx<'_>) -> Outcome {
    let mut configuration = ctx.request.body.clone();
    if text(&configuration, "public_encryption_key").trim().is_empty() {
        return Err(FieldErrors::invalid("public_encryption_key", "must not be empty").into());
    }
    configuration["id"] = json!(ctx.new_id()?);
    configuration["tenant"] = json!(ctx.tenant);
    configuration["creation_time"] = json!(ctx.now_text());
    configuration["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&CONFIGURATION, &configuration)?;
    Reply::created::<types::PersonalIdConfiguration>(configuration)
}

fn get_configuration(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::PersonalIdConfiguration>(ctx.url_resource(&CONFIGURATION, "id")?)
}

fn delete_configuration(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("id");
    let resource = "PERSONAL_ID_CONFIGURATION";
    Reply::ok::<types::DeleteResponse>(ctx.delete(&CONFIGURATION, id, resource)?)
}
