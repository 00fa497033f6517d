//! The body of the platform's errors, in each of its forms.
//!
//! v0 answers `application/problem+json` with `type` and `title`, v1 and v2 `application/json` with
//! a `code`. Every field may be missing, and the body may be something else than JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::limits::Limits;
use super::quote::quoted;
use super::sensitive::scrub;
use super::{cut_json, retry_after};
use crate::open_enum;

/// The number of names of each list that are shown; the others are counted.
const LISTED_MAX: usize = 20;
/// The number of characters of a name or a code that are shown.
const NAME_MAX: usize = 100;

open_enum! {
    /// The platform's machine-readable error codes.
    ErrorCode {
        /// `ACCOUNT_CLOSED`
        AccountClosed = "ACCOUNT_CLOSED",
        /// `ACCOUNT_NOT_FOUND`
        AccountNotFound = "ACCOUNT_NOT_FOUND",
        /// `AMBIGUOUS_PAYMENT_SUBTYPES`
        AmbiguousPaymentSubtypes = "AMBIGUOUS_PAYMENT_SUBTYPES",
        /// `APPLICATION_NOT_FOUND`
        ApplicationNotFound = "APPLICATION_NOT_FOUND",
        /// `BAD_CONFIGURATION`
        BadConfiguration = "BAD_CONFIGURATION",
        /// `BAD_QUERY_PARAMETER`
        BadQueryParameter = "BAD_QUERY_PARAMETER",
        /// `BAD_REQUEST`
        BadRequest = "BAD_REQUEST",
        /// `BAD_REQUEST_BODY`
        BadRequestBody = "BAD_REQUEST_BODY",
        /// `BALANCE_VIOLATION`
        BalanceViolation = "BALANCE_VIOLATION",
        /// `BUSINESS_NOT_FOUND`
        BusinessNotFound = "BUSINESS_NOT_FOUND",
        /// `BUSINESS_NOT_VERIFIED`
        BusinessNotVerified = "BUSINESS_NOT_VERIFIED",
        /// `CUSTOMER_NOT_FOUND`
        CustomerNotFound = "CUSTOMER_NOT_FOUND",
        /// `CUSTOMER_NOT_VERIFIED`
        CustomerNotVerified = "CUSTOMER_NOT_VERIFIED",
        /// `DUPLICATE_RESOURCE`
        DuplicateResource = "DUPLICATE_RESOURCE",
        /// `EXTERNAL_ACCOUNT_NOT_ACTIVE`
        ExternalAccountNotActive = "EXTERNAL_ACCOUNT_NOT_ACTIVE",
        /// `EXTERNAL_ACCOUNT_NOT_VERIFIED`
        ExternalAccountNotVerified = "EXTERNAL_ACCOUNT_NOT_VERIFIED",
        /// `FEATURE_NOT_AVAILABLE`
        FeatureNotAvailable = "FEATURE_NOT_AVAILABLE",
        /// `FORBIDDEN`
        Forbidden = "FORBIDDEN",
        /// `GATEWAY_TIMEOUT`
        GatewayTimeout = "GATEWAY_TIMEOUT",
        /// `IDEMPOTENCY_CONCURRENT_USE`
        IdempotencyConcurrentUse = "IDEMPOTENCY_CONCURRENT_USE",
        /// `IDEMPOTENCY_INVALID_REUSE`
        IdempotencyInvalidReuse = "IDEMPOTENCY_INVALID_REUSE",
        /// `IMPROPER_ACCOUNT_ACCESS_STATUS`
        ImproperAccountAccessStatus = "IMPROPER_ACCOUNT_ACCESS_STATUS",
        /// `IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP`
        ImproperAccountCustomerRelationship = "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP",
        /// `IMPROPER_ACCOUNT_STATUS`
        ImproperAccountStatus = "IMPROPER_ACCOUNT_STATUS",
        /// `IMPROPER_ANCESTOR_ACCOUNT_ACCESS_STATUS`
        ImproperAncestorAccountAccessStatus = "IMPROPER_ANCESTOR_ACCOUNT_ACCESS_STATUS",
        /// `IMPROPER_ANCESTOR_ACCOUNT_STATUS`
        ImproperAncestorAccountStatus = "IMPROPER_ANCESTOR_ACCOUNT_STATUS",
        /// `IMPROPER_CUSTOMER_STATUS`
        ImproperCustomerStatus = "IMPROPER_CUSTOMER_STATUS",
        /// `INSUFFICIENT_FUNDS`
        InsufficientFunds = "INSUFFICIENT_FUNDS",
        /// `INTERNAL_ERROR`
        InternalError = "INTERNAL_ERROR",
        /// `INVALID_STATUS`
        InvalidStatus = "INVALID_STATUS",
        /// `INVALID_TENANCY`
        InvalidTenancy = "INVALID_TENANCY",
        /// `NOT_IMPLEMENTED`
        NotImplemented = "NOT_IMPLEMENTED",
        /// `PARTNER_NOT_VERIFIED`
        PartnerNotVerified = "PARTNER_NOT_VERIFIED",
        /// `PAYMENT_RAIL_COUNTRY_NOT_SUPPORTED`
        PaymentRailCountryNotSupported = "PAYMENT_RAIL_COUNTRY_NOT_SUPPORTED",
        /// `PAYMENT_RAIL_NOT_ENABLED`
        PaymentRailNotEnabled = "PAYMENT_RAIL_NOT_ENABLED",
        /// `REQUEST_CANCELED`
        RequestCanceled = "REQUEST_CANCELED",
        /// `RESOURCE_NOT_FOUND`
        ResourceNotFound = "RESOURCE_NOT_FOUND",
        /// `SPEND_CONTROL_VIOLATION`
        SpendControlViolation = "SPEND_CONTROL_VIOLATION",
        /// `SUSPECTED_FRAUD`
        SuspectedFraud = "SUSPECTED_FRAUD",
        /// `TOO_MANY_REQUESTS`
        TooManyRequests = "TOO_MANY_REQUESTS",
        /// `UNABLE_TO_TRANSACT`
        UnableToTransact = "UNABLE_TO_TRANSACT",
        /// `UNAUTHENTICATED`
        Unauthenticated = "UNAUTHENTICATED",
        /// `VENDOR_TIMEOUT`
        VendorTimeout = "VENDOR_TIMEOUT",
        /// `WIPE_NOT_ENABLED`
        WipeNotEnabled = "WIPE_NOT_ENABLED",
    }
}

