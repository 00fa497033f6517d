//! Cards that other banks issued, and money from and to them.

use std::time::Duration;

use synctera::types::{
    Authenticate3dsRequest, ExternalCardPatch, ExternalCardStatus, ExternalCardStatusRequest,
    ExternalCardTransferStatus, Initialize3dsRequest, ListExternalCardTransfersQuery,
    ListExternalCardsQuery, Lookup3dsRequestBase, Lookup3dsRequestBaseAuthenticationIndicator,
    Lookup3dsRequestBaseDeviceChannel, Lookup3dsRequestBaseTransactionMode,
    Lookup3dsResponseStatus,
};
use synctera::{
    AccountId, AddExternalCard, Currency, ErrorKind, ExternalCardId, Money, MoveByCard, PersonId,
    Polling, ReverseCardPull,
};
use synctera_tests::World;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

async fn card(world: &World, holder: PersonId, token: &str) -> ExternalCardId {
    let card = AddExternalCard::new(holder, "Ada Byron", token);
    world.client.add_external_card(&card).await.unwrap().verified().unwrap().id
}

async fn funded(world: &World, holder: PersonId) -> AccountId {
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    account
}

#[tokio::test]
async fn money_moves_from_a_card_and_to_it() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = funded(&world, holder).await;
    let card = card(&world, holder, "good-1").await;
    let pull = MoveByCard::pull(account, card, Money::usd(30_00));
    let pulled = world.client.move_by_card(&pull).await.unwrap().succeeded().unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(130_00), Money::usd(130_00)));
    let push = MoveByCard::push(account, card, Money::usd(50_00));
    let pushed = world.client.move_by_card(&push).await.unwrap().succeeded().unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(80_00), Money::usd(80_00)));
    let much = MoveByCard::push(account, card, Money::usd(80_01));
    let error = world.client.move_by_card(&much).await.unwrap_err();
    assert_eq!(code(&error), "INSUFFICIENT_FUNDS");

    let api = world.client.api();
    let posted = api.get_posted_transaction(pushed.transaction_id.unwrap()).await.unwrap();
    assert_eq!((posted.type_.as_str(), posted.subtype.as_str()), ("external_card", "push"));
    let query = ListExternalCardTransfersQuery {
        from_amount: Some(30_00),
        to_amount: Some(49_99),
        external_card_id: vec![card],
        ..ListExternalCardTransfersQuery::default()
    };
    assert_eq!(api.list_external_card_transfers(&query).await.unwrap().external_transfers.len(), 1);

    // Back it goes, in parts, up to the whole.
    for cents in [10_00, 20_00] {
        let back = ReverseCardPull::new(pulled.id, Money::usd(cents));
        world.client.reverse_card_pull(&back).await.unwrap().succeeded().unwrap();
    }
    assert_eq!(world.balances(account).await.0, Money::usd(50_00));
    let more = ReverseCardPull::new(pulled.id, Money::usd(1));
    let error = world.client.reverse_card_pull(&more).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("amount"), "{error}");
    let push = ReverseCardPull::new(pushed.id, Money::usd(1));
    let error = world.client.reverse_card_pull(&push).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_outcome_that_is_unknown_is_asked_about_and_never_sent_again() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = funded(&world, holder).await;
    for (token, expected, left) in [
        ("unknown-1", ExternalCardTransferStatus::Succeeded, 90_00),
        ("pending-1", ExternalCardTransferStatus::Succeeded, 80_00),
        ("lost-1", ExternalCardTransferStatus::Declined, 80_00),
    ] {
        let card = card(&world, holder, token).await;
        let push = MoveByCard::push(account, card, Money::usd(10_00));
        // Too short: what is answered is that it is open, and the money is set aside.
        let hasty = push.clone().polling(Polling::default().deadline(Duration::ZERO));
        let open = world.client.move_by_card(&hasty).key(token).await.unwrap();
        assert!(open.is_open());
        let (posted, available) = world.balances(account).await;
        assert_eq!(posted.checked_sub(available), Some(Money::usd(10_00)));
        world.recorder.take();
        // The same journey again, while the platform makes up its mind.
        let patient = push.polling(Polling::every(Duration::from_secs(300)));
        let moved = world.patient().move_by_card(&patient).key(token).await.unwrap();
        assert_eq!((moved.id, &moved.status), (open.id, &expected));
        let sent = world.recorder.take();
        let keys: Vec<_> = sent.iter().filter(|r| r.line.starts_with("POST")).collect();
        assert_eq!(keys.len(), 1, "a transfer was sent again");
        assert_eq!(world.balances(account).await, (Money::usd(left), Money::usd(left)));
    }
    let api = world.client.api();
    let query = ListExternalCardTransfersQuery::default();
    assert_eq!(api.list_external_card_transfers(&query).await.unwrap().external_transfers.len(), 3);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_decline_is_an_outcome_and_moves_nothing() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = funded(&world, holder).await;
    for (token, reason) in [("declined-1", "NETWORK_DECLINED"), ("fraud-1", "SUSPECTED_FRAUD")] {
        let card = card(&world, holder, token).await;
        let pull = MoveByCard::pull(account, card, Money::usd(10_00));
        let declined = world.client.move_by_card(&pull).await.unwrap();
        assert_eq!(declined.status, ExternalCardTransferStatus::Declined);
        assert_eq!(declined.reason.as_deref(), Some(reason));
        let error = declined.succeeded().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(100_00)));
}

