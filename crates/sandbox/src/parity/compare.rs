//! The answers of both sides, compared.

use chrono::{DateTime, Duration};
use serde_json::{Map, Number, Value};

use super::conversation::{Exchange, Outcome};
use super::hidden::Hidden;
use super::pairs::{Paired, Pairs, described, id, key};
use super::place::{Place, Step, last_name};
use super::script::Script;
use super::side::{Answer, Body};

/// How far two times may be apart that are the same: answers take a while.
const TOLERANCE: Duration = Duration::seconds(60);
/// Members of a refusal that are words for people.
const WORDS: [&str; 4] = ["detail", "message", "title", "type"];
/// How deep answers are compared.
const DEPTH_MAX: usize = 64;
/// The most differences of a call that are listed.
const DIFFERENCES_MAX: usize = 200;

/// Something in which the sides differ.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The script, and the call in it, from 0.
    pub(super) script: usize,
    pub(super) call: usize,
    pub(super) place: Place,
    /// As a report shows them.
    pub(super) theirs: String,
    pub(super) ours: String,
    /// Their value, where it is shown: a setting may have it.
    pub(super) value: Option<Value>,
    /// Whether our value is one that is made up, whose change means nothing.
    pub(super) is_made_up: bool,
}

impl Difference {
    pub(super) fn is_at(&self, other: &Self) -> bool {
        (self.script, self.call) == (other.script, other.call) && self.place == other.place
    }
}

/// What differs between two conversations of a script.
pub(super) fn compare(
    number: usize,
    script: &Script,
    theirs: &[Exchange],
    ours: &[Exchange],
    hidden: &Hidden,
) -> Vec<Difference> {
    let mut comparison = Comparison {
        script: number,
        call: 0,
        start: 0,
        is_refusal: false,
        shows_nothing: false,
        pairs: Pairs::default(),
        hidden,
        found: Vec::new(),
    };
    for (call, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
        comparison.call = call;
        comparison.start = comparison.found.len();
        // Its members hold access codes, under names that are not sensitive in other families.
        comparison.shows_nothing =
            script.calls.get(call).is_some_and(|it| it.target.operation.family == "fdx");
        comparison.outcomes(&theirs.outcome, &ours.outcome);
    }
    comparison.found
}

