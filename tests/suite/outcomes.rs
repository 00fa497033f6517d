//! An outcome is as of today: a run that is repeated under its key reads what became of what it
//! made, whatever the platform answered the first time.

use chrono::TimeDelta;
use synctera::types::{
    AccountAccessStatus, AccountType, BusinessStructure, CardStatus, ExternalAccountPatch,
    InternalTransferResponseStatus, ListMonitoringSubscriptionsQuery, OutgoingAchStatus,
    VerificationResult, VerificationStatus, VerificationType, WireStatus,
};
use synctera::{
    AccountId, BankAccount, BusinessId, ExternalAccountId, IssueCard, LinkExternalAccount, Money,
    OnboardBusiness, OnboardCustomer, OpenAccount, Outcome, Party, PersonId, RecordVerification,
    RelatedPerson, SendAch, SendWire, SuspendCard, Transfer, Verify,
};
use synctera_tests::World;
use synctera_tests::world::{ada, now, office, person};

/// What a person decides after having looked at it.
async fn decide(world: &World, party: impl Into<Party>, result: VerificationResult) {
    let decided = RecordVerification::new(party, VerificationType::ManualReview, result, now());
    world.client.record_verification(&decided).await.unwrap();
}

async fn watched(world: &World) -> usize {
    let query = ListMonitoringSubscriptionsQuery::default();
    let found = world.client.api().list_monitoring_subscriptions(&query).await.unwrap();
    found.subscriptions.len()
}

#[tokio::test]
async fn a_person_in_review_is_what_was_decided_since() {
    for (result, status) in [
        (VerificationResult::Accepted, VerificationStatus::Accepted),
        (VerificationResult::Rejected, VerificationStatus::Rejected),
    ] {
        let world = World::new().await;
        let request = OnboardCustomer::new(person("Ada", "Review")).consented().monitoring();
        let run = async || world.client.onboard_customer(&request).key("signup").await.unwrap();
        let first = run().await;
        assert!(matches!(first, Outcome::Review(_)), "{first}");
        let checks = first.get().verifications.len();
        let id: PersonId = first.get().person.id;
        assert!(matches!(run().await, Outcome::Review(_)));
        decide(&world, id, result).await;

        for _ in 0..2 {
            let again = run().await;
            assert_eq!(again.get().person.verification_status, status);
            assert_eq!(again.get().person.id, id);
            assert_eq!(again.is_accepted(), status == VerificationStatus::Accepted);
            let decided = again.get().verifications.iter().any(|verification| {
                verification.verification_type == VerificationType::ManualReview
            });
            assert!(decided && again.get().verifications.len() > checks, "{again:?}");
            // Monitoring that was asked for is set up once the review ended well, and once.
            let is_watched = status == VerificationStatus::Accepted;
            assert_eq!(again.get().monitoring.is_some(), is_watched);
            assert_eq!(watched(&world).await, usize::from(is_watched));
        }
    }
}

#[tokio::test]
async fn a_further_check_is_what_was_decided_since() {
    let world = World::new().await;
    let request = OnboardCustomer::new(person("Ada", "Review")).consented();
    let ada = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
    let verify = Verify::new(ada).consented();
    let run = async || world.client.verify(&verify).key("check").await.unwrap();
    assert!(matches!(run().await, Outcome::Review(_)));
    decide(&world, ada, VerificationResult::Accepted).await;
    let again = run().await;
    assert!(again.is_accepted(), "{again:?}");
    assert_eq!(again.get().status, VerificationStatus::Accepted);
    assert!(
        again.get().verifications.iter().any(|verification| {
            verification.verification_type == VerificationType::ManualReview
        })
    );
}

