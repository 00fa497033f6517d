//! Accounts at other banks.

use synctera_api::runtime::{CountryCode, CustomerId, ErrorCode};
use synctera_api::{Error, Sensitive};

use crate::Synctera;
use crate::care::{self, Change};
use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Journey, Party, Run, Steps, earlier};
use crate::types::{
    AddVendorAccountFailure, AddVendorAccountsRequest, AddVendorAccountsResponse, ExternalAccount,
    ExternalAccountAccessToken, ExternalAccountVendorValues, NewAccountIdentifiers,
    NewExternalAccount, NewExternalAccountAccessToken, NewExternalAccountType,
    NewRoutingIdentifiers,
};

impl Synctera {
    /// Links a customer's accounts at another bank: through Plaid, which proves them, or by their
    /// numbers, which does not. Money can be pushed to either, but is pulled from proven ones only.
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
    pub fn link_external_account<'a>(
        &'a self,
        request: &'a LinkExternalAccount,
    ) -> Run<'a, LinkExternalAccount> {
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
    Plaid {
        public_token: Sensitive<String>,
        institution_id: String,
        account_ids: Vec<String>,
        verify_owner: bool,
    },
    Numbers(BankAccount),
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
                account_ids: Vec::new(),
                verify_owner: false,
            },
        }
    }

    /// Links an account by its numbers, unproven.
    pub fn by_numbers(holder: impl Into<Party>, account: BankAccount) -> Self {
        Self { holder: holder.into(), way: Way::Numbers(account) }
    }

    /// Only this one of the accounts that Plaid knows of, by its id there. May be repeated.
    #[must_use]
    pub fn account(mut self, id: impl Into<String>) -> Self {
        if let Way::Plaid { account_ids, .. } = &mut self.way {
            account_ids.push(id.into());
        }
        self
    }

    /// Links only accounts whose owner is the holder, by what Plaid knows of the owner.
    #[must_use]
    pub fn verify_owner(mut self) -> Self {
        if let Way::Plaid { verify_owner, .. } = &mut self.way {
            *verify_owner = true;
        }
        self
    }
}

/// An account at another bank, by its numbers.
#[derive(Clone, Debug)]
pub struct BankAccount {
    kind: NewExternalAccountType,
    owner_names: Vec<String>,
    bank_name: String,
    routing_number: Sensitive<String>,
    number: Sensitive<String>,
    nickname: Option<String>,
    wire_routing_number: Option<Sensitive<String>>,
}

impl BankAccount {
    /// A checking account in the United States: who owns it, at which bank, the bank's routing
    /// number (nine digits) and the account's number.
    pub fn checking(
        owner_name: impl Into<String>,
        bank_name: impl Into<String>,
        routing_number: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        Self {
            kind: NewExternalAccountType::Checking,
            owner_names: vec![owner_name.into()],
            bank_name: bank_name.into(),
            routing_number: Sensitive::new(routing_number.into()),
            number: Sensitive::new(number.into()),
            nickname: None,
            wire_routing_number: None,
        }
    }

    /// A savings account; see [`checking`](Self::checking).
    pub fn savings(
        owner_name: impl Into<String>,
        bank_name: impl Into<String>,
        routing_number: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        Self {
            kind: NewExternalAccountType::Savings,
            ..Self::checking(owner_name, bank_name, routing_number, number)
        }
    }

    /// A further owner.
    #[must_use]
    pub fn owner(mut self, name: impl Into<String>) -> Self {
        self.owner_names.push(name.into());
        self
    }

    /// A name for people.
    #[must_use]
    pub fn nickname(mut self, nickname: impl Into<String>) -> Self {
        self.nickname = Some(nickname.into());
        self
    }

    /// The bank's routing number for wires (nine digits), which may be another than for ACH.
    #[must_use]
    pub fn wires(mut self, routing_number: impl Into<String>) -> Self {
        self.wire_routing_number = Some(Sensitive::new(routing_number.into()));
        self
    }

