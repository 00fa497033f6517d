//! What the programs of the guide begin with: a sandbox, a client, a customer, accounts.

use synctera::types::AccountType;
use synctera::{
    AccountId, Address, Fund, Money, OnboardCustomer, OpenAccount, PersonDetails, PersonId,
    Synctera,
};
use synctera_sandbox::Sandbox;

use super::Result;

/// Ids and times are the same each time.
pub(super) async fn sandbox() -> Result<(Sandbox, Synctera)> {
    let start = "2026-11-24T14:00:00Z".parse()?;
    let sandbox = Sandbox::builder().clock_held_at(start).seed(1).start().await?;
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .clock(sandbox.clock())
        .build()?;
    Ok((sandbox, client))
}

pub(super) fn ada() -> Result<PersonDetails> {
    Ok(PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105")))
}

pub(super) async fn customer(client: &Synctera) -> Result<PersonId> {
    let request = OnboardCustomer::new(ada()?).consented();
    Ok(client.onboard_customer(&request).key("customer-1").await?.accepted()?.person.id)
}

/// An account with money on it.
pub(super) async fn account(
    client: &Synctera,
    holder: PersonId,
    account_type: AccountType,
    dollars: i64,
) -> Result<AccountId> {
    let key = format!("{}-of-{holder}", account_type.as_str());
    let request = OpenAccount::new(account_type, holder);
    let account = client.open_account(&request).key(key.clone()).await?.id;
    if dollars > 0 {
        let deposit = Fund::in_sandbox(account, Money::usd(dollars * 100));
        client.fund(&deposit).key(key).await?;
    }
    Ok(account)
}
