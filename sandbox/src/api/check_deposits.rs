//! Checks deposited by their pictures.
//!
//! A check that can be read is `SUBMITTED`: posted at once, its money held back for the banking
//! days of the settings. What happens otherwise is steered by how the file name of the front
//! begins: `unreadable` is `FAILED`, and to be taken again; `doubtful` is `PENDING` until its review,
//! and submitted then; `rejected` is pending, and `REJECTED` after its review; `bounced` is
//! submitted, and `RETURNED` by the other bank two banking days later. A picture that was deposited
//! before is reviewed, and rejected.

use chrono::Duration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::documents::DOCUMENT;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::{accounts, ach, documents, internal_accounts, parties, rules};
use crate::ledger;
use crate::ledger::{ACCOUNT, Ended, HOLD, LedgerAccount, Movement, NewHold, Sign};
use crate::model::calendar::{bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, one_of, text};
use crate::spec::FieldErrors;

const DEPOSIT: Kind = Kind {
    name: "check deposit",
    id: "id",
    keys: &[
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("amount", "/deposit_amount"),
        ("currency", "/deposit_currency"),
        ("check", "/ocr_check_number"),
        ("print", "/print"),
        ("tenant", "/tenant"),
    ],
};

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
    Reply::ok::<types::CheckDeposit>(ctx.url_resource(&DEPOSIT, "deposit_id")?)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut deposit = ctx.request.body.clone();
    let account = accounts::referred(ctx, text(&deposit, "account_id"), "account_id")?;
    parties::named(ctx, &deposit)?;
    let front = image(ctx, &deposit, "front_image_id")?;
    let back = image(ctx, &deposit, "back_image_id")?;
    if front["id"] == back["id"] {
        let reason = "must be another document than the front";
        return Err(FieldErrors::invalid("back_image_id", reason).into());
    }
    if account["currency"] != deposit["deposit_currency"] {
        let reason = format!("the account is in {}", text(&account, "currency"));
        return Err(FieldErrors::invalid("deposit_currency", reason).into());
    }
    let holder = ["person_id", "business_id"].into_iter().find(|f| !text(&deposit, f).is_empty());
    let field = holder.unwrap_or("person_id");
    rules::check_customer(ctx, &account, text(&deposit, field), field)?;
    rules::check_account(ctx, &account, Side::Credited)?;

    // border: check deposits are not typed records yet.
    let front_document = Record::<documents::Document>::of(&front)?;
    let print = print_of(&documents::contents(ctx, &front_document)?);
    let is_known = !ctx.all_with(&DEPOSIT, "print", &print)?.is_empty();
    let amount = deposit["check_amount"].clone();
    let number = ctx.tx.next("checks")?;
    let details = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "deposit_amount": amount, "print": print,
        "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
        "date_captured": ctx.now_text(), "date_processed": ctx.now_text(),
    });
    crate::model::patch(&mut deposit, &details);
    let name = text(&front, "file_name").to_lowercase();
    let begins = |word: &str| name.starts_with(word);
    if begins("unreadable") {
        deposit["status"] = json!("FAILED");
        ctx.insert(&DEPOSIT, &deposit)?;
        return Reply::created::<types::CheckDeposit>(deposit);
    }
    deposit["ocr_check_number"] = json!(format!("{:04}", 1000 + number));
    deposit["ocr_account_number"] = json!(format!("{:010}", 4_000_000_000_i64 + number));
    deposit["ocr_routing_number"] = json!("021000021");
    let id = text(&deposit, "id").to_owned();
    if is_known || begins("doubtful") || begins("rejected") {
        deposit["status"] = json!("PENDING");
        deposit["will_be_rejected"] = json!(is_known || begins("rejected"));
        let due = ctx.now + Duration::hours(i64::from(ctx.settings.check_review_hours));
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), REVIEW, &id)?;
    } else {
        submit(ctx, &mut deposit, &account)?;
        if begins("bounced") {
            let day = banking_days_after(ctx.today(), BOUNCES_AFTER_DAYS);
            let due = bank_time(day, 12, 0).timestamp_millis();
            ctx.tx.schedule(ctx.tenant, due, BOUNCE, &id)?;
        }
    }
    ctx.insert(&DEPOSIT, &deposit)?;
    Reply::created::<types::CheckDeposit>(deposit)
}

