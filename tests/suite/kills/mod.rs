//! A journey that is killed at any moment and run again leaves what it would have left undisturbed:
//! the same resources, none twice. Of every journey, by the tables of this folder.
//!
//! Killed means: at the n-th exchange the client is gone for good, before the platform heard of it
//! or after it acted. Who runs it again is a new client that knows the request and the key alone.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use synctera::{Error, ErrorKind, Retries, Synctera};
use synctera_tests::{Fault, World};

macro_rules! reads_first {
    () => {
        false
    };
    (reads_first) => {
        true
    };
}

/// Journeys: each is set up in a world, which gives its request, and begun by a client.
///
/// Before that stands what a run does that is taken up after the platform forgot its keys, when it
/// had come to its end before: `found` tells so, `refused` leaves it to a person, and `declined` is
/// the platform's own no to what is done already. `timely` is found, too; but what was not begun in
/// time is declined by then.
macro_rules! journeys {
    ($($name:ident, $stays:ident $(, $first:ident)?: |$world:ident| $request:expr => |$client:ident, $asked:ident| $begin:expr;)*) => {
        $(mod $name {
            use super::*;

            async fn run(world: &World) -> Walk {
                let $world = world;
                let request = $request;
                Box::new(move |client, started_at| {
                    let request = request.clone();
                    Box::pin(async move {
                        let ($client, $asked) = (&client, &request);
                        let mut run = $begin.key("the one");
                        if let Some(moment) = started_at {
                            run = run.started_at(moment);
                        }
                        Ok(format!("{:?}", run.await?))
                    })
                })
            }

            #[tokio::test]
            async fn killed_at_every_step_it_makes_nothing_twice() {
                killed(|world| Box::pin(run(world)), reads_first!($($first)?)).await;
            }

            #[tokio::test]
            async fn taken_up_after_the_keys_are_forgotten_it_makes_nothing_twice() {
                taken_up_late(|world| Box::pin(run(world)), stringify!($stays)).await;
            }

            #[tokio::test]
            async fn no_list_keeps_it_for_ever() {
                crate::kills::endless::lists_end(|world| Box::pin(run(world))).await;
            }
        })*
    };
}

mod accounts;
mod cards;
mod disputes;
mod endless;
mod money;
mod parties;

type Walk = Box<dyn Fn(Synctera, Option<DateTime<Utc>>) -> Walked>;
type Walked = Pin<Box<dyn Future<Output = Result<String, Error>>>>;
type SetUp<'a> = Pin<Box<dyn Future<Output = Walk> + 'a>>;

/// A client of a process that has just begun, and that tries everything once.
fn fresh(world: &World) -> Synctera {
    Synctera::builder(world.sandbox.api_key())
        .base_url(world.recorder.base_url())
        .retries(Retries::none().waits(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap()
}

fn at(exchange: usize, fault: &Fault) -> Vec<Option<Fault>> {
    (0..exchange).map(|_| None).chain([Some(fault.clone())]).collect()
}

/// `reads_first`: a run that finds everything done says so, instead of what it did the first time.
async fn killed(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>, reads_first: bool) {
    let calm = World::new().await;
    let run = set_up(&calm).await;
    calm.recorder.take();
    let outcome = run(fresh(&calm), None).await.unwrap();
    let exchanges = calm.recorder.take().len();
    assert!(exchanges > 0);

    for fault in [Fault::LoseRequest, Fault::LoseAnswer] {
        let world = World::new().await;
        let run = set_up(&world).await;
        for exchange in 0..exchanges {
            world.recorder.next(at(exchange, &fault));
            match run(fresh(&world), None).await {
                Err(error) => assert!(error.progress().is_some(), "{error}"),
                // It reads first, saw that all is done, and came to its end before the fault.
                Ok(_) => assert!(reads_first && exchange > 0, "nothing was lost"),
            }
            world.recorder.calm();
        }
        let again = run(fresh(&world), None).await.unwrap();
        if !reads_first {
            assert_eq!(again, outcome, "after {fault:?}");
        }
        assert_eq!(world.sandbox.counts().unwrap(), calm.sandbox.counts().unwrap());
        world.sandbox.audit().unwrap();
    }
}

async fn taken_up_late(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>, stays: &str) {
    let week = TimeDelta::days(8);
    let started_at = Some(Utc::now() - week);
    let calm = World::new().await;
    let run = set_up(&calm).await;
    calm.recorder.take();
    run(fresh(&calm), None).await.unwrap();
    let exchanges = calm.recorder.take().len();

    // A week makes more than the journey does: statements, for one.
    calm.sandbox.advance(week).unwrap();
    let whole = calm.sandbox.counts().unwrap();
    match (stays, run(fresh(&calm), started_at).await) {
        ("found" | "timely", Ok(_)) => {}
        ("refused", Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(error.to_string().contains("seven days"), "{error}");
        }
        ("declined", Err(error)) => assert_eq!(error.kind(), ErrorKind::Api, "{error}"),
        (_, outcome) => panic!("it is not {stays}: {outcome:?}"),
    }
    assert_eq!(calm.sandbox.counts().unwrap(), whole, "it had come to its end already");

    // Killed on the way: what is missing is made, what is there is not made again.
    for exchange in 0..exchanges {
        let world = World::new().await;
        let run = set_up(&world).await;
        world.recorder.next(at(exchange, &Fault::LoseAnswer));
        run(fresh(&world), None).await.unwrap_err();
        world.sandbox.advance(week).unwrap();
        let before = world.sandbox.counts().unwrap();
        match run(fresh(&world), started_at).await {
            Ok(_) => assert_eq!(world.sandbox.counts().unwrap(), whole, "killed at {exchange}"),
            Err(error) => {
                assert!(
                    matches!(
                        (stays, error.kind()),
                        ("refused", ErrorKind::Refused) | ("declined" | "timely", ErrorKind::Api)
                    ),
                    "killed at {exchange}: {error}"
                );
                assert_eq!(world.sandbox.counts().unwrap(), before, "killed at {exchange}");
            }
        }
    }
}
