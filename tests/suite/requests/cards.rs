//! Requests about cards, what limits them and what is disputed of them.

use synctera::types::{
    CardDisputeReasonCodes, CardImageRejectionReason, CardStatusReasonCode, DeviceType, Form,
    ListDigitalWalletTokensQuery, ListPostedTransactionsQuery, PaymentType, ReissueReason,
    ShippingMethod, SpendControlRollingWindowPeriod,
};
use synctera::{
    AccountId, ActOnDispute, ActivateCard, AddEvidence, AddToApplePay, AddToGooglePay,
    AttachSpendControl, CardId, CardProductId, ChangeWalletToken, CountryCode, CustomerId,
    DefineSpendControl, IssueCard, Merchant, Money, OpenDispute, PersonId, ReplaceCard, ResumeCard,
    ReviewCardImage, SetCardPin, SuspendCard, TerminateCard, TransactionId, Upload,
    UploadCardImage, Window,
};
use synctera_tests::World;
use synctera_tests::world::{now, office};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0];

async fn holder(world: &World) -> (PersonId, AccountId) {
    let holder = world.customer().await;
    (holder, world.checking(holder).await)
}

async fn virtual_card(world: &World) -> CardId {
    let (holder, account) = holder(world).await;
    let request = IssueCard::virtual_debit(account, holder);
    world.client.issue_card(&request).await.unwrap().id
}

async fn plastic(world: &World) -> (PersonId, CardId) {
    let (holder, account) = holder(world).await;
    let request = IssueCard::physical_debit(account, holder);
    (holder, world.client.issue_card(&request).await.unwrap().id)
}

async fn plastic_product(world: &World) -> CardProductId {
    let products = world.client.api().list_card_products(&Default::default()).await.unwrap();
    products.card_products.iter().find(|product| product.form == Form::Physical).unwrap().id
}

async fn transaction(world: &World) -> TransactionId {
    let (ada, account) = holder(world).await;
    world.fund(account, Money::usd(100_00)).await;
    let card = world.client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap().id;
    let shop = Merchant::new("shop-1");
    world.client.simulate_card(card).pay(Money::usd(40_00), &shop).await.unwrap();
    let query = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    world.client.list(query).try_next().await.unwrap().unwrap().uuid
}

fn claim(transaction: TransactionId) -> OpenDispute {
    let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    OpenDispute::card(transaction, Money::usd(30_00), now(), reason)
}

fn letter() -> Upload {
    Upload::new("letter.pdf", "application/pdf", b"%PDF-1.4".to_vec())
}

