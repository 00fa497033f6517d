//! What became of a card, change by change.

use synctera_api::v0::types;

use crate::api::cards::CHANGE;
use crate::domain::cards::CARD;
use crate::domain::listing::{List, as_stored};
use crate::model::{Ctx, Kind, Outcome, Served};
use crate::store::Filter;

const ON_CARD: &[(&str, &Kind)] = &[("card_id", &CARD)];
pub(crate) const SERVED: &[Served] = &[Served::on("list_card_changes", ON_CARD, list)];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let card = ctx.parameter("card_id").to_owned();
    List {
        kind: &CHANGE,
        items: "changes",
        filters: &[],
        always: vec![Filter { name: "card".to_owned(), values: vec![card] }],
        view: &as_stored,
    }
    .reply::<types::CardChangeList>(ctx)
}
