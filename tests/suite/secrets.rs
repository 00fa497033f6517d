//! People's data and keys show nowhere but on the wire.

use std::fmt::Debug;

use synctera::types::BusinessStructure;
use synctera::{
    BankAccount, LinkExternalAccount, OnboardBusiness, OnboardCustomer, OpenAccount, Owner,
    Synctera,
};
use synctera_tests::World;
use synctera_tests::world::{ada, office};

/// What the tests below put in, or get back.
const SECRETS: [&str; 9] = [
    "456-78-9012",
    "1985-12-10",
    "12-3456789",
    "1234567890",
    "021000021",
    "public-sandbox-1",
    "access-sandbox",
    "sandbox-key",
    "Bearer",
];

fn assert_quiet(what: &str, value: &impl Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{what} shows {secret}: {shown}");
        }
    }
}

#[tokio::test]
async fn requests_and_outcomes_keep_them() {
    use synctera::types::AccountType;
    let world = World::new().await;
    assert_quiet("the client", &world.client);
    assert_quiet("its builder", &Synctera::builder("sandbox-key"));

    let request = OnboardCustomer::new(ada()).consented();
    assert_quiet("a request", &request);
    let customer = world.client.onboard_customer(&request).await.unwrap().accepted().unwrap();
    assert_quiet("a customer", &customer);
    let business = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .ein("12-3456789")
        .owner(Owner::new(ada()).owning(100.0))
        .consented();
    assert_quiet("a business request", &business);
    assert_quiet("a business", &world.client.onboard_business(&business).await.unwrap());

    let account = OpenAccount::new(AccountType::Checking, customer.person.id);
    let account = world.client.open_account(&account).await.unwrap();
    let number = account.account.account_number.clone().unwrap();
    assert!(!format!("{account:?}").contains(number.expose().as_str()));

    let link = LinkExternalAccount::plaid(customer.person.id, "public-sandbox-1", "ins_1");
    assert_quiet("a link", &link);
    let linked = world.client.link_external_account(&link).await.unwrap();
    let token = linked.access_token.clone().unwrap();
    assert!(!format!("{linked:?}").contains(token.expose().as_str()));
    let elsewhere = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let link = LinkExternalAccount::by_numbers(customer.person.id, elsewhere);
    assert_quiet("a link by numbers", &link);
    assert_quiet("the linked account", &world.client.link_external_account(&link).await.unwrap());
}

#[tokio::test]
async fn errors_keep_them() {
    let world = World::new().await;
    // The platform says that the number is wrong; it must not be said again.
    let elsewhere = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let nobody: synctera::PersonId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let link = LinkExternalAccount::by_numbers(nobody, elsewhere);
    let error = world.client.link_external_account(&link).await.unwrap_err();
    assert_quiet("an error", &error);
    assert_quiet("its text", &error.to_string());
}
