//! Checks deposited by their pictures.
//!
//! A check that can be read is `SUBMITTED`: posted at once, its money held back for the banking
//! days of the settings. What happens otherwise is steered by how the file name of the front
//! begins: `unreadable` is `FAILED`, and to be taken again; `doubtful` is `PENDING` until its review,
//! and submitted then; `rejected` is pending, and `REJECTED` after its review; `bounced` is
//! submitted, and `RETURNED` by the other bank two banking days later. A picture that was deposited
//! before is reviewed, and rejected.

use chrono::Duration;
use serde_json::json;
use sha2::{Digest, Sha256};
use synctera_api::runtime::{ErrorCode, TransactionId};
use synctera_api::v2::types::{
    self, AccountStatus, CheckDepositStatus, DocumentType, NewCheckDeposit, TransactionType,
};

use crate::domain::accounts::closed;
use crate::domain::check_deposits::{CheckDeposit, CheckDepositFacts, DEPOSIT};
use crate::domain::documents::Document;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::PartyIds;
use crate::domain::side::Side;
use crate::domain::{accounts, ach, documents, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement, NewHold, Sign};
use crate::model::calendar::{bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, one_of};
use crate::spec::FieldErrors;

/// The job that ends a doubt.
pub(crate) const REVIEW: &str = "check_deposit.review";

/// The job that lets a check bounce.
pub(crate) const BOUNCE: &str = "check_deposit.bounce";

const ON_ONE: &[(&str, &Kind)] = &[("deposit_id", &DEPOSIT)];
const BOUNCES_AFTER_DAYS: u32 = 2;
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_rdc_deposits", list),
    Served::new("create_rdc_deposit", create)
        .ruled(|ctx| Ok(one_of(&ctx.request.body, &["person_id", "business_id"]))),
    Served::on("get_rdc_deposit", ON_ONE, get),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &DEPOSIT,
        items: "deposits",
        filters: &[
            ("id", By::Key("id")),
            ("person_id", By::Key("person")),
            ("business_id", By::Key("business")),
            ("deposit_amount", By::Key("amount")),
            ("deposit_currency", By::Key("currency")),
            ("deposit_check_number", By::Key("check")),
            ("from_deposit_amount", By::AtLeast("/deposit_amount")),
            ("to_deposit_amount", By::AtMost("/deposit_amount")),
            ("tenant", By::Key("tenant")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::CheckDepositList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<CheckDeposit>("deposit_id")?.wire)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewCheckDeposit = ctx.body()?;
    let account = accounts::named(ctx, asked.account_id, "account_id")?;
    let (person_id, business_id) = (asked.person_id, asked.business_id);
    PartyIds { person_id, business_id, ..PartyIds::default() }.find(ctx, "")?;
    let front = image(ctx, asked.front_image_id, "front_image_id")?;
    let back = image(ctx, asked.back_image_id, "back_image_id")?;
    if front.id == back.id {
        let reason = "must be another document than the front";
        return Err(FieldErrors::invalid("back_image_id", reason).into());
    }
    if account.currency_code() != asked.deposit_currency.as_str() {
        let reason = format!("the account is in {}", account.currency_code());
        return Err(FieldErrors::invalid("deposit_currency", reason).into());
    }
    let (holder, field) = match (asked.person_id, asked.business_id) {
        (None, Some(business)) => (business.to_string(), "business_id"),
        (person, _) => (person.map(|id| id.to_string()).unwrap_or_default(), "person_id"),
    };
    rules::check_customer(ctx, &account, &holder, field)?;
    rules::check_account(ctx, &account, Side::Credited)?;
    rules::check_room(ctx, &account, asked.check_amount)?;

    let print = print_of(&documents::contents(ctx, &front)?);
    let is_known = !ctx.find_all::<CheckDeposit>("print", &print)?.is_empty();
    let number = ctx.tx.next("checks")?;
    let id = ctx.new_id()?;
    let details = json!({
        "id": id, "tenant": ctx.tenant, "deposit_amount": asked.check_amount,
        "status": CheckDepositStatus::Pending, "creation_time": ctx.now,
        "last_updated_time": ctx.now, "date_captured": ctx.now, "date_processed": ctx.now,
    });
    let facts = CheckDepositFacts { print, ..CheckDepositFacts::default() };
    let mut deposit = Record::<CheckDeposit>::new(complete(&asked, details)?, facts);
    let name = front.file_name.as_deref().unwrap_or_default().to_lowercase();
    let begins = |word: &str| name.starts_with(word);
    if begins("unreadable") {
        deposit.status = CheckDepositStatus::Failed;
        ctx.add(&deposit)?;
        return Reply::json(201, &deposit.wire);
    }
    deposit.ocr_check_number = Some(format!("{:04}", 1000 + number));
    deposit.ocr_account_number = Some(format!("{:010}", 4_000_000_000_i64 + number).into());
    deposit.ocr_routing_number = Some("021000021".into());
    let id = id.to_string();
    if is_known || begins("doubtful") || begins("rejected") {
        deposit.facts.will_be_rejected = is_known || begins("rejected");
        let due = ctx.now + Duration::hours(i64::from(ctx.settings.check_review_hours));
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), REVIEW, &id)?;
    } else {
        submit(ctx, &mut deposit, &LedgerAccount::of(&account)?)?;
        if begins("bounced") {
            let day = banking_days_after(ctx.today(), BOUNCES_AFTER_DAYS);
            let due = bank_time(day, 12, 0).timestamp_millis();
            ctx.tx.schedule(ctx.tenant, due, BOUNCE, &id)?;
        }
    }
    ctx.add(&deposit)?;
    Reply::json(201, &deposit.wire)
}

