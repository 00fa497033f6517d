//! The chapter "Getting started".

use super::Result;

// ANCHOR: program
use synctera::types::{AccountType, DisclosureType};
use synctera::{
    Address, Disclosed, Fund, Money, OnboardCustomer, OpenAccount, PersonDetails, Synctera,
};
use synctera_sandbox::Sandbox;

async fn program() -> Result<()> {
    // A sandbox in this process. `Synctera::from_env()` instead talks to the platform.
    let sandbox = Sandbox::start().await?;
    let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;

    // From your own record of the sign-up, so that a second run sends the same.
    let agreed_at = "2026-11-24T14:00:00Z".parse()?;
    let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let signup = OnboardCustomer::new(ada)
        .disclosed(Disclosed::acknowledged(DisclosureType::RegDd, "1.0", agreed_at))
        .consented();

    let customer = client.onboard_customer(&signup).key("signup-8841").await?.accepted()?;
    println!("Ada is {}", customer.person.verification_status);

    let checking = OpenAccount::new(AccountType::Checking, customer.person.id);
    let checking = client.open_account(&checking).key("signup-8841").await?;
    let deposit = Fund::in_sandbox(checking.id, Money::usd(25_00));
    client.fund(&deposit).key("signup-8841").await?;

    let balances = client.balances(checking.id).await?;
    println!("posted {}, available {}", balances.posted, balances.available);
    Ok(())
}
// ANCHOR_END: program

#[tokio::test]
async fn the_first_program() {
    program().await.unwrap();
    assert_printed!("getting_started");
}
