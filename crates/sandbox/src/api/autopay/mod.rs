//! Autopay of lending accounts: configurations, and the payments that statements give rise to.
//!
//! An account has one active configuration at most. Its next statements each plan an autopay, which
//! is made at nine in the morning, Eastern, of its day, by the configuration as it was then. What is
//! refused ends the autopay as FAILED; there is no second attempt.

mod config;
mod run;

use serde_json::{Value, json};
use synctera_api::runtime::{ErrorCode, Patch};
use synctera_api::v2::types::{self, AutopayConfigStatus, AutopayStatus};

use crate::domain::autopay::{AUTOPAY, Autopay, AutopayConfig, AutopayConfigFacts, CONFIG};
use crate::domain::listing::{By, List, as_stored, matches, view_of};
use crate::domain::parties::PartyIds;
use crate::domain::{accounts, autopay};
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, one_of};
use crate::spec::FieldErrors;

pub(crate) use run::run;

const ON_CONFIG: &[(&str, &Kind)] = &[("autopay_config_id", &CONFIG)];
const ON_ONE: &[(&str, &Kind)] = &[("autopay_id", &AUTOPAY)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_autopay_configs", list_configs),
    Served::new("create_autopay_config", create_config).ruled(|ctx| {
        let mut errors = one_of(&ctx.request.body, &["person_id", "business_id"]);
        errors.merge(config::errors_of(&ctx.request.body));
        Ok(errors)
    }),
    Served::on("get_autopay_config", ON_CONFIG, |ctx| {
        Reply::json(200, &ctx.find_in_url::<AutopayConfig>("autopay_config_id")?.wire)
    }),
    Served::on("update_autopay_config", ON_CONFIG, update_config)
        .ruled(|ctx| Ok(config::errors_of(&ctx.request.body))),
    Served::on("delete_autopay_config", ON_CONFIG, delete_config),
    Served::new("list_autopays", list),
    Served::on("get_autopay", ON_ONE, |ctx| {
        Reply::json(200, &shown(ctx, ctx.find_in_url("autopay_id")?)?)
    }),
    Served::on("update_autopay", ON_ONE, update),
];

