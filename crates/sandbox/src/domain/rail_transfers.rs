//! What transfers of all kinds over a rail are found and listed by, as EFT Canada's and those of cash.

use crate::domain::listing::By;

/// The keys of a kind of transfer. Its currency, which lists are filtered by, is a fact.
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("amount", "/amount"),
    ("currency", "/_facts/currency"),
    ("customer", "/customer_id"),
    ("dc_sign", "/dc_sign"),
    ("destination", "/destination_account_id"),
    ("destination_number", "/destination_account_number"),
    ("destination_owner", "/destination_account_owner_name"),
    ("effective_date", "/effective_date"),
    ("network_status", "/network_status"),
    ("originating", "/originating_account_id"),
    ("originating_number", "/originating_account_number"),
    ("originating_owner", "/originating_account_owner_name"),
    ("posting_date", "/posting_date"),
    ("reference", "/reference_id"),
    ("status", "/status"),
    ("subtype", "/subtype"),
];

/// The filters of their lists, by those keys.
pub(crate) const FILTERS: &[(&str, By)] = &[
    ("id", By::Key("id")),
    ("bank_id", By::Elsewhere),
    ("partner_id", By::Elsewhere),
    ("amount", By::Key("amount")),
    ("min_amount", By::AtLeast("/amount")),
    ("max_amount", By::AtMost("/amount")),
    ("currency", By::Key("currency")),
    ("customer_id", By::Key("customer")),
    ("dc_sign", By::Key("dc_sign")),
    ("destination_account_id", By::Key("destination")),
    ("destination_account_number", By::Key("destination_number")),
    ("destination_account_owner_name", By::Key("destination_owner")),
    ("originating_account_id", By::Key("originating")),
    ("originating_account_number", By::Key("originating_number")),
    ("originating_account_owner_name", By::Key("originating_owner")),
    ("effective_date", By::Key("effective_date")),
    ("from_effective_date", By::From("/effective_date")),
    ("to_effective_date", By::To("/effective_date")),
    ("posting_date", By::Key("posting_date")),
    ("from_posting_date", By::From("/posting_date")),
    ("to_posting_date", By::To("/posting_date")),
    ("is_same_day", By::Equals("/is_same_day")),
    ("network_status", By::Key("network_status")),
    ("reference_id", By::Key("reference")),
    ("status", By::Key("status")),
    ("subtype", By::Key("subtype")),
];
