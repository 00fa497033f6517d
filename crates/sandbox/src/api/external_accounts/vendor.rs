//! A stand-in for Plaid, which hands out tokens and knows the accounts behind them, and for
//! Finicity, which knows them by its own id of the customer.
//!
//! Any public token that begins with `public-sandbox-` can be exchanged, and Finicity knows every
//! customer. The accounts behind an access token, or such an id, are whatever ids the caller names;
//! three beginnings steer what happens: `missing-` is not found, `loan-` is of a type that cannot
//! be linked, `failing-` fails its verification. Without ids, a checking and a savings account are
//! found.

use chrono::Duration;
use serde_json::json;
use sha2::{Digest, Sha256};
use synctera_api::Sensitive;
use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    AddVendorAccountFailure, AddVendorAccountsErrorReason, AddVendorAccountsRequest,
    ExternalAccountAccessToken, ExternalAccountStatus, ExternalAccountType,
    ExternalAccountVendorValues,
};

use crate::api::external_accounts::account::{Identity, end, store, view};
use crate::domain::external_accounts::{
    BANK_NAME, ExternalAccount, ExternalAccountFacts, LINKED_ROUTING,
};
use crate::domain::parties::PartyIds;
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build, complete, exactly_one, last_four,
};
use crate::spec::FieldErrors;

/// An access token, and for whom it was made.
enum VendorAccess {}

impl Resource for VendorAccess {
    const KIND: &'static Kind =
        &Kind { name: "vendor access", id: "vendor_access_token", keys: &[] };
    type Wire = ExternalAccountAccessToken;
    type Facts = ();
}

const PUBLIC_TOKEN: &str = "public-sandbox-";
/// How long the vendor's link token lives.
const LINK_TOKEN_HOURS: i64 = 4;

pub(super) fn link_token(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewExternalAccountLinkToken = ctx.body()?;
    if body.client_name.chars().count() > 30 {
        return Err(FieldErrors::invalid("client_name", "must have at most 30 characters").into());
    }
    ids(body.customer_id, body.business_id).find(ctx, "")?;
    let rest = json!({
        "link_token": format!("link-sandbox-{}", ctx.new_id()?),
        "expiration": ctx.now + Duration::hours(LINK_TOKEN_HOURS), "request_id": ctx.new_id()?,
    });
    Reply::json(201, &complete::<types::ExternalAccountLinkToken>(&body, rest)?)
}

pub(super) fn access_token(ctx: &Ctx<'_>) -> Outcome {
    exactly_one(&ctx.request.body, &["customer_id", "business_id"])?;
    let body: types::NewExternalAccountAccessToken = ctx.body()?;
    ids(body.customer_id, body.business_id).find(ctx, "")?;
    if !body.vendor_public_token.expose().starts_with(PUBLIC_TOKEN) {
        let reason = format!("must begin with {PUBLIC_TOKEN} in this sandbox");
        return Err(FieldErrors::invalid("vendor_public_token", reason).into());
    }
    let token = json!({ "vendor_access_token": format!("access-sandbox-{}", ctx.new_id()?) });
    let mut access = Record::<VendorAccess>::new(complete(&body, token)?, ());
    ctx.add(&access)?;
    access.request_id = Some(ctx.new_id()?.to_string());
    Reply::json(201, &access.wire)
}

/// Adds the accounts that it can; the answer says which it could not, and why.
pub(super) fn add(ctx: &Ctx<'_>) -> Outcome {
    let link = Link::of(ctx)?;
    let (added, failed) = link.add(ctx, false)?;
    let answer = json!({ "added_accounts": added, "failed_accounts": failed });
    Reply::json(200, &build::<types::AddVendorAccountsResponse>(answer)?)
}

/// Makes the accounts of a link those that are named: adds what is missing, deletes what is not
/// named, and leaves the rest alone.
pub(super) fn sync(ctx: &Ctx<'_>) -> Outcome {
    let link = Link::of(ctx)?;
    let (added, failed) = link.add(ctx, true)?;
    let mut deleted = Vec::new();
    for mut account in ctx.find_all::<ExternalAccount>("link", &link.name)? {
        let is_named = account.name.as_ref().is_some_and(|name| link.ids.contains(name));
        if !is_named && account.status != ExternalAccountStatus::Deleted {
            end(ctx, &mut account)?;
            deleted.push(view(account));
        }
    }
    let answer = json!({
        "added_accounts": added, "failed_accounts": failed, "deleted_accounts": deleted,
    });
    Reply::json(200, &build::<types::AddVendorAccountsResponse>(answer)?)
}

/// What a request is about: the way in, whose it is, and the vendor's ids of accounts.
struct Link {
    vendor: ExternalAccountVendorValues,
    /// What opens it at the vendor.
    token: Sensitive<String>,
    institution_id: String,
    customer_id: Option<CustomerId>,
    business_id: Option<BusinessId>,
    /// Who owns the accounts behind it.
    owner: String,
    ids: Vec<String>,
    /// What its accounts are found by; tells nothing of the token.
    name: String,
}

