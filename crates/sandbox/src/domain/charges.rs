//! What fees and rewards have in common: each is made from a template, and moves money between a
//! customer's account and an internal account of the program at once.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use synctera_api::runtime::{AccountId, CurrencyCode, ErrorCode, InternalAccountId, TransactionId};
use synctera_api::v2::types::{AccountStatus, TransactionType};
use uuid::Uuid;

use crate::domain::accounts::overdrawn;
use crate::domain::listing::By;
use crate::domain::side::Side;
use crate::domain::{accounts, rules};
use crate::ledger;
use crate::ledger::{Account, InternalAccount, LedgerAccount, Movement, Posted, check_amount};
use crate::model::calendar::bank_date;
use crate::model::{
    ApiError, Ctx, Outcome, Problem, Record, Reply, Resource, complete, convert, merge, without,
};
use crate::spec::FieldErrors;

/// What ends the subtype of a reversal, after the subtype of what it takes back.
const REVERSAL: &str = "_REVERSAL";

/// What fees and rewards differ in.
pub(crate) struct ChargeKind {
    /// The name, which is also the type of the transactions.
    pub(crate) name: &'static str,
    /// What happens to the customer's account.
    pub(crate) side: Side,
}

/// The filters of a list of templates.
pub(crate) const TEMPLATE_FILTERS: &[(&str, By)] = &[
    ("id", By::Key("id")),
    ("description", By::Wildcard(&["/description"])),
    ("is_enabled", By::Equals("/is_enabled")),
    ("subtype", By::Key("subtype")),
];

/// The filters of a list of fees or rewards, which have another name for their template.
pub(crate) const fn filters(template: &'static str) -> [(&'static str, By); 7] {
    [
        ("id", By::Key("id")),
        (template, By::Key("template")),
        ("description", By::Wildcard(&["/description"])),
        ("subtype", By::Key("subtype")),
        ("start_time", By::From("/creation_time")),
        ("end_time", By::Before("/creation_time")),
        ("account_id", By::Key("account")),
    ]
}

/// A template as both families read it.
#[derive(Deserialize)]
struct Terms {
    amount: Option<i64>,
    currency: CurrencyCode,
    description: Option<String>,
    internal_account_id: InternalAccountId,
    is_enabled: bool,
    subtype: String,
}

/// The request for a new fee or reward.
#[derive(Deserialize)]
struct Asked {
    account_id: AccountId,
    template_id: Uuid,
    amount: Option<i64>,
    note: Option<String>,
    reference_id: Option<String>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

/// A fee or a reward, as far as its reversal needs it.
#[derive(Deserialize)]
struct Made {
    id: Uuid,
    account_id: AccountId,
    amount: i64,
    internal_account_id: InternalAccountId,
    subtype: String,
    transaction_id: TransactionId,
}

/// The request for a reversal.
#[derive(Deserialize)]
struct Reversal {
    note: String,
    #[serde(default)]
    metadata: Map<String, Value>,
}

/// What clients do not read of a fee or a reward.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ChargeFacts {
    /// What this one takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reverses: Option<Uuid>,
    /// What takes this one back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reversed_by: Option<Uuid>,
}

/// What is wrong with the amount in the body of a template, a fee or a reward.
pub(crate) fn errors_of_amount(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let amount = ctx.request.body.get("amount").and_then(Value::as_i64);
    match amount.map(check_amount) {
        Some(Err(ApiError::Problem(problem))) => Ok(problem.errors),
        Some(Err(failure)) => Err(failure),
        Some(Ok(())) | None => Ok(FieldErrors::default()),
    }
}

/// What is wrong with the body of a reversal.
pub(crate) fn errors_of_reversal(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let note = ctx.request.body.get("note").and_then(Value::as_str);
    Ok(match note {
        Some(note) if note.trim().is_empty() => FieldErrors::invalid("note", "must not be empty"),
        _ => FieldErrors::default(),
    })
}

