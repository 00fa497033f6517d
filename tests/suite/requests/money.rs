//! Requests that move money.

use synctera::reconcile::ReconciliationFile;
use synctera::types::{InternalTransferType, NewOutgoingAchSecCode, SyncteraPaySubtype};
use synctera::{
    AccountId, AddExternalCard, BankAccount, CancelPaymentSchedule, CancelWire, ChangeAch,
    CustomerId, DepositCheck, EndSyncteraPay, EndTransfer, ExternalAccountId, Fund,
    LinkExternalAccount, Money, MoveByCard, PersonId, ReverseCardPull, Schedule, SchedulePayment,
    SendAch, SendSyncteraPay, SendWire, Transfer, Upload,
};
use synctera_tests::World;
use synctera_tests::world::now;

use super::Ids;

/// A customer with two accounts, one of them funded, and a proven one at another bank.
async fn customer(world: &World) -> (PersonId, AccountId, AccountId, ExternalAccountId) {
    let holder = world.customer().await;
    let (from, to) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(from, Money::usd(500_00)).await;
    (holder, from, to, world.proven_account(holder).await)
}

async fn accounts(world: &World) -> Ids {
    let (holder, from, to, bank) = customer(world).await;
    ids! { holder, from, to, bank }
}

async fn bank_for_wires(world: &World, holder: PersonId) -> ExternalAccountId {
    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
        .wires("021000021");
    let bank = LinkExternalAccount::by_numbers(holder, bank);
    world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id
}

fn remittance(account: AccountId, holder: CustomerId) -> SendSyncteraPay {
    let kind = SyncteraPaySubtype::OutgoingInternationalRemittance;
    let today = now().date_naive();
    SendSyncteraPay::new(account, Money::usd(80_00), holder, kind, "REMITTER", today)
        .reference_id("remittance-5")
}

fn picture(side: &str) -> Upload {
    let bytes = [b"\xff\xd8\xff", side.as_bytes()].concat();
    Upload::new(format!("{side}.jpg"), "image/jpeg", bytes)
}

