//! What is wrong with the request of an entry, all of it, without sending anything.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;
use synctera::{Answer, BoxFuture, Call, Error, Failure, Retries, Synctera, Transport};

use crate::entry::Entry;
use crate::error::FileError;
use crate::journeys::Prepared;
use crate::reason::Reason;
use crate::reference::{Text, parse};
use crate::stand_in;

/// Members of one request that are reported before its other errors are left out.
const ERRORS_MAX: usize = 100;

/// Adds what is wrong with the requests of entries.
pub(crate) fn requests(entries: &[Entry], errors: &mut Vec<FileError>) {
    let client = match client() {
        Ok(client) => client,
        Err(why) => {
            errors.push(FileError::of_file("", None, why.to_string()));
            return;
        }
    };
    // The client's timers need a runtime, and a caller may have none. It runs nothing.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            errors.push(FileError::of_file("", None, why.to_string()));
            return;
        }
    };
    {
        let _timers = runtime.enter();
        entries.iter().for_each(|entry| check(entry, &client, errors));
    }
    // A caller may be within a runtime, where one is not waited for.
    runtime.shutdown_background();
}

fn check(entry: &Entry, client: &Synctera, errors: &mut Vec<FileError>) {
    let mut request = entry.request.to_json(&mut |text| match parse(text) {
        Text::Literal(text) => text.to_owned(),
        Text::Reference { name, member } => unknown_id(name, member),
    });
    let mut wrong = Wrong::default();
    let Some(prepared) = read(entry, &mut request, &mut wrong, errors) else { return };
    // The rules of other members may depend on what was in a list or a map.
    if wrong.is_structure_lost {
        return;
    }
    let Some(error) = prepared.check(client) else { return };
    let mut is_reported = false;
    for field in error.field_errors() {
        is_reported = true;
        let at = entry.request.as_written(field.field());
        // What stands in for a member is not the user's.
        if !wrong.members.iter().any(|path| is_at(&at, path)) {
            errors.push(FileError::of_field(entry, &at, field.text()));
        }
    }
    if !is_reported && wrong.members.is_empty() {
        errors.push(FileError::of_entry(entry, error.to_string()));
    }
}

/// The members that a request could not be read with.
#[derive(Default)]
struct Wrong {
    members: BTreeSet<String>,
    /// A list or a map is no longer the user's.
    is_structure_lost: bool,
}

/// An id in place of one that is not known yet: another for each reference.
fn unknown_id(name: &str, member: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (name, member).hash(&mut hasher);
    format!("00000000-0000-4000-8000-{:012x}", hasher.finish() & 0xffff_ffff_ffff)
}

/// Reads a request. Where a member cannot be read, another value takes its place, and it is read
/// again; none if that is not possible.
fn read(
    entry: &Entry,
    request: &mut Value,
    wrong: &mut Wrong,
    errors: &mut Vec<FileError>,
) -> Option<Box<dyn Prepared>> {
    for _ in 0..ERRORS_MAX {
        let reason = match entry.read(request) {
            Ok(prepared) => return Some(prepared),
            Err(reason) => reason,
        };
        let Some(path) = &reason.path else {
            errors.push(FileError::of_entry(entry, reason.message));
            return None;
        };
        if !wrong.members.insert(path.clone()) {
            return None;
        }
        errors.push(FileError::of_field(entry, path, &*reason.message));
        match replace(entry, request, &reason, path) {
            Some(is_structure) => wrong.is_structure_lost |= is_structure,
            None => return None,
        }
    }
    None
}

/// Puts a value in the place of a member, or of one around it, with which the request gets further, and
/// returns whether it may stand for a list or a map; none if there is no such value.
fn replace(entry: &Entry, request: &mut Value, reason: &Reason, path: &str) -> Option<bool> {
    if reason.is_unknown_member {
        return stand_in::remove(request, path).then_some(false);
    }
    let scalars = ["a text", "true or false", "a whole number", "an integer"];
    let must = reason.message.strip_prefix("must be ").unwrap_or_default();
    let is_scalar = scalars.iter().any(|it| must.starts_with(it));
    let mut at = Some(path);
    while let Some(path) = at {
        for candidate in stand_in::candidates(&reason.message) {
            let is_structure = candidate.is_object() || candidate.is_array();
            let is_lost = is_structure || candidate.is_null() && !is_scalar;
            let mut with = request.clone();
            if !stand_in::put(&mut with, path, candidate) {
                continue;
            }
            let next = entry.read(&mut with).err().and_then(|next| next.path);
            if next.is_none_or(|next| !is_at(&next, path)) {
                *request = with;
                return Some(is_lost);
            }
        }
        at = path.rfind(['.', '[']).map(|end| &path[..end]);
    }
    None
}

/// Whether a path is at or below another.
fn is_at(path: &str, other: &str) -> bool {
    let rest = path.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// A client that sends nothing.
fn client() -> Result<Synctera, Error> {
    Synctera::builder("no-key")
        .base_url("http://127.0.0.1:9")
        .retries(Retries::none())
        .transport(NoTransport)
        .build()
}

/// Never answers.
struct NoTransport;

impl Transport for NoTransport {
    fn execute<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(std::future::pending())
    }
}