/// A picture of one side.
fn image(ctx: &Ctx<'_>, deposit: &Value, field: &str) -> Result<Value, ApiError> {
    let code = ErrorCode::BadRequestBody;
    let document = ctx.referred(&DOCUMENT, text(deposit, field), code, field)?;
    if document["type"] == "CHECK_IMAGE" {
        return Ok(document);
    }
    Err(FieldErrors::invalid(field, "must be a document of type CHECK_IMAGE").into())
}

/// Tells whether two pictures are the same.
fn print_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Posts a check, and holds its money back.
fn submit(ctx: &Ctx<'_>, deposit: &mut Value, account: &Value) -> Result<(), ApiError> {
    let currency = text(deposit, "deposit_currency");
    let settlement = internal_accounts::of_bank(ctx, "CHECK_SETTLEMENT", currency)?;
    let account = ledger::account_of(account, false);
    let amount = deposit["deposit_amount"].as_i64().unwrap_or_default();
    let posted = post(ctx, &settlement, &account, amount, None)?;
    let days = ctx.settings.check_hold_days;
    let free_at = bank_time(banking_days_after(ctx.today(), days), 9, 0).max(ctx.now);
    let hold = NewHold {
        kind: "check",
        subtype: "mobile_deposit",
        account: &account,
        offset: &settlement,
        sign: Sign::Debit,
        amount,
        memo: "held back until the check is final",
        reference_id: None,
        external_data: json!({}),
        expires_at: free_at,
        transaction_id: Some(text(&posted, "uuid")),
        id: None,
    }
    .open(ctx)?;
    ctx.tx.schedule(ctx.tenant, free_at.timestamp_millis(), ach::RELEASE, text(&hold, "uuid"))?;
    deposit["transaction_id"] = posted["uuid"].clone();
    deposit["hold_id"] = hold["uuid"].clone();
    deposit["status"] = json!("SUBMITTED");
    deposit["date_processed"] = json!(ctx.now_text());
    Ok(())
}

fn post(
    ctx: &Ctx<'_>,
    from: &LedgerAccount,
    to: &LedgerAccount,
    amount: i64,
    original: Option<&str>,
) -> Result<Value, ApiError> {
    let movement = Movement {
        kind: "check",
        subtype: if original.is_some() { "mobile_deposit_return" } else { "mobile_deposit" },
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
    match original {
        Some(original) => ledger::post_reversal(ctx, &movement, original),
        None => ledger::post(ctx, &movement),
    }
}

/// Ends a doubt, as the file name said.
pub(crate) fn review(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut deposit) = ctx.get(&DEPOSIT, id)? else {
        return Ok(());
    };
    let account = ctx.get(&ACCOUNT, text(&deposit, "account_id"))?;
    // What was fine then may not be any more.
    let usable = match &account {
        Some(account) => match rules::check_account(ctx, account, Side::Credited) {
            Ok(()) => true,
            Err(ApiError::Problem(_)) => false,
            Err(broken) => return Err(broken),
        },
        None => false,
    };
    match account.filter(|_| usable && deposit["will_be_rejected"] != true) {
        Some(account) => submit(ctx, &mut deposit, &account)?,
        None => deposit["status"] = json!("REJECTED"),
    }
    deposit["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&DEPOSIT, &deposit)
}

/// Takes back what a check brought in; the account may end up below zero.
pub(crate) fn bounce(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut deposit) = ctx.get(&DEPOSIT, id)? else {
        return Ok(());
    };
    let Some(account) = ctx.get(&ACCOUNT, text(&deposit, "account_id"))? else {
        return Err(ApiError::Internal("a check deposit whose account is gone".to_owned()));
    };
    let hold = text(&deposit, "hold_id");
    if ctx.get(&HOLD, hold)?.is_some_and(|hold| hold["data"]["status"] == "PENDING") {
        Ended::Released.end(ctx, hold)?;
    }
    let currency = text(&deposit, "deposit_currency");
    let settlement = internal_accounts::of_bank(ctx, "CHECK_SETTLEMENT", currency)?;
    let amount = deposit["deposit_amount"].as_i64().unwrap_or_default();
    let account = ledger::account_of(&account, false);
    post(ctx, &account, &settlement, amount, Some(text(&deposit, "transaction_id")))?;
    deposit["status"] = json!("RETURNED");
    deposit["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&DEPOSIT, &deposit)
}