#[tokio::test]
async fn a_business_and_the_people_behind_it_are_what_was_decided_since() {
    for (result, status) in [
        (VerificationResult::Accepted, VerificationStatus::Accepted),
        (VerificationResult::Rejected, VerificationStatus::Rejected),
    ] {
        let world = World::new().await;
        let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
            .ein("12-3456789")
            .email("office@example.com")
            .related_person(RelatedPerson::new(person("Grace", "Review")).ownership_percent(60.0))
            .consented()
            .monitoring();
        let run = async || world.client.onboard_business(&request).key("signup").await.unwrap();
        let first = run().await;
        assert!(matches!(first, Outcome::Review(_)), "{first}");
        let business: BusinessId = first.get().id;
        let grace = &first.get().related_people[0];
        assert_eq!(grace.verification_status, Some(VerificationStatus::Review));
        decide(&world, grace.id, result.clone()).await;
        decide(&world, business, result).await;

        for _ in 0..2 {
            let again = run().await;
            assert_eq!(again.get().business.verification_status, Some(status.clone()));
            assert_eq!(again.get().related_people[0].verification_status, Some(status.clone()));
            assert_eq!(again.is_accepted(), status == VerificationStatus::Accepted);
            assert!(again.get().verifications.iter().any(|verification| {
                verification.verification_type == VerificationType::ManualReview
            }));
            let is_watched = status == VerificationStatus::Accepted;
            assert_eq!(again.get().monitoring.is_some(), is_watched);
            assert_eq!(watched(&world).await, usize::from(is_watched));
        }
    }
}

/// An account with money, another one, and one elsewhere.
async fn payer(world: &World) -> (PersonId, AccountId, AccountId, ExternalAccountId) {
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(500_00)).await;
    let other = world.account(AccountType::Saving, holder).await;
    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
        .wires("021000021");
    let bank = LinkExternalAccount::by_numbers(holder, bank);
    let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
    (holder, account, other, bank)
}

#[tokio::test]
async fn money_on_its_way_is_where_it_is_today() {
    let world = World::new().await;
    let (holder, account, other, bank) = payer(&world).await;
    let push = SendAch::push(account, bank, Money::usd(60_00), holder);
    let push = async || world.client.send_ach(&push).key("push").await.unwrap();
    let wire = SendWire::new(account, bank, Money::usd(60_00), holder, "Invoice");
    let wire = async || world.client.send_wire(&wire).key("wire").await.unwrap();
    let held = Transfer::new(account, other, Money::usd(40_00)).hold(None);
    let held = async || world.client.transfer(&held).key("held").await.unwrap();

    assert_eq!(push().await.status, OutgoingAchStatus::Pending);
    assert_eq!(wire().await.status, WireStatus::Pending);
    assert_eq!(held().await.status, InternalTransferResponseStatus::Pending);
    world.client.cancel_wire(wire().await.id).await.unwrap();
    world.client.post_transfer(held().await.id).await.unwrap();
    world.sandbox.advance(TimeDelta::days(1)).unwrap();
    assert_eq!(push().await.status, OutgoingAchStatus::Complete);
    assert_eq!(wire().await.status, WireStatus::Canceled);
    assert_eq!(held().await.status, InternalTransferResponseStatus::Complete);
}

#[tokio::test]
async fn accounts_and_cards_are_as_they_are_today() {
    let world = World::new().await;
    let holder = world.customer().await;
    let open = OpenAccount::new(AccountType::Checking, holder);
    let open = async || world.client.open_account(&open).key("account").await.unwrap();
    let account = open().await;
    let issue = IssueCard::virtual_debit(account.id, holder);
    let issue = async || world.client.issue_card(&issue).key("card").await.unwrap();
    let card = issue().await;
    let bank = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let link = LinkExternalAccount::by_numbers(holder, bank);
    let link = async || world.client.link_external_account(&link).key("link").await.unwrap();
    let linked = link().await.all().unwrap()[0].id;

    world.client.freeze_account(account.id).await.unwrap();
    world.client.suspend_card(&SuspendCard::new(card.id)).await.unwrap();
    let named = ExternalAccountPatch { nickname: "Old".to_owned().into(), ..Default::default() };
    world.client.api().update_external_account(linked, &named).await.unwrap();
    assert_eq!(open().await.account.access_status, Some(AccountAccessStatus::Frozen));
    assert_eq!(issue().await.status, CardStatus::Suspended);
    assert_eq!(link().await.all().unwrap()[0].nickname.as_deref(), Some("Old"));
}

/// A run whose caller chose no key cannot be a repeated one, and reads nothing more.
#[tokio::test]
async fn a_run_without_a_key_is_not_read_again() {
    let world = World::new().await;
    world.client.onboard_customer(&OnboardCustomer::new(ada()).consented()).await.unwrap();
    let sent = world.recorder.take();
    assert!(sent.iter().all(|request| !request.line.starts_with("GET ")), "{sent:?}");
}
