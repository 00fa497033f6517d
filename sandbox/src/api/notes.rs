//! Notes: what people and the platform wrote down about a resource.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::notes::{NOTE, store};
use crate::domain::parties::{BUSINESS, PERSON};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Outcome, Reply, Served, text};

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_notes", list),
    Served::new("create_note", create),
    Served::on("update_note", &[("note_id", &NOTE)], update),
];

/// Who writes with an API key; no person of a console is behind it.
const BY_API: &str = "API";

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &NOTE,
        items: "notes",
        filters: &[
            ("id", By::Key("id")),
            ("related_resource_id", By::Key("resource")),
            ("related_resource_type", By::Key("resource_type")),
            // Notes of people at a console have one; here are none.
            ("author_user_id", By::Equals("/author_user_id")),
            ("tenant", By::Wildcard(&["/tenant"])),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::NoteList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let id = text(&ctx.request.body, "related_resource_id");
    // What only the console knows (files, users, snapshots) cannot be looked up.
    let referred = match text(&ctx.request.body, "related_resource_type") {
        "ACCOUNT" => Some((&ACCOUNT, ErrorCode::AccountNotFound)),
        "BUSINESS" => Some((&BUSINESS, ErrorCode::BusinessNotFound)),
        "CUSTOMER" => Some((&PERSON, ErrorCode::CustomerNotFound)),
        _ => None,
    };
    if let Some((kind, code)) = referred {
        ctx.referred(kind, id, code, "related_resource_id")?;
    }
    let note = store(ctx, ctx.request.body.clone(), BY_API)?;
    Reply::created::<types::Note>(note)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut note = ctx.url_resource(&NOTE, "note_id")?;
    if ctx.request.query.get("related_resource_type") != Some(&note["related_resource_type"]) {
        let detail = format!("there is no note {} about such a resource", text(&note, "id"));
        return Err(ApiError::rule(ErrorCode::ResourceNotFound, detail));
    }
    if let Some(status) = ctx.request.body.get("status") {
        note["status"] = status.clone();
        note["last_updated_time"] = json!(ctx.now_text());
        ctx.update(&NOTE, &note)?;
    }
    Reply::ok::<types::Note>(note)
}