#[tokio::test]
async fn cards_that_do_not_fit_are_told() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = funded(&world, holder).await;
    let client = &world.client;
    for (name, token, said) in [
        ("William King", "good-1", "NAME_MISMATCH"),
        ("Ada Byron", "mismatch-1", "ADDRESS_MISMATCH"),
    ] {
        let added = AddExternalCard::new(holder, name, token);
        let added = client.add_external_card(&added).await.unwrap();
        assert!(!added.can_pull() && !added.can_push());
        let pull = MoveByCard::pull(account, added.id, Money::usd(1));
        let error = client.move_by_card(&pull).await.unwrap_err();
        assert_eq!(code(&error), "UNABLE_TO_TRANSACT");
        let error = added.verified().unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    for (token, why) in [("expired-1", "any more"), ("good-1", "before")] {
        let again = AddExternalCard::new(holder, "Ada Byron", token);
        let error = client.add_external_card(&again).await.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert!(!format!("{error:?} {again:?}").contains(token), "a token shows");
    }
    let nothing = AddExternalCard::new(holder, " ", "");
    let error = client.add_external_card(&nothing).await.unwrap_err();
    assert_eq!(error.problem().invalid.keys().collect::<Vec<_>>(), ["name", "token"]);

    let one_way = AddExternalCard::new(holder, "Ada Byron", "pull-only-1");
    let one_way = client.add_external_card(&one_way).await.unwrap().verified().unwrap();
    assert!(one_way.can_pull() && !one_way.can_push());
    let push = MoveByCard::push(account, one_way.id, Money::usd(1));
    assert_eq!(code(&client.move_by_card(&push).await.unwrap_err()), "UNABLE_TO_TRANSACT");
    let stranger = world.customer().await;
    let theirs = card(&world, stranger, "good-2").await;
    let pull = MoveByCard::pull(account, theirs, Money::usd(1));
    let error = client.move_by_card(&pull).await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    // A customer of the account may pay to somebody else's card.
    let gift = MoveByCard::push(account, theirs, Money::usd(1)).from_customer(holder);
    client.move_by_card(&gift).await.unwrap().succeeded().unwrap();
}

#[tokio::test]
async fn a_card_is_suspended_and_deleted() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = funded(&world, holder).await;
    let id = card(&world, holder, "good-1").await;
    let api = world.client.api();
    let pull = MoveByCard::pull(account, id, Money::usd(1));
    let suspended = ExternalCardPatch::new(ExternalCardStatusRequest::Suspended);
    api.update_external_card(id, &suspended).await.unwrap();
    let error = world.client.move_by_card(&pull).await.unwrap_err();
    assert_eq!(code(&error), "UNABLE_TO_TRANSACT");
    let active = ExternalCardPatch::new(ExternalCardStatusRequest::Active);
    api.update_external_card(id, &active).await.unwrap();
    world.client.move_by_card(&pull).await.unwrap().succeeded().unwrap();
    api.delete_external_card(id).await.unwrap();
    let error = api.update_external_card(id, &active).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    assert_eq!(api.get_external_card(id).await.unwrap().status, ExternalCardStatus::Deleted);
    let query = ListExternalCardsQuery::default();
    assert!(api.list_external_cards(&query).await.unwrap().external_cards.is_empty());
}

#[tokio::test]
async fn a_pull_can_need_the_cardholder() {
    let world = World::with_settings(|settings| {
        settings.external_card_pulls_need_three_ds = true;
    })
    .await;
    let holder = world.customer().await;
    let account = funded(&world, holder).await;
    let api = world.client.api();
    for (token, answer, good) in [
        ("good-1", Lookup3dsResponseStatus::Success, true),
        ("challenge-1", Lookup3dsResponseStatus::ChallengeRequired, true),
        ("failed-1", Lookup3dsResponseStatus::Failed, false),
        ("unenrolled-1", Lookup3dsResponseStatus::NotEnrolled, false),
    ] {
        let card = card(&world, holder, token).await;
        let pull = MoveByCard::pull(account, card, Money::usd(10_00));
        let error = world.client.move_by_card(&pull).await.unwrap_err();
        assert_eq!(code(&error), "UNABLE_TO_TRANSACT");
        let begin = Initialize3dsRequest::new(10_00, Currency::USD, card);
        let id = api.initialize3_ds(&begin).await.unwrap().id;
        let lookup = Lookup3dsRequestBase::new(
            Lookup3dsRequestBaseAuthenticationIndicator::Payment,
            Lookup3dsRequestBaseDeviceChannel::Sdk,
            id,
            Lookup3dsRequestBaseTransactionMode::MobileDevice,
        );
        let found = api.lookup3_ds(&lookup.into()).await.unwrap();
        assert_eq!(found.status, answer);
        if answer == Lookup3dsResponseStatus::ChallengeRequired {
            api.authenticate3_ds(&Authenticate3dsRequest::new("answer", id)).await.unwrap();
        }
        let more = MoveByCard::pull(account, card, Money::usd(10_01)).three_ds(id);
        let error = world.client.move_by_card(&more).await.unwrap_err();
        assert!(error.problem().invalid.contains_key("three_ds_id"), "{error}");
        let pull = pull.three_ds(id);
        let moved = world.client.move_by_card(&pull).await;
        assert_eq!(moved.is_ok(), good, "{token}");
        // Good for once.
        let error = world.client.move_by_card(&pull).await.unwrap_err();
        assert!(error.problem().invalid.contains_key("three_ds_id"), "{error}");
    }
}
