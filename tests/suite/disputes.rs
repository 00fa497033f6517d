//! Disputes: who moves when, and what happens to the money.

use chrono::Duration;
use synctera::types::{
    CardAction, CardActionState, CardActionViolationCode, CardDispute, CardDisputeAction,
    CardDisputeReasonCodes, CardLifecycleState, DcSign, Dispute, DisputeActionRequest,
    DisputeCreditStatus, DisputeDecision, DisputePatch, DisputeStatus, IncomingAchSimulation,
    ListDisputesQuery, ListPostedTransactionsQuery, TransactionType,
};
use synctera::{
    AccountId, ActOnDispute, AddEvidence, DisputeId, DocumentId, ErrorKind, IssueCard, Merchant,
    Money, OpenDispute, Patch, TransactionId, Upload,
};
use synctera_tests::World;
use synctera_tests::world::now;

struct Case {
    world: World,
    account: AccountId,
    transaction: TransactionId,
}

/// Somebody with 100 dollars paid 40 of them for nothing.
async fn case() -> Case {
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.fund(account, Money::usd(100_00)).await;
    let card = world.client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap().id;
    let simulated = world.client.simulate_card(card);
    let shop = Merchant::new("shop-1").name("Shop");
    let bought = simulated.authorize(Money::usd(40_00), &shop).await.unwrap();
    bought.clear(Money::usd(40_00)).await.unwrap();
    let query = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    let posted = world.client.api().list_posted_transactions(&query).await.unwrap();
    let transaction = posted.result[0].uuid;
    Case { world, account, transaction }
}

impl Case {
    fn request(&self) -> OpenDispute {
        let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
        OpenDispute::card(self.transaction, Money::usd(40_00), now(), reason)
            .memo("The parcel never came")
    }

    async fn open(&self) -> DisputeId {
        self.world.client.open_dispute(&self.request()).await.unwrap().id
    }

    async fn get(&self, id: DisputeId) -> CardDispute {
        match self.world.client.api().get_dispute(id).await.unwrap().into_inner() {
            Dispute::Card(dispute) => dispute,
            other => panic!("{other:?}"),
        }
    }

    async fn balance(&self) -> i64 {
        self.world.sandbox.audit().unwrap();
        self.world.balances(self.account).await.0.minor()
    }

    async fn act(&self, action: ActOnDispute) {
        self.world.client.act_on_dispute(&action).await.unwrap();
    }

    async fn refused(&self, action: ActOnDispute) -> String {
        let error = self.world.client.act_on_dispute(&action).await.unwrap_err();
        error.code().unwrap().as_str().to_owned()
    }

    /// The other side moves.
    async fn network(&self, id: DisputeId, action: CardAction, state: CardActionState) {
        let body = DisputeActionRequest::Card(CardDisputeAction::new(action, state));
        self.world.client.api().simulate_dispute_action(id, &body).await.unwrap();
    }

    async fn status_in_the_ledger(&self) -> String {
        let posted = self.world.client.api().get_posted_transaction(self.transaction).await;
        posted.unwrap().disputes[0].status.as_str().to_owned()
    }
}

