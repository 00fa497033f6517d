//! A payment as one story: the order, its hold, what was posted, and what was returned, whichever of them is shown.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, id as link};
use crate::format::plain;
use crate::resource::Resource;
use crate::resources;
use crate::texts::sections;

/// Parts of one payment, at most.
const PARTS_MAX: usize = 50;

/// Resources that may be a part: their names in paths, and where their currency is.
const KINDS: &[&str] = &["pending", "transactions", "ach", "wires", "transfers", "deposits"];

/// Where a part names others by their ids.
const NAMED: &[&str] = &[
    "/data/hold_id",
    "/data/original_trx",
    "/transaction_id",
    "/transaction_in_id",
    "/original_id",
    "/original_transaction_id",
    "/original_transfer_id",
    "/reversal_id",
];

/// Lists that find a part by the id of another: `{id}` stands for it.
const FOUND_BY: &[(&str, &str)] = &[
    ("transfers", "/v2/external_cards/transfers?transaction_id={id}"),
    ("transfers", "/v2/external_cards/transfers?original_transfer_id={id}"),
];

/// Where the account is whose postings may name a part.
const ACCOUNTS: &[&str] =
    &["/account_id", "/source_account_id", "/originating_account_id", "/deposit_account_id"];

const STATUS: Field = field("", "/status /data/status", Shown::Status);
const TYPE: Field = field("", "/type /data/type /subtype /data/subtype", Shown::Status);
const AMOUNTS: [Field; 4] = [
    field("", "/data/lines/0/amount", Shown::Money("/data/lines/0/currency")),
    field("", "/data/amount", Shown::Money("/data/currency")),
    field("", "/amount", Shown::Money("/currency")),
    field("", "/deposit_amount", Shown::Money("/deposit_currency")),
];
const TIME: Field =
    field("", "/transaction_time /data/transaction_time /creation_time", Shown::Moment);

/// The newest postings of accounts, each list read once.
type Postings = BTreeMap<String, Vec<Value>>;

/// A part of the payment. An order and its hold may have the same id.
struct Part {
    resource: &'static Resource,
    id: String,
    of: Value,
}

/// The parts that are known, each once.
struct Parts(Vec<Part>);

impl Parts {
    fn has(&self, resource: &Resource, id: &str) -> bool {
        self.0.iter().any(|part| part.resource.name == resource.name && part.id == id)
    }

    fn add(&mut self, resource: &'static Resource, of: Value) {
        let id = of.pointer(resource.id).map(plain).unwrap_or_default();
        if !self.has(resource, &id) && self.0.len() < PARTS_MAX {
            self.0.push(Part { resource, id, of });
        }
    }
}

pub(super) async fn show(context: &Context, resource: &str, id: &str, of: &Value) -> Markup {
    let Some(resource) = resources::find(resource) else { return html! {} };
    let mut parts = Parts(vec![Part { resource, id: id.to_owned(), of: of.clone() }]);
    let (mut next, mut looked_at, mut postings) = (0, BTreeSet::new(), Postings::new());
    // Each part may name others, which name more.
    while let Some(part) = parts.0.get(next) {
        next += 1;
        let (id, of) = (part.id.clone(), part.of.clone());
        for id in named(&of).into_iter().chain([id.clone()]) {
            if looked_at.insert(id.clone()) {
                add_by_id(context, &mut parts, &id).await;
            }
        }
        for (resource, of) in naming(context, &mut postings, &id, &of).await {
            parts.add(resource, of);
        }
    }
    let mut others = parts.0.split_off(1);
    // All moments have the same format, so the order of the texts is the order of the moments.
    others.sort_by_key(|part| TIME.values(&part.of).next().map(|(_, at)| plain(at)));
    html! {
        @if !others.is_empty() {
            section {
                h2 { (sections::REST_OF_PAYMENT) }
                ol .timeline {
                    @for part in &others {
                        li {
                            @if TIME.is_there(&part.of) { (TIME.show(context, &part.of)) " " }
                            strong { (part.resource.one) } " "
                            (link(context, part.resource.name, &part.id)) " "
                            (TYPE.show(context, &part.of)) " "
                            @if let Some(amount) = AMOUNTS.iter().find(|it| it.is_there(&part.of)) {
                                (amount.show(context, &part.of)) " "
                            }
                            (STATUS.show(context, &part.of))
                        }
                    }
                }
            }
        }
    }
}

/// The ids that a part names.
fn named(of: &Value) -> Vec<String> {
    let texts = NAMED.iter().filter_map(|at| of.pointer(at).and_then(Value::as_str));
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// Adds the parts with an id.
async fn add_by_id(context: &Context, parts: &mut Parts, id: &str) {
    for resource in KINDS.iter().filter_map(|name| resources::find(name)) {
        if !parts.has(resource, id)
            && let Some(of) = context.find(&resource.target(id)).await
        {
            parts.add(resource, of);
        }
    }
}

/// The parts that name this one.
async fn naming(
    context: &Context,
    postings: &mut Postings,
    id: &str,
    of: &Value,
) -> Vec<(&'static Resource, Value)> {
    let mut found = Vec::new();
    for (name, target) in FOUND_BY {
        let Some(resource) = resources::find(name) else { continue };
        let rows = context.rows(&target.replace("{id}", &encoded(id))).await;
        found.extend(rows.into_iter().map(|row| (resource, row)));
    }
    // The same key did the hold and its posting.
    if let Some(key) = of.get("idemkey").and_then(Value::as_str).map(encoded) {
        for name in ["pending", "transactions"] {
            let Some(resource) = resources::find(name) else { continue };
            let rows = context.rows(&format!("{}?idempotency_key={key}", resource.list)).await;
            found.extend(rows.into_iter().map(|row| (resource, row)));
        }
    }
    let accounts = ACCOUNTS.iter().filter_map(|at| of.pointer(at).and_then(Value::as_str));
    let is_of_customer =
        |line: &&Value| line.get("is_gl_acc").and_then(Value::as_bool) != Some(true);
    let lines = of.pointer("/data/lines").and_then(Value::as_array);
    let lines = lines.into_iter().flatten().filter(is_of_customer);
    let lines = lines.filter_map(|line| line.get("account_id").and_then(Value::as_str));
    let accounts: BTreeSet<&str> = accounts.chain(lines).collect();
    if let Some(resource) = resources::find("transactions") {
        for account in accounts {
            if !postings.contains_key(account) {
                let target = format!("{}?account_id={}", resource.list, encoded(account));
                postings.insert(account.to_owned(), context.all(&target).await.0);
            }
            let rows = postings.get(account).into_iter().flatten();
            let rows = rows.filter(|row| named(row).iter().any(|it| it == id));
            found.extend(rows.map(|row| (resource, row.clone())));
        }
    }
    found
}
