//! Bringing people and businesses in, and looking after them.

use synctera::reconcile::ReconciliationFile;
use synctera::types::{
    BusinessStructure, DisclosureType, EventFilter, MonitoringAlertType, VerificationResult,
    VerificationType,
};
use synctera::{
    OnboardBusiness, OnboardCustomer, PersonId, RecordVerification, RelatedPerson, ResolveAlert,
    ScreenPayee, StartDocumentVerification, Subscribe, Verify,
};
use synctera_tests::World;
use synctera_tests::world::{ada, agreed, now, office, person};

use super::{About, How, Walk, Walked, continued, in_production, killed, shown, taken_up_late};

/// Somebody whom a person has to look at.
async fn in_review(world: &World) -> PersonId {
    let request = OnboardCustomer::new(person("Ada", "Review")).consented();
    world.client.onboard_customer(&request).await.unwrap().into_inner().person.id
}

journeys! {
    onboard_customer, found: |_world| OnboardCustomer::new(ada())
        .disclosed(agreed(DisclosureType::ESign))
        .disclosed(agreed(DisclosureType::RegDd))
        .consented()
        .monitoring() => |client, asked| client.onboard_customer(asked);
    onboard_business, found: |world| {
        let known = world.customer().await;
        OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
            .ein("12-3456789")
            .related_person(RelatedPerson::new(person("Grace", "Murray"))
                .ownership_percent(60.0)
                .managing()
                .certifies_ownership())
            .related_person(RelatedPerson::existing(known).ownership_percent(40.0))
            .disclosed(agreed(DisclosureType::OwnerCertification))
            .consented()
            .monitoring()
    } => |client, asked| client.onboard_business(asked);
    onboard_business_owned_by_another, found: |world| {
        let parent = OnboardBusiness::new("Parent LLC", BusinessStructure::Llc, office())
            .related_person(RelatedPerson::existing(world.customer().await).managing())
            .consented();
        let parent = world.client.onboard_business(&parent).await.unwrap().accepted().unwrap();
        OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
            .related_person(RelatedPerson::new(person("Grace", "Murray")).managing())
            .owned_by(parent.id, 60.0)
            .consented()
    } => |client, asked| client.onboard_business(asked);
    verify, found: |world| Verify::new(in_review(world).await).consented()
        => |client, asked| client.verify(asked);
    start_document_verification, refused: |world| {
        StartDocumentVerification::new(in_review(world).await).send_message()
    } => |client, asked| client.start_document_verification(asked);
    record_verification, refused: |world| RecordVerification::new(
        in_review(world).await,
        VerificationType::ManualReview,
        VerificationResult::Accepted,
        now(),
    ) => |client, asked| client.record_verification(asked);
    screen_payee, refused: |world| {
        ScreenPayee::new(world.customer().await, world.customer().await)
    } => |client, asked| client.screen_payee(asked);
    resolve_alert, found, reads_first: |world| {
        let request = OnboardCustomer::new(ada()).consented().monitoring();
        let ada = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
        let alert = world.sandbox.raise_alert(ada, &MonitoringAlertType::Watchlist).unwrap();
        ResolveAlert::new(alert.parse().unwrap())
    } => |client, asked| client.resolve_alert(asked);
    subscribe, found: |_world| Subscribe::to("https://example.com/hooks").event(EventFilter::PersonAny)
        => |client, asked| client.subscribe(asked);
    create_webhook_secret, refused: |_world| ()
        => |client, _asked| client.create_webhook_secret();
    roll_webhook_secret, refused: |world| drop(world.client.create_webhook_secret().await.unwrap())
        => |client, _asked| client.roll_webhook_secret();
    finish_webhook_secret_roll, declined: |world| {
        world.client.create_webhook_secret().await.unwrap();
        drop(world.client.roll_webhook_secret().await.unwrap())
    } => |client, _asked| client.finish_webhook_secret_roll();
    upload_reconciliation, refused: |_world| {
        ReconciliationFile::new("november.csv", "reference,amount\norder-9,1000\n")
    } => |client, asked| client.upload_reconciliation(asked);
}
