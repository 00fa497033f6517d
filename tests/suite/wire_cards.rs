//! The exact requests of the journeys with cards and spend controls.

use synctera::types::{DeviceType, Form, PaymentType, SpendControlStaticWindowPeriod, WidgetType};
use synctera::{
    ActivateCard, AddToApplePay, AddToGooglePay, AttachSpendControl, CountryCode,
    DefineSpendControl, IssueCard, Merchant, Money, ReplaceCard, ResumeCard, ReviewCardImage,
    SetCardPin, SuspendCard, TerminateCard, UploadCardImage, Window,
};
use synctera_tests::World;
use synctera_tests::world::office;

#[tokio::test]
async fn life_of_a_card() {
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    let products = world.client.api().list_card_products(&Default::default()).await.unwrap();
    let plastic = products.card_products.iter().find(|product| product.form == Form::Physical);
    let product = plastic.unwrap().id;
    world.recorder.take();
    let client = &world.client;
    let upload = UploadCardImage::new(ada, product, &[0xff, 0xd8, 0xff, 0xe0][..]);
    let image = client.upload_card_image(&upload).key("card-1").await.unwrap().id;
    client.review_card_image(&ReviewCardImage::approve(image)).key("card-1").await.unwrap();
    let issue = IssueCard::physical_debit(account, ada)
        .product(product)
        .shipping_method(synctera::types::ShippingMethod::TwoDay);
    let card = client.issue_card(&issue).key("card-1").await.unwrap().id;
    let code = client.api().get_card_barcodes(card).await.unwrap().into_inner().barcode.unwrap();
    client.activate_card(&ActivateCard::new(ada, code)).key("card-1").await.unwrap();
    client.set_card_pin(&SetCardPin::new(card, "2718")).key("card-1").await.unwrap();
    client.card_widget_url(WidgetType::SetPin, account, ada, Some(card)).await.unwrap();
    let apple = AddToApplePay::new(card, DeviceType::MobilePhone, "1.4.0")
        .certificates(["leaf", "sub"])
        .nonce("9c02", "a4f1");
    client.add_to_apple_pay(&apple).key("card-1").await.unwrap();
    let google = AddToGooglePay::new(card, DeviceType::Watch, "1.4.0", "device-1", "wallet-1");
    client.add_to_google_pay(&google).key("card-1").await.unwrap();
    let suspend = SuspendCard::new(card).memo("mislaid");
    client.suspend_card(&suspend).key("card-1").await.unwrap();
    client.resume_card(&ResumeCard::new(card)).key("card-1").await.unwrap();
    let replace = ReplaceCard::damaged(card).image(image).ship_to("Ada", "Byron", office());
    let heir = client.replace_card(&replace).key("card-1").await.unwrap().id;
    client.terminate_card(&TerminateCard::new(heir)).key("card-1").await.unwrap();
    assert_wire!("life_of_a_card", world);
}

#[tokio::test]
async fn issue_business_cards() {
    use synctera::OpenAccount;
    use synctera::types::AccountType;
    let world = World::new().await;
    let (business, person) = world.business().await;
    let account = OpenAccount::new(AccountType::Checking, business).authorized_signer(person);
    let account = world.client.open_account(&account).await.unwrap().id;
    world.recorder.take();
    let shared = IssueCard::virtual_debit(account, business);
    world.client.issue_card(&shared).key("card-1").await.unwrap();
    let personal = IssueCard::physical_debit(account, business).cardholder(person);
    world.client.issue_card(&personal).key("card-2").await.unwrap();
    assert_wire!("issue_business_cards", world);
}

