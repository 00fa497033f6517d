//! The sandbox inside a program of its user: `sandbox_embedded start`, `workspaces` or
//! `month_end ACCOUNTS` prints figures, each `name value`. Times are in microseconds.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use synctera::types::AccountType;
use synctera::{
    AccountId, Address, BasisPoints, Clock, DefineProduct, Fund, Money, OnboardCustomer,
    OpenAccount, PersonDetails, Synctera,
};
use synctera_benches::Error;
use synctera_sandbox::Sandbox;

/// Processor time is counted in hundredths of a second: many starts have a figure each.
const STARTS: u32 = 300;
/// Ticks of processor time in a second, on all Linux systems.
const TICKS: u64 = 100;
const WORKSPACES: usize = 500;
const AT_A_TIME: usize = 16;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("start") => start().await,
        Some("workspaces") => workspaces().await,
        Some("month_end") => {
            month_end(arguments.next().ok_or("how many accounts?")?.parse()?).await
        }
        _ => Err("start, workspaces, or month_end ACCOUNTS".into()),
    }
}

/// The processor time of a start, and the time that it takes.
async fn start() -> Result<(), Error> {
    // What is made once a process.
    drop(Sandbox::start().await?);
    let (cpu, start) = (processor_time()?, Instant::now());
    for _ in 0..STARTS {
        drop(Sandbox::start().await?);
    }
    println!("cpu {}", (processor_time()? - cpu).as_micros() / u128::from(STARTS));
    println!("elapsed {}", start.elapsed().as_micros() / u128::from(STARTS));
    Ok(())
}

/// The processor time of this process, in user and system mode.
fn processor_time() -> Result<Duration, Error> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program stands in parentheses, and may contain blanks.
    let fields = stat.rsplit_once(')').ok_or("no times in /proc/self/stat")?.1;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS))
}

/// The time for a workspace of its own.
async fn workspaces() -> Result<(), Error> {
    let sandbox = Sandbox::start().await?;
    let mut took: Vec<u128> = Vec::new();
    for _ in 0..WORKSPACES {
        let start = Instant::now();
        sandbox.create_workspace()?;
        took.push(start.elapsed().as_micros());
    }
    took.sort_unstable();
    println!("median {}", took[took.len() / 2]);
    println!("longest {}", took[took.len() - 1]);
    Ok(())
}

/// The longest that another client waits while the clock is moved over the end of a month on which
/// all accounts are paid interest.
async fn month_end(accounts: usize) -> Result<(), Error> {
    let begin = "2026-11-02T15:00:00Z".parse()?;
    let sandbox =
        Arc::new(Sandbox::builder().clock_held_at(begin).checks_answers(false).start().await?);
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .clock(sandbox.clock())
        .build()?;
    let born = chrono::NaiveDate::from_ymd_opt(1985, 12, 10).ok_or("no such day")?;
    let person = PersonDetails::new("Ada", "Byron", born)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let holder = OnboardCustomer::new(person).consented();
    let holder = client.onboard_customer(&holder).await?.accepted()?.person.id;
    let rate = DefineProduct::compounded_daily()
        .rate(BasisPoints::new(400), sandbox.clock().now().date_naive());
    let product = client.define_product(&rate).await?.id;
    let open = async |_: usize| -> Result<AccountId, Error> {
        let request = OpenAccount::new(AccountType::Saving, holder).interest_product(product);
        let account = client.open_account(&request).await?.id;
        client.fund(&Fund::in_sandbox(account, Money::usd(1_000_00))).await?;
        Ok(account)
    };
    let at_a_time = NonZeroUsize::new(AT_A_TIME).ok_or("none at a time")?.get();
    // The first one makes the internal account that the others are paid from.
    let first = open(0).await?;
    let others: Vec<AccountId> =
        stream::iter(1..accounts).map(open).buffer_unordered(at_a_time).try_collect().await?;

    let is_moving = Arc::new(AtomicBool::new(true));
    let moved = {
        let (sandbox, is_moving) = (sandbox.clone(), is_moving.clone());
        tokio::task::spawn_blocking(move || {
            let start = Instant::now();
            let moved = sandbox.advance(chrono::Duration::days(30));
            is_moving.store(false, Ordering::Relaxed);
            moved.map(|()| start.elapsed())
        })
    };
    let (mut answers, mut longest) = (0_u64, Duration::ZERO);
    while is_moving.load(Ordering::Relaxed) {
        let start = Instant::now();
        client.api().get_account(first).await?;
        longest = longest.max(start.elapsed());
        answers += 1;
    }
    println!("accounts {}", others.len() + 1);
    println!("moved {}", moved.await??.as_micros());
    println!("answers {answers}");
    println!("longest {}", longest.as_micros());
    if !sandbox.audit()?.adds_up() {
        return Err("the books do not add up".into());
    }
    Ok(())
}
