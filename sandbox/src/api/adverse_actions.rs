//! Adverse actions: that a customer was told about credit that was refused or made worse.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::{BUSINESS, PERSON};
use crate::ledger::ACCOUNT;
use crate::model::{Ctx, Kind, Outcome, Reply, Served, text, texts};
use crate::spec::FieldErrors;

const ADVERSE_ACTION: Kind =
    Kind { name: "adverse action", id: "id", keys: &[("resource", "/related_resource_id")] };

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_adverse_actions", list),
    Served::new("create_adverse_action", create).ruled(|ctx| {
        let count = texts(&ctx.request.body["reasons"]).len();
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
    let mut action = ctx.request.body.clone();
    let (kind, code) = match text(&action, "related_resource_type") {
        "ACCOUNT" => (&ACCOUNT, ErrorCode::AccountNotFound),
        "BUSINESS" => (&BUSINESS, ErrorCode::BusinessNotFound),
        _ => (&PERSON, ErrorCode::CustomerNotFound),
    };
    ctx.referred(kind, text(&action, "related_resource_id"), code, "related_resource_id")?;
    action["id"] = json!(ctx.new_id()?);
    action["creation_time"] = json!(ctx.now_text());
    action["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&ADVERSE_ACTION, &action)?;
    Reply::created::<types::AdverseAction>(action)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::AdverseAction>(ctx.url_resource(&ADVERSE_ACTION, "adverse_action_id")?)
}
