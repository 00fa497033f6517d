//! Issuing: on an account that takes cards, to a customer of it, within the platform's numbers.

use chrono::{Datelike, Months};
use synctera_api::runtime::{CardId, ErrorCode, Sensitive};
use synctera_api::v2::types::{
    self, AccountType, CardFulfillmentStatus, CardStatus, CardStatusReasonCode, CardType,
    EmbossName, Form, PinIssuancePolicy, ReissueReason, ShippingMethod,
};

use crate::api::cards::pending::{PendingReason, reasons};
use crate::api::cards::render::view;
use crate::api::cards::request::{IssueRequest, NewCardDetails};
use crate::api::cards::{bulk, images, products, status};
use crate::domain::accounts::credit;
use crate::domain::cards::{Card, CardFacts, CardProduct, CardRecord};
use crate::domain::parties::PartyRecord;
use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::{accounts, parties, rules};
use crate::ledger::Account;
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, convert};
use crate::spec::FieldErrors;

/// Active virtual cards that an account can have; it can have one physical card beside them.
const VIRTUAL_CARDS_MAX: usize = 9;

/// A card is good for three years.
const VALID_MONTHS: u32 = 36;

/// A range of numbers that no card network has assigned.
const BIN: &str = "999999";

/// What fits on a card.
const EMBOSS_MAX: usize = 21;

pub(super) fn issue(ctx: &Ctx<'_>) -> Outcome {
    let IssueRequest { card_type, card_details: asked } = convert(&ctx.body::<types::NewCard>()?)?;
    let code = ErrorCode::BadRequestBody;
    let field = "card_details.card_product_id";
    let product = ctx.find_named::<CardProduct>(asked.card_product_id, code, field)?;
    if product.card_type.as_ref() != Some(&card_type) {
        let reason = format!("no {card_type} cards are issued of this product");
        return Err(FieldErrors::invalid(field, reason).into());
    }
    if product.form != asked.form || !products::is_open(&product, ctx.now) {
        let reason = format!("no {} cards are issued of this product", asked.form);
        return Err(FieldErrors::invalid(field, reason).into());
    }
    let account = accounts::named(ctx, asked.account_id, "card_details.account_id")?;
    check_type(&card_type, &account)?;
    let cardholder = check_parties(ctx, &asked, &account)?;
    rules::check_account(ctx, &account, Side::Credited)?;
    rules::check_rail(&account, Rail::Card)?;
    let replaced = replaced(ctx, &asked)?;
    check_numbers(ctx, &asked, replaced.is_some())?;
    let emboss_name = emboss_name(asked.emboss_name.as_ref(), &cardholder)?;
    let pending_reasons = reasons(&[
        (PendingReason::Image, images::check(ctx, &asked, &product)?),
        (PendingReason::BulkShipment, bulk::check(ctx, &asked)?),
        (PendingReason::Pin, product.pin_issuance_policy == Some(PinIssuancePolicy::Required)),
    ]);

    let is_virtual = asked.form == Form::Virtual;
    let id = CardId::from(ctx.new_id()?);
    let expires = ctx.today() + Months::new(VALID_MONTHS);
    let same_number = replaced.as_ref().filter(|_| keeps_number(asked.reissue_reason.as_ref()));
    let last_four = match same_number {
        Some(old) => old.last_four.clone(),
        None => format!("{:04}", ctx.new_number(10_000)?),
    };
    let number_key = match same_number {
        Some(old) => old.facts.number_key.clone(),
        None => ctx.new_card_key()?,
    };
    let is_renumbered = same_number.is_none();
    let sets_pin = product.pin_issuance_policy == Some(PinIssuancePolicy::Random);
    let status = if is_virtual { CardStatus::Active } else { CardStatus::Unactivated };
    let wire = CardRecord {
        id,
        card_type,
        form: asked.form,
        tenant: ctx.tenant.to_owned(),
        account_id: asked.account_id,
        customer_id: asked.customer_id,
        business_id: asked.business_id,
        card_product_id: asked.card_product_id,
        card_brand: product.card_brand.clone(),
        bin: BIN.to_owned(),
        last_four,
        expiration_month: format!("{:02}", expires.month()),
        expiration_year: format!("{:04}", expires.year()),
        expiration_time: bank_time(expires, 23, 59),
        expiration_date: expires,
        emboss_name,
        card_status: status,
        status_reason: CardStatusReasonCode::New,
        memo: None,
        metadata: asked.metadata,
        is_pin_set: sets_pin,
        timestamp_pin_set: sets_pin.then_some(ctx.now),
        reissue_reason: asked.reissue_reason,
        reissued_from_id: asked.reissued_from_id,
        reissued_to_id: None,
        pending_reasons: None,
        bulk_order_config_id: asked.bulk_order_config_id,
        card_image_id: asked.card_image_id,
        card_fulfillment_status: None,
        physical_card_format: None,
        shipping: asked.shipping,
        fulfillment_details: None,
        creation_time: ctx.now,
        last_updated_time: ctx.now,
    };
    let facts = CardFacts { number_key, is_activated: is_virtual, ..CardFacts::default() };
    let mut card = Record::<Card>::new(wire, facts);
    if !is_virtual {
        let code = format!("{:012}", ctx.new_number(1_000_000_000_000)?);
        card.facts.activation_code = Some(Sensitive::new(code));
        card.card_fulfillment_status = Some(CardFulfillmentStatus::Issued);
        card.physical_card_format = product.physical_card_format.clone();
        let shipping = card.shipping.get_or_insert_default();
        shipping.method.get_or_insert(ShippingMethod::LocalMail);
        if pending_reasons.is_some() {
            card.card_status = CardStatus::Pending;
            card.pending_reasons = pending_reasons;
        }
    }
    ctx.add(&card)?;
    if let Some(mut old) = replaced {
        old.reissued_to_id = Some(id);
        ctx.save(&old)?;
        if is_renumbered {
            let reason = match card.reissue_reason {
                Some(ReissueReason::Stolen) => CardStatusReasonCode::Sto,
                _ => CardStatusReasonCode::Los,
            };
            status::give_way(ctx, &mut old, &mut card, reason)?;
            ctx.save(&card)?;
        }
    }
    Reply::json(201, &view(&card)?)
}

