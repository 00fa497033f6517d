//! The exact requests of the journeys with accounts.

use synctera::types::{AccountClosureReason, AccountType};
use synctera::{
    AddAccountParty, BasisPoints, CloseAccount, DefineProduct, DefineTemplate, Money, OpenAccount,
    Rail, RemoveAccountParty,
};
use synctera_tests::World;

#[tokio::test]
async fn define_a_saving_account() {
    let world = World::new().await;
    let (now, summer) = ("2026-11-01".parse().unwrap(), "2027-07-01".parse().unwrap());
    let product = DefineProduct::compounded_monthly()
        .rate_until(BasisPoints::new(425), now, summer)
        .rate(BasisPoints::new(400), summer)
        .description("Saver");
    let product = world.client.define_product(&product).key("saver-1").await.unwrap().id;
    let template = DefineTemplate::saving("Saver")
        .interest_product(product)
        .rails([Rail::Ach, Rail::InternalTransfer])
        .floor(Money::usd(0));
    world.client.define_template(&template).key("saver-1").await.unwrap();
    assert_wire!("define_a_saving_account", world);
}

#[tokio::test]
async fn open_a_pooled_account() {
    let world = World::new().await;
    let holder = world.customer().await;
    let pool = world.checking(holder).await;
    world.recorder.take();
    let pooled = OpenAccount::new(AccountType::Checking, holder)
        .floor_from(Money::usd(0), pool)
        .ceiling_to(Money::usd(0), pool)
        .rail(Rail::Wire, false);
    world.client.open_account(&pooled).key("open-2").await.unwrap();
    assert_wire!("open_a_pooled_account", world);
}

#[tokio::test]
async fn open_a_line_of_credit() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    let line = OpenAccount::new(AccountType::LineOfCredit, holder)
        .credit_limit(Money::usd(500_00))
        .minimum_payment(BasisPoints::new(300), Money::usd(25_00))
        .grace_period(25);
    world.client.open_account(&line).key("open-3").await.unwrap();
    assert_wire!("open_a_line_of_credit", world);
}

#[tokio::test]
async fn stop_an_account() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.recorder.take();
    world.client.freeze_account(account).await.unwrap();
    world.client.unfreeze_account(account).await.unwrap();
    world.client.suspend_account(account, "Unusual payments").await.unwrap();
    world.client.reinstate_account(account, "All is well").await.unwrap();
    // A single call has a key of its own each time, which is not shown.
    let sent = world.recorder.take().into_iter().map(|request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        format!("{}\n{body}\n", request.line).replace(&account.to_string(), "ACCOUNT")
    });
    let sent: String = sent.collect();
    assert_wire!("stop_an_account", text: sent);
}

#[tokio::test]
async fn parties_of_an_account() {
    let world = World::new().await;
    let (holder, joint) = (world.customer().await, world.customer().await);
    let account = world.checking(holder).await;
    world.recorder.take();
    let add = AddAccountParty::joint(account, joint);
    world.client.add_account_party(&add).key("marry-1").await.unwrap();
    let remove = RemoveAccountParty::new(account, joint);
    world.client.remove_account_party(&remove).key("part-1").await.unwrap();
    assert_wire!("parties_of_an_account", world);
}

#[tokio::test]
async fn close_account() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(account, Money::usd(10_00)).await;
    world.recorder.take();
    let reason = AccountClosureReason::CustomerRequestTransfer;
    let request = CloseAccount::new(account, reason, "Moved elsewhere");
    world.client.close_account(&request).key("close-1").await.unwrap();
    let told = request.to_account(saving);
    world.client.close_account(&told).key("close-1").await.unwrap();
    assert_wire!("close_account", world);
}
