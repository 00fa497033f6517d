//! Interest products.

use chrono::NaiveDate;
use synctera_api::Error;
use synctera_api::runtime::{AccountProductId, BasisPoints};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    AccountProduct, AccrualPayoutSchedule, CalculationMethod, InterestProductInput,
    NewAccountProduct, RateDetails, RateDetailsAccrualPeriod,
};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Creates an interest product, which accounts and templates refer to.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::Synctera;
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// use synctera::{BasisPoints, DefineProduct};
    ///
    /// // 4.25 % until the end of June, then 4.00 %; paid at the end of each month.
    /// let (now, summer) = ("2026-01-01".parse()?, "2026-07-01".parse()?);
    /// let request = DefineProduct::compounded_monthly()
    ///     .rate_until(BasisPoints::new(425), now, summer)
    ///     .rate(BasisPoints::new(400), summer);
    /// let product = client.define_product(&request).key("saver-2026").await?;
    /// println!("{}", product.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent, such as for rates
    /// whose periods overlap; otherwise the platform's errors.
    pub fn define_product(&self, request: &DefineProduct) -> Run<'static, DefineProduct> {
        Run::new(self, request)
    }
}

/// A request to create an interest product; see [`Synctera::define_product`].
#[derive(Clone, Debug)]
pub struct DefineProduct {
    method: CalculationMethod,
    payout: AccrualPayoutSchedule,
    rates: Vec<(BasisPoints, NaiveDate, Option<NaiveDate>)>,
    description: Option<String>,
}

impl DefineProduct {
    /// Interest that is added to the balance when it is paid, at the end of the month.
    pub fn compounded_monthly() -> Self {
        Self::with(CalculationMethod::CompoundedMonthly)
    }

    /// Interest that bears interest itself from the next day. Lines of credit require it.
    pub fn compounded_daily() -> Self {
        Self::with(CalculationMethod::CompoundedDaily)
    }

    fn with(method: CalculationMethod) -> Self {
        let payout = AccrualPayoutSchedule::Monthly;
        Self { method, payout, rates: Vec::new(), description: None }
    }

    /// Adds a yearly rate from a date on, without an end. Interest accrues daily. At least one rate
    /// is required, and the periods of rates must not overlap.
    /// The day must be the same in each run under one key: store it.
    #[must_use]
    pub fn rate(mut self, rate: BasisPoints, from: NaiveDate) -> Self {
        self.rates.push((rate, from, None));
        self
    }

    /// Adds a yearly rate from a date on, to the day before `until`.
    /// The days must be the same in each run under one key: store them.
    #[must_use]
    pub fn rate_until(mut self, rate: BasisPoints, from: NaiveDate, until: NaiveDate) -> Self {
        self.rates.push((rate, from, Some(until)));
        self
    }

    /// Accrues the interest without paying it.
    #[must_use]
    pub fn never_paid(mut self) -> Self {
        self.payout = AccrualPayoutSchedule::None;
        self
    }

    /// A description.
    #[must_use]
    pub fn description(mut self, description: impl IntoOption<String>) -> Self {
        self.description = description.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.given(!self.rates.is_empty(), "rates");
        checks.optional_text(self.description.as_deref(), "description");
        for (index, (rate, from, until)) in self.rates.iter().enumerate() {
            let field = format!("rates[{index}]");
            checks.ensure(rate.get() >= 0, &field, "must not be negative");
            let lasts = until.is_none_or(|until| *from < until);
            checks.ensure(lasts, &field, "must end after it starts");
            let overlaps = self.rates[..index].iter().any(|(_, other, other_until)| {
                other_until.is_none_or(|end| *from < end) && until.is_none_or(|end| *other < end)
            });
            checks.ensure(!overlaps, &field, "must not overlap with another rate");
        }
        checks.finish()
    }

    fn to_new(&self) -> NewAccountProduct {
        let rates = self.rates.iter().map(|(rate, from, until)| RateDetails {
            valid_to: *until,
            ..RateDetails::new(RateDetailsAccrualPeriod::Daily, *rate, *from)
        });
        NewAccountProduct::Interest(InterestProductInput {
            description: self.description.clone(),
            ..InterestProductInput::new(self.payout.clone(), self.method.clone(), rates.collect())
        })
    }
}

/// A created interest product.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DefinedProduct {
    /// The id of the product.
    pub id: AccountProductId,
    /// The product.
    pub product: AccountProduct,
}

impl Sealed for DefineProduct {}

impl Journey for DefineProduct {
    type Outcome = DefinedProduct;

    const NAME: &'static str = "define_product";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DefinedProduct, Error> {
        self.check()?;
        let body = self.to_new();
        let product: AccountProduct = steps
            .write(
                "",
                |api| api.create_account_product(&body),
                |product| id(product).map_or_else(String::new, |id| id.to_string()),
            )
            .await?;
        let id =
            id(&product).ok_or_else(|| Error::incomplete_answer("create_account_product", "id"))?;
        Ok(DefinedProduct { id, product })
    }
}

fn id(product: &AccountProduct) -> Option<AccountProductId> {
    match product {
        AccountProduct::Interest(product) => product.id,
        AccountProduct::Fee(product) => product.id,
        _ => None,
    }
}
