//! Search over everything: a name, an id, the last digits of a card or an account, an amount.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use futures_util::future::join_all;
use maud::html;
use serde_json::Value;

use crate::context::{Context, encoded, rows};
use crate::page::Page;
use crate::resource::Resource;
use crate::resources;
use crate::table;
use crate::texts::{self, platform};

/// Rows of one kind that are shown.
const ROWS: usize = 20;
/// Ids with the same beginning that are looked up.
const IDS_MAX: usize = 10;
/// Characters of what is looked for.
const QUERY_MAX: usize = 200;

/// A question to the bank: the resource, and a query with `{q}` in place of what is looked for.
type Question = (&'static str, &'static str);

/// What is asked for a word.
const OF_A_WORD: &[Question] = &[
    ("persons", "first_name={q}*"),
    ("persons", "last_name={q}*"),
    ("persons", "first_name={first}&last_name={last}"),
    ("persons", "email={q}"),
    ("businesses", "entity_name={q}"),
    ("accounts", "nickname={q}"),
    ("external_accounts", "nickname={q}"),
];
/// For digits.
const OF_DIGITS: &[Question] = &[
    ("cards", "last_four={q}"),
    ("persons", "ssn_last_4={q}"),
    ("persons", "phone_number={q}"),
    ("persons", "phone_number=%2B1{q}"),
    ("accounts", "account_number={q}"),
];
/// Where a number is of which people know the last digits, and which no operation finds by them.
const ENDINGS: &[(&str, &str)] =
    &[("accounts", "/account_number"), ("external_accounts", "/account_identifiers/number")];
/// Where a name is that operations find as a whole only.
const NAMES: &[(&str, &str)] = &[
    ("businesses", "/entity_name"),
    ("accounts", "/nickname"),
    ("external_accounts", "/nickname"),
];
/// Characters that are a part of such a name.
const NAME_MIN: usize = 3;
/// Digits that are such an end.
const ENDING_MIN: usize = 4;
/// Where an amount is in a resource.
const AMOUNTS: &[(&str, &[&str])] = &[
    ("transactions", &["/data/lines/0/amount"]),
    ("pending", &["/data/amount", "/data/req_amount"]),
    ("ach", &["/amount"]),
    ("wires", &["/amount"]),
    ("transfers", &["/amount"]),
    ("deposits", &["/deposit_amount"]),
    ("disputes", &["/disputed_amount"]),
];

pub(crate) async fn show(
    context: Context,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let query: String =
        query.get("q").map_or("", |text| text.trim()).chars().take(QUERY_MAX).collect();
    // To the API it stands for any text.
    let query = query.replace('*', "").trim().to_owned();
    let found = if query.is_empty() { Vec::new() } else { find(&context, &query).await };
    let content = html! {
        h1 { (texts::SEARCH) }
        @if query.is_empty() {
            p { (platform::SEARCH_ABOUT) }
        } @else {
            p role="status" {
                (platform::found(found.iter().map(|(_, rows)| rows.len()).sum(), &query))
            }
            p .quiet { (platform::SEARCH_ABOUT) }
        }
        @for (resource, rows) in &found {
            section { h2 { (resource.many) } (table::of_resource(&context, resource, rows).await) }
        }
    };
    Page::new(texts::SEARCH, content).of(&context)
}

