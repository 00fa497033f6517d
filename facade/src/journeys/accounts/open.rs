//! Opening accounts.

use serde_json::{Map, Value};
use synctera_api::runtime::{
    AccountId, AccountProductId, AccountTemplateId, ApplicationId, BasisPoints, PlatformAccountId,
};
use synctera_api::{Error, v2};

use super::terms::{Rail, Terms};
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::only::only;
use crate::journeys::{Availability, Journey, Party, Run, Steps, recovery};
use crate::pages::Items;
use crate::types::{
    Account, AccountRelationshipInput, AccountRelationshipType, AccountType,
    ListAccountTemplatesQuery, NewAccount,
};
use crate::{IntoOption, Money, Synctera};

impl Synctera {
    /// Opens an account from a template.
    ///
    /// Holders and signers must have the verification status `ACCEPTED`; the journey checks this
    /// before it creates anything. Without a template's id it uses the only enabled template of the
    /// account type.
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
    /// use synctera::OpenAccount;
    /// use synctera::types::AccountType;
    ///
    /// let checking = OpenAccount::new(AccountType::Checking, customer.person.id);
    /// let account = client.open_account(&checking).await?;
    /// println!("opened {}", account.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) with `CUSTOMER_NOT_VERIFIED` or
    /// `BUSINESS_NOT_VERIFIED` for a holder or signer who is not accepted, and when there is not
    /// exactly one enabled template of the type; otherwise the error of the step that failed.
    pub fn open_account(&self, request: &OpenAccount) -> Run<'static, OpenAccount> {
        Run::new(self, request)
    }
}

/// A request to open an account; see [`Synctera::open_account`].
#[derive(Clone, Debug)]
pub struct OpenAccount {
    template: Template,
    parties: Vec<(Party, AccountRelationshipType)>,
    nickname: Option<String>,
    metadata: Map<String, Value>,
    terms: Terms,
}

#[derive(Clone, Debug)]
enum Template {
    OfType(AccountType),
    Chosen(AccountTemplateId),
}

impl OpenAccount {
    /// An account of this type for its primary holder, from the only enabled template of the type.
    pub fn new(account_type: AccountType, primary: impl Into<Party>) -> Self {
        Self::with(Template::OfType(account_type), primary.into())
    }

    /// An account from this template for its primary holder.
    pub fn from_template(template: AccountTemplateId, primary: impl Into<Party>) -> Self {
        Self::with(Template::Chosen(template), primary.into())
    }

    fn with(template: Template, primary: Party) -> Self {
        Self {
            template,
            parties: vec![(primary, AccountRelationshipType::PrimaryAccountHolder)],
            nickname: None,
            metadata: Map::new(),
            terms: Terms::default(),
        }
    }

    /// Adds a joint holder, who has the rights of the primary holder. May be repeated.
    #[must_use]
    pub fn joint(self, holder: impl Into<Party>) -> Self {
        self.party(holder.into(), AccountRelationshipType::JointAccountHolder)
    }

    /// Adds a party who may act on the account without owning it. May be repeated.
    #[must_use]
    pub fn authorized_signer(self, signer: impl Into<Party>) -> Self {
        self.party(signer.into(), AccountRelationshipType::AuthorizedSigner)
    }

    /// Adds a party who may use the account. The party needs no verification; the platform screens
    /// it against the sanctions lists. May be repeated.
    #[must_use]
    pub fn authorized_user(self, user: impl Into<Party>) -> Self {
        self.party(user.into(), AccountRelationshipType::AuthorizedUser)
    }

    fn party(mut self, party: Party, role: AccountRelationshipType) -> Self {
        self.parties.push((party, role));
        self
    }

    /// Enables or disables a payment rail, instead of the template's setting.
    #[must_use]
    pub fn rail(mut self, rail: Rail, on: bool) -> Self {
        self.terms.rails.retain(|(known, _)| *known != rail);
        self.terms.rails.push((rail, on));
        self
    }