/// Makes a template, from a body of the type `N`.
pub(crate) fn create_template<N, T>(ctx: &Ctx<'_>) -> Outcome
where
    N: Serialize + DeserializeOwned,
    T: Resource<Facts = ()>,
{
    let defaults = json!({ "is_enabled": ctx.settings.charge_templates_start_enabled });
    let asked: Value = complete(&defaults, convert(&ctx.body::<N>()?)?)?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    });
    let template = Record::<T>::new(complete(&asked, rest)?, ());
    check_terms(ctx, &convert(&template.wire)?)?;
    ctx.add(&template)?;
    Reply::json(201, &template.wire)
}

/// Changes a template, by a body of the type `P`. What was made from it stays as it is.
pub(crate) fn update_template<P, T>(ctx: &Ctx<'_>, parameter: &'static str) -> Outcome
where
    P: Serialize + DeserializeOwned,
    T: Resource,
{
    let mut template = ctx.find_in_url::<T>(parameter)?;
    merge(&mut template.wire, &ctx.body::<P>()?)?;
    merge(&mut template.wire, &json!({ "last_updated_time": ctx.now }))?;
    check_terms(ctx, &convert(&template.wire)?)?;
    ctx.save(&template)?;
    Reply::json(200, &template.wire)
}

/// The internal account of a template is the program's own, and in its currency.
fn check_terms(ctx: &Ctx<'_>, terms: &Terms) -> Result<(), ApiError> {
    let field = "internal_account_id";
    let code = ErrorCode::AccountNotFound;
    let account = ctx.find_named::<InternalAccount>(terms.internal_account_id, code, field)?;
    if account.is_system_acc == Some(true) {
        return Err(FieldErrors::invalid(field, "must not be a system account").into());
    }
    if account.currency != terms.currency {
        let reason = format!("the internal account is in {}", account.currency);
        return Err(FieldErrors::invalid("currency", reason).into());
    }
    Ok(())
}

/// Makes a fee or a reward from a template `T`, by a body of the type `N`.
pub(crate) fn create<N, T, C>(ctx: &Ctx<'_>, kind: &ChargeKind) -> Outcome
where
    N: Serialize + DeserializeOwned,
    T: Resource,
    C: Resource<Facts = ChargeFacts>,
{
    let body: N = ctx.body()?;
    let asked: Asked = convert(&body)?;
    let account = accounts::named(ctx, asked.account_id, "account_id")?;
    let code = ErrorCode::BadRequestBody;
    let template = ctx.find_named::<T>(asked.template_id, code, "template_id")?;
    let terms: Terms = convert(&template.wire)?;
    if !terms.is_enabled {
        return Err(FieldErrors::invalid("template_id", "the template is not enabled").into());
    }
    let Some(amount) = asked.amount.or(terms.amount) else {
        return Err(FieldErrors::missing("amount").into());
    };
    if account.currency_code() != terms.currency.as_str() {
        let reason = format!("the template is in {}, the account is not", terms.currency);
        return Err(FieldErrors::invalid("template_id", reason).into());
    }
    if let Some(reference) = &asked.reference_id
        && !ctx.find_all::<C>("reference", reference)?.is_empty()
    {
        let detail = format!("there is a {} with this reference_id", kind.name);
        let mut problem = Problem::new(ErrorCode::DuplicateResource, detail);
        problem.errors = FieldErrors::invalid("reference_id", "is taken");
        return Err(problem.into());
    }
    let description = terms.description.unwrap_or_default();
    let charge = Charge {
        kind,
        account: &account,
        internal: terms.internal_account_id,
        side: kind.side,
        amount,
        subtype: &terms.subtype,
        memo: asked.note.as_deref().unwrap_or(&description),
        reference_id: asked.reference_id.as_deref(),
        metadata: &asked.metadata,
        original: None,
    };
    let transaction_id = charge.post(ctx)?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "amount": amount, "currency": terms.currency,
        "description": description, "internal_account_id": terms.internal_account_id,
        "subtype": terms.subtype, "transaction_id": transaction_id, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    });
    let made = Record::<C>::new(complete(&body, rest)?, ChargeFacts::default());
    ctx.add(&made)?;
    Reply::json(201, &made.wire)
}

