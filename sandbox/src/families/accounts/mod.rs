//! Accounts: opened from a template for verified holders, with balances read off the ledger.

mod products;
mod relationships;
mod status;
mod templates;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use super::listing::{By, List};
use super::{Kind, Served, spend_controls, statements, texts};
use crate::engine::{Ctx, Outcome, Refusal, Reply, patch, text, without};
use crate::ledger;
use crate::spec::Faults;

pub(super) use relationships::{Holder, related};
pub(super) use status::{CLOSE, close};
pub(super) use templates::seed as seed_templates;

pub(super) const ACCOUNT: Kind = Kind {
    name: "account",
    id: "id",
    keys: &[
        ("id", "/id"),
        ("status", "/status"),
        ("access_status", "/access_status"),
        ("type", "/account_type"),
        ("customer_type", "/customer_type"),
        ("number", "/account_number"),
        ("customer", "/customer_ids"),
        ("business", "/business_ids"),
        ("party", "/customer_ids"),
        ("party", "/business_ids"),
        ("spend_control", "/spend_control_ids"),
    ],
};

const ON_ONE: &[(&str, &Kind)] = &[("account_id", &ACCOUNT)];
const ON_TEMPLATE: &[(&str, &Kind)] = &[("template_id", &templates::TEMPLATE)];
const ON_PRODUCT: &[(&str, &Kind)] = &[("product_id", &products::PRODUCT)];
const ON_RELATIONSHIP: &[(&str, &Kind)] =
    &[("account_id", &ACCOUNT), ("relationship_id", &relationships::RELATIONSHIP)];

pub(super) const SERVED: &[Served] = &[
    Served::new("list_accounts", list),
    Served::new("create_account", create),
    Served::on("get_account", ON_ONE, get),
    Served::on("update_account", ON_ONE, update),
    Served::on("list_account_relationships", ON_ONE, relationships::list),
    Served::on("create_account_relationship", ON_ONE, relationships::create),
    Served::on("get_account_relationship", ON_RELATIONSHIP, relationships::get),
    Served::on("update_account_relationship", ON_RELATIONSHIP, relationships::update),
    Served::on("delete_account_relationship", ON_RELATIONSHIP, relationships::delete),
    Served::new("list_account_templates", templates::list),
    Served::new("create_account_template", templates::create),
    Served::on("get_account_template", ON_TEMPLATE, templates::get),
    Served::on("update_account_template", ON_TEMPLATE, templates::update),
    Served::on("replace_account_template", ON_TEMPLATE, templates::replace),
    Served::on("delete_account_template", ON_TEMPLATE, templates::delete),
    Served::new("list_account_products", products::list),
    Served::new("create_account_product", products::create),
    Served::on("update_account_product", ON_PRODUCT, products::update),
];

/// The bank of this sandbox; a made-up routing number whose check digit holds.
pub(super) const BANK_ROUTING: &str = "112233448";
/// What every account number begins with: the programme's place at the bank.
const NUMBER_PREFIX: &str = "790";

/// Account types whose money is the holder's own.
const DEPOSIT_TYPES: [&str; 3] = ["CHECKING", "SAVING", "PREPAID"];

/// What a body may ask of an account that this sandbox does not do yet.
const NOT_YET: [(&str, &str); 5] = [
    ("interest_product_id", "accounts that bear interest"),
    ("balance_floor", "balance floors"),
    ("balance_ceiling", "balance ceilings"),
    ("fee_product_ids", "fees on accounts"),
    ("spending_limits", "spending limits"),
];

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
        ],
        always: Vec::new(),
        view: &|ctx, account| view(ctx, account).map(Some),
    }
    .reply::<types::AccountList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Account>(view(ctx, ctx.url_resource(&ACCOUNT, "account_id")?)?)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut body = ctx.body.clone();
    let template = templates::chosen(ctx, &body)?;
    let entries = body["relationships"].as_array().cloned().unwrap_or_default();
    let holders = relationships::check_all(ctx, &entries)?;

    let mut account = template["template"].clone();
    without(&mut body, &["relationships", "note", "manual_account_number"]);
    patch(&mut account, &body);
    refuse_unserved(&account)?;
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
    ctx.insert(&ACCOUNT, &account)?;
    for entry in entries {
        relationships::store(ctx, text(&account, "id"), entry)?;
    }
    relationships::refresh(ctx, &mut account)?;
    statements::begin(ctx, &account)?;
    Reply::created::<types::Account>(view(ctx, account)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let mut changes = ctx.body.clone();
    check_immutable(&account, &changes)?;
    status::check(ctx, &account, &changes)?;
    refuse_unserved(&changes)?;
    spend_controls::must_exist(ctx, &changes)?;
    without(&mut changes, &["note"]);
    status::apply(ctx, &mut account, &changes)?;
    patch(&mut account, &changes);
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ACCOUNT, &account)?;
    Reply::ok::<types::Account>(view(ctx, account)?)
}

fn check_immutable(account: &Value, changes: &Value) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    for field in ["account_type", "account_template_id", "customer_type", "currency"] {
        if changes.get(field).is_some_and(|wanted| account.get(field) != Some(wanted)) {
            faults.merge(Faults::immutable(field));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

fn refuse_unserved(account: &Value) -> Result<(), Refusal> {
    for (field, what) in NOT_YET {
        let asked = match &account[field] {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };
        if asked {
            return Err(Refusal::not_served(what));
        }
    }
    let account_type = text(account, "account_type");
    if !account_type.is_empty() && !DEPOSIT_TYPES.contains(&account_type) {
        return Err(Refusal::not_served(&format!("accounts of type {account_type}")));
    }
    Ok(())
}

/// Twelve digits, of which the first three are the programme's.
fn new_number(ctx: &Ctx<'_>) -> Result<String, Refusal> {
    loop {
        let number = format!("{NUMBER_PREFIX}{:09}", ctx.new_number(1_000_000_000)?);
        if ctx.all_with(&ACCOUNT, "number", &number)?.is_empty() {
            return Ok(number);
        }
    }
}

/// `790*****9503`: the programme, stars, and the last four.
fn masked(number: &str) -> String {
    let stars = number.len().saturating_sub(NUMBER_PREFIX.len() + 4);
    let last = crate::engine::last_four(number);
    format!("{NUMBER_PREFIX}{}{last}", "*".repeat(stars))
}

/// How an account is shown: with its balances as they are now.
pub(super) fn view(ctx: &Ctx<'_>, mut account: Value) -> Result<Value, Refusal> {
    let balances = ledger::balances(ctx, text(&account, "id"))?;
    account["balances"] = json!([
        { "type": "ACCOUNT_BALANCE", "balance": balances.account },
        { "type": "AVAILABLE_BALANCE", "balance": balances.available },
    ]);
    Ok(account)
}

/// An account that a body refers to.
pub(super) fn referred(ctx: &Ctx<'_>, id: &str, field: &str) -> Result<Value, Refusal> {
    ctx.referred(&ACCOUNT, id, ErrorCode::AccountNotFound, field)
}

/// Whether a party is related to an account in any way.
pub(super) fn is_related(account: &Value, party: &str) -> bool {
    texts(&account["customer_ids"]).contains(&party)
        || texts(&account["business_ids"]).contains(&party)
}
