//! Payments by a schedule.

use chrono::{Duration, NaiveDate};
use synctera::types::{
    ListPaymentSchedulesQuery, ListScheduledPaymentsQuery, PaymentSchedule, PaymentScheduleStatus,
    PaymentStatus, ScheduledPayment,
};
use synctera::{
    AccountId, ErrorKind, Money, PaymentScheduleId, Schedule, SchedulePayment, SendAch, Transfer,
};
use synctera_tests::World;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn accounts(world: &World, amount: Money) -> (AccountId, AccountId) {
    let holder = world.customer().await;
    let (from, to) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(from, amount).await;
    (from, to)
}

async fn order(world: &World, request: &SchedulePayment) -> PaymentScheduleId {
    world.client.schedule_payment(request).await.unwrap().id.unwrap()
}

async fn read(world: &World, id: PaymentScheduleId) -> PaymentSchedule {
    let query = ListPaymentSchedulesQuery { id: vec![id], ..ListPaymentSchedulesQuery::default() };
    let page = world.client.api().list_payment_schedules(&query).await.unwrap().into_inner();
    page.payment_schedules[0].clone()
}

async fn payments(world: &World, id: PaymentScheduleId) -> Vec<ScheduledPayment> {
    let query = ListScheduledPaymentsQuery {
        schedule_id: vec![id],
        ..ListScheduledPaymentsQuery::default()
    };
    world.client.api().list_scheduled_payments(&query).await.unwrap().into_inner().payments
}

#[tokio::test]
async fn payments_are_made_on_banking_days_until_there_were_enough() {
    let world = World::new().await;
    let (from, to) = accounts(&world, Money::usd(100_00)).await;
    // Thanksgiving is the second of three days.
    let schedule = Schedule::daily(day("2026-11-25")).times(3);
    let saving = Transfer::new(from, to, Money::usd(10_00));
    let id = order(&world, &SchedulePayment::transfer(saving, schedule, "Saving")).await;
    world.sandbox.advance(Duration::hours(23)).unwrap();
    assert_eq!(world.balances(to).await.0, Money::usd(0));
    world.sandbox.advance(Duration::hours(1)).unwrap();
    assert_eq!(world.balances(to).await.0, Money::usd(10_00));
    let next = read(&world, id).await.next_payment_date.unwrap();
    assert_eq!(next.scheduled_date, day("2026-11-26"));
    assert_eq!(next.execution_date, day("2026-11-27"));
    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(world.balances(to).await.0, Money::usd(10_00));
    world.sandbox.advance(Duration::days(1)).unwrap();
    // Both of the days that fall on Friday.
    assert_eq!(world.balances(to).await.0, Money::usd(30_00));
    assert_eq!(read(&world, id).await.status, Some(PaymentScheduleStatus::Expired));
    let made = payments(&world, id).await;
    assert_eq!(made.len(), 3);
    for payment in &made {
        assert_eq!(payment.status, Some(PaymentStatus::Completed));
        let transaction = payment.transaction_id.unwrap();
        world.client.api().get_posted_transaction(transaction).await.unwrap();
    }
    let error = world.client.cancel_payment_schedule(id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_payment_that_is_refused_is_noted_and_the_next_is_made() {
    let world = World::new().await;
    let (from, to) = accounts(&world, Money::usd(15_00)).await;
    let schedule = Schedule::weekly(day("2026-11-25")).until(day("2026-12-16"));
    let rent = Transfer::new(from, to, Money::usd(10_00));
    let id = order(&world, &SchedulePayment::transfer(rent, schedule, "Rent")).await;
    world.sandbox.advance(Duration::days(9)).unwrap();
    let made = payments(&world, id).await;
    assert_eq!(made[0].status, Some(PaymentStatus::Completed));
    assert_eq!(made[1].status, Some(PaymentStatus::Error));
    let details = made[1].error_details.as_ref().unwrap();
    assert_eq!(details.code.as_deref(), Some("INSUFFICIENT_FUNDS"));
    assert_eq!(read(&world, id).await.status, Some(PaymentScheduleStatus::Active));
    world.fund(from, Money::usd(100_00)).await;
    world.sandbox.advance(Duration::days(30)).unwrap();
    assert_eq!(payments(&world, id).await.len(), 3, "the last day is not one of them");
    assert_eq!(world.balances(to).await.0, Money::usd(20_00));
}

#[tokio::test]
async fn a_schedule_can_stop_at_the_first_error() {
    let world = World::with_settings(|s| s.payment_schedule_stops_on_error = true).await;
    let (from, to) = accounts(&world, Money::usd(5_00)).await;
    let schedule = Schedule::daily(day("2026-11-25")).times(5);
    let rent = Transfer::new(from, to, Money::usd(10_00));
    let id = order(&world, &SchedulePayment::transfer(rent, schedule, "Rent")).await;
    world.sandbox.advance(Duration::days(9)).unwrap();
    assert_eq!(payments(&world, id).await.len(), 1);
    assert_eq!(read(&world, id).await.status, Some(PaymentScheduleStatus::Errored));
}

#[tokio::test]
async fn an_ach_transfer_is_scheduled_and_canceled() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(10_00), holder);
    let schedule = Schedule::monthly(day("2026-11-29")).times(12).or_before();
    let id = order(&world, &SchedulePayment::ach(pull, schedule, "Top up")).await;
    let next = read(&world, id).await.next_payment_date.unwrap();
    assert_eq!(next.execution_date, day("2026-11-27"));
    world.sandbox.advance(Duration::days(5)).unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(10_00));
    for _ in 0..2 {
        let canceled = world.client.cancel_payment_schedule(id).await.unwrap();
        assert_eq!(canceled.status, Some(PaymentScheduleStatus::Cancelled));
    }
    world.sandbox.advance(Duration::days(60)).unwrap();
    assert_eq!(payments(&world, id).await.len(), 1);
}

#[tokio::test]
async fn schedules_that_make_no_sense_are_refused() {
    let world = World::new().await;
    let (from, to) = accounts(&world, Money::usd(5_00)).await;
    let rent = || Transfer::new(from, to, Money::usd(10_00));
    world.recorder.take();
    let start = day("2026-11-25");
    for (schedule, field) in [
        (Schedule::daily(start), "schedule.count"),
        (Schedule::daily(start).times(0), "schedule.count"),
        (Schedule::daily(start).times(1).until(day("2027-01-01")), "schedule.count"),
        (Schedule::daily(start).until(start), "schedule.end_date"),
        (Schedule::daily(start).every(367).times(1), "schedule.interval"),
    ] {
        let request = SchedulePayment::transfer(rent(), schedule, "Rent");
        let error = world.client.schedule_payment(&request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.problem().invalid.contains_key(field), "{error}");
    }
    assert!(world.recorder.take().is_empty(), "something was sent");
    let past = Schedule::daily(day("2026-11-23")).times(1);
    let past = SchedulePayment::transfer(rent(), past, "Rent");
    let error = world.client.schedule_payment(&past).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("schedule.start_date"), "{error}");
}
