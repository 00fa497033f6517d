//! `cargo xtask console --scale`: how long each page takes on a large bank.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;

use crate::bench;
use crate::running::Server;
use crate::workspace::Error;

/// How long a page may take.
const LIMIT: Duration = Duration::from_millis(200);
/// How often each page is asked for; the median counts.
const TIMES: usize = 5;
/// Requests that the log is to have.
const LOGGED: u64 = 100_000;
/// Pages of resources that are looked at, beside those of the navigation.
const DETAILS_MAX: usize = 60;

pub(crate) fn run(transactions: u64) -> Result<ExitCode, Error> {
    let release = bench::sandbox_release()?;
    let server = Server::start(&release.join("synctera-sandbox"), &[])?;
    println!("posting {transactions} transactions; their requests fill the log of {LOGGED}");
    let filled = Command::new(release.join("sandbox_load"))
        .args(["fill", &transactions.to_string(), &server.url])
        .status()?;
    if !filled.success() {
        return Err("the bank was not filled".into());
    }
    let client = Client::builder().no_proxy().build()?;
    let page = |path: &str| -> Result<String, Error> {
        let response = client.get(format!("{}{path}", server.url)).send()?;
        let status = response.status();
        let text = response.text()?;
        // A list that needs a filter says so.
        if !status.is_success() && status != 400 {
            return Err(format!("{path}: {status}").into());
        }
        Ok(text)
    };
    let mut slow = 0;
    let mut worst = (Duration::ZERO, String::new());
    let paths = paths(&page)?;
    for path in &paths {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let begun = Instant::now();
            page(path)?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let median = times.get(TIMES / 2).copied().unwrap_or_default();
        if median > LIMIT {
            slow += 1;
            println!("{path}: {} ms", median.as_millis());
        }
        if median > worst.0 {
            worst = (median, path.clone());
        }
    }
    let (time, path) = worst;
    println!(
        "{} pages, {slow} slower than {} ms; the slowest takes {} ms: {path}",
        paths.len(),
        LIMIT.as_millis(),
        time.as_millis()
    );
    Ok(if slow == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The pages of the navigation, those that they lead to, and searches.
fn paths(page: &impl Fn(&str) -> Result<String, Error>) -> Result<Vec<String>, Error> {
    let navigation = links(&page("/console/1_1/overview")?);
    let mut paths = navigation.clone();
    for path in &navigation {
        paths.extend(links(&page(path)?));
        if paths.len() > navigation.len() + DETAILS_MAX {
            break;
        }
    }
    // A name, the digits of a card, an amount that all transactions have and one that none has.
    for query in ["Ada", "Lovelace", "1234", "1.00", "77.77"] {
        paths.insert(format!("/console/1_1/search?q={query}"));
    }
    for query in ["status=4xx", "operation=create_person", "resource=none", "code=NONE"] {
        paths.insert(format!("/console/1_1/admin/log?{query}"));
    }
    Ok(paths.into_iter().collect())
}

/// The pages that a page leads to.
fn links(page: &str) -> BTreeSet<String> {
    let links = page.split("href=\"").skip(1).filter_map(|link| link.split('"').next());
    let links = links.filter(|link| link.starts_with("/console/") && !link.contains("/assets/"));
    links.map(|link| link.replace("&amp;", "&")).collect()
}
