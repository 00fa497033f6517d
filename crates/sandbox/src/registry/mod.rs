//! What the engine serves, in tables: the operations of each family, jobs, seeds and events.
//!
//! What is not listed here is answered with 501.

mod events;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use uuid::Uuid;

use crate::api::{
    accounts, ach, addresses, adverse_actions, apple_pay, applications, autopay, batches,
    businesses, card_simulations, cards, cash, check_deposits, credit_scores, customers,
    digital_wallets, disclosures, disputes, documents, eft_ca, external_accounts, external_cards,
    fdx, fees, institutions, internal_accounts, internal_transfers, licenses, merchants,
    monitoring, notes, payment_schedules, persons, reconciliations, relationships, rewards, risk,
    sandbox, spend_controls, statements, synctera_pay, transactions, verifications, watchlists,
    webhooks, wires,
};
use crate::domain;
use crate::domain::application_decisions;
use crate::domain::application_decisions::ApplicationDecision;
use crate::engine::Registry;
use crate::ledger;
use crate::model::{ApiError, Ctx, Job, Served, convert};
use crate::spec::Interface;

/// The whole platform, as far as this sandbox serves it.
pub(crate) static REGISTRY: Registry = Registry {
    served,
    older,
    jobs: JOBS,
    seed,
    recording: &events::RECORDING,
    raise_events: events::raise,
    next_step: domain::webhooks::next_step,
    record_attempt: domain::webhooks::sent,
    last_error: domain::webhooks::last_error,
    widget_page: cards::widget_page,
};

/// What is scheduled, by the name that it is stored with.
const JOBS: &[(&str, Job)] = &[
    (ach::POST, ach::post_due),
    (domain::ach::SEND, ach::send),
    (domain::ach::RELEASE, ach::release),
    (domain::cards::LEAVE, cards::leave),
    (cards::PRINT, cards::print),
    (digital_wallets::TAKE_UP, digital_wallets::take_up),
    (card_simulations::EXPIRE, card_simulations::expire),
    (domain::accounts::auto_payment::PAY, domain::accounts::auto_payment::pay),
    (ledger::LATE, domain::accounts::billing::review),
    (ledger::OVERDRAWN, domain::accounts::overdrawn::review),
    (domain::accounts::closing::CLOSE, domain::accounts::closing::close),
    (domain::accounts::fee_products::CHARGE, domain::accounts::fee_products::charge),
    (domain::accounts::interest::PAY, domain::accounts::interest::pay),
    (domain::autopay::RUN, |ctx, id| autopay::run(ctx, id, ach::create)),
    (check_deposits::BOUNCE, check_deposits::bounce),
    (check_deposits::REVIEW, check_deposits::review),
    (batches::DECIDE, |ctx, id| batches::decide(ctx, id, RAILS)),
    (batches::RELEASE, |ctx, id| batches::release(ctx, id, RAILS)),
    (cash::BRING_BACK, cash::bring_back),
    (cash::DELIVER, cash::deliver),
    (cash::EXPIRE, cash::expire),
    (cash::SHIP, cash::ship),
    (eft_ca::SEND, eft_ca::send),
    (eft_ca::SETTLE, eft_ca::settle),
    (eft_ca::EXPIRE, eft_ca::expire),
    (eft_ca::RETRY, eft_ca::retry),
    (eft_ca::RETURN, eft_ca::give_back),
    (external_cards::SETTLE, external_cards::settle),
    (disputes::SILENCE, disputes::silence),
    (internal_transfers::EXPIRE, internal_transfers::expire),
    (domain::monitoring::SCREEN, monitoring::screen),
    (reconciliations::INGEST, reconciliations::ingest),
    (domain::statements::MAKE, statements::make),
    (watchlists::RENEW, watchlists::renew),
    (domain::verifications::ANSWER, domain::verifications::answer),
    (payment_schedules::RUN, |ctx, id| payment_schedules::run(ctx, id, PAYMENTS)),
    (domain::webhooks::PURGE, webhooks::purge),
    (wires::COMPLETE, wires::complete),
];

/// The operations that a payment schedule calls.
const PAYMENTS: payment_schedules::Payments =
    payment_schedules::Payments { ach: ach::create, internal_transfer: internal_transfers::create };

/// The operations that pay a batch.
const RAILS: batches::Rails =
    batches::Rails { ach: ach::create, eft_ca: eft_ca::create, wire: wires::create };

/// The change of a batch, which may pay it.
const ON_BATCHES: &[Served] =
    &[Served::on("update_batch_payment", batches::ON_BATCH, |ctx| batches::update(ctx, RAILS))];

