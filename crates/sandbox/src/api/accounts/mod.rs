//! Accounts: opened from a template for verified holders, with balances read off the ledger.

mod closing;
mod products;
mod relationships;
pub(crate) mod render;
pub(crate) mod stop_payments;
pub(crate) mod templates;
mod variants;

use serde_json::Value;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, AccountAccessStatus, AccountStatus, AccountType};

use crate::api::accounts::render::{answer, whole};
use crate::domain::accounts::credit::Servicer;
use crate::domain::accounts::status::Wanted;
use crate::domain::accounts::templates::TEMPLATE;
use crate::domain::accounts::{
    BANK_ROUTING, balance_limits, credit, fee_products, holders, interest, status,
};
use crate::domain::listing::{By, List, view_of};
use crate::domain::{applications, spend_controls, statements};
use crate::ledger::{ACCOUNT, Account, AccountFacts};
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, convert, merge, without,
};
use crate::spec::FieldErrors;

pub(crate) use render::view;
pub(crate) use templates::{seed as seed_templates, seed_revolving as seed_revolving_templates};

const ON_ONE: &[(&str, &Kind)] = &[("account_id", &ACCOUNT)];
const ON_TEMPLATE: &[(&str, &Kind)] = &[("template_id", &TEMPLATE)];
const ON_PRODUCT: &[(&str, &Kind)] = &[("product_id", &interest::PRODUCT)];
const ON_RELATIONSHIP: &[(&str, &Kind)] =
    &[("account_id", &ACCOUNT), ("relationship_id", &holders::RELATIONSHIP)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_accounts", list),
    Served::new("create_account", create).ruled(variants::of_new_account),
    Served::on("get_account", ON_ONE, get),
    Served::on("update_account", ON_ONE, update).ruled(variants::of_changes),
    Served::on("replace_account", ON_ONE, replace).ruled(variants::of_changes),
    Served::on("initiate_account_closure", ON_ONE, closing::initiate).ruled(closing::of_closure),
    Served::on("update_account_closure", ON_ONE, closing::redirect)
        .ruled(|ctx| Ok(closing::errors_of_destination(&ctx.request.body))),
    Served::on("list_account_relationships", ON_ONE, relationships::list),
    Served::on("create_account_relationship", ON_ONE, relationships::create)
        .ruled(|ctx| Ok(holders::errors_of(&ctx.request.body))),
    Served::on("get_account_relationship", ON_RELATIONSHIP, relationships::get),
    Served::on("update_account_relationship", ON_RELATIONSHIP, relationships::update),
    Served::on("delete_account_relationship", ON_RELATIONSHIP, relationships::delete),
    Served::new("list_account_templates", templates::list),
    Served::new("create_account_template", templates::create).ruled(variants::of_template),
    Served::on("get_account_template", ON_TEMPLATE, templates::get),
    Served::on("update_account_template", ON_TEMPLATE, templates::update)
        .ruled(variants::of_template_changes),
    Served::on("replace_account_template", ON_TEMPLATE, templates::replace)
        .ruled(variants::of_template),
    Served::on("delete_account_template", ON_TEMPLATE, templates::delete),
    Served::new("list_account_products", products::list),
    Served::new("create_account_product", products::create)
        .ruled(|ctx| Ok(products::errors_of(&ctx.request.body))),
    Served::on("update_account_product", ON_PRODUCT, products::update),
];

/// What every account number begins with: the program's place at the bank.
const NUMBER_PREFIX: &str = "790";

