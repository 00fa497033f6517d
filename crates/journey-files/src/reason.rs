//! Why a request cannot be read, by its member.

use serde_json::Value;
use synctera_runtime::plain_reason;

use crate::entry::Entry;
use crate::journeys::Prepared;
use crate::stand_in;
use crate::yaml::Node;

/// Why a request cannot be read.
pub(crate) struct Reason {
    /// The member, if it is one.
    pub(crate) path: Option<String>,
    pub(crate) message: String,
    /// The request has no such member.
    pub(crate) is_unknown_member: bool,
}

impl Reason {
    /// Of a message such as `legal_address.city: must be a text, not a number`.
    pub(crate) fn of(text: &str) -> Self {
        let is_path = |it: &str| !it.is_empty() && !it.contains([' ', '`', '"']);
        let (parent, message) = match text.split_once(": ") {
            Some((path, rest)) if is_path(path) => (Some(path), rest),
            _ => (None, text),
        };
        let named = |start: &str| {
            let name = message.strip_prefix(start)?.split('`').next()?;
            Some(parent.map_or_else(|| name.to_owned(), |it| format!("{it}.{name}")))
        };
        if let Some(path) = named("missing field `") {
            let message = "must be given".to_owned();
            return Self { path: Some(path), message, is_unknown_member: false };
        }
        if let Some(path) = named("unknown field `") {
            // The path of a reader's message may end in the member, or before it.
            let name = path.rsplit('.').next().unwrap_or_default();
            let ends_in_it = parent.is_some_and(|it| it.rsplit('.').next() == Some(name));
            let path = if ends_in_it { parent.map(str::to_owned) } else { Some(path.clone()) };
            let known = message.split_once(", ").map_or("", |(_, known)| known);
            let message = format!("is not a member; {known}");
            return Self { path, message, is_unknown_member: true };
        }
        let path = parent.map(str::to_owned);
        Self { path, message: plain_reason(message), is_unknown_member: false }
    }
}

impl Entry {
    /// Reads the request, which is this entry's with references resolved. YAML reads a text of digits as
    /// a number: where the request takes a text, it is the digits as they are written.
    pub(crate) fn read(&self, request: &mut Value) -> Result<Box<dyn Prepared>, Reason> {
        loop {
            let reason = match self.journey.read(request) {
                Ok(prepared) => return Ok(prepared),
                Err(reason) => Reason::of(&reason),
            };
            if !self.write_digits(request, &reason) {
                return Err(reason);
            }
        }
    }

    /// Puts a text of digits in the place of a number where a text is expected; false if it is not that.
    fn write_digits(&self, request: &mut Value, reason: &Reason) -> bool {
        let Some(path) = &reason.path else { return false };
        let Some(Node::Number(_, Some(digits))) = self.request.at_path(path) else { return false };
        let is_number = stand_in::get(request, path).is_some_and(Value::is_number);
        is_number
            && reason.message.starts_with("must be a text")
            && stand_in::put(request, path, Value::String(digits.clone()))
    }
}
