//! Tables of resources.

use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::field::Field;
use crate::format::{plain, short_id};
use crate::lookup;
use crate::resource::Resource;
use crate::texts;

/// Rows of a resource, each with a link to its page.
pub(crate) async fn of_resource(context: &Context, resource: &Resource, rows: &[Value]) -> Markup {
    lookup::names(context, resource.columns, rows).await;
    let link = |row: &Value| {
        let id = row.pointer(resource.id).map(plain).filter(|_| !resource.item.is_empty())?;
        Some((context.page(&format!("{}/{}", resource.name, encoded(&id))), id))
    };
    html! {
        div .scroll tabindex="0" role="region" aria-label=(resource.many) {
            table {
                thead {
                    tr {
                        th scope="col" { (texts::ID) }
                        @for column in resource.columns { (heading(column)) }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" {
                                @if let Some((href, id)) = link(row) {
                                    a href=(href) title=(id) { (short_id(&id)) }
                                } @else if let Some(id) = row.pointer(resource.id).map(plain) {
                                    span title=(id) { (short_id(&id)) }
                                }
                            }
                            @for column in resource.columns { (cell(context, column, row)) }
                        }
                    }
                }
            }
        }
    }
}

/// Rows with these columns and no page.
pub(crate) async fn plain_rows(
    context: &Context,
    label: &str,
    columns: &[Field],
    rows: &[Value],
) -> Markup {
    lookup::names(context, columns, rows).await;
    html! {
        div .scroll tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for column in columns { (heading(column)) } } }
                tbody {
                    @for row in rows {
                        tr { @for column in columns { (cell(context, column, row)) } }
                    }
                }
            }
        }
    }
}

fn heading(column: &Field) -> Markup {
    html! { th scope="col" .number[column.is_number()] { (column.label) } }
}

fn cell(context: &Context, column: &Field, row: &Value) -> Markup {
    html! { td .number[column.is_number()] { (column.show(context, row)) } }
}

/// The fields of one resource that it has.
pub(crate) async fn details(context: &Context, fields: &[Field], of: &Value) -> Markup {
    lookup::names(context, fields, std::slice::from_ref(of)).await;
    html! {
        dl {
            @for field in fields {
                @if field.is_there(of) {
                    div { dt { (field.label) } dd { (field.show_revealable(context, of)) } }
                }
            }
        }
    }
}
