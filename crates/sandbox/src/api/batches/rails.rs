//! How a batch is paid: by the same operation that a client would call.

use serde_json::{Value, json};
use synctera_api::Operation;

use crate::api::batches::template::Template;
use crate::domain::external_accounts::ExternalAccount;
use crate::model::{ApiError, Ctx, Handler, Record, Reply, patch};
use crate::spec::{FieldErrors, Interface, Spec};

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

/// The operation of the rail of a template.
fn operation(rail: &str) -> Option<&'static Operation> {
    let id = match rail {
        ACH => "create_outgoing_ach",
        EFT_CA => "create_eft_ca_transfer",
        WIRE => "create_wire",
        _ => return None,
    };
    Interface::V2.operations().iter().find(|operation| operation.id == id)
}

/// What the batch says to its rail, whatever the parameters of the template say.
fn own_members(order: &Order<'_>) -> Value {
    let config = &order.template.config;
    let mut members = json!({
        "amount": order.amount, "customer_id": config.settlement_customer_id,
        "originating_account_id": config.settlement_account_id,
    });
    let of_rail = match rail(order.template).as_str() {
        EFT_CA => {
            let owner = order.external.account_owner_names.first();
            json!({
                "dc_sign": "CREDIT", "destination_account_id": config.external_account_id,
                "originating_account_owner_name": owner, "destination_account_owner_name": owner,
            })
        }
        WIRE => json!({
            "currency": order.currency, "receiving_account_id": config.external_account_id,
        }),
        _ => json!({
            "currency": order.currency, "dc_sign": "credit",
            "receiving_account_id": config.external_account_id,
        }),
    };
    patch(&mut members, of_rail);
    members
}

/// The body for the rail of a template.
fn body(order: &Order<'_>) -> Value {
    let mut body = match rail(order.template).as_str() {
        WIRE => json!({ "recipient_message": order.template.name }),
        _ => json!({}),
    };
    patch(&mut body, order.template.parameters());
    patch(&mut body, own_members(order));
    body
}

/// What is wrong with the parameters of a template, by the document of its rail's operation.
pub(super) fn errors_of(order: &Order<'_>) -> FieldErrors {
    let Some(operation) = operation(&rail(order.template)) else {
        return FieldErrors::default();
    };
    let spec = Spec::of(Interface::V2);
    let mut errors = spec.check_request(operation, &body(order));
    let own = own_members(order);
    for (name, _) in order.template.parameters().as_object().into_iter().flatten() {
        if own.get(name).is_some() {
            errors.merge(FieldErrors::invalid(name, "is set by the batch"));
        } else if !spec.takes(operation, name) {
            errors.merge(FieldErrors::invalid(name, "is no parameter of the payment rail"));
        }
    }
    errors.under("extra_rail_params")
}

impl Rails {
    /// Pays; the reply of the operation. What it recorded is the caller's.
    pub(super) fn pay(self, ctx: &Ctx<'_>, order: &Order<'_>) -> Result<Reply, ApiError> {
        let handler = match rail(order.template).as_str() {
            EFT_CA => self.eft_ca,
            WIRE => self.wire,
            _ => self.ach,
        };
        let ordered = ctx.ordering(body(order));
        let reply = handler(&ordered);
        ctx.absorb(&ordered);
        reply
    }
}