struct Comparison<'c> {
    script: usize,
    call: usize,
    /// How many differences the earlier calls have.
    start: usize,
    is_refusal: bool,
    shows_nothing: bool,
    pairs: Pairs,
    hidden: &'c Hidden,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn differs(
        &mut self,
        mut place: Place,
        mut theirs: String,
        mut ours: String,
        value: Option<&Value>,
    ) {
        match self.found.len() - self.start {
            DIFFERENCES_MAX => {
                place = Place::Member(Vec::new());
                theirs = format!("more than {DIFFERENCES_MAX} differences");
                ours = "not all are listed".to_owned();
            }
            count if count > DIFFERENCES_MAX => return,
            _ => {}
        }
        self.found.push(Difference {
            script: self.script,
            call: self.call,
            place,
            theirs,
            ours,
            value: value.cloned(),
            is_made_up: false,
        });
    }

    fn outcomes(&mut self, theirs: &Outcome, ours: &Outcome) {
        match (theirs, ours) {
            (
                Outcome::Answered { request: to_them, answer: theirs },
                Outcome::Answered { request: to_us, answer: ours },
            ) => {
                if let (Some(theirs), Some(ours)) = (&to_them.body, &to_us.body) {
                    self.pairs.sent(theirs, ours);
                }
                self.answers(theirs, ours);
            }
            (Outcome::Unsent(_), Outcome::Unsent(_)) => {}
            (theirs, ours) => {
                let (theirs, ours) = (self.outcome(theirs), self.outcome(ours));
                self.differs(Place::Status, theirs, ours, None);
            }
        }
    }

    fn outcome(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Answered { answer, .. } => answer.status.to_string(),
            Outcome::Unsent(missing) => format!("not sent, since {}", missing.0),
        }
    }

    fn answers(&mut self, theirs: &Answer, ours: &Answer) {
        let succeed = (theirs.status < 300, ours.status < 300);
        if theirs.status != ours.status {
            let (theirs, ours) = if succeed.0 == succeed.1 {
                (theirs.status.to_string(), ours.status.to_string())
            } else {
                (self.status_and_code(theirs), self.status_and_code(ours))
            };
            self.differs(Place::Status, theirs, ours, None);
        }
        if succeed.0 != succeed.1 {
            return;
        }
        self.is_refusal = !succeed.0;
        match (&theirs.body, &ours.body) {
            (Body::Json(theirs), Body::Json(ours)) => {
                self.values(&mut Vec::new(), Some(theirs), Some(ours));
            }
            (Body::Nothing, Body::Nothing) | (Body::Other, Body::Other) => {}
            (theirs, ours) => {
                let whole = Place::Member(Vec::new());
                self.differs(whole, kind(theirs).to_owned(), kind(ours).to_owned(), None);
            }
        }
    }

    /// A status, and the code that says why.
    fn status_and_code(&self, answer: &Answer) -> String {
        let code = match &answer.body {
            Body::Json(body) => body.get("code").filter(|_| answer.status >= 400),
            Body::Nothing | Body::Other => None,
        };
        match code {
            Some(code) => format!("{} {}", answer.status, self.hidden.shown(None, code)),
            None => answer.status.to_string(),
        }
    }

    fn values(&mut self, at: &mut Vec<Step>, theirs: Option<&Value>, ours: Option<&Value>) {
        if at.len() > DEPTH_MAX {
            return;
        }
        match (theirs, ours) {
            (Some(Value::Object(theirs)), Some(Value::Object(ours))) => {
                self.objects(at, theirs, ours);
            }
            (Some(Value::Array(theirs)), Some(Value::Array(ours))) => self.lists(at, theirs, ours),
            (Some(Value::String(theirs)), Some(Value::String(ours))) => {
                self.texts(at, theirs, ours);
            }
            (Some(theirs), Some(ours)) if is_equal(theirs, ours) => {}
            (Some(Value::Number(theirs)), Some(Value::Number(ours)))
                if last_name(at).and_then(|name| key(name, theirs)).is_some() =>
            {
                self.numbers(at, theirs, ours);
            }
            (theirs, ours) => self.differ_in(at, theirs, ours),
        }
    }

    fn objects(
        &mut self,
        at: &mut Vec<Step>,
        theirs: &Map<String, Value>,
        ours: &Map<String, Value>,
    ) {
        let more = ours.keys().filter(|name| !theirs.contains_key(*name));
        for name in theirs.keys().chain(more) {
            let (theirs, ours) = (theirs.get(name), ours.get(name));
            let is_top = self.is_refusal && at.is_empty();
            // The status is that of HTTP, and words are not compared.
            if is_top
                && (name == "status"
                    || (WORDS.contains(&name.as_str()) && theirs.is_some() == ours.is_some()))
            {
                continue;
            }
            at.push(Step::Member(name.clone()));
            self.values(at, theirs, ours);
            at.pop();
        }
    }

    /// Items of the same thing are compared, the others in their order.
    fn lists(&mut self, at: &mut Vec<Step>, theirs: &[Value], ours: &[Value]) {
        let mut left: Vec<Option<&Value>> = ours.iter().map(Some).collect();
        let mut of: Vec<Option<&Value>> = theirs
            .iter()
            .map(|item| {
                let theirs = id(item)?;
                let is_same = |it: &Option<&Value>| {
                    it.and_then(id).is_some_and(|ours| self.pairs.are_paired(&theirs, &ours))
                };
                left.iter_mut().find(|it| is_same(it))?.take()
            })
            .collect();
        let mut rest = left.into_iter().flatten();
        for (index, (item, found)) in theirs.iter().zip(&mut of).enumerate() {
            // An item that was seen before is no other one.
            let is_known = id(item).is_some_and(|id| self.pairs.is_known(&id));
            let ours = found.or_else(|| if is_known { None } else { rest.next() });
            at.push(Step::Index(index));
            self.values(at, Some(item), ours);
            at.pop();
        }
        for (index, item) in rest.enumerate() {
            at.push(Step::Index(theirs.len() + index));
            self.values(at, None, Some(item));
            at.pop();
        }
    }

    fn texts(&mut self, at: &[Step], theirs: &str, ours: &str) {
        if theirs == ours {
            return;
        }
        // Reasons for people, such as those of the members of a body.
        if self.is_refusal && theirs.contains(' ') && ours.contains(' ') {
            return;
        }
        if self.pairs.are_made_up(last_name(at), theirs, ours) {
            match self.pairs.pair(theirs, ours) {
                Paired::Same => {}
                Paired::OtherForm => self.made_up(at, described(theirs), described(ours)),
                Paired::OtherThing => {
                    self.made_up(at, "an id".to_owned(), "that of something else".to_owned());
                }
            }
            return;
        }
        if self.pairs.translated(theirs) == ours || is_same_time(theirs, ours) {
            return;
        }
        self.differ_in(at, Some(&theirs.into()), Some(&ours.into()));
    }

    fn numbers(&mut self, at: &[Step], theirs: &Number, ours: &Number) {
        let of = |number| last_name(at).and_then(|name| key(name, number));
        if let (Some(theirs), Some(ours)) = (of(theirs), of(ours))
            && self.pairs.pair_numbers(theirs, ours) != Paired::Same
        {
            self.made_up(at, "an id".to_owned(), "that of something else".to_owned());
        }
    }

    fn made_up(&mut self, at: &[Step], theirs: String, ours: String) {
        let place = self.place(at);
        self.differs(place, theirs, ours, None);
        if let Some(last) = self.found.last_mut() {
            last.is_made_up = true;
        }
    }

    fn differ_in(&mut self, at: &[Step], theirs: Option<&Value>, ours: Option<&Value>) {
        let name = last_name(at);
        let shown = |value: Option<&Value>| match value {
            None => "absent".to_owned(),
            Some(Value::String(_)) if self.shows_nothing => {
                self.hidden.shown(Some("secret"), &"x".into())
            }
            Some(value) => self.hidden.shown(name, value),
        };
        let (shows_theirs, shows_ours) = (shown(theirs), shown(ours));
        // What is not shown gives no setting its value.
        let value = theirs.filter(|it| match it {
            Value::String(text) => *text == shows_theirs,
            Value::Number(number) => number.to_string() == shows_theirs,
            _ => false,
        });
        self.differs(self.place(at), shows_theirs, shows_ours, value);
    }

    fn place(&self, at: &[Step]) -> Place {
        match at {
            [Step::Member(name)] if self.is_refusal && name == "code" => Place::Code,
            at => {
                let step = |step: &Step| match step {
                    Step::Member(name) => Step::Member(self.hidden.shown_name(name)),
                    step => step.clone(),
                };
                Place::Member(at.iter().map(step).collect())
            }
        }
    }
}

fn kind(body: &Body) -> &'static str {
    match body {
        Body::Nothing => "nothing",
        Body::Json(_) => "JSON",
        Body::Other => "no JSON",
    }
}

/// Whether two values are equal; of numbers, however they are written.
fn is_equal(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::Number(theirs), Value::Number(ours)) => {
            theirs == ours || (theirs.is_f64() || ours.is_f64()) && theirs.as_f64() == ours.as_f64()
        }
        (theirs, ours) => theirs == ours,
    }
}

/// Whether both are moments, and near each other. Both sides were called at the same moments.
fn is_same_time(theirs: &str, ours: &str) -> bool {
    let times = (DateTime::parse_from_rfc3339(theirs), DateTime::parse_from_rfc3339(ours));
    matches!(times, (Ok(theirs), Ok(ours)) if (theirs - ours).abs() <= TOLERANCE)
}
