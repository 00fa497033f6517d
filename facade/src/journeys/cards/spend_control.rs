//! Limits on what accounts spend.

use synctera_api::Error;
use synctera_api::runtime::{AccountId, CountryCode, Patch, SpendControlId};

use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    Account, AccountPatch, GeoRestrictionMode, NewSpendControl, PaymentType, SpendControl,
    SpendControlDirection, SpendControlGeoRestrictions, SpendControlRollingWindow,
    SpendControlRollingWindowPeriod, SpendControlStaticWindow, SpendControlStaticWindowPeriod,
    SpendControlTimeRange,
};
use crate::{IntoOption, Money, Synctera};

/// The most ranges of merchants that one control takes.
const MERCHANTS_MAX: usize = 10;

impl Synctera {
    /// Defines a spend control: a limit on amounts, or on how many, in a span of time. It does
    /// nothing until it is attached to an account. Needs the feature `spend_controls`.
    ///
    /// A transaction that goes beyond is declined: `SPEND_CONTROL_VIOLATION` on calls,
    /// `SPEND_CONTROL_VIOLATED` on cards. Money in and money out never net; declined transactions
    /// do not count. A control cannot be deleted, only made inactive.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// use synctera::{AttachSpendControl, DefineSpendControl, Window};
    /// use synctera::types::{PaymentType, SpendControlStaticWindowPeriod as Each};
    ///
    /// let control = DefineSpendControl::new("Groceries", Window::Calendar(Each::Monthly))
    ///     .amount(Money::usd(500_00))
    ///     .payment_type(PaymentType::Card)
    ///     .merchants(["5411", "5499"]);
    /// let control = client.define_spend_control(&control).key("groceries").await?;
    /// client.attach_spend_control(&AttachSpendControl::to(account, control.id)).key("groceries").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// `AMBIGUOUS_PAYMENT_SUBTYPES` for a sub-type that could be of several payment types.
    pub fn define_spend_control(
        &self,
        request: &DefineSpendControl,
    ) -> Run<'static, DefineSpendControl> {
        Run::new(self, request)
    }

    /// Puts an account under a spend control, or takes it out again. What is as asked for already
    /// is left alone.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{AttachSpendControl, DefineSpendControl, Window};
    ///
    /// let modest = DefineSpendControl::new("A hundred at once", Window::SingleTransaction).amount(Money::usd(100_00));
    /// let modest = client.define_spend_control(&modest).key("modest").await?.id;
    /// let attach = AttachSpendControl::to(checking, modest);
    /// client.attach_spend_control(&attach).key("modest").await?;
    /// // Too much at once is refused from now on; and not any more from then on.
    /// let detach = AttachSpendControl::detach_from(checking, modest);
    /// client.attach_spend_control(&detach).key("modest-off").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `BAD_REQUEST_BODY` when there is no such control.
    pub fn attach_spend_control(
        &self,
        request: &AttachSpendControl,
    ) -> Run<'static, AttachSpendControl> {
        Run::new(self, request)
    }
}

/// The span of time over which a control counts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Window {
    /// Each transaction by itself.
    SingleTransaction,
    /// The current day, month or year, by the bank's calendar.
    Calendar(SpendControlStaticWindowPeriod),
    /// The last so many hours, days or months.
    Rolling(u32, SpendControlRollingWindowPeriod),
    /// All time.
    Forever,
}

impl Window {
    fn to_range(&self) -> SpendControlTimeRange {
        match self {
            Self::SingleTransaction => SpendControlTimeRange::SingleTransaction,
            Self::Calendar(period) => {
                SpendControlTimeRange::StaticWindow(SpendControlStaticWindow::new(period.clone()))
            }
            Self::Rolling(value, period) => SpendControlTimeRange::RollingWindow(
                SpendControlRollingWindow::new(period.clone(), i64::from(*value)),
            ),
            Self::Forever => SpendControlTimeRange::Forever,
        }
    }
}

/// Asks for a spend control; see [`Synctera::define_spend_control`].
#[derive(Clone, Debug)]
pub struct DefineSpendControl {
    name: String,
    window: Window,
    amount: Option<Money>,
    count: Option<u32>,
    direction: SpendControlDirection,
    payment_types: Vec<PaymentType>,
    sub_types: Vec<String>,
    merchants: Vec<String>,
    countries: Option<(GeoRestrictionMode, Vec<CountryCode>)>,
    declines: bool,
    opens_case: bool,
}

impl DefineSpendControl {
    /// A control of money that goes out, in a span of time. It needs an amount, a count, or both.
    pub fn new(name: impl Into<String>, window: Window) -> Self {
        Self {
            name: name.into(),
            window,
            amount: None,
            count: None,
            direction: SpendControlDirection::Debits,
            payment_types: Vec::new(),
            sub_types: Vec::new(),
            merchants: Vec::new(),
            countries: None,
            declines: true,
            opens_case: false,
        }
    }

    /// At most this much.
    #[must_use]
    pub fn amount(mut self, limit: impl IntoOption<Money>) -> Self {
        self.amount = limit.into_option();
        self
    }

    /// At most so many transactions.
    #[must_use]
    pub fn count(mut self, limit: impl IntoOption<u32>) -> Self {
        self.count = limit.into_option();
        self
    }

    /// Of money that comes in, instead of money that goes out.
    #[must_use]
    pub fn credits(mut self) -> Self {
        self.direction = SpendControlDirection::Credits;
        self
    }

