//! A journey that is killed at any moment and run again leaves what it would have left undisturbed:
//! the same resources, none twice. And where real money is, it does nothing that only the sandbox
//! has. Of every journey, by the tables of this folder.
//!
//! Killed means: at the n-th exchange the client is gone for good, before the platform heard of it
//! or after it acted. Who runs it again is a new client that knows the request and the key alone.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use synctera::{
    Availability, Environment, Error, ErrorKind, Journey, NextAction, Retries, Run, Synctera,
};
use synctera_tests::journeys;
use synctera_tests::operations::operation_of;
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
                let ($client, $asked) = (&world.client, &request);
                let about = About::of(&$begin);
                let walk = Box::new(move |client: synctera::Synctera, how: How| -> Walked {
                    let request = request.clone();
                    Box::pin(async move {
                        let ($client, $asked) = (&client, &request);
                        Ok(shown(&how.set($begin).await?))
                    })
                });
                Walk { about, walk }
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

            #[tokio::test]
            async fn continued_as_a_further_attempt_it_makes_nothing_twice() {
                continued(|world| Box::pin(run(world)), reads_first!($($first)?)).await;
            }

            #[tokio::test]
            async fn in_production_it_does_nothing_that_only_the_sandbox_has() {
                in_production(|world| Box::pin(run(world))).await;
            }
        })*

        /// How each is begun, and what is asked for.
        pub(super) const TABLE: &[(&str, &str)] = &[
            $((stringify!($begin), stringify!($request)),)*
        ];
    };
}

mod accounts;
mod cards;
mod corrections;
mod disputes;
mod endless;
mod money;
mod parties;

/// A journey that is ready to be run, as often as one likes.
struct Walk {
    about: About,
    walk: Box<dyn Fn(Synctera, How) -> Walked>,
}

impl Walk {
    fn run(&self, client: Synctera, how: How) -> Walked {
        (self.walk)(client, how)
    }
}

type Walked = Pin<Box<dyn Future<Output = Result<String, Error>>>>;
type SetUp<'a> = Pin<Box<dyn Future<Output = Walk> + 'a>>;

/// What is known of a run before it is run.
struct About {
    availability: Availability,
}

impl About {
    fn of<J: Journey>(run: &Run<'_, J>) -> Self {
        Self { availability: run.availability() }
    }
}

/// How a run is begun, always under the same key.
#[derive(Clone, Copy)]
struct How {
    attempt: u32,
    started_at: Option<DateTime<Utc>>,
}

impl How {
    const FIRST: Self = Self::attempt(1);

    const fn attempt(attempt: u32) -> Self {
        Self { attempt, started_at: None }
    }

    fn set<J: Journey>(self, run: Run<'_, J>) -> Run<'_, J> {
        let run = run.key("the one").attempt(self.attempt);
        match self.started_at {
            Some(moment) => run.started_at(moment),
            None => run,
        }
    }
}

/// An outcome as text. The markers of what the set-up made without a key are other ones each time.
pub(crate) fn shown(outcome: &impl Debug) -> String {
    let text = format!("{outcome:?}");
    let mut parts = text.split("synctera_rs_key");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |shown, part| {
        let end = part.find([',', '}']).unwrap();
        shown + "synctera_rs_key" + &part[end..]
    })
}

/// Shows where two long texts differ.
pub(crate) fn assert_same(left: &str, right: &str, case: &str) {
    let differs = left.bytes().zip(right.bytes()).position(|(a, b)| a != b);
    if let Some(at) = differs.or((left.len() != right.len()).then_some(0)) {
        let near = |text: &str| {
            let from = at.saturating_sub(200);
            text.chars().skip(from).take(400).collect::<String>()
        };
        panic!("{case}:\n  {}\n  {}", near(left), near(right));
    }
}

