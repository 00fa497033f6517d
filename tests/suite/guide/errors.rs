//! The chapter about errors.

use std::time::Duration;

use synctera::types::AccountType;
use synctera::{
    AccountId, Address, CallOptions, Error, Money, NextAction, OnboardCustomer, PersonDetails,
    Synctera, Transfer,
};

use super::{Result, setup};

// ANCHOR: next
/// What a program does with an error that it does not know better about.
fn decide(error: &Error) -> &'static str {
    match error.next_action() {
        NextAction::Retry | NextAction::WaitAndRetry => "put it back into the queue, unchanged",
        NextAction::RetryWithKey => "again, with the key that the error has",
        NextAction::CorrectInput => "ask for what is wrong",
        NextAction::CorrectAndContinue | NextAction::UseNewKey => {
            "correct it, then the next attempt"
        }
        NextAction::AwaitDecision => "wait for the decision",
        NextAction::CheckApiKey | NextAction::ChangeConfiguration => {
            "an operator corrects the settings"
        }
        NextAction::DoNotRepeat => "drop it, and report it to a developer",
        NextAction::RemoveReason => "when the reason that it names is gone",
        // May have acted, or it is not known; and actions that are added later.
        _ => "a person looks at it before it is repeated",
    }
}
// ANCHOR_END: next

// ANCHOR: fields
async fn wrong_input(client: &Synctera) -> Result<()> {
    let ada = PersonDetails::new("Ada", "", "1985-12-10".parse()?)
        .phone_number("call me")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    if let Err(error) = client.onboard_customer(&OnboardCustomer::new(ada)).await {
        println!("{:?}", error.kind());
        for (field, reason) in error.invalid() {
            println!("{field} {reason}");
        }
        println!("{}", decide(&error));
    }
    Ok(())
}
// ANCHOR_END: fields

// ANCHOR: refusal
async fn a_refusal(client: &Synctera, from: AccountId, to: AccountId) -> Result<()> {
    let payment = Transfer::new(from, to, Money::usd(50_00));
    if let Err(error) = client.transfer(&payment).key("order-1").await {
        println!("{}", error.code().map_or("no code", |code| code.as_str()));
        println!("may have acted: {}", error.may_have_acted());
        println!("{}", decide(&error));
    }
    Ok(())
}
// ANCHOR_END: refusal

// ANCHOR: timeout
async fn no_answer(client: &Synctera, from: AccountId, to: AccountId) -> Result<()> {
    let hurried = client.with_options(CallOptions::new().with_timeout(Duration::ZERO));
    let payment = Transfer::new(from, to, Money::usd(10_00));
    if let Err(error) = hurried.transfer(&payment).key("order-2").await {
        println!("{:?}, retryable: {}", error.kind(), error.is_retryable());
        println!("{}", decide(&error));
    }
    Ok(())
}
// ANCHOR_END: timeout

#[tokio::test]
async fn what_to_do_next() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let checking = setup::account(&client, ada, AccountType::Checking, 20).await.unwrap();
    let saving = setup::account(&client, ada, AccountType::Saving, 0).await.unwrap();
    wrong_input(&client).await.unwrap();
    assert_printed!("errors_input");
    a_refusal(&client, checking, saving).await.unwrap();
    assert_printed!("errors_refusal");
    no_answer(&client, checking, saving).await.unwrap();
    assert_printed!("errors_timeout");
}
