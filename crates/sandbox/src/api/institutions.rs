//! Institutions: which bank is behind a routing number, and what it takes.
//!
//! The sandbox knows its own two banks and, by the check digit, whether any other number could be
//! one; the register of real banks is not in it.

use serde_json::json;
use synctera_api::v2::types;

use crate::domain::accounts::BANK_ROUTING;
use crate::domain::external_accounts::{BANK_NAME, LINKED_ROUTING, is_aba};
use crate::model::{Ctx, Outcome, Reply, Served, build, texts};

pub(crate) const SERVED: &[Served] = &[Served::new("list_institutions", list)];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let asked = |name: &str| ctx.request.query.get(name).map(texts).unwrap_or_default();
    let is_asked_for = asked("country_codes").contains(&"US");
    let known =
        asked("routing_numbers").into_iter().filter(|number| is_asked_for && is_aba(number));
    let institutions = known
        .map(|number| {
            let name = match number {
                BANK_ROUTING => "Sandbox Bank".to_owned(),
                LINKED_ROUTING => BANK_NAME.to_owned(),
                other => format!("Bank {other}"),
            };
            build(json!({
                "name": name, "country_codes": ["US"],
                "routing_identifiers": [
                    { "routing_number": number, "payment_rails": ["ACH", "WIRE"] },
                ],
            }))
        })
        .collect::<Result<Vec<types::Institution>, _>>()?;
    Reply::json(200, &build::<types::InstitutionList>(json!({ "institutions": institutions }))?)
}
