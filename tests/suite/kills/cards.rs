//! Cards, from their issue to their end, and what limits them.

use synctera::types::{
    DeviceType, Form, ListDigitalWalletTokensQuery, SpendControlStaticWindowPeriod,
};
use synctera::{
    ActivateCard, AddToApplePay, AddToGooglePay, AttachSpendControl, CardId, CardProductId,
    ChangeWalletToken, DefineSpendControl, IssueCard, Money, PersonId, ReplaceCard, ResumeCard,
    ReviewCardImage, SetCardPin, SuspendCard, TerminateCard, UploadCardImage, Window,
};
use synctera_tests::World;

use super::{About, How, Walk, Walked, continued, in_production, killed, shown, taken_up_late};

async fn virtual_card(world: &World) -> CardId {
    let holder = world.customer().await;
    let request = IssueCard::virtual_debit(world.checking(holder).await, holder);
    world.client.issue_card(&request).await.unwrap().id
}

async fn plastic(world: &World) -> (PersonId, CardId) {
    let holder = world.customer().await;
    let request = IssueCard::physical_debit(world.checking(holder).await, holder);
    (holder, world.client.issue_card(&request).await.unwrap().id)
}

async fn plastic_product(world: &World) -> CardProductId {
    let products = world.client.api().list_card_products(&Default::default()).await.unwrap();
    products.card_products.iter().find(|product| product.form == Form::Physical).unwrap().id
}

async fn picture(world: &World) -> UploadCardImage {
    let product = plastic_product(world).await;
    UploadCardImage::new(world.customer().await, product, &[0xff, 0xd8, 0xff, 0xe0][..])
}

fn groceries() -> DefineSpendControl {
    DefineSpendControl::new("Groceries", Window::Calendar(SpendControlStaticWindowPeriod::Monthly))
        .amount(Money::usd(500_00))
}

journeys! {
    issue_card, found: |world| {
        let holder = world.customer().await;
        IssueCard::virtual_debit(world.checking(holder).await, holder)
    } => |client, asked| client.issue_card(asked);
    activate_card, refused: |world| {
        let (holder, card) = plastic(world).await;
        let code = world.client.api().get_card_barcodes(card).await.unwrap().into_inner();
        ActivateCard::new(holder, code.barcode.unwrap())
    } => |client, asked| client.activate_card(asked);
    set_card_pin, refused: |world| SetCardPin::new(plastic(world).await.1, "2718")
        => |client, asked| client.set_card_pin(asked);
    suspend_card, found: |world| SuspendCard::new(virtual_card(world).await).memo("mislaid")
        => |client, asked| client.suspend_card(asked);
    resume_card, found: |world| {
        let card = virtual_card(world).await;
        world.client.suspend_card(&SuspendCard::new(card)).await.unwrap();
        ResumeCard::new(card)
    } => |client, asked| client.resume_card(asked);
    terminate_card, found: |world| TerminateCard::new(virtual_card(world).await)
        => |client, asked| client.terminate_card(asked);
    replace_card, refused: |world| ReplaceCard::stolen(virtual_card(world).await)
        => |client, asked| client.replace_card(asked);
    upload_card_image, refused: |world| picture(world).await
        => |client, asked| client.upload_card_image(asked);
    review_card_image, declined: |world| {
        let picture = picture(world).await;
        ReviewCardImage::approve(world.client.upload_card_image(&picture).await.unwrap().id)
    } => |client, asked| client.review_card_image(asked);
    add_to_apple_pay, refused: |world| {
        AddToApplePay::new(virtual_card(world).await, DeviceType::MobilePhone, "1.4.0")
            .certificates(["leaf", "sub"])
            .nonce("9c02", "a4f1")
    } => |client, asked| client.add_to_apple_pay(asked);
    add_to_google_pay, refused: |world| {
        let card = virtual_card(world).await;
        AddToGooglePay::new(card, DeviceType::Watch, "1.4.0", "device-1", "wallet-1")
    } => |client, asked| client.add_to_google_pay(asked);
    change_wallet_token, found: |world| {
        let phone = AddToApplePay::new(virtual_card(world).await, DeviceType::MobilePhone, "1.4.0")
            .certificates(["leaf", "sub"])
            .nonce("9c02", "a4f1");
        world.client.add_to_apple_pay(&phone).await.unwrap();
        world.sandbox.advance(chrono::TimeDelta::minutes(1)).unwrap();
        let mut tokens = world.client.list(ListDigitalWalletTokensQuery::default());
        let token = tokens.try_next().await.unwrap().unwrap().id.unwrap();
        ChangeWalletToken::suspend(token)
    } => |client, asked| client.change_wallet_token(asked);
    define_spend_control, refused: |_world| groceries()
        => |client, asked| client.define_spend_control(asked);
    attach_spend_control, found: |world| {
        let holder = world.customer().await;
        let control = world.client.define_spend_control(&groceries()).await.unwrap().id;
        AttachSpendControl::to(world.checking(holder).await, control)
    } => |client, asked| client.attach_spend_control(asked);
}
