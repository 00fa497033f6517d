//! Decisions on applications of the types that somebody else than the integrator decides on: the
//! operators of the fintech or the bank, in the console, or a vendor's workflow. The account that was
//! applied for is opened on approval.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use synctera_api::runtime::{AccountId, AccountTemplateId, ErrorCode};
use synctera_api::v2::types::{
    AccountType, AccrualPayoutSchedule, Application as Wire, CalculationMethod,
    CreditCardApplicationStatus as Progress, CreditCardDecision as Verdict,
    RestrictedApplicationStatus as Status,
};

use crate::domain::accounts::interest::Product;
use crate::domain::accounts::templates::Template;
use crate::domain::applications::{Application, keep_case};
use crate::model::{ApiError, Ctx, Handler, Record, build, complete, convert};
use crate::spec::FieldErrors;

/// The greatest rate of interest, in basis points, that a product of interest has.
const INTEREST_RATE_MAX: i64 = i32::MAX as i64;

/// What an operator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Decided {
    Approved,
    Denied,
    /// More is asked of who applies; for restricted accounts alone.
    InfoRequested,
}

/// An operator's decision on an application, with what goes with it:
/// [`Sandbox::decide_application`](crate::Sandbox::decide_application).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationDecision {
    application_id: String,
    decision: Decided,
    /// In minor units; without it, what was asked for.
    credit_limit: Option<i64>,
    /// In basis points; a line of credit bears it from its first day on.
    interest_rate: Option<i64>,
    #[serde(default)]
    rejection_reasons: Vec<String>,
    /// What a restricted account is made from; without it, the only template for checking accounts.
    account_template_id: Option<AccountTemplateId>,
}

impl ApplicationDecision {
    fn new(application: impl Display, decision: Decided) -> Self {
        Self {
            application_id: application.to_string(),
            decision,
            credit_limit: None,
            interest_rate: None,
            rejection_reasons: Vec::new(),
            account_template_id: None,
        }
    }

    /// An approval, which opens the account that was applied for.
    pub fn approve(application: impl Display) -> Self {
        Self::new(application, Decided::Approved)
    }

    /// A refusal.
    pub fn deny(application: impl Display) -> Self {
        Self::new(application, Decided::Denied)
    }

    /// Asks more of who applies for a restricted account.
    pub fn request_info(application: impl Display) -> Self {
        Self::new(application, Decided::InfoRequested)
    }

    /// The credit limit in minor units; without it, what was asked for.
    #[must_use]
    pub fn credit_limit(mut self, limit: i64) -> Self {
        self.credit_limit = Some(limit);
        self
    }

    /// The interest rate in basis points.
    #[must_use]
    pub fn interest_rate(mut self, rate: i64) -> Self {
        self.interest_rate = Some(rate);
        self
    }

    /// A reason for a refusal.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.rejection_reasons.push(reason.into());
        self
    }

    /// The template that a restricted account is made from; without it, the only one for checking
    /// accounts.
    #[must_use]
    pub fn account_template(mut self, template: AccountTemplateId) -> Self {
        self.account_template_id = Some(template);
        self
    }
}

/// The members of applications for credit cards and for lines of credit that a decision is about;
/// the two types have the same.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Serviced {
    pub(crate) account_template_id: AccountTemplateId,
    pub(crate) status: Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decision_time: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credit_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requested_credit_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rejection_reasons: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<AccountId>,
    /// The rest, as it is.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Serviced {
    /// Of an application for a credit card or a line of credit.
    pub(crate) fn of(application: &Wire) -> Result<Option<Self>, ApiError> {
        match application {
            Wire::CreditCard(_) | Wire::Loc(_) => convert(application).map(Some),
            _ => Ok(None),
        }
    }
}

