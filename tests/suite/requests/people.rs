//! Requests about people, businesses and webhooks.

use synctera::types::{
    BusinessStructure, DisclosureType, DocumentVerificationSessionRequestDocumentType,
    DocumentVerificationSessionRequestLanguage, EventFilter, ManagingPersonDataTitle,
    MonitoringAlertType, VendorXml, VerificationDetailCategory, VerificationDetailInput,
    VerificationDetailResult, VerificationResult, VerificationType, VerificationVendorInfo,
};
use synctera::{
    CreateWebhookSecret, Disclosed, FinishWebhookSecretRoll, OnboardBusiness, OnboardCustomer,
    PersonId, RecordVerification, RelatedPerson, ResolveAlert, RollWebhookSecret, ScreenPayee,
    StartDocumentVerification, Subscribe, Verify,
};
use synctera_tests::World;
use synctera_tests::world::{ada, now, office, person};

async fn in_review(world: &World) -> PersonId {
    let request = OnboardCustomer::new(person("Ada", "Review")).consented();
    world.client.onboard_customer(&request).await.unwrap().into_inner().person.id
}

requests! {
    onboard_customer: OnboardCustomer, async |_world| ids! {}, |_ids| OnboardCustomer::new(
        ada()
            .middle_name("Augusta")
            .chosen_name("Countess")
            .legal_address(office().line_2("Apt 5"))
            .shipping_address(office())
            .metadata("signup", 8841)
            .metadata("tags", serde_json::json!(["web"])),
    )
    .disclosed(Disclosed::acknowledged(DisclosureType::ESign, "1.0", now()))
    .disclosed(Disclosed::viewed(DisclosureType::RegDd, "1.0", now()))
    .ip_address("203.0.113.7".parse::<std::net::IpAddr>().unwrap())
    .consented()
    .monitoring();

    onboard_business: OnboardBusiness, async |world| {
        let (owner, known) = (world.business().await.0, world.customer().await);
        ids! { owner, known }
    }, |ids| OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .ein("12-3456789")
        .email("office@example.com")
        .phone_number("+14155550100")
        .formed("2020-02-29".parse().unwrap(), "DE")
        .trade_name("Flow")
        .trade_name("Matic")
        .website("https://flow.example")
        .related_person(
            RelatedPerson::new(person("Grace", "Murray"))
                .ownership_percent(40.0)
                .managing_as(ManagingPersonDataTitle::Founder)
                .certifies_ownership(),
        )
        .related_person(RelatedPerson::existing(ids.get("known")).managing_as_other("Clerk"))
        .owned_by(ids.get("owner"), 25.5)
        .disclosed(Disclosed::acknowledged(DisclosureType::OwnerCertification, "1.0", now()))
        .consented()
        .monitoring();

    verify: Verify, async |world| {
        let person = in_review(world).await;
        let session = StartDocumentVerification::new(person);
        let document = world.client.start_document_verification(&session).await.unwrap().token;
        let document = document.expose().clone();
        ids! { person, document }
    }, |ids| Verify::new(ids.get::<PersonId>("person"))
        .document(ids.get::<String>("document"))
        .ip_address("203.0.113.7".parse::<std::net::IpAddr>().unwrap())
        .consented();

    start_document_verification: StartDocumentVerification, async |world| {
        let person = in_review(world).await;
        ids! { person }
    }, |ids| StartDocumentVerification::new(ids.get("person"))
        .document_type(DocumentVerificationSessionRequestDocumentType::Passport)
        .language(DocumentVerificationSessionRequestLanguage::FrCa)
        .send_message();

    record_verification: RecordVerification, async |world| {
        let person = in_review(world).await;
        ids! { person }
    }, |ids| RecordVerification::new(
        ids.get::<PersonId>("person"),
        VerificationType::ManualReview,
        VerificationResult::Accepted,
        now(),
    )
    .detail(VerificationDetailInput {
        category: Some(VerificationDetailCategory::Address),
        description: Some("Utility bill".to_owned()),
        result: Some(VerificationDetailResult::Pass),
        score: Some(0.5),
        ..VerificationDetailInput::default()
    })
    .vendor(VerificationVendorInfo::TextXml(VendorXml::new("CHECKERS", "[ok/]")))
    .metadata("case", 17);

    screen_payee: ScreenPayee, async |world| {
        let (person, (business, _)) = (world.customer().await, world.business().await);
        ids! { person, business }
    }, |ids| ScreenPayee::new(
        ids.get::<PersonId>("person"),
        ids.get::<synctera::BusinessId>("business"),
    );

    resolve_alert: ResolveAlert, async |world| {
        let request = OnboardCustomer::new(ada()).consented().monitoring();
        let ada = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
        let alert = world.sandbox.raise_alert(ada, &MonitoringAlertType::Watchlist).unwrap();
        ids! { alert }
    }, |ids| ResolveAlert::new(ids.get("alert"));

    subscribe: Subscribe, async |_world| ids! {}, |_ids| Subscribe::to("https://example.com/hooks")
        .event(EventFilter::PersonVerificationOutcomeUpdated)
        .event(EventFilter::TransactionAny)
        .description("Sign-up")
        .metadata("region-1");

    create_webhook_secret: CreateWebhookSecret, async |_world| ids! {},
        |_ids| CreateWebhookSecret::new();

    roll_webhook_secret: RollWebhookSecret, async |world| {
        world.client.create_webhook_secret().await.unwrap();
        ids! {}
    }, |_ids| RollWebhookSecret::new();

    finish_webhook_secret_roll: FinishWebhookSecretRoll, async |world| {
        world.client.create_webhook_secret().await.unwrap();
        world.client.roll_webhook_secret().await.unwrap();
        ids! {}
    }, |_ids| FinishWebhookSecretRoll::new();
}
