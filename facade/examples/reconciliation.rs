//! Our ledger against the platform's: what agrees, what differs, what only one side has.
//!
//! `cargo run --example reconciliation` needs no key and no network: it starts a sandbox of its own.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::convert::Infallible;
use std::error::Error;

use chrono::TimeDelta;
use futures_util::stream;
use synctera::reconcile::{Finding, LedgerEntry, Reconcile};
use synctera::types::{AccountType, InternalAccountBase, InternalAccountStatus};
use synctera::{
    AccountId, Address, Currency, Money, OnboardCustomer, OpenAccount, PersonDetails, Synctera,
    Transfer,
};
use synctera_sandbox::Sandbox;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let noon = "2026-11-24T17:00:00Z".parse()?;
    let sandbox = Sandbox::builder().clock_held_at(noon).start().await?;
    let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    let account = open_account(&client).await?;

    // The month's payments, as the platform has them...
    let program = InternalAccountBase::new(Currency::USD, InternalAccountStatus::Active);
    let program = client.api().create_internal_account(&program).await?;
    let program = program.id.ok_or("an account without an id")?;
    for (reference, cents) in [("order-1", 50_00), ("order-2", 20_00), ("order-3", 12_50)] {
        let paid = Transfer::new(program, account, Money::usd(cents)).reference_id(reference);
        client.transfer(&paid).key(reference).await?;
    }

    // ...and as our own ledger has them, with two mistakes.
    let entries = [
        LedgerEntry::new("order-1", account, Money::usd(50_00)),
        LedgerEntry::new("order-2", account, Money::usd(2_00)),
        LedgerEntry::new("order-4", account, Money::usd(99_00)),
    ];
    let today = sandbox.now().date_naive();
    let period = Reconcile::new(today - TimeDelta::days(30), today).accounts([account]);
    let entries = stream::iter(entries.map(Ok::<_, Infallible>));
    let mut report = client.reconcile(&period, entries).await?;
    for finding in &mut report {
        match finding? {
            Finding::Matched { entry, .. } => println!("{}: matched", entry.key),
            Finding::Differs { entry, posted } => {
                println!("{}: we have {}, the platform {}", entry.key, entry.amount, posted.amount);
            }
            Finding::Missing(entry) => println!("{}: missing on the platform", entry.key),
            Finding::Extra(posted) => {
                let key = posted.key.unwrap_or_else(|| posted.transaction.to_string());
                println!("{key}: missing in our ledger");
            }
        }
    }
    println!("reconciliation complete: {}", report.summary());
    Ok(())
}

async fn open_account(client: &Synctera) -> Result<AccountId> {
    let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let ada = OnboardCustomer::new(ada).consented();
    let holder = client.onboard_customer(&ada).await?.accepted()?.person.id;
    let checking = OpenAccount::new(AccountType::Checking, holder);
    Ok(client.open_account(&checking).await?.id)
}
