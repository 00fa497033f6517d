//! Accounts: opened from a template for verified holders, with balances read off the ledger.

mod closing;
mod products;
mod relationships;
mod render;
pub(crate) mod stop_payments;
pub(crate) mod templates;
mod variants;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::accounts::render::{answer, whole};
use crate::domain::accounts::{BANK_ROUTING, balance_limits, credit, holders, interest, status};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::{applications, spend_controls, statements};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, patch, text, without};
use crate::spec::FieldErrors;

pub(crate) use render::view;
pub(crate) use templates::seed as seed_templates;

const ON_ONE: &[(&str, &Kind)] = &[("account_id", &ACCOUNT)];
const ON_TEMPLATE: &[(&str, &Kind)] = &[("template_id", &templates::TEMPLATE)];
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

/// What a body may ask of an account that this sandbox does not do yet.
const NOT_YET: [(&str, &str); 2] =
    [("fee_product_ids", "fees on accounts"), ("spending_limits", "spending limits")];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
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
        view: &|ctx, account| {
            if !holders::is_held_by_one_called(ctx, &account)? {
                return Ok(None);
            }
            view(ctx, account).map(Some)
        },
    }
    .render::<types::AccountList>(ctx)
    .and_then(whole)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    answer(ctx, ctx.url_resource(&ACCOUNT, "account_id")?)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut body = ctx.request.body.clone();
    let template = templates::chosen(ctx, &body)?;
    let entries = body["relationships"].as_array().cloned().unwrap_or_default();
    let holders = holders::check_all(ctx, &entries)?;

    let mut account = template["template"].clone();
    without(&mut body, &["relationships", "note", "manual_account_number"]);
    patch(&mut account, &body);
    refuse_unserved(&account)?;
    let vendor = &template["template"]["vendor_info"];
    credit::prepare(ctx, &mut account, vendor, text(&holders.body, "id"))?;
    applications::check(ctx, &account, text(&holders.body, "id"))?;
    balance_limits::check(ctx, &account, &body)?;
    interest::check(ctx, &account)?;
    spend_controls::must_exist(ctx, &account)?;
    let number = new_number(ctx)?;
    account["id"] = json!(ctx.new_id()?);
    account["tenant"] = json!(ctx.tenant);
    account["account_template_id"] = template["id"].clone();
    account["account_number"] = json!(number);
    account["account_number_masked"] = json!(masked(&number));
    account["bank_routing"] = json!(BANK_ROUTING);
    account["status"] = json!("ACTIVE_OR_DISBURSED");
    account["access_status"] = json!("ACTIVE");
    account["open_date"] = json!(ctx.today().to_string());
    account["creation_time"] = json!(ctx.now_text());
    account["last_updated_time"] = json!(ctx.now_text());
    account["customer_type"] = json!(holders.customer_type());
    interest::begin(ctx, &mut account)?;
    ctx.insert(&ACCOUNT, &account)?;
    for entry in entries {
        holders::store(ctx, text(&account, "id"), entry)?;
    }
    holders::refresh(ctx, &mut account)?;
    statements::begin(ctx, &account)?;
    Reply::created::<types::Account>(view(ctx, account)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let mut changes = ctx.request.body.clone();
    check_immutable(&account, &changes)?;
    status::check(ctx, &account, &changes)?;
    refuse_unserved(&changes)?;
    spend_controls::must_exist(ctx, &changes)?;
    without(&mut changes, &["note"]);
    patch(&mut account, &changes);
    store_changed(ctx, account, &changes)
}

/// Replaces what an integrator sets on a deposit account; what is not named is gone.
fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    if credit::is_credit(&account) {
        let detail = "only deposit accounts are replaced; change this one with PATCH";
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    }
    if account["access_status"] != "ACTIVE" {
        let detail = "a frozen account can only be unfrozen";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    let mut changes = ctx.request.body.clone();
    check_immutable(&account, &changes)?;
    if changes.get("access_status").is_some_and(|wanted| wanted != "ACTIVE") {
        return Err(FieldErrors::immutable("access_status").into());
    }
    without(&mut changes, &["access_status"]);
    status::check(ctx, &account, &changes)?;
    refuse_unserved(&changes)?;
    without(&mut changes, &["note"]);
    without(
        &mut account,
        &[
            "nickname",
            "metadata",
            "balance_floor",
            "balance_ceiling",
            "interest_product_id",
            "account_purpose",
            "spend_control_ids",
        ],
    );
    patch(&mut account, &changes);
    store_changed(ctx, account, &changes)
}

/// Checks an account as the changes leave it, and stores it with what goes with them.
fn store_changed(ctx: &Ctx<'_>, mut account: Value, changes: &Value) -> Outcome {
    let before = ctx.url_resource(&ACCOUNT, "account_id")?;
    balance_limits::check(ctx, &account, changes)?;
    balance_limits::check_held_link(ctx, &before, &account)?;
    interest::check(ctx, &account)?;
    interest::begin(ctx, &mut account)?;
    status::apply(ctx, &mut account, changes)?;
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ACCOUNT, &account)?;
    answer(ctx, account)
}

fn check_immutable(account: &Value, changes: &Value) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    for field in ["account_type", "account_template_id", "customer_type", "currency"] {
        if changes.get(field).is_some_and(|wanted| account.get(field) != Some(wanted)) {
            errors.merge(FieldErrors::immutable(field));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

fn refuse_unserved(account: &Value) -> Result<(), ApiError> {
    for (field, what) in NOT_YET {
        let asked = match &account[field] {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };
        if asked {
            return Err(ApiError::not_served(what));
        }
    }
    Ok(())
}

/// Twelve digits, of which the first three are the program's.
fn new_number(ctx: &Ctx<'_>) -> Result<String, ApiError> {
    loop {
        let number = format!("{NUMBER_PREFIX}{:09}", ctx.new_number(1_000_000_000)?);
        if ctx.all_with(&ACCOUNT, "number", &number)?.is_empty() {
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