/// An error as the platform describes it.
///
/// Texts of the platform are kept as they were received, within [`Limits::error_body`]. `Display` and `Debug`
/// mask what looks like an account, card or social security number in them, escape what could forge a
/// line of a log, and cut long ones off.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The machine-readable code.
    pub code: Option<ErrorCode>,
    /// The last segment of v0's `type`, such as `bad-request-body`.
    pub kind: Option<String>,
    /// A short title (v0).
    pub title: Option<String>,
    /// An explanation for developers; its wording may change.
    pub detail: Option<String>,
    /// Fields that are required and were not sent.
    pub missing: Vec<String>,
    /// Fields whose value was refused, and why.
    pub invalid: BTreeMap<String, String>,
    /// Fields that cannot be changed.
    pub immutable: Vec<String>,
    /// The statuses that would have been accepted.
    pub valid_status: Vec<String>,
    /// Seconds to wait before the next attempt, rounded up.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// Reads all valid members, also of a body that was cut off; a body that is not JSON gives an
    /// empty problem.
    pub fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}');
        match serde_json::from_str(text) {
            Ok(members) => Self::of(&members),
            Err(error) if error.is_eof() => {
                let completed = cut_json::completed(text);
                serde_json::from_str(&completed)
                    .map(|members| Self::of(&members))
                    .unwrap_or_default()
            }
            Err(_) => Self::default(),
        }
    }

    fn of(members: &Members<'_>) -> Self {
        let text = |name: &str| read::<String>(members, name);
        Self {
            code: text("code").as_deref().map(ErrorCode::from),
            kind: text("type")
                .as_deref()
                .and_then(|kind| kind.rsplit('/').next())
                .map(str::to_owned),
            title: text("title"),
            detail: text("detail"),
            missing: texts(members, "missing"),
            invalid: reasons(members),
            immutable: texts(members, "immutable"),
            valid_status: texts(members, "valid_status"),
            retry_after: members.get("retry_after").and_then(|raw| retry_after::of_json(raw.get())),
        }
    }

    /// Writes the known fields, with texts of the platform masked and each cut off after `chars_max`.
    pub(crate) fn write(&self, f: &mut impl fmt::Write, chars_max: usize) -> fmt::Result {
        let code = self.code.as_ref().map(ErrorCode::as_str).or(self.kind.as_deref());
        if let Some(code) = code {
            write!(f, "{}", quoted(&scrub(code), NAME_MAX))?;
        }
        if let Some(text) = self.detail.as_ref().or(self.title.as_ref()) {
            let separator = if code.is_some() { ": " } else { "" };
            write!(f, "{separator}{}", quoted(&scrub(text), chars_max))?;
        }
        let invalid = self.invalid.iter().map(|(field, reason)| {
            format!("{} ({})", name(field), quoted(&scrub(reason), chars_max))
        });
        let lists = [
            list("missing", self.missing.iter().map(|field| name(field))),
            list("invalid", invalid),
            list("immutable", self.immutable.iter().map(|field| name(field))),
            list("would be accepted", self.valid_status.iter().map(|status| name(status))),
        ];
        let lists: Vec<String> = lists.into_iter().flatten().collect();
        if !lists.is_empty() {
            write!(f, " ({})", lists.join("; "))?;
        }
        Ok(())
    }
}

