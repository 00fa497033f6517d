//! Enhanced due diligence: what was asked further of a customer, a business, an account or about a
//! transaction. A deleted report leaves the lists, and says when.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::{BUSINESS, PERSON};
use crate::ledger::{ACCOUNT, POSTED};
use crate::model::{Ctx, Kind, Outcome, Reply, Served, text};

pub(crate) const EDD: Kind = Kind {
    name: "EDD report",
    id: "id",
    keys: &[("resource", "/related_resource_id"), ("resource_type", "/related_resource_type")],
};

const ON_ONE: &[(&str, &Kind)] = &[("edd_id", &EDD)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_edd", list),
    Served::new("create_edd", create),
    Served::on("get_edd", ON_ONE, get),
    Served::on("delete_edd", ON_ONE, delete),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &EDD,
        items: "edd_reports",
        filters: &[
            ("related_resource_type", By::Key("resource_type")),
            ("related_resource_id", By::Key("resource")),
        ],
        always: Vec::new(),
        view: &|_, report| Ok(report["deletion_time"].is_null().then_some(report)),
    }
    .reply::<types::EddList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut report = ctx.request.body.clone();
    let (kind, code) = match text(&report, "related_resource_type") {
        "ACCOUNT" => (&ACCOUNT, ErrorCode::AccountNotFound),
        "BUSINESS" => (&BUSINESS, ErrorCode::BusinessNotFound),
        "TRANSACTION" => (&POSTED, ErrorCode::BadRequestBody),
        _ => (&PERSON, ErrorCode::CustomerNotFound),
    };
    ctx.referred(kind, text(&report, "related_resource_id"), code, "related_resource_id")?;
    report["id"] = json!(ctx.new_id()?);
    report["tenant"] = json!(ctx.tenant);
    report["creation_time"] = json!(ctx.now_text());
    report["deletion_time"] = Value::Null;
    ctx.insert(&EDD, &report)?;
    Reply::created::<types::Edd>(report)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Edd>(ctx.url_resource(&EDD, "edd_id")?)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut report = ctx.url_resource(&EDD, "edd_id")?;
    if report["deletion_time"].is_null() {
        report["deletion_time"] = json!(ctx.now_text());
        ctx.update(&EDD, &report)?;
    }
    Reply::ok::<types::DeleteResponse>(json!({ "id": report["id"], "resource": "EDD" }))
}
