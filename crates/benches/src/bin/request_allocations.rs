//! Prints how often a call allocates: case, side, allocations.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use synctera_benches::request::{Bench, Error, Side, served};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: usize = 1000;

fn main() -> Result<(), Error> {
    if served()? {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let bench = Bench::start().await?;
        for side in Side::ALL {
            // The first ones open the connection.
            for _ in 0..10 {
                bench.get(side).await?;
                bench.post(side).await?;
            }
            let region = Region::new(GLOBAL);
            for _ in 0..CALLS {
                bench.get(side).await?;
            }
            let get = region.change();
            let region = Region::new(GLOBAL);
            for _ in 0..CALLS {
                bench.post(side).await?;
            }
            let post = region.change();
            for (verb, counted) in [("get", get), ("post", post)] {
                let each = (counted.allocations + counted.reallocations) / CALLS;
                println!("{verb}_allocations {} {each}", side.name());
            }
        }
        Ok(())
    })
}
