//! Enhanced due diligence: what was asked further of a customer, a business, an account or about a
//! transaction. A deleted report leaves the lists, and says when.

use chrono::{DateTime, Utc};
use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, Edd as Wire, NewEdd};

use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{BUSINESS, PERSON};
use crate::ledger::{ACCOUNT, POSTED};
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served, build, complete,
};

pub(crate) const EDD: Kind = Kind {
    name: "EDD report",
    id: "id",
    keys: &[("resource", "/related_resource_id"), ("resource_type", "/related_resource_type")],
};

/// A report.
enum Edd {}

impl Resource for Edd {
    const KIND: &'static Kind = &EDD;
    type Wire = Wire;
    type Facts = ();
}

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
        view: &view_of::<Edd, _>(|_, mut report| {
            Ok(deletion_time(&mut report)?.is_none().then_some(report.wire))
        }),
    }
    .reply::<types::EddList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewEdd = ctx.body()?;
    let (id, kind, code) = match &asked {
        NewEdd::Account(report) => {
            (report.related_resource_id, &ACCOUNT, ErrorCode::AccountNotFound)
        }
        NewEdd::Business(report) => {
            (report.related_resource_id, &BUSINESS, ErrorCode::BusinessNotFound)
        }
        NewEdd::Customer(report) => {
            (report.related_resource_id, &PERSON, ErrorCode::CustomerNotFound)
        }
        NewEdd::Transaction(report) => {
            (report.related_resource_id, &POSTED, ErrorCode::BadRequestBody)
        }
        _ => return Err(ApiError::not_served("reports about other resources")),
    };
    ctx.referred(kind, &id.to_string(), code, "related_resource_id")?;
    let rest = json!({ "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now });
    let report = Record::<Edd>::new(complete(&asked, rest)?, ());
    ctx.add(&report)?;
    Reply::json(201, &report.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Edd>("edd_id")?.wire)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut report = ctx.find_in_url::<Edd>("edd_id")?;
    let deleted = deletion_time(&mut report)?;
    if deleted.is_none() {
        *deleted = Some(ctx.now);
        ctx.save(&report)?;
    }
    let response: types::DeleteResponse =
        build(json!({ "id": ctx.parameter("edd_id"), "resource": "EDD" }))?;
    Reply::json(200, &response)
}

/// When a report was deleted.
fn deletion_time(report: &mut Wire) -> Result<&mut Option<DateTime<Utc>>, ApiError> {
    match report {
        Wire::Account(report) => Ok(&mut report.deletion_time),
        Wire::Business(report) => Ok(&mut report.deletion_time),
        Wire::Customer(report) => Ok(&mut report.deletion_time),
        Wire::Transaction(report) => Ok(&mut report.deletion_time),
        _ => Err(ApiError::Internal("a report about another resource is stored".to_owned())),
    }
}
