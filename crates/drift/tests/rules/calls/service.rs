//! Servers and security.

use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Behavioral as B, Wire as W};

use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    let servers = |urls: &[&str]| {
        json!(
            urls.iter()
                .map(|url| json!({"url": format!("https://{url}.synctera.com")}))
                .collect::<Vec<_>>()
        )
    };
    let path = |path: &str| json!([{"url": format!("https://api.synctera.com/{path}")}]);
    let bearer = || json!([{"bearerAuth": []}]);
    let either = || json!([{"bearerAuth": []}, {"apiKey": []}]);
    let scoped = |scopes: &[&str]| json!([{"bearerAuth": scopes}]);
    let (security, schemes) = ("put/security", "/components/securitySchemes");
    let scheme = |scheme: &str| json!({"bearerAuth": {"type": "http", "scheme": scheme}});
    vec![
        case(
            "server-removed",
            W,
            "/servers",
            [servers(&["a", "b"]), servers(&["a"])],
            "server-added",
        ),
        case(
            "server-added",
            A,
            "/servers",
            [servers(&["a"]), servers(&["a", "b"])],
            "server-removed",
        ),
        case("base-path-changed", W, "/servers", [path("v1"), path("v2")], "base-path-changed"),
        case("security-added", W, security, [json!([]), bearer()], "security-removed"),
        case("security-removed", A, security, [bearer(), json!([])], "security-added"),
        case(
            "security-changed",
            W,
            security,
            [bearer(), json!([{"apiKey": []}])],
            "security-changed",
        ),
        case(
            "security-alternative-added",
            A,
            security,
            [bearer(), either()],
            "security-alternative-removed",
        ),
        case(
            "security-alternative-removed",
            W,
            security,
            [either(), bearer()],
            "security-alternative-added",
        ),
        case(
            "security-scope-added",
            W,
            security,
            [scoped(&["a"]), scoped(&["a", "b"])],
            "security-scope-removed",
        ),
        case(
            "security-scope-removed",
            A,
            security,
            [scoped(&["a", "b"]), scoped(&["a"])],
            "security-scope-added",
        ),
        case(
            "security-scheme-changed",
            W,
            schemes,
            [scheme("bearer"), scheme("basic")],
            "security-scheme-changed",
        ),
        case(
            "security-scheme-removed",
            B,
            schemes,
            [scheme("bearer"), Value::Null],
            "security-scheme-added",
        ),
        case(
            "security-scheme-added",
            A,
            schemes,
            [Value::Null, scheme("bearer")],
            "security-scheme-removed",
        ),
    ]
}