/// Decides on an application as an operator does. `open` opens accounts.
pub(crate) fn decide(
    ctx: &Ctx<'_>,
    decision: &ApplicationDecision,
    open: Handler,
) -> Result<Record<Application>, ApiError> {
    let mut application = ctx.find_named::<Application>(
        &decision.application_id,
        ErrorCode::ApplicationNotFound,
        "application_id",
    )?;
    if let Some(mut serviced) = Serviced::of(&application.wire)? {
        if !is_under_way(&serviced.status) {
            let detail = format!("the application is {} already", serviced.status);
            let valid = [Progress::Pending.as_str(), Progress::Processing.as_str()];
            return Err(ApiError::status(detail, &valid));
        }
        serviced.decision = Some(match decision.decision {
            Decided::Approved => Verdict::Approved,
            Decided::Denied => Verdict::Declined,
            Decided::InfoRequested => {
                let reason = "is for an application of type RESTRICTED_ACCOUNT";
                return Err(FieldErrors::invalid("decision", reason).into());
            }
        });
        serviced.status = Progress::Completed;
        serviced.credit_limit = decision.credit_limit.or(serviced.credit_limit);
        serviced.interest_rate = decision.interest_rate.or(serviced.interest_rate);
        serviced.rejection_reasons.clone_from(&decision.rejection_reasons);
        return conclude(ctx, application, serviced, open);
    }
    let Wire::RestrictedAccount(restricted) = &mut application.wire else {
        let detail = "an application of type CREDIT is decided with PATCH \
                      /v2/applications/{application_id}";
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    };
    if !matches!(restricted.status, Status::Submitted | Status::ReviewOnSynctera) {
        let detail = format!("an application that is {} cannot be decided", restricted.status);
        let valid = [Status::Submitted.as_str(), Status::ReviewOnSynctera.as_str()];
        return Err(ApiError::status(detail, &valid));
    }
    let status = match decision.decision {
        Decided::Approved => Status::Approved,
        Decided::Denied => Status::Denied,
        Decided::InfoRequested => Status::ReviewInfoRequested,
    };
    settle(ctx, application, status, decision.account_template_id, open)
}

fn is_under_way(status: &Progress) -> bool {
    matches!(status, Progress::Pending | Progress::Processing)
}

/// Stores an application for a credit card or a line of credit with the decision on it, and opens
/// what was applied for.
pub(crate) fn conclude(
    ctx: &Ctx<'_>,
    mut application: Record<Application>,
    mut serviced: Serviced,
    open: Handler,
) -> Result<Record<Application>, ApiError> {
    check(&serviced)?;
    let is_approved = serviced.decision == Some(Verdict::Approved);
    let is_decided = is_approved || serviced.decision == Some(Verdict::Declined);
    let is_completed = serviced.status == Progress::Completed;
    if is_decided && serviced.decision_time.is_none() {
        serviced.decision_time = Some(json!(ctx.now));
    }
    if is_approved && is_completed {
        let limit = serviced.credit_limit.or(serviced.requested_credit_limit);
        let Some(limit) = limit else {
            return Err(FieldErrors::missing("credit_limit").into());
        };
        serviced.credit_limit = Some(limit);
    }
    store(ctx, &mut application, &serviced)?;
    // A later change of what was concluded opens no second account.
    if is_approved && is_completed && serviced.account_id.is_none() {
        let template = Some(serviced.account_template_id);
        let terms = json!({ "credit_limit": serviced.credit_limit });
        let terms = complete(&terms, interest_terms(ctx, &serviced)?)?;
        let account = opened(ctx, &mut application, template, terms, open)?;
        serviced.account_id = Some(account);
        store(ctx, &mut application, &serviced)?;
    }
    Ok(application)
}

/// What gives an account the interest rate that was decided: a product of that rate from today on. The
/// interest of revolving credit is its servicer's.
fn interest_terms(ctx: &Ctx<'_>, serviced: &Serviced) -> Result<Value, ApiError> {
    let template = ctx.find::<Template>(serviced.account_template_id)?;
    let account_type = template.map(|template| template.wire.template.account_type);
    let Some(rate) =
        serviced.interest_rate.filter(|_| account_type == Some(AccountType::LineOfCredit))
    else {
        return Ok(json!({}));
    };
    let id = ctx.new_id()?;
    let product = json!({
        "id": id, "product_type": "INTEREST", "description": "Decided with an application",
        "calculation_method": CalculationMethod::CompoundedDaily,
        "accrual_payout_schedule": AccrualPayoutSchedule::Monthly,
        "rates": [{ "rate": rate, "accrual_period": "DAILY", "valid_from": ctx.today() }],
    });
    ctx.add(&Record::<Product>::new(build(product)?, ()))?;
    Ok(json!({ "interest_product_id": id }))
}