/// A credit card spends what an account may owe, the others what is there.
fn check_type(card_type: &CardType, account: &Record<Account>) -> Result<(), ApiError> {
    let account_type = account.account_type.clone().unwrap_or(AccountType::Checking);
    let fits = credit::is_credit(account) == (*card_type == CardType::Credit);
    let fits = fits && (*card_type != CardType::Prepaid || account_type == AccountType::Prepaid);
    if !fits {
        let reason = format!("no {card_type} cards are for {account_type} accounts");
        return Err(FieldErrors::invalid("card_details.account_id", reason).into());
    }
    Ok(())
}

/// Who the card is for: a customer of the account; the party whose name goes on it.
fn check_parties(
    ctx: &Ctx<'_>,
    asked: &NewCardDetails,
    account: &Record<Account>,
) -> Result<PartyRecord, ApiError> {
    let customer = asked.customer_id.map(|id| (id.to_string(), "card_details.customer_id"));
    let business = asked.business_id.map(|id| (id.to_string(), "card_details.business_id"));
    for (id, field) in customer.iter().chain(&business) {
        rules::check_customer(ctx, account, id, field)?;
    }
    let Some((id, _)) = customer.or(business) else {
        return Err(FieldErrors::missing("card_details.customer_id").into());
    };
    parties::find(ctx, id, "card_details.customer_id")
}

/// The card that this one takes the place of.
fn replaced(ctx: &Ctx<'_>, asked: &NewCardDetails) -> Result<Option<Record<Card>>, ApiError> {
    let field = "card_details.reissued_from_id";
    let id = match (asked.reissued_from_id, &asked.reissue_reason) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(FieldErrors::missing("card_details.reissue_reason").into()),
        (None, Some(_)) => return Err(FieldErrors::missing(field).into()),
        (Some(id), Some(_)) => id,
    };
    let old = ctx.find_named::<Card>(id, ErrorCode::BadRequestBody, field)?;
    if old.account_id != asked.account_id || old.reissued_to_id.is_some() {
        let reason = "must be a card of the account that was not replaced before";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(Some(old))
}

/// A card that is lost or stolen gets a new number; any other keeps it.
fn keeps_number(reason: Option<&ReissueReason>) -> bool {
    !matches!(reason, Some(ReissueReason::Lost | ReissueReason::Stolen))
}

fn check_numbers(
    ctx: &Ctx<'_>,
    asked: &NewCardDetails,
    is_replacement: bool,
) -> Result<(), ApiError> {
    let others = ctx.find_all::<Card>("account", asked.account_id)?;
    let alive = others.iter().filter(|card| card.form == asked.form && !card.has_ended()).count();
    let max = if asked.form == Form::Virtual { VIRTUAL_CARDS_MAX } else { 1 };
    // A replacement stands beside the card that it replaces until it is activated.
    if alive >= max + usize::from(is_replacement) {
        let detail = format!("the account has its {max} {} cards already", asked.form);
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    Ok(())
}

/// The name on the card: as asked for, else the cardholder's, in the characters that can be printed.
fn emboss_name(
    asked: Option<&EmbossName>,
    cardholder: &PartyRecord,
) -> Result<EmbossName, ApiError> {
    let is_printable = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ',' | '/' | '-' | '&' | '\'')
    };
    if let Some(asked) = asked {
        let line = &asked.line_1;
        if line.chars().count() > EMBOSS_MAX || !line.chars().all(is_printable) {
            let reason = format!("must be at most {EMBOSS_MAX} printable characters");
            return Err(FieldErrors::invalid("card_details.emboss_name.line_1", reason).into());
        }
        return Ok(asked.clone());
    }
    let line: String =
        cardholder.name().chars().filter(|c| is_printable(*c)).take(EMBOSS_MAX).collect();
    Ok(EmbossName::new(line))
}
