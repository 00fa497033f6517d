//! Disputes of pulls from external cards: the bank of the card asks, and our customer may lose.

use chrono::Duration;
use synctera::types::{
    Dispute, DisputeActionRequest, DisputeDebitStatus, DisputeDecision, DisputePatch,
    DisputeStatus, ExternalCardAction, ExternalCardActionState, ExternalCardDispute,
    ExternalCardDisputeAction, ExternalCardDisputeReasonCode, ExternalCardLifecycleState,
};
use synctera::{
    AccountId, ActOnDispute, AddEvidence, AddExternalCard, DisputeId, DocumentId, ErrorKind, Money,
    MoveByCard, OpenDispute, Patch, TransactionId, Upload,
};
use synctera_tests::World;
use synctera_tests::world::now;

struct Case {
    world: World,
    account: AccountId,
    transaction: TransactionId,
    dispute: DisputeId,
}

fn request(transaction: TransactionId, amount: Money) -> OpenDispute {
    let reason = ExternalCardDisputeReasonCode::NoCardholderAuthorization;
    OpenDispute::external_card(transaction, amount, now(), reason, "network-4711")
}

/// Of the 50 dollars that an account has, 30 were pulled, and 20 of them are disputed.
async fn case() -> Case {
    let world = World::new().await;
    let ada = world.customer().await;
    let account = world.checking(ada).await;
    world.fund(account, Money::usd(20_00)).await;
    let card = AddExternalCard::new(ada, "Ada Byron", "token-from-the-browser");
    let card = world.client.add_external_card(&card).await.unwrap().id;
    let pull = MoveByCard::pull(account, card, Money::usd(30_00));
    let pulled = world.client.move_by_card(&pull).await.unwrap().succeeded().unwrap();
    let transaction = pulled.transaction_id.unwrap();
    let asked = request(transaction, Money::usd(20_00));
    let dispute = world.client.open_dispute(&asked).key("case-9").await.unwrap().id;
    Case { world, account, transaction, dispute }
}

