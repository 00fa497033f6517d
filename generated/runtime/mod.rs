//! The hand-written code that the generated code uses.
//!
//! The path of a call: generated method → `send` → the client's [`Transport`] → the network, and back
//! through `send`, which decodes the answer or turns it into an [`Error`].

mod ach_return;
mod address;
mod api_key;
mod basis_points;
mod body;
mod check;
mod clock;
mod code;
mod cut_json;
mod device;
mod error;
#[doc(hidden)]
pub mod error_path;
mod failure;
mod field_error;
mod form;
mod id;
mod key;
mod ledger_account;
mod limits;
pub(crate) mod object;
pub(crate) mod open_enum;
mod operation;
mod paged;
mod patch;
mod path;
mod problem;
mod progress;
mod query;
mod quote;
mod request;
mod response;
mod retry_after;
mod retry_class;
mod route;
#[cfg(feature = "schemars")]
pub(crate) mod schema;
pub(crate) mod send;
mod sensitive;
mod tag_scan;
#[doc(hidden)]
pub mod tagged;
mod transport;
mod upload;

pub use ach_return::AchReturnCode;
#[doc(hidden)]
pub use api_key::authorization;
pub use basis_points::BasisPoints;
#[doc(hidden)]
pub use check::{At, Check, Count, Pattern, Rules, Violations};
pub use clock::Clock;
pub use code::{BadCode, CountryCode, CurrencyCode};
pub use device::DeviceInfo;
pub use error::{Error, ErrorKind, NextAction};
pub use failure::{Failure, FailureKind};
pub use field_error::{FieldError, FieldErrorCode};
pub use form::Form;
pub use id::*;
pub use key::{IdempotencyKey, InvalidIdempotencyKey};
pub use ledger_account::{BankAccountName, LedgerAccountId};
pub use limits::Limits;
pub use open_enum::UnknownValue;
pub use operation::{AnswerKind, BodyKind, Operation};
pub use paged::Paged;
pub use patch::{NullablePatch, Patch};
pub use problem::{ErrorCode, Problem};
pub use progress::{CompletedStep, Progress};
pub use query::Scalar;
#[doc(hidden)]
pub use quote::{Quoted, quoted};
pub use request::Request;
pub use response::{ByteStream, Response};
pub use retry_after::retry_after;
pub use retry_class::RetryClass;
pub use sensitive::Sensitive;
pub use transport::{Answer, BoxFuture, Call, CallOptions, CallTrace, Direct, Inner, Transport};
pub use upload::Upload;

#[allow(unused_imports, reason = "used only by families that are not enabled")]
pub(crate) use check::body as check_body;
pub(crate) use open_enum::open_enum;
pub(crate) use path::segment;
pub(crate) use query::Pairs;
pub(crate) use route::{Route, client};
