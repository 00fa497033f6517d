//! The texts of webhooks, their events, and the attempts to deliver one.

// The list.
pub(crate) const ON_THEIR_WAY: &str = "Queued events";
pub(crate) const DUE: &str = "Due";
pub(crate) const DELIVER: &str = "Deliver what is due";
pub(crate) const DELIVERED: &str =
    "What was due was sent. An event whose receiver failed stays queued.";
pub(crate) const HEADINGS: &[&str] = &["Id", "URL", "Enabled", "Events"];
/// A command that makes the first one.
pub(crate) const FIRST: &str = "curl \"$SANDBOX/v2/webhooks\" --header \"Authorization: Bearer $KEY\" \\\n  \
     --header 'Content-Type: application/json' \\\n  \
     --data '{\"url\": \"http://127.0.0.1:8081/\", \"enabled_events\": [\"PERSON.*\"], \
     \"is_enabled\": true}'";

// One webhook.
pub(crate) const WEBHOOK: &str = "Webhook";
pub(crate) const ENABLED: &str = "Enabled";
pub(crate) const EVENTS_HEADINGS: &[&str] = &["Id", "Type", "Status", "Time"];

// One event.
pub(crate) const EVENT: &str = "Event";
pub(crate) const ABOUT: &str = "About";
pub(crate) const RESEND: &str = "Send again";
pub(crate) const CONTENT: &str = "What it says";
pub(crate) const CHANGES: &str = "Before the change";
pub(crate) const ATTEMPTS: &str = "Attempts";
pub(crate) const ATTEMPTS_HEADINGS: &[&str] = &["Sent", "Response received", "Status", "Response"];
pub(crate) const NOT_SENT: &str = "It has not been sent.";
pub(crate) const NO_STATUS: &str = "none";

// The check of a signature.
pub(crate) const SIGNATURE: &str = "Signature";
pub(crate) const SIGNATURE_TITLE: &str = "Check a signature";
pub(crate) const SIGNATURE_ABOUT: &str = "What your program received: two headers and the exact body. The sandbox says whether a secret of \
     this workspace signed it, and if not, what is probably wrong.";
pub(crate) const SIGNATURE_TIMESTAMP: &str = "Request-Timestamp";
pub(crate) const SIGNATURE_VALUE: &str = "Synctera-Signature";
pub(crate) const SIGNATURE_BODY: &str = "Body";
pub(crate) const SIGNATURE_CHECK: &str = "Check";

/// What is said after an event was sent again, with the status that it has now.
pub(crate) fn resent(status: &str) -> String {
    format!("The event was sent again. Its status is: {status}.")
}
