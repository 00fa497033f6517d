//! The description of an autopay: a text with placeholders.

use chrono::NaiveDate;
use iso_currency::Currency;
use synctera_api::v2::types;

use crate::ledger::Account;
use crate::model::{Record, last_four};
use crate::spec::FieldErrors;

/// The description of a configuration that has none.
const DEFAULT: &str = "Autopay";

const LAST_4: &str = ".Last4AccountId";
const PERIOD_END: &str = ".BillingPeriodEndDate";
const AMOUNT: &str = ".PaymentAmount";

/// What is wrong with the template of a description.
pub(crate) fn errors_of(template: &str) -> FieldErrors {
    let field = "description_template";
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, next)) = after.split_once("}}") else {
            return FieldErrors::invalid(field, "has a {{ without its }}");
        };
        if ![LAST_4, PERIOD_END, AMOUNT].contains(&name.trim()) {
            let reason = format!("may name {LAST_4}, {PERIOD_END} and {AMOUNT} in {{{{}}}}");
            return FieldErrors::invalid(field, reason);
        }
        rest = next;
    }
    FieldErrors::default()
}

/// The description of a payment of an amount.
pub(super) fn rendered(
    config: &types::AutopayConfig,
    account: &Record<Account>,
    period_end: NaiveDate,
    amount: i64,
) -> String {
    let template = config.config.description_template.as_deref().unwrap_or(DEFAULT);
    let (mut text, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, next)) = after.split_once("}}") else {
            break;
        };
        text.push_str(before);
        match name.trim() {
            LAST_4 => text.push_str(&last_four(&account.own_id().to_string())),
            PERIOD_END => text.push_str(&period_end.to_string()),
            AMOUNT => text.push_str(&money(account.currency_code(), amount)),
            _ => {}
        }
        rest = next;
    }
    text.push_str(rest);
    text
}

/// An amount with the sign of its currency: `$50.00`.
fn money(code: &str, minor: i64) -> String {
    let currency = Currency::from_code(code);
    let places = currency.and_then(Currency::exponent).map_or(2, usize::from);
    let sign = currency.map_or_else(String::new, |it| it.symbol().to_string());
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let point = if places == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{part}")
}
