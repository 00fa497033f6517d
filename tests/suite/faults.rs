//! A third of everything goes wrong between the client and the platform, and still each effect is
//! there exactly once.
//!
//! What happens to a request is drawn from a seed, the request and how often it came: the same
//! requests meet the same faults, however the tasks take turns. `SYNCTERA_FAULT_SEED` sets another
//! seed, `SYNCTERA_FAULT_JOURNEYS` another number of journeys.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use synctera::types::{AccountType, ListAccountsQuery, ListCardsQuery, ListPersonsQuery};
use synctera::{
    AccountId, Error, ErrorCode, InternalAccountId, IssueCard, Journey, LinkExternalAccount, Money,
    OnboardCustomer, OpenAccount, PersonId, Retries, RetryClass, Run, SendAch, Synctera, Transfer,
};
use synctera_tests::recorder::Recorded;
use synctera_tests::world::{ada, now};
use synctera_tests::{Fault, Recorder};
use tokio::task::JoinSet;

/// Journeys of one customer's story.
const STORY: usize = 10;
/// Stories at a time.
const AT_ONCE: usize = 16;
/// How often a journey is run before it counts as one that does not end.
const RUNS_MAX: usize = 40;
/// Of a hundred connections, so many are refused.
const REFUSED: u64 = 8;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn drawn(seed: u64, what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, what).hash(&mut hasher);
    hasher.finish() % 100
}

