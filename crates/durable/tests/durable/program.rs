//! A program that uses the queue: sign-ups in a table of its own, whose accounts are opened and get a
//! first transfer, one journey after the other.

use synctera::{
    AccountId, InternalAccountId, OnboardCustomer, OpenAccount, PersonId, Synctera, Transfer,
};
use synctera_durable::{Begin, BoxError, Finished, Postgres, Runs};
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::world;

/// The program's connection to its database.
pub(crate) async fn connect(address: &str) -> tokio_postgres::Client {
    try_connect(address).await.unwrap()
}

async fn try_connect(address: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// The program's table. Requests are made of the number, so that no database has a person's data.
pub(crate) async fn create_table(address: &str) {
    connect(address)
        .await
        .batch_execute(
            "create table signups (key text primary key, number int not null, tenant text, \
             person uuid, account uuid, transfer uuid)",
        )
        .await
        .unwrap();
}

/// A sign-up and its run, in one transaction.
pub(crate) async fn sign_up(
    client: &mut tokio_postgres::Client,
    queue: &Postgres,
    number: u32,
    tenant: &str,
) {
    let mut transaction = client.transaction().await.unwrap();
    insert(&transaction, number, tenant).await;
    let run = Begin::<OnboardCustomer>::new(key(number)).tenant(tenant);
    queue.begin_in(&mut transaction, run).await.unwrap();
    transaction.commit().await.unwrap();
}

/// The row of a sign-up.
pub(crate) async fn insert(
    transaction: &tokio_postgres::Transaction<'_>,
    number: u32,
    tenant: &str,
) {
    let signed = i32::try_from(number).unwrap();
    let statement = "insert into signups (key, number, tenant) values ($1, $2, $3)";
    transaction.execute(statement, &[&key(number), &signed, &tenant]).await.unwrap();
}

/// The key of a sign-up.
pub(crate) fn key(number: u32) -> String {
    format!("signup-{number}")
}

/// Sign-ups whose last transfer is known.
pub(crate) async fn complete(client: &tokio_postgres::Client) -> i64 {
    let statement = "select count(*) from signups where transfer is not null";
    client.query_one(statement, &[]).await.unwrap().get(0)
}

#[derive(Clone)]
struct Program {
    address: String,
    queue: Postgres,
    account: InternalAccountId,
}

impl Program {
    /// A column of a sign-up.
    async fn read<T: for<'a> tokio_postgres::types::FromSql<'a>>(
        &self,
        key: &str,
        column: &str,
    ) -> Result<Option<T>, BoxError> {
        let client = try_connect(&self.address).await?;
        let statement = format!("select {column} from signups where key = $1");
        let row = client.query_opt(&statement, &[&key]).await?;
        Ok(row.and_then(|row| row.get(0)))
    }

    /// Stores an id, and begins the next run with it.
    async fn store(
        &self,
        key: &str,
        column: &str,
        id: Uuid,
        next: Option<Next>,
    ) -> Result<(), BoxError> {
        let mut client = try_connect(&self.address).await?;
        let mut transaction = client.transaction().await?;
        let statement = format!("update signups set {column} = $2 where key = $1 returning tenant");
        let row = transaction.query_one(&statement, &[&key, &id]).await?;
        let tenant: String = row.get(0);
        match next {
            Some(Next::Open) => {
                let run = Begin::<OpenAccount>::new(key).tenant(tenant);
                self.queue.begin_in(&mut transaction, run).await?;
            }
            Some(Next::Transfer) => {
                let run = Begin::<Transfer>::new(key).tenant(tenant);
                self.queue.begin_in(&mut transaction, run).await?;
            }
            None => {}
        }
        transaction.commit().await?;
        Ok(())
    }
}

enum Next {
    Open,
    Transfer,
}

/// The journeys of the program.
pub(crate) fn runs(
    client: Synctera,
    queue: &Postgres,
    address: &str,
    account: InternalAccountId,
) -> Runs {
    let program = Program { address: address.to_owned(), queue: queue.clone(), account };
    let [a, b, c, d, e, f] = std::array::from_fn(|_| program.clone());
    Runs::new(client)
        .journey(move |key| {
            let program = a.clone();
            async move {
                let number: Option<i32> = program.read(&key, "number").await?;
                let request = number.map(|number| world::onboarding(number.unsigned_abs()));
                Ok::<_, BoxError>(request)
            }
        })
        .on_outcome(move |run: Finished<OnboardCustomer>| {
            let program = b.clone();
            async move {
                let person = run.outcome.get().person.id.as_uuid();
                program.store(&run.key, "person", person, Some(Next::Open)).await
            }
        })
        .journey(move |key| {
            let program = c.clone();
            async move {
                let person: Option<Uuid> = program.read(&key, "person").await?;
                Ok::<_, BoxError>(person.map(|person| world::opening(PersonId::from(person))))
            }
        })
        .on_outcome(move |run: Finished<OpenAccount>| {
            let program = d.clone();
            async move {
                let account = run.outcome.id.as_uuid();
                program.store(&run.key, "account", account, Some(Next::Transfer)).await
            }
        })
        .journey(move |key| {
            let program = e.clone();
            async move {
                let account: Option<Uuid> = program.read(&key, "account").await?;
                Ok::<_, BoxError>(
                    account.map(|id| world::welcome(program.account, AccountId::from(id))),
                )
            }
        })
        .on_outcome(move |run: Finished<Transfer>| {
            let program = f.clone();
            async move { program.store(&run.key, "transfer", run.outcome.id.as_uuid(), None).await }
        })
}
