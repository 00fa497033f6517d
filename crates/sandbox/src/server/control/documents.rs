//! OpenAPI documents, for clients in other languages: of the control API, and of the platform's
//! interface as it is served. The server that they name is the one that the request names.

use std::sync::LazyLock;

use axum::Extension;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use serde_json::{Value, json};

use crate::registry;
use crate::server::control::response::{ControlResponse, Refused, Shared};
use crate::spec::Interface;

/// The control API.
const CONTROL: &str = include_str!("../../../control.json");

/// Stands where the URL of the server comes.
const SERVER: &str = "{server}";

/// A document as text, in two parts: the URL of the server comes between them.
struct Rendered {
    before: String,
    after: String,
}

static OF_CONTROL: LazyLock<Rendered> = LazyLock::new(|| render(parse(CONTROL), ""));
// These are large, and most sandboxes are not asked for them: made once, when somebody asks.
static OF_V2: LazyLock<Rendered> = LazyLock::new(|| as_served(Interface::V2));
static OF_V0: LazyLock<Rendered> = LazyLock::new(|| as_served(Interface::V0));

/// The document of the control API, for a sandbox at a URL.
pub(crate) fn of_control(url: &str) -> String {
    OF_CONTROL.at(url)
}

/// The document of an interface of the platform, for a sandbox at a URL.
pub(crate) fn of_interface(interface: Interface, url: &str) -> String {
    match interface {
        Interface::V2 => OF_V2.at(url),
        Interface::V0 => OF_V0.at(url),
    }
}

impl Rendered {
    fn at(&self, url: &str) -> String {
        // A URL has nothing that JSON would escape: it comes of a checked host or an address.
        [&self.before, url, &self.after].concat()
    }
}

/// The document is our own; tests read it.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn render(mut document: Value, path: &str) -> Rendered {
    document["servers"] = json!([{ "url": format!("{SERVER}{path}") }]);
    let text = document.to_string();
    let (before, after) = text.split_once(SERVER).unwrap_or((&text, ""));
    Rendered { before: before.to_owned(), after: after.to_owned() }
}

/// The document of an interface, with what is served of it.
fn as_served(interface: Interface) -> Rendered {
    let mut document = parse(interface.described());
    for operation in interface.operations() {
        let is_served = registry::served(interface, operation.id).is_some();
        document["paths"][operation.path][operation.method.to_lowercase()]["x-served"] =
            json!(is_served);
    }
    document["info"]["description"] = json!(match interface {
        Interface::V2 => {
            "The interface of the Synctera platform, as synctera-sandbox serves it. An independent \
             project, not affiliated with or endorsed by Synctera."
        }
        Interface::V0 => {
            "The operations that only the older interfaces of the Synctera platform have, as \
             synctera-sandbox serves them. An independent project, not affiliated with or endorsed by \
             Synctera."
        }
    });
    render(document, interface.prefix())
}

pub(super) async fn control(Extension(app): Shared, headers: HeaderMap) -> Response<Body> {
    as_document(of_control(&server(&headers, &app.path)))
}

pub(super) async fn platform(
    Extension(app): Shared,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> ControlResponse {
    let interface = match query.as_deref().unwrap_or_default() {
        "" | "version=v2" => Interface::V2,
        "version=v0" => Interface::V0,
        _ => return Err(Refused::bad("the query takes version, which is v2 or v0")),
    };
    Ok(as_document(of_interface(interface, &server(&headers, &app.path))))
}

/// The URL of a path of the sandbox as the request has it; without a host, one that is relative.
pub(super) fn server(headers: &HeaderMap, path: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.map_or_else(|| path.to_owned(), |host| format!("http://{host}{path}"))
}

fn as_document(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
