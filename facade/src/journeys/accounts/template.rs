//! Account templates.

use synctera_api::runtime::{
    AccountProductId, AccountTemplateId, BasisPoints, NextAction, PlatformAccountId,
};
use synctera_api::{Error, v2};

use super::terms::{Rail, Terms, ceiling, floor};
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::pages::Items;
use crate::types::{
    AccountTemplate, AccountTemplateInput, AccountType, ListAccountTemplatesQuery,
    MinimumPaymentFull, MinimumPaymentPartial, MinimumPaymentTypeRateOrAmount,
    TemplateFieldsChargeSecured, TemplateFieldsChargeUnsecured, TemplateFieldsDepository,
    TemplateFieldsInput, TemplateFieldsLineOfCredit,
};
use crate::{CountryCode, Currency, IntoOption, Money, Synctera};

impl Synctera {
    /// Creates an account template. Its settings are copied when an account is opened; later
    /// changes do not affect existing accounts.
    ///
    /// An existing template with the same name and type is returned unchanged, so that the setup of
    /// a workspace can be repeated.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::Synctera;
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// use synctera::{BasisPoints, DefineProduct, DefineTemplate, Rail};
    ///
    /// let rate = DefineProduct::compounded_monthly().rate(BasisPoints::new(425), "2026-01-01".parse()?);
    /// let product = client.define_product(&rate).key("saver-2026").await?;
    /// let saver = DefineTemplate::saving("Saver")
    ///     .interest_product(product.id)
    ///     .rails([Rail::Ach, Rail::InternalTransfer]);
    /// let template = client.define_template(&saver).key("saver-2026").await?;
    /// println!("{}", template.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// [`Refused`](crate::ErrorKind::Refused) when a template of another type has the name;
    /// otherwise the platform's errors.
    pub fn define_template(&self, request: &DefineTemplate) -> Run<'static, DefineTemplate> {
        Run::new(self, request)
    }
}

/// A request to create an account template; see [`Synctera::define_template`].
#[derive(Clone, Debug)]
pub struct DefineTemplate {
    name: String,
    account_type: AccountType,
    description: Option<String>,
    currency: Currency,
    country: CountryCode,
    is_enabled: bool,
    auto_payment_period: Option<u32>,
    terms: Terms,
}

impl DefineTemplate {
    /// A template for checking accounts.
    pub fn checking(name: impl Into<String>) -> Self {
        Self::with(name.into(), AccountType::Checking)
    }

    /// A template for saving accounts.
    pub fn saving(name: impl Into<String>) -> Self {
        Self::with(name.into(), AccountType::Saving)
    }

    /// A template for lines of credit. The minimum payment in each billing period is this part of
    /// the balance, or this amount if it is greater.
    pub fn line_of_credit(
        name: impl Into<String>,
        minimum_rate: BasisPoints,
        minimum_amount: Money,
    ) -> Self {
        let mut template = Self::with(name.into(), AccountType::LineOfCredit);
        template.terms.minimum_payment = Some((minimum_rate, minimum_amount));
        template
    }

    /// A template for secured charge accounts, which a deposit account secures.
    pub fn charge_secured(name: impl Into<String>) -> Self {
        Self::with(name.into(), AccountType::ChargeSecured)
    }

    /// A template for unsecured charge accounts.
    pub fn charge_unsecured(name: impl Into<String>) -> Self {
        Self::with(name.into(), AccountType::ChargeUnsecured)
    }

    fn with(name: String, account_type: AccountType) -> Self {
        Self {
            name,
            account_type,
            description: None,
            currency: Currency::USD,
            country: CountryCode::US,
            is_enabled: true,
            auto_payment_period: None,
            terms: Terms::default(),
        }
    }

    /// A description.
    #[must_use]
    pub fn description(mut self, description: impl IntoOption<String>) -> Self {
        self.description = description.into_option();
        self
    }

    /// The currency of the accounts and the country of the bank. By default US dollars in the US.
    #[must_use]
    pub fn currency(mut self, currency: Currency, country: CountryCode) -> Self {
        self.currency = currency;
        self.country = country;
        self
    }

