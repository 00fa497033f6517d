//! Cards at merchants and machines: what is held, posted and declined, and why.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::Duration;
use serde_json::Value;
use synctera::types::{
    AccountPatch, AuthorizationSimulation, BalanceInquirySimulation, BillingAddress,
    CardAcceptorModel, CardGatewayPatch, CardOptions, GatewayStandin, ListPendingTransactionsQuery,
    ListPostedTransactionsQuery, NewCardGateway, OriginalCreditSimulationType,
    WithdrawalSimulationAccountType,
};
use synctera::{
    AccountId, CardId, CountryCode, ErrorKind, IssueCard, Merchant, Money, Patch, ReplaceCard,
    SetCardPin, SuspendCard,
};
use synctera_tests::World;

struct Shopper {
    world: World,

    account: AccountId,
    card: CardId,
}

/// Somebody with a virtual card and 100 dollars.
async fn shopper() -> Shopper {
    shopper_in(World::new().await).await
}

async fn shopper_in(world: World) -> Shopper {
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    let request = IssueCard::virtual_debit(account, holder);
    let card = world.client.issue_card(&request).await.unwrap().id;
    Shopper { world, account, card }
}

fn cafe() -> Merchant {
    Merchant::new("cafe-1").name("Corner Cafe").category("5814")
}

impl Shopper {
    async fn balances(&self) -> (i64, i64) {
        let (posted, available) = self.world.balances(self.account).await;
        self.world.sandbox.audit().unwrap();
        (posted.minor(), available.minor())
    }

    /// The statuses and reasons of the card's pending transactions.
    async fn pending(&self) -> Vec<(String, String)> {
        let query = ListPendingTransactionsQuery { card_id: Some(self.card), ..Default::default() };
        let found = self.world.client.api().list_pending_transactions(&query).await.unwrap();
        let shown = found.result.iter();
        shown.map(|hold| (hold.data.status.as_str().to_owned(), hold.data.reason.clone())).collect()
    }

    /// The sub-types of what was posted for the card.
    async fn posted(&self) -> Vec<String> {
        let query = ListPostedTransactionsQuery { card_id: Some(self.card), ..Default::default() };
        let found = self.world.client.api().list_posted_transactions(&query).await.unwrap();
        found.result.iter().map(|posted| posted.subtype.to_string()).collect()
    }

    async fn reason(&self, body: &AuthorizationSimulation) -> Option<String> {
        let answer = self.world.client.api().simulate_authorization(body).await.unwrap();
        let transaction = &answer["transaction"];
        (transaction["state"] == "DECLINED")
            .then(|| transaction["response"]["memo"].as_str().unwrap().to_owned())
    }
}

fn status(text: &str) -> (String, String) {
    (text.to_owned(), String::new())
}

