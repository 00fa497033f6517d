//! What the generated client of the Synctera API uses, written by hand: calls, errors, checks, pages and the
//! types that hold more than their text.
//!
//! Programs use it through `synctera` or `synctera-api`, which export it as `runtime`. What is hidden here is
//! for generated code alone.
//!
//! The path of a call: generated method → `send` → the client's [`Transport`] → the network, and back
//! through `send`, which decodes the answer or turns it into an [`Error`].
#![cfg_attr(docsrs, feature(doc_cfg))]

mod ach_return;
mod address;
mod answer;
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
mod head;
mod id;
mod key;
mod limits;
mod masked;
mod next_action;
#[doc(hidden)]
pub mod object;
#[doc(hidden)]
pub mod open_enum;
mod operation;
mod patch;
mod path;
mod plain_reason;
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
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod send;
mod sensitive;
mod tag_scan;
#[doc(hidden)]
pub mod tagged;
mod trace;
mod transport;
mod upload;

pub use ach_return::AchReturnCode;
pub use answer::Answer;
#[doc(hidden)]
pub use api_key::authorization;
pub use basis_points::BasisPoints;
#[doc(hidden)]
pub use check::{At, Check, Count, Pattern, Rules, Violations};
pub use clock::Clock;
pub use code::{BadCode, CountryCode, CurrencyCode};
pub use device::{DeviceInfo, IdentifiesCustomer};
pub use error::{Error, ErrorKind};
pub use failure::{Failure, FailureKind};
pub use field_error::{FieldError, FieldErrorCode};
pub use form::Form;
pub use key::{IdempotencyKey, InvalidIdempotencyKey};
pub use limits::Limits;
pub use next_action::NextAction;
pub use open_enum::UnknownValue;
pub use operation::{AnswerKind, BodyKind, Operation};
pub use patch::{NullablePatch, Patch};
#[doc(hidden)]
pub use plain_reason::plain_reason;
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
pub use trace::CallTrace;
pub use transport::{BoxFuture, Call, CallOptions, Direct, Inner, Transport};
pub use upload::Upload;

// For generated code.
#[doc(hidden)]
pub use check::body as check_body;
#[doc(hidden)]
pub use path::segment;
#[doc(hidden)]
pub use query::Pairs;
#[doc(hidden)]
pub use route::Route;