/// What stays when a workspace is wiped.
const SETUP: sandbox::Setup = sandbox::Setup {
    kinds: &[
        &ach::gateways::GATEWAY,
        &cards::bulk::CONFIG,
        &domain::accounts::interest::PRODUCT,
        &domain::accounts::templates::TEMPLATE,
        &domain::cards::GATEWAY,
        &domain::cards::PRODUCT,
        &domain::cards::three_ds::THREE_DS_GATEWAY,
        &domain::spend_controls::SPEND_CONTROL,
        &domain::webhooks::EVENT,
        &domain::webhooks::SECRET,
        &domain::webhooks::WEBHOOK,
        &synctera_pay::outgoing::VENDOR,
    ],
    jobs: &[domain::cards::LEAVE, domain::webhooks::PURGE],
};

/// Wiping a workspace, which needs to know what stays.
const ON_WORKSPACE: &[Served] = &[Served::new("wipe_workspace", |ctx| sandbox::wipe(ctx, &SETUP))];

/// Changing an application, which opens accounts.
const ON_APPLICATIONS: &[Served] =
    &[Served::on("update_application", applications::ON_ONE, |ctx| {
        applications::update(ctx, accounts::create)
    })
    .ruled(applications::of_changes)];

/// Decides on an application as an operator does.
pub(crate) fn decide_application(
    ctx: &Ctx<'_>,
    decision: &ApplicationDecision,
) -> Result<Value, ApiError> {
    application_decisions::decide(ctx, decision, accounts::create)
        .and_then(|decided| convert(&decided.wire))
}

/// Raises an event of a type about one resource, as the platform's staff does.
pub(crate) fn raise_event(ctx: &Ctx<'_>, event: &str, id: &str) -> Result<Vec<Uuid>, ApiError> {
    domain::events::raise_about(ctx, events::SOURCES, event, id)
}

/// Operations on events, which need to know what raises them.
const ON_EVENTS: &[Served] =
    &[Served::new("trigger_webhook_event", |ctx| webhooks::trigger(ctx, events::SOURCES))];

static V2: LazyLock<BTreeMap<&'static str, &'static Served>> = LazyLock::new(|| {
    let families: &[&'static [Served]] = &[
        accounts::SERVED,
        ach::SERVED,
        addresses::SERVED,
        adverse_actions::SERVED,
        apple_pay::SERVED,
        applications::SERVED,
        autopay::SERVED,
        batches::SERVED,
        ON_BATCHES,
        businesses::SERVED,
        card_simulations::SERVED,
        cards::SERVED,
        cash::SERVED,
        check_deposits::SERVED,
        credit_scores::SERVED,
        digital_wallets::SERVED,
        disclosures::SERVED,
        disputes::SERVED,
        documents::SERVED,
        eft_ca::SERVED,
        risk::crr::SERVED,
        risk::edd::SERVED,
        external_accounts::SERVED,
        external_cards::SERVED,
        fdx::SERVED,
        fees::SERVED,
        institutions::SERVED,
        internal_accounts::SERVED,
        internal_transfers::SERVED,
        merchants::SERVED,
        monitoring::SERVED,
        notes::SERVED,
        payment_schedules::SERVED,
        persons::personal_ids::SERVED,
        persons::SERVED,
        relationships::SERVED,
        rewards::SERVED,
        verifications::screening::SERVED,
        spend_controls::SERVED,
        statements::SERVED,
        synctera_pay::outgoing::SERVED,
        synctera_pay::incoming::SERVED,
        transactions::SERVED,
        verifications::SERVED,
        webhooks::SERVED,
        ON_APPLICATIONS,
        ON_EVENTS,
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
        ON_WORKSPACE,
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

/// The handler of an operation of v2 in the form of the older documents, where its answer is another
/// one.
fn older(operation: &str) -> Option<&'static Served> {
    statements::OLDER.iter().find(|served| served.id == operation)
}

/// Fills a fresh workspace with what the platform puts into it.
fn seed(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    accounts::seed_templates(ctx)?;
    cards::seed_products(ctx)?;
    accounts::seed_revolving_templates(ctx)?;
    domain::internal_accounts::seed(ctx)
}

/// The operations of an interface: those that are served, and the others.
pub(crate) fn coverage(interface: Interface) -> (Vec<&'static str>, Vec<&'static str>) {
    let ids = interface.operations().iter().map(|operation| operation.id);
    ids.partition(|id| served(interface, id).is_some())
}
