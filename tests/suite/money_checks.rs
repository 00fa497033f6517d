//! Checks by their pictures, and the documents behind them.

use chrono::Duration;
use synctera::types::{
    CheckDeposit, CheckDepositStatus, DocumentEncryption, DocumentPatch, DocumentType,
    ListDocumentsQuery, NewDocument, NewDocumentVersion,
};
use synctera::{AccountId, DepositCheck, ErrorKind, Money, PersonId, Upload};
use synctera_tests::World;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

/// A picture, as far as anybody looks.
fn picture(name: &str, what: &str) -> Upload {
    let mut bytes = vec![0xFF, 0xD8, 0xFF];
    bytes.extend_from_slice(what.as_bytes());
    Upload::new(name, "image/jpeg", bytes)
}

async fn deposit(world: &World, into: AccountId, by: PersonId, front: &str) -> CheckDeposit {
    let check =
        DepositCheck::new(into, by, Money::usd(75_00), picture(front, front), picture("b", "back"));
    world.client.deposit_check(&check).await.unwrap()
}

async fn status(world: &World, deposit: &CheckDeposit) -> CheckDepositStatus {
    world.client.api().get_rdc_deposit(deposit.id).await.unwrap().status.clone()
}

#[tokio::test]
async fn a_check_is_deposited_and_its_money_free_some_days_later() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let front = picture("front.jpg", "front");
    let request = DepositCheck::new(account, holder, Money::usd(75_00), front, picture("b", "b"));
    let mut steps = Vec::new();
    let run = world.client.deposit_check(&request).key("check-1");
    let done = run.on_step(|step| steps.push(step.operation)).await.unwrap();
    assert_eq!(steps, ["create_document", "create_document", "create_rdc_deposit"]);
    assert_eq!(done.status, CheckDepositStatus::Submitted);
    assert_eq!(world.balances(account).await, (Money::usd(75_00), Money::usd(0)));
    // Once more under the same key: nothing is done twice, though the forms look different.
    let again = world.client.deposit_check(&request).key("check-1").await.unwrap();
    assert_eq!(again.id, done.id);
    let api = world.client.api();
    let documents = api.list_documents(&ListDocumentsQuery::default()).await.unwrap();
    assert_eq!(documents.documents.len(), 2);
    assert_eq!(documents.documents[0].encryption, Some(DocumentEncryption::Required));
    world.sandbox.advance(Duration::days(7)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(75_00), Money::usd(75_00)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_check_can_fail_be_doubted_or_bounce() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let failed = deposit(&world, account, holder, "unreadable.jpg").await;
    assert_eq!(failed.status, CheckDepositStatus::Failed);
    let doubted = deposit(&world, account, holder, "doubtful.jpg").await;
    let rejected = deposit(&world, account, holder, "rejected.jpg").await;
    for open in [&doubted, &rejected] {
        assert_eq!((&open.status, open.transaction_id), (&CheckDepositStatus::Pending, None));
    }
    assert_eq!(world.balances(account).await.0, Money::usd(0));
    world.sandbox.advance(Duration::hours(24)).unwrap();
    assert_eq!(status(&world, &doubted).await, CheckDepositStatus::Submitted);
    assert_eq!(status(&world, &rejected).await, CheckDepositStatus::Rejected);
    assert_eq!(world.balances(account).await.0, Money::usd(75_00));
    // The same picture twice.
    let again = deposit(&world, account, holder, "doubtful.jpg").await;
    assert_eq!(again.status, CheckDepositStatus::Pending);
    world.sandbox.advance(Duration::hours(24)).unwrap();
    assert_eq!(status(&world, &again).await, CheckDepositStatus::Rejected);

    let bounced = deposit(&world, account, holder, "bounced.jpg").await;
    assert_eq!(bounced.status, CheckDepositStatus::Submitted);
    assert_eq!(world.balances(account).await.0, Money::usd(150_00));
    world.sandbox.advance(Duration::days(9)).unwrap();
    assert_eq!(status(&world, &bounced).await, CheckDepositStatus::Returned);
    assert_eq!(world.balances(account).await, (Money::usd(75_00), Money::usd(75_00)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn checks_that_break_the_rules_are_refused() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.recorder.take();
    let same = picture("a", "same");
    let wrong = DepositCheck::new(account, holder, Money::usd(0), same.clone(), same);
    let error = world.client.deposit_check(&wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.problem().invalid.keys().collect::<Vec<_>>(), ["amount", "back"]);
    assert!(world.recorder.take().is_empty(), "something was sent");
    let text = Upload::new("a.txt", "text/plain", "not a picture".as_bytes());
    let wrong = DepositCheck::new(account, holder, Money::usd(1), text, picture("b", "back"));
    let error = world.client.deposit_check(&wrong).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("file"), "{error}");
    let stranger = world.customer().await;
    let (front, back) = (picture("f", "front"), picture("b", "back"));
    let theirs = DepositCheck::new(account, stranger, Money::usd(1), front, back);
    let error = world.client.deposit_check(&theirs).await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
}

#[tokio::test]
async fn documents_are_kept_in_versions_and_read_back() {
    let world = World::new().await;
    let api = world.client.api();
    let body = NewDocument {
        name: Some("Statement".to_owned()),
        metadata: Some(r#"{"box": 7}"#.to_owned()),
        type_: Some(DocumentType::CompanyProfileDocument),
        ..NewDocument::new(Upload::new("one.txt", "text/plain", "first".as_bytes()))
    };
    let document = api.create_document(body).await.unwrap().into_inner();
    let id = document.id.unwrap();
    assert_eq!((document.version, document.metadata["box"].as_i64()), (Some(1), Some(7)));
    assert_eq!(document.encryption, Some(DocumentEncryption::NotRequired));
    let second = NewDocumentVersion {
        name: Some("Statement, corrected".to_owned()),
        ..NewDocumentVersion::new(Upload::new("two.pdf", "application/pdf", "second".as_bytes()))
    };
    let document = api.create_document_version(id, second).await.unwrap().into_inner();
    assert_eq!(document.available_versions, [1, 2]);
    let latest = api.get_document_contents(id).await.unwrap();
    assert_eq!(latest.headers()["content-type"], "application/pdf");
    assert_eq!(latest.into_inner().collect().await.unwrap(), "second");
    let first = api.get_document_version_contents(id, 1).await.unwrap();
    assert_eq!(first.into_inner().collect().await.unwrap(), "first");
    let first = api.get_document_version(id, 1).await.unwrap();
    assert_eq!((first.name.as_deref(), first.version), (Some("Statement"), Some(1)));
    assert_eq!(code(&api.get_document_version(id, 3).await.unwrap_err()), "RESOURCE_NOT_FOUND");

    let tax = DocumentPatch { type_: DocumentType::TaxForm.into(), ..DocumentPatch::default() };
    let error = api.update_document(id, &tax).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("type"), "{error}");
    assert_eq!(code(&api.delete_document(id).await.unwrap_err()), "INVALID_STATUS");
    let reason =
        DocumentPatch { deletion_reason: "mistaken".to_owned().into(), ..DocumentPatch::default() };
    api.update_document(id, &reason).await.unwrap();
    api.delete_document(id).await.unwrap();
    assert_eq!(code(&api.get_document(id).await.unwrap_err()), "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn documents_that_break_the_rules_are_refused() {
    let world = World::new().await;
    let api = world.client.api();
    let file = || Upload::new("one.txt", "text/plain", "first".as_bytes());
    let clear = NewDocument {
        type_: Some(DocumentType::TaxForm),
        encryption: Some(DocumentEncryption::NotRequired),
        metadata: Some("7".to_owned()),
        ..NewDocument::new(file())
    };
    let error = api.create_document(clear).await.unwrap_err();
    let invalid: Vec<_> = error.problem().invalid.keys().collect();
    assert_eq!(invalid, ["encryption", "metadata"], "{error}");
    let related = NewDocument {
        related_resource_id: Some("00000000-0000-4000-8000-000000000001".parse().unwrap()),
        ..NewDocument::new(file())
    };
    let error = api.create_document(related).await.unwrap_err();
    assert!(error.to_string().contains("related_resource_type"), "{error}");
    let empty = NewDocument::new(Upload::new("one.txt", "text/plain", "".as_bytes()));
    let error = api.create_document(empty).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("file"), "{error}");
}
