//! A run begins with the transaction that it is part of.

use synctera::{OnboardCustomer, OpenAccount, Transfer};
use synctera_durable::{Begin, Begun, Error, List, Postgres, State};

use crate::program;
use crate::setting::{Setting, eventually};

#[tokio::test]
async fn a_run_is_there_if_its_transaction_is_committed() {
    let Some(setting) = Setting::new().await else { return };
    let mut own = program::connect(&setting.database).await;
    for is_committed in [false, true] {
        let mut transaction = own.transaction().await.unwrap();
        let run = Begin::<OnboardCustomer>::new("signup-1").tenant("2_1");
        let begun = setting.queue.begin_in(&mut transaction, run).await.unwrap();
        assert_eq!(begun, Begun::Now);
        if is_committed {
            transaction.commit().await.unwrap();
        } else {
            transaction.rollback().await.unwrap();
        }
        let runs = setting.queue.list(&List::new()).await.unwrap();
        assert_eq!(runs.len(), usize::from(is_committed));
        assert_eq!(setting.jobs().await, i64::from(is_committed));
    }
    let run = setting.queue.show::<OnboardCustomer>("signup-1").await.unwrap();
    assert_eq!((run.state, run.tenant.as_deref(), run.attempt), (State::Queued, Some("2_1"), 1));
}

#[tokio::test]
async fn a_key_begins_one_run_of_each_journey() {
    let Some(setting) = Setting::new().await else { return };
    let queue = &setting.queue;
    let begin = || Begin::<OnboardCustomer>::new("signup-1");
    assert_eq!(queue.begin(begin()).await.unwrap(), Begun::Now);
    assert_eq!(queue.begin(begin().tenant("other")).await.unwrap(), Begun::Before);
    let other = Begin::<OpenAccount>::new("signup-1");
    assert_eq!(queue.begin(other).await.unwrap(), Begun::Now);
    assert_eq!(queue.show::<OnboardCustomer>("signup-1").await.unwrap().tenant, None);
    assert_eq!(setting.jobs().await, 2);
    assert!(matches!(queue.show::<Transfer>("signup-1").await, Err(Error::NotFound)));
}

#[tokio::test]
async fn the_statement_for_other_drivers_begins_the_same_run() {
    let Some(setting) = Setting::new().await else { return };
    let own = program::connect(&setting.database).await;
    let run = Begin::<OnboardCustomer>::new("signup-1");
    let tenant: Option<&str> = None;
    let begin = async || -> bool {
        let statement = Begin::<OnboardCustomer>::STATEMENT;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&run.journey(), &"signup-1", &tenant, &5_i32];
        own.query_one(statement, &parameters).await.unwrap().get(0)
    };
    assert!(begin().await);
    assert!(!begin().await);
    assert_eq!(setting.queue.begin(run).await.unwrap(), Begun::Before);
}

#[tokio::test]
async fn what_cannot_be_a_key_or_a_tenant_is_refused_before_it_is_sent() {
    let Some(setting) = Setting::new().await else { return };
    let long = "x".repeat(256);
    for key in ["", " ", "a\nb", "\u{fc}", &long] {
        let begun = setting.queue.begin(Begin::<Transfer>::new(key)).await;
        assert!(matches!(begun, Err(Error::Key(_))), "{key:?}: {begun:?}");
    }
    for tenant in ["", "a\nb", "\u{fc}", &long] {
        let begun = setting.queue.begin(Begin::<Transfer>::new("1").tenant(tenant)).await;
        assert!(matches!(begun, Err(Error::Tenant)), "{tenant:?}: {begun:?}");
    }
    assert!(setting.queue.list(&List::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn many_processes_may_create_the_tables_at_once() {
    let Some(cluster) = crate::cluster::Cluster::shared() else { return };
    let database = cluster.database();
    let connect = || {
        let database = database.clone();
        tokio::spawn(async move { Postgres::connect_with(&database, 2).await.map(drop) })
    };
    for connecting in [connect(), connect(), connect(), connect()] {
        connecting.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn tables_of_a_newer_version_are_left_alone() {
    let Some(setting) = Setting::new().await else { return };
    let own = program::connect(&setting.database).await;
    own.execute("insert into synctera_runs.layout (version) values (9999)", &[]).await.unwrap();
    let connected = Postgres::connect(&setting.database).await;
    assert!(matches!(connected, Err(Error::NewerLayout { found: 9999, .. })), "{connected:?}");
    let refused = Postgres::connect("postgres://user:secret-word@[").await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("secret-word"));
}

/// A process that begins a run and is killed, before or after the commit.
#[tokio::test]
async fn begin_process() {
    let Ok(database) = std::env::var("DURABLE_BEGIN") else { return };
    let queue = Postgres::connect(&database).await.unwrap();
    let mut own = program::connect(&database).await;
    let mut transaction = own.transaction().await.unwrap();
    let is_committed = std::env::var("DURABLE_COMMIT").is_ok();
    program::insert(&transaction, u32::from(is_committed), "tenant").await;
    let key = program::key(u32::from(is_committed));
    let run = Begin::<OnboardCustomer>::new(key);
    queue.begin_in(&mut transaction, run).await.unwrap();
    if is_committed {
        transaction.commit().await.unwrap();
    }
    std::process::abort();
}

#[tokio::test]
async fn a_process_that_is_killed_leaves_the_run_that_it_committed() {
    let Some(setting) = Setting::new().await else { return };
    program::create_table(&setting.database).await;
    for is_committed in [false, true] {
        let mut process = tokio::process::Command::new(std::env::current_exe().unwrap());
        process
            .args(["begin::begin_process", "--exact"])
            .env("DURABLE_BEGIN", &setting.database)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        if is_committed {
            process.env("DURABLE_COMMIT", "1");
        }
        assert!(!process.status().await.unwrap().success());
    }
    // The processes used the time of the database.
    setting.advance(chrono::TimeDelta::minutes(10));
    let account = crate::world::program_account(&setting.client).await;
    let runs = program::runs(setting.client.clone(), &setting.queue, &setting.database, account);
    let worker = crate::setting::Worker::start(setting.work(&runs));
    let own = program::connect(&setting.database).await;
    assert!(eventually(async || program::complete(&own).await == 1).await);
    worker.stop().await;
    let runs = setting.queue.list(&List::new()).await.unwrap();
    assert!(runs.iter().all(|run| run.key == program::key(1)), "{runs:?}");
    assert_eq!(setting.count("person"), 1);
}
