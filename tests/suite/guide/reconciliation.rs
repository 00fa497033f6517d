//! The chapter about reconciliation.

use std::convert::Infallible;

use futures_util::stream;
use synctera::reconcile::{Finding, LedgerEntry, MatchBy, Reconcile};
use synctera::types::AccountType;
use synctera::{AccountId, Money, Synctera, Transfer};

use super::{Result, setup};

// ANCHOR: reconcile
async fn compare(client: &Synctera, account: AccountId) -> Result<()> {
    // What our own ledger says; a real one is read row by row.
    let entries = [
        LedgerEntry::new("order-1", account, Money::usd(50_00)),
        LedgerEntry::new("order-2", account, Money::usd(2_00)),
        LedgerEntry::new("order-4", account, Money::usd(99_00)),
    ];
    let entries = stream::iter(entries.map(Ok::<_, Infallible>));

    let period = Reconcile::new("2026-11-01".parse()?, "2026-11-30".parse()?)
        .accounts([account])
        .match_by(MatchBy::Reference);
    let mut report = client.reconcile(&period, entries).await?;
    for finding in &mut report {
        match finding? {
            Finding::Matched { entry, .. } => println!("{}: matched", entry.key),
            Finding::Differs { entry, posted } => {
                println!("{}: {} here, {} there", entry.key, entry.amount, posted.amount);
            }
            Finding::Missing(entry) => println!("{}: not on the platform", entry.key),
            Finding::Extra(posted) => {
                println!("{}: not in our ledger", posted.key.unwrap_or_default());
            }
        }
    }
    println!("{}", report.summary());
    Ok(())
}
// ANCHOR_END: reconcile

#[tokio::test]
async fn a_ledger_with_mistakes() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let from = setup::account(&client, ada, AccountType::Checking, 100).await.unwrap();
    let saving = setup::account(&client, ada, AccountType::Saving, 0).await.unwrap();
    for (reference, cents) in [("order-1", 50_00), ("order-2", 20_00), ("order-3", 12_50)] {
        let paid =
            Transfer::new(from, saving, Money::usd(cents)).reference_id(reference.to_owned());
        client.transfer(&paid).key(reference).await.unwrap();
    }
    compare(&client, saving).await.unwrap();
    assert_printed!("reconciliation");
}