impl Link {
    fn of(ctx: &Ctx<'_>) -> Result<Self, ApiError> {
        exactly_one(&ctx.request.body, &["customer_id", "business_id"])?;
        let body: AddVendorAccountsRequest = ctx.body()?;
        let party = ids(body.customer_id, body.business_id).find_one(ctx, "")?;
        let (institution_id, token) = if body.vendor == ExternalAccountVendorValues::Finicity {
            let customer = body.vendor_customer_id.as_deref().unwrap_or_default();
            if customer.is_empty() {
                return Err(FieldErrors::missing("vendor_customer_id").into());
            }
            ("finicity".to_owned(), Sensitive::from(format!("finicity-{customer}")))
        } else {
            let token = body.vendor_access_token.clone().unwrap_or_else(|| "".into());
            (accessed(ctx, &body, &token)?.wire.vendor_institution_id, token)
        };
        let mut ids = body.vendor_account_ids;
        if ids.is_empty() {
            ids = vec!["checking".to_owned(), "savings".to_owned()];
        }
        Ok(Self {
            vendor: body.vendor,
            name: hex::encode(Sha256::digest(token.expose())),
            token,
            institution_id,
            customer_id: body.customer_id,
            business_id: body.business_id,
            owner: party.name(),
            ids,
        })
    }

    /// Adds the accounts that it can: those, and why not the others. One that this link has
    /// already is a failure, unless it may stay.
    fn add(
        &self,
        ctx: &Ctx<'_>,
        may_stay: bool,
    ) -> Result<(Vec<types::ExternalAccount>, Vec<AddVendorAccountFailure>), ApiError> {
        let (mut added, mut failed) = (Vec::new(), Vec::new());
        for id in &self.ids {
            let number = self.number(id);
            let known = Identity {
                number: &number,
                ach_routing_number: Some(LINKED_ROUTING),
                customer_id: self.customer_id,
                business_id: self.business_id,
            }
            .find(ctx)?;
            let is_ours = |known: &Record<ExternalAccount>| {
                known.facts.vendor_link.as_ref() == Some(&self.name)
            };
            if may_stay && known.as_ref().is_some_and(is_ours) {
                continue;
            }
            let refused = match refusal(id) {
                None if known.is_some() => Some((
                    AddVendorAccountsErrorReason::DuplicateAccount,
                    "the account is linked already",
                )),
                refused => refused,
            };
            match refused {
                Some((reason, description)) => failed.push(build(json!({
                    "vendor_account_id": id, "reason": reason, "reason_description": description,
                }))?),
                None => added.push(view(self.store(ctx, id, &number)?)),
            }
        }
        Ok((added, failed))
    }

    /// The number of the account behind a vendor's id: the same for the same id and link.
    fn number(&self, id: &str) -> String {
        let digest = Sha256::new_with_prefix(self.token.expose()).chain_update(id).finalize();
        digest.iter().take(10).map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    /// Stores the account behind a vendor's id.
    fn store(
        &self,
        ctx: &Ctx<'_>,
        id: &str,
        number: &str,
    ) -> Result<Record<ExternalAccount>, ApiError> {
        let account_type = match id.contains("saving") {
            true => ExternalAccountType::Savings,
            false => ExternalAccountType::Checking,
        };
        let account = json!({
            "account_identifiers": { "number": number }, "account_owner_names": [self.owner],
            "business_id": self.business_id, "customer_id": self.customer_id, "currency": "USD",
            "name": id, "type": account_type,
            "routing_identifiers": {
                "bank_name": BANK_NAME, "bank_countries": ["US"], "ach_routing_number": LINKED_ROUTING,
            },
            "vendor_data": {
                "account_number_mask": last_four(number), "institution_id": self.institution_id,
            },
        });
        let facts = ExternalAccountFacts {
            vendor_link: Some(self.name.clone()),
            ..ExternalAccountFacts::default()
        };
        store(ctx, &account, self.vendor.as_str().into(), facts)
    }
}

/// The ids by which a body names whose account it is.
fn ids(customer_id: Option<CustomerId>, business_id: Option<BusinessId>) -> PartyIds {
    PartyIds { customer_id, business_id, ..PartyIds::default() }
}

/// What an access token opens, for whom it was made.
fn accessed(
    ctx: &Ctx<'_>,
    body: &AddVendorAccountsRequest,
    token: &Sensitive<String>,
) -> Result<Record<VendorAccess>, ApiError> {
    let field = "vendor_access_token";
    let code = ErrorCode::BadRequestBody;
    let access = ctx.find_named::<VendorAccess>(token.expose(), code, field)?;
    if (access.customer_id, access.business_id) != (body.customer_id, body.business_id) {
        let reason = "the access token was made for another customer";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(access)
}

fn refusal(vendor_account_id: &str) -> Option<(AddVendorAccountsErrorReason, &'static str)> {
    if vendor_account_id.starts_with("missing-") {
        Some((AddVendorAccountsErrorReason::AccountNotFound, "the vendor knows no such account"))
    } else if vendor_account_id.starts_with("loan-") {
        Some((
            AddVendorAccountsErrorReason::UnsupportedAccountType,
            "accounts of this type cannot be linked",
        ))
    } else if vendor_account_id.starts_with("failing-") {
        Some((
            AddVendorAccountsErrorReason::FailedVerification,
            "the vendor could not verify the account",
        ))
    } else {
        None
    }
}
