//! Loads the sandbox beside its peers, and prints: case, side, figure.
//!
//! `compare OURS [before=URL] [no_log=URL] [prism=URL]` takes turns between the sandbox, another version of
//! it, one without its log of requests, a bare handler that answers the same bytes, one that first writes as many rows as the sandbox does,
//! and Prism; `fill COUNT URL` posts so many transactions; `history COUNT=URL...` brings each sandbox to so many posted transactions and takes
//! turns between them.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::time::{Duration, Instant};

use synctera_benches::load::{Answer, Bare, Case, Connection, Target, World};
use synctera_benches::request::Error;
use synctera_benches::{load, writes};
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
        ["compare", ours, ref peers @ ..] => compare(ours, peers).await,
        ["fill", count, url] => World::make(url).await?.post_many(count.parse()?).await,
        ["history", ref sandboxes @ ..] => history(sandboxes).await,
        _ => {
            let usage = "compare OURS [before=URL] [no_log=URL] [prism=URL], fill COUNT URL, or history COUNT=URL...";
            Err(usage.into())
        }
    }
}

/// A server that is compared, and what its requests are about.
struct Side<'a> {
    target: Target,
    world: &'a World,
    /// Only the cases that write are compared.
    is_for_writes: bool,
}

async fn compare(ours: &str, peers: &[&str]) -> Result<(), Error> {
    let (mut others, mut prism) = (Vec::new(), None);
    for peer in peers {
        match peer.split_once('=') {
            Some(("before", url)) => others.push(("before", url, filled(url).await?)),
            Some(("no_log", url)) => others.push(("no_log", url, filled(url).await?)),
            Some(("prism", url)) => prism = Some(url),
            _ => {
                let why = format!("{peer}: a peer is before=URL, no_log=URL or prism=URL");
                return Err(why.into());
            }
        }
    }
    let world = filled(ours).await?;
    let mut answers = Vec::new();
    let mut connection = Connection::open(ours).await?;
    for case in Case::ALL {
        let (status, body) = connection.call(&world.request(case, "/v2")).await?;
        answers.push(Answer::new(status, &body)?);
    }
    let writes = writes::measure().await?;
    for (case, writes) in Case::ALL.into_iter().zip(&writes).filter(|(case, _)| case.is_write()) {
        if writes.is_empty() {
            return Err(format!("{}: no row was seen to be written", case.name()).into());
        }
        let bytes: usize = writes.iter().map(|write| write.bytes).sum();
        let is_new = writes.iter().filter(|write| write.is_new).count();
        println!("{}_rows inserted {is_new}", case.name());
        println!("{}_rows updated {}", case.name(), writes.len() - is_new);
        println!("{}_rows bytes {bytes}", case.name());
    }
    let bare = Bare::start(&answers)?;
    let writing = answers.iter().zip(writes).map(|(answer, writes)| answer.writing(writes));
    let writing = Bare::start(&writing.collect::<Vec<_>>())?;
    let side = |name: &'static str, url: &str, world| {
        let target = Target { name, url: url.to_owned(), prefix: "/v2", calls: CALLS };
        Side { target, world, is_for_writes: false }
    };
    let mut sides = vec![side("ours", ours, &world)];
    sides.extend(others.iter().map(|(name, url, world)| side(name, url, world)));
    sides.push(side("bare", &bare.url, &world));
    sides.push(Side { is_for_writes: true, ..side("sqlite", &writing.url, &world) });
    if let Some(url) = prism {
        let target =
            Target { name: "prism", url: url.to_owned(), prefix: "", calls: CALLS_TO_PRISM };
        sides.push(Side { target, world: &world, is_for_writes: false });
    }
    for case in Case::ALL {
        take_turns(&sides, case).await?;
    }
    Ok(())
}

/// What the requests to a sandbox are about, with a page of transactions.
async fn filled(url: &str) -> Result<World, Error> {
    let world = World::make(url).await?;
    world.post_many(load::PAGE).await?;
    Ok(world)
}

async fn take_turns(sides: &[Side<'_>], case: Case) -> Result<(), Error> {
    let sides: Vec<&Side<'_>> =
        sides.iter().filter(|side| case.is_write() || !side.is_for_writes).collect();
    let mut rates = vec![Vec::new(); sides.len()];
    let mut times = vec![Vec::new(); sides.len()];
    for round in 0..=ROUNDS {
        for step in 0..sides.len() {
            // Every other round goes backward, so that no side always follows the same one.
            let place = if round % 2 == 0 { step } else { sides.len() - 1 - step };
            let begun = Instant::now();
            let turn = turn(&sides[place].target, sides[place].world, case, IN_FLIGHT).await?;
            let nanos = begun.elapsed().as_nanos().max(1);
            // The first round is to warm up.
            if round > 0 {
                rates[place].push(u128::try_from(turn.len())? * 1_000_000_000 / nanos);
                times[place].extend(turn);
            }
        }
    }
    for (place, side) in sides.iter().enumerate() {
        rates[place].sort_unstable();
        println!("{}_rate {} {}", case.name(), side.target.name, rates[place][ROUNDS / 2]);
        println!("{}_p99 {} {}", case.name(), side.target.name, p99(&mut times[place]));
    }
    Ok(())
}

async fn history(sandboxes: &[&str]) -> Result<(), Error> {
    let mut known = Vec::new();
    for sandbox in sandboxes {
        let (count, url) = sandbox.split_once('=').ok_or("a count and a URL")?;
        let world = World::make(url).await?;
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
    world: &World,
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