fn list(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &ACCOUNT,
        items: "accounts",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("access_status", By::Key("access_status")),
            ("account_type", By::Key("type")),
            ("customer_type", By::Key("customer_type")),
            ("account_number", By::Key("number")),
            ("customer_id", By::Key("customer")),
            ("person_id", By::Key("customer")),
            ("business_id", By::Key("business")),
            ("nickname", By::Wildcard(&["/nickname"])),
            ("interest_product_id", By::Key("product")),
            ("spend_control_ids", By::Key("spend_control")),
            ("general_ledger_type", By::Key("ledger_type")),
            ("overdraft_account_id", By::Key("overdraft")),
            ("overflow_account_id", By::Key("overflow")),
            ("linked_account_id", By::Key("linked")),
            ("first_name", By::Elsewhere),
            ("last_name", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Account, _>(|ctx, account| {
            if !holders::is_held_by_one_called(ctx, &account)? {
                return Ok(None);
            }
            view(ctx, account).map(Some)
        }),
    };
    whole(convert(&list.typed::<types::AccountList>(ctx)?)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    answer(ctx, ctx.find_in_url("account_id")?)
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut body: types::NewAccount = ctx.body()?;
    let template = templates::chosen(ctx, &body)?;
    let entries = std::mem::take(&mut body.relationships);
    let holder = holders::check_all(ctx, &entries)?;
    let holder_id = holder.id();

    let mut fields = template.wire.template;
    let servicer =
        Servicer { template: fields.vendor_info.take(), account: body.vendor_info.take() };
    let mut asked = serde_json::to_value(&body).map_err(|e| ApiError::Internal(e.to_string()))?;
    without(&mut asked, &["note", "manual_account_number"]);
    let wire: types::Account = complete(&fields, asked)?;
    let mut account = Record::new(wire, AccountFacts::default());
    credit::prepare(ctx, &mut account, &servicer, holder_id)?;
    let account_type = account.account_type.clone().unwrap_or(AccountType::Checking);
    let application = account.application_id.map(|id| id.as_uuid());
    applications::check(ctx, &account_type, application, &holder_id.to_string())?;
    balance_limits::check(ctx, &account, body.balance_floor.is_some())?;
    interest::check(ctx, &account)?;
    fee_products::check(ctx, &account)?;
    spend_controls::must_all_exist(ctx, &account.spend_control_ids)?;
    let number = new_number(ctx)?;
    account.id = Some(ctx.new_id()?.into());
    account.tenant = Some(ctx.tenant.to_owned());
    account.account_template_id = template.wire.id;
    account.account_number_masked = Some(masked(&number));
    account.account_number = Some(number.into());
    account.bank_routing = Some(BANK_ROUTING.into());
    account.status = Some(AccountStatus::ActiveOrDisbursed);
    account.access_status = Some(AccountAccessStatus::Active);
    account.open_date = Some(ctx.today());
    account.creation_time = Some(ctx.now);
    account.last_updated_time = Some(ctx.now);
    account.customer_type = Some(holders::customer_type(&holder));
    interest::begin(ctx, &mut account)?;
    fee_products::begin(ctx, &mut account)?;
    ctx.add(&account)?;
    for entry in &entries {
        holders::store(ctx, &account, holders::stored(entry)?)?;
    }
    holders::refresh(ctx, &mut account)?;
    statements::begin(ctx, &account)?;
    Reply::json(201, &view(ctx, account)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    let body: types::AccountPatch = ctx.body()?;
    check_immutable(&account, &ctx.request.body)?;
    let wanted = Wanted {
        status: body.status.value().cloned(),
        access_status: body.access_status.value().cloned(),
        note: body.note.value().cloned(),
    };
    status::check(ctx, &account, &ctx.request.body, &wanted)?;
    if let Some(controls) = body.spend_control_ids.value() {
        spend_controls::must_all_exist(ctx, controls)?;
    }
    let before = account.clone();
    merge(&mut account.wire, &body)?;
    store_changed(ctx, &before, account, &wanted, body.balance_floor.value().is_some())
}

/// Replaces what an integrator sets on a deposit account; what is not named is gone.
fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    if credit::is_credit(&account) {
        let detail = "only deposit accounts are replaced; change this one with PATCH";
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    }
    if account.access_status != Some(AccountAccessStatus::Active) {
        let detail = "a frozen account can only be unfrozen";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    let body: types::AccountDepository = ctx.body()?;
    check_immutable(&account, &ctx.request.body)?;
    if body.access_status.as_ref().is_some_and(|wanted| *wanted != AccountAccessStatus::Active) {
        return Err(FieldErrors::immutable("access_status").into());
    }
    let mut changes = ctx.request.body.clone();
    without(&mut changes, &["access_status"]);
    let wanted =
        Wanted { status: body.status.clone(), access_status: None, note: body.note.clone() };
    status::check(ctx, &account, &changes, &wanted)?;
    let before = account.clone();
    account.nickname = None;
    account.metadata.clear();
    account.balance_floor = None;
    account.balance_ceiling = None;
    account.interest_product_id = None;
    account.fee_product_ids.clear();
    account.account_purpose = None;
    account.spend_control_ids.clear();
    account.spending_limits = None;
    without(&mut changes, &["note"]);
    merge(&mut account.wire, &changes)?;
    store_changed(ctx, &before, account, &wanted, body.balance_floor.is_some())
}

/// Checks an account as the changes leave it, and stores it with what goes with them.
fn store_changed(
    ctx: &Ctx<'_>,
    before: &Record<Account>,
    mut account: Record<Account>,
    wanted: &Wanted,
    sets_floor: bool,
) -> Outcome {
    balance_limits::check(ctx, &account, sets_floor)?;
    balance_limits::check_held_link(ctx, before, &account)?;
    interest::check(ctx, &account)?;
    fee_products::check(ctx, &account)?;
    interest::begin(ctx, &mut account)?;
    fee_products::begin(ctx, &mut account)?;
    status::apply(ctx, &mut account, wanted)?;
    account.last_updated_time = Some(ctx.now);
    ctx.save(&account)?;
    answer(ctx, account)
}

fn check_immutable(account: &Record<Account>, changes: &Value) -> Result<(), ApiError> {
    let before = account.document()?;
    let mut errors = FieldErrors::default();
    for field in ["account_type", "account_template_id", "customer_type", "currency"] {
        if changes.get(field).is_some_and(|wanted| before.get(field) != Some(wanted)) {
            errors.merge(FieldErrors::immutable(field));
        }
    }
    errors.refused()
}

/// Twelve digits, of which the first three are the program's.
fn new_number(ctx: &Ctx<'_>) -> Result<String, ApiError> {
    loop {
        let number = format!("{NUMBER_PREFIX}{:09}", ctx.new_number(1_000_000_000)?);
        if ctx.find_all::<Account>("number", &number)?.is_empty() {
            return Ok(number);
        }
    }
}

/// `790*****9503`: the program, stars, and the last four.
fn masked(number: &str) -> String {
    let stars = number.len().saturating_sub(NUMBER_PREFIX.len() + 4);
    let last = crate::model::last_four(number);
    format!("{NUMBER_PREFIX}{}{last}", "*".repeat(stars))
}
