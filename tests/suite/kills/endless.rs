//! Journeys against a platform whose lists do not end: each list that a journey reads, in a first
//! run and in one that is taken up after the keys are forgotten, ends it with an error.

use synctera_tests::recorder::Recorded;

use super::{DateTime, ErrorKind, Fault, How, SetUp, TimeDelta, Utc, World, fresh};

/// Of these only the first page is read.
const FIRST_PAGE: [&str; 1] = ["list_payment_schedules"];

/// A list that a run read: the operation, how its requests begin, and the name of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Read {
    operation: &'static str,
    path: &'static str,
    items: &'static str,
}

impl Read {
    fn is(self, sent: &Recorded) -> bool {
        let target = sent.line.strip_prefix("GET /v2").unwrap_or_default();
        target.split('?').next() == Some(self.path)
    }

    /// The lists among requests.
    fn all(sent: &[Recorded]) -> Vec<Self> {
        let lists = synctera_api::v2::OPERATIONS.iter().filter_map(|known| {
            let items = known.page_items?;
            Some(Self { operation: known.id, path: known.path, items })
        });
        lists.filter(|list| sent.iter().any(|sent| list.is(sent))).collect()
    }
}

pub(super) async fn lists_end(set_up: impl for<'a> Fn(&'a World) -> SetUp<'a>) {
    // Longer than the platform keeps an answer.
    let forgotten = TimeDelta::days(8);
    let world = World::new().await;
    let run = set_up(&world).await;
    let mut started_at: Option<DateTime<Utc>> = None;
    for _ in 0..2 {
        world.recorder.all(|_| None);
        world.recorder.take();
        // A late run may be refused; what it read until then is what counts.
        let outcome = run.run(fresh(&world), How { started_at, ..How::FIRST }).await;
        assert!(outcome.is_ok() || started_at.is_some(), "{outcome:?}");
        for list in Read::all(&world.recorder.take()) {
            let page = format!(r#"{{"{}":[],"next_page_token":"again"}}"#, list.items);
            let page: &'static str = page.leak();
            world.recorder.all(move |sent| {
                let is_json: &[_] = &[("content-type", "application/json")];
                list.is(sent).then_some(Fault::Answer(200, is_json, page))
            });
            let outcome = run.run(fresh(&world), How { started_at, ..How::FIRST }).await;
            let sent = world.recorder.take().iter().filter(|sent| list.is(sent)).count();
            assert!((1..=2).contains(&sent), "{list:?}: {sent} requests");
            if !FIRST_PAGE.contains(&list.operation) {
                let error = outcome.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Decode, "{list:?}: {error}");
                assert_eq!(error.path(), Some("next_page_token"), "{list:?}: {error}");
            }
        }
        world.recorder.all(|_| None);
        if started_at.is_none() {
            world.sandbox.advance(forgotten).unwrap();
            started_at = Some(Utc::now() - forgotten);
        }
    }
}
