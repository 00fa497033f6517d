//! Prints how often each side allocates for each page, and how many items it reads whole: page, side,
//! figure.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use synctera_benches::{Error, pages};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let pages = runtime.block_on(pages())?;
    // From here on nobody else allocates.
    drop(runtime);
    for page in pages {
        for (side, whole) in page.whole {
            println!("{},whole {side} {whole}", page.name);
        }
        for (side, decode) in page.decoders {
            let region = Region::new(GLOBAL);
            decode(&page.body)?;
            let counted = region.change();
            println!("{} {side} {}", page.name, counted.allocations + counted.reallocations);
        }
    }
    Ok(())
}
