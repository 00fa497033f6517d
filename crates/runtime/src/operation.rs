//! The description of an operation.

/// An operation: a row of the generated table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The name of the method.
    pub id: &'static str,
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The path template, without the version prefix.
    pub path: &'static str,
    /// The family it belongs to.
    pub family: &'static str,
    /// The document lists the `Idempotency-Key` header for it.
    pub lists_idempotency: bool,
    /// The property of the response with the items of a page, for a list that has pages.
    pub page_items: Option<&'static str>,
    /// How its body is sent.
    pub body: BodyKind,
    /// What a successful response contains.
    pub answer: AnswerKind,
}

/// How the body of a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// As JSON, if there is one.
    Json,
    /// As `multipart/form-data`.
    Form,
    /// As bytes of another media type.
    Bytes,
}

/// What a successful response contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
    /// Nothing, according to the document.
    Nothing,
    /// JSON.
    Json,
    /// Bytes of another media type, streamed.
    Bytes,
}

impl Operation {
    /// A row of the generated table, with the fields in their order.
    #[doc(hidden)]
    #[allow(clippy::too_many_arguments, reason = "generated code writes them")]
    pub const fn row(
        id: &'static str,
        method: &'static str,
        path: &'static str,
        family: &'static str,
        lists_idempotency: bool,
        page_items: Option<&'static str>,
        body: BodyKind,
        answer: AnswerKind,
    ) -> Self {
        Self { id, method, path, family, lists_idempotency, page_items, body, answer }
    }

    /// Whether it is a write.
    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// Whether the same request, sent again under the same idempotency key, cannot act twice: a read,
    /// a `PUT`, a `DELETE`, or a write of which the document lists the key.
    pub fn is_repeatable(&self) -> bool {
        self.lists_idempotency || self.is_idempotent()
    }

    /// Whether the same request cannot act twice, also without a key.
    pub(super) fn is_idempotent(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "PUT" | "DELETE")
    }

    /// Whether the platform has it only in its sandbox: simulations of what others do, the start of
    /// a test, and the wiping of a workspace.
    pub fn is_sandbox_only(&self) -> bool {
        self.family == "sandbox"
            || self.path.split('/').any(|segment| segment.ends_with("simulations"))
            || self.path.ends_with("/authorization_test")
    }
}
