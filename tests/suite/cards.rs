//! Cards from issued to ended: pictures, PINs, widgets, wallets, bulk orders.

use chrono::Duration;
use synctera::types::{
    BulkIssuancePolicy, BulkIssuanceRequest, BulkShipping, BulkShippingMethod, Card,
    CardFulfillmentStatus, CardImageRejectionReason, CardImageStatus, CardStatus, CardWidgetType,
    DebitCardDetails, DeviceType, DigitalWalletTokenState, Form, ListCardsQuery,
    ListDigitalWalletTokensQuery, NewCard, NewDebitCard, NewDebitCardDetails, NewPhysicalDebitCard,
    PhysicalDebitCard, PostalAddress, RecipientName, ShippingMethod, WidgetType,
};
use synctera::{
    AccountId, ActivateCard, AddToApplePay, AddToGooglePay, CardId, CardProductId,
    ChangeWalletToken, CountryCode, ErrorKind, IssueCard, PersonId, ReplaceCard, ResumeCard,
    ReviewCardImage, SetCardPin, SuspendCard, TerminateCard, UploadCardImage,
};
use synctera_tests::World;
use synctera_tests::world::office;

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3];

async fn holder(world: &World) -> (PersonId, AccountId) {
    let holder = world.customer().await;
    (holder, world.checking(holder).await)
}

async fn plastic(world: &World) -> CardProductId {
    let products = world.client.api().list_card_products(&Default::default()).await.unwrap();
    products.card_products.iter().find(|product| product.form == Form::Physical).unwrap().id
}

async fn card(world: &World, id: CardId) -> PhysicalDebitCard {
    let Card::Debit(card) = world.client.api().get_card(id).await.unwrap().into_inner() else {
        panic!("no debit card");
    };
    let DebitCardDetails::Physical(card) = card.card_details else {
        panic!("no plastic");
    };
    card
}

async fn activation_code(world: &World, id: CardId) -> String {
    world.client.api().get_card_barcodes(id).await.unwrap().into_inner().barcode.unwrap()
}

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

#[tokio::test]
async fn plastic_is_activated_suspended_resumed_and_ended() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let issued = world.client.issue_card(&IssueCard::physical_debit(account, ada)).await.unwrap();
    assert_eq!(issued.status, CardStatus::Unactivated);
    let wrong = ActivateCard::new(ada, "000000000000");
    let error = world.client.activate_card(&wrong).await.unwrap_err();
    assert_eq!(code(&error), "BAD_REQUEST_BODY");
    let error = world.client.resume_card(&ResumeCard::new(issued.id)).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    let activate = ActivateCard::new(ada, activation_code(&world, issued.id).await);
    let active = world.client.activate_card(&activate).await.unwrap();
    assert_eq!((active.id, active.status), (issued.id, CardStatus::Active));
    let error = world.client.activate_card(&activate).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");

    let suspend = SuspendCard::new(issued.id).memo("mislaid");
    assert_eq!(world.client.suspend_card(&suspend).await.unwrap().status, CardStatus::Suspended);
    let resume = ResumeCard::new(issued.id);
    assert_eq!(world.client.resume_card(&resume).await.unwrap().status, CardStatus::Active);
    let long = SuspendCard::new(issued.id).memo("x".repeat(256));
    let error = world.client.suspend_card(&long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let end = TerminateCard::new(issued.id);
    assert_eq!(world.client.terminate_card(&end).await.unwrap().status, CardStatus::Terminated);
    for error in [
        world.client.resume_card(&resume).await.unwrap_err(),
        world.client.suspend_card(&SuspendCard::new(issued.id)).await.unwrap_err(),
        world.client.set_card_pin(&SetCardPin::new(issued.id, "2718")).await.unwrap_err(),
    ] {
        assert_eq!(code(&error), "INVALID_STATUS");
    }
}

#[tokio::test]
async fn a_damaged_card_works_until_its_heir_is_activated() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let old = world.client.issue_card(&IssueCard::physical_debit(account, ada)).await.unwrap();
    let activate = ActivateCard::new(ada, activation_code(&world, old.id).await);
    world.client.activate_card(&activate).await.unwrap();
    world.client.set_card_pin(&SetCardPin::new(old.id, "2718")).await.unwrap();
    let request = ReplaceCard::damaged(old.id).shipping_method(ShippingMethod::Overnight).ship_to(
        "Ada",
        "Byron",
        office(),
    );
    let new = world.client.replace_card(&request).await.unwrap();
    assert_eq!(new.last_four, old.last_four);
    let before = card(&world, old.id).await;
    assert_eq!((before.card_status, before.reissued_to_id), (CardStatus::Active, Some(new.id)));
    assert_eq!(card(&world, new.id).await.shipping.method, Some(ShippingMethod::Overnight));
    assert_eq!(card(&world, new.id).await.is_pin_set, Some(false));
    let activate = ActivateCard::new(ada, activation_code(&world, new.id).await);
    world.client.activate_card(&activate).await.unwrap();
    assert_eq!(card(&world, old.id).await.card_status, CardStatus::Terminated);
    assert_eq!(card(&world, new.id).await.is_pin_set, Some(true));
}

