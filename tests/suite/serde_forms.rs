//! What the facade's values look like to serde, and that they are read back as they were (feature
//! `serde`).

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use synctera::reconcile::{Finding, LedgerEntry, PostedLine, Summary};
use synctera::types::Account;
use synctera::{AccountId, Address, Balances, CountryCode, Currency, Money, TransactionId};

/// Writes a value, reads it back, and returns its form.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap();
    let read: T = serde_json::from_str(&text).unwrap();
    assert_eq!(&read, value, "{text}");
    let form = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(form.clone()).unwrap(), value);
    form
}

fn currency() -> impl Strategy<Value = Currency> {
    "[A-Z]{3}".prop_filter_map("not a currency", |code| Currency::from_code(&code))
}

fn money() -> impl Strategy<Value = Money> {
    let edges = prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), Just(-1)];
    let minor = prop_oneof![3 => any::<i64>(), 1 => edges];
    let known = prop_oneof![Just(Currency::USD), Just(Currency::JPY), Just(Currency::KWD)];
    (minor, known).prop_map(|(minor, currency)| Money::new(minor, currency))
}

fn account() -> impl Strategy<Value = AccountId> {
    any::<u128>().prop_map(|id| uuid::Uuid::from_u128(id).into())
}

fn transaction() -> impl Strategy<Value = TransactionId> {
    any::<u128>().prop_map(|id| uuid::Uuid::from_u128(id).into())
}

fn entry() -> impl Strategy<Value = LedgerEntry> {
    (any::<String>(), account(), money())
        .prop_map(|(key, account, amount)| LedgerEntry::new(key, account, amount))
}

fn line() -> impl Strategy<Value = PostedLine> {
    (any::<Option<String>>(), account(), money(), transaction())
        .prop_map(|(key, account, amount, id)| PostedLine::new(key, account, amount, id))
}

fn finding() -> impl Strategy<Value = Finding> {
    prop_oneof![
        (entry(), transaction())
            .prop_map(|(entry, transaction)| Finding::Matched { entry, transaction }),
        (entry(), line()).prop_map(|(entry, posted)| Finding::Differs { entry, posted }),
        entry().prop_map(Finding::Missing),
        line().prop_map(Finding::Extra),
    ]
}

fn address() -> impl Strategy<Value = Address> {
    let texts = (any::<String>(), any::<String>(), any::<String>(), any::<String>());
    (texts, any::<Option<String>>()).prop_map(|((line_1, city, state, code), line_2)| {
        let address = Address::new(line_1, city, state, code, CountryCode::CA);
        line_2.into_iter().fold(address, Address::line_2)
    })
}

proptest! {
    #[test]
    fn amounts_are_read_back_in_every_currency(minor in any::<i64>(), currency in currency()) {
        let money = Money::new(minor, currency);
        let form = round_trip(&money);
        prop_assert_eq!(form, json!({ "amount": minor, "currency": currency.code() }));
    }

    #[test]
    fn what_a_reconciliation_finds_is_read_back(finding in finding(), counts in any::<[u64; 4]>()) {
        round_trip(&finding);
        let mut summary = Summary::default();
        [summary.matched, summary.differing, summary.missing, summary.extra] = counts;
        round_trip(&summary);
    }

    #[test]
    fn addresses_are_read_back(address in address()) {
        round_trip(&address);
    }

    #[test]
    fn balances_are_read_back(posted in any::<i64>(), available in any::<i64>(), interest in any::<Option<i64>>()) {
        let mut balances = vec![
            json!({ "type": "ACCOUNT_BALANCE", "balance": posted }),
            json!({ "type": "AVAILABLE_BALANCE", "balance": available }),
        ];
        balances.extend(interest.map(|interest| {
            json!({ "type": "ACCRUED_INTEREST_MTD", "balance": interest })
        }));
        let account = json!({
            "account_type": "SAVING", "currency": "USD", "balances": balances,
            "id": "00000000-0000-4000-8000-000000000001",
            "creation_time": "2026-11-24T14:00:00Z", "last_updated_time": "2026-11-24T14:00:00Z",
        });
        let account: Account = serde_json::from_value(account).unwrap();
        let balances = Balances::of(&account).unwrap();
        prop_assert_eq!(balances.accrued_interest.map(Money::minor), interest);
        let form = round_trip(&balances);
        prop_assert_eq!(&form["posted"]["amount"], &json!(posted));
    }
}

