//! Settings, with the reason of each.

use axum::response::Response;
use maud::html;
use serde_json::{Map, Value};

use super::command::{Command, Kind, given};
use crate::bank::Call;
use crate::context::Context;
use crate::done;
use crate::failure::Failure;
use crate::format::plain;
use crate::operators::Permission;
use crate::page::Page;
use crate::submitted::TOKEN;
use crate::texts::{self, administrator};

pub(super) static CHANGE: Command = Command {
    name: "change_setting",
    page: "settings",
    label: administrator::SETTING_CHANGE,
    done: administrator::SETTING_SET,
    method: "PATCH",
    path: "/sandbox/settings",
    fields: &[
        given("name", texts::NAME, Kind::Text),
        given("value", administrator::SETTING_VALUE, Kind::Value),
    ],
    is_final: false,
};

/// Changes one setting.
pub(super) async fn change(context: &Context, name: &str, value: &str) -> Response {
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    let changes: Map<String, Value> = [(name.to_owned(), value)].into_iter().collect();
    let call = Call::control(CHANGE.method, CHANGE.path, Some(changes.into()));
    let action = administrator::setting_action(name);
    let answer = match context.write(Permission::Administer, &action, call).await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(context),
    };
    if answer.is_success() {
        return done::redirect(context, &context.admin(CHANGE.page), CHANGE.done);
    }
    Failure::of(CHANGE.path, answer).of_page(context)
}

pub(super) async fn show(context: Context) -> Response {
    let answer = match context.control("/sandbox/settings").await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let settings = answer.get("settings").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |of: &Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    let content = html! {
        h1 { (texts::SETTINGS) }
        p { (administrator::SETTINGS_ABOUT) }
        @for setting in &settings {
            @let name = text(setting, "name");
            @let is_changed = setting.get("value") != setting.get("default");
            section .card {
                h2 { (name) @if is_changed { " " span .status data-tone="care" { (administrator::SETTING_CHANGED) } } }
                p { (text(setting, "reason")) }
                @if context.may(Permission::Administer) {
                    form .command method="post" action=(context.admin("do/change_setting")) {
                        input type="hidden" name=(TOKEN) value=(context.token());
                        input type="hidden" name="name" value=(name);
                        label for={ "set-" (name) } { (administrator::setting_takes(&text(setting, "takes"))) }
                        @match (text(setting, "type").as_str(), setting.get("values").and_then(Value::as_array)) {
                            ("boolean", _) => {
                                select id={ "set-" (name) } name="value" {
                                    @for value in ["true", "false"] {
                                        option value=(value) selected[setting.get("value") == Some(&(value == "true").into())] { (value) }
                                    }
                                }
                            }
                            (_, Some(values)) => {
                                select id={ "set-" (name) } name="value" {
                                    @for value in values {
                                        option value=(plain(value)) selected[setting.get("value") == Some(value)] { (plain(value)) }
                                    }
                                }
                            }
                            _ => {
                                input id={ "set-" (name) } type="text" name="value" value=(text(setting, "value")) maxlength="2000";
                            }
                        }
                        button type="submit" { (administrator::SETTING_CHANGE) }
                    }
                } @else {
                    p { code { (text(setting, "value")) } }
                }
            }
        }
    };
    Page::new(texts::SETTINGS, content).of(&context)
}
