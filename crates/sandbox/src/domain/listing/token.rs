//! Page tokens: where a list goes on, sealed for the list that it is of.
//!
//! A token names a row by its place, or by its values in the order that was asked for, and not by a
//! count of rows: what is added, removed or changed meanwhile moves no other row into the next page
//! or out of it. It is sealed under a key of the sandbox together with the workspace, the operation,
//! its path and its filters, so that one that was never given, or was given for another list, opens
//! nothing. Its contents are encrypted: the values may be a person's name.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::order::Cursor;
use crate::model::{ApiError, Ctx, Problem};
use crate::spec::FieldErrors;

/// Parameters that may differ from page to page.
const OF_A_PAGE: [&str; 2] = ["limit", "page_token"];
/// The longest token that is looked at.
const LENGTH_MAX: usize = 8 * 1024;

/// The cursor that the query's token holds; none for the first page.
pub(super) fn read(ctx: &Ctx<'_>) -> Result<Option<Cursor>, ApiError> {
    let Some(token) = ctx.request.query.get("page_token").and_then(Value::as_str) else {
        return Ok(None);
    };
    let opened = URL_SAFE_NO_PAD.decode(token).ok().filter(|_| token.len() <= LENGTH_MAX);
    let key = key(ctx)?;
    let cursor = opened.and_then(|mut sealed| {
        let plain = key.open_in_place(nonce(), Aad::from(list(ctx)), &mut sealed).ok()?;
        serde_json::from_slice(plain).ok()
    });
    cursor.map(Some).ok_or_else(|| {
        let detail = "the query breaks the rules of its parameters";
        let mut problem = Problem::new(ErrorCode::BadQueryParameter, detail);
        let reason = "was not issued by this sandbox for this list and these filters";
        problem.errors = FieldErrors::invalid("page_token", reason);
        problem.into()
    })
}

/// The token of a cursor.
pub(super) fn write(ctx: &Ctx<'_>, cursor: &Cursor) -> Result<String, ApiError> {
    let failed = || ApiError::Internal("a page token was not sealed".to_owned());
    let mut sealed = serde_json::to_vec(cursor).map_err(|_| failed())?;
    let (key, list) = (key(ctx)?, Aad::from(list(ctx)));
    key.seal_in_place_append_tag(nonce(), list, &mut sealed).map_err(|_| failed())?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// The same cursor of the same list has the same token, with which this cipher is safe.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn key(ctx: &Ctx<'_>) -> Result<LessSafeKey, ApiError> {
    let key = UnboundKey::new(&AES_256_GCM_SIV, &ctx.page_key()?);
    let failed = |_: Unspecified| ApiError::Internal("page tokens have no key".to_owned());
    Ok(LessSafeKey::new(key.map_err(failed)?))
}

/// What a token is of: the list of one workspace, with its filters.
fn list(ctx: &Ctx<'_>) -> Vec<u8> {
    let filters = ctx.request.query.iter().filter(|(name, _)| !OF_A_PAGE.contains(&name.as_str()));
    let filters: Value = filters.map(|(name, value)| (name.clone(), value.clone())).collect();
    json!([ctx.tenant, ctx.request.operation, ctx.request.parameters, filters])
        .to_string()
        .into_bytes()
}
