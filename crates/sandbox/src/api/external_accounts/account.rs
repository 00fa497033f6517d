//! How an external account is found, stored and shown.

use serde::Serialize;
use serde_json::json;
use synctera_api::Sensitive;
use synctera_api::runtime::{BusinessId, CustomerId};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    BaseAccountVerification, BaseAccountVerificationStatus, BaseAccountVerificationVendor,
    ExternalAccountStatus,
};

use crate::domain::external_accounts::{ExternalAccount, ExternalAccountFacts};
use crate::model::{ApiError, Ctx, Record, complete, last_four};

/// What makes an external account the same as another one.
pub(crate) struct Identity<'a> {
    pub(crate) number: &'a str,
    pub(crate) ach_routing_number: Option<&'a str>,
    pub(crate) customer_id: Option<CustomerId>,
    pub(crate) business_id: Option<BusinessId>,
}

impl Identity<'_> {
    /// The account that has it and is not deleted.
    pub(crate) fn find(&self, ctx: &Ctx<'_>) -> Result<Option<Record<ExternalAccount>>, ApiError> {
        let same =
            ctx.find_all::<ExternalAccount>("number", self.number)?.into_iter().find(|other| {
                let routing = other.routing_identifiers.ach_routing_number.as_ref();
                other.status != ExternalAccountStatus::Deleted
                    && routing.map(|number| number.expose().as_str()) == self.ach_routing_number
                    && other.customer_id == self.customer_id
                    && other.business_id == self.business_id
            });
        Ok(same)
    }
}

/// Stores a new account; one that a vendor found is verified.
pub(crate) fn store(
    ctx: &Ctx<'_>,
    account: &impl Serialize,
    vendor: BaseAccountVerificationVendor,
    facts: ExternalAccountFacts,
) -> Result<Record<ExternalAccount>, ApiError> {
    let status = match vendor {
        BaseAccountVerificationVendor::Manual => BaseAccountVerificationStatus::Unverified,
        _ => BaseAccountVerificationStatus::Verified,
    };
    let verification = BaseAccountVerification {
        creation_time: Some(ctx.now),
        last_updated_time: Some(ctx.now),
        ..BaseAccountVerification::new(status, vendor)
    };
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": ExternalAccountStatus::Active,
        "verification": verification, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let account = Record::new(complete(account, rest)?, facts);
    ctx.add(&account)?;
    Ok(account)
}

/// An account that is deleted stays, as such.
pub(crate) fn end(ctx: &Ctx<'_>, account: &mut Record<ExternalAccount>) -> Result<(), ApiError> {
    account.status = ExternalAccountStatus::Deleted;
    account.deletion_time = Some(ctx.now);
    account.last_updated_time = ctx.now;
    ctx.save(account)
}

/// How an external account is shown: its numbers masked.
pub(crate) fn view(account: Record<ExternalAccount>) -> types::ExternalAccount {
    let mut account = account.wire;
    let masked = |number: &Sensitive<String>| Sensitive::from(last_four(number.expose()));
    let identifiers = &mut account.account_identifiers;
    identifiers.number = masked(&identifiers.number);
    identifiers.iban = identifiers.iban.as_ref().map(masked);
    let routing = &mut account.routing_identifiers;
    for number in [
        &mut routing.ach_routing_number,
        &mut routing.wire_routing_number,
        &mut routing.eft_ca_routing_number,
    ] {
        *number = number.as_ref().map(masked);
    }
    routing.swift_code = routing.swift_code.as_deref().map(last_four);
    account
}
