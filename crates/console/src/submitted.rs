//! Forms that an operator sent.

use std::collections::BTreeMap;

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};

use crate::access::is_token;
use crate::context::Context;
use crate::failure::Failure;
use crate::texts::{failures, operators, sign_in};

/// The field of a form with its token.
pub(crate) const TOKEN: &str = "_token";

/// A form that was sent from a page made for this operator, since the last start.
pub(crate) struct Submitted {
    pub(crate) context: Context,
    pub(crate) given: BTreeMap<String, String>,
}

impl Submitted {
    /// A field, without blanks around it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.given.get(name).map(|text| text.trim()).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let context = Context::from_request_parts(&mut parts, state).await;
        let context = context.map_err(IntoResponse::into_response)?;
        let form =
            Form::<BTreeMap<String, String>>::from_request(Request::from_parts(parts, body), state);
        let given = match form.await {
            Ok(Form(given)) => given,
            Err(why) => {
                let mut failure = Failure::bad(sign_in::no_page_because(why.status().as_u16()));
                failure.status = why.status();
                return Err(failure.of_page(&context));
            }
        };
        let token = given.get(TOKEN).map_or("", String::as_str);
        if !is_token(context.bank.secret(), context.operator.session.as_deref(), token) {
            context.record(operators::WRONG_TOKEN_ACTION, None, &context.here, 403).await;
            return Err(Failure::forbidden(failures::OLD_FORM).of_page(&context));
        }
        Ok(Self { context, given })
    }
}
