//! What a party is to the bank.

use serde_json::Value;

use crate::domain::accounts::holders;
use crate::model;
use crate::model::{ApiError, Ctx, text};

/// What a party is to the bank, by what is on file.
pub(crate) fn classifications(ctx: &Ctx<'_>, body: &Value) -> Result<Vec<&'static str>, ApiError> {
    let mut classes = Vec::new();
    let is_customer = body["is_customer"] == true;
    if is_customer && body.get("customer_active").is_none() {
        classes.push("PROSPECT");
    } else if is_customer {
        let is_gone = matches!(
            text(body, "status"),
            "INACTIVE" | "DORMANT" | "DECEASED" | "ESCHEAT" | "DENIED" | "CANCELLED" | "DISSOLVED"
        );
        classes.push(if is_gone { "INACTIVE_BANK_CUSTOMER" } else { "BANK_CUSTOMER" });
    }
    if holders::is_authorized_user(ctx, text(body, "id"))? {
        classes.push("AUTHORIZED_USER");
    }
    Ok(classes)
}

/// Whether a party is of one of the classes that a list asks for.
pub(crate) fn is_of_class(ctx: &Ctx<'_>, rendered: &Value) -> bool {
    let wanted = ctx.request.query.get("classifications").map_or(Vec::new(), model::texts);
    let classes = model::texts(&rendered["classifications"]);
    wanted.is_empty() || wanted.iter().any(|class| classes.contains(class))
}