impl Case {
    async fn get(&self) -> ExternalCardDispute {
        match self.world.client.api().get_dispute(self.dispute).await.unwrap().into_inner() {
            Dispute::ExternalCard(dispute) => dispute,
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
        error.code().map_or_else(|| format!("{:?}", error.kind()), |code| code.as_str().to_owned())
    }

    async fn receipt(&self) -> DocumentId {
        let file = Upload::new("receipt.pdf", "application/pdf", &b"%PDF- she signed"[..]);
        let added = self.world.client.add_evidence(&AddEvidence::new(self.dispute, file)).await;
        added.unwrap().id.to_string().parse().unwrap()
    }

    /// The bank of the card moves.
    async fn bank(&self, action: ExternalCardAction, state: ExternalCardActionState) {
        let body = ExternalCardDisputeAction::new(action, state);
        let body = DisputeActionRequest::ExternalCard(body);
        self.world.client.api().simulate_dispute_action(self.dispute, &body).await.unwrap();
    }

    async fn charged_back(&self) {
        self.bank(ExternalCardAction::Chargeback, ExternalCardActionState::Create).await;
    }
}

#[tokio::test]
async fn a_chargeback_that_we_let_pass_takes_the_money() {
    let case = case().await;
    let opened = case.get().await;
    assert_eq!(opened.external_reference_id.as_deref(), Some("network-4711"));
    assert!(!opened.network_eligibility.is_three_ds);
    assert_eq!(case.balance().await, 50_00);
    case.act(ActOnDispute::provisional_debit(case.dispute)).await;
    assert_eq!(case.balance().await, 30_00);
    assert_eq!(case.get().await.debit_status, DisputeDebitStatus::Provisional);
    case.act(ActOnDispute::reverse_debit(case.dispute)).await;
    assert_eq!(case.balance().await, 50_00);
    case.act(ActOnDispute::provisional_debit(case.dispute)).await;
    case.charged_back().await;
    case.world.sandbox.advance(Duration::days(45) - Duration::seconds(1)).unwrap();
    assert_eq!(case.get().await.status, DisputeStatus::Open);
    case.world.sandbox.advance(Duration::seconds(1)).unwrap();
    let lost = case.get().await;
    assert_eq!((lost.status, lost.decision), (DisputeStatus::Closed, DisputeDecision::Lost));
    assert_eq!(lost.debit_status, DisputeDebitStatus::Final);
    assert_eq!(case.balance().await, 30_00);
    let posted = case.world.client.api().get_posted_transaction(case.transaction).await.unwrap();
    assert_eq!(posted.disputes[0].status.as_str(), "CASE_LOST");
}

#[tokio::test]
async fn what_is_represented_and_not_answered_is_won() {
    let case = case().await;
    case.act(ActOnDispute::provisional_debit(case.dispute)).await;
    case.charged_back().await;
    case.act(ActOnDispute::represent(case.dispute, case.receipt().await)).await;
    let represented = case.get().await;
    assert_eq!(represented.lifecycle_state, ExternalCardLifecycleState::Representment);
    case.world.sandbox.advance(Duration::days(45)).unwrap();
    let won = case.get().await;
    assert_eq!((won.status, won.decision), (DisputeStatus::Closed, DisputeDecision::Won));
    assert_eq!(won.debit_status, DisputeDebitStatus::None);
    assert_eq!(case.balance().await, 50_00);
}

#[tokio::test]
async fn both_banks_may_give_in_or_not() {
    let case = case().await;
    case.charged_back().await;
    case.act(ActOnDispute::accept_chargeback(case.dispute)).await;
    assert_eq!(case.get().await.decision, DisputeDecision::Lost);
    assert_eq!(case.balance().await, 30_00);
    for (answer, decision, left) in [
        (ExternalCardActionState::Accept, DisputeDecision::Won, 50_00),
        (ExternalCardActionState::Decline, DisputeDecision::Lost, 30_00),
    ] {
        let case = self::case().await;
        case.charged_back().await;
        case.act(ActOnDispute::represent(case.dispute, case.receipt().await)).await;
        case.bank(ExternalCardAction::Representment, answer).await;
        assert_eq!(case.get().await.decision, decision);
        assert_eq!(case.balance().await, left);
    }
}

#[tokio::test]
async fn one_that_the_bank_does_not_pursue_ends_without_a_decision() {
    let case = case().await;
    case.act(ActOnDispute::provisional_debit(case.dispute)).await;
    case.charged_back().await;
    let close = DisputePatch { status: Patch::Set(DisputeStatus::Closed), ..Default::default() };
    let early = case.world.client.api().update_dispute(case.dispute, &close).await.unwrap_err();
    assert_eq!(early.code().unwrap().as_str(), "INVALID_STATUS");
    case.bank(ExternalCardAction::Chargeback, ExternalCardActionState::Reverse).await;
    case.world.client.api().update_dispute(case.dispute, &close).await.unwrap();
    let closed = case.get().await;
    assert_eq!((closed.status, closed.decision), (DisputeStatus::Closed, DisputeDecision::None));
    assert_eq!(case.balance().await, 50_00);
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let case = case().await;
    let receipt = case.receipt().await;
    let early = ActOnDispute::represent(case.dispute, receipt);
    assert_eq!(case.refused(early).await, "INVALID_STATUS");
    assert_eq!(case.refused(ActOnDispute::reverse_debit(case.dispute)).await, "INVALID_STATUS");
    let another = ActOnDispute::provisional_credit(case.dispute);
    assert_eq!(case.refused(another).await, "BAD_REQUEST_BODY");
    let (action, create) = (ExternalCardAction::Representment, ExternalCardActionState::Create);
    let unproven = ActOnDispute::external_card(case.dispute, action.clone(), create.clone());
    assert_eq!(case.refused(unproven).await, "InvalidInput");
    let wordy = ActOnDispute::provisional_debit(case.dispute).message("see the receipt");
    assert_eq!(case.refused(wordy).await, "InvalidInput");
    let partly = ActOnDispute::provisional_debit(case.dispute).amount(Money::usd(1_00));
    assert_eq!(case.refused(partly).await, "InvalidInput");
    case.charged_back().await;
    let body = ExternalCardDisputeAction::new(action, create);
    let body = DisputeActionRequest::ExternalCard(body);
    let api = case.world.client.api();
    let unproven = api.create_dispute_action(case.dispute, &body).await.unwrap_err();
    assert_eq!(unproven.problem().missing, ["supporting_doc_id"]);

    let again = case.world.client.open_dispute(&request(case.transaction, Money::usd(1))).await;
    assert_eq!(again.unwrap_err().code().unwrap().as_str(), "DUPLICATE_RESOURCE");
    let as_ach = OpenDispute::ach(case.transaction, Money::usd(1), now());
    let as_ach = case.world.client.open_dispute(&as_ach).await.unwrap_err();
    assert_eq!(as_ach.code().unwrap().as_str(), "BAD_REQUEST_BODY");
    let reason = ExternalCardDisputeReasonCode::InvalidData;
    let nameless = OpenDispute::external_card(case.transaction, Money::usd(1), now(), reason, " ");
    let nameless = case.world.client.open_dispute(&nameless).await.unwrap_err();
    assert_eq!(nameless.kind(), ErrorKind::InvalidInput);
    assert!(nameless.problem().invalid.contains_key("external_reference_id"), "{nameless:?}");
}
