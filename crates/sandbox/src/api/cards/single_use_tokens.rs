//! Tokens with which a customer handles the cards of an account in the processor's own pages.

use synctera_api::v0::types::{SingleUseToken, SingleUseTokenRequest};

use crate::api::cards;
use crate::domain::accounts::holders;
use crate::domain::{accounts, rules};
use crate::model::{Ctx, Outcome, Reply, Served, build};

pub(crate) const SERVED: &[Served] = &[Served::new("create_single_use_token", create)];

fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: SingleUseTokenRequest = ctx.body()?;
    let account = accounts::named(ctx, asked.account_id, "account_id")?;
    let customer = asked.customer_id.to_string();
    rules::check_customer(ctx, &account, &customer, "customer_id")?;
    let (token, expires) = cards::single_use_token(ctx, asked.customer_id)?;
    let token: SingleUseToken = build(serde_json::json!({
        "token": token, "expires": expires,
        "customer_account_mapping_id": holders::tie(ctx, &account, &customer)?,
    }))?;
    Reply::json(201, &token)
}
