//! No person's data is stored or logged: not in a dump, not in the write-ahead log, not in any file of
//! the database, and not in the log of a worker at its most detailed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use synctera::types::ListAccountsQuery;
use synctera_durable::{Begin, Postgres};
use synctera_sandbox::{Fault, Sandbox};

use crate::cluster::Cluster;
use crate::process::{Job, stop};
use crate::setting::eventually;
use crate::{program, world};

const SIGNUPS: u32 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_data_of_a_person_is_stored_or_logged() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let sandbox = Sandbox::start().await.unwrap();
    let client = world::client_of(&sandbox);
    let account = world::program_account(&client).await;
    let queue = Postgres::connect(&database).await.unwrap();
    program::create_table(&database).await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("worker.log");
    // Refusals quote what was sent: the last sign-up is parked.
    let refused = Fault::status(422).code("SUSPECTED_FRAUD").on_operation("create_account");
    sandbox.add_fault(refused.times(1)).unwrap();
    let mut own = program::connect(&database).await;
    for number in 0..SIGNUPS {
        program::sign_up(&mut own, &queue, number, "tenant").await;
    }
    let wrong = Begin::<synctera::OnboardCustomer>::new("signup-unknown");
    queue.begin(wrong).await.unwrap();
    let job = Job {
        database: database.clone(),
        base_url: sandbox.base_url(),
        api_key: sandbox.api_key().to_owned(),
        account,
        lease: Duration::from_secs(2),
        faults: 0.1,
        concurrency: 4,
        per_tenant: 0,
        log: Some(log.clone()),
    };
    let worker = job.spawn();
    assert!(eventually(async || program::complete(&own).await == i64::from(SIGNUPS) - 1).await);
    let health = queue.health().await.unwrap();
    assert_eq!(health.parked.iter().map(|by| by.runs).sum::<u64>(), 2, "{health:?}");
    stop(worker).await;
    own.batch_execute("checkpoint").await.unwrap();

    let mut planted = vec!["Zephyrine".to_owned(), "zephyrine.planted".to_owned()];
    planted.extend(["77 Planted Street", "4155550123", "1985-12-10"].map(str::to_owned));
    for number in 0..SIGNUPS {
        planted.push(world::surname(number));
        planted.push(world::ssn(number));
        planted.push(world::ssn(number).replace('-', ""));
    }
    let accounts = client.api().list_accounts(&ListAccountsQuery::default()).await.unwrap();
    for account in &accounts.accounts {
        planted.extend(account.account_number.as_ref().map(|number| number.expose().clone()));
    }
    assert!(planted.len() > 3 * SIGNUPS as usize + 5, "account numbers are among them");

    let text = std::fs::read(&log).unwrap();
    // What is searched has what is searched for, were it there.
    assert!(holds(&text, "signup-3") && holds(&cluster.dump(), "signup-3"));
    assert!(files(&cluster.data().join("pg_wal")).iter().any(|file| file_holds(file, "signup-3")));
    let mut found = Vec::new();
    let dump = cluster.dump();
    for word in &planted {
        if holds(&text, word) {
            found.push(format!("{word} in the log"));
        }
        if holds(&dump, word) {
            found.push(format!("{word} in the dump"));
        }
    }
    for file in files(&cluster.data()) {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let words = planted.iter().filter(|word| holds(&bytes, word));
        found.extend(words.map(|word| format!("{word} in {}", file.display())));
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn file_holds(file: &Path, word: &str) -> bool {
    std::fs::read(file).is_ok_and(|bytes| holds(&bytes, word))
}

fn holds(bytes: &[u8], word: &str) -> bool {
    let first = word.as_bytes()[0];
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        if rest[at..].starts_with(word.as_bytes()) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}
