//! What a handler works with: one request of one workspace, at one moment, in one transaction.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use synctera_api::runtime::ErrorCode;
use uuid::Uuid;

use crate::model::api_error::{ApiError, Problem};
use crate::model::external_call::{ExternalCall, ExternalReply};
use crate::model::json::{text, timestamp};
use crate::model::settings::Settings;
use crate::model::{
    Change, DOES_NOT_EXIST, Kind, Part, Raised, Recording, RequestParts, Seed, calendar,
};
use crate::spec::{FieldErrors, canonical_id};
use crate::store::{Delivery, Found, Tx};

/// One request of one workspace.
pub(crate) struct Ctx<'a> {
    pub(crate) tx: &'a Tx<'a>,
    pub(crate) tenant: &'a str,
    pub(crate) now: DateTime<Utc>,
    pub(crate) settings: &'a Settings,
    seed: Seed,
    recording: &'static Recording,
    pub(crate) request: RequestParts,
    /// Whether it is a request, and not a job.
    pub(crate) is_asked: bool,
    /// Whether it must be quick; what may take long returns [`ApiError::Suspend`].
    pub(crate) is_brief: bool,
    /// Replies to external calls, in their order, and how many were used.
    replies: Vec<(Uuid, ExternalReply)>,
    replies_taken: Cell<usize>,
    /// Resources read for the URL, so that handlers need not read them again; each is taken once.
    found: RefCell<BTreeMap<(&'static str, String), Found>>,
    /// Changes that events may follow from.
    changes: RefCell<Vec<Change>>,
    /// Events that do not follow from changes.
    raised: RefCell<Vec<Raised>>,
    /// Whether there is any webhook; read when it is first needed.
    has_listeners: Cell<Option<bool>>,
    /// Whether an event was queued.
    has_mail: Cell<bool>,
}

impl<'a> Ctx<'a> {
    /// A context without a request: for seeds and jobs.
    pub(crate) fn internal(
        tx: &'a Tx<'a>,
        tenant: &'a str,
        now: DateTime<Utc>,
        settings: &'a Settings,
        seed: Seed,
        recording: &'static Recording,
    ) -> Self {
        Self {
            tx,
            tenant,
            now,
            settings,
            seed,
            recording,
            request: RequestParts::default(),
            is_asked: false,
            is_brief: false,
            replies: Vec::new(),
            replies_taken: Cell::new(0),
            found: RefCell::default(),
            changes: RefCell::default(),
            raised: RefCell::default(),
            has_listeners: Cell::new(None),
            has_mail: Cell::new(false),
        }
    }

