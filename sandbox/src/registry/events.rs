//! Which changes the platform tells of, in one table.
//!
//! A family that stores with `Ctx::insert`, `Ctx::update` and `Ctx::delete` tells of its resources
//! by a line in [`SOURCES`]; no handler calls anything. At the end of a request, or of a job, each
//! resource that was touched is compared with how it was before, and raises its events once.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use synctera_api::v2::types;

use crate::api::accounts::ACCOUNT;
use crate::api::ach::INCOMING;
use crate::api::addresses::ADDRESS;
use crate::api::businesses::BUSINESS;
use crate::api::cards::{CARD, IMAGE as CARD_IMAGE};
use crate::api::digital_wallets::TOKEN as WALLET_TOKEN;
use crate::api::documents::DOCUMENT;
use crate::api::internal_accounts::INTERNAL_ACCOUNT;
use crate::api::internal_transfers::TRANSFER;
use crate::api::notes::NOTE;
use crate::api::persons::PERSON;
use crate::api::risk::crr::RATING;
use crate::api::risk::edd::EDD;
use crate::api::spend_controls::SPEND_CONTROL;
use crate::api::statements::STATEMENT;
use crate::api::{
    accounts, businesses, cards, external_cards, internal_accounts, payment_schedules, persons,
    spend_controls, webhooks,
};
use crate::ledger::{HOLD, POSTED};
use crate::model::settings::Settings;
use crate::model::{Change, Ctx, Kind, Refusal, shown_as};

/// A kind of resource that the platform tells of.
struct Source {
    kind: &'static Kind,
    /// How the resource is shown, as its own GET does; `None` when nobody outside sees it.
    show: fn(&Ctx<'_>, Value) -> Result<Option<Value>, Refusal>,
    raises: &'static [(&'static str, When)],
}