    /// On this rail, and others that are named so; on all unless one is named.
    #[must_use]
    pub fn payment_type(mut self, payment_type: PaymentType) -> Self {
        self.payment_types.push(payment_type);
        self
    }

    /// Of this sort, such as `CARD.ATM_WITHDRAWAL`, and others that are named so.
    #[must_use]
    pub fn sub_type(mut self, sub_type: impl Into<String>) -> Self {
        self.sub_types.push(sub_type.into());
        self
    }

    /// At merchants of these categories: codes (`5411`) or ranges (`5600-5699`), at most ten.
    #[must_use]
    pub fn merchants(mut self, codes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.merchants.extend(codes.into_iter().map(Into::into));
        self
    }

    /// Nowhere but in these countries.
    #[must_use]
    pub fn only_in(mut self, countries: impl IntoIterator<Item = CountryCode>) -> Self {
        self.countries = Some((GeoRestrictionMode::AllowList, countries.into_iter().collect()));
        self
    }

    /// Not in these countries.
    #[must_use]
    pub fn not_in(mut self, countries: impl IntoIterator<Item = CountryCode>) -> Self {
        self.countries = Some((GeoRestrictionMode::BlockList, countries.into_iter().collect()));
        self
    }

    /// Opens a case about what goes beyond.
    #[must_use]
    pub fn open_case(mut self) -> Self {
        self.opens_case = true;
        self
    }

    /// Lets pass what goes beyond: for a control that only opens cases.
    #[must_use]
    pub fn monitor_only(mut self) -> Self {
        self.declines = false;
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.name, "name");
        checks.given(self.amount.is_some() || self.count.is_some(), "amount_limit");
        checks.ensure(
            self.amount.is_none_or(|amount| amount.minor() >= 0),
            "amount_limit",
            "must not be less than nothing",
        );
        checks.ensure(self.declines || self.opens_case, "action_decline", "would do nothing");
        if let Window::Rolling(value, _) = self.window {
            checks.ensure(value > 0, "time_range.value", "must be more than 0");
        }
        let are_codes = self.merchants.len() <= MERCHANTS_MAX
            && self.merchants.iter().all(|codes| is_merchant_range(codes));
        checks.ensure(
            are_codes,
            "merchant_category_codes",
            "must be at most ten codes such as 5411 or ranges such as 5600-5699",
        );
        let has_countries = |(_, countries): &(_, Vec<CountryCode>)| !countries.is_empty();
        checks.ensure(
            self.countries.as_ref().is_none_or(has_countries),
            "geo_restrictions.countries",
            "must name a country",
        );
        checks.finish()
    }

    fn to_new(&self) -> NewSpendControl {
        let (declines, direction) = (self.declines, self.direction.clone());
        let name = self.name.clone();
        NewSpendControl {
            amount_limit: self.amount.map(Money::minor),
            transaction_count_limit: self.count.map(i64::from),
            payment_types: self.payment_types.clone(),
            payment_sub_types: self.sub_types.clone(),
            merchant_category_codes: self.merchants.clone(),
            geo_restrictions: self.countries.as_ref().map(|(mode, countries)| {
                SpendControlGeoRestrictions::new(countries.clone(), mode.clone())
            }),
            ..NewSpendControl::new(
                self.opens_case,
                declines,
                direction,
                true,
                name,
                self.window.to_range(),
            )
        }
    }
}

/// `5411`, or `5600-5699`.
fn is_merchant_range(codes: &str) -> bool {
    let is_code = |code: &str| code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit());
    match codes.split_once('-') {
        Some((first, last)) => is_code(first) && is_code(last) && first <= last,
        None => is_code(codes),
    }
}

impl Sealed for DefineSpendControl {}

impl Journey for DefineSpendControl {
    type Outcome = SpendControl;

    const NAME: &'static str = "define_spend_control";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<SpendControl, Error> {
        self.check()?;
        let body = self.to_new();
        steps
            .write("", |api| api.create_spend_control(&body), |control| control.id.to_string())
            .await
    }
}

/// Asks for an account under a control, or out of it; see [`Synctera::attach_spend_control`].
#[derive(Clone, Debug)]
pub struct AttachSpendControl {
    account: AccountId,
    control: SpendControlId,
    attach: bool,
}

impl AttachSpendControl {
    /// The control watches the account from now on.
    pub fn to(account: AccountId, control: SpendControlId) -> Self {
        Self { account, control, attach: true }
    }

    /// The control does not watch the account any more.
    pub fn detach_from(account: AccountId, control: SpendControlId) -> Self {
        Self { account, control, attach: false }
    }
}

impl Sealed for AttachSpendControl {}

impl Journey for AttachSpendControl {
    type Outcome = Account;

    const NAME: &'static str = "attach_spend_control";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Account, Error> {
        let account = steps.api().get_account(self.account).await?.into_inner();
        let mut controls = account.spend_control_ids.clone();
        if controls.contains(&self.control) == self.attach {
            return Ok(account);
        }
        match self.attach {
            true => controls.push(self.control),
            false => controls.retain(|control| *control != self.control),
        }
        let body =
            AccountPatch { spend_control_ids: Patch::Set(controls), ..AccountPatch::default() };
        let id = self.account;
        steps.write("", |api| api.update_account(id, &body), |_| id.to_string()).await
    }
}