    /// Creates the template disabled: no account can be opened from it until it is enabled.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.is_enabled = false;
        self
    }

    /// The payment rails that are enabled, for templates of deposit accounts; all others are
    /// disabled. On credit accounts they are enabled when the account is opened; see
    /// [`OpenAccount::rail`](crate::OpenAccount::rail).
    #[must_use]
    pub fn rails(mut self, rails: impl IntoIterator<Item = Rail>) -> Self {
        self.terms.rails.extend(rails.into_iter().map(|rail| (rail, true)));
        self
    }

    /// The interest product, for templates of deposit accounts and lines of credit.
    #[must_use]
    pub fn interest_product(mut self, product: impl IntoOption<AccountProductId>) -> Self {
        self.terms.interest_product = product.into_option();
        self
    }

    /// The minimum available balance, for templates of deposit accounts; see
    /// [`OpenAccount::floor`](crate::OpenAccount::floor).
    #[must_use]
    pub fn floor(mut self, balance: impl IntoOption<Money>) -> Self {
        self.terms.floor = balance.into_option().map(|balance| (balance, None));
        self
    }

    /// The minimum available balance, and the linked account that covers a shortfall; see
    /// [`OpenAccount::floor_from`](crate::OpenAccount::floor_from).
    #[must_use]
    pub fn floor_from(mut self, balance: Money, linked: impl Into<PlatformAccountId>) -> Self {
        self.terms.floor = Some((balance, Some(linked.into())));
        self
    }

    /// The maximum available balance, for templates of deposit accounts; see
    /// [`OpenAccount::ceiling`](crate::OpenAccount::ceiling).
    #[must_use]
    pub fn ceiling(mut self, balance: impl IntoOption<Money>) -> Self {
        self.terms.ceiling = balance.into_option().map(|balance| (balance, None));
        self
    }

    /// The maximum available balance, and the linked account that receives the excess; see
    /// [`OpenAccount::ceiling_to`](crate::OpenAccount::ceiling_to).
    #[must_use]
    pub fn ceiling_to(mut self, balance: Money, linked: impl Into<PlatformAccountId>) -> Self {
        self.terms.ceiling = Some((balance, Some(linked.into())));
        self
    }

    /// The number of days from the end of a billing period until its payment is due, for templates
    /// of credit accounts: 21 to 28, 21 by default.
    #[must_use]
    pub fn grace_period(mut self, days: impl IntoOption<u32>) -> Self {
        self.terms.grace_period = days.into_option();
        self
    }

    /// The number of days from the end of a billing period until an unpaid secured charge account
    /// is paid from its security: 0 to the grace period.
    #[must_use]
    pub fn auto_payment_period(mut self, days: impl IntoOption<u32>) -> Self {
        self.auto_payment_period = days.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.name, "name");
        checks.optional_text(self.description.as_deref(), "description");
        self.terms.check(None, &mut checks);
        let is_deposit = matches!(self.account_type, AccountType::Checking | AccountType::Saving);
        let is_line = self.account_type == AccountType::LineOfCredit;
        let deposits_only = "is for templates of deposit accounts only";
        checks.ensure(is_deposit || self.terms.rails.is_empty(), "rails", deposits_only);
        checks.ensure(is_deposit || self.terms.floor.is_none(), "balance_floor", deposits_only);
        checks.ensure(is_deposit || self.terms.ceiling.is_none(), "balance_ceiling", deposits_only);
        let bears = is_deposit || is_line || self.terms.interest_product.is_none();
        let reason = "is for deposit accounts and lines of credit only";
        checks.ensure(bears, "interest_product_id", reason);
        let fits = !is_deposit || self.terms.grace_period.is_none();
        checks.ensure(fits, "grace_period", "is for credit accounts only");
        let is_secured = self.account_type == AccountType::ChargeSecured;
        let fits = is_secured || self.auto_payment_period.is_none();
        checks.ensure(fits, "auto_payment_period", "is for secured charge accounts only");
        let longest = self.terms.grace_period.unwrap_or(21);
        let fits = self.auto_payment_period.is_none_or(|days| days <= longest);
        checks.ensure(fits, "auto_payment_period", "must not be longer than the grace period");
        checks.finish()
    }

    fn to_new(&self) -> AccountTemplateInput {
        AccountTemplateInput {
            description: self.description.clone(),
            ..AccountTemplateInput::new(self.is_enabled, &self.name, self.fields())
        }
    }

    fn fields(&self) -> TemplateFieldsInput {
        let (country, currency) = (self.country.clone(), self.currency);
        let grace_period = self.terms.grace_period.map(i64::from);
        let full = MinimumPaymentFull::Full;
        match (&self.account_type, self.terms.minimum_payment) {
            (AccountType::LineOfCredit, Some((part, least))) => {
                let least = MinimumPaymentTypeRateOrAmount::new(least.minor(), part);
                let least = MinimumPaymentPartial::RateOrAmount(least);
                TemplateFieldsLineOfCredit {
                    grace_period,
                    interest_product_id: self.terms.interest_product,
                    ..TemplateFieldsLineOfCredit::new(country, currency, least)
                }
                .into()
            }
            (AccountType::ChargeSecured, _) => TemplateFieldsChargeSecured {
                grace_period,
                auto_payment_period: self.auto_payment_period.map(i64::from),
                ..TemplateFieldsChargeSecured::new(country, currency, full)
            }
            .into(),
            (AccountType::ChargeUnsecured, _) => TemplateFieldsChargeUnsecured {
                grace_period,
                ..TemplateFieldsChargeUnsecured::new(country, currency, full)
            }
            .into(),
            (account_type, _) => {
                let is_on = |rail: Rail| Some(self.terms.rails.contains(&(rail, true)));
                TemplateFieldsDepository {
                    balance_floor: self.terms.floor.map(floor),
                    balance_ceiling: self.terms.ceiling.map(ceiling),
                    interest_product_id: self.terms.interest_product,
                    is_ach_enabled: is_on(Rail::Ach),
                    is_card_enabled: is_on(Rail::Card),
                    is_eft_ca_enabled: is_on(Rail::EftCanada),
                    is_external_card_enabled: is_on(Rail::ExternalCard),
                    is_p2p_enabled: is_on(Rail::InternalTransfer),
                    is_synctera_pay_enabled: is_on(Rail::SyncteraPay),
                    is_wire_enabled: is_on(Rail::Wire),
                    ..TemplateFieldsDepository::new(account_type.clone(), country, currency)
                }
                .into()
            }
        }
    }
}

