//! Mutations of bodies and answers.

use fastrand::Rng;
use serde_json::{Value, json};

use super::calls::{NEW, one, told_at};
use super::schemas::by_rule;
use super::sites::members;
use super::{Kind, World, set, unset};
use crate::class::Class::{Additive as A, Behavioural as B, Rust as R, Wire as W};

pub(super) fn kinds() -> Vec<Kind> {
    let mut all = bodies();
    all.extend(answers());
    all
}

fn bodies() -> Vec<Kind> {
    by_rule![
        "request-body-removed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("requestBody").is_some())?;
            one(vec![unset(pointer, "requestBody")], W)
        },
        "optional-request-body-added" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("requestBody").is_none())?;
            let body = json!({"content": {"application/json": {"schema": {"type": "object"}}}});
            one(vec![set(pointer, "requestBody", body)], R)
        },
        "required-request-body-added" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("requestBody").is_none())?;
            let body = json!({"required": true, "content": {"application/json": {"schema": {"type": "object"}}}});
            one(vec![set(pointer, "requestBody", body)], W)
        },
        "request-body-became-required" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| {
                value.get("requestBody").is_some_and(|body| body.get("required").is_none())
            })?;
            one(vec![(format!("{pointer}/requestBody/required"), Some(json!(true)))], B)
        },
        "request-body-became-optional" => |rng, world| {
            let (pointer, _) =
                world.operation(rng, |_, value| value["requestBody"]["required"] == true)?;
            one(vec![(format!("{pointer}/requestBody/required"), None)], A)
        },
        "request-media-type-added" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("requestBody").is_some())?;
            let place = format!("{pointer}/requestBody/content/text~1{NEW}");
            one(vec![(place, Some(json!({"schema": {"type": "string"}})))], A)
        },
        "request-media-type-changed" => |rng, world| {
            let (pointer, value) = world.operation(rng, |_, value| {
                value["requestBody"]["content"].get("application/json").is_some()
            })?;
            let content = format!("{pointer}/requestBody/content");
            let media = value["requestBody"]["content"]["application/json"].clone();
            let edits = vec![
                (format!("{content}/application~1json"), None),
                (format!("{content}/text~1{NEW}"), Some(media)),
            ];
            one(edits, W)
        },
    ]
}

fn answers() -> Vec<Kind> {
    by_rule![
        "answer-media-type-added" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_some())?;
            let media = Some(json!({"schema": {"type": "string"}}));
            told_at(vec![(format!("{place}/content/text~1{NEW}"), media)], &place, B)
        },
        "answer-media-type-changed" => |rng, world| {
            let (place, answer) = success(rng, world, |answer| {
                answer["content"].get("application/json").is_some()
            })?;
            let edits = vec![
                (format!("{place}/content/application~1json"), None),
                (format!("{place}/content/text~1{NEW}"), Some(answer["content"]["application/json"].clone())),
            ];
            told_at(edits, &place, W)
        },
        "payload-schema-removed" => |rng, world| {
            let (place, _) = success(rng, world, |answer| {
                answer["content"]["application/json"].get("schema").is_some()
            })?;
            told_at(vec![(format!("{place}/content/application~1json/schema"), None)], &place, R)
        },
        "answer-body-removed" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_some())?;
            told_at(vec![unset(&place, "content")], &place, W)
        },
        "answer-body-added" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_none())?;
            let content = json!({"application/json": {"schema": {"type": "object"}}});
            told_at(vec![set(&place, "content", content)], &place, R)
        },
        "success-status-changed" => |rng, world| {
            let (place, answer) = success(rng, world, |_| true)?;
            let (answers, _) = place.rsplit_once('/')?;
            let only = members(world.at(answers)).filter(|(status, _)| status.starts_with('2'));
            if only.count() != 1 {
                return None;
            }
            let edits = vec![(place.clone(), None), (format!("{answers}/299"), Some(answer.clone()))];
            told_at(edits, answers, B)
        },
        "success-status-added" => |rng, world| {
            let (place, _) = success(rng, world, |_| true)?;
            let (answers, _) = place.rsplit_once('/')?;
            one(vec![(format!("{answers}/299"), Some(json!({})))], B)
        },
        "success-removed" => |rng, world| {
            let (place, _) = success(rng, world, |_| true)?;
            let (answers, _) = place.rsplit_once('/')?;
            let all = members(world.at(answers)).map(|(status, _)| status);
            let gone: Vec<_> = all.filter(|status| status.starts_with('2')).collect();
            let edits = gone.into_iter().map(|status| (format!("{answers}/{status}"), None));
            told_at(edits.collect(), answers, W)
        },
        "error-status-added" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, _| true)?;
            one(vec![(format!("{pointer}/responses/418"), Some(json!({})))], B)
        },
        "error-status-removed" => |rng, world| {
            let failure = |value: &Value| {
                members(&value["responses"]).map(|(s, _)| s.clone()).find(|s| s.starts_with('4'))
            };
            let (pointer, value) = world.operation(rng, |_, value| failure(value).is_some())?;
            one(vec![(format!("{pointer}/responses/{}", failure(value)?), None)], A)
        },
        "answer-header-added" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("headers").is_none())?;
            let headers = json!({"X-New": {"schema": {"type": "string"}}});
            told_at(vec![set(&place, "headers", headers)], &place, A)
        },
    ]
}

/// An operation whose success is described in place, and the status's pointer.
fn success<'w>(
    rng: &mut Rng,
    world: &'w World<'_>,
    fits: impl Fn(&Value) -> bool,
) -> Option<(String, &'w Value)> {
    let found = |pointer: &str, operation: &'w Value| {
        let (status, answer) = members(&operation["responses"])
            .find(|(status, answer)| status.starts_with('2') && answer.get("$ref").is_none())?;
        fits(answer).then(|| (format!("{pointer}/responses/{status}"), answer))
    };
    let (pointer, operation) =
        world.operation(rng, |pointer, _| found(pointer, world.at(pointer)).is_some())?;
    found(pointer, world.at(pointer)).filter(|_| operation.is_object())
}