#[test]
fn an_amount_is_an_integer_of_minor_units() {
    let read = |text: &str| serde_json::from_str::<Money>(text).map_err(|error| error.to_string());
    assert_eq!(read(r#"{"amount": 2500, "currency": "USD"}"#), Ok(Money::usd(25_00)));
    assert_eq!(read(r#"{"currency":"JPY","amount":-1}"#), Ok(Money::new(-1, Currency::JPY)));
    let expected = "expected an integer of 64 bits: the amount in minor units, such as 2500 for \
                    25.00 USD";
    for (amount, what) in [
        ("25.0", "floating point `25.0`"),
        ("2500.5", "floating point `2500.5`"),
        ("1e2", "floating point `100.0`"),
        ("\"2500\"", "string \"2500\""),
        ("null", "null"),
        ("true", "boolean `true`"),
        ("9223372036854775808", "integer `9223372036854775808`"),
        ("18446744073709551616", "floating point `1.8446744073709552e+19`"),
    ] {
        let error = read(&format!(r#"{{"amount":{amount},"currency":"USD"}}"#)).unwrap_err();
        assert!(error.contains(what) && error.contains(expected), "{amount}: {error}");
    }
    for currency in ["\"usd\"", "\"XYZ\"", "\"\"", "840", "null"] {
        let error = read(&format!(r#"{{"amount":1,"currency":{currency}}}"#)).unwrap_err();
        assert!(error.contains("expected a currency code of ISO 4217"), "{currency}: {error}");
    }
    for (text, what) in [
        (r#"{"currency":"USD"}"#, "missing field `amount`"),
        (r#"{"amount":1}"#, "missing field `currency`"),
        (r#"{"amount":1,"amount":2,"currency":"USD"}"#, "duplicate field `amount`"),
        ("2500", "invalid type"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.contains(what), "{text}: {error}");
    }
}

#[test]
fn the_forms_are_these() {
    let account: AccountId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let transaction: TransactionId = "00000000-0000-4000-8000-000000000002".parse().unwrap();
    let entry = LedgerEntry::new("order-9", account, Money::usd(-10_00));
    let line = PostedLine::new(None, account, Money::usd(5), transaction);
    let entry_form = json!({
        "key": "order-9", "account": account, "amount": { "amount": -1000, "currency": "USD" },
    });
    let line_form = json!({
        "key": null, "account": account, "amount": { "amount": 5, "currency": "USD" },
        "transaction": transaction,
    });
    for (finding, form) in [
        (
            Finding::Matched { entry: entry.clone(), transaction },
            json!({ "matched": { "entry": entry_form, "transaction": transaction } }),
        ),
        (
            Finding::Differs { entry: entry.clone(), posted: line.clone() },
            json!({ "differs": { "entry": entry_form, "posted": line_form } }),
        ),
        (Finding::Missing(entry), json!({ "missing": entry_form })),
        (Finding::Extra(line), json!({ "extra": line_form })),
    ] {
        assert_eq!(round_trip(&finding), form);
    }
    let home = Address::us("1 Market St", "San Francisco", "CA", "94105").line_2("Apt 5");
    let form = json!({
        "address_line_1": "1 Market St", "address_line_2": "Apt 5", "city": "San Francisco",
        "state": "CA", "postal_code": "94105", "country_code": "US",
    });
    assert_eq!(round_trip(&home), form);
    let mut without = form.clone();
    without.as_object_mut().unwrap().remove("address_line_2");
    assert!(serde_json::from_value::<Address>(without).is_ok());
    let summary = json!({ "matched": 0, "differing": 0, "missing": 0, "extra": 0 });
    assert_eq!(round_trip(&Summary::default()), summary);
    let summary = json!({ "done": 0, "done_before": 0, "failed": 0, "failed_before": 0 });
    assert_eq!(round_trip(&synctera::bulk::Summary::default()), summary);
}
