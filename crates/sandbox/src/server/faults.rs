//! Failures on request: answers that are late, lost or cut off, and refusals of the platform that are
//! hard to cause otherwise.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::nearest::nearest;
use crate::spec::Interface;

/// The methods of operations.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// The ids of operations, by the form in which they are compared.
static OPERATIONS: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let all = Interface::ALL.into_iter().flat_map(Interface::operations);
    all.map(|operation| (comparable(operation.id), operation.id)).collect()
});
/// Faults at a time.
const FAULTS_MAX: usize = 1_000;
/// Characters of a path or a code.
const TEXT_MAX: usize = 200;
/// The longest delay.
const DELAY_MAX: Duration = Duration::from_secs(3600);

/// A failure that requests meet: an error status, a closed connection, an answer that is cut off or
/// late. [`Sandbox::add_fault`](crate::Sandbox::add_fault) adds it; the header `Sandbox-Fault` causes
/// it for one request.
///
/// ```
/// use synctera_sandbox::Fault;
///
/// // The next two transfers are made, but their answers are lost.
/// let lost = Fault::dropped().after_acting().on_operation("create_internal_transfer").times(2);
/// assert_eq!(lost, "drop; after".parse::<Fault>()?.on_operation("create_internal_transfer").times(2));
/// # Ok::<(), synctera_sandbox::BadFault>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[must_use = "a fault has an effect only when it is added to a sandbox"]
pub struct Fault {
    /// Only requests of this operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// Only requests with this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// Only requests to this path; a `*` at its end matches anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// How many requests; without it, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    /// The answer has this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The platform's code in that answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The seconds of its `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    /// There is no answer: the connection is closed.
    drop: bool,
    /// The answer breaks off after this many bytes of its body.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncate: Option<usize>,
    /// Delay, in milliseconds of the sandbox's clock.
    #[serde(rename = "delay_ms")]
    delay_ms: u64,
    /// The sandbox does what the request asks for before it fails.
    after: bool,
}

/// Why a fault is refused: it contradicts itself, or has a value out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadFault(String);

impl Fault {
    /// An answer with this status, 400 to 599, and the platform's usual code for it.
    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// No answer: the connection is closed.
    pub fn dropped() -> Self {
        Self { drop: true, ..Self::default() }
    }

    /// An answer that breaks off after this many bytes of its body. The sandbox has done what the
    /// request asks for.
    pub fn truncated(bytes: usize) -> Self {
        Self { truncate: Some(bytes), ..Self::default() }
    }

    /// An answer that is late by this much, at most an hour, by the sandbox's clock: while that is
    /// held, the answer waits until the clock is moved.
    pub fn delayed(by: Duration) -> Self {
        Self::default().delay(by)
    }

