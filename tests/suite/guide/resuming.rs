//! The chapter about idempotency and resuming.

use synctera::types::AccountType;
use synctera::{
    AccountId, Fund, Money, OnboardCustomer, OpenAccount, PersonId, Synctera, Transfer,
};
use synctera_sandbox::{Fault, Sandbox};

use super::{Result, setup};

// ANCHOR: crash
async fn continue_after_a_crash(client: &Synctera, sandbox: &Sandbox) -> Result<()> {
    // The sandbox loses the responses to the verification, after it has done what was asked for.
    sandbox.add_fault(Fault::dropped().after_acting().on_operation("verify").times(9))?;

    let request = OnboardCustomer::new(setup::ada()?).consented();
    if let Err(error) = client.onboard_customer(&request).key("signup-8841").await {
        println!("{:?}", error.next_action());
        let progress = error.progress().ok_or("no step was made")?;
        for step in &progress.done {
            println!("done: {}", step.operation);
        }
    }

    // The same lines after a restart: what was done is not repeated.
    sandbox.clear_faults();
    let customer = client.onboard_customer(&request).key("signup-8841").await?.accepted()?;
    println!("{}, persons: {}", customer.person.verification_status, sandbox.counts()?["person"]);
    Ok(())
}
// ANCHOR_END: crash

// ANCHOR: steps
async fn see_the_steps(client: &Synctera) -> Result<()> {
    let request = OnboardCustomer::new(setup::ada()?).consented();
    let run = client.onboard_customer(&request).key("signup-8841").with_steps().await?;
    for step in run.steps {
        println!("{}: {}", step.operation, step.resource);
    }
    Ok(())
}
// ANCHOR_END: steps

// ANCHOR: attempt
async fn correct_and_continue(client: &Synctera, from: AccountId, to: AccountId) -> Result<()> {
    let payment = Transfer::new(from, to, Money::usd(50_00));
    if let Err(error) = client.transfer(&payment).key("order-1").await {
        println!("{}", error.code().map_or("no code", |code| code.as_str()));
        println!("{:?}", error.next_action());
    }

    // The platform repeats a refusal for seven days under its key. Once there is money, the next
    // attempt sends the refused step again, and nothing that was done before it.
    client.fund(&Fund::in_sandbox(from, Money::usd(80_00))).key("order-1-money").await?;
    let posted = client.transfer(&payment).key("order-1").attempt(2).await?;
    println!("{}", posted.status);
    Ok(())
}
// ANCHOR_END: attempt

// ANCHOR: started_at
async fn continue_after_weeks(client: &Synctera, holder: PersonId) -> Result<()> {
    // The platform has forgotten the keys: each step searches for what it made.
    let started_at = "2026-11-24T14:00:00Z".parse()?;
    let request = OpenAccount::new(AccountType::Checking, holder);
    let run = client.open_account(&request).key("account-1").started_at(started_at);
    println!("{}", run.await?.id);
    Ok(())
}
// ANCHOR_END: started_at

#[tokio::test]
async fn a_crash() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    continue_after_a_crash(&client, &sandbox).await.unwrap();
    see_the_steps(&client).await.unwrap();
    assert_printed!("crash");
}

#[tokio::test]
async fn a_refusal() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let checking = setup::account(&client, ada, AccountType::Checking, 0).await.unwrap();
    let saving = setup::account(&client, ada, AccountType::Saving, 0).await.unwrap();
    correct_and_continue(&client, checking, saving).await.unwrap();
    assert_printed!("attempt");
    assert_eq!(client.balances(saving).await.unwrap().posted, Money::usd(50_00));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn after_weeks() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let request = OpenAccount::new(AccountType::Checking, ada);
    let opened = client.open_account(&request).key("account-1").await.unwrap().id;
    sandbox.advance(chrono::Duration::days(21)).unwrap();
    continue_after_weeks(&client, ada).await.unwrap();
    assert_eq!(super::printed::take(), opened.to_string());
}
