//! The one error body of the platform, however it is dressed.
//!
//! v0 answers `application/problem+json` with `type` and `title`, v1 and v2 `application/json` with
//! a `code`; no field is certain to be there, and neither is a JSON body.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::open_enum::open_enum;
use super::sensitive::scrub;

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

/// An error as the platform described it.
///
/// Texts of the platform are kept as they came; `Display` and `Debug` mask what looks like an
/// account, card or social security number in them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The machine-readable code.
    pub code: Option<ErrorCode>,
    /// The last segment of v0's `type`, such as `bad-request-body`.
    pub kind: Option<String>,
    /// A short title (v0).
    pub title: Option<String>,
    /// An explanation for developers; its words may change.
    pub detail: Option<String>,
    /// Fields that are required and were not sent.
    pub missing: Vec<String>,
    /// Fields whose value was refused, and why.
    pub invalid: BTreeMap<String, String>,
    /// Fields that cannot be changed.
    pub immutable: Vec<String>,
    /// The statuses that would have been accepted.
    pub valid_status: Vec<String>,
    /// Seconds to wait before trying again.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// Reads what can be read; a body that is not JSON gives an empty problem.
    pub fn read(body: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let texts = |key: &str| -> Vec<String> {
            let items = value.get(key).and_then(Value::as_array);
            items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let invalid = value.get("invalid").and_then(Value::as_object);
        Self {
            code: value.get("code").and_then(Value::as_str).map(ErrorCode::from),
            kind: text("type")
                .as_deref()
                .and_then(|kind| kind.rsplit('/').next())
                .map(str::to_owned),
            title: text("title"),
            detail: text("detail"),
            missing: texts("missing"),
            invalid: invalid
                .into_iter()
                .flatten()
                .map(|(field, reason)| {
                    let reason = reason.as_str().map_or_else(|| reason.to_string(), str::to_owned);
                    (field.clone(), reason)
                })
                .collect(),
            immutable: texts("immutable"),
            valid_status: texts("valid_status"),
            retry_after: value.get("retry_after").and_then(Value::as_u64),
        }
    }

    fn fields(&self) -> Vec<String> {
        let mut fields = Vec::new();
        let mut list = |what: &str, names: &[String]| {
            if !names.is_empty() {
                fields.push(format!("{what}: {}", names.join(", ")));
            }
        };
        list("missing", &self.missing);
        let invalid: Vec<String> = self
            .invalid
            .iter()
            .map(|(field, reason)| format!("{field} ({})", scrub(reason)))
            .collect();
        list("invalid", &invalid);
        list("immutable", &self.immutable);
        list("would be accepted", &self.valid_status);
        fields
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        match (&self.code, &self.kind) {
            (Some(code), _) => parts.push(code.to_string()),
            (None, Some(kind)) => parts.push(kind.clone()),
            (None, None) => {}
        }
        if let Some(text) = self.detail.as_ref().or(self.title.as_ref()) {
            parts.push(scrub(text).into_owned());
        }
        f.write_str(&parts.join(": "))?;
        let fields = self.fields();
        if !fields.is_empty() {
            write!(f, " ({})", fields.join("; "))?;
        }
        Ok(())
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
    fn both_dresses_are_read() {
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