impl Problem {
    /// Writes the fields that were refused before anything was sent. This crate wrote the reasons,
    /// which contain no personal data.
    pub(crate) fn write_reasons(&self, f: &mut impl fmt::Write) -> fmt::Result {
        for (index, (field, reason)) in self.invalid.iter().take(LISTED_MAX).enumerate() {
            let before = if index == 0 { ": " } else { "; " };
            let reason = quoted(reason, Limits::new().quoted_text);
            write!(f, "{before}{} {reason}", name(field))?;
        }
        match self.invalid.len().saturating_sub(LISTED_MAX) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// The members of an error body, each as text, so that an invalid one does not affect the others.
type Members<'a> = BTreeMap<String, &'a RawValue>;

fn read<T: DeserializeOwned>(members: &Members<'_>, name: &str) -> Option<T> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

/// The strings of a list.
fn texts(members: &Members<'_>, name: &str) -> Vec<String> {
    let items: Vec<&RawValue> = members
        .get(name)
        .and_then(|list| serde_json::from_str(list.get()).ok())
        .unwrap_or_default();
    items.into_iter().filter_map(|item| serde_json::from_str(item.get()).ok()).collect()
}

/// Fields and reasons; a reason that is not a text is kept as JSON.
fn reasons(members: &Members<'_>) -> BTreeMap<String, String> {
    let fields: Members<'_> = members
        .get("invalid")
        .and_then(|invalid| serde_json::from_str(invalid.get()).ok())
        .unwrap_or_default();
    let reason =
        |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned());
    fields.into_iter().map(|(field, raw)| (field, reason(raw))).collect()
}

fn name(text: &str) -> String {
    quoted(&scrub(text), NAME_MAX).to_string()
}

/// The first items of a list, and how many more there are.
fn list(what: &str, items: impl ExactSizeIterator<Item = String>) -> Option<String> {
    let more = items.len().saturating_sub(LISTED_MAX);
    let shown: Vec<String> = items.take(LISTED_MAX).collect();
    match (shown.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(format!("{what}: {}", shown.join(", "))),
        (false, _) => Some(format!("{what}: {} and {more} more", shown.join(", "))),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Limits::new().quoted_text)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let v2 = br#"{"code":"BAD_REQUEST_BODY","status":400,"detail":"see fields",
            "missing":["dob"],"invalid":{"ssn":"'123-45-6789' is no SSN"},"immutable":["id"]}"#;
        let problem = Problem::read(v2);
        assert_eq!(problem.code, Some(ErrorCode::BadRequestBody));
        assert_eq!(
            problem.to_string(),
            "BAD_REQUEST_BODY: see fields (missing: dob; invalid: ssn ('***' is no SSN); immutable: id)"
        );
        assert!(!format!("{problem:?}").contains("6789"));

        let v0 = br#"{"type":"https://dev.synctera.com/errors/not-found","title":"Not found","status":404}"#;
        assert_eq!(Problem::read(v0).to_string(), "not-found: Not found");
    }