#[tokio::test]
async fn a_picture_is_uploaded_once_and_reviewed_before_it_is_printed() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let product = plastic(&world).await;
    let upload = UploadCardImage::new(ada, product, JPEG);
    let image = world.client.upload_card_image(&upload).key("picture-1").await.unwrap();
    assert_eq!(image.status, CardImageStatus::Unreviewed);
    let again = world.client.upload_card_image(&upload).key("picture-1").await.unwrap();
    assert_eq!(again.id, image.id);
    let api = world.client.api();
    let error = api.upload_card_image_data(image.id, JPEG).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    let data = api.get_card_image_data(image.id).await.unwrap().into_inner();
    assert_eq!(data.collect().await.unwrap(), JPEG);

    let request = IssueCard::physical_debit(account, ada).product(product).image(image.id);
    let waiting = world.client.issue_card(&request).await.unwrap();
    assert_eq!(waiting.status, CardStatus::Pending);
    let reasons = card(&world, waiting.id).await.pending_reasons.unwrap();
    assert_eq!(reasons.is_waiting_for_image, Some(true));
    world.client.review_card_image(&ReviewCardImage::approve(image.id)).await.unwrap();
    assert_eq!(card(&world, waiting.id).await.card_status, CardStatus::Pending);
    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(card(&world, waiting.id).await.card_status, CardStatus::Unactivated);
    // Later it turns out to be somebody's trademark.
    let reject =
        ReviewCardImage::reject(image.id, CardImageRejectionReason::Trademark).memo("a logo");
    let rejected = world.client.review_card_image(&reject).await.unwrap();
    assert_eq!(rejected.status, CardImageStatus::Rejected);
    let approve = ReviewCardImage::approve(image.id);
    let error = world.client.review_card_image(&approve).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let product = plastic(&world).await;
    world.recorder.take();
    let text = UploadCardImage::new(ada, product, &b"a word"[..]);
    let error = world.client.upload_card_image(&text).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(world.recorder.take().is_empty());
    let image = synctera::types::NewCardImage::new(product, ada.into());
    let image = world.client.api().create_card_image(&image).await.unwrap().into_inner();
    let upload = world.client.api().upload_card_image_data(image.id, &b"a word"[..]).await;
    assert_eq!(code(&upload.unwrap_err()), "BAD_REQUEST_BODY");
    let reject = ReviewCardImage::reject(image.id, CardImageRejectionReason::Other);
    let error = world.client.review_card_image(&reject).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    // Of somebody else.
    let (grace, hers) = holder(&world).await;
    let request = IssueCard::physical_debit(hers, grace).product(product).image(image.id);
    let error = world.client.issue_card(&request).await.unwrap_err();
    assert_eq!(code(&error), "BAD_REQUEST_BODY");
    assert!(error.problem().invalid.contains_key("card_details.card_image_id"), "{account}");
}

