//! Accounts at other banks.

use synctera_api::runtime::{CustomerId, ErrorCode, NextAction};
use synctera_api::{Error, Sensitive};

use super::bank_account::BankAccount;
use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps, recovery};
use crate::normalize::Normalization;
use crate::types::{
    AddVendorAccountFailure, AddVendorAccountsRequest, AddVendorAccountsResponse, ExternalAccount,
    ExternalAccountAccessToken, ExternalAccountVendorValues, NewExternalAccountAccessToken,
};

impl Synctera {
    /// Links a customer's accounts at another bank: through Plaid or Finicity, which prove them, or
    /// by their numbers, which does not. Money can be pushed to any, but is pulled from proven ones
    /// only.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let ada = OnboardCustomer::new(ada).consented();
    /// # let customer = client.onboard_customer(&ada).await?.accepted()?;
    /// use synctera::LinkExternalAccount;
    ///
    /// // Plaid Link, in the customer's browser, hands out the public token.
    /// let link = LinkExternalAccount::plaid(customer.person.id, "public-sandbox-17", "ins_109508");
    /// let linked = client.link_external_account(&link).await?.all()?;
    /// println!("linked {}", linked[0].id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; else what the
    /// failed step met. Accounts that could not be linked are in the outcome.
    pub fn link_external_account(
        &self,
        request: &LinkExternalAccount,
    ) -> Run<'static, LinkExternalAccount> {
        Run::new(self, request)
    }
}

/// Asks for accounts at another bank to be linked; see [`Synctera::link_external_account`].
#[derive(Clone, Debug)]
pub struct LinkExternalAccount {
    holder: Party,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Plaid { public_token: Sensitive<String>, institution_id: String, chosen: Chosen },
    Finicity { customer_id: String, chosen: Chosen },
    Numbers(BankAccount),
}

/// Which of the accounts that a vendor knows of.
#[derive(Clone, Debug, Default)]
struct Chosen {
    account_ids: Vec<String>,
    verify_owner: bool,
}

impl LinkExternalAccount {
    /// Links what the holder chose in Plaid Link: its public token, and the bank's id.
    pub fn plaid(
        holder: impl Into<Party>,
        public_token: impl Into<String>,
        institution_id: impl Into<String>,
    ) -> Self {
        Self {
            holder: holder.into(),
            way: Way::Plaid {
                public_token: Sensitive::new(public_token.into()),
                institution_id: institution_id.into(),
                chosen: Chosen::default(),
            },
        }
    }

    /// Links what the holder gave Finicity access to: the holder's id there. The platform keeps this
    /// for programmes that began with it; new ones link through Plaid.
    pub fn finicity(holder: impl Into<Party>, vendor_customer_id: impl Into<String>) -> Self {
        let customer_id = vendor_customer_id.into();
        Self {
            holder: holder.into(),
            way: Way::Finicity { customer_id, chosen: Chosen::default() },
        }
    }

    /// Links an account by its numbers, unproven.
    pub fn by_numbers(holder: impl Into<Party>, account: BankAccount) -> Self {
        Self { holder: holder.into(), way: Way::Numbers(account) }
    }

    /// Only this one of the accounts that the vendor knows of, by its id there. May be repeated.
    #[must_use]
    pub fn account(mut self, id: impl Into<String>) -> Self {
        if let Some(chosen) = self.chosen() {
            chosen.account_ids.push(id.into());
        }
        self
    }

    /// Links only accounts whose owner is the holder, by what the vendor knows of the owner.
    #[must_use]
    pub fn verify_owner(mut self) -> Self {
        if let Some(chosen) = self.chosen() {
            chosen.verify_owner = true;
        }
        self
    }

    fn chosen(&mut self) -> Option<&mut Chosen> {
        match &mut self.way {
            Way::Plaid { chosen, .. } | Way::Finicity { chosen, .. } => Some(chosen),
            Way::Numbers(_) => None,
        }
    }
}

/// Accounts that were linked, and those that were not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LinkedAccounts {
    /// What was linked.
    pub accounts: Vec<ExternalAccount>,
    /// What could not be, and why.
    pub failed: Vec<AddVendorAccountFailure>,
    /// Plaid's token for these accounts, to link more of them later. Keep it like a password.
    pub access_token: Option<Sensitive<String>>,
}

