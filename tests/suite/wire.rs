//! The exact requests of every journey.

use std::net::IpAddr;

use chrono::NaiveDate;
use synctera::types::{BusinessStructure, DisclosureType};
use synctera::{
    BankAccount, IssueCard, LinkExternalAccount, Money, OnboardBusiness, OnboardCustomer,
    OpenAccount, RelatedPerson, SendAch, Transfer,
};
use synctera_tests::World;
use synctera_tests::world::{ada, agreed, office, person};

#[tokio::test]
async fn onboard_customer() {
    let world = World::new().await;
    let request = OnboardCustomer::new(
        ada().middle_name("Augusta").chosen_name("Countess").metadata("signup", 8841),
    )
    .disclosed(agreed(DisclosureType::ESign))
    .disclosed(agreed(DisclosureType::RegDd))
    .consented()
    .ip_address("203.0.113.7".parse::<IpAddr>().unwrap())
    .monitoring();
    world.client.onboard_customer(&request).key("signup-8841").await.unwrap().accepted().unwrap();
    assert_wire!("onboard_customer", world);
}

#[tokio::test]
async fn onboard_business() {
    let world = World::new().await;
    let known = world.customer().await;
    world.recorder.take();
    let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .ein("12-3456789")
        .email("office@example.com")
        .phone_number("+14155550100")
        .formed("2020-02-29".parse().unwrap(), "DE")
        .trade_name("Flow")
        .website("https://flow.example")
        .related_person(
            RelatedPerson::new(person("Grace", "Murray"))
                .ownership_percent(60.0)
                .managing()
                .certifies_ownership(),
        )
        .related_person(RelatedPerson::existing(known).ownership_percent(40.0))
        .disclosed(agreed(DisclosureType::OwnerCertification))
        .consented()
        .monitoring();
    world.client.onboard_business(&request).key("signup-1").await.unwrap().accepted().unwrap();
    assert_wire!("onboard_business", world);
}

#[tokio::test]
async fn open_account() {
    use synctera::types::AccountType;
    let world = World::new().await;
    let (holder, joint) = (world.customer().await, world.customer().await);
    let user = world.prospect_with_address().await;
    world.recorder.take();
    let request = OpenAccount::new(AccountType::Checking, holder)
        .joint(joint)
        .authorized_user(user)
        .nickname("Household")
        .metadata("branch", "west");
    world.client.open_account(&request).key("open-1").await.unwrap();
    assert_wire!("open_account", world);
}

#[tokio::test]
async fn link_external_account_through_plaid() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    let request = LinkExternalAccount::plaid(holder, "public-sandbox-1", "ins_109508")
        .account("checking")
        .verify_owner();
    world.client.link_external_account(&request).key("link-1").await.unwrap().all().unwrap();
    assert_wire!("link_external_account_through_plaid", world);
}

#[tokio::test]
async fn link_external_account_through_finicity() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    let request = LinkExternalAccount::finicity(holder, "5011648377").account("checking");
    world.client.link_external_account(&request).key("link-3").await.unwrap().all().unwrap();
    assert_wire!("link_external_account_through_finicity", world);
}

#[tokio::test]
async fn link_external_account_by_numbers() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    let account = BankAccount::savings("Ada Byron", "Community Bank", "021000021", "1234567890")
        .owner("William King")
        .nickname("Elsewhere");
    let request = LinkExternalAccount::by_numbers(holder, account);
    world.client.link_external_account(&request).key("link-2").await.unwrap().all().unwrap();
    assert_wire!("link_external_account_by_numbers", world);
}

#[tokio::test]
async fn send_ach() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    world.recorder.take();
    let push = SendAch::push(account, bank, Money::usd(60_00), holder)
        .memo("Rent")
        .reference_info("Flat 5")
        .company_entry_description("RENT")
        .same_day();
    world.client.send_ach(&push).key("rent-11").await.unwrap();
    let pull = SendAch::pull(account, bank, Money::usd(250_00), holder)
        .hold(Money::usd(50_00), 1)
        .sec_code(synctera::types::NewOutgoingAchSecCode::Web)
        .effective_date("2026-11-30".parse::<NaiveDate>().unwrap());
    world.client.send_ach(&pull).key("deposit-17").await.unwrap();
    assert_wire!("send_ach", world);
}

#[tokio::test]
async fn transfer() {
    use synctera::types::AccountType;
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(100_00)).await;
    world.recorder.take();
    let now = Transfer::new(checking, saving, Money::usd(40_00)).memo("Rainy days");
    world.client.transfer(&now).key("save-1").await.unwrap();
    let later = Transfer::new(checking, saving, Money::usd(10_00))
        .hold(Some("2026-12-01T00:00:00Z".parse().unwrap()))
        .reference_id("order-9");
    world.client.transfer(&later).key("save-2").await.unwrap();
    assert_wire!("transfer", world);
}

#[tokio::test]
async fn issue_card() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.recorder.take();
    let virtual_card = IssueCard::virtual_debit(account, holder);
    world.client.issue_card(&virtual_card).key("card-1").await.unwrap();
    let plastic = IssueCard::physical_debit(account, holder).emboss_name("A BYRON").ship_to(
        "Ada",
        "Byron",
        office().line_2("Floor 3"),
    );
    world.client.issue_card(&plastic).key("card-2").await.unwrap();
    assert_wire!("issue_card", world);
}

#[tokio::test]
async fn verify_again() {
    use synctera::types::{
        DocumentVerificationSessionRequestDocumentType as Document,
        DocumentVerificationSessionRequestLanguage as Language, MonitoringAlertType,
        NewMonitoringSubscription, VerificationResult, VerificationType,
    };
    use synctera::{
        RecordVerification, ResolveAlert, ScreenPayee, StartDocumentVerification, Verify,
    };
    use synctera_tests::world::now;
    let world = World::new().await;
    let request = OnboardCustomer::new(person("Ada", "Review")).consented().monitoring();
    let ada = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
    let grace = world.customer().await;
    // Not accepted, so not subscribed by the journey.
    let watched = NewMonitoringSubscription { person_id: Some(ada), ..Default::default() };
    world.client.api().create_monitoring_subscription(&watched).await.unwrap();
    world.recorder.take();
    let session = StartDocumentVerification::new(ada)
        .document_type(Document::Passport)
        .language(Language::FrCa)
        .send_message();
    let session = world.client.start_document_verification(&session).key("docv-1").await.unwrap();
    let again = Verify::new(ada)
        .document(&session)
        .consented()
        .ip_address("203.0.113.7".parse::<IpAddr>().unwrap());
    world.client.verify(&again).key("again-1").await.unwrap().accepted().unwrap();
    let decided = RecordVerification::new(
        ada,
        VerificationType::ManualReview,
        VerificationResult::Accepted,
        now(),
    )
    .metadata("desk", 7);
    world.client.record_verification(&decided).key("case-17").await.unwrap();
    world.client.screen_payee(&ScreenPayee::new(ada, grace)).key("pay-1").await.unwrap();
    let alert = world.sandbox.raise_alert(ada, &MonitoringAlertType::Watchlist).unwrap();
    let alert = ResolveAlert::new(alert.parse().unwrap());
    world.client.resolve_alert(&alert).key("alert-1").await.unwrap();
    assert_wire!("verify_again", world);
}
