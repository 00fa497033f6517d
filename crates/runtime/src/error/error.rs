//! The error of every call: how it is made and what it holds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use super::kind::ErrorKind;
use crate::error_path::DecodeError;
use crate::failure::{Failure, FailureKind};
use crate::field_error::FieldErrorCode;
use crate::head::Head;
use crate::key::{IdempotencyKey, InvalidIdempotencyKey};
use crate::limits::Limits;
use crate::masked::without_values;
use crate::next_action::NextAction;
use crate::operation::Operation;
use crate::problem::{ErrorCode, Problem};
use crate::progress::Progress;
use crate::quote::quoted;
use crate::retry_class::RetryClass;
use crate::sensitive::scrub;
use crate::trace::CallTrace;

/// Characters of a remedy.
const REMEDY_MAX: usize = 300;

/// Why a call failed: what it was, what the platform said, and what a caller can do about it.
///
/// Match on [`kind`](Self::kind) and [`code`](Self::code); the text is for people and names the
/// operation, the fields, the request id and the idempotency key, never a body or a secret.
#[derive(Clone)]
pub struct Error(pub(super) Box<Inner>);

#[derive(Clone)]
pub(super) struct Inner {
    pub(super) kind: ErrorKind,
    pub(super) what: String,
    /// The operation that was called, where it is known.
    pub(super) operation: Option<&'static Operation>,
    pub(super) message: String,
    pub(super) status: Option<StatusCode>,
    pub(super) problem: Problem,
    pub(super) field_codes: BTreeMap<String, FieldErrorCode>,
    pub(super) path: Option<String>,
    /// A success has JSON for its body.
    pub(super) is_json: bool,
    /// The answer says that it is something else than the platform's JSON.
    pub(super) is_foreign: bool,
    /// The time of a whole journey is over, not of a call.
    pub(super) is_deadline: bool,
    pub(super) trace: CallTrace,
    pub(super) retry_after: Option<Duration>,
    pub(super) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    pub(super) progress: Option<Progress>,
    /// What to do, where the kind does not say it.
    pub(super) action: Option<NextAction>,
    /// How the cause is removed, where the code does not say it.
    pub(super) remedy: Option<String>,
    pub(super) retry_class: RetryClass,
    pub(super) limits: Limits,
}

