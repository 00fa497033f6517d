//! What a change is the other way round: the mutated document before, the interface after.

use synctera_drift::Class::{self, Additive as A, Behavioral as B, Rust as R, Wire as W};

/// Two rules of which each is the other one backwards, with their classes in what is sent and in
/// what is read. Where a rule is in several rows, the first one counts.
const PAIRS: &[(&str, [Class; 2], &str, [Class; 2])] = &[
    // Calls.
    ("operation-added", [A, A], "operation-removed", [W, W]),
    ("operation-path-changed", [W, W], "operation-path-changed", [W, W]),
    ("operation-method-changed", [W, W], "operation-method-changed", [W, W]),
    ("operation-renamed", [R, R], "operation-renamed", [R, R]),
    ("operation-deprecated", [B, B], "operation-undeprecated", [A, A]),
    ("operation-family-changed", [R, R], "operation-family-changed", [R, R]),
    ("idempotency-key-listed", [A, A], "idempotency-key-dropped", [B, B]),
    ("idempotency-key-demanded", [A, A], "idempotency-key-not-demanded", [A, A]),
    ("callback-added", [A, A], "callback-removed", [B, B]),
    ("optional-parameter-added", [A, A], "parameter-removed", [W, W]),
    ("required-parameter-added", [W, W], "parameter-removed", [W, W]),
    ("parameter-became-required", [W, W], "parameter-became-optional", [R, R]),
    ("parameter-moved", [W, W], "parameter-moved", [W, W]),
    ("path-parameter-renamed", [A, A], "path-parameter-renamed", [A, A]),
    ("parameter-serialization-changed", [W, W], "parameter-serialization-changed", [W, W]),
    ("parameter-became-list", [R, R], "parameter-became-single", [W, W]),
    ("parameter-deprecated", [B, B], "parameter-undeprecated", [A, A]),
    ("parameter-allows-empty", [A, A], "parameter-forbids-empty", [B, B]),
    // Bodies and answers.
    ("optional-request-body-added", [R, R], "request-body-removed", [W, W]),
    ("required-request-body-added", [W, W], "request-body-removed", [W, W]),
    ("request-body-became-required", [B, B], "request-body-became-optional", [A, A]),
    ("request-media-type-added", [A, A], "request-media-type-removed", [W, W]),
    ("request-media-type-changed", [W, W], "request-media-type-changed", [W, W]),
    ("answer-media-type-added", [B, B], "answer-media-type-removed", [W, W]),
    ("answer-media-type-changed", [W, W], "answer-media-type-changed", [W, W]),
    ("payload-schema-added", [R, R], "payload-schema-removed", [R, R]),
    ("part-encoding-changed", [B, B], "part-encoding-changed", [B, B]),
    ("answer-body-added", [R, R], "answer-body-removed", [W, W]),
    ("success-status-changed", [B, B], "success-status-changed", [B, B]),
    ("success-status-added", [B, B], "success-status-removed", [B, B]),
    ("error-status-added", [B, B], "error-status-removed", [A, A]),
    ("answer-header-added", [A, A], "answer-header-removed", [B, B]),
    ("answer-header-became-required", [A, A], "answer-header-became-optional", [B, B]),
    ("answer-header-deprecated", [B, B], "answer-header-undeprecated", [A, A]),
    // The service.
    ("server-added", [A, A], "server-removed", [W, W]),
    ("base-path-changed", [W, W], "base-path-changed", [W, W]),
    ("security-added", [W, W], "security-removed", [A, A]),
    ("security-changed", [W, W], "security-changed", [W, W]),
    ("security-alternative-added", [A, A], "security-alternative-removed", [W, W]),
    ("security-scope-added", [W, W], "security-scope-removed", [A, A]),
    ("security-scheme-added", [A, A], "security-scheme-removed", [B, B]),
    ("security-scheme-changed", [W, W], "security-scheme-changed", [W, W]),
    // Properties.
    ("optional-property-added", [A, A], "property-removed", [W, R]),
    ("required-property-added", [W, A], "required-property-removed", [W, W]),
    ("property-became-required", [W, R], "property-became-optional", [R, W]),
    ("property-became-read-only", [W, A], "property-no-longer-read-only", [A, A]),
    ("property-became-write-only", [A, R], "property-no-longer-write-only", [A, A]),
    ("required-property-became-write-only", [A, W], "property-no-longer-write-only", [A, A]),
    ("property-deprecated", [B, B], "property-undeprecated", [A, A]),
    ("other-properties-forbidden", [W, A], "other-properties-allowed", [A, A]),
    ("other-properties-typed", [R, R], "other-properties-untyped", [R, R]),
    // Types and values.
    ("type-changed", [W, W], "type-changed", [W, W]),
    ("type-widened", [R, W], "type-narrowed", [W, R]),
    ("type-stated", [W, R], "type-dropped", [R, W]),
    ("became-nullable", [R, W], "no-longer-nullable", [W, R]),
    ("optional-became-nullable", [A, A], "optional-no-longer-nullable", [W, A]),
    ("format-changed", [W, W], "format-changed", [W, W]),
    ("format-added", [W, R], "format-removed", [R, W]),
    ("number-format-changed", [A, A], "number-format-changed", [A, A]),
    ("format-hint-changed", [B, B], "format-hint-changed", [B, B]),
    ("items-stated", [W, R], "items-dropped", [R, W]),
    ("exclusion-changed", [B, B], "exclusion-changed", [B, B]),
    ("enum-value-added", [A, A], "enum-value-removed", [W, R]),
    ("became-enum", [W, R], "no-longer-enum", [R, R]),
    ("default-added", [B, B], "default-removed", [B, B]),
    ("default-changed", [B, B], "default-changed", [B, B]),
    ("multiple-of-changed", [B, B], "multiple-of-changed", [B, B]),
    ("pattern-changed", [B, B], "pattern-changed", [B, B]),
    // Unions.
    ("union-variant-added", [A, A], "union-variant-removed", [W, R]),
    ("untagged-variant-added", [A, B], "untagged-variant-removed", [W, R]),
    ("union-tag-changed", [W, W], "union-tag-changed", [W, W]),
    ("union-tag-added", [R, R], "union-tag-removed", [R, W]),
    ("became-union", [R, W], "no-longer-union", [W, R]),
    ("union-strictness-changed", [B, B], "union-strictness-changed", [B, B]),
];

