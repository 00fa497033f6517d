//! What must not happen does not, and the error says what to do.

use synctera::types::{
    AccountTemplateInput, AccountType, BusinessStructure, NewOutgoingAch, OutgoingAchStatus,
    PersonStatus, TemplateFieldsDepository,
};
use synctera::{
    AccountId, BankAccount, CountryCode, Currency, ErrorKind, IssueCard, LinkExternalAccount,
    Money, OnboardBusiness, OnboardCustomer, OpenAccount, PersonDetails, RelatedPerson, SendAch,
    Synctera, Transfer,
};
use synctera_tests::World;
use synctera_tests::world::{ada, office, person};

pub(super) fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

#[tokio::test]
async fn a_holder_who_is_not_verified_is_refused_before_anything_is_made() {
    let world = World::new().await;
    let prospect = world.prospect().await;
    let verified = world.customer().await;
    world.recorder.take();
    for request in [
        OpenAccount::new(AccountType::Checking, prospect),
        OpenAccount::new(AccountType::Checking, verified).joint(prospect),
        OpenAccount::new(AccountType::Checking, verified).authorized_signer(prospect),
    ] {
        let error = world.client.open_account(&request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(code(&error), "CUSTOMER_NOT_VERIFIED");
        assert!(error.to_string().contains("UNVERIFIED, not ACCEPTED"), "{error}");
    }
    assert!(world.recorder.take().iter().all(|request| request.line.starts_with("GET ")));
}

#[tokio::test]
async fn the_platform_refuses_an_unverified_holder_too() {
    use synctera::types::{AccountRelationshipInput, AccountRelationshipType, NewAccount};
    let world = World::new().await;
    let prospect = world.prospect().await;
    let body = NewAccount {
        account_type: Some(AccountType::Checking),
        relationships: vec![AccountRelationshipInput {
            customer_id: Some(prospect.into()),
            ..AccountRelationshipInput::new(AccountRelationshipType::PrimaryAccountHolder)
        }],
        ..NewAccount::default()
    };
    let error = world.client.api().create_account(&body).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 422);
    assert_eq!(code(&error), "CUSTOMER_NOT_VERIFIED");
}

#[tokio::test]
async fn an_account_needs_exactly_one_template_to_take() {
    let world = World::new().await;
    let holder = world.customer().await;
    let request = OpenAccount::new(AccountType::LineOfCredit, holder);
    let api = world.client.api();
    let templates = api.list_account_templates(&Default::default()).await.unwrap();
    for template in &templates.account_templates {
        if template.template.account_type == AccountType::LineOfCredit {
            api.delete_account_template(template.id.unwrap()).await.unwrap();
        }
    }
    let error = world.client.open_account(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("no enabled account template of type LINE_OF_CREDIT"));

    let second = AccountTemplateInput::new(
        true,
        "Second checking",
        TemplateFieldsDepository::new(AccountType::Checking, CountryCode::US, Currency::USD).into(),
    );
    api.create_account_template(&second).await.unwrap();
    let request = OpenAccount::new(AccountType::Checking, holder);
    let error = world.client.open_account(&request).await.unwrap_err().to_string();
    assert!(error.contains("more than one") && error.contains("Second checking"), "{error}");
}

#[tokio::test]
async fn money_that_is_not_there_does_not_move() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(10_00)).await;

    let transfer = Transfer::new(account, saving, Money::usd(10_01));
    let error = world.client.transfer(&transfer).key("t-1").await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Api, "INSUFFICIENT_FUNDS"));
    assert!(error.request_id().is_some() && error.idempotency_key().is_some());
    assert_eq!(error.progress().unwrap().key, "t-1");
    assert!(!error.is_retryable());

    let push = SendAch::push(account, bank, Money::usd(10_01), holder);
    let error = world.client.send_ach(&push).await.unwrap_err();
    assert_eq!(code(&error), "INSUFFICIENT_FUNDS");
    assert_eq!(world.balances(account).await, (Money::usd(10_00), Money::usd(10_00)));
    assert_eq!(world.balances(saving).await, (Money::usd(0), Money::usd(0)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn money_is_pulled_from_proven_accounts_only() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let elsewhere = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "12345678");
    let link = LinkExternalAccount::by_numbers(holder, elsewhere);
    let linked = world.client.link_external_account(&link).await.unwrap().all().unwrap();
    world.fund(account, Money::usd(10_00)).await;

    let pull = SendAch::pull(account, linked[0].id, Money::usd(5_00), holder);
    let error = world.client.send_ach(&pull).await.unwrap_err();
    assert_eq!(code(&error), "EXTERNAL_ACCOUNT_NOT_VERIFIED");
    let push = SendAch::push(account, linked[0].id, Money::usd(5_00), holder);
    let sent = world.client.send_ach(&push).await.unwrap();
    assert_eq!(sent.status, OutgoingAchStatus::Pending);
}

