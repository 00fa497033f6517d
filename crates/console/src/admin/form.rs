//! Commands of the administrator: forms, and the calls of the control API that they make.

use std::collections::BTreeMap;

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::access::is_token;
use crate::action::TOKEN;
use crate::bank::Call;
use crate::context::{Context, encoded};
use crate::page::Failure;

/// A command.
pub(super) struct Command {
    /// The name in paths of the console.
    pub(super) name: &'static str,
    /// The page that has it, and is shown afterward.
    pub(super) page: &'static str,
    pub(super) label: &'static str,
    pub(super) method: &'static str,
    /// The operation of the control API; `{name}` stands for a field of the form.
    pub(super) path: &'static str,
    pub(super) fields: &'static [Given],
    pub(super) is_final: bool,
}

/// A field of a form.
pub(super) struct Given {
    /// Where it goes in the body: a JSON pointer; without a slash, only in the path.
    pub(super) at: &'static str,
    pub(super) label: &'static str,
    pub(super) kind: Kind,
}

/// What a field is.
pub(super) enum Kind {
    Text,
    Number,
    /// Text, or JSON if it reads as such.
    Value,
    /// One of these.
    Choice(&'static [&'static str]),
}

pub(super) const fn given(at: &'static str, label: &'static str, kind: Kind) -> Given {
    Given { at, label, kind }
}

/// All of them.
static COMMANDS: &[&Command] = &[
    &super::clock::ADVANCE,
    &super::clock::BANKING_DAYS,
    &super::clock::SET,
    &super::clock::RUN,
    &super::faults::ADD,
    &super::faults::REMOVE,
    &super::keys::ADD,
    &super::keys::REMOVE,
    &super::snapshots::TAKE,
    &super::snapshots::RESTORE,
    &super::snapshots::REMOVE,
    &super::snapshots::RESET,
    &super::settings::CHANGE,
    &super::webhooks::DELIVER,
];

impl Command {
    /// The form; `known` are fields that the page gives.
    pub(super) fn form(&self, context: &Context, known: &[(&str, &str)]) -> Markup {
        html! {
            form .command method="post" action=(context.admin(&format!("do/{}", self.name))) {
                input type="hidden" name=(TOKEN) value=(context.token());
                @for (name, value) in known { input type="hidden" name=(name) value=(value); }
                @for field in self.fields {
                    @if !known.iter().any(|(name, _)| *name == field.at) {
                        @let id = format!("{}{}", self.name, field.at.replace('/', "-"));
                        label for=(id) { (field.label) }
                        @match field.kind {
                            Kind::Choice(values) => {
                                select #(id) name=(field.at) {
                                    @for value in values { option value=(value) { (value) } }
                                }
                            }
                            Kind::Number => {
                                input #(id) type="number" name=(field.at) min="0" step="1";
                            }
                            Kind::Text | Kind::Value => {
                                input #(id) type="text" name=(field.at) maxlength="2000";
                            }
                        }
                    }
                }
                button type="submit" .final[self.is_final] { (self.label) }
            }
        }
    }

    /// The call, with what the form has.
    fn call(&self, given: &BTreeMap<String, String>) -> Result<Call, String> {
        let (mut path, mut body) = (self.path.to_owned(), Map::new());
        for field in self.fields {
            let text = given.get(field.at).map(|text| text.trim()).unwrap_or_default();
            let Some(pointer) = field.at.strip_prefix('/') else {
                path = path.replace(&format!("{{{}}}", field.at), &encoded(text));
                continue;
            };
            if text.is_empty() {
                continue;
            }
            let value = match field.kind {
                Kind::Number => {
                    let number: u64 = text
                        .parse()
                        .map_err(|_| format!("{} must be a whole number", field.label))?;
                    number.into()
                }
                Kind::Value => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
                Kind::Text | Kind::Choice(_) => Value::from(text),
            };
            match pointer.split_once('/') {
                Some((outer, inner)) => {
                    let outer = body.entry(outer).or_insert_with(|| Map::new().into());
                    if let Some(members) = outer.as_object_mut() {
                        members.insert(inner.to_owned(), value);
                    }
                }
                None => drop(body.insert(pointer.to_owned(), value)),
            }
        }
        let body = (self.method != "DELETE").then(|| body.into());
        Ok(Call::control(self.method, path, body))
    }
}

/// Runs a command, and shows its page again, or why it was refused.
pub(super) async fn run(
    context: Context,
    Path((_, name)): Path<(String, String)>,
    Form(mut given): Form<BTreeMap<String, String>>,
) -> Response {
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Failure::not_found("there is no such command").of_page(&context);
    };
    if !is_token(context.bank.secret(), given.get(TOKEN).map_or("", String::as_str)) {
        let why = "the form is of an earlier start of the sandbox; load the page again";
        return Failure::forbidden(why).of_page(&context);
    }
    // A setting is a member of its own name.
    if let (Some(name), Some(value)) = (given.remove("name"), given.get("value").cloned()) {
        if command.name == super::settings::CHANGE.name {
            return super::settings::change(&context, &name, &value).await;
        }
        given.insert("name".to_owned(), name);
    }
    let call = match command.call(&given) {
        Ok(call) => call,
        Err(why) => return Failure::bad(why).of_page(&context),
    };
    let target = call.target.clone();
    let answer = context.call(call).await;
    if !answer.is_success() {
        return Failure::of(&target, answer).of_page(&context);
    }
    // A key is in this answer alone.
    if command.name == super::keys::ADD.name {
        return super::keys::added(&context, &answer.body);
    }
    Redirect::to(&context.admin(command.page)).into_response()
}
