//! All commands of the administrator, and what runs one.

use axum::extract::Path;
use axum::response::Response;
use serde_json::Value;

use super::command::Command;
use crate::done;
use crate::failure::Failure;
use crate::format::moment;
use crate::operators::Permission;
use crate::submitted::Submitted;
use crate::texts::{self, administrator, clock, failures};

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

/// Runs a command, and shows its page again, or why it was refused.
pub(super) async fn run(
    Path((_, name)): Path<(String, String)>,
    Submitted { context, given }: Submitted,
) -> Response {
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Failure::not_found(failures::NO_COMMAND).of_page(&context);
    };
    let setting = given.get("name").filter(|_| command.name == super::settings::CHANGE.name);
    let action = match setting {
        Some(name) => administrator::setting_action(name),
        None => format!("{}: {}", texts::administrator_title(command.page), command.label),
    };
    let call = command.call(&given);
    let target = call.as_ref().map_or(command.path, |call| &call.target).to_owned();
    // Before the fields are judged: what is in them does not matter without the permission.
    if let Err(failure) = context.require(Permission::Administer, &action, &target).await {
        return failure.of_page(&context);
    }
    // A setting is a member of its own name.
    if let (Some(name), Some(value)) = (setting, given.get("value")) {
        return super::settings::change(&context, name, value).await;
    }
    let call = match call {
        Ok(call) => call,
        Err(why) => {
            context.record(&action, Some(command.method), &target, 400).await;
            return Failure::bad(why).of_page(&context);
        }
    };
    let answer = match context.write(Permission::Administer, &action, call).await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    if !answer.is_success() {
        return Failure::of(&target, answer).of_page(&context);
    }
    // A key is in this answer alone.
    if command.name == super::keys::ADD.name {
        return super::keys::added(&context, &answer.body);
    }
    // The clock says where it is.
    let now = answer.body.get("now").and_then(Value::as_str);
    let done = now.map_or_else(|| command.done.to_owned(), |now| clock::moved(&moment(now)));
    done::redirect(&context, &context.admin(command.page), &done)
}
