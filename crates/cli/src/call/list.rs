//! The pages of a list that is described by data, read as those of the generated client are.

use std::marker::PhantomData;

use progenitor_client::ClientInfo;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use serde_json::{Map, Value};
use synctera::{Interface, Paged};
use synctera_api::{Error, Operation};
use synctera_runtime::{Inner, Request, Response, send};

use super::send::route;
use super::target::Target;

/// The member with the token of the next page.
const NEXT: &str = "next_page_token";

/// A list of an interface.
pub(crate) struct List<C> {
    operation: &'static Operation,
    target: Target,
    token: Option<String>,
    interface: PhantomData<fn() -> C>,
}

impl<C> List<C> {
    pub(crate) fn new(operation: &'static Operation, target: Target) -> Self {
        let token = target.page_token().map(str::to_owned);
        Self { operation, target, token, interface: PhantomData }
    }
}

impl<C> Clone for List<C> {
    fn clone(&self) -> Self {
        Self { target: self.target.clone(), token: self.token.clone(), ..*self }
    }
}

/// A page: a list, and the token of the next one.
#[derive(Deserialize)]
pub(crate) struct Page(Map<String, Value>);

impl<C> Paged for List<C>
where
    C: Interface + ClientInfo<Inner> + Sync,
{
    const OPERATION: &'static str = "list";

    type Client = C;
    type Page = Page;
    type Item = Value;

    async fn fetch(&self, client: &C) -> Result<Response<Page>, Error> {
        let route = route(client.inner(), client.client(), self.operation, None);
        let base = client.baseurl();
        let target = self.target.with_page(self.token.as_deref()).text();
        let url = route.url(base, &format!("{base}{target}"))?;
        let builder = client.client().request(Method::GET, url).header(ACCEPT, "application/json");
        let built = builder.build().map_err(|error| Error::build(self.operation.id, error));
        Request::new(route, built, send::json::<Page>).await
    }

    fn page_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    fn set_page_token(&mut self, token: Option<String>) {
        self.token = token;
    }

    /// A page has one list; a test holds that of the documents.
    fn open(page: Page) -> (Vec<Value>, Option<String>) {
        let (mut items, mut next) = (Vec::new(), None);
        for (name, value) in page.0 {
            match value {
                Value::String(token) if name == NEXT && !token.is_empty() => next = Some(token),
                Value::Array(found) => items = found,
                _ => {}
            }
        }
        (items, next)
    }
}
