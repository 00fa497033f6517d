//! From a generated client to its transport.

use super::error::Error;
use super::key::IdempotencyKey;
use super::operation::Operation;
use super::transport::{Call, CallOptions, Inner, Transport};

/// The transport and the options with which a generated client sends a call.
pub struct Route<'a> {
    /// What is called.
    pub operation: &'static Operation,
    /// The transport and the options of the client.
    pub inner: &'a Inner,
    /// What requests are built with.
    pub http: &'a reqwest::Client,
    /// The key that the caller chose for this call.
    pub key: Option<IdempotencyKey>,
    /// The options of this call, if they differ from those of the client.
    pub options: Option<CallOptions>,
}

impl Route<'_> {
    /// The URL of the call, which starts with the client's base URL.
    pub fn url(&self, base: &str, address: &str) -> Result<reqwest::Url, Error> {
        if let Some(url) = self.inner.base().address(base, address) {
            return Ok(url);
        }
        // An invalid URL is reported when the request is sent.
        let request = self.http.get(address).build();
        request.map(|request| request.url().clone()).map_err(|e| Error::build(self.operation.id, e))
    }

    /// A request as the transport takes it.
    pub(crate) fn call(&self, request: reqwest::Request) -> Call<'_> {
        let options = self.options.as_ref().unwrap_or_else(|| self.inner.options());
        let idempotency_key = self.key.as_ref();
        Call { idempotency_key, ..Call::new(self.http, request, self.operation, options) }
    }

    /// What carries its requests.
    pub(crate) fn transport(&self) -> &dyn Transport {
        self.inner.transport()
    }
}

/// Declares the parts that all generated clients have in common, in the module of the client.
#[doc(hidden)]
#[macro_export]
macro_rules! client {
    () => {
        impl Client {
            /// The same client, with options for the calls made through it instead of its own.
            #[must_use]
            pub fn with_options(&self, options: $crate::CallOptions) -> Self {
                let inner = self.inner().with_options(options);
                Self::new_with_client(self.baseurl(), self.client().clone(), inner)
            }

            /// The options of the calls made through this client.
            pub fn options(&self) -> &$crate::CallOptions {
                self.inner().options()
            }

            fn route(&self, operation: &'static $crate::Operation) -> $crate::Route<'_> {
                $crate::Route {
                    operation,
                    inner: self.inner(),
                    http: self.client(),
                    key: None,
                    options: None,
                }
            }
        }
    };
}