/// A picture of one side.
fn image(ctx: &Ctx<'_>, id: impl ToString, field: &str) -> Result<Record<Document>, ApiError> {
    let document = ctx.find_named::<Document>(id, ErrorCode::BadRequestBody, field)?;
    if document.type_ == Some(DocumentType::CheckImage) {
        return Ok(document);
    }
    Err(FieldErrors::invalid(field, "must be a document of type CHECK_IMAGE").into())
}

/// Tells whether two pictures are the same.
fn print_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Posts a check, and holds its money back.
fn submit(
    ctx: &Ctx<'_>,
    deposit: &mut Record<CheckDeposit>,
    account: &LedgerAccount,
) -> Result<(), ApiError> {
    let settlement = settlement(ctx, deposit)?;
    let amount = deposit.deposit_amount;
    let posted = post(ctx, (&settlement, account), amount, None)?;
    let days = ctx.settings.check_hold_days;
    let free_at = bank_time(banking_days_after(ctx.today(), days), 9, 0).max(ctx.now);
    let hold = NewHold {
        kind: TransactionType::Check,
        subtype: "mobile_deposit".into(),
        account,
        offset: &settlement,
        sign: Sign::Debit,
        amount,
        memo: "held back until the check is final",
        reference_id: None,
        external_data: json!({}),
        expires_at: free_at,
        transaction_id: Some(posted),
        id: None,
    }
    .open(ctx)?;
    let due = free_at.timestamp_millis();
    ctx.tx.schedule(ctx.tenant, due, ach::RELEASE, &hold.uuid.to_string())?;
    deposit.transaction_id = Some(posted);
    deposit.facts.hold_id = Some(hold.uuid);
    deposit.status = CheckDepositStatus::Submitted;
    deposit.date_processed = ctx.now;
    Ok(())
}

/// The bank's account behind checks.
fn settlement(ctx: &Ctx<'_>, deposit: &types::CheckDeposit) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, "CHECK_SETTLEMENT", deposit.deposit_currency.as_str())
}

fn post(
    ctx: &Ctx<'_>,
    (from, to): (&LedgerAccount, &LedgerAccount),
    amount: i64,
    original: Option<TransactionId>,
) -> Result<TransactionId, ApiError> {
    let movement = Movement {
        kind: TransactionType::Check,
        subtype: match original {
            Some(_) => "mobile_deposit_return".into(),
            None => "mobile_deposit".into(),
        },
        from,
        to,
        amount,
        memo: "",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    let posted = match original {
        Some(original) => ledger::post_reversal(ctx, &movement, original)?,
        None => ledger::post(ctx, &movement)?,
    };
    Ok(posted.uuid)
}

/// Ends a doubt, as the file name said.
pub(crate) fn review(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut deposit) = ctx.find::<CheckDeposit>(id)? else {
        return Ok(());
    };
    let account = ctx.find::<Account>(deposit.account_id)?;
    // What was fine then may not be any more. An account in closing waits for it.
    let usable = match &account {
        Some(account) if account.status == Some(AccountStatus::InClosing) => true,
        Some(account) => match rules::check_account(ctx, account, Side::Credited) {
            Ok(()) => true,
            Err(ApiError::Problem(_)) => false,
            Err(broken) => return Err(broken),
        },
        None => false,
    };
    match account.filter(|_| usable && !deposit.facts.will_be_rejected) {
        Some(account) => submit(ctx, &mut deposit, &LedgerAccount::of(&account)?)?,
        None => deposit.status = CheckDepositStatus::Rejected,
    }
    deposit.last_updated_time = Some(ctx.now);
    ctx.save(&deposit)
}

/// Takes back what a check brought in; the account may end up below zero.
pub(crate) fn bounce(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut deposit) = ctx.find::<CheckDeposit>(id)? else {
        return Ok(());
    };
    let account = ctx.find_related::<Account>(deposit.account_id)?;
    ach::end_hold(ctx, deposit.facts.hold_id)?;
    let settlement = settlement(ctx, &deposit)?;
    let account = closed::account_or_suspense(ctx, &account)?;
    post(ctx, (&account, &settlement), deposit.deposit_amount, deposit.transaction_id)?;
    deposit.status = CheckDepositStatus::Returned;
    deposit.last_updated_time = Some(ctx.now);
    ctx.save(&deposit)
}
