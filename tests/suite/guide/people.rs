//! The chapters about people, businesses and disclosures.

use synctera::types::{BusinessStructure, DisclosureType};
use synctera::{
    Address, Disclosed, OnboardBusiness, OnboardCustomer, Outcome, PersonDetails, RelatedPerson,
    StartDocumentVerification, Synctera, Verify,
};

use super::{Result, setup};

// ANCHOR: outcome
async fn onboard(client: &Synctera, last_name: &str) -> Result<()> {
    let person = PersonDetails::new("Ada", last_name, "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let request = OnboardCustomer::new(person).consented().monitoring();

    match client.onboard_customer(&request).key(format!("signup-{last_name}")).await? {
        Outcome::Accepted(customer) => println!("accepted: {}", customer.person.id),
        Outcome::Review(customer) => println!("somebody looks at {}", customer.person.id),
        Outcome::Rejected(_) => println!("must not become a customer"),
        Outcome::Pending(customer) => println!("no result yet for {}", customer.person.id),
    }
    Ok(())
}
// ANCHOR_END: outcome

// ANCHOR: await
async fn wait_for_a_result(client: &Synctera) -> Result<()> {
    let person = setup::ada()?.metadata("source", "app");
    let request = OnboardCustomer::new(person).consented();
    let outcome = client.onboard_customer(&request).key("signup-2").await?;

    // Asks less and less often. A webhook can wake it: `.wake_on(..)`.
    let decided = client.await_verification(outcome.get().person.id).await?;
    println!("{decided}");
    Ok(())
}
// ANCHOR_END: await

// ANCHOR: document
async fn verify_with_a_document(client: &Synctera, person: synctera::PersonId) -> Result<()> {
    // The customer opens the address on a phone and photographs a document.
    let session = StartDocumentVerification::new(person);
    let session = client.start_document_verification(&session).key("document-1").await?;

    let verify = Verify::new(person).document(&session).consented();
    let verified = client.verify(&verify).key("document-1").await?.accepted()?;
    println!("with a document: {}", verified.status);
    Ok(())
}
// ANCHOR_END: document

// ANCHOR: business
async fn onboard_a_business(client: &Synctera) -> Result<()> {
    let office = Address::us("1 Market St", "San Francisco", "CA", "94105");
    let grace = PersonDetails::new("Grace", "Murray", "1976-12-09".parse()?)
        .email("grace@example.com")
        .phone_number("+14155550124")
        .ssn("456-78-9013")
        .legal_address(office.clone());
    let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office)
        .ein("12-3456789")
        .related_person(RelatedPerson::new(grace).ownership_percent(100.0).managing())
        .consented();

    let business = client.onboard_business(&request).key("signup-9").await?.accepted()?;
    println!("{} with {} related person", business.id, business.related_people.len());
    Ok(())
}
// ANCHOR_END: business

// ANCHOR: disclosures
async fn record_disclosures(client: &Synctera) -> Result<()> {
    // When the customer saw them, from your own record.
    let seen_at = "2026-11-24T13:55:00Z".parse()?;
    let request = OnboardCustomer::new(setup::ada()?)
        .disclosed(Disclosed::viewed(DisclosureType::ESign, "1.0", seen_at))
        .disclosed(Disclosed::acknowledged(DisclosureType::RegDd, "1.0", seen_at))
        .consented();
    let customer = client.onboard_customer(&request).key("signup-3").await?.accepted()?;
    for disclosure in customer.disclosures {
        println!("{} {}", disclosure.type_, disclosure.version);
    }
    Ok(())
}
// ANCHOR_END: disclosures

#[tokio::test]
async fn outcomes() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    for last_name in ["Byron", "Review", "Rejected", "Pending"] {
        onboard(&client, last_name).await.unwrap();
    }
    assert_printed!("outcomes");
}

#[tokio::test]
async fn a_result_that_comes_later() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    wait_for_a_result(&client).await.unwrap();
    let person = setup::customer(&client).await.unwrap();
    verify_with_a_document(&client, person).await.unwrap();
    assert_printed!("verification");
}

#[tokio::test]
async fn a_business() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    onboard_a_business(&client).await.unwrap();
    assert_printed!("business");
}

#[tokio::test]
async fn disclosures() {
    let (_sandbox, client) = setup::sandbox().await.unwrap();
    record_disclosures(&client).await.unwrap();
    assert_printed!("disclosures");
}