impl LinkedAccounts {
    /// The linked accounts, for callers who need all of them.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) when one could not be linked, or there is none.
    pub fn all(self) -> Result<Vec<ExternalAccount>, Error> {
        if self.failed.is_empty() && !self.accounts.is_empty() {
            return Ok(self.accounts);
        }
        let failed: Vec<String> = self
            .failed
            .iter()
            .map(|failure| format!("{} ({})", failure.vendor_account_id, failure.reason.as_str()))
            .collect();
        let message = if failed.is_empty() {
            "there was no account to link".to_owned()
        } else {
            format!("not all accounts could be linked: {}", failed.join(", "))
        };
        let code = Some(ErrorCode::ExternalAccountNotVerified);
        let error = Error::refused(LinkExternalAccount::NAME, code, message);
        Err(error.with_next_action(NextAction::CorrectAndContinue))
    }
}

impl Sealed for LinkExternalAccount {}

impl Journey for LinkExternalAccount {
    type Outcome = LinkedAccounts;

    const NAME: &'static str = "link_external_account";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<LinkedAccounts, Error> {
        let way = steps.normalized(self.normalize()?);
        match &way {
            Way::Numbers(account) => {
                let holder = (!steps.is_corrected()).then_some(self.holder);
                let account = steps
                    .create(
                        "",
                        |api, marker| recovery::external_account(api, holder, marker),
                        |api, marker| {
                            let mut body = account.to_new(self.holder);
                            marker.put(&mut body.metadata);
                            api.create_external_account(&body)
                        },
                        |account: &ExternalAccount| account.id.to_string(),
                    )
                    .await?;
                let id = account.id;
                let account = steps.current(account, |api| api.get_external_account(id)).await?;
                Ok(LinkedAccounts {
                    accounts: vec![account],
                    failed: Vec::new(),
                    access_token: None,
                })
            }
            Way::Plaid { public_token, institution_id, chosen } => {
                let body = NewExternalAccountAccessToken {
                    customer_id: self.holder.customer_id(),
                    business_id: self.holder.business_id(),
                    ..NewExternalAccountAccessToken::new(
                        institution_id.clone(),
                        public_token.clone(),
                    )
                };
                let access = self.exchange(steps, body).await?;
                let body = AddVendorAccountsRequest {
                    vendor_access_token: access.vendor_access_token.clone(),
                    ..self.to_add(ExternalAccountVendorValues::Plaid, chosen)
                };
                let added = add(steps, body).await?;
                Ok(LinkedAccounts {
                    accounts: added.added_accounts,
                    failed: added.failed_accounts,
                    access_token: access.vendor_access_token,
                })
            }
            Way::Finicity { customer_id, chosen } => {
                let body = AddVendorAccountsRequest {
                    vendor_customer_id: Some(customer_id.clone()),
                    ..self.to_add(ExternalAccountVendorValues::Finicity, chosen)
                };
                let added = add(steps, body).await?;
                Ok(LinkedAccounts {
                    accounts: added.added_accounts,
                    failed: added.failed_accounts,
                    access_token: None,
                })
            }
        }
    }
}

impl LinkExternalAccount {
    fn normalize(&self) -> Result<(Way, Vec<Normalization>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let mut way = self.way.clone();
        match &mut way {
            Way::Plaid { public_token, institution_id, .. } => {
                checks.text(public_token.expose(), "vendor_public_token");
                checks.text(institution_id, "vendor_institution_id");
            }
            Way::Finicity { customer_id, .. } => checks.text(customer_id, "vendor_customer_id"),
            Way::Numbers(account) => *account = account.normalize(&mut checks),
        }
        Ok((way, checks.changes()?))
    }

    fn to_add(
        &self,
        vendor: ExternalAccountVendorValues,
        chosen: &Chosen,
    ) -> AddVendorAccountsRequest {
        AddVendorAccountsRequest {
            customer_id: self.holder.customer_id(),
            business_id: self.holder.business_id(),
            vendor_account_ids: chosen.account_ids.clone(),
            verify_owner: chosen.verify_owner.then_some(true),
            ..AddVendorAccountsRequest::new(self.holder.customer_type(), vendor)
        }
    }

    /// Plaid's public token for a lasting one.
    async fn exchange(
        &self,
        steps: &mut Steps<'_>,
        body: NewExternalAccountAccessToken,
    ) -> Result<ExternalAccountAccessToken, Error> {
        let holder = CustomerId::from(self.holder).to_string();
        steps
            .write(
                "",
                |api| api.create_external_account_access_token(&body),
                // The token itself is nobody's to see.
                |_| holder,
            )
            .await
    }
}

async fn add(
    steps: &mut Steps<'_>,
    body: AddVendorAccountsRequest,
) -> Result<AddVendorAccountsResponse, Error> {
    steps
        .write(
            "",
            |api| api.add_vendor_external_accounts(&body),
            |added: &AddVendorAccountsResponse| {
                let ids: Vec<String> =
                    added.added_accounts.iter().map(|account| account.id.to_string()).collect();
                ids.join(", ")
            },
        )
        .await
}
