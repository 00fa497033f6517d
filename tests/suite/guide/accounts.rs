//! The chapters about accounts and how they close.

use synctera::types::{AccountClosureReason, AccountType};
use synctera::{AccountId, AddAccountParty, CloseAccount, Money, OpenAccount, PersonId, Synctera};

use super::{Result, setup};

// ANCHOR: open
async fn open_accounts(client: &Synctera, ada: PersonId, grace: PersonId) -> Result<()> {
    let checking = OpenAccount::new(AccountType::Checking, ada).nickname("Everyday");
    let checking = client.open_account(&checking).key("account-1").await?;

    let line = OpenAccount::new(AccountType::LineOfCredit, ada).credit_limit(Money::usd(500_00));
    let line = client.open_account(&line).key("account-2").await?;
    println!("available to draw: {}", client.balances(line.id).await?.available);

    let party = AddAccountParty::joint(checking.id, grace);
    client.add_account_party(&party).key("account-1-grace").await?;
    client.freeze_account(checking.id).await?;
    client.unfreeze_account(checking.id).await?;
    println!("{} has two holders", checking.id);
    Ok(())
}
// ANCHOR_END: open

// ANCHOR: statements
async fn read_statements(client: &Synctera, account: AccountId) -> Result<()> {
    let mut statements = client.statements(account);
    while let Some(statement) = statements.try_next().await? {
        if let Some(end) = statement.end_date {
            println!("statement up to {end}");
        }
    }
    Ok(())
}
// ANCHOR_END: statements

// ANCHOR: close
async fn close(client: &Synctera, account: AccountId, savings: AccountId) -> Result<()> {
    let reason = AccountClosureReason::CustomerRequestTransfer;
    let request = CloseAccount::new(account, reason, "moves away").to_account(savings);
    let closing = client.close_account(&request).key("close-1").await?;
    println!("{}, {} went to the other account", closing.status, closing.left);
    for obstacle in &closing.obstacles {
        println!("it waits: {obstacle}");
    }

    // Days, on the platform; with the sandbox's clock, milliseconds.
    let closed = client.await_closed(account).await?;
    if let Some(status) = closed.status {
        println!("{status}");
    }
    Ok(())
}
// ANCHOR_END: close

async fn people(client: &Synctera) -> (PersonId, PersonId) {
    let ada = setup::customer(client).await.unwrap();
    let grace = setup::ada().unwrap().ssn("456-78-9013".to_owned());
    let grace = synctera::OnboardCustomer::new(grace).consented();
    let grace = client.onboard_customer(&grace).await.unwrap().accepted().unwrap();
    (ada, grace.person.id)
}

#[tokio::test]
async fn accounts_and_parties() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    let (ada, grace) = people(&client).await;
    open_accounts(&client, ada, grace).await.unwrap();
    assert_printed!("accounts");
}

#[tokio::test]
async fn statements() {
    let (sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let account = setup::account(&client, ada, AccountType::Checking, 100).await.unwrap();
    sandbox.advance(chrono::Duration::days(70)).unwrap();
    read_statements(&client, account).await.unwrap();
    assert_printed!("statements");
}

#[tokio::test]
async fn closing() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let account = setup::account(&client, ada, AccountType::Checking, 75).await.unwrap();
    let savings = setup::account(&client, ada, AccountType::Saving, 0).await.unwrap();
    close(&client, account, savings).await.unwrap();
    assert_printed!("closing");
}
