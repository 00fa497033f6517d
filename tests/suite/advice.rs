//! What errors say to do next: the whole table, to be read as text, and twelve errors as a user meets
//! them.
//!
//! Each line of the first snapshot is of a real error, made by a client whose transport fails in one
//! way.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use insta::{assert_snapshot, with_settings};
use reqwest::dns::{Name, Resolve, Resolving};
use synctera::bulk::ItemResult;
use synctera::types::{
    AccountClosureReason, AccountType, InternalTransferType, NewInternalTransfer,
    NewMonitoringSubscription, NewPerson, PersonPatch, PersonStatus,
};
use synctera::{
    AccountId, AddAccountParty, Answer, BankAccount, CallOptions, CloseAccount, Currency,
    DefineTemplate, DocumentId, Error, ErrorCode, Failure, FailureKind, Fund, IssueCard,
    LinkExternalAccount, Merchant, Money, NextAction, OnboardCustomer, OpenAccount, PersonDetails,
    Progress, Retries, RetryClass, Schedule, SchedulePayment, SendAch, Synctera, Transfer, Verify,
};
use synctera_tests::scripted::{Scripted, answer};
use synctera_tests::world::{ada, office, person};
use synctera_tests::{Fault, World, tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

macro_rules! assert_errors {
    ($name:literal, $text:expr) => {
        with_settings!({
            snapshot_path => "snapshots/errors",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            assert_snapshot!($name, $text);
        });
    };
}

/// How an attempt goes wrong.
#[derive(Clone)]
enum Trouble {
    Fails(FailureKind),
    Answers(u16, &'static str, String),
}

impl Trouble {
    fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Answers(status, "application/json", body.into())
    }

    fn code(status: u16, code: &str) -> Self {
        Self::json(status, format!(r#"{{"code":"{code}","detail":"why"}}"#))
    }

    fn html(status: u16) -> Self {
        Self::Answers(status, "text/html", "<html>gateway</html>".to_owned())
    }

    fn empty(status: u16) -> Self {
        Self::json(status, "")
    }

    fn outcome(&self) -> Result<Answer, Failure> {
        match self {
            Self::Fails(kind) => Err(Failure::new(*kind, "because")),
            Self::Answers(status, media_type, body) => {
                Ok(answer(*status, &[("content-type", media_type)], body.clone()))
            }
        }
    }
}

/// A client whose attempts fail with each of these in turn, and with the last one from then on.
fn client(troubles: &[Trouble]) -> Synctera {
    // One for all: it takes longer to make than everything else here.
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);
    let retries = u32::try_from(troubles.len()).unwrap() - 1;
    let troubles = troubles.to_vec();
    let scripted = Scripted::new(move |attempt| {
        let at = usize::try_from(attempt).unwrap().min(troubles.len()) - 1;
        troubles[at].outcome()
    });
    Synctera::builder("k")
        .transport(scripted)
        .http_client(HTTP.clone())
        .retries(Retries::max_retries(retries).waits(Duration::ZERO, Duration::ZERO).all_writes())
        .build()
        .unwrap()
}

fn unknown<T: From<Uuid>>() -> T {
    Uuid::nil().into()
}

fn transfer() -> Transfer {
    let (from, to): (AccountId, AccountId) = (unknown(), Uuid::max().into());
    Transfer::new(from, to, Money::usd(5_00))
}

const CALLS: [&str; 9] = [
    "read",
    "write",
    "write, key not documented",
    "journey",
    "journey, attempt 2",
    "journey, key not documented",
    "write, key generated",
    "DELETE, key generated",
    "journey, key generated",
];

/// The error of each sort of call that goes wrong like this.
async fn errors(troubles: &[Trouble]) -> Vec<(&'static str, Error)> {
    let client = || client(troubles);
    let body = NewMonitoringSubscription { person_id: Some(unknown()), ..Default::default() };
    let first = chrono::Utc::now().date_naive() + chrono::Days::new(30);
    let rent = SchedulePayment::transfer(transfer(), Schedule::monthly(first).times(3), "Rent");
    let (kind, usd) = (InternalTransferType::AccountToAccount, Currency::USD);
    let transfer_body = NewInternalTransfer::new(5_00, usd, kind);
    let (reads, writes) = (client(), client());
    let write = writes.api().create_internal_transfer(&transfer_body).idempotency_key("w-1");
    let unsure = client();
    let unsure = unsure.api().create_monitoring_subscription(&body).idempotency_key("m-1");
    let outcomes = [
        reads.api().get_account(unknown()).await.map(drop),
        write.await.map(drop),
        unsure.await.map(drop),
        client().transfer(&transfer()).key("order-9").await.map(drop),
        client().transfer(&transfer()).key("order-9").attempt(2).await.map(drop),
        client().schedule_payment(&rent).key("rent-3").await.map(drop),
        client().api().create_internal_transfer(&transfer_body).await.map(drop),
        client().api().delete_account_relationship(unknown(), unknown()).await.map(drop),
        client().transfer(&transfer()).await.map(drop),
    ];
    CALLS.into_iter().zip(outcomes.map(|outcome| outcome.unwrap_err())).collect()
}

/// What an error says to do.
fn advice(error: &Error) -> String {
    let text = error.to_string();
    let (_, advice) = text.rsplit_once("; next: ").unwrap();
    let repeats = if error.is_retryable() { ", retryable" } else { "" };
    format!("{:?}{repeats}: {advice}", error.next_action())
}

/// The variants of an enumeration of the library, read out of its source.
fn variants(source: &str, name: &str) -> BTreeSet<String> {
    let file = syn::parse_file(source).unwrap();
    let found = file.items.into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    found.unwrap().variants.iter().map(|variant| variant.ident.to_string()).collect()
}

/// What was seen, to be compared with all that there is.
#[derive(Default)]
struct Seen {
    kinds: BTreeSet<String>,
    actions: BTreeSet<String>,
}

impl Seen {
    fn add(&mut self, error: &Error) {
        self.kinds.insert(format!("{:?}", error.kind()));
        self.actions.insert(format!("{:?}", error.next_action()));
    }
}

fn ways() -> Vec<(&'static str, Vec<Trouble>)> {
    use FailureKind::{
        Configuration, Connect, Interrupted, RateLimited, Refused, ResponseTooLarge, Timeout,
    };
    let fails = Trouble::Fails;
    vec![
        ("the transport cannot send it", vec![fails(Configuration)]),
        ("the transport refuses it", vec![fails(Refused)]),
        ("the client's own rate limit", vec![fails(RateLimited)]),
        ("no connection", vec![fails(Connect)]),
        ("no answer, then no connection", vec![fails(Timeout), fails(Connect)]),
        ("no answer, then 401", vec![fails(Timeout), Trouble::code(401, "UNAUTHENTICATED")]),
        ("no answer, then 403", vec![fails(Timeout), Trouble::code(403, "FORBIDDEN")]),
        ("no answer, then 409", vec![fails(Timeout), Trouble::code(409, "DUPLICATE_RESOURCE")]),
        ("no answer, then 429", vec![fails(Timeout), Trouble::code(429, "TOO_MANY_REQUESTS")]),
        ("no answer in time", vec![fails(Timeout)]),
        ("the connection broke", vec![fails(Interrupted)]),
        ("200 with too large a body", vec![fails(ResponseTooLarge)]),
        ("200 with HTML", vec![Trouble::html(200)]),
        ("200 without a body", vec![Trouble::empty(200)]),
        ("200 with half of a JSON", vec![Trouble::json(200, r#"{"id": "7d94"#)]),
        ("200 with a JSON that is broken in the middle", vec![Trouble::json(200, r#"{"id": 7,}"#)]),
        ("200 with JSON of another form", vec![Trouble::json(200, r#"{"id": 7}"#)]),
        ("302", vec![Trouble::html(302)]),
        (
            "400 with fields",
            vec![Trouble::json(400, r#"{"code":"BAD_REQUEST_BODY","missing":["dob"]}"#)],
        ),
        ("400 with a code", vec![Trouble::code(400, "BAD_REQUEST")]),
        ("400 with JSON that has no code", vec![Trouble::json(400, r#"{"message":"Bad"}"#)]),
        ("400 with HTML", vec![Trouble::html(400)]),
        ("401", vec![Trouble::code(401, "UNAUTHENTICATED")]),
        ("401 with HTML", vec![Trouble::html(401)]),
        ("403", vec![Trouble::code(403, "FORBIDDEN")]),
        ("403 with HTML", vec![Trouble::html(403)]),
        ("404 with a code", vec![Trouble::code(404, "RESOURCE_NOT_FOUND")]),
        ("404 with HTML", vec![Trouble::html(404)]),
        ("407", vec![Trouble::html(407)]),
        ("408", vec![Trouble::html(408)]),
        ("409, it exists", vec![Trouble::code(409, "DUPLICATE_RESOURCE")]),
        ("409, the key is in use", vec![Trouble::code(409, "IDEMPOTENCY_CONCURRENT_USE")]),
        ("413", vec![Trouble::empty(413)]),
        ("422, the key is in use", vec![Trouble::code(422, "IDEMPOTENCY_CONCURRENT_USE")]),
        (
            "422, the key was used for another request",
            vec![Trouble::code(422, "IDEMPOTENCY_INVALID_REUSE")],
        ),
        ("422 with a code that is not known", vec![Trouble::code(422, "MOON_PHASE")]),
        ("429", vec![Trouble::code(429, "TOO_MANY_REQUESTS")]),
        (
            "429 with a time",
            vec![Trouble::json(429, r#"{"code":"TOO_MANY_REQUESTS","retry_after":30}"#)],
        ),
        ("499", vec![Trouble::code(499, "REQUEST_CANCELED")]),
        ("500", vec![Trouble::code(500, "INTERNAL_ERROR")]),
        ("501", vec![Trouble::code(501, "NOT_IMPLEMENTED")]),
        ("502 with HTML", vec![Trouble::html(502)]),
        ("503", vec![Trouble::empty(503)]),
        ("504 of a vendor", vec![Trouble::code(504, "VENDOR_TIMEOUT")]),
        ("511", vec![Trouble::html(511)]),
        ("520", vec![Trouble::html(520)]),
    ]
}

#[tokio::test]
async fn each_way_to_fail_has_advice_that_is_true_for_it() {
    let mut seen = Seen::default();
    let mut failures = BTreeSet::new();
    let mut table = String::new();
    for (way, troubles) in ways() {
        writeln!(table, "## {way}").unwrap();
        for trouble in &troubles {
            if let Trouble::Fails(kind) = trouble {
                failures.insert(format!("{kind:?}"));
            }
        }
        for (what, error) in errors(&troubles).await {
            seen.add(&error);
            writeln!(table, "- {what} -> {}", without_ids(&advice(&error))).unwrap();
        }
        table.push('\n');
    }

    table.push_str("## each code, in a write, in a journey\n");
    for code in ErrorCode::KNOWN {
        let errors = errors(&[Trouble::code(status_of(code), code)]).await;
        writeln!(table, "- {code}\n  -> {}", advice(&errors[1].1)).unwrap();
        writeln!(table, "  -> {}", advice(&errors[3].1)).unwrap();
    }

    table.push_str("\n## what this client says by itself\n");
    for (what, error) in of_this_client().await {
        seen.add(&error);
        writeln!(table, "- {what} -> {}", without_ids(&advice(&error))).unwrap();
    }
    assert_errors!("advice", table);

    let source = include_str!("../../crates/runtime/src/error/kind.rs");
    assert_eq!(seen.kinds, variants(source, "ErrorKind"), "a kind has no line");
    let source = include_str!("../../crates/runtime/src/next_action.rs");
    assert_eq!(seen.actions, variants(source, "NextAction"), "an action has no line");
    let source = include_str!("../../crates/runtime/src/failure.rs");
    assert_eq!(failures, variants(source, "FailureKind"), "a failure has no line");
}

/// The status with which the platform sends a code.
fn status_of(code: &str) -> u16 {
    match code {
        "BAD_REQUEST" | "BAD_REQUEST_BODY" | "BAD_QUERY_PARAMETER" => 400,
        "UNAUTHENTICATED" => 401,
        "FORBIDDEN" => 403,
        "RESOURCE_NOT_FOUND" => 404,
        "DUPLICATE_RESOURCE" => 409,
        "TOO_MANY_REQUESTS" => 429,
        "REQUEST_CANCELED" => 499,
        "INTERNAL_ERROR" => 500,
        "NOT_IMPLEMENTED" => 501,
        "GATEWAY_TIMEOUT" | "VENDOR_TIMEOUT" => 504,
        code if code.ends_with("_NOT_FOUND") => 400,
        _ => 422,
    }
}

/// Errors that no answer of the platform causes.
async fn of_this_client() -> Vec<(&'static str, Error)> {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let mut errors = of_the_configuration(&world).await;
    errors.extend(of_rules(&world).await);
    errors.extend(of_keys(&world).await);
    errors.extend(of_this_machine(&world).await);
    errors
}

async fn of_the_configuration(world: &World) -> Vec<(&'static str, Error)> {
    let mut errors = Vec::new();
    errors.push(("an API key that is empty", Synctera::builder(" ").build().unwrap_err()));
    let url = Synctera::builder("k").base_url("api.synctera.com").build();
    errors.push(("a base URL without https", url.unwrap_err()));
    let query = Default::default();
    let hurried = world.client.with_options(CallOptions::new().with_timeout(Duration::ZERO));
    errors.push(("a read without time", hurried.api().list_persons(&query).await.unwrap_err()));
    let body = NewPerson::new(true, PersonStatus::Prospect);
    errors.push(("a write without time", hurried.api().create_person(&body).await.unwrap_err()));
    let wrong = world.client.api().create_person(&body).idempotency_key("").await.unwrap_err();
    errors.push(("a write with an empty key", wrong));
    let nameless = PersonDetails::new("", "Byron", "1985-12-10".parse().unwrap());
    let nameless = OnboardCustomer::new(nameless).consented();
    let error = world.client.onboard_customer(&nameless).key("signup-1").await.unwrap_err();
    errors.push(("a journey with wrong input", error));
    let signup = OnboardCustomer::new(ada()).consented();
    let error = world.client.onboard_customer(&signup).key("signup-1").attempt(0).await;
    errors.push(("a journey as attempt 0", error.unwrap_err()));

    let production = crate::kills::production(world);
    let gift = Fund::in_sandbox(unknown(), Money::usd(5_00));
    let error = production.fund(&gift).key("gift-1").await.unwrap_err();
    errors.push(("a journey of the sandbox, in production", error));
    let card = production.simulate_card(unknown());
    let error = card.authorize(Money::usd(5_00), &Merchant::new("m")).await.unwrap_err();
    errors.push(("a simulation, in production", error));
    errors
}

async fn of_rules(world: &World) -> Vec<(&'static str, Error)> {
    let client = &world.client;
    let mut errors = Vec::new();
    let prospect = world.prospect().await;
    let open = OpenAccount::new(AccountType::Checking, prospect);
    let error = client.open_account(&open).key("account-1").await.unwrap_err();
    errors.push(("an account for a customer who is not verified", error));
    let holder = world.customer().await;
    let open = OpenAccount::new(AccountType::Checking, holder);
    // The person is read first.
    let none = Fault::Answer(200, &[], r#"{"account_templates":[]}"#);
    world.recorder.next([None, Some(none)]);
    let error = client.open_account(&open).key("account-2").await.unwrap_err();
    errors.push(("an account without a template to take", error));
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(20_00)).await;
    let close = CloseAccount::new(account, AccountClosureReason::CustomerRequestTransfer, "moving")
        .fail_if_blocked();
    let error = client.close_account(&close).key("closing-1").await.unwrap_err();
    assert!(error.to_string().contains("the balance of 20.00 USD"), "{error}");
    errors.push(("an account that is not ready to be closed", error));
    let error = client.await_closed(account).await.unwrap_err();
    errors.push(("await_closed() of an account in use", error));

    for (what, last_name) in [
        ("accepted() of a review", "Review"),
        ("accepted() of a rejection", "Rejected"),
        ("accepted() of a check under way", "Pending"),
    ] {
        let request = OnboardCustomer::new(person("Ada", last_name)).consented();
        let outcome = client.onboard_customer(&request).await.unwrap();
        errors.push((what, outcome.accepted().unwrap_err().into()));
    }
    errors.extend(of_parties(world, account).await);
    errors
}

/// Those that name who or what has to be corrected.
async fn of_parties(world: &World, account: AccountId) -> Vec<(&'static str, Error)> {
    let client = &world.client;
    let mut errors = Vec::new();
    let user = world.prospect().await;
    let answer = r#"{"code":"CUSTOMER_NOT_VERIFIED","detail":"why"}"#;
    // The relationships are read first.
    world.recorder.next([None, Some(Fault::Answer(422, &[], answer))]);
    let add = AddAccountParty::authorized_user(account, user);
    let error = client.add_account_party(&add).key("user-1").await.unwrap_err();
    assert!(error.to_string().contains(&format!("verify person {user}")), "{error}");
    errors.push(("an authorized user who is not verified", error));
    // The products are read first.
    world.recorder.next([None, Some(Fault::Answer(422, &[], answer))]);
    let card = IssueCard::virtual_debit(account, user);
    let error = client.issue_card(&card).key("card-1").await.unwrap_err();
    assert!(error.to_string().contains(&format!("verify person {user}")), "{error}");
    errors.push(("a card for a user who is not verified", error));
    let card = IssueCard::virtual_prepaid(account, user);
    world.recorder.next([Some(Fault::Answer(200, &[], r#"{"card_products":[]}"#))]);
    let error = client.issue_card(&card).key("card-2").await.unwrap_err();
    errors.push(("a card without a product", error));
    let template = DefineTemplate::checking("Second checking");
    let another = World::new().await;
    another.client.define_template(&template).await.unwrap();
    let open = OpenAccount::new(AccountType::Checking, another.customer().await);
    let error = another.client.open_account(&open).key("account-3").await.unwrap_err();
    errors.push(("an account with two templates to take", error));
    errors
}

async fn of_keys(world: &World) -> Vec<(&'static str, Error)> {
    let client = &world.client;
    let mut errors = Vec::new();
    let holder = world.customer().await;
    let (account, other) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(account, Money::usd(100_00)).await;
    let moved = |amount| Transfer::new(account, other, Money::usd(amount));
    client.transfer(&moved(1_00)).key("order-1").await.unwrap();
    let error = client.transfer(&moved(2_00)).key("order-1").await.unwrap_err();
    errors.push(("a transfer with the key of another one", error));
    let error = client.transfer(&moved(2_00)).key("order-1").attempt(2).await.unwrap_err();
    errors.push(("a transfer that was done with another amount, attempt 2", error));
    let much = moved(900_00);
    let last = client.transfer(&much).key("order-2").attempt(Progress::ATTEMPTS_MAX);
    errors.push(("a refusal of the last attempt", last.await.unwrap_err()));
    let bank = world.proven_account(holder).await;
    let pull = |amount| SendAch::pull(account, bank, Money::usd(amount), holder);
    client.send_ach(&pull(1_00)).key("pull-1").await.unwrap();
    let error = client.send_ach(&pull(2_00)).key("pull-1").await.unwrap_err();
    errors.push(("an ACH pull with the key of another one", error));
    let error = client.send_ach(&pull(2_00)).key("pull-1").attempt(2).await.unwrap_err();
    errors.push(("an ACH pull with another amount, attempt 2", error));
    let ago = chrono::Utc::now() - chrono::TimeDelta::days(8);
    let late = client.send_ach(&pull(1_00)).key("pull-1").started_at(ago).await.unwrap_err();
    errors.push(("an ACH pull of a run that is eight days old", late));

    let numbers = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let numbers = LinkExternalAccount::by_numbers(holder, numbers);
    world.recorder.next([Some(Fault::Hold)]);
    let run = client.link_external_account(&numbers).key("link-1");
    errors.push((
        "a deadline that passes during a write",
        run.deadline(Duration::from_millis(5)).await.unwrap_err(),
    ));
    errors
}

/// A server that sends the head of an answer and the beginning of its body, and hangs up.
async fn download_that_breaks_off() -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _read = stream.read(&mut [0; 4096]).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\n\
                       content-length: 1000\r\n\r\n%PDF-";
        stream.write_all(answer).await.unwrap();
        stream.shutdown().await.unwrap();
    };
    let client = Synctera::builder("k").base_url(base_url).retries(Retries::none());
    let client = client.build().unwrap();
    let read = async {
        let document: DocumentId = unknown();
        let download = client.api().get_document_contents(document).await.unwrap();
        download.into_inner().collect().await.unwrap_err()
    };
    tokio::join!(server, read).1
}

async fn of_this_machine(world: &World) -> Vec<(&'static str, Error)> {
    let client = &world.client;
    let mut errors = Vec::new();
    let signup = OnboardCustomer::new(ada()).consented();
    let nowhere = std::path::Path::new("/proc/no/such/place.jsonl");
    let items = futures_util::stream::iter([("1", signup.clone())]);
    let error = client.onboard_many(items).checkpoint(nowhere).await.unwrap_err();
    errors.push(("a checkpoint that cannot be written", error));
    errors.push(("a download that breaks off", download_that_breaks_off().await));
    let items = futures_util::stream::iter([("", signup)]);
    let mut items = Box::pin(client.onboard_many(items).outcomes());
    let item = futures_util::StreamExt::next(&mut items).await.unwrap().unwrap();
    let ItemResult::Failed(error) = item.result else { panic!("an empty key was taken") };
    errors.push(("an item of many without a key", error));
    errors
}

/// The ids and ports in a text are other ones each time.
fn without_ids(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.get(..36).is_some_and(|id| Uuid::try_parse(id).is_ok()) {
            shown.push_str("ID");
            rest = &rest[36..];
        } else if let Some(after) = rest.strip_prefix("127.0.0.1:") {
            shown.push_str("127.0.0.1:PORT");
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        } else {
            shown.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    shown
}

/// Knows no name.
struct NoName;

impl Resolve for NoName {
    fn resolve(&self, _: Name) -> Resolving {
        let error = std::io::Error::other("failed to lookup address information");
        Box::pin(std::future::ready(Err(error.into())))
    }
}

/// A read of persons by a client that makes one attempt.
async fn read_at(base_url: &str, key: &str, http: Option<reqwest::Client>) -> Error {
    let mut builder = Synctera::builder(key).retries(Retries::none()).base_url(base_url);
    if let Some(http) = http {
        builder = builder.http_client(http);
    }
    builder.build().unwrap().api().list_persons(&Default::default()).await.unwrap_err()
}

/// Those that come from the way to the platform.
async fn of_the_way(world: &World) -> Vec<(&'static str, Error)> {
    let mut errors = Vec::new();
    let error = read_at(&world.sandbox.base_url(), "not-a-key", None).await;
    errors.push(("a wrong API key", error));

    let http =
        reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(NoName)).build().unwrap();
    let error = read_at("https://api-sandbox.synctera.example", "k", Some(http)).await;
    errors.push(("a host without an address", error));

    let server = tls::Server::start().await;
    let other = Synctera::builder("k").base_url(server.base_url()).retries(Retries::none());
    let signup = OnboardCustomer::new(ada()).consented();
    let run = other.build().unwrap().onboard_customer(&signup).key("signup-8841").await;
    errors.push(("a certificate that is not trusted", run.unwrap_err()));

    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = Synctera::builder("k")
        .base_url(format!("http://{}", mute.local_addr().unwrap()))
        .retries(Retries::none())
        .attempt_timeout(Duration::from_millis(5));
    let transferred = slow.build().unwrap().transfer(&transfer()).key("order-9").await;
    errors.push(("no answer in time", transferred.unwrap_err()));
    errors
}

#[tokio::test]
async fn twelve_errors_are_understood_without_the_code() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let client = &world.client;
    let holder = world.customer().await;
    let (account, other) = (world.checking(holder).await, world.checking(holder).await);
    let prospect = world.prospect().await;
    let mut errors = of_the_way(&world).await;

    let wrong = PersonDetails::new("Ada", "Byron", "2085-12-10".parse().unwrap())
        .email("ada")
        .phone_number("call me")
        .ssn("456-78-9012")
        .legal_address(office());
    let wrong = OnboardCustomer::new(wrong).consented();
    let error = client.onboard_customer(&wrong).key("signup-8841").await.unwrap_err();
    errors.push(("three wrong fields", error));

    let order = Transfer::new(account, other, Money::usd(50_00));
    let error = client.transfer(&order).key("order-9").await.unwrap_err();
    errors.push(("no money", error));

    let open = OpenAccount::new(AccountType::Checking, prospect);
    let error = client.open_account(&open).key("account-8841").await.unwrap_err();
    errors.push(("a holder who is not verified", error));

    let unknown: AccountId = unknown();
    errors
        .push(("an id that does not exist", client.api().get_account(unknown).await.unwrap_err()));

    let order = Transfer::new(account, other, Money::usd(70_00));
    let error = client.transfer(&order).key("order-9").await.unwrap_err();
    errors.push(("a key for two transfers", error));

    world.recorder.next([None, None, Some(Fault::Answer(503, &[], ""))]);
    let signup = OnboardCustomer::new(ada()).consented();
    let error = client.onboard_customer(&signup).key("signup-8842").await.unwrap_err();
    errors.push(("an outage in the middle of a journey", error));

    let html = &[("content-type", "text/html; charset=utf-8")];
    world.recorder.next([Some(Fault::Answer(200, html, "<html>Please log in</html>"))]);
    let error = client.transfer(&order).key("order-10").await.unwrap_err();
    errors.push(("a web page instead of an answer", error));

    let gift = Fund::in_sandbox(account, Money::usd(5_00));
    let error = crate::kills::production(&world).fund(&gift).key("gift-1").await.unwrap_err();
    errors.push(("a journey of the sandbox, in production", error));

    assert_eq!(errors.len(), 12);
    let mut text = String::new();
    for (what, error) in &errors {
        let known = |is: bool| if is { "known" } else { "none" };
        writeln!(
            text,
            "{what}\n  {}\n  {:?}, retryable: {}, request id: {}, idempotency key: {}, run: {}\n",
            without_ids(&error.to_string()),
            error.next_action(),
            error.is_retryable(),
            known(error.request_id().is_some()),
            known(error.idempotency_key().is_some()),
            error.progress().map_or("none", |progress| progress.key.as_str()),
        )
        .unwrap();
        // Written for people: no `Debug` of a value, nothing of this library masked.
        for odd in ["***", "Some(", " { ", "\": ", "ErrorKind"] {
            assert!(!error.to_string().contains(odd), "{odd}: {error}");
        }
    }
    assert_errors!("twelve", text);
}

/// A program that repeats a call while its error is retryable does nothing twice, and is not stopped
/// where the text says to repeat.
#[tokio::test]
async fn what_is_retryable_cannot_act_twice_and_has_advice_to_retry() {
    let fails = Trouble::Fails;
    let mut troubles: Vec<Trouble> = vec![
        fails(FailureKind::Configuration),
        fails(FailureKind::Refused),
        fails(FailureKind::RateLimited),
        fails(FailureKind::Connect),
        fails(FailureKind::Timeout),
        fails(FailureKind::Interrupted),
        fails(FailureKind::ResponseTooLarge),
        Trouble::empty(200),
        Trouble::html(200),
        Trouble::json(200, r#"{"id": 7}"#),
    ];
    for status in (100..600).filter(|status| !(200..300).contains(status)) {
        troubles.extend([Trouble::code(status, "SOME_CODE"), Trouble::html(status)]);
    }
    for code in ErrorCode::KNOWN {
        troubles.extend([400, 409, 422, status_of(code)].map(|status| Trouble::code(status, code)));
    }
    let mut counts = std::collections::BTreeMap::<(bool, bool), usize>::new();
    for trouble in troubles {
        // Alone, and after an attempt that may have acted.
        for script in [vec![trouble.clone()], vec![fails(FailureKind::Timeout), trouble]] {
            for (what, error) in errors(&script).await {
                let says_so =
                    matches!(error.next_action(), NextAction::Retry | NextAction::WaitAndRetry);
                assert_eq!(says_so, error.is_retryable(), "{what}: {error}");
                // Such a call sends another key the next time, or one that may not be recognized.
                let acts_twice = matches!(
                    what,
                    "write, key generated"
                        | "journey, key generated"
                        | "write, key not documented"
                        | "journey, key not documented"
                );
                // The platform shows that it recognizes the key.
                let is_recognized = error.code() == Some(&ErrorCode::IdempotencyConcurrentUse)
                    && what.contains("not documented");
                let unsafe_to_repeat = acts_twice && error.may_have_acted() && !is_recognized;
                assert!(!(unsafe_to_repeat && error.is_retryable()), "{what}: {error}");
                // Whatever may succeed later and is safe is retryable.
                if !unsafe_to_repeat && error.retry_class() != RetryClass::Final {
                    assert!(error.is_retryable(), "{what}: {error}");
                }
                *counts.entry((unsafe_to_repeat, error.is_retryable())).or_default() += 1;
            }
        }
    }
    assert!(counts[&(true, false)] > 1000 && counts[&(false, true)] > 1000, "{counts:?}");
}

/// A loop on `is_retryable()` alone, around a payment without a key whose answers are lost.
#[tokio::test]
async fn a_loop_on_retryable_moves_money_once() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let holder = world.customer().await;
    let (account, other) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(account, Money::usd(100_00)).await;
    let order = Transfer::new(account, other, Money::usd(10_00));
    for (key, lost, sent) in [(None, 1, 1), (Some("order-1"), 2, 3)] {
        let before = world.balances(account).await.0.minor();
        world.recorder.take();
        world.recorder.next((0..lost).map(|_| Some(Fault::LoseAnswer)));
        let run = || match key {
            None => world.client.transfer(&order),
            Some(key) => world.client.transfer(&order).key(key),
        };
        let mut outcome = run().await;
        while outcome.as_ref().is_err_and(Error::is_retryable) {
            outcome = run().await;
        }
        let posts =
            world.recorder.take().iter().filter(|sent| sent.line.starts_with("POST ")).count();
        assert_eq!((posts, outcome.is_ok()), (sent, sent > 1));
        if let Err(error) = outcome {
            assert_eq!(error.next_action(), NextAction::RetryWithKey, "{error}");
            // With the key that the error has, it is the same transfer.
            let key = error.progress().unwrap().key.clone();
            world.client.transfer(&order).key(key).await.unwrap();
        }
        let after = world.balances(account).await.0.minor();
        assert_eq!(before - after, 10_00, "{key:?}");
    }
}

#[tokio::test]
async fn a_rejection_is_corrected_as_its_error_says() {
    let world = World::new().await;
    let client = &world.client;
    let signup = OnboardCustomer::new(person("Ada", "Rejected")).consented();
    let rejected = client.onboard_customer(&signup).await.unwrap();
    let id = rejected.get().person.id;
    let error = Error::from(rejected.accepted().unwrap_err());
    assert!(error.to_string().contains("(update_person), then call verify"), "{error}");
    let body = PersonPatch { last_name: "Byron".to_owned().into(), ..Default::default() };
    client.api().update_person(id, &body).await.unwrap();
    let verify = Verify::new(id).consented();
    assert!(client.verify(&verify).key("corrected").await.unwrap().is_accepted());
}

/// Where the platform may have acted, no error recommends a new key or says that nothing was done.
#[tokio::test]
async fn what_may_be_done_is_not_sent_under_a_new_key() {
    let unclear = [Trouble::Fails(FailureKind::Timeout), Trouble::html(200), Trouble::empty(503)];
    for first in unclear {
        for status in (300..600).filter(|status| *status != 422) {
            for (what, error) in errors(&[first.clone(), Trouble::code(status, "ANY")]).await {
                let text = error.to_string();
                // The platform's final answer for a key that it knows says that nothing was done.
                let is_final = error.next_action() == NextAction::CorrectAndContinue;
                if what == "read" || (is_final && !what.contains("not documented")) {
                    continue;
                }
                assert!(text.contains("may have acted"), "{status}, {what}: {text}");
                assert!(!text.contains("a new idempotency key"), "{status}, {what}: {text}");
                assert!(!text.contains("nothing was"), "{status}, {what}: {text}");
            }
        }
    }
}
