//! A journey that is killed at any moment and run again leaves what it would have left undisturbed:
//! the same resources, none twice. Of every journey, by the table below.
//!
//! Killed means: at the n-th exchange the client is gone for good, before the platform heard of it
//! or after it acted. Who runs it again is a new client that knows the request and the key alone.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use synctera::types::{AccountType, BusinessStructure, DisclosureType};
use synctera::{
    BankAccount, Error, ErrorKind, IssueCard, LinkExternalAccount, Money, OnboardBusiness,
    OnboardCustomer, OpenAccount, Owner, Retries, SendAch, Synctera, Transfer,
};
use synctera_tests::world::{ada, agreed, office, person};
use synctera_tests::{Fault, World};

/// A journey: the method of the client, and its request in a world that it first sets up.
///
/// `stays` says what a run does that is taken up after the platform forgot its keys, when it had
/// come to its end before: `found` gives the same outcome, `refused` leaves it to a person.
macro_rules! journeys {
    ($($name:ident = $method:ident, $stays:ident, |$world:ident| $request:expr;)*) => {
        $(mod $name {
            use super::*;

            async fn run(world: &World) -> Walk {
                let $world = world;
                let request = $request;
                Box::new(move |client, begun_at| {
                    let request = request.clone();
                    Box::pin(async move {
                        let mut run = client.$method(&request).key("the one");
                        if let Some(moment) = begun_at {
                            run = run.begun_at(moment);
                        }
                        Ok(format!("{:?}", run.await?))
                    })
                })
            }

            #[tokio::test]
            async fn killed_at_every_step_it_makes_nothing_twice() {
                killed(|world| Box::pin(run(world))).await;
            }

            #[tokio::test]
            async fn taken_up_after_the_keys_are_forgotten_it_makes_nothing_twice() {
                taken_up_late(|world| Box::pin(run(world)), stringify!($stays)).await;
            }
        })*
    };
}

journeys! {
    onboard_customer = onboard_customer, found, |_world| OnboardCustomer::new(ada())
        .disclosed(agreed(DisclosureType::ESign))
        .disclosed(agreed(DisclosureType::RegDd))
        .consented()
        .monitoring();
    onboard_business = onboard_business, found, |world| {
        let known = world.customer().await;
        OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
            .ein("12-3456789")
            .owner(Owner::new(person("Grace", "Murray")).owning(60.0).managing())
            .owner(Owner::known(known).owning(40.0))
            .disclosed(agreed(DisclosureType::OwnerCertification))
            .consented()
            .monitoring()
    };
    open_account = open_account, found, |world| {
        let holder = world.customer().await;
        // Another of the kind, so that it must be told apart.
        world.checking(holder).await;
        OpenAccount::new(AccountType::Checking, holder).nickname("Everyday")
    };
    link_by_numbers = link_external_account, found, |world| {
        let account = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
        LinkExternalAccount::by_numbers(world.customer().await, account)
    };
    link_through_plaid = link_external_account, refused, |world| {
        LinkExternalAccount::plaid(world.customer().await, "public-sandbox-1", "ins_1")
    };
    send_ach = send_ach, refused, |world| {
        let holder = world.customer().await;
        let account = world.checking(holder).await;
        let bank = world.proven_account(holder).await;
        SendAch::pull(account, bank, Money::usd(250_00), holder)
    };
    transfer = transfer, found, |world| {
        let holder = world.customer().await;
        let checking = world.checking(holder).await;
        world.fund(checking, Money::usd(100_00)).await;
        let saving = world.account(AccountType::Saving, holder).await;
        Transfer::new(checking, saving, Money::usd(40_00))
    };
    transfer_held = transfer, found, |world| {
        let holder = world.customer().await;
        let checking = world.checking(holder).await;
        world.fund(checking, Money::usd(100_00)).await;
        let saving = world.account(AccountType::Saving, holder).await;
        let until = synctera_tests::world::now() + TimeDelta::days(30);
        Transfer::new(checking, saving, Money::usd(40_00)).hold(Some(until))
    };
    issue_card = issue_card, found, |world| {
        let holder = world.customer().await;
        IssueCard::virtual_debit(world.checking(holder).await, holder)
    };
}

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

async fn killed(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>) {
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
            let error = run(fresh(&world), None).await.unwrap_err();
            assert!(error.progress().is_some(), "{error}");
        }
        let again = run(fresh(&world), None).await.unwrap();
        assert_eq!(again, outcome, "after {fault:?}");
        assert_eq!(world.sandbox.counts().unwrap(), calm.sandbox.counts().unwrap());
        world.sandbox.audit().unwrap();
    }
}

async fn taken_up_late(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>, stays: &str) {
    let week = TimeDelta::days(8);
    let begun_at = Some(Utc::now() - week);
    let calm = World::new().await;
    let run = set_up(&calm).await;
    calm.recorder.take();
    run(fresh(&calm), None).await.unwrap();
    let exchanges = calm.recorder.take().len();

    // A week makes more than the journey does: statements, for one.
    calm.sandbox.advance(week).unwrap();
    let whole = calm.sandbox.counts().unwrap();
    match (stays, run(fresh(&calm), begun_at).await) {
        ("found", Ok(_)) => {}
        ("refused", Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(error.to_string().contains("seven days"), "{error}");
        }
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
        match run(fresh(&world), begun_at).await {
            Ok(_) => assert_eq!(world.sandbox.counts().unwrap(), whole, "killed at {exchange}"),
            Err(error) => {
                assert_eq!((stays, error.kind()), ("refused", ErrorKind::Refused), "{error}");
                assert_eq!(world.sandbox.counts().unwrap(), before, "killed at {exchange}");
            }
        }
    }
}
