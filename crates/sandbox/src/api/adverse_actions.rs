//! Adverse actions: that a customer was told about credit that was refused or made worse.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;
use synctera_api::v2::types::RelatedResourceType;

use crate::domain::adverse_actions::{ADVERSE_ACTION, AdverseAction};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::{BUSINESS, PERSON};
use crate::ledger::ACCOUNT;
use crate::model::{Ctx, Outcome, Record, Reply, Served, complete, texts};
use crate::spec::FieldErrors;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_adverse_actions", list),
    Served::new("create_adverse_action", create).ruled(|ctx| {
        let count = ctx.request.body.get("reasons").map_or(0, |reasons| texts(reasons).len());
        let is_fine = (1..=REASONS_MAX).contains(&count);
        let errors = || FieldErrors::invalid("reasons", "must be one to five");
        Ok(if is_fine { FieldErrors::default() } else { errors() })
    }),
    Served::on("get_adverse_action", &[("adverse_action_id", &ADVERSE_ACTION)], get),
];

/// As many reasons as the law has a customer told.
const REASONS_MAX: usize = 5;

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &ADVERSE_ACTION,
        items: "adverse_actions",
        filters: &[("id", By::Key("id")), ("related_resource_id", By::Key("resource"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::AdverseActionList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new: types::NewAdverseAction = ctx.body()?;
    let (kind, code) = match new.related_resource_type {
        RelatedResourceType::Account => (&ACCOUNT, ErrorCode::AccountNotFound),
        RelatedResourceType::Business => (&BUSINESS, ErrorCode::BusinessNotFound),
        _ => (&PERSON, ErrorCode::CustomerNotFound),
    };
    ctx.referred(kind, &new.related_resource_id.to_string(), code, "related_resource_id")?;
    let rest = json!({
        "id": ctx.new_id()?, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let action = Record::<AdverseAction>::new(complete(&new, rest)?, ());
    ctx.add(&action)?;
    Reply::json(201, &action.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<AdverseAction>("adverse_action_id")?.wire)
}
