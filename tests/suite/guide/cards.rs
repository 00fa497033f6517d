//! The chapter about cards.

use synctera::types::{AccountType, SpendControlStaticWindowPeriod};
use synctera::{
    AccountId, AttachSpendControl, DefineSpendControl, IssueCard, Merchant, Money, PersonId,
    Synctera, Window,
};

use super::{Result, setup};

// ANCHOR: card
async fn use_a_card(client: &Synctera, account: AccountId, holder: PersonId) -> Result<()> {
    let card = IssueCard::virtual_debit(account, holder);
    let card = client.issue_card(&card).key("card-1").await?;
    println!("{} is {}", card.last_four.unwrap_or_default(), card.status);

    // The sandbox simulates the card network.
    let simulated = client.simulate_card(card.id);
    let shop = Merchant::new("445101234567").name("Corner Shop");
    let payment = simulated.authorize(Money::usd(30_00), &shop).await?;
    payment.clear(Money::usd(28_50)).await?;
    println!("posted {}", client.balances(account).await?.posted);

    let refused = simulated.authorize(Money::usd(5_000_00), &shop).await?;
    println!("{}", refused.declined().unwrap_or("approved"));
    Ok(())
}
// ANCHOR_END: card

// ANCHOR: spend_control
async fn limit_spending(client: &Synctera, account: AccountId) -> Result<()> {
    let monthly = Window::Calendar(SpendControlStaticWindowPeriod::Monthly);
    let control = DefineSpendControl::new("20 a month", monthly).amount(Money::usd(20_00));
    let control = client.define_spend_control(&control).key("control-1").await?;
    let attach = AttachSpendControl::to(account, control.id);
    client.attach_spend_control(&attach).key("control-1").await?;
    Ok(())
}
// ANCHOR_END: spend_control

#[tokio::test]
async fn a_card() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    let ada = setup::customer(&client).await.unwrap();
    let account = setup::account(&client, ada, AccountType::Checking, 100).await.unwrap();
    use_a_card(&client, account, ada).await.unwrap();
    limit_spending(&client, account).await.unwrap();
    assert_printed!("cards");
    let card = client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap();
    let shop = Merchant::new("445101234567");
    let limited = client.simulate_card(card.id).authorize(Money::usd(30_00), &shop).await.unwrap();
    assert!(limited.declined().is_some(), "{limited:?}");
}
