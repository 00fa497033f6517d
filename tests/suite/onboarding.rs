//! What comes after the first check: documents, reviews, further checks, and alerts.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use chrono::Duration as Span;
use futures_util::Stream;
use synctera::types::{
    AccountType, BusinessStructure, ListMonitoringAlertsQuery, MonitoringAlertType,
    MonitoringStatus, NewPerson, PersonStatus, Relationship, VerificationResult,
    VerificationStatus, VerificationType,
};
use synctera::{
    ErrorKind, OnboardBusiness, OnboardCustomer, OpenAccount, Outcome, Party, PersonId, Polling,
    RecordVerification, RelatedPerson, ResolveAlert, ScreenPayee, Sensitive,
    StartDocumentVerification, Verify,
};
use synctera_tests::World;
use synctera_tests::clock::noting;
use synctera_tests::world::{now, office, person};

use super::refusals::code;

/// Somebody whose check came out otherwise than accepted.
async fn doubtful(world: &World, first: &str, last: &str) -> PersonId {
    let request = OnboardCustomer::new(person(first, last)).consented();
    world.client.onboard_customer(&request).await.unwrap().into_inner().person.id
}

/// Somebody at a desk decides.
pub(super) async fn decide(world: &World, party: impl Into<Party>, result: &str) {
    let kind = VerificationType::ManualReview;
    let request = RecordVerification::new(party, kind, VerificationResult::from(result), now());
    world.client.record_verification(&request).await.unwrap();
}

#[tokio::test]
async fn a_document_settles_a_doubtful_identity() {
    let world = World::new().await;
    let id = doubtful(&world, "Ada", "Review").await;
    let session = StartDocumentVerification::new(id).send_message();
    let run = world.client.start_document_verification(&session);
    let session = run.key("docv-1").await.unwrap();
    assert!(!format!("{session:?}").contains(session.token.expose().as_str()));
    let request = Verify::new(id).document(&session).consented();
    let verified = world.client.verify(&request).await.unwrap().accepted().unwrap();
    assert_eq!((verified.party, verified.status), (id.into(), VerificationStatus::Accepted));
    assert!(verified.verifications.iter().any(|row| {
        row.verification_type == VerificationType::DocumentVerification
            && row.result == VerificationResult::Accepted
    }));
    let account = OpenAccount::new(AccountType::Checking, id);
    world.client.open_account(&account).await.unwrap();
}

#[tokio::test]
async fn a_document_does_not_settle_a_watchlist() {
    let world = World::new().await;
    let id = doubtful(&world, "Review", "Byron").await;
    let session = StartDocumentVerification::new(id);
    let session = world.client.start_document_verification(&session).await.unwrap();
    let request = Verify::new(id).document(&session).consented();
    let outcome = world.client.verify(&request).await.unwrap();
    assert!(matches!(outcome, Outcome::Review(_)), "{outcome}");
    let error = outcome.accepted().unwrap_err();
    assert_eq!(code(error.error()), "CUSTOMER_NOT_VERIFIED");
}

#[tokio::test]
async fn a_document_is_its_own_persons() {
    let world = World::new().await;
    let (ada, grace) = (doubtful(&world, "Ada", "Review").await, world.customer().await);
    let session = StartDocumentVerification::new(grace);
    let session = world.client.start_document_verification(&session).await.unwrap();
    let stolen = Verify::new(ada).document(&session).consented();
    let error = world.client.verify(&stolen).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("document_id"), "{error}");
    assert!(!error.to_string().contains(session.token.expose().as_str()));
    let made_up = Verify::new(ada).document(Sensitive::from("made-up")).consented();
    assert!(world.client.verify(&made_up).await.is_err());

    // Who has no phone cannot be sent a link.
    let body = NewPerson::new(true, PersonStatus::Prospect);
    let nobody = world.client.api().create_person(&body).await.unwrap().id;
    let session = StartDocumentVerification::new(nobody).send_message();
    let error = world.client.start_document_verification(&session).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("send_message"), "{error}");
}