#[tokio::test]
async fn card_at_work() {
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.fund(account, Money::usd(100_00)).await;
    let card = world.client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap().id;
    world.recorder.take();
    let cafe = Merchant::new("cafe-1")
        .name("Corner Cafe")
        .category("5814")
        .country(CountryCode::US)
        .allows_partial_approval();
    let card = world.client.simulate_card(card);
    let dinner = card.authorize(Money::usd(40_00), &cafe).await.unwrap();
    dinner.authorization_advice(Money::usd(44_00)).await.unwrap();
    dinner.reverse(Money::usd(1_00)).await.unwrap();
    dinner.clear(Money::usd(43_00)).await.unwrap();
    dinner.refund(Money::usd(43_00)).await.unwrap();
    dinner.force(Money::usd(1_00)).await.unwrap();
    card.pay(Money::usd(1_00), &cafe).await.unwrap();
    card.withdraw(Money::usd(1_00), &cafe).await.unwrap();
    let kind = synctera::types::OriginalCreditSimulationType::Disbursement;
    card.receive(Money::usd(1_00), kind, &cafe).await.unwrap();
    // The simulations are single calls, whose keys are made up for each.
    let text = world.recorder.take_text();
    let shown = text.lines().filter(|line| !line.starts_with("idempotency-key: "));
    assert_wire!("card_at_work", text: shown.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn define_spend_control() {
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.recorder.take();
    let window = Window::Calendar(SpendControlStaticWindowPeriod::Monthly);
    let groceries = DefineSpendControl::new("Groceries", window)
        .amount(Money::usd(500_00))
        .count(20)
        .payment_type(PaymentType::Card)
        .sub_type("CARD.POS_PURCHASE")
        .merchants(["5411", "5499-5500"])
        .only_in([CountryCode::US, CountryCode::CA])
        .open_case();
    let control = world.client.define_spend_control(&groceries).key("limit-1").await.unwrap().id;
    let attach = AttachSpendControl::to(account, control);
    world.client.attach_spend_control(&attach).key("limit-1").await.unwrap();
    let detach = AttachSpendControl::detach_from(account, control);
    world.client.attach_spend_control(&detach).key("limit-2").await.unwrap();
    assert_wire!("define_spend_control", world);
}

#[tokio::test]
async fn open_dispute() {
    use synctera::types::{
        AchDisputeReturnCodes, CardDisputeReasonCodes, ListPostedTransactionsQuery, TransactionType,
    };
    use synctera::{ActOnDispute, OpenDispute};
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.fund(account, Money::usd(100_00)).await;
    let client = &world.client;
    let card = client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap().id;
    let card = client.simulate_card(card);
    card.pay(Money::usd(40_00), &Merchant::new("shop-1")).await.unwrap();
    let query = ListPostedTransactionsQuery {
        type_: Some(TransactionType::Card),
        ..ListPostedTransactionsQuery::default()
    };
    let posted = client.api().list_posted_transactions(&query).await.unwrap();
    world.recorder.take();
    let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    let at = synctera_tests::world::now();
    let request = OpenDispute::card(posted.result[0].uuid, Money::usd(30_00), at, reason)
        .memo("The parcel never came");
    let id = client.open_dispute(&request).key("case-7").await.unwrap().id;
    let credit = ActOnDispute::provisional_credit(id).amount(Money::usd(20_00));
    client.act_on_dispute(&credit).key("case-7/credit").await.unwrap();
    let claim = ActOnDispute::chargeback(id).message("see the letter");
    client.act_on_dispute(&claim).key("case-7/claim").await.unwrap();
    let other_rail = ActOnDispute::ach_return(id, AchDisputeReturnCodes::R10);
    client.act_on_dispute(&other_rail).key("case-7/return").await.unwrap_err();
    assert_wire!("open_dispute", world);
}

#[tokio::test]
async fn issue_credit_card() {
    let world = World::new().await;
    let ada = world.customer().await;
    let (charge, _) = world.secured_charge(ada, Money::usd(100_00)).await;
    world.recorder.take();
    let client = &world.client;
    let request = IssueCard::virtual_credit(charge, ada);
    let card = client.issue_card(&request).key("card-1").await.unwrap().id;
    client.replace_card(&ReplaceCard::stolen(card)).key("card-2").await.unwrap();
    assert_wire!("issue_credit_card", world);
}

#[tokio::test]
async fn dispute_of_an_external_card() {
    use synctera::types::ExternalCardDisputeReasonCode::NoCardholderAuthorization;
    use synctera::{ActOnDispute, AddExternalCard, MoveByCard, OpenDispute};
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    let client = &world.client;
    let card = AddExternalCard::new(ada, "Ada Byron", "token-from-the-browser");
    let card = client.add_external_card(&card).await.unwrap().id;
    let pull = MoveByCard::pull(account, card, Money::usd(30_00));
    let pulled = client.move_by_card(&pull).await.unwrap().succeeded().unwrap();
    world.recorder.take();
    let (amount, at) = (Money::usd(20_00), synctera_tests::world::now());
    let transaction = pulled.transaction_id.unwrap();
    let reason = NoCardholderAuthorization;
    let request = OpenDispute::external_card(transaction, amount, at, reason, "network-4711");
    let id = client.open_dispute(&request).key("case-9").await.unwrap().id;
    let debit = ActOnDispute::provisional_debit(id);
    client.act_on_dispute(&debit).key("case-9/debit").await.unwrap();
    assert_wire!("dispute_of_an_external_card", world);
}
