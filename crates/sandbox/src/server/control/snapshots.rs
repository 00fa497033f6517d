//! Snapshots: taken under a name, restored, and fetched as files.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::clock;
use crate::model::{ApiError, timestamp};
use crate::server::AppState;
use crate::server::control::response::{ControlResponse, Named, Refused, Shared, created, read};
use crate::server::kept_snapshots::{Kept, NotKept, SNAPSHOTS_MAX, is_name};
use crate::server::response::as_json;

/// The media type of an SQLite database, which a snapshot is.
const MEDIA_TYPE: &str = "application/vnd.sqlite3";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedSnapshot {
    name: Option<String>,
}

pub(super) async fn list(Extension(app): Shared) -> ControlResponse {
    let all = app.snapshots.all();
    let described: Result<Vec<Value>, ApiError> =
        all.iter().map(|(name, kept)| describe(name, kept)).collect();
    Ok(as_json(&json!({ "snapshots": described? })))
}

/// Takes a snapshot of everything as it is now.
pub(super) async fn take(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let wanted: WantedSnapshot = read(&body, "name, if it is to have a certain one")?;
    let name = wanted.name;
    if let Some(name) = &name {
        if !is_name(name) {
            return Err(Refused::bad(
                "name: a snapshot has a name of 1 to 64 letters, digits, periods, hyphens and \
                 underscores",
            ));
        }
        app.snapshots.check(name).map_err(|why| refused(why, name))?;
    }
    let (snapshot, taken_at) = app.blocking(|engine| engine.snapshot_with_time()).await?;
    let kept = Kept { taken_at, snapshot };
    let name = match name {
        Some(name) => {
            app.snapshots.keep(&name, kept.clone()).map_err(|why| refused(why, &name))?;
            name
        }
        None => app.snapshots.keep_unnamed(kept.clone()).map_err(|why| refused(why, ""))?,
    };
    Ok(created(&describe(&name, &kept)?))
}

/// Replaces everything by what a snapshot holds.
pub(super) async fn restore(Extension(app): Shared, Named(name): Named) -> ControlResponse {
    let kept = find(&app, &name)?;
    app.restore(kept.snapshot).await?;
    Ok(clock::get(Extension(app)).await)
}

/// The file of a snapshot, to start a sandbox from.
pub(super) async fn file(Extension(app): Shared, Named(name): Named) -> ControlResponse {
    let kept = find(&app, &name)?;
    let bytes = app.blocking(move |_| kept.snapshot.bytes()).await?;
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    Ok(response)
}

pub(super) async fn remove(app: Shared, Named(name): Named) -> ControlResponse {
    if !app.snapshots.remove(&name) {
        return Err(unknown(&name));
    }
    list(app).await
}

fn describe(name: &str, kept: &Kept) -> Result<Value, ApiError> {
    let bytes = kept.snapshot.size()?;
    Ok(json!({ "name": name, "taken_at": timestamp(kept.taken_at), "bytes": bytes }))
}

pub(super) fn find(app: &AppState, name: &str) -> Result<Kept, Refused> {
    app.snapshots.find(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, format!("there is no snapshot {name}"))
}

fn refused(why: NotKept, name: &str) -> Refused {
    let (code, detail) = match why {
        NotKept::Taken => {
            (ErrorCode::DuplicateResource, format!("there is a snapshot {name} already"))
        }
        NotKept::Full => (
            ErrorCode::UnableToTransact,
            format!("there are {SNAPSHOTS_MAX} snapshots: remove one first"),
        ),
    };
    ApiError::rule(code, detail).into()
}
