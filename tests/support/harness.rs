//! Every operation and every type by its name; `build.rs` writes the long half of it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use synctera::{Error, Request, Response};
use synctera_api::runtime::{ByteStream, Upload};

/// The current interface.
pub mod v2 {
    include!(concat!(env!("OUT_DIR"), "/v2.rs"));
}

/// The legacy interface.
pub mod v0 {
    include!(concat!(env!("OUT_DIR"), "/v0.rs"));
}

/// What came of it: the answer as JSON, or why there is none.
pub type Outcome = Result<Value, String>;

/// A call on its way. Boxed, so that there is one small future for each operation and no huge one.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// What a call is made from; the names are those of arguments and fields.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Arguments that stand in the path.
    pub path: BTreeMap<String, String>,
    /// The filters that are set.
    pub query: Map<String, Value>,
    /// The JSON body, or the text parts of a form.
    pub body: Value,
    /// The file parts of a form: name, media type, contents.
    pub files: BTreeMap<String, (String, String, Vec<u8>)>,
    /// A body that is bytes.
    pub bytes: Vec<u8>,
    /// The idempotency key of the call.
    pub key: Option<String>,
}

impl Input {
    fn sent<'a, T>(&self, request: Request<'a, T>) -> Request<'a, T> {
        match &self.key {
            Some(key) => request.idempotency_key(key),
            None => request,
        }
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        self.path.get(name).map(String::as_str).ok_or_else(|| format!("path {name} is not given"))
    }

    fn id<T: FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.text(name)?;
        text.parse().map_err(|_| format!("path {name} does not take {text:?}"))
    }

    fn query<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        decoded(self.query.get(name).unwrap_or(&Value::Null)).map_err(|e| format!("{name}: {e}"))
    }

    fn query_list<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, String> {
        self.query.get(name).map_or(Ok(Vec::new()), |_| self.query(name))
    }

    fn body<T: DeserializeOwned>(&self) -> Result<T, String> {
        decoded(&self.body).map_err(|e| format!("the body: {e}"))
    }

    fn part<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        decoded(&self.body[name]).map_err(|e| format!("part {name}: {e}"))
    }

    fn file(&self, name: &str) -> Result<Upload, String> {
        self.file_or_none(name).ok_or_else(|| format!("part {name} is not given"))
    }

    fn file_or_none(&self, name: &str) -> Option<Upload> {
        let (file_name, media_type, bytes) = self.files.get(name)?;
        Some(Upload::new(file_name, media_type, bytes.clone()))
    }
}

fn answered<T: Serialize>(result: Result<Response<T>, Error>) -> Outcome {
    written(&*result.map_err(|e| said(&e))?)
}

/// All items of a list, as JSON.
async fn listed<Q>(items: synctera::Items<Q>) -> Outcome
where
    Q: synctera::Paged + 'static,
    Q::Client: synctera::Interface,
    Q::Item: Serialize,
{
    written(&items.collect_up_to(10_000).await.map_err(|e| said(&e))?)
}

/// The bytes of a stream, as a list of numbers.
async fn collected(result: Result<Response<ByteStream>, Error>) -> Outcome {
    let stream = result.map_err(|e| said(&e))?.into_inner();
    Ok(stream.collect().await.map_err(|e| said(&e))?.to_vec().into())
}

fn said(error: &Error) -> String {
    format!("{error}")
}

fn unknown(operation: &str) -> Pending<'static> {
    let outcome = Err(format!("there is no operation {operation}"));
    Box::pin(std::future::ready(outcome))
}

/// What is read, written and read again is equal to what was read first.
fn round<T: DeserializeOwned + Serialize + PartialEq>(value: &Value) -> Outcome {
    let read = decoded::<T>(value)?;
    let written = written(&read)?;
    if decoded::<T>(&written)? == read { Ok(written) } else { Err("it is not equal".to_owned()) }
}

fn written(value: &impl Serialize) -> Outcome {
    serde_json::to_value(value).map_err(|e| e.to_string())
}

/// Reads through text and with a path, as the client reads an answer: whatever differs between
/// readers differs here as well, and each type is compiled for one reader only.
fn decoded<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    let text = value.to_string();
    let mut reader = serde_json::Deserializer::from_slice(text.as_bytes());
    serde_path_to_error::deserialize(&mut reader).map_err(|e| e.to_string())
}