    fn tidy(&self, checks: &mut Checks) -> Self {
        let number = checks.tidy(self.number.expose(), "account_identifiers.number", care::text);
        let routing_number = checks.tidy(
            self.routing_number.expose(),
            "routing_identifiers.ach_routing_number",
            care::routing_number,
        );
        let wire_routing_number = self.wire_routing_number.as_ref().map(|number| {
            checks.tidy(
                number.expose(),
                "routing_identifiers.wire_routing_number",
                care::routing_number,
            )
        });
        let owner_names = self.owner_names.iter().enumerate();
        Self {
            owner_names: owner_names
                .map(|(index, name)| {
                    checks.tidy(name, &format!("account_owner_names[{index}]"), care::text)
                })
                .collect(),
            bank_name: checks.tidy(&self.bank_name, "routing_identifiers.bank_name", care::text),
            routing_number: Sensitive::new(routing_number),
            wire_routing_number: wire_routing_number.map(Sensitive::new),
            number: Sensitive::new(number),
            ..self.clone()
        }
    }

    fn to_new(&self, holder: Party) -> NewExternalAccount {
        let identifiers = NewAccountIdentifiers {
            number: Some(self.number.clone()),
            ..NewAccountIdentifiers::default()
        };
        let routing = NewRoutingIdentifiers {
            ach_routing_number: Some(self.routing_number.clone()),
            wire_routing_number: self.wire_routing_number.clone(),
            ..NewRoutingIdentifiers::new(vec![CountryCode::US], self.bank_name.clone())
        };
        NewExternalAccount {
            customer_id: holder.customer_id(),
            business_id: holder.business_id(),
            nickname: self.nickname.clone(),
            ..NewExternalAccount::new(
                identifiers,
                self.owner_names.clone(),
                holder.customer_type(),
                routing,
                self.kind.clone(),
            )
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
        Err(Error::refused(LinkExternalAccount::NAME, code, message))
    }
}

impl Sealed for LinkExternalAccount {}

impl Journey for LinkExternalAccount {
    type Outcome = LinkedAccounts;

    const NAME: &'static str = "link_external_account";

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<LinkedAccounts, Error> {
        let way = steps.tidied(self.tidy()?);
        match &way {
            Way::Numbers(account) => {
                let mark = steps.mark("create_external_account", "");
                let mut body = account.to_new(self.holder);
                mark.put(&mut body.metadata);
                let account = steps
                    .create(
                        "create_external_account",
                        "",
                        |api| earlier::external_account(api, self.holder, mark),
                        |api| async move { api.create_external_account(&body).await },
                        |account: &ExternalAccount| account.id.to_string(),
                    )
                    .await?;
                Ok(LinkedAccounts {
                    accounts: vec![account],
                    failed: Vec::new(),
                    access_token: None,
                })
            }
            Way::Plaid { public_token, institution_id, account_ids, verify_owner } => {
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
                    customer_id: self.holder.customer_id(),
                    business_id: self.holder.business_id(),
                    vendor_access_token: access.vendor_access_token.clone(),
                    vendor_account_ids: account_ids.clone(),
                    verify_owner: verify_owner.then_some(true),
                    ..AddVendorAccountsRequest::new(
                        self.holder.customer_type(),
                        ExternalAccountVendorValues::Plaid,
                    )
                };
                let added = add(steps, body).await?;
                Ok(LinkedAccounts {
                    accounts: added.added_accounts,
                    failed: added.failed_accounts,
                    access_token: access.vendor_access_token,
                })
            }
        }
    }
}

impl LinkExternalAccount {
    fn tidy(&self) -> Result<(Way, Vec<Change>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let mut way = self.way.clone();
        match &mut way {
            Way::Plaid { public_token, institution_id, .. } => {
                checks.text(public_token.expose(), "vendor_public_token");
                checks.text(institution_id, "vendor_institution_id");
            }
            Way::Numbers(account) => *account = account.tidy(&mut checks),
        }
        Ok((way, checks.changes()?))
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
                "create_external_account_access_token",
                "",
                |api| async move { api.create_external_account_access_token(&body).await },
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
            "add_vendor_external_accounts",
            "",
            |api| async move { api.add_vendor_external_accounts(&body).await },
            |added: &AddVendorAccountsResponse| {
                let ids: Vec<String> =
                    added.added_accounts.iter().map(|account| account.id.to_string()).collect();
                ids.join(", ")
            },
        )
        .await
}
