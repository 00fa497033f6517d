//! Sends a call that is described by data, as the methods of the generated client send theirs.

use progenitor_client::ClientInfo;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use synctera::{IdempotencyKey, NextAction, Synctera, Upload};
use synctera_api::{Error, Operation};
use synctera_runtime::{BoxFuture, ByteStream, Form, Inner, Request, Response, Route, send};

use super::writing::{UnderWay, done};
use crate::exit::Failure;

/// What is sent in addition to path and query.
pub(crate) enum Sent {
    Nothing,
    Json(Value),
    /// A form: its texts, and its files by the names of their parts.
    Form(Value, Vec<(String, Upload)>),
    /// Bytes of a media type.
    Bytes(Upload, String),
}

/// How a call is sent and its response is read.
type Sender<T> =
    for<'a> fn(Route<'a>, reqwest::Request) -> BoxFuture<'a, Result<Response<T>, Error>>;

/// A call that is ready to be sent.
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    /// The interface: `/v2`, `/v1`, `/v0`, or nothing.
    pub(crate) version: &'static str,
    /// Path and query after the version.
    pub(crate) target: String,
    pub(crate) sent: Sent,
    pub(crate) key: Option<IdempotencyKey>,
}

impl Call {
    /// Sends it, and reads the response as JSON.
    pub(crate) async fn json(self, client: &Synctera) -> Result<Response<Value>, Failure> {
        self.sent(client, send::json::<Value>).await
    }

    /// Sends it, and returns the response whatever its form; it holds the bytes.
    pub(crate) async fn whole(self, client: &Synctera) -> Result<Response<()>, Failure> {
        self.sent(client, send::empty).await
    }

    /// Sends it, and returns the response as a stream.
    pub(crate) async fn stream(self, client: &Synctera) -> Result<Response<ByteStream>, Failure> {
        self.sent(client, send::bytes).await
    }

    async fn sent<T: Send>(
        mut self,
        client: &Synctera,
        sender: Sender<T>,
    ) -> Result<Response<T>, Failure> {
        let is_own = self.operation.is_write() && self.key.is_none();
        if is_own {
            // Made here and not by the client, so that the message of Ctrl-C can name it.
            self.key = Some(uuid::Uuid::new_v4().into());
        }
        let (operation, key) = (self.operation, self.key.clone());
        let request = self.request(client, sender)?;
        let _under_way = UnderWay::call(operation, key.as_ref());
        let response = request.await.map_err(|error| {
            let is_again = matches!(
                error.next_action(),
                NextAction::Retry | NextAction::WaitAndRetry | NextAction::CheckBeforeRetry
            );
            let is_needed = is_own && is_again && error.may_have_acted();
            let mut failure = Failure::of_call(error, client.base_url());
            if let Some(key) = key.as_ref().filter(|_| is_needed) {
                let key = key.as_str();
                failure.message += &format!("; the flag of the key is --idempotency-key {key}");
            }
            failure
        })?;
        done(operation, key.as_ref(), response.status().as_u16());
        Ok(response)
    }

    fn request<'c, T>(
        self,
        client: &'c Synctera,
        sender: Sender<T>,
    ) -> Result<Request<'c, T>, Failure> {
        let api = client.api();
        let route = route(api.inner(), api.client(), self.operation, self.key);
        let base = client.base_url();
        let url = route.url(base, &format!("{base}{}{}", self.version, self.target))?;
        let method = Method::from_bytes(self.operation.method.as_bytes()).map_err(|_| {
            Failure::usage("the method is not one of HTTP; next: give one such as GET")
        })?;
        let builder = api.client().request(method, url);
        let builder = attach(builder.header(ACCEPT, "application/json"), self.sent)?;
        let built = builder.build().map_err(|error| Error::build(self.operation.id, error));
        Ok(Request::new(route, built, sender))
    }
}

/// The route of a call through the transport of a client.
pub(crate) fn route<'c>(
    inner: &'c Inner,
    http: &'c reqwest::Client,
    operation: &'static Operation,
    key: Option<IdempotencyKey>,
) -> Route<'c> {
    Route { operation, inner, http, key, options: None }
}

fn attach(builder: RequestBuilder, sent: Sent) -> Result<RequestBuilder, Failure> {
    Ok(match sent {
        Sent::Nothing => builder,
        Sent::Json(body) => builder.json(&body),
        Sent::Bytes(file, media_type) => {
            let media_type = HeaderValue::try_from(media_type).map_err(|_| {
                Failure::input("the media type cannot be sent in a header; next: report it")
            })?;
            builder.header(CONTENT_TYPE, media_type).body(file.bytes().clone())
        }
        Sent::Form(texts, files) => {
            let mut form = Form::new();
            // The names of parts live as long as the program, which makes one call.
            for (name, value) in texts.as_object().into_iter().flatten() {
                form.text(name.clone().leak(), value)?;
            }
            for (name, file) in files {
                form.file(name.leak(), file)?;
            }
            form.attach_to(builder)
        }
    })
}
