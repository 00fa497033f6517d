//! Many customers, migrated from another system: stopped half-way, and continued.
//!
//! `cargo run --example bulk_migration` needs no key and no network: it starts a sandbox of its own.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;

use futures_util::{Stream, StreamExt, stream};
use synctera::bulk::{ItemResult, Record, Summary, records};
use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
use synctera_sandbox::Sandbox;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const CUSTOMERS: usize = 60;

#[tokio::main]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    let folder = tempfile::tempdir()?;
    let checkpoint = folder.path().join("migration.jsonl");

    // Stopped after a while: items that are under way run to their end, the others wait.
    let stopped = migrate(&client, &checkpoint, customers().take(CUSTOMERS / 2)).await?;
    println!("stopped: {stopped}");
    // The same items again: those that are done are skipped.
    let summary = migrate(&client, &checkpoint, customers()).await?;
    println!("ended: {summary}");

    let mut accepted = 0;
    for record in records(&checkpoint)? {
        if let Record::Done { steps, .. } = record?
            && steps.iter().any(|(step, made)| step == "verify" && made == "ACCEPTED")
        {
            accepted += 1;
        }
    }
    let made = sandbox.counts()?.get("person").copied().unwrap_or_default();
    println!("migration complete: {made} customers made, {accepted} of them accepted");
    Ok(())
}

/// Onboards the customers, with a progress bar.
async fn migrate(
    client: &Synctera,
    checkpoint: &Path,
    customers: impl Stream<Item = (String, OnboardCustomer)> + Send,
) -> Result<Summary> {
    let summary = client
        .onboard_many(customers)
        .concurrency(NonZeroUsize::new(4).ok_or("none at a time")?)
        .checkpoint(checkpoint)
        .on_item(|item, so_far| {
            if let ItemResult::Failed(error) = &item.result {
                println!("\r{}: {error}", item.key);
            }
            show(so_far);
        })
        .await?;
    println!();
    Ok(summary)
}

fn show(so_far: &Summary) {
    const WIDTH: usize = 40;
    let total = usize::try_from(so_far.total()).unwrap_or(CUSTOMERS);
    let full = WIDTH * total / CUSTOMERS;
    print!("\r[{}{}] {total}/{CUSTOMERS}", "#".repeat(full), ".".repeat(WIDTH - full));
    // A bar that cannot be shown does not stop the migration.
    let _unseen = std::io::stdout().flush();
}

/// The customers of the old system, by their ids there; a real one would be read page by page.
fn customers() -> impl Stream<Item = (String, OnboardCustomer)> + Send {
    stream::iter(0..CUSTOMERS).filter_map(|number| async move {
        let born = chrono::NaiveDate::from_ymd_opt(1985, 12, 10)?;
        // Some need a review.
        let last_name = if number % 20 == 7 { "Review" } else { "Byron" };
        let person = PersonDetails::new("Ada", last_name, born)
            .email(format!("ada.{number}@example.com"))
            .phone_number("+14155550123")
            .ssn(format!("456-78-{:04}", 1000 + number))
            .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
        Some((format!("legacy-{number}"), OnboardCustomer::new(person).consented()))
    })
}
