//! The writes whose document does not list the idempotency key, on a platform that does not know the key
//! there: a run that is resumed looks before it acts, however young it is.

use chrono::TimeDelta;
use synctera::{
    DepositCheck, Journey, Money, OnboardCustomer, Schedule, SchedulePayment, Synctera, Transfer,
    Upload,
};
use synctera_tests::World;
use synctera_tests::world::{ada, now};

async fn forgetful() -> World {
    World::with_settings(|settings| settings.undocumented_keys = false).await
}

/// A run and the same one again, as after a crash: what there is of a kind.
async fn twice<J: Journey>(world: &World, request: &J, kind: &str, is_resumed: bool) -> u64 {
    let count = || world.sandbox.counts().unwrap().get(kind).copied().unwrap_or_default();
    let before = count();
    let run = |client: &Synctera| {
        let run = client.run(request).key("the one");
        if is_resumed { run.started_at(now()) } else { run }
    };
    run(&world.client).await.map(drop).unwrap();
    run(&world.client).await.map(drop).unwrap();
    count() - before
}

#[tokio::test]
async fn a_subscription_to_monitoring_is_made_once() {
    let world = forgetful().await;
    let request = OnboardCustomer::new(ada()).consented().monitoring();
    assert_eq!(twice(&world, &request, "monitoring subscription", true).await, 1);
}

#[tokio::test]
async fn a_payment_schedule_is_made_once() {
    for (is_resumed, schedules) in [(true, 1), (false, 2)] {
        let world = forgetful().await;
        let holder = world.customer().await;
        let (from, to) = (world.checking(holder).await, world.checking(holder).await);
        let rent = Transfer::new(from, to, Money::usd(1_00));
        let first = now().date_naive() + TimeDelta::days(30);
        let request = SchedulePayment::transfer(rent, Schedule::monthly(first).times(12), "Rent");
        // Without a start it is done twice: the setting does what it says.
        assert_eq!(twice(&world, &request, "payment schedule", is_resumed).await, schedules);
    }
}

#[tokio::test]
async fn a_check_is_deposited_once() {
    for (is_resumed, deposits) in [(true, 1), (false, 2)] {
        let world = forgetful().await;
        let holder = world.customer().await;
        let account = world.checking(holder).await;
        let side = |name: &str| {
            let bytes = [b"\xff\xd8\xff", name.as_bytes()].concat();
            Upload::new(format!("{name}.jpg"), "image/jpeg", bytes)
        };
        let request =
            DepositCheck::new(account, holder, Money::usd(75_00), side("front"), side("back"));
        assert_eq!(twice(&world, &request, "check deposit", is_resumed).await, deposits);
    }
}
