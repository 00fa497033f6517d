//! The terms of accounts and templates: rails, limits, interest, sweeps.

use synctera_api::runtime::{
    AccountId, AccountProductId, ApplicationId, BasisPoints, PlatformAccountId,
};

use crate::Money;
use crate::checks::Checks;
use crate::types::{
    AccountType, AccountVendorInfo, BalanceCeiling, BalanceFloor, LoanproVendorData,
    MinimumPayment, MinimumPaymentTypeRateOrAmount, NewAccount, Security, VendorData, VendorType,
};

/// A payment rail, which is enabled on an account or not.
///
/// The platform refuses payments by a disabled rail with `PAYMENT_RAIL_NOT_ENABLED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rail {
    /// ACH, in both directions.
    Ach,
    /// Cards. Not available on lines of credit.
    Card,
    /// EFT in Canada.
    EftCanada,
    /// Cards of other banks, on deposit accounts only.
    ExternalCard,
    /// Transfers between accounts on the platform.
    InternalTransfer,
    /// SyncteraPay.
    SyncteraPay,
    /// Wires.
    Wire,
}

/// The settings that a request makes beyond its template.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    pub(super) rails: Vec<(Rail, bool)>,
    pub(super) interest_product: Option<AccountProductId>,
    pub(super) floor: Option<(Money, Option<PlatformAccountId>)>,
    pub(super) ceiling: Option<(Money, Option<PlatformAccountId>)>,
    pub(super) credit_limit: Option<Money>,
    pub(super) minimum_payment: Option<(BasisPoints, Money)>,
    pub(super) grace_period: Option<u32>,
    pub(super) secured_by: Option<AccountId>,
    pub(super) application: Option<ApplicationId>,
    pub(super) loan: Option<i64>,
}

/// Days from the end of a billing period until its payment is due.
const GRACE_PERIODS: std::ops::RangeInclusive<u32> = 21..=28;

impl Terms {
    /// Notes what the platform would refuse. `account_type` is `None` when a template determines
    /// it.
    pub(super) fn check(&self, account_type: Option<&AccountType>, checks: &mut Checks) {
        let (floor, ceiling) = (self.floor.map(|line| line.0), self.ceiling.map(|line| line.0));
        if let (Some(floor), Some(ceiling)) = (floor, ceiling) {
            let fine = floor.currency() == ceiling.currency() && floor.minor() <= ceiling.minor();
            checks.ensure(fine, "balance_floor", "must not be above the ceiling");
        }
        let ceiling_is_positive = ceiling.is_none_or(|ceiling| ceiling.minor() >= 0);
        checks.ensure(ceiling_is_positive, "balance_ceiling", "must not be negative");
        let limit_is_positive = self.credit_limit.is_none_or(|limit| limit.minor() >= 0);
        checks.ensure(limit_is_positive, "credit_limit", "must not be negative");
        let grace_fits = self.grace_period.is_none_or(|days| GRACE_PERIODS.contains(&days));
        checks.ensure(grace_fits, "grace_period", "must be from 21 to 28 days");
        if let Some((rate, least)) = self.minimum_payment {
            let fine = (0..=10_000).contains(&rate.get()) && least.minor() >= 0;
            let reason = "must be 0 to 10000 basis points, and an amount that is not negative";
            checks.ensure(fine, "minimum_payment", reason);
        }
        if let Some(account_type) = account_type {
            self.check_for(account_type, checks);
        }
    }

    fn check_for(&self, account_type: &AccountType, checks: &mut Checks) {
        use AccountType as Type;
        let is_deposit = matches!(account_type, Type::Checking | Type::Saving | Type::Prepaid);
        let is_secured = matches!(account_type, Type::ChargeSecured | Type::RevolvingCreditSecured);
        let has = |rail: Rail| self.rails.contains(&(rail, true));
        if *account_type == Type::LineOfCredit {
            let reason = "must not be enabled on a line of credit";
            checks.ensure(!has(Rail::Card), "is_card_enabled", reason);
        }
        if !is_deposit {
            let reason = "is for deposit accounts only";
            checks.ensure(!has(Rail::ExternalCard), "is_external_card_enabled", reason);
        }
        if is_deposit {
            let reason = "is for credit accounts only";
            checks.ensure(self.credit_limit.is_none(), "credit_limit", reason);
            checks.ensure(self.minimum_payment.is_none(), "minimum_payment", reason);
            checks.ensure(self.grace_period.is_none(), "grace_period", reason);
        }
        if *account_type == Type::ChargeSecured {
            let reason = "must not be given for a secured charge account";
            checks.ensure(self.credit_limit.is_none(), "credit_limit", reason);
        }
        if is_secured {
            checks.given(self.secured_by.is_some(), "security");
        } else {
            let reason = "is for secured accounts only";
            checks.ensure(self.secured_by.is_none(), "security", reason);
        }
        if *account_type == Type::ChargeUnsecured {
            checks.given(self.application.is_some(), "application_id");
        }
    }

    /// Applies the settings to the body of a new account.
    pub(super) fn apply(&self, body: &mut NewAccount) {
        for (rail, on) in &self.rails {
            let field = match rail {
                Rail::Ach => &mut body.is_ach_enabled,
                Rail::Card => &mut body.is_card_enabled,
                Rail::EftCanada => &mut body.is_eft_ca_enabled,
                Rail::ExternalCard => &mut body.is_external_card_enabled,
                Rail::InternalTransfer => &mut body.is_p2p_enabled,
                Rail::SyncteraPay => &mut body.is_synctera_pay_enabled,
                Rail::Wire => &mut body.is_wire_enabled,
            };
            *field = Some(*on);
        }
        body.interest_product_id = self.interest_product;
        body.balance_floor = self.floor.map(floor);
        body.balance_ceiling = self.ceiling.map(ceiling);
        body.credit_limit = self.credit_limit.map(Money::minor);
        body.grace_period = self.grace_period.map(i64::from);
        body.minimum_payment = self.minimum_payment.map(|(rate, least)| {
            MinimumPayment::RateOrAmount(MinimumPaymentTypeRateOrAmount::new(least.minor(), rate))
        });
        body.security = self.secured_by.map(Security::new);
        body.application_id = self.application;
        body.vendor_info = self.loan.map(|loan| {
            let data = VendorData { loanpro: Some(LoanproVendorData::new(loan)) };
            AccountVendorInfo::new(data, VendorType::Loanpro)
        });
    }
}

pub(super) fn floor((balance, linked): (Money, Option<PlatformAccountId>)) -> BalanceFloor {
    BalanceFloor {
        linked_account_id: linked.map(any_account),
        ..BalanceFloor::new(balance.minor())
    }
}

pub(super) fn ceiling((balance, linked): (Money, Option<PlatformAccountId>)) -> BalanceCeiling {
    BalanceCeiling {
        linked_account_id: linked.map(any_account),
        ..BalanceCeiling::new(balance.minor())
    }
}

/// The document gives the linked account the type of customer accounts; it can be an internal one.
fn any_account(id: PlatformAccountId) -> AccountId {
    id.as_uuid().into()
}
