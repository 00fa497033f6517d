//! The resources that events are about, by the type of the event.

use std::fmt;

use serde_json::Value;

use super::event_error::{EventError, RESOURCE, read};
use crate::types;
use crate::types::EventType;

macro_rules! resources {
    ($($(#[$attribute:meta])* $name:ident($type:ty) for $($beginning:literal)|+, $doc:literal;)*) => {
        /// The resource that an event is about.
        ///
        /// [`Other`](Self::Other) is for the resources of a family that is not compiled in, those for
        /// which the platform documents no schema, and those of events that this version does not
        /// know.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum EventResource {
            $(
                #[doc = $doc]
                $(#[$attribute])*
                $name(Box<$type>),
            )*
            /// Any other resource.
            Other(Untyped),
        }

        impl EventResource {
            /// Reads the resource of an event of this type.
            pub(super) fn read(
                event_type: &EventType,
                json: &str,
            ) -> Result<Self, EventError> {
                let event_type = event_type.as_str();
                let json = json.as_bytes();
                $(
                    $(#[$attribute])*
                    if [$($beginning),+].iter().any(|group| event_type.starts_with(group)) {
                        return Ok(Self::$name(Box::new(read::<$type>(RESOURCE, json)?)));
                    }
                )*
                Ok(Self::Other(Untyped(read::<Value>(RESOURCE, json)?)))
            }
        }
    };
}

// The first matching line applies, so a longer prefix is before a shorter one.
resources! {
    Account(types::Account) for "ACCOUNT.", "An account.";
    #[cfg(feature = "addresses")]
    Address(types::MailingAddress) for "ADDRESS.", "An address (feature `addresses`).";
    #[cfg(feature = "applications")]
    Application(types::Application) for "APPLICATION.", "An application (feature `applications`).";
    Business(types::Business) for "BUSINESS.", "A business, also in events about its verification.";
    #[cfg(feature = "digital_wallets")]
    DigitalWalletToken(types::DigitalWalletToken) for "CARD.DIGITALWALLETTOKEN.",
        "A card in a digital wallet (feature `digital_wallets`).";
    CardImage(types::CardImage) for "CARD.IMAGE.", "The image of a card.";
    Card(types::Card) for "CARD.CREATED" | "CARD.UPDATED", "A card.";
    #[cfg(feature = "credit_scores")]
    CreditScore(types::CreditScore) for "CREDIT_SCORE.", "A credit score (feature `credit_scores`).";
    #[cfg(feature = "risk")]
    CustomerRisk(types::Crr) for "CRR.", "A customer's risk rating (feature `risk`).";
    #[cfg(feature = "documents")]
    Document(types::Document) for "DOCUMENT.", "A document (feature `documents`).";
    #[cfg(feature = "risk")]
    DueDiligence(types::Edd) for "EDD.", "An enhanced due diligence report (feature `risk`).";
    #[cfg(feature = "external_cards")]
    ExternalCard(types::ExternalCard) for "EXTERNAL_CARD.",
        "A card of another bank (feature `external_cards`).";
    #[cfg(feature = "external_cards")]
    ExternalCardTransfer(types::ExternalCardTransfer) for "EXTERNAL_CARD_TRANSFER.",
        "A transfer from or to a card of another bank (feature `external_cards`).";
    IncomingAch(types::IncomingAch) for "ACH.INCOMING.", "An incoming ACH entry; see [`Synctera::ach_return`](crate::Synctera::ach_return).";
    InternalAccount(types::InternalAccount) for "INTERNAL_ACCOUNT.",
        "An internal account of the program.";
    InternalTransfer(types::InternalTransfer) for "INTERNAL_TRANSFER.",
        "A transfer within the platform.";
    #[cfg(feature = "notes")]
    Note(types::Note) for "NOTE.", "A note (feature `notes`).";
    #[cfg(feature = "payment_schedules")]
    ScheduledPayment(types::ScheduledPayment) for "PAYMENT_SCHEDULE.PAYMENT.",
        "A payment of a schedule (feature `payment_schedules`).";
    #[cfg(feature = "payment_schedules")]
    PaymentSchedule(types::PaymentSchedule) for "PAYMENT_SCHEDULE.",
        "A payment schedule (feature `payment_schedules`).";
    PendingTransaction(types::PendingTransaction) for "TRANSACTION.PENDING.",
        "A transaction that is pending.";
    Person(types::Person) for "PERSON." | "CUSTOMER.",
        "A person, also in events about its verification, and in `CUSTOMER` events.";
    PostedTransaction(types::PostedTransaction) for "TRANSACTION.POSTED.",
        "A transaction that is posted.";
    #[cfg(feature = "spend_controls")]
    SpendControl(types::SpendControl) for "SPEND_CONTROL.CREATED" | "SPEND_CONTROL.UPDATED",
        "A spend control (feature `spend_controls`).";
    #[cfg(feature = "statements")]
    Statement(types::Statement) for "STATEMENT.", "A statement (feature `statements`).";
}

/// A resource as JSON. `Debug` shows nothing of it, since it may be personal data.
#[derive(Clone, PartialEq)]
pub struct Untyped(Value);

impl Untyped {
    /// The JSON.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The JSON, by value.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl fmt::Debug for Untyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
