//! Waiting until a verification is decided.

use std::time::Duration;

use synctera_api::Error;
use uuid::Uuid;

use crate::Synctera;
use crate::journeys::{Outcome, Party, Verified, recovery};
use crate::polling::sealed::Sealed;
use crate::polling::{Await, Awaited, Polling};
use crate::types::VerificationStatus;

impl Synctera {
    /// Waits for a verification that takes time: a vendor that has not answered yet, or a person who
    /// reviews it. Looks at the party again and again, less and less often (from every 2 seconds to
    /// every minute, for 15 minutes, unless [`Await::polling`] is set), and immediately on a
    /// webhook about the party: see [`Await::wake_on`].
    ///
    /// It ends with `ACCEPTED` or `REJECTED`, or at the deadline with the current status:
    /// [`Outcome::Review`] or [`Outcome::Pending`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # sandbox.hold_clock()?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).clock(sandbox.clock()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Pending", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let signup = OnboardCustomer::new(ada).consented();
    /// # let person = client.onboard_customer(&signup).await?.into_inner().person.id;
    /// use std::time::Duration;
    /// use synctera::Polling;
    ///
    /// let two_hours = Polling::default().deadline(Duration::from_secs(2 * 60 * 60));
    /// let outcome = client.await_verification(person).polling(two_hours).await?;
    /// assert!(outcome.is_accepted());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the platform answers, unless trying again may help and the deadline has not passed.
    pub fn await_verification(&self, party: impl Into<Party>) -> Await<'static, AwaitVerification> {
        Await::new(self, AwaitVerification::new(party))
    }
}

/// A party whose verification is awaited; see [`Synctera::await_verification`].
#[derive(Clone, Copy, Debug)]
pub struct AwaitVerification {
    party: Party,
}

impl AwaitVerification {
    /// The wait for the verification of a party, for a program that stores its waits and polls them
    /// itself; otherwise see [`Synctera::await_verification`].
    pub fn new(party: impl Into<Party>) -> Self {
        Self { party: party.into() }
    }
}

impl Sealed for AwaitVerification {}

impl Awaited for AwaitVerification {
    type Outcome = Outcome<Verified>;

    const NAME: &'static str = "await_verification";

    const POLLING: Polling =
        Polling::new(Duration::from_secs(2), Duration::from_secs(60), Duration::from_secs(15 * 60));

    fn resource_id(&self) -> Uuid {
        match self.party {
            Party::Person(id) => id.as_uuid(),
            Party::Business(id) => id.as_uuid(),
        }
    }

    async fn poll_once(
        &self,
        client: &Synctera,
        is_last: bool,
    ) -> Result<Option<Outcome<Verified>>, Error> {
        let party = self.party;
        let status = party.verification_status(client.api()).await?;
        let is_decided =
            matches!(status, VerificationStatus::Accepted | VerificationStatus::Rejected);
        if !is_decided && !is_last {
            return Ok(None);
        }
        let verifications = recovery::verifications(client.api().clone(), party).await?;
        let verified = Verified { party, status: status.clone(), verifications };
        Ok(Some(Outcome::of(&status, verified)))
    }
}