#[tokio::test]
async fn a_widget_sets_the_pin_and_activates() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let issued = world.client.issue_card(&IssueCard::physical_debit(account, ada)).await.unwrap();
    let http = reqwest::Client::new();
    let type_in = async |widget, card, field: &str, value: &str| {
        let page = world.client.card_widget_url(widget, account, ada, card).await.unwrap();
        let page = page.expose().replace(world.recorder.base_url(), &world.sandbox.base_url());
        let shown = http.get(&page).send().await.unwrap().text().await.unwrap();
        assert!(shown.contains(&format!("name=\"{field}\"")), "{shown}");
        let body = format!("{field}={value}");
        http.post(&page).body(body).send().await.unwrap().text().await.unwrap()
    };
    let shown = type_in(WidgetType::SetPin, Some(issued.id), "pin", "12").await;
    assert!(shown.contains("did not work"), "{shown}");
    let shown = type_in(WidgetType::SetPin, Some(issued.id), "pin", "2718").await;
    assert!(shown.contains("Done"), "{shown}");
    let activation = activation_code(&world, issued.id).await;
    let shown = type_in(WidgetType::ActivateCard, None, "activation_code", &activation).await;
    assert!(shown.contains("Done"), "{shown}");
    let card = card(&world, issued.id).await;
    assert_eq!((card.card_status, card.is_pin_set), (CardStatus::Active, Some(true)));

    let page = world.client.card_widget_url(WidgetType::SetPin, account, ada, Some(issued.id));
    let page = page.await.unwrap().expose().clone();
    world.sandbox.advance(Duration::minutes(5)).unwrap();
    let late = http.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(late.contains("expired"), "{late}");
    let (grace, _) = holder(&world).await;
    let page = world.client.card_widget_url(WidgetType::SetPin, account, grace, Some(issued.id));
    assert_eq!(code(&page.await.unwrap_err()), "BAD_QUERY_PARAMETER");
    let token = world.client.card_widget_token(CardWidgetType::GetPin, issued.id).await.unwrap();
    assert!(!format!("{token:?}").contains(token.expose().as_str()));
    let token = world.client.card_widget_token(CardWidgetType::Activate, issued.id).await;
    assert_eq!(code(&token.unwrap_err()), "INVALID_STATUS");
}

#[tokio::test]
async fn a_wallet_takes_a_card_up_and_loses_it_with_the_card() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let issued = world.client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap();
    let apple = AddToApplePay::new(issued.id, DeviceType::MobilePhone, "1.0");
    let error = world.client.add_to_apple_pay(&apple).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let apple = apple.certificates(["leaf", "sub"]).nonce("9c02", "a4f1");
    world.client.add_to_apple_pay(&apple).await.unwrap();
    let google = AddToGooglePay::new(issued.id, DeviceType::Watch, "1.0", "device-1", "wallet-1");
    let pushed = world.client.add_to_google_pay(&google).await.unwrap();
    assert_eq!(pushed.push_tokenize_request_data.unwrap().last_digits, issued.last_four);

    let tokens = async |card| {
        let query = ListDigitalWalletTokensQuery { card_id: Some(card), ..Default::default() };
        let found = world.client.api().list_digital_wallet_tokens(&query).await.unwrap();
        let tokens = found.into_inner().digital_wallet_tokens.into_iter();
        tokens.map(|token| (token.id.unwrap(), token.state.unwrap())).collect::<Vec<_>>()
    };
    let requested = tokens(issued.id).await;
    assert_eq!(requested.len(), 2);
    let suspend = ChangeWalletToken::suspend(requested[0].0);
    let error = world.client.change_wallet_token(&suspend).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    world.sandbox.advance(Duration::minutes(1)).unwrap();
    let suspended = world.client.change_wallet_token(&suspend).await.unwrap();
    assert_eq!(suspended.state, Some(DigitalWalletTokenState::Suspended));
    let resume = ChangeWalletToken::resume(requested[0].0);
    world.client.change_wallet_token(&resume).await.unwrap();
    let end = ChangeWalletToken::terminate(requested[1].0);
    world.client.change_wallet_token(&end).await.unwrap();
    let error = world.client.change_wallet_token(&ChangeWalletToken::resume(requested[1].0)).await;
    assert_eq!(code(&error.unwrap_err()), "INVALID_STATUS");

    // A stolen card's token goes on with the new card; with the end of a card it ends.
    let heir = world.client.replace_card(&ReplaceCard::stolen(issued.id)).await.unwrap();
    assert_eq!(tokens(issued.id).await.len(), 0);
    assert_eq!(tokens(heir.id).await[0].1, DigitalWalletTokenState::Active);
    world.client.terminate_card(&TerminateCard::new(heir.id)).await.unwrap();
    assert_eq!(tokens(heir.id).await[0].1, DigitalWalletTokenState::Terminated);
    let error = world.client.add_to_google_pay(&google).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
}

