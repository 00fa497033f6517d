//! Requests about interest products and account templates.

use chrono::NaiveDate;
use serde::Deserialize;
use synctera_api::runtime::{AccountProductId, BasisPoints, CountryCode};

use super::accounts::{LimitMembers, MinimumPaymentMembers};
use super::values::{Choice, CurrencyMember};
use super::{MemberError, Members, read_by_members};
use crate::{DefineProduct, DefineTemplate, Rail};

read_by_members! {
    DefineProductMembers => DefineProduct,
    DefineTemplateMembers => DefineTemplate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DefineProductMembers {
    calculation_method: Compounding,
    accrual_payout_schedule: Option<Payout>,
    rates: Option<Vec<RateMembers>>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Compounding {
    CompoundedMonthly,
    CompoundedDaily,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Payout {
    Monthly,
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RateMembers {
    /// In basis points.
    rate: BasisPoints,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl Members for DefineProductMembers {
    type Request = DefineProduct;

    fn into_request(self) -> Result<DefineProduct, MemberError> {
        let mut request = match self.calculation_method {
            Compounding::CompoundedMonthly => DefineProduct::compounded_monthly(),
            Compounding::CompoundedDaily => DefineProduct::compounded_daily(),
        }
        .description(self.description);
        for RateMembers { rate, valid_from, valid_to } in self.rates.into_iter().flatten() {
            request = match valid_to {
                Some(until) => request.rate_until(rate, valid_from, until),
                None => request.rate(rate, valid_from),
            };
        }
        Ok(match self.accrual_payout_schedule {
            Some(Payout::None) => request.never_paid(),
            Some(Payout::Monthly) | None => request,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum TemplateType {
    Checking,
    Saving,
    LineOfCredit { minimum_payment: MinimumPaymentMembers },
    ChargeSecured,
    ChargeUnsecured,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DefineTemplateMembers {
    name: String,
    account_type: Choice<TemplateType>,
    description: Option<String>,
    currency: Option<CurrencyMember>,
    bank_country: Option<CountryCode>,
    is_enabled: Option<bool>,
    is_ach_enabled: Option<bool>,
    is_card_enabled: Option<bool>,
    is_eft_ca_enabled: Option<bool>,
    is_external_card_enabled: Option<bool>,
    is_p2p_enabled: Option<bool>,
    is_synctera_pay_enabled: Option<bool>,
    is_wire_enabled: Option<bool>,
    interest_product_id: Option<AccountProductId>,
    balance_floor: Option<LimitMembers>,
    balance_ceiling: Option<LimitMembers>,
    grace_period: Option<u32>,
    auto_payment_period: Option<u32>,
}

impl Members for DefineTemplateMembers {
    type Request = DefineTemplate;

    fn into_request(self) -> Result<DefineTemplate, MemberError> {
        let name = self.name;
        let mut request = match self.account_type.0 {
            TemplateType::Checking => DefineTemplate::checking(name),
            TemplateType::Saving => DefineTemplate::saving(name),
            TemplateType::LineOfCredit { minimum_payment: payment } => {
                DefineTemplate::line_of_credit(name, payment.rate, payment.min_amount)
            }
            TemplateType::ChargeSecured => DefineTemplate::charge_secured(name),
            TemplateType::ChargeUnsecured => DefineTemplate::charge_unsecured(name),
        }
        .description(self.description)
        .interest_product(self.interest_product_id)
        .grace_period(self.grace_period)
        .auto_payment_period(self.auto_payment_period);
        request = match (self.currency, self.bank_country) {
            (Some(CurrencyMember(currency)), Some(country)) => request.currency(currency, country),
            (None, None) => request,
            (Some(_), None) => {
                return Err(MemberError::new("bank_country", "must be given with currency"));
            }
            (None, Some(_)) => {
                return Err(MemberError::new("currency", "must be given with bank_country"));
            }
        };
        let rails = [
            (Rail::Ach, self.is_ach_enabled),
            (Rail::Card, self.is_card_enabled),
            (Rail::EftCanada, self.is_eft_ca_enabled),
            (Rail::ExternalCard, self.is_external_card_enabled),
            (Rail::InternalTransfer, self.is_p2p_enabled),
            (Rail::SyncteraPay, self.is_synctera_pay_enabled),
            (Rail::Wire, self.is_wire_enabled),
        ];
        let on = rails.into_iter().filter(|(_, is_on)| *is_on == Some(true));
        request = request.rails(on.map(|(rail, _)| rail));
        if let Some(LimitMembers { balance, linked_account_id }) = self.balance_floor {
            request = match linked_account_id {
                Some(linked) => request.floor_from(balance, linked),
                None => request.floor(balance),
            };
        }
        if let Some(LimitMembers { balance, linked_account_id }) = self.balance_ceiling {
            request = match linked_account_id {
                Some(linked) => request.ceiling_to(balance, linked),
                None => request.ceiling(balance),
            };
        }
        Ok(if self.is_enabled == Some(false) { request.disabled() } else { request })
    }
}
