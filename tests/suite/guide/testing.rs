//! The chapters about testing with the sandbox, and about steering and faults.

use chrono::Duration;
use synctera::types::AccountType;
use synctera::{Address, Money, OnboardCustomer, PersonDetails, Synctera, Transfer};
use synctera_sandbox::{Fault, Sandbox};

use super::{Result, setup};

// ANCHOR: sandbox
async fn start() -> Result<(Sandbox, Synctera)> {
    let start = "2026-11-24T14:00:00Z".parse()?;
    let sandbox = Sandbox::builder()
        .clock_held_at(start) // time passes when the test says so
        .seed(1) // the same ids and numbers each time
        .start()
        .await?;
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .clock(sandbox.clock()) // waits of days take milliseconds
        .build()?;
    Ok((sandbox, client))
}
// ANCHOR_END: sandbox

// ANCHOR: clock
async fn a_month_passes(sandbox: &Sandbox) -> Result<()> {
    sandbox.advance(Duration::hours(2))?;
    // Thanksgiving and the weekend are no banking days.
    sandbox.advance_banking_days(3)?;
    println!("{}", sandbox.now());
    let days = sandbox.banking_days();
    if let Some(next) = days.next(days.today()) {
        println!("the next banking day is {next}");
    }
    sandbox.advance_to("2027-01-01T14:00:00Z".parse()?)?;
    println!("{}", sandbox.now());
    Ok(())
}
// ANCHOR_END: clock

// ANCHOR: snapshot
async fn try_both(sandbox: &Sandbox, client: &Synctera, pay: &Transfer) -> Result<()> {
    let prepared = sandbox.snapshot().await?;
    client.transfer(pay).await?;
    println!("postings after the payment: {}", sandbox.audit()?.postings);
    sandbox.restore(&prepared).await?;
    println!("postings before it: {}", sandbox.audit()?.postings);
    Ok(())
}
// ANCHOR_END: snapshot

// ANCHOR: workspace
async fn a_workspace_for_each_test(sandbox: &Sandbox) -> Result<Synctera> {
    // One sandbox for many tests, each in a workspace of its own.
    let key = sandbox.create_workspace()?;
    let client = Synctera::builder(key.api_key).base_url(sandbox.base_url()).build()?;
    Ok(client)
}
// ANCHOR_END: workspace

// ANCHOR: steer
async fn steer(client: &Synctera, last_name: &str) -> Result<()> {
    let person = PersonDetails::new("Ada", last_name, "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let outcome = client.onboard_customer(&OnboardCustomer::new(person).consented()).await?;
    println!("{last_name}: {outcome}");
    Ok(())
}
// ANCHOR_END: steer

// ANCHOR: setting
async fn set(sandbox: &Sandbox, client: &Synctera) -> Result<()> {
    // Where the platform's documents are silent, what the sandbox does is a setting.
    sandbox.set_setting("pending_verification_minutes", 5)?;
    let person = PersonDetails::new("Ada", "Pending", "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let outcome = client.onboard_customer(&OnboardCustomer::new(person).consented()).await?;
    println!("{outcome}");
    sandbox.advance(Duration::minutes(5))?;
    let person = client.api().get_person(outcome.get().person.id).await?;
    println!("{}", person.verification_status);
    Ok(())
}
// ANCHOR_END: setting

// ANCHOR: fault
async fn lose_a_response(sandbox: &Sandbox, client: &Synctera, pay: &Transfer) -> Result<()> {
    // The transfer is made, and its response is lost: the client sends it again with the same key.
    let lost = Fault::dropped().after_acting().on_operation("create_internal_transfer").times(1);
    sandbox.add_fault(lost)?;
    let posted = client.transfer(pay).key("order-1").await?;
    println!("{}, postings: {}", posted.status, sandbox.audit()?.postings);
    Ok(())
}
// ANCHOR_END: fault

async fn payment(client: &Synctera) -> Transfer {
    let ada = setup::customer(client).await.unwrap();
    let checking = setup::account(client, ada, AccountType::Checking, 100).await.unwrap();
    let saving = setup::account(client, ada, AccountType::Saving, 0).await.unwrap();
    Transfer::new(checking, saving, Money::usd(40_00))
}

#[tokio::test]
async fn time() {
    let (sandbox, _client) = start().await.unwrap();
    a_month_passes(&sandbox).await.unwrap();
    assert_printed!("clock");
}

#[tokio::test]
async fn snapshots_and_workspaces() {
    let (sandbox, client) = start().await.unwrap();
    let pay = payment(&client).await;
    try_both(&sandbox, &client, &pay).await.unwrap();
    let other = a_workspace_for_each_test(&sandbox).await.unwrap();
    assert!(other.api().list_persons(&Default::default()).await.unwrap().persons.is_empty());
    assert_printed!("snapshot");
}

#[tokio::test]
async fn steering() {
    let (_sandbox, client) = start().await.unwrap();
    for last_name in ["Byron", "Review", "Rejected", "Pending"] {
        steer(&client, last_name).await.unwrap();
    }
    assert_printed!("steering");
}

#[tokio::test]
async fn settings() {
    let (sandbox, client) = start().await.unwrap();
    set(&sandbox, &client).await.unwrap();
    assert_printed!("setting");
}

#[tokio::test]
async fn faults() {
    let (sandbox, client) = start().await.unwrap();
    let pay = payment(&client).await;
    lose_a_response(&sandbox, &client, &pay).await.unwrap();
    assert_printed!("fault");
}
