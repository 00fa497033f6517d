//! What the sandbox does, one module for each family of resources.
//!
//! A family lists its operations ([`Served`]) with the resources that their URLs name; the engine
//! has checked all of that, the query and the body before a handler runs. What is not listed is
//! answered with 501.
//!
//! What the platform tells of by webhook is a line in the table of [`events`]: a family that stores
//! through [`Ctx`] needs nothing else to raise its events.

pub(crate) mod events;

pub(crate) use crate::api::accounts::{ledger_account, linked as linked_by};

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub(crate) use crate::api::webhooks::{Attempt, Fate, Letter, has_listeners, letter, sent};
pub(crate) use events::{is_taken_down, is_told_of, raise};

use crate::api::{
    accounts, ach, addresses, adverse_actions, applications, businesses, card_simulations, cards,
    check_deposits, customers, digital_wallets, disclosures, disputes, documents,
    external_accounts, external_cards, institutions, internal_accounts, internal_transfers,
    licenses, monitoring, notes, payment_schedules, persons, reconciliations, relationships, risk,
    sandbox, spend_controls, statements, synctera_pay, transactions, verifications, watchlists,
    webhooks, wires,
};
use crate::model::{Ctx, Refusal, Served};
use crate::spec::Interface;

static V2: LazyLock<BTreeMap<&'static str, &'static Served>> = LazyLock::new(|| {
    let families: &[&'static [Served]] = &[
        accounts::SERVED,
        ach::SERVED,
        addresses::SERVED,
        adverse_actions::SERVED,
        applications::SERVED,
        businesses::SERVED,
        card_simulations::SERVED,
        cards::SERVED,
        check_deposits::SERVED,
        disclosures::SERVED,
        disputes::SERVED,
        documents::SERVED,
        risk::crr::SERVED,
        risk::edd::SERVED,
        external_accounts::SERVED,
        external_cards::SERVED,
        institutions::SERVED,
        internal_accounts::SERVED,
        internal_transfers::SERVED,
        monitoring::SERVED,
        notes::SERVED,
        payment_schedules::SERVED,
        persons::personal_ids::SERVED,
        persons::SERVED,
        relationships::SERVED,
        verifications::screening::SERVED,
        spend_controls::SERVED,
        statements::SERVED,
        synctera_pay::outgoing::SERVED,
        synctera_pay::incoming::SERVED,
        transactions::SERVED,
        verifications::SERVED,
        webhooks::SERVED,
        wires::SERVED,
    ];
    families.iter().copied().flatten().map(|served| (served.id, served)).collect()
});

static V0: LazyLock<BTreeMap<&'static str, &'static Served>> = LazyLock::new(|| {
    let families: &[&'static [Served]] = &[
        accounts::stop_payments::SERVED,
        cards::card_changes::SERVED,
        cards::single_use_tokens::SERVED,
        customers::SERVED,
        customers::disclosures::SERVED,
        customers::employment::SERVED,
        customers::prefill::SERVED,
        customers::risk_ratings::SERVED,
        customers::verifications::SERVED,
        licenses::SERVED,
        reconciliations::SERVED,
        sandbox::SERVED,
        watchlists::SERVED,
    ];
    families.iter().copied().flatten().map(|served| (served.id, served)).collect()
});

/// The handler of an operation, if there is one.
pub(crate) fn served(interface: Interface, operation: &str) -> Option<&'static Served> {
    match interface {
        Interface::V2 => V2.get(operation).copied(),
        Interface::V0 => V0.get(operation).copied(),
    }
}

/// Fills a fresh workspace with what the platform puts into it.
pub(crate) fn seed(ctx: &Ctx<'_>) -> Result<(), Refusal> {
    accounts::seed_templates(ctx)?;
    cards::seed_products(ctx)
}

/// The operations of an interface: those that are served, and the others.
pub(crate) fn coverage(interface: Interface) -> (Vec<&'static str>, Vec<&'static str>) {
    let ids = interface.operations().iter().map(|operation| operation.id);
    ids.partition(|id| served(interface, id).is_some())
}

/// Stops the debits of an originator on an account.
pub(crate) fn stop_payment(
    ctx: &Ctx<'_>,
    account: &str,
    originator: &str,
) -> Result<Value, Refusal> {
    ach::stops::add(ctx, account, originator, serde_json::json!({}))
}

/// When the next file with ACH transfers leaves, and with same-day ones only.
pub(crate) fn next_ach_file(now: DateTime<Utc>, is_same_day: bool) -> DateTime<Utc> {
    ach::next_file(now, is_same_day, None)
}

/// The job that makes the statement of a period that is over.
pub(crate) const MAKE_STATEMENT: &str = statements::MAKE;

/// Raises a monitoring alert about a party that is watched; its id.
pub(crate) fn raise_alert(ctx: &Ctx<'_>, party: &str, alert_type: &str) -> Result<String, Refusal> {
    monitoring::raise(ctx, party, alert_type)
}

/// Does what was scheduled for this moment.
pub(crate) fn run_job(ctx: &Ctx<'_>, kind: &str, subject: &str) -> Result<(), Refusal> {
    match kind {
        ach::POST => ach::post_due(ctx, subject),
        ach::SEND => ach::send(ctx, subject),
        ach::RELEASE => ach::release(ctx, subject),
        cards::LEAVE => cards::leave(ctx, subject),
        cards::PRINT => cards::print(ctx, subject),
        digital_wallets::TAKE_UP => digital_wallets::take_up(ctx, subject),
        card_simulations::EXPIRE => card_simulations::expire(ctx, subject),
        accounts::CLOSE => accounts::close(ctx, subject),
        accounts::PAY_INTEREST => accounts::pay_interest(ctx, subject),
        check_deposits::BOUNCE => check_deposits::bounce(ctx, subject),
        check_deposits::REVIEW => check_deposits::review(ctx, subject),
        external_cards::SETTLE => external_cards::settle(ctx, subject),
        disputes::SILENCE => disputes::silence(ctx, subject),
        internal_transfers::EXPIRE => internal_transfers::expire(ctx, subject),
        monitoring::SCREEN => monitoring::screen(ctx, subject),
        reconciliations::INGEST => reconciliations::ingest(ctx, subject),
        statements::MAKE => statements::make(ctx, subject),
        watchlists::RENEW => watchlists::renew(ctx, subject),
        verifications::ANSWER => verifications::answer(ctx, subject),
        payment_schedules::RUN => payment_schedules::run(ctx, subject),
        webhooks::PURGE => webhooks::purge(ctx, subject),
        wires::COMPLETE => wires::complete(ctx, subject),
        _ => Err(Refusal::Broken(format!("nothing does the job {kind}"))),
    }
}

/// The page of a card widget; see [`cards`].
pub(crate) fn widget(
    ctx: &Ctx<'_>,
    token: &str,
    typed: Option<&BTreeMap<String, String>>,
) -> Result<Option<String>, Refusal> {
    cards::widget_page(ctx, token, typed)
}
