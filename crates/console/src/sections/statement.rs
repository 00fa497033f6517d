//! The lines of a statement.

use maud::{Markup, html};

use crate::context::{Context, encoded};
use crate::resources;
use crate::table;
use crate::texts::{self, sections};

pub(super) async fn show(context: &Context, id: &str) -> Markup {
    let target = format!("/v2/statements/{}/transactions?limit=100", encoded(id));
    let lines = context.items(&target, "result").await;
    html! {
        section {
            h2 { (texts::TRANSACTIONS) }
            @match resources::find("transactions").filter(|_| !lines.is_empty()) {
                Some(resource) => (table::of_resource(context, resource, &lines)),
                None => p .empty { (sections::NO_TRANSACTIONS) }
            }
        }
    }
}