    /// Makes the failure late, too; see [`Fault::delayed`].
    pub fn delay(mut self, by: Duration) -> Self {
        self.delay_ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// The platform's code in the answer, such as `SUSPECTED_FRAUD`. Goes with a status.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Seconds for the answer's `Retry-After`. Goes with a status.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The sandbox does what the request asks for, and fails afterward.
    pub fn after_acting(mut self) -> Self {
        self.after = true;
        self
    }

    /// Only requests of this operation, such as `create_person`; `createPerson`, as in
    /// the platform's document, is the same.
    pub fn on_operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Only requests with this method to this path; a `*` at its end matches anything.
    pub fn on(mut self, method: impl Into<String>, path: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self.path = Some(path.into());
        self
    }

    /// Only this many requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Whether it can go wrong in this way.
    pub(crate) fn check(&self) -> Result<(), BadFault> {
        let bad = |why: &str| Err(BadFault(why.to_owned()));
        let effects = [self.status.is_some(), self.drop, self.truncate.is_some()];
        match effects.iter().filter(|is_there| **is_there).count() {
            0 if self.delay_ms == 0 => {
                return bad("one of status, drop, truncate and delay_ms must be given");
            }
            0 | 1 => {}
            _ => return bad("only one of status, drop and truncate can be given"),
        }
        if self.status.is_some_and(|status| !(400..=599).contains(&status)) {
            return bad("status must be 400 to 599");
        }
        if self.status.is_none() && (self.code.is_some() || self.retry_after.is_some()) {
            return bad("code and retry_after need a status");
        }
        if u128::from(self.delay_ms) > DELAY_MAX.as_millis() {
            return bad("delay_ms must be at most 3600000, an hour");
        }
        if self.times == Some(0) {
            return bad("times must be at least 1");
        }
        if let Some(name) = &self.operation
            && !OPERATIONS.contains_key(&comparable(name))
        {
            let near = nearest(name, OPERATIONS.values().copied());
            let near = near.map(|id| format!("; there is {id}")).unwrap_or_default();
            return Err(BadFault(format!("there is no operation {name}{near}")));
        }
        if let Some(method) = &self.method
            && !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))
        {
            return bad("method must be GET, POST, PUT, PATCH or DELETE");
        }
        if self.path.as_ref().is_some_and(|path| !path.starts_with(['/', '*'])) {
            return bad("path must begin with /, such as /v2/persons*");
        }
        if self.path.as_ref().is_some_and(|path| path.contains(['?', '#'])) {
            return bad("path is without a query, such as /v2/persons*");
        }
        if self.code.as_ref().is_some_and(|code| code.trim().is_empty()) {
            return bad("code must have a character");
        }
        let is_long = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX)
        };
        if is_long(&self.path) || is_long(&self.code) {
            return Err(BadFault(format!("path and code have at most {TEXT_MAX} characters")));
        }
        if let (Some(name), Some(method)) = (&self.operation, &self.method)
            && let Some(its) = method_of(name)
            && !its.eq_ignore_ascii_case(method)
        {
            return Err(BadFault(format!("{name} is a {its}, so that no request fits")));
        }
        Ok(())
    }

    pub(crate) fn wait(&self) -> chrono::Duration {
        chrono::Duration::milliseconds(i64::try_from(self.delay_ms).unwrap_or(i64::MAX))
    }

    /// What happens instead of an answer; `after` the sandbox has acted, or before it does.
    pub(crate) fn effect(&self, after: bool) -> Option<Effect> {
        // What breaks off must be there first.
        if let Some(bytes) = self.truncate {
            return after.then_some(Effect::Truncate(bytes));
        }
        if self.after != after {
            return None;
        }
        if self.drop {
            return Some(Effect::Drop);
        }
        let status = self.status?;
        let code = self.code.clone();
        Some(Effect::Respond { status, code, retry_after: self.retry_after })
    }

    fn fits(&self, request: &About<'_>) -> bool {
        let path = self.path.as_deref().is_none_or(|path| match path.strip_suffix('*') {
            Some(beginning) => request.path.starts_with(beginning),
            None => request.path == path,
        });
        path && self.method.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(request.method))
            && self.operation.as_deref().is_none_or(|it| {
                request.operation.is_some_and(|its| comparable(its) == comparable(it))
            })
    }
}

/// The method of an operation, if all of this name have the same one.
fn method_of(name: &str) -> Option<&'static str> {
    let all = Interface::ALL.into_iter().flat_map(Interface::operations);
    let mut named = all.filter(|operation| comparable(operation.id) == comparable(name));
    let first = named.next()?.method;
    named.all(|operation| operation.method == first).then_some(first)
}

/// The id of an operation, whether it is `createPerson` or `create_person`.
pub(crate) fn comparable(id: &str) -> String {
    id.replace('_', "").to_ascii_lowercase()
}

/// As the header `Sandbox-Fault` has it: `status=429; retry-after=3`, `drop; after`,
/// `truncate=20`, `delay-ms=200`.
impl std::str::FromStr for Fault {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let mut fault = Self::default();
        for part in text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim(), value.trim());
            fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, BadFault> {
                value.parse().map_err(|_| BadFault(format!("{name} must be a number")))
            }
            match name {
                "status" => fault.status = Some(number(name, value)?),
                "code" => fault.code = Some(value.to_owned()),
                "retry-after" => fault.retry_after = Some(number(name, value)?),
                "truncate" => fault.truncate = Some(number(name, value)?),
                "delay-ms" => fault.delay_ms = number(name, value)?,
                "drop" if value.is_empty() => fault.drop = true,
                "after" if value.is_empty() => fault.after = true,
                _ => return Err(BadFault(format!("Sandbox-Fault has no member {name}"))),
            }
        }
        fault.check()?;
        Ok(fault)
    }
}

/// What a request is recognized by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) operation: Option<&'a str>,
}

/// What happens instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Respond { status: u16, code: Option<String>, retry_after: Option<u32> },
    Drop,
    Truncate(usize),
}

/// What is to go wrong, in the order in which it was asked for.
#[derive(Debug, Default)]
pub(crate) struct ActiveFaults(Mutex<(u64, Vec<(u64, Fault)>)>);

impl ActiveFaults {
    pub(crate) fn add(&self, fault: Fault) -> Result<u64, BadFault> {
        fault.check()?;
        let (last, faults) = &mut *self.lock();
        if faults.len() == FAULTS_MAX {
            let why = format!("there are {FAULTS_MAX} faults already; remove some first");
            return Err(BadFault(why));
        }
        *last += 1;
        faults.push((*last, fault));
        Ok(*last)
    }

