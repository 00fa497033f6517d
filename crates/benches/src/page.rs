//! The pages.

use std::hint::black_box;

use bytes::Bytes;
use chrono::{Duration, NaiveDate};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use synctera::types::{
    self, AccountType, InternalAccountBase, InternalAccountStatus, ListAccountsQuery,
    ListCardsQuery, ListPersonsQuery, ListPostedTransactionsQuery, ListStatementsQuery,
};
use synctera::{
    AccountId, Address, Currency, IssueCard, Money, OnboardCustomer, OpenAccount, PersonDetails,
    Synctera, Transfer,
};
use synctera_sandbox::Sandbox;

use crate::{hand, naive};

/// What making the pages may fail with.
pub type Error = Box<dyn std::error::Error>;

/// Decodes a body and drops what came of it.
pub type Decode = fn(&Bytes) -> Result<(), String>;

/// Items on a page.
const ITEMS: u8 = 100;

/// An answer of the sandbox.
pub struct Page {
    /// What is on it.
    pub name: &'static str,
    /// As it traveled.
    pub body: Bytes,
    /// Who decodes it: `ours`, `naive`, `hand`.
    pub decoders: [(&'static str, Decode); 3],
    /// How many of its items `ours` and `naive` write back as they read them. A union that is read
    /// as the wrong variant loses what only the right one has, and is quicker for it.
    pub whole: [(&'static str, usize); 2],
}

/// Fills a sandbox and lists what is in it.
///
/// # Errors
/// When the sandbox refuses something, or a decoder refuses what the sandbox answers.
pub async fn pages() -> Result<Vec<Page>, Error> {
    let sandbox = Sandbox::start().await?;
    let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    let saving = fill(&client).await?;
    // A statement a month, and the month that is not over yet.
    sandbox.advance(Duration::days(31 * (i64::from(ITEMS) + 1)))?;
    let (api, limit) = (client.api(), Some(i64::from(ITEMS)));
    let persons = api.list_persons(&ListPersonsQuery { limit, ..Default::default() }).await?;
    let accounts = api.list_accounts(&ListAccountsQuery { limit, ..Default::default() }).await?;
    let cards = api.list_cards(&ListCardsQuery { limit, ..Default::default() }).await?;
    let query = ListPostedTransactionsQuery { limit, ..Default::default() };
    let transactions = api.list_posted_transactions(&query).await?;
    let query = ListStatementsQuery { limit, ..ListStatementsQuery::new(saving) };
    let statements = api.list_statements(&query).await?;
    Ok(vec![
        page::<types::PersonList, naive::types::PersonList, hand::persons::PersonList>(
            "persons",
            persons.bytes(),
            persons.persons.len(),
        )?,
        page::<types::AccountList, naive::types::AccountList, hand::accounts::AccountList>(
            "accounts",
            accounts.bytes(),
            accounts.accounts.len(),
        )?,
        page::<types::CardList, naive::types::CardList, hand::cards::CardList>(
            "cards",
            cards.bytes(),
            cards.cards.len(),
        )?,
        page::<
            types::PostedTransactionList,
            naive::types::PostedTransactionList,
            hand::transactions::PostedTransactionList,
        >("transactions", transactions.bytes(), transactions.result.len())?,
        page::<types::StatementList, naive::types::StatementList, hand::statements::StatementList>(
            "statements",
            statements.bytes(),
            statements.statements.len(),
        )?,
    ])
}

fn page<Ours, Naive, Hand>(name: &'static str, body: &Bytes, items: usize) -> Result<Page, Error>
where
    Ours: DeserializeOwned + Serialize,
    Naive: DeserializeOwned + Serialize,
    Hand: DeserializeOwned,
{
    if items != usize::from(ITEMS) {
        return Err(format!("{items} {name} on the page").into());
    }
    let decoders: [(_, Decode); 3] =
        [("ours", decode_ours::<Ours>), ("naive", decode::<Naive>), ("hand", decode::<Hand>)];
    for (side, decode) in decoders {
        decode(body).map_err(|error| format!("{name}, {side}: {error}"))?;
    }
    let whole = [("ours", whole::<Ours>(body)?), ("naive", whole::<Naive>(body)?)];
    Ok(Page { name, body: body.clone(), decoders, whole })
}

/// How many items come back as they were, but for nulls.
fn whole<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<usize, Error> {
    let read: T = serde_json::from_slice(body)?;
    let (mut there, mut back) = (serde_json::from_slice(body)?, serde_json::to_value(&read)?);
    drop_nulls(&mut there);
    drop_nulls(&mut back);
    let (there, back) = (items_of(&there), items_of(&back));
    Ok(there.iter().zip(back).filter(|(there, back)| there == back).count())
}

fn items_of(page: &Value) -> &[Value] {
    let lists = page.as_object().into_iter().flat_map(|page| page.values());
    lists.filter_map(Value::as_array).map(Vec::as_slice).next().unwrap_or_default()
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// As our client does.
fn decode_ours<T: DeserializeOwned>(body: &Bytes) -> Result<(), String> {
    let read = synctera_api::runtime::error_path::body(body);
    read.map(|value: T| drop(black_box(value))).map_err(|_| "it does not fit".to_owned())
}

/// As `reqwest` and progenitor's client do.
fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<(), String> {
    let read = serde_json::from_slice(body);
    read.map(|value: T| drop(black_box(value))).map_err(|error| error.to_string())
}

/// A hundred customers, each with a funded account and a card; every other card is physical. The
/// last one also has the saving account that is returned.
async fn fill(client: &Synctera) -> Result<AccountId, Error> {
    let office = Address::us("1 Market St", "San Francisco", "CA", "94105");
    let born = NaiveDate::from_ymd_opt(1985, 12, 10).unwrap_or_default();
    let program = InternalAccountBase::new(Currency::USD, InternalAccountStatus::Active);
    let program = client.api().create_internal_account(&program).await?;
    let program = program.id.ok_or("the program's account has no id")?;
    let mut saving = None;
    for number in 0..ITEMS {
        let details = PersonDetails::new("Ada", "Byron", born)
            .email(format!("ada.{number}@example.com"))
            .phone_number(format!("+14155550{number:03}"))
            .ssn(format!("456-78-9{number:03}"))
            .legal_address(office.clone());
        let request = OnboardCustomer::new(details).consented();
        let person = client.onboard_customer(&request).await?.accepted()?.person.id;
        let account = client.open_account(&OpenAccount::new(AccountType::Checking, person)).await?;
        let amount = Money::usd(500_00 + i64::from(number));
        client.transfer(&Transfer::new(program, account.id, amount).memo("allowance")).await?;
        let card = if number % 2 == 0 {
            IssueCard::virtual_debit(account.id, person)
        } else {
            IssueCard::physical_debit(account.id, person)
        };
        client.issue_card(&card).await?;
        if number + 1 == ITEMS {
            let request = OpenAccount::new(AccountType::Saving, person);
            saving = Some(client.open_account(&request).await?.id);
        }
    }
    saving.ok_or_else(|| "there is nobody to save".into())
}