#[tokio::test]
async fn an_id_that_nobody_has_is_named() {
    let world = World::new().await;
    let nobody: AccountId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let error = world.client.api().get_account(nobody).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.operation()), (404, "get_account"));

    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let transfer = Transfer::new(account, nobody, Money::usd(1_00));
    let error = world.client.transfer(&transfer).await.unwrap_err();
    assert_eq!(code(&error), "ACCOUNT_NOT_FOUND");
    assert!(error.to_string().contains("receiving_account_id"), "{error}");
    let card = IssueCard::virtual_debit(nobody, holder);
    assert!(world.client.issue_card(&card).await.is_err());
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let world = World::new().await;
    let client =
        Synctera::builder("not-the-key").base_url(world.sandbox.base_url()).build().unwrap();
    let request = OnboardCustomer::new(ada()).consented();
    let error = client.onboard_customer(&request).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert_eq!(error.operation(), "create_person");
    assert!(error.progress().unwrap().done.is_empty());
    assert!(!format!("{error} {error:?} {client:?}").contains("not-the-key"));
    let persons = world.client.api().list_persons(&Default::default()).await.unwrap();
    assert!(persons.persons.is_empty());
}

#[tokio::test]
async fn input_that_is_wrong_is_told_at_once_and_not_sent() {
    let world = World::new().await;
    let nobody = PersonDetails::new(" ", "Byron", "2030-01-01".parse().unwrap())
        .ssn("12345678")
        .phone_number("555-0123")
        .email("ada");
    let error = world.client.onboard_customer(&OnboardCustomer::new(nobody)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["customer_consent", "dob", "email", "first_name", "legal_address", "phone_number", "ssn"]
    );
    assert!(!error.to_string().contains("12345678"), "{error}");

    let alone = OnboardBusiness::new("Flow Matic", BusinessStructure::Llc, office()).consented();
    let error = world.client.onboard_business(&alone).await.unwrap_err();
    assert_eq!(error.problem().invalid.keys().collect::<Vec<_>>(), ["related_people"]);
    let greedy = OnboardBusiness::new("Flow Matic", BusinessStructure::Llc, office())
        .related_person(RelatedPerson::new(person("Grace", "Murray")).ownership_percent(80.0))
        .related_person(RelatedPerson::new(person("Ada", "Byron")).ownership_percent(30.0))
        .consented();
    let error = world.client.onboard_business(&greedy).await.unwrap_err();
    assert!(error.to_string().contains("more than 100 percent"), "{error}");

    let id: AccountId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let error = world.client.transfer(&Transfer::new(id, id, Money::usd(0))).await.unwrap_err();
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(fields, ["amount", "receiving_account_id"]);
    assert!(world.recorder.take().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_malformed_body_names_its_fields() {
    use synctera::types::DcSign;
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.recorder.take();
    // What the document limits is refused here,
    let body = NewOutgoingAch::new(-5, Currency::USD, holder.into(), DcSign::Debit, account, bank);
    let error = world.client.api().create_outgoing_ach(&body).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidInput, "create_outgoing_ach"));
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(fields, ["amount"], "{error}");
    assert!(world.recorder.take().is_empty(), "something was sent");
    // and what only the platform knows, there.
    let body = NewOutgoingAch {
        effective_date: Some("2020-01-01".parse().unwrap()),
        ..NewOutgoingAch::new(5, Currency::USD, holder.into(), DcSign::Debit, account, bank)
    };
    let error = world.client.api().create_outgoing_ach(&body).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), code(&error)), (400, "BAD_REQUEST_BODY"));
    assert!(error.problem().invalid.contains_key("effective_date"), "{error}");
}

#[tokio::test]
async fn a_customer_who_is_frozen_cannot_pay() {
    use synctera::types::PersonPatch;
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(10_00)).await;
    let frozen = PersonPatch { status: PersonStatus::Frozen.into(), ..PersonPatch::default() };
    world.client.api().update_person(holder, &frozen).await.unwrap();
    let push = SendAch::push(account, bank, Money::usd(5_00), holder);
    let error = world.client.send_ach(&push).await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_CUSTOMER_STATUS");
    assert_eq!(world.balances(account).await, (Money::usd(10_00), Money::usd(10_00)));
}
