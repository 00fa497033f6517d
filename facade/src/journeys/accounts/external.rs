//! Linking accounts at other banks.

use synctera_api::runtime::{CustomerId, ErrorCode, NextAction};
use synctera_api::{Error, Sensitive};

use super::bank_account::BankAccount;
use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Party, Run, Steps, recovery};
use crate::normalize::Normalization;
use crate::types::{
    AddVendorAccountFailure, AddVendorAccountsRequest, AddVendorAccountsResponse, ExternalAccount,
    ExternalAccountAccessToken, ExternalAccountVendorValues, NewExternalAccountAccessToken,
};

impl Synctera {
    /// Links accounts of a customer at another bank: through Plaid or Finicity, which verify them,
    /// or by their numbers, unverified. Money can be pushed to any linked account, and pulled from
    /// verified ones only.
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
    /// // Plaid Link, in the customer's browser, returns the public token.
    /// let link = LinkExternalAccount::plaid(customer.person.id, "public-sandbox-17", "ins_109508");
    /// let linked = client.link_external_account(&link).await?.all()?;
    /// println!("linked {}", linked[0].id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// error of the step that failed. Accounts that could not be linked are in the outcome.
    pub fn link_external_account(
        &self,
        request: &LinkExternalAccount,
    ) -> Run<'static, LinkExternalAccount> {
        Run::new(self, request)
    }
}

/// A request to link accounts at another bank; see [`Synctera::link_external_account`].
#[derive(Clone, Debug)]
pub struct LinkExternalAccount {
    holder: Party,
    link: Link,
}

#[derive(Clone, Debug)]
enum Link {
    Plaid { public_token: Sensitive<String>, institution_id: String, selection: Selection },
    Finicity { customer_id: String, selection: Selection },
    Numbers(BankAccount),
}

/// Which of the accounts at a vendor are linked.
#[derive(Clone, Debug, Default)]
struct Selection {
    account_ids: Vec<String>,
    verify_owner: bool,
}

impl LinkExternalAccount {
    /// Links the accounts that the holder selected in Plaid Link: its public token, and the bank's
    /// id at Plaid.
    pub fn plaid(
        holder: impl Into<Party>,
        public_token: impl Into<String>,
        institution_id: impl Into<String>,
    ) -> Self {
        Self {
            holder: holder.into(),
            link: Link::Plaid {
                public_token: Sensitive::new(public_token.into()),
                institution_id: institution_id.into(),
                selection: Selection::default(),
            },
        }
    }

    /// Links the accounts that the holder gave Finicity access to, by the holder's id there. The
    /// platform supports Finicity for existing programs; new ones use Plaid.
    pub fn finicity(holder: impl Into<Party>, vendor_customer_id: impl Into<String>) -> Self {
        let customer_id = vendor_customer_id.into();
        Self {
            holder: holder.into(),
            link: Link::Finicity { customer_id, selection: Selection::default() },
        }
    }

    /// Links an account by its numbers, unverified.
    pub fn by_numbers(holder: impl Into<Party>, account: BankAccount) -> Self {
        Self { holder: holder.into(), link: Link::Numbers(account) }
    }

    /// Links only this account, by its id at the vendor. May be repeated. Has no effect on
    /// [`by_numbers`](Self::by_numbers).
    #[must_use]
    pub fn account(mut self, id: impl Into<String>) -> Self {
        if let Some(selection) = self.selection() {
            selection.account_ids.push(id.into());
        }
        self
    }

    /// Links only accounts whose owner, as the vendor reports it, is the holder. Has no effect on
    /// [`by_numbers`](Self::by_numbers).
    #[must_use]
    pub fn verify_owner(mut self) -> Self {
        if let Some(selection) = self.selection() {
            selection.verify_owner = true;
        }
        self
    }

    fn selection(&mut self) -> Option<&mut Selection> {
        match &mut self.link {
            Link::Plaid { selection, .. } | Link::Finicity { selection, .. } => Some(selection),
            Link::Numbers(_) => None,
        }
    }
}

/// The accounts that were linked, and those that could not be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LinkedAccounts {
    /// The linked accounts.
    pub accounts: Vec<ExternalAccount>,
    /// The accounts that could not be linked, with the reasons.
    pub failed: Vec<AddVendorAccountFailure>,
    /// Plaid's access token, to link more accounts later. Keep it secret.
    pub access_token: Option<Sensitive<String>>,
}

impl LinkedAccounts {
    /// The linked accounts, if all of them could be linked.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) with the accounts that could not be linked, or when
    /// there is no account.
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
        let link = steps.normalized(self.normalize()?);
        match &link {
            Link::Numbers(account) => {
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
            Link::Plaid { public_token, institution_id, selection } => {
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
                    ..self.to_add(ExternalAccountVendorValues::Plaid, selection)
                };
                let added = add(steps, body).await?;
                Ok(LinkedAccounts {
                    accounts: added.added_accounts,
                    failed: added.failed_accounts,
                    access_token: access.vendor_access_token,
                })
            }
            Link::Finicity { customer_id, selection } => {
                let body = AddVendorAccountsRequest {
                    vendor_customer_id: Some(customer_id.clone()),
                    ..self.to_add(ExternalAccountVendorValues::Finicity, selection)
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
    fn normalize(&self) -> Result<(Link, Vec<Normalization>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let mut link = self.link.clone();
        match &mut link {
            Link::Plaid { public_token, institution_id, .. } => {
                checks.text(public_token.expose(), "vendor_public_token");
                checks.text(institution_id, "vendor_institution_id");
            }
            Link::Finicity { customer_id, .. } => checks.text(customer_id, "vendor_customer_id"),
            Link::Numbers(account) => *account = account.normalize(&mut checks),
        }
        Ok((link, checks.changes()?))
    }

    fn to_add(
        &self,
        vendor: ExternalAccountVendorValues,
        selection: &Selection,
    ) -> AddVendorAccountsRequest {
        AddVendorAccountsRequest {
            customer_id: self.holder.customer_id(),
            business_id: self.holder.business_id(),
            vendor_account_ids: selection.account_ids.clone(),
            verify_owner: selection.verify_owner.then_some(true),
            ..AddVendorAccountsRequest::new(self.holder.customer_type(), vendor)
        }
    }

    /// Exchanges Plaid's public token for an access token.
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
                // Progress must not contain the token.
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
