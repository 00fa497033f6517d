//! Adding parties to accounts, and removing them.

use synctera_api::runtime::{AccountId, AccountRelationshipId, NextAction};
use synctera_api::{Error, v2};

use crate::Synctera;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps};
use crate::pages::Items;
use crate::types::{
    AccountRelationship, AccountRelationshipInput, AccountRelationshipType,
    ListAccountRelationshipsQuery,
};

impl Synctera {
    /// Adds a party to an open account. A party with the same relationship is returned unchanged.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// # let king = PersonDetails::new("William", "King", "1980-02-21".parse()?)
    /// #     .email("king@example.com")
    /// #     .phone_number("+14155550124")
    /// #     .ssn("456-78-9013")
    /// #     .legal_address(Address::us("2 Market St", "San Francisco", "CA", "94105"));
    /// # let king = OnboardCustomer::new(king).consented();
    /// # let king = client.onboard_customer(&king).await?.accepted()?.person.id;
    /// use synctera::{AddAccountParty, RemoveAccountParty};
    ///
    /// client.add_account_party(&AddAccountParty::joint(account, king)).await?;
    /// client.remove_account_party(&RemoveAccountParty::new(account, king)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) with `CUSTOMER_NOT_VERIFIED` or
    /// `BUSINESS_NOT_VERIFIED` for a holder or signer who is not accepted, and for a party with
    /// another relationship to the account; otherwise the platform's errors.
    pub fn add_account_party(&self, request: &AddAccountParty) -> Run<'static, AddAccountParty> {
        Run::new(self, request)
    }

    /// Removes a party from an account. The primary holder cannot be removed.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let king = PersonDetails::new("William", "King", "1980-02-21".parse()?)
    /// #     .email("king@example.com")
    /// #     .phone_number("+14155550124")
    /// #     .ssn("456-78-9013")
    /// #     .legal_address(Address::us("2 Market St", "San Francisco", "CA", "94105"));
    /// # let king = OnboardCustomer::new(king).consented();
    /// # let king = client.onboard_customer(&king).await?.accepted()?.person.id;
    /// use synctera::{AddAccountParty, RemoveAccountParty};
    ///
    /// client.add_account_party(&AddAccountParty::joint(checking, king)).await?;
    /// let gone = client.remove_account_party(&RemoveAccountParty::new(checking, king)).await?;
    /// assert!(gone.is_some());
    /// // The party is removed already.
    /// let gone = client.remove_account_party(&RemoveAccountParty::new(checking, king)).await?;
    /// assert!(gone.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) for the primary holder; otherwise the platform's
    /// errors.
    pub fn remove_account_party(
        &self,
        request: &RemoveAccountParty,
    ) -> Run<'static, RemoveAccountParty> {
        Run::new(self, request)
    }
}

/// A request to add a party to an account; see [`Synctera::add_account_party`].
#[derive(Clone, Debug)]
pub struct AddAccountParty {
    account: AccountId,
    party: Party,
    role: AccountRelationshipType,
}

impl AddAccountParty {
    /// Adds a joint holder, who has the rights of the primary holder.
    pub fn joint(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::with(account, holder.into(), AccountRelationshipType::JointAccountHolder)
    }

    /// Adds a party who may act on the account without owning it.
    pub fn authorized_signer(account: AccountId, signer: impl Into<Party>) -> Self {
        Self::with(account, signer.into(), AccountRelationshipType::AuthorizedSigner)
    }

    /// Adds a party who may use the account. The party needs no verification; the platform screens
    /// it against the sanctions lists.
    pub fn authorized_user(account: AccountId, user: impl Into<Party>) -> Self {
        Self::with(account, user.into(), AccountRelationshipType::AuthorizedUser)
    }

    fn with(account: AccountId, party: Party, role: AccountRelationshipType) -> Self {
        Self { account, party, role }
    }
}

impl Sealed for AddAccountParty {}

impl Journey for AddAccountParty {
    type Outcome = AccountRelationship;

    const NAME: &'static str = "add_account_party";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<AccountRelationship, Error> {
        if let Some(known) = related(steps.api(), self.account, self.party).await? {
            if known.relationship_type == self.role {
                return Ok(known);
            }
            let message = format!(
                "{} has the relationship {} to the account already",
                self.party,
                known.relationship_type.as_str()
            );
            return Err(Error::refused(Self::NAME, None, message));
        }
        if self.role != AccountRelationshipType::AuthorizedUser {
            self.party.ensure_verified(steps.api(), Self::NAME).await?;
        }
        let body = AccountRelationshipInput {
            customer_id: self.party.customer_id(),
            business_id: self.party.business_id(),
            ..AccountRelationshipInput::new(self.role.clone())
        };
        let account = self.account;
        steps
            .add(
                "",
                |api| api.create_account_relationship(account, &body),
                |made: &AccountRelationship| made.id.map_or_else(String::new, |id| id.to_string()),
            )
            .await
            .map_err(|error| self.party.named_in(error))
    }
}

/// A request to remove a party from an account; see [`Synctera::remove_account_party`].
#[derive(Clone, Debug)]
pub struct RemoveAccountParty {
    account: AccountId,
    party: Party,
}

impl RemoveAccountParty {
    /// Removes this party from the account.
    pub fn new(account: AccountId, party: impl Into<Party>) -> Self {
        Self { account, party: party.into() }
    }
}

impl Sealed for RemoveAccountParty {}

impl Journey for RemoveAccountParty {
    /// The id of the removed relationship; `None` if there was none.
    type Outcome = Option<AccountRelationshipId>;

    const NAME: &'static str = "remove_account_party";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(
        &'a self,
        steps: &'a mut Steps<'_>,
    ) -> Result<Option<AccountRelationshipId>, Error> {
        let Some(known) = related(steps.api(), self.account, self.party).await? else {
            return Ok(None);
        };
        if is_primary(&known.relationship_type) {
            let message = format!("{} is the primary holder, who cannot be removed", self.party);
            let error = Error::refused(Self::NAME, None, message);
            return Err(error.with_next_action(NextAction::DoNotRepeat));
        }
        let operation = "list_account_relationships";
        let id = known.id.ok_or_else(|| Error::incomplete_answer(operation, "id"))?;
        let account = self.account;
        steps
            .write(
                &id.to_string(),
                |api| api.delete_account_relationship(account, id),
                |_| id.to_string(),
            )
            .await?;
        Ok(Some(id))
    }
}

fn is_primary(role: &AccountRelationshipType) -> bool {
    matches!(
        role,
        AccountRelationshipType::PrimaryAccountHolder | AccountRelationshipType::AccountHolder
    )
}

/// The relationship of a party to an account, if there is one.
async fn related(
    api: &v2::Client,
    account: AccountId,
    party: Party,
) -> Result<Option<AccountRelationship>, Error> {
    let (person, business) = (party.customer_id(), party.business_id());
    let filters = (account, ListAccountRelationshipsQuery::default());
    let mut relationships = Items::of(api.clone(), filters);
    while let Some(entry) = relationships.try_next().await? {
        let is_person = person.is_some() && entry.customer_id == person;
        let is_business = business.is_some() && entry.business_id == business;
        if is_person || is_business {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}
