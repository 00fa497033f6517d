//! Prints how long each side takes for each page: page, side, nanoseconds (the median).
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::time::Instant;

use synctera_benches::{Error, pages};

/// A round decodes a page this often, so that the clock's own grain does not show.
const DECODES: u32 = 10;
const ROUNDS: usize = 101;

#[tokio::main]
async fn main() -> Result<(), Error> {
    for page in pages().await? {
        let mut times = [const { Vec::new() }; 3];
        // Round about, so that whatever else the machine does falls on all alike.
        for _ in 0..ROUNDS {
            for ((_, decode), times) in page.decoders.iter().zip(&mut times) {
                let start = Instant::now();
                for _ in 0..DECODES {
                    decode(&page.body)?;
                }
                times.push(start.elapsed() / DECODES);
            }
        }
        for ((side, _), times) in page.decoders.iter().zip(&mut times) {
            times.sort_unstable();
            println!("{} {side} {}", page.name, times[ROUNDS / 2].as_nanos());
        }
    }
    Ok(())
}
