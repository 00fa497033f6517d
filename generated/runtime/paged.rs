//! Lists that come in pages.

use std::future::Future;

use super::{Error, Response};

/// The filters of a list that comes in pages; with what the path names before them, if it names
/// something, such as `(webhook_id, ListWebhookEventsQuery::default())`.
///
/// The end of a list is the page without a token, never an empty page.
pub trait Paged: Clone + Send + Sync {
    /// The operation that gives a page.
    const OPERATION: &'static str;

    /// The interface that has the list.
    type Client;
    /// A page, as it comes.
    type Page: Send;
    /// What the list is of.
    type Item: Send;

    /// Asks for one page.
    ///
    /// # Errors
    /// Those of the call.
    fn fetch(
        &self,
        client: &Self::Client,
    ) -> impl Future<Output = Result<Response<Self::Page>, Error>> + Send;

    /// Which page is asked for; the first one when there is no token.
    fn page_token(&self) -> Option<&str>;

    /// Asks for another page.
    fn set_page_token(&mut self, token: Option<String>);

    /// A page's items, and the token of the next page unless it is the last one.
    fn open(page: Self::Page) -> (Vec<Self::Item>, Option<String>);
}
