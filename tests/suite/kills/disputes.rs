//! Disputes: opened, argued, proven.

use synctera::types::{CardDisputeReasonCodes, ListPostedTransactionsQuery};
use synctera::{
    ActOnDispute, AddEvidence, DisputeId, IssueCard, Merchant, Money, OpenDispute, Upload,
};
use synctera_tests::World;
use synctera_tests::world::now;

use super::{About, How, Walk, Walked, continued, in_production, killed, shown, taken_up_late};

async fn paid_for_nothing(world: &World) -> OpenDispute {
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.fund(account, Money::usd(100_00)).await;
    let card = world.client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap().id;
    let shop = Merchant::new("shop-1");
    world.client.simulate_card(card).pay(Money::usd(40_00), &shop).await.unwrap();
    let query = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    let posted = world.client.api().list_posted_transactions(&query).await.unwrap();
    let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    OpenDispute::card(posted.result[0].uuid, Money::usd(30_00), now(), reason)
}

async fn dispute(world: &World) -> DisputeId {
    let request = paid_for_nothing(world).await;
    world.client.open_dispute(&request).await.unwrap().id
}

fn letter() -> Upload {
    Upload::new("letter.pdf", "application/pdf", b"%PDF-1.4".to_vec())
}

journeys! {
    open_dispute, refused: |world| paid_for_nothing(world).await.evidence(letter())
        => |client, asked| client.open_dispute(asked);
    act_on_dispute, refused: |world| ActOnDispute::provisional_credit(dispute(world).await)
        => |client, asked| client.act_on_dispute(asked);
    add_evidence, refused: |world| AddEvidence::new(dispute(world).await, letter())
        => |client, asked| client.add_evidence(asked);
}
