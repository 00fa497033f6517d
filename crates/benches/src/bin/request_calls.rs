//! Makes the calls of one side, one after the other, for a profiler: `request_calls ours get 1000`.
//!
//! Two runs with different numbers give what one call costs, without what is done once:
//! `valgrind --tool=callgrind` for instructions, `strace -f -c` for system calls.

use synctera_benches::request::{Bench, Error, Side, served};

const USAGE: &str = "usage: request_calls ours|limited|bare get|post CALLS [WORKERS]";

fn main() -> Result<(), Error> {
    if served()? {
        return Ok(());
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [side, verb, calls, workers @ ..] = words.as_slice() else {
        return Err(USAGE.into());
    };
    let (side, calls) = (Side::named(side).ok_or(USAGE)?, calls.parse::<usize>()?);
    let mut runtime = match workers.first() {
        Some(workers) => {
            let mut threads = tokio::runtime::Builder::new_multi_thread();
            threads.worker_threads(workers.parse()?);
            threads
        }
        None => tokio::runtime::Builder::new_current_thread(),
    };
    runtime.enable_all().build()?.block_on(async {
        let bench = Bench::start().await?;
        for _ in 0..calls {
            match verb.as_str() {
                "get" => bench.get(side).await?,
                "post" => bench.post(side).await?,
                _ => return Err(USAGE.into()),
            };
        }
        Ok(())
    })
}