#[tokio::test]
async fn a_chargeback_that_nobody_answers_is_won() {
    let case = case().await;
    let id = case.open().await;
    assert_eq!(case.balance().await, 60_00);
    case.act(ActOnDispute::provisional_credit(id)).await;
    assert_eq!(case.balance().await, 100_00);
    assert_eq!(case.refused(ActOnDispute::provisional_credit(id)).await, "INVALID_STATUS");
    case.act(ActOnDispute::chargeback(id).amount(Money::usd(30_00))).await;
    assert_eq!(case.get(id).await.lifecycle_state, CardLifecycleState::Chargeback);
    assert_eq!(case.status_in_the_ledger().await, "CHARGEBACK_INITIATED");
    let claimed = case.world.client.api().get_chargeback_data(id).await.unwrap();
    assert_eq!(claimed.amount, 30_00);
    case.world.sandbox.advance(Duration::days(45) - Duration::seconds(1)).unwrap();
    assert_eq!(case.get(id).await.decision, DisputeDecision::Ongoing);
    case.world.sandbox.advance(Duration::seconds(1)).unwrap();
    let won = case.get(id).await;
    assert_eq!((won.status, won.decision), (DisputeStatus::Closed, DisputeDecision::Won));
    assert_eq!(won.credit_status, DisputeCreditStatus::Final);
    // What was credited for the time being was more than what was claimed.
    assert_eq!(case.balance().await, 90_00);
    assert_eq!(case.status_in_the_ledger().await, "CASE_WON");
    assert_eq!(case.refused(ActOnDispute::chargeback(id)).await, "INVALID_STATUS");
}

#[tokio::test]
async fn silence_after_a_representment_loses() {
    let case = case().await;
    let id = case.open().await;
    case.act(ActOnDispute::provisional_credit(id)).await;
    case.act(ActOnDispute::chargeback(id)).await;
    case.world.sandbox.advance(Duration::days(20)).unwrap();
    case.network(id, CardAction::Representment, CardActionState::Create).await;
    let dispute = case.get(id).await;
    assert_eq!(dispute.lifecycle_state, CardLifecycleState::Representment);
    let can = |action: CardAction| dispute.available_actions.iter().any(|a| a.action == action);
    assert!(can(CardAction::PreArbitration) && !can(CardAction::Chargeback));
    // The first deadline passes without a word; the second one counts.
    case.world.sandbox.advance(Duration::days(30)).unwrap();
    assert_eq!(case.get(id).await.status, DisputeStatus::Open);
    case.world.sandbox.advance(Duration::days(15)).unwrap();
    let lost = case.get(id).await;
    assert_eq!((lost.status, lost.decision), (DisputeStatus::Closed, DisputeDecision::Lost));
    assert_eq!(lost.credit_status, DisputeCreditStatus::None);
    assert_eq!(case.balance().await, 60_00);
}

#[tokio::test]
async fn a_dispute_goes_all_the_way_to_arbitration() {
    let case = case().await;
    let id = case.open().await;
    assert_eq!(case.refused(ActOnDispute::arbitration(id)).await, "INVALID_STATUS");
    case.act(ActOnDispute::chargeback(id)).await;
    case.network(id, CardAction::Chargeback, CardActionState::NetworkReject).await;
    case.act(ActOnDispute::chargeback(id)).await;
    case.network(id, CardAction::Representment, CardActionState::Create).await;
    case.act(ActOnDispute::pre_arbitration(id)).await;
    case.network(id, CardAction::PreArbitration, CardActionState::Rebut).await;
    case.act(ActOnDispute::arbitration(id)).await;
    case.network(id, CardAction::Arbitration, CardActionState::Won).await;
    let won = case.get(id).await;
    assert_eq!(won.decision, DisputeDecision::Won);
    assert_eq!(won.action_history.len(), 8);
    assert_eq!(case.balance().await, 100_00);
    // It is over for both sides.
    let body = CardDisputeAction::new(CardAction::Arbitration, CardActionState::Lost);
    let body = DisputeActionRequest::Card(body);
    let again = case.world.client.api().simulate_dispute_action(id, &body).await.unwrap_err();
    assert_eq!(again.code().unwrap().as_str(), "INVALID_STATUS");
}

