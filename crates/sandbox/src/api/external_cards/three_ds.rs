//! 3-D Secure: the cardholder proves to the card's bank that it is them, before a pull.
//!
//! Three steps: `initialize` hands out what the page needs to look at the device, `lookup` asks the
//! card's bank, and `authenticate` ends a challenge if there was one. The card steers the bank:
//! `challenge` wants one, `unenrolled` does not take part, `failed` says no, others say yes. A
//! challenge fails with a `challenge_jwt` that begins with `failed`. An authentication is good for
//! one pull of its amount from its card.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::{ErrorCode, ExternalCardId, ThreeDsId};
use synctera_api::v2::types;
use synctera_api::v2::types::Lookup3dsRequest;

use crate::api::external_cards::card::ExternalCard;
use crate::domain::external_cards::Steering;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build};
use crate::spec::FieldErrors;

/// How long there is for it.
const LIVES_HOURS: i64 = 2;

/// Where the card's bank would look at the device, and ask the cardholder; nothing is there.
const BANK: &str = "https://three-ds.sandbox.invalid";

/// An authentication of a cardholder.
enum Authentication {}

impl Resource for Authentication {
    const KIND: &'static Kind = &Kind { name: "3-D Secure authentication", id: "id", keys: &[] };
    type Wire = AuthenticationRecord;
    type Facts = ();
}

/// An authentication as it is stored; clients read only its outcome.
#[derive(Clone, Serialize, Deserialize)]
struct AuthenticationRecord {
    id: ThreeDsId,
    external_card_id: ExternalCardId,
    /// In minor units.
    amount: i64,
    status: Status,
    /// How the card steers its bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steering: Option<Steering>,
    expires_at: DateTime<Utc>,
}

/// How far an authentication is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Initialized,
    ChallengeRequired,
    NotEnrolled,
    Failed,
    Success,
    Used,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Initialized => "INITIALIZED",
            Self::ChallengeRequired => "CHALLENGE_REQUIRED",
            Self::NotEnrolled => "NOT_ENROLLED",
            Self::Failed => "FAILED",
            Self::Success => "SUCCESS",
            Self::Used => "USED",
        }
    }
}

pub(super) fn initialize(ctx: &Ctx<'_>) -> Outcome {
    let body: types::Initialize3dsRequest = ctx.body()?;
    let (code, field) = (ErrorCode::BadRequestBody, "external_card_id");
    let card = ctx.find_named::<ExternalCard>(body.external_card_id, code, field)?;
    let id = ctx.new_id()?;
    let authentication = AuthenticationRecord {
        id: id.into(),
        external_card_id: body.external_card_id,
        amount: body.amount,
        status: Status::Initialized,
        steering: card.facts.steering,
        expires_at: ctx.now + Duration::hours(LIVES_HOURS),
    };
    ctx.add(&Record::<Authentication>::new(authentication, ()))?;
    let answer: types::Initialize3dsResponse = build(json!({
        "id": id, "device_data_collection_jwt": format!("device-{id}"),
        "device_data_collection_url": format!("{BANK}/device"),
    }))?;
    Reply::json(200, &answer)
}

/// An authentication that is in a status and has time left.
fn at(ctx: &Ctx<'_>, id: ThreeDsId, status: Status) -> Result<Record<Authentication>, ApiError> {
    let code = ErrorCode::BadRequestBody;
    let authentication = ctx.find_named::<Authentication>(id, code, "id")?;
    if authentication.expires_at < ctx.now {
        return Err(ApiError::status("the authentication has expired", &[]));
    }
    if authentication.status != status {
        let (current, status) = (authentication.status.as_str(), status.as_str());
        let detail = format!("the authentication is {current}, not {status}");
        return Err(ApiError::status(detail, &[]));
    }
    Ok(authentication)
}

pub(super) fn lookup(ctx: &Ctx<'_>) -> Outcome {
    let body: Lookup3dsRequest = ctx.body()?;
    let Some(id) = body.id() else {
        return Err(FieldErrors::invalid("device_channel", "is not served").into());
    };
    let mut authentication = at(ctx, id, Status::Initialized)?;
    if matches!(&body, Lookup3dsRequest::Browser(body) if body.device_details.is_none()) {
        return Err(FieldErrors::missing("device_details").into());
    }
    let status = match authentication.steering {
        Some(Steering::Challenge) => Status::ChallengeRequired,
        Some(Steering::Unenrolled) => Status::NotEnrolled,
        Some(Steering::Failed) => Status::Failed,
        _ => Status::Success,
    };
    authentication.status = status;
    ctx.save(&authentication)?;
    let of_challenge = |text: String| (status == Status::ChallengeRequired).then_some(text);
    let answer: types::Lookup3dsResponse = build(json!({
        "id": id, "status": status,
        "challenge_url": of_challenge(format!("{BANK}/challenge")),
        "challenge_payload": of_challenge(format!("challenge-{id}")),
        "processor_transaction_id": of_challenge(format!("processor-{id}")),
    }))?;
    Reply::json(200, &answer)
}

pub(super) fn authenticate(ctx: &Ctx<'_>) -> Outcome {
    let body: types::Authenticate3dsRequest = ctx.body()?;
    let mut authentication = at(ctx, body.id, Status::ChallengeRequired)?;
    let failed = body.challenge_jwt.starts_with("failed");
    authentication.status = if failed { Status::Failed } else { Status::Success };
    ctx.save(&authentication)?;
    let answer = json!({ "id": body.id, "status": authentication.status });
    Reply::json(200, &build::<types::Authenticate3dsResponse>(answer)?)
}

/// A pull may need an authentication, and uses up the one that it names.
pub(super) fn check(
    ctx: &Ctx<'_>,
    id: Option<ThreeDsId>,
    card: Option<ExternalCardId>,
    amount: i64,
) -> Result<(), ApiError> {
    const FIELD: &str = "three_ds_id";
    let Some(id) = id else {
        if ctx.settings.external_card_pulls_need_three_ds {
            let detail = "a pull needs a three_ds_id, by the policy of this program";
            return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
        }
        return Ok(());
    };
    let code = ErrorCode::BadRequestBody;
    let mut authentication = ctx.find_named::<Authentication>(id, code, FIELD)?;
    let has_time = authentication.expires_at > ctx.now;
    let fits = Some(authentication.external_card_id) == card && authentication.amount == amount;
    if authentication.status != Status::Success || !fits || !has_time {
        let reason = "is no successful authentication of this card and amount";
        return Err(FieldErrors::invalid(FIELD, reason).into());
    }
    authentication.status = Status::Used;
    ctx.save(&authentication)
}
