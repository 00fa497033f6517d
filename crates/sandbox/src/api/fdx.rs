//! Plaid Core Exchange: the fintech's part of it.
//!
//! A request comes from Plaid, or from the authorization test. What Plaid does with a granted one is
//! done by the control API; see [`fdx`](crate::domain::fdx).

use reqwest::Url;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    self, FdxAuthGrantResponse, FdxAuthGrantStatus as Answer, FdxAuthRequestStatus,
    TestAuthorizeResponse,
};
use uuid::Uuid;

use crate::domain::fdx;
use crate::domain::fdx::{AUTH_REQUEST, AuthRequest, TOKEN, Token};
use crate::domain::listing::{List, as_stored};
use crate::domain::parties::PartyIds;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, build, one_of, text};
use crate::spec::FieldErrors;

const ON_TOKEN: &[(&str, &Kind)] = &[("fdx_token_id", &TOKEN)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_fdx_auth_requests", list_requests),
    Served::new("get_fdx_authorization_test", test).writing(),
    Served::new("grant_fdx_auth_request", grant).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::new("list_fdx_tokens", list_tokens),
    Served::on("get_fdx_token", ON_TOKEN, get_token),
];

/// Where the authorization test ends.
const TEST_ENDS_AT: &str = "https://fdx.example.com/authorization_test/success";

fn list_requests(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &AUTH_REQUEST,
        items: "fdx_auth_requests",
        filters: &[],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::FdxAuthRequestList>(ctx)
}

/// Makes a request as Plaid would, and says which page of the fintech a customer is sent to.
fn test(ctx: &Ctx<'_>) -> Outcome {
    let request = fdx::begin(ctx, TEST_ENDS_AT)?;
    let page = ctx.settings.fdx_authentication_url.as_str();
    let redirect_url = with_query(page, &[("auth_request_id", &request.id.to_string())])?;
    let sent: TestAuthorizeResponse = build(json!({ "redirect_url": redirect_url }))?;
    Reply::json(201, &sent)
}

/// What is wrong with the body of a decision: who is granted access to is a person or a business.
fn errors_of(body: &Value) -> FieldErrors {
    match text(body, "status") {
        "GRANTED" => one_of(body, &["customer_id", "business_id"]),
        _ => FieldErrors::default(),
    }
}

fn grant(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::FdxAuthGrant = ctx.body()?;
    let (code, field) = (ErrorCode::BadRequestBody, "auth_request_id");
    let mut request = ctx.find_named::<AuthRequest>(asked.auth_request_id, code, field)?;
    let party = |id: &Option<String>, field: &str| match id {
        Some(id) => match id.parse::<Uuid>() {
            Ok(id) => Ok(Some(id)),
            Err(_) => Err(FieldErrors::invalid(field, "must be a valid uuid")),
        },
        None => Ok(None),
    };
    let customer = party(&asked.customer_id, "customer_id")?;
    let business = party(&asked.business_id, "business_id")?;
    let ids = PartyIds {
        customer_id: customer.map(Into::into),
        business_id: business.map(Into::into),
        ..PartyIds::default()
    };
    ids.find(ctx, "")?;
    if request.status != FdxAuthRequestStatus::Pending {
        let detail = format!("the authorization request is {} already", request.status);
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    if fdx::is_expired(&request, ctx.now) {
        return Err(FieldErrors::invalid(field, "has expired").into());
    }
    let state = request.oauth2_state.map(|state| state.to_string()).unwrap_or_default();
    let end = request.redirect_uri.clone().unwrap_or_default();
    let redirect_uri = if asked.status == Answer::Granted {
        let code = ctx.new_id()?.simple().to_string();
        let redirect_uri = with_query(&end, &[("code", &code), ("state", &state)])?;
        request.code = Some(code.into());
        request.status = FdxAuthRequestStatus::Granted;
        request.customer_id = customer.map(|id| id.to_string());
        request.business_id = business.map(|id| id.to_string());
        redirect_uri
    } else {
        let error = if asked.status == Answer::Error { "server_error" } else { "access_denied" };
        request.status = FdxAuthRequestStatus::Denied;
        with_query(&end, &[("error", error), ("state", &state)])?
    };
    request.last_updated_time = Some(ctx.now);
    ctx.save(&request)?;
    let sent: FdxAuthGrantResponse = build(json!({ "redirect_uri": redirect_uri }))?;
    Reply::json(201, &sent)
}

/// A URL with further parameters: of a setting or a request, which are checked when they are set.
fn with_query(url: &str, parameters: &[(&str, &str)]) -> Result<String, ApiError> {
    Url::parse_with_params(url, parameters)
        .map(String::from)
        .map_err(|e| ApiError::Internal(format!("a stored URL cannot be parsed: {e}")))
}

fn list_tokens(ctx: &Ctx<'_>) -> Outcome {
    List { kind: &TOKEN, items: "fdx_tokens", filters: &[], always: Vec::new(), view: &as_stored }
        .reply::<types::FdxTokenList>(ctx)
}

fn get_token(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Token>("fdx_token_id")?.wire)
}
