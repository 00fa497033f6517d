//! Lists with pages.

use std::future::Future;

use super::{Error, Response};

/// The filters of a list with pages. If the path contains ids, a tuple of them and the filters, such
/// as `(webhook_id, ListWebhookEventsQuery::default())`.
///
/// The last page of a list is the one without a token; an empty page is not the end.
pub trait Paged: Clone + Send + Sync {
    /// The operation that returns a page.
    const OPERATION: &'static str;

    /// The interface that has the list.
    type Client;
    /// The response with a page.
    type Page: Send;
    /// An item of the list.
    type Item: Send;

    /// Requests one page.
    ///
    /// # Errors
    /// The errors of the call.
    fn fetch(
        &self,
        client: &Self::Client,
    ) -> impl Future<Output = Result<Response<Self::Page>, Error>> + Send;

    /// The token of the page to request; `None` for the first page.
    fn page_token(&self) -> Option<&str>;

    /// Sets the token of the page to request.
    fn set_page_token(&mut self, token: Option<String>);

    /// The items of a page, and the token of the next page; `None` for the last page.
    fn open(page: Self::Page) -> (Vec<Self::Item>, Option<String>);
}
