//! What makes up the balances of an account, the accounts that it is linked with, its parties, and what
//! its closure waits for.

use maud::{Markup, html};
use serde_json::Value;

use super::entries;
use crate::context::{Context, encoded};
use crate::field::{Field, Shown, amount, field, named, text};
use crate::format::{plain, short_id};
use crate::lookup;
use crate::names;
use crate::table;
use crate::texts::{self, sections};

const PARTIES: &[Field] = &[
    field(texts::ROLE, "/relationship_type", Shown::Status),
    field(texts::PARTY, "/customer_id /business_id", Shown::Party),
    field(sections::SINCE, "/created_at", Shown::Moment),
];

/// The accounts that floor and ceiling lead to.
const LINKED: &[Field] = &[field(
    "",
    "/balance_floor/linked_account_id /balance_ceiling/linked_account_id",
    Shown::Account,
)];

/// Characters of a name in the drawing.
const NAME_DRAWN: usize = 12;

/// The statuses of a hold that sets money aside.
const OPEN: [&str; 2] = ["PENDING", "PARTCLEARED"];

const CHECKS: &[Field] = &[
    text(sections::CHECK, "/name"),
    field(sections::CHECK_PASSED, "/validated", Shown::Plain),
    text(sections::CHECK_MESSAGE, "/message"),
];

pub(super) async fn show(context: &Context, account: &str, of: &Value) -> Markup {
    let relationships = format!("/v2/accounts/{}/relationships?limit=50", encoded(account));
    let mut holds = Vec::new();
    for status in OPEN {
        let account = encoded(account);
        let target = format!("/v2/transactions/pending?account_id={account}&status={status}");
        holds.extend(context.all(&target).await.0);
    }
    let parties = context.rows(&relationships).await;
    let checks = of.pointer("/account_closure/validation_responses").and_then(Value::as_array);
    html! {
        (made_up(of, &holds))
        (entries::of_account(context, account).await)
        (links(context, account, of).await)
        @if !parties.is_empty() {
            section { h2 { (sections::PARTIES) } (table::plain_rows(context, sections::PARTIES, PARTIES, &parties).await) }
        }
        @if let Some(checks) = checks.filter(|checks| !checks.is_empty()) {
            section {
                h2 { (sections::CLOSURE) }
                (table::plain_rows(context, sections::CLOSURE, CHECKS, checks).await)
            }
        }
    }
}

fn balance(of: &Value, name: &str) -> Option<i64> {
    let balances = of.get("balances").and_then(Value::as_array)?;
    let found = balances.iter().find(|it| it.get("type").and_then(Value::as_str) == Some(name))?;
    found.get("balance").and_then(Value::as_i64)
}

/// From the posted balance to the available one.
fn made_up(of: &Value, holds: &[Value]) -> Markup {
    let currency = of.get("currency").map(plain).unwrap_or_default();
    let (Some(posted), Some(available)) =
        (balance(of, "ACCOUNT_BALANCE"), balance(of, "AVAILABLE_BALANCE"))
    else {
        return html! {};
    };
    let held: i64 = holds
        .iter()
        .filter(|hold| hold.pointer("/data/dc_sign").and_then(Value::as_str) == Some("debit"))
        .filter_map(|hold| hold.pointer("/data/amount").and_then(Value::as_i64))
        .fold(0, i64::saturating_add);
    let rest = available.saturating_sub(posted.saturating_sub(held));
    html! {
        section {
            h2 { (sections::MADE_UP) }
            table .sum {
                tbody {
                    tr { th scope="row" { (texts::POSTED) } td .number { (amount(posted, &currency)) } }
                    tr {
                        th scope="row" { (sections::held_by(holds.len())) }
                        td .number { (amount(held.saturating_neg(), &currency)) }
                    }
                    @if rest != 0 {
                        tr {
                            th scope="row" { (sections::OTHER_PARTS) }
                            td .number { (amount(rest, &currency)) }
                        }
                    }
                    tr { th scope="row" { (sections::AVAILABLE) } td .number { (amount(available, &currency)) } }
                }
            }
        }
    }
}

/// The account that a floor or a ceiling leads to, and which of them it is.
fn shown(context: &Context, link: &Option<(String, i64)>, what: &str) -> String {
    let named = link.as_ref().map(|(to, _)| {
        let name = context.names.get(to).and_then(|known| known.name);
        name.map_or_else(|| short_id(to).to_owned(), drawn)
    });
    format!("{}: {what}", named.unwrap_or_default())
}

/// A name as far as there is room for it in the drawing.
fn drawn(name: String) -> String {
    match name.char_indices().nth(NAME_DRAWN) {
        Some((end, _)) => format!("{}\u{2026}", name.get(..end).unwrap_or_default()),
        None => name,
    }
}

/// A drawing of floor and ceiling with the accounts that they lead to, and the same as text.
async fn links(context: &Context, account: &str, of: &Value) -> Markup {
    lookup::names(context, LINKED, std::slice::from_ref(of)).await;
    let currency = of.get("currency").map(plain).unwrap_or_default();
    let link = |name: &str| {
        let link = of.get(name)?;
        let to = link.get("linked_account_id").map(plain)?;
        Some((to, link.get("balance").and_then(Value::as_i64).unwrap_or_default()))
    };
    let (floor, ceiling) = (link("balance_floor"), link("balance_ceiling"));
    if floor.is_none() && ceiling.is_none() {
        return html! {};
    }
    let rows = [
        (sections::CEILING, &ceiling, sections::CEILING_LEADS),
        (sections::FLOOR, &floor, sections::FLOOR_LEADS),
    ];
    html! {
        section {
            h2 { (sections::LINKS) }
            svg .links viewBox="0 0 480 160" role="img"
                aria-label=(sections::LINKS_DRAWING) {
                rect x="180" y="50" width="120" height="60" rx="6" {}
                text x="240" y="85" text-anchor="middle" { (names::name(of).map_or_else(|| short_id(account).to_owned(), drawn)) }
                @if ceiling.is_some() {
                    path d="M300 60 H420 V30" {}
                    path d="M415 38 L420 28 L425 38" {}
                    text x="420" y="20" text-anchor="middle" { (shown(context, &ceiling, sections::CEILING_IN_DRAWING)) }
                }
                @if floor.is_some() {
                    path d="M60 130 V100 H180" {}
                    path d="M172 95 L182 100 L172 105" {}
                    text x="60" y="150" text-anchor="middle" { (shown(context, &floor, sections::FLOOR_IN_DRAWING)) }
                }
            }
            dl {
                @for (label, link, leads) in rows {
                    @if let Some((to, limit)) = link {
                        div {
                            dt { (label) }
                            dd { (sections::linked(&amount(*limit, &currency), leads, &named(context, to))) }
                        }
                    }
                }
            }
        }
    }
}