#[tokio::test]
async fn a_check_needs_consent_and_only_persons_show_documents() {
    let world = World::new().await;
    let business: synctera::BusinessId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let request = Verify::new(business).document(Sensitive::from("token"));
    let error = world.client.verify(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(fields, ["customer_consent", "document_id"]);
    assert!(world.recorder.take().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_review_is_waited_for_by_asking_less_and_less_often() {
    let world = World::new().await;
    let id = doubtful(&world, "Ada", "Pending").await;
    let polling = Polling::default()
        .waits(Duration::from_secs(600), Duration::from_secs(1800))
        .deadline(Duration::from_secs(7200));
    let started = world.sandbox.now();
    world.recorder.take();
    let outcome = world.patient().await_verification(id).polling(polling).await.unwrap();
    let verified = outcome.accepted().unwrap();
    assert_eq!(verified.verifications.len(), 2);
    assert_eq!(world.sandbox.now() - started, Span::seconds(600 + 1200 + 1800));
    let looks = world.recorder.take().len() - 1;
    assert_eq!(looks, 4, "one at once, and one after each wait");
}

#[tokio::test]
async fn a_review_that_nobody_does_ends_at_the_deadline() {
    let world = World::new().await;
    let id = doubtful(&world, "Ada", "Review").await;
    let polling = Polling::default()
        .waits(Duration::from_secs(60), Duration::from_secs(3600))
        .deadline(Duration::from_secs(600));
    let waited = Arc::new(Mutex::new(Duration::ZERO));
    let noted = waited.clone();
    let client = world.on_clock(noting(move |time| *noted.lock().unwrap() += time));
    let outcome = client.await_verification(id).polling(polling).await.unwrap();
    assert!(matches!(outcome, Outcome::Review(_)), "{outcome}");
    assert_eq!(*waited.lock().unwrap(), Duration::from_secs(600));
    // What is decided already is told at once.
    let known = world.customer().await;
    assert!(client.await_verification(known).await.unwrap().is_accepted());
    assert_eq!(*waited.lock().unwrap(), Duration::from_secs(600));
}

/// News that comes once somebody waits for it.
struct News<'a> {
    asked: &'a AtomicUsize,
    left: usize,
}

impl Stream for News<'_> {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<()>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(()))
            }
            None => Poll::Ready(None),
        }
    }
}

#[tokio::test]
async fn news_ends_a_pause() {
    let world = World::new().await;
    let id = doubtful(&world, "Ada", "Review").await;
    let asked = AtomicUsize::new(0);
    world.recorder.take();
    // Two wake-ups without a decision, then the news ends, and asking goes on.
    let news = News { asked: &asked, left: 2 };
    let polling = Polling::every(Duration::from_secs(60)).deadline(Duration::from_secs(120));
    let client = world.on_clock(noting(|_| {}));
    let outcome = client.await_verification(id).polling(polling).wake_on(news).await.unwrap();
    assert!(matches!(outcome, Outcome::Review(_)), "{outcome}");
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    let reads = world.recorder.take();
    let of_person = reads.iter().filter(|read| read.line.starts_with("GET /v2/persons/"));
    // At first, for each piece of news, and after each of two pauses.
    assert_eq!(of_person.count(), 5);
}

#[tokio::test]
async fn a_decision_elsewhere_overrides_the_checks() {
    let world = World::new().await;
    let id = doubtful(&world, "Ada", "Review").await;
    let status =
        async || world.client.api().get_person(id).await.unwrap().verification_status.clone();
    decide(&world, id, "REJECTED").await;
    assert_eq!(status().await, VerificationStatus::Rejected);
    decide(&world, id, "ACCEPTED").await;
    assert_eq!(status().await, VerificationStatus::Accepted);
    // Nobody vouches for somebody who is hardly known.
    let prospect = world.prospect().await;
    let request = RecordVerification::new(
        prospect,
        VerificationType::Identity,
        VerificationResult::Accepted,
        now(),
    );
    let error = world.client.record_verification(&request).await.unwrap_err();
    assert!(error.problem().missing.iter().any(|field| field == "dob"), "{error}");
}

#[tokio::test]
async fn a_payee_is_looked_up_before_being_paid() {
    let world = World::new().await;
    let payer = world.customer().await;
    let stranger = |first: &str| NewPerson {
        first_name: Some(first.to_owned()),
        ..NewPerson::new(false, PersonStatus::Active)
    };
    let api = world.client.api();
    let fine = api.create_person(&stranger("William")).await.unwrap().id;
    let listed = api.create_person(&stranger("Rejected")).await.unwrap().id;
    let screened = world.client.screen_payee(&ScreenPayee::new(payer, fine)).await.unwrap();
    assert!(screened.may_be_paid());
    let screened = world.client.screen_payee(&ScreenPayee::new(payer, listed)).await.unwrap();
    assert!(!screened.may_be_paid());
    assert_eq!(screened.matching_watchlists.len(), 1);
    let error = world.client.screen_payee(&ScreenPayee::new(fine, payer)).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("payer_id"), "{error}");
}

