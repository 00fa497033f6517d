//! What every layer above the store works with: the request's context, errors, replies, kinds of
//! resources, the clock and the settings.

mod api_error;
pub(crate) mod calendar;
mod change;
pub(crate) mod clock;
mod context;
pub(crate) mod external_call;
mod ids;
mod json;
pub(crate) mod jwe;
mod kind;
mod known_key;
pub(crate) mod nearest;
mod operation;
mod outbound_event;
pub(crate) mod outgoing_client;
mod record;
mod reply;
mod request_parts;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod steering;
mod transitions;
mod workspace;

pub(crate) use api_error::{ApiError, DOES_NOT_EXIST, Problem};
pub(crate) use change::{Change, Raised, Recording};
pub(crate) use context::{Ctx, page_key};
pub(crate) use external_call::{ExternalCall, ExternalReply};
pub(crate) use ids::Seed;
pub(crate) use json::{exactly_one, last_four, one_of, patch, text, texts, timestamp, without};
pub(crate) use kind::{Kind, key_text};
pub(crate) use known_key::KnownKey;
pub(crate) use operation::{Handler, Job, Served};
pub(crate) use outbound_event::{Attempt, DeliveryOutcome, NextStep, OutboundEvent};
pub(crate) use record::{Record, Resource, build, complete, convert, member, merge, to_json};
pub(crate) use reply::{Added, Outcome, Reply};
pub(crate) use request_parts::{Part, RequestParts};
pub(crate) use transitions::transitions;