/// A client of a process that has just begun, and that tries everything once.
pub(crate) fn fresh(world: &World) -> Synctera {
    Synctera::builder(world.sandbox.api_key())
        .base_url(world.recorder.base_url())
        .retries(Retries::none().waits(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap()
}

pub(crate) fn at(exchange: usize, fault: &Fault) -> Vec<Option<Fault>> {
    (0..exchange).map(|_| None).chain([Some(fault.clone())]).collect()
}

/// `reads_first`: a run that finds everything done says so, instead of what it did the first time.
async fn killed(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>, reads_first: bool) {
    let calm = World::new().await;
    let run = set_up(&calm).await;
    calm.recorder.take();
    let outcome = run.run(fresh(&calm), How::FIRST).await.unwrap();
    let exchanges = calm.recorder.take().len();
    assert!(exchanges > 0);

    for fault in [Fault::LoseRequest, Fault::LoseAnswer] {
        let world = World::new().await;
        let run = set_up(&world).await;
        for exchange in 0..exchanges {
            world.recorder.next(at(exchange, &fault));
            match run.run(fresh(&world), How::FIRST).await {
                Err(error) => assert!(error.progress().is_some(), "{error}"),
                // It reads first, saw that all is done, and came to its end before the fault.
                Ok(_) => assert!(reads_first && exchange > 0, "nothing was lost"),
            }
            world.recorder.calm();
        }
        let again = run.run(fresh(&world), How::FIRST).await.unwrap();
        if !reads_first {
            assert_same(&again, &outcome, &format!("after {fault:?}"));
        }
        assert_eq!(world.sandbox.counts().unwrap(), calm.sandbox.counts().unwrap());
        world.sandbox.audit().unwrap();
    }
}

/// Killed once, at each exchange, and then run as the second and as the third attempt, each by a
/// process that remembers nothing.
///
/// The platform cannot tell a request that is lost from the answer to the one before it that is
/// lost, so but for the first exchange the latter says it all.
async fn continued(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>, reads_first: bool) {
    let calm = World::new().await;
    let run = set_up(&calm).await;
    calm.recorder.take();
    let outcome = run.run(fresh(&calm), How::FIRST).await.unwrap();
    let exchanges = calm.recorder.take().len();
    let counts = calm.sandbox.counts().unwrap();

    let lost_answers = (0..exchanges).map(|exchange| (exchange, Fault::LoseAnswer));
    for (exchange, fault) in [(0, Fault::LoseRequest)].into_iter().chain(lost_answers) {
        let world = World::new().await;
        let run = set_up(&world).await;
        world.recorder.next(at(exchange, &fault));
        run.run(fresh(&world), How::FIRST).await.unwrap_err();
        // The second attempt is killed where the first one was, and the third one is not.
        world.recorder.next(at(exchange, &Fault::LoseAnswer));
        let killed = run.run(fresh(&world), How::attempt(2)).await;
        // One that reads first may see that all is done, and come to its end before.
        assert!(killed.is_err() || exchange > 0, "nothing was lost");
        world.recorder.calm();
        for attempt in [2, 3, 2, 1] {
            let again = run.run(fresh(&world), How::attempt(attempt)).await.unwrap();
            let case = format!("attempt {attempt} after {fault:?} at {exchange}");
            if !reads_first {
                assert_same(&again, &outcome, &case);
            }
            assert_eq!(world.sandbox.counts().unwrap(), counts, "{case}");
        }
        world.sandbox.audit().unwrap();
    }
}

async fn taken_up_late(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>, stays: &str) {
    // The platform keeps an answer for seven days.
    let forgotten = TimeDelta::days(8);
    let late = How { started_at: Some(Utc::now() - forgotten), ..How::FIRST };
    let calm = World::new().await;
    let run = set_up(&calm).await;
    calm.recorder.take();
    run.run(fresh(&calm), How::FIRST).await.unwrap();
    let exchanges = calm.recorder.take().len();

    // Eight days make more than the journey does: statements, for one.
    calm.sandbox.advance(forgotten).unwrap();
    let whole = calm.sandbox.counts().unwrap();
    match (stays, run.run(fresh(&calm), late).await) {
        ("found" | "timely", Ok(_)) => {}
        ("refused", Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(error.next_action(), NextAction::CheckByHand, "{error}");
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
        run.run(fresh(&world), How::FIRST).await.unwrap_err();
        world.sandbox.advance(forgotten).unwrap();
        let before = world.sandbox.counts().unwrap();
        match run.run(fresh(&world), late).await {
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

async fn in_production(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>) {
    let world = World::new().await;
    let run = set_up(&world).await;
    let client = production(&world);
    world.recorder.take();
    let outcome = run.run(client, How::FIRST).await;
    let sent = world.recorder.take();
    match (run.about.availability, outcome) {
        (Availability::SandboxOnly, Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(error.next_action(), NextAction::ChangeConfiguration, "{error}");
            assert!(sent.is_empty(), "sent before it was refused: {}", sent[0].line);
        }
        (Availability::Everywhere, Ok(_)) => {
            assert!(!sent.is_empty());
            for request in sent {
                let operation = operation_of(&request);
                assert!(!operation.is_sandbox_only(), "{} in production", operation.id);
            }
        }
        (availability, outcome) => panic!("{availability:?}: {outcome:?}"),
    }
}

/// A client that takes the sandbox for production.
pub(crate) fn production(world: &World) -> Synctera {
    Synctera::builder(world.sandbox.api_key())
        .environment(Environment::Production)
        .base_url(world.recorder.base_url())
        .retries(Retries::none())
        .build()
        .unwrap()
}

fn tables() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [accounts::TABLE, cards::TABLE, disputes::TABLE, money::TABLE, parties::TABLE]
        .into_iter()
        .flatten()
}

#[test]
fn every_journey_is_in_these_tables() {
    let begun: BTreeSet<&str> = tables()
        .filter_map(|(begin, _)| begin.strip_prefix("client.")?.split_once('('))
        .map(|(method, _)| method)
        .collect();
    let requests: String = tables().map(|(_, request)| request.replace([' ', '\n'], "")).collect();
    let known = journeys::journeys();
    assert!(known.len() > 40 && known.contains_key("SuspendCard"), "{known:?}");
    let mut absent = Vec::new();
    for (name, journey) in &known {
        if !journey.methods.iter().any(|method| begun.contains(method.as_str())) {
            absent.push(format!("{name} ({:?})", journey.methods));
        }
        for constructor in &journey.sandbox_only {
            let call = format!("{name}::{constructor}(");
            if !requests.contains(&call) {
                absent.push(call);
            }
        }
    }
    assert!(absent.is_empty(), "not in the tables of tests/suite/kills: {absent:#?}");
    assert!(known["Fund"].sandbox_only.contains("in_sandbox"), "{:?}", known["Fund"]);
}
