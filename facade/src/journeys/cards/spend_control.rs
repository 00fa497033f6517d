//! Spend controls.

use synctera_api::Error;
use synctera_api::runtime::{AccountId, CountryCode, Patch, SpendControlId};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    Account, AccountPatch, GeoRestrictionMode, NewSpendControl, PaymentType, SpendControl,
    SpendControlDirection, SpendControlGeoRestrictions, SpendControlRollingWindow,
    SpendControlRollingWindowPeriod, SpendControlStaticWindow, SpendControlStaticWindowPeriod,
    SpendControlTimeRange,
};
use crate::{IntoOption, Money, Synctera};

/// The maximum number of merchant category codes or ranges of a control.
const MERCHANTS_MAX: usize = 10;

impl Synctera {
    /// Creates a spend control: a limit on the amount or the number of transactions in a window of
    /// time. It applies once it is attached to an account. With the feature `spend_controls`.
    ///
    /// A transaction that exceeds the limit is declined: with `SPEND_CONTROL_VIOLATION` for calls,
    /// with `SPEND_CONTROL_VIOLATED` for cards. Credits and debits are not offset against each
    /// other, and declined transactions do not count. A control cannot be deleted, only
    /// deactivated.
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors: `AMBIGUOUS_PAYMENT_SUBTYPES` for a sub-type that several payment types
    /// have.
    pub fn define_spend_control(
        &self,
        request: &DefineSpendControl,
    ) -> Run<'static, DefineSpendControl> {
        Run::new(self, request)
    }

    /// Attaches a spend control to an account, or detaches it. An account that has the requested
    /// state is returned unchanged.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// use synctera::{AttachSpendControl, DefineSpendControl, Window};
    ///
    /// let modest = DefineSpendControl::new("At most 100 USD", Window::SingleTransaction)
    ///     .amount(Money::usd(100_00));
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
    /// The platform's errors: `BAD_REQUEST_BODY` for an unknown control.
    pub fn attach_spend_control(
        &self,
        request: &AttachSpendControl,
    ) -> Run<'static, AttachSpendControl> {
        Run::new(self, request)
    }
}

/// The window of time in which a spend control counts transactions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Window {
    /// Each transaction on its own.
    SingleTransaction,
    /// The current period of this length, in the bank's time zone.
    Calendar(SpendControlStaticWindowPeriod),
    /// The last periods of this length: their number, greater than 0, and the length.
    Rolling(u32, SpendControlRollingWindowPeriod),
    /// The lifetime of the account.
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

/// A request to create a spend control; see [`Synctera::define_spend_control`].
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
    /// A control of debits in this window. It needs an [`amount`](Self::amount), a
    /// [`count`](Self::count), or both.
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

    /// The maximum amount in the window. Must not be negative.
    #[must_use]
    pub fn amount(mut self, limit: impl IntoOption<Money>) -> Self {
        self.amount = limit.into_option();
        self
    }

    /// The maximum number of transactions in the window.
    #[must_use]
    pub fn count(mut self, limit: impl IntoOption<u32>) -> Self {
        self.count = limit.into_option();
        self
    }

    /// Controls credits instead of debits.
    #[must_use]
    pub fn credits(mut self) -> Self {
        self.direction = SpendControlDirection::Credits;
        self
    }

    /// Limits the control to this payment type. May be repeated; by default all types count.
    #[must_use]
    pub fn payment_type(mut self, payment_type: PaymentType) -> Self {
        self.payment_types.push(payment_type);
        self
    }

    /// Limits the control to this sub-type, such as `CARD.ATM_WITHDRAWAL`. May be repeated.
    #[must_use]
    pub fn sub_type(mut self, sub_type: impl Into<String>) -> Self {
        self.sub_types.push(sub_type.into());
        self
    }

    /// Limits the control to merchants of these categories: at most ten codes (`5411`) or ranges
    /// (`5600-5699`).
    #[must_use]
    pub fn merchants(mut self, codes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.merchants.extend(codes.into_iter().map(Into::into));
        self
    }

    /// Declines transactions outside of these countries.
    #[must_use]
    pub fn only_in(mut self, countries: impl IntoIterator<Item = CountryCode>) -> Self {
        self.countries = Some((GeoRestrictionMode::AllowList, countries.into_iter().collect()));
        self
    }

    /// Declines transactions in these countries.
    #[must_use]
    pub fn not_in(mut self, countries: impl IntoIterator<Item = CountryCode>) -> Self {
        self.countries = Some((GeoRestrictionMode::BlockList, countries.into_iter().collect()));
        self
    }

    /// Opens a case for each transaction that exceeds the limit.
    #[must_use]
    pub fn open_case(mut self) -> Self {
        self.opens_case = true;
        self
    }

    /// Does not decline transactions that exceed the limit. Requires
    /// [`open_case`](Self::open_case).
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
            "must not be negative",
        );
        let acts = self.declines || self.opens_case;
        checks.ensure(acts, "action_decline", "must be true if action_case is false");
        if let Window::Rolling(value, _) = self.window {
            checks.ensure(value > 0, "time_range.value", "must be greater than 0");
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

/// A request to attach or detach a spend control; see [`Synctera::attach_spend_control`].
#[derive(Clone, Debug)]
pub struct AttachSpendControl {
    account: AccountId,
    control: SpendControlId,
    attach: bool,
}

impl AttachSpendControl {
    /// Attaches the control to the account.
    pub fn to(account: AccountId, control: SpendControlId) -> Self {
        Self { account, control, attach: true }
    }

    /// Detaches the control from the account.
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
