//! Texts of the clock's page.

pub(crate) const ADVANCE: &str = "Advance";
pub(crate) const DAYS: &str = "Days";
pub(crate) const HOURS: &str = "Hours";
pub(crate) const MINUTES: &str = "Minutes";
pub(crate) const BANKING_DAYS: &str = "Banking days";
pub(crate) const SET: &str = "Set";
pub(crate) const MOMENT: &str = "Time in UTC, such as 2026-12-01T14:00:00Z";
pub(crate) const DONE: &str = "The clock is changed.";
pub(crate) const THE_CLOCK: &str = "The clock is";
pub(crate) const NOW: &str = "Now";
pub(crate) const HELD: &str = "Held until it is moved";
pub(crate) const CALENDAR: &str = "The bank's calendar";
pub(crate) const TODAY: &str = "Today";
pub(crate) const IS_BANKING_DAY: &str = "Is a banking day";
pub(crate) const NEXT_BANKING_DAY: &str = "Next banking day";
pub(crate) const NEXT_ACH_FILE: &str = "Next ACH file";
pub(crate) const NEXT_SAME_DAY_ACH_FILE: &str = "Next same-day ACH file";
pub(crate) const NEXT_STATEMENTS: &str = "Next statements";
pub(crate) const TIME_ZONE: &str = "The console shows times in Eastern Time, the time zone of the bank. Point at one for UTC, as the API has it.";
pub(crate) const MOVE: &str = "Move the clock";
pub(crate) const WHAT_IS_DUE: &str = "What falls due on the way is done, in order: files leave, holds end, interest is paid, events are sent.";
pub(crate) const FAILED_JOBS: &str = "Jobs that failed";
pub(crate) const FAILED: &str = "failed";
pub(crate) const HAPPENED: &str = "What happened last";
pub(crate) const HAPPENED_COLUMNS: &[&str] =
    &["Number", "Time", "What was done", "About", "Posted", "Events"];

/// What is said after the clock was changed.
pub(crate) fn moved(now: &str) -> String {
    format!("The clock shows {now}.")
}

/// What each job of the sandbox does, by the name that it has there.
pub(crate) const JOBS: &[(&str, &str)] = &[
    ("account.auto_payment", "Credit account paid by autopay"),
    ("account.close", "Account closed"),
    ("account.fees", "Fees charged"),
    ("account.interest", "Interest paid"),
    ("account.late", "Late payments reviewed"),
    ("account.overdrawn", "Overdrawn account reviewed"),
    ("ach.incoming.post", "Incoming ACH posted"),
    ("ach.release", "Held ACH released"),
    ("ach.send", "ACH file sent"),
    ("autopay.run", "Autopay ran"),
    ("batch.decide", "Batch decided"),
    ("batch.release", "Batch released"),
    ("card_authorization.expire", "Card hold ended"),
    ("card_bulk_order.leave", "Card orders sent to the printer"),
    ("card_image.print", "Card image printed"),
    ("cash_order.bring_back", "Cash brought back"),
    ("cash_order.deliver", "Cash delivered"),
    ("cash_order.expire", "Cash order ended"),
    ("cash_order.ship", "Cash shipped"),
    ("check_deposit.bounce", "Check returned"),
    ("check_deposit.review", "Check reviewed"),
    ("digital_wallet_token.take_up", "Card added to a wallet"),
    ("dispute.silence", "Dispute moved on after its deadline"),
    ("eft_ca.expire", "EFT ended"),
    ("eft_ca.retry", "EFT sent again"),
    ("eft_ca.return", "EFT returned"),
    ("eft_ca.send", "EFT sent"),
    ("eft_ca.settle", "EFT settled"),
    ("external_card.settle", "Card transfer settled"),
    ("internal_transfer.expire", "Internal transfer ended"),
    ("monitoring.screen", "Customer screened"),
    ("payment_schedule.run", "Scheduled payment run"),
    ("reconciliation.ingest", "Reconciliation read"),
    ("statement.make", "Statement made"),
    ("verification.answer", "Verification answered"),
    ("watchlist.renew", "Watchlist renewed"),
    ("webhook_event.purge", "Old events removed"),
    ("wire.complete", "Wire completed"),
];
