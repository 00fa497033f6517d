//! From an older form to v2's, and back.

use serde_json::{Map, Value};

use super::rule::Rule;
use super::table::FORMS;
use crate::spec::pointer::token;
use crate::spec::{FieldErrors, Literals, decoded, stored_id};

/// How an operation of the older documents differs from v2's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The list of an answer whose items have the form; without, the answer itself has it.
    list: Option<&'static str>,
    rules: &'static [Rule],
}

/// A row is in an answer when a member of it has this value.
pub(crate) struct Filter {
    member: &'static str,
    value: String,
}

impl Shape {
    /// The form of an operation of v2 in the older documents; `None` where it is v2's.
    pub(crate) fn of(operation: &str) -> Option<Self> {
        FORMS.iter().find_map(|(operations, rules)| {
            let (_, list) = operations.iter().find(|(id, _)| *id == operation)?;
            Some(Self { list: *list, rules })
        })
    }

    /// Whether its answer is made by a handler of its own.
    pub(crate) fn has_own_answer(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule, Rule::OwnAnswer))
    }

    /// Whether a query parameter may be left out, though v2 requires it.
    pub(crate) fn is_optional(&self, name: &str) -> bool {
        self.rules
            .iter()
            .any(|rule| matches!(rule, Rule::Optional { parameter } if *parameter == name))
    }

    /// A query in v2's form, the filters of which v2 knows nothing, and what is wrong with them.
    pub(crate) fn query(&self, query: &str) -> (String, Vec<Filter>, FieldErrors) {
        let (mut filters, mut errors) = (Vec::<Filter>::new(), FieldErrors::default());
        let pairs = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |text: &str| decoded(&text.replace('+', " "));
            let (Some(given), Some(text)) = (plain(name), plain(value)) else {
                return Some(pair.to_owned());
            };
            for rule in self.rules {
                match rule {
                    Rule::Query { older, ours } if *older == given => {
                        return Some(format!("{ours}={value}"));
                    }
                    Rule::Filter { parameter, member, accepts } if *parameter == given => {
                        if filters.iter().any(|filter| filter.member == *member) {
                            errors.merge(FieldErrors::invalid(parameter, "must be given once"));
                        } else if let Some(reason) = accepts.refuses(&text) {
                            errors.merge(FieldErrors::invalid(parameter, reason));
                        }
                        filters.push(Filter { member, value: stored_id(text) });
                        return None;
                    }
                    _ => {}
                }
            }
            Some(pair.to_owned())
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        (query, filters, errors)
    }

    /// Gives a body v2's form; what is wrong with members that v2 does not have. What is no object is
    /// left as it is.
    pub(crate) fn body(&self, body: &mut Value, literals: &mut Literals) -> FieldErrors {
        let mut errors = FieldErrors::default();
        let Value::Object(members) = body else {
            return errors;
        };
        for rule in self.rules {
            match rule {
                Rule::Nested { member, beside } => nest(members, literals, member, beside),
                Rule::Renamed { older, ours } => {
                    if let Some(value) = members.remove(*older) {
                        members.insert((*ours).to_owned(), value);
                        literals.moved(&format!("/{older}"), &format!("/{ours}"));
                    }
                }
                Rule::Default { member, value } => {
                    if !members.contains_key(*member)
                        && let Ok(value) = serde_json::from_str(value)
                    {
                        members.insert((*member).to_owned(), value);
                    }
                }
                Rule::Value { member, older, ours } => {
                    if let Some(value) =
                        members.get_mut(*member).filter(|it| it.as_str() == Some(*older))
                    {
                        *value = Value::from(*ours);
                    }
                }
                Rule::Only { member, value } => {
                    errors.merge(only(member, value, members.remove(*member)));
                }
                _ => {}
            }
        }
        errors
    }

    /// An answer in the older form; what is no JSON is left as it is.
    pub(crate) fn answer(&self, answer: String, filters: &[Filter]) -> String {
        let Ok(mut body) = serde_json::from_str::<Value>(&answer) else {
            return answer;
        };
        match self.list {
            None => self.render(&mut body),
            Some(list) => {
                if let Some(rows) = body.get_mut(list).and_then(Value::as_array_mut) {
                    rows.retain(|row| filters.iter().all(|filter| filter.takes(row)));
                    rows.iter_mut().for_each(|row| self.render(row));
                }
            }
        }
        body.to_string()
    }

    fn render(&self, resource: &mut Value) {
        for rule in self.rules {
            let copied = match rule {
                Rule::Copied { from, .. } => resource.pointer(from).cloned(),
                _ => None,
            };
            let Some(members) = resource.as_object_mut() else {
                return;
            };
            match rule {
                Rule::Flattened { member } => {
                    if let Some(Value::Object(inner)) = members.remove(*member) {
                        members.extend(inner);
                    }
                }
                Rule::Renamed { older, ours } => {
                    if let Some(value) = members.remove(*ours) {
                        members.insert((*older).to_owned(), value);
                    }
                }
                Rule::Copied { older, .. } => {
                    if let Some(value) = copied.filter(|value| !value.is_null()) {
                        members.insert((*older).to_owned(), value);
                    }
                }
                Rule::Constant { member, value } => {
                    members.insert((*member).to_owned(), Value::from(*value));
                }
                _ => {}
            }
        }
    }

    /// What is wrong with a body or a query, by the names of the older form.
    pub(crate) fn errors(&self, errors: FieldErrors) -> FieldErrors {
        let older = |field: String| self.field(field);
        FieldErrors {
            missing: errors.missing.into_iter().map(older).collect(),
            invalid: errors.invalid.into_iter().map(|(name, why)| (older(name), why)).collect(),
            immutable: errors.immutable.into_iter().map(older).collect(),
        }
    }

    /// The older name of a field.
    fn field(&self, field: String) -> String {
        for rule in self.rules {
            match rule {
                Rule::Nested { member, .. } => {
                    let inner = field.strip_prefix(member).and_then(|rest| rest.strip_prefix('.'));
                    if let Some(inner) = inner {
                        return inner.to_owned();
                    }
                }
                Rule::Renamed { older, ours } | Rule::Query { older, ours } => {
                    let rest = field.strip_prefix(ours);
                    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
                    if let Some(rest) = rest {
                        return format!("{older}{rest}");
                    }
                }
                _ => {}
            }
        }
        field
    }

    /// Whether a difference is translated, or has a reason why not.
    #[cfg(test)]
    pub(super) fn accounts_for(&self, what: &str, name: &str) -> bool {
        let plain = name.trim_start_matches('?');
        let in_list = self.list.map(|list| format!("{list}[]."));
        let item = in_list.as_deref().and_then(|list| name.strip_prefix(list)).unwrap_or(name);
        self.rules.iter().any(|rule| match (what, rule) {
            (_, Rule::Without { names, .. }) => names.contains(&name) || names.contains(&item),
            ("body" | "answer", Rule::Renamed { older, .. }) => *older == item,
            ("required", Rule::Renamed { ours, .. }) => *ours == name,
            ("body", Rule::Nested { beside, .. }) => !beside.contains(&name),
            ("answer", Rule::Flattened { .. } | Rule::OwnAnswer) => true,
            ("answer", Rule::Copied { older, .. }) => *older == item,
            ("answer", Rule::Constant { member, .. }) => *member == item,
            ("body", Rule::Only { member, .. }) | ("required", Rule::Default { member, .. }) => {
                *member == name
            }
            ("values", Rule::Value { member, older, .. }) => format!("{member}={older}") == name,
            ("query", Rule::Query { older, .. }) => *older == name,
            ("query", Rule::Filter { parameter, .. }) => *parameter == name,
            ("required", Rule::Optional { parameter }) => *parameter == plain,
            _ => false,
        })
    }
}

/// What is wrong with a member that can have one value only.
fn only(member: &str, value: &str, given: Option<Value>) -> FieldErrors {
    if given.is_none_or(|given| given.is_null() || given == *value) {
        FieldErrors::default()
    } else {
        FieldErrors::invalid(member, format!("must be {value}"))
    }
}

impl Filter {
    fn takes(&self, row: &Value) -> bool {
        row.pointer(self.member).and_then(Value::as_str) == Some(self.value.as_str())
    }
}

/// Makes all members but some members of an object.
fn nest(members: &mut Map<String, Value>, literals: &mut Literals, object: &str, beside: &[&str]) {
    let (outer, mut inner): (Map<_, _>, Map<_, _>) = std::mem::take(members)
        .into_iter()
        .partition(|(name, _)| name == object || beside.contains(&name.as_str()));
    *members = outer;
    for name in inner.keys() {
        let name = token(name);
        literals.moved(&format!("/{name}"), &format!("/{object}/{name}"));
    }
    match members.get_mut(object) {
        // A body may have v2's form already; the other members are added to it.
        Some(Value::Object(given)) => given.append(&mut inner),
        Some(_) => {}
        None => {
            members.insert(object.to_owned(), Value::Object(inner));
        }
    }
}
