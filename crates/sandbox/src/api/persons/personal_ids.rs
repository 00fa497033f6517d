//! Personal ids: passports, insurance and license numbers of persons, and the public keys under
//! which they may be revealed. Numbers go in whole and come out as their last four.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::bans;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::Person;
use crate::domain::personal_ids::{
    PERSONAL_ID, PersonalId, add, errors_of, errors_of_changed, implied_country, masked,
};
use crate::model::jwe::PublicKey;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served, build, complete, merge,
};
use crate::spec::FieldErrors;

const CONFIGURATION: Kind = Kind { name: "personal id configuration", id: "id", keys: &[] };

/// A public key under which personal ids may be revealed.
enum Configuration {}

impl Resource for Configuration {
    const KIND: &'static Kind = &CONFIGURATION;
    type Wire = types::PersonalIdConfiguration;
    type Facts = ();
}

const ON_ONE: &[(&str, &Kind)] = &[("personal_id_id", &PERSONAL_ID)];
const ON_CONFIGURATION: &[(&str, &Kind)] = &[("id", &CONFIGURATION)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("create_personal_id", create).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("update_personal_id", ON_ONE, update),
    Served::on("delete_personal_id", ON_ONE, delete),
    Served::on("reveal_personal_id", ON_ONE, reveal),
    Served::new("list_personal_id_configurations", list_configurations),
    Served::new("create_personal_id_configuration", create_configuration),
    Served::on("get_personal_id_configuration", ON_CONFIGURATION, get_configuration),
    Served::on("delete_personal_id_configuration", ON_CONFIGURATION, delete_configuration),
];

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new: types::NewPersonalId = ctx.body()?;
    let field = "customer_id";
    ctx.find_named::<Person>(new.customer_id, ErrorCode::CustomerNotFound, field)?;
    let added = add(ctx, &new, "")?;
    // Who is another one by now may be one who is banned.
    bans::follow(ctx, added.customer_id)?;
    Reply::json(201, &masked(added))
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut entry = ctx.find_in_url::<PersonalId>("personal_id_id")?;
    let changes: types::PersonalIdPatch = ctx.body()?;
    let mut errors = FieldErrors::default();
    if changes.id_type != entry.id_type {
        errors.merge(FieldErrors::immutable("id_type"));
    }
    let country = changes.country_code.value();
    if implied_country(&entry.id_type).is_some()
        && country.is_some_and(|country| *country != entry.country_code)
    {
        errors.merge(FieldErrors::immutable("country_code"));
    }
    errors.refused()?;
    merge(&mut entry.wire, &changes)?;
    errors_of_changed(&entry, changes.expiry_date.value().is_some()).refused()?;
    ctx.save(&entry)?;
    bans::follow(ctx, entry.customer_id)?;
    // The platform answers this with 201.
    Reply::json(201, &masked(entry))
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("personal_id_id");
    Reply::json(200, &ctx.delete(&PERSONAL_ID, id, "PERSONAL_ID")?)
}

/// The whole number, for the eyes of who has the private key of a configuration: the one that is
/// asked for, or the oldest.
fn reveal(ctx: &Ctx<'_>) -> Outcome {
    let entry = ctx.find_in_url::<PersonalId>("personal_id_id")?;
    let field = "personal_id_configuration_id";
    let configuration = match ctx.request.query.get(field).and_then(Value::as_str) {
        Some(id) => ctx.find_named::<Configuration>(id, ErrorCode::BadQueryParameter, field)?,
        None => {
            let oldest = ctx.tx.scan(ctx.tenant, CONFIGURATION.name, &[], 0, 1)?.into_iter().next();
            let oldest = oldest.ok_or_else(|| {
                let detail = "there is no configuration with a key to reveal it under";
                ApiError::rule(ErrorCode::Forbidden, detail)
            })?;
            Record::of(&oldest.body)?
        }
    };
    let Some(key) = PublicKey::read(&configuration.public_encryption_key) else {
        let detail = "the key of the configuration is no public key on P-256, as JWK or PEM";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    };
    let plain = json!({ "id_type": entry.id_type, "identifier": entry.identifier });
    let ciphertext = key.encrypt(plain.to_string().as_bytes());
    let ciphertext =
        ciphertext.ok_or_else(|| ApiError::Internal("nothing was encrypted".to_owned()))?;
    let answer = json!({ "ciphertext": ciphertext });
    Reply::json(200, &build::<types::PersonalIdRevealResponse>(answer)?)
}

fn list_configurations(ctx: &Ctx<'_>) -> Outcome {
    let is_elsewhere = ctx.asks_for_another_workspace();
    List {
        kind: &CONFIGURATION,
        items: "personal_id_configurations",
        filters: &[("bank_id", By::Elsewhere), ("partner_id", By::Elsewhere)],
        always: Vec::new(),
        view: &|ctx, body| if is_elsewhere { Ok(None) } else { as_stored(ctx, body) },
    }
    .reply::<types::PersonalIdConfigurationList>(ctx)
}

fn create_configuration(ctx: &Ctx<'_>) -> Outcome {
    let new: types::NewPersonalIdConfiguration = ctx.body()?;
    if new.public_encryption_key.trim().is_empty() {
        return Err(FieldErrors::invalid("public_encryption_key", "must not be empty").into());
    }
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    });
    let configuration = Record::<Configuration>::new(complete(&new, rest)?, ());
    ctx.add(&configuration)?;
    Reply::json(201, &configuration.wire)
}

fn get_configuration(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Configuration>("id")?.wire)
}

fn delete_configuration(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("id");
    let resource = "PERSONAL_ID_CONFIGURATION";
    Reply::json(200, &ctx.delete(&CONFIGURATION, id, resource)?)
}