/// An account template, created or existing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DefinedTemplate {
    /// The id of the template.
    pub id: AccountTemplateId,
    /// The template.
    pub template: AccountTemplate,
}

impl Sealed for DefineTemplate {}

impl Journey for DefineTemplate {
    type Outcome = DefinedTemplate;

    const NAME: &'static str = "define_template";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DefinedTemplate, Error> {
        self.check()?;
        if let Some(template) = named(steps.api(), &self.name).await? {
            if template.template.account_type != self.account_type {
                let known = template.template.account_type.as_str();
                let message = format!("the template {} exists, for {known} accounts", self.name);
                let error = Error::refused(Self::NAME, None, message);
                return Err(error.with_next_action(NextAction::CorrectInput));
            }
            return defined("list_account_templates", template);
        }
        let body = self.to_new();
        let template: AccountTemplate = steps
            .add(
                "",
                |api| api.create_account_template(&body),
                |template: &AccountTemplate| {
                    template.id.map_or_else(String::new, |id| id.to_string())
                },
            )
            .await?;
        defined("create_account_template", template)
    }
}

fn defined(operation: &str, template: AccountTemplate) -> Result<DefinedTemplate, Error> {
    let id = template.id.ok_or_else(|| Error::incomplete_answer(operation, "id"))?;
    Ok(DefinedTemplate { id, template })
}

/// The template of a name, which is unique.
async fn named(api: &v2::Client, name: &str) -> Result<Option<AccountTemplate>, Error> {
    let mut templates = Items::of(api.clone(), ListAccountTemplatesQuery::default());
    while let Some(template) = templates.try_next().await? {
        if template.name == name {
            return Ok(Some(template));
        }
    }
    Ok(None)
}
