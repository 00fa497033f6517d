//! From issued to ended: what may become of a card, and its activation.

use synctera_api::runtime::{CustomerId, Patch};
use synctera_api::v2::types::{CardActivationRequest, CardPatch, CardStatus, CardStatusReasonCode};

use crate::api::cards::pin;
use crate::api::cards::render::view;
use crate::domain::cards::{Card, end, next};
use crate::domain::{accounts, digital_wallets, rules};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply};
use crate::spec::FieldErrors;

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.find_in_url::<Card>("card_id")?;
    let asked: CardPatch = ctx.body()?;
    if let Patch::Set(wanted) = asked.card_status {
        let wanted = CardStatus::from(wanted.as_str());
        let next = next(&card.card_status);
        if wanted != card.card_status && !next.contains(&wanted) {
            let detail = format!("a card cannot go from {} to {wanted}", card.card_status);
            return Err(ApiError::no_transition(detail, next));
        }
        if !card.facts.is_activated && wanted == CardStatus::Active {
            let detail = "a card becomes active by its activation";
            return Err(ApiError::no_transition(detail, next));
        }
        card.card_status = wanted;
    }
    // A card as it was read changes nothing.
    if let Patch::Set(customer) = asked.customer_id
        && card.customer_id != Some(customer)
    {
        if card.customer_id.is_some() {
            return Err(FieldErrors::immutable("customer_id").into());
        }
        let account = accounts::named(ctx, card.account_id, "account_id")?;
        rules::check_customer(ctx, &account, &customer.to_string(), "customer_id")?;
        card.customer_id = Some(customer);
    }
    if let Patch::Set(reason) = asked.reason {
        card.status_reason = reason;
    }
    if let Patch::Set(name) = asked.emboss_name {
        card.emboss_name = name;
    }
    if let Patch::Set(memo) = asked.memo {
        card.memo = Some(memo);
    }
    if let Patch::Set(metadata) = asked.metadata {
        card.metadata = metadata;
    }
    card.last_updated_time = ctx.now;
    ctx.save(&card)?;
    if card.card_status == CardStatus::Terminated {
        digital_wallets::leave(ctx, card.id, None)?;
    }
    Reply::json(200, &view(&card)?)
}

/// Makes a physical card usable; one that it replaces ends now.
pub(super) fn activate(ctx: &Ctx<'_>) -> Outcome {
    let asked: CardActivationRequest = ctx.body()?;
    let card = activate_with(ctx, asked.activation_code.expose(), asked.customer_id)?;
    Reply::json(200, &view(&card)?)
}

/// Activates the card that a code and a customer belong to.
pub(super) fn activate_with(
    ctx: &Ctx<'_>,
    code: &str,
    customer: CustomerId,
) -> Result<Record<Card>, ApiError> {
    let found = ctx.find_all::<Card>("code", code)?;
    let Some(mut card) = found.into_iter().find(|card| card.customer_id == Some(customer)) else {
        return Err(
            FieldErrors::invalid("activation_code", "is that of no card of the customer").into()
        );
    };
    check_unactivated(&card)?;
    card.card_status = CardStatus::Active;
    card.status_reason = CardStatusReasonCode::New;
    card.facts.is_activated = true;
    card.last_updated_time = ctx.now;
    let old = card.reissued_from_id.map(|id| ctx.find::<Card>(id)).transpose()?.flatten();
    if let Some(mut old) = old
        && old.card_status != CardStatus::Terminated
    {
        give_way(ctx, &mut old, &mut card, CardStatusReasonCode::Exp)?;
    }
    ctx.save(&card)?;
    Ok(card)
}

/// Refuses a card that is not waiting for its activation.
pub(super) fn check_unactivated(card: &Record<Card>) -> Result<(), ApiError> {
    let status = &card.card_status;
    if *status != CardStatus::Unactivated {
        let detail = format!("a card that is {status} cannot be activated");
        return Err(ApiError::no_transition(detail, next(status)));
    }
    Ok(())
}

/// Ends a card that another one replaces, which takes over its PIN and its places in wallets. The
/// caller stores the new one.
pub(super) fn give_way(
    ctx: &Ctx<'_>,
    old: &mut Record<Card>,
    new: &mut Record<Card>,
    reason: CardStatusReasonCode,
) -> Result<(), ApiError> {
    if !new.is_pin_set {
        pin::inherit(new, old);
    }
    digital_wallets::leave(ctx, old.id, Some(new.id))?;
    end(ctx, old, reason)
}
