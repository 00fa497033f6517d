//! What was done just now: a text in the URL of the page that is shown afterward.

use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use percent_encoding::percent_decode_str;

use crate::access::{is_mark, mark};
use crate::context::{Context, encoded};

/// The members of a query with the text, and with its mark.
const DONE: &str = "done";
const MARK: &str = "mark";

/// A redirect to a page that says what was done: a reload does not do it again.
pub(crate) fn redirect(context: &Context, page: &str, done: &str) -> Response {
    // The page's own path, without what is before the console.
    let path = page.strip_prefix(context.bank.prefix()).unwrap_or(page);
    let mark = mark(context.bank.secret(), context.operator.session.as_deref(), (path, done));
    let to = format!("{page}?{DONE}={}&{MARK}={mark}", encoded(done));
    Redirect::to(&to).into_response()
}

/// The notice, if the URL of the page has a text that this server wrote there.
pub(crate) fn notice(context: &Context) -> Option<Markup> {
    let (path, query) = context.here.split_once('?')?;
    let member = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(known, _)| *known == name)?;
        percent_decode_str(value).decode_utf8().ok()
    };
    let (text, given) = (member(DONE)?, member(MARK)?);
    let session = context.operator.session.as_deref();
    is_mark(context.bank.secret(), session, (path, &text), &given).then(|| {
        html! { div .notice data-tone="good" role="status" { p { (text) } } }
    })
}