#[tokio::test]
async fn who_may_use_an_account_is_looked_up_on_the_watchlists() {
    let world = World::new().await;
    let holder = world.customer().await;
    let user = world.prospect_with_address().await;
    let request = OpenAccount::new(AccountType::Checking, holder).authorized_user(user);
    world.client.open_account(&request).await.unwrap();
    let renamed = synctera::types::PersonPatch {
        first_name: "Rejected".to_owned().into(),
        ..Default::default()
    };
    world.client.api().update_person(user, &renamed).await.unwrap();
    let request = OpenAccount::new(AccountType::Checking, holder).authorized_user(user);
    let error = world.client.open_account(&request).await.unwrap_err();
    assert_eq!(code(&error), "CUSTOMER_NOT_VERIFIED");
}

#[tokio::test]
async fn alerts_come_the_next_morning_and_are_put_aside() {
    let world = World::new().await;
    let request = OnboardCustomer::new(person("Ada", "Alert")).consented().monitoring();
    let id = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
    let unwatched = world.customer().await;
    let alerts = async || {
        let mut alerts = world.client.list(ListMonitoringAlertsQuery::default());
        let mut found = Vec::new();
        while let Some(alert) = alerts.try_next().await.unwrap() {
            found.push(alert);
        }
        found
    };
    assert!(alerts().await.is_empty());
    world.sandbox.advance(Span::days(1)).unwrap();
    let [alert] = alerts().await.try_into().unwrap();
    assert_eq!((alert.person_id, alert.status), (Some(id), Some(MonitoringStatus::Active)));
    assert_eq!(alert.type_, Some(MonitoringAlertType::Watchlist));

    let resolve = ResolveAlert::new(alert.id.unwrap());
    let mut steps = 0;
    for _ in 0..2 {
        // The second time there is nothing to do.
        let run = world.client.resolve_alert(&resolve).on_step(|_| steps += 1);
        assert_eq!(run.await.unwrap().status, Some(MonitoringStatus::Suppressed));
    }
    assert_eq!(steps, 1);

    world.sandbox.raise_alert(id, &MonitoringAlertType::NegativeNews).unwrap();
    assert_eq!(alerts().await.len(), 2);
    let error = world.sandbox.raise_alert(unwatched, &MonitoringAlertType::Watchlist);
    assert!(error.unwrap_err().to_string().contains("not monitored"));
}

#[tokio::test]
async fn a_business_may_be_owned_by_another() {
    let world = World::new().await;
    let business = |name: &str, last: &str| {
        OnboardBusiness::new(name, BusinessStructure::Llc, office())
            .related_person(
                RelatedPerson::new(person("Grace", last))
                    .ownership_percent(40.0)
                    .managing_as_other("Treasurer"),
            )
            .consented()
    };
    let holding = world.client.onboard_business(&business("Holding", "Murray")).await.unwrap();
    let holding = holding.accepted().unwrap();
    let request = business("Daughter", "Murray").owned_by(holding.id, 60.0);
    let daughter = world.client.onboard_business(&request).await.unwrap().accepted().unwrap();
    let [Relationship::OwnerOf(owner)] = daughter.owning_businesses.as_slice() else {
        panic!("{:?}", daughter.owning_businesses)
    };
    assert_eq!((owner.from_business_id, owner.to_business_id), (holding.id, daughter.id));
    assert_eq!(owner.additional_data.percent_ownership, 60.0);

    // It is no better than the businesses behind it.
    let doubtful = world.client.onboard_business(&business("Shell", "Review")).await.unwrap();
    assert!(matches!(doubtful, Outcome::Review(_)), "{doubtful}");
    let request = business("Second", "Murray").owned_by(doubtful.get().id, 60.0);
    let second = world.client.onboard_business(&request).await.unwrap();
    assert!(matches!(second, Outcome::Review(_)), "{second}");
    let too_much = business("Third", "Murray").owned_by(holding.id, 60.1);
    let error = world.client.onboard_business(&too_much).await.unwrap_err();
    assert!(error.to_string().contains("more than 100 percent"), "{error}");
}
