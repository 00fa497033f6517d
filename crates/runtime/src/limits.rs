//! How much of what a server sends is read, kept and quoted.

/// How much of what a server sends a client reads and quotes, so that no response can exhaust the
/// memory or flood a log. Set with `Builder::limits`.
///
/// | limit | unless set |
/// |---|---|
/// | [`success_body`](Self::success_body) | 64 MiB |
/// | [`download`](Self::download) | 64 MiB |
/// | [`error_body`](Self::error_body) | 64 KiB |
/// | [`quoted_text`](Self::quoted_text) | 500 characters |
///
/// The head of a response is bounded by the HTTP client: 100 headers of about 400 KB in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(super) success_body: usize,
    pub(super) download: usize,
    pub(super) error_body: usize,
    pub(super) quoted_text: usize,
}

impl Limits {
    /// The default limits.
    pub const fn new() -> Self {
        Self {
            success_body: 64 * 1024 * 1024,
            download: 64 * 1024 * 1024,
            error_body: 64 * 1024,
            quoted_text: 500,
        }
    }

    /// Bytes of a successful response that is decoded. A longer one ends the call with
    /// [`ResponseTooLarge`](super::ErrorKind::ResponseTooLarge): the platform did act.
    #[must_use]
    pub const fn success_body(mut self, bytes: usize) -> Self {
        self.success_body = bytes;
        self
    }

    /// Bytes of a download that [`ByteStream::collect`](super::ByteStream::collect) keeps in memory;
    /// a longer one is [`ResponseTooLarge`](super::ErrorKind::ResponseTooLarge).
    /// [`collect_up_to`](super::ByteStream::collect_up_to) accepts a longer one, and reading it chunk by
    /// chunk has no limit.
    #[must_use]
    pub const fn download(mut self, bytes: usize) -> Self {
        self.download = bytes;
        self
    }

    /// Bytes of the body of an error. A longer one is cut off; the error has the status, and what
    /// can be read of the part before the limit.
    #[must_use]
    pub const fn error_body(mut self, bytes: usize) -> Self {
        self.error_body = bytes;
        self
    }

    /// Characters of each text of a server that `Display` and `Debug` of an error quote. The fields of
    /// [`Problem`](super::Problem) keep the complete text.
    #[must_use]
    pub const fn quoted_text(mut self, characters: usize) -> Self {
        self.quoted_text = characters;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