impl Error {
    fn new(kind: ErrorKind, what: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            what: what.into(),
            operation: None,
            message: message.into(),
            status: None,
            problem: Problem::default(),
            field_codes: BTreeMap::new(),
            path: None,
            is_json: true,
            is_foreign: false,
            is_deadline: false,
            trace: CallTrace::default(),
            retry_after: None,
            source: None,
            progress: None,
            action: None,
            remedy: None,
            retry_class: RetryClass::Final,
            limits: Limits::new(),
        }))
    }

    /// Input that is refused before anything is sent: `field` names it, `reason` says what is
    /// wrong with it. Its code is [`FieldErrorCode::Invalid`].
    ///
    /// A reason that is part of the program (`&'static str`) is shown as it is. In one that was put
    /// together (`String`), what looks like an account, card or social security number or an email
    /// address is masked, since it may quote the input.
    pub fn invalid_input(what: &str, field: &str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::invalid_field(what, field, FieldErrorCode::Invalid, reason)
    }

    /// Adds a further field to an error made by [`Error::invalid_input`]. Of several reasons for
    /// the same field, the first is kept.
    #[must_use]
    pub fn and_invalid(self, field: &str, reason: impl Into<Cow<'static, str>>) -> Self {
        self.and_invalid_field(field, FieldErrorCode::Invalid, reason)
    }

    /// As [`Error::invalid_input`], with a code.
    pub fn invalid_field(
        what: &str,
        field: &str,
        code: FieldErrorCode,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ErrorKind::InvalidInput, what, "").and_invalid_field(field, code, reason)
    }

    /// As [`Error::and_invalid`], with a code.
    #[must_use]
    pub fn and_invalid_field(
        mut self,
        field: &str,
        code: FieldErrorCode,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        let reason = match reason.into() {
            Cow::Borrowed(reason) => reason.to_owned(),
            Cow::Owned(reason) => scrub(&reason).into_owned(),
        };
        if !self.0.problem.invalid.contains_key(field) {
            self.0.problem.invalid.insert(field.to_owned(), reason);
            self.0.field_codes.insert(field.to_owned(), code);
        }
        self
    }

    /// The same error with other names for its fields; a field for which `name` returns `None` keeps
    /// its own.
    #[must_use]
    pub fn rename_fields(mut self, name: impl Fn(&str) -> Option<String>) -> Self {
        let renamed = |field: String| name(&field).unwrap_or(field);
        let inner = &mut *self.0;
        let problem = &mut inner.problem;
        for fields in [&mut problem.missing, &mut problem.immutable] {
            *fields = std::mem::take(fields).into_iter().map(renamed).collect();
        }
        let invalid = std::mem::take(&mut problem.invalid).into_iter();
        problem.invalid = invalid.map(|(field, reason)| (renamed(field), reason)).collect();
        let codes = std::mem::take(&mut inner.field_codes).into_iter();
        inner.field_codes = codes.map(|(field, code)| (renamed(field), code)).collect();
        self
    }

    /// The code of a field that was refused before anything was sent.
    pub(super) fn field_code(&self, field: &str) -> Option<FieldErrorCode> {
        self.0.field_codes.get(field).copied()
    }

    /// A client that cannot make the call as it is set up.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, "configuration", message)
    }

    /// An answer that reads well and still lacks something that the caller needs.
    pub fn incomplete_answer(operation: &str, field: &str) -> Self {
        Self::unusable_answer(operation, field, "it is missing")
    }

    /// An answer that reads well and cannot be worked with.
    pub fn unusable_answer(operation: &str, field: &str, why: &str) -> Self {
        let mut error = Self::new(ErrorKind::Decode, operation, why);
        error.0.path = Some(field.to_owned());
        error
    }

    /// Adds how far the journey got in which this failed.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.0.progress = Some(progress);
        self
    }

    /// A call that a known rule forbids; `code` is what the platform would have answered.
    pub fn refused(what: &str, code: Option<ErrorCode>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Refused, what, message);
        error.0.problem.code = code;
        error
    }

    /// The same error, for which this is to be done.
    #[must_use]
    pub fn with_next_action(mut self, action: NextAction) -> Self {
        self.0.action = Some(action);
        self
    }

    /// The same error, whose text says how its cause is removed: a phrase in the imperative, such as
    /// `verify person 4f364343-…`, without personal data.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = Some(quoted(&remedy.into(), REMEDY_MAX).to_string());
        self
    }

    /// Something on this machine that failed: `what` was done, `message` says with which of its
    /// things.
    pub fn local(
        what: &str,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Local, what, message);
        error.0.source = Some(Arc::from(source.into()));
        error
    }

    /// The time of a journey is over, after so long. `step` is the one that was under way, if one
    /// was.
    pub fn deadline(
        journey: &str,
        after: Duration,
        step: Option<(&'static Operation, IdempotencyKey)>,
    ) -> Self {
        let message = format!("the run's deadline of {after:?} has passed");
        let mut error = Self::new(ErrorKind::Timeout, journey, message);
        error.0.is_deadline = true;
        // Under its key, the run can be repeated.
        error.0.retry_class = RetryClass::MayHaveActed;
        if let Some((operation, key)) = step {
            operation.id.clone_into(&mut error.0.what);
            error.0.operation = Some(operation);
            error.0.trace.idempotency_key = Some(key.to_string());
            error.0.trace.attempts = 1;
            error.0.trace.may_have_acted = Some(true);
        }
        error
    }

    /// The request could not even be built, for instance because the base URL is not a valid URL.
    #[doc(hidden)]
    pub fn build(operation: &str, source: reqwest::Error) -> Self {
        let mut error = Self::new(
            ErrorKind::Configuration,
            operation,
            "the request could not be built; is the base URL right?",
        );
        error.0.source = Some(Arc::new(source.without_url()));
        error
    }

    pub(crate) fn from_failure(operation: &'static Operation, failure: &Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::Configuration => ErrorKind::Configuration,
            FailureKind::Refused => ErrorKind::Refused,
            FailureKind::RateLimited => ErrorKind::RateLimited,
            FailureKind::Connect => ErrorKind::Connect,
            FailureKind::Timeout => ErrorKind::Timeout,
            FailureKind::Interrupted => ErrorKind::Interrupted,
            FailureKind::ResponseTooLarge => ErrorKind::ResponseTooLarge,
        };
        let mut error = Self::new(kind, operation.id, failure.message.clone());
        error.0.operation = Some(operation);
        error.0.action = failure.next_action;
        error.0.retry_class = RetryClass::of_failure(failure.kind);
        error.0.status = failure.status;
        error.0.trace = failure.trace.clone();
        error.count_earlier_attempts();
        error.0.source.clone_from(&failure.source);
        error
    }

    /// An answer that is not a success; `note` tells what its body is instead of the platform's.
    pub(crate) fn api(
        operation: &'static Operation,
        head: Head,
        problem: Problem,
        retry_after: Option<Duration>,
        note: Option<String>,
    ) -> Self {
        let kind = match problem.code {
            Some(ErrorCode::IdempotencyInvalidReuse) => ErrorKind::KeyReused,
            _ => ErrorKind::Api,
        };
        let is_foreign = note.is_some();
        let mut error = Self::of_answer(kind, operation, head, note.unwrap_or_default());
        error.0.is_foreign = is_foreign;
        error.0.retry_class =
            RetryClass::of_error(error.0.status.unwrap_or_default(), problem.code.as_ref());
        error.count_earlier_attempts();
        error.0.retry_after = retry_after.or(problem.retry_after.map(Duration::from_secs));
        error.0.problem = problem;
        error
    }

    /// A success that cannot be decoded; `note` tells what it is instead of JSON.
    pub(crate) fn decode(
        operation: &'static Operation,
        head: Head,
        reason: DecodeError,
        retry_class: RetryClass,
        note: Option<String>,
    ) -> Self {
        let is_foreign = note.is_some();
        let message = note.unwrap_or_else(|| without_values(&reason.reason.to_string()));
        let mut error = Self::of_answer(ErrorKind::Decode, operation, head, message);
        error.0.is_json = reason.is_json;
        error.0.is_foreign = is_foreign;
        error.0.path = Some(reason.path);
        error.0.retry_class = retry_class;
        error
    }

    fn of_answer(
        kind: ErrorKind,
        operation: &'static Operation,
        head: Head,
        message: String,
    ) -> Self {
        let mut error = Self::new(kind, operation.id, message);
        error.0.operation = Some(operation);
        error.0.status = Some(head.status);
        error.0.trace = head.trace;
        error.0.limits = head.limits;
        error
    }

    /// The class of the last attempt, corrected by what earlier ones may have done.
    fn count_earlier_attempts(&mut self) {
        match self.0.retry_class {
            RetryClass::NothingDone if self.0.trace.may_have_acted == Some(true) => {
                self.0.retry_class = RetryClass::MayHaveActed;
            }
            RetryClass::MayHaveActed if self.is_unsent() => {
                self.0.retry_class = RetryClass::NothingDone;
            }
            _ => {}
        }
    }
}

impl From<InvalidIdempotencyKey> for Error {
    fn from(invalid: InvalidIdempotencyKey) -> Self {
        Self::invalid_input("idempotency key", "idempotency_key", invalid.reason())
    }
}
