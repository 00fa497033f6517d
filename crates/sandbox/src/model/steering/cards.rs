//! Cards.

use super::table::{SteeringRow, SteeringSection, row};

pub(super) const CARDS_OF_OTHER_BANKS: SteeringSection = SteeringSection {
    title: "Cards of other banks",
    about: "`POST /v2/external_cards/tokens`, then `/transfers`, `/initialize_3ds` and `/lookup_3ds`. Of a token
only what is before its first hyphen counts; the rest makes it another token. A token is for one use,
and so is a wallet's. The result of a transfer is its status, or the `reason` of a declined one.",
    rows: CARDS_OF_OTHER_BANKS_ROWS,
};

const CARDS_OF_OTHER_BANKS_ROWS: &[SteeringRow] = &[
    row("`token`", "`expired-1`", "`BAD_REQUEST_BODY`"),
    row("`token`", "of another card", "`BAD_REQUEST_BODY`; it was used"),
    row("`token`", "`mismatch-1`", "`ADDRESS_MISMATCH`; the card can neither pay nor be paid"),
    row("`name`", "`William King`", "`NAME_MISMATCH`; of someone other than the customer"),
    row("`token`, for a pull", "`push-only-1`", "`UNABLE_TO_TRANSACT`"),
    row("`token`, for a push", "`pull-only-1`", "`UNABLE_TO_TRANSACT`"),
    row("`token`, for a pull or a push", "`declined-1`", "`NETWORK_DECLINED`"),
    row("`token`, for a pull or a push", "`fraud-1`", "`SUSPECTED_FRAUD`"),
    row(
        "`token`, for a pull or a push",
        "`pending-1`",
        "`PENDING`, then `SUCCEEDED` after 5 minutes; setting `external_card_minutes`",
    ),
    row(
        "`token`, for a pull or a push",
        "`unknown-1`",
        "`UNKNOWN`, then `SUCCEEDED` after 5 minutes",
    ),
    row(
        "`token`, for a pull or a push",
        "`lost-1`",
        "`UNKNOWN`, then `NETWORK_DECLINED` after 5 minutes",
    ),
    row("`token`, for a pull or a push", "`good-1`", "`SUCCEEDED`; like any other"),
    row("`token`, for 3-D Secure", "`challenge-1`", "`CHALLENGE_REQUIRED`"),
    row("`token`, for 3-D Secure", "`unenrolled-1`", "`NOT_ENROLLED`"),
    row("`token`, for 3-D Secure", "`failed-1`", "`FAILED`"),
    row("`token`, for 3-D Secure", "`good-1`", "`SUCCESS`; like any other"),
    row("`challenge_jwt`", "`failed-1`", "`FAILED`; what follows is free"),
    row("`challenge_jwt`", "`answered`", "`SUCCESS`; like any other"),
    row(
        "setting `external_card_pulls_need_three_ds`",
        "`true`",
        "`UNABLE_TO_TRANSACT`; a pull without one",
    ),
    row("`transaction_identifier` of Apple Pay", "`expired-1`", "`BAD_REQUEST_BODY`"),
    row("`transaction_identifier` of Apple Pay", "`declined-1`", "`NETWORK_DECLINED`"),
    row("`token` of Google Pay", "`expired-1`", "`BAD_REQUEST_BODY`"),
    row("`token` of Google Pay", "`unknown-1`", "`UNKNOWN`, then `SUCCEEDED` after 5 minutes"),
];

pub(super) const CARD_TRANSACTIONS: SteeringSection = SteeringSection {
    title: "Card transactions",
    about: "`POST /v2/cards/transaction_simulations/authorization`, with 500.00 USD on the account; the result is
the `memo` of the answer's `response`.",
    rows: CARD_TRANSACTIONS_ROWS,
};

const CARD_TRANSACTIONS_ROWS: &[SteeringRow] = &[
    row("`amount`", "`50000`, `0`", "`approved`"),
    row("`amount`", "`50001`", "`INSUFFICIENT_FUNDS`"),
    row(
        "`amount`, with `partial_approval_capable`",
        "`60000`",
        "`50000`; the amount that is approved",
    ),
    row("`pin`", "`0000`", "`NETWORK_DECLINED`; not the card's"),
    row("`pin`, three times", "`0000`", "`SUSPENDED`; the card, setting `card_pin_tries`"),
    row("`card_options.expiration`", "`0120`", "`NETWORK_DECLINED`; not the card's"),
    row(
        "`card_options.billing_address.zip`",
        "`10001`",
        "`ADDRESS_VERIFICATION_FAILED`; not the cardholder's",
    ),
    row(
        "`card_acceptor.country`",
        "`CAN`",
        "`TRANSACTION_NOT_PERMITTED`; the seeded products are for the US alone",
    ),
    row("`account_type` of a withdrawal", "`savings`", "`NO_SAVINGS_ACCOUNT`; a checking account"),
    row("`account_type` of a withdrawal", "`credit`", "`NO_CREDIT_ACCOUNT`"),
    row("`card_status` of the card", "`SUSPENDED`", "`NETWORK_DECLINED`"),
    row("`access_status` of the account", "`FROZEN`", "`TRANSACTION_NOT_PERMITTED`"),
    row("`is_card_enabled` of the account", "`false`", "`DISABLED_PAYMENT_TYPE`"),
    row(
        "clearing",
        "none",
        "`PENDING`, then `EXPIRED` after 7 days; the hold, setting `card_hold_days`",
    ),
    row(
        "a token of Google's or Apple's wallet",
        "for an active card",
        "`REQUESTED`, then `ACTIVE` after 1 minute",
    ),
    row(
        "`disputed_amount` of a chargeback",
        "`2499`",
        "`BAD_REQUEST_BODY`; the network takes no less than setting `chargeback_minimum`",
    ),
    row(
        "`disputed_amount` of a chargeback",
        "`2500`",
        "`CHARGEBACK`; the dispute's `lifecycle_state`",
    ),
    row(
        "the network's answer to a chargeback",
        "none",
        "`ONGOING`, then `WON` after 45 days; setting `dispute_answer_days`",
    ),
];
