//! Reconciles: `reconcile COUNT` prints count, milliseconds, and peak memory in KiB.
//!
//! The platform is a server of pages that are made up as they are asked for, in this process: the
//! memory of one page is part of the figure. Our ledger comes in another order than the platform's.
#![allow(clippy::print_stdout, reason = "xtask reads it")]

use std::convert::Infallible;
use std::fmt::Write;
use std::time::Instant;

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use futures_util::stream;
use synctera::reconcile::{LedgerEntry, Reconcile};
use synctera::{AccountId, Money, Synctera};
use synctera_benches::{Error, memory};

const PAGE: usize = 100;
const ACCOUNT: &str = "00000000-0000-4000-8000-0000000000aa";
/// Prime, so that steps of it meet every number once.
const STEP: usize = 1_000_003;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let count: usize = std::env::args().nth(1).ok_or("how many transactions?")?.parse()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/v2/transactions/posted", get(page)).with_state(count);
    tokio::spawn(async move {
        let _ended = axum::serve(listener, router).await;
    });

    let client = Synctera::builder("key").base_url(base_url).build()?;
    let account: AccountId = ACCOUNT.parse()?;
    let entries = (0..count).map(move |index| {
        let number = index * STEP % count;
        let amount = Money::usd(i64::try_from(number).unwrap_or_default());
        Ok::<_, Infallible>(LedgerEntry::new(format!("order-{number:07}"), account, amount))
    });
    let begun = Instant::now();
    let period = Reconcile::new("2026-11-01".parse()?, "2026-11-30".parse()?);
    let report = client.reconcile(&period, stream::iter(entries)).await?;
    let summary = report.summarize()?;
    let took = begun.elapsed();
    if !summary.is_clean() || summary.matched != count as u64 {
        return Err(format!("the books do not agree: {summary}").into());
    }
    println!("{count} {} {}", took.as_millis(), memory::peak()?);
    Ok(())
}

#[derive(serde::Deserialize)]
struct Asked {
    page_token: Option<String>,
}

async fn page(
    State(count): State<usize>,
    Query(asked): Query<Asked>,
) -> ([(&'static str, &'static str); 1], String) {
    let first: usize = asked.page_token.and_then(|token| token.parse().ok()).unwrap_or_default();
    let end = (first + PAGE).min(count);
    let mut body = String::from(r#"{"result":["#);
    for number in first..end {
        if number > first {
            body.push(',');
        }
        // Writing into a string does not fail.
        let _written = write!(
            body,
            r#"{{"uuid":"00000000-0000-4000-8000-{number:012x}","id":{number},"tenant":"1_1",
            "type":"internal_transfer","subtype":"account_to_account","status":"POSTED",
            "idemkey":"key-{number}","reference_id":"order-{number:07}","info_only":false,
            "lead_mode":false,"created":"2026-11-24T14:00:00Z","updated":"2026-11-24T14:00:00Z",
            "transaction_time":"2026-11-24T14:00:00Z","effective_date":"2026-11-24T14:00:00Z",
            "posted_date":"2026-11-24T05:00:00Z","settlement_date":"2026-11-24",
            "data":{{"external_data":{{}},"force_post":false,"memo":"","lines":[{{
            "uuid":"00000000-0000-4000-9000-{number:012x}","tenant":"1_1","account_id":"{ACCOUNT}",
            "account_no":"1","amount":{number},"currency":"USD","dc_sign":"credit","balance":0,
            "available_balance":0,"avail_balance":0,"seq":1,"related_line":2,"is_primary":true,
            "is_offset":false,"is_gl_acc":false,"is_fee":false,"meta":null,"network":"",
            "created":"2026-11-24T14:00:00Z","updated":"2026-11-24T14:00:00Z"}}]}}}}"#
        );
    }
    let next = if end < count { format!("\"{end}\"") } else { "null".to_owned() };
    let _written = write!(body, r#"],"next_page_token":{next}}}"#);
    ([("content-type", "application/json")], body)
}
