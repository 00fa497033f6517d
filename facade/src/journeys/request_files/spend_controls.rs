//! Requests about spend controls.

use serde::Deserialize;
use synctera_api::runtime::{AccountId, CountryCode, SpendControlId};

use super::values::Choice;
use super::{MemberError, Members, read_by_members};
use crate::types::{PaymentType, SpendControlRollingWindowPeriod, SpendControlStaticWindowPeriod};
use crate::{AttachSpendControl, DefineSpendControl, Money, Window};

read_by_members! {
    DefineSpendControlMembers => DefineSpendControl,
    AttachSpendControlMembers => AttachSpendControl,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DefineSpendControlMembers {
    name: String,
    time_range: Choice<TimeRange>,
    amount_limit: Option<Money>,
    transaction_count_limit: Option<u32>,
    direction: Option<Direction>,
    payment_types: Option<Vec<PaymentType>>,
    payment_sub_types: Option<Vec<String>>,
    merchant_category_codes: Option<Vec<String>>,
    geo_restrictions: Option<GeoRestrictionMembers>,
    action_decline: Option<bool>,
    action_case: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum TimeRange {
    SingleTransaction,
    StaticWindow { period: SpendControlStaticWindowPeriod },
    RollingWindow { value: u32, period: SpendControlRollingWindowPeriod },
    Forever,
}

impl From<Choice<TimeRange>> for Window {
    fn from(Choice(range): Choice<TimeRange>) -> Self {
        match range {
            TimeRange::SingleTransaction => Self::SingleTransaction,
            TimeRange::StaticWindow { period } => Self::Calendar(period),
            TimeRange::RollingWindow { value, period } => Self::Rolling(value, period),
            TimeRange::Forever => Self::Forever,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Direction {
    Debits,
    Credits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct GeoRestrictionMembers {
    mode: GeoMode,
    countries: Vec<CountryCode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum GeoMode {
    AllowList,
    BlockList,
}

impl Members for DefineSpendControlMembers {
    type Request = DefineSpendControl;

    fn into_request(self) -> Result<DefineSpendControl, MemberError> {
        let mut request = DefineSpendControl::new(self.name, self.time_range.into())
            .amount(self.amount_limit)
            .count(self.transaction_count_limit)
            .merchants(self.merchant_category_codes.into_iter().flatten());
        for payment_type in self.payment_types.into_iter().flatten() {
            request = request.payment_type(payment_type);
        }
        for sub_type in self.payment_sub_types.into_iter().flatten() {
            request = request.sub_type(sub_type);
        }
        if let Some(Direction::Credits) = self.direction {
            request = request.credits();
        }
        if let Some(GeoRestrictionMembers { mode, countries }) = self.geo_restrictions {
            request = match mode {
                GeoMode::AllowList => request.only_in(countries),
                GeoMode::BlockList => request.not_in(countries),
            };
        }
        if self.action_decline == Some(false) {
            request = request.monitor_only();
        }
        Ok(if self.action_case == Some(true) { request.open_case() } else { request })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct AttachSpendControlMembers {
    account_id: AccountId,
    spend_control_id: SpendControlId,
    action: Attachment,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Attachment {
    Attach,
    Detach,
}

impl Members for AttachSpendControlMembers {
    type Request = AttachSpendControl;

    fn into_request(self) -> Result<AttachSpendControl, MemberError> {
        let (account, control) = (self.account_id, self.spend_control_id);
        Ok(match self.action {
            Attachment::Attach => AttachSpendControl::to(account, control),
            Attachment::Detach => AttachSpendControl::detach_from(account, control),
        })
    }
}
