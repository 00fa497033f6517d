//! Behaviour that no document of the platform settles, in one place and under a name.

mod values;

use chrono::Weekday;

use crate::store::Order;
use values::{Known, plain, settings};
pub use values::{Setting, SettingError, SettingType};

/// How many days a year has when interest is reckoned by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DayCount {
    /// 365, in every year.
    Actual365,
    /// As many as the year has.
    ActualActual,
}

/// Which of several events that are due goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WebhookOrder {
    /// Those of a resource one after the other, as they happened: one that is tried again holds up
    /// the later ones. Different resources do not wait for each other.
    #[default]
    PerResource,
    /// As they come: one that is tried again may arrive after later ones.
    Any,
    /// The newest of a webhook first, to see what a handler does when it hears the end before the
    /// beginning. There must be several to choose from: delay them with
    /// [`Settings::webhook_delay_seconds`].
    NewestFirst,
}

impl From<WebhookOrder> for Order {
    fn from(order: WebhookOrder) -> Self {
        match order {
            WebhookOrder::PerResource => Self::PerResource,
            WebhookOrder::Any => Self::Any,
            WebhookOrder::NewestFirst => Self::NewestFirst,
        }
    }
}

settings! {
    /// The account templates that a workspace starts with have every payment rail switched on.
    ///
    /// The guides say that there is a simple template for each account type, and that rails are
    /// off by default; they do not say which of the two wins. Default: on, so that an account
    /// opened without further ado can be used.
    seeded_templates_enable_rails: bool = true,
    /// The network's code with which a simulated return comes. Default: `R01`.
    ach_return_code: String = "R01".to_owned(),
    /// The money of a return lands on the suspense account instead of the customer's.
    /// Default: off.
    ach_returns_to_suspense: bool = false,
    /// Banking days for which the money of an ACH pull is held back. Default: 2.
    ach_hold_days: u32 = 2,
    /// Banking days for which the money of a deposited check is held back. Default: 2.
    check_hold_days: u32 = 2,
    /// Hours until somebody has looked at a check that is in doubt. Default: 24.
    check_review_hours: u32 = 24,
    /// Minutes until the outcome of an external card's transfer is known that was open at first.
    /// Default: 5.
    external_card_minutes: u32 = 5,
    /// A pull from an external card needs a 3-D Secure authentication. Default: off.
    external_card_pulls_need_three_ds: bool = false,
    /// An incoming ACH entry that cannot be posted waits on the suspense account instead of going
    /// back to its bank. Default: off.
    incoming_ach_failures_to_suspense: bool = false,
    /// The last day of a payment schedule is its `end_date`, as the guide has it, and not the day
    /// before, as the document has it. Default: off.
    payment_schedule_end_is_inclusive: bool = false,
    /// A payment that is refused ends its schedule as `ERRORED`. Default: off.
    payment_schedule_stops_on_error: bool = false,
    /// A write that names a property which only the platform sets is refused as `immutable`.
    ///
    /// The alternative, ignoring it, would hide the mistake. Default: on.
    refuse_read_only_properties: bool = true,
    /// How many days a year has when interest is reckoned. Default: 365 in every year.
    interest_day_count: DayCount = DayCount::Actual365,
    /// What is owed on a secured account reduces what is available on the account that secures it.
    ///
    /// The guides say that the available balance of a CHARGE_SECURED account is that of its
    /// security; without this, the same money could be spent twice. Default: on.
    security_covers_what_is_owed: bool = true,
    /// An API key may give a reason of the bank for closing an account. Default: off, which
    /// answers 403.
    fintech_gives_bank_reasons: bool = false,
    /// Banking days for which an account in closing waits for the return of what it sent by ACH.
    /// Default: 2.
    closing_ach_return_days: u32 = 2,
    /// A CHARGE_UNSECURED account needs a credit application that its customer accepted. Default:
    /// on.
    charge_accounts_need_an_application: bool = true,
    /// Days after which a manual internal transfer expires, when it does not say so itself.
    /// Default: 7.
    manual_transfer_expiry_days: u32 = 7,
    /// The legal and the shipping address of a party, and its address resources of those types, are
    /// the same. Default: on.
    addresses_mirror_parties: bool = true,
    /// Who passes a verification is monitored from then on, without being subscribed.
    ///
    /// The guides say so of production; in the platform's sandbox it has no effect on persons.
    /// Default: off.
    verification_enrols_in_monitoring: bool = false,
    /// Minutes after which a vendor answers a check that came out as `PENDING`. Default: 60.
    pending_verification_minutes: u32 = 60,
    /// Minutes until a wire is approved and sent, while the network is open. Default: 30.
    wire_minutes: u32 = 30,
    /// Days for which a card authorization holds money that nobody clears. The guides speak of up
    /// to 5 usually, and of 7 at most. Default: 7.
    card_hold_days: u32 = 7,
    /// The amount of an authorization advice is what the authorization is for from now on.
    ///
    /// The alternative is that it is taken off. Default: on.
    card_advice_is_new_total: bool = true,
    /// A simulated card transaction that is declined is answered with 201 and a response code.
    ///
    /// The alternative is an error with the reason as its code, which leaves no declined
    /// transaction behind. Default: on.
    card_declines_are_answers: bool = true,
    /// Milliseconds that a card gateway has for its answer. The networks leave two or three seconds
    /// in all. Default: 2000.
    card_gateway_wait_ms: u32 = 2_000,
    /// Putting a card into a digital wallet makes a token, which the wallet takes up a minute later.
    ///
    /// The platform's own sandbox makes none, which leaves nothing to try the life of a token on.
    /// Default: on.
    wallet_tokens: bool = true,
    /// The hour (UTC) at which bulk orders of cards leave by themselves. One guide says 09:00 UTC,
    /// another half past nine in the evening, Pacific. Default: 9.
    bulk_order_hour: u32 = 9,
    /// Wrong PINs in a row after which a card is suspended. Default: 3.
    card_pin_tries: u32 = 3,
    /// Days after its posting for which a transaction can be disputed. Default: 60.
    dispute_filing_days: u32 = 60,
    /// Days in which the other side of a dispute, or ours, has to answer before silence decides.
    /// The networks' times differ by reason and stage. Default: 45.
    dispute_answer_days: u32 = 45,
    /// The country list of a spend control says which transactions its limits are about.
    ///
    /// The alternative is that a transaction from a wrong country is itself too much. Default: off.
    spend_control_countries_narrow: bool = false,
    /// What was authorized and let go again still counts for spend controls. Default: off.
    spend_controls_count_released: bool = false,
    /// The day on which the weekly window of a spend control begins. Default: Monday.
    week_begins: Weekday = Weekday::Mon,
    /// What happens to a person raises `CUSTOMER.*` events beside `PERSON.*`: one record, two
    /// views. Default: on.
    persons_raise_customer_events: bool = true,
    /// Seconds that a subscriber has for its answer to an event. Default: 5.
    webhook_timeout_seconds: u32 = 5,
    /// Seconds until an event that did not arrive is sent again; each further wait is
    /// `webhook_retry_factor` times as long. Default: 60.
    webhook_first_retry_seconds: u32 = 60,
    /// How much longer each wait is than the one before. Default: 2.
    webhook_retry_factor: u32 = 2,
    /// Hours after which an event is given up. Default: 55.
    webhook_retry_window_hours: u32 = 55,
    /// Days for which events are kept. Default: 60.
    webhook_event_retention_days: u32 = 60,
    /// Which events go first, when several are due. No document promises an order. Default: those
    /// of a resource one after the other.
    webhook_order: WebhookOrder = WebhookOrder::PerResource,
    /// How often each event arrives. The platform promises at least once; set 2 to see what a
    /// handler does with an event that it had before. Default: 1.
    webhook_copies: u32 = 1,
    /// Seconds for which an event waits before it is first sent. Default: 0.
    webhook_delay_seconds: u32 = 0,
    /// Events for a webhook that is disabled wait until it is enabled again. Otherwise none are
    /// made, and those on their way are given up. Default: off.
    webhook_events_wait_while_disabled: bool = false,
    /// Minutes until a file to reconcile has been read in. Default: 5.
    reconciliation_minutes: u32 = 5,
    /// The public key under which numbers of cards are revealed: on P-256, as a JWK or PEM. A
    /// programme agrees upon it with the platform beforehand; without one, 403. Default: none.
    reveal_public_key: String = String::new(),
    /// Months for which a stop payment on the account of a business holds; a consumer's stays.
    /// Default: 6.
    business_stop_payment_months: u32 = 6,
    /// Emptying a workspace also forgets the answers to its idempotency keys.
    ///
    /// The list of what goes does not name them; replayed, they would name what is gone.
    /// Default: on.
    wipe_forgets_idempotency_keys: bool = true,
}