#[tokio::test]
async fn a_bulk_order_leaves_together() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    let product = plastic(&world).await;
    let address =
        PostalAddress::new("1 Market St", "San Francisco", CountryCode::US, "94105", "CA");
    let name = RecipientName::new("Ada", "Byron");
    let shipping = BulkShipping::new(address, BulkShippingMethod::TwoDay, name);
    let order = async |policy| {
        let body = BulkIssuanceRequest::new(policy, product, "Office", shipping.clone());
        world.client.api().create_bulk_order_config(&body).await.unwrap().into_inner().id
    };
    let (manual, auto) =
        (order(BulkIssuancePolicy::Manual).await, order(BulkIssuancePolicy::Auto).await);
    let issue = async |account, customer: PersonId, order| {
        let body = NewPhysicalDebitCard {
            customer_id: Some(customer.into()),
            bulk_order_config_id: Some(order),
            ..NewPhysicalDebitCard::new(account, product)
        };
        let details = NewDebitCardDetails::Physical(body);
        let body = NewCard::Debit(NewDebitCard::new(details, synctera::types::CardType::Debit));
        let query = ListCardsQuery { bulk_order_config_id: Some(order), ..Default::default() };
        world.client.api().issue_card(&body).await.unwrap();
        let found = world.client.api().list_cards(&query).await.unwrap().into_inner();
        let Some(Card::Debit(card)) = found.cards.into_iter().next() else { panic!("no card") };
        let DebitCardDetails::Physical(card) = card.card_details else { panic!("no plastic") };
        card.id
    };
    let first = issue(account, ada, manual).await;
    assert_eq!(card(&world, first).await.card_status, CardStatus::Pending);
    world.client.api().fulfill_bulk_order_config(manual).await.unwrap();
    let sent = card(&world, first).await;
    assert_eq!(sent.card_status, CardStatus::Unactivated);
    assert_eq!(sent.card_fulfillment_status, CardFulfillmentStatus::Ordered);
    assert!(sent.fulfillment_details.unwrap().bulk_order_id.is_some());
    let error = world.client.api().fulfill_bulk_order_config(auto).await.unwrap_err();
    assert_eq!(code(&error), "BAD_REQUEST");
    let (grace, hers) = holder(&world).await;
    let second = issue(hers, grace, auto).await;
    // The order leaves at nine in the morning, UTC; it is two in the afternoon.
    world.sandbox.advance(Duration::hours(19) - Duration::seconds(1)).unwrap();
    assert_eq!(card(&world, second).await.card_status, CardStatus::Pending);
    world.sandbox.advance(Duration::seconds(1)).unwrap();
    assert_eq!(card(&world, second).await.card_status, CardStatus::Unactivated);
}

#[tokio::test]
async fn a_business_card_works_once_it_has_a_cardholder() {
    use synctera::types::{AccountType, CardPatch};
    use synctera::{Merchant, Money, OpenAccount, Patch};
    let world = World::new().await;
    let client = &world.client;
    let (business, person) = world.business().await;
    let account = OpenAccount::new(AccountType::Checking, business).authorized_signer(person);
    let account = client.open_account(&account).await.unwrap().id;
    world.fund(account, Money::usd(100_00)).await;
    let shop = Merchant::new("shop-1");

    let without = client.issue_card(&IssueCard::virtual_debit(account, business)).await.unwrap().id;
    let bought = client.simulate_card(without).pay(Money::usd(1_00), &shop).await.unwrap();
    assert_eq!(bought.declined(), Some("TRANSACTION_NOT_PERMITTED"));
    let cardholder = CardPatch { customer_id: Patch::Set(person.into()), ..CardPatch::default() };
    client.api().update_card(without, &cardholder).await.unwrap();
    let bought = client.simulate_card(without).pay(Money::usd(1_00), &shop).await.unwrap();
    assert_eq!(bought.declined(), None);

    let request = IssueCard::virtual_debit(account, business).cardholder(person);
    let issued = client.issue_card(&request).await.unwrap();
    let bought = client.simulate_card(issued.id).pay(Money::usd(1_00), &shop).await.unwrap();
    assert_eq!(bought.declined(), None);
    let Card::Debit(card) = issued.card else { panic!("no debit card") };
    let DebitCardDetails::Virtual(card) = card.card_details else { panic!("not virtual") };
    assert_eq!((card.business_id, card.customer_id), (Some(business), Some(person.into())));

    // A replacement stays with the business and its cardholder.
    let new = client.replace_card(&ReplaceCard::stolen(issued.id)).await.unwrap();
    let Card::Debit(card) = new.card else { panic!("no debit card") };
    let DebitCardDetails::Virtual(card) = card.card_details else { panic!("not virtual") };
    assert_eq!((card.business_id, card.customer_id), (Some(business), Some(person.into())));
}

#[tokio::test]
async fn the_card_of_a_person_has_no_other_cardholder() {
    let world = World::new().await;
    let (ada, account) = holder(&world).await;
    world.recorder.take();
    let request = IssueCard::virtual_debit(account, ada).cardholder(ada);
    let error = world.client.issue_card(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.invalid().contains_key("customer_id"), "{error}");
    assert_eq!(world.recorder.seen(), 0);
}