#[tokio::test]
async fn the_bank_may_bear_it_or_deny_it() {
    let case = case().await;
    let id = case.open().await;
    case.act(ActOnDispute::write_off(id).amount(Money::usd(15_00))).await;
    let borne = case.get(id).await;
    assert_eq!(borne.lifecycle_state, CardLifecycleState::WriteOff);
    assert_eq!(borne.decision, DisputeDecision::Resolved);
    assert_eq!(case.balance().await, 75_00);
    let second = case.open().await;
    case.act(ActOnDispute::provisional_credit(second)).await;
    let close = DisputePatch { status: Patch::Set(DisputeStatus::Closed), ..Default::default() };
    case.world.client.api().update_dispute(second, &close).await.unwrap();
    let denied = case.get(second).await;
    assert_eq!(denied.lifecycle_state, CardLifecycleState::Denied);
    assert_eq!(case.balance().await, 75_00);
    let open = ListDisputesQuery { status: Some(DisputeStatus::Open), ..Default::default() };
    let found = case.world.client.api().list_disputes(&open).await.unwrap();
    assert!(found.disputes.is_empty());
    let of = ListDisputesQuery { transaction_id: Some(case.transaction), ..Default::default() };
    assert_eq!(case.world.client.api().list_disputes(&of).await.unwrap().disputes.len(), 2);
}

#[tokio::test]
async fn evidence_is_kept_as_it_came() {
    let case = case().await;
    let letter = || Upload::new("letter.pdf", "application/pdf", &b"%PDF- it never came"[..]);
    let request = case.request().evidence(letter()).evidence(letter());
    let opened = case.world.client.open_dispute(&request).key("case-7").await.unwrap();
    let again = case.world.client.open_dispute(&request).key("case-7").await.unwrap();
    assert_eq!(opened.id, again.id);
    let dispute = case.get(opened.id).await;
    assert_eq!(dispute.dispute_documents.len(), 2);
    let document = &dispute.dispute_documents[0];
    assert_eq!(document.file_name, "letter.pdf");
    let id = document.id.to_string().parse().unwrap();
    let kept = case.world.client.api().get_dispute_document_contents(id).await.unwrap();
    assert_eq!(kept.into_inner().collect().await.unwrap(), &b"%PDF- it never came"[..]);
    case.act(ActOnDispute::chargeback(opened.id).proven_by(id).message("see the letter")).await;
    case.network(opened.id, CardAction::Chargeback, CardActionState::Accept).await;
    let late = AddEvidence::new(opened.id, letter());
    let error = case.world.client.add_evidence(&late).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "INVALID_STATUS");
}