/// What must fit together.
fn check(serviced: &Serviced) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    for (field, value) in
        [("credit_limit", serviced.credit_limit), ("interest_rate", serviced.interest_rate)]
    {
        if value.is_some_and(|value| value < 0) {
            errors.merge(FieldErrors::invalid(field, "must not be negative"));
        }
    }
    if serviced.interest_rate.is_some_and(|rate| rate > INTEREST_RATE_MAX) {
        let reason = format!("must be at most {INTEREST_RATE_MAX}");
        errors.merge(FieldErrors::invalid("interest_rate", reason));
    }
    let is_declined = serviced.decision == Some(Verdict::Declined);
    if !serviced.rejection_reasons.is_empty() && !is_declined {
        let reason = "are for an application that is declined";
        errors.merge(FieldErrors::invalid("rejection_reasons", reason));
    }
    let is_decided = is_declined || serviced.decision == Some(Verdict::Approved);
    if serviced.status == Progress::Completed && !is_decided {
        let reason = "must be approved or declined when the application is completed";
        errors.merge(FieldErrors::invalid("decision", reason));
    }
    errors.refused()
}

fn store(
    ctx: &Ctx<'_>,
    application: &mut Record<Application>,
    serviced: &Serviced,
) -> Result<(), ApiError> {
    let mut whole = convert::<Value>(serviced)?;
    crate::model::patch(&mut whole, json!({ "last_updated_time": ctx.now }));
    application.wire = build(whole)?;
    ctx.save(application)
}

/// Stores an application for a restricted account with a new status, and opens the account when that
/// is an approval.
pub(crate) fn settle(
    ctx: &Ctx<'_>,
    mut application: Record<Application>,
    status: Status,
    template: Option<AccountTemplateId>,
    open: Handler,
) -> Result<Record<Application>, ApiError> {
    let is_approved = status == Status::Approved;
    if let Wire::RestrictedAccount(restricted) = &mut application.wire {
        restricted.status = status;
        restricted.last_updated_time = ctx.now;
    }
    ctx.save(&application)?;
    keep_case(ctx, &application.wire)?;
    if is_approved {
        opened(ctx, &mut application, template, json!({}), open)?;
        ctx.save(&application)?;
    }
    Ok(application)
}

/// Opens the account that was applied for, with the terms that were decided; its id.
fn opened(
    ctx: &Ctx<'_>,
    application: &mut Record<Application>,
    template: Option<AccountTemplateId>,
    terms: Value,
    open: Handler,
) -> Result<AccountId, ApiError> {
    let facts = &application.facts;
    let mut holder = json!({ "relationship_type": "PRIMARY_ACCOUNT_HOLDER" });
    match (facts.customers.first(), facts.businesses.first()) {
        (Some(customer), _) => crate::model::patch(&mut holder, json!({ "customer_id": customer })),
        (None, business) => crate::model::patch(&mut holder, json!({ "business_id": business })),
    }
    let mut body = json!({ "relationships": [holder] });
    let source = match template {
        Some(template) => json!({ "account_template_id": template }),
        None => json!({ "account_type": "CHECKING" }),
    };
    crate::model::patch(&mut body, source);
    crate::model::patch(&mut body, terms);
    let ordered = ctx.ordering(body);
    let reply = open(&ordered)?;
    ctx.absorb(&ordered);
    let account = reply.id().and_then(|id| id.parse().ok());
    let account: AccountId =
        account.ok_or_else(|| ApiError::Internal("an account without an id".to_owned()))?;
    application.facts.account_id = Some(account);
    Ok(account)
}
