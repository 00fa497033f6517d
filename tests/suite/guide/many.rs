//! The chapter about many journeys at once.

use std::path::Path;

use futures_util::stream;
use synctera::bulk::{ItemResult, Record, records};
use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};

use super::{Result, setup};

// ANCHOR: customers
/// The customers of another system, each with its id there as the key; a real one reads them page by page.
fn customers() -> Result<Vec<(String, OnboardCustomer)>> {
    let mut customers = Vec::new();
    for (number, last_name) in ["Byron", "Review", "Murray", "Hopper"].into_iter().enumerate() {
        let person = PersonDetails::new("Ada", last_name, "1985-12-10".parse()?)
            .email(format!("ada.{number}@example.com"))
            .phone_number("+14155550123")
            .ssn(format!("456-78-{}", 9012 + number))
            .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
        customers.push((format!("legacy-{number}"), OnboardCustomer::new(person).consented()));
    }
    Ok(customers)
}
// ANCHOR_END: customers

// ANCHOR: migrate
async fn migrate(client: &Synctera, checkpoint: &Path) -> Result<()> {
    let summary = client
        .onboard_many(stream::iter(customers()?))
        .checkpoint(checkpoint)
        .on_item(|item, _| {
            if let ItemResult::Failed(error) = &item.result {
                println!("{}: {error}", item.key);
            }
        })
        .await?;
    println!("{summary}");
    Ok(())
}
// ANCHOR_END: migrate

// ANCHOR: records
fn accepted(checkpoint: &Path) -> Result<usize> {
    let mut accepted = 0;
    for record in records(checkpoint)? {
        if let Record::Done { steps, .. } = record? {
            accepted +=
                steps.iter().filter(|(step, id)| step == "verify" && id == "ACCEPTED").count();
        }
    }
    Ok(accepted)
}
// ANCHOR_END: records

#[tokio::test]
async fn a_migration_that_runs_twice() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = folder.path().join("migration.jsonl");
    migrate(&client, &checkpoint).await.unwrap();
    migrate(&client, &checkpoint).await.unwrap();
    println!("accepted: {}", accepted(&checkpoint).unwrap());
    println!("persons: {}", sandbox.counts().unwrap()["person"]);
    assert_printed!("many");
}