/// Takes a fee or a reward back, as a whole and once, by a body of the type `R`.
pub(crate) fn reverse<R, C>(ctx: &Ctx<'_>, kind: &ChargeKind, parameter: &'static str) -> Outcome
where
    R: Serialize + DeserializeOwned,
    C: Resource<Facts = ChargeFacts>,
{
    let mut original = ctx.find_in_url::<C>(parameter)?;
    let asked: Reversal = convert(&ctx.body::<R>()?)?;
    let made: Made = convert(&original.wire)?;
    if original.facts.reverses.is_some() {
        let detail = format!("this {} is a reversal, which cannot be reversed", kind.name);
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    if let Some(reversal) = original.facts.reversed_by {
        let detail = format!("the {} was reversed by {reversal}", kind.name);
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let account = ctx.find_related::<Account>(made.account_id)?;
    let subtype = format!("{}{REVERSAL}", made.subtype);
    let charge = Charge {
        kind,
        account: &account,
        internal: made.internal_account_id,
        side: match kind.side {
            Side::Debited => Side::Credited,
            Side::Credited => Side::Debited,
        },
        amount: made.amount,
        subtype: &subtype,
        memo: &asked.note,
        reference_id: None,
        metadata: &asked.metadata,
        original: Some(made.transaction_id),
    };
    let transaction_id = charge.post(ctx)?;
    if charge.side == Side::Credited {
        // What the program paid for the customer is the program's again.
        let charged = ctx.find_related::<Posted>(made.transaction_id)?;
        let charged_on = bank_date(charged.posted_date);
        overdrawn::recover(ctx, made.account_id, made.amount, charged_on)?;
    }
    let id = ctx.new_id()?;
    let mut wire: Value = convert(&original.wire)?;
    without(&mut wire, &["reference_id", "metadata"]);
    let rest = json!({
        "id": id, "subtype": subtype, "note": asked.note, "metadata": asked.metadata,
        "transaction_id": transaction_id, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let facts = ChargeFacts { reverses: Some(made.id), reversed_by: None };
    let reversal = Record::<C>::new(complete(&wire, rest)?, facts);
    ctx.add(&reversal)?;
    original.facts.reversed_by = Some(id);
    ctx.save(&original)?;
    Reply::json(201, &reversal.wire)
}

/// A movement between a customer's account and the program's.
struct Charge<'a> {
    kind: &'a ChargeKind,
    account: &'a Record<Account>,
    internal: InternalAccountId,
    side: Side,
    amount: i64,
    subtype: &'a str,
    memo: &'a str,
    reference_id: Option<&'a str>,
    metadata: &'a Map<String, Value>,
    /// The transaction that this one takes back.
    original: Option<TransactionId>,
}

impl Charge<'_> {
    /// Posts it, if the rules of the account let the money move. No payment of the customer's, it
    /// needs no rail and counts for no spend control.
    fn post(&self, ctx: &Ctx<'_>) -> Result<TransactionId, ApiError> {
        // What was charged or given is taken back until the account is closed.
        let is_reversal = self.original.is_some();
        if !(is_reversal && self.account.status == Some(AccountStatus::InClosing)) {
            rules::check_account(ctx, self.account, self.side)?;
        }
        match self.side {
            Side::Debited if ctx.settings.charges_need_funds => {
                rules::check_funds(ctx, self.account, self.amount)?;
            }
            Side::Debited => {}
            Side::Credited => rules::check_room(ctx, self.account, self.amount)?,
        }
        let internal = ctx.find_related::<InternalAccount>(self.internal)?;
        let internal = LedgerAccount::of_internal(&internal)?;
        let own = LedgerAccount::of(self.account)?;
        let (from, to) = match self.side {
            Side::Debited => (&own, &internal),
            Side::Credited => (&internal, &own),
        };
        let movement = Movement {
            kind: TransactionType::from(self.kind.name),
            subtype: self.subtype.to_lowercase().as_str().into(),
            from,
            to,
            amount: self.amount,
            memo: self.memo,
            reference_id: self.reference_id,
            metadata: match self.metadata.is_empty() {
                true => Value::Null,
                false => Value::Object(self.metadata.clone()),
            },
            external_data: json!({}),
            hold_id: None,
            id: None,
        };
        let posted = ledger::post_with(ctx, &movement, |transaction| {
            transaction.data.original_trx = self.original;
        })?;
        Ok(posted.uuid)
    }
}
