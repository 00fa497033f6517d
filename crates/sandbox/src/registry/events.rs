//! Which changes raise which events, in one table.
//!
//! A line in [`SOURCES`] is all that a kind of resource needs to raise its events.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use synctera_api::v2::types;

use crate::api::cards::IMAGE as CARD_IMAGE;
use crate::api::external_cards::CARD as EXTERNAL_CARD;
use crate::api::internal_transfers::TRANSFER;
use crate::api::payment_schedules::PAYMENT as SCHEDULED_PAYMENT;
use crate::api::risk::edd::EDD;
use crate::api::statements::STATEMENT;
use crate::api::{accounts, businesses, cards, internal_accounts, spend_controls};
use crate::domain::accounts::interest;
use crate::domain::ach::{INCOMING, IncomingAch};
use crate::domain::addresses::ADDRESS;
use crate::domain::applications::APPLICATION;
use crate::domain::cards::three_ds::{THREE_DS_AUTHENTICATION, ThreeDsAuthenticationRecord};
use crate::domain::cards::{CARD, Card};
use crate::domain::cases::{CASE, CaseReason, CaseRecord};
use crate::domain::credit_scores::CREDIT_SCORE;
use crate::domain::digital_wallets::TOKEN as WALLET_TOKEN;
use crate::domain::documents::DOCUMENT;
use crate::domain::events::{Source, When};
use crate::domain::notes::NOTE;
use crate::domain::parties::{BUSINESS, PERSON};
use crate::domain::risk_ratings::RATING;
use crate::domain::spend_controls::{SPEND_CONTROL, SpendControl, VIOLATED};
use crate::domain::webhooks::WEBHOOK;
use crate::domain::{cases, documents, events, external_cards, payment_schedules, persons};
use crate::ledger::{ACCOUNT, HOLD, INTERNAL_ACCOUNT, InternalAccount, POSTED};
use crate::model::{ApiError, Ctx, Record, Recording, build, convert};

/// What a request records, so that the events can follow from it.
pub(super) const RECORDING: Recording = Recording {
    // The history of a card is kept whether there are webhooks or not.
    is_always_recorded: |kind| kind.name == CARD.name,
    raises_events: |kind| SOURCES.iter().any(|source| source.kind.name == kind.name),
    listeners: &WEBHOOK,
};

pub(super) const SOURCES: &[Source] = &[
    Source {
        kind: &ACCOUNT,
        show: |ctx, account| accounts::render::rendered(ctx, &account).map(Some),
        raises: &[("ACCOUNT.CREATED", When::Created), ("ACCOUNT.UPDATED", When::Updated)],
    },
    Source {
        kind: &ADDRESS,
        show: |_, address| seen::<types::PartyAddress>(address),
        raises: &[("ADDRESS.CREATED", When::Created), ("ADDRESS.UPDATED", When::Updated)],
    },
    Source {
        kind: &APPLICATION,
        show: |_, application| seen::<types::Application>(application),
        raises: &[("APPLICATION.CREATED", When::Created), ("APPLICATION.UPDATED", When::Updated)],
    },
    Source {
        kind: &BUSINESS,
        show: |ctx, business| shown(&businesses::view(ctx, Record::of(&business)?)?),
        raises: &[
            ("BUSINESS.CREATED", When::Created),
            ("BUSINESS.UPDATED", When::Updated),
            ("BUSINESS.VERIFICATION_OUTCOME.UPDATED", When::Changes("/verification_status")),
        ],
    },
    Source {
        kind: &CARD,
        show: |_, card| convert(&cards::view(&Record::<Card>::of(&card)?)?).map(Some),
        raises: &[("CARD.CREATED", When::Created), ("CARD.UPDATED", When::Updated)],
    },
    Source {
        kind: &CREDIT_SCORE,
        show: |_, score| seen::<types::CreditScore>(score),
        raises: &[("CREDIT_SCORE.CREATED", When::Created)],
    },
    Source {
        kind: &THREE_DS_AUTHENTICATION,
        show: |_, authentication| seen::<ThreeDsAuthenticationRecord>(authentication),
        raises: &[
            ("CARD.THREE_DS.DECISION", When::Created),
            ("CARD.THREE_DS.AUTHENTICATION", When::Created),
        ],
    },
    Source {
        kind: &CASE,
        show: |_, case| seen::<CaseRecord>(case),
        raises: &[("CASE.CREATED", When::Created), ("CASE.UPDATED", When::Updated)],
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
            (documents::RETRIEVED, When::ByName),
        ],
    },
    Source {
        kind: &EXTERNAL_CARD,
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
            if !Record::<IncomingAch>::of(&entry)?.is_future_dated {
                return Ok(None);
            }
            seen::<types::IncomingAch>(entry)
        },
        raises: &[("ACH.INCOMING.FUTURE_DATED", When::Created)],
    },
    Source {
        kind: &INTERNAL_ACCOUNT,
        show: |ctx, account| {
            let account = Record::<InternalAccount>::of(&account)?;
            // The bank's own are in no list either.
            if account.facts.is_bank_own {
                return Ok(None);
            }
            shown(&internal_accounts::view(ctx, account)?)
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
        kind: &SCHEDULED_PAYMENT,
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
        show: |ctx, person| shown(&persons::view(ctx, Record::of(&person)?)?),
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
            (interest::PAYOUT, When::ByName),
        ],
    },
    Source {
        kind: &RATING,
        show: |_, rating| seen::<types::Crr>(rating),
        raises: &[("CRR.CREATED", When::Created)],
    },
    Source {
        kind: &SPEND_CONTROL,
        show: |ctx, control| shown(&spend_controls::view(ctx, Record::of(&control)?)?),
        raises: &[
            ("SPEND_CONTROL.CREATED", When::Created),
            ("SPEND_CONTROL.UPDATED", When::Updated),
            (VIOLATED, When::ByName),
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

/// Renders a resource through the type that clients read.
fn seen<T: Serialize + DeserializeOwned>(rendered: Value) -> Result<Option<Value>, ApiError> {
    shown(&build::<T>(rendered)?)
}

/// A resource as clients read it.
fn shown(resource: &impl Serialize) -> Result<Option<Value>, ApiError> {
    serde_json::to_value(resource).map(Some).map_err(|e| ApiError::Internal(e.to_string()))
}

/// Raises the events that follow from what a request or a job touched.
pub(super) fn raise(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    for raised in ctx.take_raised() {
        events::raise_by_name(ctx, SOURCES, &raised)?;
        // Here and not where it was violated: the case stays when the transaction is refused.
        if raised.event == VIOLATED
            && let Some(control) = ctx.find::<SpendControl>(&raised.id)?
            && control.action_case
        {
            cases::add(ctx, CaseReason::SpendControlViolation, &SPEND_CONTROL, &raised.id)?;
        }
    }
    let changes = ctx.take_changes();
    cards::record_changes(ctx, &changes)?;
    events::raise(ctx, SOURCES, changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_one_of_the_document() {
        let raised = SOURCES.iter().flat_map(|source| source.raises).map(|(event, _)| *event);
        for event in raised {
            let known = types::EventType::from(event);
            assert!(!matches!(known, types::EventType::Unknown(_)), "{event}");
        }
    }
}
