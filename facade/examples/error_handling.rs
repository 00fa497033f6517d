//! What can go wrong, and what to do about it.
//!
//! `cargo run --example error_handling` starts a sandbox of its own.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::time::Duration;

use synctera::types::{AccountType, InternalAccountBase, InternalAccountStatus};
use synctera::{
    Address, CallOptions, Currency, Error, ErrorCode, ErrorKind, Money, NextAction,
    OnboardCustomer, OpenAccount, PersonDetails, Retries, Synctera, Transfer,
};
use synctera_sandbox::Sandbox;

/// What a program does with an error: one match, from the cause to the consequence.
fn advice(error: &Error) -> String {
    match (error.kind(), error.code()) {
        (ErrorKind::InvalidInput, _) => {
            let fields: Vec<&str> = error.invalid().keys().map(String::as_str).collect();
            format!("ask the customer again for {}", fields.join(" and "))
        }
        (_, Some(ErrorCode::InsufficientFunds)) => "tell the customer: not enough money".to_owned(),
        (_, Some(ErrorCode::CustomerNotVerified)) => "send the customer to verification".to_owned(),
        (ErrorKind::KeyReused, _) => "a bug of ours: choose another key for what is new".to_owned(),
        _ if error.next_action() == NextAction::CheckBeforeRetry => {
            "have a person check whether it was done, before it is repeated".to_owned()
        }
        (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted, _) => {
            "put it back into the queue, under the same key".to_owned()
        }
        _ if error.is_retryable() => {
            format!("again in {:?}", error.retry_after().unwrap_or(Duration::from_secs(30)))
        }
        _ => format!("alert the person on call, with request id {:?}", error.request_id()),
    }
}

fn show<T>(what: &str, outcome: Result<T, Error>) {
    match outcome {
        Ok(_) => println!("{what}: done\n"),
        Err(error) => println!("{what}:\n  {error}\n  -> {}\n", advice(&error)),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .retries(Retries::max_retries(1).waits(Duration::ZERO, Duration::from_millis(10)))
        .build()?;

    // Invalid input is reported before anything is sent, every field of it at once.
    let ada = PersonDetails::new("Ada", "", "1985-12-10".parse()?).phone_number("call me");
    let wrong = OnboardCustomer::new(ada.legal_address(Address::us("", "", "CA", "94105")));
    show("a customer without a name", client.onboard_customer(&wrong).await);

    // The platform says no, with a code.
    let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
        .email("ada@example.com")
        .ssn("456-78-9012")
        .phone_number("+14155550123")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let ada = OnboardCustomer::new(ada).consented();
    let holder = client.onboard_customer(&ada).await?.accepted()?.person.id;
    let checking = client.open_account(&OpenAccount::new(AccountType::Checking, holder)).await?.id;
    let saving = client.open_account(&OpenAccount::new(AccountType::Saving, holder)).await?.id;
    let transfer = Transfer::new(checking, saving, Money::usd(50_00));
    show("a transfer without money", client.transfer(&transfer).key("order-1").await);

    // A refusal is the answer to its key from then on: once there is money, a new key asks anew.
    let body = InternalAccountBase::new(Currency::USD, InternalAccountStatus::Active);
    let program = client.api().create_internal_account(&body).await?;
    let program = program.id.ok_or("the program's account has no id")?;
    client.transfer(&Transfer::new(program, checking, Money::usd(80_00))).await?;
    show("again under the same key", client.transfer(&transfer).key("order-1").await);
    show("again under a new key", client.transfer(&transfer).key("order-1/2").await);

    // A key belongs to one request.
    let more = Transfer::new(checking, saving, Money::usd(20_00));
    show("another transfer under that key", client.transfer(&more).key("order-1/2").await);

    // No time, and nobody there: known to be undone differs from not known.
    let hurried = client.with_options(CallOptions::new().with_timeout(Duration::ZERO));
    show("a call without time", hurried.api().get_account(checking).await);
    drop(sandbox);
    show("nobody there", client.transfer(&more).key("order-2").await);
    Ok(())
}
