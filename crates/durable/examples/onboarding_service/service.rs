//! The service: its tables, its pages, its journeys.

use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::routing::{post, put};
use chrono::NaiveDate;
use deadpool_postgres::Pool;
use serde::Deserialize;
use synctera::types::AccountType;
use synctera::webhooks::{VerifiedEvent, Verifier};
use synctera::{
    Address, AwaitVerification, OnboardCustomer, OpenAccount, Outcome, PersonDetails, PersonId,
    Synctera,
};
use synctera_durable::{Begin, BoxError, Finished, Postgres, Runs, Wait};
use tokio_postgres::Transaction;
use uuid::Uuid;

// ANCHOR: service
/// What the pages and the journeys share.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) pool: Pool,
    pub(crate) queue: Postgres,
    pub(crate) verifier: Verifier,
}
// ANCHOR_END: service

/// Where the extractor of events finds the verifier.
impl FromRef<Service> for Verifier {
    fn from_ref(service: &Service) -> Self {
        service.verifier.clone()
    }
}

/// The service's own table, beside those of the queue in the same database.
pub(crate) const TABLE: &str = "create table if not exists signups (
    key text primary key,
    first_name text not null, last_name text not null, born date not null, email text not null,
    phone_number text not null, ssn text not null,
    street text not null, city text not null, state text not null, postal_code text not null,
    person uuid, account uuid, status text not null default 'received'
)";

/// What somebody enters.
#[derive(Deserialize)]
struct SignUp {
    first_name: String,
    last_name: String,
    born: NaiveDate,
    email: String,
    phone_number: String,
    ssn: String,
    street: String,
    city: String,
    state: String,
    postal_code: String,
}

/// What went wrong: the service's log has it, and the caller gets a status.
pub(crate) struct Failure(BoxError);

