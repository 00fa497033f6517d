//! Payments over a rail of the program's own.

use synctera::types::{
    ListSyncteraPayTransfersQuery, SyncteraPayNetworkStatus, SyncteraPayStatus, SyncteraPaySubtype,
};
use synctera::{AccountId, ErrorKind, Money, PersonId, SendSyncteraPay};
use synctera_tests::World;
use synctera_tests::world::now;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

async fn funded(world: &World) -> (PersonId, AccountId) {
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    (holder, account)
}

fn remittance(from: AccountId, by: PersonId, amount: Money) -> SendSyncteraPay {
    let kind = SyncteraPaySubtype::OutgoingInternationalRemittance;
    SendSyncteraPay::new(from, amount, by, kind, "REMITTER", now().date_naive())
}

#[tokio::test]
async fn a_payment_is_set_aside_posted_and_comes_back() {
    let world = World::new().await;
    let (holder, account) = funded(&world).await;
    let request = remittance(account, holder, Money::usd(80_00)).reference_id("remittance-5");
    let sent = world.client.send_synctera_pay(&request).await.unwrap();
    assert_eq!(sent.status, SyncteraPayStatus::Pending);
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(20_00)));
    let error = world.client.return_synctera_pay(sent.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    for _ in 0..2 {
        let posted = world.client.post_synctera_pay(sent.id).await.unwrap();
        assert_eq!(posted.status, SyncteraPayStatus::Posted);
    }
    assert_eq!(world.balances(account).await, (Money::usd(20_00), Money::usd(20_00)));
    let error = world.client.cancel_synctera_pay(sent.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    for _ in 0..2 {
        let back = world.client.return_synctera_pay(sent.id).await.unwrap();
        assert_eq!(back.network_status, Some(SyncteraPayNetworkStatus::Returned));
    }
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(100_00)));
    let query = ListSyncteraPayTransfersQuery {
        reference_id: Some("remittance-5".to_owned()),
        min_amount: Some(80_00),
        ..ListSyncteraPayTransfersQuery::default()
    };
    let api = world.client.api();
    assert_eq!(api.list_synctera_pay_transfers(&query).await.unwrap().transfers.len(), 1);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_payment_is_canceled_and_its_money_free() {
    let world = World::new().await;
    let (holder, account) = funded(&world).await;
    let request = remittance(account, holder, Money::usd(80_00));
    let sent = world.client.send_synctera_pay(&request).await.unwrap();
    // Its configuration wants a reference before it is posted.
    let error = world.client.post_synctera_pay(sent.id).await.unwrap_err();
    assert!(error.to_string().contains("reference_id"), "{error}");
    for _ in 0..2 {
        let canceled = world.client.cancel_synctera_pay(sent.id).await.unwrap();
        assert_eq!(canceled.status, SyncteraPayStatus::Cancelled);
    }
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(100_00)));
    let error = world.client.post_synctera_pay(sent.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
}

#[tokio::test]
async fn payments_that_break_the_rules_are_refused() {
    let world = World::new().await;
    let (holder, account) = funded(&world).await;
    let api = world.client.api();
    let much = remittance(account, holder, Money::usd(100_01));
    let error = world.client.send_synctera_pay(&much).await.unwrap_err();
    assert_eq!(code(&error), "INSUFFICIENT_FUNDS");
    let configurations = api.list_synctera_pay_configurations().await.unwrap().into_inner();
    assert_eq!(configurations[0].name, "Sandbox remittance");
    let vendor = api.list_synctera_pay_vendors(&Default::default()).await.unwrap().into_inner();
    let vendor = vendor.vendors[0].id;
    let request = remittance(account, holder, Money::usd(1)).reference_id("r-1").vendor(vendor);
    world.client.send_synctera_pay(&request).await.unwrap();
    let error = world.client.send_synctera_pay(&request).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), code(&error)), (409, "DUPLICATE_RESOURCE"));
    world.recorder.take();
    let nothing = remittance(account, holder, Money::usd(0)).reference_id(" ");
    let error = world.client.send_synctera_pay(&nothing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(world.recorder.take().is_empty(), "something was sent");
}
