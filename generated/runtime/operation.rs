//! What is known of an operation beside its types.

/// A row of the generated table of operations.
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
    /// The property of the answer that holds a page's items, when it pages.
    pub page_items: Option<&'static str>,
    /// How its body travels.
    pub body: BodyKind,
    /// What a success brings.
    pub answer: AnswerKind,
}

/// How a request body travels.
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

/// What a success brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
    /// Nothing that the document promises.
    Nothing,
    /// JSON.
    Json,
    /// Bytes of another media type, handed over as they arrive.
    Bytes,
}

impl Operation {
    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// Whether the platform has it in its sandbox only: what simulates others' actions, what starts
    /// a test, and what wipes a workspace.
    pub fn is_sandbox_only(&self) -> bool {
        self.family == "sandbox"
            || self.path.split('/').any(|segment| segment.ends_with("simulations"))
            || self.path.ends_with("/authorization_test")
    }
}