#[tokio::test]
async fn an_authorization_holds_and_a_clearing_posts() {
    let shopper = shopper().await;
    let card = shopper.world.client.simulate_card(shopper.card);
    let dinner = card.authorize(Money::usd(40_00), &cafe()).await.unwrap();
    assert_eq!(shopper.balances().await, (100_00, 60_00));
    assert_eq!(shopper.pending().await, [status("PENDING")]);
    // With a tip: more than was authorized.
    dinner.clear(Money::usd(46_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (54_00, 54_00));
    assert_eq!(shopper.pending().await, [status("CLEARED")]);
    dinner.refund(Money::usd(46_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (100_00, 100_00));
    assert_eq!(shopper.posted().await, ["pos_purchase", "pos_refund"]);
    // Nothing is held any more.
    let error = dinner.clear(Money::usd(1)).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
    assert!(error.problem().invalid.contains_key("original_transaction_id"));
    dinner.force(Money::usd(1)).await.unwrap();
    assert_eq!(shopper.balances().await, (99_99, 99_99));
}

#[tokio::test]
async fn parts_advices_and_reversals_change_what_is_held() {
    let shopper = shopper().await;
    let card = shopper.world.client.simulate_card(shopper.card);
    let order = card.authorize(Money::usd(50_00), &cafe()).await.unwrap();
    order.clear(Money::usd(20_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (80_00, 50_00));
    assert_eq!(shopper.pending().await, [status("PARTCLEARED")]);
    order.authorization_advice(Money::usd(40_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (80_00, 40_00));
    order.authorization_advice(Money::usd(10_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (80_00, 70_00));
    order.reverse(Money::usd(4_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (80_00, 74_00));
    order.reverse(Money::usd(6_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (80_00, 80_00));
    assert_eq!(shopper.pending().await, [status("RELEASED")]);
    // Now out of what was posted, and no more than that.
    order.reverse(Money::usd(20_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (100_00, 100_00));
    assert!(order.reverse(Money::usd(1)).await.is_err());
    let error = order.authorization_advice(Money::usd(1)).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
}

#[tokio::test]
async fn what_nobody_clears_expires() {
    let shopper = shopper().await;
    let card = shopper.world.client.simulate_card(shopper.card);
    let room = card.authorize(Money::usd(90_00), &cafe()).await.unwrap();
    shopper.world.sandbox.advance(Duration::days(7) - Duration::seconds(1)).unwrap();
    assert_eq!(shopper.balances().await, (100_00, 10_00));
    shopper.world.sandbox.advance(Duration::seconds(1)).unwrap();
    assert_eq!(shopper.balances().await, (100_00, 100_00));
    assert_eq!(shopper.pending().await, [status("EXPIRED")]);
    assert!(room.clear(Money::usd(90_00)).await.is_err());
    room.force(Money::usd(90_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (10_00, 10_00));
}

#[tokio::test]
async fn neither_a_freeze_nor_want_of_money_stops_a_clearing() {
    use synctera::types::AccountAccessStatus;
    let shopper = shopper().await;
    let card = shopper.world.client.simulate_card(shopper.card);
    let fuel = card.authorize(Money::usd(1_00), &cafe()).await.unwrap();
    let freeze = AccountPatch {
        access_status: Patch::Set(AccountAccessStatus::Frozen),
        ..AccountPatch::default()
    };
    shopper.world.client.api().update_account(shopper.account, &freeze).await.unwrap();
    let more = card.authorize(Money::usd(1_00), &cafe()).await.unwrap();
    assert_eq!(more.declined(), Some("TRANSACTION_NOT_PERMITTED"));
    fuel.clear(Money::usd(130_00)).await.unwrap();
    assert_eq!(shopper.balances().await, (-30_00, -30_00));
}

#[tokio::test]
async fn declines_say_why_and_are_kept() {
    let shopper = shopper().await;
    let client = &shopper.world.client;
    let card = client.simulate_card(shopper.card);
    let much = card.authorize(Money::usd(100_01), &cafe()).await.unwrap();
    assert_eq!(much.declined(), Some("INSUFFICIENT_FUNDS"));
    assert_eq!(much.approved(), Money::usd(0));
    let error = much.clear(Money::usd(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    // A merchant who takes parts gets what there is.
    let part = card.authorize(Money::usd(100_01), &cafe().allows_partial_approval()).await.unwrap();
    assert_eq!((part.declined(), part.approved()), (None, Money::usd(100_00)));
    part.reverse(Money::usd(100_00)).await.unwrap();
    let abroad = cafe().country("FR".parse::<CountryCode>().unwrap());
    let abroad = card.authorize(Money::usd(1), &abroad).await.unwrap();
    assert_eq!(abroad.declined(), Some("TRANSACTION_NOT_PERMITTED"));

    let zip = |zip: &str| AuthorizationSimulation {
        card_options: Some(CardOptions {
            billing_address: Some(BillingAddress {
                zip: Some(zip.to_owned()),
                ..Default::default()
            }),
            ..CardOptions::default()
        }),
        ..AuthorizationSimulation::new(1, shopper.card, "cafe-1")
    };
    let wrong = Some("ADDRESS_VERIFICATION_FAILED".to_owned());
    assert_eq!(shopper.reason(&zip("10001")).await, wrong);
    assert_eq!(shopper.reason(&zip("94105-1234")).await, None);

    client.suspend_card(&SuspendCard::new(shopper.card)).await.unwrap();
    let suspended = card.authorize(Money::usd(1), &cafe()).await.unwrap();
    assert_eq!(suspended.declined(), Some("NETWORK_DECLINED"));
    let declined = |reason: &str| ("DECLINED".to_owned(), reason.to_owned());
    assert_eq!(
        shopper.pending().await,
        [
            declined("INSUFFICIENT_FUNDS"),
            status("RELEASED"),
            declined("TRANSACTION_NOT_PERMITTED"),
            declined("ADDRESS_VERIFICATION_FAILED"),
            status("PENDING"),
            declined("NETWORK_DECLINED"),
        ]
    );
}

#[tokio::test]
async fn a_pin_is_tried_three_times() {
    let shopper = shopper().await;
    let client = &shopper.world.client;
    client.set_card_pin(&SetCardPin::new(shopper.card, "2718")).await.unwrap();
    let with = |pin: &str| AuthorizationSimulation {
        pin: Some(synctera::Sensitive::new(pin.to_owned())),
        ..AuthorizationSimulation::new(1, shopper.card, "cafe-1")
    };
    let wrong = Some("NETWORK_DECLINED".to_owned());
    assert_eq!(shopper.reason(&with("0000")).await, wrong);
    assert_eq!(shopper.reason(&with("0001")).await, wrong);
    // A right one begins the count again.
    assert_eq!(shopper.reason(&with("2718")).await, None);
    for pin in ["0000", "0001", "0002", "2718"] {
        assert_eq!(shopper.reason(&with(pin)).await, wrong);
    }
    let error = client.set_card_pin(&SetCardPin::new(shopper.card, "12a4")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(!format!("{error:?}").contains("12a4"));
}

#[tokio::test]
async fn pins_cash_and_credits_post_at_once() {
    let shopper = shopper().await;
    let card = shopper.world.client.simulate_card(shopper.card);
    card.pay(Money::usd(10_00), &cafe()).await.unwrap();
    card.withdraw(Money::usd(20_00), &Merchant::new("atm-1")).await.unwrap();
    let kind = OriginalCreditSimulationType::PersonToPerson;
    card.receive(Money::usd(5_00), kind, &Merchant::new("friend")).await.unwrap();
    assert_eq!(shopper.balances().await, (75_00, 75_00));
    assert_eq!(shopper.posted().await, ["pos_purchase", "atm_withdrawal", "credit"]);
    let none = card.withdraw(Money::usd(75_01), &Merchant::new("atm-1")).await.unwrap();
    assert_eq!(none.declined(), Some("INSUFFICIENT_FUNDS"));

    let api = shopper.world.client.api();
    let inquiry = |kind| {
        let acceptor = CardAcceptorModel::default();
        BalanceInquirySimulation::new(kind, acceptor, shopper.card, "atm-1")
    };
    let checking = inquiry(WithdrawalSimulationAccountType::Checking);
    let answer = api.simulate_balance_inquiry(&checking).await.unwrap();
    assert_eq!(answer["transaction"]["gpa"]["available_balance"], 75_00);
    let savings = inquiry(WithdrawalSimulationAccountType::Savings);
    let answer = api.simulate_balance_inquiry(&savings).await.unwrap();
    assert_eq!(answer["transaction"]["response"]["memo"], "NO_SAVINGS_ACCOUNT");
    assert_eq!(shopper.balances().await, (75_00, 75_00));
}

#[tokio::test]
async fn a_stolen_card_is_dead_and_its_heir_pays() {
    let shopper = shopper().await;
    let client = &shopper.world.client;
    let request = ReplaceCard::stolen(shopper.card);
    let heir = client.replace_card(&request).key("stolen-1").await.unwrap();
    let again = client.replace_card(&request).key("stolen-1").await.unwrap();
    assert_eq!(heir.id, again.id);
    let old = client.simulate_card(shopper.card);
    let dead = old.authorize(Money::usd(1), &cafe()).await.unwrap();
    assert_eq!(dead.declined(), Some("NETWORK_DECLINED"));
    let new = client.simulate_card(heir.id);
    assert_eq!(new.authorize(Money::usd(1), &cafe()).await.unwrap().declined(), None);
    let error = client.replace_card(&ReplaceCard::lost(shopper.card)).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
}

/// The secret header, and the question.
type Asked = (Option<String>, Value);

/// A gateway of the integrator's, which answers as told.
struct Gateway {
    url: String,
    answer: Arc<Mutex<StatusCode>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

async fn gateway() -> Gateway {
    let answer = Arc::new(Mutex::new(StatusCode::OK));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (status, seen) = (answer.clone(), asked.clone());
    let handler = move |headers: axum::http::HeaderMap, body: String| async move {
        let secret = headers.get("x-secret").map(|value| value.to_str().unwrap().to_owned());
        seen.lock().unwrap().push((secret, serde_json::from_str(&body).unwrap()));
        *status.lock().unwrap()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/decide", listener.local_addr().unwrap());
    let router = Router::new().route("/decide", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Gateway { url, answer, asked }
}

#[tokio::test]
async fn a_gateway_has_the_last_word() {
    let shopper = shopper().await;
    let client = &shopper.world.client;
    let gateway = gateway().await;
    let products = client.api().list_card_products(&Default::default()).await.unwrap();
    let ids = products.card_products.iter().map(|product| product.id).collect();
    let mut body = NewCardGateway::new(ids, true, gateway.url.clone());
    body.custom_headers = BTreeMap::from([("x-secret".to_owned(), "open sesame".to_owned())]);
    let id = client.api().create_card_gateway(&body).await.unwrap().id;

    let card = client.simulate_card(shopper.card);
    let fine = card.authorize(Money::usd(7_00), &cafe()).await.unwrap();
    assert_eq!(fine.declined(), None);
    let (secret, question) = gateway.asked.lock().unwrap().pop().unwrap();
    assert_eq!(secret.as_deref(), Some("open sesame"));
    let document: Value = serde_json::from_str(synctera_api::spec::V2).unwrap();
    let schema = &document["components"]["schemas"]["gateway_authorization"];
    for required in schema["required"].as_array().unwrap() {
        assert!(question.get(required.as_str().unwrap()).is_some(), "{required}");
    }
    assert_eq!(question["amount"]["amount"], 7_00);
    assert_eq!(question["balance"]["available_balance"], 100_00);
    assert_eq!(question["merchant"]["mcc"], "5814");
    // What it was asked about is what the ledger has.
    let query = ListPendingTransactionsQuery { card_id: Some(shopper.card), ..Default::default() };
    let pending = client.api().list_pending_transactions(&query).await.unwrap();
    assert_eq!(pending.result[0].uuid.to_string(), question["transaction_id"]);

    *gateway.answer.lock().unwrap() = StatusCode::PAYMENT_REQUIRED;
    let not = card.authorize(Money::usd(7_00), &cafe()).await.unwrap();
    assert_eq!(not.declined(), Some("GATEWAY_DECLINED"));
    // It is not asked about what is declined anyway.
    card.authorize(Money::usd(700_00), &cafe()).await.unwrap();
    assert_eq!(gateway.asked.lock().unwrap().len(), 1);

    let nobody = CardGatewayPatch {
        url: Patch::Set("http://127.0.0.1:9/nobody".to_owned()),
        ..CardGatewayPatch::default()
    };
    client.api().update_card_gateway(id, &nobody).await.unwrap();
    let silence = card.authorize(Money::usd(1), &cafe()).await.unwrap();
    assert_eq!(silence.declined(), Some("GATEWAY_ERROR"));
    let standin = CardGatewayPatch {
        standin: Patch::Set(GatewayStandin { enabled: Some(true) }),
        ..CardGatewayPatch::default()
    };
    client.api().update_card_gateway(id, &standin).await.unwrap();
    assert_eq!(card.authorize(Money::usd(1), &cafe()).await.unwrap().declined(), None);
}
