//! Loads the sandbox beside its peers, and prints: case, side, figure.
//!
//! `compare OURS [PRISM]` takes turns between the sandbox, a bare handler that answers the same bytes,
//! and Prism; `history COUNT=URL...` brings each sandbox to so many posted transactions and takes
//! turns between them.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::time::{Duration, Instant};

use serde_json::json;
use synctera_benches::load;
use synctera_benches::load::{Bare, Case, Connection, Target};
use synctera_benches::request::Error;
use tokio::task::JoinSet;

/// Calls that are under way at once.
const IN_FLIGHT: usize = 16;
const ROUNDS: usize = 5;
/// Calls of a turn; Prism gets fewer, since it takes its time.
const CALLS: usize = 1600;
const CALLS_TO_PRISM: usize = 96;
/// Calls, one after the other, of a turn on a store with a history.
const CALLS_ON_HISTORY: usize = 200;
const ROUNDS_ON_HISTORY: usize = 10;

// One thread for the load, so that the other is the server's.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => load::serve().await,
        ["compare", ours] => compare(ours, None).await,
        ["compare", ours, prism] => compare(ours, Some(prism)).await,
        ["history", ref sandboxes @ ..] => history(sandboxes).await,
        _ => Err("compare OURS [PRISM], or history COUNT=URL...".into()),
    }
}

async fn compare(ours: &str, prism: Option<&str>) -> Result<(), Error> {
    let world = load::World::make(ours).await?;
    world.post_many(load::PAGE).await?;
    let mut answers = Vec::new();
    let mut connection = Connection::open(ours).await?;
    for case in Case::ALL {
        let (status, body) = connection.call(&world.request(case, "/v2")).await?;
        answers.push(json!({ "status": status, "body": String::from_utf8(body.to_vec())? }));
    }
    let bare = Bare::start(&answers)?;
    let mut targets = vec![
        Target { name: "ours", url: ours.to_owned(), prefix: "/v2", calls: CALLS },
        Target { name: "bare", url: bare.url.clone(), prefix: "/v2", calls: CALLS },
    ];
    if let Some(url) = prism {
        targets.push(Target {
            name: "prism",
            url: url.to_owned(),
            prefix: "",
            calls: CALLS_TO_PRISM,
        });
    }
    for case in Case::ALL {
        let mut rates = vec![Vec::new(); targets.len()];
        let mut times = vec![Vec::new(); targets.len()];
        for round in 0..=ROUNDS {
            for (place, target) in targets.iter().enumerate() {
                let begun = Instant::now();
                let turn = turn(target, &world, case, IN_FLIGHT).await?;
                let nanos = begun.elapsed().as_nanos().max(1);
                // The first round is to warm up.
                if round > 0 {
                    rates[place].push(u128::try_from(turn.len())? * 1_000_000_000 / nanos);
                    times[place].extend(turn);
                }
            }
        }
        for (place, target) in targets.iter().enumerate() {
            rates[place].sort_unstable();
            println!("{}_rate {} {}", case.name(), target.name, rates[place][ROUNDS / 2]);
            println!("{}_p99 {} {}", case.name(), target.name, p99(&mut times[place]));
        }
    }
    Ok(())
}

async fn history(sandboxes: &[&str]) -> Result<(), Error> {
    let mut known = Vec::new();
    for sandbox in sandboxes {
        let (count, url) = sandbox.split_once('=').ok_or("a count and a URL")?;
        let world = load::World::make(url).await?;
        let begun = Instant::now();
        world.post_many(count.parse()?).await?;
        let rate = count.parse::<u128>()? * 1000 / begun.elapsed().as_millis().max(1);
        println!("filling {count} {rate}");
        let target =
            Target { name: "ours", url: url.to_owned(), prefix: "/v2", calls: CALLS_ON_HISTORY };
        known.push((count, world, target));
    }
    for case in Case::ALL {
        let mut times = vec![Vec::new(); known.len()];
        for round in 0..=ROUNDS_ON_HISTORY {
            for (place, (_, world, target)) in known.iter().enumerate() {
                let turn = turn(target, world, case, 1).await?;
                if round > 0 {
                    times[place].extend(turn);
                }
            }
        }
        for ((count, ..), times) in known.iter().zip(&mut times) {
            println!("{}_p99 {count} {}", case.name(), p99(times));
        }
    }
    Ok(())
}

/// The times that the calls of a turn take, so many under way at once.
async fn turn(
    target: &Target,
    world: &load::World,
    case: Case,
    in_flight: usize,
) -> Result<Vec<Duration>, Error> {
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let request = world.request(case, target.prefix);
        let (url, calls) = (target.url.clone(), target.calls / in_flight);
        tasks.spawn(async move {
            let mut connection = Connection::open(&url).await?;
            let mut times = Vec::with_capacity(calls);
            for _ in 0..calls {
                let begun = Instant::now();
                let (status, _) = connection.call(&request).await?;
                times.push(begun.elapsed());
                if !(200..300).contains(&status) {
                    return Err(Error::from(format!("{url}: {} answers {status}", request.path)));
                }
            }
            Ok(times)
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended??);
    }
    Ok(all)
}

fn p99(times: &mut [Duration]) -> u128 {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).map_or(0, Duration::as_nanos)
}
