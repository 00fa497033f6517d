//! The part of a response before its body.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::limits::Limits;
use super::trace::CallTrace;

/// The part of a response before its body.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) trace: CallTrace,
    pub(crate) limits: Limits,
}
