//! Lists, as a stream of items or of pages. Every list of this crate is read by this module.
//!
//! The next page is requested as soon as one arrives, while the items of that page are processed. A list ends at the page without a token; an empty page in the middle does not end it.
//! A repeated token, or too many empty pages in a row, is an error: such a list would never end.

mod tokens;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use synctera_api::runtime::{BoxFuture, Paged, Response};
use synctera_api::{Error, v0, v2};

use crate::Synctera;
use tokens::SeenTokens;

/// Empty pages in a row that a list may have, unless set.
const EMPTY_PAGES_MAX: usize = 100;

/// An interface whose lists a [`Synctera`] can read.
pub trait Interface: Clone + Send + Sync + sealed::Sealed + 'static {
    #[doc(hidden)]
    fn of(client: &Synctera) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::v2::Client {}
    impl Sealed for super::v0::Client {}
}

impl Interface for v2::Client {
    fn of(client: &Synctera) -> Self {
        client.api().clone()
    }
}

impl Interface for v0::Client {
    fn of(client: &Synctera) -> Self {
        client.legacy().clone()
    }
}

impl Synctera {
    /// All items of a list, as a stream.
    ///
    /// The filters are those of the operation. Their `limit` is the page size: 100 unless set, and
    /// the platform lowers larger values to 100. At most two pages are in memory: the one that is
    /// being read and the one after it. Set `page_token` to start from a page that was reached
    /// before. If the path has the id of a resource, pass it with the filters:
    /// `client.list((webhook_id, ListWebhookEventsQuery::default()))`.
    ///
    /// ```
    /// use synctera::types::{ListPersonsQuery, PersonStatus};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = synctera::Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # use synctera::types::NewPerson;
    /// # client.api().create_person(&NewPerson::new(true, PersonStatus::Active)).await?;
    /// let active = ListPersonsQuery { status: Some(PersonStatus::Active), ..Default::default() };
    /// let mut persons = client.list(active);
    /// while let Some(person) = persons.try_next().await? {
    ///     println!("{} since {}", person.id, person.creation_time);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The stream ends with the first error of a call. It ends with
    /// [`Decode`](crate::ErrorKind::Decode) at `next_page_token` when the platform repeats a page
    /// token, or sends too many empty pages in a row; see [`Items::max_empty_pages`].
    pub fn list<Q>(&self, filters: Q) -> Items<Q>
    where
        Q: Paged + 'static,
        Q::Client: Interface,
    {
        Items::of(Q::Client::of(self), filters)
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page. May be empty, also in the middle of a list.
    pub items: Vec<T>,
    /// The token of the next page; `None` on the last page. Set it as `page_token` of the same
    /// filters to continue from there, now or after a restart.
    pub next_page_token: Option<String>,
}

/// The pages of a list, as a stream; see [`Items::pages`].
#[must_use = "nothing is requested until the stream is read"]
pub struct Pages<Q: Paged> {
    client: Q::Client,
    /// The filters, with the token of the page to request next.
    filters: Q,
    state: State<Q::Page>,
    prefetches: bool,
    seen: SeenTokens,
    empty_in_a_row: usize,
    max_empty_pages: usize,
}

enum State<P> {
    /// The next page is not requested yet.
    Idle,
    Requested(BoxFuture<'static, Result<Response<P>, Error>>),
    Received(Result<P, Error>),
    Ended,
    Failed,
}

impl<Q> Pages<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    fn new(client: Q::Client, filters: Q) -> Self {
        Self {
            client,
            state: State::Idle,
            prefetches: true,
            seen: SeenTokens::starting_from(filters.page_token()),
            empty_in_a_row: 0,
            max_empty_pages: EMPTY_PAGES_MAX,
            filters,
        }
    }

    /// Requests a page only after the page before it was returned.
    pub fn without_prefetch(mut self) -> Self {
        self.prefetches = false;
        self
    }

    /// How many empty pages in a row the list may have; 100 unless set. One more ends it with an
    /// error, so that a server that sends empty pages without end is not read without end.
    pub fn max_empty_pages(mut self, pages: usize) -> Self {
        self.max_empty_pages = pages;
        self
    }

    /// The next page, or `None` at the end.
    ///
    /// # Errors
    /// The errors of [`Synctera::list`]; an error ends the stream.
    pub async fn try_next(&mut self) -> Result<Option<Page<Q::Item>>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// The token of the next page of the stream: store it to continue from there after a
    /// restart. After an error it is the token of the page that failed. `None` before the first
    /// page of a list, and at its end.
    pub fn page_token(&self) -> Option<&str> {
        match self.state {
            State::Ended => None,
            _ => self.filters.page_token(),
        }
    }

    fn request(&mut self) {
        let (client, filters) = (self.client.clone(), self.filters.clone());
        self.state = State::Requested(Box::pin(async move { filters.fetch(&client).await }));
    }

    /// Polls the page that was requested.
    fn advance(&mut self, context: &mut Context<'_>) {
        if let State::Requested(requested) = &mut self.state
            && let Poll::Ready(page) = requested.as_mut().poll(context)
        {
            self.state = State::Received(page.map(Response::into_inner));
        }
    }

