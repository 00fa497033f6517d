//! Every journey to its outcome.

use chrono::Duration;
use synctera::types::{
    AccountRelationshipType, AccountType, AccountVerification, BusinessStructure, CardStatus,
    DisclosureType, ExternalAccountStatus, ExternalAccountType, InternalTransferResponseStatus,
    ListAccountRelationshipsQuery, ListMonitoringSubscriptionsQuery, OutgoingAchStatus,
    PersonStatus, Relationship, VerificationStatus,
};
use synctera::{
    BankAccount, IssueCard, LinkExternalAccount, Money, OnboardBusiness, OnboardCustomer,
    OpenAccount, Outcome, Party, RelatedPerson, SendAch, Transfer,
};
use synctera_tests::World;
use synctera_tests::world::{ada, agreed, office, person};

#[tokio::test]
async fn a_person_becomes_a_customer() {
    let world = World::new().await;
    let request = OnboardCustomer::new(ada())
        .disclosed(agreed(DisclosureType::ESign))
        .disclosed(agreed(DisclosureType::RegDd))
        .consented()
        .monitoring();
    let mut steps = Vec::new();
    let outcome = world
        .client
        .onboard_customer(&request)
        .on_step(|step| steps.push(step.operation))
        .await
        .unwrap();
    assert_eq!(
        steps,
        [
            "create_person",
            "create_disclosure",
            "create_disclosure",
            "update_person",
            "verify",
            "create_monitoring_subscription"
        ]
    );
    let Outcome::Accepted(customer) = outcome else { panic!("{outcome}") };
    assert_eq!(customer.disclosures.len(), 2);
    assert!(!customer.verifications.is_empty());
    // What the journey says is what the platform says.
    let person = world.client.api().get_person(customer.person.id).await.unwrap();
    assert_eq!(person.status, PersonStatus::Active);
    assert_eq!(person.verification_status, VerificationStatus::Accepted);
    assert_eq!(customer.person.verification_status, person.verification_status);
    let query = ListMonitoringSubscriptionsQuery::default();
    let listed = world.client.api().list_monitoring_subscriptions(&query).await.unwrap();
    assert_eq!(listed.subscriptions[0].id, customer.monitoring.unwrap().id);
}

#[tokio::test]
async fn a_verification_has_four_outcomes() {
    let world = World::new().await;
    for (last_name, expected) in [
        ("Byron", "ACCEPTED"),
        ("Review", "REVIEW"),
        ("Rejected", "REJECTED"),
        ("Pending", "PENDING"),
        ("Provisional", "PENDING"),
    ] {
        let request = OnboardCustomer::new(person("Ada", last_name)).consented().monitoring();
        let outcome = world.client.onboard_customer(&request).await.unwrap();
        assert_eq!(outcome.to_string(), expected);
        assert_eq!(outcome.is_accepted(), expected == "ACCEPTED");
        // Who is not accepted is not watched.
        assert_eq!(outcome.get().monitoring.is_some(), expected == "ACCEPTED");
        if expected != "ACCEPTED" {
            let id = outcome.get().person.id;
            let error = outcome.accepted().unwrap_err();
            assert_eq!(error.error().code().unwrap().as_str(), "CUSTOMER_NOT_VERIFIED");
            assert_eq!(error.outcome().get().person.id, id, "nothing is lost");
            assert!(error.to_string().contains(&id.to_string()), "{error}");
        }
    }
}

#[tokio::test]
async fn a_business_becomes_a_customer_with_its_owners() {
    let world = World::new().await;
    let known = world.customer().await;
    let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .ein("12-3456789")
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
    let business = world.client.onboard_business(&request).await.unwrap().accepted().unwrap();
    assert_eq!(business.business.verification_status, Some(VerificationStatus::Accepted));
    assert!(business.monitoring.is_some());
    let [grace, other] = business.related_people.as_slice() else { panic!("two owners") };
    assert_eq!(grace.verification_status, Some(VerificationStatus::Accepted));
    assert!(matches!(
        grace.relationships.as_slice(),
        [Relationship::BeneficialOwnerOf(_), Relationship::ManagingPersonOf(_)]
    ));
    assert_eq!((other.id, &other.verification_status), (known, &None));
    assert_eq!(business.disclosures[0].acknowledging_person_id, Some(grace.id));

    let account = OpenAccount::new(AccountType::Checking, business.id).authorized_signer(known);
    let account = world.client.open_account(&account).await.unwrap();
    assert_eq!(account.account.business_ids, [business.id]);
}

#[tokio::test]
async fn a_business_is_reviewed_when_an_owner_is() {
    let world = World::new().await;
    let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .related_person(RelatedPerson::new(person("Grace", "Review")).ownership_percent(100.0))
        .consented();
    let outcome = world.client.onboard_business(&request).await.unwrap();
    let Outcome::Review(business) = outcome else { panic!("{outcome}") };
    assert_eq!(business.related_people[0].verification_status, Some(VerificationStatus::Review));
    assert_eq!(business.business.verification_status, Some(VerificationStatus::Review));
}

