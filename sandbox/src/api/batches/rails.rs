//! How a batch is paid: by the same operation that a client would call.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::api::batches::template::Template;
use crate::domain::external_accounts::ExternalAccount;
use crate::model::{ApiError, Ctx, Handler, Record, Reply, patch};

pub(super) const ACH: &str = "ACH";
pub(super) const EFT_CA: &str = "EFT_CA";
pub(super) const WIRE: &str = "WIRE";

/// The rails that a template can name.
pub(super) const RAILS: [&str; 3] = [ACH, EFT_CA, WIRE];

/// The operations that pay a batch, by rail.
#[derive(Clone, Copy)]
pub(crate) struct Rails {
    pub(crate) ach: Handler,
    pub(crate) eft_ca: Handler,
    pub(crate) wire: Handler,
}

/// What is to be paid: an amount from a template's settlement account to its external account.
pub(super) struct Order<'a> {
    pub(super) template: &'a Record<Template>,
    pub(super) external: &'a Record<ExternalAccount>,
    /// In minor units.
    pub(super) amount: i64,
    pub(super) currency: &'a str,
}

fn rail(template: &Record<Template>) -> String {
    template.rules.payment_rail.as_deref().unwrap_or_default().to_uppercase()
}

/// The body for a rail; none if the template's parameters do not make one.
pub(super) fn body(order: &Order<'_>) -> Result<Option<Value>, ApiError> {
    let config = &order.template.config;
    let mut body = order.template.parameters();
    let rail = rail(order.template);
    let owner = order.external.account_owner_names.first();
    let shared = json!({
        "amount": order.amount, "customer_id": config.settlement_customer_id,
        "originating_account_id": config.settlement_account_id,
    });
    patch(&mut body, shared);
    match rail.as_str() {
        ACH => {
            let own = json!({
                "currency": order.currency, "dc_sign": "credit",
                "receiving_account_id": config.external_account_id,
            });
            patch(&mut body, own);
            read::<types::NewOutgoingAch>(body)
        }
        WIRE => {
            let mut whole = json!({ "recipient_message": order.template.name });
            patch(&mut whole, body);
            let own = json!({
                "currency": order.currency, "receiving_account_id": config.external_account_id,
            });
            patch(&mut whole, own);
            read::<types::NewWire>(whole)
        }
        EFT_CA => {
            let own = json!({
                "dc_sign": "CREDIT", "destination_account_id": config.external_account_id,
                "originating_account_owner_name": owner, "destination_account_owner_name": owner,
            });
            patch(&mut body, own);
            read::<types::NewEftCaTransfer>(body)
        }
        rail => Err(ApiError::Internal(format!("a batch over the rail {rail}"))),
    }
}

/// A body as the operation takes it, if it does.
fn read<T: Serialize + DeserializeOwned>(body: Value) -> Result<Option<Value>, ApiError> {
    let Ok(body) = serde_json::from_value::<T>(body) else {
        return Ok(None);
    };
    serde_json::to_value(body).map(Some).map_err(|e| ApiError::Internal(e.to_string()))
}

impl Rails {
    /// Pays; the reply of the operation. What it recorded is the caller's.
    pub(super) fn pay(self, ctx: &Ctx<'_>, order: &Order<'_>) -> Result<Reply, ApiError> {
        let handler = match rail(order.template).as_str() {
            EFT_CA => self.eft_ca,
            WIRE => self.wire,
            _ => self.ach,
        };
        let Some(body) = body(order)? else {
            return Err(ApiError::Internal("a template whose parameters fit no rail".to_owned()));
        };
        let ordered = ctx.ordering(body);
        let reply = handler(&ordered);
        ctx.absorb(&ordered);
        reply
    }
}