impl<E: Into<BoxError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        // A database may quote values, so the kind alone is logged.
        tracing::warn!(is_database = self.0.is::<tokio_postgres::Error>(), "a request failed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// The pages of the service.
pub(crate) fn pages(service: Service) -> axum::Router {
    axum::Router::new()
        .route("/signups/{key}", put(sign_up).get(status))
        .route("/events", post(event))
        .with_state(service)
}

// ANCHOR: sign_up
/// The row and the run are committed together, or not at all. The same key again changes nothing.
async fn sign_up(
    State(service): State<Service>,
    Path(key): Path<String>,
    body: String,
) -> Result<StatusCode, Failure> {
    let Ok(signup) = serde_json::from_str::<SignUp>(&body) else {
        return Ok(StatusCode::BAD_REQUEST);
    };
    let mut client = service.pool.get().await?;
    let mut transaction = client.transaction().await?;
    insert(&transaction, &key, &signup).await?;
    service.queue.begin_in(&mut transaction, Begin::<OnboardCustomer>::new(key)).await?;
    transaction.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
// ANCHOR_END: sign_up

async fn insert(transaction: &Transaction<'_>, key: &str, by: &SignUp) -> Result<(), Failure> {
    transaction
        .execute(
            "insert into signups (key, first_name, last_name, born, email, phone_number, ssn, \
             street, city, state, postal_code) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             on conflict do nothing",
            &[
                &key,
                &by.first_name,
                &by.last_name,
                &by.born,
                &by.email,
                &by.phone_number,
                &by.ssn,
                &by.street,
                &by.city,
                &by.state,
                &by.postal_code,
            ],
        )
        .await?;
    Ok(())
}

async fn status(
    State(service): State<Service>,
    Path(key): Path<String>,
) -> Result<(StatusCode, String), Failure> {
    let client = service.pool.get().await?;
    let row = client.query_opt("select status from signups where key = $1", &[&key]).await?;
    Ok(match row {
        Some(row) => (StatusCode::OK, row.get(0)),
        None => (StatusCode::NOT_FOUND, String::new()),
    })
}

// ANCHOR: event
/// Runs for events that the platform has signed; what waits for the resource is due now.
async fn event(
    State(service): State<Service>,
    VerifiedEvent(event): VerifiedEvent,
) -> Result<StatusCode, Failure> {
    match service.queue.wake(&event).await {
        Ok(_) | Err(synctera_durable::Error::EventWithoutResource) => Ok(StatusCode::OK),
        // The platform delivers it again.
        Err(error) => Err(error.into()),
    }
}
// ANCHOR_END: event

// ANCHOR: runs
/// The journeys: where each request comes from, and what each outcome does.
pub(crate) fn runs(client: Synctera, service: &Service) -> Runs {
    let [a, b, c, d, e, f] = std::array::from_fn(|_| service.clone());
    Runs::new(client)
        .journey(move |key| a.clone().onboarding(key))
        .on_outcome(move |run| b.clone().onboarded(run))
        .wait(move |key| c.clone().verification(key))
        .on_outcome(move |run| d.clone().verified(run))
        .journey(move |key| e.clone().account(key))
        .on_outcome(move |run| f.clone().opened(run))
}
// ANCHOR_END: runs

impl Service {
    async fn onboarding(self, key: String) -> Result<Option<OnboardCustomer>, BoxError> {
        let client = self.pool.get().await?;
        let row = client.query_opt("select * from signups where key = $1", &[&key]).await?;
        Ok(row.map(|row| {
            let text = |column: &str| row.get::<_, String>(column);
            let address =
                Address::us(text("street"), text("city"), text("state"), text("postal_code"));
            let person = PersonDetails::new(text("first_name"), text("last_name"), row.get("born"))
                .email(text("email"))
                .phone_number(text("phone_number"))
                .ssn(text("ssn"))
                .legal_address(address);
            OnboardCustomer::new(person).consented()
        }))
    }

    // ANCHOR: onboarded
    /// Stores the person, and begins what comes next in the same transaction. A second call with the
    /// same outcome changes nothing: the keys of the runs are those of the sign-up.
    async fn onboarded(self, run: Finished<OnboardCustomer>) -> Result<(), BoxError> {
        let mut client = self.pool.get().await?;
        let mut transaction = client.transaction().await?;
        let person = run.outcome.get().person.id.as_uuid();
        let statement = "update signups set person = $2 where key = $1";
        transaction.execute(statement, &[&run.key, &person]).await?;
        self.decided(&mut transaction, &run.key, &run.outcome).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn decided<T>(
        &self,
        transaction: &mut Transaction<'_>,
        key: &str,
        outcome: &Outcome<T>,
    ) -> Result<(), BoxError> {
        let status = match outcome {
            Outcome::Accepted(_) => {
                self.queue.begin_in(transaction, Begin::<OpenAccount>::new(key)).await?;
                "verified"
            }
            Outcome::Pending(_) | Outcome::Review(_) => {
                let wait = Begin::<Wait<AwaitVerification>>::new(key);
                self.queue.begin_in(transaction, wait).await?;
                "in review"
            }
            Outcome::Rejected(_) => "rejected",
        };
        // An account that is open is not said to be in review by a second call.
        let statement = "update signups set status = $2 where key = $1 and account is null";
        transaction.execute(statement, &[&key, &status]).await?;
        Ok(())
    }
    // ANCHOR_END: onboarded

    async fn person(&self, key: &str) -> Result<Option<PersonId>, BoxError> {
        let client = self.pool.get().await?;
        let row = client.query_opt("select person from signups where key = $1", &[&key]).await?;
        Ok(row.and_then(|row| row.get::<_, Option<Uuid>>(0)).map(PersonId::from))
    }

    async fn verification(self, key: String) -> Result<Option<AwaitVerification>, BoxError> {
        Ok(self.person(&key).await?.map(AwaitVerification::new))
    }

    async fn verified(self, run: Finished<Wait<AwaitVerification>>) -> Result<(), BoxError> {
        let mut client = self.pool.get().await?;
        let mut transaction = client.transaction().await?;
        self.decided(&mut transaction, &run.key, &run.outcome).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn account(self, key: String) -> Result<Option<OpenAccount>, BoxError> {
        let person = self.person(&key).await?;
        Ok(person.map(|person| OpenAccount::new(AccountType::Checking, person)))
    }

    async fn opened(self, run: Finished<OpenAccount>) -> Result<(), BoxError> {
        let client = self.pool.get().await?;
        let account = run.outcome.id.as_uuid();
        let statement = "update signups set account = $2, status = 'open' where key = $1";
        client.execute(statement, &[&run.key, &account]).await?;
        Ok(())
    }
}