#[tokio::test]
async fn an_account_is_opened_for_its_holders() {
    let world = World::new().await;
    let (holder, joint) = (world.customer().await, world.customer().await);
    let request = OpenAccount::new(AccountType::Checking, holder).joint(joint).nickname("Home");
    let opened = world.client.open_account(&request).await.unwrap();
    assert_eq!(opened.account.nickname.as_deref(), Some("Home"));
    let query = ListAccountRelationshipsQuery::default();
    let api = world.client.api();
    let page = api.list_account_relationships(opened.id, &query).await.unwrap();
    let mut roles: Vec<_> = page
        .relationships
        .iter()
        .map(|relationship| relationship.relationship_type.clone())
        .collect();
    roles.sort_by_key(|role| role.as_str().to_owned());
    assert_eq!(
        roles,
        [
            AccountRelationshipType::JointAccountHolder,
            AccountRelationshipType::PrimaryAccountHolder
        ]
    );
    assert_eq!(world.balances(opened.id).await, (Money::usd(0), Money::usd(0)));

    let template = opened.account.account_template_id.unwrap();
    let chosen = OpenAccount::from_template(template, Party::Person(holder));
    let chosen = world.client.open_account(&chosen).await.unwrap();
    assert_eq!(chosen.account.account_template_id, Some(template));
}

#[tokio::test]
async fn accounts_elsewhere_are_linked_and_those_that_fail_are_told() {
    let world = World::new().await;
    let holder = world.customer().await;
    let request = LinkExternalAccount::plaid(holder, "public-sandbox-1", "ins_1")
        .account("checking")
        .account("loan-1")
        .account("failing-1");
    let linked = world.client.link_external_account(&request).await.unwrap();
    assert_eq!(linked.accounts.len(), 1);
    assert_eq!(linked.accounts[0].status, ExternalAccountStatus::Active);
    let failed: Vec<_> =
        linked.failed.iter().map(|failure| failure.vendor_account_id.as_str()).collect();
    assert_eq!(failed, ["loan-1", "failing-1"]);
    assert!(linked.access_token.is_some());
    let error = linked.all().unwrap_err().to_string();
    assert!(error.contains("loan-1 (UNSUPPORTED_ACCOUNT_TYPE)"), "{error}");

    let account = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890");
    let request = LinkExternalAccount::by_numbers(holder, account);
    let linked = world.client.link_external_account(&request).await.unwrap().all().unwrap();
    assert_eq!(linked[0].account_identifiers.number.expose(), "7890");
}

#[tokio::test]
async fn accounts_are_linked_through_finicity_by_its_own_id_of_the_customer() {
    let world = World::new().await;
    let holder = world.customer().await;
    let request = LinkExternalAccount::finicity(holder, "5011648377").account("savings");
    let linked = world.client.link_external_account(&request).await.unwrap();
    assert!(linked.access_token.is_none());
    let linked = linked.all().unwrap();
    assert_eq!(linked[0].type_, ExternalAccountType::Savings);
    let Some(AccountVerification::Base(proof)) = &linked[0].verification else {
        panic!("{:?}", linked[0].verification);
    };
    assert_eq!((proof.vendor.as_str(), proof.status.as_str()), ("FINICITY", "VERIFIED"));
    let api = world.client.api();
    let asked = Default::default();
    assert!(
        api.get_external_account_balance(linked[0].id, &asked).await.unwrap().current.is_some()
    );
    let again = world.client.link_external_account(&request).await.unwrap();
    assert_eq!(again.failed[0].reason.as_str(), "DUPLICATE_ACCOUNT");
    let nobody = LinkExternalAccount::finicity(holder, " ");
    let error = world.client.link_external_account(&nobody).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("vendor_customer_id"), "{error}");
}

#[tokio::test]
async fn a_push_sets_money_aside_and_pays_it_with_the_file() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    let push = SendAch::push(account, bank, Money::usd(60_00), holder);
    let sent = world.client.send_ach(&push).await.unwrap();
    assert_eq!(sent.status, OutgoingAchStatus::Pending);
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(40_00)));
    world.sandbox.advance(Duration::days(1)).unwrap();
    let sent = world.client.api().get_outgoing_ach(sent.id).await.unwrap();
    assert_eq!(sent.status, OutgoingAchStatus::Complete);
    assert_eq!(world.balances(account).await, (Money::usd(40_00), Money::usd(40_00)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_pull_arrives_with_the_file_and_is_free_some_days_later() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(250_00), holder);
    world.client.send_ach(&pull).await.unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(0), Money::usd(0)));
    world.sandbox.advance(Duration::hours(12)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(250_00), Money::usd(0)));
    world.sandbox.advance(Duration::days(7)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(250_00), Money::usd(250_00)));
}

#[tokio::test]
async fn a_transfer_moves_money_or_sets_it_aside() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(100_00)).await;
    let now = Transfer::new(checking, saving, Money::usd(40_00));
    let now = world.client.transfer(&now).await.unwrap();
    assert_eq!(now.status, InternalTransferResponseStatus::Complete);
    assert_eq!(world.balances(saving).await.0, Money::usd(40_00));
    let later = Transfer::new(checking, saving, Money::usd(25_00)).hold(None);
    let later = world.client.transfer(&later).await.unwrap();
    assert_eq!(later.status, InternalTransferResponseStatus::Pending);
    assert_eq!(world.balances(checking).await, (Money::usd(60_00), Money::usd(35_00)));
}

#[tokio::test]
async fn a_card_is_issued_in_either_form() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let card = IssueCard::virtual_debit(account, holder);
    let card = world.client.issue_card(&card).await.unwrap();
    assert_eq!(card.status, CardStatus::Active);
    assert_eq!(card.last_four.unwrap().len(), 4);
    let plastic = IssueCard::physical_debit(account, holder).emboss_name("A BYRON");
    let plastic = world.client.issue_card(&plastic).await.unwrap();
    assert_eq!(plastic.status, CardStatus::Unactivated);
    assert_ne!(plastic.id, card.id);
}
