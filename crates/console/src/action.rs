//! Actions: forms on the page of a resource, and the calls that they make.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::code;
use crate::context::{Context, encoded};
use crate::format::{plain, words};
use crate::operators::Permission;
use crate::resource::{Action, Input, Resource};
use crate::submitted::TOKEN;
use crate::texts;

/// The actions that are offered for a resource.
pub(crate) fn forms(context: &Context, resource: &Resource, filling: Filling<'_>) -> Markup {
    let (_, of, _) = filling;
    let offered: Vec<&Action> =
        resource.actions.iter().filter(|action| action.is_offered(of)).collect();
    html! {
        @if !offered.is_empty() && context.may(Permission::Act) {
            section .actions aria-label=(texts::ACTIONS) {
                h2 { (texts::ACTIONS) }
                @for action in offered { (form(context, resource, filling, action)) }
            }
        }
    }
}

fn form(context: &Context, resource: &Resource, filling: Filling<'_>, action: &Action) -> Markup {
    let path = format!("{}/{}/{}", resource.name, encoded(filling.0), action.name);
    let examples = action.inputs.iter().filter(|input| input.is_required);
    let examples = examples.map(|input| (input.at.to_owned(), input.example(filling.1)));
    let body = body(action, filling, &examples.collect());
    html! {
        form method="post" action=(context.page(&path)) {
            input type="hidden" name=(TOKEN) value=(context.token());
            @for input in action.inputs { (control(action, input, filling.1)) }
            (sure(action.is_final))
            button type="submit" .final[action.is_final] { (action.label) }
            (code::show(context, action.method, &target(action, filling), body.as_ref()))
        }
    }
}

/// Without scripts, which ask by themselves, a final action needs a second look.
pub(crate) fn sure(is_final: bool) -> Markup {
    html! {
        @if is_final { noscript { label { input type="checkbox" required; " " (texts::SURE) } } }
    }
}

fn control(action: &Action, input: &Input, of: &Value) -> Markup {
    let id = format!("{}{}", action.name, input.at.replace('/', "-").replace(' ', ""));
    html! {
        label for=(id) { (input.label) }
        @if input.is_chosen() {
            select #(id) name=(input.at) required[input.is_required] {
                option value="" { (texts::CHOOSE) }
                @for choice in input.choices(of) {
                    option value=(choice) { (choice.split(' ').map(words).collect::<Vec<_>>().join(": ")) }
                }
            }
        } @else if input.values.is_empty() {
            input #(id) type="text" name=(input.at) value=[input.current(action, of)]
                required[input.is_required] maxlength="2000";
        } @else {
            select #(id) name=(input.at) required[input.is_required] {
                // Nothing is chosen for the operator, who might send what is not so.
                option value="" { (texts::CHOOSE) }
                @for value in input.values { option value=(value) { (words(value)) } }
            }
        }
    }
}

/// What goes into the places of an action: an id, the resource, and the moment by the bank's clock.
type Filling<'f> = (&'f str, &'f Value, &'f str);

/// A text with the id and members of a resource in their places.
fn filled(text: &str, (id, of, now): Filling<'_>, plainly: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, after)) = after.split_once('}') else { break };
        filled += before;
        filled += &match place {
            "id" => plainly(id),
            "now" => plainly(now),
            pointer => plainly(&of.pointer(pointer).map(plain).unwrap_or_default()),
        };
        rest = after;
    }
    filled + rest
}

/// The path of the call.
pub(crate) fn target(action: &Action, filling: Filling<'_>) -> String {
    filled(action.path, filling, encoded)
}

/// The body of the call, with what the operator gave.
pub(crate) fn body(
    action: &Action,
    filling: Filling<'_>,
    given: &BTreeMap<String, String>,
) -> Option<Value> {
    if action.method == "DELETE" {
        return None;
    }
    let mut body: Value = serde_json::from_str(action.fixed).unwrap_or_else(|_| Map::new().into());
    fill(&mut body, filling);
    for input in action.inputs {
        let value = given.get(input.at).map(|value| value.trim()).filter(|value| !value.is_empty());
        if let Some(value) = value {
            let pointers: Vec<&str> = input.at.split(' ').collect();
            match &*pointers {
                // A text may have blanks of its own.
                [pointer] => put(&mut body, pointer, value),
                pointers => {
                    for (pointer, part) in pointers.iter().zip(value.split(' ')) {
                        put(&mut body, pointer, part);
                    }
                }
            }
        }
    }
    Some(body)
}

/// Fills the places of all texts of a body.
fn fill(body: &mut Value, filling: Filling<'_>) {
    match body {
        Value::String(text) => *text = filled(text, filling, str::to_owned),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, filling)),
        _ => {}
    }
}

/// Puts a text at a JSON pointer, whose parents become objects.
fn put(body: &mut Value, pointer: &str, text: &str) {
    let mut at = body;
    for name in pointer.split('/').skip(1) {
        if !at.is_object() {
            *at = Map::new().into();
        }
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(name).or_insert(Value::Null);
    }
    *at = text.into();
}
