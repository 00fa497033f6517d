//! What the sandbox does, one module for each family of resources.
//!
//! A family lists its operations ([`Served`]) with the resources that their URLs name; the engine
//! has checked all of that, the query and the body before a handler runs. What is not listed is
//! answered with 501.
//!
//! What the platform tells of by webhook is a line in the table of [`events`]: a family that stores
//! through [`Ctx`] needs nothing else to raise its events.

mod accounts;
mod ach;
mod addresses;
mod adverse_actions;
mod applications;
mod businesses;
mod card_simulations;
mod cards;
mod check_deposits;
mod crr;
mod disclosures;
mod disputes;
mod documents;
mod edd;
mod events;
mod external_accounts;
mod external_cards;
mod institutions;
mod internal_accounts;
mod internal_transfers;
mod kyb;
mod listing;
mod monitoring;
mod notes;
mod parties;
mod payment_schedules;
mod personal_ids;
mod persons;
mod reconciliations;
mod relationships;
mod rules;
mod screening;
mod spend_controls;
mod statements;
mod synctera_pay;
mod synctera_pay_incoming;
mod transactions;
mod v0;
mod verifications;
mod webhooks;
mod wires;

pub(crate) use accounts::{ledger_account, linked as linked_by};

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub(crate) use events::{is_taken_down, is_told_of, raise};
pub(crate) use webhooks::{Attempt, Fate, Letter, has_listeners, letter, sent};

use crate::engine::{Ctx, Outcome, Refusal, text};
use crate::spec::Interface;
use crate::store::Keys;

/// A kind of resource: how it is stored and found.
pub(crate) struct Kind {
    /// Its name, also in the sentences of refusals.
    pub(crate) name: &'static str,
    /// The property that identifies it.
    pub(crate) id: &'static str,
    /// Keys that it is looked up by beside its id: name and JSON pointer; a list has a key for each
    /// item.
    pub(crate) keys: &'static [(&'static str, &'static str)],
}

impl Kind {
    pub(crate) fn keys_of(&self, body: &Value) -> Keys {
        let mut keys = Vec::new();
        for (name, pointer) in self.keys {
            match body.pointer(pointer) {
                Some(Value::Array(items)) => {
                    keys.extend(items.iter().filter_map(|item| Some((*name, key_text(item)?))));
                }
                Some(value) => keys.extend(key_text(value).map(|value| (*name, value))),
                None => {}
            }
        }
        keys
    }
}

/// A scalar as a key; other values have none.
fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// An operation that the sandbox does.
pub(crate) struct Served {
    pub(crate) id: &'static str,
    pub(crate) handler: fn(&Ctx<'_>) -> Outcome,
    /// What the URL names: parameter and kind.
    pub(crate) resources: &'static [(&'static str, &'static Kind)],
}

impl Served {
    const fn new(id: &'static str, handler: fn(&Ctx<'_>) -> Outcome) -> Self {
        Self { id, handler, resources: &[] }
    }

    const fn on(
        id: &'static str,
        resources: &'static [(&'static str, &'static Kind)],
        handler: fn(&Ctx<'_>) -> Outcome,
    ) -> Self {
        Self { id, handler, resources }
    }
}

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
        crr::SERVED,
        disclosures::SERVED,
        disputes::SERVED,
        documents::SERVED,
        edd::SERVED,
        external_accounts::SERVED,
        external_cards::SERVED,
        institutions::SERVED,
        internal_accounts::SERVED,
        internal_transfers::SERVED,
        monitoring::SERVED,
        notes::SERVED,
        payment_schedules::SERVED,
        personal_ids::SERVED,
        persons::SERVED,
        relationships::SERVED,
        screening::SERVED,
        spend_controls::SERVED,
        statements::SERVED,
        synctera_pay::SERVED,
        synctera_pay_incoming::SERVED,
        transactions::SERVED,
        verifications::SERVED,
        webhooks::SERVED,
        wires::SERVED,
    ];
    families.iter().copied().flatten().map(|served| (served.id, served)).collect()
});

static V0: LazyLock<BTreeMap<&'static str, &'static Served>> =
    LazyLock::new(|| v0::SERVED.into_iter().flatten().map(|served| (served.id, served)).collect());

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
        cards::TAKE_UP => cards::take_up(ctx, subject),
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
        v0::RENEW => v0::renew(ctx, subject),
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

/// The members of a list of strings.
fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether exactly one of some properties is there; refuses otherwise.
fn exactly_one(body: &Value, names: &[&str]) -> Result<(), Refusal> {
    let given = names.iter().filter(|name| !text(body, name).is_empty()).count();
    if given == 1 {
        return Ok(());
    }
    let mut faults = crate::spec::Faults::default();
    let reason = format!("exactly one of {} must be given", names.join(", "));
    for name in names {
        if given == 0 {
            faults.missing.insert((*name).to_owned());
        } else {
            faults.invalid.insert((*name).to_owned(), reason.clone());
        }
    }
    Err(faults.into())
}
