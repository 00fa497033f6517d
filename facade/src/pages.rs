//! Lists: all pages of one, as a stream of items or of pages.
//!
//! The next page is asked for as soon as one has come, and arrives while its items are worked on.
//! The end is the page without a token; an empty page in the middle ends nothing. A token that comes
//! a second time would go round for ever, and is an error.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use synctera_api::runtime::{BoxFuture, Paged, Response};
use synctera_api::{Error, v0, v2};

use crate::Synctera;

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
    /// Everything that a list holds, as a stream.
    ///
    /// The filters are those of the operation; their `limit` is the size of a page, 100 at most and
    /// unless set, and their `page_token` where to begin. Where the path names something, it comes
    /// first: `client.list((webhook_id, ListWebhookEventsQuery::default()))`.
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
    /// What is on it; may be empty, also in the middle of a list.
    pub items: Vec<T>,
    /// The token of the next page; the list ends without one. Set it as `page_token` of the same
    /// filters to go on from here, now or after a restart.
    pub next_page_token: Option<String>,
}

/// The pages of a list, as a stream; see [`Items::pages`].
#[must_use = "nothing is asked for until the stream is read"]
pub struct Pages<Q: Paged> {
    client: Q::Client,
    /// The filters, with the token of the page to ask for next.
    filters: Q,
    place: Place<Q::Page>,
    prefetches: bool,
    seen: HashSet<String>,
}

enum Place<P> {
    /// The next page is not asked for yet.
    Before,
    Asked(BoxFuture<'static, Result<Response<P>, Error>>),
    Arrived(Result<P, Error>),
    End,
}

impl<Q> Pages<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    fn new(client: Q::Client, filters: Q) -> Self {
        Self { client, filters, place: Place::Before, prefetches: true, seen: HashSet::new() }
    }

    /// Asks for a page only when the one before has been taken.
    pub fn without_prefetch(mut self) -> Self {
        self.prefetches = false;
        self
    }

    /// The next page, or `None` at the end.
    ///
    /// # Errors
    /// Those of the call; after one the stream is over.
    pub async fn try_next(&mut self) -> Result<Option<Page<Q::Item>>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// The token of the page that the stream gives next: what to remember so as to go on from here.
    /// `None` before the first page of a list, and at its end.
    pub fn page_token(&self) -> Option<&str> {
        match self.place {
            Place::End => None,
            _ => self.filters.page_token(),
        }
    }

    fn ask(&mut self) {
        let (client, filters) = (self.client.clone(), self.filters.clone());
        self.place = Place::Asked(Box::pin(async move { filters.fetch(&client).await }));
    }

    /// Lets the page that was asked for come closer.
    fn advance(&mut self, context: &mut Context<'_>) {
        if let Place::Asked(asked) = &mut self.place
            && let Poll::Ready(page) = asked.as_mut().poll(context)
        {
            self.place = Place::Arrived(page.map(Response::into_inner));
        }
    }

    /// Notes which page comes next, and opens this one.
    fn open(&mut self, page: Q::Page) -> Result<Page<Q::Item>, Error> {
        let (items, token) = Q::open(page);
        // Some platforms say with an empty token what others say with none.
        let token = token.filter(|token| !token.is_empty());
        self.place = Place::End;
        if let Some(token) = &token {
            if !self.seen.insert(token.clone()) || self.filters.page_token() == Some(token) {
                return Err(Error::unusable_answer(
                    Q::OPERATION,
                    "next_page_token",
                    "it was given before, so the list would never end",
                ));
            }
            self.filters.set_page_token(Some(token.clone()));
            self.place = Place::Before;
        }
        Ok(Page { items, next_page_token: token })
    }
}

impl<Q> Stream for Pages<Q>
where
    Q: Paged + 'static,
    Q::Client: Interface,
{
    type Item = Result<Page<Q::Item>, Error>;

    /// After an error the stream is over; [`Pages::page_token`] still names the page that failed.
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let pages = &mut *self;
        if matches!(pages.place, Place::Before) {
            pages.ask();
        }
        pages.advance(context);
        let page = match std::mem::replace(&mut pages.place, Place::End) {
            Place::Arrived(page) => page,
            Place::End => return Poll::Ready(None),
            waiting => {
                pages.place = waiting;
                return Poll::Pending;
            }
        };
        let page = page.and_then(|page| pages.open(page));
        if pages.prefetches && matches!(pages.place, Place::Before) {
            pages.ask();
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
        matches!(self.place, Place::End)
    }
}

/// What a list holds, item by item, as a stream; see [`Synctera::list`].
#[must_use = "nothing is asked for until the stream is read"]
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

    /// Page by page, with the tokens to go on from.
    pub fn pages(self) -> Pages<Q> {
        self.pages
    }

    /// Asks for a page only when the items of the one before have been taken.
    pub fn without_prefetch(mut self) -> Self {
        self.pages = self.pages.without_prefetch();
        self
    }

    /// The next item, or `None` at the end.
    ///
    /// # Errors
    /// Those of the call; after one the stream is over.
    pub async fn try_next(&mut self) -> Result<Option<Q::Item>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// The first items, `most` of them at most: a list may be longer than memory.
    ///
    /// # Errors
    /// Those of the call; items that were read before it failed are lost.
    pub async fn collect_up_to(mut self, most: usize) -> Result<Vec<Q::Item>, Error> {
        let mut collected = Vec::new();
        while collected.len() < most {
            match self.try_next().await? {
                Some(item) => collected.push(item),
                None => break,
            }
        }
        Ok(collected)
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

// Nothing in them is pinned but what is in a box.
impl<Q: Paged> Unpin for Pages<Q> {}
impl<Q: Paged> Unpin for Items<Q> {}

impl<Q: Paged> fmt::Debug for Pages<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("of", &Q::OPERATION).finish_non_exhaustive()
    }
}

impl<Q: Paged> fmt::Debug for Items<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("of", &Q::OPERATION).finish_non_exhaustive()
    }
}