/// Tighter limits, and the wider ones that they are backwards.
const LIMITS: &[[&str; 2]] = &[
    ["max-length-added", "max-length-removed"],
    ["max-length-lowered", "max-length-raised"],
    ["min-length-added", "min-length-removed"],
    ["min-length-raised", "min-length-lowered"],
    ["maximum-added", "maximum-removed"],
    ["maximum-lowered", "maximum-raised"],
    ["maximum-excluded", "maximum-included"],
    ["minimum-added", "minimum-removed"],
    ["minimum-raised", "minimum-lowered"],
    ["minimum-excluded", "minimum-included"],
    ["multiple-of-added", "multiple-of-removed"],
    ["max-items-added", "max-items-removed"],
    ["max-items-lowered", "max-items-raised"],
    ["min-items-added", "min-items-removed"],
    ["min-items-raised", "min-items-lowered"],
    ["unique-items-added", "unique-items-removed"],
    ["max-properties-added", "max-properties-removed"],
    ["max-properties-lowered", "max-properties-raised"],
    ["min-properties-added", "min-properties-removed"],
    ["min-properties-raised", "min-properties-lowered"],
    ["pattern-added", "pattern-removed"],
];
const TIGHTER: [Class; 2] = [B, A];
const WIDER: [Class; 2] = [A, B];

/// The rule that a change is called by the other way round, and its classes.
pub(super) fn of(rule: &str) -> Option<(&'static str, [Class; 2])> {
    let pairs = PAIRS.iter().copied();
    let limits = LIMITS.iter().map(|[tighter, wider]| (*tighter, TIGHTER, *wider, WIDER));
    pairs.chain(limits).find_map(|(one, its, other, others)| match rule {
        _ if rule == one => Some((other, others)),
        _ if rule == other => Some((one, its)),
        _ => None,
    })
}
