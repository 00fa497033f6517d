//! Credit and prepaid cards: what each spends, and on which account it can be.

use synctera::types::{
    AccountType, Card, CardType, CreditCardDetails, ListCardsQuery, ListCardsSortBy,
};
use synctera::{
    IssueCard, Merchant, Money, OpenAccount, ReplaceCard, ResumeCard, SuspendCard, Transfer,
};
use synctera_tests::World;

#[tokio::test]
async fn a_credit_card_spends_what_a_charge_account_may_owe() {
    let world = World::new().await;
    let ada = world.customer().await;
    let (charge, security) = world.secured_charge(ada, Money::usd(100_00)).await;
    let request = IssueCard::virtual_credit(charge, ada);
    let card = world.client.issue_card(&request).key("card-1").await.unwrap();
    let Card::Credit(credit) = &card.card else { panic!("{:?}", card.card) };
    assert!(matches!(credit.card_details, CreditCardDetails::Virtual(_)));
    let again = world.client.issue_card(&request).key("card-1").await.unwrap();
    assert_eq!(again.id, card.id);

    let shop = Merchant::new("shop-1");
    world.client.simulate_card(card.id).pay(Money::usd(60_00), &shop).await.unwrap();
    assert_eq!(world.balances(charge).await, (Money::usd(60_00), Money::usd(40_00)));
    let more = world.client.simulate_card(card.id).pay(Money::usd(40_01), &shop).await.unwrap();
    assert_eq!(more.declined(), Some("INSUFFICIENT_FUNDS"));
    let pay = Transfer::new(security, charge, Money::usd(60_00));
    world.client.transfer(&pay).await.unwrap();
    assert_eq!(world.balances(charge).await, (Money::usd(0), Money::usd(40_00)));

    world.client.suspend_card(&SuspendCard::new(card.id)).await.unwrap();
    world.client.resume_card(&ResumeCard::new(card.id)).await.unwrap();
    let new = world.client.replace_card(&ReplaceCard::stolen(card.id)).await.unwrap();
    assert!(matches!(new.card, Card::Credit(_)), "{:?}", new.card);
    assert_ne!(new.last_four, card.last_four);
    let plastic = IssueCard::physical_credit(charge, ada).emboss_name("A BYRON");
    let plastic = world.client.issue_card(&plastic).await.unwrap();
    let Card::Credit(plastic) = plastic.card else { panic!("{:?}", plastic.card) };
    let CreditCardDetails::Physical(plastic) = plastic.card_details else { panic!("no plastic") };
    assert_eq!(plastic.emboss_name.line_1, "A BYRON");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_prepaid_card_spends_what_was_loaded() {
    let world = World::new().await;
    let ada = world.customer().await;
    let prepaid = OpenAccount::new(AccountType::Prepaid, ada);
    let prepaid = world.client.open_account(&prepaid).await.unwrap().id;
    world.fund(prepaid, Money::usd(10_00)).await;
    for request in
        [IssueCard::virtual_prepaid(prepaid, ada), IssueCard::physical_prepaid(prepaid, ada)]
    {
        let card = world.client.issue_card(&request).await.unwrap();
        let Card::Debit(card) = card.card else { panic!("{:?}", card.card) };
        assert_eq!(card.type_, CardType::Prepaid);
    }
}

#[tokio::test]
async fn a_card_is_for_an_account_of_its_kind() {
    let world = World::new().await;
    let ada = world.customer().await;
    let (charge, checking) = world.secured_charge(ada, Money::usd(1_00)).await;
    for wrong in [
        IssueCard::virtual_credit(checking, ada),
        IssueCard::virtual_prepaid(checking, ada),
        IssueCard::virtual_debit(charge, ada),
    ] {
        let error = world.client.issue_card(&wrong).await.unwrap_err();
        assert!(error.problem().invalid.contains_key("card_details.account_id"), "{error}");
    }
    // Nor is a product for cards of another type.
    let products = world.client.api().list_card_products(&Default::default()).await.unwrap();
    let debit = products.card_products.iter().find(|p| p.card_type == Some(CardType::Debit));
    let wrong = IssueCard::virtual_credit(charge, ada).product(debit.unwrap().id);
    let error = world.client.issue_card(&wrong).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("card_details.card_product_id"), "{error}");
}

#[tokio::test]
async fn cards_are_sorted_by_their_type() {
    let world = World::new().await;
    let ada = world.customer().await;
    let (charge, checking) = world.secured_charge(ada, Money::usd(1_00)).await;
    for request in [IssueCard::virtual_debit(checking, ada), IssueCard::virtual_credit(charge, ada)]
    {
        world.client.issue_card(&request).await.unwrap();
    }
    for (order, types) in [
        (ListCardsSortBy::CardTypeAsc, ["CREDIT", "DEBIT"]),
        (ListCardsSortBy::CardTypeDesc, ["DEBIT", "CREDIT"]),
    ] {
        let query = ListCardsQuery { sort_by: vec![order], ..Default::default() };
        let found = world.client.api().list_cards(&query).await.unwrap().into_inner().cards;
        assert_eq!(found.iter().map(|card| card.tag().unwrap()).collect::<Vec<_>>(), types);
    }
}
