//! Cards, as they are stored, and which status may follow which.

use crate::model::Kind;

/// The job in which an automatic order leaves.
pub(crate) const LEAVE: &str = "card_bulk_order.leave";

/// Cards, stored flat: the members of `card_details`, and the type.
pub(crate) const CARD: Kind = Kind {
    name: "card",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("customer", "/customer_id"),
        ("product", "/card_product_id"),
        ("status", "/card_status"),
        ("form", "/form"),
        ("brand", "/card_brand"),
        ("last_four", "/last_four"),
        ("barcode", "/barcode"),
        ("code", "/activation_code"),
        ("image", "/card_image_id"),
        ("bulk_order_config", "/bulk_order_config_id"),
        ("bulk_order", "/fulfillment_details/bulk_order_id"),
        ("expiration", "/expiration_date"),
    ],
};

/// What an integrator can make of a status. The end is the end.
pub(crate) fn next(status: &str) -> &'static [&'static str] {
    match status {
        "ACTIVE" => &["SUSPENDED", "TERMINATED"],
        "SUSPENDED" => &["ACTIVE", "TERMINATED"],
        "UNACTIVATED" | "PENDING" => &["SUSPENDED", "TERMINATED"],
        _ => &[],
    }
}
