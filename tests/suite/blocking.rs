//! The same calls without `async`.

use synctera::blocking::Wait;
use synctera::types::AccountType;
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

#[tokio::test]
async fn waiting_where_others_run_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    let error = world.client.api().list_persons(&Default::default()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("await it there"), "{error}");
    assert!(world.recorder.take().is_empty());
}
