//! A command of the administrator: its form, and the call of the control API that it makes.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::action::sure;
use crate::bank::Call;
use crate::code;
use crate::context::{Context, encoded};
use crate::operators::Permission;
use crate::submitted::TOKEN;
use crate::texts::failures;

/// A command.
pub(super) struct Command {
    /// The name in paths of the console.
    pub(super) name: &'static str,
    /// The page that has it, and is shown afterward.
    pub(super) page: &'static str,
    pub(super) label: &'static str,
    /// What the page says afterward.
    pub(super) done: &'static str,
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
    example: &'static str,
}

/// What a field is.
pub(super) enum Kind {
    Text,
    Number,
    /// Text, or JSON if it reads as such.
    Value,
    /// Whether something is so: a box.
    Flag,
    /// One of these.
    Choice(&'static [&'static str]),
}

pub(super) const fn given(at: &'static str, label: &'static str, kind: Kind) -> Given {
    let example = match kind {
        Kind::Number => "1",
        Kind::Choice([first, ..]) => first,
        _ => "",
    };
    Given { at, label, kind, example }
}

impl Given {
    /// The same with what stands for it in a call that is shown; empty if the call goes without it.
    pub(super) const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }
}

impl Command {
    /// The form under a heading, for who may send it.
    pub(super) fn section(&self, context: &Context, title: &str, about: &str) -> Markup {
        html! {
            @if context.may(Permission::Administer) {
                h2 { (title) }
                @if !about.is_empty() { p { (about) } }
                (self.form(context, &[]))
            }
        }
    }

    /// The form; `known` are fields that the page gives.
    pub(super) fn form(&self, context: &Context, known: &[(&str, &str)]) -> Markup {
        if !context.may(Permission::Administer) {
            return html! {};
        }
        html! {
            form .command method="post" action=(context.admin(&format!("do/{}", self.name))) {
                input type="hidden" name=(TOKEN) value=(context.token());
                @for (name, value) in known { input type="hidden" name=(name) value=(value); }
                @for field in self.fields {
                    @if !known.iter().any(|(name, _)| *name == field.at) {
                        @let id = format!("{}{}", self.name, field.at.replace('/', "-"));
                        div .field {
                            label for=(id) { (field.label) }
                            @match field.kind {
                                Kind::Choice(values) => {
                                    select #(id) name=(field.at) {
                                        @for value in values { option value=(value) { (value) } }
                                    }
                                }
                                Kind::Flag => {
                                    input #(id) type="checkbox" name=(field.at) value="true";
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
                }
                (sure(self.is_final))
                button type="submit" .final[self.is_final] { (self.label) }
                @if known.is_empty() { (self.example(context)) }
            }
        }
    }

    /// The call, with an example of each field.
    fn example(&self, context: &Context) -> Markup {
        let examples =
            self.fields.iter().map(|field| (field.at.to_owned(), field.example.to_owned()));
        match self.call(&examples.collect()) {
            Ok(call) => code::show(context, call.method, &call.target, call.body.as_ref()),
            Err(_) => html! {},
        }
    }

    /// The call, with what the form has.
    pub(super) fn call(&self, given: &BTreeMap<String, String>) -> Result<Call, String> {
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
                    let number: u64 =
                        text.parse().map_err(|_| failures::no_whole_number(field.label))?;
                    number.into()
                }
                Kind::Flag => (text == "true").into(),
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

/// The headings of a table whose last ones are of commands, for who may send these.
pub(super) fn shown<'h>(
    context: &Context,
    headings: &'h [&'static str],
    commands: usize,
) -> &'h [&'static str] {
    let all = headings.len();
    let shown =
        if context.may(Permission::Administer) { all } else { all.saturating_sub(commands) };
    headings.get(..shown).unwrap_or(headings)
}
