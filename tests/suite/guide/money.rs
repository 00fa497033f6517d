//! The chapter about money movement.

use synctera::types::AccountType;
use synctera::{
    AccountId, BankAccount, LinkExternalAccount, Money, PersonId, SendAch, SendWire, Synctera,
    Transfer,
};
use synctera_sandbox::Sandbox;

use super::{Result, setup};

// ANCHOR: link
async fn link(client: &Synctera, ada: PersonId) -> Result<synctera::ExternalAccountId> {
    // A token that Plaid gives to the customer's browser; `account` chooses one of the accounts.
    let link = LinkExternalAccount::plaid(ada, "public-sandbox-17", "ins_109508").account("1");
    let linked = client.link_external_account(&link).key("link-1").await?;
    // An error if one of the accounts could not be linked.
    Ok(linked.all()?[0].id)
}
// ANCHOR_END: link

// ANCHOR: ach
async fn pull_and_push(
    client: &Synctera,
    sandbox: &Sandbox,
    ada: PersonId,
    account: AccountId,
) -> Result<()> {
    let bank = link(client, ada).await?;
    let deposit = SendAch::pull(account, bank, Money::usd(250_00), ada).memo("Deposit");
    let deposit = client.send_ach(&deposit).key("order-1").await?;
    println!("{}", deposit.status);

    // The next file leaves, and what was pulled is free a few banking days later.
    sandbox.advance_banking_days(5)?;
    println!("{}", client.api().get_outgoing_ach(deposit.id).await?.status);
    println!("{}", client.balances(account).await?.available);

    let rent = SendAch::push(account, bank, Money::usd(80_00), ada).same_day();
    let rent = client.send_ach(&rent).key("order-2").await?;
    // Before its file leaves, it can be canceled.
    let canceled = client.cancel_ach(rent.id).key("order-2-cancel").await?;
    println!("{}", canceled.status);
    Ok(())
}
// ANCHOR_END: ach

// ANCHOR: transfer
async fn transfer(client: &Synctera, checking: AccountId, saving: AccountId) -> Result<()> {
    let saved = Transfer::new(checking, saving, Money::usd(40_00)).memo("For rainy days");
    client.transfer(&saved).key("save-1").await?;

    // Held first, and posted or released by a second call.
    let held = Transfer::new(checking, saving, Money::usd(10_00)).hold(None);
    let held = client.transfer(&held).key("save-2").await?;
    let balances = client.balances(checking).await?;
    println!("posted {}, available {}", balances.posted, balances.available);
    client.post_transfer(held.id).key("save-2-post").await?;
    println!("posted {}", client.balances(checking).await?.posted);
    Ok(())
}
// ANCHOR_END: transfer

// ANCHOR: wire
async fn wire(client: &Synctera, sandbox: &Sandbox, ada: PersonId, from: AccountId) -> Result<()> {
    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
        .wires("021000021");
    let bank = LinkExternalAccount::by_numbers(ada, bank);
    let bank = client.link_external_account(&bank).key("bank-2").await?.all()?[0].id;

    let wire = SendWire::new(from, bank, Money::usd(60_00), ada, "Invoice 17");
    let wire = client.send_wire(&wire).key("order-3").await?;
    println!("{}", wire.status);
    sandbox.advance(chrono::Duration::hours(1))?;
    println!("{}", client.api().get_wire(wire.id).await?.status);
    Ok(())
}
// ANCHOR_END: wire

async fn accounts(client: &Synctera) -> (PersonId, AccountId, AccountId) {
    let ada = setup::customer(client).await.unwrap();
    let checking = setup::account(client, ada, AccountType::Checking, 100).await.unwrap();
    let saving = setup::account(client, ada, AccountType::Saving, 0).await.unwrap();
    (ada, checking, saving)
}

#[tokio::test]
async fn ach() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let (ada, checking, _) = accounts(&client).await;
    pull_and_push(&client, &sandbox, ada, checking).await.unwrap();
    assert_printed!("ach");
}

#[tokio::test]
async fn transfers() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    let (_, checking, saving) = accounts(&client).await;
    transfer(&client, checking, saving).await.unwrap();
    assert_printed!("transfer");
}

#[tokio::test]
async fn wires() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let (ada, checking, _) = accounts(&client).await;
    wire(&client, &sandbox, ada, checking).await.unwrap();
    assert_printed!("wire");
}
