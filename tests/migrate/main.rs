//! A migration, as a process that a test can kill: brings so many customers in, with a checkpoint.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::path::PathBuf;

use clap::Parser;
use futures_util::stream;
use synctera::{Retries, Synctera};
use synctera_tests::world::customer;

/// Bring customers in
#[derive(Parser)]
struct Cli {
    /// Where the platform is
    base_url: String,
    /// The API key
    api_key: String,
    /// The checkpoint
    checkpoint: PathBuf,
    /// How many customers
    count: u32,
}

#[tokio::main]
async fn main() {
    let cli = Cli::parse();
    let client = Synctera::builder(cli.api_key)
        .base_url(cli.base_url)
        .retries(Retries::none())
        .build()
        .unwrap();
    let customers = stream::iter((0..cli.count).map(customer));
    let summary = client.onboard_many(customers).checkpoint(cli.checkpoint).await.unwrap();
    assert_eq!(summary.done + summary.done_before, u64::from(cli.count));
}
