//! Forks: whole sandboxes that begin with what this one holds, or a snapshot.

use axum::Extension;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::{documents, snapshots};
use crate::model::ApiError;
use crate::server::control::response::{ControlResponse, Named, Refused, Shared, created, read};
use crate::server::forks::{FORKS_MAX, NotMade, Place, path};
use crate::server::kept_snapshots::is_name;
use crate::server::response::as_json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedFork {
    name: Option<String>,
    snapshot: Option<String>,
}

pub(super) async fn list(Extension(app): Shared, headers: HeaderMap) -> ControlResponse {
    let names = app.common.forks.names();
    let all: Vec<Value> = names.iter().map(|name| describe(name, &headers)).collect();
    Ok(as_json(&json!({ "forks": all })))
}

/// Makes a fork: of everything as it is now, or of a snapshot.
pub(super) async fn add(
    Extension(app): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> ControlResponse {
    let wanted: WantedFork = read(&body, "name and snapshot, if they are to be certain ones")?;
    if wanted.name.as_deref().is_some_and(|name| !is_name(name)) {
        return Err(Refused::bad(
            "name: a fork has a name of 1 to 64 letters, digits, periods, hyphens and underscores",
        ));
    }
    let kept = wanted.snapshot.map(|name| snapshots::find(&app, &name)).transpose()?;
    let given = wanted.name.clone().unwrap_or_default();
    let place = Place::take(&app.common.forks, wanted.name).map_err(|why| refused(why, &given))?;
    let name = place.name().to_owned();
    let fork = app.fork(&name, kept.map(|kept| kept.snapshot)).await?;
    place.fill(fork).map_err(|why| refused(why, &name))?;
    Ok(created(&describe(&name, &headers)))
}

pub(super) async fn remove(app: Shared, Named(name): Named, headers: HeaderMap) -> ControlResponse {
    if !app.common.forks.remove(&name) {
        return Err(Refused::new(StatusCode::NOT_FOUND, format!("there is no fork {name}")));
    }
    list(app, headers).await
}

/// A fork, with its URL as the caller can use it.
fn describe(name: &str, headers: &HeaderMap) -> Value {
    let path = path(name);
    json!({ "name": name, "path": path, "url": documents::server(headers, &path) })
}

fn refused(why: NotMade, name: &str) -> Refused {
    match why {
        NotMade::Taken => {
            let why = format!("there is a fork {name} already");
            ApiError::rule(ErrorCode::DuplicateResource, why).into()
        }
        NotMade::Full => {
            let why = format!("there are {FORKS_MAX} forks: remove one first");
            ApiError::rule(ErrorCode::UnableToTransact, why).into()
        }
        NotMade::Stopped => {
            Refused::new(StatusCode::SERVICE_UNAVAILABLE, "the sandbox is being stopped")
        }
    }
}
