//! Waiting until somebody has decided about a party.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_core::Stream;
use synctera_api::Error;
use synctera_api::runtime::BoxFuture;

use crate::Synctera;
use crate::journeys::{Outcome, Party, Verified};
use crate::pages::Items;
use crate::types::{ListVerificationsQuery, Verification, VerificationStatus};

impl Synctera {
    /// Waits for a verification that needs time: a vendor who has no answer yet, or somebody who
    /// looks at it. Asks again and again, less and less often; and at once when something says that
    /// there is news.
    ///
    /// It ends with `ACCEPTED` or `REJECTED`, or at the deadline with what is known by then:
    /// [`Outcome::Review`] or [`Outcome::Pending`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Pending", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let signup = OnboardCustomer::new(ada).consented();
    /// # let person = client.onboard_customer(&signup).await?.into_inner().person.id;
    /// use std::time::Duration;
    ///
    /// let outcome = client
    ///     .await_verification(person)
    ///     .polling(Duration::from_secs(5), Duration::from_secs(300))
    ///     .deadline(Duration::from_secs(2 * 60 * 60))
    /// #   .waiting(|time| { sandbox.advance(chrono::Duration::from_std(time).unwrap()).unwrap(); async {} })
    ///     .await?;
    /// assert!(outcome.is_accepted());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the platform answers, unless trying again may help and the deadline has not passed.
    pub fn await_verification(&self, party: impl Into<Party>) -> AwaitVerification<'_> {
        AwaitVerification {
            client: self,
            party: party.into(),
            pause: Duration::from_secs(2),
            longest: Duration::from_secs(60),
            deadline: Duration::from_secs(15 * 60),
            news: None,
            wait: Box::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }
}

type News<'a> = Pin<Box<dyn Stream<Item = ()> + Send + 'a>>;
type Wait<'a> = Box<dyn FnMut(Duration) -> BoxFuture<'a, ()> + Send + 'a>;

/// A verification that is waited for; see [`Synctera::await_verification`].
#[must_use = "nothing is waited for until it is awaited"]
pub struct AwaitVerification<'a> {
    client: &'a Synctera,
    party: Party,
    pause: Duration,
    longest: Duration,
    deadline: Duration,
    news: Option<News<'a>>,
    wait: Wait<'a>,
}

impl<'a> AwaitVerification<'a> {
    /// How long it waits before it asks again: first, and in the end. Each time it waits twice as
    /// long as the last. Unless set, 2 seconds and a minute.
    pub fn polling(mut self, first: Duration, longest: Duration) -> Self {
        self.pause = first;
        self.longest = longest.max(first);
        self
    }

    /// When it gives up. Unless set, after 15 minutes.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = after;
        self
    }

    /// Asks at once, too, when this stream yields: the receiving end of a channel into which a
    /// handler of the webhooks `PERSON.VERIFICATION_OUTCOME.UPDATED` and
    /// `BUSINESS.VERIFICATION_OUTCOME.UPDATED` sends. When it ends, asking now and then goes on.
    pub fn wake_on(mut self, news: impl Stream<Item = ()> + Send + 'a) -> Self {
        self.news = Some(Box::pin(news));
        self
    }

    /// Waits by this instead of by the machine's clock: for tests, which move the sandbox's time.
    pub fn waiting<F>(mut self, mut wait: impl FnMut(Duration) -> F + Send + 'a) -> Self
    where
        F: Future<Output = ()> + Send + 'a,
    {
        self.wait = Box::new(move |time| Box::pin(wait(time)));
        self
    }

    async fn run(mut self) -> Result<Outcome<Verified>, Error> {
        let begun = Instant::now();
        let mut waited = Duration::ZERO;
        loop {
            let left = self.deadline.saturating_sub(waited.max(begun.elapsed()));
            match status_of(self.client, self.party).await {
                Ok(status) => {
                    let is_decided = matches!(
                        status,
                        VerificationStatus::Accepted | VerificationStatus::Rejected
                    );
                    if is_decided || left.is_zero() {
                        let party = self.party;
                        let verifications = verifications_of(self.client, party).await?;
                        let verified = Verified { party, status: status.clone(), verifications };
                        return Ok(Outcome::of(&status, verified));
                    }
                }
                Err(error) if !error.is_retryable() || left.is_zero() => return Err(error),
                Err(_) => {}
            }
            let pause = self.pause.min(left);
            if self.pause_or_news(pause).await {
                waited = waited.saturating_add(pause);
                self.pause = self.pause.saturating_mul(2).min(self.longest);
            }
        }
    }

    /// Whether the whole pause was waited; news ends it early.
    async fn pause_or_news(&mut self, pause: Duration) -> bool {
        let mut wait = (self.wait)(pause);
        let news = &mut self.news;
        poll_fn(|context| {
            if let Some(stream) = news {
                match stream.as_mut().poll_next(context) {
                    Poll::Ready(Some(())) => return Poll::Ready(false),
                    Poll::Ready(None) => *news = None,
                    Poll::Pending => {}
                }
            }
            wait.as_mut().poll(context).map(|()| true)
        })
        .await
    }
}

async fn status_of(client: &Synctera, party: Party) -> Result<VerificationStatus, Error> {
    let api = client.api();
    match party {
        Party::Person(id) => Ok(api.get_person(id).await?.into_inner().verification_status),
        Party::Business(id) => {
            let status = api.get_business(id).await?.into_inner().verification_status;
            Ok(status.unwrap_or(VerificationStatus::Unverified))
        }
    }
}

/// What was checked, the current results alone.
async fn verifications_of(client: &Synctera, party: Party) -> Result<Vec<Verification>, Error> {
    let mut query = ListVerificationsQuery::default();
    match party {
        Party::Person(id) => query.person_id.push(id),
        Party::Business(id) => query.business_id.push(id),
    }
    let mut items = Items::of(client.api().clone(), query);
    let mut found = Vec::new();
    while let Some(verification) = items.try_next().await? {
        found.push(verification);
    }
    Ok(found)
}

impl<'a> IntoFuture for AwaitVerification<'a> {
    type Output = Result<Outcome<Verified>, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for AwaitVerification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitVerification")
            .field("party", &self.party)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
