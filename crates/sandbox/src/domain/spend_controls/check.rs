//! Whether a transaction conforms to the controls of its account.

use chrono::{DateTime, Utc};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    CountrySource, DcSign, GeoRestrictionMode, PendingTransactionDataStatus as HoldStatus,
    SpendControlDirection,
};

use crate::domain::side::Side;
use crate::domain::spend_controls::{SPEND_CONTROL, SpendControl, VIOLATED, Window};
use crate::ledger::{Account, CardUse, Hold, Posted};
use crate::model::{ApiError, Ctx, Record};

/// A transaction as controls see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spend<'a> {
    /// The rail, such as `CARD`.
    pub(crate) kind: &'a str,
    /// What it is on that rail, such as `ATM_WITHDRAWAL`.
    pub(crate) sub_type: &'a str,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) side: Side,
    /// The merchant's category code.
    pub(crate) mcc: Option<&'a str>,
    /// Where it happens, two letters.
    pub(crate) country: Option<&'a str>,
}

/// An earlier transaction of the account.
struct Past {
    kind: String,
    sub_type: String,
    amount: i64,
    side: Side,
    card: Option<CardUse>,
    moment: DateTime<Utc>,
}

/// The name of the first control that declines a transaction, if one does.
pub(crate) fn check(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    spend: &Spend<'_>,
) -> Result<Option<String>, ApiError> {
    let mut past = None;
    for id in &account.spend_control_ids {
        let Some(control) = ctx.find::<SpendControl>(id)? else {
            continue;
        };
        if !control.is_active || !applies(ctx, &control, spend) {
            continue;
        }
        if !ctx.settings.spend_control_countries_narrow
            && let Some(country) = spend.country
            && !is_country_allowed(&control, country)
        {
            ctx.raise(VIOLATED, &SPEND_CONTROL, &id.to_string());
            if control.action_decline {
                return Ok(Some(control.wire.name));
            }
            continue;
        }
        let window = Window::of(&control.time_range, ctx.now, ctx.settings.week_begins);
        let (mut amount, mut count) = (spend.amount, 1);
        if window != Window::Single {
            let past = match &past {
                Some(past) => past,
                None => past.insert(history(ctx, account)?),
            };
            for earlier in past.iter().filter(|earlier| window.holds(earlier.moment)) {
                if applies(ctx, &control, &earlier.as_spend()) {
                    amount = amount.saturating_add(earlier.amount);
                    count += 1;
                }
            }
        }
        let is_beyond = control.amount_limit.is_some_and(|limit| amount > limit)
            || control.transaction_count_limit.is_some_and(|limit| count > limit);
        if is_beyond {
            ctx.raise(VIOLATED, &SPEND_CONTROL, &id.to_string());
            if control.action_decline {
                return Ok(Some(control.wire.name));
            }
        }
    }
    Ok(None)
}

/// Whether a control is about transactions of this sort. An empty filter is about all.
fn applies(ctx: &Ctx<'_>, control: &types::SpendControl, spend: &Spend<'_>) -> bool {
    let side = match control.direction {
        SpendControlDirection::Credits => Side::Credited,
        _ => Side::Debited,
    };
    let kinds = &control.payment_types;
    let sub_types = &control.payment_sub_types;
    let codes = &control.merchant_category_codes;
    side == spend.side
        && (kinds.is_empty() || kinds.iter().any(|kind| kind.as_str() == spend.kind))
        && (sub_types.is_empty() || sub_types.iter().any(|wanted| is_sub_type(wanted, spend)))
        && (codes.is_empty()
            || spend.mcc.is_some_and(|mcc| codes.iter().any(|codes| is_within(codes, mcc))))
        && (!ctx.settings.spend_control_countries_narrow
            || spend.country.is_none_or(|country| is_country_allowed(control, country)))
}

fn is_sub_type(wanted: &str, spend: &Spend<'_>) -> bool {
    match wanted.split_once('.') {
        Some((kind, sub_type)) => kind == spend.kind && sub_type == spend.sub_type,
        None => wanted == spend.sub_type,
    }
}

/// Whether a category code is the one, or in the range, that a control names.
fn is_within(codes: &str, mcc: &str) -> bool {
    match codes.split_once('-') {
        Some((first, last)) => first <= mcc && mcc <= last,
        None => codes == mcc,
    }
}

fn is_country_allowed(control: &types::SpendControl, country: &str) -> bool {
    let Some(restrictions) = &control.geo_restrictions else {
        return true;
    };
    // A card transaction tells where it happens and where its merchant is, which is the same.
    let sources = &restrictions.country_sources;
    let is_evaluated = sources.is_empty()
        || sources.iter().any(|source| {
            matches!(
                source,
                CountrySource::All
                    | CountrySource::TransactionLocation
                    | CountrySource::CounterParty
            )
        });
    let is_listed = restrictions.countries.iter().any(|listed| listed.as_str() == country);
    match restrictions.mode {
        GeoRestrictionMode::AllowList => is_listed || !is_evaluated,
        GeoRestrictionMode::BlockList => !is_listed || !is_evaluated,
        _ => true,
    }
}

impl Past {
    fn as_spend(&self) -> Spend<'_> {
        let card = self.card.as_ref();
        Spend {
            kind: &self.kind,
            sub_type: &self.sub_type,
            amount: self.amount,
            side: self.side,
            mcc: card.and_then(|card| card.mcc.as_deref()),
            country: card.and_then(|card| card.country.as_deref()),
        }
    }
}

/// What an account spent and is about to spend: posted transactions and open holds. Declined ones
/// never count; what was let go again counts when the settings say so.
fn history(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Vec<Past>, ApiError> {
    let id = account.own_id();
    let mut past = Vec::new();
    for hold in ctx.find_all::<Hold>("account", id)? {
        let data = &hold.data;
        let amount = match data.status {
            HoldStatus::Pending | HoldStatus::Partcleared => data.amount,
            HoldStatus::Released if ctx.settings.spend_controls_count_released => data.req_amount,
            _ => continue,
        };
        // A part of what came in, kept back, is not spent.
        if data.transaction_id.is_none() {
            past.push(Past {
                kind: data.type_.as_str().to_uppercase(),
                sub_type: data.subtype.as_str().to_uppercase(),
                amount,
                side: side_of(&data.dc_sign),
                card: hold.facts.card.clone(),
                moment: data.transaction_time,
            });
        }
    }
    for posted in ctx.find_all::<Posted>("account", id)? {
        for line in posted.data.lines.iter().filter(|line| line.account_id == id) {
            past.push(Past {
                kind: posted.type_.as_str().to_uppercase(),
                sub_type: posted.subtype.as_str().to_uppercase(),
                amount: line.amount,
                side: side_of(&line.dc_sign),
                card: posted.facts.card.clone(),
                moment: posted.transaction_time,
            });
        }
    }
    Ok(past)
}

fn side_of(sign: &DcSign) -> Side {
    if *sign == DcSign::Credit { Side::Credited } else { Side::Debited }
}