    pub(crate) fn all(&self) -> Vec<(u64, Fault)> {
        self.lock().1.clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().1.clear();
    }

    /// Whether there was one of this number.
    pub(crate) fn remove(&self, number: u64) -> bool {
        let faults = &mut self.lock().1;
        let before = faults.len();
        faults.retain(|(known, _)| *known != number);
        faults.len() < before
    }

    /// Whether nothing goes wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().1.is_empty()
    }

    /// What goes wrong with a request: the first that fits it.
    pub(crate) fn take(&self, request: &About<'_>) -> Option<Fault> {
        let faults = &mut self.lock().1;
        let place = faults.iter().position(|(_, fault)| fault.fits(request))?;
        let fault = &mut faults.get_mut(place)?.1;
        let taken = fault.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                drop(faults.remove(place));
            }
        }
        Some(taken)
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Vec<(u64, Fault)>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSFER: About<'static> = About {
        method: "POST",
        path: "/v2/transactions/internal_transfer",
        operation: Some("create_internal_transfer"),
    };
    const PERSON: About<'static> =
        About { method: "GET", path: "/v2/persons/1", operation: Some("get_person") };

    #[test]
    fn headers_are_read_and_nonsense_is_refused() {
        let fault: Fault = "status=429; retry-after=3, code=TOO_MANY_REQUESTS".parse().unwrap();
        assert_eq!(fault, Fault::status(429).retry_after(3).code("TOO_MANY_REQUESTS"));
        for wrong in [
            "",
            "status=abc",
            "status=200",
            "drop=1",
            "mood=bad",
            "after",
            "times=2",
            "drop; truncate=3",
            "retry-after=3; drop",
            "delay-ms=9999999999",
        ] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_that_fits_goes_wrong_so_often() {
        let faults = ActiveFaults::default();
        faults.add(Fault::dropped().on_operation("createInternalTransfer").times(1)).unwrap();
        let persons = faults.add(Fault::status(503).on("get", "/v2/persons*")).unwrap();
        assert!(faults.take(&TRANSFER).is_some());
        assert!(faults.take(&TRANSFER).is_none());
        assert!(faults.take(&PERSON).is_some());
        assert!(faults.take(&PERSON).is_some());
        assert!(faults.remove(persons) && !faults.remove(persons));
        assert!(faults.take(&PERSON).is_none());
    }

    #[test]
    fn what_no_request_can_be_is_refused() {
        let faults = ActiveFaults::default();
        let of = |name: &str| faults.add(Fault::dropped().on_operation(name));
        for name in ["createPerson", "create_person", "CREATEPERSON", "wipe_workspace"] {
            of(name).unwrap();
        }
        let why = of("createPersn").unwrap_err().to_string();
        assert_eq!(why, "there is no operation createPersn; there is create_person");
        assert_eq!(of("mood").unwrap_err().to_string(), "there is no operation mood");
        for (method, path) in [("FETCH", "/v2/persons"), ("GET", "v2/persons"), ("", "*")] {
            faults.add(Fault::dropped().on(method, path)).unwrap_err();
        }
        faults.add(Fault::dropped().on("patch", "*")).unwrap();
        let of_a_read = Fault::dropped().on("POST", "*").on_operation("get_person");
        let why = faults.add(of_a_read).unwrap_err().to_string();
        assert_eq!(why, "get_person is a GET, so that no request fits");
        faults.add(Fault::dropped().on("post", "*").on_operation("create_person")).unwrap();
        for wrong in [
            Fault::dropped().on("GET", "/v2/persons?limit=1"),
            Fault::dropped().on("GET", format!("/{}", "x".repeat(200))),
            Fault::status(500).code(""),
            Fault::status(500).code("X".repeat(201)),
        ] {
            faults.add(wrong).unwrap_err();
        }
    }

    #[test]
    fn there_are_so_many_at_a_time() {
        let faults = ActiveFaults::default();
        for _ in 0..FAULTS_MAX {
            faults.add(Fault::dropped()).unwrap();
        }
        let why = faults.add(Fault::dropped()).unwrap_err().to_string();
        assert_eq!(why, "there are 1000 faults already; remove some first");
        assert!(faults.remove(1));
        assert_eq!(faults.add(Fault::dropped()).unwrap(), 1001);
    }

    #[test]
    fn what_breaks_off_was_done() {
        assert_eq!(Fault::truncated(3).effect(false), None);
        assert_eq!(Fault::truncated(3).effect(true), Some(Effect::Truncate(3)));
        assert_eq!(Fault::dropped().effect(false), Some(Effect::Drop));
        assert_eq!(Fault::dropped().after_acting().effect(false), None);
        assert_eq!(Fault::dropped().after_acting().effect(true), Some(Effect::Drop));
    }
}
