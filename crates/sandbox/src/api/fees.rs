//! Fees: charged to an account by a template, into an internal account of the program.
//!
//! A fee is posted at once. It is no payment of the customer's: it needs no rail and counts for no
//! spend control. A reversal is a fee of its own, with the subtype of the fee and `_REVERSAL`.

use synctera_api::v2::types;

use crate::domain::charges::{self, ChargeKind};
use crate::domain::fees::{FEE, Fee};
use crate::domain::listing::{List, as_stored};
use crate::domain::side::Side;
use crate::model::{Ctx, Kind, Outcome, Reply, Resource, Served};

const TEMPLATE: Kind = Kind { name: "fee template", id: "id", keys: &[("subtype", "/subtype")] };

/// What fees are made from.
enum FeeTemplate {}

impl Resource for FeeTemplate {
    const KIND: &'static Kind = &TEMPLATE;
    type Wire = types::FeeTemplate;
    type Facts = ();
}

/// A fee leaves the customer's account.
const CHARGE: ChargeKind = ChargeKind { name: "fee", side: Side::Debited };

const ON_ONE: &[(&str, &Kind)] = &[("fee_id", &FEE)];
const ON_TEMPLATE: &[(&str, &Kind)] = &[("fee_template_id", &TEMPLATE)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_fee_templates", list_templates),
    Served::new(
        "create_fee_template",
        charges::create_template::<types::NewFeeTemplate, FeeTemplate>,
    )
    .ruled(charges::errors_of_amount),
    Served::on("get_fee_template", ON_TEMPLATE, |ctx| {
        Reply::json(200, &ctx.find_in_url::<FeeTemplate>("fee_template_id")?.wire)
    }),
    Served::on("update_fee_template", ON_TEMPLATE, |ctx| {
        charges::update_template::<types::FeeTemplatePatch, FeeTemplate>(ctx, "fee_template_id")
    })
    .ruled(charges::errors_of_amount),
    Served::new("list_fees", list),
    Served::new("create_fee", |ctx| {
        charges::create::<types::NewFee, FeeTemplate, Fee>(ctx, &CHARGE)
    })
    .ruled(charges::errors_of_amount),
    Served::on("get_fee", ON_ONE, |ctx| Reply::json(200, &ctx.find_in_url::<Fee>("fee_id")?.wire)),
    Served::on("reverse_fee", ON_ONE, |ctx| {
        charges::reverse::<types::FeeReversal, Fee>(ctx, &CHARGE, "fee_id")
    })
    .ruled(charges::errors_of_reversal),
];

fn list_templates(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TEMPLATE,
        items: "fee_templates",
        filters: charges::TEMPLATE_FILTERS,
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::FeeTemplateList>(ctx)
}

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &FEE,
        items: "fees",
        filters: &charges::filters("fee_template_id"),
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::FeeList>(ctx)
}