fn list_configs(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &CONFIG,
        items: "autopay_configs",
        filters: &[
            ("id", By::Key("id")),
            ("lending_account_id", By::Key("account")),
            ("person_id", By::Key("person")),
            ("business_id", By::Key("business")),
            ("external_account_id", By::Key("external")),
            ("source_account_id", By::Key("source")),
            ("status", By::Key("status")),
            ("tenant", By::Key("tenant")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::AutopayConfigList>(ctx)
}

fn create_config(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::AutopayConfigCreateRequest = ctx.body()?;
    let (person_id, business_id) = (asked.person_id, asked.business_id);
    let owner = PartyIds { person_id, business_id, ..PartyIds::default() }.find_one(ctx, "")?;
    let account = accounts::named(ctx, asked.lending_account_id, "lending_account_id")?;
    config::check_lending(ctx, &account, owner.id())?;
    config::check(ctx, &asked.config, &account, owner.id())?;
    check_only(ctx, &account)?;
    let (bank_id, partner_id) = ctx.bank_and_partner();
    let tenant = json!({ "bank_id": bank_id, "partner_id": partner_id });
    let rest = json!({
        "id": ctx.new_id()?, "status": AutopayConfigStatus::Active, "tenant": tenant,
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let facts = AutopayConfigFacts { tenant: ctx.tenant.to_owned() };
    let config = Record::<AutopayConfig>::new(complete(&asked, rest)?, facts);
    ctx.add(&config)?;
    Reply::json(201, &config.wire)
}

/// An account has no other active configuration.
fn check_only(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    match autopay::active(ctx, account)? {
        None => Ok(()),
        Some(other) => {
            let detail = format!("the lending account has the active configuration {}", other.id);
            Err(ApiError::rule(ErrorCode::DuplicateResource, detail))
        }
    }
}

fn update_config(ctx: &Ctx<'_>) -> Outcome {
    let mut config = ctx.find_in_url::<AutopayConfig>("autopay_config_id")?;
    let changes: types::AutopayConfigUpdateRequest = ctx.body()?;
    let account = ctx.find_related::<Account>(config.lending_account_id)?;
    let begins = changes.status.value() == Some(&AutopayConfigStatus::Active)
        && config.status != AutopayConfigStatus::Active;
    let is_changed = !changes.config.is_leave();
    if let Patch::Set(data) = changes.config {
        config.config = data;
    }
    // What was right when it was disabled may have ended since.
    if is_changed || begins {
        let ids = PartyIds {
            person_id: config.person_id,
            business_id: config.business_id,
            ..PartyIds::default()
        };
        let owner = ids.find_one(ctx, "")?.id();
        config::check_lending(ctx, &account, owner)?;
        config::check(ctx, &config.config, &account, owner)?;
    }
    if let Patch::Set(status) = changes.status {
        if begins {
            check_only(ctx, &account)?;
        }
        config.status = status;
    }
    config.last_updated_time = ctx.now;
    ctx.save(&config)?;
    Reply::json(200, &config.wire)
}

/// Deletes a configuration. An autopay that it has planned is skipped when its day comes.
fn delete_config(ctx: &Ctx<'_>) -> Outcome {
    let config = ctx.find_in_url::<AutopayConfig>("autopay_config_id")?;
    ctx.remove(&CONFIG, &config.id.to_string())?;
    Reply::empty(204)
}

fn list(ctx: &Ctx<'_>) -> Outcome {
    let like = ctx.request.query.get("rendered_description_like").and_then(Value::as_str);
    let like = like.map(|like| format!("*{like}*"));
    List {
        kind: &AUTOPAY,
        items: "autopays",
        filters: &[
            ("id", By::Key("id")),
            ("autopay_config_id", By::Key("config")),
            ("billing_period_id", By::Key("billing_period")),
            ("lending_account_id", By::Key("account")),
            ("statement_id", By::Key("statement")),
            ("status", By::Key("status")),
            ("tenant", By::Key("tenant")),
            ("rendered_description", By::Key("description")),
            ("rendered_description_like", By::Elsewhere),
            ("scheduled_date", By::Equals("/scheduled_date")),
            ("from_scheduled_date", By::From("/scheduled_date")),
            ("to_scheduled_date", By::To("/scheduled_date")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
        ],
        always: Vec::new(),
        view: &view_of::<Autopay, _>(|ctx, autopay| {
            let fits = |like: &String| matches(like, &autopay.rendered_description);
            if !like.as_ref().is_none_or(fits) {
                return Ok(None);
            }
            shown(ctx, autopay).map(Some)
        }),
    }
    .reply::<types::AutopayList>(ctx)
}

/// An autopay with what it would pay now, while it waits.
fn shown(ctx: &Ctx<'_>, mut autopay: Record<Autopay>) -> Result<types::Autopay, ApiError> {
    if autopay.status == AutopayStatus::Pending {
        autopay.current_amount = Some(autopay::amount(ctx, &autopay)?);
    }
    Ok(autopay.wire)
}

/// An autopay that waits can be skipped; nothing else about it changes.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut autopay = ctx.find_in_url::<Autopay>("autopay_id")?;
    let changes: types::AutopayUpdateRequest = ctx.body()?;
    if let Patch::Set(wanted) = changes.status
        && wanted != autopay.status
    {
        if wanted != AutopayStatus::Skipped {
            return Err(FieldErrors::invalid("status", "can only become SKIPPED").into());
        }
        if autopay.status != AutopayStatus::Pending {
            let detail =
                format!("the autopay is {}: its status cannot change", autopay.status.as_str());
            return Err(ApiError::status(detail, &[]));
        }
        autopay.status = wanted;
        autopay.last_updated_time = ctx.now;
        ctx.save(&autopay)?;
    }
    Reply::json(200, &shown(ctx, autopay)?)
}
