//! A ledger in PostgreSQL that is compared with the platform's.

use std::collections::BTreeMap;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt};
use synctera::reconcile::{Finding, Reconcile};
use synctera::{Money, Transfer};
use synctera_durable::{Error, Ledger, Postgres};
use synctera_sandbox::Sandbox;

use crate::cluster::Cluster;
use crate::figures::memory;
use crate::{program, world};

fn ledger(queue: &Postgres) -> Ledger {
    queue.ledger(
        "select id, reference, account, amount, currency from ledger \
         where id > $1 order by id limit $2",
    )
}

/// A ledger of so many rows, of which the platform has posted the first ten; one with another amount.
async fn compare(cluster: &Cluster, rows: u32) -> BTreeMap<&'static str, u64> {
    let sandbox = Sandbox::start().await.unwrap();
    let client = world::client_of(&sandbox);
    let holder = client.onboard_customer(&world::onboarding(1)).await.unwrap();
    let holder = holder.accepted().unwrap().person.id;
    let account = client.open_account(&world::opening(holder)).await.unwrap().id;
    let program = world::program_account(&client).await;
    for number in 1..=10 {
        let amount = Money::usd(if number == 7 { 8 } else { 7 });
        let posted = Transfer::new(program, account, amount).reference_id(format!("r-{number}"));
        client.transfer(&posted).await.unwrap();
    }
    let database = cluster.database();
    let own = program::connect(&database).await;
    own.batch_execute(&format!(
        "create table ledger (id bigint primary key, reference text not null, \
         account uuid not null, amount bigint not null, currency text not null); \
         insert into ledger select n, 'r-' || n, '{account}', 7, 'USD' \
         from generate_series(1, {rows}) as n"
    ))
    .await
    .unwrap();
    let queue = Postgres::connect(&database).await.unwrap();
    let ever = Reconcile::new("2020-01-01".parse().unwrap(), "2099-12-31".parse().unwrap());
    let mut report = client.reconcile(&ever, ledger(&queue).entries()).await.unwrap();
    let mut findings = BTreeMap::new();
    for finding in &mut report {
        let name = match finding.unwrap() {
            Finding::Matched { .. } => "matched",
            Finding::Differs { .. } => "differs",
            Finding::Missing(_) => "missing",
            Finding::Extra(_) => "extra",
        };
        *findings.entry(name).or_default() += 1;
    }
    findings
}

fn expected(rows: u32) -> BTreeMap<&'static str, u64> {
    BTreeMap::from([("matched", 9), ("differs", 1), ("missing", u64::from(rows) - 10)])
}

#[tokio::test]
async fn a_ledger_of_several_pages_is_compared() {
    let Some(cluster) = Cluster::shared() else { return };
    assert_eq!(compare(&cluster, 12_345).await, expected(12_345));
}

#[tokio::test]
async fn reading_continues_after_a_crash_of_the_database_and_at_any_position() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let own = program::connect(&database).await;
    own.batch_execute(
        "create table ledger as select n::bigint as id, 'r-' || n as reference, \
         gen_random_uuid() as account, 7::bigint as amount, 'USD' as currency \
         from generate_series(1, 12000) as n",
    )
    .await
    .unwrap();
    let queue = Postgres::connect(&database).await.unwrap();
    let mut entries = Box::pin(ledger(&queue).entries());
    let mut keys = Vec::new();
    while let Some(entry) = entries.next().await {
        keys.push(entry.unwrap().key);
        if keys.len() == 6_000 {
            cluster.crash();
            cluster.restart();
        }
    }
    let all: Vec<String> = (1..=12_000).map(|number| format!("r-{number}")).collect();
    assert_eq!(keys, all);
    let rest: Vec<_> = ledger(&queue).after(11_998).entries().try_collect().await.unwrap();
    assert_eq!(rest.len(), 2);

    let wrong = queue.ledger("select 1::bigint, 2 where $1::bigint < $2::bigint");
    let wrong: Result<Vec<_>, _> = wrong.entries().try_collect().await;
    assert!(matches!(wrong, Err(Error::Ledger(_))), "{wrong:?}");
    let refused: Result<Vec<_>, _> = queue.ledger("select nonsense").entries().try_collect().await;
    assert!(matches!(refused, Err(Error::Database { code: Some(_), .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes; cargo xtask durable"]
async fn a_ledger_of_ten_million_rows() {
    let Some(cluster) = Cluster::start() else { return };
    for rows in [1_000_000, 10_000_000] {
        let (began, before) = (Instant::now(), memory());
        assert_eq!(compare(&cluster, rows).await, expected(rows));
        let (took, more) = (began.elapsed(), memory().saturating_sub(before));
        println!("a ledger of {rows} rows: {:.0} s, {more} MiB more", took.as_secs_f64());
        assert!(more < 512, "{more} MiB");
    }
}