    /// The items of a page, and the next page token.
    fn open(&mut self, page: Q::Page) -> Result<Page<Q::Item>, Error> {
        let (items, token) = Q::open(page);
        // The last page has no token, or an empty one.
        let next_page_token = token.filter(|token| !token.is_empty());
        let Some(token) = &next_page_token else {
            self.state = State::Ended;
            return Ok(Page { items, next_page_token });
        };
        let endless =
            |reason: &str| Error::unusable_answer(Q::OPERATION, "next_page_token", reason);
        if self.seen.is_repeated(token) {
            return Err(endless("the list had this token before, so it would never end"));
        }
        self.empty_in_a_row = if items.is_empty() { self.empty_in_a_row + 1 } else { 0 };
        if self.empty_in_a_row > self.max_empty_pages {
            let reason = format!(
                "the list has more than {} empty pages in a row; see max_empty_pages",
                self.max_empty_pages
            );
            return Err(endless(&reason));
        }
        self.filters.set_page_token(Some(token.clone()));
        self.state = State::Idle;
        Ok(Page { items, next_page_token })
    }
}

impl<Q> Stream for Pages<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    type Item = Result<Page<Q::Item>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let pages = &mut *self;
        if matches!(pages.state, State::Idle) {
            pages.request();
        }
        pages.advance(context);
        let page = match std::mem::replace(&mut pages.state, State::Failed) {
            State::Received(page) => page,
            unchanged => {
                let is_over = matches!(unchanged, State::Ended | State::Failed);
                pages.state = unchanged;
                return if is_over { Poll::Ready(None) } else { Poll::Pending };
            }
        };
        let page = page.and_then(|page| pages.open(page));
        if pages.prefetches && matches!(pages.state, State::Idle) {
            pages.request();
            pages.advance(context);
        }
        Poll::Ready(Some(page))
    }
}

impl<Q> FusedStream for Pages<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Ended | State::Failed)
    }
}

/// The items of a list, as a stream; see [`Synctera::list`].
#[must_use = "nothing is requested until the stream is read"]
pub struct Items<Q: Paged> {
    pages: Pages<Q>,
    items: VecDeque<Q::Item>,
}

impl<Q> Items<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    pub(crate) fn of(client: Q::Client, filters: Q) -> Self {
        Self { pages: Pages::new(client, filters), items: VecDeque::new() }
    }

    /// The list page by page, with the tokens to continue from.
    pub fn pages(self) -> Pages<Q> {
        self.pages
    }

    /// Requests a page only after the items of the page before it were returned.
    pub fn without_prefetch(mut self) -> Self {
        self.pages = self.pages.without_prefetch();
        self
    }

    /// How many empty pages in a row the list may have; 100 unless set. One more ends it with an
    /// error, so that a server that sends empty pages without end is not read without end.
    pub fn max_empty_pages(mut self, pages: usize) -> Self {
        self.pages = self.pages.max_empty_pages(pages);
        self
    }

    /// The next item, or `None` at the end.
    ///
    /// # Errors
    /// The errors of [`Synctera::list`]; an error ends the stream.
    pub async fn try_next(&mut self) -> Result<Option<Q::Item>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// The first items, at most this many: a list may be larger than memory.
    ///
    /// To keep what was read before an error, read with [`try_next`](Self::try_next) instead. To
    /// continue after the error, read with [`pages`](Self::pages), store
    /// [`Pages::page_token`] after each page, and list again with it as `page_token`.
    ///
    /// # Errors
    /// The errors of [`Synctera::list`]; the items that were read before the error are dropped.
    pub async fn collect_up_to(mut self, max_items: usize) -> Result<Vec<Q::Item>, Error> {
        let mut collected = Vec::new();
        while collected.len() < max_items {
            match self.try_next().await? {
                Some(item) => collected.push(item),
                None => break,
            }
        }
        Ok(collected)
    }

    /// The first item that a predicate accepts; later pages are not requested.
    pub(crate) async fn first_where(
        self,
        mut accepts: impl FnMut(&Q::Item) -> bool,
    ) -> Result<Option<Q::Item>, Error> {
        let mut items = self.without_prefetch();
        while let Some(item) = items.try_next().await? {
            if accepts(&item) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

impl<Q> Stream for Items<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    type Item = Result<Q::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let list = &mut *self;
        loop {
            if let Some(item) = list.items.pop_front() {
                list.pages.advance(context);
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut list.pages).poll_next(context)) {
                Some(Ok(page)) => list.items = page.items.into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

// Only boxed futures are pinned.
impl<Q: Paged> Unpin for Pages<Q> {}
impl<Q: Paged> Unpin for Items<Q> {}

impl<Q: Paged> fmt::Debug for Pages<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &Q::OPERATION).finish_non_exhaustive()
    }
}

impl<Q: Paged> fmt::Debug for Items<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &Q::OPERATION).finish_non_exhaustive()
    }
}