    /// The same moment with another body: for operations that the platform itself calls.
    pub(crate) fn ordering(&self, body: Value) -> Ctx<'a> {
        let is_asked = self.is_asked;
        let fresh =
            Ctx::internal(self.tx, self.tenant, self.now, self.settings, self.seed, self.recording);
        Ctx { request: RequestParts { body, ..RequestParts::default() }, is_asked, ..fresh }
    }

    /// Takes over what was recorded in the context of such an operation.
    pub(crate) fn absorb(&self, ordered: &Self) {
        self.changes.borrow_mut().extend(ordered.take_changes());
        self.raised.borrow_mut().extend(ordered.take_raised());
    }

    /// A file of the form, by the name of its part.
    pub(crate) fn file(&self, name: &str) -> Option<&Part> {
        self.request.form.iter().find(|part| part.name == name && part.file_name.is_some())
    }

    /// Sets the replies that earlier rounds of this request received.
    pub(crate) fn set_external_replies(&mut self, replies: &[(Uuid, ExternalReply)]) {
        self.replies = replies.to_vec();
    }

    /// The id of the subject of the next external call: the same when the request is handled again.
    pub(crate) fn subject(&self) -> Result<Uuid, ApiError> {
        let fresh = self.new_id()?;
        Ok(self.replies.get(self.replies_taken.get()).map_or(fresh, |(subject, _)| *subject))
    }

    /// Calls an external server: the reply, if this round has it.
    pub(crate) fn call_external(&self, call: ExternalCall) -> Result<ExternalReply, ApiError> {
        let place = self.replies_taken.get();
        self.replies_taken.set(place + 1);
        match self.replies.get(place) {
            Some((_, reply)) => Ok(reply.clone()),
            None => Err(ApiError::ExternalCall(Box::new(call))),
        }
    }

    /// The moment as it is written into resources.
    pub(crate) fn now_text(&self) -> String {
        timestamp(self.now)
    }

    /// The bank's date.
    pub(crate) fn today(&self) -> NaiveDate {
        calendar::bank_date(self.now)
    }

    /// An id that nothing else has.
    pub(crate) fn new_id(&self) -> Result<Uuid, ApiError> {
        Ok(self.seed.id(self.tx.next("ids")?))
    }

    /// An id for what no request created, from a sequence of its own.
    pub(crate) fn new_side_id(&self) -> Result<Uuid, ApiError> {
        Ok(self.seed.aside().id(self.tx.next("side ids")?))
    }

    /// A number below `bound` that looks random.
    pub(crate) fn new_number(&self, bound: u64) -> Result<u64, ApiError> {
        Ok(self.seed.number(self.tx.next("numbers")?, bound))
    }

    /// The secret that a card number is derived from; it cannot be derived from the card's id.
    pub(crate) fn new_card_key(&self) -> Result<String, ApiError> {
        Ok(hex::encode(self.seed.key(b"card numbers", self.tx.next("card numbers")?)))
    }

    /// The key under which page tokens are sealed.
    pub(crate) fn page_key(&self) -> Result<[u8; 32], ApiError> {
        Ok(page_key(self.tx, self.seed)?)
    }

    /// A path parameter.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.request.parameters.get(name).map_or("", String::as_str)
    }

    /// Refuses when the URL names something that is not there.
    pub(crate) fn must_exist(
        &self,
        kind: &'static Kind,
        parameter: &'static str,
    ) -> Result<(), ApiError> {
        let found = self.url_resource(kind, parameter)?;
        let key = (kind.name, self.parameter(parameter).to_owned());
        self.found.borrow_mut().insert(key, found);
        Ok(())
    }

    /// Called before something that may take long.
    pub(crate) fn take_time(&self) -> Result<(), ApiError> {
        if self.is_brief { Err(ApiError::Suspend) } else { Ok(()) }
    }

    /// The resource that the URL names.
    pub(crate) fn url_resource(
        &self,
        kind: &'static Kind,
        parameter: &'static str,
    ) -> Result<Found, ApiError> {
        let id = self.parameter(parameter);
        let key = (kind.name, id.to_owned());
        if let Some(found) = self.found.borrow_mut().remove(&key) {
            return Ok(found);
        }
        if canonical_id(id).is_none() {
            let mut problem =
                Problem::new(ErrorCode::BadRequest, "the URL breaks the rules of its parts");
            problem.errors = FieldErrors::invalid(parameter, "must be a valid uuid");
            return Err(problem.into());
        }
        self.tx.find(self.tenant, kind.name, id)?.ok_or_else(|| {
            ApiError::rule(ErrorCode::ResourceNotFound, format!("there is no {} {id}", kind.name))
        })
    }

    /// One resource by its id.
    pub(crate) fn get(&self, kind: &Kind, id: &str) -> Result<Option<Value>, ApiError> {
        Ok(self.tx.get(self.tenant, kind.name, id)?)
    }

    /// A resource that a body refers to; `code` and `field` say what is wrong when it is not there.
    pub(crate) fn referred(
        &self,
        kind: &Kind,
        id: &str,
        code: ErrorCode,
        field: &str,
    ) -> Result<Value, ApiError> {
        self.get(kind, id)?.ok_or_else(|| {
            let mut problem = Problem::new(code, format!("{field} names no {}", kind.name));
            problem.errors = FieldErrors::invalid(field, DOES_NOT_EXIST);
            problem.into()
        })
    }

    /// Does what may be refused half-way: a refusal leaves nothing behind, and is returned.
    pub(crate) fn attempt<T>(
        &self,
        act: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<Result<T, Box<Problem>>, ApiError> {
        self.tx.mark()?;
        match act() {
            Ok(done) => {
                self.tx.keep()?;
                Ok(Ok(done))
            }
            Err(ApiError::Problem(problem)) => {
                self.tx.undo()?;
                Ok(Err(problem))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Stores a new resource.
    pub(crate) fn insert(&self, kind: &Kind, body: &Value) -> Result<(), ApiError> {
        let id = text(body, kind.id).to_owned();
        self.note(kind, &id, true)?;
        self.tx.insert(self.tenant, kind.name, &id, body, &kind.keys_of(body))?;
        Ok(())
    }

    /// Stores a changed resource.
    pub(crate) fn update(&self, kind: &Kind, body: &Value) -> Result<(), ApiError> {
        let id = text(body, kind.id).to_owned();
        self.note(kind, &id, false)?;
        self.tx.update(self.tenant, kind.name, &id, body, |body| kind.keys_of(body))?;
        Ok(())
    }

    /// Removes a resource.
    pub(crate) fn remove(&self, kind: &Kind, id: &str) -> Result<(), ApiError> {
        self.note(kind, id, false)?;
        self.forget(kind, id)
    }

    /// Removes a resource without recording the change.
    pub(crate) fn forget(&self, kind: &Kind, id: &str) -> Result<(), ApiError> {
        self.tx.delete(self.tenant, kind.name, id, |body| kind.keys_of(body))?;
        Ok(())
    }

    /// Records how a resource was before this request changed it, if that is wanted.
    fn note(&self, kind: &Kind, id: &str, is_new: bool) -> Result<(), ApiError> {
        let is_recorded = (self.recording.is_always_recorded)(kind)
            || ((self.recording.raises_events)(kind) && self.has_listeners()?);
        if !is_recorded {
            return Ok(());
        }
        let mut changes = self.changes.borrow_mut();
        if !changes.iter().any(|change| change.kind == kind.name && change.id == id) {
            let before = if is_new { None } else { self.get(kind, id)? };
            changes.push(Change { kind: kind.name, id: id.to_owned(), before });
        }
        Ok(())
    }

    /// What was touched since the last call.
    pub(crate) fn take_changes(&self) -> Vec<Change> {
        self.changes.take()
    }

    /// Whether anything in the workspace could listen to events; found out when it is first needed.
    fn has_listeners(&self) -> Result<bool, ApiError> {
        if let Some(known) = self.has_listeners.get() {
            return Ok(known);
        }
        let listeners = self.tx.scan(self.tenant, self.recording.listeners.name, &[], 0, 1)?;
        self.has_listeners.set(Some(!listeners.is_empty()));
        Ok(!listeners.is_empty())
    }

    /// Raises an event about a resource that does not follow from a change of it. It is raised even
    /// where the request is refused, which leaves nothing else.
    pub(crate) fn raise(&self, event: &'static str, kind: &'static Kind, id: &str) {
        self.raised.borrow_mut().push(Raised { event, kind, id: id.to_owned() });
    }

    /// What was raised since the last call.
    pub(crate) fn take_raised(&self) -> Vec<Raised> {
        self.raised.take()
    }

    /// Queues an event for a webhook.
    pub(crate) fn send(&self, delivery: &Delivery) -> Result<(), ApiError> {
        self.tx.add_delivery(delivery)?;
        self.has_mail.set(true);
        Ok(())
    }

    /// Has what is on its way of an event sent at another time; whether anything is.
    pub(crate) fn resend(&self, event_id: &str, due_at: i64) -> Result<bool, ApiError> {
        let is_on_its_way = self.tx.reschedule_delivery(self.tenant, event_id, due_at)?;
        self.has_mail.set(self.has_mail.get() || is_on_its_way);
        Ok(is_on_its_way)
    }

    /// Whether an event was put on its way.
    pub(crate) fn has_mail(&self) -> bool {
        self.has_mail.get()
    }
}

/// The key of page tokens, made when a sandbox is started on nothing.
pub(crate) fn page_key(tx: &Tx<'_>, seed: Seed) -> crate::store::Result<[u8; 32]> {
    tx.secret("page tokens", || seed.key(b"page tokens", 1))
}