#[tokio::test]
async fn evidence_is_for_one_dispute() {
    let case = case().await;
    let letter = || Upload::new("letter.pdf", "application/pdf", &b"%PDF- it never came"[..]);
    let request = case.request().evidence(letter());
    let first = case.world.client.open_dispute(&request).await.unwrap().id;
    let document = case.get(first).await.dispute_documents[0].id.to_string();
    let document: DocumentId = document.parse().unwrap();
    let close = DisputePatch { status: Patch::Set(DisputeStatus::Closed), ..Default::default() };
    case.world.client.api().update_dispute(first, &close).await.unwrap();
    let second = case.open().await;
    let proven = ActOnDispute::chargeback(second).proven_by(document);
    let error = case.world.client.act_on_dispute(&proven).await.unwrap_err();
    assert_eq!(error.problem().invalid["supporting_doc_id"], "is evidence for another dispute");
    // What is added goes to the dispute that is named, and to no other.
    case.world.client.add_evidence(&AddEvidence::new(second, letter())).await.unwrap();
    assert_eq!(case.get(second).await.dispute_documents.len(), 1);
    assert_eq!(case.get(first).await.dispute_documents.len(), 1);
    let nothing = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let unknown = AddEvidence::new(nothing, letter());
    let error = case.world.client.add_evidence(&unknown).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn a_chargeback_that_is_taken_back_claims_nothing() {
    let case = case().await;
    let id = case.open().await;
    case.act(ActOnDispute::chargeback(id).amount(Money::usd(30_00))).await;
    let own = async |body: CardDisputeAction| {
        let body = DisputeActionRequest::Card(body);
        case.world.client.api().create_dispute_action(id, &body).await.unwrap();
    };
    own(CardDisputeAction::new(CardAction::Chargeback, CardActionState::Reverse)).await;
    assert_eq!(case.get(id).await.lifecycle_state, CardLifecycleState::PendingAction);
    own(CardDisputeAction {
        violation_code: Some(CardActionViolationCode::AllOther),
        ..CardDisputeAction::new(CardAction::PreCompliance, CardActionState::Create)
    })
    .await;
    case.network(id, CardAction::PreCompliance, CardActionState::Accept).await;
    assert_eq!(case.get(id).await.decision, DisputeDecision::Won);
    // The whole amount that is disputed, and not the part that the chargeback was for.
    assert_eq!(case.balance().await, 100_00);
}

#[tokio::test]
async fn what_cannot_be_disputed_is_refused() {
    let case = case().await;
    let reason = CardDisputeReasonCodes::DuplicateTransaction;
    let code = async |request: &OpenDispute| {
        let error = case.world.client.open_dispute(request).await.unwrap_err();
        error.code().map_or_else(|| "", |code| code.as_str()).to_owned()
    };
    let card = |transaction, amount, at| {
        OpenDispute::card(transaction, Money::usd(amount), at, reason.clone())
    };
    let invalid = card(case.transaction, 0, now()).memo(" ");
    let error = case.world.client.open_dispute(&invalid).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.problem().invalid.len(), 2);
    assert_eq!(code(&card(case.transaction, 40_01, now())).await, "BAD_REQUEST_BODY");
    let tomorrow = now() + Duration::days(1);
    assert_eq!(code(&card(case.transaction, 1, tomorrow)).await, "BAD_REQUEST_BODY");
    let ach = OpenDispute::ach(case.transaction, Money::usd(1), now());
    assert_eq!(code(&ach).await, "BAD_REQUEST_BODY");
    // The money that came in was no purchase.
    let query = ListPostedTransactionsQuery {
        account_id: vec![case.account],
        type_: Some(TransactionType::InternalTransfer),
        ..Default::default()
    };
    let found = case.world.client.api().list_posted_transactions(&query).await.unwrap();
    assert_eq!(code(&card(found.result[0].uuid, 1, now())).await, "BAD_REQUEST_BODY");
    case.open().await;
    assert_eq!(code(&case.request()).await, "DUPLICATE_RESOURCE");
}

#[tokio::test]
async fn a_transaction_is_reported_after_its_statement_and_disputed_after_its_settlement() {
    let late = case().await;
    let reason = CardDisputeReasonCodes::DuplicateTransaction;
    // The statement that shows it is of the 1st of December.
    let statement = now() + Duration::days(7);
    let reported = |days: i64| {
        let at = statement + Duration::days(days);
        OpenDispute::card(late.transaction, Money::usd(40_00), at, reason.clone()).memo("not mine")
    };
    let open = async |request: &OpenDispute| {
        let id = late.world.client.open_dispute(request).await?.id;
        let close =
            DisputePatch { status: Patch::Set(DisputeStatus::Closed), ..Default::default() };
        late.world.client.api().update_dispute(id, &close).await.map(drop)
    };
    let code = |error: synctera::Error| error.code().unwrap().as_str().to_owned();
    late.world.sandbox.advance(Duration::days(120)).unwrap();
    open(&reported(60)).await.unwrap();
    assert_eq!(code(open(&reported(61)).await.unwrap_err()), "UNABLE_TO_TRANSACT");
    late.world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(code(open(&late.request()).await.unwrap_err()), "UNABLE_TO_TRANSACT");
}