/// What fits, by resource, each row once.
async fn find(context: &Context, query: &str) -> Vec<(&'static Resource, Vec<Value>)> {
    let mut asked: Vec<(&Resource, String)> = Vec::new();
    let ids = match query {
        id if is_id(id) => vec![id.to_owned()],
        short if is_short_id(short) => {
            let beginning = short.to_ascii_lowercase();
            context.bank.ids(&context.workspace, &beginning, IDS_MAX)
        }
        _ => Vec::new(),
    };
    for id in &ids {
        // Whatever has a page is read by its id.
        let with_page = resources::all().filter(|it| !it.item.is_empty());
        asked.extend(with_page.map(|it| (it, it.target(id))));
    }
    for (questions, text) in [
        (OF_A_WORD, Some(query.to_owned())),
        (
            OF_DIGITS,
            Some(query.to_owned()).filter(|it| it.bytes().all(|b| b.is_ascii_digit() || b == b'+')),
        ),
    ] {
        let Some(text) = text else { continue };
        for (name, parameters) in questions {
            if let Some(resource) = resources::find(name) {
                let (first, last) = text.rsplit_once(' ').unwrap_or_default();
                if parameters.contains("{last}") && last.is_empty() {
                    continue;
                }
                let parameters = parameters
                    .replace("{q}", &encoded(&text))
                    .replace("{first}", &encoded(first.trim()))
                    .replace("{last}", &encoded(last));
                asked.push((resource, format!("{}?limit={ROWS}&{parameters}", resource.list)));
            }
        }
    }
    let answers = join_all(asked.iter().map(async |(resource, target)| {
        let rows = match context.find(target).await {
            Some(list) if target.contains('?') => rows(list),
            one => one.into_iter().collect(),
        };
        (*resource, rows)
    }));
    let mut answers = answers.await;
    if let Some(minor) = amount(query) {
        let of_amount = AMOUNTS.iter().filter_map(|(name, at)| Some((resources::find(name)?, *at)));
        let found = of_amount.map(async |(resource, at)| {
            let has = |row: &Value| {
                at.iter().any(|at| row.pointer(at).and_then(Value::as_i64) == Some(minor))
            };
            (resource, newest(context, resource, has).await)
        });
        answers.extend(join_all(found).await);
    }
    if query.chars().count() >= NAME_MIN && query.chars().any(char::is_alphabetic) {
        let part = query.to_lowercase();
        let by_name = NAMES.iter().filter_map(|(name, at)| Some((resources::find(name)?, *at)));
        let found = by_name.map(async |(resource, at)| {
            let has = |row: &Value| {
                let name = row.pointer(at).and_then(Value::as_str);
                name.is_some_and(|name| name.to_lowercase().contains(&part))
            };
            (resource, newest(context, resource, has).await)
        });
        answers.extend(join_all(found).await);
    }
    if query.len() >= ENDING_MIN && query.bytes().all(|it| it.is_ascii_digit()) {
        let by_ending = ENDINGS.iter().filter_map(|(name, at)| Some((resources::find(name)?, *at)));
        let found = by_ending.map(async |(resource, at)| {
            let ends = |row: &Value| {
                row.pointer(at).and_then(Value::as_str).is_some_and(|it| it.ends_with(query))
            };
            (resource, newest(context, resource, ends).await)
        });
        answers.extend(join_all(found).await);
    }
    let mut found: Vec<(&Resource, Vec<Value>)> = Vec::new();
    for (resource, rows) in answers {
        for row in rows {
            let place = found.iter().position(|(known, _)| known.name == resource.name);
            match place.and_then(|place| found.get_mut(place)) {
                Some((_, known)) if known.len() >= ROWS => {}
                Some((_, known)) => {
                    if !known.iter().any(|it| it.pointer(resource.id) == row.pointer(resource.id)) {
                        known.push(row);
                    }
                }
                None => found.push((resource, vec![row])),
            }
        }
    }
    found
}

/// Those of the newest rows of a resource that fit: amounts and ends of numbers are not indexed.
async fn newest(
    context: &Context,
    resource: &Resource,
    fits: impl Fn(&Value) -> bool,
) -> Vec<Value> {
    let (mut rows, _) = context.all(resource.list).await;
    rows.retain(fits);
    rows
}

/// Whether a text has the form of an id.
fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.chars().enumerate().all(|(place, it)| match place {
            8 | 13 | 18 | 23 => it == '-',
            _ => it.is_ascii_hexdigit(),
        })
}

/// Whether it has the form of the beginning of an id, as pages show it.
fn is_short_id(text: &str) -> bool {
    (8..36).contains(&text.len()) && text.chars().all(|it| it.is_ascii_hexdigit() || it == '-')
}

/// An amount such as `1,234.5`, in minor units.
fn amount(text: &str) -> Option<i64> {
    let text =
        text.trim_start_matches(['-', '\u{2212}', '$']).trim_end_matches(" USD").replace(',', "");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 2 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_known_by_its_form() {
        assert!(is_id("56cda5f2-b61d-4728-9823-8475e4b22a3b"));
        assert!(is_short_id("56cda5f2") && is_short_id("56cda5f2-b61d"));
        assert!(!is_short_id("56cda5f") && !is_short_id("analytic"));
        assert!(!is_id("56cda5f2xb61d-4728-9823-8475e4b22a3b") && !is_id("ada"));
        for (text, minor) in [("25", 2500), ("$1,234.5", 123_450), ("-0.05 USD", 5)] {
            assert_eq!(amount(text), Some(minor), "{text}");
        }
        for text in ["", ".5", "1.234", "ada", "1e3", "99999999999999999999"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }
}