    #[test]
    fn a_body_that_was_cut_off_gives_what_can_be_read() {
        let detail = "d".repeat(100_000);
        let body =
            format!(r#"{{"code":"BAD_REQUEST_BODY","missing":["dob"],"detail":"{detail}"}}"#);
        let problem = Problem::read(&body.as_bytes()[..1000]);
        assert_eq!(problem.code, Some(ErrorCode::BadRequestBody));
        assert_eq!(problem.missing, ["dob"]);
        let read = problem.detail.unwrap();
        assert!(detail.starts_with(&read) && read.len() > 900);
    }

    #[test]
    fn a_member_that_cannot_be_read_leaves_the_others() {
        let body = format!(
            r#"{{"retry_after": 1e400, "code": "INTERNAL_ERROR", "title": {{}}, "missing": [7, "dob"],
                "detail": "odd \ud800", "invalid": {{"a": 1e400, "b": {}1{}, "c": "why"}}}}"#,
            "[".repeat(1000),
            "]".repeat(1000),
        );
        let problem = Problem::read(body.as_bytes());
        assert_eq!(problem.code, Some(ErrorCode::InternalError));
        assert_eq!(problem.retry_after, Some(u64::MAX));
        assert_eq!((problem.title, problem.missing), (None, vec!["dob".to_owned()]));
        assert_eq!((&*problem.invalid["a"], &*problem.invalid["c"]), ("1e400", "why"));
        assert!(problem.invalid["b"].starts_with("[[["));
        let latin = b"\xef\xbb\xbf{\"code\":\"INTERNAL_ERROR\",\"detail\":\"caf\xe9\"}";
        assert_eq!(Problem::read(latin).to_string(), "INTERNAL_ERROR: caf\u{fffd}");
    }

    #[test]
    fn a_text_is_bounded_and_safe_whatever_the_server_wrote() {
        let hostile = "\u{1b}[2J\r\nERROR forged\u{202e}".repeat(500);
        let names: Vec<&str> = vec![&hostile; 30];
        let invalid: BTreeMap<String, &str> =
            (0..30).map(|n| (format!("{n}{hostile:.50}"), &*hostile)).collect();
        let body = serde_json::json!({
            "code": hostile, "detail": hostile, "missing": names, "immutable": names,
            "valid_status": names, "invalid": invalid,
        });
        let problem = Problem::read(body.to_string().as_bytes());
        assert_eq!(problem.detail.as_deref(), Some(&*hostile), "the field has all of it");
        for shown in [problem.to_string(), format!("{problem:?}")] {
            assert!(shown.chars().count() < 25_000, "{}", shown.len());
            assert!(!shown.contains(['\u{1b}', '\r', '\n', '\u{202e}']));
            assert!(shown.contains("\\u{1b}[2J\\r\\nERROR forged\\u{202e}"));
            assert!(shown.contains(" and 10 more"));
        }
    }

    #[test]
    fn nothing_is_certain() {
        assert_eq!(Problem::read(b"<html>bad gateway</html>"), Problem::default());
        let odd = br#"{"code":7,"missing":"x","invalid":{"a":{"why":1}},"retry_after":30}"#;
        let problem = Problem::read(odd);
        assert_eq!(problem.code, None);
        assert_eq!(problem.invalid["a"], r#"{"why":1}"#);
        assert_eq!(problem.retry_after, Some(30));
        assert_eq!(
            Problem::read(br#"{"code":"BRAND_NEW"}"#).code.map(|code| code.to_string()),
            Some("BRAND_NEW".to_owned())
        );
    }
}