    /// The interest product of the account, instead of the template's. A line of credit needs one
    /// that compounds daily.
    #[must_use]
    pub fn interest_product(mut self, product: impl IntoOption<AccountProductId>) -> Self {
        self.terms.interest_product = product.into_option();
        self
    }

    /// The minimum available balance; negative for an overdraft. A payment that would go below it
    /// fails with `BALANCE_VIOLATION`, unless there is a linked account: see
    /// [`floor_from`](Self::floor_from).
    #[must_use]
    pub fn floor(mut self, balance: impl IntoOption<Money>) -> Self {
        self.terms.floor = balance.into_option().map(|balance| (balance, None));
        self
    }

    /// The minimum available balance, and the linked account that covers the shortfall of a
    /// payment. The payment fails if the linked account cannot cover it.
    #[must_use]
    pub fn floor_from(mut self, balance: Money, linked: impl Into<PlatformAccountId>) -> Self {
        self.terms.floor = Some((balance, Some(linked.into())));
        self
    }

    /// The maximum available balance. A payment that would exceed it fails with
    /// `BALANCE_VIOLATION`, unless there is a linked account: see [`ceiling_to`](Self::ceiling_to).
    #[must_use]
    pub fn ceiling(mut self, balance: impl IntoOption<Money>) -> Self {
        self.terms.ceiling = balance.into_option().map(|balance| (balance, None));
        self
    }

    /// The maximum available balance, and the linked account that receives the excess. A floor and
    /// a ceiling of 0 with the same linked account keep the balance at 0.
    #[must_use]
    pub fn ceiling_to(mut self, balance: Money, linked: impl Into<PlatformAccountId>) -> Self {
        self.terms.ceiling = Some((balance, Some(linked.into())));
        self
    }

    /// The maximum that may be owed on a line of credit, an unsecured charge account or a revolving
    /// credit account. Must not be negative.
    #[must_use]
    pub fn credit_limit(mut self, limit: impl IntoOption<Money>) -> Self {
        self.terms.credit_limit = limit.into_option();
        self
    }

    /// The minimum payment of a line of credit in each billing period: this part of the balance, or
    /// this amount if it is greater.
    #[must_use]
    pub fn minimum_payment(mut self, part: BasisPoints, amount: Money) -> Self {
        self.terms.minimum_payment = Some((part, amount));
        self
    }

    /// The number of days from the end of a billing period until its payment is due: 21 to 28.
    #[must_use]
    pub fn grace_period(mut self, days: impl IntoOption<u32>) -> Self {
        self.terms.grace_period = days.into_option();
        self
    }

    /// The checking or saving account of the same holder that secures a secured charge account or a
    /// secured revolving credit account. It must have no floor and no ceiling, must have ACH and
    /// internal transfers enabled, and can secure one account only.
    #[must_use]
    pub fn secured_by(mut self, security: impl IntoOption<AccountId>) -> Self {
        self.terms.secured_by = security.into_option();
        self
    }

    /// The credit application that the customer accepted. An unsecured charge account requires one.
    #[must_use]
    pub fn application(mut self, application: impl IntoOption<ApplicationId>) -> Self {
        self.terms.application = application.into_option();
        self
    }

    /// The id of the loan at the servicer LoanPro, for a revolving credit account.
    #[must_use]
    pub fn loan(mut self, loan: impl IntoOption<i64>) -> Self {
        self.terms.loan = loan.into_option();
        self
    }

    /// A display name.
    #[must_use]
    pub fn nickname(mut self, nickname: impl IntoOption<String>) -> Self {
        self.nickname = nickname.into_option();
        self
    }

    /// Adds a value of your own, which the platform stores with the account.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }
}

/// An opened account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenedAccount {
    /// The id of the account.
    pub id: AccountId,
    /// The account.
    pub account: Account,
}

impl Sealed for OpenAccount {}

impl Journey for OpenAccount {
    type Outcome = OpenedAccount;

