//! Behavior that no document of the platform decides, in one place and under a name.

mod choices;
mod values;

use chrono::Weekday;

pub use choices::{ConcurrentKey, DayCount, UnknownQueryParameters, WebhookOrder};
use values::{Between, Key, Known, ReturnCode, Url, known, plain, settings};
pub use values::{Setting, SettingError, SettingType};

settings! {
    /// The account templates that a workspace starts with have every payment rail switched on.
    ///
    /// The guides say that there is a simple template for each account type, and that rails are
    /// off by default; they do not say which of the two applies. Default: on, so that an account
    /// can be used as soon as it is open.
    seeded_templates_enable_rails: bool = true,
    /// The network's return code of a simulated return. Default: `R01`.
    ach_return_code: String as ReturnCode = "R01".to_owned(),
    /// The money of a return goes to the suspense account instead of the customer's. Default: off.
    ach_returns_to_suspense: bool = false,
    /// An ACH pull is posted when a request originates it. Otherwise it is posted when its file leaves.
    ///
    /// The page about the flow of funds says the former; the guide shows the transfer as pending until
    /// its file leaves, and lets it be canceled until then. Either way the money is held back. Default:
    /// off.
    ach_pulls_post_when_originated: bool = false,
    /// Banking days for which the money of an ACH pull is held back, from the day on which its file
    /// leaves. Default: 2.
    ach_hold_days: u32 = 2,
    /// Banking days for which the money of a deposited check is held back. Default: 2.
    check_hold_days: u32 = 2,
    /// Hours until a doubtful check is reviewed. Default: 24.
    check_review_hours: u32 = 24,
    /// Minutes until the outcome of a pending transfer of an external card is known. Default: 5.
    external_card_minutes: u32 = 5,
    /// A pull from an external card needs a 3-D Secure authentication. Default: off.
    external_card_pulls_need_three_ds: bool = false,
    /// EFT Canada moves money of accounts in Canadian dollars only.
    ///
    /// The guide says that its amounts are in Canadian dollars; no document says what becomes of a
    /// transfer of an account in another currency. Default: on, and such a transfer is refused.
    eft_ca_needs_canadian_dollars: bool = true,
    /// EFT Canada takes money only from an external account that is verified.
    ///
    /// The rule is documented for ACH alone, and a Canadian account that is entered by hand cannot be
    /// verified. Default: off.
    eft_ca_debits_need_a_verified_account: bool = false,
    /// Minutes from the close of a window until the same-day EFT Canada transfers in its file are
    /// posted; 9:00 Eastern at the earliest. No document says when the other bank answers. Default:
    /// 60.
    eft_ca_same_day_minutes: u32 = 60,
    /// Days after which an EFT Canada transfer that the other bank does not answer expires. No
    /// document says how long the platform waits. Default: 5.
    eft_ca_expiry_days: u32 = 5,
    /// Days for which money from Canada waits in suspense until its account takes it; then it goes back
    /// to the other bank. Each banking day it is looked at. No document says how long the platform
    /// keeps it, nor names a call that moves it on. Default: 30.
    eft_ca_suspense_days: u32 = 30,
    /// The least that can be paid in with a barcode, in dollars. The document has no number; a
    /// simulation takes no less than 1. Default: 1.
    cash_deposit_min_dollars: u32 as Between<1, 999> = 1,
    /// The most that can be paid in with a barcode, in dollars. The document has no number; a
    /// simulation takes no more than 999. Default: 999.
    cash_deposit_max_dollars: u32 as Between<1, 999> = 999,
    /// Days after which an order of cash that the vendor does not take up expires. No document says
    /// how long the platform waits. Default: 5.
    cash_order_expiry_days: u32 = 5,
    /// Minutes until a second person approves a batch payment, unless a request does. The guides say
    /// that there is such a person, and not how long it takes. Default: 30.
    batch_approval_minutes: u32 = 30,
    /// An incoming ACH entry that cannot be posted goes to the suspense account instead of back to
    /// its bank. Default: off.
    incoming_ach_failures_to_suspense: bool = false,
    /// The last day of a payment schedule is its `end_date`, as the guide says, and not the day
    /// before it, as the document says. Default: off.
    payment_schedule_end_is_inclusive: bool = false,
    /// A payment that is refused ends its schedule as `ERRORED`. Default: off.
    payment_schedule_stops_on_error: bool = false,
    /// A write with a property that only the platform sets is refused as `immutable`. Otherwise the
    /// property is ignored, which hides the mistake. Default: on.
    refuse_read_only_properties: bool = true,
    /// A query parameter that an operation does not have is ignored, or its request refused.
    ///
    /// The documents do not say which. A mistyped filter that is ignored answers with everything: the
    /// header `Sandbox-Unknown-Parameters` of the answer names it. Default: ignored, so that what a
    /// newer document adds does no harm.
    unknown_query_parameters: UnknownQueryParameters = UnknownQueryParameters::Ignore,
    /// A request whose idempotency key belongs to a request that is still running is refused, with
    /// 409 or 422, or waits for the answer of that request.
    ///
    /// The list of error codes says 422, the newer page about idempotency 409. Requests of this sandbox
    /// run for so long only while they ask a server of yours, such as a card gateway. Default: refused
    /// with 409.
    concurrent_key: ConcurrentKey = ConcurrentKey::Conflict,
    /// The idempotency key also counts for operations whose document does not list the header.
    ///
    /// The guides say that all endpoints have idempotency; the document lists the header for a part of
    /// the writes. Default: on. Without it, what is sent again to one of the others is done again.
    undocumented_keys: bool = true,
    /// How many days a year has when interest is computed. Default: 365 in every year.
    interest_day_count: DayCount = DayCount::Actual365,
    /// What is owed on a secured account reduces what is available on the account that secures it.
    ///
    /// The guides say that the available balance of a CHARGE_SECURED account is that of its
    /// security; without this setting, the same money could be spent twice. Default: on.
    security_covers_what_is_owed: bool = true,
    /// A fee, or the reversal of a reward, that is more than the account has is refused. Otherwise it
    /// takes the account below zero.
    ///
    /// No document says which. Default: on, as for every other request that takes money.
    charges_need_funds: bool = true,
    /// A template of fees or rewards that does not say `is_enabled` is enabled. The documents name no
    /// default. Default: on, so that a template can be used as soon as it is there.
    charge_templates_start_enabled: bool = true,
    /// A reward that is paid to a credit account counts as a payment: it pays what is billed.
    ///
    /// No document says whether it does. Default: off, since the customer paid nothing; it reduces
    /// what is owed.
    rewards_are_payments: bool = false,
    /// The fee products of an account are charged at the end of each month.
    ///
    /// The documents link fee products to accounts and do not say when they are charged; fee
    /// templates replaced them. Default: on, so that a product has an effect.
    fee_products_are_charged: bool = true,
    /// A request may close an account for a reason that is the bank's. Default: off, and such a
    /// request is answered with 403.
    fintech_gives_bank_reasons: bool = false,
    /// A frozen or suspended account can be put into closing.
    ///
    /// The guide closes active accounts, and lets a frozen one only be unfrozen; the bank may have to
    /// close one that was stopped for good. Default: off.
    stopped_accounts_can_close: bool = false,
    /// A closed account can be changed: its nickname, or whether it is frozen.
    ///
    /// The documents say that a closed account does not transact, and not that it cannot be changed.
    /// Default: on.
    closed_accounts_can_be_changed: bool = true,
    /// Banking days for which an account in closing waits for returns of its ACH transfers.
    /// Default: 2.
    closing_ach_return_days: u32 = 2,
    /// An integrator may set an account in closing to CLOSED when its balance is zero and nothing is
    /// under way.
    ///
    /// One page has the integrator close it, the guide has the platform do so. Default: on; the
    /// platform closes it on the next business day in any case.
    fintech_closes_accounts: bool = true,
    /// What comes in for a closed account is sent to its holder by check. Otherwise it stays on the
    /// bank's suspense account.
    ///
    /// The guide says by check, or as the bank's process has it. Default: on.
    closed_account_money_goes_by_check: bool = true,
    /// A CHARGE_UNSECURED account needs a credit application whose offer the customer accepted.
    /// Default: on.
    charge_accounts_need_an_application: bool = true,
    /// A LINE_OF_CREDIT account names an application whose offer was accepted, or its holder has one, or
    /// one that was approved.
    ///
    /// A guide of an older interface says so; the current ones do not. Default: off.
    lines_of_credit_need_an_application: bool = false,
    /// An application of type CREDIT begins as SUBMITTED.
    ///
    /// The reference calls creating one the submitting of a record, and its example begins as accepted:
    /// a decision that was made elsewhere can be recorded at once. Default: off.
    applications_begin_submitted: bool = false,
    /// Whoever holds an account is a customer (`is_customer`) with the status `ACTIVE` when it is opened.
    ///
    /// The guides ask for an accepted verification alone. Default: off.
    account_holders_are_active_customers: bool = false,
    /// An authorized user of an account has a legal address on file.
    ///
    /// The guide says that an address should be collected, since watchlists are searched by name and
    /// address; it does not say that a user without one is refused. Default: off.
    authorized_users_need_an_address: bool = false,
    /// A business is verified again when the verification of somebody behind it changes.
    ///
    /// The guides say that a business passes when its owners do; they do not say what a later change
    /// of an owner does. Default: off, so that a business stays as its last verification left it.
    businesses_follow_their_owners: bool = false,
    /// Days past due after which a credit account is delinquent: nothing can be spent on it until
    /// what is late is paid. The document says more than 30 days. Default: 30.
    delinquent_after_days: u32 = 30,
    /// Days past due after which a credit account is revoked: it bears no interest any more. The
    /// document says more than 90 days. Default: 90.
    revoked_after_days: u32 = 90,
    /// Days past due after which a credit account is charged off, by which it ends.
    ///
    /// The current document does not say when. Older ones charge off after 90 days, after which the
    /// current one revokes. Default: 180, as banks do with open-end credit.
    charged_off_after_days: u32 = 180,
    /// An `auto_payment_period` has an effect only where `is_system_auto_pay_enabled` is `true`.
    /// Otherwise it has one unless that is `false`.
    ///
    /// The document says that the holder opts in, and not whether the period itself does. Default: off.
    auto_payments_need_opt_in: bool = false,
    /// Days for which a deposit account may have a negative balance until that is written off against
    /// the program's money. Frozen accounts do not wait. Default: 7.
    negative_balance_days: u32 = 7,
    /// The available balance of an account can be shown as negative.
    ///
    /// The document says that it never is; a newer page says that it can be, after a return or a
    /// forced clearing. Default: on.
    available_balance_can_be_negative: bool = true,
    /// Days after which a manual internal transfer expires, unless the transfer says when.
    /// Default: 7.
    manual_transfer_expiry_days: u32 = 7,
    /// The legal and the shipping address of a party, and its address resources of those types, are
    /// the same. Default: on.
    addresses_mirror_parties: bool = true,
    /// A party that passes a verification is monitored from then on, without a subscription.
    ///
    /// The guides say so of production; in the platform's sandbox it has no effect on persons.
    /// Default: off.
    verification_enrolls_in_monitoring: bool = false,
    /// Minutes until a vendor decides a check that is `PENDING`. Default: 60.
    pending_verification_minutes: u32 = 60,
    /// Minutes until a wire is approved and sent, within the network's hours. Default: 30.
    wire_minutes: u32 = 30,
    /// What is posted later than it was asked for, such as an ACH transfer or a wire, has the
    /// idempotency key of the request that asked for it.
    ///
    /// The documents say that a transaction has the key of the request that caused it; they do not
    /// say which key the platform's own jobs post with. Default: on.
    later_postings_keep_the_key: bool = true,
    /// Days after which a card authorization that is not cleared expires. The guides say up to 5
    /// days in most cases, and 7 at most. Default: 7.
    card_hold_days: u32 = 7,
    /// The amount of an authorization advice is the new amount of the authorization. Otherwise it
    /// is subtracted from the amount. Default: on.
    card_advice_is_new_total: bool = true,
    /// A simulated card transaction that is declined is answered with 201 and a response code.
    /// Otherwise it is an error with the reason as its code, and no declined transaction is stored.
    /// Default: on.
    card_declines_are_answers: bool = true,
    /// Milliseconds that a card gateway has for its answer. The networks allow two or three seconds
    /// in total. Default: 2000.
    card_gateway_wait_ms: u32 as Between<1, 60_000> = 2_000,
    /// Adding a card to a digital wallet makes a token, which becomes active a minute later.
    ///
    /// The platform's own sandbox makes none, so that nothing about tokens can be tested there.
    /// Default: on.
    wallet_tokens: bool = true,
    /// The hour (UTC) at which bulk orders of cards are sent automatically. One guide says 09:00
    /// UTC, another 21:30 Pacific. Default: 9.
    bulk_order_hour: u32 as Between<0, 23> = 9,
    /// Wrong PINs in a row after which a card is suspended. Default: 3.
    card_pin_tries: u32 as Between<1, 1_000> = 3,
    /// Days within which a customer reports a transaction that is disputed: from the date of its
    /// statement, for one with a card, and from its settlement, for one by ACH. Default: 60.
    dispute_filing_days: u32 = 60,
    /// Days after its settlement for which a transaction can be disputed, whenever it was reported.
    ///
    /// One page has this limit of the system, the guide only that of the customer. Default: 120.
    dispute_settlement_days: u32 = 120,
    /// The least amount in US dollars, in cents, for which a card transaction is disputed with the
    /// network. The bank may still credit or write off less. Default: 2500.
    chargeback_minimum: u32 = 2_500,
    /// Days that either side of a dispute has for its answer; without one, the other side wins. The
    /// networks' times differ by reason and stage. Default: 45.
    dispute_answer_days: u32 = 45,
    /// The country list of a spend control selects the transactions to which its limits apply.
    /// Otherwise a transaction from another country violates the control. Default: off.
    spend_control_countries_narrow: bool = false,
    /// An authorization that was released still counts for spend controls. Default: off.
    spend_controls_count_released: bool = false,
    /// The day on which the weekly window of a spend control begins. Default: Monday.
    week_begins: Weekday = Weekday::Mon,
    /// A change of a person raises `CUSTOMER.*` events in addition to `PERSON.*`: they are two views
    /// of one record. Default: on.
    persons_raise_customer_events: bool = true,
    /// Seconds that a webhook has to answer an event. Default: 5.
    webhook_timeout_seconds: u32 as Between<1, 300> = 5,
    /// Seconds until an event that did not arrive is sent again; each further wait is
    /// `webhook_retry_factor` times the last one. Default: 60.
    webhook_first_retry_seconds: u32 as Between<1, 1_000_000> = 60,
    /// The factor by which each wait is longer than the last one. Default: 2.
    webhook_retry_factor: u32 as Between<1, 1_000> = 2,
    /// Hours after which an event that did not arrive is dropped. Default: 55.
    webhook_retry_window_hours: u32 = 55,
    /// Days for which events are kept. Default: 60.
    webhook_event_retention_days: u32 = 60,
    /// Which events are sent first when several are due. No document promises an order. Default:
    /// those of a resource in their order.
    webhook_order: WebhookOrder = WebhookOrder::PerResource,
    /// How often each event arrives. The platform promises at least once; set 2 to test a handler
    /// with duplicates. Default: 1.
    webhook_copies: u32 as Between<1, 100> = 1,
    /// Seconds for which an event waits before it is first sent. Default: 0.
    webhook_delay_seconds: u32 = 0,
    /// Events for a disabled webhook wait until it is enabled again. Otherwise none are raised, and
    /// those on their way are dropped. Default: off.
    webhook_events_wait_while_disabled: bool = false,
    /// Minutes until a file to reconcile is read. Default: 5.
    reconciliation_minutes: u32 = 5,
    /// The public key for which card numbers are encrypted when they are revealed: on P-256, as a
    /// JWK or PEM. A program agrees on it with the platform; without a key, 403. Default: none.
    reveal_public_key: String as Key = String::new(),
    /// The page of the fintech to which the authorization test of Plaid Core Exchange sends a customer.
    /// A program agrees on it with the platform. Default: a page that does not exist.
    fdx_authentication_url: String as Url = "https://fintech.example.com/fdx".to_owned(),
    /// Minutes that a fintech has to decide on an authorization request of Plaid Core Exchange, and its
    /// reader to use the code. No document says how many. Default: 10.
    fdx_auth_request_minutes: u32 = 10,
    /// Minutes for which an access token of Plaid Core Exchange is valid. No document says how many.
    /// Default: 15.
    fdx_access_token_minutes: u32 = 15,
    /// Days for which a refresh token of Plaid Core Exchange is valid. No document says how many.
    /// Default: 365.
    fdx_refresh_token_days: u32 = 365,
    /// Months for which a stop payment on the account of a business is valid; one on a consumer's
    /// account does not end. Default: 6.
    business_stop_payment_months: u32 = 6,
    /// A wipe of a workspace also deletes the stored answers to its idempotency keys.
    ///
    /// The platform's list of what is deleted does not name them; replayed, they would name
    /// resources that no longer exist. Default: on.
    wipe_forgets_idempotency_keys: bool = true,
}
