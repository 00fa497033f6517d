//! Tokens with which a customer handles the cards of an account in the processor's own pages.

use serde_json::json;
use synctera_api::v0::types;

use crate::api::cards;
use crate::domain::accounts::holders;
use crate::domain::{accounts, rules};
use crate::model::{Ctx, Outcome, Reply, Served, text, timestamp};

pub(crate) const SERVED: &[Served] = &[Served::new("create_single_use_token", create)];

fn create(ctx: &Ctx<'_>) -> Outcome {
    let account = accounts::referred(ctx, text(&ctx.request.body, "account_id"), "account_id")?;
    let customer = text(&ctx.request.body, "customer_id");
    rules::check_customer(ctx, &account, customer, "customer_id")?;
    let (token, expires) = cards::single_use_token(ctx, customer)?;
    Reply::created::<types::SingleUseToken>(json!({
        "token": token, "expires": timestamp(expires),
        "customer_account_mapping_id": holders::tie(ctx, &account, customer)?,
    }))
}
