//! The checks of parties.

use super::table::{SteeringRow, SteeringSection, row};

pub(super) const VERIFICATION_OF_A_PERSON: SteeringSection = SteeringSection {
    title: "Verification of a person",
    about: "`POST /v2/verifications/verify`; the result is the `verification_status`: that of the worst check.
With a document: with a `document_id` from `POST /v2/verifications/docv_session`. No social security
number decides a check.",
    rows: VERIFICATION_OF_A_PERSON_ROWS,
};

const VERIFICATION_OF_A_PERSON_ROWS: &[SteeringRow] = &[
    row("`last_name`", "`Rejected`", "`REJECTED`; the identity check"),
    row("`last_name`", "`Review`", "`REVIEW`"),
    row(
        "`last_name`",
        "`Pending`",
        "`PENDING`, then `ACCEPTED` after 60 minutes; setting `pending_verification_minutes`",
    ),
    row("`last_name`", "`Provisional`", "`PROVISIONAL`"),
    row("`last_name`", "`VENDOR_ERROR`", "`PENDING`; the vendor gives no result"),
    row("`last_name`", "`Accepted`, `Byron`", "`ACCEPTED`; like any other name"),
    row("`first_name`", "`Rejected`", "`REJECTED`; the watchlist check"),
    row("`first_name`", "`Review`", "`REVIEW`"),
    row("`first_name`", "`Pending`", "`PENDING`, then `ACCEPTED` after 60 minutes"),
    row("`first_name`", "`Provisional`", "`PROVISIONAL`"),
    row("`middle_name`, with a document", "`Rejected`", "`REJECTED`; the document"),
    row("`middle_name`, with a document", "`Review`", "`REVIEW`"),
    row(
        "`middle_name`, with a document",
        "`Pending`",
        "`PENDING`, then `ACCEPTED` after 60 minutes",
    ),
    row("`middle_name`, with a document", "`Provisional`", "`PROVISIONAL`"),
    row(
        "`last_name`, with a document",
        "`Review`, `Pending`, `Provisional`",
        "`ACCEPTED`; a document confirms a doubtful identity",
    ),
    row(
        "`last_name`, with a document",
        "`Rejected`",
        "`REJECTED`; a document does not help a rejected identity",
    ),
    row("`first_name`, with a document", "`Review`", "`REVIEW`; nor a match on a watchlist"),
];

pub(super) const VERIFICATION_OF_A_BUSINESS: SteeringSection = SteeringSection {
    title: "Verification of a business",
    about: "`POST /v2/verifications/verify`, of a business with one owner, who is accepted.",
    rows: VERIFICATION_OF_A_BUSINESS_ROWS,
};

const VERIFICATION_OF_A_BUSINESS_ROWS: &[SteeringRow] = &[
    row("`entity_name`", "`Unregistered Business`", "`REJECTED`"),
    row("`entity_name`", "`Similar Name Business`", "`REVIEW`"),
    row("`entity_name`", "`Analytical Engines`", "`ACCEPTED`; like any other name"),
    row("`legal_address`", "`123 Grand St., New York, NY 10013`", "`REJECTED`"),
    row("`legal_address`", "`223 Grand St., New York, NY 10013`", "`REVIEW`"),
    row("`legal_address`", "`423 Grand St., New York, NY 10013`", "`REVIEW`"),
    row("`address_line_1` or `address_line_2` contains", "`undeliverable`", "`REJECTED`"),
    row("`address_line_1` or `address_line_2` contains", "`cmra`, `registered agent`", "`REVIEW`"),
    row("`ein`", "`110000099`, `11-0000099`", "`REJECTED`; the number of another business"),
    row("`ein`", "`111222333`, `11-1222333`", "`REJECTED`; an unknown number"),
    row(
        "`last_name` of the owner",
        "`Rejected`, `Review`, `Pending`, `Provisional`",
        "`REVIEW`; a business waits for its owners",
    ),
    row("owners", "none", "`REVIEW`"),
];

pub(super) const OTHER_CHECKS_OF_PARTIES: SteeringSection = SteeringSection {
    title: "Other checks of parties",
    about: "Ad hoc checks are `POST /v2/verifications/adhoc`, monitoring `POST /v2/monitoring/subscriptions`,
prefill `POST /v0/persons/{person_id}/prefill`, risk ratings `GET /v2/crr`.",
    rows: OTHER_CHECKS_OF_PARTIES_ROWS,
};

const OTHER_CHECKS_OF_PARTIES_ROWS: &[SteeringRow] = &[
    row(
        "`first_name` of an authorized user",
        "`Rejected`, `Review`, `Pending`, `Provisional`",
        "`CUSTOMER_NOT_VERIFIED`; the relationship is refused",
    ),
    row("`first_name` of a payee", "`Rejected`", "`REJECTED`; the ad hoc check"),
    row("`first_name` of a payee", "`Review`", "`REVIEW`"),
    row("`first_name` of a payee", "`Grace`", "`ACCEPTED`; like any other name"),
    row("`entity_name` of a payee", "`Rejected`", "`REJECTED`"),
    row(
        "`last_name` of a monitored person",
        "`Alert`",
        "`0` alerts, then `1` at 06:00 Eastern 1 banking day later",
    ),
    row(
        "`entity_name` of a monitored business",
        "`Alert`",
        "`0` alerts, then `1` at 06:00 Eastern 1 banking day later",
    ),
    row(
        "`last_name` of a person with a risk rating",
        "`Byron`",
        "`LOW`; it follows the verification and the country",
    ),
    row("`last_name` of a person with a risk rating", "`Review`", "`MEDIUM`"),
    row("`last_name` of a person with a risk rating", "`Rejected`", "`HIGH`"),
    row("`ssn_last4` of a prefill", "`0000`", "`false`; no one is found"),
    row("`ssn_last4` of a prefill", "`1234`", "`true`; the rest of the number is invented"),
];
