//! Prints how long calls take and how many there are in a second: case, side, figure.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use synctera_benches::request::{Bench, Error, Side, served};
use tokio::task::JoinSet;

/// Calls, one after the other, whose times are taken.
const CALLS: usize = 4000;
/// A side's turn.
const TURN: usize = 50;
const IN_FLIGHT: [usize; 3] = [1, 16, 256];
/// Calls of a side in a round, at whatever number in flight; the median round counts.
const CALLS_A_ROUND: usize = 2048;
const ROUNDS: usize = 9;

fn main() -> Result<(), Error> {
    if served()? {
        return Ok(());
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let bench = Arc::new(Bench::start().await?);
        for side in Side::ALL {
            for _ in 0..TURN {
                bench.get(side).await?;
                bench.post(side).await?;
            }
        }
        one_after_the_other(&bench).await?;
        for in_flight in IN_FLIGHT {
            together(&bench, in_flight).await?;
        }
        Ok(())
    })
}

async fn one_after_the_other(bench: &Bench) -> Result<(), Error> {
    let mut times = [const { [const { Vec::new() }; 2] }; 3];
    // By turns, so that whatever else the machine does falls on all alike.
    for _ in 0..CALLS / TURN {
        for (place, side) in Side::ALL.into_iter().enumerate() {
            for _ in 0..TURN {
                times[place][0].push(timed(bench.get(side)).await?);
            }
            for _ in 0..TURN {
                times[place][1].push(timed(bench.post(side)).await?);
            }
        }
    }
    for (of_side, side) in times.iter_mut().zip(Side::ALL) {
        for (times, verb) in of_side.iter_mut().zip(["get", "post"]) {
            times.sort_unstable();
            let side = side.name();
            println!("{verb}_p50 {side} {}", times[times.len() / 2].as_nanos());
            println!("{verb}_p99 {side} {}", times[times.len() * 99 / 100].as_nanos());
        }
    }
    Ok(())
}

async fn timed<T>(call: impl Future<Output = Result<T, Error>>) -> Result<Duration, Error> {
    let begun = Instant::now();
    call.await?;
    Ok(begun.elapsed())
}

async fn together(bench: &Arc<Bench>, in_flight: usize) -> Result<(), Error> {
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (place, side) in Side::ALL.into_iter().enumerate() {
            let begun = Instant::now();
            let mut tasks = JoinSet::new();
            for _ in 0..in_flight {
                let bench = bench.clone();
                tasks.spawn(async move {
                    for _ in 0..CALLS_A_ROUND / in_flight {
                        bench.get(side).await?;
                    }
                    Ok::<(), Error>(())
                });
            }
            while let Some(ended) = tasks.join_next().await {
                ended??;
            }
            let calls = u128::try_from(CALLS_A_ROUND)?;
            rates[place].push(calls * 1_000_000_000 / begun.elapsed().as_nanos().max(1));
        }
    }
    for (rates, side) in rates.iter_mut().zip(Side::ALL) {
        rates.sort_unstable();
        println!("rate_{in_flight} {} {}", side.name(), rates[ROUNDS / 2]);
    }
    Ok(())
}
