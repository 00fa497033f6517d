//! The same calls without `async`.

use synctera::blocking::{Wait, WaitAll};
use synctera::types::{AccountType, ListPersonsQuery};
use synctera::{CallOptions, ErrorKind, OnboardCustomer, OpenAccount, PersonId};
use synctera_tests::World;
use synctera_tests::world::ada;

#[test]
fn journeys_and_raw_calls_can_be_waited_for() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let client = world.client.clone();
    let mut steps = 0;
    let request = OnboardCustomer::new(ada()).consented();
    let customer = client
        .onboard_customer(&request)
        .key("signup-1")
        .on_step(|_| steps += 1)
        .wait()
        .unwrap()
        .accepted()
        .unwrap();
    assert!(steps > 1);
    let account = OpenAccount::new(AccountType::Checking, customer.person.id);
    let account = client.open_account(&account).wait().unwrap().id;
    assert_eq!(client.api().get_account(account).wait().unwrap().id, Some(account));

    // From many threads at once, and with what went wrong.
    std::thread::scope(|scope| {
        let wait = || client.api().get_person(customer.person.id).wait().unwrap().id;
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(wait)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), customer.person.id);
        }
    });
    let nobody: PersonId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let error = client.api().get_person(nobody).wait().unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
    let hurried = CallOptions::new().with_timeout(std::time::Duration::ZERO);
    let error = client.with_options(hurried).api().get_person(nobody).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn lists_are_read_to_their_end_or_their_first_error() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    for _ in 0..5 {
        runtime.block_on(world.customer());
    }
    let two_a_page = ListPersonsQuery { limit: Some(2), ..Default::default() };
    let persons = world.client.list(two_a_page.clone()).wait_all();
    let persons: Result<Vec<_>, _> = persons.map(|person| person.map(|person| person.id)).collect();
    assert_eq!(persons.unwrap().len(), 5);
    let pages = world.client.list(two_a_page).pages().wait_all();
    assert_eq!(pages.map(|page| page.unwrap().items.len()).collect::<Vec<_>>(), [2, 2, 1]);

    let wrong = ListPersonsQuery { page_token: Some("no token".to_owned()), ..Default::default() };
    let mut refused = world.client.list(wrong).wait_all();
    assert_eq!(refused.next().unwrap().unwrap_err().kind(), ErrorKind::Api);
    assert!(refused.next().is_none());
}

#[tokio::test]
async fn waiting_where_others_run_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    let error = world.client.api().list_persons(&Default::default()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("await it there"), "{error}");
    let mut all = world.client.list(ListPersonsQuery::default()).wait_all();
    assert_eq!(all.next().unwrap().unwrap_err().kind(), ErrorKind::Configuration);
    assert!(all.next().is_none());
    assert!(world.recorder.take().is_empty());
}
