//! Brings customers in: `bulk COUNT CONCURRENCY` prints count, milliseconds, and peak memory in KiB.
//!
//! The sandbox is a process of its own, so that its memory, which holds what was made, is not ours.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use futures_util::stream;
use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
use synctera_benches::{Error, memory};
use synctera_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().ok_or("how many customers?")?;
    if first == "sandbox" {
        return serve().await;
    }
    let count: usize = first.parse()?;
    let concurrency: NonZeroUsize = arguments.next().ok_or("how many at a time?")?.parse()?;

    let sandbox = Command::new(std::env::current_exe()?)
        .arg("sandbox")
        .stdout(Stdio::piped())
        .spawn()
        .map(Guard)?;
    let folder = tempfile::tempdir()?;
    let (_sandbox, base_url) = sandbox.base_url()?;
    let client = Synctera::builder(synctera_sandbox::DEFAULT_API_KEY).base_url(base_url).build()?;
    let begun = Instant::now();
    let summary = client
        .onboard_many(stream::iter((0..count).map(customer)))
        .concurrency(concurrency)
        .checkpoint(folder.path().join("checkpoint.jsonl"))
        .await?;
    let took = begun.elapsed();
    if summary.done != count as u64 {
        return Err(format!("not all came in: {summary}").into());
    }
    println!("{count} {} {}", took.as_millis(), memory::peak()?);
    Ok(())
}

fn customer(number: usize) -> (String, OnboardCustomer) {
    let born = chrono::NaiveDate::from_ymd_opt(1985, 12, 10).unwrap_or_default();
    let person = PersonDetails::new("Ada", "Byron", born)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    (format!("customer-{number}"), OnboardCustomer::new(person).consented())
}

/// The platform, until it is killed.
async fn serve() -> Result<(), Error> {
    let mut sandbox = Sandbox::start().await?;
    println!("{}", sandbox.base_url());
    sandbox.wait().await;
    Ok(())
}

struct Guard(Child);

impl Guard {
    /// Where it listens, once it does.
    fn base_url(mut self) -> Result<(Self, String), Error> {
        let output = self.0.stdout.take().ok_or("the sandbox says nothing")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok((self, line.trim().to_owned()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _gone = self.0.wait();
    }
}