requests! {
    issue_card: IssueCard, async |world| {
        let (business, person) = world.business().await;
        let account = synctera::OpenAccount::new(synctera::types::AccountType::Checking, business)
            .authorized_signer(person);
        let account = world.client.open_account(&account).await.unwrap().id;
        let product = plastic_product(world).await;
        let upload = UploadCardImage::new(person, product, JPEG);
        let image = world.client.upload_card_image(&upload).await.unwrap().id;
        world.client.review_card_image(&ReviewCardImage::approve(image)).await.unwrap();
        ids! { business, person, account, product, image }
    }, |ids| IssueCard::physical_debit(
        ids.get("account"),
        ids.get::<synctera::BusinessId>("business"),
    )
    .cardholder(ids.get::<PersonId>("person"))
    .product(ids.get::<CardProductId>("product"))
    .emboss_name("FLOW MATIC")
    .image(ids.get::<synctera::CardImageId>("image"))
    .shipping_method(ShippingMethod::TwoDay)
    .ship_to("Ada", "Byron", office());

    activate_card: ActivateCard, async |world| {
        let (holder, card) = plastic(world).await;
        let code = world.client.api().get_card_barcodes(card).await.unwrap().into_inner();
        let code = code.barcode.unwrap();
        ids! { holder, code }
    }, |ids| ActivateCard::new(ids.get::<CustomerId>("holder"), ids.get::<String>("code"));

    replace_card: ReplaceCard, async |world| {
        let (_, card) = plastic(world).await;
        ids! { card }
    }, |ids| ReplaceCard::new(ids.get("card"), ReissueReason::Damaged)
        .shipping_method(ShippingMethod::Overnight)
        .ship_to("Ada", "Byron", office());

    suspend_card: SuspendCard, async |world| {
        let card = virtual_card(world).await;
        ids! { card }
    }, |ids| SuspendCard::new(ids.get("card")).reason(CardStatusReasonCode::Tmp).memo("mislaid");

    resume_card: ResumeCard, async |world| {
        let card = virtual_card(world).await;
        world.client.suspend_card(&SuspendCard::new(card)).await.unwrap();
        ids! { card }
    }, |ids| ResumeCard::new(ids.get("card")).memo("found");

    terminate_card: TerminateCard, async |world| {
        let card = virtual_card(world).await;
        ids! { card }
    }, |ids| TerminateCard::new(ids.get("card")).reason(CardStatusReasonCode::Req);

    set_card_pin: SetCardPin, async |world| {
        let (_, card) = plastic(world).await;
        ids! { card }
    }, |ids| SetCardPin::new(ids.get("card"), "0271");

    upload_card_image: UploadCardImage, async |world| {
        let (holder, product) = (world.customer().await, plastic_product(world).await);
        ids! { holder, product }
    }, |ids| UploadCardImage::new(ids.get::<CustomerId>("holder"), ids.get("product"), JPEG);

    review_card_image: ReviewCardImage, async |world| {
        let product = plastic_product(world).await;
        let upload = UploadCardImage::new(world.customer().await, product, JPEG);
        let image = world.client.upload_card_image(&upload).await.unwrap().id;
        ids! { image }
    }, |ids| ReviewCardImage::reject(ids.get("image"), CardImageRejectionReason::Trademark)
        .memo("a team's logo");

    add_to_apple_pay: AddToApplePay, async |world| {
        let card = virtual_card(world).await;
        ids! { card }
    }, |ids| AddToApplePay::new(ids.get("card"), DeviceType::MobilePhone, "1.4.0")
        .certificates(["leaf", "sub"])
        .nonce("9c02", "a4f1");

    add_to_google_pay: AddToGooglePay, async |world| {
        let card = virtual_card(world).await;
        ids! { card }
    }, |ids| AddToGooglePay::new(
        ids.get("card"),
        DeviceType::Watch,
        "1.4.0",
        "device-1",
        "wallet-1",
    );

    change_wallet_token: ChangeWalletToken, async |world| {
        let card = virtual_card(world).await;
        let phone = AddToApplePay::new(card, DeviceType::MobilePhone, "1.4.0")
            .certificates(["leaf", "sub"])
            .nonce("9c02", "a4f1");
        world.client.add_to_apple_pay(&phone).await.unwrap();
        world.sandbox.advance(chrono::Duration::minutes(1)).unwrap();
        let mut tokens = world.client.list(ListDigitalWalletTokensQuery::default());
        let token = tokens.try_next().await.unwrap().unwrap().id.unwrap();
        ids! { token }
    }, |ids| ChangeWalletToken::suspend(ids.get("token"));

    define_spend_control: DefineSpendControl, async |_world| ids! {},
        |_ids| DefineSpendControl::new(
            "Groceries",
            Window::Rolling(7, SpendControlRollingWindowPeriod::Days),
        )
        .amount(Money::usd(500_00))
        .count(20)
        .payment_type(PaymentType::Card)
        .sub_type("CARD.POS_PURCHASE")
        .merchants(["5411", "5499-5500"])
        .only_in([CountryCode::US, CountryCode::CA])
        .monitor_only()
        .open_case();

    attach_spend_control: AttachSpendControl, async |world| {
        let (_, account) = holder(world).await;
        let window = Window::SingleTransaction;
        let control = DefineSpendControl::new("Modest", window).amount(Money::usd(100_00));
        let control = world.client.define_spend_control(&control).await.unwrap().id;
        ids! { account, control }
    }, |ids| AttachSpendControl::to(ids.get("account"), ids.get("control"));

    open_dispute: OpenDispute, async |world| {
        let transaction = transaction(world).await;
        ids! { transaction }
    }, |ids| claim(ids.get("transaction")).memo("The parcel never came").evidence(letter());

    act_on_dispute: ActOnDispute, async |world| {
        let claim = claim(transaction(world).await);
        let dispute = world.client.open_dispute(&claim).await.unwrap().id;
        let evidence = AddEvidence::new(dispute, letter());
        let document = world.client.add_evidence(&evidence).await.unwrap().id;
        ids! { dispute, document }
    }, |ids| ActOnDispute::chargeback(ids.get("dispute"))
        .amount(Money::usd(26_00))
        .proven_by(ids.get::<synctera::DocumentId>("document"))
        .message("see the letter");

    add_evidence: AddEvidence, async |world| {
        let claim = claim(transaction(world).await);
        let dispute = world.client.open_dispute(&claim).await.unwrap().id;
        ids! { dispute }
    }, |ids| AddEvidence::new(ids.get("dispute"), letter());
}
