//! Mutations of bodies and answers.

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_drift::Class::{self, Additive as A, Behavioral as B, Rust as R, Wire as W};
use synctera_drift::pointer::token;

use super::edits::{set, unset};
use super::kind::{Kind, Mutation, NEW, by_rule, one, reported_at};
use super::sites::members;
use super::world::World;

pub(super) fn kinds() -> Vec<Kind> {
    let mut all = bodies();
    all.extend(answers());
    all
}

fn bodies() -> Vec<Kind> {
    by_rule![
        "request-body-removed" => |rng, world| {
            let (pointer, value) =
                world.operation(rng, |_, value| value.get("requestBody").is_some())?;
            let reported = one(vec![unset(pointer, "requestBody")], W)?;
            Some(match value["requestBody"].get("required") {
                Some(_) => reported.reversed("required-request-body-added", W),
                None => reported.reversed("optional-request-body-added", R),
            })
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
        "part-encoding-changed" => |rng, world| {
            let (pointer, value) = world.operation(rng, |_, value| value.get("requestBody").is_some())?;
            let (media, _) = members(&value["requestBody"]["content"]).next()?;
            let place = format!("{pointer}/requestBody/content/{}/encoding", token(media));
            let encoding = json!({NEW: {"contentType": "text/plain"}});
            reported_at(vec![(place, Some(encoding))], &format!("{pointer}/requestBody"), B)
        },
    ]
}

fn answers() -> Vec<Kind> {
    by_rule![
        "answer-media-type-added" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_some())?;
            let media = Some(json!({"schema": {"type": "string"}}));
            reported_at(vec![(format!("{place}/content/text~1{NEW}"), media)], &place, B)
        },
        "answer-media-type-changed" => |rng, world| {
            let (place, answer) = success(rng, world, |answer| {
                answer["content"].get("application/json").is_some()
            })?;
            let edits = vec![
                (format!("{place}/content/application~1json"), None),
                (format!("{place}/content/text~1{NEW}"), Some(answer["content"]["application/json"].clone())),
            ];
            reported_at(edits, &place, W)
        },
        "payload-schema-removed" => |rng, world| {
            let (place, _) = success(rng, world, |answer| {
                answer["content"]["application/json"].get("schema").is_some()
            })?;
            reported_at(vec![(format!("{place}/content/application~1json/schema"), None)], &place, R)
        },
        "answer-body-removed" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_some())?;
            reported_at(vec![unset(&place, "content")], &place, W)
        },
        "answer-body-added" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_none())?;
            let content = json!({"application/json": {"schema": {"type": "object"}}});
            reported_at(vec![set(&place, "content", content)], &place, R)
        },
        "answer-body-added", "beside a success without" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("content").is_none())?;
            let (answers, _) = place.rsplit_once('/')?;
            let added = format!("{answers}/299");
            let content = json!({"application/json": {"schema": {"type": "object"}}});
            reported_at(vec![(added.clone(), Some(json!({"content": content})))], &added, R)
        },
        "success-status-changed" => |rng, world| {
            let (place, answer) = success(rng, world, |_| true)?;
            let (answers, _) = place.rsplit_once('/')?;
            let only = members(world.at(answers)).filter(|(status, _)| status.starts_with('2'));
            if only.count() != 1 {
                return None;
            }
            let edits = vec![(place.clone(), None), (format!("{answers}/299"), Some(answer.clone()))];
            reported_at(edits, answers, B)
        },
        "success-status-added" => |rng, world| {
            let (place, _) = success(rng, world, |_| true)?;
            let (answers, _) = place.rsplit_once('/')?;
            one(vec![(format!("{answers}/299"), Some(json!({})))], B)
        },
        "success-removed" => |rng, world| {
            let (place, answer) = success(rng, world, |_| true)?;
            let (answers, _) = place.rsplit_once('/')?;
            let all = members(world.at(answers)).map(|(status, _)| status);
            let gone: Vec<_> = all.filter(|status| status.starts_with('2')).collect();
            let edits = gone.into_iter().map(|status| (format!("{answers}/{status}"), None));
            let reported = reported_at(edits.collect(), answers, W)?.reversed_at(&place);
            // Where no success was described, the method returned nothing.
            Some(match answer.get("content") {
                Some(_) => reported.reversed("answer-body-added", R),
                None => reported.reversed("success-status-added", B),
            })
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
            reported_at(vec![set(&place, "headers", headers)], &place, A)
        },
        "answer-header-added", "always there" => |rng, world| {
            let (place, _) = success(rng, world, |answer| answer.get("headers").is_none())?;
            let headers = json!({"X-New": {"required": true, "schema": {"type": "string"}}});
            let reported = reported_at(vec![set(&place, "headers", headers)], &place, A)?;
            Some(reported.reversed("required-answer-header-removed", B))
        },
        "answer-header-became-required" => |rng, world| header(rng, world, "required", A),
        "answer-header-deprecated" => |rng, world| header(rng, world, "deprecated", B),
    ]
}

/// A header that both documents have is marked; the interface has none of its own.
fn header(rng: &mut Rng, world: &World<'_>, mark: &str, class: Class) -> Option<Mutation> {
    let (place, _) = success(rng, world, |answer| answer.get("headers").is_none())?;
    let headers = json!({"X-New": {"schema": {"type": "string"}}});
    let pointer = format!("{place}/headers/X-New");
    let reported = reported_at(vec![set(&pointer, mark, json!(true))], &pointer, class)?;
    Some(reported.on(vec![set(&place, "headers", headers)]))
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