#[tokio::test]
async fn a_transaction_is_reported_once_it_was_made() {
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.fund(account, Money::usd(100_00)).await;
    let card = world.client.issue_card(&IssueCard::virtual_debit(account, ada)).await.unwrap().id;
    let simulated = world.client.simulate_card(card);
    let bought = simulated.authorize(Money::usd(40_00), &Merchant::new("shop-1")).await.unwrap();
    world.sandbox.advance(Duration::days(2)).unwrap();
    bought.clear(Money::usd(40_00)).await.unwrap();
    let query = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    let posted = world.client.api().list_posted_transactions(&query).await.unwrap();
    let reported = |at| {
        let reason = CardDisputeReasonCodes::DuplicateTransaction;
        let dispute = OpenDispute::card(posted.result[0].uuid, Money::usd(40_00), at, reason);
        dispute.memo("not mine")
    };
    let early = reported(now() - Duration::days(1));
    let error = world.client.open_dispute(&early).await.unwrap_err();
    let reason = &error.problem().invalid["date_customer_reported"];
    assert_eq!(reason, "must not be before the transaction");
    // A customer sees what is authorized before it is posted; of that day the hour does not count.
    let seen = reported(now() - Duration::hours(1));
    world.client.open_dispute(&seen).await.unwrap();
}

#[tokio::test]
async fn an_ach_debit_is_disputed_for_sixty_days_after_its_settlement() {
    let case = case().await;
    let account = case.world.client.api().get_account(case.account).await.unwrap();
    let number = account.account_number.clone().unwrap();
    let entry = IncomingAchSimulation::new(number, 20_00, DcSign::Debit, now().date_naive());
    case.world.client.api().simulate_incoming_ach(&entry).await.unwrap();
    let query = ListPostedTransactionsQuery {
        account_id: vec![case.account],
        type_: Some(TransactionType::Ach),
        ..Default::default()
    };
    let posted = case.world.client.api().list_posted_transactions(&query).await.unwrap();
    let debit = posted.result[0].uuid;
    let dispute = OpenDispute::ach(debit, Money::usd(20_00), now());
    case.world.sandbox.advance(Duration::days(61)).unwrap();
    let error = case.world.client.open_dispute(&dispute).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "UNABLE_TO_TRANSACT");
    let again = self::case().await;
    let account = again.world.client.api().get_account(again.account).await.unwrap();
    let number = account.account_number.clone().unwrap();
    let entry = IncomingAchSimulation::new(number, 20_00, DcSign::Debit, now().date_naive());
    again.world.client.api().simulate_incoming_ach(&entry).await.unwrap();
    let query = ListPostedTransactionsQuery { account_id: vec![again.account], ..query };
    let posted = again.world.client.api().list_posted_transactions(&query).await.unwrap();
    again.world.sandbox.advance(Duration::days(60)).unwrap();
    let dispute = OpenDispute::ach(posted.result[0].uuid, Money::usd(20_00), now());
    again.world.client.open_dispute(&dispute).await.unwrap();
}

#[tokio::test]
async fn less_than_the_network_takes_is_credited_or_written_off_by_the_bank() {
    let case = case().await;
    let reason = CardDisputeReasonCodes::DuplicateTransaction;
    let small = OpenDispute::card(case.transaction, Money::usd(24_99), now(), reason);
    let id = case.world.client.open_dispute(&small.memo("not mine")).await.unwrap().id;
    let dispute = case.get(id).await;
    let can = |action: CardAction| dispute.available_actions.iter().any(|a| a.action == action);
    assert!(can(CardAction::WriteOff) && !can(CardAction::Chargeback));
    let error = case.world.client.act_on_dispute(&ActOnDispute::chargeback(id)).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
    assert!(error.problem().invalid.contains_key("amount"), "{error}");
    case.act(ActOnDispute::write_off(id)).await;
    assert_eq!(case.balance().await, 84_99);

    let whole = self::case().await;
    let id = whole.open().await;
    let part = ActOnDispute::chargeback(id).amount(Money::usd(24_99));
    assert_eq!(whole.refused(part).await, "BAD_REQUEST_BODY");
    whole.act(ActOnDispute::chargeback(id).amount(Money::usd(25_00))).await;
    assert_eq!(whole.get(id).await.lifecycle_state, CardLifecycleState::Chargeback);
}