requests! {
    fund: Fund, async |world| accounts(world).await, |ids| Fund::pull(
        ids.get("from"),
        ids.get("bank"),
        Money::usd(25_00),
        ids.get::<CustomerId>("holder"),
    )
    .memo("First deposit");

    send_ach: SendAch, async |world| accounts(world).await, |ids| SendAch::pull(
        ids.get("from"),
        ids.get("bank"),
        Money::usd(60_00),
        ids.get::<CustomerId>("holder"),
    )
    .final_customer(ids.get::<CustomerId>("holder"))
    .memo("November")
    .reference_info("INV-7")
    .company_entry_description("RENT")
    .sec_code(NewOutgoingAchSecCode::Web)
    .hold(Money::usd(20_00), 3)
    .effective_date("2026-11-30".parse::<chrono::NaiveDate>().unwrap());

    change_ach: ChangeAch, async |world| {
        let (holder, from, _, bank) = customer(world).await;
        let pull = SendAch::pull(from, bank, Money::usd(60_00), holder);
        let transfer = world.client.send_ach(&pull).await.unwrap().id;
        ids! { transfer }
    }, |ids| ChangeAch::move_availability(ids.get("transfer"), "2026-12-01T14:00:00Z".parse().unwrap());

    transfer: Transfer, async |world| accounts(world).await, |ids| Transfer::new(
        ids.get::<AccountId>("from"),
        ids.get::<AccountId>("to"),
        Money::usd(40_00),
    )
    .kind(InternalTransferType::AccountToAccount)
    .hold("2026-11-25T14:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap())
    .final_customer(ids.get::<CustomerId>("holder"))
    .memo("Rainy days")
    .reference_id("order-9");

    end_transfer: EndTransfer, async |world| {
        let (_, from, to, _) = customer(world).await;
        let order = Transfer::new(from, to, Money::usd(30_00)).hold(None);
        let transfer = world.client.transfer(&order).await.unwrap().id;
        ids! { transfer }
    }, |ids| EndTransfer::post(ids.get("transfer"));

    send_wire: SendWire, async |world| {
        let (holder, from, ..) = customer(world).await;
        let bank = bank_for_wires(world, holder).await;
        ids! { holder, from, bank }
    }, |ids| SendWire::new(
        ids.get("from"),
        ids.get("bank"),
        Money::usd(200_00),
        ids.get::<CustomerId>("holder"),
        "Invoice 2201",
    )
    .bank_message("Ref 7");

    cancel_wire: CancelWire, async |world| {
        let (holder, from, ..) = customer(world).await;
        let bank = bank_for_wires(world, holder).await;
        let wire = SendWire::new(from, bank, Money::usd(200_00), holder, "Invoice 2201");
        let wire = world.client.send_wire(&wire).await.unwrap().id;
        ids! { wire }
    }, |ids| CancelWire::new(ids.get("wire"));

    add_external_card: AddExternalCard, async |world| {
        let (business, holder) = world.business().await;
        ids! { business, holder }
    }, |ids| AddExternalCard::new(ids.get::<CustomerId>("holder"), "Ada Byron", "good-1")
        .business(ids.get::<synctera::BusinessId>("business"));

    move_by_card: MoveByCard, async |world| {
        let (holder, from, ..) = customer(world).await;
        let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
        let card = world.client.add_external_card(&card).await.unwrap().id;
        ids! { holder, from, card }
    }, |ids| MoveByCard::push(ids.get("from"), ids.get("card"), Money::usd(10_00))
        .from_customer(ids.get::<CustomerId>("holder"));

    reverse_card_pull: ReverseCardPull, async |world| {
        let (holder, from, ..) = customer(world).await;
        let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
        let card = world.client.add_external_card(&card).await.unwrap().id;
        let pull = MoveByCard::pull(from, card, Money::usd(30_00));
        let pull = world.client.move_by_card(&pull).await.unwrap().id;
        ids! { pull }
    }, |ids| ReverseCardPull::new(ids.get("pull"), Money::usd(5_00));

    deposit_check: DepositCheck, async |world| accounts(world).await, |ids| DepositCheck::new(
        ids.get("from"),
        ids.get::<PersonId>("holder"),
        Money::usd(75_00),
        picture("front"),
        picture("back"),
    );

    schedule_payment: SchedulePayment, async |world| accounts(world).await, |ids| SchedulePayment::ach(
        SendAch::pull(
            ids.get("from"),
            ids.get("bank"),
            Money::usd(20_00),
            ids.get::<CustomerId>("holder"),
        )
        .memo("Top up"),
        Schedule::weekly("2026-11-24".parse().unwrap())
            .every(2)
            .until("2027-06-30".parse::<chrono::NaiveDate>().unwrap())
            .or_before(),
        "Top up",
    );

    cancel_payment_schedule: CancelPaymentSchedule, async |world| {
        let (_, from, to, _) = customer(world).await;
        let schedule = Schedule::monthly(now().date_naive()).times(12);
        let saving = Transfer::new(from, to, Money::usd(50_00));
        let saving = SchedulePayment::transfer(saving, schedule, "Saving");
        let schedule = world.client.schedule_payment(&saving).await.unwrap().id.unwrap();
        ids! { schedule }
    }, |ids| CancelPaymentSchedule::new(ids.get("schedule"));

    send_synctera_pay: SendSyncteraPay, async |world| accounts(world).await, |ids| remittance(
        ids.get("from"),
        ids.get("holder"),
    );

    end_synctera_pay: EndSyncteraPay, async |world| {
        let (holder, from, ..) = customer(world).await;
        let sent = remittance(from, holder.into());
        let transfer = world.client.send_synctera_pay(&sent).await.unwrap().id;
        ids! { transfer }
    }, |ids| EndSyncteraPay::post(ids.get("transfer"));

    upload_reconciliation: ReconciliationFile, async |_world| ids! {}, |_ids| {
        ReconciliationFile::new("november.csv", "reference,amount\norder-9,1000\n")
    };
}
