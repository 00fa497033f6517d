//! Notes: what people and the platform wrote down about a resource.

use synctera_api::runtime::{ErrorCode, Patch};
use synctera_api::v2::types::{self, NoteRelatedResourceType};

use crate::domain::listing::{By, List, as_stored};
use crate::domain::notes::{NOTE, Note, store};
use crate::domain::parties::{BUSINESS, PERSON};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Outcome, Reply, Served};

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
    let note: types::NewNote = ctx.body()?;
    // What only the console knows (files, users, snapshots) cannot be looked up.
    let referred = match note.related_resource_type {
        NoteRelatedResourceType::Account => Some((&ACCOUNT, ErrorCode::AccountNotFound)),
        NoteRelatedResourceType::Business => Some((&BUSINESS, ErrorCode::BusinessNotFound)),
        NoteRelatedResourceType::Customer => Some((&PERSON, ErrorCode::CustomerNotFound)),
        _ => None,
    };
    if let Some((kind, code)) = referred {
        ctx.referred(kind, &note.related_resource_id, code, "related_resource_id")?;
    }
    Reply::json(201, &store(ctx, &note, BY_API)?.wire)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut note = ctx.find_in_url::<Note>("note_id")?;
    let about = note.related_resource_type.as_str();
    // The older documents let a caller leave it out.
    if ctx.request.query.get("related_resource_type").is_some_and(|asked| asked != about) {
        let detail = format!("there is no note {} about such a resource", note.id);
        return Err(ApiError::rule(ErrorCode::ResourceNotFound, detail));
    }
    if let Patch::Set(status) = ctx.body::<types::NotePatch>()?.status {
        note.status = Some(status);
        note.last_updated_time = ctx.now;
        ctx.save(&note)?;
    }
    Reply::json(200, &note.wire)
}
