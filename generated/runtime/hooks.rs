//! The generated clients' hooks lead to the transport.
//!
//! `ClientHooks::exec` may only answer what the HTTP client itself answers, which has no room for
//! a transport's own failures and traces. Both travel as extensions of the response: beside a real
//! answer, or on an empty one that stands for the answer that never came. [`super::send`] takes
//! them off again.

use bytes::Bytes;
use progenitor_client::OperationInfo;

use super::operation::Operation;
use super::transport::{Call, Failure, FailureKind, Inner};

/// A body that the transport has read.
#[derive(Clone)]
pub(crate) struct Whole(pub(crate) Bytes);

/// Hands a generated call to the transport.
pub(crate) async fn carry(
    inner: &Inner,
    http: &reqwest::Client,
    operations: &'static [Operation],
    request: reqwest::Request,
    info: &OperationInfo,
) -> reqwest::Response {
    let outcome = match Operation::find(operations, info.operation_id) {
        Some(operation) => {
            let call = Call::new(http, request, operation, inner.options());
            inner.transport().execute(call).await
        }
        None => Err(Failure::new(
            FailureKind::Configuration,
            format!("{} is not in the table of operations", info.operation_id),
        )),
    };
    match outcome {
        Ok(mut answer) => {
            answer.response.extensions_mut().insert(answer.trace);
            if let Some(body) = answer.body {
                answer.response.extensions_mut().insert(Whole(body));
            }
            answer.response
        }
        Err(failure) => {
            let mut stand_in =
                reqwest::Response::from(http::Response::new(reqwest::Body::default()));
            stand_in.extensions_mut().insert(failure);
            stand_in
        }
    }
}

/// The hooks of the client that the generated code around the call defines.
macro_rules! hooks {
    () => {
        impl progenitor_client::ClientHooks<crate::runtime::Inner> for Client {
            async fn exec(
                &self,
                request: reqwest::Request,
                info: &progenitor_client::OperationInfo,
            ) -> reqwest::Result<reqwest::Response> {
                let (inner, http) = (self.inner(), self.client());
                Ok(crate::runtime::carry(inner, http, &OPERATIONS, request, info).await)
            }
        }

        impl Client {
            /// The same client, with options for the calls made through it instead of its own.
            #[must_use]
            pub fn with_options(&self, options: crate::runtime::CallOptions) -> Self {
                let inner = self.inner().with_options(options);
                Self::new_with_client(self.baseurl(), self.client().clone(), inner)
            }

            /// The options of the calls made through this client.
            pub fn options(&self) -> &crate::runtime::CallOptions {
                self.inner().options()
            }
        }
    };
}
pub(crate) use hooks;