/// What happens to a request, and how often each thing did.
fn fate(seed: u64, met: Arc<AtomicUsize>) -> impl FnMut(&Recorded) -> Option<Fault> {
    let mut seen: HashMap<(String, Option<String>), u64> = HashMap::new();
    move |request| {
        let key = (request.line.clone(), request.header("idempotency-key").map(str::to_owned));
        let times = seen.entry(key.clone()).or_default();
        *times += 1;
        let fault = match drawn(seed, (key, *times)) {
            0..5 => Fault::LoseRequest,
            5..11 => Fault::LoseAnswer,
            11..14 => Fault::CutAnswer,
            14..17 => Fault::Garble("<html>the gateway is tired</html>"),
            17..20 => Fault::Garble(r#"{"id": "7d943c51-e4ff-"#),
            20..24 => {
                Fault::Answer(429, &[("retry-after", "0")], r#"{"code":"TOO_MANY_REQUESTS"}"#)
            }
            24..27 => Fault::Answer(500, &[], r#"{"code":"INTERNAL_ERROR"}"#),
            27..28 => Fault::Answer(502, &[], "<html>bad gateway</html>"),
            28..30 => Fault::ArriveLate,
            _ => return None,
        };
        met.fetch_add(1, Ordering::Relaxed);
        Some(fault)
    }
}

/// Sends some connections to an address where nobody listens.
struct Detour {
    seed: u64,
    asked: AtomicU64,
    refused: Arc<AtomicUsize>,
}

impl Resolve for Detour {
    fn resolve(&self, _: Name) -> Resolving {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let refused = drawn(self.seed, turn) < REFUSED;
        self.refused.fetch_add(usize::from(refused), Ordering::Relaxed);
        let host = if refused { [127, 0, 0, 2] } else { [127, 0, 0, 1] };
        let addresses: Addrs = Box::new(std::iter::once(SocketAddr::from((host, 0))));
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// Runs a journey until it is over, each time under the same key.
async fn through<'a, J: Journey + 'a>(
    again: &AtomicUsize,
    run: impl Fn() -> Run<'a, J>,
) -> Result<J::Outcome, Error> {
    let mut runs = 0;
    loop {
        match run().await {
            // The sandbox recognizes every key, also where the document does not say so.
            Err(error) if error.retry_class() != RetryClass::Final && runs < RUNS_MAX => {
                runs += 1;
                again.fetch_add(1, Ordering::Relaxed);
            }
            // The platform acted and could not say so: under its key it says so again.
            Err(error) if error.kind() == synctera::ErrorKind::Decode && runs < RUNS_MAX => {
                runs += 1;
                again.fetch_add(1, Ordering::Relaxed);
            }
            outcome => return outcome,
        }
    }
}

/// What there is of a customer when their story is over.
struct Told {
    person: PersonId,
    checking: AccountId,
    saving: AccountId,
}

/// Ten journeys of a customer.
async fn story(
    client: &Synctera,
    n: usize,
    program: InternalAccountId,
    again: &AtomicUsize,
) -> Told {
    let key = |step: &str| format!("story-{n}/{step}");
    let onboard = OnboardCustomer::new(ada()).consented().monitoring();
    let customer = through(again, || client.onboard_customer(&onboard).key(key("onboard"))).await;
    let person = customer.unwrap().accepted().unwrap().person.id;

    let open = OpenAccount::new(AccountType::Checking, person);
    let checking =
        through(again, || client.open_account(&open).key(key("checking"))).await.unwrap().id;
    let open = OpenAccount::new(AccountType::Saving, person);
    let saving = through(again, || client.open_account(&open).key(key("saving"))).await.unwrap().id;

    let fund = Transfer::new(program, checking, Money::usd(100_00));
    through(again, || client.transfer(&fund).key(key("fund"))).await.unwrap();
    let save = Transfer::new(checking, saving, Money::usd(30_00));
    through(again, || client.transfer(&save).key(key("save"))).await.unwrap();
    let hold = Transfer::new(checking, saving, Money::usd(5_00)).hold(None);
    through(again, || client.transfer(&hold).key(key("hold"))).await.unwrap();

    // A refusal is an end too, and the same one however often it is asked for.
    let much = Transfer::new(checking, saving, Money::usd(1_000_00));
    let error = through(again, || client.transfer(&much).key(key("much"))).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::InsufficientFunds), "{error}");

    let link = LinkExternalAccount::plaid(person, "public-sandbox-1", "ins_1").account("one");
    let linked = through(again, || client.link_external_account(&link).key(key("link"))).await;
    let bank = linked.unwrap().all().unwrap()[0].id;
    let push = SendAch::push(checking, bank, Money::usd(20_00), person);
    through(again, || client.send_ach(&push).key(key("ach"))).await.unwrap();
    let card = IssueCard::virtual_debit(checking, person);
    through(again, || client.issue_card(&card).key(key("card"))).await.unwrap();
    Told { person, checking, saving }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_effect_is_there_exactly_once() {
    let seed = setting("SYNCTERA_FAULT_SEED", 8841);
    let stories = usize::try_from(setting("SYNCTERA_FAULT_JOURNEYS", 1000)).unwrap() / STORY;
    let sandbox = synctera_sandbox::Sandbox::builder().clock_held_at(now()).start().await.unwrap();
    let direct = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build().unwrap();
    let program = {
        use synctera::types::{InternalAccountBase, InternalAccountStatus};
        let body = InternalAccountBase::new(synctera::Currency::USD, InternalAccountStatus::Active);
        direct.api().create_internal_account(&body).await.unwrap().id.unwrap()
    };

    let (met, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let recorder = Recorder::start(sandbox.base_url()).await;
    recorder.all(fate(seed, met.clone()));
    let detour = Detour { seed, asked: AtomicU64::new(0), refused: refused.clone() };
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        // A connection for each exchange, so that each may be refused.
        .pool_max_idle_per_host(0)
        .dns_resolver(Arc::new(detour))
        .build()
        .unwrap();
    let client = Synctera::builder(sandbox.api_key())
        .base_url(recorder.base_url().replace("127.0.0.1", "localhost"))
        .http_client(http)
        .attempt_timeout(Duration::from_millis(500))
        .retries(
            Retries::max_retries(3)
                .waits(Duration::ZERO, Duration::from_millis(2))
                .without_budget(),
        )
        .build()
        .unwrap();

    let again = Arc::new(AtomicUsize::new(0));
    let mut running = JoinSet::new();
    let mut told = Vec::new();
    for n in 0..stories {
        if running.len() == AT_ONCE {
            told.push(running.join_next().await.unwrap().unwrap());
        }
        let (client, again) = (client.clone(), again.clone());
        running.spawn(async move { story(&client, n, program, &again).await });
    }
    told.extend(running.join_all().await);

    // Each customer has what one story gives, and nothing twice.
    let count = stories;
    assert_eq!(told.len(), count);
    let people: std::collections::BTreeSet<PersonId> =
        told.iter().map(|told| told.person).collect();
    assert_eq!(people.len(), count);
    for Told { checking, saving, .. } in &told {
        let (left, saved) = (balances(&direct, *checking).await, balances(&direct, *saving).await);
        // The hold and the ACH transfer on its way are set aside.
        assert_eq!(left["AVAILABLE_BALANCE"], 100_00 - 30_00 - 5_00 - 20_00);
        assert_eq!(saved["ACCOUNT_BALANCE"], 30_00);
    }
    assert_eq!(resources(&direct).await, [count, 2 * count, count], "persons, accounts, cards");

    // The ledger has the entries of one undisturbed story, as often as there were stories.
    let entries = sandbox.audit().unwrap().postings;
    let calm = AtomicUsize::new(0);
    story(&direct, stories, program, &calm).await;
    let one = sandbox.audit().unwrap().postings - entries;
    assert_eq!(entries, one * u64::try_from(count).unwrap(), "{one} entries a story");
    assert_eq!(calm.into_inner(), 0);

    let exchanges = recorder.take().len() + refused.load(Ordering::Relaxed);
    let faults = met.load(Ordering::Relaxed) + refused.load(Ordering::Relaxed);
    println!(
        "{} journeys, {exchanges} exchanges, {faults} faults, {} runs again",
        count * STORY,
        again.load(Ordering::Relaxed)
    );
    assert!(faults * 100 >= exchanges * 30, "{faults} faults in {exchanges} exchanges");
}

async fn balances(client: &Synctera, account: AccountId) -> BTreeMap<String, i64> {
    let account = client.api().get_account(account).await.unwrap();
    account
        .balances
        .iter()
        .map(|balance| (balance.type_.as_str().to_owned(), balance.balance))
        .collect()
}

/// How many persons, accounts and cards there are.
async fn resources(direct: &Synctera) -> [usize; 3] {
    let api = direct.api();
    let mut counts = [0; 3];
    macro_rules! count {
        ($place:literal, $list:ident, $query:ident, $items:ident) => {
            let mut page_token = None;
            loop {
                let query = $query { page_token, ..Default::default() };
                let page = api.$list(&query).await.unwrap();
                counts[$place] += page.$items.len();
                page_token = page.next_page_token.clone();
                if page_token.is_none() {
                    break;
                }
            }
        };
    }
    count!(0, list_persons, ListPersonsQuery, persons);
    count!(1, list_accounts, ListAccountsQuery, accounts);
    count!(2, list_cards, ListCardsQuery, cards);
    counts
}
