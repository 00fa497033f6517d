//! Journeys that move money, cut off after any of their requests and run again: the same resources,
//! and none of them twice.

use synctera::types::{
    ListDocumentsQuery, ListExternalCardTransfersQuery, ListExternalCardsQuery,
    ListPaymentSchedulesQuery, ListRdcDepositsQuery, ListSyncteraPayTransfersQuery, ListWiresQuery,
};
use synctera::{
    AccountId, AddExternalCard, BankAccount, DepositCheck, ExternalAccountId, Fund,
    LinkExternalAccount, Money, MoveByCard, PersonId, Retries, Schedule, SchedulePayment,
    SendSyncteraPay, SendWire, Transfer, Upload,
};
use synctera_tests::recorder::Fault;
use synctera_tests::world::now;
use synctera_tests::{Recorder, World};

/// A customer with money, and an account elsewhere.
struct Setting {
    world: World,
    holder: PersonId,
    account: AccountId,
    bank: ExternalAccountId,
    other: AccountId,
}

impl Setting {
    async fn new() -> Self {
        let world = World::with(|builder| builder.retries(Retries::none())).await;
        let holder = world.customer().await;
        let account = world.checking(holder).await;
        world.fund(account, Money::usd(100_00)).await;
        let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
            .wires("021000021");
        let bank = LinkExternalAccount::by_numbers(holder, bank);
        let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
        let other = world.checking(holder).await;
        world.recorder.take();
        Self { world, holder, account, bank, other }
    }

    async fn available(&self) -> i64 {
        self.world.balances(self.account).await.1.minor()
    }
}

/// The connection breaks after the request that comes so many later was done.
fn break_after(recorder: &Recorder, requests: usize) {
    recorder.next(std::iter::repeat_n(None, requests).chain([Some(Fault::LoseAnswer)]));
}

/// Runs a journey that is cut off after each of its requests, and again under the same key; then
/// looks at what there is.
macro_rules! resumes {
    ($name:ident, $requests:literal, |$setting:ident| $run:expr, |$after:ident| $check:block) => {
        #[tokio::test]
        async fn $name() {
            for lost in 0..$requests {
                let $setting = Setting::new().await;
                break_after(&$setting.world.recorder, lost);
                assert!($run.await.is_err(), "nothing was lost at {lost}");
                $run.await.unwrap();
                $run.await.unwrap();
                let $after = &$setting;
                $check
                $after.world.sandbox.audit().unwrap();
            }
        }
    };
}

fn picture(what: &str) -> Upload {
    Upload::new(format!("{what}.jpg"), "image/jpeg", [b"\xff\xd8\xff", what.as_bytes()].concat())
}

resumes!(
    funding,
    2,
    |s| async {
        let gift = Fund::in_sandbox(s.account, Money::usd(5_00));
        s.world.client.fund(&gift).key("gift").await
    },
    |s| {
        assert_eq!(s.available().await, 105_00);
    }
);

resumes!(
    a_check,
    3,
    |s| async {
        let (front, back) = (picture("front"), picture("back"));
        let check = DepositCheck::new(s.account, s.holder, Money::usd(75_00), front, back);
        s.world.client.deposit_check(&check).key("check").await
    },
    |s| {
        let api = s.world.client.api();
        let documents = api.list_documents(&ListDocumentsQuery::default()).await.unwrap();
        assert_eq!(documents.documents.len(), 2);
        let deposits = api.list_rdc_deposits(&ListRdcDepositsQuery::default()).await.unwrap();
        assert_eq!(deposits.deposits.len(), 1);
    }
);

resumes!(
    a_wire,
    1,
    |s| async {
        let wire = SendWire::new(s.account, s.bank, Money::usd(60_00), s.holder, "Invoice");
        s.world.client.send_wire(&wire).key("wire").await
    },
    |s| {
        let wires = s.world.client.api().list_wires(&ListWiresQuery::default()).await.unwrap();
        assert_eq!((wires.wires.len(), s.available().await), (1, 40_00));
    }
);

resumes!(
    a_card_and_a_push,
    2,
    |s| async {
        let card = AddExternalCard::new(s.holder, "Ada Byron", "good-1");
        let card = s.world.client.add_external_card(&card).key("card").await?.verified()?;
        let push = MoveByCard::push(s.account, card.id, Money::usd(60_00));
        s.world.client.move_by_card(&push).key("push").await
    },
    |s| {
        let api = s.world.client.api();
        let cards = api.list_external_cards(&ListExternalCardsQuery::default()).await.unwrap();
        assert_eq!(cards.external_cards.len(), 1);
        let query = ListExternalCardTransfersQuery::default();
        let transfers = api.list_external_card_transfers(&query).await.unwrap();
        assert_eq!((transfers.external_transfers.len(), s.available().await), (1, 40_00));
    }
);

resumes!(
    a_hold_and_its_end,
    3,
    |s| async {
        let order = Transfer::new(s.account, s.other, Money::usd(60_00)).hold(None);
        let held = s.world.client.transfer(&order).key("order").await?;
        s.world.client.post_transfer(held.id).key("capture").await
    },
    |s| {
        assert_eq!(s.available().await, 40_00);
    }
);

resumes!(
    a_schedule,
    1,
    |s| async {
        let rent = Transfer::new(s.account, s.other, Money::usd(1_00));
        let schedule = Schedule::monthly(now().date_naive()).times(12);
        let rent = SchedulePayment::transfer(rent, schedule, "Rent");
        s.world.client.schedule_payment(&rent).key("rent").await
    },
    |s| {
        let query = ListPaymentSchedulesQuery::default();
        let known = s.world.client.api().list_payment_schedules(&query).await.unwrap();
        assert_eq!(known.payment_schedules.len(), 1);
    }
);

resumes!(
    a_payment_by_the_program,
    3,
    |s| async {
        let kind = synctera::types::SyncteraPaySubtype::OutgoingBillPayment;
        let today = now().date_naive();
        let bill =
            SendSyncteraPay::new(s.account, Money::usd(60_00), s.holder, kind, "BILLS", today)
                .reference_id("bill-1");
        let sent = s.world.client.send_synctera_pay(&bill).key("bill").await?;
        s.world.client.post_synctera_pay(sent.id).key("paid").await
    },
    |s| {
        let query = ListSyncteraPayTransfersQuery::default();
        let known = s.world.client.api().list_synctera_pay_transfers(&query).await.unwrap();
        assert_eq!((known.transfers.len(), s.available().await), (1, 40_00));
    }
);
