//! Plaid Core Exchange: who may read a customer's data, and the tokens for it.
//!
//! A request is made when a reader of data (Plaid) sends a customer to the fintech's page. The fintech
//! grants it or not, the reader trades the code for tokens, and renews them. What Plaid does is done by
//! the control API.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    FdxAuthRequest as AuthRequestWire, FdxAuthRequestStatus, FdxToken as TokenWire, FdxTokenStatus,
    FdxTokenType,
};
use uuid::Uuid;

use crate::model::{ApiError, Ctx, DOES_NOT_EXIST, Kind, Record, Resource, build};
use crate::spec::{FieldErrors, stored_id};

pub(crate) const AUTH_REQUEST: Kind =
    Kind { name: "FDX authorization request", id: "id", keys: &[("code", "/code")] };

/// That a reader wants to see a customer's data.
pub(crate) enum AuthRequest {}

impl Resource for AuthRequest {
    const KIND: &'static Kind = &AUTH_REQUEST;
    type Wire = AuthRequestWire;
    type Facts = ();
}

pub(crate) const TOKEN: Kind =
    Kind { name: "FDX token", id: "id", keys: &[("request", "/_facts/auth_request_id")] };

/// With what a reader reads, or renews.
pub(crate) enum Token {}

impl Resource for Token {
    const KIND: &'static Kind = &TOKEN;
    type Wire = TokenWire;
    type Facts = TokenFacts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TokenFacts {
    /// The request that it goes back to: one that is revoked revokes all of them.
    pub(crate) auth_request_id: Option<Uuid>,
}

/// Whether the time of a request is over.
pub(crate) fn is_expired(request: &AuthRequestWire, now: DateTime<Utc>) -> bool {
    request.expiry_time.is_some_and(|end| end <= now)
}

/// A request that a reader makes; it waits for the fintech.
pub(crate) fn begin(ctx: &Ctx<'_>, redirect_uri: &str) -> Result<Record<AuthRequest>, ApiError> {
    let end = ctx.now + Duration::minutes(ctx.settings.fdx_auth_request_minutes.into());
    let request = build(json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": FdxAuthRequestStatus::Pending,
        "redirect_uri": redirect_uri, "oauth2_state": ctx.new_id()?, "expiry_time": end,
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    }))?;
    let request = Record::<AuthRequest>::new(request, ());
    ctx.add(&request)?;
    Ok(request)
}

/// What a reader of data does with a code or a token.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReaderStep {
    /// Trades the code of a granted request for tokens.
    AuthorizationCode(String),
    /// Trades a refresh token, by its id, for new tokens.
    RefreshToken(String),
    /// Gives up a token, by its id, and all of the same request.
    Revoke(String),
}

/// Does what a reader does; the tokens that it made or revoked.
pub(crate) fn step(ctx: &Ctx<'_>, step: &ReaderStep) -> Result<Vec<TokenWire>, ApiError> {
    match step {
        ReaderStep::AuthorizationCode(code) => exchange(ctx, code),
        ReaderStep::RefreshToken(id) => refresh(ctx, &stored_id(id)),
        ReaderStep::Revoke(id) => revoke(ctx, &stored_id(id)),
    }
}

fn exchange(ctx: &Ctx<'_>, code: &str) -> Result<Vec<TokenWire>, ApiError> {
    let field = "authorization_code";
    let mut found = ctx.find_all::<AuthRequest>("code", code)?;
    let Some(mut request) = found.pop() else {
        return Err(FieldErrors::invalid(field, DOES_NOT_EXIST).into());
    };
    if request.status != FdxAuthRequestStatus::Granted {
        let detail = format!("the authorization request is {}", request.status);
        return Err(ApiError::status(detail, &[FdxAuthRequestStatus::Granted.as_str()]));
    }
    if is_expired(&request, ctx.now) {
        return Err(FieldErrors::invalid(field, "has expired").into());
    }
    request.status = FdxAuthRequestStatus::Used;
    request.last_updated_time = Some(ctx.now);
    ctx.save(&request)?;
    let party = json!({ "customer_id": request.customer_id, "business_id": request.business_id });
    issue(ctx, &party, request.id, None)
}

fn refresh(ctx: &Ctx<'_>, id: &str) -> Result<Vec<TokenWire>, ApiError> {
    let field = "refresh_token";
    let mut token = ctx.find_named::<Token>(id, ErrorCode::BadRequestBody, field)?;
    if token.token_type != FdxTokenType::Refresh {
        return Err(FieldErrors::invalid(field, "must be a refresh token").into());
    }
    if token.status != FdxTokenStatus::Enabled {
        let detail = format!("the token is {}", token.status);
        return Err(ApiError::status(detail, &[FdxTokenStatus::Enabled.as_str()]));
    }
    if token.token_expiry_time <= ctx.now {
        return Err(FieldErrors::invalid(field, "has expired").into());
    }
    token.status = FdxTokenStatus::Used;
    token.last_updated_time = ctx.now;
    ctx.save(&token)?;
    let party = json!({ "customer_id": token.customer_id, "business_id": token.business_id });
    let request = token.facts.auth_request_id.unwrap_or_default();
    issue(ctx, &party, request, Some(token.id.to_string()))
}

fn revoke(ctx: &Ctx<'_>, id: &str) -> Result<Vec<TokenWire>, ApiError> {
    let token = ctx.find_named::<Token>(id, ErrorCode::BadRequestBody, "revoke")?;
    let request = token.facts.auth_request_id.unwrap_or_default();
    let mut revoked = Vec::new();
    for mut token in ctx.find_all::<Token>("request", request)? {
        if token.status == FdxTokenStatus::Enabled {
            token.status = FdxTokenStatus::Revoked;
            token.last_updated_time = ctx.now;
            ctx.save(&token)?;
            revoked.push(token.wire);
        }
    }
    Ok(revoked)
}

/// An access token, and a refresh token for the next ones.
fn issue(
    ctx: &Ctx<'_>,
    party: &Value,
    request: Uuid,
    parent: Option<String>,
) -> Result<Vec<TokenWire>, ApiError> {
    let access = Duration::minutes(ctx.settings.fdx_access_token_minutes.into());
    let refresh = Duration::days(ctx.settings.fdx_refresh_token_days.into());
    let mut tokens = Vec::new();
    for (token_type, lasts) in [(FdxTokenType::Access, access), (FdxTokenType::Refresh, refresh)] {
        let id = ctx.new_id()?;
        let mut token = json!({
            "id": id, "tenant": ctx.tenant, "status": FdxTokenStatus::Enabled,
            "token_type": token_type, "token_expiry_time": ctx.now + lasts,
            "token_hash": hex::encode(Sha256::digest(ctx.new_id()?.as_bytes())),
            "parent_token_id": parent, "creation_time": ctx.now, "last_updated_time": ctx.now,
        });
        crate::model::patch(&mut token, party.clone());
        let token: TokenWire = build(token)?;
        let facts = TokenFacts { auth_request_id: Some(request) };
        ctx.add(&Record::<Token>::new(token.clone(), facts))?;
        tokens.push(token);
    }
    Ok(tokens)
}