/// Which change raises an event.
#[derive(Clone, Copy)]
pub(crate) enum When {
    Created,
    Updated,
    Deleted,
    /// This property has another value than before; a new resource has no before.
    Changes(&'static str),
    /// This property comes to this value, at once or later.
    Becomes(&'static str, &'static str),
}

const SOURCES: &[Source] = &[
    Source {
        kind: &ACCOUNT,
        show: |ctx, account| seen::<types::Account>(accounts::view(ctx, account)?),
        raises: &[("ACCOUNT.CREATED", When::Created), ("ACCOUNT.UPDATED", When::Updated)],
    },
    Source {
        kind: &ADDRESS,
        show: |_, address| seen::<types::PartyAddress>(address),
        raises: &[("ADDRESS.CREATED", When::Created), ("ADDRESS.UPDATED", When::Updated)],
    },
    Source {
        kind: &BUSINESS,
        show: |ctx, business| seen::<types::Business>(businesses::view(ctx, business)?),
        raises: &[
            ("BUSINESS.CREATED", When::Created),
            ("BUSINESS.UPDATED", When::Updated),
            ("BUSINESS.VERIFICATION_OUTCOME.UPDATED", When::Changes("/verification_status")),
        ],
    },
    Source {
        kind: &CARD,
        show: |_, card| seen::<types::Card>(cards::view(card)),
        raises: &[("CARD.CREATED", When::Created), ("CARD.UPDATED", When::Updated)],
    },
    Source {
        kind: &EDD,
        show: |_, report| seen::<types::Edd>(report),
        raises: &[("EDD.CREATED", When::Created), ("EDD.DELETED", When::Changes("/deletion_time"))],
    },
    Source {
        kind: &DOCUMENT,
        show: |_, document| seen::<types::Document>(document),
        raises: &[
            ("DOCUMENT.CREATED", When::Created),
            ("DOCUMENT.UPDATED", When::Updated),
            ("DOCUMENT.DELETED", When::Deleted),
        ],
    },
    Source {
        kind: &external_cards::CARD,
        show: |_, card| seen::<types::ExternalCard>(card),
        raises: &[
            ("EXTERNAL_CARD.CREATED", When::Created),
            ("EXTERNAL_CARD.UPDATED", When::Updated),
            ("EXTERNAL_CARD.DELETED", When::Becomes("/status", "DELETED")),
        ],
    },
    Source {
        kind: &external_cards::TRANSFER,
        show: |_, transfer| seen::<types::ExternalCardTransfer>(transfer),
        raises: &[
            ("EXTERNAL_CARD_TRANSFER.CREATED", When::Created),
            ("EXTERNAL_CARD_TRANSFER.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &CARD_IMAGE,
        show: |_, image| seen::<types::CardImage>(image),
        raises: &[("CARD.IMAGE.UPDATED", When::Updated)],
    },
    Source {
        kind: &WALLET_TOKEN,
        show: |_, token| seen::<types::DigitalWalletToken>(token),
        raises: &[
            ("CARD.DIGITALWALLETTOKEN.CREATED", When::Created),
            ("CARD.DIGITALWALLETTOKEN.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &HOLD,
        show: |_, hold| seen::<types::PendingTransaction>(hold),
        raises: &[
            ("TRANSACTION.PENDING.CREATED", When::Created),
            ("TRANSACTION.PENDING.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &INCOMING,
        show: |_, entry| {
            // The only event of an entry is about one that waits for its day.
            if entry["is_future_dated"] != true {
                return Ok(None);
            }
            seen::<types::IncomingAch>(entry)
        },
        raises: &[("ACH.INCOMING.FUTURE_DATED", When::Created)],
    },
    Source {
        kind: &INTERNAL_ACCOUNT,
        show: |ctx, account| {
            // The bank's own are in no list either.
            if account["is_bank_own"] == true {
                return Ok(None);
            }
            seen::<types::InternalAccount>(internal_accounts::view(ctx, account)?)
        },
        raises: &[
            ("INTERNAL_ACCOUNT.CREATED", When::Created),
            ("INTERNAL_ACCOUNT.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &NOTE,
        show: |_, note| seen::<types::Note>(note),
        raises: &[("NOTE.CREATED", When::Created), ("NOTE.UPDATED", When::Updated)],
    },
    Source {
        kind: &payment_schedules::PAYMENT,
        show: |_, payment| seen::<types::ScheduledPayment>(payment),
        raises: &[("PAYMENT_SCHEDULE.PAYMENT.CREATED", When::Created)],
    },
    Source {
        kind: &payment_schedules::SCHEDULE,
        show: |_, schedule| seen::<types::PaymentSchedule>(schedule),
        raises: &[
            ("PAYMENT_SCHEDULE.CREATED", When::Created),
            ("PAYMENT_SCHEDULE.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &PERSON,
        show: |ctx, person| seen::<types::Person>(persons::view(ctx, person)?),
        raises: &[
            ("PERSON.CREATED", When::Created),
            ("PERSON.UPDATED", When::Updated),
            ("PERSON.VERIFICATION_OUTCOME.UPDATED", When::Changes("/verification_status")),
            ("CUSTOMER.CREATED", When::Created),
            ("CUSTOMER.UPDATED", When::Updated),
            ("CUSTOMER.KYC_OUTCOME.UPDATED", When::Changes("/verification_status")),
        ],
    },
    Source {
        kind: &POSTED,
        show: |_, transaction| seen::<types::PostedTransaction>(transaction),
        raises: &[
            ("TRANSACTION.POSTED.CREATED", When::Created),
            ("TRANSACTION.POSTED.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &RATING,
        show: |_, rating| seen::<types::Crr>(rating),
        raises: &[("CRR.CREATED", When::Created)],
    },
    Source {
        kind: &SPEND_CONTROL,
        show: |ctx, control| seen::<types::SpendControl>(spend_controls::view(ctx, control)?),
        raises: &[
            ("SPEND_CONTROL.CREATED", When::Created),
            ("SPEND_CONTROL.UPDATED", When::Updated),
        ],
    },
    Source {
        kind: &STATEMENT,
        show: |_, statement| seen::<types::Statement>(statement),
        raises: &[("STATEMENT.CREATED", When::Created)],
    },
    Source {
        kind: &TRANSFER,
        show: |_, transfer| seen::<types::InternalTransfer>(transfer),
        raises: &[("INTERNAL_TRANSFER.SUCCEEDED", When::Becomes("/status", "COMPLETE"))],
    },
];

/// Raised by what a control finds, and not by a change of it.
const VIOLATED: &str = "SPEND_CONTROL.VIOLATED";

/// As it is shown to everybody.
fn seen<T: Serialize + DeserializeOwned>(shown: Value) -> Result<Option<Value>, Refusal> {
    shown_as::<T>(shown).map(Some)
}

fn source(kind: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.kind.name == kind)
}

/// Whether changes of this kind raise events.
pub(crate) fn is_told_of(kind: &Kind) -> bool {
    source(kind.name).is_some()
}

/// Whether changes of this kind are taken down, whoever listens.
pub(crate) fn is_taken_down(kind: &Kind) -> bool {
    kind.name == CARD.name
}

/// Raises the events that follow from what was touched.
pub(crate) fn raise(ctx: &Ctx<'_>) -> Result<(), Refusal> {
    for control in ctx.take_violated() {
        raise_violated(ctx, &control)?;
    }
    let changes = ctx.take_changes();
    if changes.is_empty() {
        return Ok(());
    }
    cards::record_changes(ctx, &changes)?;
    let listening = webhooks::listening(ctx)?;
    for change in changes {
        if let Some(source) = source(change.kind) {
            raise_for(ctx, source, change, &listening)?;
        }
    }
    Ok(())
}

/// Tells that a spend control was broken. It is told of a refusal, too, which leaves nothing else.
fn raise_violated(ctx: &Ctx<'_>, id: &str) -> Result<(), Refusal> {
    let Some(control) = ctx.get(&SPEND_CONTROL, id)? else {
        return Ok(());
    };
    let shown = seen::<types::SpendControl>(spend_controls::view(ctx, control)?)?;
    for webhook in webhooks::listening(ctx)? {
        if webhooks::wants(&webhook, VIOLATED) {
            let news = webhooks::News {
                event: VIOLATED,
                resource_id: Some(id),
                resource: shown.as_ref(),
                previous: None,
            };
            news.tell(ctx, &webhook)?;
        }
    }
    Ok(())
}

fn raise_for(
    ctx: &Ctx<'_>,
    source: &Source,
    change: Change,
    listening: &[Value],
) -> Result<(), Refusal> {
    let Change { id, before, .. } = change;
    let after = ctx.get(source.kind, &id)?;
    if before == after {
        return Ok(());
    }
    let wanted: Vec<(&str, &Value)> = source
        .raises
        .iter()
        .filter(|(event, when)| {
            is_told(event, ctx.settings) && when.holds(before.as_ref(), after.as_ref())
        })
        .flat_map(|(event, _)| {
            let webhooks = listening.iter().filter(|webhook| webhooks::wants(webhook, event));
            webhooks.map(move |webhook| (*event, webhook))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let show = |body: Option<Value>| match body {
        Some(body) => (source.show)(ctx, body),
        None => Ok(None),
    };
    let is_update = before.is_some() && after.is_some();
    let (before, after) = (show(before)?, show(after)?);
    let previous = match (&before, &after) {
        (Some(before), Some(after)) if is_update => previous_values(before, after),
        _ => None,
    };
    let Some(resource) = after.or(before) else {
        return Ok(());
    };
    for (event, webhook) in wanted {
        let news = webhooks::News {
            event,
            resource_id: Some(&id),
            resource: Some(&resource),
            previous: previous.as_ref(),
        };
        news.tell(ctx, webhook)?;
    }
    Ok(())
}

/// A person is the older interface's customer, too.
fn is_told(event: &str, settings: &Settings) -> bool {
    settings.persons_raise_customer_events || !event.starts_with("CUSTOMER.")
}

impl When {
    fn holds(self, before: Option<&Value>, after: Option<&Value>) -> bool {
        match (self, before, after) {
            (Self::Created, None, Some(_))
            | (Self::Updated, Some(_), Some(_))
            | (Self::Deleted, Some(_), None) => true,
            (Self::Changes(at), Some(before), Some(after)) => {
                before.pointer(at) != after.pointer(at)
            }
            (Self::Becomes(at, wanted), before, Some(after)) => {
                let is = |body: &Value| body.pointer(at).is_some_and(|value| value == wanted);
                is(after) && !before.is_some_and(is)
            }
            _ => false,
        }
    }
}

/// The members that differ, with the values that they had; `null` for what was not there.
fn previous_values(before: &Value, after: &Value) -> Option<Value> {
    let (before, after) = (before.as_object()?, after.as_object()?);
    let mut previous = Map::new();
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    previous.extend(gone.map(|(name, value)| (name.clone(), value.clone())));
    for (name, value) in after {
        match before.get(name) {
            Some(earlier) if earlier == value => {}
            Some(earlier) => {
                let inner = previous_values(earlier, value).unwrap_or_else(|| earlier.clone());
                previous.insert(name.clone(), inner);
            }
            None => {
                previous.insert(name.clone(), Value::Null);
            }
        }
    }
    Some(Value::Object(previous))
}

/// The newest resource that an event of this type could be about, for a test event.
pub(crate) fn newest(ctx: &Ctx<'_>, event: &str) -> Result<Option<(String, Value)>, Refusal> {
    let about = |source: &&Source| source.raises.iter().any(|(raised, _)| *raised == event);
    let Some(source) = SOURCES.iter().find(about) else {
        return Ok(None);
    };
    let Some(newest) = ctx.tx.newest(ctx.tenant, source.kind.name)? else {
        return Ok(None);
    };
    let id = crate::model::text(&newest, source.kind.id).to_owned();
    Ok((source.show)(ctx, newest)?.map(|shown| (id, shown)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told_with_what_it_was() {
        let before = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [1], "gone": true});
        let after = json!({"a": 1, "b": {"c": 2, "d": 4}, "e": [1, 2], "new": true});
        assert_eq!(
            previous_values(&before, &after),
            Some(json!({"b": {"d": 3}, "e": [1], "gone": true, "new": null}))
        );
    }

    #[test]
    fn every_event_is_one_of_the_document() {
        let raised = SOURCES.iter().flat_map(|source| source.raises).map(|(event, _)| *event);
        for event in raised.chain([VIOLATED]) {
            let known = types::EventType::from(event);
            assert!(!matches!(known, types::EventType::Unknown(_)), "{event}");
        }
    }
}
