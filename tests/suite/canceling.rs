//! A future that is dropped loses nothing that was acknowledged.

use std::sync::{Arc, Mutex};

use synctera::types::Person;
use synctera::types::{NewPerson, PersonStatus};
use synctera::{BoxFuture, Error, OnboardCustomer, Response, Synctera};
use synctera_tests::world::ada;
use synctera_tests::{Fault, World};

#[tokio::test]
async fn a_journey_that_is_dropped_after_any_step_goes_on_from_there() {
    let world = World::new().await;
    let request = OnboardCustomer::new(ada()).consented().monitoring();
    let mut acknowledged: Vec<(&str, String)> = Vec::new();
    let mut exchanges = 0;
    loop {
        // One exchange more than last time, then it is dropped while the next one is under way.
        exchanges += 1;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = heard.clone();
        world.recorder.take();
        world.recorder.next((0..exchanges).map(|_| None).chain([Some(Fault::Hold)]));
        let run = world.client.onboard_customer(&request).key("signup-1").on_step(move |step| {
            sink.lock().unwrap().push((step.operation, step.resource.to_owned()));
        });
        tokio::select! {
            outcome = run.into_future() => {
                let customer = outcome.unwrap().accepted().unwrap();
                assert_eq!(customer.person.id.to_string(), acknowledged[0].1);
                break;
            }
            () = world.recorder.held() => {}
        }
        let heard = heard.lock().unwrap().clone();
        assert!(heard.starts_with(&acknowledged), "{heard:?} goes on from {acknowledged:?}");
        acknowledged = heard;
    }
    assert!(acknowledged.len() >= 3, "{acknowledged:?}");
    let persons = direct(&world).api().list_persons(&Default::default()).await.unwrap();
    assert_eq!(persons.persons.len(), 1);
}

type CreatedPerson = Result<Response<Person>, Error>;

#[tokio::test]
async fn a_call_that_is_dropped_can_be_made_again_under_its_key() {
    let world = World::new().await;
    let body = NewPerson::new(true, PersonStatus::Prospect);
    // The platform acts, and its answer finds nobody any more.
    world.recorder.next([Some(Fault::Hold)]);
    tokio::select! {
        _ = create_once(&world, &body) => panic!("it was answered"),
        () = world.recorder.held() => {}
    }
    world.recorder.take();
    let person = create_once(&world, &body).await.unwrap();
    let persons = world.client.api().list_persons(&Default::default()).await.unwrap();
    assert_eq!(persons.persons.len(), 1);
    assert_eq!(persons.persons[0].id, person.id);
}

/// Creates a person under the same key each time.
fn create_once<'a>(world: &'a World, body: &NewPerson) -> BoxFuture<'a, CreatedPerson> {
    world.client.api().create_person(body).idempotency_key("person-1").send()
}

/// A client that goes round the recorder.
fn direct(world: &World) -> Synctera {
    let builder = Synctera::builder(world.sandbox.api_key());
    builder.base_url(world.sandbox.base_url()).build().unwrap()
}