    const NAME: &'static str = "open_account";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<OpenedAccount, Error> {
        self.check()?;
        for (party, role) in &self.parties {
            if *role != AccountRelationshipType::AuthorizedUser {
                party.ensure_verified(steps.api(), Self::NAME).await?;
            }
        }
        let template = match &self.template {
            Template::Chosen(id) => *id,
            Template::OfType(account_type) => find_template(steps.api(), account_type).await?,
        };
        let relationships = self.parties.iter().map(|(party, role)| AccountRelationshipInput {
            customer_id: party.customer_id(),
            business_id: party.business_id(),
            ..AccountRelationshipInput::new(role.clone())
        });
        let mut body = NewAccount {
            account_template_id: Some(template),
            relationships: relationships.collect(),
            nickname: self.nickname.clone(),
            metadata: self.metadata.clone(),
            ..NewAccount::default()
        };
        self.terms.apply(&mut body);
        let holder = (!steps.is_corrected()).then_some(self.parties[0].0);
        let account: Account = steps
            .create(
                "",
                |api, marker| recovery::account(api, holder, marker),
                |api, marker| {
                    let mut body = body.clone();
                    marker.put(&mut body.metadata);
                    api.create_account(&body)
                },
                |account: &Account| account.id.map_or_else(String::new, |id| id.to_string()),
            )
            .await
            .map_err(|error| error.rename_fields(|field| self.member_of(field)))?;
        let id = account.id.ok_or_else(|| Error::incomplete_answer("create_account", "id"))?;
        let account = steps.current(account, |api| api.get_account(id)).await?;
        Ok(OpenedAccount { id, account })
    }
}

impl OpenAccount {
    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.optional_text(self.nickname.as_deref(), "nickname");
        let account_type = match &self.template {
            Template::OfType(account_type) => Some(account_type),
            Template::Chosen(_) => None,
        };
        self.terms.check(account_type, &mut checks);
        for (index, (party, _)) in self.parties.iter().enumerate() {
            let twice = self.parties[..index].iter().any(|(other, _)| other == party);
            checks.ensure(!twice, &self.member(index), "must not name the same party twice");
        }
        checks.finish()
    }

    /// The name of a party in this request and in its file: the platform has one list of them all.
    fn member(&self, index: usize) -> String {
        let role = &self.parties[index].1;
        let list = match role {
            AccountRelationshipType::JointAccountHolder => "joint_account_holders",
            AccountRelationshipType::AuthorizedSigner => "authorized_signers",
            AccountRelationshipType::AuthorizedUser => "authorized_users",
            _ => return "primary_account_holder".to_owned(),
        };
        let before = self.parties[..index].iter().filter(|(_, other)| other == role).count();
        format!("{list}[{before}]")
    }

    /// The name in this request of a field that the platform names, if the names differ.
    fn member_of(&self, field: &str) -> Option<String> {
        let (index, rest) = field.strip_prefix("relationships[")?.split_once(']')?;
        let index = index.parse().ok().filter(|index| *index < self.parties.len())?;
        let rest = match rest {
            ".customer_id" => ".person_id",
            rest => rest,
        };
        Some(format!("{}{rest}", self.member(index)))
    }
}

/// The only enabled template of a type.
async fn find_template(
    api: &v2::Client,
    account_type: &AccountType,
) -> Result<AccountTemplateId, Error> {
    let query = ListAccountTemplatesQuery {
        account_type: Some(account_type.clone()),
        ..ListAccountTemplatesQuery::default()
    };
    let mut templates = Items::of(api.clone(), query);
    let mut found = Vec::new();
    while let Some(template) = templates.try_next().await? {
        if let (true, Some(id)) = (template.is_enabled, template.id) {
            found.push((id, template.name));
        }
    }
    let which = format!("enabled account template of type {}", account_type.as_str());
    only(OpenAccount::NAME, &which, "OpenAccount::from_template", &found)
}
